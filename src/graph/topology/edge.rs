//! An edge of a topology: the ring that carries a hop, and what it has carried.

use core::fmt;

use crate::edge::{Described, EdgeCounters, EdgeStats};

/// One edge as it was made.
///
/// # Examples
///
/// ```
/// use fusewire::graph::topology::{EdgeInfo, EdgeLayout};
///
/// let edge = EdgeInfo::of_hop(0)
///     .ring(1024, 64)
///     .payload_of::<[u64; 6]>()
///     .layout(EdgeLayout::InSlot, "48 bytes and the sequence number fit in one cache line")
///     .policy("Block");
/// assert_eq!(edge.payload_bytes, 48);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EdgeInfo {
    /// What it connects.
    pub place: EdgePlace,
    /// The lane that pushes; `None` for an edge that comes from outside the graph. Set by the builder.
    pub from: Option<usize>,
    /// The lane that pops; `None` for an edge that leads outside the graph. Set by the builder.
    pub to: Option<usize>,
    /// Its kind, in a word: `"spsc"`.
    pub kind: String,
    /// Which one it is, where others can find it: the file of a ring between processes. Empty for a ring of the graph's own.
    pub name: String,
    /// How many values it holds; zero if it has not said so.
    pub capacity: usize,
    /// The name of the type that crosses.
    pub payload: String,
    /// The size of that type.
    pub payload_bytes: usize,
    /// The bytes that each value takes: payload, its part of sequence number and padding; zero if it is not known. Rounded up where several
    /// values share a line.
    pub slot_bytes: usize,
    /// How slots are published.
    pub layout: EdgeLayout,
    /// Why that layout was chosen.
    pub layout_reason: String,
    /// What happens when it is full: `"Block"`, `"DropNewest"`.
    pub policy: String,
    /// What one hop over it costs, where that was measured at start.
    pub cost: Option<HopCost>,
    /// What it has carried, where counters were asked for.
    pub counters: Option<EdgeCounterValues>,
    /// The stages that push into it, of one that leads back: as far as they are known, which a closure around
    /// [`Back::push`](crate::sources::Back::push) is not.
    pub pushed_by: Vec<usize>,
    /// Who is at its ends, where they are other processes; one thought each.
    pub peers: Vec<String>,
    /// What a reader should reconsider: a stage that is cheaper than the hop which leads to it.
    pub warning: Option<String>,
}

impl EdgeInfo {
    /// The edge of a hop, by the hop's position in the description.
    #[must_use]
    pub fn of_hop(hop: usize) -> Self {
        Self::at(EdgePlace::Hop(hop))
    }

    /// An edge at a place, with nothing else known.
    #[must_use]
    pub fn at(place: EdgePlace) -> Self {
        Self {
            place,
            from: None,
            to: None,
            kind: String::from("spsc"),
            name: String::new(),
            capacity: 0,
            payload: String::new(),
            payload_bytes: 0,
            slot_bytes: 0,
            layout: EdgeLayout::InSlot,
            layout_reason: String::new(),
            policy: String::new(),
            cost: None,
            counters: None,
            pushed_by: Vec::new(),
            peers: Vec::new(),
            warning: None,
        }
    }

    /// States capacity and slot size.
    #[must_use]
    pub fn ring(mut self, capacity: usize, slot_bytes: usize) -> Self {
        self.capacity = capacity;
        self.slot_bytes = slot_bytes;
        self
    }

    /// States name and size of what crosses.
    #[must_use]
    pub fn payload(mut self, name: impl Into<String>, bytes: usize) -> Self {
        self.payload = name.into();
        self.payload_bytes = bytes;
        self
    }

    /// States what crosses by its type.
    #[must_use]
    pub fn payload_of<T>(self) -> Self {
        self.payload(core::any::type_name::<T>(), size_of::<T>())
    }

    /// States the layout and the reason for it.
    #[must_use]
    pub fn layout(mut self, layout: EdgeLayout, reason: impl Into<String>) -> Self {
        self.layout = layout;
        self.layout_reason = reason.into();
        self
    }

    /// States what an edge says of itself.
    #[must_use]
    pub fn described(mut self, edge: &Described) -> Self {
        self.kind = edge.kind.clone().into_owned();
        self.name = edge.name.clone().into_owned();
        self.capacity = edge.capacity;
        self.slot_bytes = edge.slot_bytes;
        self.layout = match &*edge.layout {
            "in-slot" => EdgeLayout::InSlot,
            "indexed" => EdgeLayout::Indexed,
            _ => EdgeLayout::Own,
        };
        self.layout_reason = edge.reason.clone().into_owned();
        self.policy = edge.policy.clone().into_owned();
        self
    }

    /// States the overflow policy.
    #[must_use]
    pub fn policy(mut self, policy: impl Into<String>) -> Self {
        self.policy = policy.into();
        self
    }

    /// States what a hop costs, as measured.
    #[must_use]
    pub fn cost(mut self, cost: HopCost) -> Self {
        self.cost = Some(cost);
        self
    }

    /// States what it has carried.
    #[must_use]
    pub fn counters(mut self, counters: EdgeCounterValues) -> Self {
        self.counters = Some(counters);
        self
    }

    /// States which stages push into it, where it leads back.
    #[must_use]
    pub fn pushed_by(mut self, stages: impl IntoIterator<Item = usize>) -> Self {
        self.pushed_by.extend(stages);
        self
    }

    /// States what can be read of it just now: what it has carried, and who is at its ends.
    pub(crate) fn read(&mut self, stats: &EdgeStats) {
        self.counters = Some(stats.counters().into());
        self.peers = stats.peers();
    }

    /// Adds a warning.
    #[must_use]
    pub fn warning(mut self, warning: impl Into<String>) -> Self {
        self.warning = Some(warning.into());
        self
    }
}

/// What an edge connects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EdgePlace {
    /// It carries the hop at this position of the description.
    Hop(usize),
    /// It comes from outside and ends at this source: `recv(edge)`.
    Inlet(usize),
    /// It leads from a stage to the [aside](super::AsideInfo) of this number at it: what a shard takes.
    To(usize, usize),
    /// It leads from an aside at a stage to where that goes on: what a shard has made, or a source that is merged.
    From(usize, usize),
    /// It leads past the asides of a stage, and says in which order to take from them.
    Past(usize),
    /// It leads back to this source from stages behind it: `fed_back(again)`.
    Back(usize),
}

/// How a ring publishes its slots.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EdgeLayout {
    /// Payload and sequence number together: one cache line travels per hop.
    InSlot,
    /// An index beside the slots, published once per burst.
    Indexed,
    /// The edge's own way.
    Own,
}

impl EdgeLayout {
    /// The layout as the word that drawings and JSON carry.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InSlot => "in-slot",
            Self::Indexed => "indexed",
            Self::Own => "own",
        }
    }
}

impl fmt::Display for EdgeLayout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The measured cost of one hop, one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HopCost {
    /// The median, in nanoseconds.
    pub p50_ns: u64,
    /// The 99th percentile, in nanoseconds.
    pub p99_ns: u64,
}

/// What an edge has carried, read at one moment.
///
/// At every stop of its ends `pushed == popped + dropped + depth`. The lanes go on while the counters are read one after another,
/// so that in between it need not be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EdgeCounterValues {
    /// Values pushed.
    pub pushed: u64,
    /// Values popped.
    pub popped: u64,
    /// Values that the overflow policy dropped.
    pub dropped: u64,
    /// Times that the producer found the ring full and had to wait.
    pub stalls: u64,
    /// The greatest depth seen.
    pub high_water: u64,
    /// Values inside at that moment.
    pub depth: u64,
    /// Values that went through a buffer on the sender's side.
    pub spilled: u64,
}

impl EdgeCounterValues {
    /// Whether every value that was pushed is accounted for: always at a stop, and mostly in between.
    #[must_use]
    pub const fn balance(&self) -> bool {
        self.pushed == self.popped.wrapping_add(self.dropped).wrapping_add(self.depth)
    }
}

impl From<EdgeCounters> for EdgeCounterValues {
    fn from(read: EdgeCounters) -> Self {
        let EdgeCounters { pushed, popped, dropped, stalls, spilled, high_water, depth } = read;
        Self { pushed, popped, dropped, stalls, high_water, depth, spilled }
    }
}
