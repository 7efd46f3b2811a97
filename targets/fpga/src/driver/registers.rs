//! The registers of our shell and the formats of its rings; `docs/fpga.md` has them as a table.

use super::{Bar, CardError, Identity};

/// Reads [`IDENT_IS`].
pub const IDENT: usize = 0x00;
/// What [`IDENT`] reads: "FWRF".
pub const IDENT_IS: u32 = 0x4657_5246;
/// The version of this map: the high half counts what is not compatible.
pub const VERSION: usize = 0x04;
/// The high half of [`VERSION`] that this driver knows.
pub const VERSION_IS: u32 = 1;
/// The core's id, its low half; the high one follows.
pub const CORE: usize = 0x08;
/// Bytes of an input value.
pub const INPUT_BYTES: usize = 0x10;
/// Bytes of a result.
pub const OUTPUT_BYTES: usize = 0x14;
/// The core's latency in periods of its clock.
pub const LATENCY: usize = 0x18;
/// Bytes of a beat of the card's bus; addresses of batches are multiples of it.
pub const BUS_BYTES: usize = 0x1c;
/// Bit 0: fetch descriptors. Bit 1, which reads as 0: forget all of them; only while [`STATUS`] says that it is not busy.
pub const CONTROL: usize = 0x20;
/// Bit 0: busy. Bit 1: the bus reported an error since the last reset.
pub const STATUS: usize = 0x24;
/// Where the card sees the ring of descriptors, its low half; the high one follows.
pub const RING: usize = 0x28;
/// Where the card sees the ring of completions, its low half; the high one follows.
pub const COMPLETIONS: usize = 0x30;
/// The logarithm of the entries of either ring.
pub const RING_LOG: usize = 0x38;
/// How many descriptors were written since the reset, modulo 2^32: the doorbell.
pub const TAIL: usize = 0x40;
/// How many completions were written since the reset, modulo 2^32.
pub const HEAD: usize = 0x44;
/// Periods of the clock since the card's own reset, the low half; the high one follows.
pub const CYCLES: usize = 0x48;
/// Values that the core took since the reset.
pub const ROWS_IN: usize = 0x50;
/// Results that the core gave since the reset.
pub const ROWS_OUT: usize = 0x54;

/// [`CONTROL`]: fetch descriptors.
pub const RUN: u32 = 1;
/// [`CONTROL`]: forget all.
pub const CLEAR: u32 = 2;
/// [`STATUS`]: work is under way.
pub const BUSY: u32 = 1;
/// [`STATUS`]: a bus error was seen.
pub const BUS_FAULT: u32 = 2;

/// Bytes of a descriptor.
pub const DESCRIPTOR: usize = 64;
/// Bytes of a completion.
pub const COMPLETION: usize = 8;

/// A batch, as it stands in the ring of descriptors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Descriptor {
    /// Where the card sees the input values.
    pub source: u64,
    /// Where the card sees the place for the results.
    pub target: u64,
    /// How many values.
    pub rows: u32,
    /// What the completion repeats.
    pub sequence: u32,
}

impl Descriptor {
    /// Its bytes: four numbers, little-endian, and zeros.
    pub fn bytes(&self) -> [u8; DESCRIPTOR] {
        let mut bytes = [0; DESCRIPTOR];
        bytes[..8].copy_from_slice(&self.source.to_le_bytes());
        bytes[8..16].copy_from_slice(&self.target.to_le_bytes());
        bytes[16..20].copy_from_slice(&self.rows.to_le_bytes());
        bytes[20..24].copy_from_slice(&self.sequence.to_le_bytes());
        bytes
    }
}

/// The end of a batch, as it stands in the ring of completions: one word, written at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Completion {
    /// That of the descriptor.
    pub sequence: u32,
    /// Periods from the fetch of the descriptor to this, modulo 2^24.
    pub cycles: u32,
    /// How it ended; 0 is well.
    pub status: u8,
}

impl Completion {
    /// From the word in memory.
    pub const fn from_word(word: u64) -> Self {
        Self { sequence: word as u32, cycles: (word >> 32) as u32 & 0xff_ffff, status: (word >> 56) as u8 }
    }

    /// What its status says, if it is not well.
    pub const fn failure(&self) -> Option<&'static str> {
        match self.status {
            0 => None,
            1 => Some("an address of a descriptor is no multiple of the bus"),
            2 => Some("a descriptor has no rows"),
            3 => Some("the bus reported an error while values or results were under way"),
            _ => Some("a completion has a status that this driver does not know"),
        }
    }
}

/// Reads what the card is.
pub(crate) fn identify<B: Bar>(bar: &mut B) -> Result<Identity, CardError> {
    let (ident, version) = (bar.read(IDENT)?, bar.read(VERSION)?);
    if ident != IDENT_IS || version >> 16 != VERSION_IS {
        let what = format!("{} reads {ident:#010x}, version {version:#010x}", bar.describe());
        return Err(CardError::Foreign { what });
    }
    let core = u64::from(bar.read(CORE)?) | u64::from(bar.read(CORE + 4)?) << 32;
    Ok(Identity {
        core,
        input_bytes: bar.read(INPUT_BYTES)? as usize,
        output_bytes: bar.read(OUTPUT_BYTES)? as usize,
        latency: bar.read(LATENCY)?,
    })
}
