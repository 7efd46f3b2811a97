//! What is spawned belongs to a scope: it runs where it should, is counted until nothing of it is left, and
//! ends whatever happens: values, panics, stops, and contexts that go away.

use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use fusewire::alloc::{AllocError, Allocation, Bounded, Forbidden, Recycling, Tracked};
use fusewire::consumers::{detach, detach_on, spawn, spawn_on};
use fusewire::context::cpu::Cpu;
use fusewire::context::inline::Inline;
use fusewire::context::manual::Manual;
use fusewire::context::{Scheduler, current};
use fusewire::prelude::*;
use fusewire::scope::{ChildPanicked, Refused, Scope};
use fusewire::source::Taken;
use fusewire::stop::StopSource;
use fusewire::wait::Wait;

#[path = "protocol/ladder.rs"]
#[allow(dead_code, unused_macros, unused_imports, reason = "the rungs of adaptors; this suite needs some")]
mod ladder;
#[path = "protocol/script.rs"]
#[allow(dead_code, reason = "as above")]
mod script;

use script::{Facts, Record};

/// Counts how many of it there are.
#[derive(Debug)]
struct Live(Arc<AtomicUsize>);

impl Live {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(count))
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

fn tracked() -> Arc<Tracked<Recycling>> {
    Arc::new(Tracked::new(Recycling))
}

/// Waits for ever, or for a stop.
fn endless() -> impl Sender<Value = (), Error = Never> + Send + 'static {
    poll_fn(|| Taken::<(), Never>::Empty)
}

fn eventually(what: &str, mut happened: impl FnMut() -> bool) {
    let until = Instant::now() + Duration::from_secs(20);
    while !happened() {
        assert!(Instant::now() < until, "{what}");
        thread::yield_now();
    }
}

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

#[test]
fn it_completes_when_either_of_its_contexts_ends() {
    let policy = tracked();
    for end_first in [false, true] {
        let (here, there) = (Manual::with_allocation("here", policy.clone()), Manual::new());
        let scope = Scope::new();
        spawn_on(&here, &scope, just(6).then(on(there.clone())).map(drop)).unwrap();
        if !end_first {
            here.run_until_idle();
            there.end();
        }
        here.end();
        // Else the hop is still on its way: a context runs what was posted before its end.
        there.end();
        assert_eq!((scope.associations(), policy.live()), (0, 0));
        // It has ended: what comes now is dropped in `post`.
        spawn_on(&here, &scope, just(())).unwrap();
        assert_eq!((scope.associations(), policy.live()), (0, 0));
        assert_eq!(block_on(scope.join()), Completion::Value(()));
    }
}

#[test]
fn panics_are_told_to_whoever_joins() {
    let (here, there) = (Manual::new(), Manual::new());
    let policy = tracked();
    let scope = Scope::builder().allocation(policy.clone()).build();
    let first = line!() + 1;
    spawn_on(&here, &scope, just(1).map(|n: u32| assert_eq!(n, 2, "at once"))).unwrap();
    spawn_on(&here, &scope, just(1).then(on(there.clone())).map(|_| panic!("later"))).unwrap();
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("in a drop");
        }
    }
    let bomb = Bomb;
    spawn_on(&here, &scope, just(()).map(move |()| assert_eq!(size_of_val(&bomb), 0))).unwrap();
    for manual in [&here, &there, &here] {
        manual.run_until_idle();
    }
    assert_eq!((scope.associations(), policy.live()), (0, 0));
    let Completion::Error(ChildPanicked { first: report, count }) = block_on(scope.join()) else {
        panic!("nobody was told")
    };
    assert_eq!(count, 3);
    assert!(report.message.contains("at once"), "{report:?}");
    assert_eq!((report.file.as_str(), report.line), (file!(), first));
}

/// The first operation that is spawned on a context shows the scope what there is; those after it take a shorter way, if they complete
/// where they are started and their memory is recycled. Here is every end of theirs.
#[test]
fn those_after_the_first_end_in_every_way() {
    let (manual, live, ran) = (Manual::new(), Arc::default(), Arc::new(AtomicU32::new(0)));
    let scope = Scope::builder().limit(3).build();
    let work = |n: u32| {
        let (live, ran) = (Live::new(&live), Arc::clone(&ran));
        just(n).map(move |n| {
            assert!(live.0.load(Ordering::SeqCst) > 0);
            ran.fetch_add(n, Ordering::SeqCst);
            assert!(n != 100, "a hundred");
        })
    };
    for n in 1..=3 {
        spawn_on(&manual, &scope, work(n)).unwrap();
    }
    assert_eq!((scope.associations(), live.load(Ordering::SeqCst)), (3, 3));
    assert_eq!(spawn_on(&manual, &scope, work(4)), Err(Refused::Full { limit: 3 }));
    assert_eq!(live.load(Ordering::SeqCst), 3, "the one refused was dropped");
    manual.run_until_idle();
    assert_eq!((scope.associations(), ran.swap(0, Ordering::SeqCst)), (0, 6));
    assert_eq!(live.load(Ordering::SeqCst), 0);

    // A panic is told, and what it captured is dropped before the scope is empty.
    spawn_on(&manual, &scope, work(100)).unwrap();
    spawn_on(&manual, &scope, work(1)).unwrap();
    manual.run_until_idle();
    assert_eq!((scope.associations(), ran.swap(0, Ordering::SeqCst)), (0, 101));
    assert_eq!(live.load(Ordering::SeqCst), 0);

    // Another context in between, by whose policy the memory goes.
    let policy = tracked();
    let other = Manual::with_allocation("other", policy.clone());
    for context in [&other, &manual, &other] {
        spawn_on(context, &scope, work(1)).unwrap();
    }
    assert_eq!(policy.live(), 2);
    manual.run_until_idle();
    other.run_until_idle();
    assert_eq!((policy.live(), ran.swap(0, Ordering::SeqCst)), (0, 3));

    // A context that goes drops what waits, without having run it. A panic of that drop is told too.
    struct Bad(#[allow(dead_code, reason = "counted by its drop")] Live);
    impl Drop for Bad {
        fn drop(&mut self) {
            panic!("a bad drop");
        }
    }
    let bad = Bad(Live::new(&live));
    spawn_on(&manual, &scope, work(1)).unwrap();
    spawn_on(
        &manual,
        &scope,
        just(()).map(move |()| {
            let _held = &bad;
        }),
    )
    .unwrap();
    scope.close();
    assert_eq!(spawn_on(&manual, &scope, work(1)), Err(Refused::Closed));
    drop(manual);
    assert_eq!((scope.associations(), ran.load(Ordering::SeqCst)), (0, 0));
    assert_eq!(live.load(Ordering::SeqCst), 0);
    let Completion::Error(ChildPanicked { first, count, .. }) = block_on(scope.join()) else {
        panic!("two of them have panicked")
    };
    assert_eq!((first.message.as_str(), count), ("a hundred", 2));
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

mod join {
    use super::*;

    #[test]
    fn completes_inside_start_when_there_is_nothing() {
        let scope = Scope::new();
        ladder::inline(|| scope.join(), &[Completion::Value(()), Completion::Value(())]);
        assert!(scope.is_closed(), "a scope that was joined stays empty");
    }

    #[test]
    fn completes_later_on_the_context_of_whoever_joins() {
        let (work, home, scope, record) = (Manual::new(), Manual::new(), Scope::new(), Record::new());
        spawn_on(&work, &scope, just(())).unwrap();
        let (joins, seen) = (Scope::new(), record.clone());
        let context = home.context().clone();
        let sender =
            scope.join().map(move |()| context.is_here()).or_else(|_| just(false)).map(move |here| {
                let mut seen = seen.clone();
                fusewire::receiver::Receiver::<bool, Never>::complete(
                    std::pin::Pin::new(&mut seen),
                    Completion::Value(here),
                );
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
