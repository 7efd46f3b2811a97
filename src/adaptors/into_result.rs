//! `into_result`: value and error as one value.

use crate::adaptors::transform::{Transform, Transformed};
use crate::completion::{Completion, Never};

/// The sender of [`into_result`](crate::adaptors::OutcomeExt::into_result).
pub type IntoResult<S> = Transformed<S, Reifying>;

/// What [`IntoResult`] does to a completion.
#[derive(Debug, Clone, Copy)]
pub struct Reifying;

impl<V, E> Transform<V, E> for Reifying {
    type Value = Result<V, E>;
    type Error = Never;

    #[inline]
    fn transform(&mut self, arrived: Completion<V, E>) -> Completion<Result<V, E>, Never> {
        match arrived {
            Completion::Value(value) => Completion::Value(Ok(value)),
            Completion::Error(error) => Completion::Value(Err(error)),
            Completion::Stopped(reason) => Completion::Stopped(reason),
        }
    }
}
