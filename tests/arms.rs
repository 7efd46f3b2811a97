//! Arms with lanes of their own, in graphs that run: nothing is lost, doubled or reordered between
//! them, however the graph ends; nothing is allocated; what is drawn is what was made.

#[path = "support/counting.rs"]
mod counting;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fusewire::context::cpu::Cpu;
use fusewire::control::{RunError, Stop};
use fusewire::device::reference::Reference;
use fusewire::engine::Engine;
use fusewire::launch::LaunchError;
use fusewire::prelude::*;
use fusewire::wait::Wait;

const WAITS: [Wait; 2] = [Wait::Park, Wait::SpinThenYield { spins: 64 }];

fn cpu(name: &str, wait: Wait) -> Cpu {
    Cpu::builder().name(name).wait(wait).build().unwrap()
}

#[stage]
fn double(x: u64) -> u64 {
    x * 2
}

#[stage]
fn plus_one(x: u64) -> u64 {
    x + 1
}

/// What comes out of a graph: how much, and whether each value is the next.
#[derive(Debug, Default)]
struct Next {
    seen: AtomicU64,
    wrong: AtomicU64,
}

impl Next {
    fn see(&self, value: u64) {
        if value != self.seen.fetch_add(1, Ordering::Relaxed) {
            self.wrong.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Waits for the first value to come out, and a little longer, so that more are under way.
    #[track_caller]
    fn until_some_came(&self) {
        let began = std::time::Instant::now();
        while self.seen.load(Ordering::Relaxed) == 0 {
            assert!(began.elapsed() < Duration::from_secs(60), "nothing comes out");
            std::thread::yield_now();
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

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
        assert!(report.completed <= report.started);
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
    let around = fuse! {
        from_iter(0..9_000u64)
            .then(on(b).capacity(4).policy(Overflow::DropNewest))
            .fork(|x| just(x).then(on(a)).map(double), |x| just(x))
            .map(|(twice, x)| { assert_eq!(twice, 2 * x); x })
            .then(on(c).capacity(4).policy(Overflow::DropNewest))
            .for_each(drop)
    };
    let report = Engine::new().run(around).unwrap().join().unwrap();
    assert_eq!(report.started, 9_000);
    assert!(report.completed <= 9_000);
}

/// What each thread had allocated when it saw a message that is not among the first, and at the last.
#[derive(Debug, Default)]
struct Allocated {
    warm: AtomicU64,
    last: AtomicU64,
}

/// Odd, as the last message is, so that the arm with a filter sees both.
const WARM: u64 = 5_001;
const MESSAGES: u64 = 40_000;

impl Allocated {
    fn note(&self, message: u64) -> u64 {
        // One more than the count, so that none is told from not yet.
        let here = counting::here() + 1;
        if message == WARM {
            self.warm.store(here, Ordering::Relaxed);
        } else if message == MESSAGES - 1 {
            self.last.store(here, Ordering::Relaxed);
        }
        message
    }
}

#[test]
fn nothing_is_allocated_between_the_first_message_and_the_last() {
    for wait in WAITS {
        let noted: [Arc<Allocated>; 4] = std::array::from_fn(|_| Arc::default());
        let [at_home, at_a, at_b, at_end] = noted.clone();
        let (home, a, b, end) = (cpu("home", wait), cpu("a", wait), cpu("b", wait), cpu("end", wait));
        let graph = fuse! {
            from_iter(0..MESSAGES)
                .map(move |x| at_home.note(x))
                .fork3(
                    |x| just(x).then(on(a.clone())).map(move |x| at_a.note(x)),
                    |x| just(x).map(double),
                    |x| just(x).then(on(b)).filter(|x| x % 2 == 1).map(move |x| at_b.note(x)),
                )
                .route(|x| x.0 % 3 == 0, |x| just(x).then(on(a)).map(|x| x.0), |x| just(x).map(|x| x.0))
                .then(on(end))
                .map(move |x| at_end.note(x))
                .for_each(drop)
        };
        Engine::on(home).run(graph).unwrap().join().unwrap();
        for (place, noted) in ["home", "a", "b", "end"].into_iter().zip(&noted) {
            let (warm, last) = (noted.warm.load(Ordering::Relaxed), noted.last.load(Ordering::Relaxed));
            assert!(warm != 0 && last != 0, "{place} saw both messages");
            assert_eq!(last - warm, 0, "allocations of `{place}`, {wait:?}");
        }
    }
}

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

#[test]
fn nothing_is_allocated_where_sources_meet() {
    for wait in WAITS {
        let noted: [Arc<Allocated>; 3] = std::array::from_fn(|_| Arc::default());
        let [at_home, at_a, at_b] = noted.clone();
        let (home, a, b) = (cpu("home", wait), cpu("a", wait), cpu("b", wait));
        let graph = fuse! {
            from_iter(0..MESSAGES)
                .map(move |x| at_home.note(x))
                .then(on(a))
                .join(from_iter(0..MESSAGES).then(on(b)).filter(|x| x % 4 != 0).map(move |x| at_b.note(x)))
                .map(move |(x, _)| at_a.note(x))
                .for_each(drop)
        };
        Engine::on(home).run(graph).unwrap().join().unwrap();
        for (place, noted) in ["home", "a", "b"].into_iter().zip(&noted) {
            let (warm, last) = (noted.warm.load(Ordering::Relaxed), noted.last.load(Ordering::Relaxed));
            assert!(warm != 0 && last != 0, "{place} saw both messages");
            assert_eq!(last - warm, 0, "allocations of `{place}`, {wait:?}");
        }
    }
}

/// What is wrong with a number.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Odd(u64);

impl std::fmt::Display for Odd {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} is odd", self.0)
    }
}

impl std::error::Error for Odd {}

/// An error that is missed when it is lost.
#[derive(Debug)]
struct Held(Arc<()>);

impl std::fmt::Display for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("held")
    }
}

impl std::error::Error for Held {}

fn even(x: u64) -> Result<u64, Odd> {
    if x.is_multiple_of(2) { Ok(x) } else { Err(Odd(x)) }
}

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
        let token = alive.clone();
        let graph = fuse! {
            from_iter(0u64..)
                .map(move |x| (x, token.clone()))
                .try_map(|(x, token)| if x % 3 == 0 { Err(Held(token)) } else { Ok((x, token)) })
                .fork(|x| just(x).then(on(a)).map(|x| x), |x| just(x).filter(|(x, _)| x % 2 == 0))
                .or_else(|Held(token)| just(((0, token.clone()), (0, token))))
                .for_each(drop)
        };
        let handle = Engine::on(home).run(graph).unwrap();
        std::thread::sleep(Duration::from_millis(20));
        handle.stop(Stop::Abandon);
        let report = handle.join().unwrap();
        assert!(report.completed <= report.started);
        assert_eq!(Arc::strong_count(&alive), 1, "nothing of the graph is left");
    }
}

#[stage(kernel)]
fn mixed(x: u64) -> u64 {
    x.wrapping_mul(0x9e37_79b9).rotate_left(9)
}

#[test]
fn arms_on_a_device_keep_step_and_errors_go_past_them() {
    for wait in WAITS {
        let (home, b) = (cpu("home", wait), cpu("b", wait));
        let device = Reference::builder().build().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = seen.clone();
        let graph = fuse! {
            from_iter(0..5_000u64)
                .try_map(even)
                .fork(|x| just(x).then(on(device.clone())).map(mixed), |x| just(x).then(on(b)).filter(|x| x % 3 != 0))
                .or_else(|Odd(x)| just((0, x)))
                .route(|(_, x)| x % 7 == 0, |(p, _)| just(p).then(on(device)).map(mixed), |(p, q)| just(p ^ q))
                .for_each(move |value| log.lock().unwrap().push(value))
        };
        let report = Engine::on(home).run(graph).unwrap().join().unwrap();
        let met = (0..5_000u64)
            .filter(|x| !x.is_multiple_of(2) || !x.is_multiple_of(3))
            .map(|x| (if x.is_multiple_of(2) { mixed(x) } else { 0 }, x));
        let expected: Vec<_> = met.map(|(p, q)| if q.is_multiple_of(7) { mixed(p) } else { p ^ q }).collect();
        assert_eq!((report.started, report.completed), (5_000, expected.len() as u64));
        assert_eq!(*seen.lock().unwrap(), expected);
    }
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

#[test]
fn the_drawing_shows_lanes_edges_and_where_arms_meet() {
    let (a, b, c) = (cpu("a", Wait::Park), cpu("b", Wait::Park), cpu("c", Wait::Park));
    let (to_a, to_c) = (a.clone(), c.clone());
    let home = fuse! {
        from_iter(0..9u64).fork(|x| just(x).then(on(a)).map(double), |x| just(x).filter(|x| *x > 3)).for_each(drop)
    };
    let text = home.inspect().to_string();
    assert!(text.contains("2 lanes, 3 edges"), "{text}");
    assert!(text.contains("join  ") && text.contains("2 arms, where the fork is"), "{text}");
    let away = fuse! {
        from_iter(0..9u64)
            .then(on(b))
            .route(|x| x % 2 == 0, |x| just(x).then(on(to_a)).map(double), |x| just(x))
            .then(on(c))
            .for_each(drop)
    };
    let text = away.inspect().to_string();
    assert!(text.contains("4 lanes, 5 edges"), "{text}");
    assert!(text.contains("2 arms, where the next hop leads"), "{text}");
    assert!(text.contains("the arms meet on `c` already"), "{text}");
    let (a, b) = (cpu("a", Wait::Park), cpu("b", Wait::Park));
    let joined = fuse! {
        from_iter(0..9u64).then(on(a)).map(double).join(from_iter(0..9u64).then(on(b)).filter(|x| *x > 3)).for_each(drop)
    };
    let text = joined.inspect().to_string();
    eprintln!("{text}");
    assert!(text.contains("3 lanes, 3 edges"), "{text}");
    // While it runs, every edge counts what went over it.
    let values = Arc::new(Mutex::new(Vec::new()));
    let log = values.clone();
    let graph = fuse! {
        from_iter(0..9u64)
            .route(|x| x % 3 == 0, |x| just(x).then(on(to_c)).map(double), |x| just(x))
            .for_each(move |x| log.lock().unwrap().push(x))
    };
    let handle = Engine::new().run(graph).unwrap();
    assert!(handle.wait_for(Duration::from_secs(10)));
    let pushed: Vec<_> = handle.inspect().edges.iter().map(|edge| edge.counters.unwrap().pushed).collect();
    assert_eq!(pushed, [3, 9, 3, 6], "the hop of the arm, the ways, the ends of both arms");
    assert_eq!(*values.lock().unwrap(), [0, 1, 2, 6, 4, 5, 12, 7, 8]);
}
