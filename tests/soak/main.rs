//! Every kind of edge with every policy, in graphs that run to their end, are drained, abandoned, or panic on either side, with consumers that
//! keep up and that do not: nothing is lost without being counted, doubled, reordered or torn.
//!
//! `FUSEWIRE_SOAK_SECONDS` says for how long (3 if it does not); each kind has its turn at least once. Each value carries a number and
//! a checksum; after each graph the counters of its edge must satisfy `pushed == popped + dropped + depth` and agree with what source
//! and consumer counted. Each kind is a hop of a graph (`hop`), those with several ends also join graphs that push to graphs that
//! receive (`several`), and the one between processes joins two (`processes`).

mod broken;
mod check;
mod hop;
#[cfg(target_os = "linux")]
mod processes;
mod several;
#[cfg(target_os = "linux")]
#[path = "../support/shm.rs"]
#[allow(dead_code, reason = "shared with tests/shm")]
mod support;

use std::time::{Duration, Instant};

use broken::{Fault, Faulty};
use check::Value;
use fusewire::edge::{Broadcast, Edge, Mpmc, Mpsc, Pop, Push, Spmc, Spsc};
use fusewire::prelude::*;
use fusewire::ring::{InSlot, Indexed};
use fusewire::wait::Wait;

/// How a graph ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Itself,
    Drained,
    Abandoned,
    SenderPanicked,
    ReceiverPanicked,
}

const ENDS: [End; 5] =
    [End::Itself, End::Drained, End::Abandoned, End::SenderPanicked, End::ReceiverPanicked];

/// What a policy promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Promise {
    /// All values come out.
    All,
    /// Some do, in order; the others are counted.
    Some,
    /// The latest of each key does, in the order of each key's values.
    Latest,
    /// All do, or the graph fails.
    AllOrFail,
}

/// How one graph, or those around one edge, come to their end.
#[derive(Debug, Clone, Copy)]
struct Plan {
    end: End,
    /// Whether the consumer sleeps again and again.
    slow: bool,
    /// Whether the contexts sleep where there is nothing to do.
    parks: bool,
}

impl Plan {
    fn wait(self) -> Wait {
        if self.parks { Wait::Park } else { Wait::spin_then_yield() }
    }
}

/// All ends of graphs over one edge, which `once` runs. The sum of the values that came.
fn soak(name: &str, round: u64, once: impl Fn(Plan) -> Result<u64, String>) -> Result<u64, String> {
    let mut values = 0;
    for (number, end) in (0..).zip(ENDS) {
        let plan = Plan { end, slow: (round + number).is_multiple_of(2), parks: (round + number) % 4 < 2 };
        values += once(plan).map_err(|wrong| format!("{name}, {plan:?}: {wrong}"))?;
    }
    Ok(values)
}

/// Every kind with every policy.
fn round(round: u64) -> Result<u64, String> {
    let within = hops(round)? + several::all(round)?;
    #[cfg(target_os = "linux")]
    let between = processes::hops(round)? + processes::all(round)?;
    #[cfg(not(target_os = "linux"))]
    let between = {
        if round == 0 {
            eprintln!("SKIPPED: edges between processes, which need Linux");
        }
        0
    };
    Ok(within + between)
}

/// Hops over each kind with each policy.
fn hops(round: u64) -> Result<u64, String> {
    fn hop<K>(name: &str, edge: &K, promise: Promise, round: u64) -> Result<u64, String>
    where
        K: Edge<Value, Sender: 'static, Receiver: 'static> + Send + 'static,
    {
        soak(name, round, |plan| hop::once(edge.clone(), promise, plan))
    }
    let small = Spsc::new().capacity(64);
    let mut values = 0;
    values += hop("spsc in-slot, block", &small.layout::<InSlot>(), Promise::All, round)?;
    values += hop("spsc indexed, block", &small.layout::<Indexed>(), Promise::All, round)?;
    values += hop("spsc of one, block", &small.capacity(1), Promise::All, round)?;
    values += hop("spsc, drop-newest", &small.policy(DropNewest), Promise::Some, round)?;
    values += hop("spsc, fail", &small.policy(Fail), Promise::AllOrFail, round)?;
    values += hop("spsc, spill", &small.policy(Spill(256)), Promise::All, round)?;
    values += hop("spsc of one, spill", &small.capacity(1).policy(Spill(1)), Promise::All, round)?;
    let by_key = Conflate(|value: &Value| value.key());
    values += hop("spsc, conflate", &small.policy(by_key), Promise::Latest, round)?;
    values += hop("spsc, conflate, too few", &small.capacity(2).policy(by_key), Promise::Latest, round)?;
    values += hop("spsc, drop-oldest", &small.policy(DropOldest), Promise::Some, round)?;
    let (mpsc, spmc, mpmc) = (Mpsc::new().capacity(64), Spmc::new().capacity(64), Mpmc::new().capacity(64));
    values += hop("mpsc, block", &mpsc, Promise::All, round)?;
    values += hop("mpsc, drop-newest", &mpsc.policy(DropNewest), Promise::Some, round)?;
    values += hop("mpsc, drop-oldest", &mpsc.policy(DropOldest), Promise::Some, round)?;
    values += hop("spmc, block", &spmc, Promise::All, round)?;
    values += hop("spmc, drop-newest", &spmc.policy(DropNewest), Promise::Some, round)?;
    values += hop("spmc, drop-oldest", &spmc.policy(DropOldest), Promise::Some, round)?;
    values += hop("mpmc, block", &mpmc, Promise::All, round)?;
    values += hop("mpmc, drop-newest", &mpmc.policy(DropNewest), Promise::Some, round)?;
    values += hop("mpmc, drop-oldest", &mpmc.policy(DropOldest), Promise::Some, round)?;
    let broadcast = Broadcast::new().capacity(64);
    values += hop("broadcast, block", &broadcast, Promise::All, round)?;
    values += hop("broadcast, drop-newest", &broadcast.policy(DropNewest), Promise::Some, round)?;
    values += hop("broadcast, lossy", &broadcast.lossy(), Promise::Some, round)?;
    values += hop("locked, block", &Faulty::new(64, Fault::None), Promise::All, round)?;
    Ok(values)
}

#[test]
fn nothing_is_lost_doubled_reordered_or_torn() {
    let seconds = std::env::var("FUSEWIRE_SOAK_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(3);
    let until = Instant::now() + Duration::from_secs(seconds);
    let (mut rounds, mut values) = (0, 0);
    while rounds == 0 || Instant::now() < until {
        values += round(rounds).unwrap_or_else(|wrong| panic!("round {rounds}: {wrong}"));
        rounds += 1;
    }
    println!("{rounds} rounds, {values} values");
}

/// The soak can fail: an edge with one fault of each kind is caught.
#[test]
fn each_planted_fault_is_caught() {
    let faults = [
        (Fault::Loses, "the counters do not add up"),
        (Fault::Doubles, "1000 came after Some(1000)"),
        (Fault::Reorders, "1000 came after Some(1001)"),
        (Fault::Tears, "value 1000 is torn"),
        (Fault::Miscounts, "the counters do not add up"),
    ];
    for (fault, says) in faults {
        let plan = Plan { end: End::Itself, slow: false, parks: false };
        let edge = Faulty::new(64, fault);
        let of_graphs = |goes| {
            let (sender, receiver) = edge.open().unwrap();
            several::once(vec![sender], vec![receiver], goes, Promise::All, plan)
        };
        for (place, wrong) in [
            ("hop", hop::once(edge, Promise::All, plan)),
            ("to one", of_graphs(several::Goes::ToOne)),
            ("to all", of_graphs(several::Goes::ToAll)),
        ] {
            let why = wrong.expect_err("a planted fault was not noticed");
            assert!(why.contains(says), "{fault:?}, {place}, was noticed as something else: {why}");
        }
    }
}

/// What `inspect` shows and what the edge's own counters say.
#[test]
fn the_counters_of_an_edge_add_up_at_every_moment() {
    let (mut sender, mut receiver) = Spsc::new().capacity(4).policy(Spill(4)).open::<u64>().unwrap();
    let stats = sender.stats().unwrap();
    for n in 0..8 {
        let _ = sender.push(n);
        assert!(stats.counters().balance(), "{:?}", stats.counters());
    }
    drop(sender);
    while receiver.pop().is_some() {
        assert!(stats.counters().balance(), "{:?}", stats.counters());
    }
    let counters = stats.counters();
    assert_eq!((counters.pushed, counters.popped, counters.spilled, counters.depth), (8, 8, 4, 0));
}
