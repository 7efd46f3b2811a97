//! The same graph with one edge replaced: what it makes, and in which order, must not change. Plain is the reference.

#[path = "common/bed.rs"]
mod common;
#[path = "common/through.rs"]
mod through;

use std::sync::{Arc, Mutex};

use common::{channels, driver, eventually};
use fusewire::context::cpu::Cpu;
use fusewire::control::Stop;
use fusewire::edge::{DropNewest, Push, Pushed, Spsc};
use fusewire::engine::Engine;
use fusewire::prelude::*;
use fusewire::wait::Wait;
use fusewire_remote::remote;
use through::{expected, through};

#[test]
fn the_same_values_in_the_same_order_as_over_a_ring() {
    let driver = driver();
    for wait in [Wait::spin_then_yield(), Wait::Park] {
        let ring = through(Spsc::new().capacity(64), wait);
        assert!(ring == expected());
        for channel in channels() {
            let link = remote(&channel, 20).driver(&driver);
            assert!(through(link, wait) == ring, "{channel} {wait:?}");
        }
    }
}

#[test]
fn the_drawing_names_the_edge() {
    let driver = driver();
    let compute = Cpu::builder().name("compute").build().unwrap();
    let graph = fuse! {
        from_iter(0..3_u64).then(on(compute).edge(remote("aeron:ipc", 21).driver(&driver))).map(join_one).for_each(drop)
    };
    let text = graph.inspect().to_string();
    assert!(text.contains("aeron"), "{text}");
}

#[test]
fn an_edge_that_cannot_be_opened_is_an_error_of_the_launch() {
    let nowhere =
        fusewire_remote::MediaDriver::in_directory(std::env::temp_dir().join("fusewire-no-driver-here"));
    let compute = Cpu::builder().name("compute").build().unwrap();
    let graph = fuse! {
        from_iter(0..3_u64).then(on(compute).edge(remote("aeron:ipc", 22).driver(&nowhere))).map(join_one).for_each(drop)
    };
    let error = Engine::new().run(graph).map(drop).unwrap_err().to_string();
    assert!(error.contains("no Aeron media driver runs in"), "{error}");
}

/// Both ends opened apart: the receiver is the source of a fused graph on a context that parks.
#[test]
fn a_receiver_is_the_source_of_a_graph() {
    let driver = driver();
    for channel in channels() {
        let link = remote(&channel, 23).driver(&driver);
        let receiver = link.receiver::<u64>().unwrap();
        let mut sender = link.sender::<u64>().unwrap();
        let io = Cpu::builder().name("io").wait(Wait::Park).build().unwrap();
        let sum = Arc::<Mutex<(u64, u64)>>::default();
        let into = Arc::clone(&sum);
        let graph = fuse! {
            recv(receiver).for_each(move |n: u64| {
                let mut sum = into.lock().unwrap();
                *sum = (sum.0 + 1, sum.1 + n);
            })
        };
        let handle = Engine::on(io).run(graph).unwrap();
        for n in 0..1000 {
            eventually("there is room", || sender.has_room());
            assert_eq!(sender.push(n), Pushed::Ok);
        }
        drop(sender);
        eventually("the graph ends with its sender", || handle.is_finished());
        handle.join().unwrap();
        assert_eq!(*sum.lock().unwrap(), (1000, 499_500), "{channel}");
    }
}

/// Stops and panics find nothing in nobody's hands: what was pushed was popped, dropped, or is inside.
#[test]
fn a_stop_drains_the_edge_and_a_panic_behind_it_ends_the_graph() {
    let driver = driver();
    for (at, channel) in channels().iter().enumerate() {
        let (io, compute) = (Cpu::builder().build().unwrap(), Cpu::builder().build().unwrap());
        let link = remote(channel, 30).driver(&driver);
        let graph =
            fuse! { from_iter(0_u64..).then(on(&compute).edge(link.clone())).map(join_one).for_each(drop) };
        let handle = Engine::on(io.clone()).run(graph).unwrap();
        eventually("values flow", || {
            handle.inspect().edges[0].counters.is_some_and(|counters| counters.popped > 1000)
        });
        handle.stop(Stop::Drain);
        eventually("it is drained", || handle.is_finished());
        let counters = handle.inspect().edges[0].counters.expect("the edge counts");
        assert_eq!((counters.pushed, counters.dropped, counters.depth), (counters.popped, 0, 0), "{channel}");
        handle.join().unwrap();

        let link = remote(channel, 31 + at as i32).driver(&driver);
        let graph = fuse! { from_iter(0_u64..).then(on(&compute).edge(link)).map(fails_at_a_thousand).for_each(drop) };
        let handle = Engine::on(io).run(graph).unwrap();
        eventually("it ends", || handle.is_finished());
        let counters = handle.inspect().edges[0].counters.expect("the edge counts");
        assert_eq!(counters.pushed, counters.popped + counters.dropped + counters.depth, "{counters:?}");
        let error = handle.join().unwrap_err().to_string();
        assert!(error.contains("a thousand is too much"), "{error}");
    }
}

#[stage]
fn join_one(n: u64) -> u64 {
    n + 1
}

#[stage]
fn fails_at_a_thousand(n: u64) -> u64 {
    assert!(n < 1000, "a thousand is too much");
    n
}

/// A graph that would rather lose the newest than wait says so in one word.
#[test]
fn the_word_for_the_policy_is_that_of_every_edge() {
    let driver = driver();
    let compute = Cpu::builder().build().unwrap();
    let slow = |n: u64| {
        std::thread::sleep(std::time::Duration::from_micros(50));
        n
    };
    let link = remote("aeron:ipc?term-length=64k", 40).driver(&driver);
    let graph = fuse! { from_iter(0..5000_u64).then(on(compute).edge(link).policy(DropNewest)).map(slow).for_each(drop) };
    let handle = Engine::new().run(graph).unwrap();
    eventually("it ends", || handle.is_finished());
    let counters = handle.inspect().edges[0].counters.expect("the edge counts");
    handle.join().unwrap();
    assert_eq!((counters.pushed, counters.depth), (5000, 0));
    assert!(counters.dropped > 0 && counters.popped + counters.dropped == 5000, "{counters:?}");
}
