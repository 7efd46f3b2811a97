//! A waker that is left by who waits, for who changes something.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::task::Waker;

use crate::primitive::{AtomicBool, Ordering, fence};

/// One waiter's waker.
///
/// Who waits leaves its waker and looks once more; who changes something looks for a waker afterwards. Between what
/// each does and what it looks at stands a `SeqCst` fence, so that one of the two sees the other.
#[derive(Default)]
pub(super) struct Slot {
    armed: AtomicBool,
    // Locked only to leave a waker and to take one.
    waker: Mutex<Option<Waker>>,
}

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slot").field("armed", &self.armed).finish_non_exhaustive()
    }
}

impl Slot {
    /// Leaves a waker. The caller looks once more before it waits.
    pub(super) fn arm(&self, waker: &Waker) {
        let mut place = self.waker.lock().unwrap_or_else(PoisonError::into_inner);
        let before = match &*place {
            Some(kept) if kept.will_wake(waker) => None,
            _ => place.replace(waker.clone()),
        };
        // ORDERING: release pairs with the acquire of `wake`; the fence is the one of the type's contract.
        self.armed.store(true, Ordering::Release);
        drop(place);
        fence(Ordering::SeqCst);
        // A foreign drop, which may do anything: not under the lock.
        drop(before);
    }

    /// Wakes who waits, if anybody does. Costs a fence and a load if nobody does.
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
        let waker = {
            let mut place = self.waker.lock().unwrap_or_else(PoisonError::into_inner);
            // ORDERING: relaxed, under the lock.
            self.armed.store(false, Ordering::Relaxed);
            place.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

#[cfg(all(test, loom))]
mod model;
