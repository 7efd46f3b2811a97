//! A ring whose slots say themselves whether they are full: value and mark travel in one cache
//! line. For values below a line.

use std::cell::UnsafeCell;
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Pop, Push};

#[repr(align(64))]
struct Slot<T> {
    /// 1 while it holds a value, otherwise 0.
    full: AtomicUsize,
    value: UnsafeCell<MaybeUninit<T>>,
}

/// The memory of a ring of `N` values, a power of two.
pub struct Ring<T, const N: usize>(Box<[Slot<T>; N]>);

// SAFETY: a slot's mark says which side may touch it.
unsafe impl<T: Send, const N: usize> Sync for Ring<T, N> {}

/// The end that pushes. Of its copies one is used.
#[derive(Clone, Copy)]
pub struct Producer<'r, T, const N: usize> {
    slots: &'r [Slot<T>; N],
    pushed: usize,
}

/// The end that pops. Of its copies one is used.
#[derive(Clone, Copy)]
pub struct Consumer<'r, T, const N: usize> {
    slots: &'r [Slot<T>; N],
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
        let touched = || Slot { full: AtomicUsize::new(0), value: UnsafeCell::new(MaybeUninit::zeroed()) };
        let slots: Box<[Slot<T>]> = (0..N).map(|_| touched()).collect();
        let Ok(slots) = slots.try_into() else { unreachable!("N slots were made") };
        Self(slots)
    }

    /// Both ends.
    pub fn ends(&mut self) -> (Producer<'_, T, N>, Consumer<'_, T, N>) {
        (Producer { slots: &self.0, pushed: 0 }, Consumer { slots: &self.0, popped: 0 })
    }
}

impl<T: Copy, const N: usize> Push<T> for Producer<'_, T, N> {
    #[inline(always)]
    fn has_room(&mut self) -> bool {
        // ORDERING: acquire pairs with the release of `pop`: the value was read.
        self.slots[self.pushed % N].full.load(Ordering::Acquire) == 0
    }

    #[inline(always)]
    fn push(&mut self, value: T) {
        let slot = &self.slots[self.pushed % N];
        self.pushed += 1;
        // SAFETY: a free slot is the producer's.
        unsafe { slot.value.get().write(MaybeUninit::new(value)) };
        // ORDERING: release pairs with the acquire of `pop`: the value is written.
        slot.full.store(1, Ordering::Release);
    }
}

impl<T: Copy, const N: usize> Pop<T> for Consumer<'_, T, N> {
    #[inline(always)]
    fn pop(&mut self) -> Option<T> {
        let slot = &self.slots[self.popped % N];
        // ORDERING: acquire pairs with the release of `push`: the value is written.
        if slot.full.load(Ordering::Acquire) == 0 {
            return None;
        }
        self.popped += 1;
        // SAFETY: a full slot is the consumer's.
        let value = unsafe { slot.value.get().read() };
        // ORDERING: release pairs with the acquire of `has_room`: the value was read.
        slot.full.store(0, Ordering::Release);
        // SAFETY: the producer wrote a value before it marked the slot full.
        Some(unsafe { value.assume_init() })
    }

    fn is_empty(&self) -> bool {
        // ORDERING: acquire pairs with the release of `push`.
        self.slots[self.popped % N].full.load(Ordering::Acquire) == 0
    }
}
