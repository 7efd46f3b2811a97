//! The drawing of a graph that runs.

use std::sync::Arc;
use std::time::Duration;

use crate::context::ContextRef;
use crate::control::Control;
use crate::device::Tally;
use crate::edge::{Described, EdgeStats};
use crate::graph::topology::{EdgeCounterValues, EdgeInfo, EdgePlace, HopCost, Topology};

/// The drawing of a graph that runs: its counters are read each time it is asked for.
#[derive(Debug, Clone)]
pub struct LiveDrawing {
    pub(super) topology: Topology,
    pub(super) edges: Vec<DrawnEdge>,
    pub(super) devices: Vec<DrawnDevice>,
}

/// A device that a segment runs on.
#[derive(Debug, Clone)]
pub(super) struct DrawnDevice {
    pub(super) segment: u16,
    pub(super) tally: Arc<Tally>,
    pub(super) notes: Vec<String>,
}

/// An edge that was made for the graph, and what reads its counters.
#[derive(Debug, Clone)]
pub(super) struct DrawnEdge {
    pub(super) hop: usize,
    pub(super) stats: Option<EdgeStats>,
    pub(super) described: Described,
    pub(super) from: ContextRef,
    pub(super) to: ContextRef,
}

impl Default for LiveDrawing {
    fn default() -> Self {
        Self { topology: Topology::opaque(), edges: Vec::new(), devices: Vec::new() }
    }
}

fn edge_of(topology: &mut Topology, hop: usize) -> Option<&mut EdgeInfo> {
    topology.edges.iter_mut().find(|edge| edge.place == EdgePlace::Hop(hop))
}

impl LiveDrawing {
    /// The stage in front of hop number `hop`, and where the hop is written.
    pub(super) fn stage_before(&self, hop: usize) -> String {
        let desc = self.topology.desc;
        let Some(hop) = desc.hops.get(hop) else { return "a stage".to_owned() };
        let stage = desc.stages[..usize::from(hop.stage).min(desc.stages.len())].last();
        let name = stage.map_or("the source", |stage| stage.name);
        format!("`{name}` ({}:{})", hop.file, hop.line)
    }

    /// Writes to each edge what `cost` says of its two contexts.
    pub fn cost(&mut self, mut cost: impl FnMut(&ContextRef, &ContextRef) -> Option<HopCost>) {
        for drawn in &self.edges {
            let measured = cost(&drawn.from, &drawn.to);
            if let Some(edge) = edge_of(&mut self.topology, drawn.hop) {
                edge.cost = measured;
            }
        }
    }

    /// Warns of each hop that costs more than the lane which it leads to takes for a value.
    fn warn(&self, topology: &mut Topology, control: &Control) {
        if topology.edges.iter().all(|edge| edge.cost.is_none()) {
            return;
        }
        let samples = control.sample(Duration::from_millis(20));
        for drawn in &self.edges {
            let Some(edge) = edge_of(topology, drawn.hop) else { continue };
            let mut there = samples.iter().filter(|sample| sample.context == drawn.to.id());
            let lane = there.find_map(|sample| sample.nanoseconds());
            if let (Some(cost), Some(lane)) = (edge.cost, lane)
                && lane < cost.p50_ns
            {
                edge.warning = Some(format!(
                    "`{}` takes {lane} ns for a value, and the hop there {} ns: the best hop is none",
                    drawn.to.name(),
                    cost.p50_ns
                ));
            }
        }
    }

    /// The drawing, with the counters of every edge as of now.
    pub fn now(&self, control: &Control) -> Topology {
        let mut topology = self.topology.clone();
        self.warn(&mut topology, control);
        for drawn in &self.edges {
            let Some(stats) = &drawn.stats else { continue };
            let counters = stats.counters();
            if let Some(edge) = edge_of(&mut topology, drawn.hop) {
                edge.counters = Some(EdgeCounterValues {
                    pushed: counters.pushed,
                    popped: counters.popped,
                    dropped: counters.dropped,
                    stalls: counters.stalls,
                    high_water: counters.high_water,
                    depth: counters.depth,
                });
            }
        }
        let infos = topology.lanes.iter_mut().flat_map(|lane| &mut lane.devices);
        for info in infos {
            if let Some(drawn) = self.devices.iter().find(|drawn| drawn.segment == info.segment) {
                info.notes.clone_from(&drawn.notes);
                info.counters = Some(drawn.tally.counters());
            }
        }
        topology
    }
}
