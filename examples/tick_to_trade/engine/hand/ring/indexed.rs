//! An index ring: values in an array, two counters that say which are there. For values of several cache lines.
//!
//! Each side keeps a copy of the other's counter and reads the real one only when the copy says full or empty.

use std::cell::UnsafeCell;
use std::mem::MaybeUninit;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::Alone;

struct Shared<T, const N: usize> {
    /// How many were pushed, ever.
    pushed: Alone<AtomicUsize>,
    /// How many were taken, ever.
    taken: Alone<AtomicUsize>,
    slots: Box<[Slot<T>]>,
}

/// Aligned like [`Alone`], so that a snapshot's two lines are a pair that the processor fetches together.
#[repr(align(128))]
struct Slot<T>(UnsafeCell<MaybeUninit<T>>);

// SAFETY: a slot is touched by one side at a time: `pushed` and `taken` say by which.
unsafe impl<T: Send, const N: usize> Sync for Shared<T, N> {}

/// The side that pushes.
pub(in super::super) struct Producer<T, const N: usize> {
    shared: Arc<Shared<T, N>>,
    pushed: usize,
    taken: usize,
}

/// The side that takes.
pub(in super::super) struct Consumer<T, const N: usize> {
    shared: Arc<Shared<T, N>>,
    pushed: usize,
    taken: usize,
}

/// A ring of `N` values, a power of two. Its pages are touched here, not by the first message.
pub(in super::super) fn ring<T: Copy, const N: usize>() -> (Producer<T, N>, Consumer<T, N>) {
    const { assert!(N.is_power_of_two()) };
    let touched = || Slot(UnsafeCell::new(MaybeUninit::zeroed()));
    let slots = (0..N).map(|_| touched()).collect();
    let shared = Arc::new(Shared { pushed: Alone::default(), taken: Alone::default(), slots });
    (Producer { shared: shared.clone(), pushed: 0, taken: 0 }, Consumer { shared, pushed: 0, taken: 0 })
}

impl<T: Copy, const N: usize> Producer<T, N> {
    /// Pushes a value, or says that the ring is full.
    #[inline]
    pub(in super::super) fn push(&mut self, value: &T) -> bool {
        if self.pushed - self.taken == N {
            // ORDERING: Acquire, with the Release in `advance`: the consumer is done with the slot.
            self.taken = self.shared.taken.0.load(Ordering::Acquire);
            if self.pushed - self.taken == N {
                return false;
            }
        }
        let slot = self.shared.slots[self.pushed % N].0.get();
        // SAFETY: fewer than N values wait, so this slot is the producer's.
        unsafe { slot.write(MaybeUninit::new(*value)) };
        self.pushed += 1;
        // ORDERING: Release, with the Acquire in `front`: the value is written.
        self.shared.pushed.0.store(self.pushed, Ordering::Release);
        true
    }

    /// Whether the consumer has taken all that was pushed.
    pub(in super::super) fn all_taken(&mut self) -> bool {
        // ORDERING: Acquire, with the Release in `advance`.
        self.taken = self.shared.taken.0.load(Ordering::Acquire);
        self.taken == self.pushed
    }
}

impl<T: Copy, const N: usize> Consumer<T, N> {
    /// The oldest value, where it lies.
    #[inline]
    pub(in super::super) fn front(&mut self) -> Option<&T> {
        if self.pushed == self.taken {
            // ORDERING: Acquire, with the Release in `push`: the value is written.
            self.pushed = self.shared.pushed.0.load(Ordering::Acquire);
            if self.pushed == self.taken {
                return None;
            }
        }
        let slot = self.shared.slots[self.taken % N].0.get();
        // SAFETY: `pushed` is beyond this slot, so the producer leaves it alone until `advance`.
        let value = unsafe { &*slot };
        // SAFETY: the producer wrote a value before it moved `pushed` beyond this slot.
        Some(unsafe { value.assume_init_ref() })
    }

    /// Gives the oldest value's slot back; only after `front` has shown one.
    #[inline]
    pub(in super::super) fn advance(&mut self) {
        debug_assert_ne!(self.pushed, self.taken);
        self.taken += 1;
        // ORDERING: Release, with the Acquire in `push`: the slot was read.
        self.shared.taken.0.store(self.taken, Ordering::Release);
    }
}
