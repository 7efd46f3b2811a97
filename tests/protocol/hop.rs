//! `then(on(..))`.

use std::pin::pin;
use std::thread;

use fusewire::completion::{Started, StopReason};
use fusewire::context::cpu::Cpu;
use fusewire::context::manual::Manual;
use fusewire::context::{Scheduler, current, enter};
use fusewire::edge::Spsc;
use fusewire::env::Env;
use fusewire::operation::Operation;
use fusewire::prelude::*;
use fusewire::ring::Indexed;

use crate::ladder::{Input, completes};
use crate::script::{ENDED, FILTERED, Failure, PANICKED, REQUESTED, Record, stopped, value};

const EACH: [Input; 7] = [
    Completion::Value(1),
    Completion::Error(Failure(7)),
    FILTERED,
    ENDED,
    REQUESTED,
    PANICKED,
    Completion::Value(2),
];

/// Already there: the hop vanishes, for every kind of completion.
#[test]
fn a_hop_to_here_completes_inside_start() {
    let here = Manual::new();
    // SAFETY: only this thread turns it.
    let _entered = unsafe { enter(here.context().clone()) };
    crate::ladder::inline(
        || completes::<i32, Failure, _>(crate::script::Script::new(&EACH).then(on(here.clone()))),
        &EACH,
    );
}

/// Not there: everything travels but a panic.
#[test]
fn a_hop_elsewhere_completes_there() {
    let there = Manual::new();
    crate::ladder::later(
        || completes::<i32, Failure, _>(crate::script::Script::new(&EACH).then(on(there.clone()))),
        &there,
        &EACH,
    );
}

#[test]
fn what_follows_runs_on_the_context() {
    let compute = Cpu::builder().name("compute").build().unwrap();
    let id = compute.context().id();
    let graph = from_iter(0..)
        .map(|n| (n, thread::current().id()))
        .then(on(compute.clone()))
        .map(|(n, before)| (n, before, thread::current().id(), current().map(|here| here.id())));
    let (n, before, after, here) = block_on(graph.repeat(1)).value().unwrap();
    assert_eq!(n, 0);
    assert_ne!(before, after);
    assert_eq!(here, Some(id));
}

#[test]
fn thousands_of_trips_between_two_threads() {
    let (ping, pong) = (Cpu::builder().build().unwrap(), Cpu::builder().build().unwrap());
    let graph = from_iter(0_u32..)
        .then(on(ping))
        .scan(0, |sum, n| {
            *sum += u64::from(n);
            (n, *sum)
        })
        .then(on(pong))
        .scan(0, |count, (n, sum)| {
            *count += 1;
            (n, sum, *count)
        });
    let n = 2_000_u32;
    let sum = u64::from(n) * u64::from(n - 1) / 2;
    assert_eq!(block_on(graph.repeat(u64::from(n))), value((n - 1, sum, n)));
}

/// A context ends with its last scheduler; the graph keeps one.
#[test]
fn the_graph_keeps_the_context_alive() {
    let graph = just(6).then(on(Cpu::builder().build().unwrap())).map(|n| n * 7);
    assert_eq!(block_on(graph), Completion::<_, Never>::Value(42));
}

#[test]
fn a_context_that_has_ended_stops_the_pass() {
    let manual = Manual::new();
    manual.end();
    let dropped = std::sync::Arc::new(());
    let graph = just(std::sync::Arc::clone(&dropped)).then(on(manual));
    let record = Record::new();
    {
        let mut operation = pin!(graph.connect(record.clone(), &Env::new()));
        for _ in 0..2 {
            // SAFETY: no pass is under way; the context abandons each before it returns.
            let started = unsafe { operation.as_mut().start() };
            assert_eq!(started, Started::Later);
            assert_eq!(record.take(), [stopped::<_, Never>(StopReason::Requested)]);
        }
    }
    assert_eq!(std::sync::Arc::strong_count(&dropped), 1, "the value that waited is dropped");
}

#[test]
fn settings_are_kept_for_the_macro() {
    let hop = on(Manual::new()).capacity(64).policy(DropNewest).layout::<Indexed>();
    assert_eq!(
        hop.crosses_over(),
        &Spsc::new().capacity(64).policy(Overflow::DropNewest).layout::<Indexed>()
    );
    assert_eq!(on(Manual::new()).crosses_over(), &Spsc::new());
}
