//! `scan`: a function of the value and of a state that it keeps.

use crate::adaptors::link::{Linked, connect_link};
use crate::adaptors::transform::{Transform, TransformReceiver};
use crate::completion::Completion;
use crate::env::Env;
use crate::opaque::opaque;
use crate::receiver::Receiver;
use crate::sender::Sender;

/// The sender of [`scan`](crate::adaptors::SenderExt::scan).
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Clone)]
pub struct Scan<S, T, F> {
    sender: S,
    state: T,
    f: F,
}

opaque!(Scan<S, T, F> after sender);

impl<S, T, F> Scan<S, T, F> {
    #[inline]
    pub(crate) const fn new(sender: S, state: T, f: F) -> Self {
        Self { sender, state, f }
    }
}

#[diagnostic::do_not_recommend]
impl<S, T, F, U> Sender for Scan<S, T, F>
where
    S: Sender,
    F: FnMut(&mut T, S::Value) -> U + Send,
    T: Send,
{
    type Value = U;
    type Error = S::Error;
    type Operation<R: Receiver<U, S::Error>> = Linked<S::Operation<TransformReceiver<Scanning<T, F>, R>>>;

    #[inline]
    fn connect<R: Receiver<U, S::Error>>(self, receiver: R, env: &Env) -> Self::Operation<R> {
        connect_link(
            self.sender,
            TransformReceiver::new(Scanning { state: self.state, f: self.f }, receiver),
            env,
        )
    }
}

/// What [`Scan`] does to a completion.
#[derive(Clone)]
pub struct Scanning<T, F> {
    state: T,
    f: F,
}

opaque!(Scanning<T, F>);

impl<V, E, T, F, U> Transform<V, E> for Scanning<T, F>
where
    F: FnMut(&mut T, V) -> U + Send,
    T: Send,
{
    type Value = U;
    type Error = E;

    #[inline]
    fn transform(&mut self, arrived: Completion<V, E>) -> Completion<U, E> {
        arrived.map(|value| (self.f)(&mut self.state, value))
    }
}
