//! The memory of a ring: aligned to lines, touched before the first use.

use std::alloc::{self, alloc, dealloc};
use std::fmt;
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::ptr::NonNull;

use super::RingError;
use super::layout::{Layout, is_in_slot};
use crate::sync::{AtomicUsize, UnsafeCell};

/// A slot with its sequence number: the layout of [`InSlot`](super::InSlot).
#[repr(C, align(64))]
pub(super) struct Sequenced<T> {
    // INVARIANT: the index of the value inside, plus one; before the first lap, what it would be
    // if the value of one lap earlier were inside. Only the producer stores.
    sequence: AtomicUsize,
    value: Value<T>,
}

/// A bare slot: the layout of [`Indexed`](super::Indexed).
pub(super) type Value<T> = UnsafeCell<MaybeUninit<T>>;

/// Slots begin at a pair of lines, which is what the hardware prefetches.
const ALIGN: usize = 128;

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
    const SLOT: alloc::Layout = if is_in_slot::<T, L>() {
        alloc::Layout::new::<Sequenced<T>>()
    } else {
        alloc::Layout::new::<Value<T>>()
    };

    /// The sequence number of a slot.
    ///
    /// # Safety
    ///
    /// - The layout is in-slot.
    /// - `slot` is below the capacity.
    /// - The [`Slots`] live for `'a`.
    #[inline(always)]
    pub(super) unsafe fn sequence<'a>(self, slot: usize) -> &'a AtomicUsize
    where
        T: 'a,
    {
        debug_assert!(is_in_slot::<T, L>());
        // SAFETY: the caller promises layout, range and lifetime.
        let place = unsafe { self.place::<Sequenced<T>>(slot) };
        &place.sequence
    }

    /// The value of a slot.
    ///
    /// # Safety
    ///
    /// - `slot` is below the capacity.
    /// - The [`Slots`] live for `'a`.
    #[inline(always)]
    pub(super) unsafe fn value<'a>(self, slot: usize) -> &'a Value<T> {
        if is_in_slot::<T, L>() {
            // SAFETY: the layout is in-slot; the caller promises range and lifetime.
            let place = unsafe { self.place::<Sequenced<T>>(slot) };
            &place.value
        } else {
            // SAFETY: the layout is indexed; the caller promises range and lifetime.
            unsafe { self.place::<Value<T>>(slot) }
        }
    }

    /// # Safety
    ///
    /// - `S` is the slot of this layout.
    /// - `slot` is below the capacity.
    /// - The [`Slots`] live for `'a`.
    #[inline(always)]
    unsafe fn place<'a, S>(self, slot: usize) -> &'a S {
        // SAFETY: in range, so inside the allocation.
        let place = unsafe { self.first.cast::<S>().add(slot) };
        // SAFETY: `Slots::new` wrote an `S` there, which lives for `'a` and is never moved.
        unsafe { place.as_ref() }
    }
}

impl<T, L: Layout> Slots<T, L> {
    /// `capacity` slots, a power of two. The first value will have the index `start`.
    pub(super) fn new(capacity: usize, start: usize) -> Result<Self, RingError> {
        let memory = Self::memory(capacity)?;
        let first = SlotPtr { first: allocate(memory)?, holds: PhantomData };
        if !is_in_slot::<T, L>() && cfg!(not(loom)) {
            // A bare slot that was never filled has no contents; loom's has its watcher.
            return Ok(Self { first, capacity, memory });
        }
        for offset in 0..capacity {
            let index = start.wrapping_add(offset);
            let slot = index & (capacity - 1);
            let value = UnsafeCell::new(MaybeUninit::uninit());
            if is_in_slot::<T, L>() {
                let sequence = AtomicUsize::new(index.wrapping_add(1).wrapping_sub(capacity));
                // SAFETY: `slot` is below the capacity that `memory` has room for.
                let place = unsafe { first.first.cast::<Sequenced<T>>().add(slot) };
                // SAFETY: inside the allocation, aligned by `memory`, and nobody else's yet.
                unsafe { place.write(Sequenced { sequence, value }) };
            } else {
                // SAFETY: `slot` is below the capacity that `memory` has room for.
                let place = unsafe { first.first.cast::<Value<T>>().add(slot) };
                // SAFETY: inside the allocation, aligned by `memory`, and nobody else's yet.
                unsafe { place.write(value) };
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
        let slot = SlotPtr::<T, L>::SLOT;
        let too_large = RingError::TooLarge { capacity, slot_bytes: slot.size() };
        let bytes = slot.size().checked_mul(capacity).ok_or(too_large)?;
        alloc::Layout::from_size_align(bytes, slot.align().max(ALIGN)).map_err(|_| too_large)
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
