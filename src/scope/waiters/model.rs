//! Those who wait, under the model checker: telling, stopping and coming race, and each task runs once.

use std::pin::Pin;
use std::ptr::NonNull;
use std::time::Instant;

use loom::sync::Arc;
use loom::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use loom::thread;

use super::{Wait, Waiter, Waiters};
use crate::context::{Context, ContextId, ContextRef};
use crate::env::Env;
use crate::lane::Lane;
use crate::stop::{StopSource, StopToken};
use crate::work::{Fate, TaskNode, TaskRef};

/// A context that runs its tasks where they are posted: the shortest way from a post to the end of the operation.
#[derive(Debug)]
struct Here(ContextId);

// SAFETY: the model has one context, and its tasks count what ran: nothing of them is used by who posts.
unsafe impl Context for Here {
    fn id(&self) -> ContextId {
        self.0
    }

    fn name(&self) -> &str {
        "here"
    }

    fn kind(&self) -> &'static str {
        "model"
    }

    fn post(&self, task: TaskRef) {
        task.run();
    }

    fn post_waiting(&self, task: TaskRef, _: Option<Instant>) {
        self.post(task);
    }

    fn attach(&self, _: Box<dyn Lane>) {}

    fn wake(&self) {}

    fn must_be_woken(&self) -> bool {
        false
    }
}

/// The facts of somebody who waits, and is stopped by `token`.
fn here(token: StopToken) -> Env {
    let context: ContextRef = std::sync::Arc::new(Here(ContextId::unique()));
    Env::new().with_context(context).with_stop(token)
}

#[repr(C)]
struct Sleeper {
    // First, so that the task finds it.
    waiter: Waiter,
    seen: Arc<Seen>,
}

struct Seen {
    waiters: Waiters,
    happened: AtomicBool,
    told: AtomicUsize,
    stopped: AtomicUsize,
}

impl Seen {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            waiters: Waiters::new(),
            happened: AtomicBool::new(false),
            told: AtomicUsize::new(0),
            stopped: AtomicUsize::new(0),
        })
    }

    fn counts(&self) -> (usize, usize) {
        (self.told.load(Ordering::Relaxed), self.stopped.load(Ordering::Relaxed))
    }

    fn happen(&self) {
        self.happened.store(true, Ordering::Release);
        self.waiters.tell();
    }

    /// Waits; the sleeper frees itself when its task runs.
    fn sleep(seen: &Arc<Self>, env: &Env) {
        let sleeper = Box::new(Sleeper { waiter: Waiter::new(run), seen: seen.clone() });
        let sleeper = NonNull::from(Box::leak(sleeper));
        let now = || seen.happened.load(Ordering::Acquire);
        // SAFETY: the sleeper stays until its task has run, and so does the list.
        let found = unsafe { seen.waiters.wait(sleeper.cast(), env, now) };
        let count = match found {
            Wait::Later => return,
            Wait::Now => &seen.told,
            Wait::Stopped => &seen.stopped,
        };
        count.fetch_add(1, Ordering::Relaxed);
        // SAFETY: it does not wait.
        drop(unsafe { Box::from_raw(sleeper.as_ptr()) });
    }
}

/// # Safety
///
/// `node` is the first field of a leaked `Sleeper`.
unsafe fn run(node: NonNull<TaskNode>, _: Fate) {
    // SAFETY: `sleep` leaked it, and its task runs once.
    let sleeper = unsafe { Box::from_raw(node.cast::<Sleeper>().as_ptr()) };
    // SAFETY: it stays in its box.
    let told = unsafe { Pin::new_unchecked(&sleeper.waiter) }.was_told();
    let count = if told { &sleeper.seen.told } else { &sleeper.seen.stopped };
    count.fetch_add(1, Ordering::Relaxed);
}

#[test]
fn a_stop_and_an_event_meet() {
    loom::model(|| {
        let (seen, source) = (Seen::new(), StopSource::new());
        Seen::sleep(&seen, &here(source.token()));
        let teller = {
            let seen = seen.clone();
            thread::spawn(move || seen.happen())
        };
        source.request_stop();
        teller.join().unwrap();
        let (told, stopped) = seen.counts();
        assert_eq!(told + stopped, 1);
    });
}

#[test]
fn a_stop_and_an_event_meet_one_who_comes() {
    loom::model(|| {
        let (seen, source) = (Seen::new(), StopSource::new());
        let teller = {
            let seen = seen.clone();
            thread::spawn(move || seen.happen())
        };
        let stopper = {
            let source = source.clone();
            thread::spawn(move || source.request_stop())
        };
        Seen::sleep(&seen, &here(source.token()));
        teller.join().unwrap();
        stopper.join().unwrap();
        let (told, stopped) = seen.counts();
        assert_eq!(told + stopped, 1);
    });
}

#[test]
fn two_wait_and_one_is_stopped() {
    loom::model(|| {
        let (seen, source) = (Seen::new(), StopSource::new());
        Seen::sleep(&seen, &here(source.token()));
        Seen::sleep(&seen, &here(StopToken::never()));
        let teller = {
            let seen = seen.clone();
            thread::spawn(move || seen.happen())
        };
        source.request_stop();
        teller.join().unwrap();
        let (told, stopped) = seen.counts();
        assert_eq!(told + stopped, 2);
        assert!(told >= 1, "one had no token");
    });
}
