//! How long the lanes of a running graph take for a value, measured when somebody asks.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use crate::context::ContextId;
use crate::primitive::{AtomicU64, Ordering};

/// What one lane measured of itself: so many values in so much time, while it had values to take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sample {
    /// Where the lane runs.
    pub(crate) context: ContextId,
    pub(crate) values: u64,
    pub(crate) time: Duration,
}

impl Sample {
    /// Fewer values say more about the clock than about the lane.
    const FEWEST: u64 = 16;

    /// Nanoseconds for each value, if there were enough to tell.
    pub(crate) fn nanoseconds(self) -> Option<u64> {
        let time = u64::try_from(self.time.as_nanos()).unwrap_or(u64::MAX);
        (self.values >= Self::FEWEST).then(|| time / self.values)
    }
}

/// The question, and the answers so far.
///
/// A lane looks at the question when its context was woken, and takes its turns with a clock then. What
/// is measured costs the lane two looks at the clock each time that somebody asks, and nothing else.
#[derive(Debug)]
pub(crate) struct Sampling {
    // How often was asked.
    asked: AtomicU64,
    answers: Mutex<Vec<Sample>>,
    answered: Condvar,
}

impl Sampling {
    pub(crate) fn new() -> Self {
        Self { asked: AtomicU64::new(0), answers: Mutex::default(), answered: Condvar::new() }
    }

    /// The number of the last question. One relaxed load.
    pub(crate) fn asked(&self) -> u64 {
        // ORDERING: relaxed, the number stands for itself; the wake that follows makes a lane look.
        self.asked.load(Ordering::Relaxed)
    }

    /// Asks `lanes` lanes, by `wake`, and waits for their answers for `limit` at the most.
    pub(crate) fn ask(&self, lanes: usize, limit: Duration, wake: impl FnOnce()) -> Vec<Sample> {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.clear();
        // ORDERING: relaxed; see `asked`.
        self.asked.fetch_add(1, Ordering::Relaxed);
        wake();
        let some_are_missing = |answers: &mut Vec<Sample>| answers.len() < lanes;
        let waited = self.answered.wait_timeout_while(answers, limit, some_are_missing);
        waited.unwrap_or_else(PoisonError::into_inner).0.clone()
    }

    /// A lane's answer.
    pub(crate) fn answer(&self, sample: Sample) {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).push(sample);
        self.answered.notify_all();
    }
}
