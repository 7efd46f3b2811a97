//! Graphs of any shape, the same for the same seed.

use fusewire::graph::topology::{
    AsideRole, EdgeInfo, EdgePlace, GraphDesc, HopCost, HopDesc, LaneInfo, SegmentDesc, StageDesc, StageKind,
    Topology, TopologyBuilder,
};

use crate::graphs::{FILE, arm, hop, leak, opens, segment, stage};

/// A graph of any shape: nested forks, routes and joins, arms that are empty, hops everywhere. The same seed
/// gives the same graph.
pub(crate) fn any(seed: u64) -> Topology {
    let mut any = Any { state: seed, stages: Vec::new(), segments: Vec::new(), hops: Vec::new() };
    let first = any.enter_segment();
    any.stages.push(stage(1, "just", "1", StageKind::Source, first));
    any.series(&mut Vec::new(), first, 0);
    let lanes = 1 + any.below(4) as u16;
    for (index, segment) in any.segments.iter_mut().enumerate() {
        segment.lane = (index * 7 + seed as usize) as u16 % lanes;
    }
    let hops = any.hops.len();
    let desc = GraphDesc {
        name: "any",
        file: FILE,
        line: 1,
        stages: leak(any.stages),
        segments: leak(any.segments),
        hops: leak(any.hops),
        states: &[],
    };
    let desc: &'static GraphDesc = Box::leak(Box::new(desc));
    let mut builder = Topology::build(desc);
    for hop in 0..hops {
        let mut edge = EdgeInfo::of_hop(hop).ring(1 << (hop % 12), 64).payload("u64", 8);
        if hop % 3 == 0 {
            edge = edge.cost(HopCost { p50_ns: 90, p99_ns: 100 });
        }
        if hop % 5 != 4 {
            builder = builder.edge(edge);
        }
    }
    any_asides(desc, seed, usize::from(lanes), builder)
}

/// The same with what stands beside stages: shards, sources that live elsewhere, what comes from outside, what is fed back.
fn any_asides(desc: &'static GraphDesc, seed: u64, lanes: usize, mut builder: TopologyBuilder) -> Topology {
    let maps: Vec<usize> = (0..desc.stages.len()).filter(|&at| desc.stages[at].combinator == "map").collect();
    let edge = |place| EdgeInfo::at(place).ring(64, 64).payload("u64", 8).policy("Block");
    let number = |n: u64| (seed / 3 + n) as usize;
    if let (0, Some(&stage)) = (seed % 3, maps.get(number(0) % maps.len().max(1))) {
        for shard in 0..2 + number(1) % 2 {
            let lane = number(shard as u64) % lanes;
            builder = builder
                .aside(AsideRole::Shard, stage, format!("shard {shard}"), lane, desc.stages[stage].segment)
                .edge(edge(EdgePlace::To(stage, shard)))
                .edge(edge(EdgePlace::From(stage, shard)));
        }
        if seed.is_multiple_of(2) {
            builder = builder.edge(edge(EdgePlace::Past(stage)));
        }
    }
    if seed % 4 == 1 {
        for part in 0..1 + number(2) % 3 {
            let lane = number(part as u64) % lanes;
            builder = builder
                .aside(AsideRole::Source, 0, format!("source {part}"), lane, desc.stages[0].segment)
                .edge(edge(EdgePlace::From(0, part)));
        }
    }
    if seed % 4 >= 2 {
        let pushing = maps.get(number(3) % maps.len().max(1)).copied();
        builder = builder.edge(edge(EdgePlace::Back(0)).pushed_by(pushing));
    }
    if seed.is_multiple_of(5) {
        builder = builder.edge(edge(EdgePlace::Inlet(0)));
    }
    builder.finish()
}

struct Any {
    state: u64,
    stages: Vec<StageDesc>,
    segments: Vec<SegmentDesc>,
    hops: Vec<HopDesc>,
}

impl Any {
    fn below(&mut self, n: u64) -> u64 {
        self.state =
            self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.state >> 33) % n
    }

    fn enter_segment(&mut self) -> u16 {
        self.segments.push(segment("somewhere", 0, 0, 0));
        self.segments.len() as u16 - 1
    }

    fn put(&mut self, path: &[u8], stage: StageDesc) {
        self.stages.push(arm(leak(path.to_vec()), stage));
    }

    /// Writes some stages below `path`; gives the segment that the pass ends in.
    fn series(&mut self, path: &mut Vec<u8>, mut segment: u16, depth: usize) -> u16 {
        for _ in 0..self.below(5) {
            match self.below(if depth < 3 { 6 } else { 4 }) {
                0 | 1 => self.put(path, stage(2, "map", "step", StageKind::Map, segment)),
                2 => {
                    let (index, to) = (self.stages.len() as u16, self.enter_segment());
                    self.put(path, stage(3, "then", "there", StageKind::Hop, segment));
                    self.hops.push(hop(index, segment, to, "there", 3));
                    segment = to;
                }
                3 => {
                    let index = self.stages.len() as u16;
                    self.put(path, stage(4, "then", "here", StageKind::Hop, segment));
                    let elided = Some("the pass is already here");
                    self.hops.push(HopDesc { elided, ..hop(index, segment, segment, "here", 4) });
                }
                4 => segment = self.fork(path, segment, depth),
                _ => segment = self.join(path, segment, depth),
            }
        }
        segment
    }

    fn fork(&mut self, path: &mut Vec<u8>, segment: u16, depth: usize) -> u16 {
        let arms = 2 + self.below(3) as u8;
        self.put(path, opens(arms, stage(5, "fork", "arms", StageKind::Fork, segment)));
        let ends: Vec<u16> = (0..arms)
            .map(|number| {
                path.push(number);
                let end = self.series(path, segment, depth + 1);
                path.pop();
                end
            })
            .collect();
        self.meet(path, &ends)
    }

    fn join(&mut self, path: &mut Vec<u8>, segment: u16, depth: usize) -> u16 {
        let mut ends = vec![segment];
        for number in 0..1 + self.below(2) as u8 {
            path.push(number);
            let own = self.enter_segment();
            self.put(path, stage(6, "every", "ms(1)", StageKind::Source, own));
            ends.push(self.series(path, own, depth + 1));
            path.pop();
        }
        self.meet(path, &ends)
    }

    fn meet(&mut self, path: &[u8], ends: &[u16]) -> u16 {
        let (index, own) = (self.stages.len() as u16, self.enter_segment());
        for &end in ends {
            self.hops.push(hop(index, end, own, "meeting", 7));
        }
        self.put(path, stage(7, "join", "them", StageKind::Join, own));
        own
    }
}

/// A description whose indices are nonsense.
pub(crate) fn nonsense(seed: u64) -> Topology {
    let mut any = Any { state: seed, stages: Vec::new(), segments: Vec::new(), hops: Vec::new() };
    const KINDS: [StageKind; 6] = [
        StageKind::Source,
        StageKind::Hop,
        StageKind::Fork,
        StageKind::Join,
        StageKind::Consumer,
        StageKind::Map,
    ];
    for _ in 0..any.below(20) {
        let path: Vec<u8> = (0..any.below(5)).map(|_| any.below(300) as u8).collect();
        let kind = KINDS[any.below(6) as usize];
        let made = stage(1, "odd", "odd", kind, any.below(6) as u16);
        let arms = any.below(4) as u8;
        any.put(&path, opens(arms, made));
    }
    for _ in 0..any.below(4) {
        let made = segment("odd", any.below(9) as u16, any.below(99) as u16, 0);
        any.segments.push(made);
    }
    for _ in 0..any.below(9) {
        let made = hop(any.below(25) as u16, any.below(6) as u16, any.below(6) as u16, "odd", 1);
        any.hops.push(made);
    }
    let mut at = |count| any.below(count) as usize;
    let places = [
        EdgePlace::Hop(at(12)),
        EdgePlace::Inlet(at(30)),
        EdgePlace::To(at(30), at(3)),
        EdgePlace::From(at(30), at(3)),
        EdgePlace::Past(at(30)),
        EdgePlace::Back(at(30)),
    ];
    let claimed = any.below(9) as u16;
    let desc = GraphDesc {
        name: "odd",
        file: FILE,
        line: 1,
        stages: leak(any.stages),
        segments: leak(any.segments),
        hops: leak(any.hops),
        states: &[],
    };
    let mut builder = Topology::build(Box::leak(Box::new(desc))).elide(99, "no such hop");
    if seed.is_multiple_of(2) {
        builder = builder.lane(LaneInfo::new("odd", "").segments([claimed, claimed, 77]));
    }
    for place in places {
        builder = builder.edge(EdgeInfo::at(place).ring(usize::MAX, usize::MAX));
    }
    builder.finish()
}
