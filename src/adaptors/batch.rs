//! `batch`: the values of several passes as one.

use crate::adaptors::link::{Linked, connect_link};
use crate::adaptors::transform::{Transform, TransformReceiver};
use crate::batch::Batch;
use crate::completion::{Completion, StopReason};
use crate::env::Env;
use crate::receiver::Receiver;
use crate::sender::Sender;

/// The sender of [`batch`](crate::adaptors::SenderExt::batch).
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Debug, Clone)]
pub struct Batched<S, const N: usize> {
    sender: S,
}

impl<S, const N: usize> Batched<S, N> {
    #[inline]
    pub(crate) const fn new(sender: S) -> Self {
        const { assert!(N > 0, "a batch holds one value at least: write `.batch::<1>()` or more") }
        Self { sender }
    }
}

#[diagnostic::do_not_recommend]
impl<S, const N: usize> Sender for Batched<S, N>
where
    S: Sender<Value: Send>,
{
    type Value = Batch<S::Value, N>;
    type Error = S::Error;
    type Operation<R: Receiver<Self::Value, S::Error>> =
        Linked<S::Operation<TransformReceiver<Batching<S::Value, N>, R>>>;

    #[inline]
    fn connect<R>(self, receiver: R, env: &Env) -> Self::Operation<R>
    where
        R: Receiver<Self::Value, S::Error>,
    {
        let batching = Batching { gathered: Batch::new() };
        connect_link(self.sender, TransformReceiver::new(batching, receiver), env)
    }
}

/// What [`Batched`] does to a completion.
#[derive(Debug)]
pub struct Batching<V, const N: usize> {
    // INVARIANT: not full between passes.
    gathered: Batch<V, N>,
}

impl<V: Send, E, const N: usize> Transform<V, E> for Batching<V, N> {
    type Value = Batch<V, N>;
    type Error = E;

    #[inline]
    fn transform(&mut self, arrived: Completion<V, E>) -> Completion<Batch<V, N>, E> {
        match arrived {
            Completion::Value(value) => {
                if self.gathered.push(value).is_err() {
                    unreachable!("a full batch is handed on at once");
                }
                if self.gathered.is_full() {
                    Completion::Value(std::mem::take(&mut self.gathered))
                } else {
                    Completion::Stopped(StopReason::Filtered)
                }
            }
            Completion::Stopped(StopReason::Ended) => match <Self as Transform<V, E>>::rest(self) {
                Some(rest) => Completion::Value(rest),
                None => Completion::Stopped(StopReason::Ended),
            },
            Completion::Error(error) => Completion::Error(error),
            Completion::Stopped(reason) => Completion::Stopped(reason),
        }
    }

    fn rest(&mut self) -> Option<Batch<V, N>> {
        if self.gathered.is_empty() { None } else { Some(std::mem::take(&mut self.gathered)) }
    }
}
