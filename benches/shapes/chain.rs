//! Eight stages, one behind the other, in one lane.

use std::hint::black_box;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use fusewire::prelude::*;

use super::bare::{Bare, Lanes};
use super::sink::Sum;

/// Defines stages that scramble a word, each with its own factor.
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
    s1 0x9e37_79b9_7f4a_7c15;
    s2 0xbf58_476d_1ce4_e5b9;
    s3 0x94d0_49bb_1331_11eb;
    s4 0xd6e8_feb8_6659_fd93;
    s5 0xa076_1d64_78bd_642f;
    s6 0xe703_7ed1_a0b4_28db;
    s7 0x8ebc_6af0_9c88_c6e3;
    s8 0x5899_65cc_7537_4cc3;
}

/// The fused chain over the words of a range, ready to run.
pub fn fused(words: Range<u64>) -> (Lanes, Arc<AtomicU64>) {
    let (mut sum, total) = Sum::new();
    let graph = fuse! {
        from_iter(words)
            .map(s1).map(s2).map(s3).map(s4).map(s5).map(s6).map(s7).map(s8)
            .for_each(move |x| sum.add(x))
    };
    (Lanes::launch(graph, &[Bare::new()]), total)
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
