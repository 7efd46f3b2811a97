//! The end that pushes, and the handle by which consumers join later.

use std::fmt;

use super::super::Full;
use super::super::ends::Side;
use super::super::layout::Lines;
use super::super::slots::SlotPtr;
use super::consumer::BroadcastConsumer;
use super::gates::Slowest;
use super::position::Positions;
use super::shared::Shared;
use crate::primitive::{Arc, Ordering};

/// The end of a broadcast that pushes. Belongs to one thread at a time.
///
/// Dropping it closes the ring; the consumers still read the rest.
pub struct BroadcastProducer<T> {
    slots: SlotPtr<T, Lines>,
    mask: usize,
    // INVARIANT: the position of the next value.
    tail: usize,
    // INVARIANT: at most a lap ahead of every gate.
    limit: usize,
    // INVARIANT: who was furthest behind at the last look.
    slowest: Slowest,
    shared: Arc<Shared<T>>,
}

// SAFETY: the slot pointer goes where the ring goes; a producer has no thread of its own, and drops
// values that were pushed on it and read on other threads.
unsafe impl<T: Send + Sync> Send for BroadcastProducer<T> {}
// SAFETY: through `&BroadcastProducer` only atomics are read.
unsafe impl<T: Send + Sync> Sync for BroadcastProducer<T> {}

impl<T> BroadcastProducer<T> {
    pub(super) fn new(shared: Arc<Shared<T>>) -> Self {
        let tail = shared.start;
        let limit = shared.position(shared.capacity());
        let slowest = Slowest { gate: usize::MAX, cursor: tail };
        Self { slots: shared.slots(), mask: shared.mask(), tail, limit, slowest, shared }
    }

    /// Pushes a value and publishes it to all consumers. Never blocks.
    ///
    /// Costs one copy, one release store to a line that the consumers watch, and the drop of the value
    /// that was in the slot a lap ago; the gates are looked at once per lap, as long as no consumer is
    /// a lap behind. Where there is no consumer, nobody sees the value.
    ///
    /// # Errors
    ///
    /// [`Full`] gives the value back if some consumer has `capacity` values to read, or is just joining;
    /// also if so many consumers are cloned just now that who is the slowest cannot be made out.
    #[inline(always)]
    pub fn try_push(&mut self, value: T) -> Result<(), Full<T>> {
        if !self.has_room() {
            return Err(Full(value));
        }
        self.fill(value);
        Ok(())
    }

    /// Whether there is room for one more value. Once true, it stays true until the next push.
    #[inline(always)]
    pub fn has_room(&mut self) -> bool {
        self.tail != self.limit || self.refresh()
    }

    /// Whether no consumer is left, nor anything by which one could join.
    #[inline(always)]
    pub fn is_closed(&self) -> bool {
        self.shared.ends.is_gone(Side::Consumer)
    }

    /// How many values a consumer may be behind at most.
    #[inline(always)]
    pub fn capacity(&self) -> usize {
        self.shared.capacity()
    }

    /// How many values were pushed so far, modulo the range of `usize`.
    #[inline]
    pub fn pushed(&self) -> usize {
        self.shared.count(self.tail)
    }

    /// What lets consumers join later, from any thread.
    pub fn joining(&self) -> BroadcastJoin<T> {
        BroadcastJoin::new(&self.shared)
    }

    pub(super) const fn shared(&self) -> &Arc<Shared<T>> {
        &self.shared
    }

    /// Looks at the gates, after the limit was reached.
    #[inline(always)]
    fn refresh(&mut self) -> bool {
        (self.slowest, self.limit) = look(&self.shared, self.tail, self.slowest);
        self.tail != self.limit
    }

    /// Writes and publishes the next value. There is room.
    #[inline(always)]
    fn fill(&mut self, value: T) {
        let (line, at) = Positions::<T>::place(self.tail);
        let slot = line & self.mask;
        // SAFETY: masked below the capacity, and a position that is a value's; `shared` keeps the slots alive.
        let place = unsafe { self.slots.value_of(slot, at) };
        let was_filled = std::mem::needs_drop::<T>() && self.shared.filled(self.tail) == self.mask + 1;
        self.tail = Positions::<T>::next(self.tail);
        // SAFETY: filled a lap ago, and moved out once, as it is overwritten next; every gate is past it.
        let before = was_filled.then(|| place.with(|place| unsafe { place.cast::<T>().read() }));
        // SAFETY: the tail was below the limit, so every gate is past what was in this slot, and no
        // consumer looks at it before it is published. What was inside was moved out or needs no drop.
        place.with_mut(|place| unsafe { place.cast::<T>().write(value) });
        // SAFETY: in-slot, masked below the capacity; `shared` keeps the slots alive.
        let number = unsafe { self.slots.sequence(slot) };
        // First the tail, so that whoever has read a value finds it counted as pushed.
        self.shared.set_tail(self.tail);
        // ORDERING: release pairs with the acquire of `BroadcastConsumer::ready`: whoever sees this
        // number sees the values before it in the line, and the tail past them.
        number.store(self.tail, Ordering::Release);
        // Behind the publishing: nobody waits for it, and the ring is whole if it panics.
        drop(before);
    }
}

/// Who is furthest behind, and how far the producer may go. Out of line: it runs once per lap, or while the ring is full anyway.
#[cold]
#[inline(never)]
fn look<T>(shared: &Shared<T>, tail: usize, before: Slowest) -> (Slowest, usize) {
    // While the one that holds the producer up does not move, the other lines are left alone.
    let holds_up = shared.values(before.cursor, tail) >= shared.capacity();
    if holds_up && shared.gates.is_still(before) {
        return (before, tail);
    }
    // Where it is not known who is the slowest, there may be no room.
    let Some(slowest) = shared.gates.look(tail) else { return (before, tail) };
    // A gate that is just being opened may be more than a lap behind, until its consumer has seen what
    // was announced.
    let lag = shared.values(slowest.cursor, tail).min(shared.capacity());
    (slowest, shared.position(shared.count(tail).wrapping_add(shared.capacity() - lag)))
}

impl<T> Drop for BroadcastProducer<T> {
    fn drop(&mut self) {
        if self.shared.ends.leave(Side::Producer) {
            self.shared.drop_values();
        }
    }
}

impl<T> fmt::Debug for BroadcastProducer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BroadcastProducer").field("ring", &self.shared).finish_non_exhaustive()
    }
}

/// Lets consumers join a broadcast, from any thread. While there is one, the ring is not closed for its
/// producer.
pub struct BroadcastJoin<T> {
    shared: Arc<Shared<T>>,
}

impl<T> BroadcastJoin<T> {
    pub(super) fn new(shared: &Arc<Shared<T>>) -> Self {
        shared.ends.join(Side::Consumer);
        Self { shared: Arc::clone(shared) }
    }

    /// A consumer that sees every value from now on: what is pushed after this has returned, and
    /// perhaps some of what is pushed meanwhile. None if every gate is taken; see
    /// [`BroadcastSettings::consumers`](super::BroadcastSettings::consumers). The gates are tried one
    /// after the other, so that while other consumers come and go it may be none although some gate
    /// was free at every moment.
    pub fn join(&self) -> Option<BroadcastConsumer<T>> {
        let gate = self.shared.gates.claim()?;
        let cursor = self.shared.gates.open(gate, self.shared.tail());
        self.shared.ends.join(Side::Consumer);
        Some(BroadcastConsumer::at(Arc::clone(&self.shared), gate, cursor))
    }
}

impl<T> Clone for BroadcastJoin<T> {
    fn clone(&self) -> Self {
        Self::new(&self.shared)
    }
}

impl<T> Drop for BroadcastJoin<T> {
    fn drop(&mut self) {
        if self.shared.ends.leave(Side::Consumer) {
            self.shared.drop_values();
        }
    }
}

impl<T> fmt::Debug for BroadcastJoin<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("BroadcastJoin").field(&self.shared).finish()
    }
}
