//! The drawing of a graph that runs.

use std::sync::Arc;
use std::time::Duration;

use crate::context::ContextRef;
use crate::control::Control;
use crate::device::Tally;
use crate::edge::{Described, EdgeStats};
use crate::graph::drawing::Outside;
use crate::graph::topology::{EdgeInfo, EdgePlace, HopCost, Topology};

/// The drawing of a graph that runs: its counters are read each time it is asked for.
#[derive(Debug, Clone)]
pub struct LiveDrawing {
    pub(super) topology: Topology,
    pub(super) edges: Vec<DrawnEdge>,
    pub(super) devices: Vec<DrawnDevice>,
    /// Edges that were there before the graph, of which it has one end.
    pub(super) outside: Vec<Outside>,
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
    pub(super) place: EdgePlace,
    pub(super) stats: Option<EdgeStats>,
    pub(super) described: Described,
    pub(super) from: ContextRef,
    pub(super) to: ContextRef,
}

impl Default for LiveDrawing {
    fn default() -> Self {
        let (edges, devices, outside) = (Vec::new(), Vec::new(), Vec::new());
        Self { topology: Topology::opaque(), edges, devices, outside }
    }
}

fn edge_of(topology: &mut Topology, place: EdgePlace) -> Option<&mut EdgeInfo> {
    topology.edges.iter_mut().find(|edge| edge.place == place)
}

impl LiveDrawing {
    /// The stage in front of the edge at `place`, and where the hop, or what else has the edge, is written.
    pub(super) fn stage_before(&self, place: EdgePlace) -> String {
        let desc = self.topology.desc;
        let stage = |at: usize| desc.stages.get(at);
        let (before, file, line) = match place {
            EdgePlace::Hop(hop) => {
                let Some(hop) = desc.hops.get(hop) else { return "a stage".to_owned() };
                let stage = desc.stages[..usize::from(hop.stage).min(desc.stages.len())].last();
                (stage.map_or("the source", |stage| stage.name), hop.file, hop.line)
            }
            EdgePlace::Inlet(at)
            | EdgePlace::To(at, _)
            | EdgePlace::From(at, _)
            | EdgePlace::Past(at)
            | EdgePlace::Back(at) => {
                let Some(stage) = stage(at) else { return "a stage".to_owned() };
                (stage.combinator, stage.file, stage.line)
            }
        };
        format!("`{before}` ({file}:{line})")
    }

    /// Writes to each edge what `cost` says of its two contexts.
    pub fn cost(&mut self, mut cost: impl FnMut(&ContextRef, &ContextRef) -> Option<HopCost>) {
        for drawn in &self.edges {
            let measured = cost(&drawn.from, &drawn.to);
            if let Some(edge) = edge_of(&mut self.topology, drawn.place) {
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
            let Some(edge) = edge_of(topology, drawn.place) else { continue };
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
            if let (Some(stats), Some(edge)) = (&drawn.stats, edge_of(&mut topology, drawn.place)) {
                edge.read(stats);
            }
        }
        self.outside.iter().for_each(|outside| outside.read(&mut topology));
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
