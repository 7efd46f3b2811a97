//! An end that reads.

use std::fmt;

use super::super::ends::Side;
use super::super::layout::Lines;
use super::super::slots::SlotPtr;
use super::position::Positions;
use super::producer::BroadcastJoin;
use super::shared::Shared;
use crate::primitive::{Arc, Ordering};

/// An end of a broadcast that reads every value. Belongs to one thread at a time.
///
/// A clone begins where its original stands. Dropping one lets the producer go on without it; the
/// ring is closed for the producer when the last one is gone.
pub struct BroadcastConsumer<T> {
    slots: SlotPtr<T, Lines>,
    mask: usize,
    // INVARIANT: the position of the next value; ahead of the gate only inside of `pop_batch`.
    cursor: usize,
    // INVARIANT: values before it, from the cursor on, are there; no further than the end of the cursor's line.
    seen: usize,
    gate: usize,
    begin: usize,
    shared: Arc<Shared<T>>,
}

// SAFETY: the slot pointer goes where the ring goes; a consumer has no thread of its own, and reads
// values on whatever thread it is, which `T: Sync` allows.
unsafe impl<T: Send + Sync> Send for BroadcastConsumer<T> {}
// SAFETY: through `&BroadcastConsumer` only atomics are read; no method gives out a `&T` for it.
unsafe impl<T: Send + Sync> Sync for BroadcastConsumer<T> {}

impl<T> BroadcastConsumer<T> {
    /// The consumer with which the ring begins, which was counted already.
    pub(super) fn first(shared: Arc<Shared<T>>) -> Self {
        let start = shared.start;
        // There is at least one gate, and nobody else has any.
        let gate = shared.gates.claim().unwrap_or_default();
        shared.gates.open_at(gate, start);
        Self::at(shared, gate, start)
    }

    /// A consumer that was counted, behind a gate that is open at `cursor`.
    pub(super) fn at(shared: Arc<Shared<T>>, gate: usize, cursor: usize) -> Self {
        let (slots, mask) = (shared.slots(), shared.mask());
        Self { slots, mask, cursor, seen: cursor, gate, begin: cursor, shared }
    }

    /// A copy of the next value, if there is one. Never blocks; if the clone panics, the value is
    /// still the next.
    ///
    /// Costs the clone, and one release store to a line that the producer reads once per lap; what it
    /// waits for is the line that the producer wrote, and nothing else.
    #[inline(always)]
    pub fn try_pop(&mut self) -> Option<T>
    where
        T: Clone,
    {
        let value = self.peek()?.clone();
        self.pass();
        Some(value)
    }

    /// Whether a value waits. Once true, it stays true until the next is read.
    #[inline(always)]
    pub fn ready(&mut self) -> bool {
        if self.cursor == self.seen {
            self.seen = self.look(self.cursor);
        }
        self.cursor != self.seen
    }

    /// Up to which position values are there, from `cursor` to the end of its line at most; `cursor` if there is none.
    #[inline(always)]
    fn look(&self, cursor: usize) -> usize {
        let slot = Positions::<T>::place(cursor).0 & self.mask;
        // SAFETY: in-slot, masked below the capacity; `shared` keeps the slots alive.
        let number = unsafe { self.slots.sequence(slot) };
        // ORDERING: acquire pairs with the release of `BroadcastProducer::fill`.
        let ahead = number.load(Ordering::Acquire).wrapping_sub(cursor);
        // That of a lap ago is behind.
        if ahead == 0 || ahead > usize::MAX / 2 {
            self.slots.ask_for(slot);
            return cursor;
        }
        // The number may be that of the next lap, which is in places of this line that this consumer has read.
        cursor.wrapping_add(ahead.min(Positions::<T>::next_line(cursor).wrapping_sub(cursor)))
    }

    /// The next value, left where it is, for this consumer and the others.
    #[inline(always)]
    pub fn peek(&mut self) -> Option<&T> {
        if !self.ready() {
            return None;
        }
        let (line, at) = Positions::<T>::place(self.cursor);
        // SAFETY: masked below the capacity, and a position that is a value's; `shared` keeps the slots alive.
        let place = unsafe { self.slots.value_of(line & self.mask, at) };
        // SAFETY: the slot is filled, so initialised, and the producer leaves it alone until this gate
        // is past it, for which `&mut self` is needed. Others only read it.
        Some(place.with(|place| unsafe { &*place.cast::<T>() }))
    }

    /// Goes past the value that [`peek`](Self::peek) shows. Does nothing if there is none.
    #[inline(always)]
    pub fn pass(&mut self) {
        if self.ready() {
            self.cursor = Positions::<T>::next(self.cursor);
            self.shared.gates.at(self.gate).pass(self.cursor);
        }
    }

    /// Shows every value that is there to `each`, `max` at most, and returns how many. The producer
    /// learns of it once per quarter of the capacity, and at the end.
    #[inline]
    pub fn pop_batch(&mut self, max: usize, mut each: impl FnMut(&T)) -> usize {
        /// Moves the gate on also if `each` panics.
        struct Pass<'c, T> {
            consumer: &'c mut BroadcastConsumer<T>,
            // INVARIANT: behind what `each` has returned from. Here, so that a loop can keep it in a register.
            cursor: usize,
        }

        impl<T> Drop for Pass<'_, T> {
            fn drop(&mut self) {
                (self.consumer.cursor, self.consumer.seen) = (self.cursor, self.cursor);
                self.consumer.shared.gates.at(self.consumer.gate).pass(self.cursor);
            }
        }

        let quarter = (self.capacity() / 4).max(1);
        let mut shown = 0;
        while shown < max && self.ready() {
            let cursor = self.cursor;
            let mut batch = Pass { consumer: self, cursor };
            let end = max.min(shown + quarter);
            while shown < end {
                let cursor = batch.cursor;
                let (line, first) = Positions::<T>::place(cursor);
                let mut last = Positions::<T>::VALUES;
                let mut next = Positions::<T>::next_line(cursor);
                // PERF: that a whole line is there is guessed by the processor, so that it begins with the next one
                // before it knows: `cargo run --release -- --only "8 B throughput"` in `benches/edge_rivals`.
                let seen = batch.consumer.look(cursor);
                if seen != next || end - shown < last - first {
                    let there = part_of_line(seen.wrapping_sub(cursor), last - first, end - shown);
                    if there == 0 {
                        break;
                    }
                    last = first + there;
                    next = Positions::<T>::at_value(cursor.wrapping_add(there));
                }
                for at in first..last {
                    // SAFETY: masked below the capacity, and a position that is a value's; `shared` keeps the slots alive.
                    let place = unsafe { batch.consumer.slots.value_of(line & batch.consumer.mask, at) };
                    // SAFETY: the value is there, and the producer leaves it alone until this gate is past it, which is
                    // after `each`. Others only read it.
                    place.with(|place| each(unsafe { &*place.cast::<T>() }));
                    batch.cursor = batch.cursor.wrapping_add(1);
                }
                batch.cursor = next;
                shown += last - first;
            }
        }
        shown
    }

    /// Whether the producer is gone. What it pushed is visible once this returned true.
    #[inline(always)]
    pub fn is_closed(&self) -> bool {
        self.shared.ends.is_gone(Side::Producer)
    }

    /// How many values a consumer may be behind at most.
    #[inline(always)]
    pub fn capacity(&self) -> usize {
        self.shared.capacity()
    }

    /// How many values this consumer read so far, modulo the range of `usize`.
    #[inline]
    pub fn popped(&self) -> usize {
        self.shared.values(self.begin, self.cursor)
    }

    /// How many values were pushed since this consumer began.
    #[inline]
    pub fn pushed(&self) -> usize {
        self.shared.values(self.begin, self.shared.tail())
    }

    /// What lets consumers join later, from any thread.
    pub fn joining(&self) -> BroadcastJoin<T> {
        BroadcastJoin::new(&self.shared)
    }

    pub(super) const fn shared(&self) -> &Arc<Shared<T>> {
        &self.shared
    }

    pub(super) const fn gate(&self) -> usize {
        self.gate
    }

    pub(super) const fn begin(&self) -> usize {
        self.begin
    }

    /// A consumer that begins where this one stands. None if every gate is taken; see
    /// [`BroadcastSettings::consumers`](super::BroadcastSettings::consumers). The gates are tried one
    /// after the other, so that while other consumers come and go it may be none although some gate
    /// was free at every moment.
    pub fn try_clone(&self) -> Option<Self> {
        let gate = self.shared.gates.claim()?;
        self.shared.gates.open_beside(gate, self.cursor);
        self.shared.ends.join(Side::Consumer);
        Some(Self::at(Arc::clone(&self.shared), gate, self.cursor))
    }
}

/// How many values are shown of a line that is not there as a whole, or not asked for. Out of line, so that where it is there the next
/// line does not wait for it.
#[cold]
#[inline(never)]
fn part_of_line(ahead: usize, rest: usize, asked: usize) -> usize {
    ahead.min(rest).min(asked)
}

impl<T> Drop for BroadcastConsumer<T> {
    fn drop(&mut self) {
        self.shared.gates.close(self.gate);
        if self.shared.ends.leave(Side::Consumer) {
            self.shared.drop_values();
        }
    }
}

impl<T> fmt::Debug for BroadcastConsumer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BroadcastConsumer")
            .field("ring", &self.shared)
            .field("popped", &self.popped())
            .finish_non_exhaustive()
    }
}
