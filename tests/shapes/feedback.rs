//! `feedback`: a cycle that an edge breaks, which ends when nothing is under way in it.

use fusewire::context::cpu::Cpu;
use fusewire::control::{RunError, Stop};
use fusewire::engine::Engine;
use fusewire::prelude::*;
use fusewire::sources::{FeedbackFull, fed_back, feedback};

use crate::{Log, WAITS, cpu, plain, until};

/// How many steps lead from `x` to 1.
fn steps(mut x: u64) -> u64 {
    let mut steps = 0;
    while x != 1 {
        x = step(x);
        steps += 1;
    }
    steps
}

fn step(x: u64) -> u64 {
    if x.is_multiple_of(2) { x / 2 } else { 3 * x + 1 }
}

/// A number on its way, where it began, and how far it has come.
type Walk = (u64, u64, u64);

fn begin(x: u64) -> Walk {
    (x, x, 0)
}

fn go((x, from, count): Walk) -> Walk {
    if x == 1 { (x, from, count) } else { (step(x), from, count + 1) }
}

fn done(walk: &Walk) -> bool {
    walk.0 == 1
}

/// What came of the numbers from 1: sorted, as those overtake each other that take fewer steps.
fn all(most: u64) -> Vec<u64> {
    (1..most).map(|x| x * 1_000 + steps(x)).collect()
}

macro_rules! walks {
    ($form:ident, $wait:expr, $most:expr, |$a:ident, $b:ident| $($hops:tt)*) => {{
        let ($a, $b): (Cpu, Cpu) = (cpu("a", $wait), cpu("b", $wait));
        let (back, again) = feedback::<Walk>(4_096).unwrap();
        let log = Log::default();
        let seen = log.clone();
        let graph = $form! {
            merge(from_iter((1..$most).map(begin)), fed_back(again))
                $($hops)*
                .map(go)
                .try_map(back.unless(done))
                .filter_map(|walk| walk)
                .for_each(move |(_, from, count)| seen.note(from * 1_000 + count))
        };
        drop(back);
        let outcome = Engine::on(cpu("home", $wait)).run(graph).unwrap().join();
        assert!(outcome.is_ok(), "{outcome:?}");
        let mut came = log.take();
        came.sort_unstable();
        came
    }};
}

#[test]
fn every_walk_comes_to_its_end_in_one_lane_and_in_three() {
    for wait in WAITS {
        assert_eq!(walks!(plain, wait, 60, |_a, _b|), all(60));
        assert_eq!(walks!(fuse, wait, 400, |_a, _b|), all(400));
        assert_eq!(walks!(fuse, wait, 400, |a, _b| .then(on(a))), all(400));
        assert_eq!(
            walks!(fuse, wait, 400, |a, b| .then(on(a).capacity(4)).map(|walk| walk).then(on(b).capacity(2))),
            all(400)
        );
        assert_eq!(walks!(plain, wait, 60, |a, b| .then(on(a)).then(on(b))), all(60));
    }
}

/// The end is found by lanes that sleep, again and again: it must never be missed, nor come too soon.
#[test]
fn the_end_comes_neither_too_soon_nor_never() {
    for round in 0..60 {
        let wait = WAITS[round % 2];
        assert_eq!(
            walks!(fuse, wait, 12, |a, b| .then(on(a)).and(just).then(on(b))),
            all(12),
            "round {round}"
        );
    }
}

#[test]
fn in_a_machine() {
    let (back, again) = feedback::<Walk>(16).unwrap();
    let graph = fuse! {
        merge(from_iter((5..7).map(begin)), fed_back(again)).map(go).try_map(back.unless(done)).filter_map(|walk| walk)
            .scan(0u64, |sum, (_, _, count)| { *sum += count; *sum })
    };
    assert_eq!(block_on(graph.repeat(2)), Completion::Value(steps(5) + steps(6)));
    let (back, again) = feedback::<Walk>(16).unwrap();
    let graph = fuse! {
        merge(from_iter((5..6).map(begin)), fed_back(again)).map(go).try_map(back.unless(done)).filter_map(|walk| walk)
    };
    assert_eq!(block_on(graph.repeat(2)), Completion::Stopped(StopReason::Ended));
}

#[test]
fn a_full_edge_fails_with_a_sentence_and_waits_for_nobody() {
    macro_rules! fails {
        ($form:ident) => {{
            let (back, again) = feedback::<u64>(2).unwrap();
            let graph = $form! {
                merge(from_iter(0..9u64), fed_back(again))
                    .try_map(move |x| back.push(x).and_then(|()| back.push(x)))
                    .for_each(drop)
            };
            Engine::new().run(graph).unwrap().join().unwrap_err()
        }};
    }
    for error in [fails!(plain), fails!(fuse)] {
        assert!(RunError::downcast_ref::<FeedbackFull>(&error).is_some(), "{error}");
        assert!(error.to_string().contains("with 2 values on their way back"), "{error}");
    }
}

#[test]
fn a_drain_works_off_what_is_in_the_cycle() {
    for wait in WAITS {
        let (a, log) = (cpu("a", wait), Log::default());
        let (back, again) = feedback::<Walk>(4_096).unwrap();
        let seen = log.clone();
        let graph = fuse! {
            merge_by_priority(fed_back(again), from_iter((1..).map(begin)))
                .then(on(a).capacity(64))
                .map(go)
                .try_map(back.unless(done))
                .filter_map(|walk| walk)
                .for_each(move |(_, from, count)| { assert_eq!(count, steps(from)); seen.note(from); })
        };
        let handle = Engine::on(cpu("home", wait)).run(graph).unwrap();
        until("some have come", || log.len() > 20);
        handle.stop(Stop::Drain);
        handle.join().unwrap();
        let mut came = log.take();
        came.sort_unstable();
        assert!(
            came.iter().copied().eq(1..=came.len() as u64),
            "what was begun came to its end, and nothing is missing"
        );
    }
}

#[test]
fn abandoned_it_ends_at_once() {
    for wait in WAITS {
        let (a, log) = (cpu("a", wait), Log::default());
        let (back, again) = feedback::<u64>(64).unwrap();
        let seen = log.clone();
        // What goes round for ever.
        let graph = fuse! {
            merge(from_iter(0..8u64), fed_back(again))
                .then(on(a))
                .inspect_value(move |x| seen.note(*x))
                .try_map(move |x| back.push(x))
                .for_each(drop)
        };
        let handle = Engine::on(cpu("home", wait)).run(graph).unwrap();
        until("they go round", || log.len() > 100);
        handle.stop(Stop::Abandon);
        handle.join().unwrap();
    }
}
