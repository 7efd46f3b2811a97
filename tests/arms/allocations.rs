//! No message allocates.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use fusewire::engine::Engine;
use fusewire::prelude::*;

use super::{WAITS, counting, cpu, double};

/// What each thread had allocated when it saw a message that is not among the first, and at the last.
#[derive(Debug, Default)]
pub(crate) struct Allocated {
    pub(crate) warm: AtomicU64,
    pub(crate) last: AtomicU64,
}

/// Odd, as the last message is, so that the arm with a filter sees both.
const WARM: u64 = 5_001;
pub(crate) const MESSAGES: u64 = 40_000;

impl Allocated {
    pub(crate) fn note(&self, message: u64) -> u64 {
        // One more than the count, so that none is told from not yet.
        let here = counting::here() + 1;
        if message == WARM {
            self.warm.store(here, Ordering::Relaxed);
        } else if message == MESSAGES - 1 {
            self.last.store(here, Ordering::Relaxed);
        }
        message
    }
}

#[test]
fn nothing_is_allocated_between_the_first_message_and_the_last() {
    for wait in WAITS {
        let noted: [Arc<Allocated>; 4] = std::array::from_fn(|_| Arc::default());
        let [at_home, at_a, at_b, at_end] = noted.clone();
        let (home, a, b, end) = (cpu("home", wait), cpu("a", wait), cpu("b", wait), cpu("end", wait));
        let graph = fuse! {
            from_iter(0..MESSAGES)
                .map(move |x| at_home.note(x))
                .fork3(
                    |x| just(x).then(on(a.clone())).map(move |x| at_a.note(x)),
                    |x| just(x).map(double),
                    |x| just(x).then(on(b)).filter(|x| x % 2 == 1).map(move |x| at_b.note(x)),
                )
                .route(|x| x.0 % 3 == 0, |x| just(x).then(on(a)).map(|x| x.0), |x| just(x).map(|x| x.0))
                .then(on(end))
                .map(move |x| at_end.note(x))
                .for_each(drop)
        };
        Engine::on(home).run(graph).unwrap().join().unwrap();
        for (place, noted) in ["home", "a", "b", "end"].into_iter().zip(&noted) {
            let (warm, last) = (noted.warm.load(Ordering::Relaxed), noted.last.load(Ordering::Relaxed));
            assert!(warm != 0 && last != 0, "{place} saw both messages");
            assert_eq!(last - warm, 0, "allocations of `{place}`, {wait:?}");
        }
    }
}

#[test]
fn nothing_is_allocated_where_sources_meet() {
    for wait in WAITS {
        let noted: [Arc<Allocated>; 3] = std::array::from_fn(|_| Arc::default());
        let [at_home, at_a, at_b] = noted.clone();
        let (home, a, b) = (cpu("home", wait), cpu("a", wait), cpu("b", wait));
        let graph = fuse! {
            from_iter(0..MESSAGES)
                .map(move |x| at_home.note(x))
                .then(on(a))
                .join(from_iter(0..MESSAGES).then(on(b)).filter(|x| x % 4 != 0).map(move |x| at_b.note(x)))
                .map(move |(x, _)| at_a.note(x))
                .for_each(drop)
        };
        Engine::on(home).run(graph).unwrap().join().unwrap();
        for (place, noted) in ["home", "a", "b"].into_iter().zip(&noted) {
            let (warm, last) = (noted.warm.load(Ordering::Relaxed), noted.last.load(Ordering::Relaxed));
            assert!(warm != 0 && last != 0, "{place} saw both messages");
            assert_eq!(last - warm, 0, "allocations of `{place}`, {wait:?}");
        }
    }
}
