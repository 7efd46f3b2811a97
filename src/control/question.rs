//! A question to all lanes of a running graph, and who waits for their answers.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::primitive::{AtomicU64, Ordering};

/// A question, and the answers so far.
///
/// A lane looks at the question when its context was woken: who does not ask pays nothing. One that does not answer is inside a stage, or
/// nobody takes the turns of its context. Who asks waits for the lanes that are there: one that ends is waited for no more.
///
/// Two that ask at a time are both told what is answered to the later question.
#[derive(Debug)]
pub(crate) struct Question<A> {
    // How often was asked. Changed under the lock.
    asked: AtomicU64,
    answers: Mutex<Answers<A>>,
    answered: Condvar,
}

#[derive(Debug)]
struct Answers<A> {
    given: Vec<A>,
    // How many lanes are waited for: those that have neither answered the last question nor ended since.
    missing: usize,
}

impl<A: Clone> Question<A> {
    pub(crate) fn new() -> Self {
        let answers = Answers { given: Vec::new(), missing: 0 };
        Self { asked: AtomicU64::new(0), answers: Mutex::new(answers), answered: Condvar::new() }
    }

    fn answers(&self) -> MutexGuard<'_, Answers<A>> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The number of the last question. One relaxed load.
    pub(crate) fn asked(&self) -> u64 {
        // ORDERING: relaxed, the number stands for itself; the wake that follows makes a lane look.
        self.asked.load(Ordering::Relaxed)
    }

    /// Asks `lanes` lanes, which are woken after this, without the lock: a wake may run a turn, which answers.
    ///
    /// No lane is counted in or [out](Self::ended) meanwhile.
    pub(super) fn ask(&self, lanes: usize) {
        let mut answers = self.answers();
        answers.given.clear();
        answers.missing = lanes;
        // ORDERING: relaxed; see `asked`.
        self.asked.fetch_add(1, Ordering::Relaxed);
    }

    /// What the lanes have answered, once all have, or after `limit`.
    pub(super) fn wait(&self, limit: Duration) -> Vec<A> {
        let some_are_missing = |answers: &mut Answers<A>| answers.missing != 0;
        let waited = self.answered.wait_timeout_while(self.answers(), limit, some_are_missing);
        waited.unwrap_or_else(PoisonError::into_inner).0.given.clone()
    }

    /// A lane's answer to question number `asked`, once.
    pub(crate) fn answer(&self, asked: u64, answer: A) {
        let mut answers = self.answers();
        if self.asked() == asked {
            answers.given.push(answer);
            self.one_less(answers);
        }
    }

    /// A lane has been counted out that has answered question number `answered` last, or is about to answer it.
    pub(super) fn ended(&self, answered: u64) {
        let answers = self.answers();
        if self.asked() != answered {
            self.one_less(answers);
        }
    }

    fn one_less(&self, mut answers: MutexGuard<'_, Answers<A>>) {
        answers.missing = answers.missing.saturating_sub(1);
        if answers.missing == 0 {
            self.answered.notify_all();
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    /// Far more than any test takes: who waits for a lane that never answers fails by it.
    const LONG: Duration = Duration::from_secs(600);

    #[test]
    fn who_asks_waits_for_those_who_have_neither_answered_nor_ended() {
        let question = Question::new();
        question.ask(3);
        question.ended(0);
        question.answer(1, "one");
        // It has answered, and is not missed a second time.
        question.ended(1);
        assert_eq!(question.wait(Duration::ZERO), ["one"]);
        assert_eq!(question.answers().missing, 1);
        question.answer(1, "two");
        assert_eq!(question.wait(LONG), ["one", "two"]);
    }

    #[test]
    fn a_lane_that_ends_before_a_question_is_not_missed_at_it() {
        let question = Question::new();
        question.ended(0);
        question.ask(1);
        assert_eq!(question.answers().missing, 1);
        question.answer(1, "late");
        question.ask(0);
        assert!(question.wait(LONG).is_empty());
    }

    #[test]
    fn what_answers_an_earlier_question_is_not_taken_for_the_later_one() {
        let question = Question::new();
        question.ask(1);
        question.ask(1);
        question.answer(1, "early");
        assert!(question.wait(Duration::ZERO).is_empty());
        assert_eq!(question.answers().missing, 1);
        question.answer(2, "late");
        // Both are told this.
        assert_eq!(question.wait(LONG), ["late"]);
        assert_eq!(question.wait(LONG), ["late"]);
    }

    #[test]
    fn who_waits_is_woken_by_the_last_end() {
        let question = &Question::<()>::new();
        question.ask(1);
        std::thread::scope(|scope| {
            let waits = scope.spawn(|| question.wait(LONG));
            std::thread::sleep(Duration::from_millis(10));
            question.ended(0);
            assert!(waits.join().unwrap().is_empty());
        });
    }
}
