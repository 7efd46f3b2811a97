//! Where the lanes of a running graph stand, told when somebody asks.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use crate::context::ContextId;
use crate::primitive::{AtomicU64, Ordering};

/// Where one lane stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Where the lane runs.
    pub(crate) context: ContextId,
    /// Values that it has taken.
    pub(crate) taken: u64,
    /// Passes that have completed in it.
    pub(crate) completed: u64,
    /// Of each of its asynchronous stages, in the order of the chain, whether a pass waits in it.
    pub(crate) awaits: Vec<bool>,
}

/// The question, and the answers so far.
///
/// A lane looks at the question when its context was woken: who does not ask pays nothing. One that does not answer is inside a stage, or
/// nobody takes the turns of its context.
#[derive(Debug)]
pub(crate) struct Asking {
    // How often was asked.
    asked: AtomicU64,
    answers: Mutex<Answers>,
    answered: Condvar,
}

#[derive(Debug, Default)]
struct Answers {
    // The question that they are for.
    number: u64,
    standings: Vec<Standing>,
}

impl Asking {
    pub(crate) fn new() -> Self {
        Self { asked: AtomicU64::new(0), answers: Mutex::default(), answered: Condvar::new() }
    }

    /// The number of the last question. One relaxed load.
    pub(crate) fn asked(&self) -> u64 {
        // ORDERING: relaxed, the number stands for itself; the wake that follows makes a lane look.
        self.asked.load(Ordering::Relaxed)
    }

    /// Asks `lanes` lanes, by `wake`, and waits for their answers for `limit` at the most.
    pub(crate) fn ask(&self, lanes: usize, limit: Duration, wake: impl FnOnce()) -> Vec<Standing> {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.standings.clear();
        // ORDERING: relaxed; see `asked`.
        answers.number = self.asked.fetch_add(1, Ordering::Relaxed) + 1;
        // Without the lock: a wake may run a turn, which answers.
        drop(answers);
        wake();
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let some_are_missing = |answers: &mut Answers| answers.standings.len() < lanes;
        let waited = self.answered.wait_timeout_while(answers, limit, some_are_missing);
        waited.unwrap_or_else(PoisonError::into_inner).0.standings.clone()
    }

    /// A lane's answer to question number `asked`.
    pub(crate) fn answer(&self, asked: u64, standing: Standing) {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if answers.number == asked {
            answers.standings.push(standing);
            self.answered.notify_all();
        }
    }
}
