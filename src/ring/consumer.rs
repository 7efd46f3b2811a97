//! The end that pops.

use std::fmt;

use super::layout::{Layout, is_in_slot};
use super::shared::{End, Shared};
use super::slots::SlotPtr;
use crate::primitive::{Arc, Ordering};

/// The end of a ring that pops. Belongs to one thread at a time.
///
/// Dropping it closes the ring for the producer; what nobody popped is dropped when both ends are.
pub struct Consumer<T, L: Layout> {
    slots: SlotPtr<T, L>,
    mask: usize,
    // INVARIANT: the index of the next value; ahead of the shared head only inside `pop_batch` and
    // between `pop_deferred` and `hand_back`.
    head: usize,
    // INVARIANT: indexed layout only: at most the published tail; everything before it is visible.
    visible: usize,
    shared: Arc<Shared<T, L>>,
}

// SAFETY: the slot pointer goes where the ring goes, which is `Send` if `T` is; a consumer has no
// thread of its own.
unsafe impl<T: Send, L: Layout> Send for Consumer<T, L> {}
// SAFETY: through `&Consumer` only atomics are read; no method gives out a `&T` for it.
unsafe impl<T: Send, L: Layout> Sync for Consumer<T, L> {}

impl<T, L: Layout> Consumer<T, L> {
    pub(super) fn new(shared: Arc<Shared<T, L>>) -> Self {
        let start = shared.start();
        Self { slots: shared.slots(), mask: shared.capacity() - 1, head: start, visible: start, shared }
    }

    /// Takes the oldest value, if there is one. Never blocks.
    ///
    /// Costs one copy, and one release store to a line that the producer reads once per lap; what
    /// it waits for is the line that the producer wrote, and nothing else.
    #[inline(always)]
    pub fn try_pop(&mut self) -> Option<T> {
        if !self.ready() {
            return None;
        }
        let value = self.take();
        self.hand_back();
        Some(value)
    }

    /// [`try_pop`](Self::try_pop), with the handing back of the slot left to
    /// [`hand_back`](Self::hand_back), so that it is done once for several values.
    ///
    /// A producer that found the ring full watches the line that handing back writes to. So long as
    /// it does, each such store costs the consumer as much as a hop.
    #[inline(always)]
    pub fn pop_deferred(&mut self) -> Option<T> {
        if is_in_slot::<T, L>() {
            let due = self.due();
            if due.is_filled() { Some(self.take_from(due)) } else { None }
        } else if self.ready() {
            Some(self.take())
        } else {
            None
        }
    }

    /// Whether a value waits. Once true, it stays true until the next pop.
    #[inline(always)]
    pub fn ready(&mut self) -> bool {
        if is_in_slot::<T, L>() { self.is_filled() } else { self.head != self.visible || self.refresh() }
    }

    /// The oldest value, left where it is.
    #[inline(always)]
    pub fn peek(&mut self) -> Option<&T> {
        if !self.ready() {
            return None;
        }
        // SAFETY: masked below the capacity; `shared` keeps the slots alive.
        let place = unsafe { self.slots.value(self.head & self.mask) };
        // SAFETY: the slot is ready, so it is initialised, and the producer leaves it alone until
        // it is handed back, for which `&mut self` is needed again.
        Some(place.with(|place| unsafe { &*place.cast::<T>() }))
    }

    /// Takes every value that is visible, `max` at most, in order, and returns how many.
    ///
    /// The slots are handed back together, by one store, after the last value; also if `each`
    /// panics, with the value that it was given counted as taken.
    #[inline]
    pub fn pop_batch(&mut self, max: usize, mut each: impl FnMut(T)) -> usize {
        /// Hands back also if `each` panics.
        struct HandBack<'c, T, L: Layout> {
            consumer: &'c mut Consumer<T, L>,
            before: usize,
        }

        impl<T, L: Layout> HandBack<'_, T, L> {
            #[inline(always)]
            fn taken(&self) -> usize {
                self.consumer.head.wrapping_sub(self.before)
            }
        }

        impl<T, L: Layout> Drop for HandBack<'_, T, L> {
            #[inline(always)]
            fn drop(&mut self) {
                if self.taken() != 0 {
                    self.consumer.hand_back();
                }
            }
        }

        let before = self.head;
        let batch = HandBack { consumer: self, before };
        if is_in_slot::<T, L>() {
            while batch.taken() < max && batch.consumer.is_filled() {
                each(batch.consumer.take());
            }
        } else {
            if max > batch.consumer.visible.wrapping_sub(before) {
                batch.consumer.refresh();
            }
            let end = before.wrapping_add(max.min(batch.consumer.visible.wrapping_sub(before)));
            while batch.consumer.head != end {
                each(batch.consumer.take());
            }
        }
        batch.taken()
    }

    /// Whether the producer is gone.
    ///
    /// Everything it ever pushed is visible once this returned true. So the ring is drained when
    /// `is_closed` returned true and *after that* [`try_pop`](Self::try_pop) returned `None`; in
    /// the other order a last value may slip in between.
    #[inline(always)]
    pub fn is_closed(&self) -> bool {
        self.shared.is_gone(End::Producer)
    }

    /// How many values the ring holds at most.
    #[inline(always)]
    pub fn capacity(&self) -> usize {
        self.mask + 1
    }

    /// How many values were popped so far. Exact, modulo the range of `usize`.
    #[inline]
    pub fn popped(&self) -> usize {
        self.head.wrapping_sub(self.shared.start())
    }

    pub(super) const fn shared(&self) -> &Arc<Shared<T, L>> {
        &self.shared
    }

    /// Where the next value is, or will be.
    #[inline(always)]
    const fn due(&self) -> Due<T, L> {
        Due { slots: self.slots, index: self.head, slot: self.head & self.mask }
    }

    /// In-slot: whether the next slot holds the value that is due.
    #[inline(always)]
    fn is_filled(&self) -> bool {
        self.due().is_filled()
    }

    /// Indexed: looks at the producer's index; whether something is visible.
    #[inline(always)]
    fn refresh(&mut self) -> bool {
        // ORDERING: acquire pairs with the release of `Producer::publish`.
        self.visible = self.shared.tail().load(Ordering::Acquire);
        let visible = self.head != self.visible;
        if !visible {
            self.slots.ask_for(self.head & self.mask);
        }
        visible
    }

    /// [`pop_deferred`](Self::pop_deferred), without a look.
    ///
    /// # Safety
    ///
    /// [`ready`](Self::ready) returned true, and nothing was popped since.
    #[inline(always)]
    pub(crate) unsafe fn pop_ready(&mut self) -> T {
        self.take()
    }

    /// Moves the next value out of its slot. Only after [`ready`](Self::ready) was true for it.
    #[inline(always)]
    fn take(&mut self) -> T {
        self.take_from(self.due())
    }

    /// The same, with the slot found.
    #[inline(always)]
    fn take_from(&mut self, due: Due<T, L>) -> T {
        self.head = due.index.wrapping_add(1);
        // SAFETY: masked below the capacity; `shared` keeps the slots alive.
        let place = unsafe { due.slots.value(due.slot) };
        // SAFETY: the slot is ready, so initialised and left alone by the producer; the head has
        // moved past it, so that it is read once.
        place.with(|place| unsafe { place.cast::<T>().read() })
    }

    /// Lets the producer write again to every slot of which the value was taken. One release store.
    #[inline(always)]
    pub fn hand_back(&mut self) {
        // ORDERING: release pairs with the acquire of `Producer::refresh`: the values were read
        // before the slots are written again.
        self.shared.head().store(self.head, Ordering::Release);
    }
}

/// Where a value is, or will be.
///
/// PERF: a look at a slot is ordered before what follows, so that a consumer that is not in registers would be read anew after it: this
/// is read once for the look and for the value.
struct Due<T, L: Layout> {
    slots: SlotPtr<T, L>,
    index: usize,
    // INVARIANT: below the capacity.
    slot: usize,
}

impl<T, L: Layout> Due<T, L> {
    /// In-slot: whether the slot holds the value.
    #[inline(always)]
    fn is_filled(&self) -> bool {
        // SAFETY: only called in the in-slot layout; below the capacity; the consumer keeps the slots alive.
        let sequence = unsafe { self.slots.sequence(self.slot) };
        // ORDERING: acquire pairs with the release of `Producer::fill`.
        let filled = sequence.load(Ordering::Acquire) == self.index.wrapping_add(1);
        if !filled {
            self.slots.ask_for(self.slot);
        }
        filled
    }
}

impl<T, L: Layout> Drop for Consumer<T, L> {
    fn drop(&mut self) {
        // Whoever drops the values that are left begins at the shared head.
        self.hand_back();
        self.shared.leave(End::Consumer);
    }
}

impl<T, L: Layout> fmt::Debug for Consumer<T, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Consumer").field("ring", &self.shared).finish_non_exhaustive()
    }
}
