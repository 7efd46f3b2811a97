//! A lane's loop body: one turn over the values of an input, and everything that follows them.

mod ahead;
mod pair;

use std::fmt;
use std::time::Instant;

use crate::control::Mode;
use crate::graph::input::{Input, Nothing, OpenInput};
use crate::graph::tail::{LaneState, OpenTail, Put, Room, Tail};
use crate::lane::Turn;
pub use ahead::{AheadLine, OpenAhead};
pub use pair::{OpenPair, Pair};

/// One loop body: input, then everything that follows on the same context.
pub trait Node: Send {
    /// The node as a lane's loop holds it.
    type Open<'n>: OpenNode
    where
        Self: 'n;

    /// Makes the node ready for a loop.
    fn open(&mut self) -> Self::Open<'_>;

    /// Does what the loop was left for; see [`Went::Leave`]. A node that is done is to be dropped,
    /// which closes its edges.
    fn settle(&mut self, lane: &mut LaneState) -> Turn;

    /// Closes the source; what is inside still goes on.
    fn drain(&mut self);

    /// Gives up what is under way inside; whether there is something that has not completed yet.
    fn leave(&mut self) -> bool;

    /// Whether something is under way inside that goes on by itself: a value that has come, a pass that waits, a batch on a device.
    fn under_way(&mut self) -> bool;

    /// Hands on something that a stage has gathered and kept; whether there was anything. Nothing else is to do, and what is handed on is
    /// followed by more.
    fn gives(&mut self, lane: &mut LaneState) -> bool;

    /// The next timer.
    fn deadline(&self) -> Option<Instant>;

    /// What the node has taken so far.
    fn taken(&self) -> Count;

    /// Says of each asynchronous stage inside, in the order of the chain, whether a pass waits in it.
    fn awaits(&self, seen: &mut Vec<bool>);
}

/// What a node has taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Count {
    /// Values, from whatever the node begins with.
    pub values: u64,
    /// Those of them that are passes which the graph's source began here.
    pub started: u64,
}

impl Count {
    fn and(self, other: Option<Self>) -> Self {
        let other = other.unwrap_or_default();
        Self { values: self.values + other.values, started: self.started + other.started }
    }
}

/// A node for the time of a loop; see [`Node`].
pub trait OpenNode {
    /// One trip. It takes no more values once `others_press`, which is asked after each: another
    /// node of the lane has something to do.
    fn turn(&mut self, lane: &mut LaneState, others_press: impl FnMut() -> bool) -> Went;

    /// Whether there is something to do: a value has come over an edge, or a pass waits inside.
    fn presses(&mut self) -> bool;
}

/// What a turn of an open node did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Went {
    /// At least one pass moved on.
    Busy,
    /// There was nothing to do.
    Idle,
    /// Something is to be done that has no place in a loop: the node is to be closed and settled.
    Leave,
}

/// An input and its tail.
#[derive(Debug)]
pub struct Line<I, T> {
    input: I,
    tail: T,
    taken: u64,
    phase: Phase,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Values are taken.
    Running,
    /// The edge behind is full, and drops what comes now.
    Overflowing,
    /// No more are taken; what was gathered inside goes on.
    Draining,
    /// The tail is to be dropped.
    Over,
}

impl<I, T> Line<I, T> {
    /// A node that has not begun.
    pub const fn new(input: I, tail: T) -> Self {
        Self { input, tail, taken: 0, phase: Phase::Running }
    }
}

impl<I: Input, T: Tail<I::Item>> Line<I, T> {
    /// Is done, once nothing is under way inside.
    fn over(&mut self) -> Turn {
        if !self.leave() {
            return Turn::Done;
        }
        self.phase = Phase::Over;
        Turn::Idle
    }

    /// A turn over values that are dropped at the full edge behind.
    fn overflow(&mut self, lane: &mut LaneState) -> Turn {
        self.phase = Phase::Running;
        if <T::Open<'_> as OpenTail<I::Item>>::OVERFLOWS && self.open().overflow(lane) == Went::Idle {
            Turn::Idle
        } else {
            Turn::Busy
        }
    }

    /// One step of working off what is inside, after the last value was taken.
    fn end(&mut self, lane: &mut LaneState) -> Turn {
        // The lane upstream may have seen it first, and ended the input.
        if lane.control().mode() == Mode::Abandoning {
            return self.over();
        }
        let mut tail = self.tail.open();
        let finished = if tail.finishes() {
            None
        } else {
            match tail.poll(lane) {
                Put::Overflows => None,
                Put::Waiting | Put::Ended => return Turn::Idle,
                Put::Done => return Turn::Busy,
                Put::Over => Some(true),
            }
        };
        let finished = finished.unwrap_or_else(|| {
            let finished = tail.finish(lane);
            tail.show();
            tail.turned(0, lane);
            finished
        });
        drop(tail);
        if finished { self.over() } else { Turn::Busy }
    }
}

impl<I: Input, T: Tail<I::Item>> Node for Line<I, T> {
    type Open<'n>
        = OpenLine<'n, I, T>
    where
        Self: 'n;

    #[inline(always)]
    fn open(&mut self) -> Self::Open<'_> {
        let most = self.input.most_at_once();
        let tail = self.tail.open();
        // A source that gives its values one by one may take its time for each, so that a consumer
        // that sleeps is to be woken for each.
        let many = I::BURSTS || !tail.wakes();
        OpenLine {
            input: self.input.open(),
            tail,
            taken: &mut self.taken,
            phase: &mut self.phase,
            burst: if many { most } else { 1 },
        }
    }

    #[inline]
    fn settle(&mut self, lane: &mut LaneState) -> Turn {
        match self.phase {
            Phase::Running => Turn::Idle,
            Phase::Overflowing => self.overflow(lane),
            Phase::Draining => self.end(lane),
            Phase::Over => self.over(),
        }
    }

    #[inline]
    fn drain(&mut self) {
        if I::SOURCE && self.phase != Phase::Over && !self.input.drain() {
            self.phase = Phase::Draining;
        }
    }

    #[inline]
    fn leave(&mut self) -> bool {
        self.input.leave() | self.tail.open().leave()
    }

    fn under_way(&mut self) -> bool {
        self.open().presses() || self.tail.deadline().is_some()
    }

    fn gives(&mut self, lane: &mut LaneState) -> bool {
        let mut tail = self.tail.open();
        if self.phase != Phase::Running || !tail.finishes() {
            return false;
        }
        let gave = !tail.finish(lane);
        tail.show();
        tail.turned(0, lane);
        gave
    }

    #[inline]
    fn deadline(&self) -> Option<Instant> {
        let input = if self.phase == Phase::Running { self.input.deadline() } else { None };
        earlier(input, self.tail.deadline())
    }

    fn awaits(&self, seen: &mut Vec<bool>) {
        self.tail.awaits(seen);
    }

    #[inline]
    fn taken(&self) -> Count {
        Count { values: self.taken, started: if I::COUNTED { self.taken } else { 0 } }
    }
}

/// The earlier of two deadlines.
fn earlier(a: Option<Instant>, b: Option<Instant>) -> Option<Instant> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// A [`Line`] for the time of a loop.
pub struct OpenLine<'l, I: Input + 'l, T: Tail<I::Item> + 'l> {
    input: I::Open<'l>,
    tail: T::Open<'l>,
    taken: &'l mut u64,
    phase: &'l mut Phase,
    burst: u32,
}

impl<I: Input, T: Tail<I::Item>> fmt::Debug for OpenLine<'_, I, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenLine")
            .field("taken", &self.taken)
            .field("phase", &self.phase)
            .finish_non_exhaustive()
    }
}

/// How many more values a turn may take.
///
/// PERF: a count that goes down by one is an induction variable, as the indices of a ring are.
/// LLVM then keeps one of them and adds up the others from it, which costs `hop_8` of
/// `benches/instructions.rs` two instructions per message. So beside a ring it is a bit that moves
/// one place to the right with each value, which costs what a decrement does. Without a ring the
/// count is better: `chain` takes one instruction more with the bit.
#[derive(Debug, Clone, Copy)]
struct Left {
    left: u64,
    bit: bool,
}

impl Left {
    /// At most 64, and not none.
    #[inline(always)]
    const fn of(count: u32, bit: bool) -> Self {
        Self { left: if bit { 1 << (count - 1) } else { count as u64 }, bit }
    }

    #[inline(always)]
    const fn take(&mut self) {
        self.left = if self.bit { self.left >> 1 } else { self.left - 1 };
    }

    #[inline(always)]
    const fn none(self) -> bool {
        self.left == 0
    }

    /// How many of `count` were taken.
    #[inline(always)]
    const fn taken(self, count: u32) -> u64 {
        let left = if self.bit { (u64::BITS - self.left.leading_zeros()) as u64 } else { self.left };
        count as u64 - left
    }
}

/// Why a turn took no more values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stopped {
    /// It took as many as it may.
    Burst,
    /// There was no room behind.
    Full,
    /// There was no value.
    Starved,
    /// What is behind takes no more.
    Ended,
    /// The graph is over for this lane.
    Over,
}

impl<'l, I: Input + 'l, T: Tail<I::Item> + 'l> OpenLine<'l, I, T> {
    /// Whether the loop is over an edge, on one side or both.
    const RINGS: bool = !I::SOURCE || <T::Open<'l> as OpenTail<I::Item>>::OVERFLOWS;

    /// One trip, over values for which there is certainly room behind.
    #[inline(always)]
    fn pass(&mut self, lane: &mut LaneState, mut others_press: impl FnMut() -> bool) -> Went {
        let tail = &mut self.tail;
        let mut left = Left::of(self.burst, Self::RINGS);
        let stopped = loop {
            if !tail.ready() {
                break Stopped::Full;
            }
            let Some(value) = self.input.take() else { break Stopped::Starved };
            left.take();
            // SAFETY: it is ready, and nothing was put in since.
            let put = tail.put(value, unsafe { Room::sure() }, lane);
            match put {
                Put::Over => break Stopped::Over,
                Put::Ended => break Stopped::Ended,
                Put::Done | Put::Waiting | Put::Overflows => {}
            }
            if !I::BURSTS {
                tail.show();
            }
            if left.none() || others_press() {
                break Stopped::Burst;
            }
        };
        self.stopped(stopped, left.taken(self.burst), lane)
    }

    /// One trip over values for which there may be no room.
    #[inline(never)]
    fn overflow(&mut self, lane: &mut LaneState) -> Went {
        let mut taken = 0;
        let stopped = loop {
            if !self.tail.takes() {
                break Stopped::Full;
            }
            let Some(value) = self.input.take() else { break Stopped::Starved };
            taken += 1;
            match self.tail.put(value, Room::UNSURE, lane) {
                Put::Over => break Stopped::Over,
                Put::Ended => break Stopped::Ended,
                Put::Waiting => break Stopped::Burst,
                Put::Done | Put::Overflows if taken == u64::from(self.burst) => break Stopped::Burst,
                Put::Done | Put::Overflows => self.tail.show(),
            }
        };
        self.tail.show();
        self.stopped(stopped, taken, lane)
    }

    /// Ends a trip that took `taken` values.
    #[inline(always)]
    fn stopped(&mut self, stopped: Stopped, taken: u64, lane: &mut LaneState) -> Went {
        let tail = &mut self.tail;
        *self.taken += taken;
        if I::BURSTS {
            tail.show();
        }
        tail.turned(taken, lane);
        self.input.turned(taken);
        match stopped {
            Stopped::Burst => Went::Busy,
            Stopped::Full if taken != 0 => Went::Busy,
            Stopped::Full => match tail.poll(lane) {
                Put::Done => Went::Busy,
                Put::Waiting => Went::Idle,
                Put::Overflows => self.leave(Phase::Overflowing),
                Put::Ended => self.leave(Phase::Draining),
                Put::Over => self.leave(Phase::Over),
            },
            Stopped::Starved => match self.input.nothing(lane) {
                Nothing::Yet if taken == 0 && !tail.moved() => Went::Idle,
                Nothing::Yet | Nothing::Late => Went::Busy,
                Nothing::Ever => self.leave(Phase::Draining),
            },
            Stopped::Ended => self.leave(Phase::Draining),
            Stopped::Over => self.leave(Phase::Over),
        }
    }

    #[inline(always)]
    fn leave(&mut self, phase: Phase) -> Went {
        *self.phase = phase;
        Went::Leave
    }
}

impl<I: Input, T: Tail<I::Item>> OpenNode for OpenLine<'_, I, T> {
    #[inline(always)]
    fn turn(&mut self, lane: &mut LaneState, others_press: impl FnMut() -> bool) -> Went {
        if *self.phase == Phase::Running { self.pass(lane, others_press) } else { Went::Leave }
    }

    #[inline(always)]
    fn presses(&mut self) -> bool {
        self.input.waits() || self.tail.waits()
    }
}
