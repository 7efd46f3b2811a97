//! `engine.run` of plain senders: the reference semantics of a running graph.

use std::sync::Arc;
use std::sync::mpsc;

use fusewire::context::Scheduler;
use fusewire::context::cpu::Cpu;
use fusewire::context::manual::Manual;
use fusewire::control::{Report, RunError, Stop};
use fusewire::engine::Engine;
use fusewire::prelude::*;

use crate::script::Failure;

/// Everything that a graph on manual contexts hands to its `for_each`, and how it ended.
fn run_by_hand<S>(
    graph: impl FnOnce(mpsc::Sender<i32>) -> S,
    others: &[Manual],
) -> (Vec<i32>, Result<Report, RunError>)
where
    S: Sender<Value: Send, Error: std::fmt::Display + Send + 'static> + Send + 'static,
{
    let home = Manual::new();
    let (sender, seen) = mpsc::channel();
    let handle = Engine::on(home.clone()).run(graph(sender)).unwrap();
    for _ in 0..10_000 {
        home.turn();
        others.iter().for_each(|other| {
            other.turn();
        });
        if handle.is_finished() {
            break;
        }
    }
    (seen.try_iter().collect(), handle.join())
}

#[test]
fn pass_after_pass_in_order() {
    let (seen, end) = run_by_hand(|seen| from_iter(0..100).for_each(move |n| seen.send(n).unwrap()), &[]);
    assert_eq!(seen, (0..100).collect::<Vec<_>>());
    let report = end.unwrap();
    assert_eq!((report.started, report.completed), (100, 100));
}

#[test]
fn filtered_passes_do_not_end_it() {
    let graph = |seen: mpsc::Sender<i32>| {
        from_iter(0..100).filter(|n| n % 10 == 0).for_each(move |n| seen.send(n).unwrap())
    };
    let (seen, end) = run_by_hand(graph, &[]);
    assert_eq!(seen, (0..100).step_by(10).collect::<Vec<_>>());
    let report = end.unwrap();
    assert_eq!((report.started, report.completed), (100, 10));
}

#[test]
fn across_a_hop_in_order() {
    let there = Manual::new();
    let hop = there.clone();
    let graph =
        |seen: mpsc::Sender<i32>| from_iter(0..100).then(on(hop)).for_each(move |n| seen.send(n).unwrap());
    let (seen, end) = run_by_hand(graph, &[there]);
    assert_eq!(seen, (0..100).collect::<Vec<_>>());
    assert_eq!(end.unwrap().completed, 100);
}

#[test]
fn an_error_ends_it() {
    let graph = |seen: mpsc::Sender<i32>| {
        from_iter(0..100)
            .try_map(|n| if n == 5 { Err(Failure(5)) } else { Ok(n) })
            .for_each(move |n| seen.send(n).unwrap())
    };
    let (seen, end) = run_by_hand(graph, &[]);
    assert_eq!(seen, [0, 1, 2, 3, 4]);
    let error = end.unwrap_err();
    assert_eq!(error.downcast_ref::<Failure>(), Some(&Failure(5)));
}

#[test]
fn the_last_batch_is_handed_on_before_the_end() {
    let graph = |seen: mpsc::Sender<i32>| {
        from_iter(0..10).batch::<4>().for_each(move |batch| seen.send(batch.iter().sum()).unwrap())
    };
    let (seen, end) = run_by_hand(graph, &[]);
    assert_eq!(seen, [6, 4 + 5 + 6 + 7, 8 + 9]);
    assert_eq!(end.unwrap().completed, 3);
}

#[test]
fn a_stop_ends_an_endless_graph() {
    for how in [Stop::Drain, Stop::Abandon] {
        let compute = Cpu::builder().build().unwrap();
        let held = Arc::new(());
        let kept = Arc::clone(&held);
        let graph = from_iter(0_u64..).then(on(compute)).for_each(move |_| drop(Arc::clone(&kept)));
        let handle = Engine::new().run(graph).unwrap();
        handle.stop(how);
        handle.join().unwrap();
        assert_eq!(Arc::strong_count(&held), 1, "a graph that has ended is dropped");
    }
}

#[test]
fn a_stop_ends_a_graph_that_waits() {
    let home = Cpu::builder().build().unwrap();
    let never = poll_fn(|| Taken::<(), Never>::Empty);
    let handle = Engine::on(home).run(never).unwrap();
    handle.stop(Stop::Drain);
    assert_eq!(handle.join().unwrap().completed, 0);
}

#[test]
fn a_context_that_ends_ends_the_graph() {
    let (home, there) = (Manual::new(), Manual::new());
    let graph = from_iter(0..).then(on(there.clone())).map(|n| n + 1);
    let handle = Engine::on(home.clone()).run(graph).unwrap();
    for _ in 0..10 {
        home.turn();
        there.turn();
    }
    there.end();
    home.run_until_idle();
    assert!(handle.is_finished());
    assert_eq!(there.context().kind(), "manual");
    handle.join().unwrap();
}
