//! The kinds of edge with several senders, several receivers, or both.

pub(super) mod common;
pub(super) mod hooks;
mod overflow;
mod receiver;
mod sender;

#[cfg(all(test, loom))]
mod model;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

pub use overflow::WhenFull;
pub use receiver::ManyReceiver;
pub use sender::ManySender;

use super::policy::{Block, Bounded, DropNewest, DropOldest, Policy};
use super::spsc::DEFAULT_CAPACITY;
use super::{Described, Edge, EdgeError, Spsc};
use crate::ring::{Count, InSlot, LayoutChoice, ManySettings, One, Several, choice};
pub(super) use common::Common;

/// The description of an edge of which either side may have several ends: [`Mpsc`], [`Spmc`] or
/// [`Mpmc`], with capacity and policy `O`.
///
/// What travels is the value itself, in the slot of a lock-free ring; see
/// [`ManySettings`]. Ends of a side that has several are cloned; the edge is closed when
/// the last one of a side is gone. Each value goes to one receiver.
///
/// The policies are [`Block`], [`DropNewest`] and [`DropOldest`]. With the last, senders take the oldest
/// value out as receivers do, so that the receiver is one that can be cloned.
#[must_use = "this describes an edge; `open` makes it"]
pub struct ManyEdge<P, C, O = Block> {
    capacity: usize,
    ends: PhantomData<fn() -> (P, C, O)>,
}

/// An edge from several senders to one receiver.
///
/// # Examples
///
/// ```
/// use fusewire::edge::{Edge, EdgeError, Mpsc, Pop, Push, Pushed};
///
/// let (mut sender, mut receiver) = Mpsc::new().capacity(4).open()?;
/// let mut another = sender.clone();
/// assert_eq!(sender.push(1), Pushed::Ok);
/// assert_eq!(another.push(2), Pushed::Ok);
/// drop((sender, another));
/// assert!(receiver.is_closed());
/// assert_eq!((receiver.pop(), receiver.pop(), receiver.pop()), (Some(1), Some(2), None));
/// # Ok::<(), EdgeError>(())
/// ```
pub type Mpsc<O = Block> = ManyEdge<Several, One, O>;

/// An edge from one sender to several receivers, each value to one of them.
pub type Spmc<O = Block> = ManyEdge<One, Several, O>;

/// An edge from several senders to several receivers, each value to one of them.
pub type Mpmc<O = Block> = ManyEdge<Several, Several, O>;

impl<P: Count, C: Count> ManyEdge<P, C> {
    /// 1024 values, [`Block`].
    pub const fn new() -> Self {
        Self { capacity: DEFAULT_CAPACITY, ends: PhantomData }
    }
}

impl<P: Count, C: Count> Default for ManyEdge<P, C> {
    fn default() -> Self {
        Self::new()
    }
}

impl<P: Count, C: Count, O> ManyEdge<P, C, O> {
    /// Room for at least `capacity` values; rounded up to a power of two.
    pub const fn capacity(self, capacity: usize) -> Self {
        Self { capacity, ..self }
    }

    /// What happens to a value for which there is no room.
    pub fn policy<Q: Policy<Self>>(self, policy: Q) -> Q::Edge {
        policy.of(self)
    }

    pub(super) const fn with_policy<Q>(self) -> ManyEdge<P, C, Q> {
        ManyEdge { capacity: self.capacity, ends: PhantomData }
    }

    /// How many ends of each side, in a word.
    const KIND: &'static str = match (P::ALONE, C::ALONE) {
        (true, true) => "spsc",
        (false, true) => "mpsc",
        (true, false) => "spmc",
        (false, false) => "mpmc",
    };
}

impl<T, P, C, O> Edge<T> for ManyEdge<P, C, O>
where
    T: Send + 'static,
    P: Count,
    C: Count,
    O: WhenFull<P, C>,
{
    type Sender = ManySender<T, P, C, O>;
    type Receiver = ManyReceiver<T, P, O::Consumers>;

    fn open(self) -> Result<(Self::Sender, Self::Receiver), EdgeError> {
        let (producer, consumer) = ManySettings::<P, O::Consumers>::new(self.capacity).open()?;
        let common = Arc::new(Common::new());
        Ok((ManySender::new(producer, Arc::clone(&common)), ManyReceiver::new(consumer, common)))
    }

    fn describe(&self) -> Described {
        let LayoutChoice { layout, reason, slot_bytes } = const { choice::<T, InSlot>() };
        let reason =
            if reason == "asked for" { "several ends tell by each slot's own number" } else { reason };
        Described::new(Self::KIND)
            .policy(O::NAME, O::LOSES)
            .capacity(self.capacity.checked_next_power_of_two().unwrap_or(self.capacity))
            .layout(slot_bytes, layout, reason)
    }
}

impl<P: Count, C: Count, O> Bounded for ManyEdge<P, C, O> {
    fn with_capacity(self, capacity: usize) -> Self {
        self.capacity(capacity)
    }
}

/// Implements the policies that these kinds have.
macro_rules! of_many {
    ($($policy:ident),*) => {
        $(
            #[diagnostic::do_not_recommend]
            impl<P: Count, C: Count, O> Policy<ManyEdge<P, C, O>> for $policy {
                type Edge = ManyEdge<P, C, $policy>;

                fn of(self, kind: ManyEdge<P, C, O>) -> Self::Edge {
                    kind.with_policy()
                }
            }
        )*
    };
}

of_many!(Block, DropNewest, DropOldest);

/// The plain ring has one end of each side; here the sender takes values out as well.
#[diagnostic::do_not_recommend]
impl<L> Policy<Spsc<L>> for DropOldest {
    type Edge = ManyEdge<One, One, DropOldest>;

    fn of(self, kind: Spsc<L>) -> Self::Edge {
        ManyEdge::<One, One>::new().capacity(kind.asked_capacity()).with_policy()
    }
}

impl<P, C, O> Clone for ManyEdge<P, C, O> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P, C, O> Copy for ManyEdge<P, C, O> {}

impl<P: Count, C: Count, O> fmt::Debug for ManyEdge<P, C, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ManyEdge").field("kind", &Self::KIND).field("capacity", &self.capacity).finish()
    }
}
