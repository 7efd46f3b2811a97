//! The end that pops.

use std::sync::Arc;

use super::super::forward::{debug_by_ring, pop_by_ring_and_common};
use super::super::{EdgeStats, Pop, Wake};
use super::common::{Common, MadeRoom};
use super::hooks::Hooked;
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
    hooked: Hooked<T, false>,
}

impl<T, P: Count, C: Count> ManyReceiver<T, P, C> {
    pub(super) fn new(ring: ManyConsumer<T, P, C>, common: Arc<Common<T>>) -> Self {
        let hooked = Hooked::new(&common);
        Self { ring, common, hooked }
    }

    /// Takes every value that is visible, `max` at most, and returns how many; see
    /// [`ManyConsumer::pop_batch`].
    #[inline]
    pub fn pop_batch(&mut self, max: usize, mut each: impl FnMut(T)) -> usize {
        let mut popped = {
            let _room = MadeRoom(&self.common);
            self.ring.pop_batch(max, &mut each)
        };
        while popped < max && self.common.has_left() {
            let Some(value) = self.pop_left() else { break };
            each(value);
            popped += 1;
        }
        popped
    }

    /// What a sender left that was dropped when there was no room, once all that came before it is gone.
    #[cold]
    #[inline(never)]
    fn pop_left(&mut self) -> Option<T> {
        self.ring.hand_back();
        self.common.made_room();
        self.common.fetch(self.gone())
    }

    /// Whether [`pop_left`](Self::pop_left) would give a value.
    #[cold]
    #[inline(never)]
    fn has_due(&mut self) -> bool {
        self.ring.hand_back();
        self.common.made_room();
        self.common.has_due(self.gone())
    }

    /// How many values have left the ring.
    fn gone(&self) -> usize {
        let counts = self.ring.watch().counts();
        counts.popped.wrapping_add(counts.taken_out)
    }
}

impl<T: Send + 'static, P: Count, C: Count> Pop for ManyReceiver<T, P, C> {
    type Item = T;

    pop_by_ring_and_common!();

    #[inline(always)]
    fn pop(&mut self) -> Option<T> {
        if self.common.has_left()
            && let Some(value) = self.pop_left()
        {
            return Some(value);
        }
        let value = self.ring.try_pop();
        if value.is_some() {
            self.common.made_room();
        }
        value
    }

    /// Where there are several receivers, another one may take the value first.
    #[inline(always)]
    fn ready(&mut self) -> bool {
        self.ring.ready() || (self.common.has_left() && self.has_due())
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
        if self.common.has_left()
            && let Some(value) = self.pop_left()
        {
            return Some(value);
        }
        self.ring.pop_deferred()
    }
}

impl<T, P: Count> Clone for ManyReceiver<T, P, Several> {
    fn clone(&self) -> Self {
        Self::new(self.ring.clone(), Arc::clone(&self.common))
    }
}

debug_by_ring!(ManyReceiver<T, P: Count, C: Count>);
