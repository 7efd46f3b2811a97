//! One value to four arms, and their results to one: all inline, in one lane.

use std::hint::black_box;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use fusewire::graph::Graph;
use fusewire::prelude::*;

use super::bare::{Bare, Lanes};
use super::chain::{s1, s2, s3, s4, s5, s6, s7, s8};
use super::sink::Sum;

#[stage]
#[inline(always)]
pub fn combine((a, b, c, d): (u64, u64, u64, u64)) -> u64 {
    (a ^ b.rotate_left(11)).wrapping_add(c ^ d.rotate_left(23))
}

/// The fused graph over the words of a range.
pub fn graph(words: Range<u64>, mut sum: Sum) -> impl Graph {
    fuse! {
        from_iter(words)
            .map(s1)
            .fork4(
                |q| just(q).map(s2).map(s3),
                |q| just(q).map(s4),
                |q| just(q ^ 0xff).map(s5).map(s6),
                |q| just(q).map(s7),
            )
            .map(combine)
            .map(s8)
            .for_each(move |x| sum.add(x))
    }
}

/// The same, ready to run.
pub fn fused(words: Range<u64>) -> (Lanes, Arc<AtomicU64>) {
    let (sum, total) = Sum::new();
    (Lanes::launch(graph(words, sum), &[Bare::new()]), total)
}

/// The same by hand.
#[inline(never)]
pub fn hand(words: Range<u64>, stop: &AtomicBool) -> u64 {
    let mut sum = 0u64;
    for word in words {
        // ORDERING: relaxed, the flag is a hint.
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let q = s1(word);
        let joined = combine((s3(s2(q)), s4(q), s6(s5(q ^ 0xff)), s7(q)));
        sum = sum.wrapping_add(s8(joined));
    }
    black_box(sum)
}
