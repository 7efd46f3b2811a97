//! A fork for every number: what forking itself costs.

use std::future::Future;
use std::pin::Pin;

use fusewire::context::pool;

use crate::{Contender, Threads};

pub const N: u64 = 30;
pub const ANSWER: u64 = 832_040;

fn by_hand(n: u64) -> u64 {
    if n < 2 { n } else { by_hand(n - 1) + by_hand(n - 2) }
}

fn forked(n: u64) -> u64 {
    if n < 2 {
        return n;
    }
    let (a, b) = pool::join(|| forked(n - 1), || forked(n - 2));
    a + b
}

fn by_rayon(n: u64) -> u64 {
    if n < 2 {
        return n;
    }
    let (a, b) = rayon::join(|| by_rayon(n - 1), || by_rayon(n - 2));
    a + b
}

fn by_tokio(n: u64) -> Pin<Box<dyn Future<Output = u64> + Send>> {
    Box::pin(async move {
        if n < 2 {
            return n;
        }
        let a = tokio::spawn(by_tokio(n - 1));
        let b = by_tokio(n - 2).await;
        a.await.expect("a task that does not panic") + b
    })
}

pub fn contenders(threads: &Threads) -> Vec<Contender<'_>> {
    vec![
        ("fusewire", Box::new(|| threads.pool.install(|| forked(std::hint::black_box(N))))),
        ("rayon", Box::new(|| threads.rayon.install(|| by_rayon(std::hint::black_box(N))))),
        ("tokio", Box::new(|| threads.tokio.block_on(by_tokio(std::hint::black_box(N))))),
        ("no fork, one thread", Box::new(|| by_hand(std::hint::black_box(N)))),
    ]
}
