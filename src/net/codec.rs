//! How frames lie in a stream of bytes.

use std::net::SocketAddr;

use super::error::{Fault, NetError};

/// Finds the frames in a stream.
///
/// The crate's own are [`Be16`], [`Be32`] and [`Delimiter`].
pub trait Codec: Send {
    /// The longest frame that is accepted, with what surrounds its payload.
    fn limit(&self) -> usize;

    /// Looks for a frame at the start of `bytes`, which begin where the frame before ended.
    ///
    /// After [`Scan::More`] it is called again with the same bytes and more; a codec may remember
    /// how far it has looked.
    ///
    /// # Errors
    ///
    /// When the bytes cannot be the beginning of a frame; the stream is then read no further.
    fn scan(&mut self, bytes: &[u8]) -> Result<Scan, BadFrame>;
}

/// What [`Codec::scan`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scan {
    /// A frame: `skip` bytes, then a payload of `length` bytes, then `trail` bytes.
    Frame {
        /// Bytes in front of the payload.
        skip: usize,
        /// Bytes of the payload.
        length: usize,
        /// Bytes behind the payload.
        trail: usize,
    },
    /// The frame is not complete: at least so many bytes are missing.
    More(usize),
}

/// Why a codec refuses bytes, or a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum BadFrame {
    /// It would have `length` bytes, of at most `limit`.
    TooLong {
        /// Bytes that it needs, with what surrounds its payload.
        length: usize,
        /// Bytes that it may have.
        limit: usize,
    },
    /// Anything else; the text completes "the bytes are not a frame: ..".
    Other(&'static str),
}

impl BadFrame {
    #[cold]
    pub(crate) fn error(self, address: Option<SocketAddr>) -> NetError {
        let fault = match self {
            Self::TooLong { length, limit } => Fault::FrameTooLong { length, limit },
            Self::Other(why) => Fault::BadFrame(why),
        };
        NetError::new(fault).at(address)
    }
}

/// Puts a message into a frame; the sending side of a [`Codec`].
pub trait Header {
    /// What surrounds `body`.
    ///
    /// # Errors
    ///
    /// When `body` does not fit into such a frame.
    fn envelope(&self, body: &[u8]) -> Result<Envelope, BadFrame>;
}

/// The bytes in front of and behind a message: at most six in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Envelope {
    bytes: [u8; 6],
    // INVARIANT: head <= end <= bytes.len().
    head: u8,
    end: u8,
}

impl Envelope {
    /// Nothing around the message.
    pub const NONE: Self = Self { bytes: [0; 6], head: 0, end: 0 };

    /// `head` in front of the message and `tail` behind it; none if they have more than six bytes.
    pub fn new(head: &[u8], tail: &[u8]) -> Option<Self> {
        let end = head.len() + tail.len();
        let mut bytes = [0; 6];
        bytes.get_mut(..head.len())?.copy_from_slice(head);
        bytes.get_mut(head.len()..end)?.copy_from_slice(tail);
        Some(Self { bytes, head: head.len() as u8, end: end as u8 })
    }

    /// The bytes in front.
    pub fn head(&self) -> &[u8] {
        &self.bytes[..usize::from(self.head)]
    }

    /// The bytes behind.
    pub fn tail(&self) -> &[u8] {
        &self.bytes[usize::from(self.head)..usize::from(self.end)]
    }
}

macro_rules! length_prefix {
    ($(#[$doc:meta])* $name:ident, $int:ty, $limit:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $name {
            limit: usize,
        }

        impl $name {
            const WIDTH: usize = size_of::<$int>();

            /// Frames of up to the default limit.
            pub const fn new() -> Self {
                Self { limit: $limit }
            }

            /// Frames whose payload has at most `bytes` bytes.
            #[must_use]
            pub const fn up_to(self, bytes: usize) -> Self {
                Self { limit: bytes.saturating_add(Self::WIDTH) }
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }

        impl Codec for $name {
            fn limit(&self) -> usize {
                self.limit
            }

            #[inline]
            fn scan(&mut self, bytes: &[u8]) -> Result<Scan, BadFrame> {
                let Some((prefix, rest)) = bytes.split_first_chunk() else {
                    return Ok(Scan::More(Self::WIDTH - bytes.len()));
                };
                let length = <$int>::from_be_bytes(*prefix) as usize;
                let whole = length.saturating_add(Self::WIDTH);
                if whole > self.limit {
                    return Err(BadFrame::TooLong { length: whole, limit: self.limit });
                }
                Ok(match length.checked_sub(rest.len()) {
                    None | Some(0) => Scan::Frame { skip: Self::WIDTH, length, trail: 0 },
                    Some(missing) => Scan::More(missing),
                })
            }
        }

        impl Header for $name {
            #[inline]
            fn envelope(&self, body: &[u8]) -> Result<Envelope, BadFrame> {
                let length = body.len() + Self::WIDTH;
                let too_long = BadFrame::TooLong { length, limit: self.limit };
                if length > self.limit {
                    return Err(too_long);
                }
                let prefix = <$int>::try_from(body.len()).map_err(|_| too_long)?.to_be_bytes();
                Envelope::new(&prefix, &[]).ok_or(too_long)
            }
        }
    };
}

length_prefix! {
    /// Frames behind a length of two bytes, most significant first, as SoupBinTCP has them.
    ///
    /// The length does not count itself. By default frames of every length that it can tell.
    Be16, u16, 2 + u16::MAX as usize
}

length_prefix! {
    /// Frames behind a length of four bytes, most significant first.
    ///
    /// The length does not count itself. By default payloads of up to 64 KiB.
    Be32, u32, 4 + (1 << 16)
}

/// Frames that end with one byte, such as a line feed, which is not part of the payload.
///
/// A message with that byte in it cannot be sent in one frame and is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delimiter {
    byte: u8,
    limit: usize,
    // INVARIANT: so many bytes of the frame at hand are known not to be the delimiter.
    looked: usize,
}

impl Delimiter {
    /// Frames that end with `byte`, with payloads of up to 64 KiB.
    pub const fn new(byte: u8) -> Self {
        Self { byte, limit: 1 + (1 << 16), looked: 0 }
    }

    /// Frames whose payload has at most `bytes` bytes.
    #[must_use]
    pub const fn up_to(self, bytes: usize) -> Self {
        Self { limit: bytes.saturating_add(1), ..self }
    }
}

impl Codec for Delimiter {
    fn limit(&self) -> usize {
        self.limit
    }

    fn scan(&mut self, bytes: &[u8]) -> Result<Scan, BadFrame> {
        let found = bytes.iter().skip(self.looked).position(|&byte| byte == self.byte);
        let length = found.map(|place| self.looked + place);
        if length.unwrap_or(bytes.len()) >= self.limit {
            return Err(BadFrame::TooLong { length: bytes.len() + 1, limit: self.limit });
        }
        self.looked = if length.is_some() { 0 } else { bytes.len() };
        Ok(length.map_or(Scan::More(1), |length| Scan::Frame { skip: 0, length, trail: 1 }))
    }
}

impl Header for Delimiter {
    fn envelope(&self, body: &[u8]) -> Result<Envelope, BadFrame> {
        if body.len() >= self.limit {
            return Err(BadFrame::TooLong { length: body.len() + 1, limit: self.limit });
        }
        if body.contains(&self.byte) {
            return Err(BadFrame::Other("the message contains the byte that ends a frame"));
        }
        Envelope::new(&[], &[self.byte]).ok_or(BadFrame::Other("the delimiter does not fit"))
    }
}

/// No frames: whatever has arrived is given as it is, as long as there is anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bytes;

impl Codec for Bytes {
    fn limit(&self) -> usize {
        1
    }

    fn scan(&mut self, bytes: &[u8]) -> Result<Scan, BadFrame> {
        Ok(match bytes.len() {
            0 => Scan::More(1),
            length => Scan::Frame { skip: 0, length, trail: 0 },
        })
    }
}
