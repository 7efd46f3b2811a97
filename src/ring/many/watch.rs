//! Looking at a ring from another thread.

use std::fmt;

use super::Count;
use super::consumer::ManyConsumer;
use super::producer::ManyProducer;
use super::shared::Shared;
use crate::primitive::{Arc, Ordering};

/// Reads a ring's indices from any thread, while it runs and after it ended.
///
/// Costs the ends nothing until it is read; each reading moves a line or two away from them once.
/// Keeps the memory of the slots, but not the values inside.
pub struct ManyWatch<T> {
    shared: Arc<Shared<T>>,
}

/// What went through a ring, as one reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ManyCounts {
    /// Values for which a slot was claimed.
    pub pushed: usize,
    /// Values that consumers took.
    pub popped: usize,
    /// Values that producers took out again to make room.
    pub taken_out: usize,
    /// Values that are inside.
    pub depth: usize,
}

impl<T> ManyWatch<T> {
    /// What was pushed, popped and taken out so far, all of it modulo the range of `usize`.
    ///
    /// While no operation is under way all is exact, and `pushed == popped + taken_out + depth` always.
    /// A value that is under way may be counted before it can be popped, and one that is just
    /// taken out as popped.
    pub fn counts(&self) -> ManyCounts {
        // ORDERING: acquire pairs with the release of `take_oldest`: the head that is read next is
        // past all of them.
        let taken_out = self.shared.taken().load(Ordering::Acquire);
        let (head, tail) = self.shared.now();
        let out = head.wrapping_sub(self.shared.start());
        ManyCounts {
            pushed: tail.wrapping_sub(self.shared.start()),
            popped: out.wrapping_sub(taken_out),
            taken_out,
            depth: tail.wrapping_sub(head),
        }
    }

    /// How many values the ring holds at most.
    pub fn capacity(&self) -> usize {
        self.shared.capacity()
    }
}

impl<T, P: Count, C: Count> ManyProducer<T, P, C> {
    /// Lets another thread read the ring's indices.
    pub fn watch(&self) -> ManyWatch<T> {
        ManyWatch { shared: Arc::clone(self.shared()) }
    }
}

impl<T, P: Count, C: Count> ManyConsumer<T, P, C> {
    /// Lets another thread read the ring's indices.
    pub fn watch(&self) -> ManyWatch<T> {
        ManyWatch { shared: Arc::clone(self.shared()) }
    }
}

impl<T> Clone for ManyWatch<T> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl<T> fmt::Debug for ManyWatch<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ManyWatch").field(&self.shared).finish()
    }
}
