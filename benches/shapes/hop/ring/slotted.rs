//! A ring whose slots say themselves whether they are full: value and mark travel in one cache
//! line. For values below a line.
//!
//! Slots begin at every [`Line`], or for single words at every [`Quarter`] of one. With numbers in
//! place of marks, and a look at the other side's index once per lap, the two loops of the hop take
//! one instruction more.

use std::cell::UnsafeCell;
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Pop, Push};

/// Aligns slots to lines.
#[derive(Clone, Copy)]
#[repr(align(64))]
pub struct Line;

/// Packs four slots into a line.
#[derive(Clone, Copy)]
#[repr(align(16))]
pub struct Quarter;

struct Slot<T, A> {
    _begins_at: [A; 0],
    /// 1 while it holds a value, otherwise 0.
    full: AtomicUsize,
    value: UnsafeCell<MaybeUninit<T>>,
}

/// The memory of a ring of `N` values, a power of two.
pub struct Ring<T, const N: usize, A = Line>(Box<[Slot<T, A>; N]>);

// SAFETY: a slot's mark says which side may touch it.
unsafe impl<T: Send, const N: usize, A> Sync for Ring<T, N, A> {}

/// The end that pushes. Of its copies one is used.
#[derive(Clone, Copy)]
pub struct Producer<'r, T, const N: usize, A> {
    slots: &'r [Slot<T, A>; N],
    pushed: usize,
}

/// The end that pops. Of its copies one is used.
#[derive(Clone, Copy)]
pub struct Consumer<'r, T, const N: usize, A> {
    slots: &'r [Slot<T, A>; N],
    popped: usize,
}

// SAFETY: as for `Ring`: each slot belongs to one side at a time.
unsafe impl<T: Send, const N: usize, A> Send for Producer<'_, T, N, A> {}
// SAFETY: as above.
unsafe impl<T: Send, const N: usize, A> Send for Consumer<'_, T, N, A> {}

impl<T: Copy, const N: usize, A> Ring<T, N, A> {
    /// An empty ring. Its pages are touched here, not by the first message.
    pub fn new() -> Self {
        const { assert!(N.is_power_of_two()) };
        let touched = || Slot {
            _begins_at: [],
            full: AtomicUsize::new(0),
            value: UnsafeCell::new(MaybeUninit::zeroed()),
        };
        let slots: Box<[Slot<T, A>]> = (0..N).map(|_| touched()).collect();
        let Ok(slots) = slots.try_into() else { unreachable!("N slots were made") };
        Self(slots)
    }

    /// Both ends.
    pub fn ends(&mut self) -> (Producer<'_, T, N, A>, Consumer<'_, T, N, A>) {
        (Producer { slots: &self.0, pushed: 0 }, Consumer { slots: &self.0, popped: 0 })
    }
}

impl<T: Copy, const N: usize, A: Copy> Push<T> for Producer<'_, T, N, A> {
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

impl<T: Copy, const N: usize, A: Copy> Pop<T> for Consumer<'_, T, N, A> {
    #[inline(always)]
    fn pop(&mut self) -> Option<T> {
        if self.is_empty() {
            return None;
        }
        // SAFETY: it is not empty.
        Some(unsafe { self.take() })
    }

    #[inline(always)]
    unsafe fn take(&mut self) -> T {
        let slot = &self.slots[self.popped % N];
        self.popped += 1;
        // SAFETY: a full slot is the consumer's.
        let value = unsafe { slot.value.get().read() };
        // ORDERING: release pairs with the acquire of `has_room`: the value was read.
        slot.full.store(0, Ordering::Release);
        // SAFETY: the producer wrote a value before it marked the slot full.
        unsafe { value.assume_init() }
    }

    #[inline(always)]
    fn is_empty(&self) -> bool {
        // ORDERING: acquire pairs with the release of `push`: the value is written.
        self.slots[self.popped % N].full.load(Ordering::Acquire) == 0
    }
}
