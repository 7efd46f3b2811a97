//! The default drawing: text for a terminal, in ASCII but for what the user wrote.

use core::fmt::{self, Display, Formatter, Write as _};

use super::words::{
    balance, columns, count, edge_cause, edge_ends, hop_cause, one_line, pad, short_type, slots, stage_call,
    stage_name, stage_place,
};
use crate::graph::topology::{AsideInfo, EdgeInfo, EdgePlace, StageDesc, StageKind, Topology};

/// The drawing for a terminal: the lanes one after another, then the edges, the elided hops and the machine.
impl Display for Topology {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut drawing = String::new();
        draw(self, &mut drawing)?;
        // What the user named nothing leaves blanks at the ends of lines.
        drawing.lines().try_for_each(|line| writeln!(f, "{}", line.trim_end()))
    }
}

fn draw(topology: &Topology, f: &mut String) -> fmt::Result {
    head(topology, f)?;
    let widths = Widths::of(topology);
    for (index, lane) in topology.lanes.iter().enumerate() {
        writeln!(f, "\nlane {index}  {}  {}", one_line(&lane.name), one_line(&lane.placement()))?;
        for note in lane.remarks() {
            writeln!(f, "  note: {}", one_line(&note))?;
        }
        for &segment in &lane.segments {
            segment_of(topology, segment, &widths, f)?;
        }
        for aside in topology.asides.iter().filter(|aside| aside.lane == index) {
            aside_of(topology, aside, f)?;
        }
    }
    for (index, edge) in topology.edges.iter().enumerate() {
        writeln!(f)?;
        edge_of(topology, index, edge, f)?;
    }
    if topology.hops.iter().any(|hop| hop.elided.is_some()) {
        writeln!(f, "\nelided hops")?;
    }
    for hop in &topology.hops {
        if let Some(reason) = &hop.elided {
            writeln!(f, "  {}: {}", hop_cause(topology, hop.desc), one_line(reason))?;
        }
    }
    if let Some(machine) = &topology.machine {
        let states: Vec<String> = machine.states.iter().map(|state| one_line(state)).collect();
        write!(f, "\nmachine  {}, {}", count(machine.bytes, "byte"), count(states.len(), "state"))?;
        writeln!(f, "{}{}", if states.is_empty() { "" } else { ": " }, states.join(", "))?;
    }
    Ok(())
}

fn head(topology: &Topology, f: &mut String) -> fmt::Result {
    let desc = topology.desc;
    writeln!(f, "graph {} at {}:{}", one_line(desc.name), one_line(desc.file), desc.line)?;
    writeln!(
        f,
        "{} in {} on {}, {}",
        count(desc.stages.len(), "stage"),
        count(desc.segments.len(), "segment"),
        count(topology.lanes.len(), "lane"),
        count(topology.edges.len(), "edge"),
    )
}

/// The widths of the columns of stages, the same on every lane.
struct Widths {
    arm: usize,
    combinator: usize,
    name: usize,
    place: usize,
}

impl Widths {
    /// Names wider than this do not push the other columns aside.
    const NAME: usize = 40;

    fn of(topology: &Topology) -> Self {
        let stages = topology.desc.stages;
        let widest = |text: &dyn Fn(&StageDesc) -> String| {
            stages.iter().map(|stage| columns(&text(stage))).max().unwrap_or(0)
        };
        Self {
            arm: widest(&arm_path),
            combinator: widest(&|stage| one_line(stage.combinator)),
            name: widest(&stage_name).min(Self::NAME),
            place: widest(&stage_place),
        }
    }
}

/// The path of arms that a stage lies in: `[0.1] `; nothing on the main chain.
fn arm_path(stage: &StageDesc) -> String {
    if stage.arm.is_empty() {
        return String::new();
    }
    let path: Vec<String> = stage.arm.iter().map(u8::to_string).collect();
    format!("[{}] ", path.join("."))
}

fn segment_of(topology: &Topology, segment: u16, widths: &Widths, f: &mut String) -> fmt::Result {
    let has_stages = topology.desc.stages.iter().any(|stage| stage.segment == segment);
    let arrives = topology.hops.iter().any(|hop| hop.desc.to == segment && hop.elided.is_none());
    // What is behind a last stage that waits: a segment of its own, with nothing to do.
    let empty = if has_stages || arrives { "" } else { "  the pass is complete" };
    writeln!(f, "  segment {segment}{empty}")?;
    for (hop, _) in topology.hops.iter().enumerate().filter(|(_, hop)| hop.desc.to == segment) {
        if topology.hops[hop].elided.is_none() {
            writeln!(f, "    <- {}", across(topology, hop, topology.hops[hop].desc.from))?;
        }
    }
    let stages = topology.desc.stages.iter().enumerate();
    for (index, stage) in stages.filter(|(_, stage)| stage.segment == segment) {
        let mut line = format!(
            "    {}{}  {}  {}",
            pad(&arm_path(stage), widths.arm),
            pad(&one_line(stage.combinator), widths.combinator),
            pad(&stage_name(stage), widths.name),
            pad(&stage_place(stage), widths.place),
        );
        if let Some((file, at)) = stage.defined {
            line.push_str(&format!("  stage at {}:{at}", one_line(file)));
        }
        if stage.kind == StageKind::Hop {
            line.push_str(&hop_outcome(topology, index));
        }
        writeln!(f, "{line}")?;
    }
    for (hop, info) in topology.hops.iter().enumerate() {
        let stage = topology.desc.stages.get(usize::from(info.desc.stage));
        let implied = stage.is_none_or(|stage| stage.kind != StageKind::Hop);
        if implied && info.desc.from == segment && info.elided.is_none() {
            writeln!(f, "    -> {}", across(topology, hop, info.desc.to))?;
        }
    }
    Ok(())
}

/// What became of the hop of a stage.
fn hop_outcome(topology: &Topology, stage: usize) -> String {
    let hop = topology.hops.iter().position(|hop| usize::from(hop.desc.stage) == stage);
    match hop {
        Some(hop) if topology.hops[hop].elided.is_some() => "  elided".to_owned(),
        Some(hop) => format!("  -> {}", across(topology, hop, topology.hops[hop].desc.to)),
        None => String::new(),
    }
}

/// The far side of a hop: `lane 1 compute over edge 0`.
fn across(topology: &Topology, hop: usize, segment: u16) -> String {
    let far = match topology.lane_of_segment(segment) {
        Some(lane) => format!("lane {lane} {}", one_line(&topology.lanes[lane].name)),
        None => "outside".to_owned(),
    };
    let edge = topology.edge_of_hop(hop);
    match edge.and_then(|edge| topology.edges.iter().position(|other| core::ptr::eq(edge, other))) {
        Some(edge) => format!("{far} over edge {edge}"),
        None => far,
    }
}

/// What a stage has on this lane: `shard 0 of 2  of shard(key on cores)  <- edge 1  -> edge 2`.
fn aside_of(topology: &Topology, aside: &AsideInfo, f: &mut String) -> fmt::Result {
    let stage = topology.desc.stages.get(aside.stage);
    let of = stage
        .map_or_else(String::new, |stage| format!("  of {} at {}", stage_call(stage), stage_place(stage)));
    let edge = |place: EdgePlace| topology.edges.iter().position(|edge| edge.place == place);
    let (to, from) = (EdgePlace::To(aside.stage, aside.number), EdgePlace::From(aside.stage, aside.number));
    let to = edge(to).map_or_else(String::new, |edge| format!("  <- edge {edge}"));
    let from = edge(from).map_or_else(String::new, |edge| format!("  -> edge {edge}"));
    writeln!(f, "  {}{of}{to}{from}", one_line(&aside.name))
}

fn edge_of(topology: &Topology, index: usize, edge: &EdgeInfo, f: &mut String) -> fmt::Result {
    writeln!(f, "edge {index}  {}", edge_ends(topology, edge))?;
    let payload = short_type(&edge.payload);
    let of = if payload.is_empty() { String::new() } else { format!(" ({payload})") };
    writeln!(f, "  kind      {}", [one_line(&edge.kind), one_line(&edge.name)].join(" "))?;
    write!(f, "  ring      {}, payload {} B{of}", slots(edge), edge.payload_bytes)?;
    if !edge.policy.is_empty() {
        write!(f, ", when full {}", one_line(&edge.policy))?;
    }
    writeln!(f)?;
    writeln!(f, "  because   {}", edge_cause(topology, edge))?;
    write!(f, "  layout    {}", edge.layout)?;
    if !edge.layout_reason.is_empty() {
        write!(f, ": {}", one_line(&edge.layout_reason))?;
    }
    writeln!(f)?;
    if let Some(cost) = edge.cost {
        writeln!(f, "  cost      {} ns median, {} ns p99, one way", cost.p50_ns, cost.p99_ns)?;
    }
    if let Some(counters) = edge.counters {
        writeln!(f, "  counters  {}", balance(&counters))?;
    }
    for peer in &edge.peers {
        writeln!(f, "  peer      {}", one_line(peer))?;
    }
    if let Some(warning) = &edge.warning {
        writeln!(f, "  warning   {}", one_line(warning))?;
    }
    Ok(())
}
