//! A pool: forks and thefts, contexts on shared threads, ways to wait, cores, panics, ends.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex, mpsc};
use std::time::{Duration, Instant};

use fusewire::affinity::{self, PinError};
use fusewire::conformance::{self, check_all, harness, task};
use fusewire::context::cpu::Cpu;
use fusewire::context::instrumented::Instrumented;
use fusewire::context::pool::{self, Pool, PoolError, join};
use fusewire::context::prioritised::Prioritised;
use fusewire::context::strand::Strand;
use fusewire::context::{ContextRef, Scheduler, current};
use fusewire::control::{RunError, Stop};
use fusewire::engine::Engine;
use fusewire::prelude::*;
use fusewire::wait::Wait;
use fusewire::work::Fate;

const STRATEGIES: [Wait; 4] =
    [Wait::Spin, Wait::spin_then_yield(), Wait::SpinThenPark { spins: 50 }, Wait::Park];

/// Longer than anything takes on a machine under load.
const LONG: Duration = Duration::from_secs(60);

fn pool(workers: usize) -> Pool {
    Pool::builder().workers(workers).build().unwrap()
}

fn fib(n: u64) -> u64 {
    if n < 2 {
        return n;
    }
    let (a, b) = join(|| fib(n - 1), || fib(n - 2));
    a + b
}

#[test]
fn joins_nest_with_every_way_to_wait() {
    for wait in STRATEGIES {
        for workers in [1, 2, 5] {
            let pool = Pool::builder().workers(workers).wait(wait).build().unwrap();
            assert_eq!(pool.install(|| fib(20)), 6765, "{workers} workers, {wait:?}");
        }
    }
}

#[test]
fn without_a_pool_a_join_is_two_calls() {
    assert_eq!(pool::workers(), 1);
    assert_eq!(fib(15), 610);
}

#[test]
fn both_halves_of_a_join_run_at_once() {
    // Each waits for the other: one after the other they would never return.
    for workers in [2, 4] {
        let pool = pool(workers);
        for _ in 0..200 {
            let meet = Barrier::new(2);
            let (a, b) = pool.join(
                || {
                    meet.wait();
                    1
                },
                || {
                    meet.wait();
                    2
                },
            );
            assert_eq!((a, b), (1, 2));
        }
    }
}

#[test]
fn as_many_forks_as_workers_run_at_once() {
    // The forks of one worker are taken by the others while it is busy itself.
    let pool = pool(4);
    for _ in 0..50 {
        let meet = Barrier::new(4);
        let wait = || {
            meet.wait();
        };
        pool.install(|| join(|| join(wait, wait), || join(wait, wait)));
    }
}

#[test]
fn forks_deeper_than_a_worker_remembers_are_joined_all_the_same() {
    fn deep(left: usize, sum: &AtomicUsize) {
        if left > 0 {
            join(|| deep(left - 1, sum), || sum.fetch_add(left, Ordering::Relaxed));
        }
    }
    let pool = Pool::builder().workers(2).stack(64 << 20).build().unwrap();
    let sum = AtomicUsize::new(0);
    pool.install(|| deep(5_000, &sum));
    assert_eq!(sum.into_inner(), 5_000 * 5_001 / 2);
}

#[test]
fn every_index_is_called_once() {
    for workers in [1, 3] {
        let pool = pool(workers);
        for (n, chunk) in [(0, 1), (1, 0), (1, 7), (1000, 1), (1000, 7), (1000, 2000), (4096, 64)] {
            let calls: Vec<AtomicUsize> = (0..n).map(|_| AtomicUsize::new(0)).collect();
            pool.install(|| {
                pool::each(n, chunk, |range| {
                    assert!(range.len() <= chunk.max(1) && !range.is_empty(), "{range:?} of {chunk}");
                    assert_eq!(
                        range.start % chunk.max(1),
                        0,
                        "{range:?} does not begin at a multiple of {chunk}"
                    );
                    range.for_each(|at| {
                        calls[at].fetch_add(1, Ordering::Relaxed);
                    });
                });
            });
            assert!(calls.into_iter().all(|calls| calls.into_inner() == 1), "{n} by {chunk}");
        }
    }
}

#[test]
fn every_element_is_changed_once() {
    let pool = pool(3);
    let mut all: Vec<usize> = vec![0; 10_007];
    pool.install(|| {
        pool::each_mut(&mut all, 16, |first, part| (first..).zip(part).for_each(|(at, n)| *n += at))
    });
    assert!(all.iter().copied().eq(0..10_007));
}

#[test]
fn ten_million_indices_take_no_stack() {
    fn address() -> usize {
        let here = 0_u8;
        std::hint::black_box(&raw const here).addr()
    }
    let (pool, sum) = (pool(2), AtomicUsize::new(0));
    let (lowest, highest) = (AtomicUsize::new(usize::MAX), AtomicUsize::new(0));
    // One worker's stack alone: what is stolen lies on others.
    pool.install(|| {
        let own = std::thread::current().id();
        pool::each(10_000_000, 1, |range| {
            sum.fetch_add(range.start & 1, Ordering::Relaxed);
            if std::thread::current().id() == own {
                lowest.fetch_min(address(), Ordering::Relaxed);
                highest.fetch_max(address(), Ordering::Relaxed);
            }
        });
    });
    assert_eq!(sum.into_inner(), 5_000_000);
    let span = highest.into_inner() - lowest.into_inner();
    // Halves of halves nest some tens of times, and waits for a thief begin one more such chain.
    assert!(span < 256 << 10, "{span} bytes of stack");
}

/// The message of a panic that `work` ends in.
fn panicking(work: impl FnOnce()) -> String {
    let payload = catch_unwind(AssertUnwindSafe(work)).expect_err("it panics");
    match payload.downcast::<Mine>() {
        Ok(mine) => mine.0.to_owned(),
        Err(_) => panic!("the payload is another"),
    }
}

/// A payload that is no text goes on as it is.
struct Mine(&'static str);

fn throw(message: &'static str) {
    // Without the panic hook, so that nothing is printed.
    std::panic::resume_unwind(Box::new(Mine(message)));
}

#[test]
fn a_panic_goes_on_where_the_fork_was_joined() {
    let pool = pool(2);
    for _ in 0..200 {
        let meet = Barrier::new(2);
        // The second half is stolen for sure.
        let stolen = panicking(|| {
            pool.join(
                || {
                    meet.wait();
                },
                || {
                    meet.wait();
                    throw("second");
                },
            );
        });
        assert_eq!(stolen, "second");
        let meet = Barrier::new(2);
        let done = AtomicBool::new(false);
        // The first half panics while the second, which borrows from this frame, still runs.
        let first = panicking(|| {
            pool.join(
                || {
                    meet.wait();
                    throw("first");
                },
                || {
                    meet.wait();
                    std::thread::yield_now();
                    done.store(true, Ordering::SeqCst);
                },
            );
        });
        assert_eq!(first, "first");
        assert!(done.load(Ordering::SeqCst), "the frame was left before what borrows from it was over");
        assert_eq!(
            panicking(|| {
                pool.join(|| throw("a"), || throw("b"));
            }),
            "a"
        );
    }
    assert_eq!(pool.install(|| fib(10)), 55, "it works on");
}

#[test]
fn what_is_not_run_is_dropped_once() {
    let (pool, count) = (pool(1), Arc::new(()));
    for _ in 0..10 {
        let (held, made) = (Arc::clone(&count), Arc::clone(&count));
        let message = panicking(|| {
            // With one worker nobody takes the second half, and the panic of the first gives it up.
            pool.join(
                || {
                    let _made = made;
                    throw("first");
                },
                move || drop(held),
            );
        });
        assert_eq!(message, "first");
    }
    assert_eq!(Arc::strong_count(&count), 1);
}

#[test]
fn a_panic_on_a_thief_has_its_stage_and_place() {
    fn halves(n: u32) -> u32 {
        let meet = Barrier::new(2);
        join(
            || {
                meet.wait();
            },
            || {
                meet.wait();
                assert!(n < 3, "three is too many");
            },
        );
        n
    }
    let pool = pool(2);
    let graph = fuse! { from_iter(0..10_u32).then(on(pool.clone())).map(halves).for_each(|_| ()) };
    let error = Engine::on(Cpu::builder().build().unwrap()).run(graph).unwrap().join().unwrap_err();
    let RunError::Panicked(report) = error else { panic!("{error}") };
    assert_eq!(report.message, "three is too many");
    assert!(report.stage.as_deref().is_some_and(|stage| stage.contains("halves")), "{report:?}");
    assert!(report.file.ends_with("pool.rs") && report.line > 0, "{report:?}");
}

/// While a fork unwinds its worker runs what others have forked, which may panic as well: the report of the first is whole.
#[test]
fn a_panic_keeps_its_chain_while_others_panic_on_its_worker() {
    fn reckless(n: u32) -> u32 {
        assert!(n < 3, "three is too many");
        n
    }
    fn forks(n: u32) -> u32 {
        let (meet, over) = (Barrier::new(2), Barrier::new(2));
        let (n, _) = join(
            || {
                meet.wait();
                block_on(fuse! { just(n).map(|n| n).map(reckless) }).into_result().unwrap()
            },
            // Taken by the other worker, which then forks what only the first is left to take.
            || {
                meet.wait();
                if n == 3 {
                    let other = catch_unwind(AssertUnwindSafe(|| {
                        join(
                            || over.wait(),
                            || {
                                over.wait();
                                panic!("another one");
                            },
                        )
                    }));
                    assert!(other.is_err(), "it goes on where it was forked");
                }
            },
        );
        n
    }
    let pool = pool(2);
    let graph = fuse! { from_iter(3..4_u32).then(on(pool.clone())).map(forks).for_each(|_| ()) };
    let error = Engine::on(Cpu::builder().build().unwrap()).run(graph).unwrap().join().unwrap_err();
    let RunError::Panicked(report) = error else { panic!("{error}") };
    assert_eq!(report.message, "three is too many");
    assert_eq!(report.stage.as_deref(), Some("reckless"));
    let chain: Vec<_> = report.chain.iter().map(|frame| frame.stage).collect();
    assert_eq!(chain.last(), Some(&"reckless"), "{report:?}");
}

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
fn no_wake_is_lost_in_thousands_of_races() {
    for wait in [Wait::SpinThenPark { spins: 50 }, Wait::Park] {
        let make = || harness(Pool::builder().workers(3).wait(wait).build().unwrap(), Pool::end);
        conformance::wakes(make, 3_000).unwrap();
    }
}

#[test]
fn no_fork_sleeps_past_its_thief() {
    // Workers that sleep at once: every fork has to wake one, and every join is slept through.
    let pool = Pool::builder().workers(3).wait(Wait::Park).build().unwrap();
    for round in 0..2_000_u64 {
        let meet = Barrier::new(2);
        let (a, b) = pool.join(
            || {
                meet.wait();
                round
            },
            || {
                meet.wait();
                round + 1
            },
        );
        assert_eq!((a, b), (round, round + 1));
    }
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
fn workers_are_on_their_cores_and_have_their_names() {
    let cores = affinity::allowed();
    let pool = Pool::builder().name("crunch").cores(cores.clone()).build().unwrap();
    assert_eq!(pool.workers(), cores.len());
    let seen = Mutex::new(BTreeSet::new());
    let meet = Barrier::new(cores.len());
    // Each chunk waits for all others, so that every worker has one.
    pool.install(|| {
        pool::each(cores.len(), 1, |_| {
            meet.wait();
            let name = std::thread::current().name().map(str::to_owned);
            seen.lock().unwrap().insert((name, affinity::allowed()));
        });
    });
    let expected = cores.iter().enumerate().map(|(at, core)| (Some(format!("crunch{at}")), vec![*core]));
    assert_eq!(seen.into_inner().unwrap(), expected.collect());
    assert_eq!(pool.context().name(), "crunch");
}

#[test]
fn what_cannot_be_is_refused_in_words() {
    let error = Pool::builder().workers(0).build().unwrap_err();
    assert!(matches!(error, PoolError::NoWorkers), "{error}");
    assert!(error.to_string().contains("`workers`"), "{error}");
    // The first thread is there already when the second is refused.
    let error = Pool::builder().cores([affinity::allowed()[0], 9_999]).build().unwrap_err();
    assert!(matches!(error, PoolError::Pin(PinError::NoSuchCore { core: 9_999, .. })), "{error}");
}

#[test]
fn an_idle_pool_that_parks_uses_no_processor_time() {
    let pool = Pool::builder().workers(2).wait(Wait::Park).build().unwrap();
    assert_eq!(pool.install(|| fib(5)), 5);
    assert_eq!(pool.context().placement().wait, "park");
    #[cfg(target_os = "linux")]
    {
        /// The processor time of this process' threads of that name, in clock ticks.
        fn ticks(name: &str) -> u64 {
            let tasks = std::fs::read_dir("/proc/self/task").unwrap();
            let stats = tasks.filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("stat")).ok());
            let of = stats.filter(|stat| stat.contains(&format!("({name}")));
            of.map(|stat| {
                let fields: Vec<&str> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
                fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
            })
            .sum()
        }
        let sleeper = Pool::builder().name("dozing").workers(2).wait(Wait::Park).build().unwrap();
        sleeper.install(|| fib(5));
        std::thread::sleep(Duration::from_millis(50));
        let before = ticks("dozing");
        std::thread::sleep(Duration::from_millis(500));
        // Two that spin would take a hundred.
        assert!(ticks("dozing") - before <= 5, "{} ticks", ticks("dozing") - before);
    }
}

#[test]
fn what_is_posted_before_the_last_handle_goes_is_run() {
    for _ in 0..200 {
        let (done, there) = mpsc::channel();
        let pool = pool(2);
        for _ in 0..10 {
            let done = done.clone();
            pool.context().post(task(move |fate| {
                let _ = done.send(fate);
            }));
        }
        drop(pool);
        assert_eq!(there.try_iter().collect::<Vec<_>>(), [Fate::Run; 10]);
    }
}

#[test]
fn the_end_abandons_what_runs_and_nobody_hangs() {
    for wait in STRATEGIES {
        let pool = Pool::builder().workers(2).wait(wait).build().unwrap();
        let strand = pool.strand();
        let graph = Engine::on(strand.clone()).run(never::<()>()).unwrap();
        let endless = Engine::on(pool.clone()).run(from_iter(0_u64..).for_each(|_| ())).unwrap();
        pool.end();
        assert!(matches!(graph.join(), Err(RunError::ContextEnded)), "{wait:?}");
        assert!(matches!(endless.join(), Err(RunError::ContextEnded)), "{wait:?}");
        let (done, there) = mpsc::channel();
        strand.context().post(task(move |fate| {
            let _ = done.send(fate);
        }));
        assert_eq!(there.try_recv(), Ok(Fate::Abandoned));
        // What nobody is left for is done by who asks.
        let asks = std::thread::current().id();
        assert_eq!(pool.install(|| std::thread::current().id()), asks);
        assert_eq!(pool.join(|| 1, || 2), (1, 2));
    }
}

/// Both of two who end a pool at once go on when its threads have ended, not one of them before.
#[test]
fn whoever_ends_a_pool_waits_for_its_threads() {
    let pool = pool(1);
    let (begun, there) = mpsc::channel();
    let released = Arc::new(AtomicBool::new(false));
    let holds = Arc::clone(&released);
    pool.context().post(task(move |_| {
        begun.send(()).unwrap();
        while !holds.load(Ordering::SeqCst) {
            std::thread::yield_now();
        }
    }));
    there.recv_timeout(LONG).expect("the task runs");
    let enders = [(); 2].map(|()| {
        let (pool, released) = (pool.clone(), Arc::clone(&released));
        std::thread::spawn(move || {
            pool.end();
            released.load(Ordering::SeqCst)
        })
    });
    // Time in which one of them could go on too early.
    std::thread::sleep(Duration::from_millis(100));
    released.store(true, Ordering::SeqCst);
    assert_eq!(enders.map(|ender| ender.join().unwrap()), [true, true]);
}

#[test]
fn a_graph_keeps_the_threads_after_the_last_handle() {
    let (done, there) = mpsc::channel();
    let pool = pool(2);
    let graph = Engine::on(pool)
        .run(every(Duration::from_millis(1)).take(20).for_each(move |_| {
            let _ = done.send(());
        }))
        .unwrap();
    for _ in 0..20 {
        there.recv_timeout(LONG).expect("the graph runs on");
    }
    assert_eq!(graph.join().unwrap().completed, 20);
}

#[test]
fn a_pool_may_end_on_one_of_its_threads() {
    let (done, there) = mpsc::channel();
    let pool = pool(2);
    let own = pool.clone();
    pool.context().post(task(move |_| {
        own.end();
        drop(own);
        done.send(()).unwrap();
    }));
    there.recv_timeout(LONG).expect("it does not wait for itself");
    drop(pool);
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

#[test]
fn pools_inside_of_pools() {
    let (outer, inner) = (pool(2), pool(2));
    let sum = outer.install(|| {
        let (a, b) = join(|| inner.install(|| fib(12)), || inner.install(|| fib(13)));
        a + b
    });
    assert_eq!(sum, 377);
}
