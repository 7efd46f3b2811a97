//! A context of the model checker, for what runs inside of the tasks of another.

use std::fmt;
use std::ptr::NonNull;
use std::sync::{Arc, Mutex as Unwatched};
use std::time::Instant;

use super::{Context, ContextId, ContextRef};
use crate::lane::Lane;
use crate::primitive::{Arc as Watched, AtomicBool, AtomicUsize, Ordering};
use crate::work::{Fate, TaskNode, TaskQueue, TaskRef};

/// A context that runs what it has when a thread of the model says so, and what waits when it was nudged.
pub(crate) struct Below {
    id: ContextId,
    tasks: TaskQueue,
    // Locked for less than a switch of the model.
    waiting: Unwatched<Vec<TaskRef>>,
    nudged: AtomicBool,
    // Tasks that were given and not entered: never more than the one of what runs here.
    out: AtomicUsize,
}

impl fmt::Debug for Below {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Below").finish_non_exhaustive()
    }
}

impl Below {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            id: ContextId::unique(),
            tasks: TaskQueue::new(),
            waiting: Unwatched::default(),
            nudged: AtomicBool::new(false),
            out: AtomicUsize::new(0),
        })
    }

    fn given(&self) {
        assert_eq!(self.out.fetch_add(1, Ordering::Relaxed), 0, "the task is on its way twice");
    }

    fn enter(&self, task: TaskRef) {
        self.out.fetch_sub(1, Ordering::Relaxed);
        task.run();
    }

    /// One turn; whether there was something to do.
    pub(crate) fn turn(&self) -> bool {
        let mut busy = false;
        for task in self.tasks.take() {
            busy = true;
            self.enter(task);
        }
        if self.nudged.swap(false, Ordering::AcqRel) {
            let waiting = std::mem::take(&mut *self.waiting.lock().unwrap());
            for task in waiting {
                busy = true;
                self.enter(task);
            }
        }
        busy
    }

    /// Abandons what there is.
    pub(crate) fn end(&self) {
        let waiting = std::mem::take(&mut *self.waiting.lock().unwrap());
        for task in self.tasks.take().chain(waiting) {
            self.out.fetch_sub(1, Ordering::Relaxed);
            drop(task);
        }
    }
}

// SAFETY: the id is its own, and the tasks are run from the queues by whoever takes its turns, one at a time; it has no timers.
unsafe impl Context for Below {
    fn id(&self) -> ContextId {
        self.id
    }

    fn name(&self) -> &str {
        "below"
    }

    fn kind(&self) -> &'static str {
        "model"
    }

    fn post(&self, task: TaskRef) {
        self.given();
        self.tasks.push(task);
    }

    fn post_waiting(&self, task: TaskRef, _: Option<Instant>) {
        self.given();
        self.waiting.lock().unwrap().push(task);
    }

    fn attach(&self, _: Box<dyn Lane>) {}

    fn wake(&self) {}

    fn nudge(&self) {
        // A swap: the checker takes a store for one that an earlier swap may have overtaken.
        self.nudged.swap(true, Ordering::AcqRel);
    }

    fn must_be_woken(&self) -> bool {
        true
    }
}

/// How often tasks were run and abandoned.
#[derive(Debug, Clone)]
pub(crate) struct Fates {
    pub(crate) ran: Watched<AtomicUsize>,
    pub(crate) abandoned: Watched<AtomicUsize>,
}

impl Fates {
    pub(crate) fn new() -> Self {
        Self { ran: Watched::new(AtomicUsize::new(0)), abandoned: Watched::new(AtomicUsize::new(0)) }
    }

    pub(crate) fn ran(&self) -> usize {
        self.ran.load(Ordering::Relaxed)
    }

    pub(crate) fn abandoned(&self) -> usize {
        self.abandoned.load(Ordering::Relaxed)
    }

    /// A task that is counted, after it has waited on `context` so many times.
    pub(crate) fn task(&self, context: &ContextRef, waits: usize) -> TaskRef {
        let counted =
            Counted { node: TaskNode::new(run), fates: self.clone(), context: context.clone(), waits };
        Counted::leaked(Box::new(counted))
    }
}

#[repr(C)]
struct Counted {
    // First, so that the task finds it.
    node: TaskNode,
    fates: Fates,
    context: ContextRef,
    waits: usize,
}

impl Counted {
    fn leaked(self: Box<Self>) -> TaskRef {
        // SAFETY: it is leaked, and this is the one reference; `run` frees it.
        unsafe { TaskRef::new(NonNull::from(Box::leak(self)).cast()) }
    }
}

/// # Safety
///
/// `node` is the first field of a leaked `Counted`.
unsafe fn run(node: NonNull<TaskNode>, fate: Fate) {
    // SAFETY: the caller says so, and its task runs once.
    let mut counted = unsafe { Box::from_raw(node.cast::<Counted>().as_ptr()) };
    match fate {
        Fate::Run if counted.waits > 0 => {
            counted.waits -= 1;
            let context = counted.context.clone();
            context.post_waiting(counted.leaked(), None);
        }
        Fate::Run => {
            counted.fates.ran.fetch_add(1, Ordering::Relaxed);
        }
        Fate::Abandoned => {
            counted.fates.abandoned.fetch_add(1, Ordering::Relaxed);
        }
    }
}
