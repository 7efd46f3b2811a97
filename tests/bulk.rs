//! `bulk` and its kin: every index once, on a pool and off it, plain and fused; what ends it early; what it costs.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::time::{Duration, Instant};

use fusewire::context::Scheduler;
use fusewire::context::cpu::Cpu;
use fusewire::context::pool::{self, Pool};
use fusewire::control::RunError;
use fusewire::engine::Engine;
use fusewire::prelude::*;
use fusewire::stop::StopSource;

struct Counting;

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

thread_local! {
    /// Whether this thread's allocations count: other tests allocate beside.
    static COUNTED: Cell<bool> = const { Cell::new(false) };
}

// SAFETY: forwards to the system's allocator, and counts.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if COUNTED.try_with(Cell::get).unwrap_or(false) {
            ALLOCATIONS.fetch_add(1, Ordering::SeqCst);
        }
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn pool(workers: usize) -> Pool {
    Pool::builder().workers(workers).build().unwrap()
}

/// How often each index was called.
#[derive(Debug)]
struct Calls(Vec<AtomicUsize>);

impl Calls {
    fn new(n: usize) -> Self {
        Self((0..n).map(|_| AtomicUsize::new(0)).collect())
    }

    fn call(&self, at: usize) {
        self.0[at].fetch_add(1, Ordering::Relaxed);
    }

    fn all(self, times: usize) -> bool {
        self.0.into_iter().all(|calls| calls.into_inner() == times)
    }
}

const SIZES: [usize; 5] = [0, 1, 7, 1000, 20_000];

/// Every shape once over a value, on whatever context the pass is.
fn every_shape<S: Scheduler + Clone>(n: usize, on_it: &S) {
    let there = || from_fn(move || Some(Calls::new(n))).then(on(on_it.clone()));
    let once = |made| matches!(made, Completion::Value(true));
    assert!(
        once(block_on(there().bulk(n, |at, calls: &Calls| calls.call(at)).map(|calls| calls.all(1)))),
        "bulk {n}"
    );
    assert!(
        once(block_on(
            there().bulk_unchunked(n, |at, calls: &Calls| calls.call(at)).map(|calls| calls.all(1))
        )),
        "bulk_unchunked {n}"
    );
    for chunk in [0, 1, 16, 30_000] {
        let ranges =
            there().bulk_chunked(n, chunk, |range, calls: &Calls| range.for_each(|at| calls.call(at)));
        assert!(once(block_on(ranges.map(|calls| calls.all(1)))), "bulk_chunked {n} by {chunk}");
        let parts = just(vec![0; n])
            .then(on(on_it.clone()))
            .bulk_each_chunked(chunk, |first, part| (first..).zip(part).for_each(|(at, n)| *n += at))
            .map(move |all| all.into_iter().eq(0..n));
        assert!(once(block_on(parts)), "bulk_each_chunked {n} by {chunk}");
    }
    let each = just(vec![0; n])
        .then(on(on_it.clone()))
        .bulk_each(|at, n| *n += at)
        .map(move |all| all.into_iter().eq(0..n));
    assert!(once(block_on(each)), "bulk_each {n}");
}

#[test]
fn every_index_is_called_once_on_a_pool_and_off_it() {
    for n in SIZES {
        every_shape(n, &pool(1));
        every_shape(n, &pool(3));
        every_shape(n, &Cpu::builder().build().unwrap());
    }
}

#[test]
fn off_a_pool_the_calls_are_in_order() {
    let seen = Mutex::new(Vec::new());
    let pass = just(()).bulk(100, |at, ()| seen.lock().unwrap().push(at));
    assert_eq!(block_on(pass), Completion::Value(()));
    assert!(seen.into_inner().unwrap().into_iter().eq(0..100));
    let home = Cpu::builder().build().unwrap();
    let pass = just([0; 9]).then(on(home)).bulk_each(|at, n| *n = at);
    assert_eq!(block_on(pass), Completion::Value([0, 1, 2, 3, 4, 5, 6, 7, 8]));
}

#[test]
fn on_a_pool_the_calls_are_side_by_side() {
    let (pool, meet) = (pool(3), Barrier::new(3));
    let threads = Mutex::new(BTreeSet::new());
    // Each call waits for two others: one after the other they would never return.
    let pass = just(()).then(on(pool)).bulk_unchunked(3, |_, ()| {
        meet.wait();
        threads.lock().unwrap().insert(format!("{:?}", std::thread::current().id()));
    });
    assert_eq!(block_on(pass), Completion::Value(()));
    assert_eq!(threads.into_inner().unwrap().len(), 3);
}

#[test]
fn fused_is_plain() {
    let (pool, home) = (pool(2), Cpu::builder().build().unwrap());
    let plain = block_on(
        just(vec![1_u64; 500])
            .then(on(pool.clone()))
            .bulk_each(|at, n| *n += at as u64)
            .map(|all| all.iter().sum::<u64>()),
    );
    let there = pool.clone();
    let fused = fuse! {
        just(vec![1_u64; 500]).then(on(there)).bulk_each(|at, n| *n += at as u64).map(|all: Vec<u64>| all.iter().sum::<u64>())
    };
    assert_eq!(plain, Completion::Value(500 + 499 * 500 / 2));
    assert_eq!(block_on(fused), plain);

    // Pass after pass, in the order of the passes.
    let mut next = 0;
    let graph = fuse! {
        from_iter(0..500_u64)
            .then(on(pool))
            .map(|n| vec![n; 300])
            .bulk_each(|at, n| *n += at as u64)
            .map(|all: Vec<u64>| (all[0], all.iter().sum::<u64>()))
            .then(on(home.clone()))
            .for_each(move |(n, sum): (u64, u64)| {
                assert_eq!((n, sum), (next, 300 * next + 299 * 150));
                next += 1;
            })
    };
    assert_eq!(Engine::on(home).run(graph).unwrap().join().unwrap().completed, 500);
}

#[test]
fn the_first_error_stops_the_rest() {
    for workers in [1, 2] {
        let (pool, calls) = (pool(workers), AtomicUsize::new(0));
        let pass = just(()).then(on(pool)).bulk_chunked(1_000_000, 1, |range, ()| {
            calls.fetch_add(1, Ordering::Relaxed);
            if range.start == 10 { Err("ten") } else { Ok(()) }
        });
        assert_eq!(block_on(pass), Completion::Error("ten"));
        // The back half may be well under way on another worker; on one there is no other.
        let calls = calls.into_inner();
        assert!(calls < 1_000_000 && (workers > 1 || calls == 11), "{calls} calls");
    }
    // Off a pool it is the first by its index.
    let pass = just(()).bulk(100, |at, ()| if at % 7 == 6 { Err(at) } else { Ok(()) });
    assert_eq!(block_on(pass), Completion::Error(6));
}

/// Of three errors at once one is kept, and the others are dropped where neither holds up the other.
#[test]
fn errors_that_come_second_are_dropped_one_beside_the_other() {
    struct Slow(Arc<AtomicUsize>);
    impl Drop for Slow {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::SeqCst);
            let until = Instant::now() + Duration::from_secs(10);
            while self.0.load(Ordering::SeqCst) < 2 && Instant::now() < until {
                std::thread::yield_now();
            }
            assert!(self.0.load(Ordering::SeqCst) >= 2, "an error waits for the drop of another");
        }
    }
    let (meet, drops) = (Barrier::new(3), Arc::new(AtomicUsize::new(0)));
    let fails = |_, _: &()| {
        meet.wait();
        Err(Slow(Arc::clone(&drops)))
    };
    let failed = pool(3).install(|| block_on(just(()).bulk_unchunked(3, fails)));
    assert!(matches!(failed, Completion::Error(_)));
    assert_eq!(drops.load(Ordering::SeqCst), 2);
}

#[test]
fn an_earlier_error_goes_past_or_is_turned_into_the_function_s() {
    let calls = AtomicUsize::new(0);
    let past = just("x").try_map(str::parse::<u8>).bulk(9, |_, _: &u8| {
        calls.fetch_add(1, Ordering::Relaxed);
    });
    assert!(matches!(block_on(past), Completion::Error(error) if error == "x".parse::<u8>().unwrap_err()));
    let turned = just("x").try_map(str::parse::<u8>).bulk(
        9,
        |_, _: &u8| -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
            calls.fetch_add(1, Ordering::Relaxed);
            Ok(())
        },
    );
    assert!(
        matches!(block_on(turned), Completion::Error(error) if error.to_string().contains("invalid digit"))
    );
    assert_eq!(calls.into_inner(), 0, "an error has no value to call it with");
}

#[test]
fn a_stop_is_seen_between_chunks() {
    for workers in [0, 1, 3] {
        let (stop, calls) = (StopSource::new(), AtomicUsize::new(0));
        let asks = stop.clone();
        let calling = |at: usize, (): &()| {
            calls.fetch_add(1, Ordering::Relaxed);
            if at == 5 {
                asks.request_stop();
            }
        };
        let made = if workers == 0 {
            block_on(just(()).bulk_unchunked(1_000_000, calling).with_stop(stop.token()))
        } else {
            block_on(
                just(()).then(on(pool(workers))).bulk_unchunked(1_000_000, calling).with_stop(stop.token()),
            )
        };
        assert_eq!(made, Completion::Stopped(StopReason::Requested));
        let calls = calls.into_inner();
        assert!(calls < 1_000_000 && (workers > 1 || calls == 6), "{calls} calls, {workers} workers");
    }
    // A stop that comes after the last chunk has begun stops nothing.
    let stop = StopSource::new();
    let asks = stop.clone();
    let pass = just(3)
        .bulk_unchunked(1, move |_, _| drop(asks.request_stop().then_some(String::new())))
        .with_stop(stop.token());
    assert_eq!(block_on(pass), Completion::Value(3));
}

#[test]
fn an_abandoned_graph_leaves_the_rest_out() {
    fn endless(at: usize, calls: &AtomicUsize) {
        calls.store(at, Ordering::Relaxed);
        STARTED.store(1, Ordering::Release);
    }
    static STARTED: AtomicUsize = AtomicUsize::new(0);
    let pool = pool(2);
    let graph = from_fn(|| Some(AtomicUsize::new(0)))
        .then(on(pool.clone()))
        .bulk_unchunked(usize::MAX, endless)
        .for_each(|_| ());
    let running = Engine::on(pool).run(graph).unwrap();
    while STARTED.load(Ordering::Acquire) == 0 {
        std::thread::yield_now();
    }
    running.stop(fusewire::control::Stop::Abandon);
    let _ = running.join();
}

#[test]
fn a_panic_in_one_index_is_the_graph_s() {
    let (pool, home) = (pool(2), Cpu::builder().build().unwrap());
    let there = pool.clone();
    let fused = fuse! {
        from_iter(0..3_u32).then(on(there)).bulk(1000, |at, n: &u32| assert!(at != 900 || *n < 2, "two is too many")).for_each(|_| ())
    };
    let plain = from_iter(0..3_u32)
        .then(on(pool))
        .bulk(1000, |at, n: &u32| assert!(at != 900 || *n < 2, "two is too many"))
        .for_each(|_| ());
    let errors = [
        Engine::on(home.clone()).run(fused).unwrap().join().unwrap_err(),
        Engine::on(home).run(plain).unwrap().join().unwrap_err(),
    ];
    for error in errors {
        let RunError::Panicked(report) = error else { panic!("{error}") };
        assert_eq!(report.message, "two is too many");
        assert!(report.file.ends_with("bulk.rs") && report.line > 0, "{report:?}");
    }
}

#[test]
fn ten_million_indices_take_no_stack() {
    fn address() -> usize {
        let here = 0_u8;
        std::hint::black_box(&raw const here).addr()
    }
    for workers in [1, 2] {
        let (lowest, highest) = (AtomicUsize::new(usize::MAX), AtomicUsize::new(0));
        let own = Mutex::new(None);
        let pass = from_fn(|| Some(AtomicUsize::new(0)))
            .then(on(pool(workers)))
            .inspect_value(|_| *own.lock().unwrap() = Some(std::thread::current().id()))
            .bulk_chunked(10_000_000, 16, |range, sum: &AtomicUsize| {
                sum.fetch_add(range.len(), Ordering::Relaxed);
                // One worker's stack alone: what is stolen lies on others.
                if *own.lock().unwrap() == Some(std::thread::current().id()) {
                    lowest.fetch_min(address(), Ordering::Relaxed);
                    highest.fetch_max(address(), Ordering::Relaxed);
                }
            })
            .map(AtomicUsize::into_inner);
        assert_eq!(block_on(pass), Completion::Value(10_000_000));
        let span = highest.into_inner() - lowest.into_inner();
        assert!(span < 256 << 10, "{span} bytes of stack");
    }
}

#[test]
fn nothing_is_allocated_per_chunk_or_per_pass() {
    const WORKERS: usize = 2;
    let pool = pool(WORKERS);
    // Every worker counts: each has one chunk, because each waits for the other.
    let count = |on: bool| {
        let meet = Barrier::new(WORKERS);
        pool.install(|| {
            pool::each(WORKERS, 1, |_| {
                meet.wait();
                COUNTED.set(on);
            });
        });
    };
    let passes = |n: usize| {
        pool.install(|| {
            let mut all = [0_u64; 4096];
            for _ in 0..n {
                pool::each_mut(&mut all, 1, |first, part| part[0] += first as u64);
            }
            all[4095]
        })
    };
    assert_eq!(passes(10), 40_950);
    count(true);
    let before = ALLOCATIONS.load(Ordering::SeqCst);
    assert_eq!(passes(100), 409_500);
    let made = ALLOCATIONS.load(Ordering::SeqCst) - before;
    count(false);
    assert_eq!(made, 0, "allocations in 400 000 chunks");

    // As a stage, pass after pass.
    COUNTED.set(true);
    let mut repeated = 0;
    let before = ALLOCATIONS.load(Ordering::SeqCst);
    for _ in 0..100 {
        let Completion::Value(all) = block_on(just([1_u64; 64]).bulk_each(|at, n| *n += at as u64)) else {
            continue;
        };
        repeated += all[63];
    }
    let made = ALLOCATIONS.load(Ordering::SeqCst) - before;
    COUNTED.set(false);
    assert_eq!((repeated, made), (6_400, 0));
}
