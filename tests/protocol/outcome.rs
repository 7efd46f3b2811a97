//! Adaptors that deal with how a pass ends.

use std::pin::pin;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use fusewire::adaptors::{Backoff, Retry};
use fusewire::completion::Started;
use fusewire::completion::StopReason::{Ended, Filtered, Panicked, Requested};
use fusewire::context::Scheduler;
use fusewire::context::cpu::Cpu;
use fusewire::context::manual::Manual;
use fusewire::env::Env;
use fusewire::on::on;
use fusewire::operation::Operation;
use fusewire::prelude::*;
use fusewire::stop::StopSource;
use fusewire::wait::Wait;

use crate::ladder::{Input, check, completes, pass_inline};
use crate::script::{
    ENDED, FILTERED, Failure, PANICKED, REQUESTED, Record, Script, Wider, error, stopped, value,
};

/// One of each completion, values before and after.
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
fn upon_error() {
    check!(
        |s| completes::<i32, Never, _>(is_script(s).upon_error(|Failure(code)| -i32::from(code))),
        EACH => [
            value(1), value(-7), stopped(Filtered), stopped(Ended), stopped(Requested), stopped(Panicked), value(2),
        ],
    );
}

#[test]
fn inspect_error() {
    let seen = Mutex::new(Vec::new());
    check!(
        |s| completes::<i32, Failure, _>(is_script(s).inspect_error(|e| seen.lock().unwrap().push(*e))),
        EACH => EACH,
    );
    assert_eq!(*seen.lock().unwrap(), [Failure(7), Failure(7)], "once inline, once later");
}

#[test]
fn bulk() {
    let seen = Mutex::new(Vec::new());
    check!(
        |s| completes::<i32, Failure, _>(is_script(s).bulk(2, |at, n: &i32| seen.lock().unwrap().push((at, *n)))),
        EACH => EACH,
    );
    let once = [(0, 1), (1, 1), (0, 2), (1, 2)];
    assert_eq!(*seen.lock().unwrap(), [once, once].concat(), "once inline, once later");
    check!(
        |s| completes::<i32, Wider, _>(is_script(s).bulk_chunked(9, 4, |range, n: &i32| {
            if range.start == 8 && *n == 2 { Err(Wider(9)) } else { Ok(()) }
        })),
        EACH => [
            value(1), Completion::Error(Wider(107)), stopped(Filtered), stopped(Ended), stopped(Requested), stopped(Panicked),
            Completion::Error(Wider(9)),
        ],
    );
}

#[test]
fn into_result() {
    check!(
        |s| completes::<Result<i32, Failure>, Never, _>(is_script(s).into_result()),
        EACH => [
            value(Ok(1)), value(Err(Failure(7))), stopped(Filtered), stopped(Ended), stopped(Requested),
            stopped(Panicked), value(Ok(2)),
        ],
    );
}

#[test]
fn stopped_as_none() {
    check!(
        |s| completes::<Option<i32>, Failure, _>(is_script(s).stopped_as_none()),
        EACH => [
            value(Some(1)), error(7), value(None), stopped(Ended), value(None), stopped(Panicked), value(Some(2)),
        ],
    );
}

#[test]
fn stopped_as_error_joins_the_earlier_error() {
    check!(
        |s| completes::<i32, Wider, _>(is_script(s).stopped_as_error(|reason| Wider(u8::from(reason == Filtered)))),
        EACH => [
            value(1), Completion::Error(Wider(107)), Completion::Error(Wider(1)), stopped(Ended),
            Completion::Error(Wider(0)), stopped(Panicked), value(2),
        ],
    );
}

#[test]
fn materialize_and_back() {
    check!(
        |s| completes::<Input, Never, _>(is_script(s).materialize()),
        EACH => [
            value(EACH[0]), value(EACH[1]), value(EACH[2]), stopped(Ended), value(EACH[4]), stopped(Panicked),
            value(EACH[6]),
        ],
    );
    check!(|s| completes::<i32, Failure, _>(is_script(s).materialize().dematerialize()), EACH => EACH);
}

#[test]
fn or_stopped() {
    check!(
        |s| completes::<i32, Failure, _>(is_script(s).or_stopped(|reason| {
            just(9).try_map(move |n| if reason == Filtered { Ok(n) } else { Err(Failure(8)) })
        })),
        EACH => [value(1), error(7), value(9), ENDED, error(8), PANICKED, value(2)],
    );
}

#[test]
fn sequence() {
    check!(
        |s| completes::<&str, Failure, _>(is_script(s).sequence(from_iter(["a", "b"]))),
        EACH => [
            value("a"), error(7), stopped(Filtered), stopped(Ended), stopped(Requested), stopped(Panicked),
            value("b"),
        ],
    );
}

#[test]
fn finally_runs_after_everything_but_a_panic() {
    let cleanups = Mutex::new(0);
    check!(
        |s| completes::<i32, Failure, _>(is_script(s).finally(|| {
            *cleanups.lock().unwrap() += 1;
            just(())
        })),
        EACH => EACH,
    );
    // Six of each run through the script, and two passes of a context that has ended.
    assert_eq!(*cleanups.lock().unwrap(), 6 + 6 + 2);
}

/// Also one that completes later, on another context.
#[test]
fn a_cleanup_that_panics_ends_the_pass() {
    let (manual, there) = (Manual::new(), Manual::new());
    let record = Record::<i32, Never>::new();
    let env = Env::new().with_context(manual.context().clone());
    for inline in [true, false] {
        let place = if inline { manual.clone() } else { there.clone() };
        let pass = just(1)
            .finally(move || just(()).then(on(place.clone())).map(|()| panic!("it cannot be cleaned up")));
        let mut operation = pin!(pass.connect(record.clone(), &env));
        // SAFETY: no pass is under way; the turns below see it through.
        assert!(matches!(unsafe { operation.as_mut().start() }, Started::Later));
        manual.run_until_idle();
        there.run_until_idle();
        assert_eq!(record.take(), [Completion::Stopped(StopReason::Panicked)]);
    }
}

/// The cleanup is neither stopped nor overtaken: the pass completes when it has.
#[test]
fn a_cleanup_that_takes_its_time() {
    let (manual, stop) = (Manual::new(), StopSource::new());
    let record = Record::new();
    let env = Env::new().with_context(manual.context().clone()).with_stop(stop.token());
    let there = manual.clone();
    let pass = Script::new(&[error::<i32>(7)]).finally(move || just(()).then(on(there.clone())));
    let mut operation = pin!(pass.connect(record.clone(), &env));
    stop.request_stop();
    // SAFETY: no pass is under way; the turns below see it through.
    let started = unsafe { operation.as_mut().start() };
    assert!(matches!(started, Started::Later));
    assert_eq!(record.take(), []);
    manual.run_until_idle();
    assert_eq!(record.take(), [error(7)]);
}

#[test]
fn retry_begins_again_until_the_attempts_are_used_up() {
    check!(
        |s| completes::<i32, Failure, _>(is_script(s).retry(2)),
        [
            error(1), value(1), // the second attempt
            error(1), error(2), error(3), // used up
            FILTERED, ENDED, REQUESTED, PANICKED,
            error(4), error(5), value(2), // counted anew
        ] => [value(1), error(3), FILTERED, ENDED, REQUESTED, PANICKED, value(2)],
    );
}

#[test]
fn retry_when_sees_attempt_and_error() {
    let policy = |attempt, error: &Failure| {
        if error.0 < 5 && attempt < 3 { Retry::Now } else { Retry::GiveUp }
    };
    check!(
        |s| completes::<i32, Failure, _>(is_script(s).retry_when(policy)),
        [error(1), error(5), error(1), error(2), error(3), error(4), value(1)] => [error(5), error(3), value(1)],
    );
}

/// Ten million attempts take no stack.
#[test]
fn retry_takes_constant_stack() {
    let mut left = 10_000_000_u32;
    let patient = just(())
        .try_map(move |()| {
            left -= 1;
            if left == 0 { Ok(42) } else { Err(()) }
        })
        .retry(u32::MAX);
    assert_eq!(block_on(patient), Completion::Value(42));
}

/// A wait between attempts blocks nobody: the context has other turns meanwhile.
#[test]
fn a_backoff_waits_on_the_context() {
    for wait in [Wait::Spin, Wait::Park] {
        let cpu = Cpu::builder().name("backoff").wait(wait).build().unwrap();
        let began = Instant::now();
        let mut left = 3;
        let patient = just(())
            .then(on(cpu))
            .try_map(move |()| {
                left -= 1;
                if left == 0 { Ok("up") } else { Err(()) }
            })
            .retry_when(Backoff::new(Duration::from_millis(2)));
        assert_eq!(block_on(patient), Completion::Value("up"));
        assert!(began.elapsed() >= Duration::from_millis(2 + 4), "two waits");
    }
}

#[test]
fn a_stop_ends_a_backoff() {
    let (manual, stop, record) = (Manual::new(), StopSource::new(), Record::new());
    let env = Env::new().with_context(manual.context().clone()).with_stop(stop.token());
    let patient = Script::new(&[error(1), value(1_i32)]).retry_when(Backoff::new(Duration::from_secs(3600)));
    let mut operation = pin!(patient.connect(record.clone(), &env));
    // SAFETY: no pass is under way; the turns below see it through.
    assert!(matches!(unsafe { operation.as_mut().start() }, Started::Later));
    manual.turn();
    assert_eq!(record.take(), [], "it waits for an hour");
    stop.request_stop();
    manual.run_until_idle();
    assert_eq!(record.take(), [REQUESTED]);
}

#[test]
fn unless_stop_requested_looks_before_it_starts() {
    let script = Script::new(&[value(1), value(2)]);
    let stop = StopSource::new();
    let env = Env::new().with_stop(stop.token());
    let mut operation = pin!(script.clone().unless_stop_requested().connect(Record::new(), &env));
    assert_eq!(pass_inline(operation.as_mut()), value(1));
    stop.request_stop();
    assert_eq!(pass_inline(operation.as_mut()), REQUESTED);
    assert_eq!(script.starts(), 1);
}

#[test]
fn with_stop_and_unstoppable_hide_the_stop_from_outside() {
    let (outer, inner) = (StopSource::new(), StopSource::new());
    outer.request_stop();
    let env = Env::new().with_stop(outer.token());
    let script = Script::<i32>::new(&[]);
    drop(script.clone().unstoppable().connect(Record::new(), &env));
    drop(script.clone().with_stop(inner.token()).connect(Record::new(), &env));
    let seen = script.seen();
    assert!(!seen[0].stop_possible && !seen[0].stop_requested, "{seen:?}");
    assert!(seen[1].stop_possible && !seen[1].stop_requested, "{seen:?}");
}

#[test]
fn read_env_and_defer_and_never() {
    let manual = Manual::new();
    let env = Env::new().with_context(manual.context().clone());
    let id = |env: &Env| env.context().map(|context| context.id());
    let mut operation = pin!(read_env(id).connect(Record::new(), &env));
    assert_eq!(pass_inline(operation.as_mut()), value(Some(manual.context().id())));

    let mut made = 0;
    let deferred = defer(move || {
        made += 1;
        just(made)
    });
    assert_eq!(block_on(deferred.repeat(4)), Completion::Value(4));

    let (stop, record) = (StopSource::new(), Record::new());
    let mut operation = pin!(never::<i32>().connect(record.clone(), &env.with_stop(stop.token())));
    // SAFETY: no pass is under way; the turns below see it through.
    assert!(matches!(unsafe { operation.as_mut().start() }, Started::Later));
    manual.turn();
    assert_eq!(record.take(), []);
    stop.request_stop();
    manual.run_until_idle();
    assert_eq!(record.take(), [stopped(Requested)]);
}

#[test]
fn take() {
    check!(
        |s| completes::<i32, Failure, _>(is_script(s).take(2)),
        [value(1), error(7), FILTERED, value(2)] => [value(1), error(7), FILTERED, value(2)],
    );
    assert_eq!(block_on(just(1).take(0)), Completion::Stopped(Ended));
}

#[test]
fn take_does_not_start_what_it_has_no_use_for() {
    let mut taken = 0;
    let source = from_fn(|| {
        taken += 1;
        Some(taken)
    });
    assert_eq!(block_on(source.take(3).repeat(9)), Completion::Stopped(Ended));
    assert_eq!(taken, 3);
}

#[test]
fn take_counts_the_batch_that_is_not_full() {
    let lens = |values| {
        let lens = Mutex::new(Vec::new());
        let batches =
            from_iter(0..6_u64).batch::<4>().take(values).map(|batch| lens.lock().unwrap().push(batch.len()));
        assert_eq!(block_on(batches.repeat(20)), Completion::Stopped(Ended));
        lens.into_inner().unwrap()
    };
    assert_eq!((lens(1), lens(2), lens(3)), (vec![4], vec![4, 2], vec![4, 2]));
}

#[test]
fn take_while() {
    check!(
        |s| completes::<i32, Failure, _>(is_script(s).take_while(|n| *n < 2)),
        [value(1), error(7), FILTERED, value(2), value(1)] => [value(1), error(7), FILTERED, ENDED, value(1)],
    );
}
