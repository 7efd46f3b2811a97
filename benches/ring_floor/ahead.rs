//! A ring of slots wider than a line, by hand: the number stands behind the payload, in the line that
//! is written last, and a consumer that waits asks for the other lines ahead of time.

use std::cell::UnsafeCell;
use std::mem::MaybeUninit;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crossbeam_utils::CachePadded;

use super::ends::{Pop, Push};

#[repr(C, align(64))]
struct Slot<T> {
    value: UnsafeCell<MaybeUninit<T>>,
    sequence: AtomicUsize,
}

struct Shared<T, const N: usize> {
    head: CachePadded<AtomicUsize>,
    slots: CachePadded<[Slot<T>; N]>,
}

// SAFETY: one producer and one consumer, kept apart by the sequence numbers and the head.
unsafe impl<T: Send, const N: usize> Sync for Shared<T, N> {}
// SAFETY: owns only values that may move.
unsafe impl<T: Send, const N: usize> Send for Shared<T, N> {}

pub(crate) struct Producer<T, const BACK: usize, const N: usize> {
    shared: Arc<Shared<T, N>>,
    tail: usize,
    head: usize,
}

pub(crate) struct Consumer<T, const BACK: usize, const N: usize> {
    shared: Arc<Shared<T, N>>,
    head: usize,
}

/// A ring whose head is handed back every `BACK` values.
pub(crate) fn ring<T: Copy, const BACK: usize, const N: usize>(
    fill: T,
) -> (Producer<T, BACK, N>, Consumer<T, BACK, N>) {
    let touched = |_| Slot { value: UnsafeCell::new(MaybeUninit::new(fill)), sequence: AtomicUsize::new(0) };
    let slots = CachePadded::new(std::array::from_fn(touched));
    let shared = Arc::new(Shared { head: CachePadded::default(), slots });
    (Producer { shared: shared.clone(), tail: 0, head: 0 }, Consumer { shared, head: 0 })
}

impl<T: Copy + Send, const BACK: usize, const N: usize> Push<T> for Producer<T, BACK, N> {
    #[inline(always)]
    fn try_push(&mut self, value: T) -> bool {
        if self.tail.wrapping_sub(self.head) == N {
            self.head = self.shared.head.load(Ordering::Acquire);
            if self.tail.wrapping_sub(self.head) == N {
                return false;
            }
        }
        let slot = &self.shared.slots[self.tail % N];
        // SAFETY: the consumer is done with this slot and waits for its sequence number.
        unsafe { slot.value.get().write(MaybeUninit::new(value)) };
        self.tail = self.tail.wrapping_add(1);
        slot.sequence.store(self.tail, Ordering::Release);
        true
    }
}

impl<T: Copy + Send, const BACK: usize, const N: usize> Pop<T> for Consumer<T, BACK, N> {
    #[inline(always)]
    fn try_pop(&mut self) -> Option<T> {
        let slot = &self.shared.slots[self.head % N];
        if slot.sequence.load(Ordering::Acquire) != self.head.wrapping_add(1) {
            for line in 0..size_of::<T>() / 64 {
                ask_for(slot.value.get().cast::<u8>().wrapping_add(64 * line));
            }
            return None;
        }
        // SAFETY: the sequence number says that it was written, and the producer waits.
        let value = unsafe { slot.value.get().read() };
        self.head = self.head.wrapping_add(1);
        if self.head.is_multiple_of(BACK) {
            self.shared.head.store(self.head, Ordering::Release);
        }
        // SAFETY: written before its sequence number.
        Some(unsafe { value.assume_init() })
    }
}

#[inline(always)]
fn ask_for(line: *const u8) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: part of the base instruction set of x86-64, and harmless for any address.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(line.cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = line;
}
