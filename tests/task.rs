//! A task is the sender inside, and nothing of its type: the ladder, one allocation, facts that flow through.

use std::sync::Arc;

use fusewire::alloc::{AllocError, Allocation, Bounded, Forbidden, Recycling, Tracked};
use fusewire::consumers::spawn_on;
use fusewire::context::manual::Manual;
use fusewire::engine::Engine;
use fusewire::env::Env;
use fusewire::prelude::*;
use fusewire::scope::Scope;
use fusewire::task::Task;
use static_assertions::{assert_impl_all, assert_not_impl_any};

#[path = "support/counting.rs"]
mod counting;
#[path = "protocol/ladder.rs"]
#[allow(
    dead_code,
    unused_macros,
    unused_imports,
    reason = "the rungs of adaptors; a task climbs most of them"
)]
mod ladder;
#[path = "protocol/script.rs"]
#[allow(dead_code, reason = "as above")]
mod script;

use script::{ENDED, FILTERED, Failure, PANICKED, REQUESTED, Record, Script, error, value};

assert_impl_all!(Task<u8>: Send, std::fmt::Debug);
assert_not_impl_any!(Task<u8>: Sync, Clone);

/// A sender that does not lie in a task, whatever it makes.
fn padded<S: Sender + Send + 'static>(sender: S) -> impl Sender<Value = S::Value, Error = S::Error> + Send
where
    S::Value: 'static,
{
    let padding = [1_u64; 32];
    sender.map(move |value| {
        assert_eq!(padding[31], 1);
        value
    })
}

#[test]
fn it_climbs_the_ladder() {
    let script = [value(1), error(2), FILTERED, ENDED, value(3), REQUESTED, PANICKED];
    ladder::check!(SenderExt::into_task, script => script);
    ladder::check!(|sender| padded(sender).into_task(), script => script);
    ladder::check!(|sender| SenderExt::into_task(SenderExt::into_task(sender)), script => script);
}

#[test]
fn it_costs_one_allocation_of_the_policy_however_often_it_runs() {
    let manual = Manual::new();
    for large in [false, true] {
        let tracked = Arc::new(Tracked::new(Recycling));
        let allocation = Allocation::from(tracked.clone());
        let env = Env::new().with_allocation(allocation.clone());
        let mut n = 0;
        let count = move |by: u64| {
            n += by;
            n
        };
        let sender = just(1).map(count);
        let task = match large {
            false => Task::new(sender),
            true => Task::try_new_in(padded(sender), &allocation).unwrap(),
        };
        assert_eq!(tracked.usage().made, u64::from(large));
        let mut operation = std::pin::pin!(task.connect(Record::new(), &env));
        assert_eq!(tracked.usage().made, 1);
        let before = counting::here();
        for pass in 1..=1_000 {
            assert_eq!(ladder::pass_inline(operation.as_mut()), Completion::Value(pass));
        }
        assert_eq!(counting::here() - before, 0, "a start allocates nothing");
        assert_eq!((tracked.usage().made, tracked.live()), (1, 1));
        operation.set(just(0).into_task().connect(Record::new(), &env));
        assert_eq!(tracked.live(), 1, "the first went when it was dropped");
    }
    drop(manual);
}

#[test]
fn connecting_a_small_one_allocates_nothing_from_the_heap_in_steady_state() {
    let env = Env::new().with_allocation(Recycling);
    let pass = || {
        let task = just(6).map(|n| n * 7).into_task();
        let mut operation = std::pin::pin!(task.connect(Record::<i32, Never>::new(), &env));
        ladder::pass_inline(operation.as_mut())
    };
    // `Record` allocates, once a pass.
    let (_, before) = (pass(), counting::here());
    for _ in 0..100 {
        assert_eq!(pass(), Completion::Value(42));
    }
    assert_eq!(counting::here() - before, 100);
}

#[test]
fn without_memory_it_is_stopped() {
    let env = Env::new().with_allocation(Forbidden);
    let task = just(1).into_task();
    let mut operation = std::pin::pin!(task.connect(Record::<i32, Never>::new(), &env));
    for _ in 0..2 {
        assert_eq!(ladder::pass_inline(operation.as_mut()), Completion::Stopped(StopReason::NoMemory));
    }
    let refused = Task::try_new_in(just(1), &Allocation::Forbidden).unwrap_err();
    assert_eq!(refused, AllocError::Forbidden);
    assert_eq!(StopReason::NoMemory.to_string(), "there was no memory for an operation");
}

#[test]
fn a_graph_that_needs_memory_and_gets_none_fails() {
    let manual = Manual::with_allocation("manual", Forbidden);
    let graph = just(1).and(|n| just(n).into_task());
    let error = Engine::on(manual).run(graph).unwrap().join().unwrap_err();
    assert!(error.to_string().contains("there was no memory for an operation"), "{error}");
}

#[test]
fn dropping_it_drops_what_is_inside_wherever_it_is() {
    for large in [false, true] {
        let script = Script::new(&[value(1)]);
        let made = || {
            let sender = script.clone();
            if large { padded(sender).into_task() } else { sender.into_task() }
        };
        drop(made());
        assert_eq!(script.handles(), 1, "a task that was never connected");
        drop(made().connect(Record::new(), &Env::new()));
        assert_eq!(script.handles(), 1, "an operation that was never started");
        {
            let mut operation = std::pin::pin!(made().connect(Record::new(), &Env::new()));
            assert_eq!(ladder::pass_inline(operation.as_mut()), value(1));
        }
        assert_eq!(script.handles(), 1, "one that has completed");
    }
}

#[test]
fn the_memory_is_that_of_the_context_where_it_is_connected() {
    let policy = Arc::new(Tracked::new(Bounded::new(Recycling).operations(10)));
    let manual = Manual::with_allocation("manual", policy.clone());
    let scope = Scope::new();
    let (seen, tell) = (Arc::clone(&policy), std::sync::mpsc::channel());
    let sent = tell.0;
    let task = just(1).and(|n| just(n).into_task()).map(move |_| sent.send(seen.live()).unwrap());
    spawn_on(&manual, &scope, task).unwrap();
    assert_eq!(policy.live(), 1);
    manual.run_until_idle();
    assert_eq!(tell.1.try_recv(), Ok(2), "the spawned one, and the task inside");
    assert_eq!(policy.live(), 0);
}

#[test]
fn panics_go_through() {
    let panics =
        std::panic::catch_unwind(|| block_on(just(1).map(|_: i32| -> i32 { panic!("inside") }).into_task()));
    assert_eq!(panics.unwrap_err().downcast_ref::<&str>(), Some(&"inside"));
    let failed: Task<i32, Failure> = just_error(Failure(3)).into_task();
    assert_eq!(block_on(failed), error(3));
}
