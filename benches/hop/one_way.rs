//! Bursts one way over the edge of a fused graph.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crossbeam_utils::CachePadded;
use fusewire::lane::Attention;
use fusewire::prelude::*;
use fusewire::ring::Layout;

use super::bare::{Bare, Driven};
use super::bursts::{CAPACITY, VALUES};
use super::support::clock::ticks;
use super::support::duel::Contender;

/// Numbers, in bursts; none beyond `until`.
struct Numbers {
    next: u64,
    burst: u64,
    /// How many of the burst are left.
    left: u64,
    until: Arc<CachePadded<AtomicU64>>,
    leave: Arc<CachePadded<Attention>>,
}

impl Source for Numbers {
    type Value = u64;
    type Error = Never;
    const BURSTS: bool = true;

    #[inline(always)]
    fn take(&mut self) -> Taken<u64, Never> {
        if self.left == 0 {
            self.left = self.burst;
            return Taken::Empty;
        }
        // ORDERING: relaxed, one thread.
        if self.next == self.until.load(Ordering::Relaxed) {
            self.leave.raise();
            return Taken::Empty;
        }
        self.left -= 1;
        self.next += 1;
        Taken::Value(self.next - 1)
    }
}

/// A fused graph whose source gives bursts, over an edge of layout `L`.
pub(crate) fn fused<L: Layout>(name: &str, burst: u64) -> Contender {
    // Each in lines of its own: what one thread writes and the other one reads would be a hop more.
    let [here, there] = [(); 2].map(|()| Arc::new(CachePadded::new(Attention::new())));
    let [sent, arrived] = [(); 2].map(|()| Arc::new(CachePadded::new(AtomicU64::new(0))));
    let numbers = Numbers { next: 0, burst, left: burst, until: sent.clone(), leave: there.clone() };
    let contexts = [Bare::new(), Bare::new()];
    let to = contexts[1].clone();
    let (until, leave) = (arrived.clone(), here.clone());
    let mut next = 0;
    let graph = fuse! {
        source(numbers).then(on(to).capacity(CAPACITY).layout::<L>()).for_each(move |n: u64| {
            assert!(n == next, "lost, doubled or reordered");
            next += 1;
            // ORDERING: relaxed, one thread.
            if next == until.load(Ordering::Relaxed) {
                leave.raise();
            }
        })
    };
    let [mut producing, mut consuming] = Driven::launch(graph, &contexts, [&there, &here]);
    let timed = move |values, stamps: &mut Vec<u32>| {
        // ORDERING: relaxed, one thread.
        arrived.fetch_add(values as u64, Ordering::Relaxed);
        let start = ticks();
        consuming.run();
        stamps.push((ticks() - start) as u32);
    };
    let partner = move |values| {
        // ORDERING: relaxed, one thread.
        sent.fetch_add(values as u64, Ordering::Relaxed);
        producing.run();
    };
    Contender {
        group: "8 bytes one way".to_owned(),
        name: name.to_owned(),
        repetitions: VALUES,
        timed: Box::new(timed),
        partner: Box::new(partner),
    }
}
