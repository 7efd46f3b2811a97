//! How many ends of each side a ring has left.

use std::process;

use crossbeam_utils::CachePadded;

use crate::primitive::{AtomicU64, Ordering};

/// A side of a ring, as what one end of it counts for in [`Ends`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
pub(super) enum Side {
    Producer = 1,
    Consumer = 1 << 32,
}

/// More ends of a side than anybody has memory for: they were forgotten in a loop.
const MOST_ENDS: u64 = 1 << 31;

/// Counts the ends of a ring. It has a line of its own, which is written only when ends come and go.
#[derive(Debug)]
pub(super) struct Ends {
    // INVARIANT: the producers that are left in the lower half, the consumers in the upper one. Once
    // both are zero, they stay so.
    left: CachePadded<AtomicU64>,
}

impl Ends {
    /// One end of each side.
    pub(super) fn new() -> Self {
        Self { left: CachePadded::new(AtomicU64::new(Side::Producer as u64 | Side::Consumer as u64)) }
    }

    /// Whether no end of that side is left. What they did before is visible afterwards.
    #[inline(always)]
    pub(super) fn is_gone(&self, side: Side) -> bool {
        // ORDERING: acquire pairs with the release half of `leave`.
        of(self.left.load(Ordering::Acquire), side) == 0
    }

    /// Counts one more end. Whoever asks holds one of some side, so that the ring is still open.
    pub(super) fn join(&self, side: Side) {
        // ORDERING: relaxed, as that end keeps the ring open.
        let before = self.left.fetch_add(side as u64, Ordering::Relaxed);
        if of(before, side) >= MOST_ENDS {
            // Nobody could go on from here: the count would reach over to the other side.
            process::abort();
        }
    }

    /// Notes that an end is dropped; whether it was the last of all, which sees what the others did.
    pub(super) fn leave(&self, side: Side) -> bool {
        // ORDERING: acquire and release, so that the last to leave sees all that the others did,
        // and so that `is_gone` does.
        self.left.fetch_sub(side as u64, Ordering::AcqRel) == side as u64
    }
}

/// The ends of that side.
#[inline(always)]
const fn of(ends: u64, side: Side) -> u64 {
    match side {
        Side::Producer => ends & (Side::Consumer as u64 - 1),
        Side::Consumer => ends >> 32,
    }
}
