//! Bursts one way, as fast as they go.

use fusewire::ring::{Auto, Bursts, Layout, ring};

use super::ends::{Pop, Push};
use super::support::clock::ticks;
use super::support::duel::Contender;
use super::twins;

/// Slots of every ring here.
pub(crate) const CAPACITY: usize = 1024;

/// Values per slice.
pub(crate) const VALUES: usize = 48 * 1024;

/// The contenders for a payload of `WORDS` words.
pub(crate) fn contenders<const WORDS: usize>() -> Vec<Contender> {
    let mut all = by_hand::<WORDS>();
    all.extend([
        ours_deferred::<Auto, WORDS>("ours, 16 deferred", 16),
        ours_batch::<Auto, WORDS>("ours, batch of 16", 16),
        ours_batch::<Auto, WORDS>("ours, batch of 64", 64),
        ours_deferred::<Bursts, WORDS>("ours bursts, 16 deferred", 16),
        ours_batch::<Bursts, WORDS>("ours bursts, batch of 16", 16),
        ours_batch::<Bursts, WORDS>("ours bursts, batch of 64", 64),
    ]);
    all
}

/// Those of them that are written by hand; the plain index ring comes first.
pub(crate) fn by_hand<const WORDS: usize>() -> Vec<Contender> {
    vec![plain::<WORDS>(), lazy::<WORDS>()]
}

/// Checks order and contents of what arrives.
struct Arrivals(u64);

impl Arrivals {
    #[inline(always)]
    fn note<const WORDS: usize>(&mut self, value: [u64; WORDS]) {
        assert!(value[0] == self.0 && value[WORDS - 1] == self.0, "lost, doubled, torn or reordered");
        self.0 += 1;
    }
}

fn contender<const WORDS: usize>(
    name: &str,
    mut produce: impl FnMut(u64, u64) + Send + 'static,
    mut consume: impl FnMut(&mut Arrivals, u64) + Send + 'static,
) -> Contender {
    let (mut sent, mut arrivals) = (0, Arrivals(0));
    let timed = move |values, stamps: &mut Vec<u32>| {
        let end = arrivals.0 + values as u64;
        let start = ticks();
        while arrivals.0 < end {
            consume(&mut arrivals, end);
        }
        stamps.push((ticks() - start) as u32);
    };
    let partner = move |values| {
        let end = sent + values as u64;
        produce(sent, end);
        sent = end;
    };
    Contender {
        group: format!("{} bytes one way", 8 * WORDS),
        name: name.to_owned(),
        repetitions: VALUES,
        timed: Box::new(timed),
        partner: Box::new(partner),
    }
}

/// The plain index ring: one index store per value on either side.
fn plain<const WORDS: usize>() -> Contender {
    let (mut producer, mut consumer) = twins::index::ring::<_, CAPACITY>([0; WORDS], 1);
    contender::<WORDS>(
        "hand index",
        move |from, to| {
            for n in from..to {
                while !producer.try_push([n; WORDS]) {}
            }
        },
        move |arrivals, _| {
            if let Some(value) = consumer.try_pop() {
                arrivals.note(value);
            }
        },
    )
}

/// The same, publishing every 16 values and draining: the best that is written by hand.
fn lazy<const WORDS: usize>() -> Contender {
    let (mut producer, mut consumer) = twins::index::ring::<_, CAPACITY>([0; WORDS], 16);
    contender::<WORDS>(
        "hand lazy 16 + drain",
        move |from, to| {
            for n in from..to {
                while !producer.try_push([n; WORDS]) {}
            }
        },
        move |arrivals, _| {
            consumer.drain(|value| arrivals.note(value));
        },
    )
}

fn ours_deferred<L: Layout, const WORDS: usize>(name: &str, burst: u64) -> Contender {
    let (mut producer, mut consumer) = ring::<[u64; WORDS], L>(CAPACITY).expect("a ring");
    contender::<WORDS>(
        name,
        move |from, to| {
            for first in (from..to).step_by(burst as usize) {
                for n in first..to.min(first + burst) {
                    while producer.push_deferred([n; WORDS]).is_err() {}
                }
                producer.publish();
            }
        },
        move |arrivals, _| {
            consumer.pop_batch(usize::MAX, |value| arrivals.note(value));
        },
    )
}

fn ours_batch<L: Layout, const WORDS: usize>(name: &str, burst: u64) -> Contender {
    let (mut producer, mut consumer) = ring::<[u64; WORDS], L>(CAPACITY).expect("a ring");
    contender::<WORDS>(
        name,
        move |from, to| {
            for first in (from..to).step_by(burst as usize) {
                let mut values = first..to.min(first + burst);
                while !values.is_empty() {
                    producer.push_batch(values.by_ref().map(|n| [n; WORDS]));
                }
            }
        },
        move |arrivals, _| {
            consumer.pop_batch(usize::MAX, |value| arrivals.note(value));
        },
    )
}
