//! The graphs that are drawn, written by hand the way the macro emits them.

use fusewire::graph::topology::{
    EdgeCounterValues, EdgeInfo, EdgeLayout, EdgePlace, GraphDesc, HopCost, HopDesc, LaneInfo, SegmentDesc,
    StageDesc, StageKind, Topology,
};
use fusewire::prelude::*;

pub(crate) const FILE: &str = "examples/tick.rs";

pub(crate) const fn stage(
    line: u32,
    combinator: &'static str,
    name: &'static str,
    kind: StageKind,
    segment: u16,
) -> StageDesc {
    StageDesc {
        name,
        combinator,
        kind,
        file: FILE,
        line,
        column: 10,
        defined: None,
        segment,
        arm: &[],
        arms: 0,
    }
}

const fn defined(stage: StageDesc, line: u32) -> StageDesc {
    StageDesc { defined: Some(("examples/tick/stages.rs", line)), ..stage }
}

pub(crate) const fn arm(path: &'static [u8], stage: StageDesc) -> StageDesc {
    StageDesc { arm: path, ..stage }
}

pub(crate) const fn opens(arms: u8, stage: StageDesc) -> StageDesc {
    StageDesc { arms, ..stage }
}

pub(crate) const fn segment(context: &'static str, lane: u16, first: u16, last: u16) -> SegmentDesc {
    SegmentDesc { context, lane, first, last }
}

pub(crate) const fn hop(stage: u16, from: u16, to: u16, context: &'static str, line: u32) -> HopDesc {
    HopDesc { stage, from, to, context, file: FILE, line, column: 10, elided: None }
}

/// From the feed's io core to the compute core and back, as tick_to_trade does it.
const LINEAR: GraphDesc = GraphDesc {
    name: "strategy",
    file: FILE,
    line: 12,
    stages: &[
        stage(13, "read", "feed", StageKind::Source, 0),
        defined(stage(14, "filter_map", "decode", StageKind::Filter, 0), 30),
        stage(15, "then", "compute", StageKind::Hop, 0),
        defined(stage(16, "map", "features", StageKind::Map, 1), 52),
        stage(17, "then", "compute", StageKind::Hop, 1),
        defined(stage(18, "filter_map", "price", StageKind::Filter, 1), 71),
        stage(19, "then", "io", StageKind::Hop, 1),
        stage(20, "inspect_value", "|order| log.write(order)", StageKind::Tap, 2),
        stage(21, "and", "send(oms)", StageKind::Await, 2),
    ],
    segments: &[segment("feed", 0, 0, 2), segment("compute", 1, 3, 6), segment("io", 0, 7, 8)],
    hops: &[
        hop(2, 0, 1, "compute", 15),
        HopDesc { elided: Some("the pass is already on compute"), ..hop(4, 1, 1, "compute", 17) },
        hop(6, 1, 2, "io", 19),
    ],
    states: &["read(feed)", "on(compute)", "on(io)", "send(oms)"],
};

pub(crate) fn linear() -> Topology {
    Topology::build(&LINEAR)
        .lane(LaneInfo::new("io", "io").core(2).wait("spin").segments([0, 2]))
        .lane(
            LaneInfo::new("compute", "cpu")
                .core(3)
                .wait("spin")
                .segments([1])
                .note("SCHED_FIFO was refused: the process may not raise its priority"),
        )
        .edge(
            EdgeInfo::of_hop(0)
                .ring(1024, 64)
                .payload("tick::book::Quote", 48)
                .layout(EdgeLayout::InSlot, "48 bytes and the sequence number fit in one cache line")
                .policy("Block")
                .cost(HopCost { p50_ns: 92, p99_ns: 141 })
                .counters(EdgeCounterValues {
                    pushed: 1_204_553,
                    popped: 1_204_550,
                    dropped: 0,
                    stalls: 0,
                    high_water: 17,
                    depth: 3,
                    spilled: 0,
                }),
        )
        .edge(
            EdgeInfo::of_hop(2)
                .ring(256, 128)
                .payload("core::option::Option<tick::ouch::Order>", 112)
                .layout(EdgeLayout::Indexed, "112 bytes are more than one cache line holds")
                .policy("DropNewest")
                .cost(HopCost { p50_ns: 130, p99_ns: 402 })
                .counters(EdgeCounterValues {
                    pushed: 8_211,
                    popped: 8_200,
                    dropped: 11,
                    stalls: 0,
                    high_water: 256,
                    depth: 0,
                    spilled: 0,
                })
                .warning("inspect_value costs 9 ns, the hop that leads to it 130 ns: consider none"),
        )
        .machine(136)
        .finish()
}

/// One value to three arms: one stays, one computes elsewhere, one hands on as it is; then a join, a route,
/// and an edge to another graph.
const FORK_JOIN: GraphDesc = GraphDesc {
    name: "spread",
    file: FILE,
    line: 40,
    stages: &[
        stage(41, "recv", "quotes", StageKind::Source, 0),
        opens(3, stage(42, "fork", "3 arms", StageKind::Fork, 0)),
        arm(&[0], stage(43, "map", "mid", StageKind::Map, 0)),
        arm(&[0], stage(44, "scan", "Ewma::new(0.94)", StageKind::Map, 0)),
        arm(&[1], stage(45, "then", "models", StageKind::Hop, 0)),
        arm(&[1], stage(46, "map", "features", StageKind::Map, 1)),
        arm(&[1], stage(47, "map", "score", StageKind::Map, 1)),
        stage(49, "join", "3 arms", StageKind::Join, 2),
        opens(2, stage(50, "route", "|s| s.side", StageKind::Route, 2)),
        arm(&[0], stage(51, "map", "buy", StageKind::Map, 2)),
        arm(&[1], stage(52, "map", "sell", StageKind::Map, 2)),
        arm(&[1], stage(53, "filter", "short_allowed", StageKind::Filter, 2)),
        stage(54, "push", "orders", StageKind::Consumer, 2),
    ],
    segments: &[segment("quotes", 0, 0, 4), segment("models", 1, 5, 6), segment("quotes", 0, 7, 12)],
    hops: &[hop(4, 0, 1, "models", 45), hop(7, 1, 2, "quotes", 49)],
    states: &["recv(quotes)", "join"],
};

pub(crate) fn fork_join() -> Topology {
    let word = "a single word travels in the index ring";
    Topology::build(&FORK_JOIN)
        .lane(LaneInfo::new("main", "cpu").core(1).wait("spin then park").segments([0, 2]))
        .lane(LaneInfo::new("models", "cpu").core(2).wait("spin then park").segments([1]))
        .edge(
            EdgeInfo::at(EdgePlace::Inlet(0)).ring(4096, 64).payload("Quote", 48).policy("Conflate(symbol)"),
        )
        .edge(
            EdgeInfo::of_hop(0)
                .ring(512, 64)
                .payload("Quote", 48)
                .layout(EdgeLayout::InSlot, "48 bytes and the sequence number fit in one cache line")
                .policy("Block"),
        )
        .edge(
            EdgeInfo::of_hop(1)
                .ring(512, 8)
                .payload("f64", 8)
                .layout(EdgeLayout::Indexed, word)
                .policy("Block"),
        )
        .machine(72)
        .finish()
}

/// One lane and no edge; nothing placed, nothing measured.
const SINGLE: GraphDesc = GraphDesc {
    name: "count",
    file: FILE,
    line: 70,
    stages: &[
        stage(71, "from_iter", "0..1000", StageKind::Source, 0),
        stage(72, "map", "|n| n * n", StageKind::Map, 0),
        stage(73, "filter", "even", StageKind::Filter, 0),
        stage(74, "for_each", "|n| total += n", StageKind::Consumer, 0),
    ],
    segments: &[segment("inline", 0, 0, 3)],
    hops: &[],
    states: &[],
};

pub(crate) fn single() -> Topology {
    Topology::of(&SINGLE)
}

/// Those whose drawings are committed.
pub(crate) fn golden() -> [(&'static str, Topology); 8] {
    // How large an operation is that waits for a shard is no matter of the drawing.
    let drawn = |mut topology: Topology| {
        topology.machine = None;
        topology
    };
    [
        ("linear", linear()),
        ("fork_join", fork_join()),
        ("single", single()),
        ("fan", crate::fan::fan()),
        ("device", crate::device::device()),
        ("sharded", drawn(crate::shapes::sharded().inspect())),
        ("merged", drawn(crate::shapes::merged().inspect())),
        ("cycle", drawn(crate::shapes::cycle().inspect())),
    ]
}

/// Names that every format has to escape somewhere.
pub(crate) const ODD_NAMES: &[&str] = &[
    r#"|q| q.name == "a<b>&c" && q.x > 'y'"#,
    r"back\slash \n \l \u{1F600} \",
    "価格を計算する🚀 größer ≤ kleiner",
    "line one\n    line two\t// tab \u{7} bell",
    "#quot; &lt; &amp; `tick` [x] {y} (z) |w| -->; end %% ]]>",
    "",
    "a_very_long_name_that_never_ends_and_goes_on_and_on_and_on_and_on_and_on_and_on_and_on_and_on",
];

/// How drawings show a name that was written over several lines.
pub(crate) fn on_one_line(name: &str) -> String {
    let spaced: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// All odd names in every place that takes a name.
pub(crate) fn odd() -> Topology {
    let mut stages = Vec::new();
    for (line, name) in (1..).zip(ODD_NAMES) {
        stages.push(StageDesc { file: name, ..stage(line, name, name, StageKind::Map, 0) });
        stages
            .push(StageDesc { defined: Some((name, line)), ..stage(line, "then", name, StageKind::Hop, 0) });
    }
    let hops = (0u16..).zip(ODD_NAMES).map(|(index, name)| HopDesc {
        elided: (index % 2 == 0).then_some(*name),
        file: name,
        ..hop(2 * index + 1, 0, index % 2, name, 1)
    });
    let desc = GraphDesc {
        name: ODD_NAMES[0],
        file: ODD_NAMES[1],
        line: 1,
        stages: leak(stages),
        segments: leak(vec![segment(ODD_NAMES[2], 0, 0, 0), segment(ODD_NAMES[3], 1, 0, 0)]),
        hops: leak(hops.collect()),
        states: ODD_NAMES,
    };
    let mut builder = Topology::build(Box::leak(Box::new(desc)))
        .lane(LaneInfo::new(ODD_NAMES[4], ODD_NAMES[0]).wait(ODD_NAMES[1]).segments([0]).note(ODD_NAMES[2]))
        .lane(LaneInfo::new(ODD_NAMES[6], ODD_NAMES[6]).segments([1]).note(ODD_NAMES[6]));
    for (index, name) in ODD_NAMES.iter().enumerate() {
        let edge = EdgeInfo::of_hop(index).payload(*name, 1).layout(EdgeLayout::Indexed, *name).policy(*name);
        builder = builder.edge(edge.warning(*name));
    }
    builder.machine(1).finish()
}

/// A chain of 100 stages that changes its lane every ten.
pub(crate) fn hundred() -> Topology {
    let mut stages = vec![stage(1, "from_iter", "0..", StageKind::Source, 0)];
    let mut hops = Vec::new();
    for index in 1..100u16 {
        if index % 10 == 0 {
            let number = index / 10;
            hops.push(hop(
                index,
                number - 1,
                number,
                ["left", "right"][usize::from(number % 2)],
                index.into(),
            ));
            stages.push(stage(index.into(), "then", "elsewhere", StageKind::Hop, number - 1));
        } else {
            stages.push(stage(index.into(), "map", "step", StageKind::Map, index / 10));
        }
    }
    let segments =
        (0..10u16).map(|n| segment(["left", "right"][usize::from(n % 2)], n % 2, 10 * n, 10 * n + 9));
    let desc = GraphDesc {
        name: "hundred",
        file: FILE,
        line: 1,
        stages: leak(stages),
        segments: leak(segments.collect()),
        hops: leak(hops),
        states: &[],
    };
    Topology::of(Box::leak(Box::new(desc)))
}

pub(crate) fn leak<T>(values: Vec<T>) -> &'static [T] {
    Box::leak(values.into_boxed_slice())
}
