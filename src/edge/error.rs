//! Why an edge could not be made.

use std::error::Error;
use std::fmt;

use crate::ring::RingError;

/// Why an edge could not be made: one sentence, and the error that was the reason if there was one.
#[derive(Debug)]
pub struct EdgeError(Box<dyn Error + Send + Sync>);

impl EdgeError {
    /// An error, or a message as one.
    pub fn new(why: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(why.into())
    }

    /// The reason, to be downcast to the error of one kind of edge.
    pub fn reason(&self) -> &(dyn Error + Send + Sync + 'static) {
        &*self.0
    }
}

impl fmt::Display for EdgeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for EdgeError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}

impl From<RingError> for EdgeError {
    fn from(error: RingError) -> Self {
        Self::new(error)
    }
}
