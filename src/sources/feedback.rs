//! `feedback`: an edge by which a graph gives values back to where it begins.

use std::sync::{Arc, OnceLock};
use std::{fmt, hint, thread};

use crate::completion::Never;
use crate::context::{ContextRef, current};
use crate::control::{Control, Mode, Quiet};
use crate::env::Env;
use crate::graph::drawing::Inlets;
use crate::launch::{Launch, LaunchError, Spot};
use crate::primitive::{AtomicU8, AtomicUsize, Ordering, fence};
use crate::receiver::Receiver;
use crate::ring::{ManyConsumer, ManyProducer, ManySettings, One, RingError, Several};
use crate::sender::Sender;
use crate::source::{Source, SourceOperation, Taken};

mod seen;

use seen::seen;

/// An edge that breaks a cycle: what a graph pushes into `Back` comes out of [`fed_back`] once more.
///
/// ```text
/// merge_by_priority(fed_back(again), source) ──▶ stages ──▶ done? ──▶ out
///                       ▲                                    │ no
///                       └───────────── back ◀────────────────┘
/// ```
///
/// **Full**, the edge makes a push [fail](FeedbackFull): it never waits. In a cycle that blocks, the lane that would make room may
/// be the one that waits. So the capacity, rounded up to a power of two, is the most that may be on its way back at a time. Give what comes back
/// [priority](crate::adaptors::merge_by_priority): then the source is asked only when nothing waits there, and what the edges in the cycle
/// hold together, and one for each of its lanes, is always enough. Merged in turns, a source that always has more fills the cycle.
///
/// **Ends.** The merged source ends when all others have ended, or the graph is drained, and nothing is under way in the cycle any
/// more. The lanes of a fused graph find that out together: each is asked twice in a row whether it has done nothing since, and what a
/// device or a timer has under way is waited for. Then what a stage has gathered, as `batch` does, is handed on, lane by lane from the
/// source's on, and they are asked anew. A plain graph has one pass at a time, and knows; it hands on what was gathered as well.
/// So a graph has one [`fed_back`], merged with others: two would wait for each other, and `fuse!` or the launch refuses them.
/// Another process is not asked: give what comes back from there a source of its own, [`recv`](crate::sources::recv), which ends
/// when the other side closes. What is pushed back after the end makes the push fail, and so the graph.
///
/// # Errors
///
/// [`RingError`] for a capacity of zero, or for one that cannot be addressed or allocated.
///
/// # Examples
///
/// ```
/// use fusewire::prelude::*;
/// use fusewire::sources::{fed_back, feedback};
///
/// // How often each number must be halved.
/// let (back, again) = feedback::<(u64, u32)>(8)?;
/// let steps = merge_by_priority(fed_back(again), from_iter([(8, 0), (3, 0)]))
///     .map(|(n, steps)| (n / 2, steps + 1))
///     .try_map(back.unless(|(n, _)| *n == 0))
///     .filter_map(|done| done)
///     .scan(0, |sum, (_, steps)| { *sum += steps; *sum });
/// assert_eq!(block_on(steps.repeat(2)), Completion::Value(4 + 2));
/// # Ok::<(), fusewire::ring::RingError>(())
/// ```
pub fn feedback<T: Send + 'static>(capacity: usize) -> Result<(Back<T>, Again<T>), RingError> {
    let (producer, consumer) = ManySettings::<Several, One>::new(capacity).open()?;
    let way = Arc::new(Way { state: AtomicU8::new(OPEN), wakes: OnceLock::new(), graph: OnceLock::new() });
    let again = Again {
        ring: consumer,
        way: Arc::clone(&way),
        partners: Arc::new(AtomicUsize::new(0)),
        merged: false,
        wakes: false,
        in_turn: false,
        popped: 0,
        cycle: None,
    };
    Ok((Back { ring: producer, way }, again))
}

/// What both ends know beside the ring.
struct Way {
    // INVARIANT: one of the three below; written by the end that pops alone.
    state: AtomicU8,
    // Whose lane pops, if it is one that must be woken.
    wakes: OnceLock<ContextRef>,
    // The graph whose lanes the edge leads round, if it has any.
    graph: OnceLock<Arc<Control>>,
}

/// Values come out of the edge.
const OPEN: u8 = 0;
/// The end that pops looks for the last time, and then says whether it is the end.
const ENDING: u8 = 1;
/// Nothing comes out any more.
const ENDED: u8 = 2;

impl Way {
    /// Whether nothing comes out any more of what is pushed, as far as that is known.
    fn has_ended(&self) -> bool {
        // ORDERING: relaxed, who has pushed looks again.
        self.state.load(Ordering::Relaxed) == ENDED
    }

    /// Whether what was just pushed is lost, because the other end had looked for the last time before.
    ///
    /// One of the two sees the other: it is the fence here, behind the push, and the one of [`Again::end`], before the last look.
    fn is_lost(&self) -> bool {
        // ORDERING: sequentially consistent, with the fence of `Again::end`; and with the one behind `wakes`, which is looked at next.
        fence(Ordering::SeqCst);
        let mut tries = 0;
        loop {
            // ORDERING: acquire, with the releases of `Again::end`, whose look came before.
            match self.state.load(Ordering::Acquire) {
                OPEN => return false,
                ENDED => return true,
                _ => {}
            }
            tries += 1;
            if tries < SPINS {
                hint::spin_loop();
            } else {
                thread::yield_now();
            }
        }
    }

    fn wake(&self) {
        if let Some(context) = self.wakes.get() {
            context.nudge();
        }
    }
}

/// Looks at an end that is being decided before the thread lets others run: it takes a few instructions.
const SPINS: u32 = 64;

/// Where values go back; made by [`feedback`]. Clones push into the same edge.
pub struct Back<T> {
    ring: ManyProducer<T, Several, One>,
    way: Arc<Way>,
}

impl<T> Clone for Back<T> {
    fn clone(&self) -> Self {
        Self { ring: self.ring.clone(), way: Arc::clone(&self.way) }
    }
}

impl<T> fmt::Debug for Back<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Back").finish_non_exhaustive()
    }
}

/// The edge back to where a graph begins took no value: it had no room, or nobody takes from it any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeedbackFull {
    capacity: usize,
    ended: bool,
}

impl FeedbackFull {
    /// Whether the value came after [`fed_back`] had ended, so that no capacity would have helped.
    pub const fn has_ended(&self) -> bool {
        self.ended
    }
}

impl fmt::Display for FeedbackFull {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { capacity, ended } = self;
        if *ended {
            return f.write_str(
                "a value was pushed back after the feedback edge had ended, and is lost: merge `fed_back` with sources alone, directly, \
                 and let no stage in the cycle keep values for later",
            );
        }
        write!(
            f,
            "the feedback edge is full, with {capacity} values on their way back, and waiting for room in a cycle could go on \
             for ever: give `feedback` a larger capacity, or push fewer values back for each that comes"
        )
    }
}

impl std::error::Error for FeedbackFull {}

impl<T: Send + 'static> Back<T> {
    /// Pushes a value, to begin a pass once more.
    ///
    /// **Costs** a push into a lock-free ring that takes from several, a fence, and a wake if the source's context sleeps; no allocation.
    ///
    /// # Errors
    ///
    /// When there is no room, or when [`fed_back`] has ended or is gone, so that the value would be lost. In a graph that was
    /// abandoned it is dropped without an error.
    #[inline]
    pub fn push(&mut self, value: T) -> Result<(), FeedbackFull> {
        if self.way.has_ended() {
            return self.refuse(true);
        }
        if self.ring.try_push(value).is_err() {
            return self.refuse(false);
        }
        if self.way.is_lost() {
            return self.refuse(true);
        }
        self.way.wake();
        Ok(())
    }

    /// A value was not taken. In a graph that is given up that is no error: the lane that would make room may have gone first.
    #[cold]
    fn refuse(&self, ended: bool) -> Result<(), FeedbackFull> {
        if self.way.graph.get().is_some_and(|graph| graph.mode() == Mode::Abandoning) {
            return Ok(());
        }
        Err(FeedbackFull { capacity: self.ring.capacity(), ended })
    }

    /// A function for `try_map`: a value for which `done` is true goes on, every other one goes back.
    ///
    /// # Errors
    ///
    /// The function fails as [`push`](Self::push) does.
    pub fn unless<F>(
        &self,
        mut done: F,
    ) -> impl FnMut(T) -> Result<Option<T>, FeedbackFull> + Send + 'static + use<T, F>
    where
        F: FnMut(&T) -> bool + Send + 'static,
    {
        let mut back = self.clone();
        move |value| if done(&value) { Ok(Some(value)) } else { back.push(value).map(|()| None) }
    }
}

/// The other end of a [`Back`]; a source by [`fed_back`].
pub struct Again<T> {
    ring: ManyConsumer<T, Several, One>,
    way: Arc<Way>,
    // How many of the senders that it is merged with have not ended, where no lane asks the merge.
    partners: Arc<AtomicUsize>,
    // Whether they are counted.
    merged: bool,
    wakes: bool,
    // Whether a pass begins only once all that came of the one before has completed, so that nothing comes back behind its back.
    in_turn: bool,
    // How many had been popped when the lanes were asked the last time.
    popped: usize,
    // What is asked whether anything is under way; none where one pass is at a time.
    cycle: Option<Quiet>,
}

impl<T> fmt::Debug for Again<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Again").finish_non_exhaustive()
    }
}

/// What comes back, as a source that is [merged](crate::adaptors::merge) with another, which may be a merge itself.
///
/// **Completes** with the next value that was pushed back; see [`feedback`] for when it ends.
/// **Runs** where it is started.
/// **Costs** one pop, no allocation.
pub fn fed_back<T: Send + 'static>(again: Again<T>) -> FedBack<T> {
    FedBack(again)
}

/// The sender of [`fed_back`].
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Debug)]
pub struct FedBack<T>(Again<T>);

impl<T: Send + 'static> Again<T> {
    #[cold]
    fn empty(&mut self, alone: bool) -> Taken<T, Never> {
        if !self.wakes
            && let Some(context) = current()
        {
            self.wakes = true;
            if context.must_be_woken() {
                // It was never set: a lane is not moved to another context.
                let _ = self.way.wakes.set(context);
            }
            // ORDERING: sequentially consistent, with the fence of `is_lost`: what was pushed before it knew whom to wake is seen.
            fence(Ordering::SeqCst);
            if let Some(value) = self.ring.try_pop() {
                return Taken::Value(value);
            }
        }
        // ORDERING: acquire, with the release of who says that a partner has ended.
        let alone = alone || (self.merged && self.partners.load(Ordering::Acquire) == 0);
        if !alone {
            return Taken::Empty;
        }
        let popped = self.ring.watch().counts().popped;
        let quiet = self.cycle.as_mut().map(|cycle| {
            if popped != self.popped {
                // Whoever pushed it may be no stage of the graph, so that no lane has told of it.
                self.popped = popped;
                cycle.forget();
            }
            cycle.is_quiet()
        });
        if quiet == Some(false) {
            return self.ring.try_pop().map_or(Taken::Empty, Taken::Value);
        }
        if quiet.is_none() && self.in_turn {
            // A stage may hand on what it has gathered when it sees the end, and then it is asked again.
            return self.ring.try_pop().map_or(Taken::Ended, Taken::Value);
        }
        self.end()
    }

    /// Looks for the last time, so that whoever pushes afterwards knows that it is lost.
    fn end(&mut self) -> Taken<T, Never> {
        // ORDERING: relaxed, by the fence.
        self.way.state.store(ENDING, Ordering::Relaxed);
        // ORDERING: sequentially consistent, with the fence of `Way::is_lost`.
        fence(Ordering::SeqCst);
        let last = self.ring.try_pop();
        let state = if last.is_some() { OPEN } else { ENDED };
        // ORDERING: release, with the acquire of `Way::is_lost`.
        self.way.state.store(state, Ordering::Release);
        last.map_or(Taken::Ended, Taken::Value)
    }
}

impl<T> Drop for Again<T> {
    fn drop(&mut self) {
        // What goes round in a graph that is given up is dropped, and no error of the stage that pushes it.
        if !self.cycle.as_ref().is_some_and(Quiet::is_given_up) {
            // ORDERING: release, with the acquire of `Way::is_lost`.
            self.way.state.store(ENDED, Ordering::Release);
        }
    }
}

impl<T: Send + 'static> Source for FedBack<T> {
    type Value = T;
    type Error = Never;

    const BURSTS: bool = true;

    #[inline(always)]
    fn take(&mut self) -> Taken<T, Never> {
        match self.0.ring.try_pop() {
            Some(value) => Taken::Value(value),
            None => self.0.empty(false),
        }
    }

    #[inline(always)]
    fn take_beside(&mut self, alone: bool) -> Taken<T, Never> {
        match self.0.ring.try_pop() {
            Some(value) => Taken::Value(value),
            None => self.0.empty(alone),
        }
    }

    /// What is in the cycle is worked off.
    fn drain(&mut self) -> bool {
        true
    }

    fn know(&mut self, env: &Env) {
        self.0.in_turn = env.is_in_turn();
    }

    fn kept(&mut self) -> Option<T> {
        self.0.ring.try_pop()
    }

    fn goes_on(&self) -> bool {
        self.0.cycle.is_none() && self.0.in_turn
    }

    fn draw(&self, inlets: &mut Inlets<'_>) {
        inlets.back::<T>(Some(seen(self.0.ring.watch())));
    }

    fn part(&mut self, launch: &mut Launch<'_>, home: Spot) -> Result<(), LaunchError> {
        launch.cycle_begins(home)?;
        // It was never set: a source is launched once.
        let _ = self.0.way.graph.set(Arc::clone(launch.control()));
        self.0.cycle = Some(Control::quiet(launch.control(), launch.context(home)));
        Ok(())
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + 'static> Sender for FedBack<T> {
    type Value = T;
    type Error = Never;
    type Operation<R: Receiver<T, Never>> = SourceOperation<Self, R>;

    fn connect<R: Receiver<T, Never>>(mut self, receiver: R, env: &Env) -> SourceOperation<Self, R> {
        self.know(env);
        SourceOperation::new(self, receiver, env)
    }

    fn left_alone(&mut self, told: &mut Vec<Arc<AtomicUsize>>) {
        self.0.merged = true;
        told.push(Arc::clone(&self.0.partners));
    }
}
