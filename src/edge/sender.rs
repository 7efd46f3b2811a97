//! The upstream end of an edge.

use std::fmt;
use std::sync::Arc;

use super::forward::push_as_without_the_trait;
use super::stats::{EdgeStats, Tally};
use super::{Overflow, Push};
use crate::ring::{Auto, Full, Layout, Producer};

/// What became of a pushed value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a value that came back is lost unless it is pushed again"]
pub enum Pushed<T> {
    /// It is in the edge.
    Ok,
    /// There is no room, or not yet, and the policy is to wait: here it is again.
    Full(T),
    /// There was no room and the policy is to drop the newest: it was dropped and counted.
    Dropped,
    /// There was no room and the policy is to fail, or the edge has broken: here it is again.
    Failed(T),
}

/// The upstream end of an edge. Belongs to one thread at a time.
///
/// Dropping it closes the edge; the receiver still pops what is inside.
pub struct EdgeSender<T, L: Layout = Auto> {
    ring: Producer<T, L>,
    policy: Overflow,
    // INVARIANT: what `pushed` said at the last stall, plus one; zero before the first.
    stalled_at: usize,
    tally: Arc<Tally>,
    stats: EdgeStats,
    // Dropped last: the receiver is woken when the ring is closed already.
    _closing: WakeOnDrop,
}

/// Wakes the receiver, so that one that has gone to sleep sees that the edge was closed.
struct WakeOnDrop(Arc<Tally>);

impl Drop for WakeOnDrop {
    fn drop(&mut self) {
        self.0.wake();
    }
}

impl<T, L: Layout> EdgeSender<T, L> {
    pub(super) fn new(ring: Producer<T, L>, policy: Overflow, tally: Arc<Tally>, stats: EdgeStats) -> Self {
        let _closing = WakeOnDrop(Arc::clone(&tally));
        Self { ring, policy, stalled_at: 0, tally, stats, _closing }
    }

    /// Pushes and publishes a value, or does with it what the policy says. Never blocks.
    ///
    /// Costs what [`Producer::try_push`] costs; policy and counters are looked at only when there
    /// is no room. A receiver that may sleep is not woken: see [`wake`](Self::wake).
    #[inline(always)]
    pub fn push(&mut self, value: T) -> Pushed<T> {
        match self.ring.try_push(value) {
            Ok(()) => Pushed::Ok,
            Err(Full(value)) => self.overflow(value),
        }
    }

    /// [`push`](Self::push), with the publishing left to [`publish`](Self::publish), so that a
    /// burst is published once.
    #[inline(always)]
    pub fn push_deferred(&mut self, value: T) -> Pushed<T> {
        match self.ring.push_deferred(value) {
            Ok(()) => Pushed::Ok,
            Err(Full(value)) => self.overflow(value),
        }
    }

    /// Makes visible what was deferred; see [`Producer::publish`].
    #[inline(always)]
    pub fn publish(&mut self) {
        self.ring.publish();
    }

    /// Whether the next value would go in without loss or refusal. Once true, it stays true until
    /// the next push.
    ///
    /// A lane asks before it takes a pass. If the policy is [`Overflow::Block`] and there is no
    /// room, that counts as a stall; under [`Overflow::DropNewest`] it is always true, as the lane
    /// goes on regardless.
    #[inline(always)]
    pub fn has_room(&mut self) -> bool {
        self.ring.has_room() || self.goes_on_without_room()
    }

    /// Pushes and publishes a value after [`has_room`](Self::has_room) returned true.
    ///
    /// Under [`Overflow::Block`] no second look at the receiver's index is taken and the value
    /// always goes in. Under [`Overflow::DropNewest`] it is dropped and counted if there is no room.
    ///
    /// # Panics
    ///
    /// Under [`Overflow::Block`], if the edge is full, which cannot be after `has_room`; under [`Overflow::Fail`], if it is full.
    #[inline(always)]
    pub fn push_reserved(&mut self, value: T) {
        match self.ring.reserve() {
            Some(room) => room.push(value),
            None => overflow_reserved(value, self.policy, &self.tally),
        }
    }

    /// [`push_reserved`](Self::push_reserved), with the publishing left to
    /// [`publish`](Self::publish).
    ///
    /// # Panics
    ///
    /// Under [`Overflow::Block`], if the edge is full, which cannot be after `has_room`; under [`Overflow::Fail`], if it is full.
    #[inline(always)]
    pub fn push_reserved_deferred(&mut self, value: T) {
        match self.ring.reserve() {
            Some(room) => room.push_deferred(value),
            None => overflow_reserved(value, self.policy, &self.tally),
        }
    }

    /// Wakes the receiver, if it is one that must be woken. Once per turn or burst, after the
    /// publishing; not per value.
    #[inline]
    pub fn wake(&self) {
        self.tally.wake();
    }

    /// Whether the receiver is gone, so that nobody will pop what is pushed.
    #[inline(always)]
    pub fn is_closed(&self) -> bool {
        self.ring.is_closed()
    }

    /// How many values the edge holds at most.
    #[inline(always)]
    pub fn capacity(&self) -> usize {
        self.ring.capacity()
    }

    /// What happens to a value for which there is no room.
    #[inline(always)]
    pub const fn policy(&self) -> Overflow {
        self.policy
    }

    /// How many values were pushed so far, those not yet published included. Wraps around.
    #[inline(always)]
    pub fn pushed(&self) -> usize {
        self.ring.pushed()
    }

    /// The edge's counters, for any thread to read.
    pub fn stats(&self) -> EdgeStats {
        self.stats.clone()
    }

    #[cold]
    #[inline(never)]
    fn overflow(&mut self, value: T) -> Pushed<T> {
        match self.policy {
            Overflow::Block => {
                self.stall();
                Pushed::Full(value)
            }
            Overflow::Fail => Pushed::Failed(value),
            Overflow::DropNewest => {
                self.tally.dropped.add_one();
                Pushed::Dropped
            }
        }
    }

    /// There is no room: whether the policy is to go on regardless; a stall is counted if it is not.
    ///
    /// In line, and free of calls that take `self`, so that a loop can keep the sender in registers.
    #[inline(always)]
    pub(crate) fn goes_on_without_room(&mut self) -> bool {
        match self.policy {
            Overflow::Block => {
                self.stall();
                false
            }
            Overflow::DropNewest | Overflow::Fail => true,
        }
    }

    /// Counts a stall, unless nothing was pushed since the last one.
    #[inline(always)]
    fn stall(&mut self) {
        let now = self.ring.pushed().wrapping_add(1);
        if self.stalled_at != now {
            self.stalled_at = now;
            self.tally.stalls.add_one();
        }
    }
}

/// What becomes of a value that is pushed where there may be no room, and is none.
#[cold]
#[inline(never)]
fn refused<T>(value: T, policy: Overflow, tally: &Tally) -> Pushed<T> {
    match policy {
        Overflow::Block => Pushed::Full(value),
        Overflow::Fail => Pushed::Failed(value),
        Overflow::DropNewest => {
            tally.dropped.add_one();
            drop(value);
            Pushed::Dropped
        }
    }
}

/// Drops a value that was to be pushed into reserved room.
#[cold]
#[inline(never)]
fn overflow_reserved<T>(value: T, policy: Overflow, tally: &Tally) {
    drop(value);
    match policy {
        Overflow::Block => {
            panic!("push_reserved on a full edge: call it only after has_room() returned true")
        }
        Overflow::Fail => panic!("push_reserved on a full edge whose policy is to fail: call push"),
        Overflow::DropNewest => tally.dropped.add_one(),
    }
}

impl<T, L: Layout> fmt::Debug for EdgeSender<T, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EdgeSender")
            .field("ring", &self.ring)
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}

impl<T, L: Layout> Push for EdgeSender<T, L> {
    type Item = T;

    const STEPS: bool = true;
    // Single words are published once per turn, so that a burst costs the consumer one cache line for many
    // values; larger values at once, because there the line that travels is the value's own.
    const DEFERS: bool = size_of::<T>() <= size_of::<u64>();

    push_as_without_the_trait!();

    #[inline(always)]
    fn publish(&mut self) {
        Self::publish(self);
    }

    fn stats(&self) -> Option<EdgeStats> {
        Some(Self::stats(self))
    }

    #[inline(always)]
    fn has_certain_room(&mut self) -> bool {
        self.ring.has_room()
    }

    #[inline(always)]
    fn certain_room(&mut self) -> usize {
        self.ring.certain_room()
    }

    #[inline(always)]
    unsafe fn push_into_room(&mut self, value: T) -> Pushed<T> {
        // SAFETY: as the caller promises.
        let room = unsafe { self.ring.reserve_unchecked() };
        if Self::DEFERS {
            room.push_deferred(value)
        } else {
            room.push(value)
        }
        Pushed::Ok
    }

    #[inline(always)]
    fn push_without_room(&mut self, value: T) -> Pushed<T> {
        match self.ring.reserve() {
            Some(room) if Self::DEFERS => room.push_deferred(value),
            Some(room) => room.push(value),
            None => return refused(value, self.policy, &self.tally),
        }
        Pushed::Ok
    }

    #[inline(always)]
    fn goes_on_without_room(&mut self) -> bool {
        Self::goes_on_without_room(self)
    }

    #[inline(always)]
    fn pushed(&self) -> usize {
        Self::pushed(self)
    }
}
