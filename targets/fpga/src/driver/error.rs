//! Why a card cannot be used.

use std::fmt;
use std::io;

use crate::simulation::ToolError;

/// Why a card cannot be used, or no longer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CardError {
    /// It cannot be opened or reached.
    Unreachable {
        /// What was tried.
        what: String,
        /// What the system said.
        why: String,
        /// Its kind.
        kind: io::ErrorKind,
    },
    /// It is not a card with our shell, or of another version.
    Foreign {
        /// What it says it is.
        what: String,
    },
    /// It holds another core than the one it should run.
    OtherCore {
        /// The core it should have.
        wanted: u64,
        /// The one it has.
        found: u64,
    },
    /// The memory for its batches is too small.
    OutOfMemory {
        /// The bytes that are needed.
        asked: usize,
        /// The bytes there are.
        there: usize,
    },
    /// A call that is against the contract; nothing happened.
    Misused {
        /// Which rule, and how.
        what: String,
    },
    /// It reported a fault.
    Fault {
        /// Which.
        what: String,
    },
    /// It has gone, or stands still.
    Lost {
        /// What was seen last.
        what: String,
    },
}

impl CardError {
    pub(crate) fn unreachable(what: impl Into<String>, error: &io::Error) -> Self {
        Self::Unreachable { what: what.into(), why: error.to_string(), kind: error.kind() }
    }
}

impl fmt::Display for CardError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable { what, why, .. } => write!(f, "cannot reach the card: {what}: {why}"),
            Self::Foreign { what } => {
                write!(f, "this is no card with the shell of fusewire, or one of another version: {what}")
            }
            Self::OtherCore { wanted, found } => write!(
                f,
                "the card holds the core {found:016x} and not {wanted:016x}; load the bitstream of this program's kernels"
            ),
            Self::OutOfMemory { asked, there } => write!(
                f,
                "the batches need {asked} bytes that the card can reach, and there are {there}; use fewer rows or a smaller window"
            ),
            Self::Misused { what } => write!(f, "the driver was misused: {what}"),
            Self::Fault { what } => write!(f, "the card reports a fault: {what}"),
            Self::Lost { what } => write!(f, "the card is lost: {what}"),
        }
    }
}

impl std::error::Error for CardError {}

/// Why a card cannot be opened.
#[derive(Debug)]
#[non_exhaustive]
pub enum OpenError {
    /// Its simulation cannot be built.
    Tools(ToolError),
    /// The driver refuses it.
    Card(CardError),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tools(error) => error.fmt(f),
            Self::Card(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for OpenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Tools(error) => Some(error),
            Self::Card(error) => Some(error),
        }
    }
}

impl From<ToolError> for OpenError {
    fn from(error: ToolError) -> Self {
        Self::Tools(error)
    }
}

impl From<CardError> for OpenError {
    fn from(error: CardError) -> Self {
        Self::Card(error)
    }
}
