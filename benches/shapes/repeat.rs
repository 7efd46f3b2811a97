//! One stage, repeated within a pass, against a loop.

use fusewire::prelude::*;

use super::chain::s1;

/// The fused repetition.
#[inline(never)]
pub fn fused(seed: u64, times: u64) -> u64 {
    let turn = |state: &mut u64, ()| {
        *state = s1(*state);
        *state
    };
    match block_on(fuse! { just(()).scan(seed, turn).repeat(times) }) {
        Completion::Value(state) => state,
        _ => seed,
    }
}

/// The same by hand.
#[inline(never)]
pub fn hand(seed: u64, times: u64) -> u64 {
    let mut state = seed;
    for _ in 0..times {
        state = s1(state);
    }
    state
}
