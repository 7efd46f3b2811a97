//! What all ends of a broadcast share.

use std::fmt;

use crossbeam_utils::CachePadded;

use super::super::ends::Ends;
use super::super::slots::{SlotPtr, Slots};
use super::super::{InSlot, RingError};
use super::gates::Gates;
use crate::primitive::{AtomicUsize, Ordering};

/// Index, gates and slots of one broadcast.
///
/// The number of a slot is that of its value's index plus one, so that the next lap's is told apart.
pub(super) struct Shared<T> {
    // INVARIANT: the index of the next value to be pushed. Only the producer stores.
    tail: CachePadded<AtomicUsize>,
    pub(super) gates: Gates,
    pub(super) ends: Ends,
    pub(super) start: usize,
    slots: Slots<T, InSlot>,
}

// SAFETY: values move from the producer's thread into the slots and are dropped on the thread of the
// last end, which `T: Send` allows.
unsafe impl<T: Send + Sync> Send for Shared<T> {}
// SAFETY: consumers on several threads hold `&T` of one slot at a time, which `T: Sync` allows; the
// producer writes to it only when every gate is past it.
unsafe impl<T: Send + Sync> Sync for Shared<T> {}

impl<T> Shared<T> {
    pub(super) fn new(capacity: usize, consumers: usize, start: usize) -> Result<Self, RingError> {
        Ok(Self {
            tail: CachePadded::new(AtomicUsize::new(start)),
            gates: Gates::new(consumers, start)?,
            ends: Ends::new(),
            start,
            slots: Slots::new(capacity, start)?,
        })
    }

    pub(super) fn slots(&self) -> SlotPtr<T, InSlot> {
        self.slots.first()
    }

    pub(super) fn capacity(&self) -> usize {
        self.slots.capacity()
    }

    /// For the producer, after it has written everything before, and before it publishes the last of it.
    #[inline(always)]
    pub(super) fn set_tail(&self, tail: usize) {
        // ORDERING: release pairs with the acquire of `tail`: who drops the values sees all of them.
        self.tail.store(tail, Ordering::Release);
    }

    pub(super) fn tail(&self) -> usize {
        // ORDERING: acquire pairs with the release of `set_tail`.
        self.tail.load(Ordering::Acquire)
    }

    /// How many slots were filled so far, at most all.
    pub(super) fn filled(&self, tail: usize) -> usize {
        tail.wrapping_sub(self.start).min(self.capacity())
    }

    /// Drops the values that lie in the slots. By the last of all ends.
    pub(super) fn drop_values(&self) {
        /// Goes on with the values behind one whose drop panicked.
        struct Rest<'s, T>(&'s Shared<T>, usize, usize);

        impl<T> Drop for Rest<'_, T> {
            fn drop(&mut self) {
                while self.2 != 0 {
                    let slot = self.1 & (self.0.capacity() - 1);
                    (self.1, self.2) = (self.1.wrapping_add(1), self.2 - 1);
                    // SAFETY: masked below the capacity; whoever calls holds the ring.
                    let value = unsafe { self.0.slots().value(slot) };
                    let go_on = Rest(self.0, self.1, self.2);
                    // SAFETY: filled, and dropped once, as the rest begins behind it; nobody is left
                    // who reads it.
                    value.with_mut(|value| unsafe { value.cast::<T>().drop_in_place() });
                    std::mem::forget(go_on);
                }
            }
        }

        if std::mem::needs_drop::<T>() {
            let tail = self.tail();
            let filled = self.filled(tail);
            drop(Rest(self, tail.wrapping_sub(filled), filled));
        }
    }
}

impl<T> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Broadcast")
            .field("capacity", &self.capacity())
            .field("pushed", &self.tail().wrapping_sub(self.start))
            .finish_non_exhaustive()
    }
}
