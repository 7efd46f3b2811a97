//! Where things are inside a slot.

use super::layout::sealed::Asked;
use super::layout::{LINE, Layout, is_in_slot, values_in_a_line};
use super::slots::Value;
use crate::primitive::AtomicUsize;

/// Slots begin at a pair of lines, which is what the hardware prefetches.
const PAIR: usize = 2 * LINE;

/// Offsets and sizes of a slot, in bytes; all of them constants of payload and layout.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    /// Where the sequence number is, if the layout has one.
    pub(super) sequence: usize,
    /// Where the value is, or the first of several.
    pub(super) value: usize,
    /// How many values share one number, one behind the other.
    pub(super) values: usize,
    /// From one slot to the next.
    pub(super) stride: usize,
    /// Of the first slot.
    pub(super) align: usize,
    /// How many lines of the value a waiting consumer asks for, beside the one that it watches.
    pub(super) lines_to_ask_for: usize,
}

impl Shape {
    /// The shape of the slots of a `ring::<T, L>`.
    pub(super) const fn of<T, L: Layout>() -> Self {
        let bytes = size_of::<Value<T>>();
        let value_align = align_of::<Value<T>>();
        let align = larger(PAIR, value_align);
        if !is_in_slot::<T, L>() {
            // Words share their line with others that the producer is about to write: asking for
            // it would take it from the producer.
            let lines = if bytes <= size_of::<usize>() { 0 } else { bytes.div_ceil(LINE) };
            let lines_to_ask_for = if lines <= MOST_LINES { lines } else { 0 };
            return Self { sequence: 0, value: 0, values: 1, stride: bytes, align, lines_to_ask_for };
        }

        let number = size_of::<AtomicUsize>();
        let value = number.next_multiple_of(value_align);
        let values = if matches!(L::ASKED, Asked::Lines) { values_in_a_line::<T>() } else { 1 };
        let end = value + values * bytes;
        if values > 1 {
            let stride = end.next_multiple_of(larger(LINE, value_align));
            return Self { sequence: 0, value, values, stride, align, lines_to_ask_for: 0 };
        }
        if bytes <= number {
            // Words: several slots to the line, which then stays with the two cores that use it.
            let stride = end.next_multiple_of(larger(value_align, align_of::<AtomicUsize>()));
            return Self { sequence: 0, value, values, stride, align, lines_to_ask_for: 0 };
        }
        if end <= LINE {
            return Self { sequence: 0, value, values, stride: LINE, align, lines_to_ask_for: 0 };
        }

        // The number goes into the last line, which is written last: a consumer that watches it
        // does not take a line away that the producer is still writing to.
        let sequence = bytes.next_multiple_of(align_of::<AtomicUsize>());
        let stride = (sequence + number).next_multiple_of(larger(LINE, value_align));
        let lines = sequence / LINE;
        let lines_to_ask_for = if lines <= MOST_LINES { lines } else { 0 };
        Self { sequence, value: 0, values, stride, align, lines_to_ask_for }
    }
}

/// Beyond so many lines the hardware's own prefetching does better.
const MOST_LINES: usize = 8;

pub(super) const fn larger(one: usize, other: usize) -> usize {
    if one > other { one } else { other }
}
