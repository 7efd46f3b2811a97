//! One pass of a sender for several: `split` and `share`.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use fusewire::adaptors::{share, split};
use fusewire::completion::Started;
use fusewire::completion::StopReason::{Panicked, Requested};
use fusewire::context::Scheduler;
use fusewire::context::cpu::Cpu;
use fusewire::context::manual::Manual;
use fusewire::env::Env;
use fusewire::on::on;
use fusewire::operation::Operation;
use fusewire::prelude::*;
use fusewire::stop::StopSource;
use fusewire::wait::Wait;

use crate::ladder::{dropped_unstarted, pass_inline};
use crate::script::{ENDED, FILTERED, PANICKED, Record, Script, error, stopped, value};

type Input = Completion<i32, crate::script::Failure>;
const EACH: [Input; 5] =
    [Completion::Value(1), Completion::Error(crate::script::Failure(7)), FILTERED, ENDED, PANICKED];

#[test]
fn what_completes_at_once_is_kept_for_all() {
    for completion in EACH {
        let script = Script::new(&[completion, value(99)]);
        let place = pin!(split(script.clone()));
        let place = place.as_ref();
        let [mut a, mut b] = [0, 1].map(|_| Box::pin(share(place).connect(Record::new(), &Env::new())));
        for _ in 0..2 {
            assert_eq!(pass_inline(a.as_mut()), completion);
            assert_eq!(pass_inline(b.as_mut()), completion);
        }
        assert_eq!(script.starts(), 1, "one pass for all");
    }
}

#[test]
fn those_who_wait_complete_together_and_others_later() {
    // A pass that has panicked does not hop.
    for completion in EACH.into_iter().filter(|completion| *completion != PANICKED) {
        let (manual, script) = (Manual::new(), Script::new(&[completion]));
        let place = pin!(split(script.clone().then(on(manual.clone()))));
        let place = place.as_ref();
        let record = Record::new();
        let [mut a, mut b, mut c] =
            [0, 1, 2].map(|_| Box::pin(share(place).connect(record.clone(), &Env::new())));
        // SAFETY: no pass is under way; the turn below sees both through.
        let begun = [&mut a, &mut b].map(|operation| unsafe { operation.as_mut().start() });
        assert_eq!(begun, [Started::Later, Started::Later]);
        assert_eq!(record.take(), []);
        manual.run_until_idle();
        assert_eq!(record.take(), [completion, completion]);
        assert_eq!(pass_inline(c.as_mut()), completion);
        assert_eq!(script.starts(), 1);
    }
}

#[test]
fn a_place_may_be_used_again() {
    let mut place = pin!(split(just(1)));
    assert_eq!(block_on(share(place.as_ref())), Completion::Value(1));
    let again = just(2);
    place.as_mut().again(again);
    assert_eq!(block_on(share(place.as_ref())), Completion::Value(2));
}

#[test]
fn nothing_starts_before_its_time_and_nothing_leaks() {
    let script = Script::new(&[value(1)]);
    {
        let place = pin!(split(script.clone()));
        let handles = script.handles();
        dropped_unstarted(|| share(place.as_ref()), &script);
        assert_eq!(script.handles(), handles);
    }
    assert_eq!((script.handles(), script.starts()), (1, 0));
}

#[test]
fn the_first_gives_the_facts() {
    let script = Script::new(&[value(1)]);
    let manual = Manual::new();
    let place = pin!(split(script.clone()));
    let env = Env::new().with_context(manual.context().clone());
    let mut operation = pin!(share(place.as_ref()).connect(Record::new(), &env));
    assert_eq!(script.seen().len(), 0, "it is connected when it begins");
    assert_eq!(pass_inline(operation.as_mut()), value(1));
    assert_eq!(script.seen()[0].context, Some(manual.context().id()));
    assert!(script.seen()[0].stop_possible);
}

#[test]
fn a_stop_of_one_stops_the_pass_of_all() {
    let (manual, stop, record) = (Manual::new(), StopSource::new(), Record::new());
    let env = Env::new().with_context(manual.context().clone());
    let place = pin!(split(never::<i32>()));
    let place = place.as_ref();
    let mut a = pin!(share(place).connect(record.clone(), &env));
    let mut b = pin!(share(place).connect(record.clone(), &env.clone().with_stop(stop.token())));
    // SAFETY: no pass is under way; the turns below see both through.
    let begun = unsafe { a.as_mut().start() };
    assert_eq!(begun, Started::Later);
    // SAFETY: as above.
    let begun = unsafe { b.as_mut().start() };
    assert_eq!(begun, Started::Later);
    manual.turn();
    assert_eq!(record.take(), []);
    stop.request_stop();
    manual.run_until_idle();
    assert_eq!(record.take(), [stopped(Requested), stopped(Requested)]);
}

#[test]
fn a_panic_is_that_of_all() {
    let manual = Manual::new();
    let place = pin!(split(just(1).then(on(manual.clone())).map(|n: i32| {
        assert!(n > 1, "too few");
        n
    })));
    let place = place.as_ref();
    let record = Record::new();
    let [mut a, mut b] = [0, 1].map(|_| Box::pin(share(place).connect(record.clone(), &Env::new())));
    // SAFETY: no pass is under way; the turns below see both through.
    let begun = [&mut a, &mut b].map(|operation| unsafe { operation.as_mut().start() });
    assert_eq!(begun, [Started::Later, Started::Later]);
    manual.run_until_idle();
    assert_eq!(record.take(), [stopped(Panicked), stopped(Panicked)]);
}

#[test]
fn a_fused_graph_may_share() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let place =
        pin!(split(fuse! { just(20).map(move |n| { count.fetch_add(1, Ordering::Relaxed); n + 1 }) }));
    let place = place.as_ref();
    let once = fuse! { share(place).map(|n| n * 2) };
    assert_eq!(block_on(once), Completion::Value(42));
    assert_eq!(
        block_on(when_all(share(place), fuse! { share(place).map(|n| n + 1) })),
        Completion::Value((21, 22))
    );
    assert_eq!(asked.load(Ordering::Relaxed), 1);
    let place = pin!(split(just(1).try_map(|n| if n > 1 { Ok(n) } else { Err(crate::script::Failure(3)) })));
    let failed = fuse! { share(place.as_ref()).map(|n| n * 2) };
    assert_eq!(block_on(failed), error(3));
}

/// Sharers on two threads, the pass on either, a stop from the side: all complete alike, once.
#[test]
fn sharers_race() {
    let [a, b] = ["a", "b"]
        .map(|name| Cpu::builder().name(name).wait(Wait::SpinThenYield { spins: 50 }).build().unwrap());
    for round in 0..if cfg!(miri) { 10 } else { 2_000_u32 } {
        let stop = StopSource::new();
        let place = pin!(split(just(round).then(on(if round % 2 == 0 { a.clone() } else { b.clone() }))));
        let place = place.as_ref();
        let [first, second] = [&a, &b].map(|cpu| {
            let share = share(place);
            just(()).then(on(cpu.clone())).sequence(share)
        });
        let all = join(first, join(second, share(place))).with_stop(stop.token());
        let stopper = (round % 3 == 0).then(|| std::thread::spawn(move || stop.request_stop()));
        let made = block_on(all);
        assert!(
            matches!(made, Completion::Value((x, (y, z))) if [x, y, z] == [round; 3])
                || made == stopped(Requested),
            "{made:?}"
        );
        if let Some(stopper) = stopper {
            stopper.join().unwrap();
        }
    }
}
