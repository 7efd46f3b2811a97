//! `map_err`: a function of the error.

use crate::adaptors::link::{Linked, connect_link};
use crate::adaptors::transform::{Transform, TransformReceiver};
use crate::completion::Completion;
use crate::env::Env;
use crate::opaque::opaque;
use crate::receiver::Receiver;
use crate::sender::Sender;

/// The sender of [`map_err`](crate::adaptors::SenderExt::map_err).
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Clone)]
pub struct MapErr<S, F> {
    sender: S,
    f: F,
}

opaque!(MapErr<S, F> after sender);

impl<S, F> MapErr<S, F> {
    #[inline]
    pub(crate) const fn new(sender: S, f: F) -> Self {
        Self { sender, f }
    }
}

#[diagnostic::do_not_recommend]
impl<S, F, E2> Sender for MapErr<S, F>
where
    S: Sender,
    F: FnMut(S::Error) -> E2 + Send,
{
    type Value = S::Value;
    type Error = E2;
    type Operation<R: Receiver<S::Value, E2>> = Linked<S::Operation<TransformReceiver<ErrorMapping<F>, R>>>;

    #[inline]
    fn connect<R: Receiver<S::Value, E2>>(self, receiver: R, env: &Env) -> Self::Operation<R> {
        connect_link(self.sender, TransformReceiver::new(ErrorMapping { f: self.f }, receiver), env)
    }
}

/// What [`MapErr`] does to a completion.
#[derive(Clone)]
pub struct ErrorMapping<F> {
    f: F,
}

opaque!(ErrorMapping<F>);

impl<V, E, F, E2> Transform<V, E> for ErrorMapping<F>
where
    F: FnMut(E) -> E2 + Send,
{
    type Value = V;
    type Error = E2;

    #[inline]
    fn transform(&mut self, arrived: Completion<V, E>) -> Completion<V, E2> {
        arrived.map_err(&mut self.f)
    }
}
