//! `map`: a function of the value.

use crate::adaptors::link::{Linked, connect_link};
use crate::adaptors::transform::{Transform, TransformReceiver, transform_at_once};
use crate::completion::Completion;
use crate::env::Env;
use crate::opaque::opaque;
use crate::receiver::Receiver;
use crate::sender::Sender;

/// The sender of [`map`](crate::adaptors::SenderExt::map).
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Clone)]
pub struct Map<S, F> {
    sender: S,
    f: F,
}

opaque!(Map<S, F> after sender);

impl<S, F> Map<S, F> {
    #[inline]
    pub(crate) const fn new(sender: S, f: F) -> Self {
        Self { sender, f }
    }
}

#[diagnostic::do_not_recommend]
impl<S, F, U> Sender for Map<S, F>
where
    S: Sender,
    F: FnMut(S::Value) -> U + Send,
{
    type Value = U;
    type Error = S::Error;
    type Operation<R: Receiver<U, S::Error>> = Linked<S::Operation<TransformReceiver<Mapping<F>, R>>>;

    #[inline]
    fn connect<R: Receiver<U, S::Error>>(self, receiver: R, env: &Env) -> Self::Operation<R> {
        connect_link(self.sender, TransformReceiver::new(Mapping { f: self.f }, receiver), env)
    }

    #[inline]
    fn at_once(self) -> Result<Completion<U, S::Error>, Self> {
        transform_at_once(self.sender, Mapping { f: self.f }, |sender, mapping| Self::new(sender, mapping.f))
    }
}

/// What [`Map`] does to a completion.
#[derive(Clone)]
pub struct Mapping<F> {
    f: F,
}

opaque!(Mapping<F>);

impl<V, E, F, U> Transform<V, E> for Mapping<F>
where
    F: FnMut(V) -> U + Send,
{
    type Value = U;
    type Error = E;

    #[inline]
    fn transform(&mut self, arrived: Completion<V, E>) -> Completion<U, E> {
        arrived.map(&mut self.f)
    }
}
