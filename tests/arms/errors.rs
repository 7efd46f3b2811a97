//! Errors that go past arms.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use fusewire::control::Stop;
use fusewire::engine::Engine;
use fusewire::prelude::*;

use super::allocations::{Allocated, MESSAGES};
use super::{Next, Odd, WAITS, cpu, double, even};

/// An error that is missed when it is lost.
#[derive(Debug)]
struct Held(Arc<()>);

impl std::fmt::Display for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("held")
    }
}

impl std::error::Error for Held {}

#[test]
fn errors_go_past_arms_in_step_and_allocate_nothing() {
    for wait in WAITS {
        let noted: [Arc<Allocated>; 2] = std::array::from_fn(|_| Arc::default());
        let [at_home, at_end] = noted.clone();
        let (home, a, b) = (cpu("home", wait), cpu("a", wait), cpu("b", wait));
        let next = Arc::new(Next::default());
        let seen = next.clone();
        let graph = fuse! {
            from_iter(0..MESSAGES)
                .map(move |x| at_home.note(x))
                .try_map(even)
                .fork(|x| just(x).then(on(a).capacity(8)).map(double), |x| just(x).then(on(b)).map(|x| x))
                .or_else(|Odd(x)| just((2 * x, x)))
                .for_each(move |(twice, x)| { assert_eq!(twice, 2 * x); at_end.note(x); seen.see(x) })
        };
        let report = Engine::on(home).run(graph).unwrap().join().unwrap();
        assert_eq!((report.started, report.completed), (MESSAGES, MESSAGES));
        assert_eq!((next.seen.load(Ordering::Relaxed), next.wrong.load(Ordering::Relaxed)), (MESSAGES, 0));
        for (place, noted) in ["home", "end"].into_iter().zip(&noted) {
            let (warm, last) = (noted.warm.load(Ordering::Relaxed), noted.last.load(Ordering::Relaxed));
            assert!(warm != 0 && last != 0, "{place} saw both messages");
            assert_eq!(last - warm, 0, "allocations of `{place}`, {wait:?}");
        }
    }
}

#[test]
fn a_drain_works_off_errors_that_are_past_the_arms() {
    for wait in WAITS {
        let (home, a, b) = (cpu("home", wait), cpu("a", wait), cpu("b", wait));
        let next = Arc::new(Next::default());
        let seen = next.clone();
        let graph = fuse! {
            from_iter(0u64..)
                .try_map(even)
                .route(|x| x % 3 == 0, |x| just(x).then(on(a)).map(|x| x), |x| just(x).then(on(b)).map(|x| x))
                .or_else(|Odd(x)| just(x))
                .for_each(move |x| seen.see(x))
        };
        let handle = Engine::on(home).run(graph).unwrap();
        next.until_some_came();
        handle.stop(Stop::Drain);
        let report = handle.join().unwrap();
        assert_eq!(report.started, report.completed, "each pass that was begun came out");
        assert_eq!(next.seen.load(Ordering::Relaxed), report.completed);
        assert_eq!(next.wrong.load(Ordering::Relaxed), 0);
    }
}

#[test]
fn abandoning_drops_errors_that_are_past_the_arms() {
    let alive = Arc::new(());
    for wait in WAITS {
        let (home, a) = (cpu("home", wait), cpu("a", wait));
        let (token, next) = (alive.clone(), Arc::new(Next::default()));
        let came = next.clone();
        let graph = fuse! {
            from_iter(0u64..)
                .map(move |x| (x, token.clone()))
                .try_map(|(x, token)| if x % 3 == 0 { Err(Held(token)) } else { Ok((x, token)) })
                .fork(|x| just(x).then(on(a)).map(|x| x), |x| just(x).filter(|(x, _)| x % 2 == 0))
                .or_else(|Held(token)| just(((0, token.clone()), (0, token))))
                .for_each(move |_| { came.seen.fetch_add(1, Ordering::Relaxed); })
        };
        let handle = Engine::on(home).run(graph).unwrap();
        std::thread::sleep(Duration::from_millis(20));
        handle.stop(Stop::Abandon);
        let report = handle.join().unwrap();
        assert_eq!(next.seen.load(Ordering::Relaxed), report.completed);
        assert_eq!(Arc::strong_count(&alive), 1, "nothing of the graph is left");
    }
}
