//! The word of a scope: who holds it, how many operations it has, and whether it takes more.

use crate::primitive::{AtomicU64, Ordering};

/// Somebody is to be told when the last association goes.
const AWAITED: u64 = 1;
/// One association; there is room for 2^30 of them.
const ASSOCIATION: u64 = 2;
const ASSOCIATIONS: u64 = CLOSED - ASSOCIATION;
/// The scope takes no more associations. Right above their number, so that one comparison finds a scope closed or full.
const CLOSED: u64 = 1 << 31;
/// One handle.
const HANDLE: u64 = 1 << 32;

/// With as many handles somebody leaks them: the count is kept from running over, as that of an [`Arc`](std::sync::Arc) is.
const TOO_MANY_HANDLES: u64 = 1 << 63;

/// The most associations of a scope.
pub(super) const MOST: u32 = (1 << 30) - 1;

/// Counts the handles and the associations of a scope together, so that its memory goes with the last of
/// either and an operation that comes and goes changes one word twice.
///
/// ```text
///          1 associate ▲ 2 leave            3 close                 4 last leave
///   open ──────────────┴─────────▶ open ───────────────▶ closed ──────────────────▶ empty for good
///    │ await_empty                                          ▲
///    └──── awaited: the last leave closes, too ─────────────┘
/// ```
///
/// Whoever waited and is stopped takes that back, if he is the last: [`await_no_more`](Self::await_no_more).
#[derive(Debug)]
pub(super) struct Count {
    word: AtomicU64,
}

/// Why there was no association.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Full {
    Closed,
    Limit,
}

/// What follows from a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(super) enum Then {
    /// Nothing.
    Nothing,
    /// The caller tells those who wait, and then gives up a handle, which it has now.
    Tell,
    /// The caller was the last, and frees the memory.
    Free,
}

/// The most associations that a scope may have, as [`Count::associate`] compares it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Limit(u32);

impl Limit {
    pub(super) const fn of(associations: u32) -> Self {
        let most = if associations < MOST { associations } else { MOST };
        Self(most * ASSOCIATION as u32)
    }
}

const fn associations(word: u64) -> u64 {
    word & ASSOCIATIONS
}

impl Count {
    /// Open, with one handle.
    pub(super) fn new() -> Self {
        Self { word: AtomicU64::new(HANDLE) }
    }

    /// One more handle. The caller has one. Ends the process at 2^31 of them.
    pub(super) fn hold(&self) {
        // ORDERING: relaxed, the caller has a handle, or an association, and so the memory.
        if self.word.fetch_add(HANDLE, Ordering::Relaxed) >= TOO_MANY_HANDLES {
            // The count cannot be trusted any more, and other threads may be about to count on.
            std::process::abort();
        }
    }

    /// One handle less.
    pub(super) fn give_up(&self) -> Then {
        // ORDERING: release, so that what this holder did comes before the freeing; acquire pairs with the
        // release here and in `leave` of those before.
        let before = self.word.fetch_sub(HANDLE, Ordering::AcqRel);
        if before & !(CLOSED | AWAITED) == HANDLE { Then::Free } else { Then::Nothing }
    }

    /// One more association, if there are fewer than `limit`. The caller has a handle or an association.
    #[inline]
    pub(super) fn associate(&self, limit: Limit) -> Result<(), Full> {
        // ORDERING: relaxed, the exchange below decides.
        let mut word = self.word.load(Ordering::Relaxed);
        loop {
            // The lower half: closed, associations, awaited. What is awaited alone is below the limit of one.
            if word as u32 >= limit.0 {
                return Err(if word & CLOSED == 0 { Full::Limit } else { Full::Closed });
            }
            // ORDERING: relaxed, the count stands for itself; `leave` publishes what the operation did.
            match self.word.compare_exchange_weak(
                word,
                word + ASSOCIATION,
                Ordering::Relaxed,
                Ordering::Relaxed,
            ) {
                Ok(_) => return Ok(()),
                Err(now) => word = now,
            }
        }
    }

    /// One association less.
    #[inline]
    pub(super) fn leave(&self) -> Then {
        // ORDERING: relaxed, the exchange below decides.
        let mut word = self.word.load(Ordering::Relaxed);
        // Held, and awaited by nobody: nothing follows, whether or not it is the last.
        while word >> 32 != 0 && word & AWAITED == 0 {
            // ORDERING: as in `leave_otherwise`.
            match self.word.compare_exchange_weak(
                word,
                word - ASSOCIATION,
                Ordering::AcqRel,
                Ordering::Relaxed,
            ) {
                Ok(_) => return Then::Nothing,
                Err(now) => word = now,
            }
        }
        self.leave_otherwise(word)
    }

    #[inline(never)]
    fn leave_otherwise(&self, mut word: u64) -> Then {
        loop {
            let mut after = word - ASSOCIATION;
            let last = associations(after) == 0;
            let then = match after & AWAITED != 0 {
                true if last => {
                    // Closed for good; and the memory stays until those who wait have been told.
                    after = ((after | CLOSED) & !AWAITED) + HANDLE;
                    Then::Tell
                }
                _ if after & !(CLOSED | AWAITED) == 0 => Then::Free,
                _ => Then::Nothing,
            };
            // ORDERING: release, so that what the operation did comes before the freeing, and before what
            // those who wait do; acquire pairs with the release here and in `give_up` of those before.
            match self.word.compare_exchange_weak(word, after, Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) => return then,
                Err(now) => word = now,
            }
        }
    }

    /// Refuses further associations.
    pub(super) fn close(&self) {
        // ORDERING: relaxed, the flag stands for itself.
        self.word.fetch_or(CLOSED, Ordering::Relaxed);
    }

    /// Whether there is no association; then the scope is closed for good. If there is one, the last to
    /// [`leave`](Self::leave) closes the scope and is told to tell.
    ///
    /// The caller has left word whom to tell, and has a handle.
    pub(super) fn await_empty(&self) -> bool {
        // ORDERING: relaxed, the exchange below decides.
        let mut word = self.word.load(Ordering::Relaxed);
        loop {
            let empty = associations(word) == 0;
            let after = word | if empty { CLOSED } else { AWAITED };
            // ORDERING: acquire pairs with the release of `leave`, so that what the operations did is seen;
            // release, so that whoever leaves last sees whom to tell.
            match self.word.compare_exchange_weak(word, after, Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) => return empty,
                Err(now) => word = now,
            }
        }
    }

    /// Nobody waits any more: the last to [`leave`](Self::leave) leaves the scope open again, unless it was closed.
    ///
    /// The caller sees to it that nobody begins to wait meanwhile.
    pub(super) fn await_no_more(&self) {
        // ORDERING: relaxed, the exchange below decides.
        let mut word = self.word.load(Ordering::Relaxed);
        // Who closes a scope for good and goes wants the last one to tell, also if nobody waits.
        while word & (CLOSED | AWAITED) == AWAITED {
            // ORDERING: relaxed, whoever leaves sees the flag and what its setter published, or no flag.
            match self.word.compare_exchange_weak(word, word & !AWAITED, Ordering::Relaxed, Ordering::Relaxed)
            {
                Ok(_) => return,
                Err(now) => word = now,
            }
        }
    }

    /// Whether further associations are refused.
    pub(super) fn is_closed(&self) -> bool {
        // ORDERING: relaxed, the flag stands for itself.
        self.word.load(Ordering::Relaxed) & CLOSED != 0
    }

    /// How many associations there are, as of some moment during the call.
    pub(super) fn associations(&self) -> u32 {
        // ORDERING: acquire pairs with the release of `leave`: whoever sees none sees what they did.
        let word = self.word.load(Ordering::Acquire);
        u32::try_from(associations(word) / ASSOCIATION).unwrap_or(MOST)
    }
}

#[cfg(all(test, loom))]
mod model;
#[cfg(all(test, not(loom)))]
mod tests;
