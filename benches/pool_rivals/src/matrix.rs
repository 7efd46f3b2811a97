//! A product of two matrices, some rows of it at a time: few large pieces.

use std::sync::Arc;

use fusewire::context::pool;
use rayon::prelude::*;

use crate::{Contender, Threads};

pub const N: usize = 512;
const ROWS: usize = 8;

/// What is multiplied.
pub struct Matrices {
    a: Arc<Vec<u32>>,
    b: Arc<Vec<u32>>,
}

impl Matrices {
    pub fn new() -> Self {
        let filled = |seed: u32| Arc::new((0..N * N).map(|at| (at as u32).wrapping_mul(seed) >> 7).collect());
        Self { a: filled(2_654_435_761), b: filled(2_246_822_519) }
    }

    pub fn answer(&self) -> u64 {
        let mut c = vec![0; N * N];
        rows(&self.a, &self.b, 0, &mut c);
        digest(&c)
    }
}

fn digest(c: &[u32]) -> u64 {
    c.iter().fold(0, |sum, n| sum.wrapping_mul(31).wrapping_add(u64::from(*n)))
}

/// The rows of the product that `part` has room for, beginning at `first`.
fn rows(a: &[u32], b: &[u32], first: usize, part: &mut [u32]) {
    for (row, to) in (first..).zip(part.chunks_exact_mut(N)) {
        for (k, &x) in a[row * N..][..N].iter().enumerate() {
            for (y, to) in b[k * N..][..N].iter().zip(to.iter_mut()) {
                *to = to.wrapping_add(x.wrapping_mul(*y));
            }
        }
    }
}

pub fn contenders<'t>(threads: &'t Threads, matrices: &'t Matrices) -> Vec<Contender<'t>> {
    let Matrices { a, b } = matrices;
    vec![
        (
            "fusewire",
            Box::new(|| {
                let mut c = vec![0; N * N];
                threads.pool.install(|| {
                    pool::each_mut(&mut c, ROWS * N, |first, part| rows(a, b, first / N, part));
                });
                digest(&c)
            }),
        ),
        (
            "rayon",
            Box::new(|| {
                let mut c = vec![0; N * N];
                threads.rayon.install(|| {
                    c.par_chunks_mut(ROWS * N).enumerate().for_each(|(at, part)| rows(a, b, at * ROWS, part));
                });
                digest(&c)
            }),
        ),
        (
            "tokio",
            Box::new(|| {
                let parts: Vec<_> = (0..N / ROWS)
                    .map(|at| {
                        let (a, b) = (Arc::clone(a), Arc::clone(b));
                        threads.tokio.spawn(async move {
                            let mut part = vec![0; ROWS * N];
                            rows(&a, &b, at * ROWS, &mut part);
                            part
                        })
                    })
                    .collect();
                let mut c = Vec::with_capacity(N * N);
                threads.tokio.block_on(async {
                    for part in parts {
                        c.extend(part.await.expect("a task that does not panic"));
                    }
                });
                digest(&c)
            }),
        ),
        (
            "one thread",
            Box::new(|| {
                let mut c = vec![0; N * N];
                rows(a, b, 0, &mut c);
                digest(&c)
            }),
        ),
    ]
}
