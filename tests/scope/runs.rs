//! What is spawned runs where it should, and is counted until nothing of it is left.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use fusewire::alloc::{AllocError, Allocation, Bounded, Forbidden, Recycling};
use fusewire::consumers::{detach, detach_on, spawn, spawn_on};
use fusewire::context::Scheduler;
use fusewire::context::current;
use fusewire::context::inline::Inline;
use fusewire::context::manual::Manual;
use fusewire::prelude::*;
use fusewire::scope::{Refused, Scope};

use crate::script::Facts;
use crate::{Live, endless, script, tracked};

#[test]
fn it_runs_on_its_context_in_order_and_then_nothing_is_left() {
    let policy = tracked();
    let manual = Manual::with_allocation("manual", policy.clone());
    let (scope, live, order) = (Scope::new(), Arc::default(), Arc::new(Mutex::new(Vec::new())));
    for n in 0..5 {
        let (live, order, context) = (Live::new(&live), Arc::clone(&order), manual.context().clone());
        let note = move |n| {
            assert!(live.0.load(Ordering::SeqCst) > 0);
            assert_eq!(current().map(|here| here.id()), Some(context.id()));
            order.lock().unwrap().push(n);
        };
        spawn_on(&manual, &scope, just(n).map(note)).unwrap();
    }
    assert_eq!((scope.associations(), policy.live()), (5, 5));
    assert!(order.lock().unwrap().is_empty(), "not inside of the call");
    manual.run_until_idle();
    assert_eq!(*order.lock().unwrap(), [0, 1, 2, 3, 4]);
    assert_eq!((scope.associations(), policy.live(), policy.usage().made), (0, 0, 5));
    assert_eq!(live.load(Ordering::SeqCst), 0, "what it captured was dropped");
}

#[test]
fn its_facts_are_the_context_the_scope_and_the_policy() {
    let policy = Arc::new(Bounded::new(Recycling).operations(10));
    let manual = Manual::with_allocation("manual", policy.clone());
    let scope = Scope::new();
    let script = script::Script::new(&[Completion::Value(7)]);
    let sender = || script.clone().map(drop).or_else(|_| just(()));
    spawn_on(&manual, &scope, sender()).unwrap();
    manual.run_until_idle();
    let expected = Facts {
        context: Some(manual.context().id()),
        stop_requested: false,
        stop_possible: true,
        allocation: policy.into(),
    };
    assert_eq!(script.seen()[..], *std::slice::from_ref(&expected));

    let own = Scope::builder().allocation(Allocation::Global).build();
    own.stop();
    spawn_on(&manual, &own, sender()).unwrap();
    manual.run_until_idle();
    let expected = Facts { stop_requested: true, allocation: Allocation::Global, ..expected };
    assert_eq!(script.seen()[1], expected);

    detach_on(&manual, sender()).unwrap();
    manual.run_until_idle();
    assert!(!script.seen()[2].stop_possible);
    assert_eq!(script.starts(), 3);
}

#[test]
fn what_is_refused_is_dropped_and_says_why() {
    let (manual, live) = (Manual::new(), Arc::default());
    let sender = || {
        let live = Live::new(&live);
        just(()).map(move |()| drop(live.0.clone()))
    };
    let scope = Scope::builder().limit(1).build();
    spawn_on(&manual, &scope, sender()).unwrap();
    assert_eq!(spawn_on(&manual, &scope, sender()), Err(Refused::Full { limit: 1 }));
    manual.run_until_idle();
    spawn_on(&manual, &scope, sender()).unwrap();
    scope.close();
    assert_eq!(spawn_on(&manual, &scope, sender()), Err(Refused::Closed));
    assert_eq!(scope.associations(), 1, "closing leaves what there is");
    manual.run_until_idle();

    let stingy = Scope::builder().allocation(Forbidden).build();
    let refused = spawn_on(&manual, &stingy, sender()).unwrap_err();
    assert_eq!(refused, Refused::NoMemory(AllocError::Forbidden));
    assert_eq!(stingy.associations(), 0, "the association was given back");
    assert_eq!(refused.to_string(), "no memory for a spawned operation: allocation is forbidden here");
    assert_eq!(Refused::Closed.to_string(), "the scope is closed and takes no further operations");
    assert_eq!(live.load(Ordering::SeqCst), 0);
}

#[test]
fn an_operation_that_completes_later_is_counted_until_then() {
    let policy = tracked();
    let (here, there) = (Manual::with_allocation("here", policy.clone()), Manual::new());
    let (scope, seen) = (Scope::new(), Arc::new(AtomicU32::new(0)));
    let note = Arc::clone(&seen);
    let sender = just(6).then(on(there.clone())).map(move |n| note.store(n * 7, Ordering::SeqCst));
    spawn_on(&here, &scope, sender).unwrap();
    here.run_until_idle();
    assert_eq!((scope.associations(), policy.live(), seen.load(Ordering::SeqCst)), (1, 1, 0));
    there.run_until_idle();
    assert_eq!(
        (scope.associations(), seen.load(Ordering::SeqCst)),
        (1, 42),
        "not dropped inside of its own call"
    );
    here.run_until_idle();
    assert_eq!((scope.associations(), policy.live()), (0, 0));
}

/// The scope of an operation may go while that runs, and with it all that the operation needs of it.
#[test]
fn an_operation_outlives_the_handles_of_its_scope() {
    let (manual, ran) = (Manual::new(), Arc::new(AtomicU32::new(0)));
    let scope = Scope::new();
    let token = scope.token();
    let mut scope = Some(scope);
    // Dropped on a context, it waits for nobody.
    detach_on(&manual, just(()).map(move |()| drop(scope.take()))).unwrap();
    let note = |n| {
        let ran = Arc::clone(&ran);
        just(n).map(move |n| {
            ran.fetch_add(n, Ordering::SeqCst);
        })
    };
    for n in [1, 10, 100] {
        spawn_on(&manual, &token, note(n)).unwrap();
    }
    drop(token);
    manual.run_until_idle();
    assert_eq!(ran.load(Ordering::SeqCst), 111);
}

#[test]
fn it_may_be_started_here_and_now() {
    let (scope, seen) = (Scope::new(), Arc::new(AtomicU32::new(0)));
    let note = Arc::clone(&seen);
    spawn(&scope, just(3).map(move |n| note.store(n, Ordering::SeqCst))).unwrap();
    assert_eq!((seen.load(Ordering::SeqCst), scope.associations()), (3, 0));
    // Nowhere to wait.
    spawn(&scope, endless()).unwrap();
    assert_eq!(scope.associations(), 0);
    let note = Arc::clone(&seen);
    detach(just(4).map(move |n| note.store(n, Ordering::SeqCst))).unwrap();
    assert_eq!(seen.load(Ordering::SeqCst), 4);

    // On a context it may wait there; and an operation may spawn into the scope that it belongs to.
    let (manual, token) = (Manual::new(), scope.token());
    spawn_on(&manual, &scope, just(()).map(move |()| spawn(&token, endless()).unwrap())).unwrap();
    manual.turn();
    assert_eq!(scope.associations(), 1);
    scope.stop();
    manual.run_until_idle();
    assert_eq!(scope.associations(), 0);
}

#[test]
fn associations_are_values() {
    let scope = Scope::new();
    let association = scope.associate().unwrap();
    let another = association.associate().unwrap();
    scope.close();
    assert_eq!(another.associate().unwrap_err(), Refused::Closed);
    assert_eq!(scope.associations(), 2);
    let moved = thread::spawn(move || drop(association));
    moved.join().unwrap();
    let token = another.token();
    drop(another);
    assert_eq!(token.associations(), 0);
}

#[test]
fn it_runs_on_every_context() {
    let count = Arc::new(AtomicU32::new(0));
    let adds = || {
        let count = Arc::clone(&count);
        just(1).map(move |n| {
            count.fetch_add(n, Ordering::SeqCst);
        })
    };
    let scope = Scope::new();
    spawn_on(&Inline::new(), &scope, adds()).unwrap();
    assert_eq!(count.load(Ordering::SeqCst), 1, "an inline context runs it inside of the call");
    let io = fusewire::context::io::Io::builder().build().unwrap();
    spawn_on(&io, &scope, adds()).unwrap();
    assert_eq!(block_on(scope.join()), Completion::Value(()));
    assert_eq!(count.load(Ordering::SeqCst), 2);
}
