//! A pool: forks and thefts, contexts on shared threads, ways to wait, cores, panics, ends.

use std::time::Duration;

use fusewire::context::pool::{Pool, join};
use fusewire::wait::Wait;

mod contexts;
mod ends;
mod forks;
mod panics;
mod threads;

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
