//! `post` and `dispatch`: to begin on a context.

use std::marker::PhantomPinned;
use std::pin::Pin;
use std::ptr::NonNull;

use pin_project::pin_project;

use crate::completion::{Completion, Never, Started, StopReason};
use crate::context::Scheduler;
use crate::env::Env;
use crate::opaque::opaque;
use crate::operation::Operation;
use crate::receiver::{Receiver, complete_caught};
use crate::sender::Sender;
use crate::stop::StopToken;
use crate::work::{Fate, TaskNode, TaskRef};

/// Begins on the context of `scheduler`, always behind what was posted there before.
///
/// **Completes** with `()`, never inside `start`; stopped if a stop was requested before it begins, or the context ends.
/// **Runs on** that context. A pass that is there already lets the others go first, which is how a long job yields:
/// `.and(move |part| post(&cpu).map(move |()| part))`.
/// **Costs** a post; no allocation.
///
/// C++26: `schedule`. Boost.Asio: `post`, as `asio::post(executor, deferred)`.
///
/// # Examples
///
/// ```
/// use fusewire::context::manual::Manual;
/// use fusewire::consumers::detach_on;
/// use fusewire::prelude::*;
/// use fusewire::sources::{dispatch, post};
/// use std::sync::{Arc, Mutex};
///
/// let (here, order) = (Manual::new(), Arc::new(Mutex::new(Vec::new())));
/// let (first, second) = (order.clone(), order.clone());
/// detach_on(&here, post(&here).map(move |()| first.lock().unwrap().push("posted")))?;
/// detach_on(&here, dispatch(&here).map(move |()| second.lock().unwrap().push("dispatched")))?;
/// here.run_until_idle();
/// assert_eq!(*order.lock().unwrap(), ["dispatched", "posted"]);
/// # Ok::<(), fusewire::alloc::AllocError>(())
/// ```
pub fn post<C: Scheduler>(scheduler: &C) -> Post<C> {
    Post { scheduler: scheduler.clone() }
}

/// Begins on the context of `scheduler`: at once if the pass is there already, else as [`post`].
///
/// **Completes** with `()`, inside `start` if it is started on the context; else as [`post`]. **Costs** nothing there,
/// and a post elsewhere.
///
/// C++26: `schedule`, which a scheduler may complete inline. Boost.Asio: `dispatch`.
pub fn dispatch<C: Scheduler>(scheduler: &C) -> Dispatch<C> {
    Dispatch { scheduler: scheduler.clone() }
}

/// The sender of [`post`].
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Debug, Clone)]
pub struct Post<C> {
    scheduler: C,
}

/// The sender of [`dispatch`].
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Debug, Clone)]
pub struct Dispatch<C> {
    scheduler: C,
}

#[diagnostic::do_not_recommend]
impl<C: Scheduler> Sender for Post<C> {
    type Value = ();
    type Error = Never;
    type Operation<R: Receiver<(), Never>> = PostOperation<C, R>;

    fn connect<R: Receiver<(), Never>>(self, receiver: R, env: &Env) -> PostOperation<C, R> {
        PostOperation::new(self.scheduler, false, receiver, env)
    }
}

#[diagnostic::do_not_recommend]
impl<C: Scheduler> Sender for Dispatch<C> {
    type Value = ();
    type Error = Never;
    type Operation<R: Receiver<(), Never>> = PostOperation<C, R>;

    fn connect<R: Receiver<(), Never>>(self, receiver: R, env: &Env) -> PostOperation<C, R> {
        PostOperation::new(self.scheduler, true, receiver, env)
    }
}

/// The operation of [`Post`] and [`Dispatch`].
#[pin_project]
#[repr(C)]
pub struct PostOperation<C, R> {
    // First, so that the task finds its operation; see `resume`.
    #[pin]
    node: TaskNode,
    // Kept, because a context may end with its last scheduler.
    scheduler: C,
    inline: bool,
    stop: StopToken,
    #[pin]
    receiver: R,
    #[pin]
    _pinned: PhantomPinned,
}

opaque!(PostOperation<C, R>);

impl<C: Scheduler, R: Receiver<(), Never>> PostOperation<C, R> {
    fn new(scheduler: C, inline: bool, receiver: R, env: &Env) -> Self {
        let (node, stop) = (TaskNode::new(Self::resume), env.stop().clone());
        Self { node, scheduler, inline, stop, receiver, _pinned: PhantomPinned }
    }

    /// # Safety
    ///
    /// `node` is the first field of a pinned `Self` whose task was posted by `start`.
    unsafe fn resume(node: NonNull<TaskNode>, fate: Fate) {
        let mut operation = node.cast::<Self>();
        // SAFETY: the caller gives the node of a pinned operation that nobody else touches while its task is on the way.
        let operation = unsafe { operation.as_mut() };
        // SAFETY: the node is the first field of an operation that is pinned.
        let this = unsafe { Pin::new_unchecked(operation) }.project();
        let completion = match fate {
            Fate::Run if !this.stop.stop_requested() => Completion::Value(()),
            Fate::Run | Fate::Abandoned => Completion::Stopped(StopReason::Requested),
        };
        // SAFETY: `start` returned `Later` when it posted the task, of which there is one for each start.
        unsafe { complete_caught(this.receiver, completion) };
    }
}

// SAFETY: `receiver` gives the field that `connect` filled.
unsafe impl<C: Scheduler, R: Receiver<(), Never>> Operation for PostOperation<C, R> {
    type Value = ();
    type Error = Never;
    type Receiver = R;

    unsafe fn start(self: Pin<&mut Self>) -> Started<(), Never> {
        if self.stop.stop_requested() {
            return Started::Inline(Completion::Stopped(StopReason::Requested));
        }
        if self.inline && self.scheduler.context().is_here() {
            return Started::Inline(Completion::Value(()));
        }
        // Cloned first: once the task is posted the pass may end at any moment, and the operation with it.
        let context = self.scheduler.context().clone();
        // SAFETY: nothing is moved out of the pinned operation through this pointer.
        let operation = NonNull::from(unsafe { self.get_unchecked_mut() });
        // SAFETY: the node is the first field of a pinned operation that our caller leaves in place until the receiver has been
        // called, which only the task does; no earlier pass is under way, and all that the task touches is `Send`.
        let task = unsafe { TaskRef::new(operation.cast()) };
        context.post(task);
        Started::Later
    }

    fn receiver(self: Pin<&mut Self>) -> Pin<&mut R> {
        self.project().receiver
    }
}
