//! A value to two arms that end by themselves, each on a lane of its own behind an edge.
//!
//! Both forms are run turn by turn on one thread, as in `hop`.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use fusewire::prelude::*;

use super::bare::{Bare, Lanes};
use super::hop::ring::slotted::Ring;
use super::hop::ring::{Pop, Push};
use super::hop::{CAPACITY, Message};
use super::sink::Sum;

/// What goes into the arms: a line.
type Quote = Message<7>;

#[inline(always)]
fn bid(quote: Quote) -> u64 {
    quote.weigh().rotate_left(7)
}

#[inline(always)]
fn ask(quote: Quote) -> u64 {
    quote.weigh() ^ 0x5555_5555
}

/// The fused broadcast of a message for each word of a range.
pub fn fused(words: Range<u64>) -> (Lanes, Arc<AtomicU64>) {
    let (mut bids, mut asks, total) = Sum::pair();
    let [home, first, second] = std::array::from_fn(|_| Bare::new());
    let (to_first, to_second) = (first.clone(), second.clone());
    let graph = fuse! {
        from_iter(words).map(Quote::new).broadcast(
            |quote| just(quote).then(on(to_first).capacity(CAPACITY)).map(bid).for_each(move |x| bids.add(x)),
            |quote| just(quote).then(on(to_second).capacity(CAPACITY)).map(ask).for_each(move |x| asks.add(x)),
        )
    };
    (Lanes::launch(graph, &[home, first, second]), total)
}

/// The same by hand: the loop in front of the arms. Returns when one of the rings is full or the
/// range has ended.
#[inline(never)]
fn hand_front(
    words: &mut Range<u64>,
    first: &mut impl Push<Quote>,
    second: &mut impl Push<Quote>,
    stop: &AtomicBool,
) {
    let (mut rest, mut one, mut other) = (words.clone(), *first, *second);
    // ORDERING: relaxed, the flag is a hint.
    while !stop.load(Ordering::Relaxed) && one.has_room() && other.has_room() {
        let Some(word) = rest.next() else { break };
        let quote = Quote::new(word);
        one.push(quote);
        other.push(quote);
    }
    (*words, *first, *second) = (rest, one, other);
}

/// The loop of an arm. Returns when there is nothing to do.
#[inline(never)]
fn hand_arm(from: &mut impl Pop<Quote>, sum: u64, stage: impl Fn(Quote) -> u64, stop: &AtomicBool) -> u64 {
    let (mut input, mut sum) = (*from, sum);
    // ORDERING: relaxed, the flag is a hint.
    while !stop.load(Ordering::Relaxed) {
        let Some(quote) = input.pop() else { break };
        sum = sum.wrapping_add(stage(quote));
    }
    *from = input;
    sum
}

/// All three loops, each in turn.
pub fn hand(mut words: Range<u64>, stop: &AtomicBool) -> u64 {
    let (mut to_first, mut to_second) = (Ring::<Quote, CAPACITY>::new(), Ring::<Quote, CAPACITY>::new());
    let ((mut into_first, mut first), (mut into_second, mut second)) = (to_first.ends(), to_second.ends());
    let (mut bids, mut asks) = (0, 0);
    while !words.is_empty() {
        hand_front(&mut words, &mut into_first, &mut into_second, stop);
        bids = hand_arm(&mut first, bids, bid, stop);
        asks = hand_arm(&mut second, asks, ask, stop);
    }
    bids.wrapping_add(asks)
}
