//! How a ring lays out its slots, and how `Auto` chooses.

use std::fmt;

use super::slots::Sequenced;

/// Bytes of the cache line that a hop moves.
pub const LINE: usize = 64;

/// How a ring lays out its slots: [`Auto`], [`InSlot`] or [`Indexed`].
///
/// Sealed: a layout is a promise about the ring's own code, and cannot be added from outside.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a ring layout",
    label = "expected a layout here",
    note = "help: the layouts are `Auto`, `InSlot` and `Indexed`"
)]
pub trait Layout: sealed::Sealed + fmt::Debug + Copy + Send + Sync + 'static {}

/// Chooses at compile time from the size of the payload; see [`choice`]. The default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Auto;

/// Each slot carries its own sequence number, in the payload's first cache line.
///
/// The consumer watches the slot itself, so that for payloads of up to 56 bytes one cache line
/// travels per hop, which is the least that a hop can cost. Every value is visible at once:
/// there is nothing to gain by publishing late.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct InSlot;

/// Slots are bare values; a head and a tail index, each in a cache line of its own and cached by
/// the other side, say which of them are full.
///
/// Packs small values (eight words to the line), and lets the producer publish a whole burst by
/// one store, which multiplies the throughput of small values.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Indexed;

/// What a ring of some payload and layout looks like, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct LayoutChoice {
    /// `in-slot` or `indexed`.
    pub layout: &'static str,
    /// Why, in words that `inspect` prints.
    pub reason: &'static str,
    /// Distance from one slot to the next, in bytes, sequence number and padding included.
    pub slot_bytes: usize,
}

/// The layout that `ring::<T, L>` uses, with the reason. Decided at compile time.
///
/// `Auto` puts the sequence number into the slot when payload and number share one cache line and
/// the payload is larger than a word. Single words are better off indexed: eight of them share a
/// line, and the index line and the slot line overlap in flight. So are payloads that need a
/// second line anyway: there the slot's own number saves nothing.
///
/// ```
/// use fusewire::ring::{Auto, Indexed, choice};
///
/// assert_eq!(choice::<[u64; 7], Auto>().layout, "in-slot");
/// assert_eq!(choice::<[u64; 7], Auto>().slot_bytes, 64);
/// assert_eq!(choice::<u64, Auto>().layout, "indexed");
/// assert_eq!(choice::<[u64; 7], Indexed>().reason, "asked for");
/// ```
pub const fn choice<T, L: Layout>() -> LayoutChoice {
    let (in_slot, reason) = decide::<T, L>();
    if in_slot {
        LayoutChoice { layout: "in-slot", reason, slot_bytes: size_of::<Sequenced<T>>() }
    } else {
        LayoutChoice { layout: "indexed", reason, slot_bytes: size_of::<T>() }
    }
}

/// Whether the sequence number is in the slot; a constant, so that branches on it fold away.
#[inline(always)]
pub(super) const fn is_in_slot<T, L: Layout>() -> bool {
    const { decide::<T, L>().0 }
}

const fn decide<T, L: Layout>() -> (bool, &'static str) {
    let bytes = size_of::<T>();
    match L::ASKED {
        sealed::Asked::InSlot => (true, "asked for"),
        sealed::Asked::Indexed => (false, "asked for"),
        sealed::Asked::Nothing if bytes == 0 => (false, "the payload has no bytes; only the index travels"),
        sealed::Asked::Nothing if bytes <= size_of::<usize>() => {
            (false, "the payload is a single word, of which a line holds several")
        }
        sealed::Asked::Nothing if one_line::<T>() => {
            (true, "payload and sequence number share one cache line, which is all that travels")
        }
        sealed::Asked::Nothing => (false, "the payload and a sequence number do not fit one cache line"),
    }
}

/// Whether a sequence number and a `T`, at its alignment, fit one cache line.
const fn one_line<T>() -> bool {
    let number = size_of::<usize>();
    let offset = if align_of::<T>() > number { align_of::<T>() } else { number };
    offset + size_of::<T>() <= LINE
}

impl Layout for Auto {}
impl Layout for InSlot {}
impl Layout for Indexed {}

pub(super) mod sealed {
    /// What the user asked for.
    #[derive(Debug)]
    #[allow(unnameable_types, reason = "part of a sealed trait")]
    pub enum Asked {
        Nothing,
        InSlot,
        Indexed,
    }

    #[allow(unnameable_types, reason = "part of a sealed trait")]
    pub trait Sealed {
        const ASKED: Asked;
    }

    impl Sealed for super::Auto {
        const ASKED: Asked = Asked::Nothing;
    }
    impl Sealed for super::InSlot {
        const ASKED: Asked = Asked::InSlot;
    }
    impl Sealed for super::Indexed {
        const ASKED: Asked = Asked::Indexed;
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[repr(align(16))]
    struct Wide(#[expect(dead_code, reason = "only its size matters")] [u8; 48]);
    #[repr(align(32))]
    struct Wider(#[expect(dead_code, reason = "only its size matters")] [u8; 64]);

    #[test]
    fn auto_follows_size_and_alignment() {
        let cases = [
            ("()", choice::<(), Auto>(), "indexed", 0),
            ("u8", choice::<u8, Auto>(), "indexed", 1),
            ("u64", choice::<u64, Auto>(), "indexed", 8),
            ("9 bytes", choice::<[u8; 9], Auto>(), "in-slot", 64),
            ("56 bytes", choice::<[u64; 7], Auto>(), "in-slot", 64),
            ("57 bytes", choice::<[u8; 57], Auto>(), "indexed", 57),
            ("64 bytes", choice::<[u64; 8], Auto>(), "indexed", 64),
            ("48 bytes aligned to 16", choice::<Wide, Auto>(), "in-slot", 64),
            ("64 bytes aligned to 32", choice::<Wider, Auto>(), "indexed", 64),
            ("64 bytes, in slot asked for", choice::<[u64; 8], InSlot>(), "in-slot", 128),
        ];
        for (what, choice, layout, bytes) in cases {
            assert_eq!((choice.layout, choice.slot_bytes), (layout, bytes), "{what}");
        }
    }
}
