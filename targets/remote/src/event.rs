//! What a receiver has to say beside the values: joined, lost, refused, ended.

use std::fmt;

/// Something that happened on the way to a receiver, with exact numbers.
///
/// A graph sees them in order between the values with
/// [`Heard`](crate::Heard), by a callback with [`Remote::on_event`](crate::Remote::on_event), or as sums with
/// [`RemoteStats`](crate::RemoteStats).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A stream was heard for the first time. `missed` values of it were sent before: not for this receiver, so they
    /// are not counted as lost.
    Joined {
        /// Which sender.
        stream: u64,
        /// How many of its values came before the first that was heard.
        missed: u64,
    },
    /// Values were sent that never came: exactly `missing`.
    Gap(Gap),
    /// The sender was started again with its journal. What it lost in between is a [`Gap`] of its own.
    Restarted {
        /// Which sender.
        stream: u64,
        /// How often it was started before.
        incarnation: u16,
    },
    /// A message was refused: it is none of ours, and nothing of it was taken. Told once per reason; all are counted.
    Refused(Refusal),
    /// The sender ended in order, after `sent` values in all.
    Ended {
        /// Which sender.
        stream: u64,
        /// How many values it sent, in all its incarnations.
        sent: u64,
    },
    /// The process that sent has ended without ending its stream: it was killed. What it had sent has come, as far as it comes; another
    /// may take its place.
    Died {
        /// Its number, as it was known to itself.
        process: i32,
    },
    /// The media driver is gone; the edge is opened again when there is one.
    DriverLost,
    /// The edge is open again on a new media driver.
    Reopened,
}

/// Values that were sent and never came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// Which sender.
    pub stream: u64,
    /// The number of the first that is missing.
    pub first: u64,
    /// How many are missing.
    pub missing: u64,
    /// What happened when they went missing.
    pub cause: Cause,
}

/// What happened when values went missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// Within a stream: an image was lost, a term dropped, a receiver overrun or away.
    Stream,
    /// The sender was killed, and what it had taken last died with it.
    Restart,
    /// At the end: the sender says that there were more.
    End,
    /// Between where an earlier receiver had come to and the first value that this one heard.
    Resumed,
}

/// Why a message was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// It is not as long as a message of this edge is.
    Length {
        /// Its length in bytes.
        got: usize,
        /// What it should be.
        want: usize,
    },
    /// Its header is of another version or none at all.
    Header,
    /// It carries another type.
    Fingerprint {
        /// The fingerprint that it has.
        got: u32,
        /// The fingerprint of the edge's type.
        want: u32,
    },
    /// More senders at once than a receiver follows.
    Crowded {
        /// How many it follows.
        limit: usize,
    },
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Joined { stream, missed } => write!(f, "stream {stream:016x} joined after {missed} values"),
            Self::Gap(gap) => gap.fmt(f),
            Self::Restarted { stream, incarnation } => {
                write!(f, "stream {stream:016x} was started again, {incarnation} times now")
            }
            Self::Refused(refusal) => refusal.fmt(f),
            Self::Ended { stream, sent } => write!(f, "stream {stream:016x} ended after {sent} values"),
            Self::Died { process } => write!(f, "the process {process} that sent was killed"),
            Self::DriverLost => f.write_str("the media driver is gone; the edge waits for another"),
            Self::Reopened => f.write_str("the edge is open again on a new media driver"),
        }
    }
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { stream, first, missing, cause } = self;
        let cause = match cause {
            Cause::Stream => "within the stream",
            Cause::Restart => "when the sender was started again",
            Cause::End => "at the end of the stream",
            Cause::Resumed => "while no receiver was there",
        };
        write!(f, "{missing} values of stream {stream:016x} are missing from number {first} on, {cause}")
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length { got, want } => {
                write!(f, "refused a message of {got} bytes where this edge has {want}: another program or type sends on this channel and stream")
            }
            Self::Header => f.write_str("refused a message without the header of this version of fusewire-remote: another program sends on this channel and stream"),
            Self::Fingerprint { got, want } => {
                write!(f, "refused a message of a foreign type ({got:08x}, expected {want:08x}): both ends must name the same type, or agree by `type_name`")
            }
            Self::Crowded { limit } => write!(f, "refused a message of one sender more than the {limit} that a receiver follows at once"),
        }
    }
}
