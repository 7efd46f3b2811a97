//! The end of a ring between processes that pushes.

use std::fmt;
use std::time::Duration;

use super::file::Opened;
use super::held::{Held, tells};
use super::layout::{End, Peer};
use super::memory::View;
use super::pushing::Pushing;
use super::{Odd, Plain, Process, ShmCounters, ShmError, ShmWatch};
use crate::edge::{Overflow, Pushed};

/// The end of a ring between processes that pushes. Belongs to one thread at a time.
///
/// Dropping it closes the ring for the receiver, which still pops what is inside. A process that dies with it does not: see
/// [`shm`](super).
pub struct ShmSender<T: Plain> {
    pub(super) steps: Pushing<View, T>,
    policy: Overflow,
    // Keeps the memory that `steps` uses. Dropped last: it closes the end.
    pub(super) held: Held,
}

impl<T: Plain> ShmSender<T> {
    pub(super) fn new(opened: Opened, policy: Overflow) -> Result<Self, ShmError> {
        let (steps, held) = Held::new(opened, End::Producer, Pushing::attach)?;
        Ok(Self { steps, policy, held })
    }

    /// Pushes and publishes a value, or does with it what the policy says. Never blocks.
    ///
    /// Costs one copy and one release store to a line that the consumer watches. A receiver that may sleep is not woken: see
    /// [`wake`](Self::wake). From an [`odd`](Self::odd) consumer every value comes back as failed.
    #[inline(always)]
    pub fn push(&mut self, value: T) -> Pushed<T> {
        if self.steps.has_room() {
            // SAFETY: there is room, and nothing was pushed since.
            unsafe { self.steps.fill(&value) };
            return Pushed::Ok;
        }
        if self.policy == Overflow::Fail || self.steps.odd().is_some() {
            return Pushed::Failed(value);
        }
        if self.overflows() {
            self.steps.ring.dropped_one();
            return Pushed::Dropped;
        }
        Pushed::Full(value)
    }

    /// Whether the next value would go in, or be dropped by the policy. Once true, it stays true until the next push.
    #[inline(always)]
    pub fn has_room(&mut self) -> bool {
        self.steps.has_room() || self.overflows()
    }

    /// There is no room: whether the policy is to go on regardless; a stall is counted if it is not.
    #[inline(always)]
    pub(super) fn overflows(&mut self) -> bool {
        match self.policy {
            Overflow::DropNewest | Overflow::Fail => true,
            Overflow::Block => {
                self.steps.stall();
                self.held.looked_in_vain();
                false
            }
        }
    }

    /// Wakes the receiver, if it sleeps. Once per turn or burst; not per value.
    ///
    /// Costs one load where the receiver never sleeps, a fence where it might, and a system call where it does.
    #[inline(always)]
    pub fn wake(&self) {
        self.steps.ring.ring_bell(End::Consumer);
    }

    /// Whether the receiver was closed, or wrote what no receiver writes. One that died is not closed: see [`peer`](Self::peer).
    /// Nor is one of a former run, see [`shm`](super#runs).
    #[inline(always)]
    pub fn is_closed(&self) -> bool {
        self.steps.is_closed()
    }

    /// Sleeps until there is room, the receiver is closed, or the time is up; whether it is one of the first two.
    ///
    /// For a program without contexts. Looks at the ring at least ten times a second, so that it outlives a receiver that
    /// is killed while it wakes this one.
    pub fn wait(&mut self, at_most: Duration) -> bool {
        let steps = &mut self.steps;
        self.held.wait(at_most, || (!steps.has_room() && !steps.is_closed()).then_some(steps.tail))
    }

    /// What happens to a value for which there is no room.
    pub const fn policy(&self) -> Overflow {
        self.policy
    }
}

tells!(ShmSender);

impl<T: Plain> fmt::Debug for ShmSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ShmSender")
            .field("path", &self.held.path())
            .field("policy", &self.policy)
            .field("counters", &self.counters())
            .finish_non_exhaustive()
    }
}
