//! What happens to a value for which Aeron has no room, by the word that the edge was given, and what is pushed by `.and(push(..))`.

#[path = "common/bed.rs"]
mod common;

use std::sync::{Arc, Mutex};
use std::thread::{self, sleep};
use std::time::Duration;

use common::{channels, driver, eventually};
use fusewire::context::cpu::Cpu;
use fusewire::control::RunError;
use fusewire::edge::{Conflate, DropNewest, DropOldest, Edge, Fail, Pop, Push, Pushed};
use fusewire::engine::Engine;
use fusewire::prelude::*;
use fusewire::wait::Wait;
use fusewire_remote::{MediaDriver, Remote, RemoteError, remote};

const STREAM: i32 = 50;

/// A log that is soon full.
fn small(driver: &MediaDriver, stream: i32) -> Remote {
    remote("aeron:ipc?term-length=64k", stream).driver(driver)
}

#[test]
fn fail_gives_the_value_back_and_counts_nothing() {
    let driver = driver();
    let link = small(&driver, STREAM).spill(4).policy(Fail);
    let mut receiver = link.receiver::<u64>().unwrap();
    let mut sender = link.sender::<u64>().unwrap();
    eventually("somebody receives", || sender.is_connected());
    let mut pushed = 0;
    let failed = loop {
        assert!(sender.has_room(), "a sender that is to fail goes on");
        match sender.push(pushed) {
            Pushed::Ok => pushed += 1,
            other => break other,
        }
    };
    assert_eq!(failed, Pushed::Failed(pushed));
    let counters = Push::stats(&sender).unwrap().counters();
    assert_eq!((counters.pushed, counters.dropped, counters.spilled), (pushed, 0, 4), "{counters:?}");
    assert_eq!(counters.pushed, counters.popped + counters.depth);
    // There is room again, and nothing was lost.
    let mut next = 0;
    eventually("all have come", || {
        while let Some(value) = receiver.pop() {
            assert_eq!(value, next);
            next += 1;
        }
        sender.flush();
        next == pushed
    });
    assert_eq!(sender.push(pushed), Pushed::Ok);
}

/// The run ends, and says which edge it was.
#[test]
fn a_graph_whose_edge_is_to_fail_ends_with_its_name() {
    let driver = driver();
    let compute = Cpu::builder().build().unwrap();
    let slow = |n: u64| {
        sleep(Duration::from_millis(1));
        n
    };
    let link = small(&driver, STREAM + 1);
    let graph =
        fuse! { from_iter(0_u64..).then(on(compute).edge(link).policy(Fail)).map(slow).for_each(drop) };
    let handle = Engine::new().run(graph).unwrap();
    eventually("it ends", || handle.is_finished());
    let error = handle.join().unwrap_err();
    assert!(matches!(error, RunError::Edge(_)), "{error:?}");
}

/// While the log takes values all of them are sent; then of each key the latest waits, and none is lost to a key.
#[test]
fn conflate_replaces_what_waits_and_says_how_many() {
    const KEYS: u64 = 8;
    let driver = driver();
    let link = small(&driver, STREAM + 2).spill(KEYS as usize).policy(Conflate(|value: &[u64; 2]| value[0]));
    let (mut sender, mut receiver) = link.open().unwrap();
    let mut round = 0_u64;
    // Until all keys wait, and then three times over.
    let mut after = 0;
    while after < 3 * KEYS {
        let pushed = sender.push([round % KEYS, round]);
        assert_eq!(pushed, Pushed::Ok);
        round += 1;
        after += u64::from(Push::stats(&sender).unwrap().counters().spilled == KEYS);
    }
    let counters = Push::stats(&sender).unwrap().counters();
    // The eighth value to wait was one of those that were counted after.
    assert_eq!(
        (counters.pushed, counters.dropped, counters.spilled),
        (round, 3 * KEYS - 1, KEYS),
        "{counters:?}"
    );
    drop(sender);
    let mut came = Vec::new();
    eventually("the end is heard", || {
        came.extend(std::iter::from_fn(|| receiver.pop()));
        receiver.is_closed()
    });
    assert_eq!(came.len() as u64 + counters.dropped, round);
    let (sent, latest) = came.split_at(came.len() - KEYS as usize);
    assert!(
        sent.iter().map(|value| value[1]).eq(0..sent.len() as u64),
        "what the log had is there, in order"
    );
    // In the order in which the keys began to wait, each with its latest value.
    for (waited, value) in latest.iter().enumerate() {
        assert_eq!(value[0], (sent.len() + waited) as u64 % KEYS);
        assert!(value[1] >= round - KEYS, "{latest:?}");
    }
    let stats = receiver.remote_stats();
    assert_eq!((stats.lost, stats.duplicates), (0, 0), "what was replaced has no number");
}

#[test]
fn conflate_in_a_graph_ends_with_the_latest_of_every_key() {
    const KEYS: u64 = 16;
    let driver = driver();
    let (io, compute) = (Cpu::builder().build().unwrap(), Cpu::builder().build().unwrap());
    let latest = Arc::new(Mutex::new([0_u64; KEYS as usize]));
    let into = Arc::clone(&latest);
    let note = move |n: u64| {
        sleep(Duration::from_micros(50));
        let mut latest = into.lock().unwrap();
        assert!(n == 0 || n > latest[(n % KEYS) as usize], "a key's values come in order");
        latest[(n % KEYS) as usize] = n;
    };
    let by_key = Conflate(|n: &u64| n % KEYS);
    let link = small(&driver, STREAM + 3);
    let graph = fuse! { from_iter(0..20_000_u64).then(on(compute).edge(link).policy(by_key).capacity(32)).for_each(note) };
    let handle = Engine::on(io).run(graph).unwrap();
    assert!(handle.inspect().to_string().contains("conflate"));
    eventually("it ends", || handle.is_finished());
    let counters = handle.inspect().edges[0].counters.expect("the edge counts");
    handle.join().unwrap();
    assert_eq!((counters.pushed, counters.depth), (20_000, 0), "{counters:?}");
    assert_eq!(counters.popped + counters.dropped, 20_000);
    assert!(counters.dropped > 0, "{counters:?}");
    let last: Vec<u64> = latest.lock().unwrap().to_vec();
    assert_eq!(last, (20_000 - KEYS..20_000).collect::<Vec<_>>());
}

#[test]
fn drop_oldest_is_refused_with_what_to_use_instead() {
    let driver = driver();
    let link = small(&driver, STREAM + 4).policy(DropOldest);
    assert_eq!(link.sender::<u64>().unwrap_err(), RemoteError::NoOldest);
    let compute = Cpu::builder().build().unwrap();
    let graph = fuse! { from_iter(0..3_u64).then(on(compute).edge(link)).map(|n| n).for_each(drop) };
    let error = Engine::new().run(graph).map(drop).unwrap_err().to_string();
    assert!(error.contains("cannot drop its oldest") && error.contains("`DropNewest`"), "{error}");
}

/// One graph pushes as a stage, and another receives: `spilled` and `dropped` are seen where the edge is.
#[test]
fn a_stage_pushes_and_a_source_receives() {
    const VALUES: u64 = 5_000;
    let driver = driver();
    for wait in [Wait::spin_then_yield(), Wait::Park] {
        for channel in channels() {
            let link = remote(&channel, STREAM + 5).driver(&driver);
            let receiver = link.receiver::<u64>().unwrap();
            let sender = link.sender::<u64>().unwrap();
            let stats = Push::stats(&sender).unwrap();
            let (io, compute) =
                (Cpu::builder().wait(wait).build().unwrap(), Cpu::builder().wait(wait).build().unwrap());
            let came = Arc::<Mutex<Vec<u64>>>::default();
            let into = Arc::clone(&came);
            let receives = fuse! { recv(receiver).for_each(move |n: u64| into.lock().unwrap().push(n)) };
            let receives = Engine::on(compute).run(receives).unwrap();
            let pushes = fuse! { from_iter(0..VALUES).map(|n: u64| n * 3).and(push(sender)) };
            let pushes = Engine::on(io).run(pushes).unwrap();
            eventually("all are pushed", || pushes.is_finished());
            pushes.join().unwrap();
            eventually("the other graph ends with the sender", || receives.is_finished());
            receives.join().unwrap();
            let came = came.lock().unwrap();
            assert!(
                came.iter().copied().eq((0..VALUES).map(|n| n * 3)),
                "{channel} {wait:?}: {}",
                came.len()
            );
            let counters = stats.counters();
            assert_eq!((counters.pushed, counters.dropped), (VALUES, 0), "{counters:?}");
        }
    }
}

/// What was pushed last, and found no room, is sent although nothing is pushed behind it.
#[test]
fn what_a_stage_pushed_last_does_not_stay_behind() {
    let driver = driver();
    let link = small(&driver, STREAM + 6).spill(8);
    let mut receiver = link.receiver::<u64>().unwrap();
    let sender = link.sender::<u64>().unwrap();
    eventually("somebody receives", || sender.is_connected());
    let stats = Push::stats(&sender).unwrap();
    let io = Cpu::builder().wait(Wait::Park).build().unwrap();
    let (feed, fed) = fusewire::edge::edge::<u64>(1 << 14).unwrap();
    let mut feed = feed;
    let graph = Engine::on(io).run(fuse! { recv(fed).and(push(sender)) }).unwrap();
    let mut pushed = 0_u64;
    while stats.counters().spilled == 0 {
        if feed.push(pushed) == Pushed::Ok {
            pushed += 1;
            feed.wake();
            eventually("it is pushed", || stats.counters().pushed == pushed);
        }
    }
    let mut next = 0;
    eventually("all have come, with the sender still there", || {
        while let Some(value) = receiver.pop() {
            assert_eq!(value, next);
            next += 1;
        }
        next == pushed
    });
    drop(feed);
    eventually("it ends", || graph.is_finished());
    graph.join().unwrap();
}

#[test]
fn drop_newest_drops_beyond_what_waits() {
    let driver = driver();
    let link = small(&driver, STREAM + 7).spill(3).policy(DropNewest);
    let mut sender = link.sender::<u64>().unwrap();
    for n in 0..3 {
        assert_eq!(sender.push(n), Pushed::Ok, "nobody receives, so it waits");
    }
    assert_eq!((sender.push(3), sender.push(4)), (Pushed::Dropped, Pushed::Dropped));
    let counters = Push::stats(&sender).unwrap().counters();
    assert_eq!((counters.pushed, counters.dropped, counters.spilled, counters.depth), (5, 2, 3, 3));
}

/// Whoever reads the numbers while a value is taken sees that it spilled no later than that it was taken: what waits for the one and asks
/// for the other is not to miss it.
#[test]
fn a_value_that_spilled_is_not_counted_as_pushed_first() {
    const VALUES: u64 = 1 << 16;
    let driver = driver();
    let mut sender = small(&driver, STREAM + 8).spill(VALUES as usize).sender::<u64>().unwrap();
    let stats = Push::stats(&sender).unwrap();
    thread::scope(|scope| {
        scope.spawn(|| {
            loop {
                let counters = stats.counters();
                assert!(counters.spilled >= counters.pushed, "nobody receives, so all spill: {counters:?}");
                if counters.pushed == VALUES {
                    break;
                }
            }
        });
        for n in 0..VALUES {
            assert_eq!(sender.push(n), Pushed::Ok, "nobody receives, so it waits");
        }
    });
}
