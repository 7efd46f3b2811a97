//! Contexts of a pool keep the contract, in order and side by side.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex, mpsc};
use std::time::{Duration, Instant};

use fusewire::conformance::{check_all, harness, task};
use fusewire::context::cpu::Cpu;
use fusewire::context::instrumented::Instrumented;
use fusewire::context::pool::{Pool, join};
use fusewire::context::prioritised::Prioritised;
use fusewire::context::strand::Strand;
use fusewire::context::{ContextRef, Scheduler, current};
use fusewire::control::Stop;
use fusewire::engine::Engine;
use fusewire::prelude::*;
use fusewire::wait::Wait;
use fusewire::work::Fate;

use crate::{LONG, STRATEGIES, fib, pool};

#[test]
fn contexts_keep_the_contract() {
    for wait in STRATEGIES {
        check_all(|| harness(Pool::builder().workers(2).wait(wait).build().unwrap(), Pool::end)).unwrap();
    }
    check_all(|| harness(pool(1), Pool::end)).unwrap();
    // One of many.
    check_all(|| {
        let pool = pool(2);
        harness(pool.strand(), |strand| strand.end())
    })
    .unwrap();
}

/// A level of priority, and the pool below, which ends all of them.
#[derive(Clone)]
struct Of<L>(L, Pool);

impl<L: Scheduler> Scheduler for Of<L> {
    type Runs = L::Runs;

    fn context(&self) -> &ContextRef {
        self.0.context()
    }
}

/// Of what was given while the only worker was busy the most urgent comes first, each level in the order of posting; and nothing is
/// lost between two workers that may both run the levels.
#[test]
fn levels_on_a_pool_go_by_urgency() {
    let pool = pool(1);
    let levels = Prioritised::<_, 3>::over(&pool);
    let order = Arc::new(Mutex::new(Vec::new()));
    let gate = Arc::new(Barrier::new(2));
    let held = Arc::clone(&gate);
    pool.context().post(task(move |_| {
        held.wait();
    }));
    let (done, there) = mpsc::channel();
    let give = |context: &ContextRef, what: u32| {
        let (order, done) = (Arc::clone(&order), done.clone());
        context.post(task(move |fate| {
            assert_eq!(fate, Fate::Run);
            order.lock().unwrap().push(what);
            done.send(()).unwrap();
        }));
    };
    for what in 0..3 {
        give(levels.level::<2>().context(), 20 + what);
        give(levels.level::<1>().context(), 10 + what);
        give(levels.level::<0>().context(), what);
    }
    gate.wait();
    (0..9).for_each(|_| there.recv_timeout(LONG).expect("each is run"));
    assert_eq!(*order.lock().unwrap(), [0, 1, 2, 10, 11, 12, 20, 21, 22]);

    let pool = Pool::builder().workers(3).wait(Wait::Park).build().unwrap();
    let levels = Prioritised::<_, 3>::over(&pool);
    let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let ran = Arc::new(AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for context in [levels.level::<0>().context().clone(), levels.level::<2>().context().clone()] {
            let (running, most, ran) = (&running, &most, &ran);
            scope.spawn(move || {
                for _ in 0..2_000 {
                    let (running, most, ran) = (Arc::clone(running), Arc::clone(most), Arc::clone(ran));
                    context.post(task(move |fate| {
                        assert_eq!(fate, Fate::Run);
                        most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        running.fetch_sub(1, Ordering::SeqCst);
                        ran.fetch_add(1, Ordering::SeqCst);
                    }));
                }
            });
        }
    });
    let until = Instant::now() + LONG;
    while ran.load(Ordering::SeqCst) < 4_000 {
        assert!(Instant::now() < until, "{} of 4000 were run", ran.load(Ordering::SeqCst));
        std::thread::yield_now();
    }
    assert_eq!(most.load(Ordering::SeqCst), 1, "levels are run by one worker at a time");
}

#[test]
fn layers_on_a_pool_keep_the_contract() {
    check_all(|| harness(Strand::over(&pool(2)), Strand::end)).unwrap();
    check_all(|| harness(Instrumented::over(&pool(2)), |layer| layer.end())).unwrap();
    let make = |pool: Pool| Of(Prioritised::<_, 3>::over(&pool).level::<0>(), pool);
    check_all(|| harness(make(pool(2)), |level| level.1.end())).unwrap();
    let make = |pool: Pool| Of(Prioritised::<_, 3>::over(&pool).level::<2>(), pool);
    check_all(|| harness(make(pool(2)), |level| level.1.end())).unwrap();
}

#[test]
fn strands_run_side_by_side_and_each_in_order() {
    let pool = pool(2);
    let (one, other) = (pool.strand(), pool.strand());
    assert_ne!(one.context().id(), other.context().id());
    let meet = Arc::new(Barrier::new(3));
    for strand in [&one, &other] {
        let meet = Arc::clone(&meet);
        // Both have to be there at once.
        strand.context().post(task(move |_| {
            meet.wait();
        }));
    }
    meet.wait();

    let seen = Arc::new(Mutex::new(Vec::new()));
    let (done, all) = mpsc::channel();
    for n in 0..10_000 {
        let (seen, done) = (Arc::clone(&seen), done.clone());
        one.context().post(task(move |_| {
            // Never contended: a strand runs one thing at a time.
            seen.try_lock().expect("one thing at a time").push(n);
            if n == 9_999 {
                done.send(()).unwrap();
            }
        }));
    }
    all.recv_timeout(LONG).expect("every task runs");
    assert!(seen.lock().unwrap().iter().copied().eq(0..10_000));
}

#[test]
fn a_busy_lane_does_not_keep_the_only_worker() {
    let pool = pool(1);
    let busy = Engine::on(pool.clone()).run(from_iter(0_u64..).for_each(|_| ())).unwrap();
    let (done, there) = mpsc::channel();
    pool.strand().context().post(task(move |fate| {
        let _ = done.send(fate);
    }));
    assert_eq!(there.recv_timeout(LONG), Ok(Fate::Run));
    assert_eq!(pool.install(|| fib(10)), 55);
    busy.stop(Stop::Abandon);
    let _ = busy.join();
}

#[test]
fn a_graph_hops_to_a_pool_and_back() {
    let (pool, home) = (pool(2), Cpu::builder().build().unwrap());
    let graph = || {
        let (there, back) = (pool.clone(), home.clone());
        fuse! {
            from_iter(0..20_000_u64).then(on(there)).map(|n| n + 1).filter(|n| n % 3 != 0).then(on(back)).for_each(|n| assert!(n % 3 != 0))
        }
    };
    let report = Engine::on(home.clone()).run(graph()).unwrap().join().unwrap();
    assert_eq!(report.completed, 13_334);
    let pass = just(20_u64).then(on(pool.clone())).map(fib);
    assert_eq!(block_on(pass), Completion::Value(6765));
}

#[test]
fn timers_ring_on_a_pool_that_sleeps() {
    let pool = Pool::builder().workers(2).wait(Wait::Park).build().unwrap();
    let start = Instant::now();
    let graph = every(Duration::from_millis(5)).take(10);
    let report = Engine::on(pool.clone()).run(graph).unwrap().join().unwrap();
    assert_eq!(report.completed, 10);
    assert!(start.elapsed() >= Duration::from_millis(45), "{:?}", start.elapsed());
    // Several contexts that wait for the time, side by side.
    let graphs: Vec<_> = (1..5)
        .map(|n| Engine::on(pool.strand()).run(every(Duration::from_millis(n)).take(20)).unwrap())
        .collect();
    for graph in graphs {
        assert_eq!(graph.join().unwrap().completed, 20);
    }
}

#[test]
fn what_another_worker_runs_is_on_no_context() {
    let pool = pool(2);
    let (done, there) = mpsc::channel();
    let context = pool.context().clone();
    pool.context().post(task(move |_| {
        let meet = Barrier::new(2);
        let ((), stolen) = join(
            || {
                meet.wait();
            },
            || {
                meet.wait();
                current().is_none()
            },
        );
        done.send((stolen, context.is_here())).unwrap();
    }));
    assert_eq!(there.recv_timeout(LONG), Ok((true, true)));
}
