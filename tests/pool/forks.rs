//! Forks and thefts: nested, deep, side by side, in constant stack.

use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};

use fusewire::context::pool::{self, Pool, join};
use fusewire::wait::Wait;

use crate::{STRATEGIES, fib, pool};

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
fn pools_inside_of_pools() {
    let (outer, inner) = (pool(2), pool(2));
    let sum = outer.install(|| {
        let (a, b) = join(|| inner.install(|| fib(12)), || inner.install(|| fib(13)));
        a + b
    });
    assert_eq!(sum, 377);
}
