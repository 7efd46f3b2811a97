//! The word between an operation that is polled and the wakers that it hands out.

use crate::primitive::{AtomicU8, Ordering, UnsafeCell};

/// Nothing is under way: wakes are ignored.
const IDLE: u8 = 0;
/// The operation waits, off every queue: the next wake queues it.
const WAITING: u8 = 1;
/// The operation's task is queued, or about to be.
const QUEUED: u8 = 2;
/// The operation is being polled.
const POLLING: u8 = 3;
/// It is being polled, and was woken meanwhile.
const NOTIFIED: u8 = 4;
/// It has finished, but the stop that was requested is still on its way to it.
const FINISHING: u8 = 5;
const STATE: u8 = 7;
/// The callback of a stop was here, and will not come again.
const CALLED: u8 = 8;

/// Whether an operation waits, is queued or runs.
///
/// ```text
///         1 begin             2 suspend             3 wake, stop
///   idle ─────────▶ polling ───────────▶ waiting ───────────────▶ queued
///    ▲             │  ▲  │ 4 wake, stop                            │  │
///    │ 7 close     │  │  └────────────▶ notified ── 5 suspend ────▶┘  │
///    ├─────────────┘  └───────────────────────────── 6 resume ────────┤
///    │                                                                │
///    └──── queued ◀── 9 stop ─── finishing ◀── 8 must_stay ───────────┘
/// ```
///
/// Whoever makes it `queued` posts the operation's task, once; nobody else touches the operation while it
/// waits. A wake in any other state finds somebody who will look again. A stop's callback sets `CALLED` as its
/// last touch, so that an operation that could not take the callback back in time knows when it may go.
#[derive(Debug)]
pub(super) struct Word<T> {
    state: AtomicU8,
    // What is needed to post the task. Written by the operation before it waits for the first time; read by
    // the one who queues it.
    target: UnsafeCell<Option<T>>,
}

// SAFETY: the target is written while no wake reads it, which the state says; it crosses threads.
unsafe impl<T: Send> Send for Word<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Sync for Word<T> {}

/// What became of [`Word::suspend`].
#[derive(Debug)]
#[must_use]
pub(super) enum Suspended<T> {
    /// The operation waits, and may be on its way again already: it is not to be touched.
    Waits,
    /// It was woken meanwhile: its task is to be posted, with this.
    Woken(Option<T>),
}

impl<T: Clone> Word<T> {
    pub(super) fn new() -> Self {
        Self { state: AtomicU8::new(IDLE), target: UnsafeCell::new(None) }
    }

    /// Begins a round: the operation is about to be polled.
    ///
    /// # Safety
    ///
    /// The caller is the operation, and no round of it is under way.
    pub(super) unsafe fn begin(&self) {
        // ORDERING: relaxed; wakers that are handed out in this round get the word by way of the operation, and
        // older ones do nothing but make it `NOTIFIED`.
        self.state.store(POLLING, Ordering::Relaxed);
    }

    /// Says how the task is to be posted.
    ///
    /// # Safety
    ///
    /// The caller is the operation, and polls.
    pub(super) unsafe fn aim(&self, target: T) {
        // SAFETY: a wake reads it only when it has made the word `QUEUED`, which it does not while the
        // operation polls.
        self.target.with_mut(|place| unsafe { *place = Some(target) });
    }

    /// After a poll that came to nothing.
    pub(super) fn suspend(&self) -> Suspended<T> {
        // ORDERING: relaxed, the exchange below decides.
        let mut now = self.state.load(Ordering::Relaxed);
        loop {
            let woken = now & STATE == NOTIFIED;
            let next = if woken { QUEUED } else { WAITING } | now & CALLED;
            // ORDERING: release pairs with the acquire of `wake`, which goes on to post the task, and so to the
            // next poll; acquire pairs with its release, so that the next poll sees what was there before it.
            match self.state.compare_exchange_weak(now, next, Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) if woken => return Suspended::Woken(self.target()),
                Ok(_) => return Suspended::Waits,
                Err(other) => now = other,
            }
        }
    }

    /// The task runs: the operation is about to be polled again.
    pub(super) fn resume(&self) {
        // ORDERING: acquire pairs with the release of the wakes that came while the task was queued, and found
        // that enough.
        let before = self.state.fetch_or(POLLING, Ordering::Acquire);
        debug_assert_eq!(before & STATE, QUEUED, "only a queued task runs");
    }

    /// What a waker does. What to post the task with, if the caller has to.
    pub(super) fn wake(&self) -> Option<T> {
        self.ring(0)
    }

    /// What the callback of a stop does; as [`wake`](Self::wake), and said to the operation.
    ///
    /// The operation, and the word with it, may be gone when this returns `None`.
    pub(super) fn stop(&self) -> Option<T> {
        self.ring(CALLED)
    }

    fn ring(&self, called: u8) -> Option<T> {
        // ORDERING: relaxed, the exchange below decides.
        let mut now = self.state.load(Ordering::Relaxed);
        loop {
            let (state, queues) = match now & STATE {
                WAITING => (QUEUED, true),
                FINISHING if called != 0 => (QUEUED, true),
                POLLING => (NOTIFIED, false),
                // Written all the same if it is `QUEUED`: see the ordering.
                other => (other, false),
            };
            let next = state | now & CALLED | called;
            if next & STATE == IDLE && called == 0 {
                return None;
            }
            // ORDERING: release pairs with the acquire of `suspend`, `resume`, `must_stay` and `close`, so that the
            // poll that follows sees what was done before the wake; acquire pairs with the release of `suspend`
            // and `must_stay`, after which the operation is the caller's to queue.
            match self.state.compare_exchange_weak(now, next, Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) if queues => return self.target(),
                Ok(_) => return None,
                Err(other) => now = other,
            }
        }
    }

    /// What to post the task with, for the caller who has just made the word `QUEUED`.
    fn target(&self) -> Option<T> {
        // SAFETY: nobody writes the target until the task has been posted, which is the caller's part.
        self.target.with(|target| unsafe { (*target).clone() })
    }

    /// For an operation that has finished and whose callback could not be taken out: whether it must stay until the
    /// callback was here, which then posts the task. If so, it is not to be touched.
    pub(super) fn must_stay(&self) -> bool {
        // ORDERING: acquire, here and below, pairs with the release of `stop`, whose last touch that was.
        let mut now = self.state.load(Ordering::Acquire);
        loop {
            if now & CALLED != 0 {
                return false;
            }
            // ORDERING: release pairs with the acquire of `stop`, which goes on to post the task.
            match self.state.compare_exchange_weak(now, FINISHING, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => return true,
                Err(other) => now = other,
            }
        }
    }

    /// Ends a round: wakes are ignored from now on.
    ///
    /// # Safety
    ///
    /// The caller is the operation, and neither waits nor is queued.
    pub(super) unsafe fn close(&self) {
        // ORDERING: acquire pairs with the release of `stop` and `wake`.
        self.state.swap(IDLE, Ordering::Acquire);
        // SAFETY: an idle word is read by nobody.
        let target = self.target.with_mut(|target| unsafe { (*target).take() });
        drop(target);
    }
}

#[cfg(all(test, loom))]
mod model;
