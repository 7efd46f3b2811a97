//! A host, and how a future takes its turns.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use crate::context::host::{Front, Host, HostSettings, Unpark};
use crate::lane::Turn;
use crate::wait::Wait;

/// The turns of each lane in one trip round the host.
const BURST: u32 = 64;
/// The trips after which the executor gets its thread back.
const TRIPS: u32 = 16;
/// When to ask a task again that waits, has no deadline and may have nobody to wake it.
const PATIENCE: Duration = Duration::from_millis(1);

/// What a poll came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Drove {
    /// The caller has what it waits for.
    Done,
    /// The context was closed, and has ended.
    Ended,
    /// The waker was kept: it is woken when there is more to do.
    Pending,
}

/// A host that takes its turns when a future is polled.
///
/// It sleeps by its bell as a thread does; what a thread's parker is to that, the waker is here.
#[derive(Debug)]
pub(crate) struct Driver {
    host: Host,
    slot: Arc<Slot>,
    timer: Timer,
}

impl Driver {
    pub(crate) fn new(name: &str, kind: &'static str) -> Self {
        let slot = Arc::new(Slot::default());
        let settings = HostSettings { name: name.to_owned(), kind, core: None, wait: Wait::Park };
        let (_, host) = Host::new(settings, Arc::clone(&slot) as Arc<dyn Unpark>);
        Self { host, slot, timer: Timer::default() }
    }

    pub(crate) const fn front(&self) -> &Arc<Front> {
        self.host.front()
    }

    /// Takes turns until `done`, or nothing moves on any more.
    ///
    /// `asks` says to look again every millisecond at what waits without a deadline, because nobody may
    /// have promised to wake it.
    pub(crate) fn drive(
        &mut self,
        cx: &mut Context<'_>,
        asks: bool,
        mut done: impl FnMut() -> bool,
    ) -> Drove {
        self.host.front().bell.awake();
        let mut registered = false;
        for _ in 0..TRIPS {
            let turn = self.host.trip(BURST);
            if done() {
                return Drove::Done;
            }
            match turn {
                Turn::Busy => {}
                Turn::Done => return Drove::Ended,
                Turn::Idle => {
                    if !registered {
                        registered = true;
                        self.slot.keep(cx.waker());
                    }
                    // Refused if somebody rang, who then did not use the waker: one more trip.
                    if self.host.front().bell.sleep() {
                        let ask = (asks && self.host.has_waiting()).then(|| Instant::now() + PATIENCE);
                        let deadline = self.host.deadline().into_iter().chain(ask).min();
                        self.timer.set(deadline, cx);
                        return Drove::Pending;
                    }
                }
            }
        }
        // The bell is awake, so that nobody else wakes this future.
        cx.waker().wake_by_ref();
        Drove::Pending
    }

    /// One turn by somebody who is not the future, which is then polled once more: it looks after
    /// deadlines, and sleeps again.
    pub(crate) fn turn_by_hand(&mut self) -> Turn {
        self.host.front().bell.awake();
        let turn = self.host.turn();
        self.slot.unpark();
        turn
    }

    /// Whether nothing is queued, waits or runs here, so that another future may use it.
    pub(crate) fn is_unused(&self) -> bool {
        let front = self.host.front();
        front.tasks.is_empty() && !front.is_closed() && !self.host.has_waiting() && self.host.lanes() == 0
    }

    /// Forgets the future that drove it.
    pub(crate) fn reset(&mut self) {
        self.slot.forget();
        self.timer = Timer::default();
    }
}

/// The waker of the future that sleeps.
#[derive(Default)]
struct Slot {
    waker: Mutex<Option<Waker>>,
}

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slot").finish_non_exhaustive()
    }
}

impl Slot {
    fn keep(&self, waker: &Waker) {
        let mut kept = self.waker.lock().unwrap_or_else(PoisonError::into_inner);
        if !kept.as_ref().is_some_and(|kept| kept.will_wake(waker)) {
            let before = kept.replace(waker.clone());
            drop(kept);
            // A foreign drop, which may do anything: not under the lock.
            drop(before);
        }
    }

    fn take(&self) -> Option<Waker> {
        self.waker.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn forget(&self) {
        drop(self.take());
    }
}

impl Unpark for Slot {
    fn unpark(&self) {
        // Taken, because an executor may poll inside of `wake`.
        if let Some(waker) = self.take() {
            waker.wake();
        }
    }
}

/// Has the future polled again at a deadline.
#[derive(Default)]
struct Timer {
    // Kept from deadline to deadline for its memory.
    #[cfg(feature = "tokio")]
    sleep: Option<std::pin::Pin<Box<tokio::time::Sleep>>>,
}

impl fmt::Debug for Timer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timer").finish_non_exhaustive()
    }
}

impl Timer {
    fn set(&mut self, deadline: Option<Instant>, cx: &mut Context<'_>) {
        // One that was set before may still come: the future is then polled for nothing, once.
        let Some(deadline) = deadline else { return };
        #[cfg(feature = "tokio")]
        if tokio::runtime::Handle::try_current().is_ok() {
            return self.sleep_until(deadline, cx);
        }
        // Nobody here has a timer: the executor polls again, and looks at the clock.
        let _ = deadline;
        cx.waker().wake_by_ref();
    }

    #[cfg(feature = "tokio")]
    fn sleep_until(&mut self, deadline: Instant, cx: &mut Context<'_>) {
        let deadline = tokio::time::Instant::from_std(deadline);
        let sleep = match &mut self.sleep {
            Some(sleep) => {
                sleep.as_mut().reset(deadline);
                sleep
            }
            none => none.insert(Box::pin(tokio::time::sleep_until(deadline))),
        };
        if sleep.as_mut().poll(cx).is_ready() {
            cx.waker().wake_by_ref();
        }
    }
}
