//! What the workers of a pool share.

use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::thread::Thread;

use crossbeam_utils::CachePadded;

use super::alarms::Alarms;
use super::asleep::Asleep;
use super::shelf::Shelf;
use crate::context::host::Front;
use crate::lock::Lock;
use crate::primitive::{AtomicBool, AtomicUsize, Ordering};
use crate::wait::Wait;
use crate::work::{TaskList, TaskRef};

/// The workers of one pool, as all of them and whoever brings them work see them.
pub(super) struct Crew {
    shelves: Box<[Shelf]>,
    // Those who would take anything, and those who wait for a join and take what was forked.
    idle: CachePadded<Asleep>,
    joining: CachePadded<Asleep>,
    queue: CachePadded<Queue>,
    alarms: CachePadded<Alarms>,
    threads: Box<[OnceLock<Thread>]>,
    closed: AtomicBool,
    // Workers that have not left.
    present: AtomicUsize,
    wait: Wait,
    // What `close` ends; those that are gone are swept out as others come.
    // INVARIANT: `None` from when on the contexts are ended.
    fronts: Mutex<Option<Vec<Weak<Front>>>>,
}

/// Tasks that any worker may run, first in first out.
struct Queue {
    tasks: Lock<Waiting>,
    // How many there are, to be looked at without the lock.
    len: AtomicUsize,
}

struct Waiting {
    open: bool,
    list: TaskList,
}

impl Crew {
    pub(super) fn new(workers: usize, wait: Wait) -> Arc<Self> {
        let tasks = Lock::new(Waiting { open: true, list: TaskList::new() });
        Arc::new(Self {
            shelves: (0..workers).map(|_| Shelf::new()).collect(),
            idle: CachePadded::new(Asleep::new(workers)),
            joining: CachePadded::new(Asleep::new(workers)),
            queue: CachePadded::new(Queue { tasks, len: AtomicUsize::new(0) }),
            alarms: CachePadded::new(Alarms::new()),
            threads: (0..workers).map(|_| OnceLock::new()).collect(),
            closed: AtomicBool::new(false),
            present: AtomicUsize::new(workers),
            wait,
            fronts: Mutex::new(Some(Vec::new())),
        })
    }

    pub(super) const fn workers(&self) -> usize {
        self.shelves.len()
    }

    #[inline(always)]
    pub(super) fn shelf(&self, worker: usize) -> &Shelf {
        &self.shelves[worker]
    }

    pub(super) const fn wait(&self) -> Wait {
        self.wait
    }

    pub(super) fn idle(&self) -> &Asleep {
        &self.idle
    }

    pub(super) fn joining(&self) -> &Asleep {
        &self.joining
    }

    pub(super) fn alarms(&self) -> &Alarms {
        &self.alarms
    }

    /// Says, on the worker's thread, which that is.
    pub(super) fn enter(&self, worker: usize) {
        let _ = self.threads[worker].set(std::thread::current());
    }

    /// On a worker that found nothing so many times in a row: waits a little, or says that it is to sleep.
    pub(super) fn pause(&self, idle: u32, patience: u32) -> bool {
        if idle < patience || self.wait == Wait::Spin {
            std::hint::spin_loop();
        } else if self.wait.parks() {
            return false;
        } else {
            std::thread::yield_now();
        }
        true
    }

    /// Gives the workers a task. It is abandoned here, by the calling thread, if none of them is left.
    pub(super) fn post(&self, task: TaskRef) {
        let refused = self.queue.tasks.with(|waiting| {
            if !waiting.open {
                return Some(task);
            }
            waiting.list.push(task);
            // ORDERING: relaxed, a hint; the fence of `wake_for_task` orders it before the look at who sleeps.
            self.queue.len.store(waiting.list.len(), Ordering::Relaxed);
            None
        });
        drop(refused);
        self.wake_for_task();
    }

    /// Takes the task that has waited longest.
    pub(super) fn take(&self) -> Option<TaskRef> {
        if !self.has_tasks() {
            return None;
        }
        let (task, left) = self.queue.tasks.with(|waiting| {
            let task = waiting.list.pop();
            // ORDERING: relaxed, as in `post`.
            self.queue.len.store(waiting.list.len(), Ordering::Relaxed);
            (task, waiting.list.len())
        });
        if left > 0 {
            self.wake_for_task();
        }
        task
    }

    /// Whether a task waits in the queue.
    pub(super) fn has_tasks(&self) -> bool {
        // ORDERING: relaxed, the lock synchronises; who is about to sleep has fenced before.
        self.queue.len.load(Ordering::Relaxed) > 0
    }

    /// Whether a fork is on offer.
    pub(super) fn has_forks(&self) -> bool {
        self.shelves.iter().any(Shelf::has_any)
    }

    pub(super) fn has_work(&self) -> bool {
        self.has_tasks() || self.has_forks()
    }

    /// Wakes somebody who takes what was forked, after it was put on offer.
    pub(super) fn wake_for_fork(&self) {
        if let Some(worker) = self.idle.take_one().or_else(|| self.joining.take_one()) {
            self.unpark(worker);
        }
    }

    /// Wakes somebody who takes from the queue, after something was put there.
    pub(super) fn wake_for_task(&self) {
        if let Some(worker) = self.idle.take_one() {
            self.unpark(worker);
        }
    }

    pub(super) fn unpark(&self, worker: usize) {
        // There before the first sleep of the worker.
        if let Some(thread) = self.threads.get(worker).and_then(OnceLock::get) {
            thread.unpark();
        }
    }

    /// Notes a context of the pool, which ends with it; or at once, if the pool has.
    pub(super) fn adopt(&self, front: &Arc<Front>) {
        let mut fronts = self.fronts.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *fronts {
            Some(fronts) => {
                fronts.retain(|front| front.strong_count() > 0);
                fronts.push(Arc::downgrade(front));
            }
            None => {
                drop(fronts);
                front.close();
            }
        }
    }

    /// Ends every context of the pool, whoever still uses it.
    pub(super) fn end_contexts(&self) {
        let fronts = self.fronts.lock().unwrap_or_else(PoisonError::into_inner).take();
        for front in fronts.iter().flatten().filter_map(Weak::upgrade) {
            front.close();
        }
    }

    /// Has the workers end once they find nothing to do.
    pub(super) fn close(&self) {
        // ORDERING: release pairs with the acquire of `is_closed`; who is about to sleep is unparked below.
        self.closed.store(true, Ordering::Release);
        (0..self.workers()).for_each(|worker| self.unpark(worker));
    }

    pub(super) fn is_closed(&self) -> bool {
        // ORDERING: acquire pairs with the release of `close`.
        self.closed.load(Ordering::Acquire)
    }

    /// On a worker that ends. The last abandons what was posted since.
    pub(super) fn leave(&self) {
        // ORDERING: acquire and release, so that the last sees what the others have done.
        if self.present.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.shut();
        }
    }

    /// Takes nothing more, and abandons what waits.
    pub(super) fn shut(&self) {
        loop {
            let task = self.queue.tasks.with(|waiting| {
                waiting.open = false;
                waiting.list.pop()
            });
            let Some(task) = task else { return };
            drop(task);
        }
    }
}
