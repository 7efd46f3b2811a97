//! The end that pops.

use std::fmt;
use std::marker::PhantomData;

use super::super::InSlot;
use super::super::ends::Side;
use super::super::slots::SlotPtr;
use super::shared::Shared;
use super::{Backoff, Count, One, Several, filled, free, is_behind, look_again};
use crate::primitive::{Arc, Ordering};

/// The end of a ring that pops. Each one belongs to one thread at a time; with [`Several`] it can be
/// cloned, and each value goes to one of them.
///
/// Dropping the last one closes the ring for the producers; what nobody popped is dropped when all
/// ends are.
pub struct ManyConsumer<T, P: Count, C: Count> {
    slots: SlotPtr<T, InSlot>,
    mask: usize,
    // INVARIANT: the index of the next value if this consumer is alone; ahead of the shared head by
    // what was not handed back. Unused otherwise.
    head: usize,
    shared: Arc<Shared<T>>,
    ends: PhantomData<(P, C)>,
}

// SAFETY: the slot pointer goes where the ring goes, which is `Send` if `T` is; a consumer has no
// thread of its own.
unsafe impl<T: Send, P: Count, C: Count> Send for ManyConsumer<T, P, C> {}
// SAFETY: through `&ManyConsumer` only atomics are read; no method gives out a `&T` for it.
unsafe impl<T: Send, P: Count, C: Count> Sync for ManyConsumer<T, P, C> {}

/// What is in a slot that is due.
enum Due {
    /// The value of that index.
    Filled,
    /// Nothing yet.
    Empty,
    /// The value of that index was taken by another end: the head is further.
    Past,
}

impl<T, P: Count, C: Count> ManyConsumer<T, P, C> {
    pub(super) fn new(shared: Arc<Shared<T>>) -> Self {
        let head = shared.start();
        Self { slots: shared.slots(), mask: shared.capacity() - 1, head, shared, ends: PhantomData }
    }

    /// Takes the oldest value, if there is one. Never blocks.
    ///
    /// Costs one copy and one release store; with several consumers also one atomic exchange, again
    /// for each one that another consumer won. What it waits for is the line that a producer writes,
    /// and nothing else. A value is not there before all that were claimed ahead of it are.
    #[inline(always)]
    pub fn try_pop(&mut self) -> Option<T> {
        let value = self.pop_deferred();
        if C::ALONE && value.is_some() {
            self.hand_back();
        }
        value
    }

    /// [`try_pop`](Self::try_pop), with the handing back of the slot left to
    /// [`hand_back`](Self::hand_back) if this consumer is alone.
    #[inline(always)]
    pub fn pop_deferred(&mut self) -> Option<T> {
        if C::ALONE {
            if !matches!(self.due(self.head), Due::Filled) {
                return None;
            }
            return Some(self.take());
        }
        let index = self.claim(1)?.index;
        Some(self.empty(index))
    }

    /// Gives the producers the room of all values that were popped. One release store, or nothing
    /// with several consumers, who give each slot back as they empty it.
    #[inline(always)]
    pub fn hand_back(&mut self) {
        if C::ALONE {
            // ORDERING: release pairs with the acquire of a producer's `look`: the values were read
            // before the slots are written again.
            self.shared.head().store(self.head, Ordering::Release);
        }
    }

    /// Whether a value waits. With one consumer it stays true until the next pop; with several
    /// another one may be faster.
    #[inline(always)]
    pub fn ready(&mut self) -> bool {
        let mut head = self.look_at_head();
        loop {
            match self.due(head) {
                Due::Filled => return true,
                Due::Empty => return false,
                Due::Past => {
                    look_again();
                    head = self.look_at_head();
                }
            }
        }
    }

    /// Takes the values that are visible, `max` at most, and returns how many.
    ///
    /// They are claimed together, by one atomic exchange with several consumers. If `each` panics, the
    /// values behind are dropped with several consumers, which counts them as taken out, and stay in the ring with one.
    #[inline]
    pub fn pop_batch(&mut self, max: usize, mut each: impl FnMut(T)) -> usize {
        if C::ALONE {
            /// Hands back also if `each` panics.
            struct HandBack<'c, T, P: Count, C: Count>(&'c mut ManyConsumer<T, P, C>);

            impl<T, P: Count, C: Count> Drop for HandBack<'_, T, P, C> {
                fn drop(&mut self) {
                    self.0.hand_back();
                }
            }

            let mut popped = 0;
            while popped < max && matches!(self.due(self.head), Due::Filled) {
                let batch = HandBack(self);
                // A capacity's worth at most, so that producers that wait for room do not wait for long.
                for _ in 0..batch.0.capacity().min(max - popped) {
                    if !matches!(batch.0.due(batch.0.head), Due::Filled) {
                        break;
                    }
                    popped += 1;
                    each(batch.0.take());
                }
            }
            return popped;
        }
        if max == 0 {
            return 0;
        }
        let Some(claim) = self.claim(max) else { return 0 };
        let count = claim.count;
        let mut batch = Batch { consumer: self, claim };
        while batch.claim.count != 0 {
            each(batch.next());
        }
        std::mem::forget(batch);
        count
    }

    /// Whether every producer is gone. What they pushed is visible once this returned true: the ring
    /// is drained when `is_closed` returned true and after that a pop returned nothing.
    #[inline(always)]
    pub fn is_closed(&self) -> bool {
        self.shared.ends.is_gone(Side::Producer)
    }

    /// How many values the ring holds at most.
    #[inline(always)]
    pub fn capacity(&self) -> usize {
        self.mask + 1
    }

    pub(super) const fn shared(&self) -> &Arc<Shared<T>> {
        &self.shared
    }

    /// The index of the next value, as far as it can be known.
    #[inline(always)]
    fn look_at_head(&self) -> usize {
        if C::ALONE {
            return self.head;
        }
        // ORDERING: relaxed, the exchange says whether it was right; the slots guard their values.
        self.shared.head().load(Ordering::Relaxed)
    }

    /// What is in the slot of that index.
    #[inline(always)]
    fn due(&self, index: usize) -> Due {
        let slot = index & self.mask;
        // SAFETY: in-slot, masked below the capacity; `shared` keeps the slots alive.
        let number = unsafe { self.slots.sequence(slot) };
        // ORDERING: acquire pairs with the release of `ManyProducer::fill`.
        let number = number.load(Ordering::Acquire);
        if number == filled(index) {
            return Due::Filled;
        }
        if is_behind(number, filled(index)) {
            self.slots.ask_for(slot);
            return Due::Empty;
        }
        Due::Past
    }

    /// Several consumers: moves the head past 1 to `most` slots that are filled, if one is.
    #[inline(always)]
    fn claim(&mut self, most: usize) -> Option<Claim> {
        let mut index = self.look_at_head();
        let mut backoff = Backoff::new();
        loop {
            match self.due(index) {
                Due::Empty => return None,
                Due::Past => {
                    look_again();
                    index = self.look_at_head();
                    continue;
                }
                Due::Filled => {}
            }
            let mut count = 1;
            while count < most
                && count <= self.mask
                && matches!(self.due(index.wrapping_add(count)), Due::Filled)
            {
                count += 1;
            }
            let next = index.wrapping_add(count);
            // ORDERING: release pairs with the acquire of `Shared::now`, so that who sees this head
            // sees the tail that was ahead of it. Relaxed if it fails, nothing was learnt.
            match self.shared.head().compare_exchange_weak(index, next, Ordering::Release, Ordering::Relaxed)
            {
                Ok(_) => return Some(Claim { index, count }),
                Err(_) => {
                    backoff.lost();
                    index = self.look_at_head();
                }
            }
        }
    }

    /// One consumer: moves the next value out of its slot, which is filled.
    #[inline(always)]
    fn take(&mut self) -> T {
        // SAFETY: masked below the capacity; `shared` keeps the slots alive.
        let place = unsafe { self.slots.value(self.head & self.mask) };
        self.head = self.head.wrapping_add(1);
        // SAFETY: the slot is filled, so initialised and left alone by the producers until the head
        // is handed back; this head has moved past it, so that it is read once.
        place.with(|place| unsafe { place.cast::<T>().read() })
    }

    /// Several consumers: moves the value out of the slot of an index that was claimed, once, and
    /// hands the slot back.
    #[inline(always)]
    fn empty(&mut self, index: usize) -> T {
        empty(self.slots, self.mask, index)
    }
}

/// Moves the value out of the slot of an index that was claimed, once, and hands the slot back.
#[inline(always)]
pub(super) fn empty<T>(slots: SlotPtr<T, InSlot>, mask: usize, index: usize) -> T {
    let slot = index & mask;
    // SAFETY: masked below the capacity; the caller's `shared` keeps the slots alive.
    let place = unsafe { slots.value(slot) };
    // SAFETY: the index was claimed when its slot was filled, so it is initialised, and nobody else
    // touches it before it is handed back.
    let value = place.with(|place| unsafe { place.cast::<T>().read() });
    // SAFETY: in-slot, masked below the capacity; the caller's `shared` keeps the slots alive.
    let number = unsafe { slots.sequence(slot) };
    // ORDERING: release pairs with the acquire of `ManyProducer::is_free`: the value was read before
    // the slot is written again.
    number.store(free(index.wrapping_add(mask).wrapping_add(1)), Ordering::Release);
    value
}

/// Slots that a consumer claimed: it empties all of them.
#[derive(Clone, Copy)]
struct Claim {
    index: usize,
    count: usize,
}

/// Claimed slots that are emptied whatever happens. What is dropped because a panic came in between was not popped.
struct Batch<'c, T, P: Count, C: Count> {
    consumer: &'c mut ManyConsumer<T, P, C>,
    claim: Claim,
}

impl<T, P: Count, C: Count> Batch<'_, T, P, C> {
    #[inline(always)]
    fn next(&mut self) -> T {
        let index = self.claim.index;
        self.claim = Claim { index: index.wrapping_add(1), count: self.claim.count - 1 };
        self.consumer.empty(index)
    }
}

impl<T, P: Count, C: Count> Drop for Batch<'_, T, P, C> {
    fn drop(&mut self) {
        /// Goes on with the values behind one whose drop panicked.
        struct GoOn<'b, 'c, T, P: Count, C: Count>(&'b mut Batch<'c, T, P, C>);

        impl<T, P: Count, C: Count> Drop for GoOn<'_, '_, T, P, C> {
            fn drop(&mut self) {
                while self.0.claim.count != 0 {
                    let go_on = GoOn(&mut *self.0);
                    drop(go_on.0.next());
                    std::mem::forget(go_on);
                }
            }
        }

        if self.claim.count != 0 {
            // ORDERING: release pairs with the acquire of `ManyWatch::counts`: the head was moved past them by the claim.
            self.consumer.shared.taken().fetch_add(self.claim.count, Ordering::Release);
        }
        drop(GoOn(self));
    }
}

impl<T, P: Count> ManyConsumer<T, P, One> {
    /// The oldest value, left where it is.
    #[inline(always)]
    pub fn peek(&mut self) -> Option<&T> {
        if !matches!(self.due(self.head), Due::Filled) {
            return None;
        }
        // SAFETY: masked below the capacity; `shared` keeps the slots alive.
        let place = unsafe { self.slots.value(self.head & self.mask) };
        // SAFETY: the slot is filled, so initialised, and the producers leave it alone until the
        // head has moved past it, for which `&mut self` is needed.
        Some(place.with(|place| unsafe { &*place.cast::<T>() }))
    }
}

impl<T, P: Count> Clone for ManyConsumer<T, P, Several> {
    fn clone(&self) -> Self {
        self.shared.ends.join(Side::Consumer);
        Self::new(Arc::clone(&self.shared))
    }
}

impl<T, P: Count, C: Count> Drop for ManyConsumer<T, P, C> {
    fn drop(&mut self) {
        // Whoever drops the values that are left begins at the shared head.
        self.hand_back();
        self.shared.leave(Side::Consumer);
    }
}

impl<T, P: Count, C: Count> fmt::Debug for ManyConsumer<T, P, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ManyConsumer").field("ring", &self.shared).finish_non_exhaustive()
    }
}
