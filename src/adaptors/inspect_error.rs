//! `inspect_error`: a look at an error that goes on as it is.

use crate::adaptors::transform::{Transform, Transformed};
use crate::completion::Completion;
use crate::opaque::opaque;

/// The sender of [`inspect_error`](crate::adaptors::OutcomeExt::inspect_error).
pub type InspectError<S, F> = Transformed<S, InspectingError<F>>;

/// What [`InspectError`] does to a completion.
#[derive(Clone)]
pub struct InspectingError<F> {
    f: F,
}

opaque!(InspectingError<F>);

impl<F> InspectingError<F> {
    #[inline]
    pub(crate) const fn new(f: F) -> Self {
        Self { f }
    }
}

impl<V, E, F> Transform<V, E> for InspectingError<F>
where
    F: FnMut(&E) + Send,
{
    type Value = V;
    type Error = E;

    #[inline]
    fn transform(&mut self, arrived: Completion<V, E>) -> Completion<V, E> {
        if let Completion::Error(error) = &arrived {
            (self.f)(error);
        }
        arrived
    }
}
