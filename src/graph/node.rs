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
    const BURST: usize = 1;

    /// The next value, if there is one now.
    fn take(&mut self, lane: &mut LaneState) -> Polled<Self::Item>;

    /// Ends a turn.
    #[inline(always)]
    fn turned(&mut self) {}

    /// When there may be a value although nothing else happens.
    fn deadline(&self) -> Option<Instant> {
        None
    }
}

/// The answer of [`Input::take`].
#[derive(Debug)]
pub enum Polled<T> {
    /// The next value.
    Value(T),
    /// Nothing yet.
    Empty,
    /// No more, ever.
    Ended,
}

/// The graph's source as an input.
///
/// Its values go on as they are; an error of the source ends the graph.
#[derive(Debug)]
pub struct SourceInput<S>(pub S);

impl<S> Input for SourceInput<S>
where
    S: Source + Send,
    S::Error: fmt::Display + Send + 'static,
{
    type Item = S::Value;
    const SOURCE: bool = true;
    const BURST: usize = if S::BURSTS { BURST } else { 1 };

    #[inline(always)]
    fn take(&mut self, lane: &mut LaneState) -> Polled<S::Value> {
        match self.0.take() {
            Taken::Value(value) => Polled::Value(value),
            Taken::Empty => Polled::Empty,
            Taken::Ended => Polled::Ended,
            Taken::Error(error) => {
                lane.fail(error);
                Polled::Ended
            }
        }
    }

    fn deadline(&self) -> Option<Instant> {
        self.0.deadline()
    }
}

/// The graph's source as an input whose errors a later stage handles.
#[derive(Debug)]
pub struct FallibleSourceInput<S>(pub S);

impl<S> Input for FallibleSourceInput<S>
where
    S: Source + Send,
{
    type Item = Result<S::Value, S::Error>;
    const SOURCE: bool = true;
    const BURST: usize = if S::BURSTS { BURST } else { 1 };

    #[inline(always)]
    fn take(&mut self, _: &mut LaneState) -> Polled<Self::Item> {
        match self.0.take() {
            Taken::Value(value) => Polled::Value(Ok(value)),
            Taken::Empty => Polled::Empty,
            Taken::Ended => Polled::Ended,
            Taken::Error(error) => Polled::Value(Err(error)),
        }
    }

    fn deadline(&self) -> Option<Instant> {
        self.0.deadline()
    }
}

/// How many values a turn takes at the most from an input that gives many at a time.
pub(crate) const BURST: usize = 32;

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
    const BURST: usize = BURST;

    #[inline(always)]
    fn take(&mut self, _: &mut LaneState) -> Polled<T> {
        match self.edge.pop() {
            Some(value) => {
                self.downstream.popped();
                Polled::Value(value)
            }
            None => self.end(),
        }
    }

    #[inline(always)]
    fn turned(&mut self) {
        self.downstream.turned();
    }
}

impl<T: Send, L: Layout> EdgeInput<T, L> {
    /// Nothing to pop: because the edge was closed, or just now.
    #[inline]
    fn end(&mut self) -> Polled<T> {
        if !self.edge.is_closed() {
            return Polled::Empty;
        }
        // What was pushed before the close is visible since; nothing of it must be missed.
        self.edge.pop().map_or(Polled::Ended, Polled::Value)
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
            tail.publish();
            if !finished {
                return Turn::Busy;
            }
        }
        self.over()
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
        let mut done = Turn::Idle;
        for _ in 0..I::BURST {
            if !tail.ready() {
                match tail.poll(lane) {
                    Put::Done => done = Turn::Busy,
                    Put::Waiting => break,
                    Put::Over => return self.over(),
                }
                if !tail.ready() {
                    break;
                }
            }
            match self.input.take(lane) {
                Polled::Value(value) => {
                    if I::SOURCE {
                        self.taken += 1;
                    }
                    done = Turn::Busy;
                    if tail.put(value, lane) == Put::Over {
                        tail.publish();
                        return self.over();
                    }
                }
                Polled::Empty => break,
                Polled::Ended => {
                    tail.publish();
                    self.draining = true;
                    return self.end(lane);
                }
            }
        }
        tail.publish();
        self.input.turned();
        done
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
