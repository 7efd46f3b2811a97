//! A value there and back through the two edges of a fused graph.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use crossbeam_utils::CachePadded;
use fusewire::lane::Attention;

use super::bare::{Bare, Driven};
use super::ping_pong::{self, Serve};
use super::rings::TRIPS;
use super::support::clock::ticks;
use super::support::duel::Contender;

/// What is noted of the trips of a slice; written by one lane.
#[derive(Debug)]
struct Notes {
    /// When the last value came back.
    last: AtomicU64,
    /// The last trip of the slice.
    until: AtomicU64,
    stamps: [AtomicU32; ROOM],
}

/// Room for the stamps of a slice.
const ROOM: usize = TRIPS.next_power_of_two();

impl Notes {
    // ORDERING: relaxed throughout, as one thread runs the lane and reads the notes.

    #[inline(always)]
    fn note(&self, n: u64, now: u64) {
        let before = self.last.load(Ordering::Relaxed);
        self.last.store(now, Ordering::Relaxed);
        self.stamps[n as usize % ROOM].store((now - before) as u32, Ordering::Relaxed);
    }

    /// Trips `first + 1` to `until` are to come, and the clock runs.
    fn begin(&self, until: u64) {
        self.until.store(until, Ordering::Relaxed);
        self.last.store(ticks(), Ordering::Relaxed);
    }

    fn is_last(&self, n: u64) -> bool {
        n == self.until.load(Ordering::Relaxed)
    }

    fn stamp(&self, n: u64) -> u32 {
        self.stamps[n as usize % ROOM].load(Ordering::Relaxed)
    }
}

/// The fused lanes, which are driven as a context that spins drives them.
pub(crate) fn fused<const WORDS: usize, const N: usize>() -> Contender {
    // Each in lines of its own: what one thread writes and the other one reads would be a hop more.
    let notes = Arc::new(CachePadded::new(Notes {
        last: AtomicU64::new(0),
        until: AtomicU64::new(0),
        stamps: [const { AtomicU32::new(0) }; ROOM],
    }));
    let serve = Arc::new(CachePadded::new(Serve::default()));
    let [here, there] = [(); 2].map(|()| Arc::new(CachePadded::new(Attention::new())));
    let until = Arc::new(CachePadded::new(AtomicU64::new(0)));

    let echoed = {
        let (until, there) = (until.clone(), there.clone());
        move |n| {
            // ORDERING: relaxed, one thread.
            if n == until.load(Ordering::Relaxed) {
                there.raise();
            }
        }
    };
    let returned = {
        let (notes, serve, here) = (notes.clone(), serve.clone(), here.clone());
        move |came: [u64; WORDS]| {
            let (now, n) = (ticks(), serve.due());
            notes.note(n, now);
            assert!(came[0] == n + 1 && (WORDS == 1 || came[WORDS - 1] == n), "another value came back");
            if notes.is_last(n) {
                here.raise();
            } else {
                serve.ask(n + 1);
            }
        }
    };
    let contexts = [Bare::new(), Bare::new()];
    let places = (contexts[0].clone(), contexts[1].clone());
    let graph = ping_pong::graph::<WORDS, _>(&serve, places, N, echoed, returned);
    let [mut origin, mut echo] = Driven::launch(graph, &contexts, [&here, &there]);

    let timed = move |trips, stamps: &mut Vec<u32>| {
        let first = serve.due() + 1;
        let end = first + trips as u64;
        notes.begin(end - 1);
        serve.ask(first);
        origin.run();
        stamps.extend((first..end).map(|n| notes.stamp(n)));
    };
    let partner = move |trips| {
        // ORDERING: relaxed, one thread.
        until.fetch_add(trips as u64, Ordering::Relaxed);
        echo.run();
    };
    Contender {
        group: format!("{} bytes", 8 * WORDS),
        name: "fused".to_owned(),
        repetitions: TRIPS,
        timed: Box::new(timed),
        partner: Box::new(partner),
    }
}
