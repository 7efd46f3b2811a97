//! `take` and `take_while`: an end before the source's own.

use std::pin::Pin;

use pin_project::pin_project;

use crate::adaptors::transform::{Transform, Transformed};
use crate::completion::{Completion, Started, StopReason};
use crate::env::Env;
use crate::opaque::opaque;
use crate::operation::Operation;
use crate::receiver::Receiver;
use crate::sender::Sender;

/// The sender of [`take`](crate::adaptors::OutcomeExt::take).
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Debug, Clone)]
pub struct Take<S> {
    sender: S,
    values: u64,
}

impl<S> Take<S> {
    #[inline]
    pub(crate) const fn new(sender: S, values: u64) -> Self {
        Self { sender, values }
    }
}

#[diagnostic::do_not_recommend]
impl<S: Sender> Sender for Take<S> {
    type Value = S::Value;
    type Error = S::Error;
    type Operation<R: Receiver<S::Value, S::Error>> = TakeOperation<S::Operation<TakeReceiver<R>>>;

    #[inline]
    fn connect<R: Receiver<S::Value, S::Error>>(self, receiver: R, env: &Env) -> Self::Operation<R> {
        TakeOperation { inner: self.sender.connect(TakeReceiver { left: self.values, next: receiver }, env) }
    }
}

/// Where the sender before completes.
#[pin_project]
pub struct TakeReceiver<R> {
    // How many values are still let through.
    left: u64,
    #[pin]
    next: R,
}

opaque!(TakeReceiver<R>);

/// How many values a completion is.
const fn values<V, E>(completion: &Completion<V, E>) -> u64 {
    matches!(completion, Completion::Value(_)) as u64
}

impl<V, E, R: Receiver<V, E>> Receiver<V, E> for TakeReceiver<R> {
    #[inline]
    unsafe fn complete(self: Pin<&mut Self>, completion: Completion<V, E>) {
        let this = self.project();
        *this.left -= values(&completion);
        // SAFETY: passed on from the operation inside, whose starts are those of the one round it.
        unsafe { this.next.complete(completion) };
    }
}

/// The operation of [`Take`].
#[pin_project]
pub struct TakeOperation<O> {
    #[pin]
    inner: O,
}

opaque!(TakeOperation<O>);

// SAFETY: `receiver` gives what lies in the receiver of the operation inside, which `connect` put there and that operation
// always gives; a start does no more than that operation's.
unsafe impl<O, R> Operation for TakeOperation<O>
where
    O: Operation<Receiver = TakeReceiver<R>>,
    R: Receiver<O::Value, O::Error>,
{
    type Value = O::Value;
    type Error = O::Error;
    type Receiver = R;
    const IMMEDIATE: bool = O::IMMEDIATE;

    #[inline]
    unsafe fn start(self: Pin<&mut Self>) -> Started<O::Value, O::Error> {
        let mut inner = self.project().inner;
        if *inner.as_mut().receiver().project().left == 0 {
            return Started::Inline(Completion::Stopped(StopReason::Ended));
        }
        // SAFETY: passed on to the caller.
        let started = unsafe { inner.as_mut().start() };
        if let Started::Inline(completion) = &started {
            *inner.receiver().project().left -= values(completion);
        }
        started
    }

    #[inline]
    unsafe fn rest(self: Pin<&mut Self>) -> Option<Started<O::Value, O::Error>> {
        let mut inner = self.project().inner;
        if *inner.as_mut().receiver().project().left == 0 {
            return None;
        }
        // SAFETY: passed on to the caller.
        let started = unsafe { inner.as_mut().rest() };
        if let Some(Started::Inline(completion)) = &started {
            *inner.receiver().project().left -= values(completion);
        }
        started
    }

    #[inline]
    fn receiver(self: Pin<&mut Self>) -> Pin<&mut R> {
        self.project().inner.receiver().project().next
    }
}

/// The sender of [`take_while`](crate::adaptors::OutcomeExt::take_while).
pub type TakeWhile<S, F> = Transformed<S, Taking<F>>;

/// What [`TakeWhile`] does to a completion.
#[derive(Clone)]
pub struct Taking<F> {
    f: F,
}

opaque!(Taking<F>);

impl<F> Taking<F> {
    #[inline]
    pub(crate) const fn new(f: F) -> Self {
        Self { f }
    }
}

impl<V, E, F: FnMut(&V) -> bool + Send> Transform<V, E> for Taking<F> {
    type Value = V;
    type Error = E;

    #[inline]
    fn transform(&mut self, arrived: Completion<V, E>) -> Completion<V, E> {
        match arrived {
            Completion::Value(value) if !(self.f)(&value) => Completion::Stopped(StopReason::Ended),
            arrived => arrived,
        }
    }
}
