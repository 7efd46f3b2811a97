//! Awaited senders that are dropped: at every point, and in storms.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};

use fusewire::context::cpu::Cpu;
use fusewire::context::manual::Manual;
use fusewire::prelude::*;
use fusewire::wait::Wait;

use crate::harness::{Alive, Told, Wakes, Yields, poll, until, wait};

#[test]
fn before_the_first_poll_nothing_has_run() {
    let alive = Alive::default();
    let ran = Arc::new(AtomicUsize::new(0));
    let (living, runs) = (alive.one(), Arc::clone(&ran));
    let future = just(1)
        .map(move |n| {
            let _ = &living;
            runs.fetch_add(n, Ordering::SeqCst)
        })
        .into_future();
    assert_eq!(alive.count(), 1);
    drop(future);
    assert_eq!((alive.count(), ran.load(Ordering::SeqCst)), (0, 0));
}

#[test]
fn between_polls_what_waits_here_is_dropped_in_the_drop() {
    let alive = Alive::default();
    let told = Told::<u32>::default();
    let (living, waits) = (alive.one(), told.clone());
    let mut living = Some(living);
    let graph = just(()).and(move |()| {
        let (living, waits) = (living.take(), waits.clone());
        from_future(async move {
            let told = waits.await;
            drop(living);
            told
        })
    });
    let mut future = graph.future();
    for _ in 0..3 {
        assert!(poll(&mut future, &Arc::default()).is_pending());
    }
    assert!(told.is_awaited());
    drop(future);
    assert_eq!(alive.count(), 0);
    // The waker outlives the operation, and does nothing.
    told.tell(1);
    told.tease();
}

#[test]
fn after_completion_nothing_is_left() {
    let alive = Alive::default();
    let living = alive.one();
    let mut future = poll_fn(move || {
        let _ = &living;
        Taken::<_, Never>::Value(1)
    })
    .into_future();
    assert!(poll(&mut future, &Arc::default()).is_ready());
    assert_eq!(alive.count(), 0, "dropped with the completion");
    drop(future);
}

#[test]
fn while_a_stage_runs_elsewhere_the_drop_returns_and_the_memory_stays() {
    let alive = Alive::default();
    let living = alive.one();
    let compute = Cpu::builder().build().unwrap();
    let (entered, inside) = channel();
    let (release, released) = channel::<()>();
    let mut future = just([7u8; 1000])
        .then(on(&compute))
        .map(move |bytes| {
            entered.send(()).unwrap();
            released.recv().unwrap();
            // What the operation holds is still there.
            assert!(bytes.iter().all(|byte| *byte == 7));
            let _ = &living;
            bytes.len()
        })
        .into_future();
    let wakes = Arc::new(Wakes::default());
    assert!(poll(&mut future, &wakes).is_pending());
    inside.recv().unwrap();
    let began = Instant::now();
    drop(future);
    assert!(began.elapsed() < Duration::from_secs(5), "the drop waited for the stage");
    assert_eq!(alive.count(), 1, "the stage still uses it");
    release.send(()).unwrap();
    until("the pass frees itself", || alive.count() == 0);
    assert_eq!(wakes.count(), 0, "nobody is woken for it");
}

#[test]
fn on_the_way_to_a_context_that_never_runs_it_is_freed_with_the_context() {
    let alive = Alive::default();
    let living = alive.one();
    let there = Manual::new();
    let graph = just(1).then(on(&there)).map(move |n| {
        let _ = &living;
        n
    });
    let mut future = graph.future();
    assert!(poll(&mut future, &Arc::default()).is_pending());
    drop(future);
    assert_eq!(alive.count(), 1);
    there.end();
    assert_eq!(alive.count(), 0);
}

#[test]
fn a_pass_that_was_left_skips_what_looks_at_the_stop() {
    let there = Manual::new();
    let ran = Arc::new(AtomicUsize::new(0));
    let runs = Arc::clone(&ran);
    let waits = Told::<()>::default();
    let awaits = waits.clone();
    let graph = just(()).then(on(&there)).and(move |()| from_future(awaits.clone())).map(move |()| {
        runs.fetch_add(1, Ordering::SeqCst);
    });
    let mut future = graph.future();
    assert!(poll(&mut future, &Arc::default()).is_pending());
    there.run_until_idle();
    assert!(waits.is_awaited());
    drop(future);
    // The stop has posted the future's task to its context, where it is dropped.
    there.run_until_idle();
    waits.tell(());
    there.run_until_idle();
    assert_eq!(ran.load(Ordering::SeqCst), 0);
}

/// Every future of the storm is dropped at a moment of its own: before it is polled, while its pass is here, on the
/// way, there, on the way back, or complete. Whatever it made is dropped.
#[test]
fn a_storm_of_drops_leaks_nothing_and_frees_nothing_twice() {
    const EACH: u32 = 4_000;
    for strategy in [Wait::Park, Wait::spin_then_yield()] {
        let alive = Alive::default();
        let compute = Cpu::builder().wait(strategy).build().unwrap();
        let start = Arc::new(Barrier::new(2));
        let threads: Vec<_> = (0..2)
            .map(|seed: u32| {
                let (alive, compute, start) = (alive.clone(), compute.clone(), Arc::clone(&start));
                std::thread::spawn(move || {
                    start.wait();
                    let mut random = seed.wrapping_mul(747_796_405) + 1;
                    for _ in 0..EACH {
                        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                        let living = alive.one();
                        let graph = just(7u64)
                            .then(on(&compute))
                            .and(|n| {
                                from_future(async move {
                                    Yields(2).await;
                                    n
                                })
                            })
                            .map(move |n| {
                                let _ = &living;
                                n + 1
                            });
                        let mut future = graph.future();
                        for _ in 0..(random >> 16) % 4 {
                            if poll(&mut future, &Arc::default()).is_ready() {
                                break;
                            }
                            for _ in 0..(random >> 8) % 64 {
                                std::hint::spin_loop();
                            }
                        }
                        if random >> 31 == 1 {
                            future.stop();
                        }
                    }
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        until("all passes are freed", || alive.count() == 0);
        assert_eq!(wait(just(1).then(on(&compute)).into_future()), Completion::Value(1));
    }
}
