//! `or_else`: a second sender, made of the error.

use crate::adaptors::link::{Linked, connect_link};
use crate::adaptors::sequel::{Begun, Sequel, SequelReceiver};
use crate::completion::Completion;
use crate::env::Env;
use crate::opaque::opaque;
use crate::receiver::Receiver;
use crate::sender::Sender;

/// The sender of [`or_else`](crate::adaptors::SenderExt::or_else).
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Clone)]
pub struct OrElse<S, F> {
    sender: S,
    f: F,
}

opaque!(OrElse<S, F> after sender);

impl<S, F> OrElse<S, F> {
    #[inline]
    pub(crate) const fn new(sender: S, f: F) -> Self {
        Self { sender, f }
    }
}

#[diagnostic::do_not_recommend]
impl<S, F, S2> Sender for OrElse<S, F>
where
    S: Sender,
    F: FnMut(S::Error) -> S2 + Send,
    S2: Sender<Value = S::Value>,
{
    type Value = S::Value;
    type Error = S2::Error;
    type Operation<R: Receiver<Self::Value, Self::Error>> =
        Linked<S::Operation<SequelReceiver<Recovering<F>, S2, R>>>;

    #[inline]
    fn connect<R>(self, receiver: R, env: &Env) -> Self::Operation<R>
    where
        R: Receiver<Self::Value, Self::Error>,
    {
        connect_link(self.sender, SequelReceiver::new(Recovering { f: self.f }, receiver, env), env)
    }
}

/// How [`OrElse`] goes on.
#[derive(Clone)]
pub struct Recovering<F> {
    f: F,
}

opaque!(Recovering<F>);

impl<V, E, F, S2> Sequel<V, E> for Recovering<F>
where
    F: FnMut(E) -> S2 + Send,
    S2: Sender<Value = V>,
{
    type Second = S2;

    #[inline]
    fn begin(&mut self, arrived: Completion<V, E>) -> Begun<Self::Second> {
        match arrived {
            Completion::Value(value) => Begun::Now(Completion::Value(value)),
            Completion::Error(error) => Begun::Second((self.f)(error)),
            Completion::Stopped(reason) => Begun::Now(Completion::Stopped(reason)),
        }
    }
}
