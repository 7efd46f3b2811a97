//! Adaptors that change a completion on the spot.

use std::pin::Pin;

use pin_project::pin_project;

use crate::adaptors::link::{Link, Linked, complete_link, connect_link};
use crate::completion::{Completion, Started};
use crate::env::Env;
use crate::opaque::opaque;
use crate::receiver::Receiver;
use crate::sender::Sender;

/// What a synchronous adaptor does to each completion: the function of a `map` or `filter`.
pub trait Transform<V, E>: Send {
    /// What a pass makes afterwards.
    type Value;
    /// How a pass fails afterwards.
    type Error;

    /// Turns the completion of the sender before into the adaptor's own.
    fn transform(&mut self, arrived: Completion<V, E>) -> Completion<Self::Value, Self::Error>;

    /// What was gathered of earlier completions.
    fn rest(&mut self) -> Option<Self::Value> {
        None
    }
}

/// What a synchronous adaptor answers [`at_once`](Sender::at_once), where the sender before it does; `itself` puts the
/// two together again.
#[inline]
pub(crate) fn transform_at_once<S, T, W>(
    sender: S,
    mut transform: T,
    itself: impl FnOnce(S, T) -> W,
) -> Result<Completion<T::Value, T::Error>, W>
where
    S: Sender,
    T: Transform<S::Value, S::Error>,
{
    match sender.at_once() {
        Ok(completion) => Ok(transform.transform(completion)),
        Err(sender) => Err(itself(sender, transform)),
    }
}

/// The link of a synchronous adaptor.
#[pin_project]
pub struct TransformReceiver<T, R> {
    transform: T,
    #[pin]
    next: R,
}

opaque!(TransformReceiver<T, R>);

impl<T, R> TransformReceiver<T, R> {
    /// Puts `transform` before `next`.
    #[inline]
    pub const fn new(transform: T, next: R) -> Self {
        Self { transform, next }
    }
}

impl<V, E, T, R> Receiver<V, E> for TransformReceiver<T, R>
where
    T: Transform<V, E>,
    R: Receiver<T::Value, T::Error>,
{
    #[inline]
    unsafe fn complete(self: Pin<&mut Self>, arrived: Completion<V, E>) {
        // SAFETY: this is the link's own `complete`.
        unsafe { complete_link(self, arrived) }
    }
}

// SAFETY: `next` gives the field that `new` was given, and `advance` calls a function and returns.
unsafe impl<V, E, T, R> Link<V, E> for TransformReceiver<T, R>
where
    T: Transform<V, E>,
    R: Receiver<T::Value, T::Error>,
{
    type Value = T::Value;
    type Error = T::Error;
    type Next = R;

    const IMMEDIATE: bool = true;

    #[inline]
    unsafe fn advance(self: Pin<&mut Self>, arrived: Completion<V, E>) -> Started<T::Value, T::Error> {
        Started::Inline(self.project().transform.transform(arrived))
    }

    unsafe fn rest(self: Pin<&mut Self>) -> Option<Started<T::Value, T::Error>> {
        self.project().transform.rest().map(|value| Started::Inline(Completion::Value(value)))
    }

    #[inline]
    fn next(self: Pin<&mut Self>) -> Pin<&mut R> {
        self.project().next
    }
}

/// A sender whose every completion goes through a [`Transform`].
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Clone)]
pub struct Transformed<S, T> {
    sender: S,
    transform: T,
}

opaque!(Transformed<S, T> after sender);

impl<S, T> Transformed<S, T> {
    /// Puts `transform` behind `sender`.
    #[inline]
    pub const fn new(sender: S, transform: T) -> Self {
        Self { sender, transform }
    }
}

#[diagnostic::do_not_recommend]
impl<S, T> Sender for Transformed<S, T>
where
    S: Sender,
    T: Transform<S::Value, S::Error>,
{
    type Value = T::Value;
    type Error = T::Error;
    type Operation<R: Receiver<T::Value, T::Error>> = Linked<S::Operation<TransformReceiver<T, R>>>;

    #[inline]
    fn connect<R: Receiver<T::Value, T::Error>>(self, receiver: R, env: &Env) -> Self::Operation<R> {
        connect_link(self.sender, TransformReceiver::new(self.transform, receiver), env)
    }

    #[inline]
    fn at_once(self) -> Result<Completion<T::Value, T::Error>, Self> {
        transform_at_once(self.sender, self.transform, Self::new)
    }
}
