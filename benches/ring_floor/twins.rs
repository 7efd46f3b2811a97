//! Rings as they are written by hand for one program: capacity fixed by the compiler, no policy, no
//! close, no drop.

use std::cell::UnsafeCell;
use std::mem::MaybeUninit;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crossbeam_utils::CachePadded;

use super::ends::{Pop, Push};

/// Padded head and tail, each cached by the other side.
pub(crate) mod index {
    use super::{Arc, AtomicUsize, CachePadded, MaybeUninit, Ordering, Pop, Push, UnsafeCell};

    #[repr(C, align(128))]
    struct Slots<T, const N: usize>([UnsafeCell<MaybeUninit<T>>; N]);

    struct Shared<T, const N: usize> {
        tail: CachePadded<AtomicUsize>,
        head: CachePadded<AtomicUsize>,
        slots: Slots<T, N>,
    }

    // SAFETY: one producer and one consumer, kept apart by the indices.
    unsafe impl<T: Send, const N: usize> Sync for Shared<T, N> {}
    // SAFETY: owns only values that may move.
    unsafe impl<T: Send, const N: usize> Send for Shared<T, N> {}

    pub(crate) struct Producer<T, const N: usize> {
        shared: Arc<Shared<T, N>>,
        tail: usize,
        head: usize,
        /// Publish every so many values.
        burst: usize,
    }

    pub(crate) struct Consumer<T, const N: usize> {
        shared: Arc<Shared<T, N>>,
        head: usize,
        tail: usize,
    }

    pub(crate) fn ring<T: Copy, const N: usize>(fill: T, burst: usize) -> (Producer<T, N>, Consumer<T, N>) {
        let shared = Arc::new(Shared {
            tail: CachePadded::default(),
            head: CachePadded::default(),
            slots: Slots([const { UnsafeCell::new(MaybeUninit::uninit()) }; N]),
        });
        for slot in &shared.slots.0 {
            // SAFETY: nobody else has the ring yet.
            unsafe { slot.get().write_volatile(MaybeUninit::new(fill)) };
        }
        (Producer { shared: shared.clone(), tail: 0, head: 0, burst }, Consumer { shared, head: 0, tail: 0 })
    }

    impl<T: Copy + Send, const N: usize> Push<T> for Producer<T, N> {
        #[inline(always)]
        fn try_push(&mut self, value: T) -> bool {
            if self.tail.wrapping_sub(self.head) == N {
                self.head = self.shared.head.load(Ordering::Acquire);
                if self.tail.wrapping_sub(self.head) == N {
                    self.shared.tail.store(self.tail, Ordering::Release);
                    return false;
                }
            }
            // SAFETY: the consumer is done with this slot and waits for the tail.
            unsafe { self.shared.slots.0[self.tail % N].get().write(MaybeUninit::new(value)) };
            self.tail = self.tail.wrapping_add(1);
            if self.burst == 1 || self.tail.is_multiple_of(self.burst) {
                self.shared.tail.store(self.tail, Ordering::Release);
            }
            true
        }
    }

    impl<T: Copy + Send, const N: usize> Pop<T> for Consumer<T, N> {
        #[inline(always)]
        fn try_pop(&mut self) -> Option<T> {
            if self.head == self.tail {
                self.tail = self.shared.tail.load(Ordering::Acquire);
                if self.head == self.tail {
                    return None;
                }
            }
            // SAFETY: before the tail, so written, and the producer waits for the head.
            let value = unsafe { self.shared.slots.0[self.head % N].get().read() };
            self.head = self.head.wrapping_add(1);
            self.shared.head.store(self.head, Ordering::Release);
            // SAFETY: written before the tail moved past it.
            Some(unsafe { value.assume_init() })
        }
    }

    impl<T: Copy + Send, const N: usize> Consumer<T, N> {
        /// Takes everything visible, and moves the head once.
        #[inline(always)]
        pub(crate) fn drain(&mut self, mut each: impl FnMut(T)) -> usize {
            self.tail = self.shared.tail.load(Ordering::Acquire);
            let count = self.tail.wrapping_sub(self.head);
            while self.head != self.tail {
                // SAFETY: before the tail, so written, and the producer waits for the head.
                let value = unsafe { self.shared.slots.0[self.head % N].get().read() };
                self.head = self.head.wrapping_add(1);
                // SAFETY: written before the tail moved past it.
                each(unsafe { value.assume_init() });
            }
            if count != 0 {
                self.shared.head.store(self.head, Ordering::Release);
            }
            count
        }
    }
}

/// Payload and sequence number in one slot.
pub(crate) mod slot {
    use super::{Arc, AtomicUsize, CachePadded, MaybeUninit, Ordering, Pop, Push, UnsafeCell};

    /// The head is handed back every so many values.
    pub(crate) const EVERY_32: usize = 32;
    /// The sequence number itself is handed back, slot by slot, as in Vyukov's queue.
    pub(crate) const BY_SLOT: usize = 0;

    /// Slots begin at cache lines.
    #[derive(Clone, Copy)]
    #[repr(align(64))]
    pub(crate) struct Line;

    /// Several slots share a cache line: for single words.
    #[derive(Clone, Copy)]
    pub(crate) struct Packed;

    #[repr(C)]
    struct Slot<T, A> {
        _align: [A; 0],
        sequence: AtomicUsize,
        value: UnsafeCell<MaybeUninit<T>>,
    }

    struct Shared<T, A, const N: usize> {
        head: CachePadded<AtomicUsize>,
        slots: CachePadded<[Slot<T, A>; N]>,
    }

    // SAFETY: one producer and one consumer, kept apart by the sequence numbers and the head.
    unsafe impl<T: Send, A, const N: usize> Sync for Shared<T, A, N> {}
    // SAFETY: owns only values that may move.
    unsafe impl<T: Send, A, const N: usize> Send for Shared<T, A, N> {}

    pub(crate) struct Producer<T, A, const BACK: usize, const N: usize> {
        shared: Arc<Shared<T, A, N>>,
        tail: usize,
        head: usize,
    }

    pub(crate) struct Consumer<T, A, const BACK: usize, const N: usize> {
        shared: Arc<Shared<T, A, N>>,
        head: usize,
    }

    pub(crate) fn ring<T: Copy, A, const BACK: usize, const N: usize>(
        fill: T,
    ) -> (Producer<T, A, BACK, N>, Consumer<T, A, BACK, N>) {
        let slots = std::array::from_fn(|index| Slot {
            _align: [],
            sequence: AtomicUsize::new(if BACK == BY_SLOT { index } else { 0 }),
            value: UnsafeCell::new(MaybeUninit::new(fill)),
        });
        let shared = Arc::new(Shared { head: CachePadded::default(), slots: CachePadded::new(slots) });
        (Producer { shared: shared.clone(), tail: 0, head: 0 }, Consumer { shared, head: 0 })
    }

    impl<T: Copy + Send, A: Send, const BACK: usize, const N: usize> Push<T> for Producer<T, A, BACK, N> {
        #[inline(always)]
        fn try_push(&mut self, value: T) -> bool {
            let slot = &self.shared.slots[self.tail % N];
            if BACK == BY_SLOT {
                if slot.sequence.load(Ordering::Acquire) != self.tail {
                    return false;
                }
            } else if self.tail.wrapping_sub(self.head) == N {
                self.head = self.shared.head.load(Ordering::Acquire);
                if self.tail.wrapping_sub(self.head) == N {
                    return false;
                }
            }
            // SAFETY: the consumer is done with this slot and waits for its sequence number.
            unsafe { slot.value.get().write(MaybeUninit::new(value)) };
            self.tail = self.tail.wrapping_add(1);
            slot.sequence.store(self.tail, Ordering::Release);
            true
        }
    }

    impl<T: Copy + Send, A: Send, const BACK: usize, const N: usize> Pop<T> for Consumer<T, A, BACK, N> {
        #[inline(always)]
        fn try_pop(&mut self) -> Option<T> {
            let slot = &self.shared.slots[self.head % N];
            if slot.sequence.load(Ordering::Acquire) != self.head.wrapping_add(1) {
                return None;
            }
            // SAFETY: the sequence number says that it was written, and the producer waits.
            let value = unsafe { slot.value.get().read() };
            if BACK == BY_SLOT {
                slot.sequence.store(self.head.wrapping_add(N), Ordering::Release);
            }
            self.head = self.head.wrapping_add(1);
            if BACK != BY_SLOT && self.head.is_multiple_of(BACK) {
                self.shared.head.store(self.head, Ordering::Release);
            }
            // SAFETY: written before its sequence number.
            Some(unsafe { value.assume_init() })
        }
    }
}
