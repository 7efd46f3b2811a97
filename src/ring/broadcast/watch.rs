//! Looking at a broadcast from another thread.

use std::fmt;

use super::consumer::BroadcastConsumer;
use super::producer::BroadcastProducer;
use super::shared::Shared;
use crate::primitive::Arc;

/// Reads how far a broadcast and its consumers are, from any thread.
///
/// Costs the ends nothing until it is read; each reading moves a line or a few away from them once.
/// Keeps the memory of the slots, but not the values inside.
pub struct BroadcastWatch<T> {
    shared: Arc<Shared<T>>,
    // INVARIANT: the gate and the begin of one consumer, or no gate and the begin of the ring.
    gate: Option<usize>,
    begin: usize,
}

impl<T> BroadcastWatch<T> {
    /// How many values were pushed since the consumer of whom this is the watch began, and how many of
    /// them it has read, as `(pushed, popped)`. Of a producer's watch, as the slowest consumer has it, and where no consumer is
    /// left, as the last one had it when it left.
    ///
    /// Both are exact at some moment between call and return, `popped` at an earlier one. Means nothing once that
    /// consumer is gone, as another may have its gate.
    pub fn counts(&self) -> (usize, usize) {
        match self.gate {
            Some(gate) => {
                let cursor = self.shared.gates.at(gate).cursor();
                (self.since_begin(self.shared.tail()), self.since_begin(cursor))
            }
            None => {
                let tail = self.shared.tail();
                let furthest = self.shared.gates.furthest_behind(tail);
                (self.since_begin(tail), self.since_begin(furthest))
            }
        }
    }

    fn since_begin(&self, position: usize) -> usize {
        self.shared.values(self.begin, position)
    }

    /// How many values a consumer may be behind at most.
    pub fn capacity(&self) -> usize {
        self.shared.capacity()
    }
}

impl<T> BroadcastProducer<T> {
    /// Lets another thread read how far the ring and the slowest consumer are.
    pub fn watch(&self) -> BroadcastWatch<T> {
        let shared = Arc::clone(self.shared());
        BroadcastWatch { begin: shared.start, gate: None, shared }
    }
}

impl<T> BroadcastConsumer<T> {
    /// Lets another thread read how far this consumer is.
    pub fn watch(&self) -> BroadcastWatch<T> {
        BroadcastWatch { shared: Arc::clone(self.shared()), gate: Some(self.gate()), begin: self.begin() }
    }
}

impl<T> fmt::Debug for BroadcastWatch<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("BroadcastWatch").field(&self.shared).finish()
    }
}
