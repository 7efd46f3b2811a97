//! The end that pushes and never waits.

use std::fmt;

use super::super::ends::Side;
use super::Plain;
use super::consumer::LossyConsumer;
use super::words::Shared;
use crate::primitive::Arc;

/// The end of a lossy broadcast that pushes. Belongs to one thread at a time.
pub struct LossyProducer<T: Plain> {
    // INVARIANT: the index of the next value.
    tail: usize,
    shared: Arc<Shared<T>>,
}

impl<T: Plain> LossyProducer<T> {
    pub(super) fn new(shared: Arc<Shared<T>>) -> Self {
        Self { tail: shared.start, shared }
    }

    /// Pushes a value over the oldest one and publishes it to all consumers. Never blocks, never
    /// fails, and looks at nothing that a consumer writes.
    #[inline(always)]
    pub fn push(&mut self, value: T) {
        self.shared.write(self.tail, &value);
        self.tail = self.tail.wrapping_add(1);
    }

    /// Whether every consumer is gone.
    #[inline(always)]
    pub fn is_closed(&self) -> bool {
        self.shared.ends.is_gone(Side::Consumer)
    }

    /// How many values the ring keeps.
    #[inline(always)]
    pub fn capacity(&self) -> usize {
        self.shared.mask + 1
    }

    /// How many values were pushed so far, modulo the range of `usize`.
    #[inline]
    pub fn pushed(&self) -> usize {
        self.tail.wrapping_sub(self.shared.start)
    }

    /// A consumer that sees every value from now on.
    pub fn join(&self) -> LossyConsumer<T> {
        self.shared.ends.join(Side::Consumer);
        LossyConsumer::new(Arc::clone(&self.shared), self.tail)
    }
}

impl<T: Plain> Drop for LossyProducer<T> {
    fn drop(&mut self) {
        // Plain values need no drop.
        self.shared.ends.leave(Side::Producer);
    }
}

impl<T: Plain> fmt::Debug for LossyProducer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LossyProducer").field("ring", &self.shared).finish_non_exhaustive()
    }
}
