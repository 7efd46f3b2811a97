//! The clock of a context: the system's, or one that is moved by hand.

use std::time::{Duration, Instant};

use crate::primitive::{AtomicU64, Ordering};

/// What a context goes by.
pub(super) enum Clock {
    /// The system's monotonic clock.
    System,
    /// One that stands still between two calls of [`advance`](Self::advance).
    Simulated {
        /// What it showed first.
        start: Instant,
        /// Nanoseconds since.
        passed: AtomicU64,
    },
}

impl Clock {
    /// One that shows the present time for now.
    pub(super) fn simulated() -> Self {
        Self::Simulated { start: Instant::now(), passed: AtomicU64::new(0) }
    }

    pub(super) fn now(&self) -> Instant {
        match self {
            Self::System => Instant::now(),
            Self::Simulated { start, passed } => {
                // ORDERING: relaxed, the number carries no data of its own.
                *start + Duration::from_nanos(passed.load(Ordering::Relaxed))
            }
        }
    }

    pub(super) fn advance(&self, time: Duration) {
        if let Self::Simulated { passed, .. } = self {
            let nanos = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
            // ORDERING: relaxed, as above.
            passed.fetch_add(nanos, Ordering::Relaxed);
        }
    }
}
