//! Every kind of edge with every policy, in graphs that run to their end, are drained, abandoned, or panic, with consumers that keep
//! up and that do not: nothing is lost without being counted, doubled, reordered or torn.
//!
//! `FUSEWIRE_SOAK_SECONDS` says for how long (3 if it does not). Each value carries a number and a checksum; after each graph the
//! counters of its edge must satisfy `pushed == popped + dropped + depth` and agree with what source and consumer counted.

mod broken;
mod check;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use broken::{Fault, Faulty};
use check::{Checked, Value};
use fusewire::context::cpu::Cpu;
use fusewire::control::{RunError, Stop};
use fusewire::edge::{Edge, EdgeCounters, Mpmc, Mpsc, Pop, Push, Spmc, Spsc};
use fusewire::engine::Engine;
use fusewire::prelude::*;
use fusewire::ring::{InSlot, Indexed};
use fusewire::wait::Wait;

/// How a graph ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Itself,
    Drained,
    Abandoned,
    Panicked,
}

const ENDS: [End; 4] = [End::Itself, End::Drained, End::Abandoned, End::Panicked];

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

/// One graph over `edge`; what is wrong with what came out of it.
fn once<K>(edge: K, promise: Promise, end: End, slow: bool, parks: bool) -> Result<u64, String>
where
    K: Edge<Value, Sender: 'static, Receiver: 'static> + Send + 'static,
{
    const VALUES: u64 = 20_000;
    let wait = if parks { Wait::Park } else { Wait::spin_then_yield() };
    let context = |name| Cpu::builder().name(name).wait(wait).build().map_err(|error| error.to_string());
    let (from, to) = (context("from")?, context("to")?);
    let made = Arc::new(AtomicU64::new(0));
    let checked = Arc::new(Checked::new(promise == Promise::Latest));
    let (making, checking) = (Arc::clone(&made), Arc::clone(&checked));
    let graph = fuse! {
        from_fn(move || {
            let n = making.load(Ordering::Relaxed);
            if end != End::Itself || n < VALUES {
                making.store(n + 1, Ordering::Relaxed);
                Some(Value::new(n))
            } else {
                None
            }
        })
        .then(on(&to).edge(edge))
        .for_each(move |value: Value| {
            let count = checking.take(&value);
            if slow && count % 64 == 0 {
                thread::sleep(Duration::from_micros(50));
            }
            assert!(end != End::Panicked || count < 2_000, "as planned");
        })
    };
    let handle = Engine::on(from).run(graph).map_err(|error| error.to_string())?;
    let stop = match end {
        End::Drained => Some(Stop::Drain),
        End::Abandoned => Some(Stop::Abandon),
        End::Itself | End::Panicked => None,
    };
    let until = Instant::now() + Duration::from_secs(120);
    if let Some(stop) = stop {
        while checked.count() < 2_000 && !handle.is_finished() && Instant::now() < until {
            thread::yield_now();
        }
        handle.stop(stop);
    }
    while !handle.is_finished() {
        if Instant::now() > until {
            handle.stop(Stop::Abandon);
            return Err(format!("stuck after {} values", checked.count()));
        }
        thread::yield_now();
    }
    let counters = handle.inspect().edges.first().and_then(|edge| edge.counters);
    let ended = handle.join();
    checked.verdict()?;
    let failed = match (ended, end, promise) {
        (Ok(_), End::Panicked, _) => return Err("the panic was not reported".to_owned()),
        (Ok(_), ..) => false,
        (Err(RunError::Panicked(_)), End::Panicked, _) => true,
        (Err(RunError::Edge(_)), _, Promise::AllOrFail) => true,
        (Err(error), ..) => return Err(error.to_string()),
    };
    let (made, came) = (made.load(Ordering::Relaxed), checked.count());
    if let Some(counters) = counters {
        if counters.pushed != counters.popped + counters.dropped + counters.depth {
            return Err(format!("the counters do not add up: {counters:?}"));
        }
        if counters.popped != came {
            return Err(format!("{came} values came, and {} count as popped", counters.popped));
        }
        // A value may have been made and not pushed where the graph was given up or failed.
        let whole = !failed && end != End::Abandoned;
        if whole && (counters.pushed != made || counters.depth != 0) {
            return Err(format!("{made} values were made: {counters:?}"));
        }
        if matches!(promise, Promise::All | Promise::AllOrFail) && counters.dropped != 0 {
            return Err(format!("values were dropped: {counters:?}"));
        }
    }
    if matches!(promise, Promise::All | Promise::AllOrFail) {
        checked.without_gaps()?;
        if !failed && end != End::Abandoned && came != made {
            return Err(format!("{} of {made} values are lost", made - came));
        }
    }
    if promise == Promise::Latest && !failed && end != End::Abandoned {
        checked.latest_of_each_key(made)?;
    }
    Ok(came)
}

/// All ends of graphs over one edge.
fn soak<K>(name: &str, edge: &K, promise: Promise, round: u64) -> Result<u64, String>
where
    K: Edge<Value, Sender: 'static, Receiver: 'static> + Send + 'static,
{
    let mut values = 0;
    for (number, end) in (0..).zip(ENDS) {
        let (slow, parks) = ((round + number).is_multiple_of(2), (round + number) % 4 < 2);
        let came = once(edge.clone(), promise, end, slow, parks);
        let place = || format!("{name}, {end:?}, slow: {slow}, parks: {parks}");
        values += came.map_err(|wrong| format!("{}: {wrong}", place()))?;
    }
    Ok(values)
}

/// Every kind with every policy.
fn round(round: u64) -> Result<u64, String> {
    let small = Spsc::new().capacity(64);
    let mut values = 0;
    values += soak("spsc in-slot, block", &small.layout::<InSlot>(), Promise::All, round)?;
    values += soak("spsc indexed, block", &small.layout::<Indexed>(), Promise::All, round)?;
    values += soak("spsc of one, block", &small.capacity(1), Promise::All, round)?;
    values += soak("spsc, drop-newest", &small.policy(DropNewest), Promise::Some, round)?;
    values += soak("spsc, fail", &small.policy(Fail), Promise::AllOrFail, round)?;
    values += soak("spsc, spill", &small.policy(Spill(256)), Promise::All, round)?;
    values += soak("spsc of one, spill", &small.capacity(1).policy(Spill(1)), Promise::All, round)?;
    let by_key = Conflate(|value: &Value| value.key());
    values += soak("spsc, conflate", &small.policy(by_key), Promise::Latest, round)?;
    values += soak("spsc, conflate, too few", &small.capacity(2).policy(by_key), Promise::Latest, round)?;
    values += soak("spsc, drop-oldest", &small.policy(DropOldest), Promise::Some, round)?;
    values += soak("mpsc, block", &Mpsc::new().capacity(64), Promise::All, round)?;
    values += soak("spmc, block", &Spmc::new().capacity(64), Promise::All, round)?;
    values += soak("mpmc, block", &Mpmc::new().capacity(64), Promise::All, round)?;
    values += soak("mpmc, drop-newest", &Mpmc::new().capacity(64).policy(DropNewest), Promise::Some, round)?;
    values += soak("mpmc, drop-oldest", &Mpmc::new().capacity(64).policy(DropOldest), Promise::Some, round)?;
    values += soak("locked, block", &Faulty::new(64, Fault::None), Promise::All, round)?;
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
        let wrong = once(Faulty::new(64, fault), Promise::All, End::Itself, false, false);
        let why = wrong.expect_err("a planted fault was not noticed");
        assert!(why.contains(says), "{fault:?} was noticed as something else: {why}");
    }
}

/// What `inspect` shows and what the edge's own counters say.
#[test]
fn the_counters_of_an_edge_add_up_at_every_moment() {
    let (mut sender, mut receiver) = Spsc::new().capacity(4).policy(Spill(4)).open::<u64>().unwrap();
    let stats = sender.stats().unwrap();
    let adds_up =
        |counters: EdgeCounters| counters.pushed == counters.popped + counters.dropped + counters.depth;
    for n in 0..8 {
        let _ = sender.push(n);
        assert!(adds_up(stats.counters()), "{:?}", stats.counters());
    }
    drop(sender);
    while receiver.pop().is_some() {
        assert!(adds_up(stats.counters()), "{:?}", stats.counters());
    }
    let counters = stats.counters();
    assert_eq!((counters.pushed, counters.popped, counters.spilled, counters.depth), (8, 8, 4, 0));
}
