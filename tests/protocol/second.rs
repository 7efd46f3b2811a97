//! Adaptors that run a second sender: `and`, `or_else`, `route`.

use std::pin::pin;

use fusewire::adaptors::Either;
use fusewire::completion::Started;
use fusewire::completion::StopReason::{Ended, Filtered, Panicked, Requested};
use fusewire::context::manual::Manual;
use fusewire::context::{Scheduler, current};
use fusewire::env::Env;
use fusewire::operation::Operation;
use fusewire::prelude::*;
use fusewire::stop::StopSource;

use crate::ladder::{Input, check, completes};
use crate::script::{
    ENDED, FILTERED, Facts, Failure, PANICKED, REQUESTED, Record, Script, Wider, error, stopped, value,
};

const EACH: [Input; 7] = [
    Completion::Value(1),
    Completion::Error(Failure(7)),
    FILTERED,
    ENDED,
    REQUESTED,
    PANICKED,
    Completion::Value(2),
];

fn is_script(sender: impl Sender<Value = i32, Error = Failure>) -> impl Sender<Value = i32, Error = Failure> {
    sender
}

#[test]
fn and_runs_the_second_with_the_value() {
    let twice = |n: i32| just(n).map(|n| 2 * n).try_map(|n| if n == 4 { Err(Wider(4)) } else { Ok(n) });
    check!(
        |s| completes::<i32, Wider, _>(is_script(s).and(twice)),
        EACH => [
            value(2), Completion::Error(Wider(107)), stopped(Filtered), stopped(Ended), stopped(Requested),
            stopped(Panicked), Completion::Error(Wider(4)),
        ],
    );
}

#[test]
fn and_keeps_the_earlier_error_if_the_second_cannot_fail() {
    check!(
        |s| completes::<i32, Failure, _>(is_script(s).and(|n| just(n + 1))),
        EACH => [value(2), error(7), FILTERED, ENDED, REQUESTED, PANICKED, value(3)],
    );
}

#[test]
fn and_passes_stops_of_the_second_on() {
    check!(
        |s| completes::<i32, Failure, _>(is_script(s).and(|n| just(n).filter(|n| *n == 2))),
        EACH => [FILTERED, error(7), FILTERED, ENDED, REQUESTED, PANICKED, value(2)],
    );
}

#[test]
fn or_else_runs_the_second_with_the_error() {
    let recover =
        |failure: Failure| just(i32::from(failure.0)).try_map(|n| if n == 7 { Err(Wider(0)) } else { Ok(n) });
    let script = [value(1), error(7), error(8), FILTERED, ENDED, REQUESTED, PANICKED];
    check!(
        |s| completes::<i32, Wider, _>(is_script(s).or_else(recover)),
        script => [
            value(1), Completion::Error(Wider(0)), value(8), stopped(Filtered), stopped(Ended),
            stopped(Requested), stopped(Panicked),
        ],
    );
}

#[test]
fn route_runs_one_of_two() {
    check!(
        |s| completes::<String, Failure, _>(is_script(s).route(
            |n| *n == 1,
            |n| just(format!("one {n}")),
            |n| just(n).try_map(|n| if n == 2 { Err(Failure(2)) } else { Ok(format!("other {n}")) }),
        )),
        [value(1), value(2), value(3), error(7), FILTERED, ENDED, REQUESTED, PANICKED] => [
            value("one 1".to_owned()), error(2), value("other 3".to_owned()), error(7), stopped(Filtered),
            stopped(Ended), stopped(Requested), stopped(Panicked),
        ],
    );
}

#[test]
fn either_joins_the_errors_of_both() {
    fn either(first: bool) -> impl Sender<Value = i32, Error = Wider> {
        if first { Either::First(just_error(Failure(1))) } else { Either::Second(just_error(Wider(2))) }
    }
    assert_eq!(block_on(either(true)), Completion::Error(Wider(101)));
    assert_eq!(block_on(either(false)), Completion::Error(Wider(2)));
}

/// Second senders that complete later, on another context than the first: two passes each.
#[test]
fn the_second_may_complete_later() {
    let manual = Manual::new();
    let hop = |n: i32| just(n * 10).then(on(manual.clone())).map(|n| (n, current().map(|here| here.id())));
    let record = Record::new();
    let graph = from_iter(1..).and(hop);
    let mut operation = pin!(graph.connect(record.clone(), &Env::new()));
    for expected in [10, 20, 30] {
        // SAFETY: no pass is under way; the turns below see it through.
        let started = unsafe { operation.as_mut().start() };
        assert_eq!(started, Started::Later);
        assert_eq!(record.take(), []);
        manual.run_until_idle();
        assert_eq!(record.take(), [value((expected, Some(manual.context().id())))]);
    }
}

#[test]
fn both_may_complete_later() {
    let (here, there) = (Manual::new(), Manual::new());
    let graph = from_iter(1..).then(on(here.clone())).and(|n| just(n * 10).then(on(there.clone())));
    let record = Record::new();
    let mut operation = pin!(graph.connect(record.clone(), &Env::new()));
    for expected in [10, 20] {
        // SAFETY: no pass is under way; the turns below see it through.
        let started = unsafe { operation.as_mut().start() };
        assert_eq!(started, Started::Later);
        there.run_until_idle();
        assert_eq!(record.take(), []);
        here.run_until_idle();
        assert_eq!(record.take(), []);
        there.run_until_idle();
        assert_eq!(record.take(), [value(expected)]);
    }
}

/// The second is told where it starts, and otherwise what the first was told.
#[test]
fn the_second_is_told_where_it_starts() {
    let (first, second) = (Manual::new(), Manual::new());
    let stop = StopSource::new();
    let env = Env::new().with_context(first.context().clone()).with_stop(stop.token());
    let script = Script::new(&[value(1), value(2)]);
    let graph = just(0).then(on(second.clone())).and(|_| script.clone());
    let record = Record::new();
    let mut operation = pin!(graph.connect(record.clone(), &env));
    // SAFETY: no pass is under way; the turns below see it through.
    let started = unsafe { operation.as_mut().start() };
    assert_eq!(started, Started::Later);
    second.run_until_idle();
    assert_eq!(record.take(), [value(1)]);
    let told = Facts::of(&env.with_context(second.context().clone()));
    assert_eq!(script.seen(), [told]);
}

/// The operation of the second is kept until the next pass replaces it, and not longer.
#[test]
fn the_second_is_replaced_by_the_next_pass() {
    let script = Script::new(&[value(1)]);
    let handles = script.handles();
    let mut operation = pin!(Some(just(0).and(|_| script.clone()).connect(Record::new(), &Env::new())));
    for _ in 0..3 {
        let operation = operation.as_mut().as_pin_mut().expect("it is there until the end");
        assert_eq!(crate::ladder::pass_inline(operation), value(1));
        assert_eq!(script.handles(), handles + 1);
    }
    operation.set(None);
    assert_eq!(script.handles(), handles);
}
