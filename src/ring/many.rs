//! The ring with several producers, several consumers, or both.
//!
//! Each slot carries a sequence number. A consumer looks at the slot that is due and at nothing
//! else, so that one line travels per hop, as in the ring of two. How many there are of each end is
//! a type, [`One`] or [`Several`]: an end that is alone claims slots without an atomic exchange.
//!
//! ```text
//!  number of a slot, for the value of index i, modulo the range of usize
//!
//!        2 i  ──(1)──▶  2 i + 1  ──(2)──▶  2 (i + capacity)
//!        free           filled             free for the next lap
//!
//!  (1) `ManyProducer::fill`    by whoever moved the tail past i
//!  (2) `ManyConsumer::empty`   by whoever moved the head past i
//! ```
//!
//! With one consumer (2) does not happen: the head says it, which producers read once per lap.
//!
//! Indices and numbers wrap. An end that is interrupted between its reading of an index and its exchange
//! must not miss half of their range: 2^62 values where `usize` has 64 bits, 2^30 where it has 32.

mod consumer;
mod oldest;
mod producer;
mod shared;
mod watch;

#[cfg(all(test, loom))]
mod model;

use std::fmt;
use std::marker::PhantomData;

pub use consumer::ManyConsumer;
pub use producer::ManyProducer;
pub use watch::{ManyCounts, ManyWatch};

use super::{InSlot, RingError, choice};
use crate::primitive::Arc;
use shared::Shared;

/// How many ends of one side a ring has: [`One`] or [`Several`]. Sealed.
pub trait Count: sealed::Sealed + fmt::Debug + Copy + Send + Sync + 'static {}

/// One end, which cannot be cloned and claims its slots without an atomic exchange.
#[derive(Debug, Clone, Copy)]
pub struct One;

/// Any number of ends: each can be cloned, and they claim slots by an atomic exchange.
#[derive(Debug, Clone, Copy)]
pub struct Several;

impl Count for One {}
impl Count for Several {}

mod sealed {
    #[allow(unnameable_types, reason = "part of a sealed trait")]
    pub trait Sealed {
        const ALONE: bool;
    }

    impl Sealed for super::One {
        const ALONE: bool = true;
    }
    impl Sealed for super::Several {
        const ALONE: bool = false;
    }
}

/// The two ends of a ring, the first of each side.
pub type ManyEnds<T, P, C> = (ManyProducer<T, P, C>, ManyConsumer<T, P, C>);

/// A ring to be, of which either side may have several ends.
///
/// # Examples
///
/// ```
/// use fusewire::ring::{ManySettings, Several};
///
/// let (mut producer, mut consumer) = ManySettings::<Several, Several>::new(4).open()?;
/// let mut another = producer.clone();
/// producer.try_push(1)?;
/// another.try_push(2)?;
/// assert_eq!(consumer.clone().try_pop(), Some(1));
/// assert_eq!(consumer.try_pop(), Some(2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct ManySettings<P, C> {
    capacity: usize,
    start: usize,
    ends: PhantomData<(P, C)>,
}

impl<P: Count, C: Count> ManySettings<P, C> {
    /// Room for at least `capacity` values; rounded up to a power of two.
    pub const fn new(capacity: usize) -> Self {
        Self { capacity, start: 0, ends: PhantomData }
    }

    /// The index of the first value. It makes no difference to anybody; tests begin just below
    /// the end of `usize` to see the indices wrap.
    #[must_use]
    pub const fn start(self, start: usize) -> Self {
        Self { start, ..self }
    }

    /// Makes the ring and returns the first end of each side. Allocates the slots and touches every
    /// page of them; nothing is allocated afterwards.
    ///
    /// # Errors
    ///
    /// [`RingError`] for a capacity of zero, or for one that cannot be addressed or allocated.
    pub fn open<T>(self) -> Result<ManyEnds<T, P, C>, RingError> {
        if self.capacity == 0 {
            return Err(RingError::NoSlots);
        }
        let too_large =
            RingError::TooLarge { capacity: self.capacity, slot_bytes: choice::<T, InSlot>().slot_bytes };
        // A number is twice an index, and half of its range tells one that is ahead from one behind.
        let capacity = self.capacity.checked_next_power_of_two().ok_or(too_large)?;
        if capacity > usize::MAX / 8 {
            return Err(too_large);
        }
        let shared = Arc::new(Shared::new(capacity, self.start)?);
        let producer = ManyProducer::new(Arc::clone(&shared));
        Ok((producer, ManyConsumer::new(shared)))
    }
}

/// The number of a slot that is free for the value of that index.
#[inline(always)]
const fn free(index: usize) -> usize {
    index.wrapping_mul(2)
}

/// The number of a slot that holds the value of that index.
#[inline(always)]
const fn filled(index: usize) -> usize {
    index.wrapping_mul(2).wrapping_add(1)
}

/// Whether `number` is that of an earlier state of the slot than `than`.
#[inline(always)]
const fn is_behind(number: usize, than: usize) -> bool {
    number.wrapping_sub(than) > usize::MAX / 2
}

/// An index that was read is older than what a slot says: it is read again. The model checker must be
/// told that only another thread's step can help, or it reads the same for ever.
#[inline(always)]
fn look_again() {
    #[cfg(loom)]
    loom::thread::yield_now();
}

/// Lets the other side of a lost exchange go on before the line is asked for again.
#[derive(Debug)]
struct Backoff(u32);

impl Backoff {
    const MOST: u32 = 5;

    const fn new() -> Self {
        Self(0)
    }

    #[cold]
    #[inline(never)]
    fn lost(&mut self) {
        #[cfg(loom)]
        loom::thread::yield_now();
        #[cfg(not(loom))]
        for _ in 0..1_u32 << self.0 {
            std::hint::spin_loop();
        }
        self.0 = (self.0 + 1).min(Self::MOST);
    }
}
