//! `Latch`: a count that goes down once; passes wait for zero.

use std::fmt;
use std::sync::Arc;

use super::handle::Handle;
use super::operation::{Request, sends};
use super::wait_list::{Place, Queue, Woken};
use crate::completion::{Completion, Never};
use crate::primitive::const_unless_modelled;

/// A number of things that must have happened: it opens when they have, and stays open.
///
/// C++: `std::latch`. TooManyCooks: `tmc::latch`.
///
/// # Examples
///
/// ```
/// use fusewire::prelude::*;
/// use fusewire::sync::Latch;
///
/// let loaded = Latch::new(2);
/// loaded.count_down(1);
/// assert!(!loaded.is_open());
/// assert_eq!(block_on(loaded.arrive_and_wait(1)), Completion::Value(()));
/// ```
pub struct Latch {
    place: Place<Count>,
}

/// The state of a [`Latch`].
#[derive(Debug)]
pub struct Count {
    left: usize,
    // INVARIANT: empty once nothing is left.
    queue: Queue<()>,
}

impl fmt::Debug for Latch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Latch").field("open", &self.is_open()).finish()
    }
}

impl Latch {
    const_unless_modelled! {
        /// Opens after `count` things; with 0 it is open. May stand in a `static`.
        pub fn new(count: usize) -> Self {
            Self { place: Place::new(Count { left: count, queue: Queue::new() }) }
        }
    }

    /// Says that `count` of the things have happened; more than are left is as many as are left. Whether it is
    /// open now.
    pub fn count_down(&self, count: usize) -> bool {
        let mut woken = Woken::none();
        let open = self.place.with(|state| {
            state.count_down(count, &mut woken);
            state.left == 0
        });
        drop(woken);
        open
    }

    /// Whether all has happened, at some moment during the call.
    pub fn is_open(&self) -> bool {
        self.place.with(|state| state.left == 0)
    }

    /// Waits until it is open.
    ///
    /// **Completes** with `()`, inside `start` if it is open, else later; it cannot fail. Stopped if a stop is
    /// requested while it waits.
    /// **Runs on** the context where it is started.
    /// **Costs** one compare-exchange and one store if it is open; no allocation.
    pub const fn wait(&self) -> WaitLatch<&Self> {
        WaitLatch { latch: self, count: 0 }
    }

    /// As [`wait`](Self::wait), by count, for a graph that outlives this reference.
    pub fn wait_arc(self: &Arc<Self>) -> WaitLatch {
        WaitLatch { latch: Arc::clone(self), count: 0 }
    }

    /// As [`count_down`](Self::count_down), when it is started, and then [`wait`](Self::wait). What was counted
    /// stays counted if the wait is stopped. Started again it only waits.
    pub const fn arrive_and_wait(&self, count: usize) -> WaitLatch<&Self> {
        WaitLatch { latch: self, count }
    }

    /// As [`arrive_and_wait`](Self::arrive_and_wait), by count, for a graph that outlives this reference.
    pub fn arrive_and_wait_arc(self: &Arc<Self>, count: usize) -> WaitLatch {
        WaitLatch { latch: Arc::clone(self), count }
    }
}

impl Count {
    fn count_down(&mut self, count: usize, woken: &mut Woken<()>) {
        self.left = self.left.saturating_sub(count);
        if self.left == 0 {
            while self.queue.grant(woken) {}
        }
    }
}

/// The sender of [`Latch::wait`] and [`Latch::arrive_and_wait`].
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or return it in an `and`"]
#[derive(Debug, Clone)]
pub struct WaitLatch<H: Handle<Latch> = Arc<Latch>> {
    latch: H,
    // What it has still to count down.
    count: usize,
}

impl<H: Handle<Latch>> Request for WaitLatch<H> {
    type State = Count;
    type Payload = ();
    type Value = ();
    type Error = Never;

    #[inline]
    fn place(&self) -> &Place<Count> {
        &self.latch.place
    }

    fn queue(state: &mut Count) -> &mut Queue<()> {
        &mut state.queue
    }

    #[inline]
    fn ask(&mut self, state: &mut Count, woken: &mut Woken<()>) -> Option<()> {
        state.count_down(std::mem::take(&mut self.count), woken);
        (state.left == 0).then_some(())
    }

    fn settle(_: &mut Count, _: &mut Woken<()>) {}

    fn give_back(_: &mut Count, (): ()) {}

    #[inline]
    fn granted(&mut self, (): ()) -> Completion<(), Never> {
        Completion::Value(())
    }
}

sends!([H: Handle<Latch>] WaitLatch<H>);
