//! The end that pushes.

use std::fmt;

use super::layout::{Layout, is_in_slot};
use super::shared::{End, Shared};
use super::slots::SlotPtr;
use crate::primitive::{Arc, Ordering};

/// The ring had no room; gives the value back.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Full<T>(pub T);

impl<T> fmt::Debug for Full<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Full(..)")
    }
}

impl<T> fmt::Display for Full<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the ring is full; push again after the consumer has popped")
    }
}

impl<T> std::error::Error for Full<T> {}

/// The end of a ring that pushes. Belongs to one thread at a time.
///
/// Dropping it publishes what was deferred and closes the ring; the consumer still pops the rest.
pub struct Producer<T, L: Layout> {
    slots: SlotPtr<T, L>,
    mask: usize,
    // INVARIANT: the index of the next value; ahead of the published tail by what was deferred.
    tail: usize,
    // INVARIANT: no further ahead of the head than `mark`, so that a tail below it has room.
    limit: usize,
    // INVARIANT: the depth that the producer may reach without looking at the head: the capacity,
    // or while high water is observed the greatest depth seen.
    mark: usize,
    shared: Arc<Shared<T, L>>,
}

// SAFETY: the slot pointer goes where the ring goes, which is `Send` if `T` is; a producer has no
// thread of its own, and `&Producer` gives access to no value.
unsafe impl<T: Send, L: Layout> Send for Producer<T, L> {}
// SAFETY: through `&Producer` only atomics are read.
unsafe impl<T: Send, L: Layout> Sync for Producer<T, L> {}

impl<T, L: Layout> Producer<T, L> {
    pub(super) fn new(shared: Arc<Shared<T, L>>, observe_high_water: bool) -> Self {
        let start = shared.start();
        let capacity = shared.capacity();
        let mark = if observe_high_water { 0 } else { capacity };
        let limit = start.wrapping_add(mark);
        Self { slots: shared.slots(), mask: capacity - 1, tail: start, limit, mark, shared }
    }

    /// Pushes a value and publishes it, together with all that was deferred.
    ///
    /// Costs one copy and one release store to a line that the consumer watches; the consumer's
    /// index is looked at once per lap, as long as the ring does not run full. Never blocks.
    ///
    /// # Errors
    ///
    /// [`Full`] gives the value back if the consumer left no room.
    #[inline(always)]
    pub fn try_push(&mut self, value: T) -> Result<(), Full<T>> {
        match self.reserve() {
            Some(room) => {
                room.push(value);
                Ok(())
            }
            None => Err(Full(value)),
        }
    }

    /// Pushes a value and leaves the publishing to [`publish`](Self::publish).
    ///
    /// In the in-slot layout the value is visible at once, as nothing would be saved by waiting.
    ///
    /// # Errors
    ///
    /// [`Full`] gives the value back if the consumer left no room. What was deferred is published
    /// then, so that the consumer can make room.
    #[inline(always)]
    pub fn push_deferred(&mut self, value: T) -> Result<(), Full<T>> {
        match self.reserve() {
            Some(room) => {
                room.push_deferred(value);
                Ok(())
            }
            None => Err(Full(value)),
        }
    }

    /// Makes visible what was deferred. One release store, or nothing in the in-slot layout.
    ///
    /// Happens by itself when the ring is found full and when the producer is dropped.
    #[inline(always)]
    pub fn publish(&mut self) {
        if !is_in_slot::<T, L>() {
            // ORDERING: release pairs with the acquire of `Consumer::refresh`: whoever sees this
            // tail sees the values before it.
            self.shared.tail().store(self.tail, Ordering::Release);
        }
    }

    /// Pushes values until the ring is full or the iterator ends, publishes once, and returns how
    /// many were pushed.
    ///
    /// A value is only taken from the iterator when there is room for it.
    #[inline]
    pub fn push_batch(&mut self, values: impl IntoIterator<Item = T>) -> usize {
        /// Publishes also if the iterator panics.
        struct Publish<'p, T, L: Layout>(&'p mut Producer<T, L>);

        impl<T, L: Layout> Drop for Publish<'_, T, L> {
            fn drop(&mut self) {
                self.0.publish();
            }
        }

        let producer = Publish(self);
        let before = producer.0.tail;
        let mut values = values.into_iter();
        // An iterator that knows its end is not asked for more, so that no room is looked for in vain.
        while values.size_hint().1 != Some(0) {
            let Some(room) = producer.0.reserve() else { break };
            let Some(value) = values.next() else { break };
            room.push_deferred(value);
        }
        producer.0.tail.wrapping_sub(before)
    }

    /// Room for one value, if there is. The next push through it needs no second check.
    ///
    /// Without room, what was deferred is published, so that the consumer can make some.
    #[inline(always)]
    pub fn reserve(&mut self) -> Option<Room<'_, T, L>> {
        if self.has_room() { Some(Room { producer: self }) } else { None }
    }

    /// [`reserve`](Self::reserve) without a look.
    ///
    /// # Safety
    ///
    /// [`has_room`](Self::has_room) returned true, and nothing was pushed since.
    #[inline(always)]
    pub unsafe fn reserve_unchecked(&mut self) -> Room<'_, T, L> {
        Room { producer: self }
    }

    /// Whether there is room for one more value. Once true, it stays true until the next push:
    /// only the producer fills the ring.
    ///
    /// Without room, what was deferred is published, so that the consumer can make some.
    #[inline(always)]
    pub fn has_room(&mut self) -> bool {
        self.tail != self.limit || self.refresh()
    }

    /// Pushes and publishes a value for which [`has_room`](Self::has_room) said there is room.
    ///
    /// The check is not repeated against the consumer's index, only against the producer's own
    /// copy of it. [`reserve`](Self::reserve) does the same with no check at all.
    ///
    /// # Panics
    ///
    /// If the ring is full, which cannot be after `has_room` said otherwise.
    #[inline(always)]
    pub fn push_reserved(&mut self, value: T) {
        self.confirm_room();
        Room { producer: self }.push(value);
    }

    /// [`push_reserved`](Self::push_reserved) without publishing; see
    /// [`push_deferred`](Self::push_deferred).
    ///
    /// # Panics
    ///
    /// If the ring is full, which cannot be after `has_room` said otherwise.
    #[inline(always)]
    pub fn push_reserved_deferred(&mut self, value: T) {
        self.confirm_room();
        Room { producer: self }.push_deferred(value);
    }

    /// Whether the consumer is gone, so that nobody will pop what is pushed.
    #[inline(always)]
    pub fn is_closed(&self) -> bool {
        self.shared.is_gone(End::Consumer)
    }

    /// How many values the ring holds at most.
    #[inline(always)]
    pub fn capacity(&self) -> usize {
        self.mask + 1
    }

    /// How many values were pushed so far, deferred ones included. Exact, modulo the range of
    /// `usize`.
    #[inline]
    pub fn pushed(&self) -> usize {
        self.tail.wrapping_sub(self.shared.start())
    }

    pub(super) const fn shared(&self) -> &Arc<Shared<T, L>> {
        &self.shared
    }

    /// For how many values there is certainly room; the consumer is asked only if it is for none.
    #[inline(always)]
    pub(crate) fn certain_room(&mut self) -> usize {
        if self.has_room() { self.limit.wrapping_sub(self.tail) } else { 0 }
    }

    #[inline(always)]
    fn confirm_room(&mut self) {
        if self.tail == self.limit && !self.refresh() {
            no_room_was_reserved();
        }
    }

    /// Looks at the consumer's index, after the copy of it said that there may be no room.
    #[inline(always)]
    fn refresh(&mut self) -> bool {
        let seen = look(&*self.shared, self.tail, self.mark);
        if seen.room {
            self.mark = seen.mark;
            self.limit = seen.limit;
        } else {
            self.publish_if_deferred();
        }
        seen.room
    }

    /// [`publish`](Self::publish), but without a store when it would change nothing: a producer
    /// that spins on a full ring leaves the line of the tail alone.
    #[inline(always)]
    fn publish_if_deferred(&mut self) {
        // ORDERING: relaxed, the producer reads what it wrote itself.
        if !is_in_slot::<T, L>() && self.shared.tail().load(Ordering::Relaxed) != self.tail {
            self.publish();
        }
    }
}

/// What [`look`] saw.
#[derive(Clone, Copy)]
struct Seen {
    room: bool,
    mark: usize,
    limit: usize,
}

/// Where the producer may go from `tail`, by the consumer's index.
///
/// Out of line: it runs once per lap, or while the ring is full anyway. It is given values, not the
/// producer, so that a loop can keep that in registers.
#[cold]
#[inline(never)]
fn look<T, L: Layout>(shared: &Shared<T, L>, tail: usize, mark: usize) -> Seen {
    // ORDERING: acquire pairs with the release of `Consumer::hand_back`: the consumer has read
    // the slots before this head, and they may be written again.
    let head = shared.head().load(Ordering::Acquire);
    let depth = tail.wrapping_sub(head);
    if depth >= shared.capacity() {
        return Seen { room: false, mark, limit: tail };
    }
    let mut mark = mark;
    if depth >= mark {
        mark = depth + 1;
        shared.set_mark(mark, tail);
    }
    Seen { room: true, mark, limit: head.wrapping_add(mark) }
}

#[cold]
#[inline(never)]
fn no_room_was_reserved() -> ! {
    panic!("push_reserved on a full ring: call it only after has_room() returned true")
}

/// Room for one value in a ring, from [`Producer::reserve`].
#[must_use = "room that is not used is given up"]
pub struct Room<'p, T, L: Layout> {
    producer: &'p mut Producer<T, L>,
}

impl<T, L: Layout> Room<'_, T, L> {
    /// Pushes the value and publishes it, together with all that was deferred. Cannot fail.
    #[inline(always)]
    pub fn push(self, value: T) {
        self.producer.fill(value);
        self.producer.publish();
    }

    /// Pushes the value and leaves the publishing to [`Producer::publish`]. Cannot fail.
    #[inline(always)]
    pub fn push_deferred(self, value: T) {
        self.producer.fill(value);
    }
}

impl<T, L: Layout> Producer<T, L> {
    /// Writes the next slot. Only for [`Room`], whose existence says that the slot is free.
    #[inline(always)]
    fn fill(&mut self, value: T) {
        debug_assert_ne!(self.tail, self.limit, "a room was made without looking");
        let index = self.tail;
        let slot = index & self.mask;
        self.tail = index.wrapping_add(1);
        // SAFETY: masked below the capacity; `shared` keeps the slots alive.
        let place = unsafe { self.slots.value(slot) };
        // SAFETY: the tail was below the limit, so the consumer is done with this slot and does
        // not look at it before it is published. What was inside was moved out, never dropped.
        place.with_mut(|place| unsafe { place.cast::<T>().write(value) });
        if is_in_slot::<T, L>() {
            // SAFETY: the layout is in-slot, the slot is in range, and `shared` keeps it alive.
            let sequence = unsafe { self.slots.sequence(slot) };
            // ORDERING: release pairs with the acquire of `Consumer::is_filled`: whoever sees this
            // number sees the value beside it.
            sequence.store(self.tail, Ordering::Release);
        }
    }
}

impl<T, L: Layout> Drop for Producer<T, L> {
    fn drop(&mut self) {
        self.publish();
        self.shared.leave(End::Producer);
    }
}

impl<T, L: Layout> fmt::Debug for Producer<T, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Producer").field("ring", &self.shared).finish_non_exhaustive()
    }
}

impl<T, L: Layout> fmt::Debug for Room<'_, T, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Room").finish_non_exhaustive()
    }
}
