//! One thread of a pool: what it forked, and where it looks for work.

use std::cell::Cell;
use std::ptr::{self, NonNull};
use std::sync::Arc;

use super::crew::Crew;
use super::job;
use super::latch::Latch;
use super::shelf::{Shelf, before, behind};
use crate::context::host::run_task;
use crate::context::outside;
use crate::panic_site::{self, Watch};
use crate::work::{TaskNode, TaskRef};

/// So many forks of a worker may come to be offered; those beyond are joined by itself.
const DEPTH: usize = 1024;

thread_local! {
    static WORKER: Cell<*const Worker> = const { Cell::new(ptr::null()) };
}

/// The half of a worker that its own thread alone uses.
pub(super) struct Worker {
    crew: Arc<Crew>,
    index: usize,
    // The shelf of this worker, which `crew` keeps. PERF: by its address, as every fork looks at it.
    shelf: NonNull<Shelf>,
    // INVARIANT: below `PLACES`. The place that the next fork goes to: behind the newest that was put there and is not joined yet.
    place: Cell<usize>,
    // INVARIANT: `low <= high`; between them lie the forks that are on no shelf, oldest first. Those from `DEPTH` on are counted alone.
    low: Cell<usize>,
    high: Cell<usize>,
    watch: Cell<Watch>,
    random: Cell<u64>,
    // Whether it takes from the shelves of others before it takes from the queue, this time.
    steals_first: Cell<bool>,
    forks: [Cell<*mut TaskNode>; DEPTH],
}

impl Worker {
    pub(super) fn new(crew: Arc<Crew>, index: usize) -> Self {
        Self {
            shelf: NonNull::from(crew.shelf(index)),
            crew,
            index,
            place: Cell::new(0),
            low: Cell::new(0),
            high: Cell::new(0),
            watch: Cell::new(Watch::Task),
            // Not zero, and another for each.
            random: Cell::new((index as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1),
            steals_first: Cell::new(false),
            forks: [const { Cell::new(ptr::null_mut()) }; DEPTH],
        }
    }

    /// The worker that the calling thread is, if it is one.
    ///
    /// # Safety
    ///
    /// The reference is not used after the calling function has returned, nor on another thread.
    #[inline(always)]
    pub(super) unsafe fn here<'f>() -> Option<&'f Self> {
        // SAFETY: `run` sets it to a worker that stays until it is set to null again, below every frame of this thread that
        // can ask.
        unsafe { WORKER.get().as_ref() }
    }

    /// Calls `f` with the worker that the calling thread is, if it is one.
    #[inline(always)]
    pub(super) fn with<T>(f: impl FnOnce(&Self) -> T) -> Option<T> {
        // SAFETY: it is used here alone.
        unsafe { Self::here() }.map(f)
    }

    pub(super) const fn crew(&self) -> &Arc<Crew> {
        &self.crew
    }

    pub(super) const fn index(&self) -> usize {
        self.index
    }

    /// What becomes of a panic in what this worker forks now.
    #[inline(always)]
    pub(super) const fn watch(&self) -> Watch {
        self.watch.get()
    }

    /// Runs `work` with this as what becomes of its panics, and of those of what it forks.
    pub(super) fn watched<T>(watch: Watch, work: impl FnOnce() -> T) -> T {
        let watching = panic_site::watch(watch);
        let before = Self::with(|worker| worker.watch.replace(watch));
        let made = work();
        Self::with(|worker| before.map(|before| worker.watch.set(before)));
        drop(watching);
        made
    }

    #[inline(always)]
    fn shelf(&self) -> &Shelf {
        // SAFETY: the crew keeps its shelves where they are, and this worker keeps the crew.
        unsafe { self.shelf.as_ref() }
    }

    /// Whether others could use more of this worker's work than they see.
    #[inline(always)]
    pub(super) fn should_fork(&self) -> bool {
        self.crew.workers() > 1 && self.shelf().is_free(self.place.get())
    }

    /// Forks: another worker may run the job from now on.
    ///
    /// # Safety
    ///
    /// - `job` stays where it is until [`join`](Self::join) has said that it came back, or its latch is set.
    /// - forks are joined in the opposite order, on this thread.
    #[inline(always)]
    pub(super) unsafe fn fork(&self, job: NonNull<TaskNode>) {
        let high = self.high.get();
        if let Some(fork) = self.forks.get(high) {
            fork.set(job.as_ptr());
        }
        self.high.set(high + 1);
        if self.shelf().is_free(self.place.get()) {
            self.offer();
        }
    }

    /// Puts the oldest of its forks where others see them, as far as there is room.
    #[cold]
    #[inline(never)]
    fn offer(&self) {
        let shelf = self.shelf();
        let (mut low, high, mut place) = (self.low.get(), self.high.get(), self.place.get());
        while low < high.min(DEPTH) && shelf.is_free(place) {
            if let Some(job) = NonNull::new(self.forks[low].get()) {
                shelf.put(place, job);
            }
            place = behind(place);
            low += 1;
            self.crew.wake_for_fork();
        }
        if low == high {
            (low, _) = (0, self.high.set(0));
        }
        self.low.set(low);
        self.place.set(place);
    }

    /// Whether the newest fork is the caller's again; else another worker has it, or had.
    #[inline(always)]
    pub(super) fn join(&self, job: NonNull<TaskNode>) -> bool {
        let high = self.high.get();
        if high > self.low.get() {
            debug_assert!(
                self.forks.get(high - 1).is_none_or(|fork| fork.get() == job.as_ptr()),
                "forks are joined in the opposite order"
            );
            self.high.set(high - 1);
            return true;
        }
        self.join_offered(job)
    }

    #[cold]
    #[inline(never)]
    fn join_offered(&self, job: NonNull<TaskNode>) -> bool {
        let place = before(self.place.get());
        self.place.set(place);
        // All that there are have been offered: the next fork is the oldest of those that are not.
        self.low.set(0);
        self.high.set(0);
        self.shelf().take_back(place, job)
    }

    /// Runs what others and this worker have forked until `latch` is set.
    ///
    /// Nothing is taken from the queue meanwhile: a whole context would keep the one who joins.
    #[cold]
    #[inline(never)]
    pub(super) fn wait(&self, latch: &Latch) {
        if latch.is_set() {
            return;
        }
        // What is taken from others belongs to other contexts than the one that runs here.
        let _outside = outside();
        let patience = self.crew.wait().patience();
        let idle = Cell::new(0_u32);
        let work = || {
            let task = self.steal();
            if task.is_some() {
                idle.set(0);
            }
            task.map(run_task).is_some()
        };
        let rest = || {
            idle.set(idle.get().saturating_add(1));
            if self.crew.pause(idle.get(), patience) {
                return false;
            }
            idle.set(0);
            self.doze(latch)
        };
        if waits(|| latch.is_set(), work, rest) {
            // It goes on with its own work: somebody else goes for what it was woken for.
            self.crew.wake_for_fork();
        }
    }

    /// Sleeps until the latch is set or there is something to be taken. Whether somebody woke it to take something.
    fn doze(&self, latch: &Latch) -> bool {
        if !latch.doze() {
            return false;
        }
        let sleepers = self.crew.joining();
        sleepers.announce(self.index);
        if !self.crew.has_forks() {
            std::thread::park();
        }
        let woken = sleepers.withdraw(self.index);
        latch.rouse();
        woken
    }

    /// Something that was forked, by this worker first.
    fn steal(&self) -> Option<TaskRef> {
        let (workers, start) = (self.crew.workers(), self.index + self.next_random());
        let others = (0..workers).map(|offset| (start + offset) % workers).filter(|at| *at != self.index);
        let taken = std::iter::once(self.index).chain(others).find_map(|at| self.crew.shelf(at).steal());
        // SAFETY: the exchange gave the right to this worker alone.
        taken.map(|job| unsafe { job::right(job) })
    }

    fn next_random(&self) -> usize {
        // xorshift64, G. Marsaglia, 2003.
        let mut x = self.random.get();
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        self.random.set(x);
        (x >> 33) as usize
    }

    /// What is to be done next, at the bottom of the stack: the queue and the shelves by turns.
    fn find(&self) -> Option<TaskRef> {
        let steals_first = self.steals_first.replace(!self.steals_first.get());
        if steals_first {
            self.steal().or_else(|| self.crew.take())
        } else {
            self.crew.take().or_else(|| self.steal())
        }
    }

    /// Works until the pool is closed and nothing is left.
    pub(super) fn run(self) {
        // Boxed, so that half of the thread's stack is not this array.
        let worker = &*Box::new(self);
        WORKER.set(ptr::from_ref(worker));
        worker.work();
        worker.crew.leave();
        WORKER.set(ptr::null());
    }

    fn work(&self) {
        let crew = &*self.crew;
        let patience = crew.wait().patience();
        let (mut idle, mut was_woken) = (0_u32, false);
        loop {
            // Asked before the look for work: what was posted before the close is then found.
            let is_closed = crew.is_closed();
            crew.alarms().ring();
            if let Some(task) = self.find() {
                // An alarm is kept by who sleeps: a worker that has something to do hands it on.
                if std::mem::take(&mut was_woken) && (crew.has_work() || crew.alarms().any()) {
                    crew.wake_for_task();
                }
                idle = 0;
                run_task(task);
                continue;
            }
            if is_closed {
                return;
            }
            idle = idle.saturating_add(1);
            if !crew.pause(idle, patience) {
                idle = 0;
                was_woken = true;
                self.sleep();
            }
        }
    }

    fn sleep(&self) {
        let crew = &*self.crew;
        crew.idle().announce(self.index);
        if !crew.has_work() && !crew.is_closed() {
            crew.alarms().park();
        }
        crew.idle().withdraw(self.index);
    }
}

/// Works until `is_over`: `work` does one thing, if there is one, and `rest` waits a little and says whether it was woken for something.
/// Whether it was, and is over before it has looked: that is then for others.
fn waits(is_over: impl Fn() -> bool, mut work: impl FnMut() -> bool, mut rest: impl FnMut() -> bool) -> bool {
    let mut woken = false;
    while !is_over() {
        woken = !work() && rest();
    }
    woken
}

#[cfg(all(test, not(loom)))]
mod tests {
    use std::cell::Cell;

    use super::waits;

    /// What it waits for happens right after it was woken for a fork, before it has looked for that.
    #[test]
    fn one_that_was_woken_and_leaves_says_so() {
        let (over, looks) = (Cell::new(false), Cell::new(0));
        let look = || {
            looks.set(looks.get() + 1);
            false
        };
        let rest = || {
            over.set(true);
            true
        };
        assert!(waits(|| over.get(), look, rest), "the wake is owed to another");
        assert_eq!(looks.get(), 1, "it has not looked since");
    }

    #[test]
    fn one_that_has_looked_owes_nothing() {
        for finds in [true, false] {
            let (over, rests) = (Cell::new(false), Cell::new(0));
            let look = || {
                over.set(rests.get() == 1);
                finds && over.get()
            };
            let rest = || {
                rests.set(rests.get() + 1);
                rests.get() == 1
            };
            assert!(!waits(|| over.get(), look, rest));
        }
    }
}
