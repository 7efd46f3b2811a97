//! A sender as a stream: pass after pass, begun when it is polled.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::{FusedStream, Stream};

use super::seat::Awaited;
use crate::completion::{Completion, StopReason};
use crate::sender::Sender;

/// The values of one pass after another, as a stream.
///
/// **Gives** `Ok` for a value and `Err` for an error, after which it goes on with the next pass; a pass that was
/// filtered out gives nothing. **Ends** when a pass is stopped for any other reason: the source has
/// ended, or its context went away.
///
/// **Runs** as a [`SenderFuture`](super::SenderFuture) does, with the operation started again for each pass: each is
/// begun when the stream is polled, and the next not before its item was taken. So whoever polls sets the
/// pace, and nothing is buffered.
///
/// **Costs** one allocation for the operation, none per pass.
///
/// # Stopping
///
/// Dropping it is as with [`SenderFuture`](super::SenderFuture).
///
/// # Panics
///
/// When a stage panics. The stream has ended then.
///
/// # Examples
///
/// ```
/// use fusewire::future::from_stream;
/// use fusewire::prelude::*;
///
/// let odd = from_iter(1..6).filter(|n| n % 2 == 1).passes();
/// let sums = from_stream(odd).try_map(|n| n).scan(0, |sum, n| { *sum += n; *sum });
/// assert_eq!(block_on(sums.repeat(3)), Completion::Value(1 + 3 + 5));
/// ```
#[must_use = "a stream does nothing unless it is polled"]
pub struct Passes<S: Sender<Value: Send, Error: Send>> {
    state: State<S>,
}

enum State<S: Sender<Value: Send, Error: Send>> {
    // `None` for the time of the first poll, and after a panic in it.
    Idle(Option<S>),
    Connected { awaited: Awaited<S>, under_way: bool },
    Done,
}

impl<S: Sender<Value: Send, Error: Send>> fmt::Debug for Passes<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Passes").finish_non_exhaustive()
    }
}

/// The operation is pinned on the heap; the sender is moved before it is connected.
impl<S: Sender<Value: Send, Error: Send>> Unpin for Passes<S> {}

impl<S> Passes<S>
where
    S: Sender<Value: Send, Error: Send> + 'static,
{
    pub(super) const fn new(sender: S) -> Self {
        Self { state: State::Idle(Some(sender)) }
    }

    /// The completion of a pass, which is begun if none is under way.
    fn pass(&mut self, cx: &mut Context<'_>) -> Poll<Completion<S::Value, S::Error>> {
        if let State::Idle(sender) = &mut self.state
            && let Some(sender) = sender.take()
        {
            self.state = State::Connected { awaited: Awaited::connect(sender), under_way: false };
        }
        let State::Connected { awaited, under_way } = &mut self.state else {
            return Poll::Ready(Completion::Stopped(StopReason::Ended));
        };
        let completion = if *under_way { None } else { awaited.start() };
        *under_way = completion.is_none();
        match completion.or_else(|| awaited.go_on(cx)) {
            None => Poll::Pending,
            Some(completion) => {
                *under_way = false;
                Poll::Ready(completion)
            }
        }
    }
}

/// Passes that are filtered out before the executor gets its thread back.
const FILTERED: u32 = 1 << 10;

impl<S> Stream for Passes<S>
where
    S: Sender<Value: Send, Error: Send> + 'static,
{
    type Item = Result<S::Value, S::Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        for _ in 0..FILTERED {
            // A pass that panics leaves nothing to go on with.
            let passes = Ending(&mut self);
            let completion = passes.0.pass(cx);
            std::mem::forget(passes);
            return match completion {
                Poll::Pending => Poll::Pending,
                Poll::Ready(Completion::Value(value)) => Poll::Ready(Some(Ok(value))),
                Poll::Ready(Completion::Error(error)) => Poll::Ready(Some(Err(error))),
                Poll::Ready(Completion::Stopped(StopReason::Filtered)) => continue,
                Poll::Ready(Completion::Stopped(_)) => {
                    self.state = State::Done;
                    Poll::Ready(None)
                }
            };
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

/// Ends the stream if it is dropped, by a panic.
struct Ending<'p, S: Sender<Value: Send, Error: Send>>(&'p mut Passes<S>);

impl<S: Sender<Value: Send, Error: Send>> Drop for Ending<'_, S> {
    fn drop(&mut self) {
        self.0.state = State::Done;
    }
}

impl<S> FusedStream for Passes<S>
where
    S: Sender<Value: Send, Error: Send> + 'static,
{
    fn is_terminated(&self) -> bool {
        matches!(self.state, State::Done)
    }
}
