//! Where the values of a lane come from: the graph's source, or the edge of a hop.

use std::time::Instant;

use crate::control::RunError;
use crate::edge::Pop;
use crate::graph::link::Downstream;
use crate::graph::local::Local;
use crate::graph::tail::LaneState;
use crate::launch::Receiving;
use crate::source::{Source, Taken};

/// How many values a turn takes at the most where it may take more than one.
pub(super) const BURST: u32 = 64;

/// Where a node's values come from.
pub trait Input: Send {
    /// What it gives.
    type Item;

    /// The input as a lane's loop holds it.
    type Open<'i>: OpenInput<Item = Self::Item>
    where
        Self: 'i;

    /// Whether this is the graph's own source, which a stop closes.
    const SOURCE: bool;

    /// Whether a pass of the graph begins with each value.
    const COUNTED: bool = Self::SOURCE;

    /// Whether values tend to come many at a time, so that what becomes of them may be handed on
    /// together.
    const BURSTS: bool;

    /// How many values a turn may take at the most.
    fn most_at_once(&self) -> u32 {
        BURST
    }

    /// Makes the input ready for a loop.
    fn open(&mut self) -> Self::Open<'_>;

    /// Gives up what is under way inside; see [`Source::leave`].
    fn leave(&mut self) -> bool {
        false
    }

    /// Takes no more from outside; see [`Source::drain`].
    fn drain(&mut self) -> bool {
        false
    }

    /// When there may be a value although nothing else happens.
    fn deadline(&self) -> Option<Instant> {
        None
    }
}

/// An input for the time of a loop; see [`Input`].
pub trait OpenInput {
    /// What it gives.
    type Item;

    /// The next value, if there is one now.
    fn take(&mut self) -> Option<Self::Item>;

    /// After `take` gave nothing: why.
    fn nothing(&mut self, lane: &mut LaneState) -> Nothing;

    /// Whether a value waits, as far as that can be told without taking it.
    #[inline(always)]
    fn waits(&mut self) -> bool {
        false
    }

    /// Ends a turn in which `taken` values were taken.
    #[inline(always)]
    fn turned(&mut self, taken: u64) {
        let _ = taken;
    }
}

/// Why [`OpenInput::take`] gave nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nothing {
    /// There is nothing now.
    Yet,
    /// There was nothing, and something arrived just after, or the source goes on.
    Late,
    /// There will be nothing more.
    Ever,
}

/// Why a source that has not ended gave no value.
#[inline(always)]
fn nothing_now<S: Source>(source: &S) -> Nothing {
    if source.works() { Nothing::Late } else { Nothing::Yet }
}

/// The graph's source as an input.
///
/// Its values go on as they are; an error of the source ends the graph.
#[derive(Debug)]
pub struct SourceInput<S, F> {
    source: S,
    why: Why,
    fail: F,
}

/// Why a source gave no value the last time.
#[derive(Debug)]
struct Why {
    reason: Nothing,
    // INVARIANT: what the source failed with, until the lane is told.
    error: Option<Box<RunError>>,
}

impl Why {
    #[cold]
    fn failed(&mut self, error: RunError) {
        self.error = Some(Box::new(error));
    }

    #[cold]
    fn tell(&mut self, lane: &mut LaneState) {
        if let Some(error) = self.error.take() {
            lane.fail(*error);
        }
    }
}

impl<S, F> SourceInput<S, F> {
    /// Takes from `source`; `fail` makes of its error what is reported.
    pub const fn new(source: S, fail: F) -> Self {
        Self { source, why: Why { reason: Nothing::Yet, error: None }, fail }
    }
}

impl<S, F> Input for SourceInput<S, F>
where
    S: Source + Send,
    F: Fn(S::Error) -> RunError + Copy + Send,
{
    type Item = S::Value;
    type Open<'i>
        = OpenSource<'i, S, F>
    where
        Self: 'i;
    const SOURCE: bool = true;
    const BURSTS: bool = S::BURSTS;

    #[inline(always)]
    fn open(&mut self) -> OpenSource<'_, S, F> {
        OpenSource { source: Local::new(&mut self.source), why: &mut self.why, fail: self.fail }
    }

    fn leave(&mut self) -> bool {
        self.source.leave()
    }

    fn drain(&mut self) -> bool {
        self.source.drain()
    }

    fn deadline(&self) -> Option<Instant> {
        self.source.deadline()
    }
}

/// Bytes of a source that is moved into the loop: a range, or the iterator of a vector.
const SMALL_SOURCE: usize = 4 * size_of::<usize>();

/// A [`SourceInput`] for the time of a loop.
#[derive(Debug)]
pub struct OpenSource<'i, S, F> {
    source: Local<'i, S, SMALL_SOURCE>,
    why: &'i mut Why,
    fail: F,
}

impl<S, F> OpenInput for OpenSource<'_, S, F>
where
    S: Source,
    F: Fn(S::Error) -> RunError,
{
    type Item = S::Value;

    #[inline(always)]
    fn take(&mut self) -> Option<S::Value> {
        self.why.reason = match self.source.take() {
            Taken::Value(value) => return Some(value),
            Taken::Empty => Nothing::Yet,
            Taken::Ended => Nothing::Ever,
            Taken::Error(error) => {
                self.why.failed((self.fail)(error));
                Nothing::Ever
            }
        };
        None
    }

    #[inline]
    fn nothing(&mut self, lane: &mut LaneState) -> Nothing {
        if self.why.reason == Nothing::Ever {
            self.why.tell(lane);
            return Nothing::Ever;
        }
        nothing_now(&*self.source)
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

impl<S: Source + Send> Input for FallibleSourceInput<S> {
    type Item = Result<S::Value, S::Error>;
    type Open<'i>
        = &'i mut Self
    where
        Self: 'i;
    const SOURCE: bool = true;
    const BURSTS: bool = S::BURSTS;

    #[inline(always)]
    fn open(&mut self) -> &mut Self {
        self
    }

    fn leave(&mut self) -> bool {
        self.source.leave()
    }

    fn drain(&mut self) -> bool {
        self.source.drain()
    }

    fn deadline(&self) -> Option<Instant> {
        self.source.deadline()
    }
}

impl<S: Source> OpenInput for &mut FallibleSourceInput<S> {
    type Item = Result<S::Value, S::Error>;

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
    fn nothing(&mut self, _: &mut LaneState) -> Nothing {
        if self.ended { Nothing::Ever } else { nothing_now(&self.source) }
    }
}

/// The edge of a hop as an input.
#[derive(Debug)]
pub struct EdgeInput<P> {
    edge: P,
    downstream: Downstream,
}

impl<P> EdgeInput<P> {
    /// Pops from an edge.
    pub fn new((edge, downstream): Receiving<P>) -> Self {
        Self { edge, downstream }
    }
}

// SAFETY: as for `PushTail`.
unsafe impl<P: Pop> Send for EdgeInput<P> {}

impl<P: Pop> Input for EdgeInput<P> {
    type Item = P::Item;
    type Open<'i>
        = OpenEdgeInput<'i, P>
    where
        Self: 'i;
    const SOURCE: bool = false;
    const BURSTS: bool = true;

    /// The room of a turn's values is given back together: so much of the edge at the most that
    /// the lane upstream can go on meanwhile.
    fn most_at_once(&self) -> u32 {
        u32::try_from(self.edge.capacity() / 4).unwrap_or(BURST).clamp(1, BURST)
    }

    #[inline(always)]
    fn open(&mut self) -> OpenEdgeInput<'_, P> {
        OpenEdgeInput { edge: Local::new(&mut self.edge), downstream: &mut self.downstream }
    }
}

/// An [`EdgeInput`] for the time of a loop.
#[derive(Debug)]
pub struct OpenEdgeInput<'i, P> {
    edge: Local<'i, P>,
    downstream: &'i mut Downstream,
}

impl<P: Pop> OpenInput for OpenEdgeInput<'_, P> {
    type Item = P::Item;

    #[inline(always)]
    fn take(&mut self) -> Option<P::Item> {
        self.edge.pop_deferred()
    }

    #[inline(always)]
    fn waits(&mut self) -> bool {
        self.edge.ready()
    }

    #[inline(always)]
    fn nothing(&mut self, _: &mut LaneState) -> Nothing {
        if !self.edge.is_closed() {
            return Nothing::Yet;
        }
        // What was pushed before the close is visible since; nothing of it must be missed.
        if self.edge.ready() { Nothing::Late } else { Nothing::Ever }
    }

    #[inline(always)]
    fn turned(&mut self, taken: u64) {
        if taken != 0 {
            self.edge.hand_back();
            if self.downstream.wakes() {
                self.downstream.turned();
            }
        }
    }
}
