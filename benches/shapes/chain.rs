//! Eight stages, one behind the other, in one lane.

use std::hint::black_box;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use fusewire::graph::Graph;
use fusewire::prelude::*;

use super::bare::{Bare, Lanes};
use super::sink::Sum;

/// Defines stages that scramble a word, each with its own factor: four instructions each.
macro_rules! stages {
    ($($name:ident $factor:literal;)*) => {
        $(
            #[stage]
            #[inline(always)]
            pub fn $name(x: u64) -> u64 {
                (x ^ (x >> 7)).wrapping_mul($factor)
            }
        )*
    };
}

stages! {
    s1 0x2c1b_3c6d;
    s2 0x297a_2d39;
    s3 0x3d4d_51cb;
    s4 0x45d9_f3b1;
    s5 0x119d_e1f3;
    s6 0x344b_5409;
    s7 0x5bd1_e995;
    s8 0x7feb_352d;
}

/// The fused chain over the words of a range.
pub fn graph(words: Range<u64>, mut sum: Sum) -> impl Graph {
    fuse! {
        from_iter(words)
            .map(s1).map(s2).map(s3).map(s4).map(s5).map(s6).map(s7).map(s8)
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
        sum = sum.wrapping_add(s8(s7(s6(s5(s4(s3(s2(s1(word)))))))));
    }
    black_box(sum)
}

/// One pass of the fused chain, awaited by its caller. Its code is compared with that of
/// [`pass_hand`] and with `chain.x86-64.s`.
#[inline(always)]
pub fn pass_fused(x: u64) -> u64 {
    match block_on(fuse! { just(x).map(s1).map(s2).map(s3).map(s4).map(s5).map(s6).map(s7).map(s8) }) {
        Completion::Value(x) => x,
        _ => unreachable!("every pass of the chain has a value"),
    }
}

/// The same by hand.
#[inline(always)]
pub fn pass_hand(x: u64) -> u64 {
    s8(s7(s6(s5(s4(s3(s2(s1(x))))))))
}
