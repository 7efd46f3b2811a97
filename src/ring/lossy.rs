//! The ring that never waits for its consumers: one that is lapped learns how many values it missed.
//!
//! For plain types alone. A value lies in its slot as machine words that are written and read by
//! relaxed atomic accesses between two looks at the slot's number, as a sequence lock does: a copy during
//! which the slot was written is thrown away, and no access races with another.
//!
//! ```text
//!  number of a slot, for the value of index i, modulo the range of usize
//!
//!        2 i  ──────────▶  2 i + 1  ──────────▶  2 (i + capacity)
//!        being written     filled                being written for the next lap
//! ```
//!
//! Numbers wrap, and half of their range tells one that is ahead from one behind. A consumer that sleeps
//! through more than that, 2^62 values where `usize` has 64 bits and 2^30 where it has 32, may find
//! nothing, or miss a number of values that it is told wrong.

mod consumer;
mod producer;
mod words;

#[cfg(all(test, loom))]
mod model;

pub use consumer::{Lapped, LossyConsumer, LossyWatch};
pub use producer::LossyProducer;

use zerocopy::{FromBytes, Immutable, IntoBytes};

use super::RingError;
use crate::primitive::Arc;
use words::Shared;

/// What may be copied as bytes while another thread writes: no padding, no bits that are not
/// allowed, nothing behind a pointer or in a cell. Implemented by what it asks for.
pub trait Plain: FromBytes + IntoBytes + Immutable + Send + Sync + 'static {}

impl<T: FromBytes + IntoBytes + Immutable + Send + Sync + 'static> Plain for T {}

/// The two ends of a lossy broadcast, the first of its consumers.
pub type LossyEnds<T> = (LossyProducer<T>, LossyConsumer<T>);

/// A lossy broadcast to be: every consumer sees every value, unless it is lapped.
///
/// # Examples
///
/// ```
/// use fusewire::ring::LossySettings;
///
/// let (mut producer, mut consumer) = LossySettings::new(2).open()?;
/// (0..5).for_each(|n| producer.push(n));
/// assert_eq!(consumer.try_pop().map_err(|lapped| lapped.missed), Err(3));
/// assert_eq!(consumer.try_pop(), Ok(Some(3)));
/// assert_eq!(consumer.try_pop(), Ok(Some(4)));
/// assert_eq!(consumer.try_pop(), Ok(None));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct LossySettings {
    capacity: usize,
    start: usize,
}

impl LossySettings {
    /// Keeps at least `capacity` values; rounded up to a power of two.
    pub const fn new(capacity: usize) -> Self {
        Self { capacity, start: 0 }
    }

    /// The index of the first value. It makes no difference to anybody; tests begin just below
    /// the end of `usize` to see the indices wrap.
    #[must_use]
    pub const fn start(self, start: usize) -> Self {
        Self { start, ..self }
    }

    /// Makes the ring and returns its producer and a first consumer. Allocates the slots and touches
    /// every page of them; nothing is allocated afterwards.
    ///
    /// # Errors
    ///
    /// [`RingError`] for a capacity of zero, or for one that cannot be addressed or allocated.
    pub fn open<T: Plain>(self) -> Result<LossyEnds<T>, RingError> {
        if self.capacity == 0 {
            return Err(RingError::NoSlots);
        }
        let shared = Arc::new(Shared::new(self.capacity, self.start)?);
        let consumer = LossyConsumer::new(Arc::clone(&shared), self.start);
        Ok((LossyProducer::new(shared), consumer))
    }
}
