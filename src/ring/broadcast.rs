//! The ring of which every consumer sees every value, gated on the slowest.
//!
//! As in the disruptor, values stay in their slots and consumers read them there; each consumer has
//! a *gate*, a line of its own that says how far it is, and the producer goes no further than a
//! lap ahead of the gate that is furthest behind. Two things differ. A consumer watches a number in the line
//! of the value that is due, not the producer's index, so that one line travels per hop; small values share a
//! line and its number. And consumers come and go while values flow:
//!
//! ```text
//!  gate:   free ──(1)──▶ claimed ──(2)──▶ open ──(3)──▶ free
//!
//!  (1) `Gates::claim`   one exchange
//!  (2) `Gates::open`    writes where the consumer begins; then looks at what the producer announced
//!  (3) `Gates::close`   the consumer has read what it will ever read
//! ```
//!
//! The producer looks at the gates when its limit is reached. Before, it announces its tail, then
//! fences; who opens a gate fences and then reads what was announced. So either the look sees the gate,
//! or the consumer sees a tail that no limit of an earlier look goes more than a lap beyond, and begins
//! there. A clone begins where its original stands, which may be before that: clones are counted, and the
//! producer reads the count before and after a scan of the gates. One that changed makes it scan again,
//! a few times; then it takes the ring to be full.

mod consumer;
mod gates;
mod position;
mod producer;
mod shared;
mod watch;

#[cfg(all(test, loom))]
mod model;

pub use consumer::BroadcastConsumer;
pub use producer::{BroadcastJoin, BroadcastProducer};
pub use watch::BroadcastWatch;

use super::layout::Lines;
use super::{RingError, choice};
use crate::primitive::Arc;
use shared::Shared;

/// The two ends of a broadcast, the first of its consumers.
pub type BroadcastEnds<T> = (BroadcastProducer<T>, BroadcastConsumer<T>);

/// Consumers that a broadcast has gates for if nobody says otherwise.
const CONSUMERS: usize = 16;

/// A broadcast to be: every consumer sees every value, and the slowest one holds the producer up.
///
/// # Examples
///
/// ```
/// use fusewire::ring::BroadcastSettings;
///
/// let (mut producer, mut first) = BroadcastSettings::new(4).open()?;
/// let mut second = first.try_clone().expect("one of 16 gates");
/// producer.try_push("a")?;
/// assert_eq!(first.try_pop(), Some("a"));
/// assert_eq!(second.peek(), Some(&"a"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct BroadcastSettings {
    capacity: usize,
    consumers: usize,
    start: usize,
}

impl BroadcastSettings {
    /// Room for at least `capacity` values, rounded up to a power of two, and for 16 consumers.
    pub const fn new(capacity: usize) -> Self {
        Self { capacity, consumers: CONSUMERS, start: 0 }
    }

    /// The most consumers at a time, at least one. The producer looks at a line for each of them
    /// once per lap, and while it waits for room.
    #[must_use]
    pub const fn consumers(self, most: usize) -> Self {
        Self { consumers: if most == 0 { 1 } else { most }, ..self }
    }

    /// The index of the first value. It makes no difference to anybody; tests begin just below
    /// the end of `usize` to see the indices wrap.
    #[must_use]
    pub const fn start(self, start: usize) -> Self {
        Self { start, ..self }
    }

    /// Makes the ring and returns its producer and a first consumer. Allocates slots and gates and
    /// touches every page of them; nothing is allocated afterwards.
    ///
    /// # Errors
    ///
    /// [`RingError`] for a capacity of zero, and for a capacity or a number of consumers that cannot be
    /// addressed or allocated.
    pub fn open<T>(self) -> Result<BroadcastEnds<T>, RingError> {
        if self.capacity == 0 {
            return Err(RingError::NoSlots);
        }
        let too_large =
            RingError::TooLarge { capacity: self.capacity, slot_bytes: choice::<T, Lines>().slot_bytes };
        // Half the range of positions, of which there may be two for a value, tells one that is ahead from one that is behind.
        let capacity = self.capacity.checked_next_power_of_two().ok_or(too_large)?;
        if capacity > usize::MAX / 8 {
            return Err(too_large);
        }
        let shared = Arc::new(Shared::new(capacity, self.consumers, self.start)?);
        let consumer = BroadcastConsumer::first(Arc::clone(&shared));
        Ok((BroadcastProducer::new(shared), consumer))
    }
}
