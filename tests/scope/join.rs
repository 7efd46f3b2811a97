//! `join` completes when the scope is empty, and climbs the ladder of senders.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use fusewire::consumers::spawn_on;
use fusewire::context::Scheduler;
use fusewire::context::cpu::Cpu;
use fusewire::context::manual::Manual;
use fusewire::prelude::*;
use fusewire::scope::Scope;
use fusewire::stop::StopSource;
use fusewire::wait::Wait;

use crate::script::Record;
use crate::{endless, eventually, ladder};

#[test]
fn completes_inside_start_when_there_is_nothing() {
    let scope = Scope::new();
    ladder::inline(|| scope.join(), &[Completion::Value(()), Completion::Value(())]);
    assert!(scope.is_closed(), "a scope that was joined stays empty");
}

#[test]
fn completes_later_on_the_context_of_whoever_joins() {
    let (work, home, scope, record) =
        (Manual::new(), Manual::new(), Scope::new(), Record::<bool, Never>::new());
    spawn_on(&work, &scope, just(())).unwrap();
    let (joins, seen) = (Scope::new(), record.clone());
    let context = home.context().clone();
    let sender = scope.join().map(move |()| context.is_here()).or_else(|_| just(false)).map(move |here| {
        seen.note(Completion::Value(here));
    });
    spawn_on(&home, &joins, sender).unwrap();
    home.run_until_idle();
    work.run_until_idle();
    assert_eq!(record.take(), [], "it waits for its context");
    home.run_until_idle();
    assert_eq!(record.take(), [Completion::Value(true)]);
}

#[test]
fn may_be_stopped_and_begun_again_by_several() {
    let (work, home, scope) = (Manual::new(), Manual::new(), Scope::new());
    spawn_on(&work, &scope, endless()).unwrap();
    work.run_until_idle();
    let (one, other, count) = (Scope::new(), Scope::new(), Arc::new(AtomicU32::new(0)));
    let joined = || {
        let count = Arc::clone(&count);
        let added = move |by: u32| {
            count.fetch_add(by, Ordering::SeqCst);
        };
        scope.join().map(|()| 1).upon_stopped(|_| 100).or_else(|_| just(10_000)).map(added)
    };
    spawn_on(&home, &one, joined()).unwrap();
    spawn_on(&home, &one, joined()).unwrap();
    spawn_on(&home, &other, joined()).unwrap();
    home.run_until_idle();
    assert_eq!(count.load(Ordering::SeqCst), 0);
    one.stop();
    home.run_until_idle();
    assert_eq!(count.load(Ordering::SeqCst), 200);
    assert_eq!(scope.associations(), 1, "the scope goes on");
    scope.stop();
    work.run_until_idle();
    home.run_until_idle();
    assert_eq!(count.load(Ordering::SeqCst), 201);
}

#[test]
fn may_be_dropped_before_it_is_started() {
    let (manual, scope) = (Manual::new(), Scope::new());
    spawn_on(&manual, &scope, just(())).unwrap();
    drop(scope.join());
    let env = fusewire::env::Env::new();
    drop(fusewire::sender::Sender::connect(scope.join(), Record::new(), &env));
    manual.run_until_idle();
    assert_eq!(block_on(scope.join()), Completion::Value(()));
}

#[test]
fn is_woken_from_another_thread() {
    for round in 0..200 {
        let (cpu, scope) = (Cpu::builder().wait(Wait::Park).build().unwrap(), Scope::new());
        let count = Arc::new(AtomicU32::new(0));
        for _ in 0..round % 7 {
            let count = Arc::clone(&count);
            spawn_on(
                &cpu,
                &scope,
                just(1).map(move |n| {
                    count.fetch_add(n, Ordering::Relaxed);
                }),
            )
            .unwrap();
        }
        assert_eq!(block_on(scope.join()), Completion::Value(()));
        assert_eq!(count.load(Ordering::Relaxed), round % 7);
    }
}

#[test]
fn a_token_of_its_own_stops_it_while_the_last_one_leaves() {
    let (work, home) = (Cpu::builder().build().unwrap(), Cpu::builder().build().unwrap());
    for _ in 0..500 {
        let (scope, joiners, source) = (Scope::new(), Scope::new(), StopSource::new());
        spawn_on(&work, &scope, just(())).unwrap();
        let ended = Arc::new(AtomicU32::new(0));
        let note = Arc::clone(&ended);
        let join = scope.join().or_else(|_| just(())).upon_stopped(|_| ());
        spawn_on(
            &home,
            &joiners,
            join.map(move |()| {
                note.fetch_add(1, Ordering::SeqCst);
            }),
        )
        .unwrap();
        joiners.stop();
        drop(source);
        eventually("a joiner hangs", || ended.load(Ordering::SeqCst) == 1);
    }
}
