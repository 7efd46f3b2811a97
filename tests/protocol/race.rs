//! Senders side by side that stop each other: `when_any`, `when_all`, `stop_when`, `timeout`, `deadline`.

use std::fmt;
use std::pin::pin;
use std::time::{Duration, Instant};

use fusewire::adaptors::Elapsed;
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

use crate::script::{FILTERED, Failure, PANICKED, REQUESTED, Record, Script, error, stopped, value};

type Input = Completion<i32, Failure>;

/// Runs passes on one manual context, where both arms complete; asks to stop in pass `stop_in`.
fn passes<S>(
    build: impl Fn(&Manual) -> S,
    count: usize,
    stop_in: Option<usize>,
) -> Vec<Completion<S::Value, S::Error>>
where
    S: Sender<Value: Clone + Send + fmt::Debug, Error: Clone + Send + fmt::Debug>,
{
    let (manual, stop, record) = (Manual::new(), StopSource::new(), Record::new());
    let env = Env::new().with_context(manual.context().clone()).with_stop(stop.token());
    let mut operation = pin!(build(&manual).connect(record.clone(), &env));
    let mut seen = Vec::new();
    for pass in 0..count {
        // SAFETY: no pass is under way; the turns below see each one through.
        match unsafe { operation.as_mut().start() } {
            Started::Inline(completion) => seen.push(completion),
            Started::Later => {
                if stop_in == Some(pass) {
                    stop.request_stop();
                }
                manual.run_until_idle();
                let arrived = record.take();
                assert_eq!(arrived.len(), 1, "pass {pass} must complete exactly once: {arrived:?}");
                seen.extend(arrived);
            }
        }
    }
    seen
}

fn hops(script: &[Input], manual: &Manual) -> impl Sender<Value = i32, Error = Failure> + use<> {
    Script::new(script).then(on(manual.clone()))
}

#[test]
fn the_first_to_complete_decides() {
    let scripts: [&[Input]; 2] = [
        &[value(1), error(1), FILTERED, PANICKED, value(5)],
        // A pass that ended inside the start of the first arm did not start this one.
        &[value(11), error(11), value(13), PANICKED],
    ];
    let seen = passes(|m| when_any(hops(scripts[0], m), hops(scripts[1], m)), 5, None);
    assert_eq!(
        seen,
        [value(1), error(1), FILTERED, PANICKED, PANICKED],
        "a panic of either ends the pass so"
    );
}

#[test]
fn an_arm_that_completes_at_once_keeps_the_other_from_starting() {
    let other = Script::new(&[value(2)]);
    let seen = passes(|_| when_any(Script::new(&[value(1), error(3)]), other.clone()), 2, None);
    assert_eq!(seen, [value(1), error(3)]);
    assert_eq!(other.starts(), 0);
}

#[test]
fn the_second_may_be_first_and_the_first_is_awaited() {
    let seen = passes(
        |_| when_any(never::<i32>().map_err(no), Script::new(&[value(2), error(4), FILTERED])),
        3,
        None,
    );
    assert_eq!(seen, [value(2), error(4), FILTERED]);
}

fn no(never: Never) -> Failure {
    match never {}
}

#[test]
fn a_stop_from_outside_reaches_both_arms() {
    let seen = passes(|_| when_any(never::<i32>(), never::<i32>()), 1, Some(0));
    assert_eq!(seen, [stopped(Requested)]);
    let seen = passes(|_| when_all(never::<i32>(), never::<i32>()), 1, Some(0));
    assert_eq!(seen, [stopped(Requested)]);
}

#[test]
fn errors_of_the_arms_join() {
    fn is_failure<S: Sender<Value = i32, Error = Failure>>(sender: S) -> S {
        sender
    }
    assert_eq!(block_on(is_failure(when_any(just(1), just_error(Failure(1))))), Completion::Value(1));
}

#[test]
fn when_all_stops_the_others_when_one_has_no_value() {
    for failure in [error(3), FILTERED, REQUESTED, stopped(Ended)] {
        let seen = passes(|m| when_all(never::<i32>().map_err(no), hops(&[failure], m)), 1, None);
        let expected: Completion<(i32, i32), Failure> = match failure {
            Completion::Error(error) => Completion::Error(error),
            Completion::Stopped(reason) => Completion::Stopped(reason),
            Completion::Value(_) => unreachable!(),
        };
        // The first arm, in order, that has no value decides; it was stopped by the second.
        assert!(seen[0] == stopped(Requested) || seen[0] == expected, "{seen:?}");
    }
}

#[test]
fn when_all_has_all_values() {
    let all = |m: &Manual| {
        when_all4(hops(&[value(1), value(5)], m), just(2), hops(&[value(3), error(7)], m), just("four"))
    };
    assert_eq!(passes(all, 2, None), [value((1, 2, 3, "four")), error(7)]);
    assert_eq!(block_on(when_all3(just(1), just(2), just(3))), Completion::Value((1, 2, 3)));
}

#[test]
fn stop_when_lets_the_sender_decide() {
    let seen = passes(|m| hops(&[value(1), error(2), FILTERED], m).stop_when(never::<()>()), 3, None);
    assert_eq!(seen, [value(1), error(2), FILTERED]);
    let seen = passes(|_| never::<i32>().stop_when(just_error::<(), _>("whatever")), 2, None);
    assert_eq!(seen, [stopped(Requested), stopped(Requested)], "and the next pass begins unasked");
    let seen = passes(|m| hops(&[PANICKED], m).stop_when(never::<()>()), 1, None);
    assert_eq!(seen, [PANICKED]);
}

/// What a graph fails with that may take too long.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Wrong {
    Failed(u8),
    Late,
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl std::error::Error for Wrong {}

impl From<Elapsed> for Wrong {
    fn from(_: Elapsed) -> Self {
        Self::Late
    }
}

#[test]
fn a_timeout_fails_each_pass_that_takes_too_long() {
    for wait in [Wait::Spin, Wait::SpinThenPark { spins: 100 }, Wait::Park] {
        let cpu = Cpu::builder().name("timed").wait(wait).build().unwrap();
        let (mut pass, began) = (0, Instant::now());
        let graph = just(())
            .and(move |()| {
                pass += 1;
                after(if pass == 2 { Duration::from_secs(3600) } else { Duration::ZERO }).map(move |()| pass)
            })
            .timeout(Duration::from_millis(5))
            .into_result();
        let mut seen = Vec::new();
        let _ = block_on(
            just(())
                .then(on(cpu))
                .and(|()| just(()))
                .sequence(graph)
                .for_each(|result| seen.push(result))
                .repeat(3),
        );
        assert_eq!(seen, [Ok(1), Err(Elapsed), Ok(3)], "{wait:?}");
        assert!(began.elapsed() >= Duration::from_millis(5) && began.elapsed() < Duration::from_secs(60));
    }
}

#[test]
fn a_timeout_keeps_what_the_sender_completes_with() {
    let script: [Completion<i32, Failure>; 4] = [value(1), error(9), FILTERED, PANICKED];
    let timed = |m: &Manual| {
        hops(&script, m).map_err(|Failure(code)| Wrong::Failed(code)).timeout(Duration::from_secs(3600))
    };
    let seen = passes(timed, 4, None);
    let expected =
        [Completion::Value(1), Completion::Error(Wrong::Failed(9)), stopped(Filtered), stopped(Panicked)];
    assert_eq!(seen, expected);
    assert_eq!(
        passes(|_| never::<i32>().timeout(Duration::from_secs(3600)), 1, Some(0)),
        [stopped(Requested)]
    );
}

#[test]
fn a_deadline_that_is_over_fails_every_pass() {
    let late = passes(|_| never::<i32>().deadline(Instant::now()), 2, None);
    assert_eq!(late, [Completion::Error(Elapsed), Completion::Error(Elapsed)]);
}

/// Arms on two threads, a stop from a third: each pass completes once.
#[test]
fn arms_and_stops_race() {
    let [a, b] = ["a", "b"]
        .map(|name| Cpu::builder().name(name).wait(Wait::SpinThenYield { spins: 100 }).build().unwrap());
    let passes: u32 = if cfg!(miri) { 20 } else { 3_000 };
    for round in 0..passes {
        let stop = StopSource::new();
        let race = when_any(just(1).then(on(a.clone())), just(2).then(on(b.clone()))).with_stop(stop.token());
        let all = when_all(just(3).then(on(b.clone())), just(4).then(on(a.clone()))).with_stop(stop.token());
        let stopper = std::thread::spawn(move || {
            for _ in 0..round % 97 {
                std::hint::spin_loop();
            }
            stop.request_stop();
        });
        let any = block_on(race);
        assert!(matches!(any, Completion::Value(1 | 2) | Completion::Stopped(Requested)), "{any:?}");
        let all = block_on(all);
        assert!(matches!(all, Completion::Value((3, 4)) | Completion::Stopped(Requested)), "{all:?}");
        stopper.join().unwrap();
    }
}
