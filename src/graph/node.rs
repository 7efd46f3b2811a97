//! A lane's loop body: where values come from, and one turn over them.

use std::fmt;
use std::time::Instant;

use crate::control::{LaneCounts, Mode};
use crate::edge::EdgeReceiver;
use crate::graph::link::Downstream;
use crate::graph::tail::{LaneState, Put, Tail};
use crate::lane::{Abandoned, Lane, Turn};
use crate::launch::Receiving;
use crate::ring::Layout;
use crate::source::{Source, Taken};

/// Where a node's values come from.
pub trait Input: Send {
    /// What it gives.
    type Item;

    /// Whether this is the graph's own source, which a stop closes.
    const SOURCE: bool = false;

    /// How many values one turn takes at the most.
    const BURST: u64 = BURST;

    /// The next value, if there is one now.
    fn take(&mut self) -> Option<Self::Item>;

    /// After `take` gave nothing: whether that is for good.
    fn nothing(&mut self, lane: &mut LaneState) -> Nothing<Self::Item>;

    /// Ends a turn.
    #[inline(always)]
    fn turned(&mut self) {}

    /// When there may be a value although nothing else happens.
    fn deadline(&self) -> Option<Instant> {
        None
    }
}

/// Why [`Input::take`] gave nothing.
#[derive(Debug)]
pub enum Nothing<T> {
    /// There is nothing now.
    Yet,
    /// There was, and it arrived just after.
    Late(T),
    /// There will be nothing more.
    Ever,
}

/// How many values a turn takes at the most from an input that gives many at a time.
pub(crate) const BURST: u64 = 32;

/// The graph's source as an input.
///
/// Its values go on as they are; an error of the source ends the graph.
#[derive(Debug)]
pub struct SourceInput<S: Source> {
    source: S,
    // Why the source gave no value the last time.
    why: Why<S::Error>,
}

#[derive(Debug)]
enum Why<E> {
    Empty,
    Ended,
    Failed(E),
}

impl<S: Source> SourceInput<S> {
    /// Takes from `source`.
    pub const fn new(source: S) -> Self {
        Self { source, why: Why::Empty }
    }
}

impl<S> Input for SourceInput<S>
where
    S: Source + Send,
    S::Error: fmt::Display + Send + 'static,
{
    type Item = S::Value;
    const SOURCE: bool = true;
    const BURST: u64 = if S::BURSTS { BURST } else { 1 };

    #[inline(always)]
    fn take(&mut self) -> Option<S::Value> {
        self.why = match self.source.take() {
            Taken::Value(value) => return Some(value),
            Taken::Empty => Why::Empty,
            Taken::Ended => Why::Ended,
            Taken::Error(error) => Why::Failed(error),
        };
        None
    }

    #[inline]
    fn nothing(&mut self, lane: &mut LaneState) -> Nothing<S::Value> {
        match std::mem::replace(&mut self.why, Why::Ended) {
            Why::Empty => Nothing::Yet,
            Why::Ended => Nothing::Ever,
            Why::Failed(error) => {
                lane.fail(error);
                Nothing::Ever
            }
        }
    }

    fn deadline(&self) -> Option<Instant> {
        self.source.deadline()
    }
}

/// The graph's source as an input whose errors a later stage handles.
#[derive(Debug)]
pub struct FallibleSourceInput<S> {
    source: S,
    ended: bool,
}

impl<S> FallibleSourceInput<S> {
    /// Takes from `source`.
    pub const fn new(source: S) -> Self {
        Self { source, ended: false }
    }
}

impl<S> Input for FallibleSourceInput<S>
where
    S: Source + Send,
{
    type Item = Result<S::Value, S::Error>;
    const SOURCE: bool = true;
    const BURST: u64 = if S::BURSTS { BURST } else { 1 };

    #[inline(always)]
    fn take(&mut self) -> Option<Self::Item> {
        match self.source.take() {
            Taken::Value(value) => Some(Ok(value)),
            Taken::Error(error) => Some(Err(error)),
            Taken::Empty => None,
            Taken::Ended => {
                self.ended = true;
                None
            }
        }
    }

    #[inline]
    fn nothing(&mut self, _: &mut LaneState) -> Nothing<Self::Item> {
        if self.ended { Nothing::Ever } else { Nothing::Yet }
    }

    fn deadline(&self) -> Option<Instant> {
        self.source.deadline()
    }
}

/// The edge of a hop as an input.
#[derive(Debug)]
pub struct EdgeInput<T, L: Layout> {
    edge: EdgeReceiver<T, L>,
    downstream: Downstream,
}

impl<T, L: Layout> EdgeInput<T, L> {
    /// Pops from an edge.
    pub fn new((edge, downstream): Receiving<T, L>) -> Self {
        Self { edge, downstream }
    }
}

impl<T: Send, L: Layout> Input for EdgeInput<T, L> {
    type Item = T;

    #[inline(always)]
    fn take(&mut self) -> Option<T> {
        self.edge.pop()
    }

    #[inline]
    fn nothing(&mut self, _: &mut LaneState) -> Nothing<T> {
        if !self.edge.is_closed() {
            return Nothing::Yet;
        }
        // What was pushed before the close is visible since; nothing of it must be missed.
        self.edge.pop().map_or(Nothing::Ever, Nothing::Late)
    }

    #[inline(always)]
    fn turned(&mut self) {
        if self.downstream.wakes() {
            self.downstream.turned(self.edge.popped());
        }
    }
}

/// One loop body: input, then everything that follows on the same context.
pub trait Node: Send {
    /// One trip.
    fn turn(&mut self, lane: &mut LaneState) -> Turn;

    /// Closes the source; what is inside still goes on.
    fn drain(&mut self);

    /// The next timer.
    fn deadline(&self) -> Option<Instant>;

    /// Passes that the graph's source began here.
    fn started(&self) -> u64;
}

/// An input and its tail. Once it has ended the tail is dropped, which closes its edges.
#[derive(Debug)]
pub struct Line<I, T> {
    input: I,
    // INVARIANT: `None` from the end on.
    tail: Option<T>,
    taken: u64,
    draining: bool,
}

impl<I, T> Line<I, T> {
    /// A node that has not begun.
    pub const fn new(input: I, tail: T) -> Self {
        Self { input, tail: Some(tail), taken: 0, draining: false }
    }
}

impl<I: Input, T: Tail<I::Item>> Line<I, T> {
    #[cold]
    fn end(&mut self, lane: &mut LaneState) -> Turn {
        if let Some(tail) = self.tail.as_mut() {
            if !tail.ready() {
                return match tail.poll(lane) {
                    Put::Over => self.over(),
                    Put::Done => Turn::Busy,
                    Put::Waiting => Turn::Idle,
                };
            }
            let finished = tail.finish(lane);
            tail.publish(0, lane);
            if !finished {
                return Turn::Busy;
            }
        }
        self.over()
    }

    /// Ends a turn in which the input ran out before `left` more values were taken.
    #[inline(always)]
    fn starved(&mut self, left: u64, lane: &mut LaneState) -> Turn {
        let taken = I::BURST - left;
        self.taken += taken;
        if let Some(tail) = self.tail.as_mut() {
            tail.publish(taken, lane);
        }
        self.input.turned();
        match self.input.nothing(lane) {
            Nothing::Yet if taken == 0 => Turn::Idle,
            Nothing::Yet => Turn::Busy,
            Nothing::Late(value) => self.late(value, lane),
            Nothing::Ever => {
                self.draining = true;
                self.end(lane)
            }
        }
    }

    #[cold]
    fn late(&mut self, value: I::Item, lane: &mut LaneState) -> Turn {
        self.taken += 1;
        let Some(tail) = self.tail.as_mut() else { return Turn::Done };
        let put = tail.put(value, lane);
        tail.publish(1, lane);
        if put == Put::Over { self.over() } else { Turn::Busy }
    }

    /// A turn in which there was no room: moves on what waits inside.
    #[cold]
    #[inline(never)]
    fn stalled(&mut self, lane: &mut LaneState) -> Turn {
        let Some(tail) = self.tail.as_mut() else { return Turn::Done };
        match tail.poll(lane) {
            Put::Done => Turn::Busy,
            Put::Waiting => Turn::Idle,
            Put::Over => self.over(),
        }
    }

    #[cold]
    fn over(&mut self) -> Turn {
        self.tail = None;
        Turn::Done
    }
}

impl<I: Input, T: Tail<I::Item>> Node for Line<I, T> {
    #[inline(always)]
    fn turn(&mut self, lane: &mut LaneState) -> Turn {
        let Some(tail) = self.tail.as_mut() else { return Turn::Done };
        if I::SOURCE && self.draining {
            return self.end(lane);
        }
        let mut left = I::BURST;
        let mut over = false;
        while tail.ready() {
            let Some(value) = self.input.take() else { return self.starved(left, lane) };
            over = tail.put(value, lane) == Put::Over;
            left -= 1;
            if left == 0 || over {
                break;
            }
        }
        let taken = I::BURST - left;
        self.taken += taken;
        tail.publish(taken, lane);
        self.input.turned();
        if over {
            return self.over();
        }
        if taken == 0 { self.stalled(lane) } else { Turn::Busy }
    }

    fn drain(&mut self) {
        if I::SOURCE {
            self.draining = true;
        }
    }

    fn deadline(&self) -> Option<Instant> {
        if self.draining { None } else { self.input.deadline() }
    }

    fn started(&self) -> u64 {
        if I::SOURCE { self.taken } else { 0 }
    }
}

/// Two nodes on one context: the downstream one turns first, which makes room for the other.
#[derive(Debug)]
pub struct Pair<A, B>(pub A, pub B);

impl<A: Node, B: Node> Node for Pair<A, B> {
    #[inline(always)]
    fn turn(&mut self, lane: &mut LaneState) -> Turn {
        match (self.1.turn(lane), self.0.turn(lane)) {
            (Turn::Done, Turn::Done) => Turn::Done,
            (Turn::Busy, _) | (_, Turn::Busy) => Turn::Busy,
            _ => Turn::Idle,
        }
    }

    fn drain(&mut self) {
        self.0.drain();
        self.1.drain();
    }

    fn deadline(&self) -> Option<Instant> {
        match (self.0.deadline(), self.1.deadline()) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }

    fn started(&self) -> u64 {
        self.0.started() + self.1.started()
    }
}

/// The nodes of one graph on one context, as the [`Lane`] that the context hosts.
#[derive(Debug)]
pub struct FusedLane<N> {
    // INVARIANT: `None` from the moment the lane has ended.
    node: Option<N>,
    state: LaneState,
}

impl<N: Node> FusedLane<N> {
    /// A lane of the graph that `state` belongs to.
    pub const fn new(node: N, state: LaneState) -> Self {
        Self { node: Some(node), state }
    }

    fn counts(&self) -> LaneCounts {
        let started = self.node.as_ref().map_or(0, Node::started);
        LaneCounts { started, completed: self.state.completed }
    }

    #[cold]
    fn end(&mut self) -> Turn {
        let counts = self.counts();
        // Dropped first: the edges close, and what is inside is gone, before the handle is told.
        if self.node.take().is_some() {
            self.state.control().lane_ended(counts);
        }
        Turn::Done
    }
}

impl<N: Node> Lane for FusedLane<N> {
    #[inline(always)]
    fn turn(&mut self) -> Turn {
        let Some(node) = self.node.as_mut() else { return Turn::Done };
        match node.turn(&mut self.state) {
            Turn::Done => self.end(),
            turn => turn,
        }
    }

    fn check(&mut self) {
        match self.state.control().mode() {
            Mode::Running => {}
            Mode::Draining => {
                if let Some(node) = self.node.as_mut() {
                    node.drain();
                }
            }
            Mode::Abandoning => {
                self.end();
            }
        }
    }

    fn deadline(&self) -> Option<Instant> {
        self.node.as_ref().and_then(Node::deadline)
    }

    fn abandon(&mut self, why: Abandoned) {
        let counts = self.counts();
        if self.node.take().is_some() {
            self.state.control().abandoned(why, counts);
        }
    }
}
