//! A stream as the source of a graph.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use futures_core::Stream;

use super::polling::{PollOperation, Polls};
use crate::completion::{Completion, Never, StopReason};
use crate::context::{ContextRef, current};
use crate::env::Env;
use crate::function::IsStream;
use crate::primitive::{AtomicBool, Ordering};
use crate::receiver::Receiver;
use crate::sender::Sender;
use crate::source::{Source, Taken};

/// Begins a graph with the items of a stream.
///
/// **Completes** with the next item, inside `start` if there is one, else later; stopped when the stream has ended.
/// Items that are `Result`s are values like others: `.try_map(|item| item)` makes errors of them, which then end the
/// graph unless a stage handles them.
/// **Runs** on the context where it is started, which polls the stream; in a lane only after it was woken. What the
/// stream waits for may belong to another executor: a tokio socket is woken by tokio's own thread and polled here.
/// To poll it inside of tokio, run the graph on a [`Polled`](crate::context::polled::Polled) context.
/// **Costs** one allocation for the stream and one for its waker; per item the poll, and a load between two wakes.
///
/// # Examples
///
/// ```
/// use fusewire::engine::Engine;
/// use fusewire::prelude::*;
///
/// let stream = from_iter(1..=4).passes(); // any `Stream`; this one's items are `Result`s
/// let graph = fuse! { from_stream(stream).try_map(|n| n).filter(|n| n % 2 == 0) };
/// assert_eq!(Engine::new().run(graph)?.join()?.completed, 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn from_stream<S: IsStream<T, M>, T, M>(stream: S) -> FromStream<S::Itself> {
    FromStream { stream: Box::pin(stream.itself()), asked: None, ready: true, ended: false }
}

/// The source of [`from_stream`].
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
pub struct FromStream<S> {
    stream: Pin<Box<S>>,
    // What wakes the lane that asks; made when it first does.
    asked: Option<(Arc<LaneWaker>, Waker)>,
    // Whether the stream may have something although nobody woke.
    ready: bool,
    ended: bool,
}

impl<S> fmt::Debug for FromStream<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FromStream").finish_non_exhaustive()
    }
}

/// Wakes a lane for a stream that it asks.
struct LaneWaker {
    woken: AtomicBool,
    // The context of the lane, if it may sleep.
    context: Option<ContextRef>,
}

impl Wake for LaneWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        // ORDERING: release pairs with the acquire of `FromStream::take`, so that the poll sees what was done
        // before the wake. A wake that finds the flag set is seen by the same poll.
        if !self.woken.swap(true, Ordering::AcqRel)
            && let Some(context) = &self.context
        {
            context.nudge();
        }
    }
}

impl<S: Stream<Item: Send>> Source for FromStream<S> {
    type Value = S::Item;
    type Error = Never;

    const BURSTS: bool = true;

    #[inline]
    fn take(&mut self) -> Taken<S::Item, Never> {
        let (lane, waker) = self.asked.get_or_insert_with(|| {
            let context = current().filter(|context| context.must_be_woken());
            let lane = Arc::new(LaneWaker { woken: AtomicBool::new(false), context });
            let waker = Waker::from(Arc::clone(&lane));
            (lane, waker)
        });
        if !self.ready {
            // ORDERING: relaxed, the swap below synchronises.
            if !lane.woken.load(Ordering::Relaxed) {
                return Taken::Empty;
            }
            // Cleared before the poll, so that no wake after it is lost.
            // ORDERING: acquire pairs with the release of `wake_by_ref`.
            lane.woken.swap(false, Ordering::Acquire);
        }
        if self.ended {
            return Taken::Ended;
        }
        let polled = self.stream.as_mut().poll_next(&mut Context::from_waker(waker));
        self.ready = polled.is_ready();
        match polled {
            Poll::Ready(Some(item)) => Taken::Value(item),
            Poll::Ready(None) => {
                self.ended = true;
                Taken::Ended
            }
            Poll::Pending => Taken::Empty,
        }
    }
}

#[diagnostic::do_not_recommend]
impl<S: Stream<Item: Send> + Send> Sender for FromStream<S> {
    type Value = S::Item;
    type Error = Never;
    type Operation<R: Receiver<S::Item, Never>> = PollOperation<Items<S>, R>;

    fn connect<R: Receiver<S::Item, Never>>(self, receiver: R, env: &Env) -> Self::Operation<R> {
        PollOperation::new(Items { stream: self.stream, ended: self.ended }, receiver, env)
    }
}

/// The next item of a stream, pass after pass.
pub struct Items<S> {
    stream: Pin<Box<S>>,
    ended: bool,
}

impl<S> fmt::Debug for Items<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").finish_non_exhaustive()
    }
}

impl<S: Stream<Item: Send> + Send> Polls for Items<S> {
    type Value = S::Item;
    type Error = Never;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Completion<S::Item, Never>> {
        if self.ended {
            return Poll::Ready(Completion::Stopped(StopReason::Ended));
        }
        let Self { stream, ended } = &mut *self;
        stream.as_mut().poll_next(cx).map(|item| match item {
            Some(item) => Completion::Value(item),
            None => {
                *ended = true;
                Completion::Stopped(StopReason::Ended)
            }
        })
    }

    /// The stream stays: an item that it has is not lost.
    fn give_up(self: Pin<&mut Self>) {}
}
