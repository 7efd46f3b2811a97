//! `for_each`: a function that uses the value up.

use crate::adaptors::link::{Linked, connect_link};
use crate::adaptors::transform::{Transform, TransformReceiver};
use crate::completion::Completion;
use crate::env::Env;
use crate::opaque::opaque;
use crate::receiver::Receiver;
use crate::sender::Sender;

/// The sender of [`for_each`](crate::adaptors::SenderExt::for_each).
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Clone)]
pub struct ForEach<S, F> {
    sender: S,
    f: F,
}

opaque!(ForEach<S, F> after sender);

impl<S, F> ForEach<S, F> {
    #[inline]
    pub(crate) const fn new(sender: S, f: F) -> Self {
        Self { sender, f }
    }
}

#[diagnostic::do_not_recommend]
impl<S, F> Sender for ForEach<S, F>
where
    S: Sender,
    F: FnMut(S::Value) + Send,
{
    type Value = ();
    type Error = S::Error;
    type Operation<R: Receiver<(), S::Error>> = Linked<S::Operation<TransformReceiver<Consuming<F>, R>>>;

    #[inline]
    fn connect<R: Receiver<(), S::Error>>(self, receiver: R, env: &Env) -> Self::Operation<R> {
        connect_link(self.sender, TransformReceiver::new(Consuming { f: self.f }, receiver), env)
    }
}

/// What [`ForEach`] does to a completion.
#[derive(Clone)]
pub struct Consuming<F> {
    f: F,
}

opaque!(Consuming<F>);

impl<V, E, F> Transform<V, E> for Consuming<F>
where
    F: FnMut(V) + Send,
{
    type Value = ();
    type Error = E;

    #[inline]
    fn transform(&mut self, arrived: Completion<V, E>) -> Completion<(), E> {
        arrived.map(&mut self.f)
    }
}
