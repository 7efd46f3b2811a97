//! Adaptors that change a completion on the spot.

use std::pin::Pin;

use pin_project::pin_project;

use crate::adaptors::link::{Link, complete_link};
use crate::completion::{Completion, Started};
use crate::opaque::opaque;
use crate::receiver::Receiver;

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
    fn complete(self: Pin<&mut Self>, arrived: Completion<V, E>) {
        // SAFETY: this is the link's own `complete`.
        unsafe { complete_link(self, arrived) }
    }
}

impl<V, E, T, R> Link<V, E> for TransformReceiver<T, R>
where
    T: Transform<V, E>,
    R: Receiver<T::Value, T::Error>,
{
    type Value = T::Value;
    type Error = T::Error;
    type Next = R;

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
