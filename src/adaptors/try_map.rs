//! `try_map`: a function of the value that may fail.

use crate::adaptors::link::{Linked, connect_link};
use crate::adaptors::transform::{Transform, TransformReceiver};
use crate::completion::{Completion, IntoError};
use crate::env::Env;
use crate::opaque::opaque;
use crate::receiver::Receiver;
use crate::sender::Sender;

/// The sender of [`try_map`](crate::adaptors::SenderExt::try_map).
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Clone)]
pub struct TryMap<S, F> {
    sender: S,
    f: F,
}

opaque!(TryMap<S, F> after sender);

impl<S, F> TryMap<S, F> {
    #[inline]
    pub(crate) const fn new(sender: S, f: F) -> Self {
        Self { sender, f }
    }
}

#[diagnostic::do_not_recommend]
impl<S, F, U, E2> Sender for TryMap<S, F>
where
    S: Sender,
    F: FnMut(S::Value) -> Result<U, E2> + Send,
    S::Error: IntoError<E2>,
{
    type Value = U;
    type Error = E2;
    type Operation<R: Receiver<U, E2>> = Linked<S::Operation<TransformReceiver<TryMapping<F>, R>>>;

    #[inline]
    fn connect<R: Receiver<U, E2>>(self, receiver: R, env: &Env) -> Self::Operation<R> {
        connect_link(self.sender, TransformReceiver::new(TryMapping { f: self.f }, receiver), env)
    }
}

/// What [`TryMap`] does to a completion.
#[derive(Clone)]
pub struct TryMapping<F> {
    f: F,
}

opaque!(TryMapping<F>);

impl<V, E, F, U, E2> Transform<V, E> for TryMapping<F>
where
    F: FnMut(V) -> Result<U, E2> + Send,
    E: IntoError<E2>,
{
    type Value = U;
    type Error = E2;

    #[inline]
    fn transform(&mut self, arrived: Completion<V, E>) -> Completion<U, E2> {
        match arrived {
            Completion::Value(value) => (self.f)(value).into(),
            Completion::Error(error) => Completion::Error(error.into_error()),
            Completion::Stopped(reason) => Completion::Stopped(reason),
        }
    }
}
