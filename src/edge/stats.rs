//! Counting what goes over an edge, without the edge noticing.

use std::fmt;
use std::sync::{Arc, OnceLock};

use super::Wake;
use crate::primitive::{AtomicU64, Ordering};
use crate::ring::{Layout, Watch};

/// What went over an edge, as one reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct EdgeCounters {
    /// Values that were pushed and published. Exact.
    pub pushed: u64,
    /// Values that were popped. Exact; never more than `pushed`.
    pub popped: u64,
    /// Values that were dropped because there was no room: policy `DropNewest`. Exact.
    pub dropped: u64,
    /// How often a sender that must not drop found the edge full, counted once until a push
    /// succeeds again. Exact.
    pub stalls: u64,
    /// The greatest number of values that were inside at once, as the sender counted them; see
    /// [`Watch::high_water`]. Zero if it was not asked for by
    /// [`Edge::observe_high_water`](super::Edge::observe_high_water).
    pub high_water: u64,
    /// Values that are inside: `pushed` less `popped`, at most the capacity. After both ends are
    /// gone, the number of values that were discarded with the edge.
    pub depth: u64,
}

/// Reads the counters of an edge from any thread, while it runs and after it ended.
///
/// The ends keep no counters for it on their hot path: pushed and popped are the ring's own
/// indices, and the others are written only where a push found no room. Cloning is cheap.
#[derive(Clone)]
pub struct EdgeStats {
    ring: Arc<dyn Readings>,
    tally: Arc<Tally>,
}

impl EdgeStats {
    pub(super) fn new<T: Send + 'static, L: Layout>(ring: Watch<T, L>, tally: Arc<Tally>) -> Self {
        Self { ring: Arc::new(ring), tally }
    }

    /// Reads all counters. Moves the lines of the ring's indices to the reader, so once in a while
    /// is fine and in a tight loop is not.
    pub fn counters(&self) -> EdgeCounters {
        let (pushed, popped) = self.ring.counts();
        let depth = (pushed - popped).min(self.ring.capacity());
        EdgeCounters {
            pushed: pushed as u64,
            popped: popped as u64,
            dropped: self.tally.dropped.get(),
            stalls: self.tally.stalls.get(),
            high_water: self.ring.high_water() as u64,
            depth: depth as u64,
        }
    }

    /// How many values the edge holds at most.
    pub fn capacity(&self) -> usize {
        self.ring.capacity()
    }
}

impl fmt::Debug for EdgeStats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("EdgeStats").field(&self.counters()).finish()
    }
}

/// What [`EdgeStats`] needs of a ring, whatever its payload.
trait Readings: Send + Sync {
    fn counts(&self) -> (usize, usize);
    fn capacity(&self) -> usize;
    fn high_water(&self) -> usize;
}

impl<T: Send, L: Layout> Readings for Watch<T, L> {
    fn counts(&self) -> (usize, usize) {
        Self::counts(self)
    }

    fn capacity(&self) -> usize {
        Self::capacity(self)
    }

    fn high_water(&self) -> usize {
        Self::high_water(self)
    }
}

/// What the ends share beside the ring. Written only where a push found no room.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) dropped: Count,
    pub(super) stalls: Count,
    pub(super) wake: OnceLock<Box<dyn Wake>>,
}

/// A number that one thread counts up and others read.
#[derive(Debug, Default)]
pub(super) struct Count(AtomicU64);

impl Count {
    /// Only the sender calls this, so no read-modify-write is needed.
    pub(super) fn add_one(&self) {
        // ORDERING: relaxed, only the sender writes, so it reads its own number.
        let before = self.0.load(Ordering::Relaxed);
        // ORDERING: relaxed, a number to look at; it guards nothing.
        self.0.store(before + 1, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        // ORDERING: relaxed, a number to look at; it guards nothing.
        self.0.load(Ordering::Relaxed)
    }
}
