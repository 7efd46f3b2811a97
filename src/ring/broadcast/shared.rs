//! What all ends of a broadcast share.

use std::fmt;

use crossbeam_utils::CachePadded;

use super::super::RingError;
use super::super::ends::Ends;
use super::super::layout::Lines;
use super::super::slots::{SlotPtr, Slots};
use super::gates::Gates;
use super::position::Positions;
use crate::primitive::{AtomicUsize, Ordering};

/// Index, gates and slots of one broadcast.
///
/// Indices are [positions](Positions). The number of a line is the position behind the last value that was pushed into it: values
/// before it are there, and what is not past a gate is not written again.
pub(super) struct Shared<T> {
    // INVARIANT: the position of the next value to be pushed. Only the producer stores.
    tail: CachePadded<AtomicUsize>,
    pub(super) gates: Gates,
    pub(super) ends: Ends,
    // INVARIANT: the first position of a line.
    pub(super) start: usize,
    capacity: usize,
    slots: Slots<T, Lines>,
}

// SAFETY: values move from the producer's thread into the slots and are dropped on the thread of the
// last end, which `T: Send` allows.
unsafe impl<T: Send + Sync> Send for Shared<T> {}
// SAFETY: consumers on several threads hold `&T` of one slot at a time, which `T: Sync` allows; the
// producer writes to it only when every gate is past it.
unsafe impl<T: Send + Sync> Sync for Shared<T> {}

impl<T> Shared<T> {
    pub(super) fn new(capacity: usize, consumers: usize, start: usize) -> Result<Self, RingError> {
        let start = Positions::<T>::first_of_line(start);
        let lines = Positions::<T>::lines(capacity);
        Ok(Self {
            tail: CachePadded::new(AtomicUsize::new(start)),
            gates: Gates::new(consumers, start)?,
            ends: Ends::new(),
            start,
            capacity,
            slots: Slots::numbered(lines, Positions::<T>::place(start).0, |_| start)?,
        })
    }

    pub(super) fn slots(&self) -> SlotPtr<T, Lines> {
        self.slots.first()
    }

    /// How many lines there are, less one.
    pub(super) fn mask(&self) -> usize {
        self.slots.capacity() - 1
    }

    /// How many values a consumer may be behind at most; there may be more slots.
    pub(super) fn capacity(&self) -> usize {
        self.capacity
    }

    /// How many values are between two positions, the first of which is no later.
    pub(super) fn values(&self, from: usize, to: usize) -> usize {
        self.count(to).wrapping_sub(self.count(from))
    }

    /// How many values are before a position.
    pub(super) fn count(&self, position: usize) -> usize {
        Positions::<T>::count(position.wrapping_sub(self.start))
    }

    /// The position of the value that so many are before.
    pub(super) fn position(&self, count: usize) -> usize {
        self.start.wrapping_add(Positions::<T>::after(count))
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

    /// How many slots were filled so far, at most all. For values that are dropped, each of which has a slot of its own.
    pub(super) fn filled(&self, tail: usize) -> usize {
        self.count(tail).min(self.capacity())
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
                    // SAFETY: masked below the capacity, and a value that is dropped is alone in its slot; whoever calls holds the ring.
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
            .field("pushed", &self.count(self.tail()))
            .finish_non_exhaustive()
    }
}
