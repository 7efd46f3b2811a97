//! The description for programs.

use crate::graph::topology::{AsideInfo, EdgeInfo, EdgePlace, HopInfo, LaneInfo, StageDesc, Topology};

impl Topology {
    /// Everything that is known about the graph, as JSON.
    ///
    /// # Schema
    ///
    /// One object. Positions are indices into the arrays of the same document; what is not known is `null`.
    /// Members may be added under the same `version`; it grows when one changes its meaning or goes.
    ///
    /// | member | holds |
    /// |---|---|
    /// | `version` | `1` |
    /// | `graph` | `name`, `file`, `line` |
    /// | `stages[]` | `name`, `combinator`, `kind`, `file`, `line`, `column`, `defined` (`null` or `{file, line}`), `segment`, `lane`, `arm` (the path of nested arms), `arms` (how many it opens) |
    /// | `segments[]` | `context` (as written), `lane`, `first`, `last` (stages, both included) |
    /// | `lanes[]` | `name`, `kind`, `core`, `wait`, `segments`, `notes` |
    /// | `hops[]` | `stage`, `from_segment`, `to_segment`, `from_lane`, `to_lane`, `context`, `file`, `line`, `column`, `elided` (`null` or the reason), `edge` |
    /// | `asides[]` | what a stage has on a lane of its own: `role` (`"shard"`, `"source"`), `stage`, `number` (of those at that stage), `name`, `lane`, `next` (the segment in which its passes go on) |
    /// | `edges[]` | where it is, of which one is not `null`: `hop` (the one it carries), `inlet` (the source it enters the graph at), `past` (the stage whose shards it goes past), `back` (the source it leads back to), `to_aside`, `from_aside` (`{stage, number}`); `from_lane`, `to_lane`, `kind`, `name` (empty, or where others find it), `capacity`, `payload`, `payload_bytes`, `slot_bytes`, `layout` (`"in-slot"`, `"indexed"`), `layout_reason`, `policy`, `cost` (`null` or `{p50_ns, p99_ns}`), `counters` (`null` or `{pushed, popped, dropped, stalls, high_water, depth, spilled}`), `pushed_by` (the stages that feed it, of one that leads back), `peers` (who is at its ends, where those are other processes), `warning` |
    /// | `machine` | `null` or `{states, bytes}` |
    #[must_use]
    pub fn json(&self) -> String {
        let desc = self.desc;
        let segments = (0u16..).zip(desc.segments).map(|(index, segment)| {
            object([
                ("context", Json::from(segment.context)),
                ("lane", self.lane_of_segment(index).into()),
                ("first", segment.first.into()),
                ("last", segment.last.into()),
            ])
        });
        let document = object([
            ("version", Json::Number(1)),
            (
                "graph",
                object([("name", desc.name.into()), ("file", desc.file.into()), ("line", desc.line.into())]),
            ),
            ("stages", Json::List(desc.stages.iter().map(|stage| stage_of(self, stage)).collect())),
            ("segments", Json::List(segments.collect())),
            ("lanes", Json::List(self.lanes.iter().map(lane_of).collect())),
            (
                "hops",
                Json::List((0..).zip(&self.hops).map(|(index, hop)| hop_of(self, index, hop)).collect()),
            ),
            ("asides", Json::List(self.asides.iter().map(aside_of).collect())),
            ("edges", Json::List(self.edges.iter().map(edge_of).collect())),
            (
                "machine",
                self.machine.as_ref().map_or(Json::Null, |machine| {
                    object([("states", texts(&machine.states)), ("bytes", machine.bytes.into())])
                }),
            ),
        ]);
        let mut out = String::new();
        document.write(&mut out, 0);
        out.push('\n');
        out
    }
}

fn stage_of(topology: &Topology, stage: &StageDesc) -> Json {
    let defined = stage
        .defined
        .map_or(Json::Null, |(file, line)| object([("file", file.into()), ("line", line.into())]));
    object([
        ("name", stage.name.into()),
        ("combinator", stage.combinator.into()),
        ("kind", stage.kind.as_str().into()),
        ("file", stage.file.into()),
        ("line", stage.line.into()),
        ("column", stage.column.into()),
        ("defined", defined),
        ("segment", stage.segment.into()),
        ("lane", topology.lane_of_segment(stage.segment).into()),
        ("arm", Json::List(stage.arm.iter().map(|&arm| Json::Number(arm.into())).collect())),
        ("arms", Json::Number(stage.arms.into())),
    ])
}

fn lane_of(lane: &LaneInfo) -> Json {
    let kind = Some(lane.kind.as_str()).filter(|kind| !kind.is_empty());
    object([
        ("name", lane.name.as_str().into()),
        ("kind", kind.map_or(Json::Null, Json::from)),
        ("core", lane.core.into()),
        ("wait", lane.wait.as_deref().map_or(Json::Null, Json::from)),
        ("segments", Json::List(lane.segments.iter().map(|&segment| segment.into()).collect())),
        ("notes", texts(&lane.remarks())),
    ])
}

fn hop_of(topology: &Topology, index: usize, hop: &HopInfo) -> Json {
    let edge = topology.edges.iter().position(|edge| edge.place == EdgePlace::Hop(index));
    object([
        ("stage", hop.desc.stage.into()),
        ("from_segment", hop.desc.from.into()),
        ("to_segment", hop.desc.to.into()),
        ("from_lane", topology.lane_of_segment(hop.desc.from).into()),
        ("to_lane", topology.lane_of_segment(hop.desc.to).into()),
        ("context", hop.desc.context.into()),
        ("file", hop.desc.file.into()),
        ("line", hop.desc.line.into()),
        ("column", hop.desc.column.into()),
        ("elided", hop.elided.as_deref().map_or(Json::Null, Json::from)),
        ("edge", edge.into()),
    ])
}

fn aside_of(aside: &AsideInfo) -> Json {
    object([
        ("role", aside.role.as_str().into()),
        ("stage", aside.stage.into()),
        ("number", aside.number.into()),
        ("name", aside.name.as_str().into()),
        ("lane", aside.lane.into()),
        ("next", aside.next.into()),
    ])
}

fn edge_of(edge: &EdgeInfo) -> Json {
    // Of the members that say where it is, those that do not apply are null.
    let at = |place: fn(usize) -> EdgePlace| match edge.place {
        EdgePlace::Hop(at)
        | EdgePlace::Inlet(at)
        | EdgePlace::To(at, _)
        | EdgePlace::From(at, _)
        | EdgePlace::Past(at)
        | EdgePlace::Back(at) => Some(at).filter(|&at| place(at) == edge.place),
    };
    let of_aside = |leads_there: bool| match edge.place {
        EdgePlace::To(stage, number) if leads_there => {
            object([("stage", stage.into()), ("number", number.into())])
        }
        EdgePlace::From(stage, number) if !leads_there => {
            object([("stage", stage.into()), ("number", number.into())])
        }
        _ => Json::Null,
    };
    let cost = edge.cost.map_or(Json::Null, |cost| {
        object([("p50_ns", Json::Number(cost.p50_ns)), ("p99_ns", Json::Number(cost.p99_ns))])
    });
    let counters = edge.counters.map_or(Json::Null, |counters| {
        object([
            ("pushed", Json::Number(counters.pushed)),
            ("popped", Json::Number(counters.popped)),
            ("dropped", Json::Number(counters.dropped)),
            ("stalls", Json::Number(counters.stalls)),
            ("high_water", Json::Number(counters.high_water)),
            ("depth", Json::Number(counters.depth)),
            ("spilled", Json::Number(counters.spilled)),
        ])
    });
    object([
        ("hop", at(EdgePlace::Hop).into()),
        ("inlet", at(EdgePlace::Inlet).into()),
        ("past", at(EdgePlace::Past).into()),
        ("back", at(EdgePlace::Back).into()),
        ("to_aside", of_aside(true)),
        ("from_aside", of_aside(false)),
        ("from_lane", edge.from.into()),
        ("to_lane", edge.to.into()),
        ("kind", edge.kind.as_str().into()),
        ("name", edge.name.as_str().into()),
        ("capacity", edge.capacity.into()),
        ("payload", edge.payload.as_str().into()),
        ("payload_bytes", edge.payload_bytes.into()),
        ("slot_bytes", edge.slot_bytes.into()),
        ("layout", edge.layout.as_str().into()),
        ("layout_reason", edge.layout_reason.as_str().into()),
        ("policy", edge.policy.as_str().into()),
        ("cost", cost),
        ("counters", counters),
        ("pushed_by", Json::List(edge.pushed_by.iter().map(|&stage| stage.into()).collect())),
        ("peers", texts(&edge.peers)),
        ("warning", edge.warning.as_deref().map_or(Json::Null, Json::from)),
    ])
}

/// As much of JSON as the document needs.
enum Json {
    Null,
    Number(u64),
    Text(String),
    List(Vec<Self>),
    Object(Vec<(&'static str, Self)>),
}

fn object<const N: usize>(members: [(&'static str, Json); N]) -> Json {
    Json::Object(members.into())
}

fn texts(texts: &[String]) -> Json {
    Json::List(texts.iter().map(|text| text.as_str().into()).collect())
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<u16> for Json {
    fn from(n: u16) -> Self {
        Self::Number(n.into())
    }
}

impl From<u32> for Json {
    fn from(n: u32) -> Self {
        Self::Number(n.into())
    }
}

impl From<usize> for Json {
    fn from(n: usize) -> Self {
        Self::Number(n as u64)
    }
}

impl From<Option<usize>> for Json {
    fn from(n: Option<usize>) -> Self {
        n.map_or(Self::Null, Self::from)
    }
}

impl Json {
    /// The document's members and the items of its arrays stand on their own lines; what is inside an item
    /// stays on the item's line, so that a difference between two documents shows one stage, lane or edge.
    const BROKEN_LEVELS: usize = 2;

    fn write(&self, out: &mut String, level: usize) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Number(n) => out.push_str(&n.to_string()),
            Self::Text(text) => write_text(text, out),
            Self::List(items) => {
                write_items('[', ']', items, out, level, |item, out| item.write(out, level + 1));
            }
            // An object below the document stays on one line, and so does all that it holds.
            Self::Object(members) => {
                let broken = if level == 0 { 0 } else { Self::BROKEN_LEVELS };
                write_items('{', '}', members, out, broken, |(name, value), out| {
                    write_text(name, out);
                    out.push_str(": ");
                    value.write(out, if level == 0 { 1 } else { Self::BROKEN_LEVELS });
                });
            }
        }
    }
}

fn write_items<T>(
    open: char,
    close: char,
    items: &[T],
    out: &mut String,
    level: usize,
    write: impl Fn(&T, &mut String),
) {
    let broken = level < Json::BROKEN_LEVELS && !items.is_empty();
    let indent = |out: &mut String, level: usize| {
        out.push('\n');
        out.push_str(&"  ".repeat(level));
    };
    out.push(open);
    for (index, item) in items.iter().enumerate() {
        match (broken, index) {
            (true, 0) => indent(out, level + 1),
            (true, _) => {
                out.push(',');
                indent(out, level + 1);
            }
            (false, 0) => {}
            (false, _) => out.push_str(", "),
        }
        write(item, out);
    }
    if broken {
        indent(out, level);
    }
    out.push(close);
}

fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
}
