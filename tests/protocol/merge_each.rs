//! Senders made of the values of another, several at a time: `merge_each`.

use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fusewire::completion::Started;
use fusewire::completion::StopReason::{Ended, Panicked, Requested};
use fusewire::context::cpu::Cpu;
use fusewire::context::manual::Manual;
use fusewire::context::{Scheduler, enter};
use fusewire::control::Stop;
use fusewire::engine::Engine;
use fusewire::env::Env;
use fusewire::on::on;
use fusewire::operation::Operation;
use fusewire::prelude::*;
use fusewire::stop::StopSource;
use fusewire::wait::Wait;

use crate::ladder::dropped_unstarted;
use crate::script::{FILTERED, Failure, PANICKED, REQUESTED, Record, Script, error, stopped, value};

type Input = Completion<i32, Failure>;

/// Runs passes on one manual context until one has the last completion that is expected.
fn passes<S>(manual: &Manual, sender: S, count: usize) -> Vec<Completion<S::Value, S::Error>>
where
    S: Sender<Value: Send + std::fmt::Debug, Error: Send + std::fmt::Debug>,
{
    let record = Record::new();
    let env = Env::new().with_context(manual.context().clone());
    let mut operation = pin!(sender.connect(record.clone(), &env));
    let mut seen = Vec::new();
    for pass in 0..count {
        // SAFETY: no pass is under way; the turns below see each one through.
        match unsafe { operation.as_mut().start() } {
            Started::Inline(completion) => seen.push(completion),
            Started::Later => {
                manual.run_until_idle();
                let arrived = record.take();
                assert_eq!(arrived.len(), 1, "pass {pass} must complete exactly once: {arrived:?}");
                seen.extend(arrived);
            }
        }
    }
    seen
}

const EACH: [Input; 6] = [
    Completion::Value(1),
    FILTERED,
    Completion::Value(2),
    Completion::Error(Failure(7)),
    Completion::Value(3),
    PANICKED,
];

#[test]
fn values_become_senders_and_the_rest_goes_past() {
    let expected = [value(10), value(20), error(7), value(30), stopped(Panicked)];
    for at_most in [0, 1, 2, 64] {
        let manual = Manual::new();
        let inline = Script::new(&EACH).merge_each(at_most, |n| just(n * 10));
        assert_eq!(passes(&manual, inline, 5), expected, "at most {at_most}, inline");
        let hop = manual.clone();
        let later = Script::new(&EACH)
            .then(on(manual.clone()))
            .merge_each(at_most, move |n| just(n * 10).then(on(hop.clone())));
        assert_eq!(passes(&manual, later, 4), expected[..4], "at most {at_most}, later");
    }
}

#[test]
fn a_sender_without_a_value_of_its_own_is_passed_over() {
    let manual = Manual::new();
    let made: [Input; 5] = [FILTERED, REQUESTED, error(1), value(5), stopped(Ended)];
    let made = Mutex::new(made.into_iter());
    let sender = Script::new(&[value(0); 6])
        .merge_each(2, move |_| Script::new(&[made.lock().unwrap().next().unwrap()]));
    assert_eq!(passes(&manual, sender, 4), [error(1), value(5), stopped(Ended), stopped(Ended)]);
}

#[test]
fn an_end_waits_for_what_is_under_way() {
    let manual = Manual::simulated("sleeps");
    let sender = from_iter([3_u64, 1, 2]).merge_each(8, |n| after(Duration::from_secs(n)).map(move |()| n));
    let record = Record::new();
    let env = Env::new().with_context(manual.context().clone());
    let mut operation = pin!(sender.connect(record.clone(), &env));
    for expected in [1, 2, 3] {
        // By the context's own clock from the beginning.
        // SAFETY: only this thread turns it.
        let here = unsafe { enter(manual.context().clone()) };
        // SAFETY: no pass is under way; the turns below see each one through.
        let started = unsafe { operation.as_mut().start() };
        drop(here);
        assert_eq!(started, Started::Later);
        manual.run_until_idle();
        assert_eq!(record.take(), [], "it sleeps");
        manual.advance(Duration::from_secs(1));
        manual.run_until_idle();
        assert_eq!(record.take(), [value(expected)]);
    }
    // SAFETY: no pass is under way.
    let last = unsafe { operation.as_mut().start() };
    assert_eq!(last, Started::Inline(stopped(Ended)));
}

#[test]
fn no_more_than_so_many_are_under_way() {
    for at_most in [1, 3, 7] {
        let (manual, under_way) = (Manual::simulated("counts"), Arc::new(AtomicUsize::new(0)));
        let most = Arc::new(AtomicUsize::new(0));
        let (count, highest) = (under_way.clone(), most.clone());
        let sender = from_iter(0..40_u64).merge_each(at_most, move |n| {
            highest.fetch_max(count.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
            let count = count.clone();
            after(Duration::from_millis(1 + n % 5)).map(move |()| {
                count.fetch_sub(1, Ordering::Relaxed);
                n
            })
        });
        let record = Record::new();
        let env = Env::new().with_context(manual.context().clone());
        let mut operation = pin!(sender.connect(record.clone(), &env));
        let mut seen = Vec::new();
        while seen.len() < 40 {
            // SAFETY: no pass is under way; the turns below see each one through.
            match unsafe { operation.as_mut().start() } {
                Started::Inline(completion) => seen.push(completion),
                Started::Later => {
                    let before = seen.len();
                    while seen.len() == before {
                        manual.advance(Duration::from_millis(1));
                        manual.run_until_idle();
                        seen.extend(record.take());
                    }
                }
            }
        }
        let mut values: Vec<u64> = seen.into_iter().filter_map(|completion| completion.value()).collect();
        values.sort_unstable();
        assert!(values.into_iter().eq(0..40));
        assert_eq!(most.load(Ordering::Relaxed), at_most, "and as many as may be");
    }
}

#[test]
fn nothing_starts_before_its_time_and_nothing_leaks() {
    let script = Script::new(&[value(1)]);
    dropped_unstarted(|| script.clone().merge_each(4, just), &script);
}

#[test]
fn the_facts_reach_what_is_made() {
    let (manual, stop) = (Manual::new(), StopSource::new());
    let env = Env::new().with_context(manual.context().clone()).with_stop(stop.token());
    let record = Record::new();
    let facts = |_| read_env(|env| (env.context().map(|context| context.id()), env.stop().stop_possible()));
    let mut operation = pin!(just(()).merge_each(1, facts).connect(record, &env));
    // SAFETY: no pass is under way.
    let started = unsafe { operation.as_mut().start() };
    assert_eq!(started, Started::Inline(value((Some(manual.context().id()), true))));
}

#[test]
fn a_stop_reaches_all_and_is_awaited() {
    let (manual, stop, record) = (Manual::new(), StopSource::new(), Record::new());
    let env = Env::new().with_context(manual.context().clone()).with_stop(stop.token());
    let sender = from_iter(0..3).merge_each(8, |_| never::<i32>());
    let mut operation = pin!(sender.connect(record.clone(), &env));
    // SAFETY: no pass is under way; the turns below see it through.
    let started = unsafe { operation.as_mut().start() };
    assert_eq!(started, Started::Later);
    manual.run_until_idle();
    assert_eq!(record.take(), []);
    stop.request_stop();
    manual.run_until_idle();
    assert_eq!(record.take(), [stopped(Requested)]);
}

#[test]
fn what_is_dropped_between_passes_is_asked_to_stop() {
    let manual = Manual::new();
    let env = Env::new().with_context(manual.context().clone());
    let held = Arc::new(());
    let holds = Arc::clone(&held);
    let sender = from_iter(0..4).merge_each(8, move |n| {
        let holds = Arc::clone(&holds);
        let quick = n == 3;
        poll_fn(move || {
            let _ = &holds;
            if quick { Taken::<i32, Never>::Value(n) } else { Taken::Empty }
        })
    });
    let mut operation = Box::pin(sender.connect(Record::new(), &env));
    // SAFETY: no pass is under way; the last value completes this one.
    let started = unsafe { operation.as_mut().start() };
    assert_eq!(started, Started::Inline(value(3)));
    drop(operation);
    assert!(Arc::strong_count(&held) > 1, "three are under way");
    manual.run_until_idle();
    assert_eq!(Arc::strong_count(&held), 1, "and have gone");
}

#[test]
fn a_panic_in_the_function_ends_the_pass_and_the_next_goes_on() {
    let manual = Manual::new();
    let sender = Script::new(&[value(1), value(2)])
        .then(on(manual.clone()))
        .merge_each(2, |n| if n == 1 { panic!("one is too few") } else { just(n) });
    assert_eq!(passes(&manual, sender, 2), [stopped(Panicked), value(2)]);
}

/// Senders on two threads, taken from a third: each value comes once, whatever the order.
#[test]
fn threads_race_to_arrive() {
    let [a, b] = ["a", "b"]
        .map(|name| Cpu::builder().name(name).wait(Wait::SpinThenYield { spins: 50 }).build().unwrap());
    let count: u64 = if cfg!(miri) { 40 } else { 20_000 };
    for fused in [false, true] {
        let (a, b) = (a.clone(), b.clone());
        let hop = move |n: u64| {
            let cpu = if n.is_multiple_of(3) { a.clone() } else { b.clone() };
            just(n).then(on(cpu))
        };
        let sum = Arc::new(Mutex::new((0_u64, 0_u64)));
        let seen = sum.clone();
        let count_in = move |n: u64| {
            let mut sum = seen.lock().unwrap();
            *sum = (sum.0 + n, sum.1 + 1);
        };
        let engine = Engine::new();
        let handle = if fused {
            engine.run(fuse! { from_iter(0..count).merge_each(5, hop).for_each(count_in) }).unwrap()
        } else {
            engine.run(from_iter(0..count).merge_each(5, hop).for_each(count_in)).unwrap()
        };
        let report = handle.join().unwrap();
        assert_eq!(report.completed, count, "fused: {fused}");
        assert_eq!(*sum.lock().unwrap(), (count * (count - 1) / 2, count), "fused: {fused}");
    }
}

/// Graphs are stopped and dropped in the middle, again and again.
#[test]
fn a_graph_may_end_at_any_moment() {
    let cpu = Cpu::builder().name("far").wait(Wait::SpinThenYield { spins: 50 }).build().unwrap();
    for round in 0..if cfg!(miri) { 4 } else { 200 } {
        let far = cpu.clone();
        let graph = from_iter(0_u64..).merge_each(4, move |n| just(n).then(on(far.clone())));
        let handle = Engine::new().run(graph).unwrap();
        for _ in 0..round * 50 {
            std::hint::spin_loop();
        }
        match round % 3 {
            0 => drop(handle),
            1 => {
                handle.stop(Stop::Drain);
                handle.join().unwrap();
            }
            _ => {
                handle.stop(Stop::Abandon);
                handle.join().unwrap();
            }
        }
    }
}

#[test]
fn without_a_bound_all_are_under_way() {
    const N: usize = 3_000;
    let event = Arc::new(fusewire::sync::Event::new());
    let (manual, begun) = (Manual::new(), Arc::new(AtomicUsize::new(0)));
    let (waits, count) = (Arc::clone(&event), Arc::clone(&begun));
    let merged = from_iter(0..N).merge_each(usize::MAX, move |n| {
        count.fetch_add(1, Ordering::SeqCst);
        waits.wait_arc().map(move |()| n)
    });
    let record = Record::<Vec<usize>, Never>::new();
    let mut seen = Vec::new();
    let gathered = merged.map(move |n| {
        seen.push(n);
        seen.clone()
    });
    let env = Env::new().with_context(manual.context().clone());
    let mut operation = pin!(gathered.connect(record.clone(), &env));
    // SAFETY: no pass is under way; the turns below see it through.
    assert!(matches!(unsafe { operation.as_mut().start() }, Started::Later));
    manual.run_until_idle();
    assert_eq!(begun.load(Ordering::SeqCst), N);
    event.set();
    manual.run_until_idle();
    assert_eq!(record.take(), [Completion::Value(vec![0])]);
}
