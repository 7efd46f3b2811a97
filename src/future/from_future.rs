//! A future as a sender: the source of a graph, or one of its stages.

use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project::pin_project;

use super::polling::{PollOperation, Polls};
use crate::completion::{Completion, Never, StopReason};
use crate::env::Env;
use crate::function::IsFuture;
use crate::receiver::Receiver;
use crate::sender::Sender;

/// A future as a sender, for the beginning of a graph or for `.and(|value| from_future(async move { .. }))`.
///
/// **Completes** with the future's output: inside `start` if its first poll is ready, else later. It has one pass: a
/// second one is stopped with [`StopReason::Ended`], so that a graph that begins with it ends.
/// **Runs** on the context where the pass is, which polls it; whoever wakes the future posts its task there. Which
/// executor the future was written for does not matter, as long as what it waits for can be polled on another thread:
/// tokio's sockets and channels can, its timers and sockets must be *made* inside of the runtime.
/// **Costs** the poll, one posted task per wake, and no allocation in the long run: wakers are used again. A sender
/// is restartable, a future is not: in a stage each value makes a new one, in place.
///
/// # Stopping
///
/// A stop that is requested while the future waits drops it, on the context, and completes the pass as stopped.
///
/// C++26: an awaitable is a sender there by itself.
///
/// # Examples
///
/// ```
/// use fusewire::prelude::*;
///
/// async fn looked_up(key: u32) -> u32 {
///     key + 1
/// }
///
/// let graph = fuse! { just(41).and(|key| from_future(looked_up(key))) };
/// assert_eq!(block_on(graph), Completion::Value(42));
/// ```
#[inline]
pub fn from_future<F: IsFuture<V, M>, V, M>(future: F) -> FromFuture<F::Itself> {
    FromFuture { future: future.itself(), _kind: PhantomData }
}

/// As [`from_future`], for a future of a `Result`: its `Err` is the error of the pass.
///
/// # Examples
///
/// ```
/// use fusewire::future::try_future;
/// use fusewire::prelude::*;
///
/// let parsed = try_future(async { "six".parse::<u32>() }).or_else(|_| just(6));
/// assert_eq!(block_on(parsed), Completion::Value(6));
/// ```
#[inline]
pub fn try_future<V, E, F: IsFuture<Result<V, E>, M>, M>(future: F) -> FromFuture<F::Itself, Tried> {
    FromFuture { future: future.itself(), _kind: PhantomData }
}

/// Marks a future whose output is the value.
#[derive(Debug, Clone, Copy)]
pub struct Whole;

/// Marks a future whose output is a value or an error.
#[derive(Debug, Clone, Copy)]
pub struct Tried;

/// How a future's output completes a pass; [`Whole`] and [`Tried`] are all there are.
pub trait Outcome<T>: sealed::Sealed {
    /// What the pass makes.
    type Value;
    /// How it fails.
    type Error;

    /// The completion.
    fn completion(output: T) -> Completion<Self::Value, Self::Error>;
}

mod sealed {
    pub trait Sealed {}

    impl Sealed for super::Whole {}
    impl Sealed for super::Tried {}
}

impl<T> Outcome<T> for Whole {
    type Value = T;
    type Error = Never;

    fn completion(output: T) -> Completion<T, Never> {
        Completion::Value(output)
    }
}

impl<V, E> Outcome<Result<V, E>> for Tried {
    type Value = V;
    type Error = E;

    fn completion(output: Result<V, E>) -> Completion<V, E> {
        output.into()
    }
}

/// The sender of [`from_future`] and [`try_future`].
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Clone)]
pub struct FromFuture<F, K = Whole> {
    future: F,
    _kind: PhantomData<fn() -> K>,
}

impl<F, K> fmt::Debug for FromFuture<F, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FromFuture").finish_non_exhaustive()
    }
}

#[diagnostic::do_not_recommend]
impl<F, K> Sender for FromFuture<F, K>
where
    F: Future + Send,
    K: Outcome<F::Output, Value: Send, Error: Send>,
{
    type Value = K::Value;
    type Error = K::Error;
    type Operation<R: Receiver<K::Value, K::Error>> = PollOperation<Once<F, K>, R>;

    #[inline]
    fn connect<R: Receiver<K::Value, K::Error>>(self, receiver: R, env: &Env) -> Self::Operation<R> {
        PollOperation::new(Once { future: Some(self.future), _kind: PhantomData }, receiver, env)
    }
}

/// A future that is polled once to its end.
#[pin_project]
pub struct Once<F, K> {
    // INVARIANT: there until it is ready or given up.
    #[pin]
    future: Option<F>,
    _kind: PhantomData<fn() -> K>,
}

impl<F, K> fmt::Debug for Once<F, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Once").finish_non_exhaustive()
    }
}

impl<F, K> Polls for Once<F, K>
where
    F: Future + Send,
    K: Outcome<F::Output, Value: Send, Error: Send>,
{
    type Value = K::Value;
    type Error = K::Error;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Completion<K::Value, K::Error>> {
        let mut place = self.project().future;
        let Some(future) = place.as_mut().as_pin_mut() else {
            return Poll::Ready(Completion::Stopped(StopReason::Ended));
        };
        future.poll(cx).map(|output| {
            place.set(None);
            K::completion(output)
        })
    }

    fn give_up(self: Pin<&mut Self>) {
        self.project().future.set(None);
    }
}
