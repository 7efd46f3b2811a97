//! A value from one lane to another: push on one side, pop on the other.
//!
//! Both forms are run turn by turn on one thread: the sending side until the ring is full, then
//! the receiving side until it is empty. So no turn is spent on waiting, and what is counted is
//! the work of the two loops.

pub mod ring;

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use fusewire::context::{MayBlock, Scheduler};
use fusewire::graph::Graph;
use fusewire::prelude::*;

use self::ring::{Pop, Push};
use super::bare::{Bare, Lanes};
use super::sink::Sum;

/// Values that a ring holds.
pub const CAPACITY: usize = 1024;

/// What travels: `WORDS` words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message<const WORDS: usize>([u64; WORDS]);

impl<const WORDS: usize> Message<WORDS> {
    /// A message whose words follow from the first one.
    #[inline(always)]
    pub fn new(first: u64) -> Self {
        let mut words = [first; WORDS];
        for (index, word) in words.iter_mut().enumerate() {
            *word ^= index as u64;
        }
        Self(words)
    }

    /// What the receiver makes of it: looks at the first and the last word.
    #[inline(always)]
    pub fn weigh(self) -> u64 {
        self.0[0].wrapping_add(self.0[WORDS - 1])
    }
}

/// The fused hop of a message for each word of a range, from where the graph is started to `to`.
pub fn graph<const WORDS: usize>(
    words: Range<u64>,
    to: impl Scheduler<Runs = MayBlock>,
    mut sum: Sum,
) -> impl Graph {
    fuse! {
        from_iter(words)
            .map(Message::<WORDS>::new)
            .then(on(to).capacity(CAPACITY))
            .map(Message::<WORDS>::weigh)
            .for_each(move |x| sum.add(x))
    }
}

/// The same, ready to run.
pub fn fused<const WORDS: usize>(words: Range<u64>) -> (Lanes, Arc<AtomicU64>) {
    let (sum, total) = Sum::new();
    let (io, compute) = (Bare::new(), Bare::new());
    let graph = graph::<WORDS>(words, compute.clone(), sum);
    (Lanes::launch(graph, &[io, compute]), total)
}

/// The same by hand: the sending loop. Returns when the ring is full or the range has ended.
///
/// It works on copies of its end and its range, as a loop on a thread of its own would: only
/// locals stay in registers across the loads and stores that order the ring.
#[inline(never)]
pub fn hand_push<const WORDS: usize>(
    words: &mut Range<u64>,
    to: &mut impl Push<Message<WORDS>>,
    stop: &AtomicBool,
) {
    let (mut rest, mut end) = (words.clone(), *to);
    // ORDERING: relaxed, the flag is a hint.
    while !stop.load(Ordering::Relaxed) && end.has_room() {
        let Some(word) = rest.next() else { break };
        end.push(Message::new(word));
    }
    (*words, *to) = (rest, end);
}

/// The receiving loop. Returns when the ring is empty.
#[inline(never)]
pub fn hand_pop<const WORDS: usize>(from: &mut impl Pop<Message<WORDS>>, sum: u64, stop: &AtomicBool) -> u64 {
    let (mut end, mut sum) = (*from, sum);
    // ORDERING: relaxed, the flag is a hint.
    while !stop.load(Ordering::Relaxed) {
        let Some(message) = end.pop() else { break };
        sum = sum.wrapping_add(message.weigh());
    }
    *from = end;
    sum
}

/// Both loops, each in turn.
pub fn hand<const WORDS: usize>(
    mut words: Range<u64>,
    (mut to, mut from): (impl Push<Message<WORDS>>, impl Pop<Message<WORDS>>),
    stop: &AtomicBool,
) -> u64 {
    let mut sum = 0;
    while !words.is_empty() {
        hand_push(&mut words, &mut to, stop);
        sum = hand_pop(&mut from, sum, stop);
    }
    sum
}
