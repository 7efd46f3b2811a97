//! Completing the description of a graph with what only the running program knows.

use crate::context::{ContextRef, Scheduler};
use crate::edge::Edge;
use crate::graph::tag::Tag;
use crate::graph::topology::{EdgeInfo, EdgeLayout, GraphDesc, LaneInfo, Topology, TopologyBuilder};
use crate::on::On;
use crate::ring::{Layout, LayoutChoice, choice};

/// Gathers lanes and edges for a [`Topology`]; filled by generated code.
#[derive(Debug)]
pub struct Drawing {
    builder: Option<TopologyBuilder>,
}

impl Drawing {
    pub(crate) fn new(desc: &'static GraphDesc, state_bytes: usize) -> Self {
        Self { builder: Some(Topology::build(desc).machine(state_bytes)) }
    }

    fn add(&mut self, add: impl FnOnce(TopologyBuilder) -> TopologyBuilder) {
        self.builder = self.builder.take().map(add);
    }

    /// A lane on `context`, or where the engine puts it, with these segments.
    pub fn lane(&mut self, context: Option<&ContextRef>, segments: &[u16]) {
        let lane = match context {
            None => LaneInfo::new("home", ""),
            Some(context) => LaneInfo::on(&**context),
        };
        self.add(|builder| builder.lane(lane.segments(segments.iter().copied())));
    }

    /// The edge of hop number `hop`.
    pub fn hop<V, E, C: Scheduler, L: Layout>(&mut self, hop: usize, _: Tag<V, E>, to: &On<C, L>) {
        self.edge(hop, edge_of::<V, L>(hop), to);
    }

    /// The edge of hop number `hop`, which carries errors too.
    pub fn hop_of_results<V, E, C: Scheduler, L: Layout>(&mut self, hop: usize, _: Tag<V, E>, to: &On<C, L>) {
        self.edge(hop, edge_of::<Result<V, E>, L>(hop), to);
    }

    fn edge<C: Scheduler, L: Layout>(&mut self, _: usize, edge: EdgeInfo, to: &On<C, L>) {
        let slot_bytes = edge.slot_bytes;
        let edge = edge
            .ring(settings_of(to).asked_capacity().next_power_of_two(), slot_bytes)
            .policy(to.settings().overflow.name());
        self.add(|builder| builder.edge(edge));
    }

    pub(crate) fn finish(self) -> Topology {
        self.builder.map_or_else(Topology::opaque, TopologyBuilder::finish)
    }
}

fn edge_of<T, L: Layout>(hop: usize) -> EdgeInfo {
    let LayoutChoice { layout, reason, slot_bytes } = const { choice::<T, L>() };
    let layout = if layout == "in-slot" { EdgeLayout::InSlot } else { EdgeLayout::Indexed };
    EdgeInfo::of_hop(hop).payload_of::<T>().ring(0, slot_bytes).layout(layout, reason)
}

/// The edge that a hop asks for.
pub(crate) fn settings_of<C, L: Layout>(hop: &On<C, L>) -> Edge<L> {
    let asked = hop.settings();
    let edge = Edge::new().layout::<L>().policy(asked.overflow);
    match asked.capacity {
        Some(capacity) => edge.capacity(capacity),
        None => edge,
    }
}
