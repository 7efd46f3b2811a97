//! `join`, `fork` and `broadcast`: arms that complete together.

use std::pin::pin;

use fusewire::completion::Started;
use fusewire::completion::StopReason::{Ended, Filtered, Panicked, Requested};
use fusewire::context::cpu::Cpu;
use fusewire::context::manual::Manual;
use fusewire::context::{Scheduler, current};
use fusewire::env::Env;
use fusewire::operation::Operation;
use fusewire::prelude::*;

use crate::ladder::{Input, check, completes};
use crate::script::{Failure, Record, Script, Wider, error, stopped, value};

type Second = Completion<char, Wider>;
type Both = Completion<(i32, char), Wider>;

const WIDE: Second = Completion::Error(Wider(3));

/// What two arms complete with, and what comes of it.
const TABLE: [(Input, Second, Both); 15] = [
    (Completion::Value(1), Completion::Value('a'), Completion::Value((1, 'a'))),
    (Completion::Value(1), WIDE, Completion::Error(Wider(3))),
    (Completion::Value(1), Completion::Stopped(Filtered), Completion::Stopped(Filtered)),
    (Completion::Value(1), Completion::Stopped(Panicked), Completion::Stopped(Panicked)),
    (Completion::Error(Failure(7)), Completion::Value('a'), Completion::Error(Wider(107))),
    (Completion::Error(Failure(7)), WIDE, Completion::Error(Wider(107))),
    (Completion::Error(Failure(7)), Completion::Stopped(Ended), Completion::Stopped(Ended)),
    (Completion::Error(Failure(7)), Completion::Stopped(Filtered), Completion::Error(Wider(107))),
    (Completion::Error(Failure(7)), Completion::Stopped(Panicked), Completion::Stopped(Panicked)),
    (Completion::Stopped(Ended), Completion::Value('a'), Completion::Stopped(Ended)),
    (Completion::Stopped(Ended), WIDE, Completion::Stopped(Ended)),
    (Completion::Stopped(Filtered), WIDE, Completion::Stopped(Filtered)),
    (Completion::Stopped(Filtered), Completion::Stopped(Ended), Completion::Stopped(Ended)),
    (Completion::Stopped(Requested), Completion::Stopped(Filtered), Completion::Stopped(Requested)),
    (Completion::Stopped(Filtered), Completion::Stopped(Panicked), Completion::Stopped(Panicked)),
];

/// A script whose error is the wider one.
fn second(completion: Second) -> impl Sender<Value = char, Error = Wider> {
    let script: Completion<char, Failure> = completion.map_err(|wide| Failure(wide.0));
    Script::new(&[script]).map_err(|failure| Wider(failure.0))
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Place {
    Inline,
    First,
    Second,
}

/// Every row, with each arm inline or on either of two contexts, and these turned in either order.
#[test]
fn every_row_wherever_the_arms_run() {
    use Place::{First, Inline, Second};
    for (a, b, expected) in TABLE {
        for places in [Inline, First, Second].map(|p| [Inline, First, Second].map(|q| (p, q))).concat() {
            for turned_first in [First, Second] {
                row(a, b, expected, places, turned_first);
            }
        }
    }
}

fn row(a: Input, b: Second, expected: Both, (place_a, place_b): (Place, Place), turned_first: Place) {
    let contexts = [Manual::new(), Manual::new()];
    let [first, second_context] = &contexts;
    let scripts = Script::new(&[a]);
    let told = (a, b, place_a, place_b, turned_first);
    // An arm that stays here, or hops.
    let place = |place| match place {
        Place::Inline => None,
        Place::First => Some(first.clone()),
        Place::Second => Some(second_context.clone()),
    };
    let (at_a, at_b) = (place(place_a), place(place_b));
    let arm_a = just(()).and(move |()| maybe_hop(at_a.clone())).and(move |()| scripts.clone());
    let arm_b = just(()).and(move |()| maybe_hop(at_b.clone())).and(move |()| second(b));
    let graph = completes::<(i32, char), Wider, _>(arm_a.join(arm_b));
    let record = Record::new();
    let mut operation = pin!(graph.connect(record.clone(), &Env::new()));
    for pass in 0..2 {
        // SAFETY: no pass is under way; the turns below see it through.
        let started = unsafe { operation.as_mut().start() };
        // What has ended or was stopped takes no partner.
        let skipped =
            place_a == Place::Inline && matches!(a, Completion::Stopped(Ended | Requested | Panicked));
        let completion = match started {
            Started::Inline(completion) => {
                let inline = place_a == Place::Inline && place_b == Place::Inline;
                assert!(inline || skipped, "{told:?}: pass {pass} must complete later");
                completion
            }
            Started::Later => {
                assert_eq!(record.take(), [], "{told:?}");
                let order = if turned_first == Place::First { [0, 1] } else { [1, 0] };
                for context in order {
                    contexts[context].run_until_idle();
                }
                let arrived = record.take();
                assert_eq!(arrived.len(), 1, "{told:?}: exactly once, in pass {pass}: {arrived:?}");
                arrived[0]
            }
        };
        let expected = if skipped { a.map(|n| (n, ' ')).map_err(Wider::from) } else { expected };
        assert_eq!(completion, expected, "{told:?}, pass {pass}");
    }
}

/// A sender that hops if there is somewhere to hop to.
fn maybe_hop(place: Option<Manual>) -> impl Sender<Value = (), Error = Never> {
    use fusewire::adaptors::Either;
    match place {
        None => Either::First(just(())),
        Some(manual) => Either::Second(just(()).then(on(manual))),
    }
}

#[test]
fn what_is_joined_keeps_step() {
    let first = Script::new(&[value(1), stopped(Filtered), error(7), value(4), stopped(Ended)]);
    let last = Script::new(&[value(10), value(20), value(30), value(40), value(50)]);
    let mut operation = pin!(first.clone().join(last.clone()).connect(Record::new(), &Env::new()));
    let expected = [value((1, 10)), stopped(Filtered), error(7), value((4, 40)), stopped(Ended)];
    for expected in expected {
        assert_eq!(crate::ladder::pass_inline(operation.as_mut()), expected);
    }
    assert_eq!((first.starts(), last.starts()), (5, 4), "a sender that has ended takes no partner");
}

#[test]
fn an_arm_that_ends_the_pass_at_once_keeps_the_later_ones_from_starting() {
    for (arm, starts) in [(value(1), 1), (stopped(Filtered), 0), (error(7), 0)] {
        let (first, last) = (Script::new(&[arm]), Script::new(&[value(2)]));
        let (to_first, to_last) = (first.clone(), last.clone());
        let graph = just(()).fork(move |()| to_first.clone(), move |()| to_last.clone());
        let mut operation = pin!(graph.connect(Record::new(), &Env::new()));
        assert_eq!(crate::ladder::pass_inline(operation.as_mut()), arm.map(|first| (first, 2)));
        assert_eq!((first.starts(), last.starts()), (1, starts));
    }
}

#[test]
fn the_pass_goes_on_where_the_last_arm_completed() {
    let (early, late) = (Manual::new(), Manual::new());
    let here = || current().map(|here| here.id());
    let arms = just(()).then(on(late.clone())).join(just(()).then(on(early.clone())));
    let record = Record::new();
    let mut operation = pin!(arms.map(|_| here()).connect(record.clone(), &Env::new()));
    // SAFETY: no pass is under way; the turns below see it through.
    let started = unsafe { operation.as_mut().start() };
    assert_eq!(started, Started::Later);
    early.run_until_idle();
    late.run_until_idle();
    assert_eq!(record.take(), [value(Some(late.context().id()))]);
}

const EACH: [Input; 6] = [
    Completion::Value(1),
    Completion::Error(Failure(7)),
    Completion::Stopped(Filtered),
    Completion::Stopped(Ended),
    Completion::Stopped(Panicked),
    Completion::Value(2),
];

#[test]
fn fork() {
    check!(
        |s: _| completes::<(i32, String), Failure, _>(is_script(s).fork(
            |n| just(n).map(|n| n * 10),
            |n| just(n).map(|n| n.to_string()),
        )),
        EACH => [
            value((10, "1".to_owned())), error(7), stopped(Filtered), stopped(Ended), stopped(Panicked),
            value((20, "2".to_owned())),
        ],
    );
}

#[test]
fn fork_joins_all_errors() {
    check!(
        |s: _| completes::<(i32, i32), Wider, _>(is_script(s).fork(
            |n| just(n).try_map(|n| if n == 1 { Err(Failure(1)) } else { Ok(n) }),
            |n| just(n).try_map(|n| if n == 2 { Err(Wider(2)) } else { Ok(n) }),
        )),
        EACH => [
            Completion::Error(Wider(101)), Completion::Error(Wider(107)), stopped(Filtered), stopped(Ended),
            stopped(Panicked), Completion::Error(Wider(2)),
        ],
    );
}

#[test]
fn fork3() {
    check!(
        |s: _| completes::<(i32, i32, i32), Failure, _>(is_script(s).fork3(
            just,
            |n| just(n).filter(|n| *n == 1),
            |n| just(n).map(|n| n + 1),
        )),
        EACH => [
            value((1, 1, 2)), error(7), stopped(Filtered), stopped(Ended), stopped(Panicked), stopped(Filtered),
        ],
    );
}

#[test]
fn fork4_with_the_third_arm_elsewhere() {
    let there = Manual::new();
    let graph = from_iter(1..).fork4(
        just,
        |n| just(n).map(|n| n + 1),
        |n| just(n).then(on(there.clone())).map(|n| n + 2),
        |n| just(n).try_map(|n| if n == 2 { Err(Failure(2)) } else { Ok(n + 3) }),
    );
    let record = Record::new();
    let mut operation = pin!(graph.connect(record.clone(), &Env::new()));
    for expected in [value((1, 2, 3, 4)), error(2), value((3, 4, 5, 6))] {
        // SAFETY: no pass is under way; the turns below see it through.
        let started = unsafe { operation.as_mut().start() };
        assert_eq!(started, Started::Later);
        assert_eq!(record.take(), []);
        there.run_until_idle();
        assert_eq!(record.take(), [expected]);
    }
}

/// What comes of a broadcast's arms, each of which is inline or elsewhere: every arm is started whatever the others do, once, and the
/// pass completes once.
#[test]
fn every_arm_of_a_broadcast_is_started() {
    let rows: [(Input, Input, Completion<(), Failure>); 10] = [
        (value(1), value(2), value(())),
        (stopped(Filtered), value(2), value(())),
        (value(1), stopped(Filtered), value(())),
        (error(7), value(2), Completion::Error(Failure(7))),
        (error(7), error(8), Completion::Error(Failure(7))),
        (stopped(Filtered), error(8), Completion::Error(Failure(8))),
        (stopped(Requested), error(8), Completion::Error(Failure(8))),
        (stopped(Ended), error(8), stopped(Ended)),
        (error(7), stopped(Ended), stopped(Ended)),
        (value(1), stopped(Panicked), stopped(Panicked)),
    ];
    for (first, second, expected) in rows {
        for places in [(None, None), (Some(0), None), (None, Some(1)), (Some(0), Some(1)), (Some(1), Some(0))]
        {
            let contexts = [Manual::new(), Manual::new()];
            let (one, two) = (Script::new(&[first]), Script::new(&[second]));
            let (of_one, of_two) = (one.clone(), two.clone());
            let place = |at: Option<usize>| at.map(|at: usize| contexts[at].clone());
            let (at_one, at_two) = (place(places.0), place(places.1));
            let graph = completes::<(), Failure, _>(just(()).broadcast(
                move |()| {
                    maybe_hop(at_one.clone()).and({
                        let script = of_one.clone();
                        move |()| script.clone()
                    })
                },
                move |()| {
                    maybe_hop(at_two.clone()).and({
                        let script = of_two.clone();
                        move |()| script.clone()
                    })
                },
            ));
            let record = Record::new();
            let mut operation = pin!(graph.connect(record.clone(), &Env::new()));
            for pass in 1..=2 {
                // SAFETY: no pass is under way; the turns below see it through.
                let started = unsafe { operation.as_mut().start() };
                let completion = match started {
                    Started::Inline(completion) => completion,
                    Started::Later => {
                        contexts.iter().for_each(|context| {
                            context.run_until_idle();
                        });
                        let arrived = record.take();
                        assert_eq!(arrived.len(), 1, "exactly once: {arrived:?}");
                        arrived[0]
                    }
                };
                let told = (first, second, places, pass);
                assert_eq!(completion, expected, "{told:?}");
                assert_eq!((one.starts(), two.starts()), (pass, pass), "{told:?}");
            }
        }
    }
}

#[test]
fn broadcast() {
    check!(
        |s: _| completes::<(), Failure, _>(is_script(s).broadcast(
            |n| just(n).filter(|n| *n == 1),
            |n| just(n).map(|n| n.to_string()),
        )),
        EACH => [value(()), error(7), stopped(Filtered), stopped(Ended), stopped(Panicked), value(())],
    );
}

#[test]
fn broadcast3_joins_all_errors() {
    check!(
        |s: _| completes::<(), Wider, _>(is_script(s).broadcast3(
            |n| just(n).try_map(|n| if n == 1 { Err(Failure(1)) } else { Ok(n) }),
            |n| just(n).filter(|_| false),
            |n| just(n).try_map(|n| if n == 2 { Err(Wider(2)) } else { Ok(n) }),
        )),
        EACH => [
            Completion::Error(Wider(101)), Completion::Error(Wider(107)), stopped(Filtered), stopped(Ended),
            stopped(Panicked), Completion::Error(Wider(2)),
        ],
    );
}

#[test]
fn broadcast4_with_the_third_arm_elsewhere() {
    let there = Manual::new();
    let graph = from_iter(1..).broadcast4(
        just,
        |n| just(n).filter(|_| false),
        |n| just(n).then(on(there.clone())).map(|n| n + 2),
        |n| just(n).try_map(|n| if n == 2 { Err(Failure(2)) } else { Ok(n + 3) }),
    );
    let record = Record::new();
    let mut operation = pin!(graph.connect(record.clone(), &Env::new()));
    for expected in [value(()), error(2), value(())] {
        // SAFETY: no pass is under way; the turns below see it through.
        let started = unsafe { operation.as_mut().start() };
        assert_eq!(started, Started::Later);
        assert_eq!(record.take(), []);
        there.run_until_idle();
        assert_eq!(record.take(), [expected]);
    }
}

/// Both arms race to be the last one, thousands of times.
#[test]
fn arms_on_two_threads_race() {
    let (left, right) = (Cpu::builder().build().unwrap(), Cpu::builder().build().unwrap());
    let graph = from_iter(0_u64..)
        .fork(
            |n| just(n).then(on(left.clone())).map(|n| n + 1),
            |n| just(n).then(on(right.clone())).map(|n| n * 2),
        )
        .scan(0_u64, |sum, (a, b)| {
            *sum += a + b;
            *sum
        });
    let n = 5_000;
    let expected: u64 = (0..n).map(|k| k + 1 + 2 * k).sum();
    assert_eq!(block_on(graph.repeat(n)), value(expected));
}

fn is_script(sender: impl Sender<Value = i32, Error = Failure>) -> impl Sender<Value = i32, Error = Failure> {
    sender
}
