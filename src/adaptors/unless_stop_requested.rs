//! `unless_stop_requested`: a look at the stop token before a pass begins.

use std::pin::Pin;

use pin_project::pin_project;

use crate::completion::{Completion, Started, StopReason};
use crate::env::Env;
use crate::opaque::opaque;
use crate::operation::Operation;
use crate::receiver::Receiver;
use crate::sender::Sender;
use crate::stop::StopToken;

/// The sender of [`unless_stop_requested`](crate::adaptors::OutcomeExt::unless_stop_requested).
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Debug, Clone)]
pub struct UnlessStopRequested<S> {
    sender: S,
}

impl<S> UnlessStopRequested<S> {
    #[inline]
    pub(crate) const fn new(sender: S) -> Self {
        Self { sender }
    }
}

#[diagnostic::do_not_recommend]
impl<S: Sender> Sender for UnlessStopRequested<S> {
    type Value = S::Value;
    type Error = S::Error;
    type Operation<R: Receiver<S::Value, S::Error>> = UnlessStopRequestedOperation<S::Operation<R>>;

    #[inline]
    fn connect<R: Receiver<S::Value, S::Error>>(self, receiver: R, env: &Env) -> Self::Operation<R> {
        UnlessStopRequestedOperation { stop: env.stop().clone(), inner: self.sender.connect(receiver, env) }
    }
}

/// The operation of [`UnlessStopRequested`].
#[pin_project]
pub struct UnlessStopRequestedOperation<O> {
    stop: StopToken,
    #[pin]
    inner: O,
}

opaque!(UnlessStopRequestedOperation<O>);

// SAFETY: `receiver` is that of the operation inside, which got it from `connect`.
unsafe impl<O: Operation> Operation for UnlessStopRequestedOperation<O> {
    type Value = O::Value;
    type Error = O::Error;
    type Receiver = O::Receiver;

    #[inline]
    unsafe fn start(self: Pin<&mut Self>) -> Started<O::Value, O::Error> {
        let this = self.project();
        if this.stop.stop_requested() {
            return Started::Inline(Completion::Stopped(StopReason::Requested));
        }
        // SAFETY: passed on to the caller.
        unsafe { this.inner.start() }
    }

    #[inline]
    unsafe fn rest(self: Pin<&mut Self>) -> Option<Started<O::Value, O::Error>> {
        // SAFETY: passed on to the caller.
        unsafe { self.project().inner.rest() }
    }

    #[inline]
    fn receiver(self: Pin<&mut Self>) -> Pin<&mut O::Receiver> {
        self.project().inner.receiver()
    }
}
