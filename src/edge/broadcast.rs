//! The edge of which every receiver sees every value.

mod gated;
mod lossy;

pub use gated::{BroadcastJoining, BroadcastReceiver, BroadcastSender};
pub use lossy::{LossyReceiver, LossySender};

use super::policy::{Block, Bounded, DropNewest, Policy};
use super::spsc::DEFAULT_CAPACITY;
use super::{Described, Edge, EdgeError};
use crate::ring::{BroadcastSettings, LayoutChoice, Lines, LossySettings, Plain, choice};

/// The description of an edge from one sender to any number of receivers, each of which sees every value.
///
/// Values stay where they are and each receiver gets a clone; [`BroadcastReceiver::peek`] shows one without. The
/// sender goes no further than a capacity ahead of the slowest receiver: what happens then is the policy,
/// [`Block`] or [`DropNewest`]. [`lossy`](Self::lossy) gives up the slowest instead.
///
/// Further receivers come from [`BroadcastReceiver::try_clone`] and [`BroadcastReceiver::joining`], at any time; one
/// that leaves holds nobody up.
///
/// # Examples
///
/// ```
/// use fusewire::edge::{Broadcast, Edge, EdgeError, Pop, Push, Pushed};
///
/// let (mut sender, mut first) = Broadcast::new().capacity(2).open()?;
/// let mut second = first.try_clone()?;
/// assert_eq!(sender.push("a"), Pushed::Ok);
/// assert_eq!((first.pop(), second.pop()), (Some("a"), Some("a")));
/// # Ok::<(), EdgeError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "this describes an edge; `open` makes it"]
pub struct Broadcast {
    capacity: usize,
    receivers: usize,
    drops: bool,
}

/// The description of a broadcast that never waits: a receiver that is lapped misses values, learns how many, and goes on with the
/// oldest that is left. For plain types; made by [`Broadcast::lossy`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "this describes an edge; `open` makes it"]
pub struct LossyBroadcast {
    capacity: usize,
}

/// Receivers that a broadcast has room for if nobody says otherwise.
const RECEIVERS: usize = 16;

impl Broadcast {
    /// 1024 values, 16 receivers, [`Block`].
    pub const fn new() -> Self {
        Self { capacity: DEFAULT_CAPACITY, receivers: RECEIVERS, drops: false }
    }

    /// Lets a receiver be at least `capacity` values behind; rounded up to a power of two.
    pub const fn capacity(self, capacity: usize) -> Self {
        Self { capacity, ..self }
    }

    /// The most receivers at a time.
    pub const fn receivers(self, most: usize) -> Self {
        Self { receivers: most, ..self }
    }

    /// What happens to a value that the slowest receiver has no room for.
    pub fn policy<Q: Policy<Self>>(self, policy: Q) -> Q::Edge {
        policy.of(self)
    }

    /// Does not wait for the slowest receiver: it misses values and learns how many. For plain types.
    pub const fn lossy(self) -> LossyBroadcast {
        LossyBroadcast { capacity: self.capacity }
    }
}

impl Default for Broadcast {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Clone + Send + Sync + 'static> Edge<T> for Broadcast {
    type Sender = BroadcastSender<T>;
    type Receiver = BroadcastReceiver<T>;

    fn open(self) -> Result<(Self::Sender, Self::Receiver), EdgeError> {
        let settings = BroadcastSettings::new(self.capacity).consumers(self.receivers);
        let (producer, consumer) = settings.open()?;
        Ok(gated::ends(producer, consumer, self.drops))
    }

    fn describe(&self) -> Described {
        let LayoutChoice { layout, reason, slot_bytes } = const { choice::<T, Lines>() };
        Described::new("broadcast")
            .policy(if self.drops { "drop-newest" } else { "block" }, self.drops)
            .capacity(self.capacity.checked_next_power_of_two().unwrap_or(self.capacity))
            .layout(slot_bytes, layout, reason)
    }
}

impl Bounded for Broadcast {
    fn with_capacity(self, capacity: usize) -> Self {
        self.capacity(capacity)
    }
}

#[diagnostic::do_not_recommend]
impl Policy<Broadcast> for Block {
    type Edge = Broadcast;

    fn of(self, kind: Broadcast) -> Broadcast {
        Broadcast { drops: false, ..kind }
    }
}

#[diagnostic::do_not_recommend]
impl Policy<Broadcast> for DropNewest {
    type Edge = Broadcast;

    fn of(self, kind: Broadcast) -> Broadcast {
        Broadcast { drops: true, ..kind }
    }
}

impl LossyBroadcast {
    /// Keeps at least `capacity` values; rounded up to a power of two.
    pub const fn capacity(self, capacity: usize) -> Self {
        Self { capacity }
    }
}

impl<T: Plain> Edge<T> for LossyBroadcast {
    type Sender = LossySender<T>;
    type Receiver = LossyReceiver<T>;

    fn open(self) -> Result<(Self::Sender, Self::Receiver), EdgeError> {
        let (producer, consumer) = LossySettings::new(self.capacity).open()?;
        Ok(lossy::ends(producer, consumer))
    }

    fn describe(&self) -> Described {
        Described::new("broadcast")
            .policy("lossy", true)
            .capacity(self.capacity.checked_next_power_of_two().unwrap_or(self.capacity))
            .layout(0, "in-slot", "words between two looks at the number of the slot")
    }
}

impl Bounded for LossyBroadcast {
    fn with_capacity(self, capacity: usize) -> Self {
        self.capacity(capacity)
    }
}
