//! A function on the stack of who forked it, which another worker may run.

use std::ptr::NonNull;
use std::thread::Thread;

use super::latch::Latch;
use super::worker::Worker;
use crate::panic_site::{self, Caught, Watch};
use crate::primitive::UnsafeCell;
use crate::work::{Fate, TaskNode, TaskRef};

/// What became of a job that was not run by who made it.
pub(super) enum Outcome<T> {
    /// It has returned.
    Returned(T),
    /// It has panicked.
    Panicked(Caught),
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

/// A function, room for what it returns, and the latch that says that it is there.
///
/// Costs no allocation: it lies in the frame of who forks, who does not leave that before the job is done or taken back.
#[repr(C)]
pub(super) struct Job<O, F, T> {
    // First, so that the task finds its job; see `run`.
    node: TaskNode,
    latch: Latch,
    // What becomes of a panic, which whoever runs the job cannot know.
    watch: Watch,
    owner: O,
    // INVARIANT: used by whoever has the right to the task; the outcome, once the latch is set, by who waits.
    work: UnsafeCell<Option<F>>,
    outcome: UnsafeCell<Option<Outcome<T>>>,
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
            work: UnsafeCell::new(Some(work)),
            outcome: UnsafeCell::new(None),
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

    /// The function, if it was not run.
    ///
    /// # Safety
    ///
    /// Nobody else has the right to the task any more: it was taken back, or its latch is set.
    #[inline(always)]
    pub(super) unsafe fn take_work(&self) -> Option<F> {
        // SAFETY: the caller says that nobody else uses it.
        self.work.with_mut(|work| unsafe { (*work).take() })
    }

    /// What became of it; none if it was given up.
    ///
    /// # Safety
    ///
    /// Its latch is set.
    pub(super) unsafe fn take_outcome(&self) -> Option<Outcome<T>> {
        // SAFETY: the latch is set, hence the outcome is the caller's.
        self.outcome.with_mut(|outcome| unsafe { (*outcome).take() })
    }

    /// # Safety
    ///
    /// `node` is that of a job whose right the caller had, and uses up here.
    unsafe fn run(node: NonNull<TaskNode>, fate: Fate) {
        let job = node.cast::<Self>().as_ptr().cast_const();
        // SAFETY: the job stays until its latch is set, which happens last.
        let (work, watch) = unsafe { (&(*job).work, (*job).watch) };
        if fate == Fate::Run {
            // SAFETY: the right to the task is ours.
            let work = work.with_mut(|work| unsafe { (*work).take() });
            if let Some(work) = work {
                let outcome = match Worker::watched(watch, || panic_site::catch_whole(work)) {
                    Ok(value) => Outcome::Returned(value),
                    Err(caught) => Outcome::Panicked(caught),
                };
                // SAFETY: as above, and nobody looks at it before the latch is set.
                let place = unsafe { &(*job).outcome };
                // SAFETY: as above.
                place.with_mut(|place| unsafe { *place = Some(outcome) });
            }
        }
        // SAFETY: the address of a field of a job that is still there.
        let (owner, latch) = unsafe { (&raw const (*job).owner, &raw const (*job).latch) };
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
