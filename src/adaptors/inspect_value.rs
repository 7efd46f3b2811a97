//! `inspect_value`: looks at the value.

use crate::adaptors::link::{Linked, connect_link};
use crate::adaptors::transform::{Transform, TransformReceiver};
use crate::completion::Completion;
use crate::env::Env;
use crate::opaque::opaque;
use crate::receiver::Receiver;
use crate::sender::Sender;

/// The sender of [`inspect_value`](crate::adaptors::SenderExt::inspect_value).
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Clone)]
pub struct InspectValue<S, F> {
    sender: S,
    f: F,
}

opaque!(InspectValue<S, F> after sender);

impl<S, F> InspectValue<S, F> {
    #[inline]
    pub(crate) const fn new(sender: S, f: F) -> Self {
        Self { sender, f }
    }
}

#[diagnostic::do_not_recommend]
impl<S, F> Sender for InspectValue<S, F>
where
    S: Sender,
    F: FnMut(&S::Value) + Send,
{
    type Value = S::Value;
    type Error = S::Error;
    type Operation<R: Receiver<S::Value, S::Error>> =
        Linked<S::Operation<TransformReceiver<Inspecting<F>, R>>>;

    #[inline]
    fn connect<R: Receiver<S::Value, S::Error>>(self, receiver: R, env: &Env) -> Self::Operation<R> {
        connect_link(self.sender, TransformReceiver::new(Inspecting { f: self.f }, receiver), env)
    }
}

/// What [`InspectValue`] does to a completion.
#[derive(Clone)]
pub struct Inspecting<F> {
    f: F,
}

opaque!(Inspecting<F>);

impl<V, E, F> Transform<V, E> for Inspecting<F>
where
    F: FnMut(&V) + Send,
{
    type Value = V;
    type Error = E;

    #[inline]
    fn transform(&mut self, arrived: Completion<V, E>) -> Completion<V, E> {
        if let Completion::Value(value) = &arrived {
            (self.f)(value);
        }
        arrived
    }
}
