//! The end of a ring between processes that pops.

use std::fmt;
use std::time::Duration;

use super::file::Opened;
use super::held::{Held, tells};
use super::layout::{End, Peer};
use super::memory::View;
use super::popping::Popping;
use super::{Odd, Plain, Process, ShmCounters, ShmError, ShmWatch};

/// The end of a ring between processes that pops. Belongs to one thread at a time.
///
/// Dropping it hands back what was popped and closes the ring for the sender; what is inside stays for the next receiver. A panic
/// that drops it hands nothing back: what was [popped and kept](Self::pop_deferred) comes again.
pub struct ShmReceiver<T: Plain> {
    pub(super) steps: Popping<View, T>,
    // Keeps the memory that `steps` uses. Dropped last: it closes the end.
    pub(super) held: Held,
}

impl<T: Plain> ShmReceiver<T> {
    pub(super) fn new(opened: Opened) -> Result<Self, ShmError> {
        let (steps, held) = Held::new(opened, End::Consumer, Popping::attach)?;
        Ok(Self { steps, held })
    }

    /// Takes the oldest value, if there is one, and gives its slot back. Never blocks.
    ///
    /// At most once: a process that dies after this returned takes the value along.
    #[inline(always)]
    pub fn pop(&mut self) -> Option<T> {
        let popped = self.steps.pop();
        if popped.is_none() {
            self.held.looked_in_vain();
        }
        popped
    }

    /// [`pop`](Self::pop), with the slot left taken until [`hand_back`](Self::hand_back).
    ///
    /// At least once: if the process dies before that, the value comes again to the next consumer, and is counted as
    /// [`redelivered`](ShmCounters::redelivered). To hand back only what was dealt with is how nothing gets lost.
    ///
    /// Slots are given back in order: [`pop`](Self::pop) gives back, with its own, those of all values that were popped before.
    #[inline(always)]
    pub fn pop_deferred(&mut self) -> Option<T> {
        let popped = self.steps.pop_deferred();
        if popped.is_none() {
            self.held.looked_in_vain();
        }
        popped
    }

    /// Gives the sender the room of all values that were popped, and wakes it if it sleeps for want of room.
    #[inline(always)]
    pub fn hand_back(&mut self) {
        self.steps.hand_back();
    }

    /// Whether a value waits. Once true, it stays true until the next pop.
    #[inline(always)]
    pub fn ready(&mut self) -> bool {
        let ready = self.steps.ready();
        if !ready {
            self.held.looked_in_vain();
        }
        ready
    }

    /// Whether the sender was closed, or wrote what no sender writes. What it pushed is visible once this returned true. A sender
    /// that died is not closed: see [`peer`](Self::peer). Nor is one of a former run, see [`shm`](super#runs).
    #[inline(always)]
    pub fn is_closed(&self) -> bool {
        self.steps.is_closed()
    }

    /// Sleeps until a value waits, the sender is closed, or the time is up; whether it is one of the first two.
    ///
    /// For a program without contexts. Looks at the ring at least ten times a second, so that it outlives a sender that is
    /// killed while it wakes this one.
    pub fn wait(&mut self, at_most: Duration) -> bool {
        let steps = &mut self.steps;
        self.held.wait(at_most, || (!steps.ready() && !steps.is_closed()).then_some(steps.head))
    }
}

tells!(ShmReceiver);

impl<T: Plain> Drop for ShmReceiver<T> {
    fn drop(&mut self) {
        // What a panic interrupted was not dealt with.
        if !std::thread::panicking() {
            self.steps.hand_back();
        }
    }
}

impl<T: Plain> fmt::Debug for ShmReceiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ShmReceiver")
            .field("path", &self.held.path())
            .field("counters", &self.counters())
            .finish_non_exhaustive()
    }
}
