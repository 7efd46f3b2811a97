//! The end of a ring between processes that pushes.

use std::fmt;
use std::fs::File;
use std::time::{Duration, Instant};

use super::bell::Belled;
use super::file::{Opened, unlock};
use super::layout::{BELL_ASKED, BELL_ASLEEP, BELL_SILENT, END_BELL, End, Peer};
use super::memory::View;
use super::pushing::Pushing;
use super::ring::Of;
use super::watch::{Readings, peer};
use super::{Odd, Plain, Process, ShmCounters, ShmError, ShmWatch, futex};
use crate::edge::{Overflow, Pushed};

/// The end of a ring between processes that pushes. Belongs to one thread at a time.
///
/// Dropping it closes the ring for the receiver, which still pops what is inside. A process that dies with it does not: see
/// [`shm`](super).
pub struct ShmSender<T: Plain> {
    pub(super) steps: Pushing<View, T>,
    policy: Overflow,
    died: Option<Process>,
    pub(super) bell: Belled,
    // Keeps the memory that `steps` uses.
    pub(super) readings: Readings,
    // Its lock is that of the end: given back when it is closed.
    file: File,
    path: String,
}

impl<T: Plain> ShmSender<T> {
    pub(super) fn new(opened: Opened, policy: Overflow) -> Result<Self, ShmError> {
        let ring = opened.ring(Of::<T>::new());
        let (steps, died) = Pushing::attach(ring, Process::this())
            .map_err(|odd| ShmError::Odd { path: opened.path.clone(), odd })?;
        let shape = ring.with_form(opened.header.shape);
        let readings = Readings::new(shape, opened.header.start, opened.mapping);
        Ok(Self {
            steps,
            policy,
            died,
            bell: Belled::default(),
            readings,
            file: opened.file,
            path: opened.path,
        })
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
        if self.steps.odd().is_some() {
            return Pushed::Failed(value);
        }
        if self.policy == Overflow::Fail {
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
                self.bell.looked_in_vain();
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
        let ring = self.steps.ring;
        if !ring.sleeps(End::Producer) {
            ring.may_sleep(End::Producer);
        }
        // SAFETY: the bell of an end; `readings` keeps the memory.
        let bell = unsafe { ring.memory().bell_word(End::Producer.at(END_BELL)) };
        let deadline = Instant::now().checked_add(at_most);
        loop {
            if self.steps.has_room() || self.is_closed() {
                return true;
            }
            let left = deadline.map_or(futex::LONGEST, |at| at.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                return false;
            }
            if ring.producer_sleeps() {
                futex::wait(bell, BELL_ASLEEP, left);
                ring.change_bell(End::Producer, BELL_ASLEEP, BELL_ASKED);
            }
        }
    }

    /// Who is at the other end. Costs system calls.
    pub fn peer(&self) -> Peer {
        peer(self.readings.ring(), &self.file, End::Consumer)
    }

    /// The process that died with this end before this one took it over, if one did.
    pub const fn predecessor(&self) -> Option<Process> {
        self.died
    }

    /// What the other process wrote that no correct one would, if it did.
    pub const fn odd(&self) -> Option<Odd> {
        self.steps.odd()
    }

    /// How many values the ring holds at most.
    #[inline(always)]
    pub const fn capacity(&self) -> u64 {
        self.steps.ring.capacity()
    }

    /// What happens to a value for which there is no room.
    pub const fn policy(&self) -> Overflow {
        self.policy
    }

    /// The counters of the ring, from its beginning.
    pub fn counters(&self) -> ShmCounters {
        self.readings.counters()
    }

    /// Another look at the ring, for any thread.
    ///
    /// # Errors
    ///
    /// When the system refuses another descriptor.
    pub fn watch(&self) -> Result<ShmWatch, ShmError> {
        ShmWatch::beside(&self.readings, &self.file, &self.path)
    }
}

impl<T: Plain> Drop for ShmSender<T> {
    fn drop(&mut self) {
        self.steps.ring.swap_bell(End::Producer, BELL_SILENT);
        self.steps.ring.leave_end(End::Producer);
        unlock(&self.file, End::Producer);
    }
}

impl<T: Plain> fmt::Debug for ShmSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ShmSender")
            .field("path", &self.path)
            .field("policy", &self.policy)
            .field("counters", &self.counters())
            .finish_non_exhaustive()
    }
}
