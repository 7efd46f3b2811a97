//! What the ends of an edge share beside the ring. Nothing of it is written on a hot path.

use std::sync::{Arc, Mutex, OnceLock, TryLockError};

use crossbeam_utils::CachePadded;

use super::super::Wake;
use crate::primitive::{AtomicBool, AtomicU64, AtomicUsize, Ordering, fence};

/// Who sleeps and may have to be woken: so many at most, and whoever comes later has to look.
const HOOKS: usize = 16;

/// The hooks of one side.
#[derive(Debug)]
pub(crate) struct Hooks {
    hooks: [OnceLock<Box<dyn Wake>>; HOOKS],
    // INVARIANT: more than the number of every hook that is set.
    used: AtomicUsize,
}

impl Hooks {
    pub(crate) fn new() -> Self {
        Self { hooks: [const { OnceLock::new() }; HOOKS], used: AtomicUsize::new(0) }
    }

    /// Whether there was room for it.
    pub(crate) fn add(&self, mut wake: Box<dyn Wake>) -> bool {
        for (number, hook) in self.hooks.iter().enumerate() {
            match hook.set(wake) {
                Ok(()) => {
                    self.used.fetch_max(number + 1, Ordering::SeqCst);
                    return true;
                }
                Err(back) => wake = back,
            }
        }
        false
    }

    /// Whether anybody has to be woken.
    #[inline(always)]
    pub(crate) fn any(&self) -> bool {
        // ORDERING: relaxed, a hook that is just being set belongs to an end that looks once more
        // before it sleeps.
        self.used.load(Ordering::Relaxed) != 0
    }

    #[inline]
    pub(crate) fn wake(&self) {
        if self.any() {
            let used = self.used.load(Ordering::SeqCst);
            self.hooks[..used].iter().filter_map(OnceLock::get).for_each(|hook| hook.wake());
        }
    }
}

/// Hooks, counts, and what senders left behind.
#[derive(Debug)]
#[allow(unnameable_types, reason = "named by a hidden function of a sealed trait")]
pub struct Common<T> {
    pub(crate) receivers: Hooks,
    pub(crate) senders: Hooks,
    /// A sender found no room and may sleep.
    stalled: CachePadded<AtomicBool>,
    dropped: AtomicU64,
    stalls: AtomicU64,
    left: Left<T>,
}

/// Wakes the receivers when the last field of a sender goes, so that one that sleeps sees that the edge was closed.
pub(crate) struct WakeReceivers<T>(pub(crate) Arc<Common<T>>);

impl<T> Drop for WakeReceivers<T> {
    fn drop(&mut self) {
        self.0.receivers.wake();
    }
}

/// Wakes the senders when the last field of a receiver goes: there may be room now, or the edge may be closed.
pub(crate) struct WakeSenders<T>(pub(crate) Arc<Common<T>>);

impl<T> Drop for WakeSenders<T> {
    fn drop(&mut self) {
        self.0.senders.wake();
    }
}

/// Values of senders that were dropped while there was no room for them.
#[derive(Debug)]
struct Left<T> {
    // INVARIANT: how many were left, and how many of them were fetched.
    left: AtomicU64,
    fetched: AtomicU64,
    values: Mutex<Vec<T>>,
}

impl<T> Common<T> {
    pub(crate) fn new() -> Self {
        Self {
            receivers: Hooks::new(),
            senders: Hooks::new(),
            stalled: CachePadded::new(AtomicBool::new(false)),
            dropped: AtomicU64::new(0),
            stalls: AtomicU64::new(0),
            left: Left {
                left: AtomicU64::new(0),
                fetched: AtomicU64::new(0),
                values: Mutex::new(Vec::new()),
            },
        }
    }

    #[cold]
    pub(crate) fn count_dropped(&self) {
        // ORDERING: relaxed, a number to look at.
        self.dropped.fetch_add(1, Ordering::Relaxed);
    }

    #[cold]
    pub(crate) fn count_stall(&self) {
        // ORDERING: relaxed, a number to look at.
        self.stalls.fetch_add(1, Ordering::Relaxed);
    }

    /// Values that were dropped because there was no room, and stalls.
    pub(crate) fn counts(&self) -> (u64, u64) {
        // ORDERING: relaxed, numbers to look at.
        (self.dropped.load(Ordering::Relaxed), self.stalls.load(Ordering::Relaxed))
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

    /// Leaves a value to whoever receives.
    pub(crate) fn leave(&self, value: T) {
        let mut values = match self.left.values.lock() {
            Ok(values) => values,
            Err(poisoned) => poisoned.into_inner(),
        };
        values.push(value);
        // ORDERING: release pairs with the acquire of `has_left`: who sees it sees what the sender
        // pushed before.
        self.left.left.fetch_add(1, Ordering::Release);
    }

    /// Whether a sender has left values.
    #[inline(always)]
    pub(crate) fn has_left(&self) -> bool {
        // ORDERING: acquire pairs with the release of `leave`.
        let left = self.left.left.load(Ordering::Acquire);
        // ORDERING: relaxed, `fetch` looks again.
        left != 0 && left != self.left.fetched.load(Ordering::Relaxed)
    }

    /// A value that a sender left. None also if somebody else is just looking.
    #[cold]
    pub(crate) fn fetch(&self) -> Option<T> {
        let mut values = match self.left.values.try_lock() {
            Ok(values) => values,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return None,
        };
        if values.is_empty() {
            return None;
        }
        // ORDERING: relaxed, under the lock.
        self.left.fetched.fetch_add(1, Ordering::Relaxed);
        Some(values.remove(0))
    }

    /// How many values senders have left, and how many of them were fetched.
    pub(crate) fn left_counts(&self) -> (u64, u64) {
        // ORDERING: relaxed, numbers to look at.
        let fetched = self.left.fetched.load(Ordering::Relaxed);
        // ORDERING: relaxed, a number to look at.
        (self.left.left.load(Ordering::Relaxed), fetched)
    }
}
