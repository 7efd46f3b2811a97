//! Every interleaving of an operation's polls with wakes and with the callback of a stop.

use super::{Suspended, Word};
use crate::primitive::{Arc, AtomicBool, AtomicUsize, Ordering};
use loom::thread;

/// An operation whose task is run by whoever posts it: the queue of a context with one thread would only make the
/// model larger, and the word says that there is one task at a time.
struct Operation {
    word: Word<u8>,
    // What the future waits for.
    ready: AtomicBool,
    // INVARIANT: at most one; loom would not see two polls at once by itself.
    polls: AtomicUsize,
    completed: AtomicUsize,
}

impl Operation {
    fn new() -> Arc<Self> {
        let operation = Self {
            word: Word::new(),
            ready: AtomicBool::new(false),
            polls: AtomicUsize::new(0),
            completed: AtomicUsize::new(0),
        };
        Arc::new(operation)
    }

    /// A poll, with the word `POLLING`, and what follows from it.
    fn poll(&self) {
        loop {
            assert_eq!(self.polls.fetch_add(1, Ordering::Relaxed), 0, "two polls at once");
            let ready = self.ready.load(Ordering::Relaxed);
            self.polls.fetch_sub(1, Ordering::Relaxed);
            if ready {
                // SAFETY: this is the operation, which runs.
                unsafe { self.word.close() };
                self.completed.fetch_add(1, Ordering::Relaxed);
                return;
            }
            match self.word.suspend() {
                Suspended::Waits => return,
                Suspended::Woken(target) => {
                    assert_eq!(target, Some(7), "it knows where to");
                    self.word.resume();
                }
            }
        }
    }

    fn wake(&self) {
        if let Some(target) = self.word.wake() {
            assert_eq!(target, 7);
            self.word.resume();
            self.poll();
        }
    }

    fn start(&self) {
        // SAFETY: no round is under way.
        unsafe { self.word.begin() };
        // SAFETY: this is the operation, and it polls.
        unsafe { self.word.aim(7) };
        self.poll();
    }
}

#[test]
fn model_of_a_wake_that_is_never_lost() {
    loom::model(|| {
        let operation = Operation::new();
        let other = operation.clone();
        // A wake that comes before the word is begun finds it idle; the poll then sees what it was for.
        let waker = thread::spawn(move || {
            other.ready.store(true, Ordering::Relaxed);
            other.wake();
        });
        operation.start();
        waker.join().unwrap();
        // If the poll saw nothing, the wake has polled; if the wake came before `begin`, the poll may have seen an
        // older value, as with every waker that was not handed out yet.
        if operation.completed.load(Ordering::Relaxed) == 0 {
            operation.wake();
        }
        assert_eq!(operation.completed.load(Ordering::Relaxed), 1);
    });
}

#[test]
fn model_of_wakes_after_the_waker_was_handed_out() {
    loom::model(|| {
        let operation = Operation::new();
        // SAFETY: no round is under way.
        unsafe { operation.word.begin() };
        // SAFETY: this is the operation, and it polls.
        unsafe { operation.word.aim(7) };
        let wakers = [operation.clone(), operation.clone()].map(|operation| {
            thread::spawn(move || {
                operation.ready.store(true, Ordering::Relaxed);
                operation.wake();
            })
        });
        operation.poll();
        for waker in wakers {
            waker.join().unwrap();
        }
        assert_eq!(operation.completed.load(Ordering::Relaxed), 1, "completed once, and no wake was lost");
    });
}

/// The operation finishes while a stop is on its way: it goes only after the callback was here, and one of the two
/// sees to that.
#[test]
fn model_of_a_stop_that_comes_while_the_operation_finishes() {
    loom::model(|| {
        let operation = Operation::new();
        // SAFETY: no round is under way.
        unsafe { operation.word.begin() };
        // SAFETY: this is the operation, and it polls.
        unsafe { operation.word.aim(7) };
        let gone = Arc::new(AtomicUsize::new(0));
        let (other, other_gone) = (operation.clone(), gone.clone());
        // The source has taken the callback off its list, so that it will be called.
        let stopper = thread::spawn(move || {
            if other.word.stop().is_some() {
                // The task, which finds that the operation has finished.
                // SAFETY: the task of the operation.
                unsafe { other.word.close() };
                other_gone.fetch_add(1, Ordering::Relaxed);
            }
        });
        if !operation.word.must_stay() {
            // SAFETY: this is the operation, which runs.
            unsafe { operation.word.close() };
            gone.fetch_add(1, Ordering::Relaxed);
        }
        stopper.join().unwrap();
        assert_eq!(gone.load(Ordering::Relaxed), 1);
        assert!(operation.word.wake().is_none(), "a wake finds nothing");
    });
}

#[test]
fn model_of_a_stop_and_a_wake_of_one_that_waits() {
    loom::model(|| {
        let operation = Operation::new();
        operation.start();
        let (stops, wakes) = (operation.clone(), operation.clone());
        let stopper = thread::spawn(move || {
            stops.ready.store(true, Ordering::Relaxed);
            if stops.word.stop().is_some() {
                stops.word.resume();
                stops.poll();
            }
        });
        let waker = thread::spawn(move || wakes.wake());
        stopper.join().unwrap();
        waker.join().unwrap();
        assert_eq!(operation.completed.load(Ordering::Relaxed), 1);
    });
}
