//! The ring that carries an edge: one producer, one consumer, bounded, lock-free.
//!
//! [`ring`] makes one. Values are moved into slots and out of them, never boxed; nothing is
//! allocated after the ring was made, and no operation blocks. How slots are laid out is a type
//! parameter, [`Layout`], chosen at compile time: [`Auto`] looks at the size of the payload, and
//! [`choice`] says what it chose and why. The essay beside the code, `src/ring/README.md`, has the
//! alternatives and the numbers.
//!
//! # What may be relied on
//!
//! - Values come out once each, in the order in which they were pushed.
//! - A push fails only if `capacity` values are inside, as the producer sees the consumer's index.
//! - Either end may be dropped at any time, on any thread; the other one sees it by `is_closed`.
//!   Values that are still inside are dropped once, when both ends are gone.
//! - Every page of the slots was touched before `ring` returned.
//!
//! # Examples
//!
//! ```
//! use fusewire::ring::{Auto, ring};
//!
//! let (mut producer, mut consumer) = ring::<u64, Auto>(4)?;
//! producer.try_push(1)?;
//! producer.try_push(2)?;
//! assert_eq!(consumer.try_pop(), Some(1));
//!
//! drop(producer);
//! assert!(consumer.is_closed());
//! assert_eq!(consumer.try_pop(), Some(2));
//! assert_eq!(consumer.try_pop(), None);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod broadcast;
mod consumer;
mod ends;
mod layout;
mod lossy;
mod many;
mod producer;
mod shape;
mod shared;
mod slots;
mod watch;

#[cfg(all(test, loom))]
mod model;

use std::fmt;

pub use broadcast::{
    BroadcastConsumer, BroadcastEnds, BroadcastJoin, BroadcastProducer, BroadcastSettings, BroadcastWatch,
};
pub use consumer::Consumer;
pub(crate) use layout::Lines;
pub use layout::{Auto, Bursts, IN_SLOT_UP_TO, InSlot, Indexed, LINE, Layout, LayoutChoice, choice};
pub use lossy::{Lapped, LossyConsumer, LossyEnds, LossyProducer, LossySettings, LossyWatch, Plain};
pub use many::{
    Count, ManyConsumer, ManyCounts, ManyEnds, ManyProducer, ManySettings, ManyWatch, One, Several,
};
pub use producer::{Full, Producer, Room};
pub use watch::Watch;

use crate::primitive::Arc;
use shared::Shared;

/// Why a ring could not be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RingError {
    /// The capacity was zero.
    NoSlots,
    /// So many slots cannot be addressed.
    TooLarge {
        /// The capacity that was asked for, rounded up if that was possible.
        capacity: usize,
        /// The size of one slot.
        slot_bytes: usize,
    },
    /// The allocator refused.
    OutOfMemory {
        /// How much it was asked for.
        bytes: usize,
    },
}

impl fmt::Display for RingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSlots => f.write_str("a ring of capacity 0 carries nothing: give it at least 1"),
            Self::TooLarge { capacity, slot_bytes } => {
                write!(
                    f,
                    "a ring of {capacity} slots of {slot_bytes} bytes cannot be addressed: \
                     give it a smaller capacity"
                )
            }
            Self::OutOfMemory { bytes } => {
                write!(
                    f,
                    "no memory for {bytes} bytes of a ring: give it a smaller capacity, or fewer consumers"
                )
            }
        }
    }
}

impl std::error::Error for RingError {}

/// The two ends of a ring.
pub type Ends<T, L> = (Producer<T, L>, Consumer<T, L>);

/// Makes a ring for at least `capacity` values and returns its two ends.
///
/// The capacity is rounded up to a power of two; [`Producer::capacity`] has the result. Allocates
/// the slots and touches every page of them, so it belongs before the first message.
///
/// # Errors
///
/// [`RingError`] for a capacity of zero, or for one that cannot be addressed or allocated.
pub fn ring<T, L: Layout>(capacity: usize) -> Result<Ends<T, L>, RingError> {
    Settings::new(capacity).open()
}

/// A ring to be: [`ring`] with what is seldom needed.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    capacity: usize,
    start: usize,
    observe_high_water: bool,
}

impl Settings {
    /// Room for at least `capacity` values.
    pub const fn new(capacity: usize) -> Self {
        Self { capacity, start: 0, observe_high_water: false }
    }

    /// The index of the first value. It makes no difference to anybody; tests begin just below
    /// the end of `usize` to see the indices wrap.
    #[must_use]
    pub const fn start(self, start: usize) -> Self {
        Self { start, ..self }
    }

    /// Keeps the greatest depth that the producer saw; see [`Watch::high_water`].
    ///
    /// Off, it costs nothing. On, the producer looks at the consumer's index each time that the
    /// ring might be deeper than ever before, which is often while the greatest depth is small.
    #[must_use]
    pub const fn observe_high_water(self, observe: bool) -> Self {
        Self { observe_high_water: observe, ..self }
    }

    /// Makes the ring; see [`ring`].
    ///
    /// # Errors
    ///
    /// [`RingError`] for a capacity of zero, or for one that cannot be addressed or allocated.
    pub fn open<T, L: Layout>(self) -> Result<Ends<T, L>, RingError> {
        if self.capacity == 0 {
            return Err(RingError::NoSlots);
        }
        let too_large =
            RingError::TooLarge { capacity: self.capacity, slot_bytes: choice::<T, L>().slot_bytes };
        // Half the range of indices tells a slot that is ahead from one that is behind.
        let capacity = self.capacity.checked_next_power_of_two().ok_or(too_large)?;
        if capacity > usize::MAX / 4 {
            return Err(too_large);
        }
        let shared = Arc::new(Shared::new(capacity, self.start)?);
        let producer = Producer::new(Arc::clone(&shared), self.observe_high_water);
        Ok((producer, Consumer::new(shared)))
    }
}
