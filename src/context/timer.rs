//! Timers of a context: what waits for the time alone, without being asked in between.
//!
//! A task that waits by [`post_waiting`](super::Context::post_waiting) is run each turn. One that nothing but the
//! clock can help waits in the [`Timers`] of its context instead: a hierarchical wheel, of which a turn looks
//! at one number. The wheel is intrusive, its links lie in what waits, so that no timer allocates.
//!
//! - **Insertion and removal** take constant time. A timer that runs to its end is moved at most once
//!   for each of the nine levels of the wheel, of 64 slots each.
//! - **Resolution**: a slot of the lowest level is 2^14 ns, some 16 microseconds, but no timer runs before its exact
//!   time, to the nanosecond of the clock. After it, it runs with the context's next turn. Timers of one
//!   slot that are due at once run in the order in which they were inserted.
//! - **A stop** wakes the one timer that it concerns, from whichever thread it comes.

mod wheel;

use std::fmt;
use std::mem::offset_of;
use std::ptr::NonNull;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::ContextRef;
use crate::primitive::{AtomicU8, AtomicU64, Ordering};
use crate::stop::{Left, StopCallback, StopToken};
use crate::work::{Fate, TaskNode, TaskRef};
use wheel::{Node, Wheel};

/// The timers that wait on one context. Its thread alone may use them.
///
/// A context built on a [`Host`](super::host::Host) has them. Another keeps one of these, gives it by
/// [`Context::timers`](super::Context::timers), and calls [`poll`](Self::poll) each turn and [`take`](Self::take) when it ends.
pub struct Timers {
    since: Instant,
    // A copy of the wheel's own, so that a turn without a timer that is due takes no lock.
    next: AtomicU64,
    // Never contended: only the context's thread uses it.
    wheel: Mutex<Wheel>,
}

impl fmt::Debug for Timers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timers").field("len", &self.len()).finish_non_exhaustive()
    }
}

impl Default for Timers {
    fn default() -> Self {
        Self::new()
    }
}

impl Timers {
    /// A wheel without timers; its only allocation, of some 5 kB.
    pub fn new() -> Self {
        Self { since: Instant::now(), next: AtomicU64::new(u64::MAX), wheel: Mutex::new(Wheel::new()) }
    }

    fn wheel(&self) -> MutexGuard<'_, Wheel> {
        self.wheel.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn nanos(&self, moment: Instant) -> u64 {
        u64::try_from(moment.saturating_duration_since(self.since).as_nanos()).unwrap_or(u64::MAX)
    }

    fn publish(&self, wheel: &Wheel) {
        // ORDERING: relaxed here and where it is read, this thread alone uses it.
        self.next.store(wheel.next(), Ordering::Relaxed);
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        self.wheel().len()
    }

    /// Whether none waits. Takes no lock.
    #[inline]
    pub fn is_empty(&self) -> bool {
        // ORDERING: relaxed, see `publish`.
        self.next.load(Ordering::Relaxed) == u64::MAX
    }

    /// When to [`poll`](Self::poll) next, at the latest; a timer may be due later than that.
    pub fn deadline(&self) -> Option<Instant> {
        // ORDERING: relaxed, see `publish`.
        let next = self.next.load(Ordering::Relaxed);
        (next != u64::MAX).then(|| self.since + Duration::from_nanos(next))
    }

    /// Hands every task that is due to `run`; whether there was one. Asks for the time only if one waits.
    ///
    /// A timer that a task inserts or takes out meanwhile does no harm; one that is due at once runs with the
    /// next call.
    ///
    /// # Safety
    ///
    /// The caller is the context that these are the timers of, where it runs what it was given.
    #[inline]
    pub unsafe fn poll(&self, now: impl FnOnce() -> Instant, run: impl FnMut(TaskRef)) -> bool {
        if self.is_empty() {
            return false;
        }
        let now = self.nanos(now());
        // ORDERING: relaxed, see `publish`.
        self.next.load(Ordering::Relaxed) <= now && self.run_due(now, run)
    }

    fn run_due(&self, now: u64, mut run: impl FnMut(TaskRef)) -> bool {
        let mut ran = false;
        self.wheel().advance(now);
        loop {
            let mut wheel = self.wheel();
            let due = wheel.pop();
            self.publish(&wheel);
            drop(wheel);
            let Some(task) = due else { return ran };
            ran = true;
            run(task);
        }
    }

    /// Takes out a task that waits, due or not, for a context that ends.
    ///
    /// # Safety
    ///
    /// As for [`poll`](Self::poll).
    pub unsafe fn take(&self) -> Option<TaskRef> {
        let mut wheel = self.wheel();
        let task = wheel.pop_any();
        self.publish(&wheel);
        task
    }

    /// Keeps `task` until `due`; whether it is the only one.
    ///
    /// # Safety
    ///
    /// As for [`Wheel::insert`].
    unsafe fn insert(&self, node: NonNull<Node>, due: Instant, task: TaskRef) -> bool {
        let mut wheel = self.wheel();
        let only = wheel.is_empty();
        // The last nanosecond stands for "none".
        let due = self.nanos(due).min(u64::MAX - 1);
        // SAFETY: as the caller says.
        unsafe { wheel.insert(node, due, task) };
        self.publish(&wheel);
        only
    }

    /// Takes the task of `node` out, if it waits here.
    ///
    /// # Safety
    ///
    /// As for [`Wheel::remove`].
    unsafe fn remove(&self, node: NonNull<Node>) -> Option<TaskRef> {
        let mut wheel = self.wheel();
        // SAFETY: as the caller says.
        let task = unsafe { wheel.remove(node) };
        self.publish(&wheel);
        task
    }
}

/// A place for one wait, embedded in a source that waits for the time alone.
///
/// A source that has one gives it by [`Source::timer`](crate::source::Source::timer); whoever runs
/// the source does the rest. A copy of a source waits by itself, so that a clone is an empty one, for which the promise of
/// [`new`](Self::new) is made as well.
///
/// # Examples
///
/// ```
/// use std::time::{Duration, Instant};
///
/// use fusewire::context::now;
/// use fusewire::context::timer::Timer;
/// use fusewire::prelude::*;
///
/// struct Alarm {
///     due: Instant,
///     timer: Timer,
/// }
///
/// impl Source for Alarm {
///     type Value = ();
///     type Error = Never;
///
///     fn take(&mut self) -> Taken<(), Never> {
///         if now() >= self.due { Taken::Value(()) } else { Taken::Empty }
///     }
///
///     fn deadline(&self) -> Option<Instant> {
///         Some(self.due)
///     }
///
///     unsafe fn timer(&mut self) -> Option<&mut Timer> {
///         Some(&mut self.timer)
///     }
/// }
///
/// let due = Instant::now() + Duration::from_millis(2);
/// // SAFETY: it is a field of the alarm, which `timer` gives each time, and nobody else touches.
/// let alarm = Alarm { due, timer: unsafe { Timer::new() } };
/// assert_eq!(block_on(source(alarm)), Completion::Value(()));
/// assert!(Instant::now() >= due);
/// ```
pub struct Timer {
    armed: Option<Armed>,
}

// SAFETY: a shared reference tells only whether it waits, which nobody changes without an exclusive one.
unsafe impl Sync for Timer {}

impl fmt::Debug for Timer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timer").field("armed", &self.armed.is_some()).finish()
    }
}

impl Clone for Timer {
    fn clone(&self) -> Self {
        Self::idle()
    }
}

impl Timer {
    /// One that does not wait.
    ///
    /// # Safety
    ///
    /// While it waits, the wheel of a context and a stop token point into it, so:
    ///
    /// - it is a field, by value and not behind a pointer, of one source (or of an operation that [waits](Self::wait) with it).
    /// - that source's [`timer`](crate::source::Source::timer) gives this one, each time, and is the only use of it: it is never moved
    ///   out, replaced or swapped.
    pub const unsafe fn new() -> Self {
        Self::idle()
    }

    const fn idle() -> Self {
        Self { armed: None }
    }

    /// Lets `context`, on whose thread the caller is, run `task` at `due`, or soon after a stop is requested.
    ///
    /// The task calls [`settle`](Self::settle) before anything else, with the same `stop`.
    ///
    /// # Safety
    ///
    /// - the caller is where `context` runs what it was given.
    /// - it waits for nothing yet. It stays in place, and is neither replaced nor dropped, until the task has been entered and
    ///   `settle` has returned true.
    pub unsafe fn wait(&mut self, context: &ContextRef, due: Instant, stop: &StopToken, task: TaskRef) {
        let Some(timers) = context.timers() else {
            // A stop that is requested wakes the context, where the task is asked like any that waits.
            stop.wait_on(context);
            return context.post_waiting(task, Some(due));
        };
        let armed = NonNull::from(self.armed.insert(Armed::new(context)));
        // SAFETY: it was just made, and stays in place by the caller's word.
        let (callback, node) = unsafe { Armed::parts(armed) };
        // SAFETY: it stays until `settle` has taken it out or it was called.
        if unsafe { stop.leave(callback) } == Left::Requested {
            self.armed = None;
            context.post(task);
            return;
        }
        // SAFETY: the node is new, and stays until the task is entered.
        if unsafe { timers.insert(node, due, task) } {
            // A lane that is alone is left for the first.
            context.wake();
        }
    }

    /// Whether the task that waited here goes on. If not, a stop is just being requested elsewhere that
    /// will run the task made by `again`, and then the answer is yes.
    ///
    /// # Safety
    ///
    /// As for [`wait`](Self::wait).
    pub unsafe fn settle(&mut self, stop: &StopToken, again: impl FnOnce() -> TaskRef) -> bool {
        let Some(armed) = self.armed.as_mut().map(NonNull::from) else { return true };
        // SAFETY: it is armed, hence in place.
        let on = unsafe { Armed::settle(armed, stop, again) };
        if on {
            self.armed = None;
        }
        on
    }
}

/// The task has found that its callback is under way, and waits for it.
const WAITS: u8 = 1;
/// What the callback posted has run.
const HURRIED: u8 = 2;

/// A timer that waits.
///
/// When a stop is requested the callback posts `hurry` to the context, which there takes the task out of the wheel
/// and runs it. If the task is entered first, because it is due, and cannot take the callback out any more,
/// then `hurry` still needs this memory, so that the task waits for it. Of the two the second to come
/// runs the task.
#[repr(C)]
struct Armed {
    // First, so that the task of `hurry` finds the timer.
    hurry: TaskNode,
    stop: StopCallback,
    node: Node,
    context: ContextRef,
    met: AtomicU8,
}

impl Armed {
    fn new(context: &ContextRef) -> Self {
        Self {
            hurry: TaskNode::new(Self::hurry),
            stop: StopCallback::new(Self::requested),
            node: Node::new(),
            context: context.clone(),
            met: AtomicU8::new(0),
        }
    }

    /// What others need of it, with the right to no more than that.
    ///
    /// # Safety
    ///
    /// `armed` is in place.
    const unsafe fn parts(armed: NonNull<Self>) -> (NonNull<StopCallback>, NonNull<Node>) {
        // SAFETY: inside of what the caller vouches for.
        let callback = unsafe { armed.byte_add(offset_of!(Self, stop)) };
        // SAFETY: as above.
        let node = unsafe { armed.byte_add(offset_of!(Self, node)) };
        (callback.cast(), node.cast())
    }

    /// A stop is requested, on any thread.
    ///
    /// # Safety
    ///
    /// `callback` is that of a timer in place.
    unsafe fn requested(callback: NonNull<StopCallback>) {
        // SAFETY: the callback is a field of it.
        let armed = unsafe { callback.byte_sub(offset_of!(Self, stop)) }.cast::<Self>();
        // SAFETY: it stays until what is posted below was run. The context is never changed.
        let context = unsafe { &(*armed.as_ptr()).context }.clone();
        // SAFETY: the callback is called once, so that this is the only task of the node, and it stays
        // until that was run.
        let hurry = unsafe { TaskRef::new(armed.cast()) };
        context.post(hurry);
    }

    /// Runs on the context; where that has ended, anywhere.
    ///
    /// # Safety
    ///
    /// `node` is that of a timer in place.
    unsafe fn hurry(node: NonNull<TaskNode>, fate: Fate) {
        let armed = node.cast::<Self>();
        // SAFETY: it stays at least until the exchange below.
        let (_, mut node) = unsafe { Self::parts(armed) };
        // SAFETY: as above. The context is never changed.
        let context = unsafe { &(*armed.as_ptr()).context }.clone();
        // SAFETY: as above. Only `fetch_or` and `load` touch it.
        let met = unsafe { &(*armed.as_ptr()).met };
        // ORDERING: acquire and release pair with the exchange in `settle`: whoever comes second sees the task that
        // the first one left, and that the first needs the memory no longer.
        let before = met.fetch_or(HURRIED, Ordering::AcqRel);
        let task = if before & WAITS != 0 {
            // SAFETY: the task waits for this call, and left itself here.
            unsafe { node.as_mut() }.take()
        } else if fate == Fate::Run {
            // On the context's thread, where alone the task could be entered: it has not been, and the
            // timer is in the wheel.
            // SAFETY: it is in place, and in the wheel of this context.
            context.timers().and_then(|timers| unsafe { timers.remove(node) })
        } else {
            // The context ends, and abandons what is in its wheel.
            None
        };
        match (task, fate) {
            (Some(task), Fate::Run) => task.run(),
            (task, _) => drop(task),
        }
    }

    /// # Safety
    ///
    /// As for [`Timer::settle`].
    unsafe fn settle(armed: NonNull<Self>, stop: &StopToken, again: impl FnOnce() -> TaskRef) -> bool {
        // SAFETY: the timer is in place.
        let (callback, mut node) = unsafe { Self::parts(armed) };
        // SAFETY: it was left with this token, if anybody can ask it.
        if !stop.stop_possible() || unsafe { stop.take_out(callback) } {
            return true;
        }
        // SAFETY: the timer is in place. Only `fetch_or` and `load` touch it.
        let met = unsafe { &(*armed.as_ptr()).met };
        // ORDERING: acquire pairs with the exchange in `hurry`, as below.
        if met.load(Ordering::Acquire) & HURRIED != 0 {
            return true;
        }
        // SAFETY: the timer is in no wheel, as its task was entered, and `hurry` reads the node only if it
        // comes second.
        unsafe { node.as_mut() }.put(again());
        // ORDERING: see `hurry`.
        if met.fetch_or(WAITS, Ordering::AcqRel) & HURRIED == 0 {
            return false;
        }
        // SAFETY: as above; `hurry` came first and is done with it. The task is this very caller's.
        std::mem::forget(unsafe { node.as_mut() }.take());
        true
    }
}

#[cfg(all(test, loom))]
mod model;
#[cfg(all(test, not(loom)))]
mod tests;
