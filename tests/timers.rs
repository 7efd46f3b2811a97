//! Ticks come on time, do not drift, and wake a context that parks; timers by the thousand are left alone until they are due.

#[path = "support/net.rs"]
mod net;

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use fusewire::completion::{Never, StopReason};
use fusewire::consumers::spawn_on;
use fusewire::context::cpu::Cpu;
use fusewire::context::io::Io;
use fusewire::context::manual::Manual;
use fusewire::context::timer::Timer;
use fusewire::context::{Scheduler, now};
use fusewire::env::Env;
use fusewire::lane::Turn;
use fusewire::prelude::*;
use fusewire::scope::Scope;
use fusewire::source::{Source, Taken};
use fusewire::sources::{FromSource, after, at, every, source};
use fusewire::stop::StopSource;
use fusewire::wait::Wait;

use net::{Answer, Outcome, Pass, on_both, outcome, reading, run_lane, run_once};

const PERIOD: Duration = Duration::from_millis(5);

/// However late a tick is taken, when it was due and how many were missed account for every period
/// since the first.
#[test]
fn ticks_are_whole_periods_apart_and_none_is_early() {
    on_both(|io| {
        let begun = Instant::now();
        let ticks = reading(io, every(PERIOD), |tick| (tick, Instant::now()));
        let (first, taken) = ticks.next().value();
        // The first is one period after the first ask, which is somewhere between here and there.
        let asked = first.due - PERIOD * (1 + first.missed as u32);
        assert!(asked >= begun && taken >= first.due, "{first:?}");
        let mut before = first.due;
        for _ in 0..20 {
            let (tick, taken) = ticks.next().value();
            assert!(taken >= tick.due, "a tick was early");
            // What was missed accounts for the distance exactly: there is no drift.
            assert_eq!(tick.due, before + PERIOD * (1 + tick.missed as u32));
            before = tick.due;
        }
    });
}

/// `at` gives the moment itself: not before it, and at once where it has passed.
#[test]
fn a_moment_is_waited_for_and_one_that_has_passed_is_not() {
    on_both(|io| {
        let moment = Instant::now() + PERIOD;
        let came = reading(io, at(moment), |()| Instant::now()).next().value();
        assert!(came >= moment, "it was early");
        let late = run_once(at(Instant::now()), &Env::new().with_context(io.context().clone()), outcome);
        assert_eq!(late, Outcome::Value(()));
    });
}

#[test]
fn ticks_begin_where_they_were_told_to() {
    on_both(|io| {
        let start = Instant::now() + PERIOD / 2;
        let ticks = reading(io, every(PERIOD).starting_at(start), |tick| tick);
        let mut due = start;
        for _ in 0..10 {
            let tick = ticks.next().value();
            assert_eq!(tick.due, due + PERIOD * tick.missed as u32);
            due = tick.due + PERIOD;
        }
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
        // The consumer had the first when it was due at the earliest, and slept for five periods.
        assert!(second.missed >= 4, "{second:?}");
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

/// The delays of several timers at once, in milliseconds, in the order in which they begin.
const DELAYS: [u64; 4] = [60, 20, 40, 0];

#[test]
fn the_earliest_of_several_deadlines_wakes_a_context() {
    on_both(|io| {
        // Other work on the machine can make any of them late, and then several come at once; that
        // none waits for the one after it shows as soon as the machine has time for one try.
        let in_time = tries().any(|()| {
            let alarms = several(io);
            assert!(alarms.iter().all(|&(delay, elapsed)| elapsed >= Duration::from_millis(delay)));
            alarms.iter().all(|&(delay, elapsed)| elapsed < Duration::from_millis(delay + 20))
        });
        assert!(in_time, "some timer was 20 ms late each time");
    });
}

/// One after the other until the machine has had time enough for one that nothing disturbs.
fn tries() -> impl Iterator<Item = ()> {
    let until = Instant::now() + net::PATIENCE;
    std::iter::repeat(()).take_while(move |()| Instant::now() < until)
}

/// Begins all timers at once; when each came, in milliseconds that it was to take, and that it took.
fn several(io: &Io) -> Vec<(u64, Duration)> {
    let (tell, told) = mpsc::channel();
    let begun = Instant::now();
    for delay in DELAYS {
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
    let alarm = |_| {
        let (delay, outcome, elapsed) = told.recv_timeout(net::PATIENCE).unwrap();
        assert_eq!(outcome, Outcome::Value(()));
        (delay, elapsed)
    };
    DELAYS.iter().map(alarm).collect()
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
    let limit =
        if cfg!(target_os = "linux") { Duration::from_micros(500) } else { Duration::from_millis(20) };
    // Other work on the machine can only make it later.
    let mut best = Duration::MAX;
    let in_time = tries().any(|()| {
        let begun = Instant::now();
        let rung = reading(&io, after(delay), |()| Instant::now()).next().value();
        best = best.min(rung - begun - delay);
        best < limit
    });
    assert!(in_time, "at best {best:?} late");
}

/// A source that is due at a moment and counts how often it is asked.
struct Counted {
    due: Instant,
    asked: Arc<AtomicUsize>,
    timer: Timer,
}

impl Counted {
    fn new(due: Instant, asked: &Arc<AtomicUsize>) -> FromSource<Self> {
        // SAFETY: it is a field of the source, which `timer` gives, and nobody else touches.
        let timer = unsafe { Timer::new() };
        source(Self { due, asked: asked.clone(), timer })
    }
}

impl Source for Counted {
    type Value = ();
    type Error = Never;

    fn take(&mut self) -> Taken<(), Never> {
        self.asked.fetch_add(1, Relaxed);
        if now() >= self.due { Taken::Value(()) } else { Taken::Empty }
    }

    unsafe fn timer(&mut self) -> Option<&mut Timer> {
        Some(&mut self.timer)
    }

    fn deadline(&self) -> Option<Instant> {
        Some(self.due)
    }
}

/// Spawned plain, and fused.
fn spawn_both(
    context: &Manual,
    scope: &Scope,
    asked: &Arc<AtomicUsize>,
    done: &Arc<AtomicUsize>,
    due: Instant,
) {
    let count = |done: &Arc<AtomicUsize>| {
        let done = done.clone();
        move |()| {
            done.fetch_add(1, Relaxed);
        }
    };
    let (plain, fused, source) = (count(done), count(done), Counted::new(due, asked));
    spawn_on(context, scope, Counted::new(due, asked).map(plain)).unwrap();
    spawn_on(context, scope, fuse! { source.map(fused) }).unwrap();
}

#[test]
fn what_waits_for_the_time_alone_is_not_asked_in_between() {
    let (clock, scope) = (Manual::simulated("clock"), Scope::new());
    let (asked, done) = <(Arc<AtomicUsize>, Arc<AtomicUsize>)>::default();
    let begun = clock.context().now();
    for seconds in 1..=50 {
        spawn_both(&clock, &scope, &asked, &done, begun + Duration::from_secs(seconds));
    }
    clock.run_until_idle();
    assert_eq!((asked.load(Relaxed), done.load(Relaxed)), (100, 0), "once each, when they began");
    for _ in 0..100 {
        assert_eq!(clock.turn(), Turn::Idle);
    }
    assert_eq!(asked.load(Relaxed), 100);
    for seconds in 1..=50 {
        clock.advance(Duration::from_nanos(999_999_999));
        clock.run_until_idle();
        assert_eq!(done.load(Relaxed), 2 * (seconds - 1), "none is early");
        clock.advance(Duration::from_nanos(1));
        clock.run_until_idle();
        assert_eq!(
            (asked.load(Relaxed), done.load(Relaxed)),
            (100 + 2 * seconds, 2 * seconds),
            "none is late"
        );
    }
    scope.close();
    assert_eq!(block_on(scope.join()), Completion::Value(()));
}

#[test]
fn a_stop_wakes_the_timers_that_it_concerns_and_no_others() {
    let clock = Manual::simulated("clock");
    let (asked, others, done) = <(Arc<AtomicUsize>, Arc<AtomicUsize>, Arc<AtomicUsize>)>::default();
    let (stopped, others_scope) = (Scope::new(), Scope::new());
    let due = clock.context().now() + Duration::from_secs(3_600);
    for _ in 0..10 {
        spawn_both(&clock, &stopped, &asked, &done, due);
        spawn_both(&clock, &others_scope, &others, &done, due);
    }
    clock.run_until_idle();
    // On another thread, while this one goes on with the context.
    let token = stopped.clone();
    let stopping = std::thread::spawn(move || token.stop());
    while !stopping.is_finished() {
        clock.turn();
    }
    clock.run_until_idle();
    // A pass that is asked to stop may look at its source once more, the others are left alone.
    assert!(asked.load(Relaxed) <= 40, "{asked:?}");
    assert_eq!(others.load(Relaxed), 20);
    assert_eq!(block_on(stopped.join()), Completion::Value(()));
    assert_eq!(done.load(Relaxed), 0);
    clock.end();
    // The other timers were abandoned with their context.
    assert_eq!(block_on(others_scope.join()), Completion::Value(()));
    assert_eq!((others.load(Relaxed), done.load(Relaxed)), (20, 0));
}

#[test]
fn ten_thousand_timers_come_on_a_context_that_spins_and_on_one_that_parks() {
    for wait in [Wait::Spin, Wait::Park] {
        let (cpu, scope) = (Cpu::builder().wait(wait).build().unwrap(), Scope::new());
        let (early, done) = <(Arc<AtomicUsize>, Arc<AtomicUsize>)>::default();
        for n in 0..10_000_u64 {
            let (early, done) = (early.clone(), done.clone());
            let (delay, begun) = (Duration::from_micros(n * 7919 % 50_000), Instant::now());
            let pass = after(delay).map(move |()| {
                early.fetch_add(usize::from(begun.elapsed() < delay), Relaxed);
                done.fetch_add(1, Relaxed);
            });
            spawn_on(&cpu, &scope, pass).unwrap();
        }
        assert_eq!(block_on(scope.join()), Completion::Value(()));
        assert_eq!((early.load(Relaxed), done.load(Relaxed)), (0, 10_000), "{}", wait.name());
    }
}
