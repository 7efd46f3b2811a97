//! The half of a hosted context that any thread may call.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use crossbeam_utils::CachePadded;

use super::bell::{Bell, Rung};
use super::clock::Clock;
use super::park::Unpark;
use super::timer::Timers;
use super::{Context, ContextId, ContextRef, Placement};
use crate::alloc::Allocation;
use crate::lane::{Abandoned, Attention, Lane};
use crate::primitive::{AtomicBool, Ordering};
use crate::wait::Wait;
use crate::work::{TaskQueue, TaskRef};

/// What a [`Host`](super::host::Host) is called and how it waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostSettings {
    /// The context's name, for people to read.
    pub name: String,
    /// The context's family, such as `cpu`.
    pub kind: &'static str,
    /// The core that the thread will be pinned to, if it will.
    pub core: Option<usize>,
    /// How it waits.
    pub wait: Wait,
}

/// The half of a hosted context that any thread may call: its queues and its bell.
///
/// It is a [`Context`]: give it to users as a [`ContextRef`](super::ContextRef), or wrap it in a
/// context of your own that forwards to it. Its [`Host`](super::host::Host) does the work.
pub struct Front {
    id: ContextId,
    settings: HostSettings,
    allocation: Allocation,
    pub(super) tasks: CachePadded<TaskQueue>,
    // Read by the host every turn, so it shares its line with nothing that others write.
    pub(super) attention: CachePadded<Attention>,
    pub(super) bell: CachePadded<Bell>,
    // Whether the host is inside the loop of its only lane, which it must leave for a task that waits;
    // only the host's thread uses it.
    pub(super) alone: AtomicBool,
    unpark: Arc<dyn Unpark>,
    // The context inside of whose tasks this one runs, if it does.
    below: OnceLock<ContextRef>,
    inbox: Mutex<Inbox>,
    // Only the host's thread uses it; the lock is never contended.
    waiting: Mutex<Vec<Waiting>>,
    timers: Timers,
    clock: Clock,
}

struct Inbox {
    open: bool,
    lanes: Vec<Box<dyn Lane>>,
}

/// A task that polls, and when it wants to run at the latest.
pub(super) struct Waiting {
    pub(super) task: TaskRef,
    pub(super) deadline: Option<Instant>,
}

impl fmt::Debug for Front {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Front")
            .field("id", &self.id)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl Front {
    pub(super) fn new(
        settings: HostSettings,
        allocation: Allocation,
        clock: Clock,
        unpark: Arc<dyn Unpark>,
    ) -> Self {
        Self {
            id: ContextId::unique(),
            settings,
            allocation,
            tasks: CachePadded::new(TaskQueue::new()),
            attention: CachePadded::new(Attention::new()),
            bell: CachePadded::new(Bell::new()),
            alone: AtomicBool::new(false),
            unpark,
            below: OnceLock::new(),
            inbox: Mutex::new(Inbox { open: true, lanes: Vec::new() }),
            waiting: Mutex::new(Vec::new()),
            timers: Timers::new(),
            clock,
        }
    }

    /// Says, once, that it runs inside of the tasks of `below`.
    pub(super) fn runs_on(&self, below: ContextRef) {
        let _ = self.below.set(below);
    }

    /// How the context waits.
    pub const fn wait(&self) -> Wait {
        self.settings.wait
    }

    /// Asks the host to end: its loop returns after the turn in hand, and abandons what is left.
    /// From now on tasks are dropped as they are posted.
    pub fn close(&self) {
        let rung = self.bell.close();
        self.attention.raise();
        if rung == Rung::Wake {
            self.unpark.unpark();
        }
    }

    /// Whether [`close`](Self::close) was called.
    pub fn is_closed(&self) -> bool {
        self.bell.is_closed()
    }

    fn notify(&self) {
        self.attention.raise();
        self.ring();
    }

    pub(super) fn time(&self) -> Instant {
        self.below.get().map_or_else(|| self.clock.now(), |below| below.now())
    }

    /// Moves a clock on that is not the system's.
    pub(super) fn advance(&self, time: Duration) {
        self.clock.advance(time);
    }

    fn ring(&self) {
        match self.bell.ring() {
            Rung::Heard => {}
            Rung::Wake => self.unpark.unpark(),
            // Either the host ends later and takes the queue, or it has, and what was pushed since
            // is taken here.
            Rung::Closed => drop(self.tasks.take()),
        }
    }

    fn inbox(&self) -> MutexGuard<'_, Inbox> {
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the lanes that were attached since, in the order of attaching.
    pub(super) fn take_lanes(&self) -> Vec<Box<dyn Lane>> {
        std::mem::take(&mut self.inbox().lanes)
    }

    /// Refuses further lanes, and hands out those that nobody took.
    pub(super) fn shut_inbox(&self) -> Vec<Box<dyn Lane>> {
        let mut inbox = self.inbox();
        inbox.open = false;
        std::mem::take(&mut inbox.lanes)
    }

    pub(super) const fn wheel(&self) -> &Timers {
        &self.timers
    }

    pub(super) fn waiting(&self) -> MutexGuard<'_, Vec<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The methods of a [`Context`] that is its `front`, and says for itself only what differs: where it is placed, and
/// how it is driven by hand.
macro_rules! by_front {
    () => {
        fn id(&self) -> $crate::context::ContextId {
            self.front.id()
        }

        fn name(&self) -> &str {
            self.front.name()
        }

        fn kind(&self) -> &'static str {
            self.front.kind()
        }

        fn allocation(&self) -> &$crate::alloc::Allocation {
            self.front.allocation()
        }

        fn is_on(&self, below: $crate::context::ContextId) -> bool {
            self.front.is_on(below)
        }

        fn post(&self, task: $crate::work::TaskRef) {
            self.front.post(task);
        }

        fn post_waiting(&self, task: $crate::work::TaskRef, deadline: Option<std::time::Instant>) {
            self.front.post_waiting(task, deadline);
        }

        fn timers(&self) -> Option<&$crate::context::timer::Timers> {
            self.front.timers()
        }

        fn now(&self) -> std::time::Instant {
            self.front.now()
        }

        fn attach(&self, lane: Box<dyn $crate::lane::Lane>) {
            self.front.attach(lane);
        }

        fn wake(&self) {
            self.front.wake();
        }

        fn nudge(&self) {
            self.front.nudge();
        }

        fn must_be_woken(&self) -> bool {
            self.front.must_be_woken()
        }

        #[cfg(target_os = "linux")]
        fn sleeps_also_on(&self, bell: std::sync::Arc<dyn $crate::context::host::Doorbell>) -> bool {
            self.front.sleeps_also_on(bell)
        }
    };
}
pub(super) use by_front;

// SAFETY: the id is unique. There is one host for a front, which enters it where it runs tasks and lanes, and which one thread at a time
// has; posted and waiting tasks lie in queues until it looks, and the timers are polled and emptied by the host alone.
unsafe impl Context for Front {
    fn id(&self) -> ContextId {
        self.id
    }

    fn name(&self) -> &str {
        &self.settings.name
    }

    fn kind(&self) -> &'static str {
        self.settings.kind
    }

    fn placement(&self) -> Placement {
        Placement { core: self.settings.core, wait: self.settings.wait.name() }
    }

    fn allocation(&self) -> &Allocation {
        &self.allocation
    }

    fn is_on(&self, id: ContextId) -> bool {
        self.below.get().is_some_and(|below| below.id() == id || below.is_on(id))
    }

    fn post(&self, task: TaskRef) {
        self.tasks.push(task);
        self.notify();
    }

    fn post_waiting(&self, task: TaskRef, deadline: Option<Instant>) {
        if self.is_here() {
            self.waiting().push(Waiting { task, deadline });
            // ORDERING: relaxed, this is the thread that wrote it.
            if self.alone.load(Ordering::Relaxed) {
                self.attention.raise();
            }
        } else {
            // Against the contract, but easily put right: the task polls on the context, and then
            // waits there.
            self.post(task);
        }
    }

    fn timers(&self) -> Option<&Timers> {
        Some(&self.timers)
    }

    fn now(&self) -> Instant {
        self.time()
    }

    fn attach(&self, mut lane: Box<dyn Lane>) {
        let mut inbox = self.inbox();
        if inbox.open {
            inbox.lanes.push(lane);
            drop(inbox);
            self.notify();
        } else {
            drop(inbox);
            lane.abandon(Abandoned::ContextEnded);
        }
    }

    fn wake(&self) {
        self.notify();
    }

    fn nudge(&self) {
        self.ring();
    }

    fn must_be_woken(&self) -> bool {
        self.settings.wait.parks()
    }

    #[cfg(target_os = "linux")]
    fn sleeps_also_on(&self, bell: Arc<dyn super::host::Doorbell>) -> bool {
        self.unpark.sleeps_also_on(bell)
    }
}
