//! `and`: a second sender, made from the value of the first.

use std::pin::Pin;

use pin_project::pin_project;

use crate::adaptors::link::{Link, Linked, complete_link, connect_link, start_stored};
use crate::completion::{Completion, IntoError, Started};
use crate::env::Env;
use crate::opaque::opaque;
use crate::receiver::{Forward, Receiver};
use crate::sender::Sender;

/// The sender of [`and`](crate::adaptors::SenderExt::and).
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Clone)]
pub struct And<S, F> {
    sender: S,
    f: F,
}

opaque!(And<S, F> after sender);

impl<S, F> And<S, F> {
    #[inline]
    pub(crate) const fn new(sender: S, f: F) -> Self {
        Self { sender, f }
    }
}

impl<S, F, S2> Sender for And<S, F>
where
    S: Sender,
    F: FnMut(S::Value) -> S2 + Send,
    S2: Sender,
    S::Error: IntoError<S2::Error>,
{
    type Value = S2::Value;
    type Error = S2::Error;
    type Operation<R: Receiver<S2::Value, S2::Error>> = Linked<S::Operation<AndReceiver<F, S2, R>>>;

    #[inline]
    fn connect<R>(self, receiver: R, env: &Env) -> Self::Operation<R>
    where
        R: Receiver<S2::Value, S2::Error>,
    {
        let link = AndReceiver { f: self.f, env: env.clone(), second: None, next: receiver };
        connect_link(self.sender, link, env)
    }
}

/// The link of [`And`]: makes the second operation, and keeps it until the next pass.
#[pin_project]
pub struct AndReceiver<F, S2, R>
where
    S2: Sender,
    R: Receiver<S2::Value, S2::Error>,
{
    f: F,
    env: Env,
    // Before `next`, which it points to and must not outlive.
    #[pin]
    second: Option<S2::Operation<Forward<R>>>,
    #[pin]
    next: R,
}

impl<F, S2, R> std::fmt::Debug for AndReceiver<F, S2, R>
where
    S2: Sender,
    R: Receiver<S2::Value, S2::Error>,
{
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AndReceiver").finish_non_exhaustive()
    }
}

impl<V, E, F, S2, R> Receiver<V, E> for AndReceiver<F, S2, R>
where
    F: FnMut(V) -> S2 + Send,
    S2: Sender,
    E: IntoError<S2::Error>,
    R: Receiver<S2::Value, S2::Error>,
{
    #[inline]
    fn complete(self: Pin<&mut Self>, arrived: Completion<V, E>) {
        // SAFETY: this is the link's own `complete`.
        unsafe { complete_link(self, arrived) }
    }
}

impl<V, E, F, S2, R> Link<V, E> for AndReceiver<F, S2, R>
where
    F: FnMut(V) -> S2 + Send,
    S2: Sender,
    E: IntoError<S2::Error>,
    R: Receiver<S2::Value, S2::Error>,
{
    type Value = S2::Value;
    type Error = S2::Error;
    type Next = R;

    #[inline]
    unsafe fn advance(self: Pin<&mut Self>, arrived: Completion<V, E>) -> Started<S2::Value, S2::Error> {
        let this = self.project();
        let value = match arrived {
            Completion::Value(value) => value,
            Completion::Error(error) => return Started::Inline(Completion::Error(error.into_error())),
            Completion::Stopped(reason) => return Started::Inline(Completion::Stopped(reason)),
        };
        let sender = (this.f)(value);
        // SAFETY: `next` stays pinned beside `second`, which is dropped before it; nothing borrows
        // it while the second operation is under way, because nobody touches the link then.
        let forward = unsafe { Forward::new(this.next) };
        let second = this.env.with_here(|env| sender.connect(forward, env));
        // SAFETY: the caller keeps the link in place until `next` has been completed, which is what
        // the second operation does.
        unsafe { start_stored(this.second, second) }
    }

    #[inline]
    fn next(self: Pin<&mut Self>) -> Pin<&mut R> {
        self.project().next
    }
}
