//! `filter`: lets some values through.

use crate::adaptors::link::{Linked, connect_link};
use crate::adaptors::transform::{Transform, TransformReceiver};
use crate::completion::{Completion, StopReason};
use crate::env::Env;
use crate::opaque::opaque;
use crate::receiver::Receiver;
use crate::sender::Sender;

/// The sender of [`filter`](crate::adaptors::SenderExt::filter).
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Clone)]
pub struct Filter<S, F> {
    sender: S,
    f: F,
}

opaque!(Filter<S, F> after sender);

impl<S, F> Filter<S, F> {
    #[inline]
    pub(crate) const fn new(sender: S, f: F) -> Self {
        Self { sender, f }
    }
}

#[diagnostic::do_not_recommend]
impl<S, F> Sender for Filter<S, F>
where
    S: Sender,
    F: FnMut(&S::Value) -> bool + Send,
{
    type Value = S::Value;
    type Error = S::Error;
    type Operation<R: Receiver<S::Value, S::Error>> =
        Linked<S::Operation<TransformReceiver<Filtering<F>, R>>>;

    #[inline]
    fn connect<R: Receiver<S::Value, S::Error>>(self, receiver: R, env: &Env) -> Self::Operation<R> {
        connect_link(self.sender, TransformReceiver::new(Filtering { f: self.f }, receiver), env)
    }
}

/// What [`Filter`] does to a completion.
#[derive(Clone)]
pub struct Filtering<F> {
    f: F,
}

opaque!(Filtering<F>);

impl<V, E, F> Transform<V, E> for Filtering<F>
where
    F: FnMut(&V) -> bool + Send,
{
    type Value = V;
    type Error = E;

    #[inline]
    fn transform(&mut self, arrived: Completion<V, E>) -> Completion<V, E> {
        match arrived {
            Completion::Value(value) if !(self.f)(&value) => Completion::Stopped(StopReason::Filtered),
            arrived => arrived,
        }
    }
}
