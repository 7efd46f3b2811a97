//! `fork3`: three senders made of the same value, joined.

use crate::adaptors::flat::{Flat3, flat3};
use crate::adaptors::link::{Linked, connect_link};
use crate::adaptors::sequel::{Begun, Sequel, SequelReceiver};
use crate::adaptors::widen::Widened;
use crate::completion::{Completion, JoinError};
use crate::env::Env;
use crate::opaque::opaque;
use crate::receiver::Receiver;
use crate::sender::Sender;

/// The sender of [`fork3`](crate::adaptors::SenderExt::fork3).
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Clone)]
pub struct Fork3<S, FA, FB, FC> {
    sender: S,
    first: FA,
    second: FB,
    third: FC,
}

opaque!(Fork3<S, FA, FB, FC> after sender);

impl<S, FA, FB, FC> Fork3<S, FA, FB, FC> {
    #[inline]
    pub(crate) const fn new(sender: S, first: FA, second: FB, third: FC) -> Self {
        Self { sender, first, second, third }
    }
}

#[diagnostic::do_not_recommend]
impl<S, FA, FB, FC, A, B, C, E2, E3> Sender for Fork3<S, FA, FB, FC>
where
    S: Sender,
    S::Value: Clone,
    FA: FnMut(S::Value) -> A + Send,
    FB: FnMut(S::Value) -> B + Send,
    FC: FnMut(S::Value) -> C + Send,
    A: Sender<Value: Send, Error: Send>,
    B: Sender<Value: Send, Error: Send>,
    C: Sender<Value: Send, Error: Send>,
    Flat3<A, B, C>: Sender<Value = (A::Value, B::Value, C::Value), Error = E2>,
    S::Error: JoinError<E2, Joined = E3>,
{
    type Value = (A::Value, B::Value, C::Value);
    type Error = E3;
    type Operation<R: Receiver<Self::Value, Self::Error>> =
        Linked<S::Operation<SequelReceiver<Forking3<FA, FB, FC>, Widened<Flat3<A, B, C>, S::Error>, R>>>;

    #[inline]
    fn connect<R>(self, receiver: R, env: &Env) -> Self::Operation<R>
    where
        R: Receiver<Self::Value, Self::Error>,
    {
        connect_link(
            self.sender,
            SequelReceiver::new(
                Forking3 { first: self.first, second: self.second, third: self.third },
                receiver,
                env,
            ),
            env,
        )
    }
}

/// How [`Fork3`] goes on.
#[derive(Clone)]
pub struct Forking3<FA, FB, FC> {
    first: FA,
    second: FB,
    third: FC,
}

opaque!(Forking3<FA, FB, FC>);

impl<V, E, FA, FB, FC, A, B, C, E2, E3> Sequel<V, E> for Forking3<FA, FB, FC>
where
    V: Clone,
    FA: FnMut(V) -> A + Send,
    FB: FnMut(V) -> B + Send,
    FC: FnMut(V) -> C + Send,
    A: Sender<Value: Send, Error: Send>,
    B: Sender<Value: Send, Error: Send>,
    C: Sender<Value: Send, Error: Send>,
    Flat3<A, B, C>: Sender<Value = (A::Value, B::Value, C::Value), Error = E2>,
    E: JoinError<E2, Joined = E3>,
{
    type Second = Widened<Flat3<A, B, C>, E>;

    #[inline]
    fn begin(&mut self, arrived: Completion<V, E>) -> Begun<Self::Second> {
        match arrived {
            Completion::Value(value) => {
                let first = (self.first)(value.clone());
                let second = (self.second)(value.clone());
                let third = (self.third)(value);
                Begun::Second(Widened::new(flat3(first, second, third)))
            }
            Completion::Error(error) => Begun::Now(Completion::Error(error.earlier())),
            Completion::Stopped(reason) => Begun::Now(Completion::Stopped(reason)),
        }
    }
}
