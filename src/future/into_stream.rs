//! A running graph's output as a stream.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use futures_core::{FusedStream, Stream};

use super::joined::Joined;
use super::polling::{PollOperation, Polls};
use super::slot::{Key, Slot};
use crate::completion::{Completion, Never, StopReason};
use crate::control::RunError;
use crate::edge::{EdgeReceiver, EdgeSender, Pushed, Wake, edge};
use crate::engine::{Engine, Handle};
use crate::env::Env;
use crate::graph::Graph;
use crate::launch::LaunchError;
use crate::receiver::Receiver;
use crate::sender::Sender;

/// Runs a graph whose last stage hands its values to a stream.
///
/// `build` makes the graph; what it is given is the way out, to be used in the last stage:
/// `.and(move |value| out.push(value))`. The edge between holds at least `capacity` values: lanes run ahead of whoever
/// polls by that much, and wait then, which is felt at the source.
///
/// For a graph that exists already there is [`into_stream`](super::AsFuture::into_stream) as a method, which runs it pass by
/// pass instead of in lanes.
///
/// # Errors
///
/// When the edge cannot be made, or as [`Engine::run`] says.
///
/// # Examples
///
/// ```
/// use fusewire::context::cpu::Cpu;
/// use fusewire::engine::Engine;
/// use fusewire::future::into_stream;
/// use fusewire::prelude::*;
///
/// let compute = Cpu::builder().build()?;
/// let squares = into_stream(&Engine::new(), 16, |out| fuse! {
///     from_iter(1..=3u64).then(on(compute)).map(|n| n * n).and(move |n| out.push(n))
/// })?;
/// // On any executor; here it is the source of another graph.
/// let sum = from_stream(squares).map(|n| n.unwrap_or(0)).scan(0, |sum, n| { *sum += n; *sum });
/// assert_eq!(block_on(sum.repeat(3)), Completion::Value(14));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn into_stream<T: Send + 'static, G: Graph>(
    engine: &Engine,
    capacity: usize,
    build: impl FnOnce(Outlet<T>) -> G,
) -> Result<GraphStream<T>, LaunchError> {
    let (sender, receiver) =
        edge(capacity).map_err(|error| LaunchError::Edge(format!("the edge to a stream: {error}")))?;
    let slots = Arc::new(Slots::default());
    receiver.woken_by(Filled(Arc::clone(&slots)));
    let outlet =
        Outlet { shared: Arc::new(Shared { sender: Mutex::new(sender), slots: Arc::clone(&slots) }) };
    let joined = Joined::new(engine.run(build(outlet))?);
    Ok(GraphStream { receiver, slots, waits: Key::default(), joined: Some(joined) })
}

/// Who waits at which end.
#[derive(Debug, Default)]
struct Slots {
    room: Slot,
    filled: Slot,
}

/// Wakes the stream when the edge is closed.
#[derive(Debug)]
struct Filled(Arc<Slots>);

impl Wake for Filled {
    fn wake(&self) {
        self.0.filled.wake();
    }
}

/// The way out of a graph, to a [`GraphStream`].
///
/// The stream ends when the graph's stages, which hold it, are dropped.
pub struct Outlet<T> {
    shared: Arc<Shared<T>>,
}

struct Shared<T> {
    // Used by one pass at a time in a lane; never contended unless several lanes push.
    sender: Mutex<EdgeSender<T>>,
    slots: Arc<Slots>,
}

impl<T> fmt::Debug for Outlet<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outlet").finish_non_exhaustive()
    }
}

impl<T> Clone for Outlet<T> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl<T: Send> Outlet<T> {
    /// Hands a value to the stream.
    ///
    /// **Completes** with `()` once the value is in the edge: inside `start` if there is room, else as soon as whoever polls
    /// the stream has made some; of several that wait, whichever comes first then. When the stream is gone it is stopped with [`StopReason::Ended`], which ends the graph.
    /// **Costs** an uncontended lock and a push; no allocation.
    pub fn push(&self, value: T) -> Push<T> {
        Push { value: Some(value), shared: Arc::clone(&self.shared), waits: Key::default() }
    }
}

/// The sender of [`Outlet::push`].
#[must_use = "a sender does nothing until it is run"]
pub struct Push<T> {
    // INVARIANT: there until the edge has it.
    value: Option<T>,
    shared: Arc<Shared<T>>,
    waits: Key,
}

impl<T> Drop for Push<T> {
    fn drop(&mut self) {
        self.shared.slots.room.disarm(&mut self.waits);
    }
}

impl<T> fmt::Debug for Push<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Push").finish_non_exhaustive()
    }
}

/// Nothing in it is pinned.
impl<T> Unpin for Push<T> {}

impl<T: Send> Push<T> {
    /// Whether the value is in the edge, or nobody takes it any more.
    fn try_push(&mut self) -> Option<Completion<(), Never>> {
        let Some(value) = self.value.take() else {
            return Some(Completion::Stopped(StopReason::Ended));
        };
        let mut sender = self.shared.sender.lock().unwrap_or_else(PoisonError::into_inner);
        if sender.is_closed() {
            return Some(Completion::Stopped(StopReason::Ended));
        }
        match sender.push(value) {
            Pushed::Ok | Pushed::Dropped => {
                drop(sender);
                self.shared.slots.filled.wake();
                Some(Completion::Value(()))
            }
            Pushed::Full(value) | Pushed::Failed(value) => {
                self.value = Some(value);
                None
            }
        }
    }
}

impl<T: Send> Polls for Push<T> {
    type Value = ();
    type Error = Never;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Completion<(), Never>> {
        if let Some(completion) = self.try_push() {
            return Poll::Ready(completion);
        }
        let this = &mut *self;
        this.shared.slots.room.arm(&mut this.waits, cx.waker());
        match self.try_push() {
            Some(completion) => Poll::Ready(completion),
            None => Poll::Pending,
        }
    }

    fn give_up(mut self: Pin<&mut Self>) {
        self.value = None;
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send> Sender for Push<T> {
    type Value = ();
    type Error = Never;
    type Operation<R: Receiver<(), Never>> = PollOperation<Self, R>;

    fn connect<R: Receiver<(), Never>>(self, receiver: R, env: &Env) -> Self::Operation<R> {
        PollOperation::new(self, receiver, env)
    }
}

/// The output of a graph that runs.
///
/// **Gives** `Ok` for each value, in order. If the graph fails its error is the last item; then, or when the graph has
/// ended, the stream **ends**.
/// **Costs** one pop per item; the graph's lanes are woken when they wait for room.
///
/// Dropping it stops the graph and waits for its lanes, as dropping a [`Handle`] does.
#[must_use = "dropping the stream stops the graph"]
pub struct GraphStream<T> {
    // Before the graph's handle: a lane that waits for room is told that nobody makes any.
    receiver: EdgeReceiver<T>,
    slots: Arc<Slots>,
    waits: Key,
    // `None` once the stream has ended.
    joined: Option<Joined>,
}

impl<T> fmt::Debug for GraphStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GraphStream").field("receiver", &self.receiver).finish_non_exhaustive()
    }
}

impl<T> GraphStream<T> {
    /// The handle of the graph, until the stream has ended.
    pub fn handle(&self) -> Option<&Handle> {
        self.joined.as_ref()?.handle()
    }

    fn pop(&mut self) -> Option<T> {
        let value = self.receiver.pop()?;
        self.slots.room.wake();
        Some(value)
    }
}

/// Nothing in it is pinned.
impl<T> Unpin for GraphStream<T> {}

impl<T: Send> Stream for GraphStream<T> {
    type Item = Result<T, RunError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(value) = self.pop() {
            return Poll::Ready(Some(Ok(value)));
        }
        if !self.receiver.is_closed() {
            let this = &mut *self;
            this.slots.filled.arm(&mut this.waits, cx.waker());
        }
        // Closed first: what was pushed before is visible then.
        let closed = self.receiver.is_closed();
        if let Some(value) = self.pop() {
            return Poll::Ready(Some(Ok(value)));
        }
        if !closed {
            return Poll::Pending;
        }
        let Some(joined) = &mut self.joined else { return Poll::Ready(None) };
        let Poll::Ready(outcome) = Pin::new(joined).poll(cx) else { return Poll::Pending };
        self.joined = None;
        Poll::Ready(outcome.err().map(Err))
    }
}

impl<T: Send> FusedStream for GraphStream<T> {
    fn is_terminated(&self) -> bool {
        self.joined.is_none()
    }
}
