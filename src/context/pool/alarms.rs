//! When the contexts of a pool want a turn although nothing happens.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::context::Context;
use crate::context::host::Front;
use crate::primitive::{AtomicU64, Ordering};

/// No alarm is set.
const NEVER: u64 = u64::MAX;

/// At most one alarm for each context; the memory is kept.
pub(super) struct Alarms {
    start: Instant,
    // Nanoseconds from `start` to the earliest alarm.
    earliest: AtomicU64,
    set: Mutex<Vec<(Instant, Arc<Front>)>>,
}

impl Alarms {
    pub(super) fn new() -> Self {
        Self { start: Instant::now(), earliest: AtomicU64::new(NEVER), set: Mutex::default() }
    }

    fn alarms(&self) -> MutexGuard<'_, Vec<(Instant, Arc<Front>)>> {
        self.set.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, alarms: &[(Instant, Arc<Front>)]) {
        let earliest = alarms.iter().map(|(at, _)| *at).min().map_or(NEVER, |at| {
            u64::try_from(at.saturating_duration_since(self.start).as_nanos()).unwrap_or(NEVER)
        });
        // ORDERING: relaxed, written under the lock; who sets an earlier one wakes a sleeper afterwards.
        self.earliest.store(earliest, Ordering::Relaxed);
    }

    fn earliest(&self) -> Option<Instant> {
        // ORDERING: relaxed, as in `note`.
        match self.earliest.load(Ordering::Relaxed) {
            NEVER => None,
            nanos => self.start.checked_add(Duration::from_nanos(nanos)),
        }
    }

    /// Sets the alarm of this context in place of the one before. Whether it is the earliest of all now.
    pub(super) fn set(&self, front: &Arc<Front>, at: Option<Instant>) -> bool {
        let mut alarms = self.alarms();
        let before = alarms.iter().map(|(at, _)| *at).min();
        let known = alarms.iter().position(|(_, known)| Arc::ptr_eq(known, front));
        match (known, at) {
            (Some(known), Some(at)) => alarms[known].0 = at,
            (Some(known), None) => drop(alarms.swap_remove(known)),
            (None, Some(at)) => alarms.push((at, Arc::clone(front))),
            (None, None) => return false,
        }
        self.note(&alarms);
        at.is_some_and(|at| before.is_none_or(|before| at < before))
    }

    /// Gives a turn to every context whose alarm is due. One relaxed load if there is none.
    pub(super) fn ring(&self) {
        while self.earliest().is_some_and(|at| at <= Instant::now()) {
            let mut alarms = self.alarms();
            let now = Instant::now();
            let due = alarms.iter().position(|(at, _)| *at <= now).map(|due| alarms.swap_remove(due));
            self.note(&alarms);
            drop(alarms);
            if let Some((_, front)) = due {
                front.nudge();
            }
        }
    }

    /// Whether any is set. One relaxed load.
    pub(super) fn any(&self) -> bool {
        self.earliest().is_some()
    }

    /// Sleeps until the thread is unparked or an alarm is due. May return early.
    pub(super) fn park(&self) {
        match self.earliest() {
            None => std::thread::park(),
            Some(at) => std::thread::park_timeout(at.saturating_duration_since(Instant::now())),
        }
    }
}
