//! Joins the error of one sender to that of another.

use std::marker::PhantomData;

use crate::adaptors::link::{Linked, connect_link};
use crate::adaptors::transform::{Transform, TransformReceiver};
use crate::completion::{Completion, JoinError};
use crate::env::Env;
use crate::opaque::opaque;
use crate::receiver::Receiver;
use crate::sender::Sender;

/// A sender that comes after one which failed, or might have, with `E1`: its error turns into the
/// [joined](JoinError) one.
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Debug, Clone)]
pub struct Widened<S, E1> {
    sender: S,
    _earlier: PhantomData<fn() -> E1>,
}

impl<S, E1> Widened<S, E1> {
    #[inline]
    pub(crate) const fn new(sender: S) -> Self {
        Self { sender, _earlier: PhantomData }
    }
}

#[diagnostic::do_not_recommend]
impl<S, E1> Sender for Widened<S, E1>
where
    S: Sender,
    E1: JoinError<S::Error>,
{
    type Value = S::Value;
    type Error = E1::Joined;
    type Operation<R: Receiver<S::Value, E1::Joined>> = Linked<S::Operation<TransformReceiver<Later<E1>, R>>>;

    #[inline]
    fn connect<R>(self, receiver: R, env: &Env) -> Self::Operation<R>
    where
        R: Receiver<S::Value, E1::Joined>,
    {
        connect_link(self.sender, TransformReceiver::new(Later(PhantomData), receiver), env)
    }

    #[inline]
    fn at_once(self) -> Result<Completion<S::Value, E1::Joined>, Self> {
        match self.sender.at_once() {
            Ok(completion) => Ok(completion.map_err(E1::later)),
            Err(sender) => Err(Self::new(sender)),
        }
    }
}

/// Turns an error into the one joined with an earlier `E1`.
pub struct Later<E1>(pub(crate) PhantomData<fn() -> E1>);

opaque!(Later<E1>);

impl<V, E1, E2> Transform<V, E2> for Later<E1>
where
    E1: JoinError<E2>,
{
    type Value = V;
    type Error = E1::Joined;

    #[inline]
    fn transform(&mut self, arrived: Completion<V, E2>) -> Completion<V, E1::Joined> {
        arrived.map_err(E1::later)
    }
}

/// Turns an error into the one joined with a later `E2`.
pub struct Earlier<E2>(pub(crate) PhantomData<fn() -> E2>);

opaque!(Earlier<E2>);

impl<V, E1, E2> Transform<V, E1> for Earlier<E2>
where
    E1: JoinError<E2>,
{
    type Value = V;
    type Error = E1::Joined;

    #[inline]
    fn transform(&mut self, arrived: Completion<V, E1>) -> Completion<V, E1::Joined> {
        arrived.map_err(E1::earlier)
    }
}
