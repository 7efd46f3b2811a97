//! Forks and routes: in step, drained, abandoned, panics, which pass fails, edges that may not drop.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use fusewire::control::{RunError, Stop};
use fusewire::engine::Engine;
use fusewire::launch::LaunchError;
use fusewire::prelude::*;
use fusewire::wait::Wait;

use super::{Next, WAITS, cpu, double, plus_one};

#[test]
fn values_stay_in_step_between_parked_and_spinning_contexts() {
    for wait in WAITS {
        let (home, a, b) = (cpu("home", wait), cpu("a", wait), cpu("b", wait));
        let next = Arc::new(Next::default());
        let seen = next.clone();
        let graph = fuse! {
            from_iter(0..50_000u64)
                .fork(|x| just(x).then(on(a.clone()).capacity(8)).map(double), |x| just(x).then(on(b)).map(plus_one))
                .map(|(twice, more)| { assert_eq!(twice / 2 + 1, more); more - 1 })
                .route(|x| x % 3 == 0, |x| just(x).then(on(a)).map(double).map(|x| x / 2), |x| just(x))
                .for_each(move |x| seen.see(x))
        };
        let report = Engine::on(home).run(graph).unwrap().join().unwrap();
        assert_eq!((report.started, report.completed), (50_000, 50_000));
        assert_eq!((next.seen.load(Ordering::Relaxed), next.wrong.load(Ordering::Relaxed)), (50_000, 0));
    }
}

#[test]
fn a_drain_works_off_what_is_in_the_arms() {
    for wait in WAITS {
        let (home, a, b) = (cpu("home", wait), cpu("a", wait), cpu("b", wait));
        let next = Arc::new(Next::default());
        let seen = next.clone();
        let graph = fuse! {
            from_iter(0u64..)
                .fork(|x| just(x).then(on(a)).map(double), |x| just(x).then(on(b)).map(plus_one))
                .for_each(move |(_, more)| seen.see(more - 1))
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
fn abandoning_drops_what_is_in_the_arms() {
    let alive = Arc::new(());
    for wait in WAITS {
        let (home, a, b) = (cpu("home", wait), cpu("a", wait), cpu("b", wait));
        let token = alive.clone();
        let next = Arc::new(Next::default());
        let seen = next.clone();
        let graph = fuse! {
            from_iter(0u64..)
                .map(move |x| (x, token.clone()))
                .fork(|x| just(x).then(on(a)).map(|x| x), |x| just(x).then(on(b)).filter(|(x, _)| x % 2 == 0))
                .for_each(move |((x, _), _)| seen.see(x / 2))
        };
        let handle = Engine::on(home).run(graph).unwrap();
        next.until_some_came();
        handle.stop(Stop::Abandon);
        let report = handle.join().unwrap();
        assert_eq!(next.seen.load(Ordering::Relaxed), report.completed);
        assert_eq!(next.wrong.load(Ordering::Relaxed), 0, "what came out came in order");
        assert_eq!(Arc::strong_count(&alive), 1, "nothing of the graph is left");
    }
}

#[test]
fn a_panic_in_an_arm_names_its_stage() {
    #[stage]
    fn explode(x: u64) -> u64 {
        if x == 70 { panic!("seventy") } else { x }
    }
    let (a, b) = (cpu("a", Wait::Park), cpu("b", Wait::Park));
    let graph = fuse! {
        from_iter(0u64..).fork(|x| just(x).then(on(a)).map(explode), |x| just(x).then(on(b)).map(double)).for_each(drop)
    };
    let RunError::Panicked(report) = Engine::new().run(graph).unwrap().join().unwrap_err() else {
        panic!("the graph ended by a panic")
    };
    assert_eq!((report.stage.as_deref(), report.message.as_str()), (Some("explode"), "seventy"));
}

#[test]
fn the_first_pass_that_fails_ends_the_graph_whichever_arm_is_ahead() {
    #[derive(Debug, PartialEq)]
    struct Failed(&'static str, u64);
    impl std::fmt::Display for Failed {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write!(f, "{} at {}", self.0, self.1)
        }
    }
    impl std::error::Error for Failed {}

    let fail_at = |arm, at| move |x: u64| if x == at { Err(Failed(arm, x)) } else { Ok(x) };
    for (first, second, expected) in
        [(90, 40, Failed("second", 40)), (40, 90, Failed("first", 40)), (40, 40, Failed("first", 40))]
    {
        let (a, b) = (cpu("a", Wait::Park), cpu("b", Wait::Park));
        let (fail_first, fail_second) = (fail_at("first", first), fail_at("second", second));
        let slow = |x: u64| {
            std::thread::sleep(Duration::from_micros(100));
            x
        };
        let graph = fuse! {
            from_iter(0u64..)
                .fork(|x| just(x).then(on(a)).try_map(fail_first), |x| just(x).then(on(b)).map(slow).try_map(fail_second))
                .for_each(drop)
        };
        let error = Engine::new().run(graph).unwrap().join().unwrap_err();
        assert_eq!(error.downcast_ref::<Failed>(), Some(&expected));
    }
}

#[test]
fn an_edge_of_an_arm_may_not_drop() {
    let refused = |graph: Result<fusewire::engine::Handle, LaunchError>| match graph {
        Err(LaunchError::Edge(why)) => why,
        other => panic!("{other:?}"),
    };
    let (a, b) = (cpu("the arm's", Wait::Park), cpu("behind", Wait::Park));
    let (to_a, to_b) = (a.clone(), b.clone());
    let in_arm = fuse! {
        from_iter(0..9u64).fork(|x| just(x).then(on(to_a).policy(Overflow::DropNewest)).map(double), |x| just(x)).for_each(drop)
    };
    let why = refused(Engine::new().run(in_arm));
    assert!(
        why.contains("`the arm's`") && why.contains("drop-newest") && why.contains("before the fork"),
        "{why}"
    );
    let behind = fuse! {
        from_iter(0..9u64)
            .fork(|x| just(x).then(on(a)).map(double), |x| just(x))
            .then(on(to_b).policy(Overflow::DropNewest))
            .for_each(drop)
    };
    let why = refused(Engine::new().run(behind));
    assert!(why.contains("`behind`"), "{why}");
    // Before the fork, and behind a stage behind it, values may be dropped.
    let (a, c) = (cpu("a", Wait::Park), cpu("c", Wait::Park));
    let came = Arc::new(AtomicU64::new(0));
    let seen = came.clone();
    let around = fuse! {
        from_iter(0..9_000u64)
            .then(on(b).capacity(4).policy(Overflow::DropNewest))
            .fork(|x| just(x).then(on(a)).map(double), |x| just(x))
            .map(|(twice, x)| { assert_eq!(twice, 2 * x); x })
            .then(on(c).capacity(4).policy(Overflow::DropNewest))
            .for_each(move |_| { seen.fetch_add(1, Ordering::Relaxed); })
    };
    let report = Engine::new().run(around).unwrap().join().unwrap();
    assert_eq!(report.started, 9_000);
    assert_eq!(came.load(Ordering::Relaxed), report.completed);
}

#[test]
fn an_arm_whose_source_ends_ends_the_graph() {
    for wait in WAITS {
        let (home, a) = (cpu("home", wait), cpu("a", wait));
        let next = Arc::new(Next::default());
        let seen = next.clone();
        let graph = fuse! {
            from_iter(0u64..)
                .route(|x| *x < 40, |x| just(x), |x| just(x).then(on(a)).join(from_iter(0..0u64)).map(|(x, _)| x))
                .for_each(move |x| seen.see(x))
        };
        let report = Engine::on(home).run(graph).unwrap().join().unwrap();
        assert_eq!(report.completed, 40, "the passes before that one came out");
        assert_eq!((next.seen.load(Ordering::Relaxed), next.wrong.load(Ordering::Relaxed)), (40, 0));
    }
}
