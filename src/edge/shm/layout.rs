//! Where everything lies in a ring between processes. Byte offsets; `docs/shared_memory.md` has the table.
//!
//! The same numbers stand in `include/fusewire_ring.h`; `tests/shm/c.rs` compares the two. All words are 64 bits wide and in the
//! byte order of the machine, except a bell, which is the 32 bits that a futex has.

use super::Process;

/// The first eight bytes.
pub const MAGIC: [u8; 8] = *b"fusering";
/// The only layout so far.
pub const VERSION: u64 = 1;
/// Reads as another number on a machine of the other byte order.
pub const BYTE_ORDER: u64 = 0x0102_0304_0506_0708;

/// Offset of [`MAGIC`].
pub const AT_MAGIC: usize = 0x000;
/// Offset of [`BYTE_ORDER`].
pub const AT_BYTE_ORDER: usize = 0x008;
/// Offset of [`VERSION`].
pub const AT_VERSION: usize = 0x010;
/// Offset of the size of a value.
pub const AT_ELEMENT_SIZE: usize = 0x018;
/// Offset of the alignment of a value.
pub const AT_ELEMENT_ALIGN: usize = 0x020;
/// Offset of the number of slots, a power of two.
pub const AT_CAPACITY: usize = 0x028;
/// Offset of the distance from one slot to the next.
pub const AT_STRIDE: usize = 0x030;
/// Offset of the index of the first value.
pub const AT_START: usize = 0x038;
/// Offset of the fingerprint of the type of the values.
pub const AT_FINGERPRINT: usize = 0x040;
/// Offset of the size of the whole file.
pub const AT_TOTAL: usize = 0x048;
/// Offset of the name of the type, padded with zeros: only for messages.
pub const AT_TYPE_NAME: usize = 0x080;
/// Bytes of the name of the type; a longer one loses its beginning.
pub const TYPE_NAME_BYTES: usize = 0x80;

/// Offset of the words of the producer.
pub const AT_PRODUCER: usize = 0x100;
/// Offset of the words of the consumer.
pub const AT_CONSUMER: usize = 0x280;

/// Within the words of an end: its state, one of `STATE_*`, in the lowest [`STATE_BITS`] bits.
pub const END_STATE: usize = 0x00;
/// Within the words of an end: the id of the process that has, or had it.
pub const END_PID: usize = 0x08;
/// Within the words of an end: when that process started, in clock ticks since the system did.
pub const END_STARTED: usize = 0x10;
/// Within the words of an end: how often it was attached.
pub const END_GENERATION: usize = 0x18;
/// Within the words of an end: how often a process died with it.
pub const END_DEATHS: usize = 0x20;
/// Within the words of an end: whether it ever sleeps, so that the other one must look at its bell.
pub const END_SLEEPS: usize = 0x28;
/// Within the words of the producer: how many values it dropped for want of room.
pub const PRODUCER_DROPPED: usize = 0x80;
/// Within the words of the producer: how often it found no room, and may not drop.
pub const PRODUCER_STALLS: usize = 0x88;
/// Within the words of the consumer: how many values were taken out again, because a consumer died before it handed them back.
pub const CONSUMER_REDELIVERED: usize = 0x80;
/// Within the words of the consumer: the index behind the last value that was taken, and perhaps not handed back.
pub const CONSUMER_TAKEN: usize = 0x88;
/// Within the words of an end: its bell, 32 bits, one of `BELL_*`.
pub const END_BELL: usize = 0x100;

/// Offset of the index of the next value to pop.
pub const AT_HEAD: usize = 0x400;
/// Offset of the first slot.
pub const AT_SLOTS: usize = 0x1000;

/// Nobody had this end so far.
pub const STATE_NEVER: u64 = 0;
/// A process has it; or had it when it was killed, if the lock of the end is free.
pub const STATE_ATTACHED: u64 = 1;
/// It was closed in order.
pub const STATE_CLOSED: u64 = 2;
/// A process is about to have it.
pub const STATE_ATTACHING: u64 = 3;
/// Its process died, and somebody said that the end is to count as closed.
pub const STATE_BURIED: u64 = 4;

/// How many bits of the word at [`END_STATE`] are the state. Those above are the generation of the other end whose close belongs to
/// a former run: an end of that generation does not count as closed for this one.
pub const STATE_BITS: u32 = 8;

/// Nobody waits for this bell.
pub const BELL_SILENT: u32 = 0;
/// The producer found no room, and wants to hear of some.
pub const BELL_ASKED: u32 = 1;
/// Somebody sleeps on the word.
pub const BELL_ASLEEP: u32 = 2;

/// The byte of the file whose lock the process of the producer holds.
pub const LOCK_PRODUCER: u64 = 0;
/// The byte of the file whose lock the process of the consumer holds.
pub const LOCK_CONSUMER: u64 = 1;

/// The most slots of a ring.
pub const MOST_SLOTS: u64 = 1 << 32;

/// The most bytes of one value.
pub const MOST_BYTES: u64 = 1 << 30;

/// The most bytes of the name of a ring.
pub const NAME_BYTES: usize = 200;

/// Bytes of a cache line.
const LINE: usize = 64;

/// One of the two ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum End {
    /// The one that pushes.
    Producer,
    /// The one that pops.
    Consumer,
}

impl End {
    pub(super) const fn at(self, word: usize) -> usize {
        match self {
            Self::Producer => AT_PRODUCER + word,
            Self::Consumer => AT_CONSUMER + word,
        }
    }

    pub(super) const fn lock(self) -> u64 {
        match self {
            Self::Producer => LOCK_PRODUCER,
            Self::Consumer => LOCK_CONSUMER,
        }
    }

    pub(super) const fn other(self) -> Self {
        match self {
            Self::Producer => Self::Consumer,
            Self::Consumer => Self::Producer,
        }
    }
}

impl std::fmt::Display for End {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Producer => "producer",
            Self::Consumer => "consumer",
        })
    }
}

/// What is known of the process at an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// Nobody ever attached there.
    Never,
    /// It has the end.
    Alive(Process),
    /// It closed the end, or died and was [buried](super::ShmWatch::bury).
    Closed(Process),
    /// It died without closing the end; another one may attach.
    Died(Process),
}

/// Where number and value are in a slot, in bytes. As in the rings within a process, value and number travel together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Where the sequence number is.
    pub sequence: usize,
    /// Where the value is.
    pub value: usize,
    /// From one slot to the next.
    pub stride: usize,
    /// The 64-bit words of the value, the last of them filled up with zeros.
    pub words: usize,
}

impl Shape {
    /// The shape of the slots for values of `size` bytes.
    ///
    /// Up to 8 bytes: number and value, 16 bytes a slot. Up to 56: both in one line. Beyond: the value, and the number behind it, in
    /// the line that is written last.
    pub const fn of(size: usize) -> Self {
        let words = size.div_ceil(8);
        if words <= 1 {
            return Self { sequence: 0, value: 8, stride: 16, words };
        }
        if words < LINE / 8 {
            return Self { sequence: 0, value: 8, stride: LINE, words };
        }
        let sequence = words * 8;
        Self { sequence, value: 0, stride: (sequence + 8).next_multiple_of(LINE), words }
    }

    /// The size of a file of so many slots; none if it cannot be addressed.
    pub const fn total(self, capacity: u64) -> Option<usize> {
        if capacity > MOST_SLOTS {
            return None;
        }
        match (self.stride as u64).checked_mul(capacity) {
            Some(slots) if slots <= isize::MAX as u64 - AT_SLOTS as u64 => Some(AT_SLOTS + slots as usize),
            _ => None,
        }
    }
}

/// The fingerprint of a type of this size, alignment and name: FNV-1a over the two numbers, as eight bytes each, least significant
/// first, and the bytes of the name.
///
/// ```
/// use fusewire::edge::shm::layout::fingerprint;
///
/// assert_eq!(fingerprint(16, 8, "Quote v1"), 0x56b6_ff18_5d3b_dc20);
/// assert_ne!(fingerprint(16, 8, "Quote v1"), fingerprint(16, 8, "Quote v2"));
/// ```
pub const fn fingerprint(size: usize, align: usize, name: &str) -> u64 {
    const fn mix(mut hash: u64, bytes: &[u8]) -> u64 {
        let mut at = 0;
        while at < bytes.len() {
            hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0000_0100_0000_01b3);
            at += 1;
        }
        hash
    }
    let hash = mix(0xcbf2_9ce4_8422_2325, &(size as u64).to_le_bytes());
    let hash = mix(hash, &(align as u64).to_le_bytes());
    mix(hash, name.as_bytes())
}
