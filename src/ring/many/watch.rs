//! Looking at a ring from another thread.

use std::fmt;

use super::Count;
use super::consumer::ManyConsumer;
use super::producer::ManyProducer;
use super::shared::Shared;
use crate::primitive::{Arc, Ordering};

/// Readings before the ends are taken to be too fast for a look at one moment.
const READINGS: u32 = if cfg!(loom) { 2 } else { 8 };

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
    /// Values that producers took out again to make room, and that a panic inside of a batch dropped.
    pub taken_out: usize,
    /// Values that are inside.
    pub depth: usize,
}

impl<T> ManyWatch<T> {
    /// What was pushed, popped and taken out so far, all of it modulo the range of `usize`.
    ///
    /// Always `pushed == popped + taken_out + depth` and `depth <= capacity`. Between call and return there
    /// was a moment of which all is true, but where values leave the ring during each of a few readings:
    /// then what left is of an earlier moment than what was pushed. While no operation is under
    /// way all is exact; a value that is under way may be counted before it can be popped, and one
    /// that is just taken out as popped.
    pub fn counts(&self) -> ManyCounts {
        let mut reading = self.reading();
        for _ in 1..READINGS {
            let next = self.reading();
            // Nothing left between the two readings of the head, and the earlier tail is from in between.
            if (next.0, next.1) == (reading.0, reading.1) {
                break;
            }
            reading = next;
        }
        let (taken_out, head, tail) = reading;
        let out = head.wrapping_sub(self.shared.start());
        // A tail that is read after other values have left may be more than a lap ahead of that head. It came by
        // a lap ahead on its way.
        let depth = tail.wrapping_sub(head).min(self.capacity());
        ManyCounts { pushed: out.wrapping_add(depth), popped: out.wrapping_sub(taken_out), taken_out, depth }
    }

    /// How many were taken out, head, and tail, read in this order, in which none is ahead of the next.
    fn reading(&self) -> (usize, usize, usize) {
        // ORDERING: acquire pairs with the release of `take_oldest`: the head that is read next is
        // past all of them.
        let taken_out = self.shared.taken().load(Ordering::Acquire);
        let (head, tail) = self.shared.now();
        (taken_out, head, tail)
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
