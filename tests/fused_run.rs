//! Fused graphs that run: lanes, edges, errors, stops, panics.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use fusewire::context::cpu::Cpu;
use fusewire::context::manual::Manual;
use fusewire::control::RunError;
use fusewire::engine::Engine;
use fusewire::prelude::*;
use fusewire::wait::Wait;

#[stage]
fn double(x: u64) -> u64 {
    x * 2
}

fn cpu(name: &str, wait: Wait) -> Cpu {
    Cpu::builder().name(name).wait(wait).build().unwrap()
}

#[test]
fn two_lanes() {
    for wait in [Wait::default(), Wait::Park] {
        let (a, b) = (cpu("a", wait), cpu("b", wait));
        let sum = Arc::new(AtomicU64::new(0));
        let seen = sum.clone();
        let graph = fuse! {
            from_iter(0..100_000u64)
                .then(on(a))
                .map(double)
                .then(on(b).capacity(64))
                .filter(|x| x % 3 == 0)
                .for_each(move |x| { seen.fetch_add(x, Ordering::Relaxed); })
        };
        println!("{}", graph.inspect());
        let report = Engine::new().run(graph).unwrap().join().unwrap();
        assert_eq!(report.started, 100_000);
        let expected: u64 = (0..100_000u64).map(double_plain).filter(|x| x % 3 == 0).sum();
        assert_eq!(sum.load(Ordering::Relaxed), expected);
        assert_eq!(report.completed, (0..100_000u64).filter(|x| x * 2 % 3 == 0).count() as u64);
    }
}

fn double_plain(x: u64) -> u64 {
    x * 2
}

#[test]
fn back_and_forth_share_a_lane() {
    let (a, b) = (Manual::new(), Manual::new());
    let (io, compute) = (a.clone(), b.clone());
    let out = Arc::new(Mutex::new(Vec::new()));
    let seen = out.clone();
    let graph = fuse! {
        from_iter(0..10u64).then(on(io.clone())).map(double).then(on(compute)).map(|x| x + 1)
            .then(on(io.clone())).then(on(io)).and(just).for_each(move |x| seen.lock().unwrap().push(x))
    };
    println!("{}", graph.inspect());
    let handle = Engine::on(b).run(graph).unwrap();
    handle.join().unwrap();
    assert_eq!(*out.lock().unwrap(), (0..10).map(|x| x * 2 + 1).collect::<Vec<_>>());
}

#[test]
fn an_error_stops_the_graph() {
    #[derive(Debug)]
    struct Odd(u64);
    impl std::fmt::Display for Odd {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write!(f, "{} is odd", self.0)
        }
    }
    let b = cpu("b", Wait::default());
    let graph = fuse! {
        from_iter(0..).then(on(b)).try_map(|x: u64| if x < 1000 { Ok(x) } else { Err(Odd(x)) }).for_each(drop)
    };
    let error = Engine::new().run(graph).unwrap().join().unwrap_err();
    assert_eq!(error.downcast_ref::<Odd>().unwrap().0, 1000);
}

#[test]
fn a_panic_names_its_stage() {
    let b = cpu("b", Wait::default());
    #[stage]
    fn explode(x: u64) -> u64 {
        if x == 7 { panic!("seven") } else { x }
    }
    let graph = fuse! { from_iter(0..).then(on(b)).map(explode).for_each(drop) };
    let error = Engine::new().run(graph).unwrap().join().unwrap_err();
    let RunError::Panicked(report) = error else { panic!("{error}") };
    assert_eq!(report.stage.as_deref(), Some("explode"), "{report:?}");
    assert_eq!(report.message, "seven");
}

/// A panic in the middle of an asynchronous stage, on another thread than the lane's, is reported as
/// it happened; so is one in a sender that the macro cannot look into.
#[test]
fn a_panic_elsewhere_is_reported_as_it_happened() {
    let message = |error: RunError| match error {
        RunError::Panicked(report) => report.message,
        other => panic!("{other}"),
    };
    let b = cpu("b", Wait::Park);
    let far = |x: u64| if x == 7 { panic!("seven was too much") } else { x };
    let waits = move |b: &Cpu, x| just(x).then(on(b)).map(far);
    let (here, there) = (b.clone(), b.clone());
    let plain = from_iter(0..).and(move |x| waits(&here, x)).for_each(drop);
    let fused = fuse! { from_iter(0..).and(move |x| waits(&there, x)).for_each(drop) };
    let opaque = from_iter(0..).then(on(&b)).map(far);
    let opaque = fuse! { opaque.for_each(drop) };
    assert_eq!(message(Engine::new().run(plain).unwrap().join().unwrap_err()), "seven was too much");
    assert_eq!(message(Engine::new().run(fused).unwrap().join().unwrap_err()), "seven was too much");
    assert_eq!(message(Engine::new().run(opaque).unwrap().join().unwrap_err()), "seven was too much");
}

/// A hop to a stage that costs less than the hop is warned of once the lane has been seen at work; one to a
/// stage that costs more is not.
#[test]
fn a_hop_that_costs_more_than_it_leads_to_is_warned_of() {
    let warning = |works: Duration| {
        let b = cpu("b", Wait::default());
        let work = move |x: u64| {
            let began = Instant::now();
            while began.elapsed() < works {}
            x
        };
        let cheap = works.is_zero();
        let work = move |x: u64| if cheap { x } else { work(x) };
        let graph = fuse! { from_iter(0..).then(on(b)).map(work).for_each(drop) };
        let handle = Engine::new().measure_hops(true).run(graph).unwrap();
        let began = Instant::now();
        loop {
            let drawn = handle.inspect();
            let edge = &drawn.edges[0];
            // A measurement on a machine that is busy may give nothing.
            let cost = edge.cost?;
            if let Some(warning) = &edge.warning {
                assert!(drawn.to_string().contains(warning), "{drawn}");
                assert!(
                    warning.starts_with("`b` takes ") && warning.contains(&format!("{} ns", cost.p50_ns))
                );
                // On cores that are shared a hop may take longer than a stage of 50 microseconds, and is rightly warned of.
                return (works.is_zero() || u128::from(cost.p50_ns) < works.as_nanos()).then_some(true);
            }
            if began.elapsed() > Duration::from_millis(500) {
                return Some(false);
            }
        }
    };
    // Whether what is expected was seen in one of several tries: a lane that loses its core while it is measured looks dear.
    let expect = |works, expected, what: &str| {
        let mut measured = (0..20).filter_map(|_| warning(works)).peekable();
        if measured.peek().is_none() {
            eprintln!("SKIPPED: on a machine as busy as this no hop could be measured");
            return;
        }
        assert!(measured.any(|warned| warned == expected), "{what}");
    };
    expect(Duration::ZERO, true, "a hop to a stage that does nothing is warned of");
    expect(Duration::from_micros(50), false, "a hop to a stage of 50 microseconds is not");
}

#[test]
fn once_hops() {
    let (a, b) = (cpu("a", Wait::default()), cpu("b", Wait::default()));
    let graph = fuse! { just(20u64).map(double).then(on(a)).map(|x| x + 1).then(on(b)).and(|x| just(x + 1)) };
    assert_eq!(block_on(graph), Completion::Value(42));
}

#[test]
fn the_handle_shows_counters_and_costs() {
    let (a, b) = (cpu("a", Wait::default()), cpu("b", Wait::default()));
    let (mut sender, receiver) = fusewire::edge::edge::<u64>(16).unwrap();
    let graph = fuse! { recv(receiver).then(on(a)).map(double).then(on(b)).for_each(drop) };
    let handle = Engine::new().measure_hops(true).run(graph).unwrap();
    for value in 0..1000 {
        while let fusewire::edge::Pushed::Full(_) = sender.push(value) {
            sender.wake();
            std::thread::yield_now();
        }
    }
    drop(sender);
    while !handle.is_finished() {
        std::thread::yield_now();
    }
    let drawn = handle.inspect();
    println!("{drawn}");
    // On a machine that is busy a measurement may give nothing; it never gives nonsense.
    assert!(
        drawn
            .edges
            .iter()
            .all(|edge| edge.cost.is_none_or(|cost| 0 < cost.p50_ns && cost.p50_ns <= cost.p99_ns))
    );
    let counters = drawn.edges[1].counters.unwrap();
    assert_eq!((counters.pushed, counters.popped, counters.depth), (1000, 1000, 0));
    assert_eq!(handle.join().unwrap().completed, 1000);
}
