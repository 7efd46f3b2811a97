//! The end of a ring between processes that pops.

use std::fmt;
use std::fs::File;
use std::time::{Duration, Instant};

use super::bell::Belled;
use super::file::{Opened, unlock};
use super::layout::{BELL_ASLEEP, BELL_SILENT, END_BELL, End, Peer};
use super::memory::View;
use super::popping::Popping;
use super::ring::Of;
use super::watch::{Readings, peer};
use super::{Odd, Plain, Process, ShmCounters, ShmError, ShmWatch, futex};

/// The end of a ring between processes that pops. Belongs to one thread at a time.
///
/// Dropping it hands back what was popped and closes the ring for the sender; what is inside stays for the next receiver. A panic
/// that drops it hands nothing back: what was [popped and kept](Self::pop_deferred) comes again.
pub struct ShmReceiver<T: Plain> {
    pub(super) steps: Popping<View, T>,
    died: Option<Process>,
    pub(super) bell: Belled,
    // Keeps the memory that `steps` uses.
    pub(super) readings: Readings,
    // Its lock is that of the end: given back when it is closed.
    file: File,
    path: String,
}

impl<T: Plain> ShmReceiver<T> {
    pub(super) fn new(opened: Opened) -> Result<Self, ShmError> {
        let ring = opened.ring(Of::<T>::new());
        let (steps, died) = Popping::attach(ring, Process::this())
            .map_err(|odd| ShmError::Odd { path: opened.path.clone(), odd })?;
        let shape = ring.with_form(opened.header.shape);
        let readings = Readings::new(shape, opened.header.start, opened.mapping);
        Ok(Self { steps, died, bell: Belled::default(), readings, file: opened.file, path: opened.path })
    }

    /// Takes the oldest value, if there is one, and gives its slot back. Never blocks.
    ///
    /// At most once: a process that dies after this returned takes the value along.
    #[inline(always)]
    pub fn pop(&mut self) -> Option<T> {
        let popped = self.steps.pop();
        if popped.is_none() {
            self.bell.looked_in_vain();
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
            self.bell.looked_in_vain();
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
            self.bell.looked_in_vain();
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
        let ring = self.steps.ring;
        if !ring.sleeps(End::Consumer) {
            ring.may_sleep(End::Consumer);
        }
        // SAFETY: the bell of an end; `readings` keeps the memory.
        let bell = unsafe { ring.memory().bell_word(End::Consumer.at(END_BELL)) };
        let deadline = Instant::now().checked_add(at_most);
        loop {
            if self.steps.ready() || self.is_closed() {
                return true;
            }
            let left = deadline.map_or(futex::LONGEST, |at| at.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                return false;
            }
            if ring.consumer_sleeps(self.steps.head) {
                futex::wait(bell, BELL_ASLEEP, left);
                ring.swap_bell(End::Consumer, BELL_SILENT);
            }
        }
    }

    /// Who is at the other end. Costs system calls.
    pub fn peer(&self) -> Peer {
        peer(self.readings.ring(), &self.file, End::Producer)
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

impl<T: Plain> Drop for ShmReceiver<T> {
    fn drop(&mut self) {
        // What a panic interrupted was not dealt with.
        if !std::thread::panicking() {
            self.steps.hand_back();
        }
        self.steps.ring.swap_bell(End::Consumer, BELL_SILENT);
        self.steps.ring.leave_end(End::Consumer);
        unlock(&self.file, End::Consumer);
    }
}

impl<T: Plain> fmt::Debug for ShmReceiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ShmReceiver")
            .field("path", &self.path)
            .field("counters", &self.counters())
            .finish_non_exhaustive()
    }
}
