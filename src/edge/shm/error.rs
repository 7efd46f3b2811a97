//! Why a ring between processes is refused.

use std::fmt;
use std::io;

use super::Process;
use super::layout::{BYTE_ORDER, End, MAGIC, MOST_BYTES, MOST_SLOTS, VERSION};

/// What the other process wrote that no correct one would. The end that found it counts as closed from then on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Odd {
    /// The number in the slot of the value `index`.
    Sequence {
        /// The index of the value that is due in the slot.
        index: u64,
        /// What was there.
        found: u64,
    },
    /// The consumer's index.
    Head {
        /// The producer's own.
        tail: u64,
        /// What was there.
        found: u64,
    },
}

impl fmt::Display for Odd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sequence { index, found } => {
                write!(
                    f,
                    "the slot of value {index} holds the number {found}, which no producer writes there"
                )
            }
            Self::Head { tail, found } => {
                write!(f, "the consumer's index is {found}, which cannot be when the producer's is {tail}")
            }
        }
    }
}

/// Why an end of a ring between processes could not be had.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ShmError {
    /// That is no name of a ring.
    Name {
        /// What was given.
        name: String,
    },
    /// The system refused something.
    System {
        /// What was to be done.
        doing: &'static str,
        /// Where.
        path: String,
        /// The system's number for it.
        errno: i32,
    },
    /// It was to be created, and there is one.
    Exists {
        /// Where.
        path: String,
    },
    /// It was to be attached, and there is none.
    Missing {
        /// Where.
        path: String,
    },
    /// What is there is no ring, or not one that this process can use.
    Foreign {
        /// Where.
        path: String,
        /// What is wrong with it.
        why: Foreign,
    },
    /// It carries other values, or has another capacity.
    Mismatch {
        /// Where.
        path: String,
        /// What differs.
        what: &'static str,
        /// What the ring has.
        has: u64,
        /// What was asked for.
        asked: u64,
    },
    /// It carries values of another type.
    Type {
        /// Where.
        path: String,
        /// What the ring says that it carries.
        has: String,
        /// What was asked for.
        asked: String,
    },
    /// Its indices and slots contradict each other.
    Odd {
        /// Where.
        path: String,
        /// How.
        odd: Odd,
    },
    /// Another process has this end.
    Held {
        /// Where.
        path: String,
        /// Which end.
        end: End,
        /// Who has it, as it said itself.
        by: Process,
        /// Whether that process is seen to run. If not, a child of it has the lock, or a process that attaches just now, or one
        /// that cannot be seen from here, as in another namespace of processes.
        runs: bool,
    },
    /// A capacity of zero, or one that cannot be addressed.
    Capacity {
        /// What was asked for.
        capacity: usize,
    },
    /// Values without bytes.
    NoBytes,
    /// Values of more bytes than a slot has.
    ManyBytes {
        /// The bytes of one.
        bytes: usize,
    },
}

/// What is wrong with a file that was to be a ring.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Foreign {
    /// It is no regular file.
    Kind,
    /// It belongs to another user.
    Owner {
        /// Whom it belongs to.
        uid: u32,
    },
    /// More users may open it than was asked for.
    Mode {
        /// Its permissions.
        mode: u32,
        /// What was asked for.
        asked: u32,
    },
    /// It is too short for a header.
    Short {
        /// Its length.
        bytes: u64,
    },
    /// It does not begin as a ring does.
    Magic,
    /// It was made by a machine of the other byte order.
    ByteOrder {
        /// What it says.
        found: u64,
    },
    /// It has another layout.
    Version {
        /// Which.
        found: u64,
    },
    /// Its own numbers contradict each other.
    Number {
        /// Which.
        what: &'static str,
        /// What it says.
        found: u64,
    },
    /// The file has not the length that its header asks for.
    Length {
        /// Its length.
        bytes: u64,
        /// What it should be.
        asked: u64,
    },
    /// It has not the memory that its header asks for, so that the first touch would have to find it.
    Holes {
        /// The bytes that it has.
        bytes: u64,
        /// How many it should have.
        asked: u64,
    },
    /// It can be made shorter, which would end whoever reads beyond the new end.
    Unsealed,
}

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kind => f.write_str("it is not a regular file"),
            Self::Owner { uid } => {
                write!(f, "it belongs to user {uid}: trust that user by `owned_by({uid})`")
            }
            Self::Mode { mode, asked } => {
                write!(f, "its permissions are {mode:04o}, more than the {asked:04o} asked for: see `mode`")
            }
            Self::Short { bytes } => write!(f, "it has {bytes} bytes, less than a header"),
            Self::Magic => {
                write!(f, "it does not begin with `{}`", MAGIC.escape_ascii())
            }
            Self::ByteOrder { found } => {
                write!(f, "its byte order is {found:#x}, and that of this machine {BYTE_ORDER:#x}")
            }
            Self::Version { found } => write!(f, "its layout is version {found}, and this is {VERSION}"),
            Self::Number { what, found } => write!(f, "its header says {what} {found}, which no ring has"),
            Self::Length { bytes, asked } => {
                write!(f, "the file has {bytes} bytes, and its header asks for {asked}")
            }
            Self::Holes { bytes, asked } => {
                write!(f, "the file has memory for {bytes} bytes only, and its header asks for {asked}")
            }
            Self::Unsealed => {
                f.write_str("the file is not sealed against being made shorter (F_SEAL_SHRINK)")
            }
        }
    }
}

impl fmt::Display for ShmError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name { name } => {
                write!(
                    f,
                    "`{}` is no name for a ring in shared memory: give one of 1 to 200 bytes without `/` and zeros, \
                     not beginning with a point",
                    name.escape_debug()
                )
            }
            Self::System { doing, path, errno } => {
                write!(f, "the system refused to {doing} {path}: {}", io::Error::from_raw_os_error(*errno))
            }
            Self::Exists { path } => {
                write!(f, "the ring {path} exists already: attach to it, or remove it first")
            }
            Self::Missing { path } => {
                write!(
                    f,
                    "there is no ring {path}: create it first, or ask for neither `create` nor `attach`"
                )
            }
            Self::Foreign { path, why } => write!(f, "{path} is refused as a ring: {why}"),
            Self::Mismatch { path, what, has, asked } => {
                write!(
                    f,
                    "the ring {path} has {what} {has} and not {asked}: remove it, or ask for what it has"
                )
            }
            Self::Type { path, has, asked } => {
                write!(
                    f,
                    "the ring {path} carries `{}` and not `{asked}`: remove it, or give both sides one fingerprint",
                    has.escape_debug()
                )
            }
            Self::Odd { path, odd } => write!(f, "the ring {path} is damaged, remove it: {odd}"),
            Self::Held { path, end, by, runs: true } => {
                write!(
                    f,
                    "the {end}'s end of the ring {path} is held by {by}: a ring has one {end} at a time"
                )
            }
            Self::Held { path, end, by, runs: false } => {
                write!(
                    f,
                    "the {end}'s end of the ring {path} is not free, and {by}, the last to say that it has it, is not seen to run: \
                     a child of it has it, or a process that is attaching or cannot be seen from here; end that one first"
                )
            }
            Self::Capacity { capacity } => {
                write!(
                    f,
                    "a ring in shared memory of {capacity} values cannot be: ask for 1 to {MOST_SLOTS} that fit the memory"
                )
            }
            Self::ManyBytes { bytes } => {
                write!(
                    f,
                    "a value of {bytes} bytes is too large for a ring in shared memory: it may have {MOST_BYTES}"
                )
            }
            Self::NoBytes => {
                f.write_str("values without bytes need no shared memory: give the type at least one byte")
            }
        }
    }
}

impl std::error::Error for ShmError {}
