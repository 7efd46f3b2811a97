//! How a ring lays out its slots, and how `Auto` chooses.

use std::fmt;

use super::shape::{Shape, larger};
use sealed::Asked;

/// Bytes of the cache line that a hop moves.
pub const LINE: usize = 64;

/// The largest payload, in bytes, for which [`Auto`] puts the sequence number into the slot.
pub const IN_SLOT_UP_TO: usize = 256;

/// How a ring lays out its slots: [`Auto`], [`Bursts`], [`InSlot`] or
/// [`Indexed`].
///
/// Sealed: a layout is a promise about the ring's own code, and cannot be added from outside.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a ring layout",
    label = "expected a layout here",
    note = "help: the layouts are `Auto`, `Bursts`, `InSlot` and `Indexed`"
)]
pub trait Layout: sealed::Sealed + fmt::Debug + Copy + Send + Sync + 'static {
    /// The layout's own type: what is no layout has none, and is reported once.
    type Itself: Layout;
}

/// Chooses at compile time from the size of the payload; see [`choice`]. The default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Auto;

/// [`Indexed`], for the reason that values come in bursts: each burst is published by one store.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bursts;

/// Each slot carries its own sequence number, which the consumer watches.
///
/// Payload and number travel together: up to 56 bytes share one cache line, which is the least that
/// a hop can cost; the further lines of a larger payload are asked for while the consumer waits.
/// Every value is visible as soon as it is pushed: there is nothing to gain by publishing late.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct InSlot;

/// Slots are bare values; a head and a tail index, each in a cache line of its own and cached by
/// the other side, say which of them are full.
///
/// Takes the least memory, and lets the producer publish a whole burst by one store.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Indexed;

/// [`InSlot`], with one number for as many small values as lie in a line beside it.
///
/// For a single producer, whose number says how far it is in the line, and consumers that all read each value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lines;

/// What a ring of some payload and layout looks like, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct LayoutChoice {
    /// `in-slot` or `indexed`.
    pub layout: &'static str,
    /// Why, in words that `inspect` prints.
    pub reason: &'static str,
    /// Distance from one slot to the next, in bytes, sequence number and padding included. Where several values share a line and its
    /// number, as the words of a broadcast do, the part of it that each takes, rounded up.
    pub slot_bytes: usize,
}

/// The layout that `ring::<T, L>` uses, with the reason. Decided at compile time.
///
/// `Auto` puts a sequence number into each slot for payloads of up to [`IN_SLOT_UP_TO`] bytes, as
/// value and number then travel together. Larger ones are indexed: for them the bytes are what
/// costs, and a number per slot saves nothing. The figures are in `src/ring/README.md`.
///
/// ```
/// use fusewire::ring::{Auto, Indexed, choice};
///
/// assert_eq!(choice::<[u64; 7], Auto>().layout, "in-slot");
/// assert_eq!(choice::<[u64; 7], Auto>().slot_bytes, 64);
/// assert_eq!(choice::<[u64; 64], Auto>().layout, "indexed");
/// assert_eq!(choice::<[u64; 7], Indexed>().reason, "asked for");
/// ```
pub const fn choice<T, L: Layout>() -> LayoutChoice {
    let (in_slot, reason) = decide::<T, L>();
    let layout = if in_slot { "in-slot" } else { "indexed" };
    let Shape { stride, values, .. } = Shape::of::<T, L>();
    LayoutChoice { layout, reason, slot_bytes: stride.div_ceil(values) }
}

/// Whether the sequence number is in the slot; a constant, so that branches on it fold away.
#[inline(always)]
pub(super) const fn is_in_slot<T, L: Layout>() -> bool {
    const { decide::<T, L>().0 }
}

const fn decide<T, L: Layout>() -> (bool, &'static str) {
    let bytes = size_of::<T>();
    match L::ASKED {
        Asked::InSlot => (true, "asked for"),
        Asked::Lines if values_in_a_line::<T>() > 1 => {
            (true, "each receiver watches the number of a line of values")
        }
        Asked::Lines => (true, "each receiver watches the number of the slot that is due"),
        Asked::Indexed => (false, "asked for"),
        Asked::Bursts => (false, "values come in bursts, each of which is published by one store"),
        Asked::Nothing if bytes == 0 => (false, "the payload has no bytes: only the index travels"),
        Asked::Nothing if in_one_line::<T>() => {
            (true, "payload and sequence number travel in one cache line")
        }
        Asked::Nothing if bytes <= IN_SLOT_UP_TO => {
            (true, "the lines of the payload travel together with that of its sequence number")
        }
        Asked::Nothing => (false, "the payload is large: a sequence number per slot saves nothing"),
    }
}

/// Whether a sequence number and a `T`, at its alignment, fit one cache line.
const fn in_one_line<T>() -> bool {
    size_of::<usize>().next_multiple_of(align_of::<T>()) + size_of::<T>() <= LINE
}

/// How many values share a line and its number under [`Lines`].
///
/// One if what is in a slot must be dropped when the next value comes there: a line that is not full of them would keep more than
/// the ring has room for.
pub(super) const fn values_in_a_line<T>() -> usize {
    let number = size_of::<usize>();
    let fit = (LINE - number) / larger(size_of::<T>(), 1);
    let is_small = size_of::<T>() != 0 && align_of::<T>() <= number && fit > 1;
    // Positions in a line leave gaps between the indices, of which only 64 bits have enough.
    if !is_small || std::mem::needs_drop::<T>() || cfg!(not(target_pointer_width = "64")) {
        return 1;
    }
    if cfg!(loom) { 2 } else { fit }
}

#[diagnostic::do_not_recommend]
impl Layout for Auto {
    type Itself = Self;
}

#[diagnostic::do_not_recommend]
impl Layout for Bursts {
    type Itself = Self;
}

#[diagnostic::do_not_recommend]
impl Layout for InSlot {
    type Itself = Self;
}

#[diagnostic::do_not_recommend]
impl Layout for Indexed {
    type Itself = Self;
}

#[diagnostic::do_not_recommend]
impl Layout for Lines {
    type Itself = Self;
}

pub(super) mod sealed {
    /// What the user asked for.
    #[derive(Debug)]
    #[allow(unnameable_types, reason = "part of a sealed trait")]
    pub enum Asked {
        Nothing,
        Bursts,
        InSlot,
        Lines,
        Indexed,
    }

    #[allow(unnameable_types, reason = "part of a sealed trait")]
    pub trait Sealed {
        const ASKED: Asked;
    }

    impl Sealed for super::Auto {
        const ASKED: Asked = Asked::Nothing;
    }
    impl Sealed for super::Bursts {
        const ASKED: Asked = Asked::Bursts;
    }
    impl Sealed for super::InSlot {
        const ASKED: Asked = Asked::InSlot;
    }
    impl Sealed for super::Lines {
        const ASKED: Asked = Asked::Lines;
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
            ("u8", choice::<u8, Auto>(), "in-slot", 16),
            ("u64", choice::<u64, Auto>(), "in-slot", 16),
            ("9 bytes", choice::<[u8; 9], Auto>(), "in-slot", 64),
            ("56 bytes", choice::<[u64; 7], Auto>(), "in-slot", 64),
            ("57 bytes", choice::<[u8; 57], Auto>(), "in-slot", 128),
            ("120 bytes", choice::<[u64; 15], Auto>(), "in-slot", 128),
            ("256 bytes", choice::<[u64; 32], Auto>(), "in-slot", 320),
            ("264 bytes", choice::<[u64; 33], Auto>(), "indexed", 264),
            ("48 bytes aligned to 16", choice::<Wide, Auto>(), "in-slot", 64),
            ("64 bytes aligned to 32", choice::<Wider, Auto>(), "in-slot", 128),
            ("512 bytes, in slot asked for", choice::<[u64; 64], InSlot>(), "in-slot", 576),
            ("u64 in bursts", choice::<u64, Bursts>(), "indexed", 8),
            ("56 bytes, indexed asked for", choice::<[u64; 7], Indexed>(), "indexed", 56),
            ("u64 in lines", choice::<u64, Lines>(), "in-slot", 10),
            ("24 bytes in lines", choice::<[u64; 3], Lines>(), "in-slot", 32),
            ("56 bytes in lines", choice::<[u64; 7], Lines>(), "in-slot", 64),
            ("a box in lines", choice::<Box<u8>, Lines>(), "in-slot", 16),
            ("nothing in lines", choice::<(), Lines>(), "in-slot", 8),
        ];
        for (what, choice, layout, bytes) in cases {
            assert_eq!((choice.layout, choice.slot_bytes), (layout, bytes), "{what}");
        }
    }
}
