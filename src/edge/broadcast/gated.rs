//! The ends of a broadcast that waits for the slowest receiver.

use std::sync::{Arc, OnceLock};

use super::super::forward::{debug_by_ring, pop_by_ring_and_common, push_by_ring_and_common};
use super::super::many::common::{Common, MadeRoom};
use super::super::many::hooks::Hooked;
use super::super::{EdgeCounters, EdgeError, EdgeStats, Pop, Push, Pushed, Readings, Wake};
use crate::ring::{BroadcastConsumer, BroadcastJoin, BroadcastProducer, BroadcastWatch, Full};

/// The sending end of a [`Broadcast`](super::Broadcast). Belongs to one thread at a time.
pub struct BroadcastSender<T> {
    ring: BroadcastProducer<T>,
    drops: bool,
    // INVARIANT: a stall was counted, and no value went in since.
    stalled: bool,
    common: Arc<Common<()>>,
    // Dropped last: receivers are woken when the ring is closed already.
    hooked: Hooked<(), true>,
}

/// A receiving end of a [`Broadcast`](super::Broadcast), which sees every value. Belongs to one thread at a time.
pub struct BroadcastReceiver<T> {
    // Dropped first, so that the sender is woken when the gate is closed already.
    ring: BroadcastConsumer<T>,
    // What was dropped, and how often the sender had stalled, before this receiver began.
    before: (u64, u64),
    // INVARIANT: set when the receiver is dropped, to what it had counted.
    ended: Arc<OnceLock<EdgeCounters>>,
    common: Arc<Common<()>>,
    // Dropped last, as above.
    hooked: Hooked<(), false>,
}

/// Lets receivers join a [`Broadcast`](super::Broadcast) later, from any thread.
pub struct BroadcastJoining<T> {
    ring: BroadcastJoin<T>,
    common: Arc<Common<()>>,
}

pub(super) fn ends<T>(
    producer: BroadcastProducer<T>,
    consumer: BroadcastConsumer<T>,
    drops: bool,
) -> (BroadcastSender<T>, BroadcastReceiver<T>) {
    let common = Arc::new(Common::new());
    let hooked = Hooked::new(&common);
    let sender =
        BroadcastSender { ring: producer, drops, stalled: false, common: Arc::clone(&common), hooked };
    (sender, BroadcastReceiver::new(consumer, common))
}

/// Every gate is taken.
fn too_many() -> EdgeError {
    EdgeError::new(
        "this broadcast has as many receivers as it has room for: drop one, or give it more by \
         `Broadcast::receivers`",
    )
}

impl<T> BroadcastSender<T> {
    /// What lets receivers join later, from any thread. While there is one, the edge is not closed for the sender.
    pub fn joining(&self) -> BroadcastJoining<T> {
        BroadcastJoining { ring: self.ring.joining(), common: Arc::clone(&self.common) }
    }

    #[cold]
    #[inline(never)]
    fn stall(&mut self) -> bool {
        if !self.stalled {
            self.stalled = true;
            self.common.count_stall();
        }
        self.common.stall() && self.ring.has_room()
    }

    #[cold]
    #[inline(never)]
    fn overflow(&mut self, value: T) -> Pushed<T> {
        if self.drops {
            self.common.count_dropped();
            return Pushed::Dropped;
        }
        if self.stall() {
            return match self.ring.try_push(value) {
                Ok(()) => {
                    self.stalled = false;
                    Pushed::Ok
                }
                Err(Full(value)) => Pushed::Full(value),
            };
        }
        Pushed::Full(value)
    }
}

impl<T: Clone + Send + Sync + 'static> Push for BroadcastSender<T> {
    type Item = T;

    push_by_ring_and_common!();

    #[inline(always)]
    fn push(&mut self, value: T) -> Pushed<T> {
        match self.ring.try_push(value) {
            Ok(()) => {
                self.stalled = false;
                Pushed::Ok
            }
            Err(Full(value)) => self.overflow(value),
        }
    }

    #[inline(always)]
    fn has_room(&mut self) -> bool {
        self.ring.has_room() || self.drops || self.stall()
    }

    fn woken_by(&self, wake: Box<dyn Wake>) -> bool {
        self.hooked.woken_by(wake)
    }

    /// Those of the edge as the slowest receiver sees it; each receiver has its own.
    fn stats(&self) -> Option<EdgeStats> {
        Some(EdgeStats::new(OfSlowest { ring: self.ring.watch(), common: Arc::clone(&self.common) }))
    }
}

impl<T> BroadcastReceiver<T> {
    fn new(ring: BroadcastConsumer<T>, common: Arc<Common<()>>) -> Self {
        let hooked = Hooked::new(&common);
        let before = common.counts();
        Self { ring, before, ended: Arc::new(OnceLock::new()), common, hooked }
    }

    /// A receiver that begins where this one stands.
    ///
    /// # Errors
    ///
    /// If there are as many receivers as the edge has room for.
    pub fn try_clone(&self) -> Result<Self, EdgeError> {
        let ring = self.ring.try_clone().ok_or_else(too_many)?;
        Ok(Self::new(ring, Arc::clone(&self.common)))
    }

    /// What lets receivers join later, from any thread. While there is one, the edge is not closed for the sender.
    pub fn joining(&self) -> BroadcastJoining<T> {
        BroadcastJoining { ring: self.ring.joining(), common: Arc::clone(&self.common) }
    }

    /// The next value, left where it is, for this receiver and the others.
    #[inline(always)]
    pub fn peek(&mut self) -> Option<&T> {
        self.ring.peek()
    }

    /// Goes past the value that [`peek`](Self::peek) shows.
    #[inline(always)]
    pub fn pass(&mut self) {
        self.ring.pass();
        self.common.made_room();
    }

    /// Shows every value that is there to `each`, `max` at most, and returns how many; see
    /// [`BroadcastConsumer::pop_batch`].
    #[inline]
    pub fn pop_batch(&mut self, max: usize, each: impl FnMut(&T)) -> usize {
        let _room = MadeRoom(&self.common);
        self.ring.pop_batch(max, each)
    }
}

impl<T> BroadcastJoining<T> {
    /// A receiver that sees every value from now on.
    ///
    /// # Errors
    ///
    /// If there are as many receivers as the edge has room for.
    pub fn join(&self) -> Result<BroadcastReceiver<T>, EdgeError> {
        let ring = self.ring.join().ok_or_else(too_many)?;
        Ok(BroadcastReceiver::new(ring, Arc::clone(&self.common)))
    }
}

impl<T: Clone + Send + Sync + 'static> Pop for BroadcastReceiver<T> {
    type Item = T;

    pop_by_ring_and_common!();

    #[inline(always)]
    fn pop(&mut self) -> Option<T> {
        let value = self.ring.try_pop();
        if value.is_some() {
            self.common.made_room();
        }
        value
    }

    #[inline(always)]
    fn ready(&mut self) -> bool {
        self.ring.ready()
    }

    /// Those of this receiver: what was pushed and read since it began.
    fn stats(&self) -> Option<EdgeStats> {
        let (ring, common, ended) = (self.ring.watch(), Arc::clone(&self.common), Arc::clone(&self.ended));
        Some(EdgeStats::new(OfReceiver { ring, before: self.before, common, ended }))
    }
}

impl<T> Drop for BroadcastReceiver<T> {
    fn drop(&mut self) {
        // While the gate is still this receiver's: the next one will count from another place.
        let _first = self.ended.set(counters(self.ring.watch().counts(), &self.common, self.before));
    }
}

fn counters(
    (pushed, popped): (usize, usize),
    common: &Common<()>,
    (dropped_before, stalls_before): (u64, u64),
) -> EdgeCounters {
    let (dropped, stalls) = common.counts();
    let (dropped, stalls) = (dropped - dropped_before, stalls - stalls_before);
    EdgeCounters {
        pushed: pushed as u64 + dropped,
        popped: popped as u64,
        dropped,
        stalls,
        depth: pushed.saturating_sub(popped) as u64,
        ..EdgeCounters::default()
    }
}

struct OfReceiver<T> {
    ring: BroadcastWatch<T>,
    before: (u64, u64),
    common: Arc<Common<()>>,
    ended: Arc<OnceLock<EdgeCounters>>,
}

impl<T: Send + Sync> Readings for OfReceiver<T> {
    fn counters(&self) -> EdgeCounters {
        let now = counters(self.ring.counts(), &self.common, self.before);
        // Looked at afterwards: what was read of a gate that is another's by now does not count.
        self.ended.get().copied().unwrap_or(now)
    }

    fn capacity(&self) -> usize {
        self.ring.capacity()
    }
}

struct OfSlowest<T> {
    ring: BroadcastWatch<T>,
    common: Arc<Common<()>>,
}

impl<T: Send + Sync> Readings for OfSlowest<T> {
    fn counters(&self) -> EdgeCounters {
        counters(self.ring.counts(), &self.common, (0, 0))
    }

    fn capacity(&self) -> usize {
        self.ring.capacity()
    }
}

debug_by_ring!(BroadcastSender<T>, BroadcastReceiver<T>, BroadcastJoining<T>);
