//! Wakers without an allocation for each: words are used again.

use std::cell::RefCell;
use std::fmt;
use std::ptr::NonNull;
use std::sync::Arc;
use std::task::{Wake, Waker};

use super::word::Word;
use crate::context::ContextRef;
use crate::primitive::{Ordering, fence};
use crate::work::{TaskNode, TaskRef};

/// Words that a thread keeps for its next operations.
const SPARE: usize = 64;
/// How many of them, the last given back first, are asked whether they are free.
const LOOKS: usize = 4;

/// How the task of an operation is posted.
#[derive(Clone)]
pub(super) struct Target {
    node: NonNull<TaskNode>,
    context: ContextRef,
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Target").field("context", &self.context).finish_non_exhaustive()
    }
}

// SAFETY: the node is only handed on to the context, as a task that `Target::new` says may run on any thread.
unsafe impl Send for Target {}

impl Target {
    /// Posts the task of `node` to `context`.
    ///
    /// # Safety
    ///
    /// - `node` is that of a pinned operation, which stays in place for as long as this target is in a word.
    /// - its task may run on any thread.
    pub(super) unsafe fn new(node: NonNull<TaskNode>, context: ContextRef) -> Self {
        Self { node, context }
    }

    /// Posts the task.
    ///
    /// # Safety
    ///
    /// The caller has made the word `QUEUED` from which this target comes.
    pub(super) unsafe fn post(self) {
        // SAFETY: `new` says that the node is in place; there is no other reference to its task, because a word is
        // made `QUEUED` only while it is not.
        let task = unsafe { TaskRef::new(self.node) };
        self.context.post(task);
    }
}

/// A word that a waker shares.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) word: Word<Target>,
}

impl Shared {
    /// Called by the callback of a stop.
    pub(super) fn stop(&self) {
        if let Some(target) = self.word.stop() {
            // SAFETY: `stop` says that this caller has queued it.
            unsafe { target.post() };
        }
    }
}

impl Wake for Shared {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if let Some(target) = self.word.wake() {
            // SAFETY: `wake` says that this caller has queued it.
            unsafe { target.post() };
        }
    }
}

/// A word and its waker; taken from what the thread keeps, and given back when it is dropped.
#[derive(Debug)]
pub(super) struct Waking {
    // INVARIANT: both are there until it is dropped.
    parts: Option<(Arc<Shared>, Waker)>,
}

thread_local! {
    // Some may be in use still: whoever wakes holds a waker for a moment longer than the operation lives.
    static SPARES: RefCell<Vec<(Arc<Shared>, Waker)>> = const { RefCell::new(Vec::new()) };
}

/// Whether nobody but `spare` itself holds a waker of it, with which it could be woken in its next life.
fn is_free(spare: &(Arc<Shared>, Waker)) -> bool {
    let free = Arc::strong_count(&spare.0) == 2;
    // ORDERING: acquire pairs with the release by which the last waker of another thread was dropped.
    fence(Ordering::Acquire);
    free
}

impl Waking {
    pub(super) fn take() -> Self {
        let spare = SPARES.try_with(|spares| {
            let mut spares = spares.try_borrow_mut().ok()?;
            let free = (0..spares.len()).rev().take(LOOKS).find(|at| is_free(&spares[*at]))?;
            Some(spares.swap_remove(free))
        });
        let parts = spare.ok().flatten().unwrap_or_else(|| {
            let shared = Arc::new(Shared { word: Word::new() });
            let waker = Waker::from(Arc::clone(&shared));
            (shared, waker)
        });
        Self { parts: Some(parts) }
    }

    /// The word.
    ///
    /// # Panics
    ///
    /// Never: it is there until this value is dropped.
    pub(super) fn shared(&self) -> &Arc<Shared> {
        &self.parts.as_ref().expect("taken by `drop` alone").0
    }

    /// Its waker.
    ///
    /// # Panics
    ///
    /// Never, as above.
    pub(super) fn waker(&self) -> &Waker {
        &self.parts.as_ref().expect("taken by `drop` alone").1
    }
}

impl Drop for Waking {
    fn drop(&mut self) {
        let Some(parts) = self.parts.take() else { return };
        let _ = SPARES.try_with(|spares| {
            let Ok(mut spares) = spares.try_borrow_mut() else { return };
            // The one kept longest goes: it may be one whose waker somebody keeps for ever.
            if spares.len() == SPARE {
                spares.swap_remove(0);
            }
            spares.push(parts);
        });
    }
}
