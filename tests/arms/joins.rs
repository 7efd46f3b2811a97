//! Sources on contexts of their own that are joined: in step, who ends whom, drained and abandoned.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use fusewire::context::cpu::Cpu;
use fusewire::control::{Report, Stop};
use fusewire::edge::{EdgeReceiver, Pushed, edge};
use fusewire::engine::{Engine, Handle};
use fusewire::prelude::*;

use super::{Next, WAITS, cpu, double, plus_one};

#[test]
fn sources_on_contexts_of_their_own_are_joined() {
    for wait in WAITS {
        let (home, a, b) = (cpu("home", wait), cpu("a", wait), cpu("b", wait));
        let next = Arc::new(Next::default());
        let seen = next.clone();
        let graph = fuse! {
            from_iter(0..50_000u64)
                .then(on(a).capacity(8))
                .filter(|x| x % 5 != 0)
                .join(from_iter(0..60_000u64).then(on(b)).map(plus_one))
                .map(|(x, more)| { assert_eq!(x + 1, more); x })
                .map(|x| x - 1 - x / 5)
                .for_each(move |x| seen.see(x))
        };
        let report = Engine::on(home).run(graph).unwrap().join().unwrap();
        assert_eq!((report.started, report.completed), (50_000, 40_000));
        assert_eq!((next.seen.load(Ordering::Relaxed), next.wrong.load(Ordering::Relaxed)), (40_000, 0));
    }
}

/// The source that has no more ends the others, also while they wait, and none that still has to give
/// partners to what is on its way.
#[test]
fn the_end_of_one_source_ends_those_that_wait() {
    use std::time::Instant;
    for wait in WAITS {
        let (home, a, b) = (cpu("home", wait), cpu("a", wait), cpu("b", wait));
        let (to_a, to_b) = (a.clone(), b.clone());
        let begun = Instant::now();
        let count = Arc::new(AtomicU64::new(0));
        let counted = count.clone();
        let graph = fuse! {
            every(Duration::from_secs(3_600)).then(on(to_a)).join(from_iter(0..0u64).then(on(to_b))).for_each(drop)
        };
        let report = Engine::on(home.clone()).run(graph).unwrap().join().unwrap();
        assert_eq!((report.started, report.completed), (0, 0));
        let graph = fuse! {
            from_iter(0..5u64)
                .then(on(a.clone()))
                .join(poll_fn(|| Taken::<u64, Never>::Empty).then(on(b.clone())))
                .for_each(drop)
        };
        let handle = Engine::on(home.clone()).run(graph).unwrap();
        std::thread::sleep(Duration::from_millis(5));
        handle.stop(Stop::Drain);
        assert_eq!(handle.join().unwrap().completed, 0);
        let graph = fuse! {
            from_iter(0..5u64)
                .then(on(a))
                .join(from_iter(0..5u64).map(double))
                .join(every(Duration::from_millis(5)).then(on(b)).map(|_| 1u64))
                .for_each(move |((x, twice), one)| { assert_eq!((twice, one), (2 * x, 1)); counted.fetch_add(1, Ordering::Relaxed); })
        };
        let report = Engine::on(home).run(graph).unwrap().join().unwrap();
        assert_eq!((report.started, report.completed), (5, 5), "the last source waits for its ticks");
        assert_eq!(count.load(Ordering::Relaxed), 5);
        assert!(begun.elapsed() < Duration::from_secs(60));
    }
}

#[test]
fn a_drain_works_off_what_is_joined() {
    let alive = Arc::new(());
    for stop in [Stop::Drain, Stop::Abandon] {
        for wait in WAITS {
            let (home, a, b) = (cpu("home", wait), cpu("a", wait), cpu("b", wait));
            let next = Arc::new(Next::default());
            let (seen, token) = (next.clone(), alive.clone());
            let graph = fuse! {
                from_iter(0u64..)
                    .map(move |x| (x, token.clone()))
                    .then(on(a))
                    .join(from_iter(0u64..).then(on(b)).map(plus_one))
                    .for_each(move |((x, _), more)| { assert_eq!(x + 1, more); seen.see(x); })
            };
            let handle = Engine::on(home).run(graph).unwrap();
            next.until_some_came();
            handle.stop(stop);
            let report = handle.join().unwrap();
            assert!(report.completed > 0, "{report:?}");
            assert_eq!(next.seen.load(Ordering::Relaxed), report.completed);
            if stop == Stop::Drain {
                assert_eq!(report.started, report.completed, "each pass that was begun came out");
            }
            assert_eq!(next.wrong.load(Ordering::Relaxed), 0);
            assert_eq!(Arc::strong_count(&alive), 1, "nothing of the graph is left");
        }
    }
}

/// What a graph did that ends by itself.
#[track_caller]
fn ended(handle: Handle) -> (u64, u64) {
    let began = std::time::Instant::now();
    while !handle.is_finished() {
        assert!(began.elapsed() < Duration::from_secs(60), "it does not end:\n{}", handle.dump());
        std::thread::yield_now();
    }
    let Report { started, completed, .. } = handle.join().unwrap();
    (started, completed)
}

/// Runs a graph whose first side ends after `values` values, beside an edge with as many whose sender stays.
#[track_caller]
fn ends<F, G: Graph>(home: &Cpu, first: F, values: u64, graph: impl FnOnce(F, EdgeReceiver<u64>) -> G) {
    let (mut sender, other) = edge::<u64>(8).unwrap();
    for value in 0..values {
        assert!(matches!(sender.push(value), Pushed::Ok));
    }
    let handle = Engine::on(home.clone()).run(graph(first, other)).unwrap();
    assert_eq!(ended(handle), (values, values));
}

/// A side that has ended ends the join also while the next partner is late, and takes none from the other side.
#[test]
fn the_end_of_the_first_source_ends_the_join_while_its_partner_is_late() {
    for wait in WAITS {
        let (home, a) = (cpu("home", wait), cpu("a", wait));
        ends(&home, 0..5u64, 5, |first, other| from_iter(first).join(recv(other)).for_each(drop));
        ends(&home, 0..5u64, 5, |first, other| fuse! { from_iter(first).join(recv(other)).for_each(drop) });
        ends(
            &home,
            0..5u64,
            5,
            |first, other| fuse! { from_iter(first).map(double).join(recv(other).map(plus_one)).for_each(drop) },
        );
        ends(
            &home,
            0..5u64,
            5,
            |first, other| fuse! { from_iter(first).and(just).join(recv(other)).for_each(drop) },
        );
        ends(
            &home,
            0..5u64,
            5,
            |first, other| fuse! { from_iter(first).then(on(a.clone())).join(recv(other)).for_each(drop) },
        );
        ends(
            &home,
            0..0u64,
            0,
            |first, _other| fuse! { from_iter(first).join(every(Duration::from_secs(3_600))).for_each(drop) },
        );
        // The next one of the second side never comes, and the first one of both has ended.
        ends(&home, 0..5u64, 5, |first, other| {
            fuse! {
                from_iter(first).join(from_iter(0u64..)).join(recv(other)).for_each(drop)
            }
        });
        // The sender is gone before the partner would come.
        let closed = || {
            let (mut sender, first) = edge::<u64>(8).unwrap();
            (0..5).for_each(|value| assert!(matches!(sender.push(value), Pushed::Ok)));
            first
        };
        ends(&home, closed(), 5, |first, other| recv(first).join(recv(other)).for_each(drop));
        ends(&home, closed(), 5, |first, other| fuse! { recv(first).join(recv(other)).for_each(drop) });
    }
}

/// What is taken ahead of its partner is the next pass when that comes, and is given up with the graph that drains before.
#[test]
fn what_waits_for_its_partner_is_neither_lost_nor_reordered() {
    for wait in WAITS {
        let (home, a) = (cpu("home", wait), cpu("a", wait));
        let (mut sender, other) = edge::<u64>(64).unwrap();
        let next = Arc::new(Next::default());
        let seen = next.clone();
        let graph = fuse! {
            from_iter(0u64..)
                .map(|x| x)
                .then(on(a))
                .join(recv(other))
                .for_each(move |(x, y)| { assert_eq!(x, y); seen.see(x) })
        };
        let handle = Engine::on(home).run(graph).unwrap();
        for value in 0..200 {
            assert!(matches!(sender.push(value), Pushed::Ok));
            sender.wake();
            let began = std::time::Instant::now();
            while next.seen.load(Ordering::Relaxed) <= value {
                assert!(
                    began.elapsed() < Duration::from_secs(60),
                    "the pass does not go on:\n{}",
                    handle.dump()
                );
                std::thread::yield_now();
            }
        }
        handle.stop(Stop::Drain);
        assert_eq!(ended(handle), (200, 200));
        assert_eq!((next.seen.load(Ordering::Relaxed), next.wrong.load(Ordering::Relaxed)), (200, 0));
    }
}
