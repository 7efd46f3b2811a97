//! Nothing is allocated between the first message of a graph and the last: every shape in lanes, fused
//! and plain, and passes awaited one by one.
//!
//! Lanes are turned by hand, on this thread, so that its count is the count of the graph. A few turns
//! warm them up; then each turn until the last message must leave the count as it is. Sockets have
//! suites of their own, on threads: `net_alloc` (datagrams and frames of a stream) and `tick_to_trade_allocations`.

#[path = "support/counting.rs"]
mod counting;
#[path = "support/graphs.rs"]
mod graphs;
#[path = "../benches/shapes"]
#[allow(dead_code, unreachable_pub, reason = "shared with the benches")]
mod shapes {
    pub mod bare;
    pub mod chain;
    pub mod fork_join;
    pub mod hop;
    pub mod once;
    pub mod pipeline;
    pub mod repeat;
    pub mod sink;
}

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use fusewire::context::manual::Manual;
use fusewire::edge::{Overflow, edge};
use fusewire::engine::Engine;
use fusewire::graph::Graph;
use fusewire::prelude::*;
use fusewire::source::Taken;

use graphs::{End, Running};
use shapes::sink::Sum;

/// Messages through each graph.
const MESSAGES: u64 = 20_000;
/// Those after which the counting begins.
const WARM: u64 = 2_000;

#[derive(Debug, Clone, Copy)]
struct Odd(u64);

impl fmt::Display for Odd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is odd", self.0)
    }
}

impl std::error::Error for Odd {}

fn even(n: u64) -> Result<u64, Odd> {
    if n.is_multiple_of(2) { Ok(n) } else { Err(Odd(n)) }
}

/// Runs a graph on manual contexts and fails if a turn between the first messages and the last
/// allocates.
fn allocates_nothing(name: &str, contexts: &[Manual], graph: impl Graph, end: &End, messages: u64) {
    turns_allocate_nothing(Running::launch(name, contexts, graph, end), messages);
}

/// As [`allocates_nothing`], of what was launched.
fn turns_allocate_nothing(graphs: Running, messages: u64) {
    let (mut counted, mut idle) = (0, 0);
    while graphs.seen() < messages && !graphs.has_ended() {
        let before = counting::here();
        let busy = graphs.round();
        let allocations = counting::here() - before;
        idle = if busy { 0 } else { idle + 1 };
        let (name, seen) = (graphs.name(), graphs.seen());
        assert!(idle < 1_000 || name.starts_with("timers"), "{name}: stuck at {seen}");
        if seen > messages / 10 && seen < messages {
            counted += 1;
            assert_eq!(allocations, 0, "{name}: a turn allocated, at message {seen}");
        }
    }
    assert!(counted > 3, "{}: only {counted} turns between the first messages and the last", graphs.name());
    assert!(graphs.seen() >= messages, "{}: it ended at {}", graphs.name(), graphs.seen());
    graphs.abandon();
}

/// One graph, fused and as the plain chain.
macro_rules! both {
    ($name:literal, $contexts:tt, $messages:expr, |$end:ident| $($graph:tt)+) => {
        graphs::both!(|graph| turns_allocate_nothing(graph, $messages), $name, $contexts, |$end| $($graph)+)
    };
}

#[test]
fn the_lanes_of_the_benches() {
    use shapes::{chain, fork_join, hop, pipeline};
    fn runs(name: &str, lanes: fn(std::ops::Range<u64>) -> (shapes::bare::Lanes, Arc<AtomicU64>)) {
        // What two runs allocate that differ in their messages must not differ.
        let counts = [WARM, MESSAGES].map(|messages| {
            let (mut lanes, _) = lanes(0..messages);
            let before = counting::here();
            lanes.run();
            let count = counting::here() - before;
            assert_eq!(lanes.finish().completed, messages, "{name}");
            count
        });
        assert_eq!(counts[0], counts[1], "{name} allocates per message");
    }
    runs("chain", chain::fused);
    runs("fork_join", fork_join::fused);
    runs("hop of a word", hop::fused::<1>);
    runs("hop of a line", hop::fused::<7>);
    runs("hop of 64 bytes", hop::fused::<8>);
    runs("hop of 256 bytes", hop::fused::<32>);
    let job = pipeline::Job::new(4_000);
    let counts = [1_000, 4_000].map(|packets| {
        let (mut lanes, _wire) = pipeline::fused(&job, packets);
        let before = counting::here();
        lanes.run();
        let count = counting::here() - before;
        lanes.finish();
        count
    });
    assert_eq!(counts[0], counts[1], "pipeline allocates per packet");
    let _ = Sum::new();
}

#[test]
fn passes_one_by_one() {
    let _ = (shapes::once::fused(7), shapes::repeat::fused(7, 3));
    let before = counting::here();
    for n in 0..MESSAGES {
        std::hint::black_box(shapes::once::fused(std::hint::black_box(n)));
    }
    assert_eq!(counting::here(), before, "once");
    std::hint::black_box(shapes::repeat::fused(7, MESSAGES));
    assert_eq!(counting::here(), before, "repeat");
    for n in 0..MESSAGES {
        let graph = fuse! { just(n).try_map(even).or_else(|odd: Odd| just(odd.0 + 1)).and(|n: u64| just(n)).map(|n| n / 2) };
        std::hint::black_box(block_on(graph));
    }
    assert_eq!(counting::here(), before, "a pass whose errors are mended");
}

#[test]
fn merges() {
    graphs::merges(|graph| turns_allocate_nothing(graph, MESSAGES));
    both!("merge of what is later", [home], MESSAGES, |end| merge(
        from_iter(0..MESSAGES / 2).and(later),
        from_iter(0..MESSAGES / 2).map(|n| n + 1)
    )
    .for_each(move |_| end()));
    both!("merge_each", [home], MESSAGES, |end| from_iter(0..MESSAGES)
        .merge_each(4, later)
        .for_each(move |_| end()));
    both!("debounce", [home], MESSAGES, |end| from_iter(0..MESSAGES)
        .debounce(Duration::ZERO)
        .for_each(move |_| end()));
}

/// Completes with `n` when it is asked again.
fn later(n: u64) -> impl Sender<Value = u64, Error = Never> {
    let mut asked = false;
    poll_fn(move || if std::mem::replace(&mut asked, true) { Taken::Value(n) } else { Taken::Empty })
}

#[test]
fn segments() {
    both!("chain", [home], MESSAGES, |end| from_iter(0..MESSAGES)
        .map(|n| n + 1)
        .inspect_value(|_| ())
        .scan(0_u64, |sum: &mut u64, n| {
            *sum += n;
            *sum
        })
        .for_each(move |_| end()));
    both!("filter", [home], MESSAGES / 4, |end| from_iter(0..MESSAGES)
        .filter(|n| n % 2 == 0)
        .filter_map(|n| (n % 4 == 0).then_some(n))
        .for_each(move |_| end()));
    both!("batch", [home], MESSAGES / 8, |end| from_iter(0..MESSAGES).batch::<8>().for_each(move |_| end()));
    both!("fork", [home], MESSAGES, |end| from_iter(0..MESSAGES)
        .fork(|n| just(n).map(|n| n + 1), |n| just(n).map(|n| n * 2))
        .map(|(a, b)| a + b)
        .for_each(move |_| end()));
    both!("route", [home], MESSAGES, |end| from_iter(0..MESSAGES)
        .route(|n| n % 3 == 0, |n| just(n).map(|n| n + 1), just)
        .for_each(move |_| end()));
    both!("join", [home], MESSAGES, |end| from_iter(0..MESSAGES)
        .join(from_iter(0..MESSAGES).map(|n| n * 2))
        .for_each(move |_| end()));
    both!("errors that are mended", [home], MESSAGES, |end| from_iter(0..MESSAGES)
        .try_map(even)
        .or_else(|odd: Odd| just(odd.0 + 1))
        .for_each(move |_| end()));
    both!("an asynchronous stage", [home], MESSAGES, |end| from_iter(0..MESSAGES)
        .and(|n| just(n + 1))
        .for_each(move |_| end()));
    both!("repeat", [home], MESSAGES / 4, |end| from_iter(0..MESSAGES)
        .map(|n| n + 1)
        .repeat(4)
        .for_each(move |_| end()));
}

#[test]
fn hops() {
    both!("hop", [home, there], MESSAGES, |end| from_iter(0..MESSAGES)
        .map(|n| n + 1)
        .then(on(there.clone()))
        .map(|n| n * 2)
        .for_each(move |_| end()));
    both!("there and back", [home, there], MESSAGES, |end| from_iter(0..MESSAGES)
        .then(on(there.clone()).capacity(64))
        .map(|n| [n; 16])
        .then(on(home.clone()).capacity(64))
        .for_each(move |_| end()));
    both!("an error over a hop", [home, there], MESSAGES, |end| from_iter(0..MESSAGES)
        .try_map(even)
        .then(on(there.clone()))
        .or_else(|odd: Odd| just(odd.0 + 1))
        .for_each(move |_| end()));
    both!("an asynchronous stage that hops", [home, there], MESSAGES / 4, |end| from_iter(0..MESSAGES / 4)
        .and(move |n| just(n).then(on(there.clone())))
        .for_each(move |_| end()));
}

#[test]
fn shapes_of_several_lanes() {
    graphs::broadcasts(|graph| turns_allocate_nothing(graph, MESSAGES));
    graphs::shards(|graph| turns_allocate_nothing(graph, MESSAGES));
    graphs::cycles(|graph| turns_allocate_nothing(graph, MESSAGES));
}

#[test]
fn hops_over_every_kind() {
    graphs::hops(|graph| turns_allocate_nothing(graph, MESSAGES));
}

#[test]
fn graphs_that_push_and_graphs_that_receive() {
    graphs::pushes_and_receives(|graph| turns_allocate_nothing(graph, MESSAGES));
}

/// The home takes two turns for each of the other side, so that the edge is full, and drops.
#[test]
fn an_edge_that_drops() {
    let (home, there) = (Manual::named("home"), Manual::named("there"));
    let end = End::default();
    let mut count = end.count();
    let graph = fuse! {
        from_iter(0..100 * MESSAGES)
            .then(on(there.clone()).capacity(8).policy(Overflow::DropNewest))
            .for_each(move |_| count())
    };
    allocates_nothing("DropNewest", &[home.clone(), home.clone(), home, there], graph, &end, MESSAGES);
}

#[test]
fn timers_and_edges_made_by_hand() {
    both!("timers", [home], 60, |end| every(Duration::from_micros(200)).for_each(move |_| end()));
    let (mut sender, receiver) = edge::<u64>(1024).expect("an edge");
    let home = Manual::new();
    let end = End::default();
    let mut count = end.count();
    let handle =
        Engine::on(home.clone()).run(fuse! { recv(receiver).map(|n| n + 1).for_each(move |_| count()) });
    let handle = handle.expect("the graph is launched");
    let mut before = 0;
    for n in 0..MESSAGES {
        if n == WARM {
            before = counting::here();
        }
        let _ = sender.push(n);
        if n % 64 == 0 {
            home.turn();
        }
    }
    assert_eq!(counting::here(), before, "recv");
    assert!(end.seen() > MESSAGES - 100, "{} came over the edge", end.seen());
    drop((sender, handle));
    // A source that is asked in vain.
    let mut asked = 0_u64;
    let source = poll_fn(move || {
        asked += 1;
        if asked.is_multiple_of(3) { Taken::<u64, Never>::Value(asked) } else { Taken::Empty }
    });
    let (home, end) = (Manual::new(), End::default());
    let mut count = end.count();
    let graph = fuse! { source.for_each(move |_| count()) };
    let handle = Engine::on(home.clone()).run(graph).expect("the graph is launched");
    for _ in 0..100 {
        home.turn();
    }
    let before = counting::here();
    for _ in 0..3_000 {
        home.turn();
    }
    assert_eq!(counting::here(), before, "poll_fn");
    assert!(end.seen() > 900, "{} were polled", end.seen());
    drop(handle);
}

/// The check can fail: a stage that allocates is found.
#[test]
#[should_panic(expected = "a stage that boxes, fused: a turn allocated")]
fn a_stage_that_allocates_is_found() {
    let end = End::default();
    let mut count = end.count();
    let graph = fuse! {
        from_iter(0..MESSAGES).map(|n| std::hint::black_box(Box::new(n))).for_each(move |_: Box<u64>| count())
    };
    allocates_nothing("a stage that boxes, fused", &[Manual::new()], graph, &end, MESSAGES);
}
