//! `fork4`: four senders made of the same value, joined.

use crate::adaptors::flat::{Flat4, flat4};
use crate::adaptors::link::{Linked, connect_link};
use crate::adaptors::sequel::{Begun, Sequel, SequelReceiver};
use crate::adaptors::widen::Widened;
use crate::completion::{Completion, JoinError};
use crate::env::Env;
use crate::opaque::opaque;
use crate::receiver::Receiver;
use crate::sender::Sender;

/// The sender of [`fork4`](crate::adaptors::SenderExt::fork4).
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Clone)]
pub struct Fork4<S, FA, FB, FC, FD> {
    sender: S,
    first: FA,
    second: FB,
    third: FC,
    fourth: FD,
}

opaque!(Fork4<S, FA, FB, FC, FD> after sender);

impl<S, FA, FB, FC, FD> Fork4<S, FA, FB, FC, FD> {
    #[inline]
    pub(crate) const fn new(sender: S, first: FA, second: FB, third: FC, fourth: FD) -> Self {
        Self { sender, first, second, third, fourth }
    }
}

#[diagnostic::do_not_recommend]
impl<S, FA, FB, FC, FD, A, B, C, D, E2, E3> Sender for Fork4<S, FA, FB, FC, FD>
where
    S: Sender,
    S::Value: Clone,
    FA: FnMut(S::Value) -> A + Send,
    FB: FnMut(S::Value) -> B + Send,
    FC: FnMut(S::Value) -> C + Send,
    FD: FnMut(S::Value) -> D + Send,
    A: Sender<Value: Send, Error: Send>,
    B: Sender<Value: Send, Error: Send>,
    C: Sender<Value: Send, Error: Send>,
    D: Sender<Value: Send, Error: Send>,
    Flat4<A, B, C, D>: Sender<Value = (A::Value, B::Value, C::Value, D::Value), Error = E2>,
    S::Error: JoinError<E2, Joined = E3>,
{
    type Value = (A::Value, B::Value, C::Value, D::Value);
    type Error = E3;
    type Operation<R: Receiver<Self::Value, Self::Error>> = Linked<
        S::Operation<SequelReceiver<Forking4<FA, FB, FC, FD>, Widened<Flat4<A, B, C, D>, S::Error>, R>>,
    >;

    #[inline]
    fn connect<R>(self, receiver: R, env: &Env) -> Self::Operation<R>
    where
        R: Receiver<Self::Value, Self::Error>,
    {
        connect_link(
            self.sender,
            SequelReceiver::new(
                Forking4 { first: self.first, second: self.second, third: self.third, fourth: self.fourth },
                receiver,
                env,
            ),
            env,
        )
    }
}

/// How [`Fork4`] goes on.
#[derive(Clone)]
pub struct Forking4<FA, FB, FC, FD> {
    first: FA,
    second: FB,
    third: FC,
    fourth: FD,
}

opaque!(Forking4<FA, FB, FC, FD>);

impl<V, E, FA, FB, FC, FD, A, B, C, D, E2, E3> Sequel<V, E> for Forking4<FA, FB, FC, FD>
where
    V: Clone,
    FA: FnMut(V) -> A + Send,
    FB: FnMut(V) -> B + Send,
    FC: FnMut(V) -> C + Send,
    FD: FnMut(V) -> D + Send,
    A: Sender<Value: Send, Error: Send>,
    B: Sender<Value: Send, Error: Send>,
    C: Sender<Value: Send, Error: Send>,
    D: Sender<Value: Send, Error: Send>,
    Flat4<A, B, C, D>: Sender<Value = (A::Value, B::Value, C::Value, D::Value), Error = E2>,
    E: JoinError<E2, Joined = E3>,
{
    type Second = Widened<Flat4<A, B, C, D>, E>;

    #[inline]
    fn begin(&mut self, arrived: Completion<V, E>) -> Begun<Self::Second> {
        match arrived {
            Completion::Value(value) => {
                let first = (self.first)(value.clone());
                let second = (self.second)(value.clone());
                let third = (self.third)(value.clone());
                let fourth = (self.fourth)(value);
                Begun::Second(Widened::new(flat4(first, second, third, fourth)))
            }
            Completion::Error(error) => Begun::Now(Completion::Error(error.earlier())),
            Completion::Stopped(reason) => Begun::Now(Completion::Stopped(reason)),
        }
    }
}
