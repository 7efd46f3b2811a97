//! The word that makes parking free of races.

use crate::primitive::{AtomicU8, Ordering};

/// Somebody rang since the context last looked.
const RUNG: u8 = 1;
/// The context sleeps, or is about to.
const ASLEEP: u8 = 2;
/// The context takes nothing more.
const CLOSED: u8 = 4;

/// How a context falls asleep without missing a wake.
///
/// ```text
///            1 sleep             2 ring (this caller wakes it)
///   awake ───────────▶ asleep ──────────────────▶ asleep, rung
///    │  ▲                │ 3 awake                     │ 3 awake
///    │  └────────────────┴─────────────────────────────┘
///    │ 4 ring          5 sleep (refused: one more turn)
///    └───────────▶ awake, rung ───────────▶ awake
/// ```
///
/// Every transition is one read-modify-write of one word, so they have one order. Work that is
/// queued before a [`ring`](Self::ring) is seen after the [`sleep`](Self::sleep) that the ring
/// made fail, or after the [`awake`](Self::awake) that follows the sleep it ended. Exactly one
/// ring of each sleep is told to wake the sleeper, which saves the others the system call.
///
/// `close` may come in any state, and stays.
#[derive(Debug)]
pub(crate) struct Bell {
    // INVARIANT: a set of RUNG, ASLEEP, CLOSED; only the context's own thread sets and clears ASLEEP.
    state: AtomicU8,
}

/// What a caller of [`Bell::ring`] has to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(crate) enum Rung {
    /// Nothing: the context will look.
    Heard,
    /// Wake the context, which sleeps.
    Wake,
    /// The context is closed: what was queued must be taken back.
    Closed,
}

impl Bell {
    pub(crate) fn new() -> Self {
        Self { state: AtomicU8::new(0) }
    }

    /// Tells the context that something was queued.
    pub(crate) fn ring(&self) -> Rung {
        // ORDERING: release pairs with the acquire of `sleep` and `awake`, so that the context sees
        // what was queued; acquire pairs with the release of `close`.
        let before = self.state.fetch_or(RUNG, Ordering::AcqRel);
        match before {
            _ if before & CLOSED != 0 => Rung::Closed,
            ASLEEP => Rung::Wake,
            _ => Rung::Heard,
        }
    }

    /// Closes the context for good. The answer is that of a ring.
    pub(crate) fn close(&self) -> Rung {
        // ORDERING: as in `ring`; the release also pairs with the acquire of `is_closed`.
        match self.state.fetch_or(CLOSED | RUNG, Ordering::AcqRel) {
            before if before & CLOSED != 0 => Rung::Closed,
            ASLEEP => Rung::Wake,
            _ => Rung::Heard,
        }
    }

    /// Whether it is closed.
    pub(crate) fn is_closed(&self) -> bool {
        // ORDERING: acquire pairs with the release of `close`.
        self.state.load(Ordering::Acquire) & CLOSED != 0
    }

    /// On the context's thread: whether it may sleep now. If not, somebody rang, and one more turn
    /// is due.
    pub(crate) fn sleep(&self) -> bool {
        // ORDERING: acquire pairs with the release of `ring`, when it fails because of one; release pairs with the acquire
        // of the `ring` that wakes the sleeper, so that it sees how that sleeps: a layer says so before.
        match self.state.compare_exchange(0, ASLEEP, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => true,
            Err(_) => {
                // ORDERING: acquire pairs with every `ring` before it, also those after the failure.
                self.state.fetch_and(!RUNG, Ordering::Acquire);
                false
            }
        }
    }

    /// On the context's thread, after a sleep, however it ended.
    pub(crate) fn awake(&self) {
        // ORDERING: acquire pairs with the release of `ring`.
        self.state.fetch_and(!(ASLEEP | RUNG), Ordering::Acquire);
    }
}

#[cfg(all(test, loom))]
mod model;
