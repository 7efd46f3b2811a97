//! Completing the description of a graph with what only the running program knows.

use std::any::type_name;

use crate::completion::Never;
use crate::context::{ContextId, ContextRef, Scheduler};
use crate::edge::{Described, Edge, EdgeStats, Spsc};
use crate::graph::shards::Sharded;
use crate::graph::tag::Tag;
use crate::graph::topology::{
    AsideRole, DeviceInfo, EdgeInfo, EdgePlace, GraphDesc, HopDesc, LaneInfo, Topology, TopologyBuilder,
};
use crate::on::On;
use crate::source::Source;

/// What reads an edge that was there before the graph, which has one end of it.
#[derive(Debug, Clone)]
pub(crate) struct Outside {
    place: EdgePlace,
    // How many edges with the same place are drawn before it.
    before: usize,
    stats: EdgeStats,
}

impl Outside {
    /// Writes what it reads now to the edge of the drawing.
    pub(crate) fn read(&self, topology: &mut Topology) {
        let mut there = topology.edges.iter_mut().filter(|edge| edge.place == self.place);
        if let Some(edge) = there.nth(self.before) {
            edge.read(&self.stats);
        }
    }
}

/// Gathers lanes and edges for a [`Topology`]; filled by generated code.
#[derive(Debug)]
pub struct Drawing {
    desc: &'static GraphDesc,
    builder: TopologyBuilder,
    // Where a source without a context of its own goes, if that is known.
    home: Option<ContextRef>,
    // The context of each lane, if it is known before the graph runs.
    lanes: Vec<(Option<ContextId>, LaneInfo)>,
    edges: Vec<EdgeInfo>,
    // What stages have on lanes of their own: role, stage, name, the lane's position, and the segment behind.
    asides: Vec<(AsideRole, usize, String, usize, u16)>,
    // What reads the edges of which the graph has one end.
    outside: Vec<Outside>,
    devices: Vec<DeviceInfo>,
    // The stages that push into an edge that leads back.
    pushing_back: Vec<usize>,
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
        Self::with_ends(desc, state_bytes, home, complete).0
    }

    /// The same, and what reads the edges of which the graph has one end.
    pub(crate) fn with_ends(
        desc: &'static GraphDesc,
        state_bytes: usize,
        home: Option<&ContextRef>,
        complete: &dyn Fn(&mut Self),
    ) -> (Topology, Vec<Outside>) {
        let mut drawing = Self::new(desc, state_bytes, home);
        complete(&mut drawing);
        let outside = std::mem::take(&mut drawing.outside);
        let mut topology = drawing.finish();
        outside.iter().for_each(|outside| outside.read(&mut topology));
        (topology, outside)
    }

    fn new(desc: &'static GraphDesc, state_bytes: usize, home: Option<&ContextRef>) -> Self {
        let builder = Topology::build(desc).machine(state_bytes);
        let home = home.cloned();
        let (lanes, edges, asides) = (Vec::new(), Vec::new(), Vec::new());
        let (outside, devices, pushing_back) = (Vec::new(), Vec::new(), Vec::new());
        Self { desc, builder, home, lanes, edges, asides, outside, devices, pushing_back, homeless: false }
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

    /// The position of the lane on `context`, which is made if there is none.
    fn lane_on(&mut self, context: &ContextRef) -> usize {
        let known = self.lanes.iter().position(|(known, _)| *known == Some(context.id()));
        known.unwrap_or_else(|| {
            self.lanes.push((Some(context.id()), LaneInfo::on(&**context)));
            self.lanes.len() - 1
        })
    }

    /// The lanes of the shards of stage number `stage`, whose passes go on in segment `next`: each has an edge there and an edge back,
    /// and where they go on in order the numbers of the shards go past them.
    pub fn shards<V, E, F, K, C: Scheduler, A, U, E2, const N: usize>(
        &mut self,
        stage: usize,
        next: u16,
        _: (Tag<V, E>, Tag<U, E2>),
        shards: &Sharded<F, K, C, A, N>,
        ordered: bool,
    ) {
        for (number, scheduler) in shards.schedulers().iter().enumerate() {
            let lane = self.lane_on(scheduler.context());
            self.asides.push((AsideRole::Shard, stage, format!("shard {number} of {N}"), lane, next));
            let given = between::<Result<V, E>>(EdgePlace::To(stage, number));
            self.edges.push(named::<V, E>(given, |value| value.to_owned()));
            let made = between::<Option<Result<U, E2>>>(EdgePlace::From(stage, number));
            self.edges.push(named::<U, E2>(made, |value| format!("core::option::Option<{value}>")));
        }
        if ordered {
            self.edges.push(between::<u16>(EdgePlace::Past(stage)));
        }
    }

    /// Notes that the function of stage number `stage` pushes into an edge that leads back, if it does so.
    ///
    /// By the name of its type: that of [`Back::unless`](crate::sources::Back::unless) cannot be told apart by a trait.
    pub fn pushes_back<F>(&mut self, stage: usize, _: &F) {
        if std::any::type_name::<F>().contains("sources::feedback::Back<") {
            self.pushing_back.push(stage);
        }
    }

    /// How many sources at stage number `stage` have lanes of their own.
    fn parts(&self, stage: usize) -> usize {
        self.asides.iter().filter(|aside| aside.1 == stage).count()
    }

    /// What stage number `stage`, a source, has beside it: sources of which it is made and that live elsewhere, and edges of which it is
    /// an end.
    pub fn source<S: Source>(&mut self, stage: usize, source: &S) {
        let home = source.home().or_else(|| self.home.clone());
        source.draw(&mut Inlets { drawing: self, stage, home });
    }

    /// The device of a segment.
    pub fn device(&mut self, device: DeviceInfo) {
        self.devices.push(device);
    }

    /// The edge of hop number `hop`.
    pub fn hop<V, E, C, K: Edge<V>>(&mut self, hop: usize, _: Tag<V, E>, to: &On<C, K>) {
        self.edge(edge_of::<V, K>(hop, to.crosses_over()));
    }

    /// The edge of hop number `hop`, which carries errors too.
    pub fn hop_of_results<V, E, C, K: Edge<Result<V, E>>>(
        &mut self,
        hop: usize,
        _: Tag<V, E>,
        to: &On<C, K>,
    ) {
        let edge = edge_of::<Result<V, E>, K>(hop, to.crosses_over());
        self.edge(named::<V, E>(edge, |value| value.to_owned()));
    }

    /// The edge of hop number `hop` in an arm, which carries passes without a value too.
    pub fn hop_of_marked<V, E, C, K: Edge<Option<V>>>(&mut self, hop: usize, _: Tag<V, E>, to: &On<C, K>) {
        self.edge(edge_of::<Option<V>, K>(hop, to.crosses_over()));
    }

    /// The same, of passes that may have failed too.
    pub fn hop_of_marked_results<V, E, C, K: Edge<Option<Result<V, E>>>>(
        &mut self,
        hop: usize,
        _: Tag<V, E>,
        to: &On<C, K>,
    ) {
        let edge = edge_of::<Option<Result<V, E>>, K>(hop, to.crosses_over());
        self.edge(named::<V, E>(edge, |value| format!("core::option::Option<{value}>")));
    }

    /// The ring number `hop` that says which arm of a route each pass went through.
    pub fn hop_of_ways<C, K>(&mut self, hop: usize, to: &On<C, K>) {
        self.edge(edge_of::<bool, _>(hop, &to.beside()));
    }

    /// The ring number `hop` by which errors go past arms.
    pub fn hop_of_past<V, E: Send + 'static, C, K>(&mut self, hop: usize, _: Tag<V, E>, to: &On<C, K>) {
        self.edge(edge_of::<Result<(), E>, _>(hop, &to.beside()));
    }

    fn edge(&mut self, edge: EdgeInfo) {
        self.edges.push(edge);
    }

    fn finish(self) -> Topology {
        let Self { desc, mut builder, lanes, edges, asides, devices, pushing_back, homeless, .. } = self;
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
        for (role, stage, name, lane, next) in asides {
            builder = builder.aside(role, stage, name, lane, next);
        }
        for edge in edges {
            builder = match (&at_home, edge.place) {
                (Some(reason), EdgePlace::Hop(0)) => builder.elide(0, reason),
                (_, EdgePlace::Back(_)) => builder.edge(edge.pushed_by(pushing_back.iter().copied())),
                _ => builder.edge(edge),
            };
        }
        builder.finish()
    }
}

/// What of a source is not where its stage is; see [`Source::draw`].
#[derive(Debug)]
pub struct Inlets<'d> {
    drawing: &'d mut Drawing,
    stage: usize,
    // Where the stage takes from what is merged there, if that is known.
    home: Option<ContextRef>,
}

impl Inlets<'_> {
    /// One of several sources that are merged, whose own home is `home`. Where that is another one, it is on a lane of its own.
    pub(crate) fn part<T>(&mut self, home: Option<ContextRef>, draw: impl FnOnce(&mut Self)) {
        let apart = home.filter(|own| self.home.as_ref().is_none_or(|here| here.id() != own.id()));
        let Some(own) = apart else { return draw(self) };
        let here = self.home.replace(own.clone());
        draw(self);
        self.home = here;
        let (drawing, stage) = (&mut *self.drawing, self.stage);
        let (lane, number) = (drawing.lane_on(&own), drawing.parts(stage));
        let segment = drawing.desc.stages.get(stage).map_or(0, |stage| stage.segment);
        drawing.asides.push((AsideRole::Source, stage, format!("source {number}"), lane, segment));
        drawing.edges.push(between::<T>(EdgePlace::From(stage, number)));
    }

    /// The receiving end of an edge that carries a `T`, which `stats` reads.
    pub(crate) fn inlet<T>(&mut self, stats: Option<EdgeStats>) {
        self.end::<T>(EdgePlace::Inlet(self.stage), stats);
    }

    /// The same, of an edge whose sending end is a stage of this graph.
    pub(crate) fn back<T>(&mut self, stats: Option<EdgeStats>) {
        self.end::<T>(EdgePlace::Back(self.stage), stats);
    }

    fn end<T>(&mut self, place: EdgePlace, stats: Option<EdgeStats>) {
        let mut edge = EdgeInfo::at(place).payload_of::<T>();
        if let Some(stats) = stats {
            edge = match stats.described() {
                Some(described) => edge.described(described),
                None => edge.described(&Described::new("edge").policy("", false).capacity(stats.capacity())),
            };
            let before = self.drawing.edges.iter().filter(|other| other.place == place).count();
            self.drawing.outside.push(Outside { place, before, stats });
        }
        self.drawing.edges.push(edge);
    }
}

/// A ring that the launch puts between two lanes.
fn between<T>(place: EdgePlace) -> EdgeInfo {
    EdgeInfo::at(place).payload_of::<T>().described(&Spsc::new().describe_of::<T>())
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
