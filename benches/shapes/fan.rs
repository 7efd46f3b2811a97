//! A value through two arms on lanes of their own, and what both make of it into one: four lanes,
//! four edges.
//!
//! Both forms are run turn by turn on one thread, as in `hop`: each lane until the edge behind it
//! is full or the one before it is empty.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use fusewire::context::{MayBlock, Scheduler};
use fusewire::graph::Graph;
use fusewire::prelude::*;

use super::bare::{Bare, Lanes};
use super::hop::ring::slotted::{Quarter, Ring};
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

#[inline(always)]
fn spread((bid, ask): (u64, u64)) -> u64 {
    bid.wrapping_sub(ask)
}

/// The fused fan of a message for each word of a range: an arm on `first`, one on `second`, and
/// both results on `to`.
pub fn graph<C>(words: Range<u64>, first: C, second: C, to: C, mut sum: Sum) -> impl Graph
where
    C: Scheduler<Runs = MayBlock> + Clone,
{
    fuse! {
        from_iter(words)
            .map(Quote::new)
            .fork(
                |quote| just(quote).then(on(first).capacity(CAPACITY)).map(bid),
                |quote| just(quote).then(on(second).capacity(CAPACITY)).map(ask),
            )
            .then(on(to).capacity(CAPACITY))
            .map(spread)
            .for_each(move |x| sum.add(x))
    }
}

/// The same, ready to run.
pub fn fused(words: Range<u64>) -> (Lanes, Arc<AtomicU64>) {
    let (sum, total) = Sum::new();
    let [home, first, second, to] = std::array::from_fn(|_| Bare::new());
    let graph = graph(words, first.clone(), second.clone(), to.clone(), sum);
    (Lanes::launch(graph, &[home, first, second, to]), total)
}

/// The same by hand: the loop in front of the arms. Returns when one of the rings is full or the
/// range has ended. As in `hop`, every loop works on copies.
#[inline(never)]
fn hand_fan(
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
fn hand_arm(
    from: &mut impl Pop<Quote>,
    to: &mut impl Push<u64>,
    stage: impl Fn(Quote) -> u64,
    stop: &AtomicBool,
) {
    let (mut input, mut output) = (*from, *to);
    // ORDERING: relaxed, the flag is a hint.
    while !stop.load(Ordering::Relaxed) && output.has_room() {
        let Some(quote) = input.pop() else { break };
        output.push(stage(quote));
    }
    (*from, *to) = (input, output);
}

/// The loop behind the arms. Returns when one of the rings is empty.
#[inline(never)]
fn hand_zip(first: &mut impl Pop<u64>, second: &mut impl Pop<u64>, sum: u64, stop: &AtomicBool) -> u64 {
    let (mut one, mut other, mut sum) = (*first, *second, sum);
    // ORDERING: relaxed, the flag is a hint.
    while !stop.load(Ordering::Relaxed) && !one.is_empty() && !other.is_empty() {
        // SAFETY: it is not empty.
        let bid = unsafe { one.take() };
        // SAFETY: nor is the other.
        let ask = unsafe { other.take() };
        sum = sum.wrapping_add(spread((bid, ask)));
    }
    (*first, *second) = (one, other);
    sum
}

/// All four loops, each in turn.
pub fn hand(mut words: Range<u64>, stop: &AtomicBool) -> u64 {
    let (mut to_first, mut to_second) = (Ring::<Quote, CAPACITY>::new(), Ring::<Quote, CAPACITY>::new());
    let mut bids = Ring::<u64, CAPACITY, Quarter>::new();
    let mut asks = Ring::<u64, CAPACITY, Quarter>::new();
    let ((mut fan_first, mut first), (mut fan_second, mut second)) = (to_first.ends(), to_second.ends());
    let ((mut bid_in, mut bid_out), (mut ask_in, mut ask_out)) = (bids.ends(), asks.ends());
    let mut sum = 0;
    while !words.is_empty() {
        hand_fan(&mut words, &mut fan_first, &mut fan_second, stop);
        hand_arm(&mut first, &mut bid_in, bid, stop);
        hand_arm(&mut second, &mut ask_in, ask, stop);
        sum = hand_zip(&mut bid_out, &mut ask_out, sum, stop);
    }
    sum
}
