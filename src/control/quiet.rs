//! Whether anything is under way in a running graph, found out by its lanes together.
//!
//! Whoever wants to know asks all lanes, and each answers after a whole turn that it begins then: whether that turn found something to
//! do or something waits inside of it, and how many values it has ever taken. When all have answered they are asked again. If they say
//! twice that there was nothing, and have taken nothing in between, nothing is under way: what lay in an edge between the two
//! questions, to a lane that took nothing, would have been found by its turn after the second one, or by the turn of the lane that holds
//! it up.
//!
//! Then one lane after the other, from where the cycle begins on, is asked to hand on what a stage of it has gathered and kept, as `batch` does.
//! One that does so begins something, and all are asked from the beginning. Only when none has kept anything it is over.
//!
//! A lane that found something to do *owes* a word: that it has nothing to do any more. Nobody is asked again before each has said so.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Control, Mode};
use crate::context::ContextRef;
use crate::primitive::{AtomicU64, Ordering};

/// The question, and the answers so far.
#[derive(Debug)]
pub(crate) struct Quieting {
    // How often was asked. Changed under the lock.
    asked: AtomicU64,
    answers: Mutex<Answers>,
}

#[derive(Debug, Default)]
struct Answers {
    // How many lanes have answered, and how many of them had something to do ever since.
    lanes: usize,
    owing: usize,
    taken: u64,
    busy: bool,
    // The number of the lane that is to hand on what it has gathered.
    gives: Option<usize>,
    // Where who asks is woken.
    asker: Option<ContextRef>,
}

impl Quieting {
    pub(crate) fn new() -> Self {
        Self { asked: AtomicU64::new(0), answers: Mutex::default() }
    }

    fn answers(&self) -> MutexGuard<'_, Answers> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The number of the last question. One relaxed load.
    pub(crate) fn asked(&self) -> u64 {
        // ORDERING: relaxed, the number stands for itself; the wake that follows makes a lane look.
        self.asked.load(Ordering::Relaxed)
    }

    /// Whether question number `asked` asks lane number `lane` to hand on what it has gathered.
    pub(crate) fn gives(&self, asked: u64, lane: usize) -> bool {
        let answers = self.answers();
        self.asked() == asked && answers.gives == Some(lane)
    }

    /// A lane's answer to question number `asked`: what it has ever taken, and whether it found something to do. If it did, it says
    /// [`has_nothing`](Self::has_nothing) later.
    pub(crate) fn answer(&self, asked: u64, taken: u64, busy: bool) {
        let mut answers = self.answers();
        if self.asked() != asked {
            return;
        }
        answers.lanes += 1;
        answers.owing += usize::from(busy);
        answers.taken = answers.taken.wrapping_add(taken);
        answers.busy |= busy;
        wake(answers);
    }

    /// A lane that had something to do when it answered question number `asked` has nothing to do now.
    pub(crate) fn has_nothing(&self, asked: u64) {
        let mut answers = self.answers();
        if self.asked() != asked {
            return;
        }
        answers.owing -= 1;
        if answers.owing == 0 {
            wake(answers);
        }
    }

    /// Takes back the answer to question number `asked` of a lane that is about to be counted out, and which may owe a word: it waits for
    /// those of the lanes that go on. What the lane did since it answered is not known, so that the question is asked again.
    pub(crate) fn take_back(&self, asked: u64, owes: bool) {
        let mut answers = self.answers();
        if asked != 0 && self.asked() == asked {
            answers.lanes -= 1;
            answers.owing -= usize::from(owes);
            answers.busy = true;
        }
    }

    /// Wakes who asks, if somebody does.
    pub(crate) fn wake(&self) {
        wake(self.answers());
    }
}

/// Wakes who asks, without the lock: a wake may run a turn, which asks.
fn wake(answers: MutexGuard<'_, Answers>) {
    let asker = answers.asker.clone();
    drop(answers);
    if let Some(asker) = asker {
        asker.wake();
    }
}

/// Who asks whether a graph is quiet, again and again.
#[derive(Debug)]
pub(crate) struct Quiet {
    control: Arc<Control>,
    here: ContextRef,
    // Where the lanes are, from the first question on.
    contexts: Vec<ContextRef>,
    // Whether the last question has not been answered by all.
    asking: bool,
    // What all lanes had taken at the last question but one, if they had nothing to do then.
    before: Option<u64>,
    // The lane that was asked for what it has gathered.
    gives: Option<usize>,
}

impl Quiet {
    pub(super) const fn new(control: Arc<Control>, here: ContextRef) -> Self {
        Self { control, here, contexts: Vec::new(), asking: false, before: None, gives: None }
    }

    /// Whether the graph was told to give up what is under way.
    pub(crate) fn is_given_up(&self) -> bool {
        self.control.mode() == Mode::Abandoning
    }

    /// Whether nothing is under way, as far as that is known now; asks if it is not. Called from the lane of who asks, which
    /// is woken when there is more to know. Allocates when it is called for the first time.
    pub(crate) fn is_quiet(&mut self) -> bool {
        if self.asking {
            let answers = self.control.quieting().answers();
            if answers.owing > 0 || answers.lanes < self.control.lanes() {
                return false;
            }
            let (taken, busy) = (answers.taken, answers.busy);
            drop(answers);
            if self.is_answered(taken, busy) {
                return true;
            }
        } else {
            self.contexts = self.control.contexts();
        }
        self.ask();
        false
    }

    /// Decides what to ask next; whether nothing is left to ask.
    fn is_answered(&mut self, taken: u64, busy: bool) -> bool {
        if busy || self.before.is_some_and(|before| before != taken) {
            self.before = (!busy).then_some(taken);
            self.gives = None;
            return false;
        }
        if self.before.is_none() {
            self.before = Some(taken);
            return false;
        }
        let next = self.gives.map_or(0, |lane| lane + 1);
        self.gives = Some(next);
        // Lanes are numbered from none, where the cycle begins, to at most as many as there are.
        next > self.contexts.len()
    }

    /// Something came from where no lane was asked: what they have answered says nothing any more.
    pub(crate) const fn forget(&mut self) {
        self.before = None;
        self.gives = None;
    }

    fn ask(&mut self) {
        self.asking = true;
        let quieting = self.control.quieting();
        let mut answers = quieting.answers();
        let asker = answers.asker.take().unwrap_or_else(|| self.here.clone());
        *answers = Answers { asker: Some(asker), gives: self.gives, ..Answers::default() };
        // ORDERING: relaxed; see `asked`.
        quieting.asked.fetch_add(1, Ordering::Relaxed);
        // Without the lock: a wake may run a turn, which answers.
        drop(answers);
        for context in &self.contexts {
            context.wake();
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::context::Scheduler;
    use crate::context::manual::Manual;

    fn asking() -> (Arc<Control>, Quiet, Manual) {
        let (control, here) = (Control::new(), Manual::new());
        control.lane_placed(here.context());
        control.lane_placed(here.context());
        let quiet = Control::quiet(&control, here.context());
        (control, quiet, here)
    }

    #[test]
    fn nobody_is_asked_while_a_lane_has_something_to_do() {
        let (control, mut quiet, _here) = asking();
        let quieting = control.quieting();
        assert!(!quiet.is_quiet());
        quieting.answer(1, 5, true);
        quieting.answer(1, 2, false);
        for _ in 0..9 {
            assert!(!quiet.is_quiet());
        }
        assert_eq!(quieting.asked(), 1);
        quieting.has_nothing(1);
        assert!(!quiet.is_quiet());
        assert_eq!(quieting.asked(), 2);
    }

    #[test]
    fn each_lane_is_asked_for_what_it_has_gathered_before_the_end() {
        let (control, mut quiet, _here) = asking();
        let quieting = control.quieting();
        let mut gave = Vec::new();
        for question in 1..=5 {
            assert!(!quiet.is_quiet(), "question {question}");
            gave.push((0..4).find(|&lane| quieting.gives(question, lane)));
            quieting.answer(question, 5, false);
            quieting.answer(question, 2, false);
        }
        assert!(quiet.is_quiet());
        assert_eq!(gave, [None, None, Some(0), Some(1), Some(2)]);
    }

    /// Without that the last answers would be those to whatever comes after them.
    #[test]
    fn all_is_asked_anew_after_something_came_from_outside() {
        let (control, mut quiet, _here) = asking();
        let quieting = control.quieting();
        let answered = |question| {
            quieting.answer(question, 5, false);
            quieting.answer(question, 2, false);
        };
        for question in 1..=5 {
            assert!(!quiet.is_quiet(), "question {question}");
            answered(question);
        }
        quiet.forget();
        for question in 6..=9 {
            assert!(!quiet.is_quiet(), "question {question}");
            answered(question);
        }
        assert!(quiet.is_quiet());
    }

    #[test]
    fn a_lane_that_gives_and_one_that_ends_begin_it_anew() {
        let (control, mut quiet, _here) = asking();
        let quieting = control.quieting();
        for question in 1..=3 {
            assert!(!quiet.is_quiet());
            quieting.answer(question, 5, question == 3);
            quieting.answer(question, 2, false);
        }
        assert!(quieting.gives(3, 0));
        quieting.take_back(3, true);
        control.lane_ended(crate::control::LaneCounts::default());
        for question in 4..=7 {
            assert!(!quiet.is_quiet());
            assert_eq!(quieting.gives(question, 0), question == 6);
            quieting.answer(question, 2, false);
        }
    }
}
