//! Where a running graph stands: the chain of stages up to what each lane waits for.

use std::fmt;
use std::time::Duration;

use crate::control::{Control, Standing};
use crate::graph::guard::chain;
use crate::graph::topology::{EdgeInfo, EdgePlace, Topology};
use crate::lane::Frame;
use crate::launch::LiveDrawing;

/// How long the lanes have for their answers.
const LIMIT: Duration = Duration::from_millis(50);

/// Where a graph stands, as of one moment for each of its lanes; see [`Handle::dump`](super::Handle::dump).
///
/// Its `Display` is meant for a log, several lines long.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Dump {
    /// The drawing of the graph, with the counters of its edges.
    pub topology: Topology,
    /// Its lanes, in the order of the drawing.
    pub lanes: Vec<LaneDump>,
    /// Whether all of them have ended.
    pub ended: bool,
    /// The first error, with the chain of stages where it is a panic; none after `join` has handed it out.
    pub error: Option<String>,
}

/// Where one lane stands.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LaneDump {
    /// The name of its context.
    pub context: String,
    /// What it waits for.
    pub waits: Waits,
    /// The values that it has taken so far, if it answered.
    pub taken: Option<u64>,
    /// The passes that have completed in it, if it answered.
    pub completed: Option<u64>,
    /// The stages that a pass goes through up to what the lane waits for, that one last; empty for a graph that was not fused.
    pub chain: Vec<Frame>,
}

/// What a lane waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Waits {
    /// It does not answer: one of its stages runs or blocks, or nobody takes the turns of its context.
    Silent,
    /// A pass waits in an asynchronous stage.
    Stage,
    /// The edge to the lane of this name is full.
    Room(String),
    /// The edges from the lanes of these names are empty.
    Values(String),
    /// The source has nothing, or has something just now.
    Source,
    /// Nothing that can be seen: it is at work.
    Nothing,
    /// It has ended.
    Ended,
}

impl fmt::Display for Waits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Silent => {
                f.write_str("does not answer: a stage of it runs, or nobody takes the turns of its context")
            }
            Self::Stage => f.write_str("a pass waits in an asynchronous stage"),
            Self::Room(to) => write!(f, "waits for room in the edge to `{to}`"),
            Self::Values(from) => write!(f, "waits for a value from `{from}`"),
            Self::Source => f.write_str("waits for its source"),
            Self::Nothing => f.write_str("is at work"),
            Self::Ended => f.write_str("has ended"),
        }
    }
}

impl Dump {
    pub(super) fn of(control: &Control, drawing: &LiveDrawing) -> Self {
        let contexts = control.contexts();
        let mut standings = if contexts.is_empty() { Vec::new() } else { control.standings(LIMIT) };
        let ended_lanes = control.ended_on();
        let topology = drawing.now(control);
        let ended = control.has_ended();
        // By the order of launch; two contexts may have one name.
        let mut left: Vec<_> = contexts.iter().collect();
        let mut lanes = Vec::new();
        for index in 0..topology.lanes.len().max(contexts.len()) {
            let named = topology.lanes.get(index).map(|lane| lane.name.clone());
            let at = named.as_ref().map_or(Some(0), |name| left.iter().position(|c| c.name() == *name));
            let context = at.filter(|at| *at < left.len()).map(|at| left.remove(at));
            if named.is_none() && context.is_none() {
                break;
            }
            let name = named.or_else(|| context.map(|context| context.name().to_owned())).unwrap_or_default();
            let standing = context.and_then(|context| {
                let at = standings.iter().position(|standing| standing.context == context.id())?;
                Some(standings.remove(at))
            });
            let has_ended = ended || context.is_some_and(|context| ended_lanes.contains(&context.id()));
            lanes.push(LaneDump::of(&topology, index, name, standing, has_ended));
        }
        Self { topology, lanes, ended, error: control.error_text() }
    }
}

/// What is in an edge, if that is known.
fn depth(edge: &EdgeInfo) -> Option<u64> {
    edge.counters.as_ref().map(|counters| counters.depth)
}

/// The stage that an edge is the hop of.
fn hop_stage(topology: &Topology, edge: &EdgeInfo) -> Option<usize> {
    match edge.place {
        EdgePlace::Hop(hop) => topology.desc.hops.get(hop).map(|hop| usize::from(hop.stage)),
        _ => None,
    }
}

impl LaneDump {
    fn of(
        topology: &Topology,
        index: usize,
        context: String,
        standing: Option<Standing>,
        ended: bool,
    ) -> Self {
        let (taken, completed) =
            (standing.as_ref().map(|one| one.taken), standing.as_ref().map(|one| one.completed));
        let (waits, stage) = match &standing {
            None if ended => (Waits::Ended, None),
            None => (Waits::Silent, Self::last_stage(topology, index)),
            Some(standing) => Self::waits(topology, index, standing),
        };
        let chain = stage.map(|stage| chain(topology.desc, stage)).unwrap_or_default();
        Self { context, waits, taken, completed, chain }
    }

    /// The stages of a lane, in the order of a pass.
    fn stages(topology: &Topology, index: usize) -> impl Iterator<Item = usize> {
        let segments = topology.lanes.get(index).map(|lane| lane.segments.as_slice()).unwrap_or_default();
        let stages = topology.desc.stages.iter().enumerate();
        stages.filter(|(_, stage)| segments.contains(&stage.segment)).map(|(stage, _)| stage)
    }

    fn last_stage(topology: &Topology, index: usize) -> Option<usize> {
        Self::stages(topology, index).last()
    }

    fn waits(topology: &Topology, index: usize, standing: &Standing) -> (Waits, Option<usize>) {
        let lane_name = |lane: Option<usize>| {
            lane.and_then(|lane| topology.lanes.get(lane)).map_or("outside", |lane| &lane.name).to_owned()
        };
        if let Some(waiting) = standing.awaits.iter().position(|waits| *waits) {
            let asynchronous = |stage: &usize| {
                topology
                    .desc
                    .stages
                    .get(*stage)
                    .is_some_and(|stage| matches!(stage.combinator, "and" | "or_else"))
            };
            let stages: Vec<usize> = Self::stages(topology, index).filter(asynchronous).collect();
            // Arms that the macro cannot look into wait as well; which of them does is not known then.
            let known = (stages.len() == standing.awaits.len()).then(|| stages[waiting]);
            return (Waits::Stage, known.or_else(|| Self::last_stage(topology, index)));
        }
        let full = |edge: &&EdgeInfo| {
            edge.from == Some(index)
                && edge.policy.eq_ignore_ascii_case("block")
                && depth(edge).is_some_and(|depth| depth >= edge.capacity as u64)
        };
        if let Some(edge) = topology.edges.iter().find(full) {
            return (Waits::Room(lane_name(edge.to)), hop_stage(topology, edge));
        }
        if let Some(source) = Self::stages(topology, index).find(|stage| *stage == 0) {
            return (Waits::Source, Some(source));
        }
        let mut incoming = topology.edges.iter().filter(|edge| edge.to == Some(index));
        if let Some(edge) = incoming.find(|edge| depth(edge) == Some(0)) {
            return (Waits::Values(lane_name(edge.from)), hop_stage(topology, edge));
        }
        (Waits::Nothing, Self::last_stage(topology, index))
    }
}

impl fmt::Display for Dump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let desc = self.topology.desc;
        write!(f, "graph {}", desc.name)?;
        if !desc.file.is_empty() {
            write!(f, " at {}:{}", desc.file, desc.line)?;
        }
        writeln!(f, "{}", if self.ended { ", ended" } else { ", running" })?;
        if let Some(error) = &self.error {
            writeln!(f, "error: {error}")?;
        }
        for lane in &self.lanes {
            write!(f, "lane `{}` {}", lane.context, lane.waits)?;
            match (lane.taken, lane.completed) {
                (Some(taken), Some(0)) => writeln!(f, "; {taken} taken")?,
                (Some(taken), Some(completed)) => writeln!(f, "; {taken} taken, {completed} completed")?,
                _ => writeln!(f)?,
            }
            for frame in &lane.chain {
                writeln!(f, "    {frame}")?;
            }
        }
        for edge in &self.topology.edges {
            let name = |lane: Option<usize>| {
                lane.and_then(|lane| self.topology.lanes.get(lane)).map_or("outside", |lane| &lane.name)
            };
            write!(f, "edge `{}` to `{}`: ", name(edge.from), name(edge.to))?;
            match &edge.counters {
                Some(counters) => writeln!(
                    f,
                    "{} of {} inside; {} pushed, {} popped, {} dropped",
                    counters.depth, edge.capacity, counters.pushed, counters.popped, counters.dropped
                )?,
                None => writeln!(f, "not counted")?,
            }
        }
        Ok(())
    }
}
