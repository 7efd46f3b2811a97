//! Why an edge could not be opened, in one sentence.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// Why an edge, a driver or a journal could not be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RemoteError {
    /// No media driver runs in the directory.
    NoDriver {
        /// The directory that was looked in.
        directory: PathBuf,
    },
    /// The embedded media driver did not start.
    Driver {
        /// What Aeron says.
        reason: String,
    },
    /// The driver refused the channel.
    Channel {
        /// The channel as it was given.
        channel: String,
        /// What Aeron says.
        reason: String,
    },
    /// The driver did not answer in time.
    Silent {
        /// The channel as it was given.
        channel: String,
        /// How long it was waited for.
        waited: Duration,
    },
    /// The value is larger than a message of the channel can be.
    TooLarge {
        /// Bytes of the value and its header.
        bytes: usize,
        /// The greatest message of the channel.
        limit: usize,
    },
    /// The journal cannot be used.
    Journal {
        /// Its file.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
}

impl fmt::Display for RemoteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoDriver { directory } => write!(
                f,
                "no Aeron media driver runs in {}: start one there, or give the edge one of its own with `.driver(&MediaDriver::embedded().start()?)`",
                directory.display()
            ),
            Self::Driver { reason } => write!(f, "the embedded Aeron media driver did not start: {reason}"),
            Self::Channel { channel, reason } => write!(f, "Aeron refused the channel `{channel}`: {reason}"),
            Self::Silent { channel, waited } => {
                write!(
                    f,
                    "the Aeron media driver did not open `{channel}` within {waited:?}: see whether it still runs"
                )
            }
            Self::TooLarge { bytes, limit } => write!(
                f,
                "a value of {bytes} bytes with its header is larger than the {limit} bytes that a message of this channel may have: set a greater `term-length` in the channel"
            ),
            Self::Journal { path, reason } => {
                write!(f, "the journal {} cannot be used: {reason}", path.display())
            }
        }
    }
}

impl std::error::Error for RemoteError {}
