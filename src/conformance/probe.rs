//! Tasks and lanes that tell what was done to them.

use std::ptr::NonNull;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::context::{ContextRef, current};
use crate::lane::{Abandoned, Lane, Turn};
use crate::work::{Fate, TaskNode, TaskRef};

/// A task that calls `work` once; costs one allocation.
pub fn task(work: impl FnOnce(Fate) + Send + 'static) -> TaskRef {
    #[repr(C)]
    struct Boxed<F> {
        // First, so that the node's address is the box's; see `run`.
        node: TaskNode,
        work: F,
    }

    /// # Safety
    ///
    /// `node` is the first field of a leaked `Box<Boxed<F>>` that nobody else holds.
    unsafe fn run<F: FnOnce(Fate)>(node: NonNull<TaskNode>, fate: Fate) {
        // SAFETY: the caller gives the address that `Box::into_raw` gave below, once.
        let boxed = unsafe { Box::from_raw(node.cast::<Boxed<F>>().as_ptr()) };
        (boxed.work)(fate);
    }

    fn entry<F: FnOnce(Fate)>(_: &F) -> unsafe fn(NonNull<TaskNode>, Fate) {
        run::<F>
    }

    let node = TaskNode::new(entry(&work));
    let boxed = NonNull::from(Box::leak(Box::new(Boxed { node, work })));
    // SAFETY: the box is leaked until its task is entered, this is the only reference, and the
    // work is `Send`.
    unsafe { TaskRef::new(boxed.cast()) }
}

/// What a probe saw, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Event {
    /// The task of this number ran.
    Ran(usize),
    /// The task of this number was abandoned.
    Dropped(usize),
    /// A lane was started.
    Started,
    /// A lane took its first turn.
    Turned,
    /// A lane was called after it was done or abandoned.
    CalledAfterEnd,
    /// A lane said that it is done.
    Done,
    /// A lane was told of a panic with this message.
    Panicked(String),
    /// A lane was told that its context ended.
    ContextEnded,
    /// A lane was dropped.
    LaneDropped,
    /// Something ran while something else did.
    Overlap,
    /// Something ran while `current` or `is_here` did not name the context.
    NotHere,
}

/// Shared by the probes of one check.
#[derive(Debug, Default)]
pub(super) struct Log {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    events: Vec<Event>,
    inside: bool,
    turns: u64,
    checks: u64,
    go: bool,
}

impl Log {
    pub(super) fn new() -> Arc<Self> {
        Arc::default()
    }

    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn add(&self, event: Event) {
        self.with(|state| state.events.push(event));
    }

    pub(super) fn events(&self) -> Vec<Event> {
        self.with(|state| state.events.clone())
    }

    pub(super) fn count(&self, event: &Event) -> usize {
        self.with(|state| state.events.iter().filter(|seen| *seen == event).count())
    }

    pub(super) fn has(&self, event: &Event) -> bool {
        self.count(event) > 0
    }

    /// Turns of all the lanes that share this log.
    pub(super) fn turns(&self) -> u64 {
        self.with(|state| state.turns)
    }

    pub(super) fn checks(&self) -> u64 {
        self.with(|state| state.checks)
    }

    /// Lets go those probes that wait for it.
    pub(super) fn go(&self) {
        self.with(|state| state.go = true);
    }

    pub(super) fn gone(&self) -> bool {
        self.with(|state| state.go)
    }

    /// Notes whether the caller is alone on the context `id` and may know it, while it works.
    pub(super) fn visit<T>(&self, context: &ContextRef, work: impl FnOnce() -> T) -> T {
        let named = current().map(|context| context.id()) == Some(context.id()) && context.is_here();
        self.with(|state| {
            if std::mem::replace(&mut state.inside, true) {
                state.events.push(Event::Overlap);
            }
            if !named {
                state.events.push(Event::NotHere);
            }
        });
        // Long enough for another thread to come along.
        thread::yield_now();
        let made = work();
        self.with(|state| state.inside = false);
        made
    }
}

/// How a [`Probe`] spends its turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// Busy for this many turns, then done.
    Count(u64),
    /// Busy until the log says go, then done.
    BusyUntilGo,
    /// Idle until the log says go, then done.
    IdleUntilGo,
    /// Panics in its first turn.
    Panic(&'static str),
}

/// A lane that logs what its context does to it.
pub(super) struct Probe {
    log: Arc<Log>,
    manner: Manner,
    turns: u64,
    over: bool,
}

impl Probe {
    pub(super) fn new(log: &Arc<Log>, manner: Manner) -> Self {
        Self { log: Arc::clone(log), manner, turns: 0, over: false }
    }

    /// Attaches it, on a thread of its own: a context may run the lane inside `attach`.
    pub(super) fn attach(self, context: &ContextRef) {
        let context = context.clone();
        thread::spawn(move || context.attach(Box::new(self)));
    }

    fn called(&self) {
        if self.over {
            self.log.add(Event::CalledAfterEnd);
        }
    }
}

impl Lane for Probe {
    fn start(&mut self) {
        self.called();
        self.log.add(Event::Started);
    }

    fn turn(&mut self) -> Turn {
        self.called();
        if self.turns == 0 {
            self.log.add(Event::Turned);
        }
        self.turns += 1;
        self.log.with(|state| state.turns += 1);
        let (over, otherwise) = match self.manner {
            Manner::Count(turns) => (self.turns == turns, Turn::Busy),
            Manner::BusyUntilGo => (self.log.gone(), Turn::Busy),
            Manner::IdleUntilGo => (self.log.gone(), Turn::Idle),
            Manner::Panic(message) => panic!("{message}"),
        };
        if !over {
            return otherwise;
        }
        self.over = true;
        self.log.add(Event::Done);
        Turn::Done
    }

    fn check(&mut self) {
        self.called();
        self.log.with(|state| state.checks += 1);
    }

    fn abandon(&mut self, why: Abandoned) {
        self.called();
        self.over = true;
        self.log.add(match why {
            Abandoned::Panicked(report) => Event::Panicked(report.message),
            Abandoned::ContextEnded => Event::ContextEnded,
        });
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        self.log.add(Event::LaneDropped);
    }
}
