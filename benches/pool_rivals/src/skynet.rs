//! A tree of ten children each, whose leaves are added up.

use std::future::Future;
use std::pin::Pin;

use fusewire::context::pool;
use rayon::prelude::*;

use crate::{Contender, Threads};

pub const LEAVES: u64 = 1_000_000;
pub const ANSWER: u64 = LEAVES * (LEAVES - 1) / 2;

fn forked(first: u64, size: u64) -> u64 {
    if size == 1 {
        return first;
    }
    let part = size / 10;
    let mut sums = [0; 10];
    pool::each_mut(&mut sums, 1, |child, sum| sum[0] = forked(first + child as u64 * part, part));
    sums.iter().sum()
}

fn by_rayon(first: u64, size: u64) -> u64 {
    if size == 1 {
        return first;
    }
    let part = size / 10;
    (0..10_u64).into_par_iter().map(|child| by_rayon(first + child * part, part)).sum()
}

fn by_tokio(first: u64, size: u64) -> Pin<Box<dyn Future<Output = u64> + Send>> {
    Box::pin(async move {
        if size == 1 {
            return first;
        }
        let part = size / 10;
        let children: [_; 10] =
            std::array::from_fn(|child| tokio::spawn(by_tokio(first + child as u64 * part, part)));
        let mut sum = 0;
        for child in children {
            sum += child.await.expect("a task that does not panic");
        }
        sum
    })
}

pub fn contenders(threads: &Threads) -> Vec<Contender<'_>> {
    let leaves = || std::hint::black_box(LEAVES);
    vec![
        ("fusewire", Box::new(move || threads.pool.install(|| forked(0, leaves())))),
        ("rayon", Box::new(move || threads.rayon.install(|| by_rayon(0, leaves())))),
        ("tokio", Box::new(move || threads.tokio.block_on(by_tokio(0, leaves())))),
    ]
}
