//! The edge that carries a hop: a ring, an overflow policy, counters and a wake hook.
//!
//! [`Edge`] is its description; [`Edge::open`] makes the two ends. A graph opens its edges itself;
//! [`edge()`] makes one by hand, whose receiver is a graph's source.
//!
//! # Examples
//!
//! ```
//! use fusewire::edge::{Edge, Overflow, Pushed};
//!
//! let (mut sender, mut receiver) = Edge::new().capacity(2).policy(Overflow::DropNewest).open()?;
//! assert_eq!(sender.push('a'), Pushed::Ok);
//! assert_eq!(sender.push('b'), Pushed::Ok);
//! assert_eq!(sender.push('c'), Pushed::Dropped);
//!
//! assert_eq!(receiver.pop(), Some('a'));
//! let counters = sender.stats().counters();
//! assert_eq!((counters.pushed, counters.popped, counters.dropped), (2, 1, 1));
//! # Ok::<(), fusewire::ring::RingError>(())
//! ```

mod receiver;
mod sender;
#[cfg(target_os = "linux")]
pub mod shm;
mod stats;
mod wake;

use std::marker::PhantomData;
use std::sync::Arc;

pub use receiver::EdgeReceiver;
pub use sender::{EdgeSender, Pushed};
#[cfg(target_os = "linux")]
pub use shm::shm;
pub use stats::{EdgeCounters, EdgeStats};
pub use wake::Wake;

use crate::ring::{Auto, Layout, LayoutChoice, RingError, Settings, choice};
use stats::Tally;

/// What happens to a value for which the edge has no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Overflow {
    /// It stays with the sender, and the upstream lane stops taking new passes until there is
    /// room. Nothing is lost.
    #[default]
    Block,
    /// It is dropped and counted. The values inside stay.
    DropNewest,
}

impl Overflow {
    /// Its name, for people to read.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Block => "block",
            Self::DropNewest => "drop-newest",
        }
    }
}

/// The description of an edge: capacity, overflow policy, layout, and what is to be observed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "this describes an edge; `open` makes it"]
pub struct Edge<L = Auto> {
    capacity: usize,
    policy: Overflow,
    observe_high_water: bool,
    layout: PhantomData<L>,
}

/// The two ends of an edge.
pub type EdgeEnds<T, L = Auto> = (EdgeSender<T, L>, EdgeReceiver<T, L>);

/// Values that an edge holds if nobody says otherwise.
pub const DEFAULT_CAPACITY: usize = 1024;

impl Edge<Auto> {
    /// 1024 values, [`Overflow::Block`], layout chosen by the payload's size, high water not
    /// observed.
    pub const fn new() -> Self {
        Self {
            capacity: DEFAULT_CAPACITY,
            policy: Overflow::Block,
            observe_high_water: false,
            layout: PhantomData,
        }
    }
}

impl Default for Edge<Auto> {
    fn default() -> Self {
        Self::new()
    }
}

impl<L: Layout> Edge<L> {
    /// Room for at least `capacity` values; rounded up to a power of two.
    pub const fn capacity(self, capacity: usize) -> Self {
        Self { capacity, ..self }
    }

    /// What happens to a value for which there is no room.
    pub const fn policy(self, policy: Overflow) -> Self {
        Self { policy, ..self }
    }

    /// Overrides the layout of the ring: [`InSlot`](crate::ring::InSlot) or
    /// [`Indexed`](crate::ring::Indexed) instead of [`Auto`].
    pub const fn layout<M: Layout>(self) -> Edge<M> {
        let Self { capacity, policy, observe_high_water, .. } = self;
        Edge { capacity, policy, observe_high_water, layout: PhantomData }
    }

    /// Keeps the greatest depth; see [`EdgeCounters::high_water`].
    ///
    /// Off, it costs nothing. On, the sender looks at the receiver's index each time that the edge
    /// might be deeper than ever before.
    pub const fn observe_high_water(self, observe: bool) -> Self {
        Self { observe_high_water: observe, ..self }
    }

    /// The capacity that was asked for.
    pub const fn asked_capacity(&self) -> usize {
        self.capacity
    }

    /// The overflow policy.
    pub const fn overflow(&self) -> Overflow {
        self.policy
    }

    /// The layout for a payload `T`, and why.
    pub const fn choice<T>(&self) -> LayoutChoice {
        choice::<T, L>()
    }

    /// Makes the edge. Allocates and touches its memory; nothing is allocated afterwards.
    ///
    /// # Errors
    ///
    /// [`RingError`] for a capacity of zero, or for one that cannot be addressed or allocated.
    pub fn open<T: Send + 'static>(self) -> Result<EdgeEnds<T, L>, RingError> {
        let settings = Settings::new(self.capacity).observe_high_water(self.observe_high_water);
        let (producer, consumer) = settings.open()?;
        let tally = Arc::new(Tally::default());
        let stats = EdgeStats::new(consumer.watch(), Arc::clone(&tally));
        let sender = EdgeSender::new(producer, self.policy, Arc::clone(&tally), stats.clone());
        Ok((sender, EdgeReceiver::new(consumer, tally, stats)))
    }
}

/// Makes an edge for at least `capacity` values, which blocks when it is full.
///
/// Its receiver is a graph's source; the sender belongs to the caller. See [`Edge`] for the other
/// policies.
///
/// # Errors
///
/// [`RingError`] for a capacity of zero, or for one that cannot be addressed or allocated.
pub fn edge<T: Send + 'static>(capacity: usize) -> Result<EdgeEnds<T>, RingError> {
    Edge::new().capacity(capacity).open()
}
