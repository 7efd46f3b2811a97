//! `route`: one of two senders, chosen by the value.

use crate::adaptors::Either;
use crate::adaptors::link::{Linked, connect_link};
use crate::adaptors::sequel::{Begun, Sequel, SequelReceiver};
use crate::adaptors::widen::Widened;
use crate::completion::{Completion, JoinError};
use crate::env::Env;
use crate::opaque::opaque;
use crate::receiver::Receiver;
use crate::sender::Sender;

/// The sender of [`route`](crate::adaptors::SenderExt::route).
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Clone)]
pub struct Route<S, P, FA, FB> {
    sender: S,
    choose: P,
    first: FA,
    second: FB,
}

opaque!(Route<S, P, FA, FB> after sender);

impl<S, P, FA, FB> Route<S, P, FA, FB> {
    #[inline]
    pub(crate) const fn new(sender: S, choose: P, first: FA, second: FB) -> Self {
        Self { sender, choose, first, second }
    }
}

#[diagnostic::do_not_recommend]
impl<S, P, FA, FB, A, B, E2, E3> Sender for Route<S, P, FA, FB>
where
    S: Sender,
    P: FnMut(&S::Value) -> bool + Send,
    FA: FnMut(S::Value) -> A + Send,
    FB: FnMut(S::Value) -> B + Send,
    A: Sender,
    B: Sender<Value = A::Value>,
    A::Error: JoinError<B::Error, Joined = E2>,
    S::Error: JoinError<E2, Joined = E3>,
{
    type Value = A::Value;
    type Error = E3;
    type Operation<R: Receiver<Self::Value, Self::Error>> =
        Linked<S::Operation<SequelReceiver<Routing<P, FA, FB>, Widened<Either<A, B>, S::Error>, R>>>;

    #[inline]
    fn connect<R>(self, receiver: R, env: &Env) -> Self::Operation<R>
    where
        R: Receiver<Self::Value, Self::Error>,
    {
        connect_link(
            self.sender,
            SequelReceiver::new(
                Routing { choose: self.choose, first: self.first, second: self.second },
                receiver,
                env,
            ),
            env,
        )
    }
}

/// How [`Route`] goes on.
#[derive(Clone)]
pub struct Routing<P, FA, FB> {
    choose: P,
    first: FA,
    second: FB,
}

opaque!(Routing<P, FA, FB>);

impl<V, E, P, FA, FB, A, B, E2, E3> Sequel<V, E> for Routing<P, FA, FB>
where
    P: FnMut(&V) -> bool + Send,
    FA: FnMut(V) -> A + Send,
    FB: FnMut(V) -> B + Send,
    A: Sender,
    B: Sender<Value = A::Value>,
    A::Error: JoinError<B::Error, Joined = E2>,
    E: JoinError<E2, Joined = E3>,
{
    type Second = Widened<Either<A, B>, E>;

    #[inline]
    fn begin(&mut self, arrived: Completion<V, E>) -> Begun<Self::Second> {
        match arrived {
            Completion::Value(value) => Begun::Second(Widened::new(if (self.choose)(&value) {
                Either::First((self.first)(value))
            } else {
                Either::Second((self.second)(value))
            })),
            Completion::Error(error) => Begun::Now(Completion::Error(error.earlier())),
            Completion::Stopped(reason) => Begun::Now(Completion::Stopped(reason)),
        }
    }
}
