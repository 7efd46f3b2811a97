//! Arms with lanes of their own, in graphs that run: nothing is lost, doubled or reordered between
//! them, however the graph ends; nothing is allocated; what is drawn is what was made.

#[path = "../support/counting.rs"]
mod counting;

mod allocations;
mod devices;
mod drawing;
mod errors;
mod forks;
mod joins;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use fusewire::context::cpu::Cpu;
use fusewire::prelude::*;
use fusewire::wait::Wait;

pub(crate) const WAITS: [Wait; 2] = [Wait::Park, Wait::SpinThenYield { spins: 64 }];

pub(crate) fn cpu(name: &str, wait: Wait) -> Cpu {
    Cpu::builder().name(name).wait(wait).build().unwrap()
}

#[stage]
pub(crate) fn double(x: u64) -> u64 {
    x * 2
}

#[stage]
pub(crate) fn plus_one(x: u64) -> u64 {
    x + 1
}

/// What comes out of a graph: how much, and whether each value is the next.
#[derive(Debug, Default)]
pub(crate) struct Next {
    pub(crate) seen: AtomicU64,
    pub(crate) wrong: AtomicU64,
}

impl Next {
    pub(crate) fn see(&self, value: u64) {
        if value != self.seen.fetch_add(1, Ordering::Relaxed) {
            self.wrong.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Waits for the first value to come out, and a little longer, so that more are under way.
    #[track_caller]
    pub(crate) fn until_some_came(&self) {
        let began = std::time::Instant::now();
        while self.seen.load(Ordering::Relaxed) == 0 {
            assert!(began.elapsed() < Duration::from_secs(60), "nothing comes out");
            std::thread::yield_now();
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// What is wrong with a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Odd(pub(crate) u64);

impl std::fmt::Display for Odd {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} is odd", self.0)
    }
}

impl std::error::Error for Odd {}

pub(crate) fn even(x: u64) -> Result<u64, Odd> {
    if x.is_multiple_of(2) { Ok(x) } else { Err(Odd(x)) }
}
