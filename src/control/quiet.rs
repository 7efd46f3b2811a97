//! Whether anything is under way in a running graph, found out by its lanes together.
//!
//! Whoever wants to know asks all lanes, and each answers after a whole turn that it begins then: whether that turn found nothing to
//! do, and how many values it has ever taken. When all have answered they are asked again. If they say twice that there was nothing,
//! and have taken nothing in between, nothing is under way: what lay in an edge between the two questions, to a lane that
//! took nothing, would have been found by its turn after the second one, or by the turn of the lane that holds it up.

use std::sync::{Arc, Mutex, PoisonError};

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
    lanes: usize,
    taken: u64,
    busy: bool,
    // Where who asks is woken.
    asker: Option<ContextRef>,
}

impl Quieting {
    pub(crate) fn new() -> Self {
        Self { asked: AtomicU64::new(0), answers: Mutex::default() }
    }

    /// The number of the last question. One relaxed load.
    pub(crate) fn asked(&self) -> u64 {
        // ORDERING: relaxed, the number stands for itself; the wake that follows makes a lane look.
        self.asked.load(Ordering::Relaxed)
    }

    /// A lane's answer to question number `asked`: what it has ever taken, and whether it found something to do.
    pub(crate) fn answer(&self, asked: u64, taken: u64, busy: bool) {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if self.asked() != asked {
            return;
        }
        answers.lanes += 1;
        answers.taken = answers.taken.wrapping_add(taken);
        answers.busy |= busy;
        let asker = answers.asker.clone();
        drop(answers);
        if let Some(asker) = asker {
            asker.wake();
        }
    }

    /// Takes back the answer to question number `asked` of a lane that is about to be counted out: it waits for those of the lanes that
    /// go on. What the lane did since it answered is not known, so that the question is asked again.
    pub(crate) fn take_back(&self, asked: u64) {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if asked != 0 && self.asked() == asked {
            answers.lanes -= 1;
            answers.busy = true;
        }
    }

    /// Wakes who asks, if somebody does.
    pub(crate) fn wake(&self) {
        let asker = self.answers.lock().unwrap_or_else(PoisonError::into_inner).asker.clone();
        if let Some(asker) = asker {
            asker.wake();
        }
    }
}

/// Who asks whether a graph is quiet, again and again.
#[derive(Debug)]
pub(crate) struct Quiet {
    control: Arc<Control>,
    here: ContextRef,
    // Whether the last question has not been answered by all.
    asking: bool,
    // What all lanes had taken at the last question but one, if they had nothing to do then.
    before: Option<u64>,
}

impl Quiet {
    pub(super) const fn new(control: Arc<Control>, here: ContextRef) -> Self {
        Self { control, here, asking: false, before: None }
    }

    /// Whether the graph was told to give up what is under way.
    pub(crate) fn is_given_up(&self) -> bool {
        self.control.mode() == Mode::Abandoning
    }

    /// Whether nothing is under way, as far as that is known now; asks if it is not. Called from the lane of who asks, which
    /// is woken when there is more to know.
    pub(crate) fn is_quiet(&mut self) -> bool {
        if self.asking {
            let answers = self.control.quieting().answers.lock().unwrap_or_else(PoisonError::into_inner);
            if answers.lanes < self.control.lanes() {
                return false;
            }
            let (taken, busy) = (answers.taken, answers.busy);
            drop(answers);
            let before = self.before.take();
            if !busy && before == Some(taken) {
                return true;
            }
            self.before = (!busy).then_some(taken);
        }
        self.ask();
        false
    }

    fn ask(&mut self) {
        self.asking = true;
        let quieting = self.control.quieting();
        let mut answers = quieting.answers.lock().unwrap_or_else(PoisonError::into_inner);
        *answers = Answers { asker: Some(self.here.clone()), ..Answers::default() };
        // ORDERING: relaxed; see `asked`.
        quieting.asked.fetch_add(1, Ordering::Relaxed);
        // Without the lock: a wake may run a turn, which answers.
        drop(answers);
        for context in self.control.contexts() {
            context.wake();
        }
    }
}
