//! Stops, drops and closings, also of scopes within scopes and from inside of an operation.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use fusewire::consumers::{detach_on, spawn, spawn_on};
use fusewire::context::cpu::Cpu;
use fusewire::context::current;
use fusewire::context::inline::Inline;
use fusewire::context::manual::Manual;
use fusewire::prelude::*;
use fusewire::scope::{Refused, Scope};
use fusewire::stop::StopSource;
use fusewire::wait::Wait;

use crate::{Live, endless, tracked};

#[test]
fn a_stop_reaches_what_waits_and_what_comes_later() {
    let (manual, scope) = (Manual::new(), Scope::new());
    for _ in 0..3 {
        spawn_on(&manual, &scope, endless()).unwrap();
    }
    manual.run_until_idle();
    assert_eq!(scope.associations(), 3);
    assert!(scope.stop());
    assert!(!scope.stop());
    manual.run_until_idle();
    assert_eq!(scope.associations(), 0);
    spawn_on(&manual, &scope, endless()).unwrap();
    manual.run_until_idle();
    assert_eq!(scope.associations(), 0);
}

#[test]
fn a_scope_that_is_dropped_stops_and_waits() {
    let policy = tracked();
    let manual = Manual::with_allocation("manual", policy.clone());
    let scope = Scope::new();
    spawn_on(&manual, &scope, endless()).unwrap();
    spawn_on(&manual, &scope, just(())).unwrap();
    drop(scope);
    assert_eq!((policy.live(), policy.usage().made), (0, 2), "it took the turns itself");

    for wait in [Wait::Spin, Wait::Park] {
        let cpu = Cpu::builder().wait(wait).allocation(policy.clone()).build().unwrap();
        let scope = Scope::new();
        for _ in 0..100 {
            spawn_on(&cpu, &scope, endless()).unwrap();
        }
        drop(scope);
        assert_eq!(policy.live(), 0, "every one has ended");
    }
}

#[test]
fn a_scope_that_is_dropped_on_a_context_only_stops() {
    let policy = tracked();
    let manual = Manual::with_allocation("manual", policy.clone());
    let scope = Scope::new();
    let token = scope.token();
    spawn_on(&manual, &scope, endless()).unwrap();
    spawn_on(&manual, &Scope::new(), just(())).unwrap();
    let mut scope = Some(scope);
    detach_on(&manual, just(()).map(move |()| drop(scope.take()))).unwrap();
    manual.run_until_idle();
    assert!(token.is_closed());
    assert_eq!((token.associations(), policy.live()), (0, 0));
}

#[test]
fn scopes_nest() {
    let (manual, outer) = (Manual::new(), Scope::new());
    let inner = Scope::within(&outer).unwrap();
    let innermost = Scope::within(&inner).unwrap();
    spawn_on(&manual, &innermost, endless()).unwrap();
    manual.run_until_idle();
    assert_eq!((outer.associations(), inner.associations(), innermost.associations()), (1, 1, 1));
    outer.close();
    assert!(!inner.is_closed(), "what is within goes on");
    outer.stop();
    assert!(innermost.stop_token().stop_requested());
    manual.run_until_idle();
    assert_eq!(innermost.associations(), 0);
    assert_eq!((outer.associations(), inner.associations()), (1, 1), "they still exist");
    let token = innermost.token();
    drop(innermost);
    assert_eq!(inner.associations(), 0, "whoever holds a handle");
    drop(inner);
    assert_eq!(outer.associations(), 0);
    assert_eq!(token.associate().unwrap_err(), Refused::Closed);
    assert_eq!(Scope::within(&outer).unwrap_err(), Refused::Closed);

    // A scope made within one that was stopped is stopped.
    let outer = Scope::new();
    outer.stop();
    assert!(Scope::within(&outer).unwrap().stop_token().stop_requested());
}

/// Runs `work` on a thread of its own, which must come back.
fn comes_back(what: &str, work: impl FnOnce() + Send + 'static) {
    let (done, told) = std::sync::mpsc::channel();
    let thread = thread::spawn(move || {
        work();
        done.send(()).unwrap();
    });
    assert!(told.recv_timeout(Duration::from_secs(60)).is_ok(), "{what}");
    thread.join().unwrap();
}

#[test]
fn an_operation_that_is_stopped_may_stop_its_scope_and_make_one_within() {
    comes_back("a stop inside of a stop hangs", || {
        let (inline, scope, made) = (Inline::new(), Scope::new(), Arc::new(AtomicU32::new(0)));
        let (token, count) = (scope.token(), Arc::clone(&made));
        let stopped = never::<()>().upon_stopped(move |_| {
            assert!(!token.stop(), "asked already");
            let within = Scope::within(&token).unwrap();
            assert!(within.stop_token().stop_requested());
            count.fetch_add(1, Ordering::SeqCst);
        });
        spawn_on(&inline, &scope, stopped).unwrap();
        assert!(scope.stop());
        assert_eq!(made.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn a_scope_that_is_dropped_takes_the_turns_of_what_block_on_left() {
    comes_back("an operation that was left in `block_on` keeps its scope", || {
        let (scope, live) = (Scope::new(), Arc::default());
        let token = scope.token();
        let mut one = Some(Live::new(&live));
        let spawned = just(()).map(move |()| {
            let mut one = one.take();
            let sleeps = never::<()>().upon_stopped(move |_| {
                assert!(current().is_some(), "stopped on its context");
                drop(one.take());
            });
            spawn(&token, sleeps).unwrap();
        });
        assert_eq!(block_on(spawned), Completion::Value(()));
        assert_eq!(live.load(Ordering::SeqCst), 1);
        drop(scope);
        assert_eq!(live.load(Ordering::SeqCst), 0);
        assert!(current().is_none());
    });
}

#[test]
fn who_would_wait_without_a_context_is_stopped() {
    let (manual, scope, stopped) = (Manual::new(), Scope::new(), Arc::new(AtomicU32::new(0)));
    let note = || {
        let stopped = Arc::clone(&stopped);
        move |_: fusewire::completion::StopReason| {
            stopped.fetch_add(1, Ordering::SeqCst);
        }
    };
    let result = fusewire::consumers::spawn_future_on(&manual, &scope, endless()).unwrap();
    let waits = Scope::new();
    spawn(&waits, result.map(|()| panic!("on a stranger's thread")).upon_stopped(note())).unwrap();
    let joins = scope.join().or_else(|_| just(())).map(|()| panic!("on a stranger's thread"));
    spawn(&waits, joins.upon_stopped(note())).unwrap();
    assert_eq!((stopped.load(Ordering::SeqCst), waits.associations()), (2, 0));
    manual.run_until_idle();
    assert!(!scope.is_closed(), "nobody joined");
    // There is nothing to wait for.
    let empty = Scope::new();
    spawn(&waits, empty.join().or_else(|_| just(())).map(|()| ()).upon_stopped(note())).unwrap();
    assert_eq!(stopped.load(Ordering::SeqCst), 2);
    assert_eq!(block_on(waits.join()), Completion::Value(()));
}

#[test]
fn a_scope_stays_open_when_the_last_who_joined_is_stopped() {
    let (manual, scope) = (Manual::new(), Scope::new());
    let (home, joins, stop) = (Manual::new(), Scope::new(), StopSource::new());
    for round in 0..2 {
        spawn_on(&manual, &scope, just(())).unwrap();
        let other = scope.join().or_else(|_| just(())).with_stop(stop.token()).map(|()| ());
        if round == 1 {
            spawn_on(&home, &joins, other).unwrap();
            home.run_until_idle();
        }
        let timed = scope.join().or_else(|_| just(())).timeout(Duration::from_millis(1)).into_result();
        assert!(matches!(block_on(timed), Completion::Value(Err(_))), "there is an operation");
        manual.run_until_idle();
        assert_eq!(scope.associations(), 0);
        assert_eq!(scope.is_closed(), round == 1, "somebody else had joined in round one");
    }
    assert_eq!(spawn_on(&manual, &scope, just(())), Err(Refused::Closed));
    home.run_until_idle();
    assert_eq!(joins.associations(), 0);
}

#[test]
fn many_threads_spawn_while_one_closes() {
    let policy = tracked();
    let cpu = Cpu::builder().wait(Wait::Park).allocation(policy.clone()).build().unwrap();
    for _ in 0..20 {
        let (scope, ran) = (Scope::new(), Arc::new(AtomicU32::new(0)));
        let spawned: u32 = thread::scope(|threads| {
            let spawners: Vec<_> = (0..3)
                .map(|_| {
                    let (token, cpu, ran) = (scope.token(), cpu.clone(), Arc::clone(&ran));
                    threads.spawn(move || {
                        (0..200)
                            .map(|_| {
                                let ran = Arc::clone(&ran);
                                let count = move |n| {
                                    ran.fetch_add(n, Ordering::Relaxed);
                                };
                                u32::from(spawn_on(&cpu, &token, just(1).map(count)).is_ok())
                            })
                            .sum::<u32>()
                    })
                })
                .collect();
            thread::yield_now();
            scope.close();
            assert_eq!(block_on(scope.join()), Completion::Value(()));
            spawners.into_iter().map(|spawner| spawner.join().unwrap()).sum()
        });
        assert_eq!(ran.load(Ordering::Relaxed), spawned, "what was spawned has run when the scope is joined");
        assert_eq!(policy.live(), 0);
    }
}
