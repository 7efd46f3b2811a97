//! Sources on contexts of their own that are joined: in step, who ends whom, drained and abandoned.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use fusewire::control::Stop;
use fusewire::engine::Engine;
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
            assert!(report.completed > 0 && report.completed <= report.started, "{report:?}");
            if stop == Stop::Drain {
                assert_eq!(report.started, report.completed, "each pass that was begun came out");
                assert_eq!(next.seen.load(Ordering::Relaxed), report.completed);
            }
            assert_eq!(next.wrong.load(Ordering::Relaxed), 0);
            assert_eq!(Arc::strong_count(&alive), 1, "nothing of the graph is left");
        }
    }
}
