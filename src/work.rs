//! Work that waits for a context: an intrusive queue without allocation.

pub(crate) mod abandoned;

use std::fmt;
use std::marker::PhantomPinned;
use std::ptr::{self, NonNull};

use crate::primitive::{AtomicPtr, Ordering};

/// What happens to a task: its context runs it, or gives it up because it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// The context runs the task on its own thread.
    Run,
    /// The context ends without having run it; the task completes as *stopped*.
    Abandoned,
}

/// The link and the entry point of a task, embedded in the operation that waits.
///
/// Costs two words. It is pinned from the moment a [`TaskRef`] to it is made until that reference
/// is used up.
pub struct TaskNode {
    next: AtomicPtr<TaskNode>,
    run: unsafe fn(NonNull<TaskNode>, Fate),
    _pinned: PhantomPinned,
}

impl TaskNode {
    /// A node whose task is `run`.
    ///
    /// `run` receives the node's own address; an operation finds itself by keeping the node as its
    /// first field of a `#[repr(C)]` struct.
    pub fn new(run: unsafe fn(NonNull<TaskNode>, Fate)) -> Self {
        Self { next: AtomicPtr::new(ptr::null_mut()), run, _pinned: PhantomPinned }
    }
}

impl fmt::Debug for TaskNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskNode").finish_non_exhaustive()
    }
}

/// The right, and the duty, to run one task once.
///
/// Dropping it unused runs the task with [`Fate::Abandoned`], so that an operation always
/// completes.
#[must_use = "dropping a task abandons it"]
#[derive(Debug)]
pub struct TaskRef {
    node: NonNull<TaskNode>,
}

// SAFETY: a `TaskRef` is the only right to touch its node, and `TaskRef::new` requires that the
// task may run on any thread.
unsafe impl Send for TaskRef {}

impl TaskRef {
    /// The right to run the task of `node`.
    ///
    /// # Safety
    ///
    /// - `node` stays valid and in place until its task has been entered.
    /// - no other `TaskRef` to it exists.
    /// - its task may be run on whichever thread the reference is sent to.
    #[inline]
    pub const unsafe fn new(node: NonNull<TaskNode>) -> Self {
        Self { node }
    }

    /// Runs the task, on the calling thread.
    #[inline]
    pub fn run(self) {
        self.finish(Fate::Run);
    }

    /// The node of a task that needs not be run: that it was queued has said everything.
    #[inline]
    pub(crate) const fn into_node(self) -> NonNull<TaskNode> {
        let node = self.node;
        std::mem::forget(self);
        node
    }

    #[inline]
    fn finish(self, fate: Fate) {
        let node = self.node;
        std::mem::forget(self);
        // SAFETY: `new` requires that the node is valid until its task has been entered.
        let run = unsafe { node.as_ref() }.run;
        // SAFETY: this reference was the only right to run the task, and it is used up here.
        unsafe { run(node, fate) }
    }
}

impl Drop for TaskRef {
    fn drop(&mut self) {
        let node = self.node;
        // SAFETY: the node is valid until its task has been entered.
        let run = unsafe { node.as_ref() }.run;
        // SAFETY: the only right to run the task is used up by this drop.
        unsafe { run(node, Fate::Abandoned) }
    }
}

/// Tasks for one context: many threads push, one takes everything at once, first in first out.
///
/// Source: the Treiber stack (R. K. Treiber, 1986), taken whole and reversed; because nothing is
/// ever popped singly there is no ABA.
///
/// Costs one compare-exchange per push, one swap per take, no allocation.
pub struct TaskQueue {
    // INVARIANT: null, or the last of a chain of nodes whose `TaskRef`s were given to `push`.
    last: AtomicPtr<TaskNode>,
}

impl TaskQueue {
    /// An empty queue.
    pub fn new() -> Self {
        Self { last: AtomicPtr::new(ptr::null_mut()) }
    }

    /// Adds a task. Returns whether the queue was empty, so that the first one may wake the context.
    pub fn push(&self, task: TaskRef) -> bool {
        let node = task.node;
        std::mem::forget(task);
        // ORDERING: relaxed, the compare-exchange below publishes or retries.
        let mut last = self.last.load(Ordering::Relaxed);
        loop {
            // SAFETY: the node is valid until its task has been entered, and only we hold it.
            let next = &unsafe { node.as_ref() }.next;
            // ORDERING: relaxed, published by the release below.
            next.store(last, Ordering::Relaxed);
            // ORDERING: release pairs with the acquire of `take`; a failure only re-reads.
            match self.last.compare_exchange_weak(last, node.as_ptr(), Ordering::Release, Ordering::Relaxed) {
                Ok(_) => return last.is_null(),
                Err(now) => last = now,
            }
        }
    }

    /// Whether nothing waits, as of some moment during the call. One relaxed load.
    #[inline]
    pub fn is_empty(&self) -> bool {
        // ORDERING: relaxed, `take` synchronises.
        self.last.load(Ordering::Relaxed).is_null()
    }

    /// Takes everything that waits, oldest first.
    pub fn take(&self) -> Tasks {
        // ORDERING: acquire pairs with the release of `push`.
        let mut node = self.last.swap(ptr::null_mut(), Ordering::Acquire);
        let mut first: *mut TaskNode = ptr::null_mut();
        while let Some(current) = NonNull::new(node) {
            // SAFETY: every node in the chain is valid until its task has been entered.
            let next = &unsafe { current.as_ref() }.next;
            // ORDERING: relaxed, the chain is ours alone since the swap.
            node = next.load(Ordering::Relaxed);
            // ORDERING: relaxed, as above.
            next.store(first, Ordering::Relaxed);
            first = current.as_ptr();
        }
        Tasks { first }
    }
}

impl Default for TaskQueue {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for TaskQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskQueue").field("is_empty", &self.is_empty()).finish()
    }
}

impl Drop for TaskQueue {
    fn drop(&mut self) {
        drop(self.take());
    }
}

/// The tasks that one [`TaskQueue::take`] took, oldest first. Dropping it abandons the rest.
#[derive(Debug)]
pub struct Tasks {
    first: *mut TaskNode,
}

impl Tasks {
    /// No task.
    pub(crate) const fn none() -> Self {
        Self { first: ptr::null_mut() }
    }
}

impl Iterator for Tasks {
    type Item = TaskRef;

    fn next(&mut self) -> Option<TaskRef> {
        let node = NonNull::new(self.first)?;
        // SAFETY: the node is valid until its task has been entered, which only the `TaskRef`
        // made below can do.
        let next = &unsafe { node.as_ref() }.next;
        // ORDERING: relaxed, the chain belongs to this iterator alone.
        self.first = next.load(Ordering::Relaxed);
        // SAFETY: the queue held the only right to this node, and gives it on here.
        Some(unsafe { TaskRef::new(node) })
    }
}

impl Drop for Tasks {
    fn drop(&mut self) {
        self.by_ref().for_each(drop);
    }
}

/// Tasks that one thread at a time holds back, in the order in which they were given. Dropping it abandons them.
///
/// Costs one store per task and no allocation: they are linked by their nodes.
pub(crate) struct TaskList {
    // INVARIANT: both null, or the ends of a chain of `len` nodes whose `TaskRef`s were given to `push`.
    first: *mut TaskNode,
    last: *mut TaskNode,
    len: usize,
}

// SAFETY: it holds the rights to its tasks, each of which may go to any thread.
unsafe impl Send for TaskList {}

/// The node behind `node`.
///
/// # Safety
///
/// `node` is in a list that the caller holds alone, so that it is valid.
unsafe fn next<'n>(node: *mut TaskNode) -> &'n AtomicPtr<TaskNode> {
    // SAFETY: the caller says that it is valid, as it is until its task is entered.
    unsafe { &(*node).next }
}

impl TaskList {
    pub(crate) const fn new() -> Self {
        Self { first: ptr::null_mut(), last: ptr::null_mut(), len: 0 }
    }

    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    /// Adds a task behind the others.
    pub(crate) fn push(&mut self, task: TaskRef) {
        let node = task.node.as_ptr();
        std::mem::forget(task);
        // SAFETY: the right to the task is ours.
        let own = unsafe { next(node) };
        // ORDERING: relaxed here and below, the list is used by one thread at a time.
        own.store(ptr::null_mut(), Ordering::Relaxed);
        if self.last.is_null() {
            self.first = node;
        } else {
            // SAFETY: it is in this list.
            let last = unsafe { next(self.last) };
            // ORDERING: relaxed, see above.
            last.store(node, Ordering::Relaxed);
        }
        self.last = node;
        self.len += 1;
    }

    /// Takes the oldest task.
    pub(crate) fn pop(&mut self) -> Option<TaskRef> {
        self.take(0)
    }

    /// Takes the task that has so many before it. **Costs** a walk over those.
    pub(crate) fn take(&mut self, index: usize) -> Option<TaskRef> {
        let (mut before, mut node) = (ptr::null_mut(), NonNull::new(self.first)?);
        for _ in 0..index {
            before = node.as_ptr();
            // SAFETY: it is in this list.
            let behind = unsafe { next(before) };
            // ORDERING: relaxed, the list is used by one thread at a time.
            node = NonNull::new(behind.load(Ordering::Relaxed))?;
        }
        // SAFETY: it is in this list.
        let behind = unsafe { next(node.as_ptr()) };
        // ORDERING: relaxed, as above.
        let behind = behind.load(Ordering::Relaxed);
        if before.is_null() {
            self.first = behind;
        } else {
            // SAFETY: it is in this list.
            let link = unsafe { next(before) };
            // ORDERING: relaxed, as above.
            link.store(behind, Ordering::Relaxed);
        }
        if behind.is_null() {
            self.last = before;
        }
        self.len -= 1;
        // SAFETY: the list held the only right to this node, and gives it on here.
        Some(unsafe { TaskRef::new(node) })
    }
}

impl fmt::Debug for TaskList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskList").field("len", &self.len).finish_non_exhaustive()
    }
}

impl Drop for TaskList {
    fn drop(&mut self) {
        while let Some(task) = self.pop() {
            drop(task);
        }
    }
}

#[cfg(all(test, loom))]
mod model;
