//! A context that a future drives.

use fusewire::conformance::{check_all, harness};
use fusewire::context::cpu::Cpu;
use fusewire::context::polled::Polled;
use fusewire::control::RunError;
use fusewire::engine::Engine;
use fusewire::prelude::*;

use crate::harness::{poll, wait};

/// A polled context whose future has a thread to be polled on.
fn driven() -> Polled {
    let (polled, turns) = Polled::new("here");
    std::thread::spawn(move || wait(turns));
    polled
}

#[test]
fn it_keeps_the_contract() {
    if let Err(violation) = check_all(|| harness(driven(), Polled::end)) {
        panic!("{violation}");
    }
}

#[test]
fn a_graph_runs_on_it_and_on_other_contexts() {
    let (here, compute) = (driven(), Cpu::builder().build().unwrap());
    let back = here.clone();
    let graph = fuse! {
        from_iter(0..10_000u64).then(on(compute).capacity(16)).map(|n| n * 2).then(on(back).capacity(16)).filter(|n| n % 4 == 0)
    };
    let report = Engine::on(here).run(graph).unwrap().join().unwrap();
    assert_eq!((report.started, report.completed), (10_000, 5_000));
}

#[test]
fn the_future_completes_when_the_last_handle_is_gone() {
    let (here, turns) = Polled::new("here");
    let thread = std::thread::spawn(move || wait(turns));
    let report = Engine::on(here).run(from_iter(0..10)).unwrap().join().unwrap();
    assert_eq!(report.completed, 10);
    thread.join().unwrap();
}

#[test]
fn a_graph_whose_future_is_dropped_says_so() {
    let (here, mut turns) = Polled::new("here");
    let handle = Engine::on(here).run(from_fn(|| Some(1))).unwrap();
    assert!(poll(&mut turns, &std::sync::Arc::default()).is_pending());
    drop(turns);
    assert!(matches!(handle.join(), Err(RunError::ContextEnded)));
}

#[test]
fn joining_on_the_only_thread_takes_the_turns_itself() {
    let (here, turns) = Polled::new("here");
    let report = Engine::on(here).run(from_iter(0..1000)).unwrap().join().unwrap();
    assert_eq!(report.completed, 1000);
    wait(turns);
}

#[test]
fn dropping_the_handle_on_the_only_thread_ends_the_graph() {
    let (here, turns) = Polled::new("here");
    drop(Engine::on(here).run(from_fn(|| Some(1))).unwrap());
    wait(turns);
}
