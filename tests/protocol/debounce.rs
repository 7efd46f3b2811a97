//! A value once no other has followed for a while: `debounce`.

use std::pin::Pin;
use std::time::Duration;

use fusewire::completion::Started;
use fusewire::completion::StopReason::{Ended, Requested};
use fusewire::context::manual::Manual;
use fusewire::context::{Scheduler, enter};
use fusewire::control::Stop;
use fusewire::edge::{EdgeSender, edge};
use fusewire::engine::Engine;
use fusewire::env::Env;
use fusewire::operation::Operation;
use fusewire::prelude::*;
use fusewire::stop::StopSource;

use crate::ladder::{dropped_unstarted, pass_inline};
use crate::script::{FILTERED, Failure, PANICKED, Record, Script, error, stopped, value};

type Input = Completion<i32, Failure>;
const PERIOD: Duration = Duration::from_millis(100);
const PART: Duration = Duration::from_millis(60);

/// A debounced edge on a context whose clock is turned by hand.
struct Bench {
    manual: Manual,
    stop: StopSource,
    record: Record<i32, Never>,
    feed: Option<EdgeSender<i32>>,
}

impl Bench {
    fn new() -> (Self, Pin<Box<impl Operation<Value = i32, Error = Never>>>) {
        let (feed, edge) = edge::<i32>(8).unwrap();
        let bench = Self {
            manual: Manual::simulated("quiet"),
            stop: StopSource::new(),
            record: Record::new(),
            feed: Some(feed),
        };
        let env = Env::new().with_context(bench.manual.context().clone()).with_stop(bench.stop.token());
        let operation = Box::pin(recv(edge).debounce(PERIOD).connect(bench.record.clone(), &env));
        (bench, operation)
    }

    fn push(&mut self, n: i32) {
        let _ = self.feed.as_mut().unwrap().push(n);
        self.manual.run_until_idle();
    }

    fn pass(&mut self, time: Duration) -> Vec<Completion<i32, Never>> {
        self.manual.advance(time);
        self.manual.run_until_idle();
        self.record.take()
    }
}

/// Begins a pass by the context's own clock.
fn begin<O: Operation>(bench: &Bench, operation: &mut Pin<Box<O>>) -> Started<O::Value, O::Error> {
    // SAFETY: only this thread turns it.
    let _here = unsafe { enter(bench.manual.context().clone()) };
    // SAFETY: each test sees a pass through, or gives up its context, before the next or the drop.
    unsafe { operation.as_mut().start() }
}

#[test]
fn the_last_of_a_run_comes_when_it_is_over() {
    let (mut bench, mut operation) = Bench::new();
    assert_eq!(begin(&bench, &mut operation), Started::Later);
    bench.push(1);
    assert_eq!(bench.pass(PART), []);
    bench.push(2);
    assert_eq!(bench.pass(PART), [], "the second moved the end");
    assert_eq!(bench.pass(PART), [value(2)]);
    assert_eq!(begin(&bench, &mut operation), Started::Later);
    assert_eq!(bench.pass(PERIOD * 10), [], "nothing comes twice");
    bench.push(3);
    bench.push(4);
    assert_eq!(bench.pass(PERIOD), [value(4)]);
    // What is held at the end does not wait.
    assert_eq!(begin(&bench, &mut operation), Started::Later);
    bench.push(5);
    bench.feed = None;
    assert_eq!(bench.pass(Duration::ZERO), [value(5)]);
    assert_eq!(begin(&bench, &mut operation), Started::Inline(stopped(Ended)));
    assert_eq!(begin(&bench, &mut operation), Started::Inline(stopped(Ended)));
}

#[test]
fn a_value_between_two_passes_counts() {
    let (mut bench, mut operation) = Bench::new();
    assert_eq!(begin(&bench, &mut operation), Started::Later);
    bench.push(1);
    assert_eq!(bench.pass(PERIOD), [value(1)]);
    bench.push(2);
    bench.push(3);
    assert_eq!(begin(&bench, &mut operation), Started::Later);
    assert_eq!(bench.pass(PERIOD), [value(3)]);
}

#[test]
fn errors_go_past_what_is_held() {
    let script: [Input; 6] = [value(1), error(7), FILTERED, value(2), stopped(Ended), PANICKED];
    let manual = Manual::new();
    let env = Env::new().with_context(manual.context().clone());
    let mut operation = Box::pin(Script::new(&script).debounce(PERIOD * 1000).connect(Record::new(), &env));
    let seen: Vec<Input> = (0..4).map(|_| pass_inline(operation.as_mut())).collect();
    assert_eq!(seen, [error(7), value(2), stopped(Ended), stopped(Ended)]);
}

#[test]
fn without_a_period_every_value_comes() {
    let script: [Input; 4] = [value(1), error(7), value(2), PANICKED];
    let manual = Manual::new();
    let env = Env::new().with_context(manual.context().clone());
    let sender = Script::new(&script).debounce(Duration::ZERO);
    let mut operation = Box::pin(sender.connect(Record::new(), &env));
    let seen: Vec<Input> = (0..4).map(|_| pass_inline(operation.as_mut())).collect();
    assert_eq!(seen, script);
}

#[test]
fn a_period_beyond_the_clock_ends_with_the_source() {
    assert_eq!(block_on(from_iter([1, 2]).debounce(Duration::MAX)), Completion::Value(2));
}

#[test]
fn a_stop_drops_what_is_held() {
    let (mut bench, mut operation) = Bench::new();
    assert_eq!(begin(&bench, &mut operation), Started::Later);
    bench.push(1);
    bench.stop.request_stop();
    bench.manual.run_until_idle();
    assert_eq!(bench.record.take(), [stopped(Requested)]);
}

#[test]
fn nothing_starts_before_its_time_and_nothing_leaks() {
    let script = Script::new(&[value(1)]);
    dropped_unstarted(|| script.clone().debounce(PERIOD), &script);
    let (mut bench, mut operation) = Bench::new();
    assert_eq!(begin(&bench, &mut operation), Started::Later);
    bench.push(1);
    assert_eq!(bench.pass(PERIOD), [value(1)]);
    // The edge is waited for; the operation goes all the same.
    drop(operation);
    bench.manual.run_until_idle();
    assert!(bench.feed.as_mut().unwrap().is_closed(), "the receiving end has gone with its memory");
}

/// A drained graph hands on what is held.
#[test]
fn a_drain_hands_on_what_is_held() {
    let (manual, record) = (Manual::simulated("quiet"), Record::<i32, Never>::new());
    let (mut feed, edge) = edge::<i32>(8).unwrap();
    let seen = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let log = seen.clone();
    let graph = recv(edge).debounce(PERIOD).for_each(move |n| log.lock().unwrap().push(n));
    let handle = Engine::on(manual.clone()).run(graph).unwrap();
    let _ = feed.push(1);
    for _ in 0..50 {
        manual.turn();
    }
    handle.stop(Stop::Drain);
    handle.join().unwrap();
    assert_eq!(*seen.lock().unwrap(), [1]);
    assert_eq!(record.take(), []);
}
