//! Three and four senders joined: pairs of pairs, made flat.

use crate::adaptors::join::{Join, arms};
use crate::adaptors::link::{Linked, connect_link};
use crate::adaptors::transform::{Transform, TransformReceiver, transform_at_once};
use crate::completion::Completion;
use crate::env::Env;
use crate::receiver::Receiver;
use crate::sender::Sender;

/// The arms of one value, joined.
type Arms<A, B> = Join<A, B, false>;

/// Three senders joined.
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Debug, Clone)]
pub struct Flat3<A, B, C> {
    pairs: Arms<Arms<A, B>, C>,
}

/// Four senders joined.
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Debug, Clone)]
pub struct Flat4<A, B, C, D> {
    pairs: Arms<Arms<Arms<A, B>, C>, D>,
}

#[inline]
pub(crate) const fn flat3<A, B, C>(first: A, second: B, third: C) -> Flat3<A, B, C> {
    Flat3 { pairs: arms(arms(first, second), third) }
}

#[inline]
pub(crate) const fn flat4<A, B, C, D>(first: A, second: B, third: C, fourth: D) -> Flat4<A, B, C, D> {
    Flat4 { pairs: arms(arms(arms(first, second), third), fourth) }
}

/// Turns nested pairs of `N` into one tuple.
#[derive(Debug)]
pub struct Flatten<const N: usize>;

impl<A, B, C, E> Transform<((A, B), C), E> for Flatten<3> {
    type Value = (A, B, C);
    type Error = E;

    #[inline]
    fn transform(&mut self, arrived: Completion<((A, B), C), E>) -> Completion<(A, B, C), E> {
        arrived.map(|((a, b), c)| (a, b, c))
    }
}

impl<A, B, C, D, E> Transform<(((A, B), C), D), E> for Flatten<4> {
    type Value = (A, B, C, D);
    type Error = E;

    #[inline]
    fn transform(&mut self, arrived: Completion<(((A, B), C), D), E>) -> Completion<(A, B, C, D), E> {
        arrived.map(|(((a, b), c), d)| (a, b, c, d))
    }
}

#[diagnostic::do_not_recommend]
impl<A, B, C, E> Sender for Flat3<A, B, C>
where
    A: Sender,
    B: Sender,
    C: Sender,
    Arms<Arms<A, B>, C>: Sender<Value = ((A::Value, B::Value), C::Value), Error = E>,
{
    type Value = (A::Value, B::Value, C::Value);
    type Error = E;
    type Operation<R: Receiver<Self::Value, E>> =
        Linked<<Arms<Arms<A, B>, C> as Sender>::Operation<TransformReceiver<Flatten<3>, R>>>;

    #[inline]
    fn connect<R: Receiver<Self::Value, E>>(self, receiver: R, env: &Env) -> Self::Operation<R> {
        connect_link(self.pairs, TransformReceiver::new(Flatten::<3>, receiver), env)
    }

    #[inline]
    fn at_once(self) -> Result<Completion<Self::Value, E>, Self> {
        transform_at_once(self.pairs, Flatten::<3>, |pairs, _| Self { pairs })
    }
}

#[diagnostic::do_not_recommend]
impl<A, B, C, D, E> Sender for Flat4<A, B, C, D>
where
    A: Sender,
    B: Sender,
    C: Sender,
    D: Sender,
    Arms<Arms<Arms<A, B>, C>, D>: Sender<Value = (((A::Value, B::Value), C::Value), D::Value), Error = E>,
{
    type Value = (A::Value, B::Value, C::Value, D::Value);
    type Error = E;
    type Operation<R: Receiver<Self::Value, E>> =
        Linked<<Arms<Arms<Arms<A, B>, C>, D> as Sender>::Operation<TransformReceiver<Flatten<4>, R>>>;

    #[inline]
    fn connect<R: Receiver<Self::Value, E>>(self, receiver: R, env: &Env) -> Self::Operation<R> {
        connect_link(self.pairs, TransformReceiver::new(Flatten::<4>, receiver), env)
    }

    #[inline]
    fn at_once(self) -> Result<Completion<Self::Value, E>, Self> {
        transform_at_once(self.pairs, Flatten::<4>, |pairs, _| Self { pairs })
    }
}
