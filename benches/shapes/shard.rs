//! Words to two shards by their key, and what the shards make of them back in order: three lanes, five edges.
//!
//! Both forms are run turn by turn on one thread, as in `hop`.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use fusewire::adaptors::spread;
use fusewire::prelude::*;

use super::bare::{Bare, Lanes};
use super::hop::CAPACITY;
use super::hop::ring::slotted::{Quarter, Ring};
use super::hop::ring::{Pop, Push};
use super::sink::Sum;

/// What a shard does with a word: it adds up its own.
#[inline(always)]
const fn count(sum: &mut u64, word: u64) -> u64 {
    *sum = sum.wrapping_add(word);
    sum.rotate_left(7) ^ word
}

/// The fused form.
pub fn fused(words: Range<u64>) -> (Lanes, Arc<AtomicU64>) {
    let (mut sum, total) = Sum::new();
    let [home, first, second] = std::array::from_fn(|_| Bare::new());
    let shards = [first.clone(), second.clone()];
    let graph = fuse! {
        from_iter(words)
            .shard(|word| *word, shards, |_| {
                let mut sum = 0;
                move |word| just(count(&mut sum, word))
            })
            .for_each(move |x| sum.add(x))
    };
    (Lanes::launch(graph, &[home, first, second]), total)
}

/// The loop in front of the shards.
#[inline(never)]
fn hand_front(
    words: &mut Range<u64>,
    shards: (&mut impl Push<u64>, &mut impl Push<u64>),
    ways: &mut impl Push<u64>,
    stop: &AtomicBool,
) {
    let (mut rest, mut one, mut other, mut told) = (words.clone(), *shards.0, *shards.1, *ways);
    // ORDERING: relaxed, the flag is a hint.
    while !stop.load(Ordering::Relaxed) && told.has_room() && one.has_room() && other.has_room() {
        let Some(word) = rest.next() else { break };
        let way = spread(word, 2);
        told.push(way as u64);
        if way == 0 {
            one.push(word);
        } else {
            other.push(word);
        }
    }
    (*words, *shards.0, *shards.1, *ways) = (rest, one, other, told);
}

/// The loop of a shard.
#[inline(never)]
fn hand_shard(from: &mut impl Pop<u64>, to: &mut impl Push<u64>, sum: u64, stop: &AtomicBool) -> u64 {
    let (mut input, mut output, mut sum) = (*from, *to, sum);
    // ORDERING: relaxed, the flag is a hint.
    while !stop.load(Ordering::Relaxed) && output.has_room() {
        let Some(word) = input.pop() else { break };
        output.push(count(&mut sum, word));
    }
    (*from, *to) = (input, output);
    sum
}

/// The loop behind the shards, which have made a value of each word that was given out.
#[inline(never)]
fn hand_meet(
    ways: &mut impl Pop<u64>,
    shards: (&mut impl Pop<u64>, &mut impl Pop<u64>),
    sum: u64,
    stop: &AtomicBool,
) -> u64 {
    let (mut told, mut one, mut other, mut sum) = (*ways, *shards.0, *shards.1, sum);
    // ORDERING: relaxed, the flag is a hint.
    while !stop.load(Ordering::Relaxed) {
        let Some(way) = told.pop() else { break };
        let value = if way == 0 { one.pop() } else { other.pop() };
        sum = sum.wrapping_add(value.expect("the shards have had their turns"));
    }
    (*ways, *shards.0, *shards.1) = (told, one, other);
    sum
}

type Words = Ring<u64, CAPACITY, Quarter>;

/// All four loops, each in turn.
pub fn hand(mut words: Range<u64>, stop: &AtomicBool) -> u64 {
    let [mut to_one, mut to_other, mut from_one, mut from_other, mut ways] =
        std::array::from_fn(|_| Words::new());
    let ((mut give_one, mut one), (mut give_other, mut other)) = (to_one.ends(), to_other.ends());
    let ((mut one_made, mut of_one), (mut other_made, mut of_other)) = (from_one.ends(), from_other.ends());
    let (mut tell, mut told) = ways.ends();
    let (mut sum, mut first, mut second) = (0, 0, 0);
    while !words.is_empty() {
        hand_front(&mut words, (&mut give_one, &mut give_other), &mut tell, stop);
        first = hand_shard(&mut one, &mut one_made, first, stop);
        second = hand_shard(&mut other, &mut other_made, second, stop);
        sum = hand_meet(&mut told, (&mut of_one, &mut of_other), sum, stop);
    }
    sum
}
