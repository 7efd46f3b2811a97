//! The memory of a ring: aligned to lines, touched before the first use.

use std::alloc::{self, alloc, dealloc};
use std::fmt;
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::ptr::NonNull;

use super::RingError;
use super::layout::{LINE, Layout, is_in_slot};
use super::shape::Shape;
use crate::primitive::{AtomicUsize, UnsafeCell};

/// The contents of a slot.
pub(super) type Value<T> = UnsafeCell<MaybeUninit<T>>;

/// The smallest page. Each is written once, so that no message pays for a page fault.
const PAGE: usize = 4096;

/// Owns the memory of the slots, not the values inside.
pub(super) struct Slots<T, L> {
    first: SlotPtr<T, L>,
    capacity: usize,
    memory: alloc::Layout,
}

/// Where the slots are. The ends keep a copy, which saves them a load per message.
pub(super) struct SlotPtr<T, L> {
    first: NonNull<u8>,
    holds: PhantomData<(*mut T, L)>,
}

impl<T, L> Clone for SlotPtr<T, L> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, L> Copy for SlotPtr<T, L> {}

impl<T, L: Layout> SlotPtr<T, L> {
    const SHAPE: Shape = Shape::of::<T, L>();

    /// The sequence number of a slot.
    ///
    /// # Safety
    ///
    /// - The layout is in-slot.
    /// - `slot` is below the capacity.
    /// - The [`Slots`] live for `'a`.
    #[inline(always)]
    pub(super) unsafe fn sequence<'a>(self, slot: usize) -> &'a AtomicUsize {
        debug_assert!(is_in_slot::<T, L>());
        // SAFETY: the caller promises layout, range and lifetime; the shape has a number there.
        unsafe { self.place(slot, Self::SHAPE.sequence) }
    }

    /// The value of a slot.
    ///
    /// # Safety
    ///
    /// - `slot` is below the capacity.
    /// - The [`Slots`] live for `'a`.
    #[inline(always)]
    pub(super) unsafe fn value<'a>(self, slot: usize) -> &'a Value<T>
    where
        T: 'a,
    {
        // SAFETY: the caller promises range and lifetime, and every slot has a first value.
        unsafe { self.value_of(slot, 0) }
    }

    /// A value of those that share the slot.
    ///
    /// # Safety
    ///
    /// - `slot` is below the capacity, and `value` below the values of a slot.
    /// - The [`Slots`] live for `'a`.
    #[inline(always)]
    pub(super) unsafe fn value_of<'a>(self, slot: usize, value: usize) -> &'a Value<T>
    where
        T: 'a,
    {
        debug_assert!(value < Self::SHAPE.values);
        // SAFETY: the caller promises range and lifetime; the shape has a value there.
        unsafe { self.place(slot, Self::SHAPE.value + value * size_of::<Value<T>>()) }
    }

    /// Asks for the lines of the value that the consumer does not watch, while it waits for it.
    ///
    /// They then travel together with the line that it watches, and not after it.
    #[inline(always)]
    pub(super) fn ask_for(self, slot: usize) {
        for line in 0..Self::SHAPE.lines_to_ask_for {
            let offset = slot * Self::SHAPE.stride + Self::SHAPE.value + line * LINE;
            prefetch(self.first.as_ptr().wrapping_add(offset));
        }
    }

    /// # Safety
    ///
    /// - The shape has an `S` at `offset`.
    /// - `slot` is below the capacity.
    /// - The [`Slots`] live for `'a`.
    #[inline(always)]
    unsafe fn place<'a, S>(self, slot: usize, offset: usize) -> &'a S {
        // SAFETY: in range, so inside the allocation.
        let place = unsafe { self.first.add(slot * Self::SHAPE.stride + offset) };
        // SAFETY: `Slots::new` wrote an `S` there, which lives for `'a` and is never moved.
        unsafe { place.cast().as_ref() }
    }
}

impl<T, L: Layout> Slots<T, L> {
    /// `capacity` slots, a power of two. The first value will have the index `start`.
    pub(super) fn new(capacity: usize, start: usize) -> Result<Self, RingError> {
        Self::numbered(capacity, start, |index| index.wrapping_add(1).wrapping_sub(capacity))
    }

    /// The same, with the sequence number that `number` gives to the slot of each of the first indices.
    pub(super) fn numbered(
        capacity: usize,
        start: usize,
        number: impl Fn(usize) -> usize,
    ) -> Result<Self, RingError> {
        let memory = Self::memory(capacity)?;
        let first = SlotPtr { first: allocate(memory)?, holds: PhantomData };
        if !is_in_slot::<T, L>() && cfg!(not(loom)) {
            // A bare slot that was never filled has no contents; loom's has its watcher.
            return Ok(Self { first, capacity, memory });
        }
        let shape = SlotPtr::<T, L>::SHAPE;
        for lead in 0..capacity {
            let index = start.wrapping_add(lead);
            let slot = index & (capacity - 1);
            for value in 0..shape.values {
                let offset = slot * shape.stride + shape.value + value * size_of::<Value<T>>();
                // SAFETY: `slot` is below the capacity that `memory` has room for.
                let place = unsafe { first.first.add(offset) };
                // SAFETY: inside the allocation, aligned by the shape, and nobody else's yet.
                unsafe { place.cast::<Value<T>>().write(UnsafeCell::new(MaybeUninit::uninit())) };
            }
            if is_in_slot::<T, L>() {
                // SAFETY: `slot` is below the capacity that `memory` has room for.
                let place = unsafe { first.first.add(slot * shape.stride + shape.sequence) };
                // SAFETY: inside the allocation, aligned by the shape, and nobody else's yet.
                unsafe { place.cast::<AtomicUsize>().write(AtomicUsize::new(number(index))) };
            }
        }
        Ok(Self { first, capacity, memory })
    }

    /// Where they are.
    pub(super) const fn first(&self) -> SlotPtr<T, L> {
        self.first
    }

    /// How many there are.
    pub(super) const fn capacity(&self) -> usize {
        self.capacity
    }

    fn memory(capacity: usize) -> Result<alloc::Layout, RingError> {
        let shape = SlotPtr::<T, L>::SHAPE;
        let too_large = RingError::TooLarge { capacity, slot_bytes: shape.stride };
        let bytes = shape.stride.checked_mul(capacity).ok_or(too_large)?;
        alloc::Layout::from_size_align(bytes, shape.align).map_err(|_| too_large)
    }
}

impl<T, L> Drop for Slots<T, L> {
    fn drop(&mut self) {
        // The slots themselves need no drop: under loom their watchers are leaked with the model.
        if self.memory.size() != 0 {
            // SAFETY: allocated by `allocate` with this layout; nothing refers to it any more.
            unsafe { dealloc(self.first.first.as_ptr(), self.memory) };
        }
    }
}

impl<T, L> fmt::Debug for Slots<T, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slots").field("capacity", &self.capacity).finish_non_exhaustive()
    }
}

/// Memory of that layout, each page of it written once.
fn allocate(memory: alloc::Layout) -> Result<NonNull<u8>, RingError> {
    let bytes = if memory.size() == 0 {
        // Slots without bytes need an address that is aligned, and nothing behind it.
        std::ptr::without_provenance_mut(memory.align())
    } else {
        // SAFETY: the size is not zero.
        unsafe { alloc(memory) }
    };
    let Some(first) = NonNull::new(bytes) else {
        return Err(RingError::OutOfMemory { bytes: memory.size() });
    };
    for offset in (0..memory.size()).step_by(PAGE) {
        // SAFETY: the offset is inside the allocation.
        let byte = unsafe { first.add(offset) };
        // SAFETY: inside the allocation and nobody else's yet. Volatile, so that it is not elided.
        unsafe { byte.write_volatile(0) };
    }
    Ok(first)
}

/// Asks for a line, without waiting for it and without reading it as far as Rust is concerned.
#[inline(always)]
fn prefetch(line: *const u8) {
    #[cfg(all(target_arch = "x86_64", not(loom), not(miri)))]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: part of the base instruction set of x86-64, and harmless for any address.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(line.cast()) };
    }
    #[cfg(not(all(target_arch = "x86_64", not(loom), not(miri))))]
    let _ = line;
}
