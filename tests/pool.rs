//! A pool: forks and thefts, contexts on shared threads, ways to wait, ends.

use fusewire::context::pool::{Pool, join};

fn fib(n: u64) -> u64 {
    if n < 2 {
        return n;
    }
    let (a, b) = join(|| fib(n - 1), || fib(n - 2));
    a + b
}

#[test]
fn nested_joins() {
    let pool = Pool::builder().workers(4).build().unwrap();
    assert_eq!(pool.install(|| fib(25)), 75025);
}

#[test]
fn kept() {
    use fusewire::conformance::{check_all, harness};
    use fusewire::wait::Wait;
    for wait in [Wait::Park, Wait::Spin, Wait::spin_then_yield(), Wait::SpinThenPark { spins: 50 }] {
        check_all(|| harness(Pool::builder().workers(2).wait(wait).build().unwrap(), Pool::end)).unwrap();
    }
}
