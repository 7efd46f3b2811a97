//! `repeat` and `repeat_until`.

use std::pin::pin;
use std::thread;

use fusewire::completion::Started;
use fusewire::completion::StopReason::{Ended, Filtered, Panicked, Requested};
use fusewire::context::manual::Manual;
use fusewire::env::Env;
use fusewire::operation::Operation;
use fusewire::prelude::*;
use fusewire::stop::StopSource;

use crate::ladder::{check, completes, pass_inline};
use crate::script::{ENDED, FILTERED, Failure, PANICKED, REQUESTED, Record, Script, error, stopped, value};

fn is_script(sender: impl Sender<Value = i32, Error = Failure>) -> impl Sender<Value = i32, Error = Failure> {
    sender
}

/// Filtered passes do not count; everything else that is not a value ends the repetition.
#[test]
fn repeat_counts_values() {
    let script = [
        value(1),
        FILTERED,
        value(2), // complete
        value(3),
        error(7), //
        ENDED,    //
        value(4),
        REQUESTED, //
        PANICKED,  //
        FILTERED,
        FILTERED,
        value(5),
        value(6), // complete
    ];
    check!(
        |s| completes::<i32, Failure, _>(is_script(s).repeat(2)),
        script => [value(2), error(7), stopped(Ended), stopped(Requested), stopped(Panicked), value(6)],
    );
}

#[test]
fn repeat_until_gives_the_last() {
    check!(
        |s| completes::<i32, Failure, _>(is_script(s).repeat_until(|n| *n > 2)),
        [value(1), FILTERED, value(2), value(3), value(4), value(1), error(7)] => [value(3), value(4), error(7)],
    );
}

#[test]
fn repeat_zero_times_starts_nothing() {
    let script = Script::new(&[value(1)]);
    let mut operation = pin!(script.clone().repeat(0).connect(Record::new(), &Env::new()));
    assert_eq!(pass_inline(operation.as_mut()), stopped(Ended));
    assert_eq!(script.starts(), 0);
}

#[test]
fn the_stop_token_is_asked_after_each_pass() {
    let stop = StopSource::new();
    let ask = stop.clone();
    let graph = from_iter(1..).inspect_value(move |n| {
        if *n == 1000 {
            ask.request_stop();
        }
    });
    let mut seen = 0;
    let graph = graph.for_each(|n| seen = n).repeat(u64::MAX);
    {
        let env = Env::new().with_stop(stop.token());
        let mut operation = pin!(graph.connect(Record::new(), &env));
        assert_eq!(pass_inline(operation.as_mut()), stopped(Requested));
    }
    assert_eq!(seen, 1000);
}

/// The stack of a thread that has no room for recursion.
fn on_a_small_stack<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let small = thread::Builder::new().stack_size(64 * 1024).spawn(work);
    small.expect("a thread can be started").join().expect("the thread has stack enough")
}

const MANY: u64 = 10_000_000;

#[test]
fn ten_million_passes_in_constant_stack() {
    let last = on_a_small_stack(|| block_on(from_iter(1_u64..).map(|n| n + 1).repeat(MANY)));
    assert_eq!(last, value(MANY + 1));
}

#[test]
fn ten_million_filtered_passes_in_constant_stack() {
    let first = on_a_small_stack(|| block_on(from_iter(1_u64..).filter(|n| *n > MANY).repeat(1)));
    assert_eq!(first, value(MANY + 1));
}

#[test]
fn repeats_nest_in_constant_stack() {
    let graph = || from_iter(1_u64..).and(|n| just(n).map(|n| n + 1).repeat(3)).repeat(1000).repeat(1000);
    assert_eq!(on_a_small_stack(move || block_on(graph())), value(1_000_001));
}

/// Each pass completes later and is started again by a task, never by recursion.
#[test]
fn a_million_passes_that_complete_later_in_constant_stack() {
    let last = on_a_small_stack(|| {
        let there = Manual::new();
        let record = Record::new();
        let graph = from_iter(1_u64..).then(on(there.clone())).repeat(1_000_000);
        // Started elsewhere, and from then on at home on `there`.
        let mut operation = pin!(graph.connect(record.clone(), &Env::new()));
        // SAFETY: no pass is under way; the turns below see it through.
        let started = unsafe { operation.as_mut().start() };
        assert_eq!(started, Started::Later);
        there.run_until_idle();
        record.take()
    });
    assert_eq!(last, [value::<_, Never>(1_000_000)]);
}

/// Every pass crosses between two contexts, so that each completes later.
#[test]
fn passes_to_and_fro_in_constant_stack() {
    let last = on_a_small_stack(|| {
        let (ping, pong) = (Manual::new(), Manual::new());
        let record = Record::new();
        let graph = from_iter(1_u64..).then(on(ping.clone())).then(on(pong.clone())).repeat(100_000);
        let mut operation = pin!(graph.connect(record.clone(), &Env::new()));
        // SAFETY: no pass is under way; the turns below see it through.
        let started = unsafe { operation.as_mut().start() };
        assert_eq!(started, Started::Later);
        let mut arrived = Vec::new();
        while arrived.is_empty() {
            ping.run_until_idle();
            pong.run_until_idle();
            arrived = record.take();
        }
        arrived
    });
    assert_eq!(last, [value::<_, Never>(100_000)]);
}

/// Whatever is on the way when its context ends, the repetition is stopped, once.
#[test]
fn a_repetition_ends_with_its_context() {
    for turns in 0..6 {
        let (ping, pong) = (Manual::new(), Manual::new());
        let record = Record::new();
        let graph = from_iter(1_u64..).then(on(ping.clone())).then(on(pong.clone())).repeat(u64::MAX);
        let mut operation = pin!(graph.connect(record.clone(), &Env::new()));
        // SAFETY: no pass is under way; ending the contexts sees it through.
        let started = unsafe { operation.as_mut().start() };
        assert_eq!(started, Started::Later);
        for turn in 0..turns {
            if turn % 2 == 0 {
                ping.turn()
            } else {
                pong.turn()
            };
        }
        ping.end();
        pong.end();
        assert_eq!(record.take(), [stopped::<_, Never>(Requested)], "ended after {turns} turns");
    }
}

#[test]
fn filtered_is_not_the_end_of_a_graph_that_is_not_repeated() {
    assert_eq!(block_on(from_iter(1..).filter(|n| *n > 1)), stopped(Filtered));
}
