//! The list in which passes wait for a primitive: intrusive, first in first out, stoppable.
//!
//! A primitive is a small state under a [`Place`], and in it one [`Queue`] or two. A pass that cannot go on
//! links the [`Waiter`] of its operation there; whoever changes the state so that it can, *grants* it: unlinks
//! it under the lock, and posts its task when the lock is free again. The operation, with the protocol between
//! grant, stop and drop, is in [`operation`](super::operation).

use std::fmt;
use std::marker::PhantomPinned;
use std::ptr::NonNull;

use crate::context::ContextRef;
use crate::primitive::UnsafeCell;
use crate::work::{Fate, TaskNode, TaskRef};

/// The lock of a primitive, with its state.
pub(super) type Place<S> = crate::lock::Lock<S>;

/// Where a waiting pass stands. Changed under the lock of its primitive alone.
///
/// ```text
///        1 link            2 grant              5 resume, the callback was not called
///  Idle ────────▶ Linked ─────────▶ Granted ─────────────────────────────────────────▶ completes
///   │               │                │   │ 6 resume, it is being called: wait for it
///   │ 3 stop        │ 4 stop         │   └───────────▶ Awaits ───── 8 stop: posts ──▶ completes
///   ▼               ▼                │ 7 stop
/// Stopped        Stopped: posts      └───────────────▶ Alone ──────── resume ───────▶ completes
/// ```
///
/// Each transition is made under the lock, so that exactly one of grant and stop unlinks the waiter and posts its
/// task. Stops are made by the operation's callback, which touches the operation for the last time in 3, 7, or,
/// by posting, in 4 and 8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// In no queue.
    Idle,
    /// In its queue.
    Linked,
    /// It has what it waited for, and its task is posted or about to be.
    Granted,
    /// It was stopped before it had got anything.
    Stopped,
    /// Granted, and its callback has been.
    Alone,
    /// Granted and resumed, but its callback is still to come, and will post the task.
    Awaits,
}

/// The link of a pass that waits, the first field of its operation.
#[repr(C)]
pub(super) struct Waiter<P> {
    // First, so that the task finds its waiter.
    task: TaskNode,
    // INVARIANT: touched under the primitive's lock, or while nobody else knows the waiter.
    phase: UnsafeCell<Phase>,
    // INVARIANT: as `phase` while it is linked; from the grant to the post the granter's.
    links: UnsafeCell<Links<P>>,
    // INVARIANT: as `phase` while it is linked; from the post on the operation's.
    payload: UnsafeCell<P>,
    _pinned: PhantomPinned,
}

struct Links<P> {
    before: Option<NonNull<Waiter<P>>>,
    after: Option<NonNull<Waiter<P>>>,
    /// Where the pass goes on; none if its context has ended.
    context: Option<ContextRef>,
}

// SAFETY: the cells are used by one thread at a time, as their invariants say.
unsafe impl<P: Send> Send for Waiter<P> {}

impl<P> fmt::Debug for Waiter<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waiter").finish_non_exhaustive()
    }
}

impl<P: Default> Waiter<P> {
    /// In no queue; `run` is the task of its operation.
    pub(super) fn new(run: unsafe fn(NonNull<TaskNode>, Fate)) -> Self {
        Self {
            task: TaskNode::new(run),
            phase: UnsafeCell::new(Phase::Idle),
            links: UnsafeCell::new(Links { before: None, after: None, context: None }),
            payload: UnsafeCell::new(P::default()),
            _pinned: PhantomPinned,
        }
    }

    /// Makes it ready for one more wait, which will go on on `context`.
    pub(super) fn prepare(&mut self, context: ContextRef) {
        self.phase = UnsafeCell::new(Phase::Idle);
        self.links = UnsafeCell::new(Links { before: None, after: None, context: Some(context) });
    }

    /// Takes out what it was granted, or what it brought if it was not.
    ///
    /// # Safety
    ///
    /// `waiter` is valid and in no queue, and its task was run or is not posted yet.
    pub(super) unsafe fn take_payload(waiter: NonNull<Self>) -> P {
        // SAFETY: valid, by the caller.
        let cell = unsafe { &waiter.as_ref().payload };
        // SAFETY: in no queue, so that nobody else touches it.
        cell.with_mut(|payload| std::mem::take(unsafe { &mut *payload }))
    }
}

#[cfg(all(test, loom))]
impl<P> Waiter<P> {
    /// Has the model checker see that nobody else touches it any more.
    pub(super) fn touch_as_by_a_drop(&self) {
        self.phase.with_mut(|_| ());
        self.links.with_mut(|_| ());
        self.payload.with_mut(|_| ());
    }
}

impl<P> Waiter<P> {
    /// Where it stands.
    ///
    /// # Safety
    ///
    /// `waiter` is valid, and the primitive's lock is held.
    pub(super) unsafe fn phase(waiter: NonNull<Self>) -> Phase {
        // SAFETY: valid, by the caller.
        let cell = unsafe { &waiter.as_ref().phase };
        // SAFETY: the lock is held.
        cell.with(|phase| unsafe { *phase })
    }

    /// Goes on to `phase`.
    ///
    /// # Safety
    ///
    /// As for [`phase`](Self::phase).
    pub(super) unsafe fn set_phase(waiter: NonNull<Self>, phase: Phase) {
        // SAFETY: valid, by the caller.
        let cell = unsafe { &waiter.as_ref().phase };
        // SAFETY: the lock is held.
        cell.with_mut(|place| unsafe { *place = phase });
    }

    /// Puts in what it brings, or what it is granted.
    ///
    /// # Safety
    ///
    /// As for [`phase`](Self::phase), or nobody else knows the waiter.
    pub(super) unsafe fn set_payload(waiter: NonNull<Self>, payload: P) {
        // SAFETY: as below, for the old value, which is the default and of no consequence.
        let old = unsafe { Self::with_payload(waiter, |place| std::mem::replace(place, payload)) };
        drop(old);
    }

    /// # Safety
    ///
    /// As for [`set_payload`](Self::set_payload).
    unsafe fn with_payload<T>(waiter: NonNull<Self>, change: impl FnOnce(&mut P) -> T) -> T {
        // SAFETY: valid, by the caller.
        let cell = unsafe { &waiter.as_ref().payload };
        // SAFETY: the lock is held.
        cell.with_mut(|payload| change(unsafe { &mut *payload }))
    }

    /// # Safety
    ///
    /// `waiter` is valid, and its links are the caller's: under the lock, or after a grant.
    unsafe fn with_links<T>(waiter: NonNull<Self>, change: impl FnOnce(&mut Links<P>) -> T) -> T {
        // SAFETY: valid, by the caller.
        let cell = unsafe { &waiter.as_ref().links };
        // SAFETY: the links are the caller's.
        cell.with_mut(|links| change(unsafe { &mut *links }))
    }

    /// Says where the pass goes on; none if nowhere.
    ///
    /// # Safety
    ///
    /// `waiter` is valid, in no queue, and its task not posted.
    pub(super) unsafe fn set_context(waiter: NonNull<Self>, context: Option<ContextRef>) {
        // SAFETY: nobody else touches the links of a waiter that is in no queue.
        unsafe { Self::with_links(waiter, |links| links.context = context) };
    }

    /// Posts the task, by which the operation is somebody else's.
    ///
    /// # Safety
    ///
    /// `waiter` is the first field of a pinned operation, in no queue; the caller has the right to post it,
    /// and does so once.
    pub(super) unsafe fn post(waiter: NonNull<Self>) {
        // Taken out, because the operation may be gone before `post` returns.
        // SAFETY: whoever has the right to post has the links.
        let context = unsafe { Self::with_links(waiter, |links| links.context.take()) };
        // SAFETY: the task is the first field of the waiter, which is the first of a pinned operation; the caller
        // posts it once. It may run anywhere: operations are `Send`.
        let task = unsafe { TaskRef::new(waiter.cast()) };
        match context {
            Some(context) => context.post(task),
            None => drop(task),
        }
    }
}

/// Passes that wait, oldest first. A part of a primitive's state, under its lock.
pub struct Queue<P> {
    // INVARIANT: linked waiters, which are pinned until they are unlinked.
    first: Option<NonNull<Waiter<P>>>,
    last: Option<NonNull<Waiter<P>>>,
    length: usize,
}

// SAFETY: what it points to is used under the lock that it is under.
unsafe impl<P: Send> Send for Queue<P> {}

impl<P> Queue<P> {
    pub(super) const fn new() -> Self {
        Self { first: None, last: None, length: 0 }
    }

    #[inline]
    pub(super) const fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    #[inline]
    pub(super) const fn len(&self) -> usize {
        self.length
    }

    /// What the first brought, or what it is to be granted.
    #[inline]
    pub(super) fn first<T>(&mut self, look: impl FnOnce(&mut P) -> T) -> Option<T> {
        // SAFETY: it is linked, and the caller has the queue, hence the lock.
        self.first.map(|first| unsafe { Waiter::with_payload(first, look) })
    }

    /// Links `waiter` behind the others.
    ///
    /// # Safety
    ///
    /// It is in no queue, and stays in place until it is unlinked.
    pub(super) unsafe fn push(&mut self, waiter: NonNull<Waiter<P>>) {
        let before = self.last.replace(waiter);
        self.length += 1;
        // SAFETY: valid, and nobody else has it yet.
        unsafe { Waiter::set_phase(waiter, Phase::Linked) };
        // SAFETY: as above.
        unsafe { Waiter::with_links(waiter, |links| links.before = before) };
        match before {
            // SAFETY: it is linked, hence valid.
            Some(before) => unsafe { Waiter::with_links(before, |links| links.after = Some(waiter)) },
            None => self.first = Some(waiter),
        }
    }

    /// Unlinks `waiter`.
    ///
    /// # Safety
    ///
    /// It is linked in this queue.
    pub(super) unsafe fn remove(&mut self, waiter: NonNull<Waiter<P>>) {
        // SAFETY: it is linked, hence valid.
        let (before, after) =
            unsafe { Waiter::with_links(waiter, |links| (links.before.take(), links.after.take())) };
        self.length -= 1;
        match before {
            // SAFETY: as above.
            Some(before) => unsafe { Waiter::with_links(before, |links| links.after = after) },
            None => self.first = after,
        }
        match after {
            // SAFETY: as above.
            Some(after) => unsafe { Waiter::with_links(after, |links| links.before = before) },
            None => self.last = before,
        }
    }

    /// Grants the first what it waits for; whether there was one.
    #[inline]
    pub(super) fn grant(&mut self, woken: &mut Woken<P>) -> bool {
        let Some(first) = self.first else { return false };
        // SAFETY: it is linked here.
        unsafe { self.remove(first) };
        // SAFETY: it is valid until its task runs, and the caller has the lock.
        unsafe { Waiter::set_phase(first, Phase::Granted) };
        woken.add(first);
        true
    }
}

/// Passes that were granted what they waited for, to be woken when the lock is free: dropping it posts them,
/// in the order of the grants.
#[must_use = "hold it until the lock is free"]
pub struct Woken<P> {
    // INVARIANT: granted waiters, linked by `after`, whose tasks are not posted.
    first: Option<NonNull<Waiter<P>>>,
    last: Option<NonNull<Waiter<P>>>,
}

impl<P> Woken<P> {
    #[inline]
    pub(super) const fn none() -> Self {
        Self { first: None, last: None }
    }

    fn add(&mut self, waiter: NonNull<Waiter<P>>) {
        match self.last.replace(waiter) {
            // SAFETY: granted and not posted: its links are ours.
            Some(last) => unsafe { Waiter::with_links(last, |links| links.after = Some(waiter)) },
            None => self.first = Some(waiter),
        }
    }

    #[cold]
    fn wake(&mut self) {
        while let Some(waiter) = self.first {
            // SAFETY: granted and not posted: its links are ours.
            self.first = unsafe { Waiter::with_links(waiter, |links| links.after.take()) };
            // SAFETY: the grant gave the right to post it, which is used here alone.
            unsafe { Waiter::post(waiter) };
        }
    }
}

impl<P> Drop for Woken<P> {
    #[inline]
    fn drop(&mut self) {
        if self.first.is_some() {
            self.wake();
        }
    }
}

impl<P> fmt::Debug for Queue<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue").field("length", &self.length).finish_non_exhaustive()
    }
}

impl<P> fmt::Debug for Woken<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Woken").finish_non_exhaustive()
    }
}
