//! The ends of a broadcast that waits for nobody.

use std::sync::Arc;

use crossbeam_utils::CachePadded;

use super::super::forward::{debug_by_ring, pop_by_ring_and_common, push_by_ring_and_common};
use super::super::many::common::Common;
use super::super::many::hooks::Hooked;
use super::super::{EdgeCounters, EdgeStats, Pop, Push, Pushed, Readings, Wake};
use crate::primitive::{AtomicU64, Ordering};
use crate::ring::{Lapped, LossyConsumer, LossyProducer, LossyWatch, Plain};

/// The sending end of a [`LossyBroadcast`](super::LossyBroadcast). Belongs to one thread at a time; it always has room.
pub struct LossySender<T: Plain> {
    ring: LossyProducer<T>,
    common: Arc<Common<()>>,
    // Dropped last: receivers are woken when the ring is closed already.
    _hooked: Hooked<(), true>,
}

/// A receiving end of a [`LossyBroadcast`](super::LossyBroadcast). Belongs to one thread at a time.
pub struct LossyReceiver<T: Plain> {
    ring: LossyConsumer<T>,
    counts: Arc<CachePadded<Counts>>,
    common: Arc<Common<()>>,
    hooked: Hooked<(), false>,
}

/// What one receiver read and missed, in a line that only it writes to.
#[derive(Debug, Default)]
struct Counts {
    popped: AtomicU64,
    missed: AtomicU64,
}

pub(super) fn ends<T: Plain>(
    producer: LossyProducer<T>,
    consumer: LossyConsumer<T>,
) -> (LossySender<T>, LossyReceiver<T>) {
    let common = Arc::new(Common::new());
    let _hooked = Hooked::new(&common);
    let sender = LossySender { ring: producer, common: Arc::clone(&common), _hooked };
    (sender, LossyReceiver::new(consumer, common))
}

impl<T: Plain> LossySender<T> {
    /// A receiver that sees the values from now on.
    pub fn join(&self) -> LossyReceiver<T> {
        LossyReceiver::new(self.ring.join(), Arc::clone(&self.common))
    }
}

impl<T: Plain> Push for LossySender<T> {
    type Item = T;

    push_by_ring_and_common!();

    #[inline(always)]
    fn push(&mut self, value: T) -> Pushed<T> {
        self.ring.push(value);
        Pushed::Ok
    }

    #[inline(always)]
    fn has_room(&mut self) -> bool {
        true
    }
}

impl<T: Plain> LossyReceiver<T> {
    fn new(ring: LossyConsumer<T>, common: Arc<Common<()>>) -> Self {
        let hooked = Hooked::new(&common);
        Self { ring, counts: Arc::new(CachePadded::new(Counts::default())), common, hooked }
    }

    /// A copy of the next value, if there is one.
    ///
    /// # Errors
    ///
    /// [`Lapped`] says how many values were missed, exactly; the next call goes on with the oldest that is left.
    /// [`pop`](Pop::pop) goes on by itself, and [`missed`](Self::missed) counts.
    #[inline(always)]
    pub fn try_pop(&mut self) -> Result<Option<T>, Lapped> {
        let came = self.ring.try_pop();
        match came {
            // ORDERING: relaxed, a number to look at.
            Ok(Some(_)) => self.counts.popped.store(self.ring.popped() as u64, Ordering::Relaxed),
            Ok(None) => {}
            // ORDERING: relaxed, a number to look at.
            Err(_) => self.counts.missed.store(self.ring.missed() as u64, Ordering::Relaxed),
        }
        came
    }

    /// How many values this receiver missed so far.
    #[inline]
    pub fn missed(&self) -> usize {
        self.ring.missed()
    }

    /// A receiver that sees the values from now on, whatever this one has not read yet.
    #[must_use]
    pub fn join(&self) -> Self {
        Self::new(self.ring.join(), Arc::clone(&self.common))
    }
}

impl<T: Plain> Clone for LossyReceiver<T> {
    /// One that begins where this one stands.
    fn clone(&self) -> Self {
        Self::new(self.ring.clone(), Arc::clone(&self.common))
    }
}

impl<T: Plain> Pop for LossyReceiver<T> {
    type Item = T;

    pop_by_ring_and_common!();

    /// Goes past what was missed; see [`missed`](Self::missed).
    #[inline(always)]
    fn pop(&mut self) -> Option<T> {
        loop {
            if let Ok(value) = self.try_pop() {
                return value;
            }
        }
    }

    #[inline(always)]
    fn ready(&mut self) -> bool {
        self.ring.ready()
    }

    /// Those of this receiver: what was pushed since it began, what it read, and as dropped what it missed.
    fn stats(&self) -> Option<EdgeStats> {
        Some(EdgeStats::new(OfReceiver { ring: self.ring.watch(), counts: Arc::clone(&self.counts) }))
    }
}

struct OfReceiver<T: Plain> {
    ring: LossyWatch<T>,
    counts: Arc<CachePadded<Counts>>,
}

impl<T: Plain> Readings for OfReceiver<T> {
    fn counters(&self) -> EdgeCounters {
        // ORDERING: relaxed, numbers to look at.
        let missed = self.counts.missed.load(Ordering::Relaxed);
        // ORDERING: relaxed, a number to look at.
        let popped = self.counts.popped.load(Ordering::Relaxed);
        let pushed = self.ring.pushed() as u64;
        let depth = pushed.saturating_sub(popped + missed);
        EdgeCounters { pushed, popped, dropped: missed, depth, ..EdgeCounters::default() }
    }

    fn capacity(&self) -> usize {
        self.ring.capacity()
    }
}

debug_by_ring!(LossySender<T: Plain>, LossyReceiver<T: Plain>);
