//! Where one connection waits.

use std::cmp::Reverse;
use std::fmt;
use std::sync::{Arc, Weak};
use std::time::Instant;

use super::{Crowd, locked};
use crate::alloc::Allocation;
use crate::context::{Context, ContextId, ContextRef, Placement, enter};
use crate::lane::{Abandoned, Lane};
use crate::panic_site::{self, Watch};
use crate::primitive::Mutex;
use crate::stop::Recycled;
use crate::work::{TaskList, TaskRef};

/// Where one connection waits: a context on top of the io context, on which its operations run.
pub(super) struct Place {
    pub(super) id: ContextId,
    pub(super) index: usize,
    pub(super) crowd: Weak<Crowd>,
    pub(super) below: ContextId,
    pub(super) name: Box<str>,
    pub(super) allocation: Allocation,
    pub(super) own: Mutex<Own>,
}

/// What of a place changes.
pub(super) struct Own {
    pub(super) posted: TaskList,
    pub(super) waiting: TaskList,
    // When the sweep will come: the entries of this place in the heap, each earlier than the one before, so that what
    // waits longer than the earliest adds none.
    pub(super) timers: Vec<Instant>,
    // Whether the sweep was told.
    pub(super) rung: bool,
    // When something happened last, if there is a connection that may be idle.
    pub(super) seen: Option<Instant>,
    // Whether somebody will look.
    pub(super) watched: bool,
    pub(super) stop: Option<Recycled>,
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Place").field("name", &self.name).field("index", &self.index).finish_non_exhaustive()
    }
}

impl Place {
    /// Runs what was posted, then what waits.
    pub(super) fn run(self: &Arc<Self>) {
        // SAFETY: the sweep runs one place after the other, and is one task.
        let here = unsafe { enter(Arc::clone(self) as ContextRef) };
        let (mut posted, mut waiting) = {
            let mut own = locked(&self.own);
            own.rung = false;
            let empty = || TaskList::new();
            (std::mem::replace(&mut own.posted, empty()), std::mem::replace(&mut own.waiting, empty()))
        };
        while let Some(task) = posted.pop().or_else(|| waiting.pop()) {
            let watching = panic_site::watch(Watch::Task);
            // The panic hook has said it, and nobody joins a task.
            let _ = panic_site::catch(|| task.run());
            drop(watching);
        }
        drop(here);
    }

    /// Drops what was posted and what waits.
    pub(super) fn give_up(self: &Arc<Self>) {
        // SAFETY: the crowd is closed, and this is its end: no sweep comes any more.
        let here = unsafe { enter(Arc::clone(self) as ContextRef) };
        loop {
            let mut own = locked(&self.own);
            let task = own.posted.pop().or_else(|| own.waiting.pop());
            drop(own);
            let Some(task) = task else { break };
            let watching = panic_site::watch(Watch::Task);
            // As in `run`.
            let _ = panic_site::catch(|| drop(task));
            drop(watching);
        }
        drop(here);
    }

    /// Has the sweep come here.
    fn ring(&self, crowd: &Arc<Crowd>) {
        let rings = !std::mem::replace(&mut locked(&self.own).rung, true);
        if rings {
            crowd.ring(self.index);
        }
    }
}

// SAFETY: the id is its own. What is posted, and what waits, lies in a list until the sweep, a task of the context below, enters
// the place and runs it; it has no timers.
unsafe impl Context for Place {
    fn id(&self) -> ContextId {
        self.id
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn kind(&self) -> &'static str {
        "connection"
    }

    fn placement(&self) -> Placement {
        self.crowd.upgrade().map(|crowd| crowd.below.placement()).unwrap_or_default()
    }

    fn allocation(&self) -> &Allocation {
        &self.allocation
    }

    fn is_on(&self, below: ContextId) -> bool {
        self.below == below
    }

    fn post(&self, task: TaskRef) {
        // Without a crowd nobody would run it.
        let Some(crowd) = self.crowd.upgrade() else { return };
        let shared = locked(&crowd.shared);
        if shared.closed {
            drop(shared);
            return drop(task);
        }
        // Under the lock, so that `end` finds it.
        locked(&self.own).posted.push(task);
        drop(shared);
        self.ring(&crowd);
    }

    fn post_waiting(&self, task: TaskRef, deadline: Option<Instant>) {
        let Some(crowd) = self.crowd.upgrade() else { return };
        let mut shared = locked(&crowd.shared);
        if shared.closed {
            drop(shared);
            return drop(task);
        }
        let mut own = locked(&self.own);
        own.waiting.push(task);
        if let Some(deadline) = deadline
            && own.timers.last().is_none_or(|earliest| deadline < *earliest)
        {
            own.timers.push(deadline);
            shared.timers.push(Reverse((deadline, self.index)));
        }
        drop(own);
        let begins = !std::mem::replace(&mut shared.sweeping, true);
        drop(shared);
        if begins {
            crowd.below.post(Arc::clone(&crowd).task());
        }
    }

    fn attach(&self, mut lane: Box<dyn Lane>) {
        match self.crowd.upgrade() {
            Some(crowd) => crowd.below.attach(lane),
            None => lane.abandon(Abandoned::ContextEnded),
        }
    }

    fn wake(&self) {
        if let Some(crowd) = self.crowd.upgrade() {
            self.ring(&crowd);
        }
    }

    fn must_be_woken(&self) -> bool {
        true
    }
}
