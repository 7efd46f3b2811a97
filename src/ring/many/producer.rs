//! The end that pushes.

use std::fmt;
use std::marker::PhantomData;

use super::super::ends::Side;
use super::super::slots::SlotPtr;
use super::super::{Full, InSlot};
use super::shared::Shared;
use super::{Backoff, Count, Several, filled, free, look_again};
use crate::primitive::{Arc, Ordering};

/// The end of a ring that pushes. Each one belongs to one thread at a time; with [`Several`] it can
/// be cloned.
///
/// Dropping the last one closes the ring; the consumers still pop the rest.
pub struct ManyProducer<T, P: Count, C: Count> {
    slots: SlotPtr<T, InSlot>,
    mask: usize,
    // INVARIANT: the index of the next value if this producer is alone; unused otherwise.
    tail: usize,
    // INVARIANT: no index that is below it needs a look at the head of the only consumer. Unused
    // with several consumers, where the slots say who is done with them.
    limit: usize,
    shared: Arc<Shared<T>>,
    ends: PhantomData<(P, C)>,
}

// SAFETY: the slot pointer goes where the ring goes, which is `Send` if `T` is; a producer has no
// thread of its own, and `&ManyProducer` gives access to no value.
unsafe impl<T: Send, P: Count, C: Count> Send for ManyProducer<T, P, C> {}
// SAFETY: through `&ManyProducer` only atomics are read.
unsafe impl<T: Send, P: Count, C: Count> Sync for ManyProducer<T, P, C> {}

/// Slots that a producer claimed: it fills all of them, and nothing can come in between.
#[derive(Clone, Copy)]
struct Claim {
    index: usize,
    count: usize,
}

impl<T, P: Count, C: Count> ManyProducer<T, P, C> {
    pub(super) fn new(shared: Arc<Shared<T>>) -> Self {
        let limit = shared.start().wrapping_add(shared.capacity());
        Self::at(shared, limit)
    }

    fn at(shared: Arc<Shared<T>>, limit: usize) -> Self {
        let tail = shared.start();
        Self { slots: shared.slots(), mask: shared.capacity() - 1, tail, limit, shared, ends: PhantomData }
    }

    /// Pushes a value and publishes it. Never blocks.
    ///
    /// Costs one copy and one release store to the line that the consumers watch; with several
    /// producers also one atomic exchange, again for each one that another producer won.
    ///
    /// # Errors
    ///
    /// [`Full`] gives the value back if `capacity` values are inside. One that a consumer has begun
    /// to take out is inside until it has, and slots are used in order: while that consumer is
    /// interrupted, every push a lap later is refused, even if all other slots are empty.
    #[inline(always)]
    pub fn try_push(&mut self, value: T) -> Result<(), Full<T>> {
        match self.claim(1) {
            Some(claim) => {
                self.fill(claim.index, value);
                Ok(())
            }
            None => Err(Full(value)),
        }
    }

    /// Pushes as many of the values as there is room for, in order and with no other's in between,
    /// and returns how many.
    ///
    /// With several producers all of them together cost one atomic exchange.
    #[inline]
    pub fn push_slice(&mut self, values: &[T]) -> usize
    where
        T: Copy,
    {
        if values.is_empty() {
            return 0;
        }
        let Some(claim) = self.claim(values.len()) else { return 0 };
        for (lead, value) in values[..claim.count].iter().enumerate() {
            self.fill(claim.index.wrapping_add(lead), *value);
        }
        claim.count
    }

    /// Whether there is room for one more value. With one producer it stays true until the next push;
    /// with several another one may be faster.
    #[inline(always)]
    pub fn has_room(&mut self) -> bool {
        let mut tail = self.look_at_tail();
        loop {
            if self.room_at(tail, 1) != 0 {
                return true;
            }
            let now = self.look_at_tail();
            if now == tail {
                return false;
            }
            tail = now;
            look_again();
        }
    }

    /// Whether every consumer is gone, so that nobody will pop what is pushed.
    #[inline(always)]
    pub fn is_closed(&self) -> bool {
        self.shared.ends.is_gone(Side::Consumer)
    }

    /// How many values the ring holds at most.
    #[inline(always)]
    pub fn capacity(&self) -> usize {
        self.mask + 1
    }

    pub(super) const fn shared(&self) -> &Arc<Shared<T>> {
        &self.shared
    }

    pub(super) const fn slots(&self) -> SlotPtr<T, InSlot> {
        self.slots
    }

    /// The index of the next value, as far as it can be known.
    #[inline(always)]
    pub(super) fn look_at_tail(&self) -> usize {
        if P::ALONE {
            return self.tail;
        }
        // ORDERING: relaxed, the exchange says whether it was right; what is in the slots is
        // ordered by their numbers or by the head.
        self.shared.tail().load(Ordering::Relaxed)
    }

    /// Moves the tail past 1 to `most` slots that are free, if one is.
    #[inline(always)]
    fn claim(&mut self, most: usize) -> Option<Claim> {
        let mut index = self.look_at_tail();
        let mut backoff = Backoff::new();
        loop {
            let count = self.room_at(index, most);
            if count == 0 {
                let now = self.look_at_tail();
                if now == index {
                    return None;
                }
                index = now;
                look_again();
                continue;
            }
            let next = index.wrapping_add(count);
            if P::ALONE {
                self.tail = next;
                // ORDERING: relaxed, a number for who looks at the ring; the slots guard their values.
                self.shared.tail().store(next, Ordering::Relaxed);
                return Some(Claim { index, count });
            }
            // ORDERING: relaxed, the slots guard their values.
            match self.shared.tail().compare_exchange_weak(index, next, Ordering::Relaxed, Ordering::Relaxed)
            {
                Ok(_) => return Some(Claim { index, count }),
                Err(_) => {
                    backoff.lost();
                    index = self.look_at_tail();
                }
            }
        }
    }

    /// How many slots from `index` on are free, at most `most`. They stay free while the tail is
    /// `index`; that it is not is a reason for zero too.
    #[inline(always)]
    fn room_at(&mut self, index: usize, most: usize) -> usize {
        if C::ALONE {
            let room = self.limit.wrapping_sub(index);
            if room >= most && room <= self.capacity() {
                return most;
            }
            let room = look(&self.shared, index);
            if room != 0 {
                self.limit = index.wrapping_add(room);
            }
            return room.min(most);
        }
        let mut count = 0;
        while count < most && count <= self.mask && self.is_free(index.wrapping_add(count)) {
            count += 1;
        }
        count
    }

    /// Several consumers: whether the slot of that index was handed back.
    #[inline(always)]
    fn is_free(&self, index: usize) -> bool {
        // SAFETY: in-slot, masked below the capacity; `shared` keeps the slots alive.
        let number = unsafe { self.slots.sequence(index & self.mask) };
        // ORDERING: acquire pairs with the release of `ManyConsumer::empty`: the value was read
        // before the slot is written again.
        number.load(Ordering::Acquire) == free(index)
    }

    /// Writes and publishes the value of an index that was claimed, once.
    #[inline(always)]
    fn fill(&mut self, index: usize, value: T) {
        let slot = index & self.mask;
        // SAFETY: masked below the capacity; `shared` keeps the slots alive.
        let place = unsafe { self.slots.value(slot) };
        // SAFETY: the index was claimed when its slot was free, so that nobody else looks at it
        // before it is published. What was inside was moved out, never dropped.
        place.with_mut(|place| unsafe { place.cast::<T>().write(value) });
        // SAFETY: in-slot, masked below the capacity; `shared` keeps the slots alive.
        let number = unsafe { self.slots.sequence(slot) };
        // ORDERING: release pairs with the acquire of `ManyConsumer::is_filled`: whoever sees this
        // number sees the value beside it.
        number.store(filled(index), Ordering::Release);
    }
}

/// How much room the only consumer leaves behind `index`; zero too if the tail is past that.
///
/// Out of line: it runs once per lap, or while the ring is full anyway.
#[cold]
#[inline(never)]
fn look<T>(shared: &Shared<T>, index: usize) -> usize {
    // ORDERING: acquire pairs with the release of `ManyConsumer::hand_back`: the consumer has read
    // the slots before this head, and they may be written again.
    let head = shared.head().load(Ordering::Acquire);
    let depth = index.wrapping_sub(head);
    // An index that others have passed may be behind the head: no room for that one.
    if depth <= shared.capacity() { shared.capacity() - depth } else { 0 }
}

impl<T, C: Count> Clone for ManyProducer<T, Several, C> {
    fn clone(&self) -> Self {
        self.shared.ends.join(Side::Producer);
        Self::at(Arc::clone(&self.shared), self.limit)
    }
}

impl<T, P: Count, C: Count> Drop for ManyProducer<T, P, C> {
    fn drop(&mut self) {
        self.shared.leave(Side::Producer);
    }
}

impl<T, P: Count, C: Count> fmt::Debug for ManyProducer<T, P, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ManyProducer").field("ring", &self.shared).finish_non_exhaustive()
    }
}
