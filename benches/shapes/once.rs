//! One pass of an inline graph, awaited by its caller, against the calls that it stands for.

use fusewire::prelude::*;

use super::chain::{s1, s2};

#[stage]
#[inline(always)]
fn scale(x: u64) -> u64 {
    x.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

#[stage]
#[inline(always)]
fn odd(x: &u64) -> bool {
    x & 1 == 1
}

#[stage]
#[inline(always)]
fn halve(x: u64) -> Option<u64> {
    (x > 100).then_some(x / 2)
}

/// The fused pass.
#[inline(never)]
pub fn fused(x: u64) -> Option<u64> {
    match block_on(fuse! { just(x).map(scale).filter(odd).map(s1).filter_map(halve).map(s2) }) {
        Completion::Value(x) => Some(x),
        _ => None,
    }
}

/// The same by hand.
#[inline(never)]
pub fn hand(x: u64) -> Option<u64> {
    let x = scale(x);
    if !odd(&x) {
        return None;
    }
    let x = halve(s1(x))?;
    Some(s2(x))
}
