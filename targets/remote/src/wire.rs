//! What a message looks like on the wire: a header of 24 bytes, then the value's own bytes.
//!
//! ```text
//!  0        8          16            20            22     23        24
//!  | stream | sequence | fingerprint | incarnation | kind | version | value ..
//! ```
//!
//! With Aeron's own frame header of 32 bytes a value of eight bytes is exactly one cache line. All
//! numbers are little-endian; the value lies as it does in memory, and the fingerprint has the byte
//! order in it.

use std::mem::size_of;

/// Bytes in front of the value.
pub(crate) const HEADER_BYTES: usize = 24;

/// The layout above. One that differs is refused.
const VERSION: u8 = 1;

/// What a message says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A value follows.
    Value,
    /// The sender ended in order; `sequence` is the number of all values that it was given.
    End,
}

/// The header of one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Who sends: drawn by lot, and kept over a restart by a journal.
    pub(crate) stream: u64,
    /// The value's number in the stream, from zero.
    pub(crate) sequence: u64,
    /// Of what type the value is.
    pub(crate) fingerprint: u32,
    /// How often the sender was started with the same journal.
    pub(crate) incarnation: u16,
    pub(crate) kind: Kind,
}

impl Header {
    #[inline(always)]
    pub(crate) fn to_bytes(self) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        bytes[..8].copy_from_slice(&self.stream.to_le_bytes());
        bytes[8..16].copy_from_slice(&self.sequence.to_le_bytes());
        bytes[16..20].copy_from_slice(&self.fingerprint.to_le_bytes());
        bytes[20..22].copy_from_slice(&self.incarnation.to_le_bytes());
        bytes[22] = match self.kind {
            Kind::Value => 0,
            Kind::End => 1,
        };
        bytes[23] = VERSION;
        bytes
    }

    /// The header, if the bytes are one: `None` for a foreign version or kind.
    #[inline(always)]
    pub(crate) fn from_bytes(bytes: &[u8; HEADER_BYTES]) -> Option<Self> {
        let [stream @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = *bytes;
        let [_, _, _, _, _, _, _, _, sequence @ .., _, _, _, _, _, _, _, _] = *bytes;
        let [.., f0, f1, f2, f3, i0, i1, kind, version] = *bytes;
        let kind = match kind {
            0 => Kind::Value,
            1 => Kind::End,
            _ => return None,
        };
        (version == VERSION).then(|| Self {
            stream: u64::from_le_bytes(stream),
            sequence: u64::from_le_bytes(sequence),
            fingerprint: u32::from_le_bytes([f0, f1, f2, f3]),
            incarnation: u16::from_le_bytes([i0, i1]),
            kind,
        })
    }
}

/// What tells one type from another at the far end: name, size, alignment and byte order (FNV-1a, folded).
pub(crate) const fn fingerprint<T>(name: &str) -> u32 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let name = name.as_bytes();
    let mut at = 0;
    while at < name.len() {
        hash = step(hash, name[at]);
        at += 1;
    }
    let shape = [size_of::<T>() as u64, align_of::<T>() as u64, cfg!(target_endian = "big") as u64];
    let mut field = 0;
    while field < shape.len() {
        let bytes = shape[field].to_le_bytes();
        let mut byte = 0;
        while byte < bytes.len() {
            hash = step(hash, bytes[byte]);
            byte += 1;
        }
        field += 1;
    }
    (hash ^ (hash >> 32)) as u32
}

const fn step(hash: u64, byte: u8) -> u64 {
    (hash ^ byte as u64).wrapping_mul(0x0000_0100_0000_01b3)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: Header = Header {
        stream: 0x0102_0304_0506_0708,
        sequence: 9,
        fingerprint: 0xaabb_ccdd,
        incarnation: 0x1122,
        kind: Kind::End,
    };

    #[test]
    fn a_header_comes_back_as_it_went() {
        for kind in [Kind::Value, Kind::End] {
            let header = Header { kind, ..HEADER };
            assert_eq!(Header::from_bytes(&header.to_bytes()), Some(header));
        }
    }

    #[test]
    fn the_layout_is_the_one_of_the_documentation() {
        let expected =
            [8, 7, 6, 5, 4, 3, 2, 1, 9, 0, 0, 0, 0, 0, 0, 0, 0xdd, 0xcc, 0xbb, 0xaa, 0x22, 0x11, 1, 1];
        assert_eq!(HEADER.to_bytes(), expected);
    }

    #[test]
    fn foreign_versions_and_kinds_are_no_headers() {
        for (at, byte) in [(22, 2), (22, 255), (23, 0), (23, 2)] {
            let mut bytes = HEADER.to_bytes();
            bytes[at] = byte;
            assert_eq!(Header::from_bytes(&bytes), None, "byte {at} is {byte}");
        }
    }

    #[test]
    fn types_differ_by_name_size_and_alignment() {
        let prints = [
            fingerprint::<u64>("a"),
            fingerprint::<u64>("b"),
            fingerprint::<u32>("a"),
            fingerprint::<[u8; 8]>("a"),
        ];
        for (at, print) in prints.iter().enumerate() {
            assert!(!prints[..at].contains(print), "{at}");
        }
        assert_eq!(fingerprint::<u64>("a"), prints[0]);
    }
}
