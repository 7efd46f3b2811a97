//! What both ends of a ring between processes hold, whichever way values go.

use std::fs::File;
use std::time::{Duration, Instant};

use super::bell::Belled;
use super::file::{Opened, unlock};
use super::futex;
use super::layout::{BELL_ASLEEP, BELL_SILENT, END_BELL, End, Peer};
use super::memory::View;
use super::ring::{Of, Ring};
use super::seen::seen;
use super::watch::{Readings, peer};
use super::{Odd, Process, ShmError, ShmWatch};
use crate::edge::{EdgeStats, Wake};

/// An end that was opened, beside its steps: the lock, the memory, and the bell. Dropping it closes the end.
pub(super) struct Held {
    end: End,
    died: Option<Process>,
    bell: Belled,
    // Keeps the memory that the steps use.
    readings: Readings,
    // Its lock is that of the end: given back when it is closed.
    file: File,
    path: String,
}

impl Held {
    /// Takes the end over, by `attach`, where its predecessor left it.
    pub(super) fn new<T, S>(
        opened: Opened,
        end: End,
        attach: impl FnOnce(Ring<View, Of<T>>, Process) -> Result<(S, Option<Process>), Odd>,
    ) -> Result<(S, Self), ShmError> {
        let ring = opened.ring(Of::<T>::new());
        let (steps, died) =
            attach(ring, Process::this()).map_err(|odd| ShmError::Odd { path: opened.path.clone(), odd })?;
        let readings =
            Readings::new(ring.with_form(opened.header.shape), opened.header.start, opened.mapping);
        let bell = Belled::default();
        Ok((steps, Self { end, died, bell, readings, file: opened.file, path: opened.path }))
    }

    /// The end looked in vain.
    #[inline(always)]
    pub(super) fn looked_in_vain(&self) {
        self.bell.looked_in_vain();
    }

    /// Has the context sleep on the bell of this end. Whether it can.
    pub(super) fn woken_by(&self, wake: &dyn Wake) -> bool {
        self.bell.woken_by(wake, self.end, *self.readings.ring(), self.readings.mapping())
    }

    /// Sleeps until `look` finds something to do or the time is up; whether it is the first. What it returns otherwise is the index
    /// at which the end stands.
    pub(super) fn wait(&self, at_most: Duration, mut look: impl FnMut() -> Option<u64>) -> bool {
        let ring = self.readings.ring();
        if !ring.sleeps(self.end) {
            ring.may_sleep(self.end);
        }
        // SAFETY: the bell of an end; `readings` keeps the memory.
        let bell = unsafe { ring.memory().bell_word(self.end.at(END_BELL)) };
        let deadline = Instant::now().checked_add(at_most);
        loop {
            let Some(at) = look() else { return true };
            let left = deadline.map_or(futex::LONGEST, |at| at.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                return false;
            }
            if ring.goes_to_sleep(self.end, at) {
                futex::wait(bell, BELL_ASLEEP, left);
                ring.awoke(self.end);
            }
        }
    }

    pub(super) fn peer(&self) -> Peer {
        peer(self.readings.ring(), &self.file, self.end.other())
    }

    pub(super) const fn predecessor(&self) -> Option<Process> {
        self.died
    }

    pub(super) const fn readings(&self) -> &Readings {
        &self.readings
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    pub(super) fn seen(&self) -> EdgeStats {
        seen(&self.readings, &self.path, self.watch().ok())
    }

    pub(super) fn watch(&self) -> Result<ShmWatch, ShmError> {
        ShmWatch::beside(&self.readings, &self.file, &self.path)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let ring = self.readings.ring();
        ring.swap_bell(self.end, BELL_SILENT);
        ring.leave_end(self.end);
        unlock(&self.file, self.end);
    }
}

/// What both ends tell of themselves and of the ring.
macro_rules! tells {
    ($end:ident) => {
        impl<T: Plain> $end<T> {
            /// Who is at the other end. Costs system calls.
            pub fn peer(&self) -> Peer {
                self.held.peer()
            }

            /// The process that died with this end before this one took it over, if one did.
            pub const fn predecessor(&self) -> Option<Process> {
                self.held.predecessor()
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
                self.held.readings().counters()
            }

            /// Another look at the ring, for any thread.
            ///
            /// # Errors
            ///
            /// When the system refuses another descriptor.
            pub fn watch(&self) -> Result<ShmWatch, ShmError> {
                self.held.watch()
            }
        }
    };
}

/// Inside of an `impl Push` or `impl Pop`: what the end holds answers.
macro_rules! by_held {
    () => {
        fn woken_by(&self, wake: Box<dyn Wake>) -> bool {
            self.held.woken_by(&*wake)
        }

        fn stats(&self) -> Option<EdgeStats> {
            Some(self.held.seen())
        }
    };
}

pub(super) use {by_held, tells};
