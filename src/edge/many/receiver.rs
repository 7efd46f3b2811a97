//! The end that pops.

use std::sync::Arc;

use super::super::forward::{debug_by_ring, pop_by_ring_and_common};
use super::super::{EdgeStats, Pop, Wake};
use super::common::{Common, WakeSenders};
use super::sender::stats;
use crate::ring::{Count, ManyConsumer, Several};

/// The receiving end of a [`ManyEdge`](super::ManyEdge). Each one belongs to one thread at a time; where there may be
/// several, it is cloned, and each value goes to one of them.
///
/// Dropping the last one closes the edge for the senders; what is inside is dropped when all ends are gone.
pub struct ManyReceiver<T, P: Count, C: Count> {
    ring: ManyConsumer<T, P, C>,
    common: Arc<Common<T>>,
    // Dropped last: senders are woken when the ring is closed already.
    _closing: WakeSenders<T>,
}

impl<T, P: Count, C: Count> ManyReceiver<T, P, C> {
    pub(super) fn new(ring: ManyConsumer<T, P, C>, common: Arc<Common<T>>) -> Self {
        let _closing = WakeSenders(Arc::clone(&common));
        Self { ring, common, _closing }
    }

    /// Takes every value that is visible, `max` at most, and returns how many; see
    /// [`ManyConsumer::pop_batch`].
    #[inline]
    pub fn pop_batch(&mut self, max: usize, each: impl FnMut(T)) -> usize {
        let popped = self.ring.pop_batch(max, each);
        if popped != 0 {
            self.common.made_room();
        }
        popped
    }

    /// What senders left that were dropped when there was no room, once the ring is empty.
    #[cold]
    #[inline(never)]
    fn pop_left(&mut self) -> Option<T> {
        // What its sender pushed before comes before it.
        self.ring.try_pop().or_else(|| self.common.fetch())
    }
}

impl<T: Send + 'static, P: Count, C: Count> Pop for ManyReceiver<T, P, C> {
    type Item = T;

    pop_by_ring_and_common!();

    #[inline(always)]
    fn pop(&mut self) -> Option<T> {
        let value = self.ring.try_pop();
        if value.is_some() {
            self.common.made_room();
        } else if self.common.has_left() {
            return self.pop_left();
        }
        value
    }

    /// Where there are several receivers, another one may take the value first.
    #[inline(always)]
    fn ready(&mut self) -> bool {
        self.ring.ready() || self.common.has_left()
    }

    #[inline(always)]
    fn hand_back(&mut self) {
        self.ring.hand_back();
        self.common.made_room();
    }

    fn stats(&self) -> Option<EdgeStats> {
        Some(stats(self.ring.watch(), &self.common))
    }

    #[inline(always)]
    fn pop_deferred(&mut self) -> Option<T> {
        let value = self.ring.pop_deferred();
        if value.is_none() && self.common.has_left() {
            return self.pop_left();
        }
        value
    }
}

impl<T, P: Count> Clone for ManyReceiver<T, P, Several> {
    fn clone(&self) -> Self {
        Self::new(self.ring.clone(), Arc::clone(&self.common))
    }
}

debug_by_ring!(ManyReceiver<T, P: Count, C: Count>);
