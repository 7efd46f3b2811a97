//! `and`: a second sender, made of the value.

use crate::adaptors::link::{Linked, connect_link};
use crate::adaptors::sequel::{Begun, Sequel, SequelReceiver};
use crate::adaptors::widen::Widened;
use crate::completion::{Completion, JoinError};
use crate::env::Env;
use crate::opaque::opaque;
use crate::receiver::Receiver;
use crate::sender::Sender;

/// The sender of [`and`](crate::adaptors::SenderExt::and).
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Clone)]
pub struct And<S, F> {
    sender: S,
    f: F,
}

opaque!(And<S, F> after sender);

impl<S, F> And<S, F> {
    #[inline]
    pub(crate) const fn new(sender: S, f: F) -> Self {
        Self { sender, f }
    }
}

#[diagnostic::do_not_recommend]
impl<S, F, S2> Sender for And<S, F>
where
    S: Sender,
    F: FnMut(S::Value) -> S2 + Send,
    S2: Sender,
    S::Error: JoinError<S2::Error>,
{
    type Value = S2::Value;
    type Error = <S::Error as JoinError<S2::Error>>::Joined;
    type Operation<R: Receiver<Self::Value, Self::Error>> =
        Linked<S::Operation<SequelReceiver<Sequencing<F>, Widened<S2, S::Error>, R>>>;

    #[inline]
    fn connect<R>(self, receiver: R, env: &Env) -> Self::Operation<R>
    where
        R: Receiver<Self::Value, Self::Error>,
    {
        connect_link(self.sender, SequelReceiver::new(Sequencing { f: self.f }, receiver, env), env)
    }
}

/// How [`And`] goes on.
#[derive(Clone)]
pub struct Sequencing<F> {
    f: F,
}

opaque!(Sequencing<F>);

impl<V, E, F, S2> Sequel<V, E> for Sequencing<F>
where
    F: FnMut(V) -> S2 + Send,
    S2: Sender,
    E: JoinError<S2::Error>,
{
    type Second = Widened<S2, E>;

    #[inline]
    fn begin(&mut self, arrived: Completion<V, E>) -> Begun<Self::Second> {
        match arrived {
            Completion::Value(value) => Begun::Second(Widened::new((self.f)(value))),
            Completion::Error(error) => Begun::Now(Completion::Error(error.earlier())),
            Completion::Stopped(reason) => Begun::Now(Completion::Stopped(reason)),
        }
    }
}
