//! Why a value did not go into a channel, or none came out.

use std::fmt;

/// The channel is closed; the value that did not go in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Closed<T>(pub T);

impl<T> fmt::Debug for Closed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Closed").finish_non_exhaustive()
    }
}

impl<T> fmt::Display for Closed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the channel is closed: nobody will receive what is sent; end the sending graph, or keep a receiving end")
    }
}

impl<T> std::error::Error for Closed<T> {}

/// Why [`try_send`](super::ChannelSender::try_send) did not; with the value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum TrySendError<T> {
    /// There is no room now.
    Full(T),
    /// The channel is closed.
    Closed(T),
}

impl<T> TrySendError<T> {
    /// The value that did not go in.
    pub fn into_inner(self) -> T {
        match self {
            Self::Full(value) | Self::Closed(value) => value,
        }
    }
}

impl<T> fmt::Debug for TrySendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full(_) => "Full(..)",
            Self::Closed(_) => "Closed(..)",
        })
    }
}

impl<T> fmt::Display for TrySendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full(_) => {
                f.write_str("the channel is full: try again later, or wait for room with `send`")
            }
            Self::Closed(_) => Closed(()).fmt(f),
        }
    }
}

impl<T> std::error::Error for TrySendError<T> {}

/// Why [`try_recv`](super::ChannelReceiver::try_recv) gave nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TryRecvError {
    /// There is nothing now.
    Empty,
    /// The channel is closed, and everything has come out.
    Closed,
}

impl fmt::Display for TryRecvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "the channel is empty: try again later, or wait for a value with `recv`",
            Self::Closed => "the channel is closed, and everything that was sent has come",
        })
    }
}

impl std::error::Error for TryRecvError {}
