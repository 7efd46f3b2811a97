//! Streams as sources: plain and fused, ending, waking parked and spinning lanes, stopped.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use fusewire::context::cpu::Cpu;
use fusewire::control::Stop;
use fusewire::engine::Engine;
use fusewire::prelude::*;
use fusewire::wait::Wait;

use crate::harness::{Alive, Feed, feed, until};

fn run(fused: bool, strategy: Wait) -> (Feed<u32>, Arc<Mutex<Vec<u32>>>, fusewire::engine::Handle) {
    let (feed, fed) = feed();
    let home = Cpu::builder().wait(strategy).build().unwrap();
    let taken = Arc::new(Mutex::new(Vec::new()));
    let takes = Arc::clone(&taken);
    let take = move |n| takes.lock().unwrap().push(n);
    let engine = Engine::on(home);
    let handle = if fused {
        engine.run(fuse! { from_stream(fed).filter(|n| n % 3 != 0).for_each(take) })
    } else {
        engine.run(from_stream(fed).filter(|n| n % 3 != 0).for_each(take))
    };
    (feed, taken, handle.unwrap())
}

fn all() -> impl Iterator<Item = (bool, Wait)> {
    let strategies = [Wait::Park, Wait::spin_then_park(), Wait::spin_then_yield()];
    strategies.into_iter().flat_map(|wait| [(false, wait), (true, wait)])
}

#[test]
fn items_come_in_order_until_the_stream_ends() {
    for (fused, strategy) in all() {
        let (feed, taken, handle) = run(fused, strategy);
        for n in 0..500 {
            feed.push(n);
            if n % 50 == 0 {
                until("the lane waits", || feed.is_awaited());
            }
        }
        drop(feed);
        let report = handle.join_timeout(Duration::from_secs(20)).expect("the lane is woken").unwrap();
        assert_eq!(report.started, 500);
        assert_eq!(*taken.lock().unwrap(), (0..500).filter(|n| n % 3 != 0).collect::<Vec<_>>());
    }
}

#[test]
fn an_item_that_is_an_error_ends_the_graph() {
    let (feed, fed) = feed();
    for text in ["1", "2", "x", "4"] {
        feed.push(text.parse::<u32>());
    }
    let error = Engine::new().run(fuse! { from_stream(fed).try_map(|n| n) }).unwrap().join().unwrap_err();
    assert!(error.to_string().contains("invalid digit"), "{error}");
}

#[test]
fn a_stop_ends_a_graph_that_waits_for_its_stream() {
    for (fused, strategy) in all() {
        for how in [Stop::Drain, Stop::Abandon] {
            let (feed, taken, handle) = run(fused, strategy);
            feed.push(1);
            until("the lane waits", || feed.is_awaited() && !taken.lock().unwrap().is_empty());
            handle.stop(how);
            let ended = handle.join_timeout(Duration::from_secs(20)).expect("the stop ends it").unwrap();
            assert_eq!(ended.completed, 1);
            feed.push(2);
        }
    }
}

#[test]
fn the_stream_is_dropped_with_its_graph() {
    let alive = Alive::default();
    let (feed, fed) = feed();
    feed.push(alive.one());
    feed.push(alive.one());
    let engine = Engine::new();
    drop(engine.run(fuse! { from_stream(fed).filter(|_| false) }).unwrap());
    drop(feed);
    assert_eq!(alive.count(), 0);
}

#[test]
fn one_pass_takes_one_item() {
    let (feed, fed) = feed();
    feed.push(1);
    feed.push(2);
    drop(feed);
    let sums = from_stream(fed).scan(0, |sum, n| {
        *sum += n;
        *sum
    });
    assert_eq!(block_on(sums.repeat(2)), Completion::Value(3));
}
