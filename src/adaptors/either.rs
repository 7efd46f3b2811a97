//! One of two senders, chosen when it is made.

use std::marker::PhantomData;
use std::pin::Pin;

use pin_project::pin_project;

use crate::adaptors::link::Link;
use crate::adaptors::transform::TransformReceiver;
use crate::adaptors::widen::{Earlier, Later};
use crate::completion::{JoinError, Started};
use crate::env::Env;
use crate::operation::Operation;
use crate::receiver::Receiver;
use crate::sender::Sender;

/// One of two senders that make the same type of value.
///
/// For functions that return now this graph, now that one; [`route`](crate::adaptors::SenderExt::route)
/// is made of it.
///
/// **Completes** as the chosen sender does; the errors of both are [joined](JoinError).
/// **Costs** one branch, and the room of the larger operation.
///
/// # Examples
///
/// ```
/// use fusewire::adaptors::Either;
/// use fusewire::prelude::*;
///
/// fn halved(n: u32) -> impl Sender<Value = u32, Error = &'static str> {
///     if n % 2 == 0 { Either::First(just(n / 2)) } else { Either::Second(just_error("odd")) }
/// }
/// assert_eq!(block_on(halved(84)), Completion::Value(42));
/// assert_eq!(block_on(halved(7)), Completion::Error("odd"));
/// ```
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Debug, Clone)]
pub enum Either<A, B> {
    /// The first.
    First(A),
    /// The second.
    Second(B),
}

#[diagnostic::do_not_recommend]
impl<A, B> Sender for Either<A, B>
where
    A: Sender,
    B: Sender<Value = A::Value>,
    A::Error: JoinError<B::Error>,
{
    type Value = A::Value;
    type Error = <A::Error as JoinError<B::Error>>::Joined;
    type Operation<R: Receiver<Self::Value, Self::Error>> = EitherOperation<
        A::Operation<TransformReceiver<Earlier<B::Error>, R>>,
        B::Operation<TransformReceiver<Later<A::Error>, R>>,
    >;

    #[inline]
    fn connect<R>(self, receiver: R, env: &Env) -> Self::Operation<R>
    where
        R: Receiver<Self::Value, Self::Error>,
    {
        match self {
            Self::First(sender) => {
                let receiver = TransformReceiver::new(Earlier(PhantomData), receiver);
                EitherOperation::First(sender.connect(receiver, env))
            }
            Self::Second(sender) => {
                let receiver = TransformReceiver::new(Later(PhantomData), receiver);
                EitherOperation::Second(sender.connect(receiver, env))
            }
        }
    }
}

/// The operation of [`Either`]: the chosen one.
#[pin_project(project = Chosen)]
#[derive(Debug)]
pub enum EitherOperation<A, B> {
    /// The first sender's.
    First(#[pin] A),
    /// The second sender's.
    Second(#[pin] B),
}

// SAFETY: `receiver` gives what the link of the chosen operation says comes next, and there is no other operation.
unsafe impl<A, B, V, E, R> Operation for EitherOperation<A, B>
where
    A: Operation,
    B: Operation,
    A::Receiver: Link<A::Value, A::Error, Value = V, Error = E, Next = R>,
    B::Receiver: Link<B::Value, B::Error, Value = V, Error = E, Next = R>,
    R: Receiver<V, E>,
{
    type Value = V;
    type Error = E;
    type Receiver = R;

    #[inline]
    unsafe fn start(self: Pin<&mut Self>) -> Started<V, E> {
        match self.project() {
            // SAFETY: both calls are passed on to the caller.
            Chosen::First(mut operation) => match unsafe { operation.as_mut().start() } {
                // SAFETY: as above.
                Started::Inline(completion) => unsafe { operation.receiver().advance(completion) },
                Started::Later => Started::Later,
            },
            // SAFETY: both calls are passed on to the caller.
            Chosen::Second(mut operation) => match unsafe { operation.as_mut().start() } {
                // SAFETY: as above.
                Started::Inline(completion) => unsafe { operation.receiver().advance(completion) },
                Started::Later => Started::Later,
            },
        }
    }

    #[inline]
    fn receiver(self: Pin<&mut Self>) -> Pin<&mut R> {
        match self.project() {
            Chosen::First(operation) => operation.receiver().next(),
            Chosen::Second(operation) => operation.receiver().next(),
        }
    }
}
