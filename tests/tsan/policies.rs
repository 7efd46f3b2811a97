//! The policies that have more than a ring to agree about: an edge that fails, one that spills, and one that conflates.

use std::sync::{Arc, Mutex};
use std::thread;

use fusewire::context::cpu::Cpu;
use fusewire::control::RunError;
use fusewire::edge::{Conflate, Edge, EdgeCounters, Fail, Pop, Push, Pushed, Spill, Spsc};
use fusewire::engine::Engine;
use fusewire::prelude::*;

use super::{VALUES, pause};

/// Keys of an edge that conflates.
const KEYS: u64 = 7;

/// A value with a key, and on the heap: whoever reads it too early, or drops it twice, is seen.
type Keyed = (u64, Box<u64>);

pub(crate) fn all() {
    fails();
    for (capacity, buffer) in [(1, 1), (4, 64), (64, 4)] {
        let spill = Spsc::new().capacity(capacity).policy(Spill(buffer));
        let (out, counters) = over(spill, 1);
        assert!(out.iter().map(|value| *value.1).eq(0..VALUES), "a spill loses nothing, and keeps the order");
        assert_eq!(counters.dropped, 0);
    }
    // With room for all keys, and with room for fewer.
    for capacity in [1, 3, KEYS as usize, 64] {
        for rest in [1, 40] {
            let (out, counters) =
                over(Spsc::new().capacity(capacity).policy(Conflate(|value: &Keyed| value.0)), rest);
            conflated(&out);
            assert_eq!(counters.dropped, VALUES - out.len() as u64);
        }
    }
    early();
    in_graphs();
    println!("edges that fail, spill and conflate: nothing lost but what was replaced");
}

fn keyed(n: u64) -> Keyed {
    (n * n % KEYS, Box::new(n))
}

/// Pushes all values on a thread of its own, while a third reads the counters. The receiver rests after each `rest` values.
fn over<E: Edge<Keyed>>(edge: E, rest: usize) -> (Vec<Keyed>, EdgeCounters)
where
    E::Sender: 'static,
    E::Receiver: 'static,
{
    let (mut sender, mut receiver) = edge.open().expect("an edge");
    let stats = sender.stats().expect("counters");
    let watching = stats.clone();
    let mut out = Vec::new();
    thread::scope(|scope| {
        scope.spawn(move || {
            let mut idle = 0;
            for n in 0..VALUES {
                let mut value = keyed(n);
                loop {
                    let room = sender.has_room();
                    match sender.push(value) {
                        Pushed::Ok => break,
                        Pushed::Full(back) if !room => value = back,
                        other => panic!("{n} is {other:?}"),
                    }
                    sender.flush();
                    pause(&mut idle);
                }
                sender.publish();
                sender.wake();
            }
            while !sender.flush() {
                pause(&mut idle);
            }
        });
        scope.spawn(move || {
            loop {
                let seen = watching.counters();
                assert!(seen.popped <= seen.pushed, "{seen:?}");
                if seen.pushed == VALUES && seen.depth == 0 {
                    break;
                }
                thread::yield_now();
            }
        });
        let mut idle = 0;
        loop {
            let closed = receiver.is_closed();
            let ready = receiver.ready();
            match receiver.pop() {
                Some(value) => {
                    receiver.hand_back();
                    out.push(value);
                    if out.len() % rest == 0 {
                        thread::yield_now();
                    }
                }
                None => {
                    assert!(!ready, "it said that a value waits");
                    if closed {
                        break;
                    }
                    pause(&mut idle);
                }
            }
        }
    });
    let counters = stats.counters();
    assert_eq!(counters.pushed, counters.popped + counters.dropped, "{counters:?}");
    assert_eq!((counters.pushed, counters.popped, counters.depth), (VALUES, out.len() as u64, 0));
    (out, counters)
}

/// Of each key ever later values, and the last one.
fn conflated(out: &[Keyed]) {
    for key in 0..KEYS {
        let of_key: Vec<u64> = out.iter().filter(|value| value.0 == key).map(|value| *value.1).collect();
        assert!(of_key.is_sorted_by(|a, b| a < b), "key {key} went back");
        let last = (0..VALUES).rev().find(|n| keyed(*n).0 == key);
        assert_eq!(of_key.last().copied(), last, "the last of key {key}");
    }
    assert!(out.iter().all(|value| keyed(*value.1).0 == value.0), "a key has another one's value");
}

/// An edge that fails gives the value back, and carries on once there is room.
fn fails() {
    let (mut sender, mut receiver) =
        Spsc::new().capacity(4).policy(Fail).open::<Box<u64>>().expect("an edge");
    let stats = sender.stats();
    thread::scope(|scope| {
        scope.spawn(move || {
            let mut idle = 0;
            for n in 0..VALUES {
                let mut value = Box::new(n);
                while let Pushed::Failed(back) | Pushed::Full(back) = sender.push(value) {
                    value = back;
                    pause(&mut idle);
                }
            }
        });
        let (mut next, mut idle) = (0, 0);
        while next < VALUES {
            match receiver.pop() {
                Some(value) => {
                    assert_eq!(*value, next);
                    next += 1;
                }
                None => pause(&mut idle),
            }
        }
    });
    let counters = stats.counters();
    assert_eq!((counters.pushed, counters.popped, counters.dropped), (VALUES, VALUES, 0));
}

/// Either end leaves with values inside, of which each is dropped once.
fn early() {
    for round in 0..20 {
        leave(Spsc::new().capacity(2).policy(Spill(3)), round);
        leave(Spsc::new().capacity(3).policy(Conflate(|value: &Keyed| value.0)), round);
    }
}

fn leave<E: Edge<Keyed>>(edge: E, round: u64)
where
    E::Sender: 'static,
    E::Receiver: 'static,
{
    let (mut sender, mut receiver) = edge.open().expect("an edge");
    thread::scope(|scope| {
        scope.spawn(move || {
            let (mut next, mut tries) = (0, 0);
            while !sender.is_closed() && next < round && tries < 1_000 {
                tries += 1;
                match sender.push(keyed(next)) {
                    Pushed::Ok => next += 1,
                    _ => thread::yield_now(),
                }
                sender.flush();
            }
        });
        for _ in 0..round / 3 {
            while !receiver.ready() && !receiver.is_closed() {
                thread::yield_now();
            }
            drop(receiver.pop());
        }
        drop(receiver);
    });
}

/// A hop over an edge, between two contexts.
fn hop<E>(edge: E) -> (Result<u64, RunError>, Vec<Keyed>)
where
    E: Edge<Keyed> + Send + 'static,
    E::Sender: 'static,
    E::Receiver: 'static,
{
    let there = Cpu::builder().name("there").build().expect("a context");
    let seen = Arc::new(Mutex::new(Vec::new()));
    let seeing = seen.clone();
    let graph = fuse! {
        from_iter(0..VALUES)
            .map(keyed)
            .then(on(there).edge(edge))
            .for_each(move |value: Keyed| seeing.lock().expect("nobody panics").push(value))
    };
    let ended = Engine::new().run(graph).expect("it is launched").join().map(|report| report.completed);
    let out = std::mem::take(&mut *seen.lock().expect("nobody panics"));
    (ended, out)
}

fn in_graphs() {
    let (ended, out) = hop(Spsc::new().capacity(4).policy(Spill(16)));
    assert_eq!(ended.expect("it ends well"), VALUES);
    assert!(out.iter().map(|value| *value.1).eq(0..VALUES));

    let (ended, out) = hop(Spsc::new().capacity(4).policy(Conflate(|value: &Keyed| value.0)));
    assert_eq!(ended.expect("it ends well"), out.len() as u64);
    conflated(&out);

    // The consumer is behind, or not: the run fails, or all values come.
    let (ended, out) = hop(Spsc::new().capacity(4).policy(Fail));
    assert!(out.iter().map(|value| *value.1).eq(0..out.len() as u64));
    match ended {
        Ok(completed) => assert_eq!((completed, out.len() as u64), (VALUES, VALUES)),
        Err(RunError::Edge(_)) => assert!((out.len() as u64) < VALUES),
        Err(other) => panic!("{other}"),
    }
}
