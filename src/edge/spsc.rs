//! The kind of edge that a hop has if nobody says otherwise: one sender, one receiver.

use std::marker::PhantomData;
use std::sync::Arc;

use super::policy::{Bounded, Policy};
use super::stats::{EdgeStats, Tally};
use super::{Described, Edge, EdgeError, EdgeReceiver, EdgeSender, Overflow};
use crate::ring::{Auto, Layout, LayoutChoice, RingError, Settings, choice};

/// The description of an edge with one sender and one receiver: capacity, overflow policy, layout, and what is to be observed.
///
/// What travels is the value itself, in the slot of a lock-free [`ring`](crate::ring).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "this describes an edge; `open` makes it"]
pub struct Spsc<L = Auto> {
    capacity: usize,
    overflow: Overflow,
    observe_high_water: bool,
    layout: PhantomData<fn() -> L>,
}

/// The two ends of an edge.
pub type EdgeEnds<T, L = Auto> = (EdgeSender<T, L>, EdgeReceiver<T, L>);

/// Values that an edge holds if nobody says otherwise.
pub const DEFAULT_CAPACITY: usize = 1024;

impl Spsc<Auto> {
    /// 1024 values, [`Block`](super::Block), layout chosen by the payload's size, high water not observed.
    pub const fn new() -> Self {
        Self {
            capacity: DEFAULT_CAPACITY,
            overflow: Overflow::Block,
            observe_high_water: false,
            layout: PhantomData,
        }
    }
}

impl Default for Spsc<Auto> {
    fn default() -> Self {
        Self::new()
    }
}

impl<L> Spsc<L> {
    /// Room for at least `capacity` values; rounded up to a power of two.
    pub const fn capacity(self, capacity: usize) -> Self {
        Self { capacity, ..self }
    }

    /// What happens to a value for which there is no room: a word of [`policy`](super::Policy). Some need another kind of edge
    /// than this one, which is what comes out then.
    pub fn policy<P: Policy<Self>>(self, policy: P) -> P::Edge {
        policy.of(self)
    }

    /// Overrides the layout of the ring: [`InSlot`](crate::ring::InSlot) or
    /// [`Indexed`](crate::ring::Indexed) instead of [`Auto`].
    pub const fn layout<M: Layout>(self) -> Spsc<M> {
        let Self { capacity, overflow, observe_high_water, .. } = self;
        Spsc { capacity, overflow, observe_high_water, layout: PhantomData }
    }

    /// Keeps the greatest depth; see [`EdgeCounters::high_water`](super::EdgeCounters::high_water).
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
        self.overflow
    }

    pub(super) const fn with_overflow(self, overflow: Overflow) -> Self {
        Self { overflow, ..self }
    }
}

impl<L: Layout> Spsc<L> {
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
        let stats =
            EdgeStats::of_ring(consumer.watch(), Arc::clone(&tally)).described_as(self.describe_of::<T>());
        let sender = EdgeSender::new(producer, self.overflow, Arc::clone(&tally), stats.clone());
        Ok((sender, EdgeReceiver::new(consumer, tally, stats)))
    }
}

impl<L: Layout> Spsc<L> {
    /// What the edge is when it carries a `T`.
    pub(crate) fn describe_of<T>(&self) -> Described {
        let LayoutChoice { layout, reason, slot_bytes } = const { choice::<T, L>() };
        Described::new("spsc")
            .policy(self.overflow.name(), self.overflow.loses())
            .capacity(self.capacity.checked_next_power_of_two().unwrap_or(self.capacity))
            .layout(slot_bytes, layout, reason)
    }
}

impl<T: Send + 'static, L: Layout> Edge<T> for Spsc<L> {
    type Sender = EdgeSender<T, L>;
    type Receiver = EdgeReceiver<T, L>;

    fn open(self) -> Result<EdgeEnds<T, L>, EdgeError> {
        Ok(Self::open(self)?)
    }

    fn describe(&self) -> Described {
        self.describe_of::<T>()
    }
}

impl<L> Bounded for Spsc<L> {
    fn with_capacity(self, capacity: usize) -> Self {
        self.capacity(capacity)
    }
}

/// Makes an edge for at least `capacity` values, which blocks when it is full.
///
/// Its receiver is a graph's source; the sender belongs to the caller. See [`Spsc`] for the other
/// policies.
///
/// # Errors
///
/// [`RingError`] for a capacity of zero, or for one that cannot be addressed or allocated.
pub fn edge<T: Send + 'static>(capacity: usize) -> Result<EdgeEnds<T>, RingError> {
    Spsc::new().capacity(capacity).open()
}
