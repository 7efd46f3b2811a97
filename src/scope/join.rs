//! `scope.join()`: waits for the last operation of a scope.

use std::fmt;
use std::marker::PhantomPinned;
use std::pin::Pin;
use std::ptr::NonNull;

use pin_project::pin_project;

use super::ScopeToken;
use super::waiters::{Wait, Waiter};
use crate::completion::{Completion, Started, StopReason};
use crate::env::Env;
use crate::lane::PanicReport;
use crate::opaque::opaque;
use crate::operation::Operation;
use crate::receiver::{Receiver, complete_caught};
use crate::sender::Sender;
use crate::work::{Fate, TaskNode};

/// An operation of a scope panicked, and nobody awaits its result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChildPanicked {
    /// The first panic.
    pub first: PanicReport,
    /// How many operations panicked.
    pub count: u32,
}

impl fmt::Display for ChildPanicked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { first: PanicReport { stage, file, line, message, .. }, count } = self;
        f.write_str("an operation of the scope panicked")?;
        if let Some(stage) = stage {
            write!(f, " in stage `{stage}`")?;
        }
        write!(f, " at {file}:{line}: {message}")?;
        if *count > 1 { write!(f, " (and {} more)", count - 1) } else { Ok(()) }
    }
}

impl std::error::Error for ChildPanicked {}

/// The sender of [`join`](ScopeToken::join).
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Debug, Clone)]
pub struct Join {
    scope: ScopeToken,
}

impl Join {
    pub(super) const fn new(scope: ScopeToken) -> Self {
        Self { scope }
    }
}

impl ScopeToken {
    /// What whoever joins is told.
    fn outcome(&self) -> Completion<(), ChildPanicked> {
        let panics = self.held.panics();
        match panics.first {
            None => Completion::Value(()),
            Some(first) => Completion::Error(ChildPanicked { first, count: panics.count }),
        }
    }

    /// What whoever joined is told when he is stopped: the scope goes on without him.
    fn joins_no_more(&self) -> Completion<(), ChildPanicked> {
        self.held.waits_no_more();
        Completion::Stopped(StopReason::Requested)
    }
}

#[diagnostic::do_not_recommend]
impl Sender for Join {
    type Value = ();
    type Error = ChildPanicked;
    type Operation<R: Receiver<(), ChildPanicked>> = JoinOperation<R>;

    fn connect<R: Receiver<(), ChildPanicked>>(self, receiver: R, env: &Env) -> JoinOperation<R> {
        JoinOperation {
            waiter: Waiter::new(JoinOperation::<R>::resume),
            scope: self.scope,
            env: env.clone(),
            receiver,
            _pinned: PhantomPinned,
        }
    }
}

/// The operation of [`Join`].
#[pin_project]
#[repr(C)]
pub struct JoinOperation<R> {
    // First, so that the task finds its operation; see `resume`.
    #[pin]
    waiter: Waiter,
    scope: ScopeToken,
    env: Env,
    #[pin]
    receiver: R,
    #[pin]
    _pinned: PhantomPinned,
}

opaque!(JoinOperation<R>);

impl<R: Receiver<(), ChildPanicked>> JoinOperation<R> {
    /// # Safety
    ///
    /// `node` is the first field of a pinned `Self` that waits no more.
    unsafe fn resume(node: NonNull<TaskNode>, fate: Fate) {
        let mut operation = node.cast::<Self>();
        // SAFETY: the caller gives the node of a pinned operation that nobody else touches.
        let operation = unsafe { operation.as_mut() };
        // SAFETY: the node is the first field of an operation that is pinned.
        let this = unsafe { Pin::new_unchecked(operation) }.project();
        let completion = match fate {
            Fate::Run if this.waiter.as_ref().was_told() => this.scope.outcome(),
            Fate::Run | Fate::Abandoned => this.scope.joins_no_more(),
        };
        // SAFETY: the pass waits no more, and waited because its start returned `Later`.
        unsafe { complete_caught(this.receiver, completion) };
    }
}

// SAFETY: `receiver` gives the field that `connect` filled.
unsafe impl<R: Receiver<(), ChildPanicked>> Operation for JoinOperation<R> {
    type Value = ();
    type Error = ChildPanicked;
    type Receiver = R;

    unsafe fn start(self: Pin<&mut Self>) -> Started<(), ChildPanicked> {
        let scope = self.scope.clone();
        let env = self.env.clone();
        // SAFETY: nothing is moved out of the pinned operation through this pointer.
        let waiter = NonNull::from(unsafe { self.get_unchecked_mut() }).cast::<Waiter>();
        // SAFETY: the waiter is the first field of this operation, which is pinned, `Send`, and under way from now
        // on; it keeps a handle of the scope, and so the list.
        let found = unsafe { scope.held.waiters.wait(waiter, &env, || scope.held.count.await_empty()) };
        match found {
            Wait::Now => Started::Inline(scope.outcome()),
            Wait::Stopped => Started::Inline(scope.joins_no_more()),
            Wait::Later => Started::Later,
        }
    }

    fn receiver(self: Pin<&mut Self>) -> Pin<&mut R> {
        self.project().receiver
    }
}
