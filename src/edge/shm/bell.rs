//! How a context that parks sleeps until the process at the other end rings.

use std::fmt;
use std::sync::{Arc, OnceLock};

use super::layout::{BELL_ASLEEP, BELL_SILENT, END_BELL, End, Shape};
use super::memory::{Mapping, View};
use super::ring::Ring;
use crate::context::host::Doorbell;
use crate::edge::Wake;
use crate::primitive::{AtomicBool, Ordering, SharedU32};

/// The bell of one end in the shared memory, for the context on which that end is used.
pub(super) struct EndBell {
    end: End,
    ring: Ring<View, Shape>,
    // Whether the end looked in vain since the last sleep; only its own thread reads and writes it.
    wants: AtomicBool,
    gone: AtomicBool,
    // Keeps what `ring` looks at.
    _mapping: Mapping,
}

impl fmt::Debug for EndBell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EndBell").field("end", &self.end).finish_non_exhaustive()
    }
}

impl Doorbell for EndBell {
    fn arm(&self) -> bool {
        // ORDERING: relaxed, written by this thread.
        if !self.wants.load(Ordering::Relaxed) {
            // Whatever happens there, nothing of it is waited for.
            return true;
        }
        let may = self.ring.goes_to_sleep(self.end, self.ring.head());
        if !may {
            // ORDERING: relaxed, as above.
            self.wants.store(false, Ordering::Relaxed);
        }
        may
    }

    fn disarm(&self) {
        self.ring.awoke(self.end);
    }

    fn is_gone(&self) -> bool {
        // ORDERING: relaxed, it carries no data.
        self.gone.load(Ordering::Relaxed)
    }

    fn word(&self) -> (&SharedU32, u32) {
        // SAFETY: the bell of an end; the mapping is kept beside it.
        let word = unsafe { self.ring.memory().bell_word(self.end.at(END_BELL)) };
        // ORDERING: relaxed, as above.
        let wants = self.wants.load(Ordering::Relaxed);
        (word, if wants { BELL_ASLEEP } else { BELL_SILENT })
    }
}

/// What an end keeps of its bell: nothing before a context that parks waits with it.
#[derive(Debug, Default)]
pub(super) struct Belled(OnceLock<Arc<EndBell>>);

impl Belled {
    /// Has the context sleep on the bell of `end`. Whether it can.
    pub(super) fn woken_by(
        &self,
        wake: &dyn Wake,
        end: End,
        ring: Ring<View, Shape>,
        mapping: &Mapping,
    ) -> bool {
        if self.0.get().is_some() {
            return false;
        }
        let (wants, gone) = (AtomicBool::new(true), AtomicBool::new(false));
        let bell = Arc::new(EndBell { end, ring, wants, gone, _mapping: mapping.clone() });
        let kept = Arc::clone(&bell);
        if !wake.sleeps_also_on(bell) {
            return false;
        }
        ring.may_sleep(end);
        self.0.set(kept).is_ok()
    }

    /// The end looked in vain.
    #[inline(always)]
    pub(super) fn looked_in_vain(&self) {
        if let Some(bell) = self.0.get() {
            // ORDERING: relaxed, read by this thread.
            bell.wants.store(true, Ordering::Relaxed);
        }
    }
}

impl Drop for Belled {
    fn drop(&mut self) {
        if let Some(bell) = self.0.get() {
            // ORDERING: relaxed, it carries no data.
            bell.gone.store(true, Ordering::Relaxed);
        }
    }
}
