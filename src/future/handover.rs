//! One value from whoever completes to whoever waits, who may leave before it comes.

use crate::primitive::{AtomicU8, Ordering, UnsafeCell};

/// The value has not come, and somebody waits for it.
const AWAITED: u8 = 0;
/// The value has come.
const ARRIVED: u8 = 1;
/// The value has not come, and nobody waits for it any more.
const LEFT: u8 = 2;

/// The word and the place of a value that is handed over once per round.
///
/// ```text
///             1 deliver                2 take
///   awaited ─────────────▶ arrived ─────────────▶ awaited, for the next round
///      │ 3 leave
///      └─────────────▶ left ─── 4 deliver: the deliverer owns what is shared
/// ```
///
/// Of `deliver` and `leave` one comes first, and the other is told: so what the two share is dropped once,
/// by the one who comes last.
#[derive(Debug)]
pub(super) struct Handover<T> {
    state: AtomicU8,
    // INVARIANT: belongs to the deliverer until `ARRIVED` is set, then to the one who waits.
    value: UnsafeCell<Option<T>>,
}

// SAFETY: the value crosses from the deliverer to the one who waits, and is touched by one of them at a
// time, as the state says.
unsafe impl<T: Send> Sync for Handover<T> {}

/// To whom [`Handover::deliver`] delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "what nobody waits for is to be dropped by the deliverer"]
pub(super) enum Delivered {
    /// To somebody who waits, and is to be woken. What is shared may be gone already.
    Awaited,
    /// To nobody: the deliverer owns what is shared.
    Left,
}

impl<T> Handover<T> {
    pub(super) fn new() -> Self {
        Self { state: AtomicU8::new(AWAITED), value: UnsafeCell::new(None) }
    }

    /// Hands the value over; the last touch of what is shared, unless it says [`Delivered::Left`].
    ///
    /// # Safety
    ///
    /// It is called once per round, and by nobody else at the same time.
    pub(super) unsafe fn deliver(&self, value: T) -> Delivered {
        // SAFETY: until the swap below the place is the deliverer's.
        self.value.with_mut(|place| unsafe { *place = Some(value) });
        // ORDERING: release pairs with the acquire of `has_arrived` and `leave`, which read the value;
        // acquire pairs with the release of `leave`, after which the deliverer drops what is shared.
        match self.state.swap(ARRIVED, Ordering::AcqRel) {
            LEFT => Delivered::Left,
            _ => Delivered::Awaited,
        }
    }

    /// Whether the value has come. Asked by the one who waits.
    pub(super) fn has_arrived(&self) -> bool {
        // ORDERING: acquire pairs with the release of `deliver`.
        self.state.load(Ordering::Acquire) == ARRIVED
    }

    /// Takes the value if it has come, and begins the next round.
    pub(super) fn take(&mut self) -> Option<T> {
        if !self.has_arrived() {
            return None;
        }
        // ORDERING: relaxed; this is the only reference, and the next round's deliverer is told by other means.
        self.state.store(AWAITED, Ordering::Relaxed);
        // SAFETY: the value has come, and this is the only reference.
        self.value.with_mut(|place| unsafe { (*place).take() })
    }

    /// Waits no longer. Whether the value has not come yet, so that its deliverer owns what is shared from now on.
    pub(super) fn leave(&self) -> bool {
        // ORDERING: release pairs with the acquire of `deliver`; acquire on failure pairs with its release,
        // so that the one who leaves may drop the value.
        self.state.compare_exchange(AWAITED, LEFT, Ordering::Release, Ordering::Acquire).is_ok()
    }
}

#[cfg(all(test, loom))]
mod model;
