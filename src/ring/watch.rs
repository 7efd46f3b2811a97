//! Looking at a ring from a third thread.

use std::fmt;

use super::consumer::Consumer;
use super::layout::Layout;
use super::producer::Producer;
use super::shared::Shared;
use crate::primitive::Arc;

/// Reads a ring's indices from any thread, while it runs and after it ended.
///
/// Costs the ends nothing until it is read; each reading moves a line or a few away from them
/// once. Keeps the memory of the slots, but not the values inside.
pub struct Watch<T, L: Layout> {
    shared: Arc<Shared<T, L>>,
}

impl<T, L: Layout> Watch<T, L> {
    /// How many values were published and how many of them were popped, as `(pushed, popped)`.
    ///
    /// Both are exact at some moment between call and return, `popped` at an earlier one, so that
    /// it is never the greater. Values that were dropped with the ring were not popped.
    pub fn counts(&self) -> (usize, usize) {
        let head = self.shared.head_now();
        let tail = self.shared.tail_from(head);
        (tail.wrapping_sub(self.shared.start()), head.wrapping_sub(self.shared.start()))
    }

    /// How many values the ring holds at most.
    pub fn capacity(&self) -> usize {
        self.shared.capacity()
    }

    /// The greatest number of values that were inside at once, as the producer counted them.
    ///
    /// It counts when it looks for room: what is inside then, deferred values included, and the one
    /// that it is about to push. So the result is too large by what the consumer popped between
    /// that look and that push, and otherwise exact; while a push is under way it may be one behind.
    /// Zero if nobody asked for it by [`observe_high_water`](super::Settings::observe_high_water).
    pub fn high_water(&self) -> usize {
        self.shared.high_water()
    }
}

impl<T, L: Layout> Producer<T, L> {
    /// Lets another thread read the ring's indices.
    pub fn watch(&self) -> Watch<T, L> {
        Watch { shared: Arc::clone(self.shared()) }
    }
}

impl<T, L: Layout> Consumer<T, L> {
    /// Lets another thread read the ring's indices.
    pub fn watch(&self) -> Watch<T, L> {
        Watch { shared: Arc::clone(self.shared()) }
    }
}

impl<T, L: Layout> Clone for Watch<T, L> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl<T, L: Layout> fmt::Debug for Watch<T, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Watch").field(&self.shared).finish()
    }
}
