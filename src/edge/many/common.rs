//! What the ends of an edge share beside the ring. Nothing of it is written on a hot path.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crossbeam_utils::CachePadded;

use super::hooks::Hooks;
use crate::primitive::{AtomicBool, AtomicU64, Ordering, fence};

/// Hooks, counts, and what senders left behind.
///
/// What each pop reads is in lines of its own: under overload the counts are written all the time.
#[derive(Debug)]
#[allow(unnameable_types, reason = "named by a hidden function of a sealed trait")]
pub struct Common<T> {
    pub(crate) receivers: Hooks,
    pub(crate) senders: Hooks,
    /// A sender found no room and may sleep.
    stalled: CachePadded<AtomicBool>,
    counts: CachePadded<Counts>,
    left: CachePadded<Left<T>>,
}

/// What is counted where there was no room.
#[derive(Debug)]
struct Counts {
    dropped: AtomicU64,
    stalls: AtomicU64,
}

/// Values of senders that were dropped while there was no room for them.
#[derive(Debug)]
struct Left<T> {
    // INVARIANT: whether there are values. Written under the lock.
    any: AtomicBool,
    // INVARIANT: how many were left, and how many of them were fetched. Written under the lock.
    left: AtomicU64,
    fetched: AtomicU64,
    values: Mutex<Vec<LeftBehind<T>>>,
}

/// A value that a sender left, and how many values were in the ring or had been there before, its own among them.
#[derive(Debug)]
struct LeftBehind<T> {
    after: usize,
    value: T,
}

impl<T> LeftBehind<T> {
    /// Whether all that came before it has left the ring.
    fn is_due(&self, gone: usize) -> bool {
        gone.wrapping_sub(self.after) <= usize::MAX / 2
    }
}

/// Tells senders of the room that was made, also if what makes it panics.
pub(crate) struct MadeRoom<'c, T>(pub(crate) &'c Common<T>);

impl<T> Drop for MadeRoom<'_, T> {
    #[inline(always)]
    fn drop(&mut self) {
        self.0.made_room();
    }
}

impl<T> Common<T> {
    pub(crate) fn new() -> Self {
        Self {
            receivers: Hooks::new(),
            senders: Hooks::new(),
            stalled: CachePadded::new(AtomicBool::new(false)),
            counts: CachePadded::new(Counts { dropped: AtomicU64::new(0), stalls: AtomicU64::new(0) }),
            left: CachePadded::new(Left {
                any: AtomicBool::new(false),
                left: AtomicU64::new(0),
                fetched: AtomicU64::new(0),
                values: Mutex::new(Vec::new()),
            }),
        }
    }

    #[cold]
    pub(crate) fn count_dropped(&self) {
        // ORDERING: relaxed, a number to look at.
        self.counts.dropped.fetch_add(1, Ordering::Relaxed);
    }

    #[cold]
    pub(crate) fn count_stall(&self) {
        // ORDERING: relaxed, a number to look at.
        self.counts.stalls.fetch_add(1, Ordering::Relaxed);
    }

    /// Values that were dropped because there was no room, and stalls.
    pub(crate) fn counts(&self) -> (u64, u64) {
        // ORDERING: relaxed, numbers to look at.
        (self.counts.dropped.load(Ordering::Relaxed), self.counts.stalls.load(Ordering::Relaxed))
    }

    /// Says that a sender has found no room; it then looks once more. Whether it has to.
    pub(crate) fn stall(&self) -> bool {
        if !self.senders.any() {
            return false;
        }
        // ORDERING: relaxed, by the fence.
        self.stalled.store(true, Ordering::Relaxed);
        // ORDERING: sequentially consistent, against that of `made_room`: one of the two sees the other.
        fence(Ordering::SeqCst);
        true
    }

    /// Wakes the senders that found no room, if some of them are such that sleep. After there is.
    #[inline(always)]
    pub(crate) fn made_room(&self) {
        if self.senders.any() {
            self.wake_stalled();
        }
    }

    #[inline(never)]
    fn wake_stalled(&self) {
        // ORDERING: sequentially consistent, against that of `stall`.
        fence(Ordering::SeqCst);
        // ORDERING: relaxed, by the fence.
        if self.stalled.load(Ordering::Relaxed) && self.stalled.swap(false, Ordering::SeqCst) {
            self.senders.wake();
        }
    }

    fn left(&self) -> MutexGuard<'_, Vec<LeftBehind<T>>> {
        self.left.values.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Leaves a value to whoever receives, once `after` values have left the ring.
    pub(crate) fn leave(&self, value: T, after: usize) {
        let mut values = self.left();
        values.push(LeftBehind { after, value });
        // ORDERING: relaxed, a number to look at.
        self.left.left.fetch_add(1, Ordering::Relaxed);
        // ORDERING: release pairs with the acquire of `has_left`: who sees it sees what the sender pushed before.
        self.left.any.store(true, Ordering::Release);
    }

    /// Whether a sender has left values.
    #[inline(always)]
    pub(crate) fn has_left(&self) -> bool {
        // ORDERING: acquire pairs with the release of `leave`.
        self.left.any.load(Ordering::Acquire)
    }

    /// Whether [`fetch`](Self::fetch) would give a value.
    #[cold]
    pub(crate) fn has_due(&self, gone: usize) -> bool {
        self.left().iter().any(|left| left.is_due(gone))
    }

    /// A value that a sender left, if what came before it is among the `gone` values that have left the ring.
    #[cold]
    pub(crate) fn fetch(&self, gone: usize) -> Option<T> {
        let mut values = self.left();
        let due = values.iter().position(|left| left.is_due(gone))?;
        let LeftBehind { value, .. } = values.remove(due);
        // ORDERING: release pairs with the acquire of `left_counts`: it was counted as left before.
        self.left.fetched.fetch_add(1, Ordering::Release);
        // ORDERING: relaxed, under the lock.
        self.left.any.store(!values.is_empty(), Ordering::Relaxed);
        Some(value)
    }

    /// How many values senders have left, and how many of them were fetched, which is never more.
    pub(crate) fn left_counts(&self) -> (u64, u64) {
        // ORDERING: acquire pairs with the release of `fetch`.
        let fetched = self.left.fetched.load(Ordering::Acquire);
        // ORDERING: relaxed, a number to look at.
        (self.left.left.load(Ordering::Relaxed), fetched)
    }
}
