//! `filter_map`: a function of the value that lets some through.

use crate::adaptors::link::{Linked, connect_link};
use crate::adaptors::transform::{Transform, TransformReceiver};
use crate::completion::{Completion, StopReason};
use crate::env::Env;
use crate::opaque::opaque;
use crate::receiver::Receiver;
use crate::sender::Sender;

/// The sender of [`filter_map`](crate::adaptors::SenderExt::filter_map).
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Clone)]
pub struct FilterMap<S, F> {
    sender: S,
    f: F,
}

opaque!(FilterMap<S, F> after sender);

impl<S, F> FilterMap<S, F> {
    #[inline]
    pub(crate) const fn new(sender: S, f: F) -> Self {
        Self { sender, f }
    }
}

#[diagnostic::do_not_recommend]
impl<S, F, U> Sender for FilterMap<S, F>
where
    S: Sender,
    F: FnMut(S::Value) -> Option<U> + Send,
{
    type Value = U;
    type Error = S::Error;
    type Operation<R: Receiver<U, S::Error>> = Linked<S::Operation<TransformReceiver<FilterMapping<F>, R>>>;

    #[inline]
    fn connect<R: Receiver<U, S::Error>>(self, receiver: R, env: &Env) -> Self::Operation<R> {
        connect_link(self.sender, TransformReceiver::new(FilterMapping { f: self.f }, receiver), env)
    }
}

/// What [`FilterMap`] does to a completion.
#[derive(Clone)]
pub struct FilterMapping<F> {
    f: F,
}

opaque!(FilterMapping<F>);

impl<V, E, F, U> Transform<V, E> for FilterMapping<F>
where
    F: FnMut(V) -> Option<U> + Send,
{
    type Value = U;
    type Error = E;

    #[inline]
    fn transform(&mut self, arrived: Completion<V, E>) -> Completion<U, E> {
        match arrived {
            Completion::Value(value) => match (self.f)(value) {
                Some(value) => Completion::Value(value),
                None => Completion::Stopped(StopReason::Filtered),
            },
            Completion::Error(error) => Completion::Error(error),
            Completion::Stopped(reason) => Completion::Stopped(reason),
        }
    }
}
