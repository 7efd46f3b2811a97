//! Words of the algebra over senders that complete at once, against the calls that they stand for: four side by side, four in
//! turn, and one whole graph that is waited for.

use fusewire::prelude::*;

use super::chain::{s1, s2, s3, s4};

/// Four senders side by side.
#[inline(never)]
pub fn when_all_fused(x: u64) -> u64 {
    let all = when_all4(just(x).map(s1), just(x).map(s2), just(x).map(s3), just(x).map(s4));
    value(block_on(all.map(|(a, b, c, d)| a ^ b ^ c ^ d)))
}

/// The same by hand.
#[inline(never)]
pub fn when_all_hand(x: u64) -> u64 {
    s1(x) ^ s2(x) ^ s3(x) ^ s4(x)
}

/// Four senders in turn, each made of the value of the one before.
#[inline(never)]
pub fn and_plain(x: u64) -> u64 {
    let chain = just(x).and(|x| just(s1(x))).and(|x| just(s2(x))).and(|x| just(s3(x))).and(|x| just(s4(x)));
    value(block_on(chain))
}

/// The same chain, fused.
#[inline(never)]
pub fn and_fused(x: u64) -> u64 {
    value(block_on(fuse! {
        just(x).and(|x| just(s1(x))).and(|x| just(s2(x))).and(|x| just(s3(x))).and(|x| just(s4(x)))
    }))
}

/// The same by hand.
#[inline(never)]
pub fn and_hand(x: u64) -> u64 {
    s4(s3(s2(s1(x))))
}

/// A graph that is awaited by its caller.
#[inline(never)]
pub fn block_on_plain(x: u64) -> u64 {
    value(block_on(just(x).map(s1)))
}

/// The same by hand.
#[inline(never)]
pub fn block_on_hand(x: u64) -> u64 {
    s1(x)
}

fn value<E>(completion: Completion<u64, E>) -> u64 {
    match completion {
        Completion::Value(value) => value,
        _ => 0,
    }
}
