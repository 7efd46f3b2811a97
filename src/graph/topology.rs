//! The description of a compiled graph, for printing and for tests.
//!
//! It has two halves. The macro emits a `const` [`GraphDesc`]: what was written, where, and how it was cut.
//! The run time completes it to a [`Topology`]: which contexts the expressions turned out to be, which edges
//! were made between them and what those cost. [`inspect`](crate::inspect) renders the result.
//!
//! Nothing here is on a message's path: descriptions are built once, when somebody asks.

mod aside;
mod build;
mod desc;
mod device;
mod edge;
mod lane;

pub use aside::{AsideInfo, AsideRole};
pub use build::TopologyBuilder;
pub use desc::{GraphDesc, HopDesc, SegmentDesc, StageDesc, StageKind};
pub use device::DeviceInfo;
pub use edge::{EdgeCounterValues, EdgeInfo, EdgeLayout, EdgePlace, HopCost};
pub use lane::LaneInfo;

/// A fused graph with everything that is known about it: what was written and what was made of it.
///
/// [`Topology::of`] gives what is known at compile time; [`Topology::build`] adds what the run time decided.
/// It renders as text (`Display`), and by [`dot`](Topology::dot), [`mermaid`](Topology::mermaid),
/// [`json`](Topology::json) and [`svg`](Topology::svg).
///
/// Every segment belongs to exactly one lane; the builder sees to it. A drawing never panics, whatever the
/// indices of the description say: a stage of no known segment is drawn on the first lane, an edge without a
/// known place is said to be outside.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Topology {
    /// What the macro emitted.
    pub desc: &'static GraphDesc,
    /// The lanes, in the order in which a pass first reaches them.
    pub lanes: Vec<LaneInfo>,
    /// The hops of the description, in its order, with what became of each.
    pub hops: Vec<HopInfo>,
    /// The edges that were made. A hop that is neither elided nor here has not been given its edge yet.
    pub edges: Vec<EdgeInfo>,
    /// What stages have on lanes of their own: shards, and sources that are merged.
    pub asides: Vec<AsideInfo>,
    /// The machine of the graph, where it has been sized.
    pub machine: Option<MachineInfo>,
}

/// A hop and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HopInfo {
    /// The hop as written.
    pub desc: &'static HopDesc,
    /// Why it makes no edge, if it makes none; said by the macro, or by the run time when two context
    /// expressions turned out to be one context.
    pub elided: Option<String>,
}

/// The machine: what one pass in flight occupies.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MachineInfo {
    /// Its states: one per suspension point.
    pub states: Vec<String>,
    /// Its size: the largest set of values that is alive at one suspension point, and the state itself.
    pub bytes: usize,
}

impl Topology {
    /// What the description alone tells: the lanes that the macro planned, no edges, no sizes.
    ///
    /// Allocates; meant to be called outside of any hot path.
    #[must_use]
    pub fn of(desc: &'static GraphDesc) -> Self {
        Self::build(desc).finish()
    }

    /// The drawing of a sender that was not fused: nothing is known of it.
    #[must_use]
    pub fn opaque() -> Self {
        static OPAQUE: GraphDesc = GraphDesc {
            name: "a sender that was not fused",
            file: "",
            line: 0,
            stages: &[],
            segments: &[],
            hops: &[],
            states: &[],
        };
        Self::of(&OPAQUE)
    }

    /// Starts completing a description with what the run time knows.
    pub fn build(desc: &'static GraphDesc) -> TopologyBuilder {
        TopologyBuilder::new(desc)
    }

    /// The lane that a segment belongs to; `None` for a segment that the description does not have.
    #[must_use]
    pub fn lane_of_segment(&self, segment: u16) -> Option<usize> {
        self.lanes.iter().position(|lane| lane.segments.contains(&segment))
    }

    /// The edge that carries a hop, if it has been made.
    #[must_use]
    pub fn edge_of_hop(&self, hop: usize) -> Option<&EdgeInfo> {
        self.edge_at(EdgePlace::Hop(hop))
    }

    /// What stage number `stage` has on a lane of its own, by its number there.
    #[must_use]
    pub fn aside(&self, stage: usize, number: usize) -> Option<&AsideInfo> {
        self.asides.iter().find(|aside| (aside.stage, aside.number) == (stage, number))
    }

    /// The edge at a place, if it has been made.
    #[must_use]
    pub fn edge_at(&self, place: EdgePlace) -> Option<&EdgeInfo> {
        self.edges.iter().find(|edge| edge.place == place)
    }
}
