//! `Barrier`: passes wait for each other.

use std::fmt;
use std::sync::Arc;

use super::handle::Handle;
use super::operation::{Request, sends};
use super::wait_list::{Place, Queue, Woken};
use crate::completion::{Completion, Never};
use crate::primitive::const_unless_modelled;

/// A point where a number of passes wait until all have come; again and again.
///
/// C++: `std::barrier`. TooManyCooks: `tmc::barrier`. tokio: `sync::Barrier`.
///
/// # Examples
///
/// ```
/// use fusewire::prelude::*;
/// use fusewire::sync::Barrier;
///
/// let alone = Barrier::new(1);
/// assert!(block_on(alone.wait()).value().unwrap().is_leader());
/// ```
pub struct Barrier {
    place: Place<Meeting>,
}

/// The state of a [`Barrier`].
#[derive(Debug)]
pub struct Meeting {
    parties: usize,
    // INVARIANT: fewer than `parties`.
    queue: Queue<bool>,
}

/// What [`Barrier::wait`] completes with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Met {
    leader: bool,
}

impl Met {
    /// Whether this pass came last, and so opened the barrier. One of each round does.
    pub const fn is_leader(self) -> bool {
        self.leader
    }
}

impl fmt::Debug for Barrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Barrier").field("waiting", &self.waiting()).finish_non_exhaustive()
    }
}

impl Barrier {
    const_unless_modelled! {
        /// Opens whenever `parties` passes have come; 0 is as 1. May stand in a `static`.
        pub fn new(parties: usize) -> Self {
            Self { place: Place::new(Meeting { parties, queue: Queue::new() }) }
        }
    }

    /// How many wait, at some moment during the call.
    pub fn waiting(&self) -> usize {
        self.place.with(|state| state.queue.len())
    }

    /// Waits until all have come.
    ///
    /// **Completes** with [`Met`], inside `start` for the last to come, later for the others; it cannot fail. Stopped if
    /// a stop is requested while it waits: it has not come then, and another must.
    /// **Runs on** the context where it is started.
    /// **Costs** the last one post for each of the others; no allocation.
    pub const fn wait(&self) -> WaitBarrier<&Self> {
        WaitBarrier { barrier: self }
    }

    /// As [`wait`](Self::wait), by count, for a graph that outlives this reference.
    pub fn wait_arc(self: &Arc<Self>) -> WaitBarrier {
        WaitBarrier { barrier: Arc::clone(self) }
    }
}

/// The sender of [`Barrier::wait`].
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or return it in an `and`"]
#[derive(Debug, Clone)]
pub struct WaitBarrier<H: Handle<Barrier> = Arc<Barrier>> {
    barrier: H,
}

impl<H: Handle<Barrier>> Request for WaitBarrier<H> {
    type State = Meeting;
    // Whether it came last, which those who wait did not.
    type Payload = bool;
    type Value = Met;
    type Error = Never;

    #[inline]
    fn place(&self) -> &Place<Meeting> {
        &self.barrier.place
    }

    fn queue(state: &mut Meeting) -> &mut Queue<bool> {
        &mut state.queue
    }

    fn ask(&mut self, state: &mut Meeting, woken: &mut Woken<bool>) -> Option<bool> {
        if state.queue.len() + 1 < state.parties {
            return None;
        }
        while state.queue.grant(woken) {}
        Some(true)
    }

    fn settle(_: &mut Meeting, _: &mut Woken<bool>) {}

    fn give_back(_: &mut Meeting, leader: bool) -> bool {
        leader
    }

    fn granted(&mut self, leader: bool) -> Completion<Met, Never> {
        Completion::Value(Met { leader })
    }
}

sends!([H: Handle<Barrier>] WaitBarrier<H>);
