//! ITCH 5.0: one message, decoded where it lies.
//!
//! Nothing is copied but the fields that are read; every integer is big-endian.

/// A message that the book acts on. Everything else is [`Message::Other`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each variant's own line says what its fields are")]
pub enum Message {
    /// `S`: a system event; `O` starts the day's messages.
    System { event: u8 },
    /// `A` and `F`: a new order.
    Add { reference: u64, side: Side, shares: u32, price: u32 },
    /// `E` and `C`: shares of an order were executed, at its price or at another.
    Execute { reference: u64, shares: u32 },
    /// `X`: shares were taken off an order.
    Cancel { reference: u64, shares: u32 },
    /// `D`: the order is gone.
    Delete { reference: u64 },
    /// `U`: the old order is gone; a new one stands on the same side.
    Replace { old: u64, new: u64, shares: u32, price: u32 },
    /// A type that leaves the book alone.
    Other,
}

/// Which side of the book an order stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// `B`
    Buy,
    /// `S`
    Sell,
}

/// Why bytes are not an ITCH 5.0 message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each variant's own line says what its fields are")]
pub enum Fault {
    /// A message of no bytes at all.
    Empty,
    /// The type is known, and its length is another one.
    Length { kind: u8, is: usize, must_be: usize },
    /// The type is in no ITCH 5.0 table. Feeds add types, and the framing says how long the
    /// message is, so it is counted and skipped, never fatal.
    Unknown { kind: u8 },
    /// An order on a side that is neither `B` nor `S`.
    Side { kind: u8, side: u8 },
}

impl core::fmt::Display for Fault {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match *self {
            Fault::Empty => write!(f, "the message length is zero"),
            Fault::Length { kind, is, must_be } => {
                write!(
                    f,
                    "a message of type '{}' is {must_be} bytes long, this one {is}",
                    kind.escape_ascii()
                )
            }
            Fault::Unknown { kind } => {
                write!(f, "the type '{}' is not one of ITCH 5.0", kind.escape_ascii())
            }
            Fault::Side { kind, side } => write!(
                f,
                "a message of type '{}' has the side '{}', which is neither B nor S",
                kind.escape_ascii(),
                side.escape_ascii()
            ),
        }
    }
}

/// The length of a message of this type, or 0 for a type that ITCH 5.0 does not have.
#[inline]
pub const fn length_of(kind: u8) -> usize {
    LENGTHS[kind as usize] as usize
}

const LENGTHS: [u8; 256] = {
    let mut table = [0; 256];
    let known: [(u8, u8); 23] = [
        (b'S', 12),
        (b'R', 39),
        (b'H', 25),
        (b'Y', 20),
        (b'L', 26),
        (b'V', 35),
        (b'W', 12),
        (b'K', 28),
        (b'J', 35),
        (b'h', 21),
        (b'A', 36),
        (b'F', 40),
        (b'E', 31),
        (b'C', 36),
        (b'X', 23),
        (b'D', 19),
        (b'U', 35),
        (b'P', 44),
        (b'Q', 40),
        (b'B', 19),
        (b'I', 50),
        (b'N', 20),
        (b'O', 48),
    ];
    let mut i = 0;
    while i < known.len() {
        table[known[i].0 as usize] = known[i].1;
        i += 1;
    }
    table
};

/// Decodes one message. After the length is checked, every field is at a place that exists.
#[inline]
pub fn decode(bytes: &[u8]) -> Result<Message, Fault> {
    let Some(&kind) = bytes.first() else { return Err(Fault::Empty) };
    let must_be = length_of(kind);
    if must_be != bytes.len() {
        return Err(match must_be {
            0 => Fault::Unknown { kind },
            _ => Fault::Length { kind, is: bytes.len(), must_be },
        });
    }
    Ok(match kind {
        b'A' | b'F' => Message::Add {
            reference: u64_at(bytes, 11),
            side: match bytes[19] {
                b'B' => Side::Buy,
                b'S' => Side::Sell,
                side => return Err(Fault::Side { kind, side }),
            },
            shares: u32_at(bytes, 20),
            price: u32_at(bytes, 32),
        },
        b'E' | b'C' => Message::Execute { reference: u64_at(bytes, 11), shares: u32_at(bytes, 19) },
        b'X' => Message::Cancel { reference: u64_at(bytes, 11), shares: u32_at(bytes, 19) },
        b'D' => Message::Delete { reference: u64_at(bytes, 11) },
        b'U' => Message::Replace {
            old: u64_at(bytes, 11),
            new: u64_at(bytes, 19),
            shares: u32_at(bytes, 27),
            price: u32_at(bytes, 31),
        },
        b'S' => Message::System { event: bytes[11] },
        _ => Message::Other,
    })
}

/// The time of a message: nanoseconds since midnight, 6 bytes from offset 5. 0 where there are too few bytes.
pub fn time_of(bytes: &[u8]) -> u64 {
    match bytes.get(5..11) {
        Some(six) => six.iter().fold(0, |time, &byte| time << 8 | u64::from(byte)),
        None => 0,
    }
}

/// The symbol that a message names, if it is of a type that names one at offset 11 or 24.
pub fn symbol_of(bytes: &[u8]) -> Option<[u8; 8]> {
    let at = match bytes.first()? {
        b'R' => 11,
        b'A' | b'F' => 24,
        _ => return None,
    };
    bytes.get(at..at + 8)?.try_into().ok()
}

#[inline]
fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

#[inline]
fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) << 32 | u64::from(u32_at(bytes, at + 4))
}
