//! Cycles in which something is under way that no lane can see in its edges: gathered by a stage, on a device, or at a timer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use fusewire::control::Stop;
use fusewire::device::reference::Reference;
use fusewire::engine::Engine;
use fusewire::prelude::*;
use fusewire::sources::{FeedbackFull, fed_back, feedback};

use crate::feedback::{Walk, all, begin, done, go};
use crate::{Log, WAITS, counting, cpu, plain, until};

/// Walks of which several make a step together; those that are left at the end are fewer than a batch.
macro_rules! in_batches {
    ($form:ident, $wait:expr, $most:expr, |$a:ident| ($($before:tt)*) ($($behind:tt)*)) => {{
        let $a = cpu("a", $wait);
        let (mut back, again) = feedback::<Walk>(4_096).unwrap();
        let log = Log::default();
        let seen = log.clone();
        let graph = $form! {
            merge(from_iter((1..$most).map(begin)), fed_back(again))
                $($before)*
                .batch::<7>()
                $($behind)*
                .try_map(move |walks| {
                    for walk in walks.into_iter().map(go) {
                        if done(&walk) { seen.note(walk.1 * 1_000 + walk.2) } else { back.push(walk)? }
                    }
                    Ok::<_, FeedbackFull>(())
                })
                .for_each(drop)
        };
        let outcome = Engine::on(cpu("home", $wait)).run(graph).unwrap().join();
        assert!(outcome.is_ok(), "{outcome:?}");
        let mut came = log.take();
        came.sort_unstable();
        came
    }};
}

#[test]
fn what_a_batch_has_gathered_goes_on_before_the_end() {
    for wait in WAITS {
        for _ in 0..10 {
            assert_eq!(in_batches!(plain, wait, 40, |_a| ()()), all(40));
            assert_eq!(in_batches!(plain, wait, 40, |a| (.then(on(a))) ()), all(40));
            assert_eq!(in_batches!(fuse, wait, 40, |_a| ()()), all(40));
            assert_eq!(in_batches!(fuse, wait, 40, |a| (.then(on(a))) ()), all(40));
            assert_eq!(in_batches!(fuse, wait, 40, |a| () (.then(on(a)))), all(40));
        }
    }
}

/// A batch behind the cycle is not full either, and has to wait for those in it.
#[test]
fn batches_are_handed_on_from_the_source_on() {
    macro_rules! batches {
        ($form:ident, $wait:expr) => {{
            let a = cpu("a", $wait);
            let (mut back, again) = feedback::<Walk>(4_096).unwrap();
            let log = Log::default();
            let seen = log.clone();
            let graph = $form! {
                merge(from_iter((1..40).map(begin)), fed_back(again))
                    .batch::<7>()
                    .try_map(move |walks| {
                        let mut over = 0u64;
                        for walk in walks.into_iter().map(go) {
                            if done(&walk) { over += 1 } else { back.push(walk)? }
                        }
                        Ok::<_, FeedbackFull>(over)
                    })
                    .then(on(a))
                    .filter(|over| *over > 0)
                    .batch::<1_000>()
                    .for_each(move |all| seen.note(all.iter().sum()))
            };
            Engine::on(cpu("home", $wait)).run(graph).unwrap().join().unwrap();
            log.take()
        }};
    }
    for wait in WAITS {
        assert_eq!(batches!(fuse, wait), [39], "one batch, of all");
        assert_eq!(batches!(plain, wait), [39], "one batch, of all");
    }
}

/// The same for single passes, which no lane begins.
#[test]
fn in_a_machine_and_in_a_pass_a_batch_goes_on_too() {
    macro_rules! sum {
        ($form:ident) => {{
            let (mut back, again) = feedback::<u64>(16).unwrap();
            let graph = $form! {
                merge(from_iter(1..6u64), fed_back(again))
                    .batch::<4>()
                    .try_map(move |values| {
                        let mut over = 0u64;
                        for x in values {
                            if x > 9 { over += x } else { back.push(x + 5)? }
                        }
                        Ok::<_, FeedbackFull>(over)
                    })
                    .scan(0, |sum, x| { *sum += x; *sum })
            };
            block_on(graph.repeat(4))
        }};
    }
    // 1 to 5 become 11 to 14 and 10, in three batches of four, and the two that are left.
    assert_eq!(sum!(plain), Completion::Value(60));
    assert_eq!(sum!(fuse), Completion::Value(60));
}

/// What is on its way back when a graph drains comes to its end, plain as fused.
#[test]
fn a_drain_works_off_what_was_fed_back() {
    macro_rules! drained {
        ($form:ident, $wait:expr) => {{
            let log = Log::default();
            let (back, again) = feedback::<Walk>(4_096).unwrap();
            let seen = log.clone();
            let graph = $form! {
                merge_by_priority(fed_back(again), from_iter((1..).map(begin)))
                    .map(go)
                    .try_map(back.unless(done))
                    .filter_map(|walk| walk)
                    .batch::<3>()
                    .for_each(move |walks| for (_, from, _) in walks { seen.note(from) })
            };
            let handle = Engine::on(cpu("home", $wait)).run(graph).unwrap();
            until("some have come", || log.len() > 20);
            handle.stop(Stop::Drain);
            handle.join().unwrap();
            let mut came = log.take();
            came.sort_unstable();
            came
        }};
    }
    for wait in WAITS {
        for came in [drained!(plain, wait), drained!(fuse, wait)] {
            assert!(came.iter().copied().eq(1..=came.len() as u64), "nothing is missing: {came:?}");
        }
    }
}

#[stage(kernel)]
fn halved(x: u64) -> u64 {
    x / 2
}

#[test]
fn what_is_on_a_device_is_waited_for() {
    for wait in WAITS {
        for _ in 0..10 {
            let device = Reference::builder().build().unwrap();
            let (a, log) = (cpu("a", wait), Log::default());
            let (back, again) = feedback::<u64>(4_096).unwrap();
            let seen = log.clone();
            let graph = fuse! {
                merge(from_iter(1..100u64), fed_back(again))
                    .then(on(device))
                    .map(halved)
                    .then(on(a))
                    .try_map(back.unless(|x| *x == 0))
                    .filter_map(|x| x)
                    .for_each(move |x| seen.note(x))
            };
            Engine::on(cpu("home", wait)).run(graph).unwrap().join().unwrap();
            assert_eq!(log.len(), 99, "each number is halved until nothing is left");
        }
    }
}

/// What waits inside of a cycle is asked for without an allocation, and its lanes need not spin meanwhile.
#[test]
fn nothing_is_allocated_while_something_waits() {
    const ROUNDS: u64 = 60;
    for wait in WAITS {
        let (a, log) = (cpu("a", wait), Arc::new([const { AtomicU64::new(0) }; ROUNDS as usize]));
        let (back, again) = feedback::<u64>(4).unwrap();
        let seen = Arc::clone(&log);
        let graph = fuse! {
            merge_by_priority(fed_back(again), from_iter(0..1u64))
                .inspect_value(move |x| seen[*x as usize].store(counting::here(), Ordering::Relaxed))
                .then(on(a))
                .and(|x| after(Duration::from_millis(1)).map(move |_| x + 1))
                .try_map(back.unless(|x| *x == ROUNDS))
                .filter_map(|x| x)
                .for_each(drop)
        };
        Engine::on(cpu("home", wait)).run(graph).unwrap().join().unwrap();
        let allocated: Vec<u64> = log.iter().map(|count| count.load(Ordering::Relaxed)).collect();
        assert!(allocated[0] > 0);
        // The first question whether the cycle is empty allocates, once home has found nothing to do; at the latest then.
        let half = ROUNDS as usize / 2;
        assert_eq!(allocated[half], allocated[ROUNDS as usize - 1], "{wait:?}: {allocated:?}");
    }
}
