//! Edges that no hop is written for: shards, sources that are merged and live elsewhere, what is fed back, and edges to outside.

use fusewire::adaptors::AtShard;
use fusewire::context::cpu::Cpu;
use fusewire::context::{ContextRef, Scheduler};
use fusewire::edge::{DropNewest, Spill, Spsc, edge, shm};
use fusewire::engine::Engine;
use fusewire::graph::topology::{AsideRole, EdgePlace, Topology};
use fusewire::prelude::*;
use fusewire::source::{Source, Taken};
use fusewire::sources::{fed_back, feedback, source};
use fusewire::wait::Wait;

fn cpu(name: &str) -> Cpu {
    Cpu::builder().name(name).wait(Wait::Park).build().unwrap()
}

/// Counts to a limit on a context of its own.
#[derive(Debug)]
struct Counts {
    home: ContextRef,
    next: u64,
    limit: u64,
}

impl Counts {
    fn on(home: &Cpu, next: u64, limit: u64) -> Self {
        Self { home: home.context().clone(), next, limit }
    }
}

impl Source for Counts {
    type Value = u64;
    type Error = Never;

    fn home(&self) -> Option<ContextRef> {
        Some(self.home.clone())
    }

    fn take(&mut self) -> Taken<u64, Never> {
        if self.next == self.limit {
            return Taken::Ended;
        }
        self.next += 1;
        Taken::Value(self.next - 1)
    }
}

/// What the drawing of a graph says once it has run to its end.
fn run(graph: impl Graph) -> Topology {
    let handle = Engine::on(cpu("home")).run(graph).unwrap();
    while !handle.is_finished() {
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    let drawn = handle.inspect();
    handle.join().unwrap();
    drawn
}

/// Shards on lanes of their own, in order, then on those of others, as they come.
pub(crate) fn sharded() -> impl Graph<Value = ()> {
    let (left, right, io) = (cpu("left"), cpu("right"), cpu("io"));
    let again = [left.clone(), io.clone()];
    fuse! {
        from_iter(0..64usize)
            .then(on(io))
            .shard(|n| AtShard(*n), [left, right], |shard| move |n: usize| just(n + shard))
            .shard_unordered(|n| AtShard(*n / 2), again, |_| |n: usize| just(n * 2))
            .for_each(drop)
    }
}

/// Three sources, two of which live on other contexts than the first.
pub(crate) fn merged() -> impl Graph<Value = ()> {
    let (a, b, c) = (cpu("feed a"), cpu("feed b"), cpu("feed c"));
    fuse! {
        merge3(source(Counts::on(&a, 0, 10)), source(Counts::on(&b, 10, 30)), source(Counts::on(&c, 30, 60)))
            .map(|n| n * 2)
            .for_each(drop)
    }
}

/// A cycle: what is not done goes back over an edge.
pub(crate) fn cycle() -> impl Graph<Value = ()> {
    let (back, again) = feedback::<(u64, u32)>(64).unwrap();
    let halves = cpu("halves");
    fuse! {
        merge_by_priority(fed_back(again), from_iter([(8, 0), (3, 0), (100, 0)]))
            .then(on(halves).capacity(8))
            .map(|(n, steps)| (n / 2, steps + 1))
            .try_map(back.unless(|(n, _)| *n == 0))
            .filter_map(|done| done)
            .for_each(drop)
    }
}

fn check(topology: &Topology, names: &[&str]) {
    let drawings =
        [topology.to_string(), topology.dot(), topology.mermaid(), topology.json(), topology.svg()];
    for drawing in drawings {
        for name in names {
            assert!(drawing.contains(name), "{name:?} is not in\n{drawing}");
        }
    }
}

/// Every edge that was made has its counters, and they add up.
fn balanced(topology: &Topology) {
    for edge in &topology.edges {
        let counters = edge.counters.unwrap_or_else(|| panic!("nothing was counted at {edge:?}"));
        assert!(counters.balance() && counters.depth == 0, "{edge:?}");
    }
}

fn pushed(topology: &Topology, place: EdgePlace) -> u64 {
    let edge = topology.edge_at(place).unwrap_or_else(|| panic!("no edge at {place:?}"));
    edge.counters.unwrap().pushed
}

#[test]
fn shards_are_lanes_with_edges_there_and_back() {
    let (before, after) = (sharded().inspect(), run(sharded()));
    let shards = before.asides.iter().filter(|aside| aside.role == AsideRole::Shard);
    assert_eq!(shards.count(), 4);
    check(&before, &["shard 0 of 2", "shard 1 of 2"]);
    for drawing in [before.dot(), before.mermaid(), before.svg()] {
        let count = |text: &str| drawing.matches(text).count();
        assert!(count("passes go on in order") == 1 && count("passes go on as they come") == 1, "{drawing}");
        assert_eq!(count("the order of the shards"), 1);
    }
    assert_eq!(before.edges.len(), 1 + 5 + 4);
    assert!(
        before.edges.iter().all(|edge| edge.counters.is_none() && edge.from.is_some() && edge.to.is_some())
    );
    balanced(&after);
    let stage = after.asides[0].stage;
    for (place, times) in [
        (EdgePlace::To(stage, 0), 32),
        (EdgePlace::From(stage, 0), 32),
        (EdgePlace::To(stage, 1), 32),
        (EdgePlace::From(stage, 1), 32),
        (EdgePlace::Past(stage), 64),
    ] {
        assert_eq!(pushed(&after, place), times, "{place:?}");
    }
    for drawing in [after.to_string(), after.dot(), after.mermaid(), after.svg()] {
        assert!(drawing.contains("32 pushed") && drawing.contains("64 pushed"), "{drawing}");
    }
}

#[test]
fn sources_that_live_elsewhere_are_lanes_with_an_edge() {
    let (before, after) = (merged().inspect(), run(merged()));
    let parts: Vec<_> = before.asides.iter().map(|aside| (aside.role, aside.stage, aside.number)).collect();
    assert_eq!(parts, [(AsideRole::Source, 0, 0), (AsideRole::Source, 0, 1)]);
    check(&before, &["source 0", "source 1", "feed b", "feed c"]);
    balanced(&after);
    assert_eq!([0, 1].map(|part| pushed(&after, EdgePlace::From(0, part))), [20, 30]);
    let text = after.to_string();
    assert!(text.contains("20 pushed = 20 popped + 0 dropped + 0 inside"), "{text}");
}

#[test]
fn what_is_fed_back_is_drawn_back() {
    let (before, after) = (cycle().inspect(), run(cycle()));
    let back = before.edge_at(EdgePlace::Back(0)).unwrap();
    let stages: Vec<_> = back.pushed_by.iter().map(|&stage| before.desc.stages[stage].combinator).collect();
    assert_eq!(stages, ["try_map"]);
    assert_eq!(
        before.dot().matches("style=dashed, color=\"#9a6700\", constraint=false").count(),
        2,
        "to its label and on"
    );
    assert!(before.mermaid().contains("-.->"));
    assert!(before.svg().contains("class=\"fw-back\""));
    balanced(&after);
    // 8 goes round three times, 3 once, 100 six times.
    assert_eq!(pushed(&after, EdgePlace::Back(0)), 3 + 1 + 6);
}

#[test]
fn policies_and_what_they_cost_are_shown() {
    let slow = cpu("slow");
    let hold = std::sync::Arc::new(std::sync::Barrier::new(2));
    let held = std::sync::Arc::clone(&hold);
    let graph = fuse! {
        from_iter(0..40u64)
            .then(on(slow).capacity(4).policy(Spill(100)))
            .inspect_value(move |n| if *n == 0 { held.wait(); })
            .for_each(drop)
    };
    let handle = Engine::on(cpu("home")).run(graph).unwrap();
    let spilled = |topology: &Topology| topology.edges[0].counters.unwrap().spilled;
    while spilled(&handle.inspect()) == 0 {
        std::thread::yield_now();
    }
    hold.wait();
    while !handle.is_finished() {
        std::thread::yield_now();
    }
    let drawn = handle.inspect();
    handle.join().unwrap();
    balanced(&drawn);
    check(&drawn, &["spill", "spilled"]);
    let drops = cpu("drops");
    let graph = fuse! { from_iter(0..4u64).then(on(drops).capacity(4).policy(DropNewest)).for_each(drop) };
    check(&graph.inspect(), &["drop-newest", "spsc"]);
}

#[test]
fn edges_to_outside_are_shown_with_name_and_peers() {
    let (mut sender, receiver) = Spsc::new().capacity(8).open::<u64>().unwrap();
    for n in 0..3 {
        assert!(matches!(sender.push(n), fusewire::edge::Pushed::Ok));
    }
    let graph = fuse! { recv(receiver).map(|n| n + 1).for_each(drop) };
    let drawn = graph.inspect();
    assert_eq!(drawn.edges.len(), 1);
    assert_eq!(pushed(&drawn, EdgePlace::Inlet(0)), 3);
    check(&drawn, &["spsc"]);
    drop(sender);
    let drawn = run(graph);
    balanced(&drawn);
    assert_eq!(pushed(&drawn, EdgePlace::Inlet(0)), 3);

    // Two that are merged are read one by one.
    let (mut one, first) = edge::<u64>(8).unwrap();
    let (mut two, second) = edge::<u64>(8).unwrap();
    for n in 0..5 {
        assert!(matches!(one.push(n), fusewire::edge::Pushed::Ok));
    }
    assert!(matches!(two.push(9), fusewire::edge::Pushed::Ok));
    drop((one, two));
    let drawn = run(fuse! { merge(recv(first), recv(second)).for_each(drop) });
    balanced(&drawn);
    let counts: Vec<_> = drawn.edges.iter().map(|edge| edge.counters.unwrap().popped).collect();
    assert_eq!(counts, [5, 1]);

    let name = format!("fusewire-inspect-{}", std::process::id());
    let there = cpu("there");
    let ring = shm(&name).capacity(16).type_name("u64");
    let graph = fuse! { from_iter(0..9u64).then(on(there).edge(ring.clone())).for_each(drop) };
    check(&graph.inspect(), &["shm", &name]);
    let drawn = run(graph);
    assert_eq!(drawn.edges[0].counters.unwrap().pushed, 9);
    check(&drawn, &["shm", &name, "process"]);
    let _ = std::fs::remove_file(ring.path());
}

#[test]
fn a_size_that_is_not_known_is_not_drawn_as_none() {
    let (_, receiver) = edge::<u8>(4).unwrap();
    let own = Topology::build(fuse! { recv(receiver).for_each(drop) }.inspect().desc)
        .edge(fusewire::graph::topology::EdgeInfo::at(EdgePlace::Inlet(0)).payload("u8", 1))
        .finish();
    for drawing in [own.to_string(), own.dot(), own.mermaid(), own.svg()] {
        assert!(!drawing.contains("of 0 B") && !drawing.contains("0 ×"), "{drawing}");
    }
}
