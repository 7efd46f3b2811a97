//! Completing the description of a graph with what only the running program knows.

use std::any::type_name;

use crate::completion::Never;
use crate::context::{ContextId, ContextRef, Scheduler};
use crate::edge::Edge;
use crate::graph::shards::Sharded;
use crate::graph::tag::Tag;
use crate::graph::topology::{DeviceInfo, EdgeInfo, GraphDesc, HopDesc, LaneInfo, Topology, TopologyBuilder};
use crate::on::On;

/// Gathers lanes and edges for a [`Topology`]; filled by generated code.
#[derive(Debug)]
pub struct Drawing {
    desc: &'static GraphDesc,
    builder: TopologyBuilder,
    // Where a source without a context of its own goes, if that is known.
    home: Option<ContextRef>,
    // The context of each lane, if it is known before the graph runs.
    lanes: Vec<(Option<ContextId>, LaneInfo)>,
    edges: Vec<(usize, EdgeInfo)>,
    devices: Vec<DeviceInfo>,
    // Whether the source goes wherever the engine puts it.
    homeless: bool,
}

impl Drawing {
    /// The drawing of the graph that `desc` describes and `complete` completes, for an engine with this
    /// home, if it is known.
    pub(crate) fn of(
        desc: &'static GraphDesc,
        state_bytes: usize,
        home: Option<&ContextRef>,
        complete: &dyn Fn(&mut Self),
    ) -> Topology {
        let mut drawing = Self::new(desc, state_bytes, home);
        complete(&mut drawing);
        drawing.finish()
    }

    fn new(desc: &'static GraphDesc, state_bytes: usize, home: Option<&ContextRef>) -> Self {
        let builder = Topology::build(desc).machine(state_bytes);
        let home = home.cloned();
        let (lanes, edges, devices) = (Vec::new(), Vec::new(), Vec::new());
        Self { desc, builder, home, lanes, edges, devices, homeless: false }
    }

    /// These segments run on `context`, or where the engine puts them, in one lane with what else
    /// runs there.
    pub fn lane(&mut self, context: Option<&ContextRef>, segments: &[u16]) {
        self.homeless |= context.is_none();
        let context = context.or(self.home.as_ref());
        let id = context.map(|context| context.id());
        let known = self.lanes.iter_mut().find(|(known, _)| id.is_some() && *known == id);
        if let Some((_, lane)) = known {
            lane.segments.extend_from_slice(segments);
            lane.segments.sort_unstable();
            return;
        }
        let lane = match context {
            None => LaneInfo::new("home", ""),
            Some(context) => LaneInfo::on(&**context),
        };
        self.lanes.push((id, lane.segments(segments.iter().copied())));
    }

    /// The lanes of shards: each takes values from the lane in front of them, and gives them back to it.
    pub fn shards<F, K, C: Scheduler, A, const N: usize>(&mut self, shards: &Sharded<F, K, C, A, N>) {
        for (number, scheduler) in shards.schedulers().iter().enumerate() {
            let context = scheduler.context();
            let note = format!("shard {number} of {N}");
            let known = self.lanes.iter_mut().find(|(known, _)| *known == Some(context.id()));
            match known {
                Some((_, lane)) => lane.notes.push(note),
                None => self.lanes.push((Some(context.id()), LaneInfo::on(&**context).note(note))),
            }
        }
    }

    /// The device of a segment.
    pub fn device(&mut self, device: DeviceInfo) {
        self.devices.push(device);
    }

    /// The edge of hop number `hop`.
    pub fn hop<V, E, C, K: Edge<V>>(&mut self, hop: usize, _: Tag<V, E>, to: &On<C, K>) {
        self.edge(hop, edge_of::<V, K>(hop, to.crosses_over()));
    }

    /// The edge of hop number `hop`, which carries errors too.
    pub fn hop_of_results<V, E, C, K: Edge<Result<V, E>>>(
        &mut self,
        hop: usize,
        _: Tag<V, E>,
        to: &On<C, K>,
    ) {
        let edge = edge_of::<Result<V, E>, K>(hop, to.crosses_over());
        self.edge(hop, named::<V, E>(edge, |value| value.to_owned()));
    }

    /// The edge of hop number `hop` in an arm, which carries passes without a value too.
    pub fn hop_of_marked<V, E, C, K: Edge<Option<V>>>(&mut self, hop: usize, _: Tag<V, E>, to: &On<C, K>) {
        self.edge(hop, edge_of::<Option<V>, K>(hop, to.crosses_over()));
    }

    /// The same, of passes that may have failed too.
    pub fn hop_of_marked_results<V, E, C, K: Edge<Option<Result<V, E>>>>(
        &mut self,
        hop: usize,
        _: Tag<V, E>,
        to: &On<C, K>,
    ) {
        let edge = edge_of::<Option<Result<V, E>>, K>(hop, to.crosses_over());
        self.edge(hop, named::<V, E>(edge, |value| format!("core::option::Option<{value}>")));
    }

    /// The ring number `hop` that says which arm of a route each pass went through.
    pub fn hop_of_ways<C, K>(&mut self, hop: usize, to: &On<C, K>) {
        self.edge(hop, edge_of::<bool, _>(hop, &to.beside()));
    }

    /// The ring number `hop` by which errors go past arms.
    pub fn hop_of_past<V, E: Send + 'static, C, K>(&mut self, hop: usize, _: Tag<V, E>, to: &On<C, K>) {
        self.edge(hop, edge_of::<Result<(), E>, _>(hop, &to.beside()));
    }

    fn edge(&mut self, hop: usize, edge: EdgeInfo) {
        self.edges.push((hop, edge));
    }

    fn finish(self) -> Topology {
        let Self { desc, mut builder, lanes, edges, devices, homeless, .. } = self;
        // A hop behind the first segment vanishes at launch if it leads to where the source lives.
        let home = lanes.first().filter(|(id, lane)| {
            let first = |hop: &HopDesc| (hop.from, hop.to) == (0, 1);
            !homeless
                && id.is_some()
                && lane.segments.starts_with(&[0, 1])
                && desc.hops.first().is_some_and(first)
        });
        let at_home = home.map(|(_, lane)| format!("the source is on `{}` already", lane.name));
        for (_, mut lane) in lanes {
            lane.devices =
                devices.iter().filter(|info| lane.segments.contains(&info.segment)).cloned().collect();
            builder = builder.lane(lane);
        }
        for (hop, edge) in edges {
            builder = match (&at_home, hop) {
                (Some(reason), 0) => builder.elide(0, reason),
                _ => builder.edge(edge),
            };
        }
        builder.finish()
    }
}

fn edge_of<T, K: Edge<T>>(hop: usize, edge: &K) -> EdgeInfo {
    EdgeInfo::of_hop(hop).payload_of::<T>().described(&edge.describe())
}

/// The edge of results, called by its values where there are no errors.
fn named<V, E>(edge: EdgeInfo, name: impl Fn(&str) -> String) -> EdgeInfo {
    if type_name::<E>() != type_name::<Never>() {
        return edge;
    }
    let bytes = edge.payload_bytes;
    edge.payload(name(type_name::<V>()), bytes)
}
