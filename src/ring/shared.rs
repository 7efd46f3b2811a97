//! What the two ends of a ring share.

use std::fmt;

use crossbeam_utils::CachePadded;

use super::RingError;
use super::layout::{Layout, is_in_slot};
use super::slots::{SlotPtr, Slots};
use crate::primitive::{AtomicU8, AtomicUsize, Ordering};

/// One end of a ring, as a bit of [`Shared::gone`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum End {
    Producer = 1,
    Consumer = 2,
}

/// Indices, flags and slots of one ring.
///
/// Indices count values from `start` on and wrap at the end of `usize`; slot numbers are their
/// low bits. Each index has a line of its own: a store to it disturbs nothing else.
pub(super) struct Shared<T, L: Layout> {
    // INVARIANT: the index of the next value that was not published yet. Only the producer
    // stores, and only in the indexed layout; in the other one the slots say it.
    tail: CachePadded<AtomicUsize>,
    // INVARIANT: the index of the next value to pop; head <= tail <= head + capacity, modulo
    // wrap-around. Only the consumer stores.
    head: CachePadded<AtomicUsize>,
    // INVARIANT: a bit per `End` that was dropped; bits are only ever set.
    gone: AtomicU8,
    // INVARIANT: zero, or the greatest depth that the producer made room for. Only the producer
    // stores.
    mark: AtomicUsize,
    // INVARIANT: the index of the value for which `mark` made room. Only the producer stores.
    marked_at: AtomicUsize,
    start: usize,
    slots: Slots<T, L>,
}

// SAFETY: values are handed from the producer's thread to the consumer's, which `T: Send` allows;
// no `&T` is ever shared, and everything else inside is atomic or constant.
unsafe impl<T: Send, L: Layout> Send for Shared<T, L> {}
// SAFETY: as above; slots are written by the one producer and read by the one consumer, and the
// indices keep the two apart.
unsafe impl<T: Send, L: Layout> Sync for Shared<T, L> {}

impl<T, L: Layout> Shared<T, L> {
    pub(super) fn new(capacity: usize, start: usize) -> Result<Self, RingError> {
        Ok(Self {
            tail: CachePadded::new(AtomicUsize::new(start)),
            head: CachePadded::new(AtomicUsize::new(start)),
            gone: AtomicU8::new(0),
            mark: AtomicUsize::new(0),
            marked_at: AtomicUsize::new(start),
            start,
            slots: Slots::new(capacity, start)?,
        })
    }

    pub(super) fn slots(&self) -> SlotPtr<T, L> {
        self.slots.first()
    }

    pub(super) fn capacity(&self) -> usize {
        self.slots.capacity()
    }

    pub(super) fn start(&self) -> usize {
        self.start
    }

    /// The consumer's index.
    #[inline(always)]
    pub(super) fn head(&self) -> &AtomicUsize {
        &self.head
    }

    /// The producer's index; only kept in the indexed layout.
    #[inline(always)]
    pub(super) fn tail(&self) -> &AtomicUsize {
        &self.tail
    }

    /// Notes that the value of index `at` will make the ring `mark` deep. For the producer.
    pub(super) fn set_mark(&self, mark: usize, at: usize) {
        // ORDERING: relaxed, ordered by the store below.
        self.marked_at.store(at, Ordering::Relaxed);
        // ORDERING: release pairs with the acquire of `high_water`.
        self.mark.store(mark, Ordering::Release);
    }

    /// The last mark, less one if the value for which it made room was not published.
    pub(super) fn high_water(&self) -> usize {
        // ORDERING: acquire pairs with the release of `set_mark`.
        let mark = self.mark.load(Ordering::Acquire);
        // ORDERING: relaxed, ordered by the load above; a later mark's index makes the result one
        // too small for the moment that it takes to set it.
        let at = self.marked_at.load(Ordering::Relaxed);
        let published = self.tail_from(self.head_now()).wrapping_sub(self.start);
        if published > at.wrapping_sub(self.start) { mark } else { mark.saturating_sub(1) }
    }

    /// Whether that end was dropped. What it did before is visible afterwards.
    #[inline(always)]
    pub(super) fn is_gone(&self, end: End) -> bool {
        // ORDERING: acquire pairs with the release half of `leave`.
        self.gone.load(Ordering::Acquire) & end as u8 != 0
    }

    /// Notes that `end` is dropped; the second end to leave drops the values that remain.
    pub(super) fn leave(&self, end: End) {
        // ORDERING: acquire and release, so that the second to leave sees all that the first did,
        // and so that `is_gone` does.
        let before = self.gone.fetch_or(end as u8, Ordering::AcqRel);
        if before != 0 {
            let head = self.head_now();
            let rest = Rest {
                slots: self.slots(),
                mask: self.capacity() - 1,
                next: head,
                end: self.tail_from(head),
            };
            drop(rest);
        }
    }

    /// The consumer's index, as anybody may read it.
    pub(super) fn head_now(&self) -> usize {
        // ORDERING: acquire pairs with the consumer's release of the slot, so that a tail that is
        // looked for afterwards is not older than this head.
        self.head.load(Ordering::Acquire)
    }

    /// The index after the last published value, given a `head` that was read before.
    ///
    /// The result is right at some moment between call and return. In the in-slot layout, which
    /// keeps no tail, the slots are searched: values are published in order, so that halving finds
    /// the last one in as many steps as the capacity has bits. The ends pay nothing for it.
    pub(super) fn tail_from(&self, head: usize) -> usize {
        if !is_in_slot::<T, L>() {
            // ORDERING: acquire pairs with the producer's release of the tail.
            return self.tail.load(Ordering::Acquire);
        }
        let mask = self.capacity() - 1;
        let (mut published, mut beyond) = (0, self.capacity() + 1);
        while beyond - published > 1 {
            let middle = published + (beyond - published) / 2;
            let expected = head.wrapping_add(middle);
            // SAFETY: the layout is in-slot, the mask keeps the slot below the capacity, and the
            // slots live as long as `self`.
            let sequence = unsafe { self.slots().sequence(expected.wrapping_sub(1) & mask) };
            // ORDERING: acquire pairs with the producer's release of the slot, so that the second
            // to leave sees the values that it drops.
            let lead = sequence.load(Ordering::Acquire).wrapping_sub(expected);
            // A slot that was filled again since `head` was read is ahead, not behind.
            if lead <= usize::MAX / 2 {
                published = middle;
            } else {
                beyond = middle;
            }
        }
        head.wrapping_add(published)
    }
}

impl<T, L: Layout> fmt::Debug for Shared<T, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = self.head_now();
        f.debug_struct("Ring")
            .field("layout", &super::choice::<T, L>().layout)
            .field("capacity", &self.capacity())
            .field("popped", &head.wrapping_sub(self.start))
            .field("pushed", &self.tail_from(head).wrapping_sub(self.start))
            .finish_non_exhaustive()
    }
}

/// The values that nobody popped. Dropping it drops each of them once.
struct Rest<T, L: Layout> {
    slots: SlotPtr<T, L>,
    mask: usize,
    next: usize,
    end: usize,
}

impl<T, L: Layout> Rest<T, L> {
    fn drop_values(&mut self) {
        /// Goes on with the values behind one whose drop panicked.
        struct GoOn<'r, T, L: Layout>(&'r mut Rest<T, L>);

        impl<T, L: Layout> Drop for GoOn<'_, T, L> {
            fn drop(&mut self) {
                self.0.drop_values();
            }
        }

        while self.next != self.end {
            // SAFETY: masked below the capacity; whoever drops the rest holds the ring.
            let value = unsafe { self.slots.value(self.next & self.mask) };
            self.next = self.next.wrapping_add(1);
            let go_on = GoOn(self);
            // SAFETY: published and never popped, so initialised; both ends are gone and the index
            // has moved past it, so that nobody else reads or drops it.
            value.with_mut(|value| unsafe { value.cast::<T>().drop_in_place() });
            std::mem::forget(go_on);
        }
    }
}

impl<T, L: Layout> Drop for Rest<T, L> {
    fn drop(&mut self) {
        if std::mem::needs_drop::<T>() {
            self.drop_values();
        }
    }
}
