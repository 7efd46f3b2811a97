//! `materialize` and `dematerialize`: a completion as a value, and back.

use crate::adaptors::transform::{Transform, Transformed};
use crate::completion::{Completion, JoinError, Never};

/// The sender of [`materialize`](crate::adaptors::OutcomeExt::materialize).
pub type Materialize<S> = Transformed<S, Materializing>;

/// The sender of [`dematerialize`](crate::adaptors::OutcomeExt::dematerialize).
pub type Dematerialize<S> = Transformed<S, Dematerializing>;

/// What [`Materialize`] does to a completion.
#[derive(Debug, Clone, Copy)]
pub struct Materializing;

impl<V, E> Transform<V, E> for Materializing {
    type Value = Completion<V, E>;
    type Error = Never;

    #[inline]
    fn transform(&mut self, arrived: Completion<V, E>) -> Completion<Completion<V, E>, Never> {
        match arrived {
            Completion::Stopped(reason) if !reason.is_of_the_pass() => Completion::Stopped(reason),
            arrived => Completion::Value(arrived),
        }
    }
}

/// What [`Dematerialize`] does to a completion.
#[derive(Debug, Clone, Copy)]
pub struct Dematerializing;

impl<V, E, E2> Transform<Completion<V, E2>, E> for Dematerializing
where
    E: JoinError<E2>,
{
    type Value = V;
    type Error = E::Joined;

    #[inline]
    fn transform(&mut self, arrived: Completion<Completion<V, E2>, E>) -> Completion<V, E::Joined> {
        match arrived {
            Completion::Value(inside) => inside.map_err(E::later),
            Completion::Error(error) => Completion::Error(E::earlier(error)),
            Completion::Stopped(reason) => Completion::Stopped(reason),
        }
    }
}
