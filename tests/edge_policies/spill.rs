//! `Spill`: what is kept on the sender's side goes on in order, in small portions, and is counted once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use fusewire::context::cpu::Cpu;
use fusewire::context::manual::Manual;
use fusewire::edge::{EdgeCounters, Pop, Push, Pushed, Spill, Spsc};
use fusewire::engine::Engine;
use fusewire::prelude::*;
use fusewire::wait::Wait;

use super::{adds_up, behind_a_wall};

#[test]
fn spill_keeps_the_order_and_hands_over_what_waits() {
    let (mut sender, mut receiver) = Spsc::new().capacity(2).policy(Spill(3)).open().unwrap();
    for n in 0..5 {
        assert!(sender.has_room());
        assert_eq!(sender.push(n), Pushed::Ok);
    }
    assert!(!sender.has_room());
    assert_eq!(sender.push(5), Pushed::Full(5));
    let counters = adds_up(sender.stats().unwrap().counters());
    assert_eq!((counters.pushed, counters.depth, counters.spilled), (5, 5, 3));
    assert_eq!(receiver.pop(), Some(0));
    assert_eq!(sender.push(5), Pushed::Ok, "one that waits goes on, so that there is room");
    assert!(!sender.flush());
    drop(sender);
    let stats = receiver.stats().unwrap();
    let rest: Vec<_> = std::iter::from_fn(|| {
        let ready = receiver.ready();
        let value = receiver.pop();
        assert_eq!(ready, value.is_some());
        adds_up(stats.counters());
        value
    })
    .collect();
    assert_eq!(rest, [1, 2, 3, 4, 5]);
    let counters = adds_up(stats.counters());
    assert_eq!((counters.pushed, counters.popped, counters.spilled), (6, 6, 4));
}

/// What finds the ring full and waits in the buffer has kept nobody waiting.
#[test]
fn a_sender_that_spills_stalls_when_the_buffer_is_full() {
    let (mut sender, mut receiver) = Spsc::new().capacity(2).policy(Spill(3)).open().unwrap();
    let stats = sender.stats().unwrap();
    (0..5).for_each(|n| assert_eq!(sender.push(n), Pushed::Ok));
    assert!(!sender.flush());
    assert_eq!((stats.counters().spilled, stats.counters().stalls), (3, 0));
    for _ in 0..3 {
        assert_eq!(sender.push(5), Pushed::Full(5));
        assert!(!sender.has_room());
    }
    assert_eq!(stats.counters().stalls, 1, "one wait is one stall, however often it is asked about");
    assert_eq!((receiver.pop(), sender.flush(), sender.push(5)), (Some(0), false, Pushed::Ok));
    assert_eq!(stats.counters().stalls, 1, "there was room");
    assert!(!sender.has_room());
    assert_eq!(stats.counters().stalls, 2);
}

/// Values without bytes need no memory, so that no buffer of them is too large.
#[test]
fn the_largest_buffer_there_is_holds_values_without_bytes() {
    let (mut sender, mut receiver) = Spsc::new().capacity(2).policy(Spill(usize::MAX)).open().unwrap();
    let stats = sender.stats().unwrap();
    (0..5).for_each(|_| assert_eq!(sender.push(()), Pushed::Ok));
    assert_eq!((stats.capacity(), adds_up(stats.counters()).depth), (usize::MAX, 5));
    drop(sender);
    assert_eq!(std::iter::from_fn(|| receiver.pop()).count(), 5);
    assert_eq!(adds_up(stats.counters()).popped, 5);
}

/// A push moves on a few of those that wait and no more, so that none is long; `flush` moves on all.
#[test]
fn no_push_moves_on_all_that_was_spilled() {
    let (mut sender, mut receiver) = Spsc::new().capacity(64).policy(Spill(64)).open().unwrap();
    (0..128).for_each(|n| assert_eq!(sender.push(n), Pushed::Ok));
    assert!(!sender.has_room() && sender.push(128) == Pushed::Full(128));
    (0..64).for_each(|n| assert_eq!(receiver.pop(), Some(n)));
    assert_eq!((sender.push(128), sender.waiting()), (Pushed::Ok, 63), "two went on, one came");
    assert!(!sender.flush());
    (64..128).for_each(|n| assert_eq!(receiver.pop(), Some(n)));
    assert!(sender.flush() && sender.waiting() == 0);
    assert_eq!((receiver.pop(), receiver.pop()), (Some(128), None));
}

/// Counters that another thread reads while values go through the buffer never fall, and never count one twice.
#[test]
fn what_is_spilled_is_counted_once_while_it_moves() {
    const VALUES: u64 = 200_000;
    let (mut sender, mut receiver) = Spsc::new().capacity(64).policy(Spill(64)).open().unwrap();
    let (stats, ended) = (sender.stats().unwrap(), AtomicBool::new(false));
    thread::scope(|scope| {
        scope.spawn(|| {
            let (mut last, mut most) = (EdgeCounters::default(), 0);
            while !ended.load(Ordering::SeqCst) {
                let now = adds_up(stats.counters());
                assert!(now.pushed >= last.pushed && now.popped >= last.popped, "{now:?} after {last:?}");
                assert!(now.depth <= stats.capacity() as u64, "{now:?}");
                (last, most) = (now, most.max(now.spilled));
            }
            assert!(most > 0, "nothing was spilled");
        });
        // One thread has both ends, so that every turn spills and flushes.
        let mut next = 0;
        for n in 0..VALUES {
            if !sender.has_room() {
                while let Some(came) = receiver.pop() {
                    assert_eq!(came, next);
                    next += 1;
                }
                sender.flush();
            }
            assert_eq!(sender.push(n), Pushed::Ok);
        }
        ended.store(true, Ordering::SeqCst);
    });
}

#[test]
fn a_graph_over_a_spill_runs_to_its_end() {
    let (ended, seen, drawn) = behind_a_wall(Spsc::new().capacity(4).policy(Spill(200)));
    assert_eq!(ended.unwrap(), 100);
    assert!(seen.into_iter().eq(1..=100));
    let counters = drawn.counters.unwrap();
    assert_eq!((counters.pushed, counters.popped, counters.dropped, counters.depth), (100, 100, 0, 0));
    assert_eq!(drawn.policy, "spill(200)");
}

/// What goes over from the buffer is told to a lane that sleeps, as what is pushed is; also when the source ends as the buffer is full.
#[test]
fn a_lane_that_sleeps_is_woken_for_what_had_spilled() {
    for (values, buffer) in [(40, 64), (8, 6), (9, 6)] {
        let (home, there) =
            (Manual::named("home"), Cpu::builder().name("there").wait(Wait::Park).build().unwrap());
        let came = Arc::new(AtomicU64::new(0));
        let (count, to) = (came.clone(), there.clone());
        let graph = fuse! {
            from_iter(0..values)
                .then(on(to).capacity(2).policy(Spill(buffer)))
                .for_each(move |n: u64| assert_eq!(count.fetch_add(1, Ordering::Relaxed), n))
        };
        let handle = Engine::on(home.clone()).run(graph).unwrap();
        while came.load(Ordering::Relaxed) < values {
            let (before, since) = (came.load(Ordering::Relaxed), Instant::now());
            while came.load(Ordering::Relaxed) == before {
                assert!(
                    since.elapsed() < Duration::from_secs(20),
                    "the lane sleeps, with {before} of {values} values"
                );
                home.turn();
                // Long enough for the other lane to have nothing any more, and to sleep.
                thread::sleep(Duration::from_millis(2));
            }
        }
        home.run_until_idle();
        assert_eq!(handle.join().unwrap().completed, values);
    }
}
