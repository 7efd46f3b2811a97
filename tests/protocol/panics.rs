//! A stage that panics: whoever waits is told, wherever it happened.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;

use fusewire::completion::{Started, StopReason};
use fusewire::context::cpu::Cpu;
use fusewire::context::manual::Manual;
use fusewire::control::RunError;
use fusewire::engine::Engine;
use fusewire::env::Env;
use fusewire::operation::Operation;
use fusewire::prelude::*;

use crate::script::{Record, Script, stopped, value};

fn boom(n: i32) -> i32 {
    assert!(n != 3, "boom at {n}");
    n
}

/// The message with which `block_on` panics.
fn message<S: Sender<Value: Send, Error: Send>>(sender: S) -> String {
    let Err(payload) = catch_unwind(AssertUnwindSafe(|| block_on(sender))) else {
        panic!("block_on must panic when a stage does")
    };
    payload.downcast_ref::<String>().cloned().expect("the message is a String")
}

#[test]
fn inside_start() {
    assert_eq!(message(just(3).map(boom)), "boom at 3");
}

#[test]
fn after_a_hop() {
    let compute = Cpu::builder().build().unwrap();
    let message = message(just(3).then(on(compute.clone())).map(boom).map(|n| n + 1));
    assert!(message.contains("boom at 3") && message.contains(file!()), "{message}");
    assert_eq!(block_on(just(4).then(on(compute)).map(boom)), value::<_, Never>(4), "the context goes on");
}

/// A panic reaches the thread that waits although a hop, and functions, lie between.
#[test]
fn between_two_hops() {
    let (ping, pong) = (Cpu::builder().build().unwrap(), Cpu::builder().build().unwrap());
    let graph = just(3).then(on(ping)).map(boom).then(on(pong)).upon_stopped(|reason| match reason {
        StopReason::Panicked => unreachable!("no function is called after a panic"),
        _ => 0,
    });
    let message = message(graph);
    assert!(message.contains("boom at 3"), "{message}");
}

#[test]
fn in_a_source_that_was_not_ready() {
    let mut asked = 0;
    let polled = poll_fn(move || {
        asked += 1;
        if asked < 3 { Taken::<i32, Never>::Empty } else { Taken::Value(boom(asked)) }
    });
    let message = message(polled);
    assert!(message.contains("boom at 3"), "{message}");
}

#[test]
fn in_a_later_pass_of_a_repetition() {
    let compute = Cpu::builder().build().unwrap();
    let message = message(from_iter(1..).map(boom).then(on(compute)).repeat(10));
    assert!(message.contains("boom at 3"), "{message}");
}

#[test]
fn in_the_second_sender() {
    let compute = Cpu::builder().build().unwrap();
    let message = message(just(3).then(on(compute)).and(|n| just(n).map(boom)));
    assert!(message.contains("boom at 3"), "{message}");
}

/// While another arm is under way, the panic waits for it: nothing may be dropped under its feet.
#[test]
fn in_an_arm_beside_another() {
    let there = Manual::new();
    let script = Script::new(&[value(1); 2]);
    let graph = script.clone().then(on(there.clone())).join(just(3).map(boom));
    let record = Record::new();
    {
        let mut operation = pin!(graph.connect(record.clone(), &Env::new()));
        for _ in 0..2 {
            // SAFETY: no pass is under way; the turns below see it through.
            let started = unsafe { operation.as_mut().start() };
            assert_eq!(started, Started::Later);
            assert_eq!(record.take(), []);
            there.run_until_idle();
            assert_eq!(record.take(), [stopped(StopReason::Panicked)]);
        }
    }
    assert_eq!(script.handles(), 1);
}

/// The pass goes on from an arm's task and panics further down: it is told once, and only once.
#[test]
fn after_the_arms_have_joined() {
    let (left, right) = (Manual::new(), Manual::new());
    let graph =
        just(1).then(on(left.clone())).join(just(2).then(on(right.clone()))).map(|(a, b)| boom(a + b));
    let record = Record::new();
    let mut operation = pin!(graph.connect(record.clone(), &Env::new()));
    for _ in 0..2 {
        // SAFETY: no pass is under way; the turns below see it through.
        let started = unsafe { operation.as_mut().start() };
        assert_eq!(started, Started::Later);
        left.run_until_idle();
        assert_eq!(record.take(), []);
        right.run_until_idle();
        assert_eq!(record.take(), [stopped::<_, Never>(StopReason::Panicked)]);
    }
}

/// With a join inside another one's arm.
#[test]
fn after_nested_arms_have_joined() {
    let there = Manual::new();
    let inner = just(1).join(just(2).then(on(there.clone()))).map(|(a, b)| boom(a + b));
    let graph = inner.join(just(0).then(on(there.clone())));
    let record = Record::new();
    let mut operation = pin!(graph.connect(record.clone(), &Env::new()));
    // SAFETY: no pass is under way; the turns below see it through.
    let started = unsafe { operation.as_mut().start() };
    assert_eq!(started, Started::Later);
    there.run_until_idle();
    assert_eq!(record.take(), [stopped::<_, Never>(StopReason::Panicked)]);
}

#[test]
fn values_are_dropped_once() {
    let counted = Arc::new(());
    let compute = Cpu::builder().build().unwrap();
    let graph = just(Arc::clone(&counted)).then(on(compute)).map(|value: Arc<()>| {
        assert_eq!(Arc::strong_count(&value), 0, "boom");
        value
    });
    assert!(message(graph).contains("boom"));
    assert_eq!(Arc::strong_count(&counted), 1);
}

#[test]
fn a_running_graph_ends_and_says_where() {
    let engine = Engine::new();
    let compute = Cpu::builder().build().unwrap();
    let handle = engine.run(from_iter(1..).then(on(compute.clone())).map(boom)).unwrap();
    let error = handle.join().unwrap_err();
    let RunError::Panicked(report) = error else { panic!("expected a panic, got {error}") };
    assert_eq!((report.message.as_str(), report.file.as_str()), ("boom at 3", file!()));
    assert_eq!(block_on(just(4).then(on(compute)).map(boom)), value::<_, Never>(4), "others run on");
}
