//! The nodes of one graph on one context, as the lane that the context hosts.

use std::time::Instant;
use std::{fmt, mem, ptr};

use crate::context::current;
use crate::control::{Answered, LaneCounts, Mode, Sample, Standing};
use crate::graph::node::{Count, Node, OpenNode, Went};
use crate::graph::tail::LaneState;
use crate::lane::{Abandoned, Attention, Lane, Turn};
use crate::primitive::{AtomicBool, AtomicPtr, AtomicU32, Ordering};

/// A graph's nodes on one context, as the [`Lane`] that the context hosts.
///
/// Everything but the loop over the values is the same for all nodes, and compiled once.
#[derive(Debug)]
pub struct FusedLane {
    // INVARIANT: `None` from the moment the lane has ended.
    node: Option<Box<dyn Turns>>,
    state: LaneState,
    pace: Pace,
    // Whether the graph was given up while something was under way here.
    leaves: bool,
    // The number of the last question that was answered; see `Sampling`.
    sampled: u64,
    // The same of the question where it stands; see `Asking`.
    said: u64,
    // The same of the question whether it has something to do; see `Quieting`.
    quieted: u64,
    // The number of the last such question to which an answer was given.
    answered: u64,
    // Whether that answer was that there was something to do, and nobody was told since that there is nothing any more.
    owes: bool,
    // Which of the graph's lanes it is: none where a cycle begins.
    number: usize,
}

/// The most turns of one measurement: a few thousand values.
const SAMPLED_TURNS: u32 = 64;

impl FusedLane {
    /// Lane `number` of the graph that `state` belongs to.
    pub(crate) fn new(node: Hosted, state: LaneState, number: usize) -> Self {
        Self {
            node: Some(node.0),
            state,
            pace: Pace::default(),
            leaves: false,
            sampled: 0,
            said: 0,
            quieted: 0,
            answered: 0,
            owes: false,
            number,
        }
    }

    fn taken(&self) -> Count {
        self.node.as_ref().map(|node| node.taken()).unwrap_or_default()
    }

    fn counts(&self) -> LaneCounts {
        let started = self.taken().started;
        LaneCounts { started: started.wrapping_add_signed(self.state.more), completed: self.state.completed }
    }

    /// Turns until `turns` were taken, `idle` in a row were idle, attention is raised, or the lane
    /// is done.
    fn turns(&mut self, attention: Option<&Attention>, turns: u32, idle: u32) -> Turn {
        self.pace.begin(attention, turns, idle);
        if self.leaves {
            return self.leave();
        }
        let Some(node) = self.node.as_mut() else { return Turn::Done };
        while node.leaves_loop(&mut self.pace, &mut self.state) {
            match node.settle(&mut self.state) {
                Turn::Busy => self.pace.busy(),
                Turn::Idle => self.pace.idle(),
                Turn::Done => return self.end(),
            }
        }
        self.pace.went()
    }

    /// Takes some turns with a clock, if somebody has asked how long this lane takes for a value.
    #[cold]
    fn sample_if_asked(&mut self) {
        let asked = self.state.control().sampling().asked();
        if asked == self.sampled {
            return;
        }
        self.sampled = asked;
        let (before, began) = (self.taken().values, Instant::now());
        // Up to the first turn that finds nothing to do: what counts is the time for a value.
        self.turns(None, SAMPLED_TURNS, 1);
        let time = began.elapsed();
        let values = self.taken().values.saturating_sub(before);
        if let Some(context) = current() {
            self.state.control().sampling().answer(asked, Sample { context: context.id(), values, time });
        }
    }

    /// Says where it stands, if somebody has asked.
    #[cold]
    fn say_if_asked(&mut self) {
        let asked = self.state.control().asking().asked();
        if asked == self.said {
            return;
        }
        self.said = asked;
        let Some(context) = current() else { return };
        let mut awaits = Vec::new();
        if let Some(node) = &self.node {
            node.awaits(&mut awaits);
        }
        let (taken, completed) = (self.taken().values, self.state.completed);
        self.state
            .control()
            .asking()
            .answer(asked, Standing { context: context.id(), taken, completed, awaits });
    }

    /// Takes a turn, and says whether there was something to do, if somebody has asked. The turn begins after the question, so that what
    /// was pushed before that is found.
    #[cold]
    fn quiet_if_asked(&mut self) {
        let asked = self.state.control().quieting().asked();
        if asked == self.quieted {
            return;
        }
        self.quieted = asked;
        let gives = self.state.control().quieting().gives(asked, self.number);
        let went = self.turns(None, 1, 1);
        // One that has just ended is asked no more, and not counted.
        let Some(node) = self.node.as_mut() else { return };
        let busy = went != Turn::Idle || node.under_way() || (gives && node.gives(&mut self.state));
        self.answered = asked;
        self.owes = busy;
        self.state.control().quieting().answer(asked, self.taken().values, busy);
    }

    /// Says that there is nothing to do any more, after a lane that owes that word `went` so.
    #[cold]
    fn pay(&mut self, went: Turn) {
        let Some(node) = self.node.as_mut() else { return };
        if went == Turn::Idle && !node.under_way() {
            self.owes = false;
            self.state.control().quieting().has_nothing(self.answered);
        }
    }

    /// Ends as soon as nothing is under way inside any more: what an operation points to must stay
    /// until it has completed, which it does soon once it was asked to stop.
    #[cold]
    fn leave(&mut self) -> Turn {
        if self.node.as_mut().is_some_and(|node| node.leave()) {
            self.leaves = true;
            return Turn::Idle;
        }
        self.end()
    }

    fn count_out(&self, counts: LaneCounts) {
        let control = self.state.control();
        control.quieting().take_back(self.answered, self.owes);
        control.count_out(counts, Answered { standing: self.said, sample: self.sampled });
    }

    #[cold]
    fn end(&mut self) -> Turn {
        let counts = self.counts();
        // Dropped first: the edges close, and what is inside is gone, before the handle is told.
        if self.node.take().is_some() {
            self.count_out(counts);
        }
        Turn::Done
    }
}

impl Lane for FusedLane {
    fn turn(&mut self) -> Turn {
        self.burst(1)
    }

    fn run(&mut self, attention: &Attention, idle: u32) -> Turn {
        if self.owes {
            // It is left at the first turn that finds nothing.
            let went = self.turns(Some(attention), u32::MAX, 1);
            self.pay(went);
            return went;
        }
        self.turns(Some(attention), u32::MAX, idle)
    }

    fn burst(&mut self, turns: u32) -> Turn {
        let went = self.turns(None, turns, 1);
        if self.owes {
            self.pay(went);
        }
        went
    }

    fn check(&mut self) {
        self.say_if_asked();
        self.quiet_if_asked();
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
        self.node.as_ref().and_then(|node| node.deadline())
    }

    fn abandon(&mut self, why: Abandoned) {
        let counts = self.counts();
        if self.node.is_some() {
            // Told first: what another lane meets where this one is gone is not why the graph ended.
            self.state.control().given_up(why);
            self.node = None;
            self.count_out(counts);
        }
    }
}

/// A [`Node`] as its lane sees it; all that is compiled for each node.
trait Turns: Send {
    /// The one loop of the lane: turns for as long as the pace goes on. Whether it was left before
    /// that, for the node to be [settled](Node::settle).
    fn leaves_loop(&mut self, pace: &mut Pace, state: &mut LaneState) -> bool;

    /// See [`Node`].
    fn settle(&mut self, state: &mut LaneState) -> Turn;

    /// See [`Node`].
    fn drain(&mut self);

    /// See [`Node`].
    fn leave(&mut self) -> bool;

    /// See [`Node`].
    fn under_way(&mut self) -> bool;

    /// See [`Node`].
    fn gives(&mut self, state: &mut LaneState) -> bool;

    /// See [`Node`].
    fn deadline(&self) -> Option<Instant>;

    /// See [`Node`].
    fn taken(&self) -> Count;

    /// See [`Node`].
    fn awaits(&self, seen: &mut Vec<bool>);
}

impl fmt::Debug for dyn Turns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Node")
    }
}

/// A node of any type, in memory of its own.
pub(crate) struct Hosted(Box<dyn Turns>);

impl Hosted {
    /// Hosts `node`.
    ///
    /// # Safety
    ///
    /// What the node borrows lives for as long as this, and as the lane that it is given to.
    #[inline]
    pub(crate) unsafe fn new<N: Node>(node: N) -> Self {
        let node: Box<dyn Turns + '_> = Box::new(Alone(node));
        // SAFETY: as the caller promises.
        Self(unsafe { mem::transmute::<Box<dyn Turns + '_>, Box<dyn Turns + 'static>>(node) })
    }
}

/// A node, alone on its cache lines: a lane writes to it in every turn, and what the allocator puts
/// beside it may be another lane's.
#[repr(align(128))]
struct Alone<N>(N);

impl<N: Node> Turns for Alone<N> {
    /// The node is open meanwhile: what changes with every value is in locals, and only what happens
    /// seldom goes through the node's own memory.
    fn leaves_loop(&mut self, pace: &mut Pace, state: &mut LaneState) -> bool {
        let mut open = self.0.open();
        while pace.goes_on() {
            match open.turn(state, || false) {
                Went::Busy => pace.busy(),
                Went::Idle => pace.idle(),
                Went::Leave => return true,
            }
        }
        false
    }

    #[cold]
    fn settle(&mut self, state: &mut LaneState) -> Turn {
        self.0.settle(state)
    }

    #[cold]
    fn drain(&mut self) {
        self.0.drain();
    }

    #[cold]
    fn leave(&mut self) -> bool {
        self.0.leave()
    }

    #[cold]
    fn under_way(&mut self) -> bool {
        self.0.under_way()
    }

    #[cold]
    fn gives(&mut self, state: &mut LaneState) -> bool {
        self.0.gives(state)
    }

    #[inline]
    fn deadline(&self) -> Option<Instant> {
        self.0.deadline()
    }

    #[inline]
    fn taken(&self) -> Count {
        self.0.taken()
    }

    #[cold]
    fn awaits(&self, seen: &mut Vec<bool>) {
        self.0.awaits(seen);
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

    fn went(&self) -> Turn {
        // ORDERING: relaxed, one thread.
        if self.busy.load(Ordering::Relaxed) { Turn::Busy } else { Turn::Idle }
    }
}
