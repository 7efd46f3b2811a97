//! `repeat` and `repeat_until`: many passes as one.

use std::marker::PhantomData;
use std::pin::Pin;
use std::ptr::NonNull;

use pin_project::pin_project;

use crate::completion::{Completion, Started, StopReason};
use crate::env::Env;
use crate::opaque::opaque;
use crate::operation::Operation;
use crate::panic_site;
use crate::receiver::{Receiver, complete_caught};
use crate::sender::Sender;
use crate::work::{Fate, TaskNode, TaskRef};

/// The sender of [`repeat`](crate::adaptors::SenderExt::repeat), with [`Times`], and of
/// [`repeat_until`](crate::adaptors::SenderExt::repeat_until), with [`Until`].
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Debug, Clone)]
pub struct Repeat<S, P> {
    sender: S,
    repetition: P,
}

impl<S, P> Repeat<S, P> {
    #[inline]
    pub(crate) const fn new(sender: S, repetition: P) -> Self {
        Self { sender, repetition }
    }
}

/// How often to repeat.
pub trait Repetition<V>: Send {
    /// Begins anew. Whether there is anything to do at all.
    fn begin(&mut self) -> bool;

    /// Counts a value. Whether it is the last.
    fn is_last(&mut self, value: &V) -> bool;
}

/// A number of values.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    times: u64,
    left: u64,
}

impl Times {
    pub(crate) const fn new(times: u64) -> Self {
        Self { times, left: times }
    }
}

impl<V> Repetition<V> for Times {
    #[inline]
    fn begin(&mut self) -> bool {
        self.left = self.times;
        self.left != 0
    }

    #[inline]
    fn is_last(&mut self, _: &V) -> bool {
        self.left -= 1;
        self.left == 0
    }
}

/// Values until one is the last.
#[derive(Clone)]
pub struct Until<F> {
    f: F,
}

opaque!(Until<F>);

impl<F> Until<F> {
    pub(crate) const fn new(f: F) -> Self {
        Self { f }
    }
}

impl<V, F: FnMut(&V) -> bool + Send> Repetition<V> for Until<F> {
    #[inline]
    fn begin(&mut self) -> bool {
        true
    }

    #[inline]
    fn is_last(&mut self, value: &V) -> bool {
        (self.f)(value)
    }
}

#[diagnostic::do_not_recommend]
impl<S, P> Sender for Repeat<S, P>
where
    S: Sender,
    P: Repetition<S::Value>,
{
    type Value = S::Value;
    type Error = S::Error;
    type Operation<R: Receiver<S::Value, S::Error>> =
        RepeatOperation<S::Operation<RepeatReceiver<P, R>>, P, R>;

    #[inline]
    fn connect<R>(self, receiver: R, env: &Env) -> Self::Operation<R>
    where
        R: Receiver<S::Value, S::Error>,
    {
        let receiver =
            RepeatReceiver { node: None, env: env.clone(), repetition: self.repetition, next: receiver };
        let inner = self.sender.connect(receiver, env);
        let node = TaskNode::new(Self::Operation::<R>::resume);
        RepeatOperation { node, inner, _receiver: PhantomData }
    }
}

/// Where each pass completes that is repeated.
#[pin_project]
pub struct RepeatReceiver<P, R> {
    // INVARIANT: the first field of the operation round us, set before the first pass.
    node: Option<NonNull<TaskNode>>,
    env: Env,
    repetition: P,
    #[pin]
    next: R,
}

opaque!(RepeatReceiver<P, R>);

// SAFETY: the node is reached by one thread at a time, handed over by the context's queue, and
// leads to the operation that owns us, which is `Send`.
unsafe impl<P: Send, R: Send> Send for RepeatReceiver<P, R> {}

impl<P, R> RepeatReceiver<P, R> {
    /// The completion of the whole, or `None` to start one more pass.
    #[inline]
    fn judge<V, E>(self: Pin<&mut Self>, completion: Completion<V, E>) -> Option<Completion<V, E>>
    where
        P: Repetition<V>,
    {
        let this = self.project();
        match &completion {
            Completion::Value(value) if !this.repetition.is_last(value) => {}
            Completion::Stopped(StopReason::Filtered) => {}
            _ => return Some(completion),
        }
        this.env.stop().stop_requested().then_some(Completion::Stopped(StopReason::Requested))
    }
}

impl<V, E, P, R> Receiver<V, E> for RepeatReceiver<P, R>
where
    P: Repetition<V>,
    R: Receiver<V, E>,
{
    unsafe fn complete(mut self: Pin<&mut Self>, completion: Completion<V, E>) {
        let completion = match (self.as_mut().judge(completion), self.node, self.env.here()) {
            (Some(completion), ..) => completion,
            (None, Some(node), Some(context)) => {
                // The next pass must not start before our caller has returned: a task starts it.
                // SAFETY: the node is the first field of the pinned operation round us, which stays
                // until the last receiver has been called; no task of it is queued, because a
                // pass was under way; and the operation is `Send`.
                context.post(unsafe { TaskRef::new(node) });
                return;
            }
            (None, ..) => Completion::Stopped(StopReason::Requested),
        };
        // SAFETY: this pass completed later than its start, so that the start of the whole returns `Later`; no task is queued,
        // and none follows.
        unsafe { self.project().next.complete(completion) };
    }
}

/// The operation of [`Repeat`]: a loop round the start of the operation inside.
#[pin_project]
#[repr(C)]
pub struct RepeatOperation<O, P, R> {
    // First, so that the task finds its operation; see `resume`.
    #[pin]
    node: TaskNode,
    #[pin]
    inner: O,
    _receiver: PhantomData<fn() -> (P, R)>,
}

opaque!(RepeatOperation<O, P, R>);

impl<O, P, R> RepeatOperation<O, P, R>
where
    O: Operation<Receiver = RepeatReceiver<P, R>>,
    P: Repetition<O::Value>,
    R: Receiver<O::Value, O::Error>,
{
    /// Starts passes until one is the last, or completes later.
    ///
    /// # Safety
    ///
    /// As for [`Operation::start`].
    #[inline]
    unsafe fn repeat(self: Pin<&mut Self>) -> Started<O::Value, O::Error> {
        let mut inner = self.project().inner;
        loop {
            // SAFETY: passed on to the caller; the pass before has completed.
            match unsafe { inner.as_mut().start() } {
                Started::Later => return Started::Later,
                Started::Inline(completion) => {
                    if let Some(completion) = inner.as_mut().receiver().judge(completion) {
                        return Started::Inline(completion);
                    }
                }
            }
        }
    }

    /// Starts the next pass, on the context where the last one completed.
    ///
    /// # Safety
    ///
    /// `node` is the first field of a pinned `Self` whose task was posted by its receiver.
    unsafe fn resume(node: NonNull<TaskNode>, fate: Fate) {
        let mut operation = node.cast::<Self>();
        // SAFETY: the caller gives the node of a pinned operation that nobody else touches while
        // its task is queued.
        let operation = unsafe { operation.as_mut() };
        // SAFETY: the node is the first field of an operation that is pinned.
        let mut operation = unsafe { Pin::new_unchecked(operation) };
        let completion = match fate {
            Fate::Abandoned => Completion::Stopped(StopReason::Requested),
            // SAFETY: the pass before has completed, and this one is part of the same start.
            Fate::Run => match panic_site::catch(|| unsafe { operation.as_mut().repeat() }) {
                Ok(Started::Later) => return,
                Ok(Started::Inline(completion)) => completion,
                Err(report) => {
                    panic_site::leave(report);
                    Completion::Stopped(StopReason::Panicked)
                }
            },
        };
        // SAFETY: the start returned `Later` before this task was queued; no further pass is under way.
        unsafe { complete_caught(operation.receiver(), completion) };
    }
}

// SAFETY: `receiver` gives what lies in the receiver of the operation inside, which `connect` put there and that operation
// always gives.
unsafe impl<O, P, R> Operation for RepeatOperation<O, P, R>
where
    O: Operation<Receiver = RepeatReceiver<P, R>>,
    P: Repetition<O::Value>,
    R: Receiver<O::Value, O::Error>,
{
    type Value = O::Value;
    type Error = O::Error;
    type Receiver = R;

    #[inline]
    unsafe fn start(mut self: Pin<&mut Self>) -> Started<O::Value, O::Error> {
        // SAFETY: nothing is moved through the pointer.
        let node = NonNull::from(unsafe { self.as_mut().get_unchecked_mut() }).cast();
        let receiver = self.as_mut().project().inner.receiver().project();
        *receiver.node = Some(node);
        if !receiver.repetition.begin() {
            return Started::Inline(Completion::Stopped(StopReason::Ended));
        }
        // SAFETY: passed on to the caller.
        unsafe { self.repeat() }
    }

    #[inline]
    fn receiver(self: Pin<&mut Self>) -> Pin<&mut R> {
        self.project().inner.receiver().project().next
    }
}
