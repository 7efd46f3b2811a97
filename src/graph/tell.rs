//! How a lane tells an error to the owner of its graph.

use std::fmt;

use crate::completion::Never;
use crate::control::RunError;

/// Makes of a graph's error what its handle reports.
///
/// A graph is written before it is known whether it will run or be started once in place, and only
/// a graph that runs needs an error that can be reported. Whoever launches it knows, and gives the
/// lanes this.
pub struct Tell<E>(fn(E) -> RunError);

impl<E: fmt::Display + Send + 'static> Tell<E> {
    /// Tells by [`RunError::failed`].
    pub(crate) const NEW: Self = Self(RunError::failed);
}

impl<E> Tell<E> {
    /// What is reported of `error`.
    #[cold]
    pub fn report(&self, error: E) -> RunError {
        (self.0)(error)
    }
}

impl<E> Clone for Tell<E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E> Copy for Tell<E> {}

impl<E> fmt::Debug for Tell<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tell")
    }
}

/// What is reported of an error that a later stage handles: it never leaves the graph here.
pub const fn never(error: Never) -> RunError {
    match error {}
}
