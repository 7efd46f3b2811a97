//! Senders that begin a graph.

use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use fusewire::completion::{Started, StopReason};
use fusewire::context::manual::Manual;
use fusewire::context::{ContextRef, Scheduler};
use fusewire::env::Env;
use fusewire::operation::Operation;
use fusewire::prelude::*;
use fusewire::stop::StopSource;

use crate::ladder::{completes, pass_inline};
use crate::script::{Failure, Record, error, stopped, value};

/// The first passes of a source that always has an answer.
fn passes<S>(sender: S, passes: usize) -> Vec<Completion<S::Value, S::Error>>
where
    S: Sender<Value: Send, Error: Send>,
{
    let record = Record::new();
    let mut operation = pin!(sender.connect(record.clone(), &Env::new()));
    let completions = (0..passes).map(|_| pass_inline(operation.as_mut())).collect();
    assert!(record.take().is_empty(), "an inline completion must not reach the receiver");
    completions
}

#[test]
fn just_gives_a_clone_each_pass() {
    let text = completes::<_, Never, _>(just("x".to_owned()));
    assert_eq!(passes(text, 2), [value("x".to_owned()), value("x".to_owned())]);
}

#[test]
fn just_error_gives_a_clone_each_pass() {
    assert_eq!(passes(completes::<u8, _, _>(just_error(Failure(3))), 2), [error(3), error(3)]);
}

#[test]
fn just_stopped_has_ended() {
    let ended = stopped::<u8, Never>(StopReason::Ended);
    assert_eq!(passes(just_stopped(), 2), [ended, ended]);
}

#[test]
fn from_iter_ends_for_good() {
    /// Goes on after its end, as an iterator may.
    struct Blinking(u8);
    impl Iterator for Blinking {
        type Item = u8;
        fn next(&mut self) -> Option<u8> {
            self.0 += 1;
            (!self.0.is_multiple_of(3)).then_some(self.0)
        }
    }
    let ended = stopped(StopReason::Ended);
    let expected = [value(1), value(2), ended, ended, ended];
    assert_eq!(passes(completes::<u8, Never, _>(from_iter(Blinking(0))), 5), expected);
    assert_eq!(passes(from_iter([0u8; 0]), 1), [ended]);
}

#[test]
fn from_fn_ends_for_good() {
    let mut n = 0;
    let blinking = move || {
        n += 1;
        (n % 3 != 0).then_some(n)
    };
    let ended = stopped(StopReason::Ended);
    assert_eq!(passes(completes::<i32, Never, _>(from_fn(blinking)), 4), [value(1), value(2), ended, ended]);
}

#[test]
fn poll_fn_completes_inside_start_when_it_has_something() {
    let mut answers = [Taken::Value(1), Taken::Error(Failure(2)), Taken::Value(3), Taken::Ended].into_iter();
    let polled = poll_fn(move || answers.next().unwrap_or(Taken::Ended));
    assert_eq!(passes(polled, 4), [value(1), error(2), value(3), stopped(StopReason::Ended)]);
}

/// Has a value once the flag is up, on its home alone.
struct Flagged<'f> {
    flag: &'f AtomicBool,
    home: Option<ContextRef>,
}

impl Source for Flagged<'_> {
    type Value = &'static str;
    type Error = Never;

    fn home(&self) -> Option<ContextRef> {
        self.home.clone()
    }

    fn take(&mut self) -> Taken<&'static str, Never> {
        if let Some(home) = &self.home {
            assert!(home.is_here(), "a source may only be asked on its home");
        }
        if self.flag.swap(false, Ordering::Relaxed) { Taken::Value("up") } else { Taken::Empty }
    }
}

#[test]
fn a_source_waits_on_its_home() {
    let manual = Manual::new();
    let flag = AtomicBool::new(false);
    let flagged = Flagged { flag: &flag, home: Some(manual.context().clone()) };
    let record = Record::new();
    let mut operation = pin!(source(flagged).connect(record.clone(), &Env::new()));
    for _ in 0..2 {
        // SAFETY: no pass is under way; the turns below see it through.
        let started = unsafe { operation.as_mut().start() };
        assert_eq!(started, Started::Later);
        assert_eq!(record.take(), []);
        manual.run_until_idle();
        assert_eq!(record.take(), [], "it is not there yet");
        flag.store(true, Ordering::Relaxed);
        manual.turn();
        assert_eq!(record.take(), [value("up")]);
    }
}

#[test]
fn a_source_without_a_home_waits_where_it_was_started() {
    let manual = Manual::new();
    let flag = AtomicBool::new(false);
    let record = Record::new();
    let env = Env::new().with_context(manual.context().clone());
    let mut operation = pin!(source(Flagged { flag: &flag, home: None }).connect(record.clone(), &env));
    // SAFETY: no pass is under way; the turns below see it through.
    let started = unsafe { operation.as_mut().start() };
    assert_eq!(started, Started::Later);
    manual.run_until_idle();
    flag.store(true, Ordering::Relaxed);
    manual.turn();
    assert_eq!(record.take(), [value("up")]);
}

#[test]
fn a_source_that_can_wait_nowhere_is_stopped() {
    let flag = AtomicBool::new(false);
    let nowhere = passes(source(Flagged { flag: &flag, home: None }), 2);
    assert_eq!(nowhere, [stopped(StopReason::Requested), stopped(StopReason::Requested)]);
}

#[test]
fn a_waiting_source_hears_the_stop_token() {
    let manual = Manual::new();
    let flag = AtomicBool::new(false);
    let stop = StopSource::new();
    let record = Record::new();
    let env = Env::new().with_context(manual.context().clone()).with_stop(stop.token());
    let mut operation = pin!(source(Flagged { flag: &flag, home: None }).connect(record.clone(), &env));
    // SAFETY: no pass is under way; the turns below see it through.
    let started = unsafe { operation.as_mut().start() };
    assert_eq!(started, Started::Later);
    manual.run_until_idle();
    assert_eq!(record.take(), []);
    stop.request_stop();
    manual.turn();
    assert_eq!(record.take(), [stopped(StopReason::Requested)]);
}

#[test]
fn a_waiting_source_is_stopped_when_its_home_ends() {
    let manual = Manual::new();
    let flag = AtomicBool::new(false);
    let flagged = Flagged { flag: &flag, home: Some(manual.context().clone()) };
    let record = Record::new();
    let mut operation = pin!(source(flagged).connect(record.clone(), &Env::new()));
    // SAFETY: no pass is under way; ending the context sees it through.
    let started = unsafe { operation.as_mut().start() };
    assert_eq!(started, Started::Later);
    manual.run_until_idle();
    manual.end();
    assert_eq!(record.take(), [stopped(StopReason::Requested)]);
}

/// Has something at its deadline only, and tells nobody.
struct Alarm(Option<Instant>);

impl Source for Alarm {
    type Value = Instant;
    type Error = Never;

    fn take(&mut self) -> Taken<Instant, Never> {
        match self.0 {
            None => Taken::Ended,
            Some(at) if Instant::now() < at => Taken::Empty,
            Some(at) => {
                self.0 = None;
                Taken::Value(at)
            }
        }
    }

    fn deadline(&self) -> Option<Instant> {
        self.0
    }
}

#[test]
fn a_deadline_wakes_block_on() {
    let at = Instant::now() + Duration::from_millis(20);
    assert_eq!(block_on(source(Alarm(Some(at)))), value(at));
    assert!(Instant::now() >= at);
}
