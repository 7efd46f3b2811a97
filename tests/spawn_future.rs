//! A result that is awaited later: whoever comes first, operation or await, value, error, panic or stop; and
//! `post`, `dispatch` and schedulers that are chosen at run time.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fusewire::alloc::{Recycling, Tracked};
use fusewire::consumers::{detach_on, spawn_future, spawn_future_on, spawn_on};
use fusewire::context::any::AnyScheduler;
use fusewire::context::cpu::Cpu;
use fusewire::context::inline::Inline;
use fusewire::context::manual::Manual;
use fusewire::context::{MayBlock, Scheduler, current};
use fusewire::prelude::*;
use fusewire::scope::{Refused, Scope};
use fusewire::source::Taken;
use fusewire::sources::{dispatch, post};
use fusewire::stop::StopSource;

/// Waits for ever, or for a stop; says when it ends.
fn endless(ended: &Arc<AtomicBool>) -> impl Sender<Value = u32, Error = Never> + Send + 'static {
    struct Says(Arc<AtomicBool>);
    impl Drop for Says {
        fn drop(&mut self) {
            self.0.store(true, Ordering::SeqCst);
        }
    }
    let says = Says(Arc::clone(ended));
    poll_fn(move || {
        let _ = &says;
        Taken::<u32, Never>::Empty
    })
}

#[test]
fn a_result_waits_for_its_await_in_memory_of_the_policy() {
    let policy = Arc::new(Tracked::new(Recycling));
    let (manual, scope) = (Manual::with_allocation("manual", policy.clone()), Scope::new());
    let future = spawn_future_on(&manual, &scope, just(6).map(|n| n * 7)).unwrap();
    assert_eq!((future.is_over(), scope.associations(), policy.live()), (false, 1, 1));
    manual.run_until_idle();
    // The scope counts the operation, not its result.
    assert_eq!((future.is_over(), scope.associations(), policy.live()), (true, 0, 1));
    assert_eq!(block_on(future), Completion::Value(42));
    assert_eq!(policy.live(), 0);
}

#[test]
fn an_await_waits_for_its_result() {
    let (cpu, scope) = (Cpu::builder().build().unwrap(), Scope::new());
    for n in 0..200u64 {
        let slow = just(n).map(|n| {
            std::thread::sleep(Duration::from_micros(n % 7 * 10));
            n + 1
        });
        let future = spawn_future_on(&cpu, &scope, slow).unwrap();
        assert_eq!(block_on(future.map(|n| n * 2)), Completion::Value((n + 1) * 2));
    }
    // The last result may be there before its operation was dropped.
    assert_eq!(block_on(scope.join()), Completion::Value(()));
}

#[test]
fn errors_and_stops_are_handed_on_as_they_are() {
    let (manual, scope) = (Manual::new(), Scope::new());
    let failing = spawn_future_on(&manual, &scope, just_error::<u8, _>("no")).unwrap();
    let filtered = spawn_future_on(&manual, &scope, just(1).filter(|n| *n > 1)).unwrap();
    manual.run_until_idle();
    assert_eq!(block_on(failing), Completion::Error("no"));
    assert_eq!(block_on(filtered), Completion::Stopped(StopReason::Filtered));
}

#[test]
fn a_panic_is_the_panic_of_who_awaits_and_else_the_scopes() {
    let (manual, scope) = (Manual::new(), Scope::new());
    let panicking = || just(1).map(|n: u32| if n == 1 { panic!("the stage gave up") } else { n });
    let awaited = spawn_future_on(&manual, &scope, panicking()).unwrap();
    manual.run_until_idle();
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| block_on(awaited))).unwrap_err();
    let said =
        panic.downcast_ref::<String>().cloned().or(panic.downcast_ref::<&str>().map(|s| s.to_string()));
    assert!(said.unwrap().contains("the stage gave up"));

    let forgotten = spawn_future_on(&manual, &scope, panicking()).unwrap();
    let dropped_first = spawn_future_on(&manual, &scope, panicking()).unwrap();
    drop(dropped_first);
    manual.run_until_idle();
    drop(forgotten);
    let told = match block_on(scope.join()).into_result() {
        Err(NoValue::Error(told)) => told,
        other => panic!("{other:?}"),
    };
    // One that was forgotten before it ran was stopped, or ran: `map` asks no token.
    assert_eq!((told.count, told.first.message.as_str()), (2, "the stage gave up"));
}

#[test]
fn dropping_it_stops_the_operation_and_gives_everything_back() {
    let policy = Arc::new(Tracked::new(Recycling));
    let (manual, scope) = (Manual::with_allocation("manual", policy.clone()), Scope::new());
    for turns in 0..4 {
        let ended = Arc::default();
        let future = spawn_future_on(&manual, &scope, endless(&ended)).unwrap();
        for _ in 0..turns {
            manual.turn();
        }
        drop(future);
        manual.run_until_idle();
        assert!(ended.load(Ordering::SeqCst), "after {turns} turns");
        assert_eq!((policy.live(), scope.associations()), (0, 0));
    }
}

#[test]
fn the_scopes_stop_and_its_own_reach_the_operation() {
    let (manual, scope) = (Manual::new(), Scope::new());
    let (first, second, third) = (Arc::default(), Arc::default(), Arc::default());
    let own = spawn_future_on(&manual, &scope, endless(&first)).unwrap();
    let running = spawn_future_on(&manual, &scope, endless(&second)).unwrap();
    manual.turn();
    own.stop();
    manual.run_until_idle();
    assert_eq!(block_on(own), Completion::Stopped(StopReason::Requested));
    assert!(!running.is_over());
    let queued = spawn_future_on(&manual, &scope, endless(&third)).unwrap();
    scope.stop();
    manual.run_until_idle();
    for future in [running, queued] {
        assert_eq!(block_on(future), Completion::Stopped(StopReason::Requested));
    }
    assert!([first, second, third].iter().all(|ended| ended.load(Ordering::SeqCst)));
}

#[test]
fn who_is_stopped_while_awaiting_goes_on_and_stops_the_operation() {
    let (cpu, scope, stop) = (Cpu::builder().build().unwrap(), Scope::new(), StopSource::new());
    let ended = Arc::default();
    let future = spawn_future_on(&cpu, &scope, endless(&ended)).unwrap();
    let token = stop.token();
    let stopper = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(20));
        stop.request_stop();
    });
    let awaiting = future.with_env(move |env| env.clone().with_stop(token.clone()));
    assert_eq!(block_on(awaiting), Completion::Stopped(StopReason::Requested));
    stopper.join().unwrap();
    assert_eq!(block_on(scope.join()), Completion::Value(()));
    assert!(ended.load(Ordering::SeqCst));
}

#[test]
fn a_second_await_has_ended() {
    let (manual, scope) = (Manual::new(), Scope::new());
    let future = spawn_future_on(&manual, &scope, just(3)).unwrap();
    manual.run_until_idle();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let noting = Arc::clone(&seen);
    assert_eq!(
        block_on(future.for_each(move |n| noting.lock().unwrap().push(n)).repeat(2)),
        Completion::Stopped(StopReason::Ended)
    );
    assert_eq!(*seen.lock().unwrap(), [3]);
}

#[test]
fn a_context_that_ends_stops_what_it_did_not_begin() {
    let (manual, scope) = (Manual::new(), Scope::new());
    let future = spawn_future_on(&manual, &scope, just(3)).unwrap();
    drop(manual);
    assert_eq!(block_on(future), Completion::Stopped(StopReason::Requested));
}

#[test]
fn here_and_now_is_over_when_the_call_returns() {
    let scope = Scope::new();
    let future = spawn_future(&scope, just(3)).unwrap();
    assert!(future.is_over());
    assert_eq!(block_on(future), Completion::Value(3));
    scope.close();
    assert_eq!(spawn_future(&scope, just(3)).unwrap_err(), Refused::Closed);
}

#[test]
fn operation_await_drop_and_stop_race() {
    let policy = Arc::new(Tracked::new(Recycling));
    let (cpu, scope) = (
        Cpu::builder().allocation(policy.clone()).build().unwrap(),
        Scope::builder().allocation(policy.clone()).build(),
    );
    let ran = Arc::new(AtomicUsize::new(0));
    for round in 0..3_000 {
        let inner = Scope::within(&scope).unwrap();
        let counting = Arc::clone(&ran);
        let work = just(round).map(move |n| {
            counting.fetch_add(1, Ordering::Relaxed);
            n.to_string()
        });
        let future = spawn_future_on(&cpu, &inner, work).unwrap();
        match round % 3 {
            0 => assert_eq!(block_on(future), Completion::Value(round.to_string())),
            1 => drop(future),
            _ => {
                inner.stop();
                let completion = block_on(future);
                assert!(
                    completion == Completion::Value(round.to_string())
                        || completion == Completion::Stopped(StopReason::Requested)
                );
            }
        }
        drop(inner);
    }
    assert_eq!(block_on(scope.join()), Completion::Value(()));
    assert!(ran.load(Ordering::Relaxed) >= 1_000);
    drop(cpu);
    assert_eq!(policy.live(), 0);
}

#[test]
fn post_goes_behind_the_others_and_dispatch_does_not() {
    let (manual, scope) = (Manual::new(), Scope::new());
    let order = Arc::new(Mutex::new(Vec::new()));
    let note = |what: &'static str| {
        let (order, context) = (Arc::clone(&order), manual.context().id());
        move |()| {
            assert_eq!(current().unwrap().id(), context);
            order.lock().unwrap().push(what);
        }
    };
    spawn_on(&manual, &scope, post(&manual).map(note("posted"))).unwrap();
    spawn_on(&manual, &scope, dispatch(&manual).map(note("dispatched"))).unwrap();
    spawn_on(&manual, &scope, just(()).map(note("spawned"))).unwrap();
    // From a thread that is not there, both must go.
    let elsewhere = dispatch(&manual).map(note("from elsewhere"));
    spawn_on(&Inline::new(), &scope, elsewhere).unwrap();
    assert!(order.lock().unwrap().is_empty());
    manual.run_until_idle();
    assert_eq!(*order.lock().unwrap(), ["dispatched", "spawned", "from elsewhere", "posted"]);
}

#[test]
fn post_is_stopped_by_a_stop_and_by_the_end_of_its_context() {
    let (manual, stop) = (Manual::new(), StopSource::new());
    let token = stop.token();
    stop.request_stop();
    let posted = post(&manual).with_env(move |env| env.clone().with_stop(token.clone()));
    assert_eq!(block_on(posted), Completion::Stopped(StopReason::Requested));
    manual.end();
    assert_eq!(block_on(post(&manual)), Completion::Stopped(StopReason::Requested));
}

#[test]
fn one_type_stands_for_contexts_of_every_family() {
    let (manual, cpu) = (Manual::new(), Cpu::builder().build().unwrap());
    let any: Vec<AnyScheduler> = vec![AnyScheduler::new(&cpu), AnyScheduler::new(&Inline::new())];
    let ids: Vec<_> = any.iter().map(|any| any.context().id()).collect();
    for (any, id) in any.iter().zip(ids) {
        let here = just(()).then(on(any)).map(|()| current().unwrap().id());
        assert_eq!(block_on(here), Completion::Value(id));
        let fused = any.clone();
        let fused = fuse! { just(()).then(on(fused)).map(|()| current().unwrap().id()) };
        assert_eq!(block_on(fused), Completion::Value(id));
    }
    assert_eq!(any[0], AnyScheduler::<MayBlock>::that_may_block(&cpu));
    // It keeps its context as the scheduler does.
    let kept = AnyScheduler::new(&manual);
    let ran = Arc::new(AtomicBool::new(false));
    let noting = Arc::clone(&ran);
    detach_on(&kept, just(()).map(move |()| noting.store(true, Ordering::SeqCst))).unwrap();
    manual.run_until_idle();
    assert!(ran.load(Ordering::SeqCst));
}
