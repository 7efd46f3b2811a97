//! Adaptors that run a second sender, made when the first has completed.

use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::pin::Pin;

use pin_project::pin_project;

use crate::adaptors::link::{Link, complete_link};
use crate::completion::{Completion, Started};
use crate::consumers::Nobody;
use crate::env::Env;
use crate::operation::Operation;
use crate::receiver::{Forward, Receiver};
use crate::sender::Sender;

/// How a completion leads to a second sender: the function of an `and` or an `or_else`.
pub trait Sequel<V, E>: Send {
    /// The second sender; the adaptor completes as it does.
    type Second: Sender;

    /// Decides what follows.
    fn begin(&mut self, arrived: Completion<V, E>) -> Begun<Self::Second>;
}

/// The answer of [`Sequel::begin`].
#[derive(Debug)]
pub enum Begun<S: Sender> {
    /// There is no second sender: the pass completes so.
    Now(Completion<S::Value, S::Error>),
    /// The pass completes as this sender does.
    Second(S),
}

/// The link of such an adaptor: makes the second operation, and keeps it until the next pass.
#[pin_project]
pub struct SequelReceiver<Q, S2, R>
where
    S2: Sender,
    R: Receiver<S2::Value, S2::Error>,
{
    sequel: Q,
    facts: Facts<S2>,
    // Before `next`, so that it is dropped first: it points there.
    #[pin]
    second: Option<S2::Operation<Forward<R>>>,
    #[pin]
    next: R,
}

impl<Q, S2, R> std::fmt::Debug for SequelReceiver<Q, S2, R>
where
    S2: Sender,
    R: Receiver<S2::Value, S2::Error>,
{
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SequelReceiver").finish_non_exhaustive()
    }
}

impl<Q, S2, R> SequelReceiver<Q, S2, R>
where
    S2: Sender,
    R: Receiver<S2::Value, S2::Error>,
{
    /// Puts `sequel` before `next`.
    #[inline]
    pub fn new(sequel: Q, next: R, env: &Env) -> Self {
        Self { sequel, facts: Facts::new(env), second: None, next }
    }
}

/// The facts that second operations are connected with; none where these never ask.
struct Facts<S2: Sender> {
    // INVARIANT: without anything to drop where `S2` completes at once.
    env: ManuallyDrop<Env>,
    _second: PhantomData<fn() -> S2>,
}

impl<S2: Sender> Facts<S2> {
    const UNUSED: bool = <S2::Operation<Nobody> as Operation>::IMMEDIATE;

    #[inline]
    fn new(env: &Env) -> Self {
        let env = if Self::UNUSED { Env::new() } else { env.clone() };
        Self { env: ManuallyDrop::new(env), _second: PhantomData }
    }
}

impl<S2: Sender> Drop for Facts<S2> {
    #[inline]
    fn drop(&mut self) {
        if !Self::UNUSED {
            // SAFETY: it is dropped here alone.
            unsafe { ManuallyDrop::drop(&mut self.env) }
        }
    }
}

impl<V, E, Q, S2, R> Receiver<V, E> for SequelReceiver<Q, S2, R>
where
    Q: Sequel<V, E, Second = S2>,
    S2: Sender,
    R: Receiver<S2::Value, S2::Error>,
{
    #[inline]
    unsafe fn complete(self: Pin<&mut Self>, arrived: Completion<V, E>) {
        // SAFETY: this is the link's own `complete`.
        unsafe { complete_link(self, arrived) }
    }
}

// SAFETY: `next` gives the field that `new` was given; the second operation, which has a pointer to it, is what completes a pass
// that `IMMEDIATE` says is never under way where that operation's type says so.
unsafe impl<V, E, Q, S2, R> Link<V, E> for SequelReceiver<Q, S2, R>
where
    Q: Sequel<V, E, Second = S2>,
    S2: Sender,
    R: Receiver<S2::Value, S2::Error>,
{
    type Value = S2::Value;
    type Error = S2::Error;
    type Next = R;

    const IMMEDIATE: bool = <S2::Operation<Nobody> as Operation>::IMMEDIATE;

    #[inline]
    unsafe fn advance(self: Pin<&mut Self>, arrived: Completion<V, E>) -> Started<S2::Value, S2::Error> {
        let mut this = self.project();
        let sender = match this.sequel.begin(arrived) {
            Begun::Now(completion) => return Started::Inline(completion),
            Begun::Second(sender) => match sender.at_once() {
                Ok(completion) => {
                    // What an earlier pass left here is not kept for longer than by one that waits.
                    if !Facts::<S2>::UNUSED {
                        this.second.set(None);
                    }
                    return Started::Inline(completion);
                }
                Err(sender) => sender,
            },
        };
        // SAFETY: `next` stays pinned beside `second`, which is dropped before it; nothing borrows
        // it while the second operation is under way, because nobody touches the link then.
        let forward = unsafe { Forward::new(this.next) };
        let mut second = this.second;
        second.set(Some(this.facts.env.with_here(|env| sender.connect(forward, env))));
        match second.as_pin_mut() {
            // SAFETY: the operation is new, and the caller keeps the link in place until `next` has
            // been completed, which is what this operation does.
            Some(operation) => unsafe { operation.start() },
            None => unreachable!("the operation was stored a line ago"),
        }
    }

    #[inline]
    fn next(self: Pin<&mut Self>) -> Pin<&mut R> {
        self.project().next
    }
}
