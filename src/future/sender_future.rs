//! A sender as a future: one pass of it.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::seat::Awaited;
use crate::completion::{Completion, StopReason};
use crate::consumers::{Nobody, at_once};
use crate::operation::Operation;
use crate::sender::Sender;

/// One pass of a sender, as a future; what `sender.await` awaits.
///
/// **Completes** with the [`Completion`] of the pass, as [`block_on`](crate::consumers::block_on) does: a
/// value, an error, or *stopped* with its reason, which is none of both and which a `Result` would have to
/// hide. For `?`, write `sender.await.into_result()?`.
///
/// **Runs** nothing before its first poll. Then the pass starts on the executor's thread, which is a context
/// of its own while the future is polled: what has no other context runs there, and what hops away
/// comes back there when it hops back. There is no hidden thread: whatever moves the pass on wakes the task by its
/// waker. A sender may be awaited on any executor.
///
/// **Costs** nothing beyond the pass if that certainly completes inside `start`, as the chain of synchronous
/// stages does. Else one allocation, for the operation. Its context is used again by the
/// next future that is awaited on the thread.
///
/// While the pass waits for a deadline (`every`, `after`) the runtime's timer wakes it in a tokio runtime (feature
/// `tokio`; the runtime must have time enabled); elsewhere the future asks its executor to poll it again at once. So it
/// does too for a source that tells nobody when it has something, such as `poll_fn`; in tokio that is
/// looked at once a millisecond.
///
/// # Stopping
///
/// Dropping the future asks the pass to stop, and does not block. What of the pass waits on the future's own context
/// is completed and dropped in the drop. What is under way elsewhere (another thread's stage, bytes that the
/// kernel or a device still holds) keeps its memory until it has completed: the operation lives on the heap and belongs to
/// its completion from then on, which frees it. So nothing is used after it is freed, and nothing leaks, unless an
/// operation never completes. To wait for the end of a pass instead, ask by [`stop`](Self::stop) and go on
/// awaiting: the future then completes as stopped.
///
/// # Panics
///
/// When a stage panics; the message says where it did.
///
/// # Examples
///
/// ```
/// use fusewire::context::cpu::Cpu;
/// use fusewire::prelude::*;
///
/// async fn price(compute: Cpu) -> u64 {
///     match just(21).then(on(compute)).map(|n| 2 * n).await {
///         Completion::Value(price) => price,
///         other => unreachable!("a pass that cannot fail, and that nobody stops: {other:?}"),
///     }
/// }
/// let compute = Cpu::builder().build()?;
/// assert_eq!(block_on(from_future(price(compute))), Completion::Value(42));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "a future does nothing unless it is awaited"]
pub struct SenderFuture<S: Sender<Value: Send, Error: Send>> {
    state: State<S>,
}

enum State<S: Sender<Value: Send, Error: Send>> {
    // `None` for the time of the first poll, and after a panic in it.
    Idle(Option<S>),
    UnderWay(Awaited<S>),
    Done,
}

impl<S: Sender<Value: Send, Error: Send>> fmt::Debug for SenderFuture<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::Idle(_) => "idle",
            State::UnderWay(_) => "under way",
            State::Done => "done",
        };
        f.debug_struct("SenderFuture").field("state", &state).finish_non_exhaustive()
    }
}

/// The operation is pinned on the heap; the sender is moved before it is connected.
impl<S: Sender<Value: Send, Error: Send>> Unpin for SenderFuture<S> {}

impl<S> SenderFuture<S>
where
    S: Sender<Value: Send, Error: Send> + 'static,
{
    #[inline]
    pub(crate) const fn new(sender: S) -> Self {
        Self { state: State::Idle(Some(sender)) }
    }

    /// Asks the pass to stop, and returns. The future goes on until the pass has completed, which it does with
    /// [`StopReason::Requested`] unless it was too late; one that was not polled yet begins no pass.
    pub fn stop(&mut self) {
        match &mut self.state {
            State::Idle(sender) => *sender = None,
            State::UnderWay(awaited) => awaited.request_stop(),
            State::Done => {}
        }
    }
}

impl<S> Future for SenderFuture<S>
where
    S: Sender<Value: Send, Error: Send> + 'static,
{
    type Output = Completion<S::Value, S::Error>;

    /// Polled again after it has completed, it completes as stopped with [`StopReason::Ended`].
    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let completion = match &mut self.state {
            State::Idle(sender) => match sender.take() {
                None => Some(Completion::Stopped(StopReason::Requested)),
                // One of the two is compiled.
                Some(sender) if <S::Operation<Nobody> as Operation>::IMMEDIATE => Some(at_once(sender)),
                Some(sender) => self.begin(sender, cx),
            },
            State::UnderWay(awaited) => awaited.go_on(cx),
            State::Done => return Poll::Ready(Completion::Stopped(StopReason::Ended)),
        };
        match completion {
            None => Poll::Pending,
            Some(completion) => {
                self.state = State::Done;
                Poll::Ready(completion)
            }
        }
    }
}

impl<S> SenderFuture<S>
where
    S: Sender<Value: Send, Error: Send> + 'static,
{
    fn begin(&mut self, sender: S, cx: &mut Context<'_>) -> Option<Completion<S::Value, S::Error>> {
        let mut awaited = Awaited::connect(sender);
        let completion = awaited.start().or_else(|| awaited.go_on(cx));
        if completion.is_none() {
            self.state = State::UnderWay(awaited);
        }
        completion
    }
}

impl<S> futures_core::FusedFuture for SenderFuture<S>
where
    S: Sender<Value: Send, Error: Send> + 'static,
{
    fn is_terminated(&self) -> bool {
        matches!(self.state, State::Done)
    }
}
