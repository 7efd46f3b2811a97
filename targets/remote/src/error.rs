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
    /// iceoryx2 refused the service.
    Service {
        /// The service as it was given.
        service: String,
        /// Why.
        reason: String,
    },
    /// The service carries values of another type.
    ForeignType {
        /// The service as it was given.
        service: String,
        /// What it carries.
        carries: String,
        /// What this end has.
        wants: String,
    },
    /// Another process has this end of the service.
    Taken {
        /// The service as it was given.
        service: String,
        /// What that process does with it: it `sends on` or `receives from` it.
        end: &'static str,
        /// That process.
        process: i32,
    },
    /// The thread that looks after the end did not start.
    Thread {
        /// What the system says.
        reason: String,
    },
    /// The policy is `DropOldest`, which no engine can follow.
    NoOldest,
    /// There is no memory for the values that are to wait on the sender's side.
    NoMemory {
        /// How many were asked for.
        values: usize,
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
            Self::Service { service, reason } => {
                write!(f, "the service `{service}` of iceoryx2 cannot be used: {reason}")
            }
            Self::ForeignType { service, carries, wants } => write!(
                f,
                "the service `{service}` carries {carries}, and this end has {wants}: both ends must have the same type, or name it alike by `type_name`"
            ),
            Self::Taken { service, end, process } => write!(
                f,
                "the process {process} {end} the service `{service}` already: one may at a time; end that process, or give another service"
            ),
            Self::Thread { reason } => {
                write!(f, "the thread that looks after an end did not start: {reason}")
            }
            Self::NoOldest => f.write_str(
                "an edge beyond the process cannot drop its oldest value: what the engine has taken cannot be taken out again; use `DropNewest`, or `Conflate(key)`, which replaces what waits on the sender's side",
            ),
            Self::NoMemory { values } => write!(
                f,
                "no memory for {values} values that wait on the sender's side: give less to `spill`, or as the capacity of `Conflate`"
            ),
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
