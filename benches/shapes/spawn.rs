//! An operation that is spawned onto a context, against a hop that is written by hand: a task in an operation that exists already is
//! posted there, run, and adds a number.
//!
//! Both give the context some at a time, and then have it take a turn, all on one thread: so no turn is spent on waiting.

use std::ops::Range;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU64, Ordering};

use fusewire::consumers::spawn_on;
use fusewire::context::Scheduler;
use fusewire::context::manual::Manual;
use fusewire::prelude::*;
use fusewire::scope::Scope;
use fusewire::work::{Fate, TaskNode, TaskRef};

/// Operations that are given before a turn.
const WAVE: u64 = 64;

/// A context that spins, as far as others can tell, and a scope.
#[derive(Debug)]
pub struct Place {
    context: Manual,
    scope: Scope,
    // Leaked, so that neither form counts references to it.
    sum: &'static AtomicU64,
}

impl Place {
    /// A place that has run one wave, so that its memory is there.
    pub fn new() -> Self {
        let place = Self { context: Manual::new(), scope: Scope::new(), sum: Box::leak(Box::default()) };
        place.spawned(0..WAVE);
        place.sum.store(0, Ordering::Relaxed);
        place
    }

    fn waves(numbers: Range<u64>) -> impl Iterator<Item = Range<u64>> {
        numbers.clone().step_by(WAVE as usize).map(move |first| first..(first + WAVE).min(numbers.end))
    }

    /// Spawns one operation for each number.
    #[inline(never)]
    pub fn spawned(&self, numbers: Range<u64>) -> u64 {
        for wave in Self::waves(numbers) {
            for n in wave {
                let sum = self.sum;
                let add = move |n| {
                    sum.fetch_add(n, Ordering::Relaxed);
                };
                spawn_on(&self.context, &self.scope, just(n).map(add)).expect("the scope is open");
            }
            self.context.turn();
        }
        self.sum.swap(0, Ordering::Relaxed)
    }

    /// Posts one task for each number, each in one of a few operations that stay.
    #[inline(never)]
    pub fn hopped(&self, numbers: Range<u64>) -> u64 {
        let mut hops: Vec<Hop> = (0..WAVE).map(|_| Hop::new(self.sum)).collect();
        let context = self.context.context();
        for wave in Self::waves(numbers) {
            for (hop, n) in hops.iter_mut().zip(wave) {
                hop.number = n;
                // SAFETY: the node is the first field of a hop that stays in the vector until its task has run, which the turn
                // below sees to; there is no other reference to the task, and a hop is `Send`.
                context.post(unsafe { TaskRef::new(NonNull::from(hop).cast()) });
            }
            self.context.turn();
        }
        self.sum.swap(0, Ordering::Relaxed)
    }
}

impl Default for Place {
    fn default() -> Self {
        Self::new()
    }
}

#[repr(C)]
struct Hop {
    // First, so that the task finds its hop.
    node: TaskNode,
    number: u64,
    sum: &'static AtomicU64,
}

impl Hop {
    fn new(sum: &'static AtomicU64) -> Self {
        Self { node: TaskNode::new(Self::run), number: 0, sum }
    }

    /// # Safety
    ///
    /// `node` is the first field of a hop that nobody else uses.
    unsafe fn run(node: NonNull<TaskNode>, _: Fate) {
        // SAFETY: the caller says so.
        let hop = unsafe { node.cast::<Self>().as_ref() };
        hop.sum.fetch_add(hop.number, Ordering::Relaxed);
    }
}
