//! Ticks come on time, do not drift, and wake a context that parks.

#[path = "support/net.rs"]
mod net;

use std::sync::mpsc;
use std::time::{Duration, Instant};

use fusewire::completion::StopReason;
use fusewire::context::Scheduler;
use fusewire::env::Env;
use fusewire::lane::Turn;
use fusewire::sources::{after, every};
use fusewire::stop::StopSource;

use net::{Answer, Outcome, Pass, on_both, outcome, reading, run_lane, run_once};

const PERIOD: Duration = Duration::from_millis(5);

#[test]
fn ticks_are_whole_periods_apart_and_none_is_early() {
    on_both(|io| {
        let begun = Instant::now();
        let ticks = reading(io, every(PERIOD), |tick| (tick, Instant::now()));
        let (first, _) = ticks.next().value();
        assert!(first.due >= begun + PERIOD && first.missed == 0, "{first:?}");
        let mut before = first.due;
        for _ in 0..20 {
            let (tick, taken) = ticks.next().value();
            assert!(taken >= tick.due, "a tick was early");
            // What was missed accounts for the distance exactly: there is no drift.
            assert_eq!(tick.due, before + PERIOD * (1 + tick.missed as u32));
            before = tick.due;
        }
        assert!(begun.elapsed() >= PERIOD * 21);
    });
}

#[test]
fn a_slow_consumer_gets_one_tick_for_all_it_missed() {
    on_both(|io| {
        let mut slow = true;
        let ticks = reading(io, every(PERIOD), move |tick| {
            if std::mem::take(&mut slow) {
                std::thread::sleep(PERIOD * 5);
            }
            tick
        });
        let first = ticks.next().value();
        let second = ticks.next().value();
        assert!(second.missed >= 4 - first.missed, "{second:?}");
        assert_eq!(second.due, first.due + PERIOD * (1 + second.missed as u32));
    });
}

#[test]
fn after_completes_once_and_not_early() {
    on_both(|io| {
        let begun = Instant::now();
        let alarm = reading(io, after(PERIOD * 3), |()| Instant::now());
        let rung = alarm.next().value();
        assert!(rung >= begun + PERIOD * 3);
        assert_eq!(alarm.next(), Answer::Ended);
    });
}

#[test]
fn the_earliest_of_several_deadlines_wakes_a_context() {
    on_both(|io| {
        let (tell, told) = mpsc::channel();
        let begun = Instant::now();
        for delay in [60_u64, 20, 40, 0] {
            let tell = tell.clone();
            let mut pass = Pass::new(&Env::new());
            let mut begin = Some(after(Duration::from_millis(delay)));
            // The operation waits as a task of its own; the lane only looks for its completion.
            run_lane(io, move || {
                let done = match begin.take() {
                    Some(alarm) => pass.start(alarm),
                    None => pass.poll(),
                };
                match done {
                    Some(completion) => {
                        tell.send((delay, outcome(completion), begun.elapsed())).unwrap();
                        Turn::Done
                    }
                    None => Turn::Idle,
                }
            });
        }
        for expected in [0, 20, 40, 60] {
            let (delay, outcome, elapsed) = told.recv_timeout(net::PATIENCE).unwrap();
            assert_eq!((delay, outcome), (expected, Outcome::Value(())));
            assert!(elapsed >= Duration::from_millis(delay));
        }
    });
}

#[test]
fn a_timer_waits_on_the_context_of_its_environment_and_can_be_stopped() {
    on_both(|io| {
        let env = Env::new().with_context(io.context().clone());
        let begun = Instant::now();
        let context = io.context().clone();
        let (completion, here) =
            run_once(after(PERIOD), &env, move |completion| (outcome(completion), context.is_here()));
        assert_eq!((completion, here), (Outcome::Value(()), true));
        assert!(begun.elapsed() >= PERIOD);

        let stop = StopSource::new();
        let env = env.with_stop(stop.token());
        let context = io.context().clone();
        let stopper = std::thread::spawn(move || {
            std::thread::sleep(PERIOD);
            stop.request_stop();
            context.wake();
        });
        let completion = run_once(after(Duration::from_secs(3600)), &env, outcome);
        assert_eq!(completion, Outcome::Stopped(StopReason::Requested));
        stopper.join().unwrap();
    });
}

#[test]
fn a_sleep_ends_between_two_milliseconds() {
    let io = fusewire::context::io::Io::builder().wait(fusewire::wait::Wait::Park).build().unwrap();
    let delay = Duration::from_micros(2_200);
    // The best of many: other work on the machine can only make it later.
    let late = (0..40).map(|_| {
        let begun = Instant::now();
        let rung = reading(&io, after(delay), |()| Instant::now()).next().value();
        rung - begun - delay
    });
    let best = late.min().unwrap();
    if cfg!(target_os = "linux") {
        assert!(best < Duration::from_micros(500), "at best {best:?} late");
    } else {
        assert!(best < Duration::from_millis(20), "at best {best:?} late");
    }
}
