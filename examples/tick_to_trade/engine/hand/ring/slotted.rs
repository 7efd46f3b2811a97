//! A ring whose slots say themselves whether they are full: value and mark travel in one cache line.
//! For values below a line.

use std::cell::UnsafeCell;
use std::mem::MaybeUninit;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering, fence};

#[repr(align(64))]
struct Slot<T> {
    /// 1 while it holds a value, otherwise 0.
    full: AtomicUsize,
    value: UnsafeCell<MaybeUninit<T>>,
}

struct Shared<T, const N: usize>(Box<[Slot<T>]>);

// SAFETY: a slot's mark says which side may touch it.
unsafe impl<T: Send, const N: usize> Sync for Shared<T, N> {}

/// The side that pushes.
pub(in super::super) struct Producer<T, const N: usize> {
    shared: Arc<Shared<T, N>>,
    pushed: usize,
}

/// The side that takes.
pub(in super::super) struct Consumer<T, const N: usize> {
    shared: Arc<Shared<T, N>>,
    taken: usize,
}

/// A ring of `N` values, a power of two. Its pages are touched here, not by the first message.
pub(in super::super) fn ring<T: Copy, const N: usize>() -> (Producer<T, N>, Consumer<T, N>) {
    const { assert!(N.is_power_of_two()) };
    const { assert!(size_of::<Slot<T>>() == 64, "a slot is one cache line") };
    let touched = || Slot { full: AtomicUsize::new(0), value: UnsafeCell::new(MaybeUninit::zeroed()) };
    let shared = Arc::new(Shared((0..N).map(|_| touched()).collect()));
    (Producer { shared: shared.clone(), pushed: 0 }, Consumer { shared, taken: 0 })
}

impl<T: Copy, const N: usize> Producer<T, N> {
    /// Pushes a value, or says that the ring is full.
    #[inline]
    pub(in super::super) fn push(&mut self, value: T) -> bool {
        let slot = &self.shared.0[self.pushed % N];
        // ORDERING: Acquire, with the Release in `pop`: the value was read.
        if slot.full.load(Ordering::Acquire) != 0 {
            return false;
        }
        // SAFETY: a free slot is the producer's.
        unsafe { slot.value.get().write(MaybeUninit::new(value)) };
        self.pushed += 1;
        // ORDERING: Release, with the Acquire in `pop`: the value is written.
        slot.full.store(1, Ordering::Release);
        true
    }
}

impl<T: Copy, const N: usize> Consumer<T, N> {
    /// Takes the oldest value.
    #[inline]
    pub(in super::super) fn pop(&mut self) -> Option<T> {
        let slot = &self.shared.0[self.taken % N];
        // ORDERING: Acquire, with the Release in `push`: the value is written.
        if slot.full.load(Ordering::Acquire) == 0 {
            return None;
        }
        // SAFETY: a full slot is the consumer's.
        let value = unsafe { slot.value.get().read() };
        self.taken += 1;
        // ORDERING: Release, with the Acquire in `push`: the value was read.
        slot.full.store(0, Ordering::Release);
        // SAFETY: the producer wrote a value before it marked the slot full.
        Some(unsafe { value.assume_init() })
    }

    /// Whether the producer is gone; what it pushed before may still be there.
    pub(in super::super) fn is_closed(&self) -> bool {
        let closed = Arc::strong_count(&self.shared) == 1;
        // ORDERING: Acquire, with the Release of the producer's last act, the drop of its share.
        fence(Ordering::Acquire);
        closed
    }
}
