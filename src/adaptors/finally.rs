//! `finally`: a cleanup after a pass, however that ended.

use std::pin::Pin;

use pin_project::pin_project;

use crate::adaptors::link::{Link, Linked, complete_link, connect_link};
use crate::completion::{Completion, Never, Started, StopReason};
use crate::env::Env;
use crate::opaque::opaque;
use crate::operation::Operation;
use crate::receiver::{Forward, Receiver};
use crate::sender::Sender;
use crate::stop::StopToken;

/// The sender of [`finally`](crate::adaptors::OutcomeExt::finally).
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Clone)]
pub struct Finally<S, F> {
    sender: S,
    cleanup: F,
}

opaque!(Finally<S, F> after sender);

impl<S, F> Finally<S, F> {
    #[inline]
    pub(crate) const fn new(sender: S, cleanup: F) -> Self {
        Self { sender, cleanup }
    }
}

#[diagnostic::do_not_recommend]
impl<S, F, C> Sender for Finally<S, F>
where
    S: Sender<Value: Send, Error: Send>,
    F: FnMut() -> C + Send,
    C: Sender<Value = (), Error = Never>,
{
    type Value = S::Value;
    type Error = S::Error;
    type Operation<R: Receiver<S::Value, S::Error>> =
        Linked<S::Operation<FinallyReceiver<F, C, S::Value, S::Error, R>>>;

    #[inline]
    fn connect<R: Receiver<S::Value, S::Error>>(self, receiver: R, env: &Env) -> Self::Operation<R> {
        let link = FinallyReceiver {
            cleanup: self.cleanup,
            // A cleanup is not asked to stop: it is what a stop waits for.
            env: env.clone().with_stop(StopToken::never()),
            second: None,
            kept: Kept { arrived: None, next: receiver },
        };
        connect_link(self.sender, link, env)
    }
}

/// The link of [`Finally`]: keeps the completion while the cleanup runs.
#[pin_project]
pub struct FinallyReceiver<F, C, V, E, R>
where
    C: Sender<Value = (), Error = Never>,
    V: Send,
    E: Send,
    R: Receiver<V, E>,
{
    cleanup: F,
    env: Env,
    // Before `kept`, so that it is dropped first: it points there.
    #[pin]
    second: Option<C::Operation<Forward<Kept<V, E, R>>>>,
    #[pin]
    kept: Kept<V, E, R>,
}

impl<F, C, V, E, R> std::fmt::Debug for FinallyReceiver<F, C, V, E, R>
where
    C: Sender<Value = (), Error = Never>,
    V: Send,
    E: Send,
    R: Receiver<V, E>,
{
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FinallyReceiver").finish_non_exhaustive()
    }
}

/// What a cleanup completes into: the completion that it stands behind, and where that goes.
#[pin_project]
pub struct Kept<V, E, R> {
    // INVARIANT: `Some` while a cleanup is under way.
    arrived: Option<Completion<V, E>>,
    #[pin]
    next: R,
}

opaque!(Kept<V, E, R>);

/// What a pass completes with behind its cleanup: what it had `arrived` at, unless the cleanup has panicked.
fn behind<V, E>(arrived: Option<Completion<V, E>>, cleanup: Completion<(), Never>) -> Completion<V, E> {
    match (arrived, cleanup) {
        (_, Completion::Stopped(StopReason::Panicked)) | (None, _) => {
            Completion::Stopped(StopReason::Panicked)
        }
        (Some(arrived), _) => arrived,
    }
}

impl<V: Send, E: Send, R: Receiver<V, E>> Receiver<(), Never> for Kept<V, E, R> {
    unsafe fn complete(self: Pin<&mut Self>, cleanup: Completion<(), Never>) {
        let this = self.project();
        // A second call comes after a panic further down, which took the completion with it.
        let completion = behind(this.arrived.take(), cleanup);
        // SAFETY: the cleanup completes later, hence so does the link that began it; what it is told is passed on.
        unsafe { this.next.complete(completion) };
    }
}

impl<F, C, V, E, R> Receiver<V, E> for FinallyReceiver<F, C, V, E, R>
where
    F: FnMut() -> C + Send,
    C: Sender<Value = (), Error = Never>,
    V: Send,
    E: Send,
    R: Receiver<V, E>,
{
    #[inline]
    unsafe fn complete(self: Pin<&mut Self>, arrived: Completion<V, E>) {
        // SAFETY: this is the link's own `complete`.
        unsafe { complete_link(self, arrived) }
    }
}

// SAFETY: `next` gives what `connect` put beside the kept completion.
unsafe impl<F, C, V, E, R> Link<V, E> for FinallyReceiver<F, C, V, E, R>
where
    F: FnMut() -> C + Send,
    C: Sender<Value = (), Error = Never>,
    V: Send,
    E: Send,
    R: Receiver<V, E>,
{
    type Value = V;
    type Error = E;
    type Next = R;

    unsafe fn advance(self: Pin<&mut Self>, arrived: Completion<V, E>) -> Started<V, E> {
        // No function is called after a panic.
        if matches!(arrived, Completion::Stopped(StopReason::Panicked)) {
            return Started::Inline(arrived);
        }
        let mut this = self.project();
        *this.kept.as_mut().project().arrived = Some(arrived);
        // SAFETY: `kept` stays pinned beside `second`, which is dropped before it; nothing borrows it
        // while the cleanup is under way, because nobody touches the link then.
        let forward = unsafe { Forward::new(this.kept.as_mut()) };
        let sender = (this.cleanup)();
        this.second.set(Some(this.env.with_here(|env| sender.connect(forward, env))));
        let Some(cleanup) = this.second.as_mut().as_pin_mut() else {
            unreachable!("the operation was stored a line ago")
        };
        // SAFETY: the operation is new, and the caller keeps the link in place until `next` has been
        // completed, which happens when the cleanup has.
        match unsafe { cleanup.start() } {
            Started::Later => Started::Later,
            Started::Inline(cleanup) => Started::Inline(behind(this.kept.project().arrived.take(), cleanup)),
        }
    }

    #[inline]
    fn next(self: Pin<&mut Self>) -> Pin<&mut R> {
        self.project().kept.project().next
    }
}
