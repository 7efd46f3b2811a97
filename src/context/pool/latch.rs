//! How who forked waits for what another worker took.

use crate::primitive::{AtomicU8, Ordering};

const UNDER_WAY: u8 = 0;
/// Who waits sleeps, or is about to.
const ASLEEP: u8 = 1;
const DONE: u8 = 2;

/// Set once, when a job is done.
///
/// ```text
///                 1 doze                2 set (must wake the one who waits)
///  under way ───────────────▶ asleep ──────────────────▶ done
///     │  ◀───────────────────────┘ 3 rouse                 ▲
///     └────────────────────────────────────────────────────┘ 4 set
/// ```
///
/// Every transition is one read-modify-write of one word. After `set` the memory of the latch may be gone: what is needed to
/// wake the one who waits is read before.
#[derive(Debug)]
pub(super) struct Latch {
    state: AtomicU8,
}

impl Latch {
    pub(super) fn new() -> Self {
        Self { state: AtomicU8::new(UNDER_WAY) }
    }

    /// Whether it is set; then what was written before is visible.
    #[inline]
    pub(super) fn is_set(&self) -> bool {
        // ORDERING: acquire pairs with the release of `set`.
        self.state.load(Ordering::Acquire) == DONE
    }

    /// On the one who waits: whether it may sleep now; it is set otherwise.
    pub(super) fn doze(&self) -> bool {
        // ORDERING: relaxed; who finds it set looks again by `is_set`, which acquires.
        self.state.compare_exchange(UNDER_WAY, ASLEEP, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }

    /// On the one who waits, after a sleep, however it ended.
    pub(super) fn rouse(&self) {
        // ORDERING: relaxed, as in `doze`.
        let _ = self.state.compare_exchange(ASLEEP, UNDER_WAY, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// Sets it. Whether the one who waits must be woken; the latch may be gone by then.
    #[must_use]
    pub(super) fn set(&self) -> bool {
        // ORDERING: release pairs with the acquire of `is_set`.
        self.state.swap(DONE, Ordering::Release) == ASLEEP
    }
}

#[cfg(all(test, loom))]
mod model;
