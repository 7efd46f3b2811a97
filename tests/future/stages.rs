//! Futures as sources and stages: plain and fused, awaited, in lanes, stopped.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use fusewire::context::cpu::Cpu;
use fusewire::context::manual::Manual;
use fusewire::control::Stop;
use fusewire::engine::Engine;
use fusewire::future::try_future;
use fusewire::prelude::*;
use fusewire::wait::Wait;

use crate::harness::{Alive, Told, Yields, until};

async fn doubled(n: u64, yields: u32) -> u64 {
    Yields(yields).await;
    n * 2
}

fn strategies() -> [Wait; 3] {
    [Wait::Park, Wait::spin_then_park(), Wait::spin_then_yield()]
}

#[test]
fn one_pass_completes_inline_and_later() {
    for yields in [0, 1, 5] {
        let stage = move |n| from_future(doubled(n, yields));
        assert_eq!(block_on(from_future(doubled(21, yields))), Completion::Value(42));
        assert_eq!(block_on(just(21).and(stage).map(|n| n + 1)), Completion::Value(43));
        assert_eq!(block_on(fuse! { just(21).and(stage).map(|n| n + 1) }), Completion::Value(43));
    }
}

#[test]
fn an_error_is_one() {
    let fails = |n: u32| try_future(async move { n.to_string().parse::<u8>() });
    assert_eq!(block_on(just(7).and(fails)), Completion::Value(7));
    assert!(matches!(block_on(just(700).and(fails)), Completion::Error(_)));
    assert_eq!(block_on(fuse! { just(700).and(fails).or_else(|_| just(1)) }), Completion::Value(1));
}

#[test]
fn a_second_pass_of_one_future_has_ended() {
    let report = Engine::new().run(from_future(doubled(1, 1))).unwrap().join().unwrap();
    assert_eq!((report.started, report.completed), (1, 1));
    let report = Engine::new().run(fuse! { from_future(doubled(1, 1)).map(|n| n) }).unwrap().join().unwrap();
    assert_eq!((report.started, report.completed), (1, 1));
}

/// The same graph plain and fused, in lanes whose contexts park or spin.
#[test]
fn a_stage_in_a_graph_that_runs() {
    const N: u64 = 2_000;
    for strategy in strategies() {
        let compute = Cpu::builder().wait(strategy).build().unwrap();
        for fused in [false, true] {
            let sum = Arc::new(AtomicU64::new(0));
            let add = Arc::clone(&sum);
            let take = move |n: u64| {
                add.fetch_add(n, Ordering::SeqCst);
            };
            let stage = |n: u64| from_future(doubled(n, (n % 3) as u32));
            let there = compute.clone();
            let handle = if fused {
                let graph = fuse! { from_iter(0..N).then(on(there)).and(stage).for_each(take) };
                Engine::new().run(graph).unwrap()
            } else {
                Engine::new().run(from_iter(0..N).then(on(there)).and(stage).for_each(take)).unwrap()
            };
            let report = handle.join_timeout(Duration::from_secs(20)).expect("it is woken").unwrap();
            assert_eq!((report.started, report.completed), (N, N));
            assert_eq!(sum.load(Ordering::SeqCst), N * (N - 1));
        }
    }
}

#[test]
fn the_future_is_polled_on_the_context_of_its_pass() {
    let compute = Cpu::builder().name("compute").build().unwrap();
    let told = Told::<()>::default();
    let waits = told.clone();
    let graph = just(()).then(on(&compute)).and(move |()| {
        let waits = waits.clone();
        from_future(async move {
            waits.await;
            std::thread::current().name().map(str::to_owned)
        })
    });
    let thread = std::thread::spawn(move || block_on(graph));
    until("the future waits", || told.is_awaited());
    told.tell(());
    assert_eq!(thread.join().unwrap(), Completion::Value(Some("compute".to_owned())));
}

/// Whoever stops a graph does not wait for a future that never comes: it is dropped.
#[test]
fn a_stop_drops_the_future_that_waits() {
    for strategy in strategies() {
        let compute = Cpu::builder().wait(strategy).build().unwrap();
        for (fused, how) in [(false, Stop::Abandon), (true, Stop::Abandon), (false, Stop::Drain)] {
            let alive = Alive::default();
            let told = Told::<()>::default();
            let (lives, waits) = (alive.clone(), told.clone());
            let stage = move |n: u64| {
                let (living, waits) = (lives.one(), waits.clone());
                from_future(async move {
                    waits.await;
                    drop(living);
                    n
                })
            };
            let there = compute.clone();
            let handle = if fused {
                Engine::new().run(fuse! { from_iter(0..9u64).then(on(there)).and(stage) }).unwrap()
            } else {
                Engine::new().run(from_iter(0..9u64).then(on(there)).and(stage)).unwrap()
            };
            until("the future waits", || told.is_awaited());
            handle.stop(how);
            let ended = handle.join_timeout(Duration::from_secs(20)).expect("the stop ends it");
            assert_eq!(ended.unwrap().completed, 0);
            assert_eq!(alive.count(), 0, "the future is dropped");
            told.tease();
        }
    }
}

#[test]
fn wakes_while_it_is_polled_queued_or_gone_do_no_harm() {
    let here = Manual::new();
    let told = Told::<u32>::default();
    let handle = Engine::on(here.clone()).run(from_future(told.clone())).unwrap();
    here.run_until_idle();
    for _ in 0..5 {
        told.tease();
        told.tease();
        here.run_until_idle();
    }
    told.tell(1);
    told.tease();
    assert_eq!(handle.join().unwrap().completed, 1);
    told.tease();
}

#[test]
fn wakes_from_many_threads_lose_nothing() {
    const PASSES: u32 = 300;
    let told = Told::<u32>::default();
    let waits = told.clone();
    let handle = Engine::new().run(from_iter(0..PASSES).and(move |_| from_future(waits.clone()))).unwrap();
    let stop = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let teasers: Vec<_> = (0..2)
        .map(|_| {
            let (told, stop) = (told.clone(), Arc::clone(&stop));
            std::thread::spawn(move || {
                while !stop.load(Ordering::SeqCst) {
                    told.tease();
                    std::thread::yield_now();
                }
            })
        })
        .collect();
    let feeder = std::thread::spawn(move || {
        for n in 0..PASSES {
            told.tell(n);
            until("it is taken", || !told.has_value());
        }
    });
    feeder.join().unwrap();
    assert_eq!(handle.join().unwrap().completed, u64::from(PASSES));
    stop.store(true, Ordering::SeqCst);
    for teaser in teasers {
        teaser.join().unwrap();
    }
}

#[test]
fn a_panic_in_a_poll_is_the_graphs() {
    for later in [0, 2] {
        let stage = move |n: u32| {
            from_future(async move {
                Yields(later).await;
                assert!(n != 3, "three");
                n
            })
        };
        let plain = Engine::new().run(from_iter(0..9u32).and(stage)).unwrap().join().unwrap_err();
        let fused = Engine::new().run(fuse! { from_iter(0..9u32).and(stage) }).unwrap().join().unwrap_err();
        for error in [plain, fused] {
            let text = error.to_string();
            assert!(text.contains("three") && text.contains("stages.rs"), "{text}");
        }
    }
}

#[test]
fn dropped_before_it_starts_it_is_not_polled() {
    let alive = Alive::default();
    let living = alive.one();
    let sender = from_future(async move {
        drop(living);
        unreachable!("it is not polled")
    });
    let graph: fusewire::future::FromFuture<_> = sender;
    drop(graph.map(|(): ()| 1));
    assert_eq!(alive.count(), 0);
}
