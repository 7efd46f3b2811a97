//! `fork`: two senders made of the same value, joined.

use crate::adaptors::join::{Join, arms};
use crate::adaptors::link::{Linked, connect_link};
use crate::adaptors::sequel::{Begun, Sequel, SequelReceiver};
use crate::adaptors::widen::Widened;
use crate::completion::{Completion, JoinError};
use crate::env::Env;
use crate::opaque::opaque;
use crate::receiver::Receiver;
use crate::sender::Sender;

/// The sender of [`fork`](crate::adaptors::SenderExt::fork).
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Clone)]
pub struct Fork<S, FA, FB> {
    sender: S,
    first: FA,
    second: FB,
}

opaque!(Fork<S, FA, FB> after sender);

impl<S, FA, FB> Fork<S, FA, FB> {
    #[inline]
    pub(crate) const fn new(sender: S, first: FA, second: FB) -> Self {
        Self { sender, first, second }
    }
}

#[diagnostic::do_not_recommend]
impl<S, FA, FB, A, B, E2, E3> Sender for Fork<S, FA, FB>
where
    S: Sender,
    S::Value: Clone,
    FA: FnMut(S::Value) -> A + Send,
    FB: FnMut(S::Value) -> B + Send,
    A: Sender<Value: Send, Error: Send>,
    B: Sender<Value: Send, Error: Send>,
    Join<A, B, false>: Sender<Value = (A::Value, B::Value), Error = E2>,
    A::Error: JoinError<B::Error, Joined = E2>,
    S::Error: JoinError<E2, Joined = E3>,
{
    type Value = (A::Value, B::Value);
    type Error = E3;
    type Operation<R: Receiver<Self::Value, Self::Error>> =
        Linked<S::Operation<SequelReceiver<Forking<FA, FB>, Widened<Join<A, B, false>, S::Error>, R>>>;

    #[inline]
    fn connect<R>(self, receiver: R, env: &Env) -> Self::Operation<R>
    where
        R: Receiver<Self::Value, Self::Error>,
    {
        connect_link(
            self.sender,
            SequelReceiver::new(Forking { first: self.first, second: self.second }, receiver, env),
            env,
        )
    }
}

/// How [`Fork`] goes on.
#[derive(Clone)]
pub struct Forking<FA, FB> {
    first: FA,
    second: FB,
}

opaque!(Forking<FA, FB>);

impl<V, E, FA, FB, A, B, E2, E3> Sequel<V, E> for Forking<FA, FB>
where
    V: Clone,
    FA: FnMut(V) -> A + Send,
    FB: FnMut(V) -> B + Send,
    A: Sender<Value: Send, Error: Send>,
    B: Sender<Value: Send, Error: Send>,
    Join<A, B, false>: Sender<Value = (A::Value, B::Value), Error = E2>,
    A::Error: JoinError<B::Error, Joined = E2>,
    E: JoinError<E2, Joined = E3>,
{
    type Second = Widened<Join<A, B, false>, E>;

    #[inline]
    fn begin(&mut self, arrived: Completion<V, E>) -> Begun<Self::Second> {
        match arrived {
            Completion::Value(value) => {
                let first = (self.first)(value.clone());
                let second = (self.second)(value);
                Begun::Second(Widened::new(arms(first, second)))
            }
            Completion::Error(error) => Begun::Now(Completion::Error(error.earlier())),
            Completion::Stopped(reason) => Begun::Now(Completion::Stopped(reason)),
        }
    }
}
