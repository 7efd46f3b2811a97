//! `upon_error`: a value where there was an error.

use crate::adaptors::transform::{Transform, Transformed};
use crate::completion::{Completion, Never};
use crate::opaque::opaque;

/// The sender of [`upon_error`](crate::adaptors::OutcomeExt::upon_error).
pub type UponError<S, F> = Transformed<S, MendingError<F>>;

/// What [`UponError`] does to a completion.
#[derive(Clone)]
pub struct MendingError<F> {
    f: F,
}

opaque!(MendingError<F>);

impl<F> MendingError<F> {
    #[inline]
    pub(crate) const fn new(f: F) -> Self {
        Self { f }
    }
}

impl<V, E, F> Transform<V, E> for MendingError<F>
where
    F: FnMut(E) -> V + Send,
{
    type Value = V;
    type Error = Never;

    #[inline]
    fn transform(&mut self, arrived: Completion<V, E>) -> Completion<V, Never> {
        match arrived {
            Completion::Value(value) => Completion::Value(value),
            Completion::Error(error) => Completion::Value((self.f)(error)),
            Completion::Stopped(reason) => Completion::Stopped(reason),
        }
    }
}
