//! `retry` and `retry_when`: the pass again, when it has failed.

mod backoff;

use std::marker::PhantomData;
use std::pin::Pin;
use std::ptr::NonNull;
use std::time::{Duration, Instant};

use pin_project::pin_project;

pub use backoff::Backoff;

use crate::completion::{Completion, Started, StopReason};
use crate::context::now;
use crate::context::timer::Timer;
use crate::env::Env;
use crate::opaque::opaque;
use crate::operation::Operation;
use crate::panic_site;
use crate::receiver::{Receiver, complete_caught};
use crate::sender::Sender;
use crate::work::{Fate, TaskNode, TaskRef};

/// What to do about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// Begin the pass again at once.
    Now,
    /// Begin the pass again after so long.
    After(Duration),
    /// Complete with the error.
    GiveUp,
}

/// Decides what to do about an error: a function of the attempt and the error, or a [`Backoff`].
pub trait RetryPolicy<E>: Send {
    /// What to do after attempt number `attempt`, of which the first is 1, has failed with `error`.
    fn decide(&mut self, attempt: u32, error: &E) -> Retry;
}

impl<E, F: FnMut(u32, &E) -> Retry + Send> RetryPolicy<E> for F {
    #[inline]
    fn decide(&mut self, attempt: u32, error: &E) -> Retry {
        self(attempt, error)
    }
}

/// The policy of [`retry`](crate::adaptors::OutcomeExt::retry): so many more attempts, at once.
#[derive(Debug, Clone, Copy)]
pub struct Attempts(pub(crate) u32);

impl<E> RetryPolicy<E> for Attempts {
    #[inline]
    fn decide(&mut self, attempt: u32, _: &E) -> Retry {
        if attempt <= self.0 { Retry::Now } else { Retry::GiveUp }
    }
}

/// The sender of [`retry`](crate::adaptors::OutcomeExt::retry) and of
/// [`retry_when`](crate::adaptors::OutcomeExt::retry_when).
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Clone)]
pub struct Retrying<S, P> {
    sender: S,
    policy: P,
}

opaque!(Retrying<S, P> after sender);

impl<S, P> Retrying<S, P> {
    #[inline]
    pub(crate) const fn new(sender: S, policy: P) -> Self {
        Self { sender, policy }
    }
}

#[diagnostic::do_not_recommend]
impl<S, P> Sender for Retrying<S, P>
where
    S: Sender,
    P: RetryPolicy<S::Error>,
{
    type Value = S::Value;
    type Error = S::Error;
    type Operation<R: Receiver<S::Value, S::Error>> = RetryOperation<S::Operation<RetryReceiver<P, R>>, P, R>;

    #[inline]
    fn connect<R: Receiver<S::Value, S::Error>>(self, receiver: R, env: &Env) -> Self::Operation<R> {
        let receiver = RetryReceiver {
            node: None,
            env: env.clone(),
            policy: self.policy,
            attempt: 0,
            due: None,
            // SAFETY: it is pinned with the receiver, whose operation alone waits with it.
            timer: unsafe { Timer::new() },
            next: receiver,
        };
        let inner = self.sender.connect(receiver, env);
        let node = TaskNode::new(Self::Operation::<R>::resume);
        RetryOperation { node, inner, _receiver: PhantomData }
    }
}

/// Where each attempt completes.
#[pin_project]
pub struct RetryReceiver<P, R> {
    // INVARIANT: the first field of the operation round us, set before the first attempt.
    node: Option<NonNull<TaskNode>>,
    env: Env,
    policy: P,
    attempt: u32,
    // When the next attempt is to begin; none for at once.
    due: Option<Instant>,
    // Where the task waits for that.
    #[pin]
    timer: Timer,
    #[pin]
    next: R,
}

opaque!(RetryReceiver<P, R>);

// SAFETY: the node is reached by one thread at a time, handed over by the context's queue, and
// leads to the operation that owns us, which is `Send`.
unsafe impl<P: Send, R: Send> Send for RetryReceiver<P, R> {}

impl<P, R> RetryReceiver<P, R> {
    /// The completion of the whole, or `None` to begin one more attempt when it is due.
    #[inline]
    fn judge<V, E>(self: Pin<&mut Self>, completion: Completion<V, E>) -> Option<Completion<V, E>>
    where
        P: RetryPolicy<E>,
    {
        let Completion::Error(error) = &completion else { return Some(completion) };
        let this = self.project();
        *this.attempt = this.attempt.saturating_add(1);
        *this.due = match this.policy.decide(*this.attempt, error) {
            Retry::GiveUp => return Some(completion),
            Retry::Now => None,
            // A moment that the clock cannot tell never comes, so that the error is final.
            Retry::After(delay) => match now().checked_add(delay) {
                None => return Some(completion),
                due => due,
            },
        };
        this.env.stop().stop_requested().then_some(Completion::Stopped(StopReason::Requested))
    }

    /// Queues the task that begins the next attempt, as a fresh one or as one that waits.
    ///
    /// # Errors
    ///
    /// None of the contexts is known.
    ///
    /// # Safety
    ///
    /// The operation round this is pinned and stays until the last receiver was called, no attempt is
    /// under way and no task of it is queued.
    unsafe fn queue(self: Pin<&mut Self>) -> Result<(), ()> {
        let this = self.project();
        let (Some(node), Some(context)) = (*this.node, this.env.here()) else { return Err(()) };
        // SAFETY: the node is the first field of the pinned operation round us; the rest is passed on
        // to the caller. It is `Send`.
        let task = unsafe { TaskRef::new(node) };
        match *this.due {
            Some(due) if context.is_here() => {
                // SAFETY: it is not moved.
                let timer = unsafe { this.timer.get_unchecked_mut() };
                // SAFETY: the operation stays in place with its timer until the task was entered and has settled with it.
                unsafe { timer.wait(&context, due, this.env.stop(), task) };
            }
            _ => {
                this.env.stop().wait_on(&context);
                context.post(task);
            }
        }
        Ok(())
    }
}

impl<V, E, P, R> Receiver<V, E> for RetryReceiver<P, R>
where
    P: RetryPolicy<E>,
    R: Receiver<V, E>,
{
    unsafe fn complete(mut self: Pin<&mut Self>, completion: Completion<V, E>) {
        let completion = match self.as_mut().judge(completion) {
            Some(completion) => completion,
            // The next attempt must not start before our caller has returned: a task starts it.
            // SAFETY: an attempt was under way until now, so that the operation is pinned, stays, and
            // has no task queued.
            None => match unsafe { self.as_mut().queue() } {
                Ok(()) => return,
                Err(()) => Completion::Stopped(StopReason::Requested),
            },
        };
        // SAFETY: this attempt completed later than its start, so that the start of the whole returns `Later`; no task is queued,
        // and none follows.
        unsafe { self.project().next.complete(completion) };
    }
}

/// The operation of [`Retrying`]: a loop round the start of the operation inside.
#[pin_project]
#[repr(C)]
pub struct RetryOperation<O, P, R> {
    // First, so that the task finds its operation; see `resume`.
    #[pin]
    node: TaskNode,
    #[pin]
    inner: O,
    _receiver: PhantomData<fn() -> (P, R)>,
}

opaque!(RetryOperation<O, P, R>);

impl<O, P, R> RetryOperation<O, P, R>
where
    O: Operation<Receiver = RetryReceiver<P, R>>,
    P: RetryPolicy<O::Error>,
    R: Receiver<O::Value, O::Error>,
{
    /// Begins attempts until one is not to be followed by another at once.
    ///
    /// # Safety
    ///
    /// As for [`Operation::start`].
    #[inline]
    unsafe fn attempt(self: Pin<&mut Self>) -> Started<O::Value, O::Error> {
        let mut inner = self.project().inner;
        loop {
            // SAFETY: passed on to the caller; the attempt before has completed.
            let completion = match unsafe { inner.as_mut().start() } {
                Started::Later => return Started::Later,
                Started::Inline(completion) => completion,
            };
            let mut receiver = inner.as_mut().receiver();
            if let Some(completion) = receiver.as_mut().judge(completion) {
                return Started::Inline(completion);
            }
            if receiver.due.is_none() {
                continue;
            }
            // SAFETY: passed on to the caller; the attempt has completed, and no task is queued.
            return match unsafe { receiver.queue() } {
                Ok(()) => Started::Later,
                Err(()) => Started::Inline(Completion::Stopped(StopReason::Requested)),
            };
        }
    }

    /// Begins the next attempt if it is due.
    ///
    /// # Safety
    ///
    /// `node` is the first field of a pinned `Self` whose task was queued by its receiver.
    unsafe fn resume(node: NonNull<TaskNode>, fate: Fate) {
        let mut operation = node.cast::<Self>();
        // SAFETY: the caller gives the node of a pinned operation that nobody else touches while
        // its task is queued.
        let operation = unsafe { operation.as_mut() };
        // SAFETY: the node is the first field of an operation that is pinned.
        let mut operation = unsafe { Pin::new_unchecked(operation) };
        let mut receiver = operation.as_mut().project().inner.receiver();
        let waited = receiver.as_mut().project();
        // SAFETY: it is not moved.
        let timer = unsafe { waited.timer.get_unchecked_mut() };
        // SAFETY: the node is the first field of the pinned operation, whose task in hand is used up.
        let again = || unsafe { TaskRef::new(node) };
        // SAFETY: the timer stays in place with the operation.
        if unsafe { !timer.settle(waited.env.stop(), again) } {
            return;
        }
        let waits = receiver.due.is_some_and(|due| now() < due);
        let completion = if matches!(fate, Fate::Abandoned) || receiver.env.stop().stop_requested() {
            Completion::Stopped(StopReason::Requested)
        } else if waits {
            // SAFETY: the task has just run, and no attempt is under way.
            match unsafe { receiver.queue() } {
                Ok(()) => return,
                Err(()) => Completion::Stopped(StopReason::Requested),
            }
        } else {
            // SAFETY: the attempt before has completed, and this one is part of the same start.
            match panic_site::catch(|| unsafe { operation.as_mut().attempt() }) {
                Ok(Started::Later) => return,
                Ok(Started::Inline(completion)) => completion,
                Err(report) => {
                    panic_site::leave(report);
                    Completion::Stopped(StopReason::Panicked)
                }
            }
        };
        // SAFETY: the start returned `Later` before this task was queued; no further attempt is under way.
        unsafe { complete_caught(operation.receiver(), completion) };
    }
}

// SAFETY: `receiver` gives what lies in the receiver of the operation inside, which `connect` put there and that operation
// always gives.
unsafe impl<O, P, R> Operation for RetryOperation<O, P, R>
where
    O: Operation<Receiver = RetryReceiver<P, R>>,
    P: RetryPolicy<O::Error>,
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
        (*receiver.node, *receiver.attempt, *receiver.due) = (Some(node), 0, None);
        // SAFETY: passed on to the caller.
        unsafe { self.attempt() }
    }

    #[inline]
    fn receiver(self: Pin<&mut Self>) -> Pin<&mut R> {
        self.project().inner.receiver().project().next
    }
}
