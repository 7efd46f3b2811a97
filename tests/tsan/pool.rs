//! Forks, thefts, bulks and contexts of a pool.

use std::cell::UnsafeCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use fusewire::conformance::task;
use fusewire::context::Scheduler;
use fusewire::context::pool::{self, Pool};
use fusewire::prelude::*;
use fusewire::wait::Wait;

fn fib(n: u64) -> u64 {
    if n < 2 {
        return n;
    }
    // By a box, so that what is stolen points to memory that others have used before.
    let boxed = Box::new(n);
    let (a, b) = pool::join(|| fib(*boxed - 1), || fib(*boxed - 2));
    a + b
}

pub(crate) fn pools() {
    for wait in [Wait::spin_then_yield(), Wait::SpinThenPark { spins: 20 }, Wait::Park] {
        let pool = Pool::builder().workers(3).wait(wait).build().expect("threads");
        println!("a pool: {}", pool.context().placement().wait);
        for _ in 0..5 {
            assert_eq!(pool.install(|| fib(14)), 377);
        }
        let mut all = vec![0; 2_000];
        pool.install(|| {
            pool::each_mut(&mut all, 3, |first, part| (first..).zip(part).for_each(|(at, n)| *n = at))
        });
        assert!(all.iter().copied().eq(0..2_000));

        let pass =
            just(all).then(on(pool.clone())).bulk_each(|at, n| *n -= at).map(|all| all.iter().sum::<usize>());
        assert_eq!(block_on(pass), Completion::Value(0));

        strands(&pool);
        pool.end();
    }
}

/// What only one strand touches, and no lock guards.
struct Unguarded(UnsafeCell<u64>);

// SAFETY: a strand runs one thing at a time, in an order that the sanitizer has to see.
unsafe impl Sync for Unguarded {}

/// Two contexts whose state is not atomic, run by whichever workers are free.
fn strands(pool: &Pool) {
    const TASKS: u64 = 500;
    let posters = [pool.strand(), pool.strand()].map(|strand| {
        std::thread::spawn(move || {
            let (state, done) = (Arc::new(Unguarded(UnsafeCell::new(0))), Arc::new(AtomicU64::new(0)));
            for _ in 0..TASKS {
                let (state, done) = (Arc::clone(&state), Arc::clone(&done));
                strand.context().post(task(move |_| {
                    // SAFETY: no other task of this strand runs now.
                    let now = unsafe { *state.0.get() } + 1;
                    // SAFETY: as above.
                    unsafe { *state.0.get() = now };
                    done.store(now, Ordering::Release);
                }));
            }
            while done.load(Ordering::Acquire) < TASKS {
                std::thread::yield_now();
            }
        })
    });
    for poster in posters {
        poster.join().expect("a poster");
    }
}
