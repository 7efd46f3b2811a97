//! A function on the stack of who forked it, which another worker may run.

use std::mem::MaybeUninit;
use std::ptr::NonNull;
use std::thread::Thread;

use super::latch::Latch;
use super::worker::Worker;
use crate::panic_site::{self, Caught, Watch};
use crate::primitive::UnsafeCell;
use crate::work::{Fate, TaskNode, TaskRef};

/// What became of a job that went to another thread.
pub(super) enum Outcome<T> {
    /// It has returned.
    Returned(T),
    /// It has panicked.
    Panicked(Box<Caught>),
    /// It was not run, because the pool has ended: its function is still there.
    GivenUp,
}

/// Who waits for a job, and how he is woken.
pub(super) trait Owner: Send {
    /// Sets the latch, and wakes who sleeps on it.
    ///
    /// # Safety
    ///
    /// `latch` is valid until it is set, and so is `owner`.
    unsafe fn set(owner: *const Self, latch: *const Latch);
}

/// A worker of the same pool.
#[derive(Debug, Clone, Copy)]
pub(super) struct OfWorker(pub(super) usize);

impl Owner for OfWorker {
    unsafe fn set(owner: *const Self, latch: *const Latch) {
        // SAFETY: the caller says that it is valid until the latch is set.
        let owner = unsafe { (*owner).0 };
        // SAFETY: as above.
        if unsafe { (*latch).set() } {
            // Only workers of the same pool take the jobs of a worker.
            Worker::with(|worker| worker.crew().unpark(owner));
        }
    }
}

/// Some other thread.
#[derive(Debug)]
pub(super) struct OfThread(pub(super) Thread);

impl Owner for OfThread {
    unsafe fn set(owner: *const Self, latch: *const Latch) {
        // SAFETY: the caller says that it is valid until the latch is set.
        let owner = unsafe { (*owner).0.clone() };
        // SAFETY: as above.
        if unsafe { (*latch).set() } {
            owner.unpark();
        }
    }
}

/// A function, room for what becomes of it, and the latch that says that it is there.
///
/// Costs no allocation: it lies in the frame of who forks, who does not leave that before the job is done or taken back. It drops
/// neither its function nor the outcome by itself.
#[repr(C)]
pub(super) struct Job<O, F, T> {
    // First, so that the task finds its job; see `run`.
    node: TaskNode,
    latch: Latch,
    // What becomes of a panic, which whoever runs the job cannot know.
    watch: Watch,
    owner: O,
    // INVARIANT: used by whoever has the right to the task, and empty once that was called.
    work: UnsafeCell<MaybeUninit<F>>,
    // INVARIANT: written before the latch is set, and then of who waits.
    outcome: UnsafeCell<MaybeUninit<Outcome<T>>>,
}

// SAFETY: what is inside of the cells goes to the thread that runs the job and back, which the latch orders.
unsafe impl<O: Sync, F: Send, T: Send> Sync for Job<O, F, T> {}

impl<O: Owner, F: FnOnce() -> T, T> Job<O, F, T> {
    #[inline(always)]
    pub(super) fn new(owner: O, watch: Watch, work: F) -> Self {
        Self {
            node: TaskNode::new(Self::run),
            latch: Latch::new(),
            watch,
            owner,
            work: UnsafeCell::new(MaybeUninit::new(work)),
            outcome: UnsafeCell::new(MaybeUninit::uninit()),
        }
    }

    /// The address that stands for the job.
    #[inline(always)]
    pub(super) fn node(&self) -> NonNull<TaskNode> {
        NonNull::from(self).cast()
    }

    /// Set when the job was run, or given up.
    #[inline(always)]
    pub(super) const fn latch(&self) -> &Latch {
        &self.latch
    }

    /// The function.
    ///
    /// # Safety
    ///
    /// - the right to the task is the caller's: it was taken back, or the outcome is that it was given up.
    /// - it is taken once.
    #[inline(always)]
    pub(super) unsafe fn take_work(&self) -> F {
        // SAFETY: the caller says that it is there, and that nobody else uses it.
        self.work.with(|work| unsafe { work.cast::<F>().read() })
    }

    /// What became of it.
    ///
    /// # Safety
    ///
    /// Its latch is set, and the outcome is taken once.
    pub(super) unsafe fn take_outcome(&self) -> Outcome<T> {
        // SAFETY: it was written before the latch was set, and is the caller's since.
        self.outcome.with(|outcome| unsafe { outcome.cast::<Outcome<T>>().read() })
    }

    /// # Safety
    ///
    /// `node` is that of a job whose right the caller had, and uses up here.
    unsafe fn run(node: NonNull<TaskNode>, fate: Fate) {
        let job = node.cast::<Self>();
        // SAFETY: the job stays until its latch is set, which happens last, and not through this reference.
        let this = unsafe { job.as_ref() };
        let (owner, latch) = (&raw const this.owner, &raw const this.latch);
        let became = match fate {
            Fate::Abandoned => Outcome::GivenUp,
            Fate::Run => {
                // SAFETY: the right to the task is ours, and it is used up.
                let work = unsafe { this.take_work() };
                match Worker::watched(this.watch, || panic_site::catch_whole(work)) {
                    Ok(value) => Outcome::Returned(value),
                    Err(caught) => Outcome::Panicked(Box::new(caught)),
                }
            }
        };
        // SAFETY: the right to the task is ours, and nobody looks at it before the latch is set.
        this.outcome.with_mut(|outcome| unsafe { outcome.write(MaybeUninit::new(became)) });
        // SAFETY: both are fields of the job, which stays until the latch is set.
        unsafe { O::set(owner, latch) }
    }
}

/// The right to run the job that this address stands for.
///
/// # Safety
///
/// `node` is the [`Job::node`] of a job whose right the caller has, and gives on.
pub(super) unsafe fn right(node: NonNull<TaskNode>) -> TaskRef {
    // SAFETY: the job stays until it was run, the caller has the only right, and `fork` requires what may go to other threads.
    unsafe { TaskRef::new(node) }
}
