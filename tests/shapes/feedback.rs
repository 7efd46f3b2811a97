//! `feedback`: a cycle that an edge breaks, which ends when nothing is under way in it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use fusewire::context::cpu::Cpu;
use fusewire::control::{RunError, Stop};
use fusewire::engine::Engine;
use fusewire::prelude::*;
use fusewire::sources::{FeedbackFull, fed_back, feedback};

use crate::{Log, WAITS, cpu, plain, until};

/// How many steps lead from `x` to 1.
pub(crate) fn steps(mut x: u64) -> u64 {
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
pub(crate) type Walk = (u64, u64, u64);

pub(crate) fn begin(x: u64) -> Walk {
    (x, x, 0)
}

pub(crate) fn go((x, from, count): Walk) -> Walk {
    if x == 1 { (x, from, count) } else { (step(x), from, count + 1) }
}

pub(crate) fn done(walk: &Walk) -> bool {
    walk.0 == 1
}

/// What came of the numbers from 1: sorted, as those overtake each other that take fewer steps.
pub(crate) fn all(most: u64) -> Vec<u64> {
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
            let (mut back, again) = feedback::<u64>(2).unwrap();
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
        let (mut back, again) = feedback::<u64>(64).unwrap();
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

/// The lane that takes what comes back goes while another one is amidst of more values than there is room for.
#[test]
fn what_is_pushed_back_into_a_graph_that_was_abandoned_is_no_error() {
    const VALUES: u64 = 32;
    for wait in WAITS {
        let (a, home) = (cpu("a", wait), Arc::new(AtomicU64::new(0)));
        let (entered, opened) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let (mut back, again) = feedback::<u64>(16).unwrap();
        let (given, enters, opens) = (home.clone(), entered.clone(), opened.clone());
        let numbers = (0..VALUES).inspect(move |_| {
            given.fetch_add(1, Ordering::Relaxed);
        });
        let graph = fuse! {
            merge(from_iter(numbers), fed_back(again))
                .then(on(a).capacity(1_024))
                .inspect_value(move |_| {
                    enters.store(true, Ordering::Release);
                    until("the gate opens", || opens.load(Ordering::Acquire));
                })
                .try_map(move |x| back.push(x))
                .for_each(drop)
        };
        let handle = Engine::on(cpu("home", wait)).run(graph).unwrap();
        until("all are on their way", || {
            home.load(Ordering::Relaxed) == VALUES && entered.load(Ordering::Acquire)
        });
        handle.stop(Stop::Abandon);
        until("the lane of the sources has gone", || Arc::strong_count(&home) == 1);
        opened.store(true, Ordering::Release);
        handle.join().unwrap();
    }
}

/// The same walks, merged in every way that nests.
macro_rules! merged {
    ($form:ident, $wait:expr, |$again:ident| $source:expr, |$a:ident| $($hops:tt)*) => {{
        let $a: Cpu = cpu("a", $wait);
        let (back, $again) = feedback::<Walk>(4_096).unwrap();
        let log = Log::default();
        let seen = log.clone();
        let graph = $form! {
            $source
                $($hops)*
                .map(go)
                .try_map(back.unless(done))
                .filter_map(|walk| walk)
                .for_each(move |(_, from, count)| seen.note(from * 1_000 + count))
        };
        let outcome = Engine::on(cpu("home", $wait)).run(graph).unwrap().join();
        assert!(outcome.is_ok(), "{outcome:?}");
        let mut came = log.take();
        came.sort_unstable();
        came
    }};
}

/// One partner ends long before the others: what is fed back waits for all of them.
#[test]
fn merged_with_several_it_ends_with_the_last_of_them() {
    macro_rules! every_way {
        ($form:ident, $wait:expr, |$a:ident| $($hops:tt)*) => {{
            let (wait, all) = ($wait, all(60));
            assert_eq!(
                merged!($form, wait, |again| merge3(fed_back(again), from_iter((1..3).map(begin)), from_iter((3..60).map(begin))), |$a| $($hops)*),
                all
            );
            assert_eq!(
                merged!($form, wait, |again| merge(merge(fed_back(again), from_iter((1..3).map(begin))), from_iter((3..60).map(begin))), |$a| $($hops)*),
                all
            );
            assert_eq!(
                merged!($form, wait, |again| merge(from_iter((3..60).map(begin)), merge_by_priority(from_iter((1..3).map(begin)), fed_back(again))), |$a| $($hops)*),
                all
            );
            assert_eq!(
                merged!(
                    $form, wait,
                    |again| merge4(fed_back(again), from_iter((1..3).map(begin)), from_iter((3..20).map(begin)), from_iter((20..60).map(begin))),
                    |$a| $($hops)*
                ),
                all
            );
        }};
    }
    for wait in WAITS {
        every_way!(plain, wait, |_a|);
        every_way!(fuse, wait, |_a|);
        every_way!(fuse, wait, |a| .then(on(a)));
    }
}

/// The other source ends when nothing else happens any more, and nobody wakes the lane a second time.
#[test]
fn the_end_of_the_other_source_is_seen_by_a_lane_that_sleeps() {
    for _ in 0..20 {
        for wait in WAITS {
            let seen = Log::default();
            let (back, again) = feedback::<Walk>(64).unwrap();
            let (mut sender, receiver) = fusewire::edge::edge::<Walk>(64).unwrap();
            let note = seen.clone();
            let graph = fuse! {
                merge_by_priority(fed_back(again), recv(receiver))
                    .map(go)
                    .try_map(back.unless(done))
                    .filter_map(|walk| walk)
                    .for_each(move |(_, from, _)| note.note(from))
            };
            let handle = Engine::on(cpu("home", wait)).run(graph).unwrap();
            for x in 1..6 {
                assert_eq!(sender.push(begin(x)), fusewire::edge::Pushed::Ok);
                sender.wake();
            }
            until("all have come", || seen.len() == 5);
            // Most of the time the lane sleeps by then; whether it does changes nothing of what must come.
            std::thread::sleep(std::time::Duration::from_millis(2));
            drop(sender);
            until("it ends", || handle.is_finished());
            handle.join().unwrap();
        }
    }
}

impl From<FeedbackFull> for crate::Wrong {
    fn from(_: FeedbackFull) -> Self {
        Self(u64::MAX)
    }
}

/// A lane that is gone answers no question, and nobody waits for it.
#[test]
fn an_error_behind_a_hop_ends_the_cycle() {
    for round in 0..100u64 {
        let wait = WAITS[round as usize % 2];
        let (a, b) = (cpu("a", wait), cpu("b", wait));
        let (back, again) = feedback::<Walk>(4_096).unwrap();
        let graph = fuse! {
            merge_by_priority(fed_back(again), from_iter((1..).map(begin)))
                .then(on(a))
                .map(go)
                .try_map(back.unless(done))
                .filter_map(|walk| walk)
                .then(on(b))
                .try_map(move |(_, from, _)| if from > round { Err(crate::Wrong(from)) } else { Ok(from) })
                .for_each(drop)
        };
        let handle = Engine::on(cpu("home", wait)).run(graph).unwrap();
        until("it ends", || handle.is_finished());
        let error = handle.join().unwrap_err();
        let wrong = RunError::downcast_ref::<crate::Wrong>(&error);
        assert!(wrong.is_some_and(|wrong| wrong.0 != u64::MAX), "{error}");
    }
}

/// A graph that is made elsewhere is asked as a whole: where that cannot tell that something is under way, a value that comes back too
/// late is an error, and never lost in silence.
#[test]
fn what_comes_back_after_the_end_fails_the_graph() {
    fn both(again: fusewire::sources::Again<Walk>) -> impl Sender<Value = Walk, Error = Never> + Send {
        merge(from_iter((1..40).map(begin)), fed_back(again))
    }
    for round in 0..20 {
        let wait = WAITS[round % 2];
        let a = cpu("a", wait);
        let (back, again) = feedback::<Walk>(4_096).unwrap();
        let log = Log::default();
        let seen = log.clone();
        let graph = fuse! {
            both(again)
                .then(on(a))
                .map(go)
                .try_map(back.unless(done))
                .filter_map(|walk| walk)
                .for_each(move |(_, from, count)| seen.note(from * 1_000 + count))
        };
        match Engine::on(cpu("home", wait)).run(graph).unwrap().join() {
            Ok(_) => {
                let mut came = log.take();
                came.sort_unstable();
                assert_eq!(came, all(40), "round {round}");
            }
            Err(error) => {
                let refused = RunError::downcast_ref::<FeedbackFull>(&error);
                assert!(refused.is_some_and(FeedbackFull::has_ended), "{error}");
                assert!(error.to_string().contains("after the feedback edge had ended"), "{error}");
            }
        }
    }
    let (mut back, again) = feedback::<u64>(4).unwrap();
    drop(again);
    assert!(back.push(1).unwrap_err().has_ended());
}

/// Each would wait for the other to end.
#[test]
fn two_places_where_something_comes_back_are_refused_at_the_launch() {
    let ((mut back, one), (_other, two)) = (feedback::<u64>(8).unwrap(), feedback::<u64>(8).unwrap());
    let graph = merge(fed_back(one), merge(fed_back(two), from_iter(0..9u64)))
        .try_map(move |x| if x == 3 { back.push(x + 100) } else { Ok(()) })
        .for_each(drop);
    let error = Engine::new().run(graph).unwrap_err();
    assert!(error.to_string().contains("use one `feedback`"), "{error}");
    // What was refused is forgotten, and cycles that are no part of one another are none of each other's concern.
    let ((_, one), (_, two)) = (feedback::<u64>(8).unwrap(), feedback::<u64>(8).unwrap());
    let graph = join(merge(fed_back(one), from_iter(0..9u64)), merge(fed_back(two), from_iter(0..9u64)));
    let report = Engine::new().run(graph.for_each(drop)).unwrap().join().unwrap();
    assert_eq!(report.completed, 9);
}
