//! `then(on(..))`: a hop to another context.

use std::marker::PhantomPinned;
use std::pin::Pin;
use std::ptr::NonNull;

use pin_project::pin_project;

use crate::adaptors::link::{Link, Linked, complete_link, connect_link};
use crate::completion::{Completion, Started, StopReason};
use crate::context::Scheduler;
use crate::env::Env;
use crate::on::On;
use crate::opaque::opaque;
use crate::receiver::{Receiver, complete_caught};
use crate::sender::Sender;
use crate::work::{Fate, TaskNode, TaskRef};

/// The sender of [`then`](crate::adaptors::SenderExt::then).
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Debug, Clone)]
pub struct Then<S, C> {
    sender: S,
    scheduler: C,
}

impl<S, C: Scheduler> Then<S, C> {
    #[inline]
    pub(crate) fn new<K>(sender: S, on: &On<C, K>) -> Self {
        Self { sender, scheduler: on.scheduler().clone() }
    }

    /// A hop to `scheduler`, of whose edge nothing is asked.
    #[inline]
    pub(crate) const fn to(sender: S, scheduler: C) -> Self {
        Self { sender, scheduler }
    }
}

#[diagnostic::do_not_recommend]
impl<S, C> Sender for Then<S, C>
where
    S: Sender<Value: Send, Error: Send>,
    C: Scheduler,
{
    type Value = S::Value;
    type Error = S::Error;
    type Operation<R: Receiver<S::Value, S::Error>> =
        Linked<S::Operation<HopReceiver<S::Value, S::Error, C, R>>>;

    #[inline]
    fn connect<R>(self, receiver: R, env: &Env) -> Self::Operation<R>
    where
        R: Receiver<S::Value, S::Error>,
    {
        connect_link(self.sender, HopReceiver::new(self.scheduler, receiver), env)
    }
}

/// The link of a hop: the completion waits here while its task is on the way.
///
/// ```text
///           1                    2
///  empty ────────▶ on the way ────────▶ empty
///
///  1  advance: the pass is not on the context; its completion is stored, the task posted
///  2  resume: the context runs the task, or gives it up; the next receiver is completed
/// ```
#[pin_project]
#[repr(C)]
pub struct HopReceiver<V, E, C, R> {
    // First, so that the task finds its link; see `resume`.
    #[pin]
    node: TaskNode,
    // INVARIANT: holds a completion exactly while the task is on the way.
    waiting: Option<Completion<V, E>>,
    // Kept, because a context may end with its last scheduler.
    scheduler: C,
    #[pin]
    next: R,
    #[pin]
    _pinned: PhantomPinned,
}

opaque!(HopReceiver<V, E, C, R>);

impl<V, E, C, R> HopReceiver<V, E, C, R>
where
    V: Send,
    E: Send,
    C: Scheduler,
    R: Receiver<V, E>,
{
    fn new(scheduler: C, next: R) -> Self {
        Self { node: TaskNode::new(Self::resume), waiting: None, scheduler, next, _pinned: PhantomPinned }
    }

    /// Runs on the context, or wherever the context gives the task up.
    ///
    /// # Safety
    ///
    /// `node` is the first field of a pinned `Self` whose task was posted by `advance`.
    unsafe fn resume(node: NonNull<TaskNode>, fate: Fate) {
        let mut link = node.cast::<Self>();
        // SAFETY: the caller gives the node of a pinned link that nobody else touches while its
        // task is on the way.
        let link = unsafe { link.as_mut() };
        // SAFETY: the node is the first field of a link that is pinned.
        let link = unsafe { Pin::new_unchecked(link) };
        let link = link.project();
        let arrived = link.waiting.take();
        let completion = match (fate, arrived) {
            (Fate::Run, Some(completion)) => completion,
            (Fate::Run | Fate::Abandoned, _) => Completion::Stopped(StopReason::Requested),
        };
        // SAFETY: `advance` returned `Later` when it posted the task, of which there is one for each.
        unsafe { complete_caught(link.next, completion) };
    }
}

impl<V, E, C, R> Receiver<V, E> for HopReceiver<V, E, C, R>
where
    V: Send,
    E: Send,
    C: Scheduler,
    R: Receiver<V, E>,
{
    unsafe fn complete(self: Pin<&mut Self>, arrived: Completion<V, E>) {
        // SAFETY: this is the link's own `complete`.
        unsafe { complete_link(self, arrived) }
    }
}

// SAFETY: `next` gives the field that `HopReceiver::new` was given.
unsafe impl<V, E, C, R> Link<V, E> for HopReceiver<V, E, C, R>
where
    V: Send,
    E: Send,
    C: Scheduler,
    R: Receiver<V, E>,
{
    type Value = V;
    type Error = E;
    type Next = R;

    unsafe fn advance(mut self: Pin<&mut Self>, arrived: Completion<V, E>) -> Started<V, E> {
        // Nobody needs to be anywhere in particular to hear that a stage panicked.
        let panicked = matches!(arrived, Completion::Stopped(StopReason::Panicked));
        if panicked || self.scheduler.context().is_here() {
            return Started::Inline(arrived);
        }
        // Cloned first: once the task is posted the pass may end at any moment, and the link with it.
        let context = self.scheduler.context().clone();
        *self.as_mut().project().waiting = Some(arrived);
        // SAFETY: nothing is moved out of the pinned link through this pointer.
        let link = NonNull::from(unsafe { self.get_unchecked_mut() });
        // All that the task touches is `Send`.
        // SAFETY: the node is the first field of a pinned link that our caller leaves in place until the next
        // receiver has been called, which only the task does; as no earlier pass is under way, the task is
        // the only one.
        let task = unsafe { TaskRef::new(link.cast()) };
        context.post(task);
        Started::Later
    }

    #[inline]
    fn next(self: Pin<&mut Self>) -> Pin<&mut R> {
        self.project().next
    }
}
