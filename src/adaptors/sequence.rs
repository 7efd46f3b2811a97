//! `sequence`: one sender behind the other.

use std::pin::Pin;

use pin_project::pin_project;

use crate::adaptors::link::{Link, Linked, complete_link, connect_link};
use crate::adaptors::widen::Widened;
use crate::completion::{Completion, JoinError, Started};
use crate::env::Env;
use crate::operation::Operation;
use crate::receiver::{Forward, Receiver};
use crate::sender::Sender;

/// The sender of [`sequence`](crate::adaptors::OutcomeExt::sequence).
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Debug, Clone)]
pub struct Sequence<A, B> {
    first: A,
    second: B,
}

impl<A, B> Sequence<A, B> {
    #[inline]
    pub(crate) const fn new(first: A, second: B) -> Self {
        Self { first, second }
    }
}

#[diagnostic::do_not_recommend]
impl<A, B> Sender for Sequence<A, B>
where
    A: Sender,
    B: Sender + Send,
    A::Error: JoinError<B::Error>,
{
    type Value = B::Value;
    type Error = <A::Error as JoinError<B::Error>>::Joined;
    type Operation<R: Receiver<Self::Value, Self::Error>> =
        Linked<A::Operation<SequenceReceiver<B, A::Error, R>>>;

    #[inline]
    fn connect<R>(self, receiver: R, env: &Env) -> Self::Operation<R>
    where
        R: Receiver<Self::Value, Self::Error>,
    {
        let second = Some(Widened::new(self.second));
        connect_link(
            self.first,
            SequenceReceiver { sender: second, env: env.clone(), second: None, next: receiver },
            env,
        )
    }
}

/// The link of [`Sequence`]: connects the second sender when the first pass gets there, and starts the
/// same operation at every further one.
#[pin_project]
pub struct SequenceReceiver<B, E, R>
where
    B: Sender,
    E: JoinError<B::Error>,
    R: Receiver<B::Value, E::Joined>,
{
    // INVARIANT: `None` once `second` is `Some`.
    sender: Option<Widened<B, E>>,
    env: Env,
    // Before `next`, so that it is dropped first: it points there.
    #[pin]
    second: Option<<Widened<B, E> as Sender>::Operation<Forward<R>>>,
    #[pin]
    next: R,
}

impl<B, E, R> std::fmt::Debug for SequenceReceiver<B, E, R>
where
    B: Sender,
    E: JoinError<B::Error>,
    R: Receiver<B::Value, E::Joined>,
{
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SequenceReceiver").finish_non_exhaustive()
    }
}

impl<V, E, B, R> Receiver<V, E> for SequenceReceiver<B, E, R>
where
    B: Sender + Send,
    E: JoinError<B::Error>,
    R: Receiver<B::Value, E::Joined>,
{
    #[inline]
    unsafe fn complete(self: Pin<&mut Self>, arrived: Completion<V, E>) {
        // SAFETY: this is the link's own `complete`.
        unsafe { complete_link(self, arrived) }
    }
}

// SAFETY: `next` gives the field that `connect` filled; the second operation has a pointer to it and is no other's.
unsafe impl<V, E, B, R> Link<V, E> for SequenceReceiver<B, E, R>
where
    B: Sender + Send,
    E: JoinError<B::Error>,
    R: Receiver<B::Value, E::Joined>,
{
    type Value = B::Value;
    type Error = E::Joined;
    type Next = R;

    #[inline]
    unsafe fn advance(self: Pin<&mut Self>, arrived: Completion<V, E>) -> Started<B::Value, E::Joined> {
        match arrived {
            Completion::Value(_) => {}
            Completion::Error(error) => return Started::Inline(Completion::Error(error.earlier())),
            Completion::Stopped(reason) => return Started::Inline(Completion::Stopped(reason)),
        }
        let mut this = self.project();
        if let Some(sender) = this.sender.take() {
            // SAFETY: `next` stays pinned beside `second`, which is dropped before it; nothing borrows
            // it while the second operation is under way, because nobody touches the link then.
            let forward = unsafe { Forward::new(this.next) };
            this.second.set(Some(this.env.with_here(|env| sender.connect(forward, env))));
        }
        match this.second.as_pin_mut() {
            // SAFETY: no pass of it is under way, since none is of this link, and the caller keeps the
            // link in place until `next` has been completed, which is what this operation does.
            Some(operation) => unsafe { operation.start() },
            None => unreachable!("the operation was stored when its sender was taken"),
        }
    }

    #[inline]
    fn next(self: Pin<&mut Self>) -> Pin<&mut R> {
        self.project().next
    }
}
