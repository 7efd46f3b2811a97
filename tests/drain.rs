//! A drain hands on what the graph holds, also a batch that is not full: the same, plain and fused.

use std::sync::{Arc, Mutex};

use fusewire::context::manual::Manual;
use fusewire::control::{Report, Stop};
use fusewire::edge::{EdgeReceiver, Pushed, edge};
use fusewire::engine::Engine;
use fusewire::prelude::*;

type Log = Arc<Mutex<Vec<Vec<u64>>>>;

/// Runs a graph over six values, stops it once it has nothing to do, and gives what it made.
fn stopped<G: Graph>(graph: impl FnOnce(EdgeReceiver<u64>, Log) -> G, how: Stop) -> (Vec<Vec<u64>>, Report) {
    let (mut sender, receiver) = edge(16).unwrap();
    let log = Log::default();
    let manual = Manual::new();
    let handle = Engine::on(manual.clone()).run(graph(receiver, log.clone())).unwrap();
    for value in 1..=6 {
        assert!(matches!(sender.push(value), Pushed::Ok));
    }
    for _ in 0..50 {
        manual.turn();
    }
    handle.stop(how);
    let report = handle.join().unwrap();
    let made = log.lock().unwrap().clone();
    (made, report)
}

macro_rules! drained {
    ($($name:ident: |$edge:ident, $log:ident| { $($chain:tt)* } makes $made:expr;)*) => {
        $(
            #[test]
            fn $name() {
                let plain = stopped(|$edge, $log| { $($chain)* }, Stop::Drain);
                let fused = stopped(|$edge, $log| fuse! { $($chain)* }, Stop::Drain);
                let made: &[&[u64]] = &$made;
                assert_eq!(plain.0, made, "plain");
                assert_eq!(fused.0, made, "fused");
                let counts = |report: Report| (report.started, report.completed);
                assert_eq!(counts(plain.1), counts(fused.1), "plain on the left, fused on the right");
            }
        )*
    };
}

drained! {
    a_batch: |edge, log| {
        recv(edge).batch::<4>().for_each(move |batch| log.lock().unwrap().push(batch.to_vec()))
    } makes [&[1, 2, 3, 4], &[5, 6]];

    a_batch_that_is_full: |edge, log| {
        recv(edge).batch::<3>().for_each(move |batch| log.lock().unwrap().push(batch.to_vec()))
    } makes [&[1, 2, 3], &[4, 5, 6]];

    a_batch_that_never_fills: |edge, log| {
        recv(edge).map(|n| n * 10).batch::<64>().for_each(move |batch| log.lock().unwrap().push(batch.to_vec()))
    } makes [&[10, 20, 30, 40, 50, 60]];

    a_batch_of_batches: |edge, log| {
        recv(edge).batch::<2>().batch::<2>()
            .for_each(move |batches| log.lock().unwrap().push(batches.iter().map(|batch| batch[0]).collect()))
    } makes [&[1, 3], &[5]];

    a_batch_and_an_asynchronous_stage: |edge, log| {
        recv(edge).batch::<4>().map(|batch| batch.to_vec()).and(just)
            .for_each(move |batch| log.lock().unwrap().push(batch))
    } makes [&[1, 2, 3, 4], &[5, 6]];

    a_batch_of_what_is_left: |edge, log| {
        recv(edge).filter(|n| n % 2 == 0).batch::<2>().map(|batch| batch.to_vec())
            .for_each(move |batch| log.lock().unwrap().push(batch))
    } makes [&[2, 4], &[6]];

    a_batch_in_a_sub_graph: |edge, log| {
        gathering(edge).map(|batch| batch).for_each(move |batch| log.lock().unwrap().push(batch))
    } makes [&[1, 2, 3, 4], &[5, 6]];

    a_batch_in_a_chain_that_is_wrapped: |edge, log| {
        recv(edge).batch::<4>().into_result()
            .for_each(move |batch: Result<_, Never>| log.lock().unwrap().push(batch.unwrap_or_default().to_vec()))
    } makes [&[1, 2, 3, 4], &[5, 6]];

    a_batch_behind_what_waits_in_a_chain_that_is_wrapped: |edge, log| {
        recv(edge).and(just).batch::<4>().map(|batch| batch.to_vec()).and(just).into_result()
            .for_each(move |batch: Result<_, Never>| log.lock().unwrap().push(batch.unwrap_or_default()))
    } makes [&[1, 2, 3, 4], &[5, 6]];

    batches_on_both_sides_of_a_wrap: |edge, log| {
        recv(edge).batch::<2>().map(|batch| batch.iter().sum::<u64>()).stopped_as_none().filter_map(|sum| sum).batch::<2>()
            .for_each(move |sums| log.lock().unwrap().push(sums.to_vec()))
    } makes [&[3, 7], &[11]];
}

/// A sub-graph that a fused graph cannot look into.
fn gathering(edge: EdgeReceiver<u64>) -> impl Graph<Value = Vec<u64>, Error = Never> {
    recv(edge).batch::<4>().map(|batch| batch.to_vec())
}

/// Giving up gives up the batch as well.
#[test]
fn an_abandoned_batch_is_dropped() {
    let plain = stopped(
        |edge, log| recv(edge).batch::<4>().for_each(move |batch| log.lock().unwrap().push(batch.to_vec())),
        Stop::Abandon,
    );
    assert_eq!(plain.0, [[1, 2, 3, 4]]);
}

/// A stage that makes a value of every stop does not keep a graph from being drained.
#[test]
fn a_drain_ends_although_stops_are_made_values() {
    let (made, _) = stopped(
        |edge, log| {
            recv(edge)
                .batch::<4>()
                .map(|batch| batch.to_vec())
                .upon_stopped(|_| Vec::new())
                .filter(|batch| !batch.is_empty())
                .for_each(move |batch| log.lock().unwrap().push(batch))
        },
        Stop::Drain,
    );
    assert_eq!(made, [vec![1, 2, 3, 4], vec![5, 6]]);
}

/// Nor does one behind a merge, which is asked once for what it has left.
#[test]
fn a_merge_whose_stops_are_made_values_is_drained_too() {
    macro_rules! ends {
        ($form:ident) => {{
            let (manual, log) = (Manual::new(), Log::default());
            let seen = log.clone();
            let graph = $form! {
                merge_by_priority(from_iter(0..u64::MAX), from_iter(0..u64::MAX))
                    .stopped_as_none()
                    .map(|n| n.unwrap_or(u64::MAX))
                    .for_each(move |n| seen.lock().unwrap().push(vec![n]))
            };
            let handle = Engine::on(manual.clone()).run(graph).unwrap();
            for _ in 0..3 {
                manual.turn();
            }
            let before = log.lock().unwrap().len();
            handle.stop(Stop::Drain);
            for _ in 0..50 {
                manual.turn();
            }
            let came = log.lock().unwrap().len() - before;
            assert!(before > 0 && came <= 1, "{came} values after the stop, in 50 turns");
            handle.join().unwrap();
        }};
    }
    macro_rules! plain {
        ($($graph:tt)+) => { $($graph)+ };
    }
    ends!(plain);
    ends!(fuse);
}
