//! An index ring: values in an array, two counters that say which are there.
//!
//! Each side keeps a copy of the other's counter and reads the real one only when the copy says
//! full or empty. For single words, of which a line holds several, and for values beyond a line.

use std::cell::UnsafeCell;
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Alone, Pop, Push};

/// The memory of a ring of `N` values, a power of two.
pub struct Ring<T, const N: usize> {
    /// How many were pushed, ever.
    pushed: Alone<AtomicUsize>,
    /// How many were popped, ever.
    popped: Alone<AtomicUsize>,
    slots: Box<[UnsafeCell<MaybeUninit<T>>; N]>,
}

// SAFETY: a slot is touched by one side at a time: the counters say by which.
unsafe impl<T: Send, const N: usize> Sync for Ring<T, N> {}

/// The end that pushes. Of its copies one is used.
#[derive(Clone, Copy)]
pub struct Producer<'r, T, const N: usize> {
    ring: &'r Ring<T, N>,
    slots: &'r [UnsafeCell<MaybeUninit<T>>; N],
    pushed: usize,
    /// What `pushed` may become before the other side is looked at.
    limit: usize,
}

/// The end that pops. Of its copies one is used.
#[derive(Clone, Copy)]
pub struct Consumer<'r, T, const N: usize> {
    ring: &'r Ring<T, N>,
    slots: &'r [UnsafeCell<MaybeUninit<T>>; N],
    pushed: usize,
    popped: usize,
}

// SAFETY: as for `Ring`: each slot belongs to one side at a time.
unsafe impl<T: Send, const N: usize> Send for Producer<'_, T, N> {}
// SAFETY: as above.
unsafe impl<T: Send, const N: usize> Send for Consumer<'_, T, N> {}

impl<T: Copy, const N: usize> Ring<T, N> {
    /// An empty ring. Its pages are touched here, not by the first message.
    pub fn new() -> Self {
        const { assert!(N.is_power_of_two()) };
        let slots: Box<[_]> = (0..N).map(|_| UnsafeCell::new(MaybeUninit::zeroed())).collect();
        let Ok(slots) = slots.try_into() else { unreachable!("N slots were made") };
        Self { pushed: Alone::default(), popped: Alone::default(), slots }
    }

    /// Both ends.
    pub fn ends(&mut self) -> (Producer<'_, T, N>, Consumer<'_, T, N>) {
        let ring = &*self;
        let producer = Producer { ring, slots: &ring.slots, pushed: 0, limit: N };
        (producer, Consumer { ring, slots: &ring.slots, pushed: 0, popped: 0 })
    }
}

impl<T, const N: usize> Ring<T, N> {
    /// What `pushed` may become now.
    #[cold]
    #[inline(never)]
    fn limit(&self) -> usize {
        // ORDERING: acquire pairs with the release of `pop`: the consumer is done with the slots.
        self.popped.0.load(Ordering::Acquire) + N
    }
}

impl<T: Copy, const N: usize> Push<T> for Producer<'_, T, N> {
    #[inline(always)]
    fn has_room(&mut self) -> bool {
        if self.pushed == self.limit {
            self.limit = self.ring.limit();
        }
        self.pushed != self.limit
    }

    #[inline(always)]
    fn push(&mut self, value: T) {
        let slot = self.slots[self.pushed % N].get();
        self.pushed += 1;
        // SAFETY: fewer than N values wait, so this slot is the producer's.
        unsafe { slot.write(MaybeUninit::new(value)) };
        // ORDERING: release pairs with the acquire of `pop`: the value is written.
        self.ring.pushed.0.store(self.pushed, Ordering::Release);
    }
}

impl<T: Copy, const N: usize> Pop<T> for Consumer<'_, T, N> {
    #[inline(always)]
    fn pop(&mut self) -> Option<T> {
        if self.pushed == self.popped {
            // ORDERING: acquire pairs with the release of `push`: the value is written.
            self.pushed = self.ring.pushed.0.load(Ordering::Acquire);
            if self.pushed == self.popped {
                return None;
            }
        }
        // SAFETY: there is a value.
        Some(unsafe { self.take() })
    }

    #[inline(always)]
    unsafe fn take(&mut self) -> T {
        let slot = self.slots[self.popped % N].get();
        self.popped += 1;
        // SAFETY: `pushed` is beyond this slot, so the producer leaves it alone.
        let value = unsafe { slot.read() };
        // ORDERING: release pairs with the acquire of `limit`: the slot was read.
        self.ring.popped.0.store(self.popped, Ordering::Release);
        // SAFETY: the producer wrote a value before it moved `pushed` beyond this slot.
        unsafe { value.assume_init() }
    }

    fn is_empty(&self) -> bool {
        // ORDERING: acquire pairs with the release of `push`.
        self.popped == self.ring.pushed.0.load(Ordering::Acquire)
    }
}
