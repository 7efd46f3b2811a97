//! Counting what goes over an edge, without the edge noticing.

use std::fmt;
use std::sync::{Arc, OnceLock};

use super::{Described, Wake};
use crate::primitive::{AtomicU64, Ordering, fence};
use crate::ring::{Layout, Watch};

/// What went over an edge, as one reading.
///
/// At every stop of its ends they [balance](Self::balance): `pushed == popped + dropped + depth`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct EdgeCounters {
    /// Values that the edge took: they are inside, were popped, or were dropped by its policy. Those
    /// that it gave back are not counted. Exact.
    pub pushed: u64,
    /// Values that were popped. Exact; never more than `pushed`.
    pub popped: u64,
    /// Values that the policy dropped, or replaced by a later one. Exact.
    pub dropped: u64,
    /// How often a sender that must not drop found no room, neither in the ring nor in a buffer on its side, and so had to wait; counted
    /// once until a push succeeds again. Exact.
    pub stalls: u64,
    /// Values that went through a buffer on the sender's side because the ring was full. Exact.
    pub spilled: u64,
    /// The greatest number of values that were inside at once, as the sender counted them; see
    /// [`Watch::high_water`]. Zero if it was not asked for by
    /// [`Spsc::observe_high_water`](super::Spsc::observe_high_water).
    pub high_water: u64,
    /// Values that are inside. After both ends are gone, the number of values that were discarded with the edge.
    pub depth: u64,
}

impl EdgeCounters {
    /// Whether every value that was pushed is accounted for: `pushed == popped + dropped + depth`.
    ///
    /// Always so at a stop of both ends; a reading while they go on is of one number after another, and need not be. Where it is not so at
    /// a stop, the edge has lost a value or given one twice.
    ///
    /// # Examples
    ///
    /// ```
    /// use fusewire::edge::{Overflow, Spsc};
    ///
    /// let (mut sender, mut receiver) = Spsc::new().capacity(2).policy(Overflow::DropNewest).open()?;
    /// for n in 0..5 {
    ///     let _ = sender.push(n);
    /// }
    /// assert_eq!(receiver.pop(), Some(0));
    /// let counters = sender.stats().counters();
    /// assert_eq!((counters.pushed, counters.popped, counters.dropped, counters.depth), (5, 1, 3, 1));
    /// assert!(counters.balance());
    /// # Ok::<(), fusewire::ring::RingError>(())
    /// ```
    #[must_use]
    pub const fn balance(&self) -> bool {
        self.pushed == self.popped.wrapping_add(self.dropped).wrapping_add(self.depth)
    }
}

/// Reads the counters of an edge from any thread, while it runs and after it ended.
///
/// The ends keep no counters for it on their hot path: pushed and popped are the ring's own
/// indices, and the others are written only where a push found no room. Cloning is cheap.
#[derive(Clone)]
pub struct EdgeStats {
    readings: Arc<dyn Readings>,
    described: Option<Arc<Described>>,
}

impl EdgeStats {
    /// The readings of an edge of one's own.
    pub fn new(readings: impl Readings + 'static) -> Self {
        Self { readings: Arc::new(readings), described: None }
    }

    /// States what the edge is, for the drawing of a graph that has only one of its ends.
    #[must_use]
    pub fn described_as(self, described: Described) -> Self {
        Self { described: Some(Arc::new(described)), ..self }
    }

    pub(super) fn of_ring<T: Send + 'static, L: Layout>(ring: Watch<T, L>, tally: Arc<Tally>) -> Self {
        Self::new(OfRing { ring, tally })
    }

    /// Reads all counters. Moves the lines of the ring's indices to the reader, so once in a while
    /// is fine and in a tight loop is not.
    pub fn counters(&self) -> EdgeCounters {
        self.readings.counters()
    }

    /// How many values the edge holds at most.
    pub fn capacity(&self) -> usize {
        self.readings.capacity()
    }

    /// What the edge is, if it says so.
    pub fn described(&self) -> Option<&Described> {
        self.described.as_deref()
    }

    /// Who is at its ends just now, one thought each. May cost a system call.
    pub fn peers(&self) -> Vec<String> {
        self.readings.peers()
    }
}

impl fmt::Debug for EdgeStats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("EdgeStats").field(&self.counters()).finish()
    }
}

/// What [`EdgeStats`] reads: an edge's counters, from any thread and also after both ends are gone.
pub trait Readings: Send + Sync {
    /// All counters, as of now.
    fn counters(&self) -> EdgeCounters;

    /// How many values the edge holds at most.
    fn capacity(&self) -> usize;

    /// Who is at its ends just now, one thought each, where they are other processes.
    fn peers(&self) -> Vec<String> {
        Vec::new()
    }
}

struct OfRing<T, L: Layout> {
    ring: Watch<T, L>,
    tally: Arc<Tally>,
}

impl<T: Send, L: Layout> Readings for OfRing<T, L> {
    fn counters(&self) -> EdgeCounters {
        let dropped = self.tally.dropped.get();
        let (pushed, popped) = self.ring.counts();
        let depth = (pushed - popped).min(self.ring.capacity());
        EdgeCounters {
            pushed: pushed as u64 + dropped,
            popped: popped as u64,
            dropped,
            stalls: self.tally.stalls.get(),
            spilled: 0,
            high_water: self.ring.high_water() as u64,
            depth: depth as u64,
        }
    }

    fn capacity(&self) -> usize {
        self.ring.capacity()
    }
}

/// What the ends share beside the ring. Written only where a push found no room.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) dropped: Count,
    pub(super) stalls: Count,
    wake: OnceLock<Box<dyn Wake>>,
}

impl Tally {
    /// Wakes the receiver, if it has said how, after what it is woken for.
    #[inline]
    pub(super) fn wake(&self) {
        if let Some(wake) = self.wake.get() {
            wake.wake();
        } else {
            self.wake_new();
        }
    }

    #[cold]
    fn wake_new(&self) {
        // ORDERING: sequentially consistent, with that of `woken_by`: this sees the hook, or whoever sets it sees what was done before.
        fence(Ordering::SeqCst);
        if let Some(wake) = self.wake.get() {
            wake.wake();
        }
    }

    /// Whether that is how the receiver is woken from now on. It looks once more at the edge before it sleeps.
    pub(super) fn woken_by(&self, wake: Box<dyn Wake>) -> bool {
        let is_first = self.wake.set(wake).is_ok();
        // ORDERING: sequentially consistent, with that of `wake_new`.
        fence(Ordering::SeqCst);
        is_first
    }
}

/// A number that one thread counts up and others read.
#[derive(Debug, Default)]
pub(super) struct Count(AtomicU64);

impl Count {
    /// Only one thread calls this at a time, the sender's, so no read-modify-write is needed.
    pub(super) fn add_one(&self) {
        // ORDERING: relaxed, only the sender writes, so it reads its own number.
        let before = self.0.load(Ordering::Relaxed);
        // ORDERING: relaxed, a number to look at; it guards nothing.
        self.0.store(before + 1, Ordering::Relaxed);
    }

    /// As [`add_one`](Self::add_one).
    pub(super) fn set(&self, number: u64) {
        // ORDERING: relaxed, a number to look at; it guards nothing.
        self.0.store(number, Ordering::Relaxed);
    }

    pub(super) fn get(&self) -> u64 {
        // ORDERING: relaxed, a number to look at; it guards nothing.
        self.0.load(Ordering::Relaxed)
    }
}
