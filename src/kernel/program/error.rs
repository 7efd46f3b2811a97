//! Why kernels cannot become a program.

use std::error::Error;
use std::fmt;

/// Why kernels cannot become a program: which line, what is wrong with it, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The kernel whose line it is.
    pub kernel: &'static str,
    /// The file of the line.
    pub file: &'static str,
    /// The line.
    pub line: u32,
    /// What is wrong.
    pub what: String,
    /// What to write instead.
    pub help: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kernel, file, line, what, help } = self;
        write!(f, "{file}:{line}: kernel `{kernel}`: {what}; help: {help}")
    }
}

impl Error for Refused {}
