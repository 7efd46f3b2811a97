//! The operation of sources that always have an answer.

use std::pin::Pin;

use pin_project::pin_project;

use crate::completion::{Completion, Started, StopReason};
use crate::opaque::opaque;
use crate::operation::Operation;
use crate::receiver::Receiver;
use crate::source::{Source, Taken};

/// The operation of a source that is never empty: every start completes inside `start`.
///
/// It holds the source and the receiver and nothing else.
#[pin_project]
pub struct ReadyOperation<S, R> {
    source: S,
    #[pin]
    receiver: R,
}

opaque!(ReadyOperation<S, R>);

impl<S, R> ReadyOperation<S, R> {
    /// Connects `source` to `receiver`.
    #[inline]
    pub const fn new(source: S, receiver: R) -> Self {
        Self { source, receiver }
    }
}

// SAFETY: `receiver` gives the field that `new` was given, and a start asks the source and returns.
unsafe impl<S, R> Operation for ReadyOperation<S, R>
where
    S: Source + Send,
    R: Receiver<S::Value, S::Error>,
{
    type Value = S::Value;
    type Error = S::Error;
    type Receiver = R;

    const IMMEDIATE: bool = true;

    #[inline]
    unsafe fn start(self: Pin<&mut Self>) -> Started<S::Value, S::Error> {
        Started::Inline(match self.project().source.take() {
            Taken::Value(value) => Completion::Value(value),
            Taken::Error(error) => Completion::Error(error),
            Taken::Ended | Taken::Empty => Completion::Stopped(StopReason::Ended),
        })
    }

    #[inline]
    fn receiver(self: Pin<&mut Self>) -> Pin<&mut R> {
        self.project().receiver
    }
}
