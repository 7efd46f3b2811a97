//! What all ends of a ring share.

use std::fmt;

use crossbeam_utils::CachePadded;

use super::super::ends::{Ends, Side};
use super::super::slots::{SlotPtr, Slots};
use super::super::{InSlot, RingError};
use super::{filled, free};
use crate::primitive::{AtomicUsize, Ordering};

/// Indices, ends and slots of one ring. Each index has a line of its own.
pub(super) struct Shared<T> {
    // INVARIANT: the index of the next value to be pushed. Only moved forward, by whoever then
    // fills the slots that it was moved past.
    tail: CachePadded<AtomicUsize>,
    // INVARIANT: the index of the next value to be popped; head <= tail <= head + capacity, modulo
    // wrap-around. Only moved forward, with several consumers by whoever then empties the slots that
    // it was moved past, with one by it after it has emptied them.
    head: CachePadded<AtomicUsize>,
    pub(super) ends: Ends,
    // INVARIANT: values that left the ring without being popped: a producer took them out again, or a batch was left by a panic.
    taken: AtomicUsize,
    start: usize,
    slots: Slots<T, InSlot>,
}

// SAFETY: values are handed from one thread to another, which `T: Send` allows; no `&T` is ever
// shared, and everything else inside is atomic or constant.
unsafe impl<T: Send> Send for Shared<T> {}
// SAFETY: as above; a slot is written by the one producer that moved the tail past it and read by
// the one consumer that moves the head past it, and its number or the head keeps the two apart.
unsafe impl<T: Send> Sync for Shared<T> {}

impl<T> Shared<T> {
    pub(super) fn new(capacity: usize, start: usize) -> Result<Self, RingError> {
        Ok(Self {
            tail: CachePadded::new(AtomicUsize::new(start)),
            head: CachePadded::new(AtomicUsize::new(start)),
            ends: Ends::new(),
            taken: AtomicUsize::new(0),
            start,
            slots: Slots::numbered(capacity, start, free)?,
        })
    }

    pub(super) fn slots(&self) -> SlotPtr<T, InSlot> {
        self.slots.first()
    }

    pub(super) fn capacity(&self) -> usize {
        self.slots.capacity()
    }

    pub(super) fn start(&self) -> usize {
        self.start
    }

    #[inline(always)]
    pub(super) fn tail(&self) -> &AtomicUsize {
        &self.tail
    }

    #[inline(always)]
    pub(super) fn head(&self) -> &AtomicUsize {
        &self.head
    }

    #[inline(always)]
    pub(super) fn taken(&self) -> &AtomicUsize {
        &self.taken
    }

    /// Notes that an end is dropped; the last of all ends drops the values that remain.
    pub(super) fn leave(&self, side: Side) {
        if self.ends.leave(side) {
            // ORDERING: relaxed, ordered by the exchange above.
            let (head, tail) = (self.head.load(Ordering::Relaxed), self.tail.load(Ordering::Relaxed));
            drop(Rest { slots: self.slots(), mask: self.capacity() - 1, next: head, end: tail });
        }
    }

    /// Head and tail at some moment between call and return, the head at an earlier one, so that it
    /// is never ahead.
    pub(super) fn now(&self) -> (usize, usize) {
        // ORDERING: acquire pairs with the release of `ManyConsumer`'s moving of the head, so that
        // the tail that is read next is not older.
        let head = self.head.load(Ordering::Acquire);
        // ORDERING: acquire, so that a reader's next readings are no older than this one.
        (head, self.tail.load(Ordering::Acquire))
    }
}

impl<T> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (head, tail) = self.now();
        f.debug_struct("ManyRing")
            .field("capacity", &self.capacity())
            .field("popped", &head.wrapping_sub(self.start))
            .field("pushed", &tail.wrapping_sub(self.start))
            .finish_non_exhaustive()
    }
}

/// The values that nobody popped. Dropping it drops each of them once.
struct Rest<T> {
    slots: SlotPtr<T, InSlot>,
    mask: usize,
    next: usize,
    end: usize,
}

impl<T> Rest<T> {
    fn drop_values(&mut self) {
        /// Goes on with the values behind one whose drop panicked.
        struct GoOn<'r, T>(&'r mut Rest<T>);

        impl<T> Drop for GoOn<'_, T> {
            fn drop(&mut self) {
                self.0.drop_values();
            }
        }

        while self.next != self.end {
            let slot = self.next & self.mask;
            // SAFETY: in-slot, masked below the capacity; whoever drops the rest holds the ring.
            let number = unsafe { self.slots.sequence(slot) };
            // ORDERING: relaxed, ordered by the exchange in `leave`.
            debug_assert_eq!(number.load(Ordering::Relaxed), filled(self.next), "a claim was left open");
            // SAFETY: masked below the capacity; whoever drops the rest holds the ring.
            let value = unsafe { self.slots.value(slot) };
            self.next = self.next.wrapping_add(1);
            let go_on = GoOn(self);
            // SAFETY: between head and tail, and no producer is left that has not filled what it
            // claimed, so initialised; all ends are gone, so that nobody else reads or drops it.
            value.with_mut(|value| unsafe { value.cast::<T>().drop_in_place() });
            std::mem::forget(go_on);
        }
    }
}

impl<T> Drop for Rest<T> {
    fn drop(&mut self) {
        if std::mem::needs_drop::<T>() {
            self.drop_values();
        }
    }
}
