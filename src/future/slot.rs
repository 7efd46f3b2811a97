//! Wakers that are left by who waits, for who changes something.

use std::fmt;
use std::sync::PoisonError;
use std::task::{Wake, Waker};

use crate::primitive::{AtomicBool, Mutex, Ordering, fence};

/// The wakers of those who wait for one thing.
///
/// Who waits leaves its waker and looks once more; who changes something looks for wakers afterwards. Between what
/// each does and what it looks at stands a `SeqCst` fence, so that one of the two sees the other. All are woken by a change, and
/// look again: who was woken alone might be gone, and with it the change.
#[derive(Default)]
pub(super) struct Slot {
    armed: AtomicBool,
    // Locked only to leave a waker and to take them.
    left: Mutex<Left>,
}

/// Wakers that a slot has room for from the beginning: who waits allocates nothing, even if it waits for the first time late.
const ROOM: usize = 4;

struct Left {
    last: u64,
    wakers: Vec<(u64, Waker)>,
    // Memory for the next wakers while those before are woken: who was woken leaves its waker again meanwhile.
    spare: Vec<(u64, Waker)>,
}

impl Default for Left {
    fn default() -> Self {
        Self { last: 0, wakers: Vec::with_capacity(ROOM), spare: Vec::with_capacity(ROOM) }
    }
}

/// Which of those who wait one is, once it has waited: it has one waker at a time.
#[derive(Debug, Default)]
pub(super) struct Key(Option<u64>);

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slot").field("armed", &self.armed).finish_non_exhaustive()
    }
}

impl Slot {
    /// Leaves a waker in place of the one before of the same `key`. The caller looks once more before it waits.
    pub(super) fn arm(&self, key: &mut Key, waker: &Waker) {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let key = *key.0.get_or_insert_with(|| {
            left.last += 1;
            left.last
        });
        let before = match left.wakers.iter_mut().find(|(known, _)| *known == key) {
            Some((_, kept)) if kept.will_wake(waker) => None,
            Some((_, kept)) => Some(std::mem::replace(kept, waker.clone())),
            None => {
                left.wakers.push((key, waker.clone()));
                None
            }
        };
        // ORDERING: release pairs with the acquire of `wake`; the fence is the one of the type's contract.
        self.armed.store(true, Ordering::Release);
        drop(left);
        fence(Ordering::SeqCst);
        // A foreign drop, which may do anything: not under the lock.
        drop(before);
    }

    /// Takes the waker of `key` back, if it waited.
    #[inline]
    pub(super) fn disarm(&self, key: &mut Key) {
        if let Some(key) = key.0.take() {
            self.forget(key);
        }
    }

    #[cold]
    fn forget(&self, key: u64) {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let found = left.wakers.iter().position(|(known, _)| *known == key);
        let waker = found.map(|index| left.wakers.swap_remove(index));
        drop(left);
        // As above.
        drop(waker);
    }

    /// Wakes those who wait, if anybody does. Costs a fence and a load if nobody does.
    #[inline]
    pub(super) fn wake(&self) {
        fence(Ordering::SeqCst);
        // ORDERING: relaxed, the fence orders it behind the change.
        if self.armed.load(Ordering::Relaxed) {
            self.wake_armed();
        }
    }

    #[cold]
    fn wake_armed(&self) {
        let mut wakers = {
            let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
            // ORDERING: relaxed, under the lock.
            self.armed.store(false, Ordering::Relaxed);
            let next = std::mem::take(&mut left.spare);
            std::mem::replace(&mut left.wakers, next)
        };
        for (_, waker) in wakers.drain(..) {
            waker.wake();
        }
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        if left.spare.capacity() == 0 {
            left.spare = wakers;
        }
    }
}

/// As a waker it wakes all, for what knows one waker alone.
impl Wake for Slot {
    fn wake(self: std::sync::Arc<Self>) {
        Self::wake(&self);
    }

    fn wake_by_ref(self: &std::sync::Arc<Self>) {
        Self::wake(self);
    }
}

#[cfg(all(test, loom))]
mod model;
