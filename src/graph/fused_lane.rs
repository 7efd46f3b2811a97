//! The nodes of one graph on one context, as the lane that the context hosts.

use std::ptr;
use std::time::Instant;

use crate::context::current;
use crate::control::{Control, LaneCounts, Mode, Sample};
use crate::graph::node::{Node, OpenNode, Went};
use crate::graph::tail::LaneState;
use crate::lane::{Abandoned, Attention, Lane, Turn};
use crate::primitive::{AtomicBool, AtomicPtr, AtomicU32, Ordering};

/// A graph's nodes on one context, as the [`Lane`] that the context hosts.
///
/// Alone on its cache lines: a lane writes to it in every turn, and what the allocator puts beside
/// it may be another lane's.
#[derive(Debug)]
#[repr(align(128))]
pub struct FusedLane<N> {
    // INVARIANT: `None` from the moment the lane has ended.
    node: Option<N>,
    state: LaneState,
    pace: Pace,
    // Whether the graph was given up while something was under way here.
    leaves: bool,
    // The number of the last question that was answered; see `Sampling`.
    sampled: u64,
}

/// The most turns of one measurement: a few thousand values.
const SAMPLED_TURNS: u32 = 64;

impl<N: Node> FusedLane<N> {
    /// A lane of the graph that `state` belongs to.
    pub fn new(node: N, state: LaneState) -> Self {
        Self { node: Some(node), state, pace: Pace::default(), leaves: false, sampled: 0 }
    }

    fn counts(&self) -> LaneCounts {
        let started = self.node.as_ref().map_or(0, Node::started);
        LaneCounts { started: started.wrapping_add_signed(self.state.more), completed: self.state.completed }
    }

    /// Turns until `turns` were taken, `idle` in a row were idle, attention is raised, or the lane
    /// is done.
    ///
    /// The one loop of the lane. The node is open meanwhile: what changes with every value is in
    /// locals, and only what happens seldom goes through the node's own memory.
    fn turns(&mut self, attention: Option<&Attention>, turns: u32, idle: u32) -> Turn {
        self.pace.begin(attention, turns, idle);
        if self.leaves {
            return self.leave();
        }
        let Some(node) = self.node.as_mut() else { return Turn::Done };
        'open: loop {
            let Some(mut open) = node.open() else { break };
            while self.pace.goes_on() {
                match open.turn(&mut self.state, || false) {
                    Went::Busy => self.pace.busy(),
                    Went::Idle => self.pace.idle(),
                    Went::Leave => {
                        drop(open);
                        if self.pace.settle(node, &mut self.state) == Turn::Done {
                            break 'open;
                        }
                        continue 'open;
                    }
                }
            }
            return self.pace.went();
        }
        self.end()
    }

    /// Takes some turns with a clock, if somebody has asked how long this lane takes for a value.
    #[cold]
    fn sample_if_asked(&mut self) {
        let asked = self.state.control().sampling().asked();
        if asked == self.sampled {
            return;
        }
        self.sampled = asked;
        let taken = |lane: &Self| lane.node.as_ref().map_or(0, Node::taken);
        let (before, began) = (taken(self), Instant::now());
        // Up to the first turn that finds nothing to do: what counts is the time for a value.
        self.turns(None, SAMPLED_TURNS, 1);
        let time = began.elapsed();
        let values = taken(self).saturating_sub(before);
        if let Some(context) = current() {
            self.state.control().sampling().answer(Sample { context: context.id(), values, time });
        }
    }

    /// Ends as soon as nothing is under way inside any more: what an operation points to must stay
    /// until it has completed, which it does soon once it was asked to stop.
    #[cold]
    fn leave(&mut self) -> Turn {
        if self.node.as_mut().is_some_and(Node::leave) {
            self.leaves = true;
            return Turn::Idle;
        }
        self.end()
    }

    #[cold]
    fn end(&mut self) -> Turn {
        let counts = self.counts();
        // Dropped first: the edges close, and what is inside is gone, before the handle is told.
        if self.has_dropped() {
            self.state.control().lane_ended(counts);
        }
        Turn::Done
    }

    /// Drops the node; whether there was one.
    #[cold]
    fn has_dropped(&mut self) -> bool {
        let was_there = self.node.is_some();
        self.node = None;
        was_there
    }
}

impl<N: Node> Lane for FusedLane<N> {
    fn turn(&mut self) -> Turn {
        self.turns(None, 1, 1)
    }

    fn run(&mut self, attention: &Attention, idle: u32) -> Turn {
        self.turns(Some(attention), u32::MAX, idle)
    }

    fn burst(&mut self, turns: u32) -> Turn {
        self.turns(None, turns, 1)
    }

    fn check(&mut self) {
        match self.state.control().mode() {
            Mode::Running => self.sample_if_asked(),
            Mode::Draining => {
                if let Some(node) = self.node.as_mut() {
                    node.drain();
                }
            }
            Mode::Abandoning => {
                self.leave();
            }
        }
    }

    fn deadline(&self) -> Option<Instant> {
        self.node.as_ref().and_then(Node::deadline)
    }

    fn abandon(&mut self, why: Abandoned) {
        let counts = self.counts();
        let was_there = self.has_dropped();
        given_up(self.state.control(), was_there.then_some(counts), why);
    }
}

/// Idle turns in a row after which a lane pauses between them, as the processor advises for loops
/// that spin.
///
/// PERF: whoever looks at a line again the moment that a writer took it away asks for it back before
/// the writer is done, and both wait for that. On far cores the pause takes a fifth to a quarter off
/// a round trip (`benches/hop.rs`: 8 bytes 391 ns instead of 469, 56 bytes in 64 slots 345 instead
/// of 455). On near ones the answer comes sooner than a pause ends (56 bytes: 154 instead of
/// 134), so a lane is eager for about as long as that answer takes. `src/ring/README.md` has more.
const EAGER: u32 = 10;

/// Keeps the next look from being taken before the last one is done.
///
/// PERF: a processor that runs ahead looks at a line many times at once, and starts over when the
/// line is taken away. `benches/hop.rs`, near, 56 bytes: 134 ns with this, 137 without; the tail
/// 175 instead of 184.
#[inline(always)]
fn one_look_at_a_time() {
    #[cfg(all(target_arch = "x86_64", not(loom), not(miri)))]
    // SAFETY: part of the base instruction set of x86-64.
    unsafe {
        std::arch::x86_64::_mm_lfence();
    }
}

/// Tells the graph that a lane which had counted so far is given up, if it had not ended.
fn given_up(control: &Control, counts: Option<LaneCounts>, why: Abandoned) {
    if let Some(counts) = counts {
        control.abandoned(why, counts);
    }
}

/// For how long a lane turns: until it has taken so many turns, or so many in a row were idle.
///
/// PERF: the counts are atomics so that the compiler leaves them in memory, and the registers to
/// the loop over the values of one turn: with them in registers `benches/instructions.rs` counts
/// two to five instructions more per message of `chain`. One thread uses them.
#[derive(Debug, Default)]
struct Pace {
    // Null, or what `run` was given, while it runs.
    attention: AtomicPtr<Attention>,
    turns: AtomicU32,
    // How many more turns may be idle.
    left: AtomicU32,
    idle: AtomicU32,
    busy: AtomicBool,
}

impl Pace {
    fn begin(&mut self, attention: Option<&Attention>, turns: u32, idle: u32) {
        let attention = attention.map_or(ptr::null_mut(), |attention| ptr::from_ref(attention).cast_mut());
        *self = Self {
            attention: AtomicPtr::new(attention),
            turns: AtomicU32::new(turns),
            left: AtomicU32::new(idle),
            idle: AtomicU32::new(idle),
            busy: AtomicBool::new(false),
        };
    }

    /// Whether to turn once more.
    #[inline(always)]
    fn goes_on(&mut self) -> bool {
        // ORDERING: relaxed, here and below: one thread.
        let turns = self.turns.load(Ordering::Relaxed);
        // ORDERING: relaxed, one thread.
        if turns == 0 || self.left.load(Ordering::Relaxed) == 0 {
            return false;
        }
        // ORDERING: relaxed, one thread.
        let attention = self.attention.load(Ordering::Relaxed);
        // SAFETY: null, or the reference that `run` was given, which outlives its loop.
        if unsafe { attention.as_ref() }.is_some_and(Attention::raised) {
            return false;
        }
        // ORDERING: relaxed, one thread.
        self.turns.store(turns - 1, Ordering::Relaxed);
        true
    }

    #[inline(always)]
    fn busy(&mut self) {
        // ORDERING: relaxed, one thread.
        self.busy.store(true, Ordering::Relaxed);
        // ORDERING: relaxed, one thread.
        self.left.store(self.idle.load(Ordering::Relaxed), Ordering::Relaxed);
    }

    #[inline(always)]
    fn idle(&mut self) {
        // ORDERING: relaxed, one thread.
        let left = self.left.load(Ordering::Relaxed) - 1;
        // ORDERING: relaxed, one thread.
        self.left.store(left, Ordering::Relaxed);
        // ORDERING: relaxed, one thread.
        if self.idle.load(Ordering::Relaxed) - left > EAGER {
            std::hint::spin_loop();
        } else {
            one_look_at_a_time();
        }
    }

    #[cold]
    #[inline(never)]
    fn settle<N: Node>(&mut self, node: &mut N, state: &mut LaneState) -> Turn {
        let turn = node.settle(state);
        match turn {
            Turn::Busy => self.busy(),
            Turn::Idle => self.idle(),
            Turn::Done => {}
        }
        turn
    }

    fn went(&self) -> Turn {
        // ORDERING: relaxed, one thread.
        if self.busy.load(Ordering::Relaxed) { Turn::Busy } else { Turn::Idle }
    }
}
