//! `stopped_as_none` and `stopped_as_error`: a stop as a value, or as an error.

use crate::adaptors::transform::{Transform, Transformed};
use crate::completion::{Completion, JoinError, StopReason};
use crate::opaque::opaque;

/// The sender of [`stopped_as_none`](crate::adaptors::OutcomeExt::stopped_as_none).
pub type StoppedAsNone<S> = Transformed<S, Optional>;

/// The sender of [`stopped_as_error`](crate::adaptors::OutcomeExt::stopped_as_error).
pub type StoppedAsError<S, F> = Transformed<S, Failing<F>>;

/// What [`StoppedAsNone`] does to a completion.
#[derive(Debug, Clone, Copy)]
pub struct Optional;

impl<V, E> Transform<V, E> for Optional {
    type Value = Option<V>;
    type Error = E;

    #[inline]
    fn transform(&mut self, arrived: Completion<V, E>) -> Completion<Option<V>, E> {
        match arrived {
            Completion::Stopped(reason) if reason.is_of_the_pass() => Completion::Value(None),
            arrived => arrived.map(Some),
        }
    }
}

/// What [`StoppedAsError`] does to a completion.
#[derive(Clone)]
pub struct Failing<F> {
    f: F,
}

opaque!(Failing<F>);

impl<F> Failing<F> {
    #[inline]
    pub(crate) const fn new(f: F) -> Self {
        Self { f }
    }
}

impl<V, E, F, E2> Transform<V, E> for Failing<F>
where
    F: FnMut(StopReason) -> E2 + Send,
    E: JoinError<E2>,
{
    type Value = V;
    type Error = E::Joined;

    #[inline]
    fn transform(&mut self, arrived: Completion<V, E>) -> Completion<V, E::Joined> {
        match arrived {
            Completion::Stopped(reason) if reason.is_of_the_pass() => {
                Completion::Error(E::later((self.f)(reason)))
            }
            arrived => arrived.map_err(E::earlier),
        }
    }
}
