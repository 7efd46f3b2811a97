//! The downstream end of an edge.

use std::fmt;
use std::sync::Arc;

use super::forward::pop_as_without_the_trait;
use super::stats::{EdgeStats, Tally};
use super::{Pop, Wake};
use crate::ring::{Auto, Consumer, Layout};

/// The downstream end of an edge. Belongs to one thread at a time.
///
/// Dropping it closes the edge for the sender; what is inside is dropped when both ends are gone.
pub struct EdgeReceiver<T, L: Layout = Auto> {
    ring: Consumer<T, L>,
    tally: Arc<Tally>,
    stats: EdgeStats,
}

impl<T, L: Layout> EdgeReceiver<T, L> {
    pub(super) fn new(ring: Consumer<T, L>, tally: Arc<Tally>, stats: EdgeStats) -> Self {
        Self { ring, tally, stats }
    }

    /// Takes the oldest value, if there is one. Never blocks; costs what
    /// [`Consumer::try_pop`] costs.
    #[inline(always)]
    pub fn pop(&mut self) -> Option<T> {
        self.ring.try_pop()
    }

    /// [`pop`](Self::pop), with the room left taken until [`hand_back`](Self::hand_back); see
    /// [`Consumer::pop_deferred`].
    #[inline(always)]
    pub fn pop_deferred(&mut self) -> Option<T> {
        self.ring.pop_deferred()
    }

    /// Gives the sender the room of all values that were popped.
    #[inline(always)]
    pub fn hand_back(&mut self) {
        self.ring.hand_back();
    }

    /// Whether a value waits. Once true, it stays true until the next pop.
    #[inline(always)]
    pub fn ready(&mut self) -> bool {
        self.ring.ready()
    }

    /// The oldest value, left where it is.
    #[inline(always)]
    pub fn peek(&mut self) -> Option<&T> {
        self.ring.peek()
    }

    /// Takes every value that is visible, `max` at most, and returns how many; see
    /// [`Consumer::pop_batch`].
    #[inline]
    pub fn pop_batch(&mut self, max: usize, each: impl FnMut(T)) -> usize {
        self.ring.pop_batch(max, each)
    }

    /// Whether the sender is gone. What it pushed is visible once this returned true: the edge is
    /// drained when `is_closed` returned true and after that [`pop`](Self::pop) returned `None`.
    #[inline(always)]
    pub fn is_closed(&self) -> bool {
        self.ring.is_closed()
    }

    /// How many values the edge holds at most.
    #[inline(always)]
    pub fn capacity(&self) -> usize {
        self.ring.capacity()
    }

    /// Says how to wake this receiver when it sleeps. Only the first hook counts; returns whether
    /// this one was it.
    ///
    /// After this it looks once more before it sleeps: what was pushed meanwhile may have been announced to nobody. A receiver
    /// that always spins needs none, and then [`wake`](super::EdgeSender::wake) costs the sender a load and a fence.
    pub fn woken_by(&self, wake: impl Wake + 'static) -> bool {
        self.tally.woken_by(Box::new(wake))
    }

    /// How many values were popped so far. Wraps around.
    #[inline(always)]
    pub fn popped(&self) -> usize {
        self.ring.popped()
    }

    /// The edge's counters, for any thread to read.
    pub fn stats(&self) -> EdgeStats {
        self.stats.clone()
    }
}

impl<T, L: Layout> fmt::Debug for EdgeReceiver<T, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EdgeReceiver").field("ring", &self.ring).finish_non_exhaustive()
    }
}

impl<T, L: Layout> Pop for EdgeReceiver<T, L> {
    type Item = T;

    pop_as_without_the_trait!();

    #[inline(always)]
    fn capacity(&self) -> usize {
        Self::capacity(self)
    }

    fn woken_by(&self, wake: Box<dyn Wake>) -> bool {
        self.tally.woken_by(wake)
    }

    fn stats(&self) -> Option<EdgeStats> {
        Some(Self::stats(self))
    }

    #[inline(always)]
    unsafe fn pop_ready(&mut self) -> T {
        // SAFETY: as the caller promises.
        unsafe { self.ring.pop_ready() }
    }
}
