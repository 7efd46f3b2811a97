//! The context of a thread that blocks on a pass.

use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use crossbeam_utils::sync::{Parker, Unparker};

use crate::context::timer::Timers;
use crate::context::{Context, ContextId, ContextRef, Placement, enter_lazily};
use crate::lane::{Abandoned, Lane, Turn};
use crate::panic_site::{self, Watch};
use crate::primitive::{AtomicBool, Ordering};
use crate::work::{TaskQueue, TaskRef, abandoned};

/// The longest park while a task waits that has no deadline: nobody promised to wake us for it.
const PATIENCE: Duration = Duration::from_millis(1);

/// What `block_on` needs of its thread. Nested calls on one thread share it.
struct Local {
    context: Arc<Blocking>,
    parker: Parker,
}

/// The thread ends: what an operation left here that was dropped between two passes is abandoned.
impl Drop for Local {
    fn drop(&mut self) {
        self.context.end();
    }
}

thread_local! {
    static LOCAL: Local = {
        panic_site::install();
        let parker = Parker::new();
        let unparker = parker.unparker().clone();
        Local { context: Arc::new(Blocking::new(unparker)), parker }
    };
}

/// The calling thread as a context.
pub(super) fn context() -> ContextRef {
    LOCAL.with(|local| local.context.clone())
}

/// Runs the tasks of the calling thread's context until `has_arrived`.
///
/// That is given what unparks this thread, and sees to it that somebody does.
pub(super) fn run_until(has_arrived: &mut dyn FnMut(&Unparker) -> bool) {
    LOCAL.with(|local| {
        let context = &local.context;
        let _watching = panic_site::watch(Watch::Task);
        loop {
            let busy = context.turn();
            if has_arrived(&context.unparker) {
                return;
            }
            if !busy && !abandoned::end_those_left() {
                match context.wake_up_at() {
                    Some(deadline) => local.parker.park_deadline(deadline),
                    None => local.parker.park(),
                }
            }
        }
    });
}

/// A thread inside `block_on`.
#[derive(Debug)]
struct Blocking {
    id: ContextId,
    thread: ThreadId,
    posted: TaskQueue,
    waiting: TaskQueue,
    /// The earliest deadline of a waiting task; cleared when they are all asked.
    deadline: Mutex<Option<Instant>>,
    timers: Timers,
    /// Set when the thread ends.
    closed: AtomicBool,
    unparker: Unparker,
}

impl Blocking {
    fn new(unparker: Unparker) -> Self {
        Self {
            id: ContextId::unique(),
            thread: thread::current().id(),
            posted: TaskQueue::new(),
            waiting: TaskQueue::new(),
            deadline: Mutex::new(None),
            timers: Timers::new(),
            closed: AtomicBool::new(false),
            unparker,
        }
    }

    /// Runs what was posted and what is due, asks what waits; whether anything was posted or due.
    fn turn(&self) -> bool {
        let mut busy = false;
        for task in self.posted.take() {
            busy = true;
            run(task);
        }
        // SAFETY: turns are taken by the thread of this context alone.
        busy |= unsafe { self.timers.poll(Instant::now, run) };
        *self.deadline.lock().unwrap_or_else(PoisonError::into_inner) = None;
        for task in self.waiting.take() {
            run(task);
        }
        busy
    }

    /// When to ask again; `None` while nothing waits.
    fn wake_up_at(&self) -> Option<Instant> {
        let deadline = *self.deadline.lock().unwrap_or_else(PoisonError::into_inner);
        let asked = if self.waiting.is_empty() { None } else { deadline };
        asked.into_iter().chain(self.timers.deadline()).min()
    }

    /// Abandons what is left.
    fn end(&self) {
        // ORDERING: release pairs with the acquire in `post`; who comes between is leaked with what he posts.
        self.closed.store(true, Ordering::Release);
        loop {
            // SAFETY: the thread of this context ends.
            let timed = unsafe { self.timers.take() };
            if timed.is_none() && self.posted.is_empty() && self.waiting.is_empty() {
                return;
            }
            for task in timed.into_iter().chain(self.posted.take()).chain(self.waiting.take()) {
                let _ = panic::catch_unwind(AssertUnwindSafe(|| drop(task)));
            }
        }
    }
}

/// A panic must not unwind through `block_on`, whose operation is under way.
fn run(task: TaskRef) {
    let _ = panic::catch_unwind(AssertUnwindSafe(|| task.run()));
}

// SAFETY: the id is its own, and only the thread that it is named for takes its turns, `here` or not. What is posted, and what
// waits, lies in a queue until then; the timers are its own, and polled and emptied in its turns and at the end of its thread.
unsafe impl Context for Blocking {
    fn id(&self) -> ContextId {
        self.id
    }

    fn name(&self) -> &str {
        "block_on"
    }

    fn kind(&self) -> &'static str {
        "block_on"
    }

    fn placement(&self) -> Placement {
        Placement { core: None, wait: "park" }
    }

    fn is_here(&self) -> bool {
        thread::current().id() == self.thread
    }

    fn post(&self, task: TaskRef) {
        // ORDERING: acquire pairs with the release in `end`.
        if self.closed.load(Ordering::Acquire) {
            return drop(task);
        }
        if self.posted.push(task) {
            self.unparker.unpark();
        }
    }

    fn post_waiting(&self, task: TaskRef, deadline: Option<Instant>) {
        let asked = deadline.unwrap_or_else(|| Instant::now() + PATIENCE);
        {
            let mut earliest = self.deadline.lock().unwrap_or_else(PoisonError::into_inner);
            *earliest = Some(earliest.map_or(asked, |earliest| earliest.min(asked)));
        }
        self.waiting.push(task);
    }

    fn timers(&self) -> Option<&Timers> {
        Some(&self.timers)
    }

    /// Only its own thread can take its turns, outside of `block_on` as well.
    fn drive(&self) -> Option<Turn> {
        // ORDERING: relaxed, only this thread sets it.
        if !self.is_here() || self.closed.load(Ordering::Relaxed) {
            return None;
        }
        let _entered = enter_lazily(context);
        let _watching = panic_site::watch(Watch::Task);
        Some(if self.turn() { Turn::Busy } else { Turn::Idle })
    }

    fn attach(&self, mut lane: Box<dyn Lane>) {
        lane.abandon(Abandoned::ContextEnded);
    }

    fn wake(&self) {
        self.unparker.unpark();
    }

    fn must_be_woken(&self) -> bool {
        true
    }
}
