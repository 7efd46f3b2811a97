//! What follows a value inside one lane: segments, and at the end an edge or the end of the graph.

use std::fmt;
use std::sync::Arc;

use crate::control::{Control, RunError, Stop};
use crate::edge::EdgeSender;
use crate::graph::flow::Flow;
use crate::graph::link::Upstream;
use crate::lane::PanicReport;
use crate::launch::Sending;
use crate::ring::Layout;

/// Where a pass is after [`Tail::put`] or [`Tail::poll`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// The tail can take another value: the pass was handed on, completed or filtered.
    Done,
    /// The pass waits inside; [`Tail::poll`] moves it on.
    Waiting,
    /// The graph is over for this lane: a stage failed, or a sub-graph ended.
    Over,
}

/// What follows a value inside one lane.
pub trait Tail<T>: Send {
    /// Whether [`put`](Self::put) can take a value now. Stays true until `put` is called.
    ///
    /// A lane asks this *before* it takes a value from its input: that is how an edge that is full
    /// makes the upstream lane stop taking, and why no value is ever held back half way.
    fn ready(&mut self) -> bool;

    /// Takes a value.
    fn put(&mut self, value: T, lane: &mut LaneState) -> Put;

    /// Moves on the pass that waits inside, if one does.
    fn poll(&mut self, lane: &mut LaneState) -> Put;

    /// Hands on what the segments gathered, at the end of the input. Called until it returns
    /// `true`, and only while [`ready`](Self::ready).
    fn finish(&mut self, lane: &mut LaneState) -> bool;

    /// Ends a turn in which `put` was called so many times: publishes what was pushed, and wakes a
    /// consumer that may be parked.
    fn publish(&mut self, puts: u64, lane: &mut LaneState);
}

/// What the tails of one lane share.
#[derive(Debug)]
pub struct LaneState {
    control: Arc<Control>,
    /// Passes that reached the end of the graph in this lane.
    pub completed: u64,
}

impl LaneState {
    /// The state of a lane that has done nothing.
    pub const fn new(control: Arc<Control>) -> Self {
        Self { control, completed: 0 }
    }

    /// What the lanes of the graph share.
    pub const fn control(&self) -> &Arc<Control> {
        &self.control
    }

    /// Ends the graph as if its source had ended.
    #[cold]
    pub fn stop(&mut self) -> Put {
        self.control.stop(Stop::Drain);
        Put::Over
    }

    /// Ends the graph: a stage panicked in the middle of an asynchronous stage.
    #[cold]
    pub fn panicked(&mut self) -> Put {
        let message = "the message was printed where the stage ran".to_owned();
        self.control.fail(RunError::Panicked(PanicReport { message, ..PanicReport::default() }));
        Put::Over
    }

    /// Ends the graph with `error`.
    #[cold]
    pub fn fail<E: fmt::Display + Send + 'static>(&mut self, error: E) -> Put {
        self.control.fail(RunError::failed(error));
        Put::Over
    }
}

/// A segment, and what follows it.
#[derive(Debug)]
pub struct SegmentTail<P, G, F, N> {
    parts: P,
    body: G,
    rest: F,
    next: N,
}

impl<P, G, F, N> SegmentTail<P, G, F, N> {
    /// Runs `body` over `parts`; `rest` gives what the segment gathered, at the end of the input.
    pub const fn new(parts: P, body: G, rest: F, next: N) -> Self {
        Self { parts, body, rest, next }
    }

    #[inline(always)]
    fn follow<U, E>(&mut self, flow: Flow<U, E>, lane: &mut LaneState) -> Put
    where
        N: Tail<U>,
        E: fmt::Display + Send + 'static,
    {
        match flow {
            Flow::Next(value) => self.next.put(value, lane),
            Flow::Skip => Put::Done,
            Flow::Fail(error) => lane.fail(error),
            Flow::End => lane.stop(),
        }
    }
}

impl<T, U, E, P, G, F, N> Tail<T> for SegmentTail<P, G, F, N>
where
    P: Send,
    G: Fn(&mut P, T) -> Flow<U, E> + Send,
    F: Fn(&mut P) -> Option<Flow<U, E>> + Send,
    N: Tail<U>,
    E: fmt::Display + Send + 'static,
{
    #[inline(always)]
    fn ready(&mut self) -> bool {
        self.next.ready()
    }

    #[inline(always)]
    fn put(&mut self, value: T, lane: &mut LaneState) -> Put {
        let flow = (self.body)(&mut self.parts, value);
        self.follow(flow, lane)
    }

    #[inline(always)]
    fn poll(&mut self, lane: &mut LaneState) -> Put {
        self.next.poll(lane)
    }

    fn finish(&mut self, lane: &mut LaneState) -> bool {
        match (self.rest)(&mut self.parts) {
            Some(flow) => {
                self.follow(flow, lane);
                false
            }
            None => self.next.finish(lane),
        }
    }

    #[inline(always)]
    fn publish(&mut self, puts: u64, lane: &mut LaneState) {
        self.next.publish(puts, lane);
    }
}

/// A segment that makes one value of each, and what follows it.
#[derive(Debug)]
pub struct StraightTail<P, G, N> {
    parts: P,
    body: G,
    next: N,
}

impl<P, G, N> StraightTail<P, G, N> {
    /// Runs `body` over `parts`.
    pub const fn new(parts: P, body: G, next: N) -> Self {
        Self { parts, body, next }
    }
}

impl<T, U, P, G, N> Tail<T> for StraightTail<P, G, N>
where
    P: Send,
    G: Fn(&mut P, T) -> U + Send,
    N: Tail<U>,
{
    #[inline(always)]
    fn ready(&mut self) -> bool {
        self.next.ready()
    }

    #[inline(always)]
    fn put(&mut self, value: T, lane: &mut LaneState) -> Put {
        self.next.put((self.body)(&mut self.parts, value), lane)
    }

    #[inline(always)]
    fn poll(&mut self, lane: &mut LaneState) -> Put {
        self.next.poll(lane)
    }

    fn finish(&mut self, lane: &mut LaneState) -> bool {
        self.next.finish(lane)
    }

    #[inline(always)]
    fn publish(&mut self, puts: u64, lane: &mut LaneState) {
        self.next.publish(puts, lane);
    }
}

/// The end of a lane whose last segment leads to a hop.
///
/// Single words are published once per turn, so that a burst costs the consumer one cache line for
/// many values; larger values at once, because there the line that travels is the value's own.
#[derive(Debug)]
pub struct PushTail<T, L: Layout> {
    // Dropped first: the edge is closed before the other lane is woken to see it.
    edge: EdgeSender<T, L>,
    upstream: Upstream,
}

impl<T, L: Layout> PushTail<T, L> {
    const DEFERS: bool = size_of::<T>() <= size_of::<u64>();

    /// Pushes into an edge.
    pub fn new((edge, upstream): Sending<T, L>) -> Self {
        Self { edge, upstream }
    }
}

impl<T: Send, L: Layout> Tail<T> for PushTail<T, L> {
    #[inline(always)]
    fn ready(&mut self) -> bool {
        self.edge.has_room()
    }

    #[inline(always)]
    fn put(&mut self, value: T, _: &mut LaneState) -> Put {
        if Self::DEFERS {
            self.edge.push_reserved_deferred(value);
        } else {
            self.edge.push_reserved(value);
        }
        Put::Done
    }

    #[inline]
    fn poll(&mut self, _: &mut LaneState) -> Put {
        if self.edge.is_closed() {
            return Put::Over;
        }
        if Self::DEFERS {
            self.edge.publish();
        }
        self.upstream.turned(self.edge.pushed());
        self.upstream.stalled();
        if self.edge.has_room() { Put::Done } else { Put::Waiting }
    }

    fn finish(&mut self, _: &mut LaneState) -> bool {
        true
    }

    #[inline(always)]
    fn publish(&mut self, _: u64, _: &mut LaneState) {
        if Self::DEFERS {
            self.edge.publish();
        }
        if self.upstream.wakes() {
            self.upstream.turned(self.edge.pushed());
        }
    }
}

/// The end of the graph: completed passes are counted and their values dropped.
#[derive(Debug)]
pub struct EndTail;

impl<T> Tail<T> for EndTail {
    #[inline(always)]
    fn ready(&mut self) -> bool {
        true
    }

    #[inline(always)]
    fn put(&mut self, _: T, lane: &mut LaneState) -> Put {
        lane.completed += 1;
        Put::Done
    }

    #[inline(always)]
    fn poll(&mut self, _: &mut LaneState) -> Put {
        Put::Done
    }

    fn finish(&mut self, _: &mut LaneState) -> bool {
        true
    }

    #[inline(always)]
    fn publish(&mut self, _: u64, _: &mut LaneState) {}
}

/// The end of the graph behind straight segments alone: every pass that came in has completed, so
/// that they are counted once per turn.
#[derive(Debug)]
pub struct EveryEndTail;

impl<T> Tail<T> for EveryEndTail {
    #[inline(always)]
    fn ready(&mut self) -> bool {
        true
    }

    #[inline(always)]
    fn put(&mut self, _: T, _: &mut LaneState) -> Put {
        Put::Done
    }

    #[inline(always)]
    fn poll(&mut self, _: &mut LaneState) -> Put {
        Put::Done
    }

    fn finish(&mut self, _: &mut LaneState) -> bool {
        true
    }

    #[inline(always)]
    fn publish(&mut self, puts: u64, lane: &mut LaneState) {
        lane.completed += puts;
    }
}
