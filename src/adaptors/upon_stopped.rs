//! `upon_stopped`: a value where there was none.

use crate::adaptors::link::{Linked, connect_link};
use crate::adaptors::transform::{Transform, TransformReceiver};
use crate::completion::{Completion, StopReason};
use crate::env::Env;
use crate::opaque::opaque;
use crate::receiver::Receiver;
use crate::sender::Sender;

/// The sender of [`upon_stopped`](crate::adaptors::SenderExt::upon_stopped).
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Clone)]
pub struct UponStopped<S, F> {
    sender: S,
    f: F,
}

opaque!(UponStopped<S, F> after sender);

impl<S, F> UponStopped<S, F> {
    #[inline]
    pub(crate) const fn new(sender: S, f: F) -> Self {
        Self { sender, f }
    }
}

#[diagnostic::do_not_recommend]
impl<S, F> Sender for UponStopped<S, F>
where
    S: Sender,
    F: FnMut(StopReason) -> S::Value + Send,
{
    type Value = S::Value;
    type Error = S::Error;
    type Operation<R: Receiver<S::Value, S::Error>> =
        Linked<S::Operation<TransformReceiver<StoppedMapping<F>, R>>>;

    #[inline]
    fn connect<R: Receiver<S::Value, S::Error>>(self, receiver: R, env: &Env) -> Self::Operation<R> {
        connect_link(self.sender, TransformReceiver::new(StoppedMapping { f: self.f }, receiver), env)
    }
}

/// What [`UponStopped`] does to a completion.
#[derive(Clone)]
pub struct StoppedMapping<F> {
    f: F,
}

opaque!(StoppedMapping<F>);

impl<V, E, F> Transform<V, E> for StoppedMapping<F>
where
    F: FnMut(StopReason) -> V + Send,
{
    type Value = V;
    type Error = E;

    #[inline]
    fn transform(&mut self, arrived: Completion<V, E>) -> Completion<V, E> {
        match arrived {
            Completion::Stopped(reason) if reason.is_of_the_pass() => Completion::Value((self.f)(reason)),
            arrived => arrived,
        }
    }
}
