//! `or_stopped`: a second sender, when the pass was stopped.

use crate::adaptors::link::{Linked, connect_link};
use crate::adaptors::sequel::{Begun, Sequel, SequelReceiver};
use crate::completion::{Completion, StopReason};
use crate::env::Env;
use crate::opaque::opaque;
use crate::receiver::Receiver;
use crate::sender::Sender;

/// The sender of [`or_stopped`](crate::adaptors::OutcomeExt::or_stopped).
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Clone)]
pub struct OrStopped<S, F> {
    sender: S,
    f: F,
}

opaque!(OrStopped<S, F> after sender);

impl<S, F> OrStopped<S, F> {
    #[inline]
    pub(crate) const fn new(sender: S, f: F) -> Self {
        Self { sender, f }
    }
}

#[diagnostic::do_not_recommend]
impl<S, F, S2> Sender for OrStopped<S, F>
where
    S: Sender,
    F: FnMut(StopReason) -> S2 + Send,
    S2: Sender<Value = S::Value, Error = S::Error>,
{
    type Value = S::Value;
    type Error = S::Error;
    type Operation<R: Receiver<S::Value, S::Error>> =
        Linked<S::Operation<SequelReceiver<Resuming<F>, S2, R>>>;

    #[inline]
    fn connect<R: Receiver<S::Value, S::Error>>(self, receiver: R, env: &Env) -> Self::Operation<R> {
        connect_link(self.sender, SequelReceiver::new(Resuming { f: self.f }, receiver, env), env)
    }
}

/// How [`OrStopped`] goes on.
#[derive(Clone)]
pub struct Resuming<F> {
    f: F,
}

opaque!(Resuming<F>);

impl<V, E, F, S2> Sequel<V, E> for Resuming<F>
where
    F: FnMut(StopReason) -> S2 + Send,
    S2: Sender<Value = V, Error = E>,
{
    type Second = S2;

    #[inline]
    fn begin(&mut self, arrived: Completion<V, E>) -> Begun<S2> {
        match arrived {
            Completion::Stopped(reason) if reason.is_of_the_pass() => Begun::Second((self.f)(reason)),
            arrived => Begun::Now(arrived),
        }
    }
}
