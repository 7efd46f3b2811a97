//! The forked work of one worker that others may take.

use std::ptr::{self, NonNull};

use crate::primitive::{AtomicPtr, AtomicUsize, Ordering};
use crate::work::TaskNode;

/// Of so many forks of one worker others may choose; with `oldest` they fill one cache line.
pub(super) const PLACES: usize = 7;

/// Forked work on offer: the oldest forks of one worker, hence the largest.
///
/// Only the owner puts something on it, and everybody takes something off, by one exchange with null. So there is nothing
/// to validate, nothing to retry and no ABA: whoever got the pointer has the job. The newer forks of the owner are in a stack of its
/// own, which nobody else sees; a fork that is joined from there costs no atomic operation at all. A Chase-Lev deque, whose
/// every `pop` needs a full fence, is what this replaces.
#[derive(Debug)]
#[repr(align(64))]
pub(super) struct Shelf {
    places: [AtomicPtr<TaskNode>; PLACES],
    // Where a search for the oldest begins. A hint: whatever it says, every place is looked at.
    oldest: AtomicUsize,
}

/// The place behind this one.
#[inline]
pub(super) const fn behind(place: usize) -> usize {
    if place + 1 == PLACES { 0 } else { place + 1 }
}

/// The place before this one.
#[inline]
pub(super) const fn before(place: usize) -> usize {
    if place == 0 { PLACES - 1 } else { place - 1 }
}

impl Shelf {
    pub(super) fn new() -> Self {
        Self { places: [(); PLACES].map(|()| AtomicPtr::new(ptr::null_mut())), oldest: AtomicUsize::new(0) }
    }

    /// On the owner: whether this place is empty.
    #[inline]
    pub(super) fn is_free(&self, place: usize) -> bool {
        // ORDERING: relaxed, only the owner fills a place, and nothing is read through what others took.
        self.places.get(place).is_some_and(|place| place.load(Ordering::Relaxed).is_null())
    }

    /// On the owner: puts a job on a place that [is free](Self::is_free), and says that the oldest is behind it.
    pub(super) fn put(&self, place: usize, job: NonNull<TaskNode>) {
        // ORDERING: relaxed, a hint.
        self.oldest.store(behind(place), Ordering::Relaxed);
        // ORDERING: release pairs with the acquire of `take`, so that a thief sees the job.
        self.places[place].store(job.as_ptr(), Ordering::Release);
    }

    /// On the owner: takes its own job back. Whether nobody else has it.
    pub(super) fn take_back(&self, place: usize, job: NonNull<TaskNode>) -> bool {
        // ORDERING: relaxed, the owner wrote what it takes back.
        self.places[place]
            .compare_exchange(job.as_ptr(), ptr::null_mut(), Ordering::Relaxed, Ordering::Relaxed)
            .is_ok()
    }

    /// Whether something is on offer, as of some moment during the call.
    pub(super) fn has_any(&self) -> bool {
        // ORDERING: relaxed, `steal` synchronises.
        self.places.iter().any(|place| !place.load(Ordering::Relaxed).is_null())
    }

    /// Takes one job, the oldest first. Its right goes to the caller.
    pub(super) fn steal(&self) -> Option<NonNull<TaskNode>> {
        // ORDERING: relaxed, a hint; a value that is out of range cannot be written.
        let mut place = self.oldest.load(Ordering::Relaxed);
        for _ in 0..PLACES {
            // ORDERING: relaxed, the exchange below synchronises.
            if !self.places[place].load(Ordering::Relaxed).is_null()
                // ORDERING: acquire pairs with the release of `put`.
                && let Some(job) = NonNull::new(self.places[place].swap(ptr::null_mut(), Ordering::Acquire))
            {
                return Some(job);
            }
            place = behind(place);
        }
        None
    }
}

#[cfg(all(test, loom))]
mod model;
