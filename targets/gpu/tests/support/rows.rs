//! Rows, two kernels with floating point, a table and every kind of field, and what they make of the rows.

use fusewire::kernel;
use fusewire::prelude::*;

#[derive(Debug, Clone, Copy, PartialEq, kernel::Data)]
#[repr(C)]
pub(crate) struct Row {
    pub(crate) weights: [f32; 6],
    pub(crate) key: u64,
    pub(crate) sign: i8,
    pub(crate) live: bool,
}

pub(crate) fn row(number: u64) -> Row {
    let part = |at: u64| ((number.wrapping_mul(2654435761 + at) >> 3) as i16) as f32 / 8.0;
    Row {
        weights: [part(1), part(2), part(3), part(4), part(5), part(6)],
        key: number.wrapping_mul(0x9e37_79b9_7f4a_7c15),
        sign: number as i8,
        live: number % 7 != 3,
    }
}

#[allow(clippy::needless_range_loop, reason = "a kernel has no iterators")]
#[stage(kernel)]
pub(crate) fn scale(row: Row) -> Row {
    let mut weights = row.weights;
    for i in 0..6 {
        weights[i] = weights[i] * 1.25f32 + 0.1f32;
    }
    Row { weights, key: row.key ^ (row.key >> 29), sign: row.sign, live: !row.live }
}

#[stage(kernel)]
pub(crate) fn score(row: Row, bias: &[f32]) -> f32 {
    let mut sum = bias[(row.key % 4) as usize];
    for i in 0..6 {
        if row.live {
            sum += row.weights[i];
        } else {
            sum -= row.weights[i] / 3.0f32;
        }
    }
    sum * (row.sign as f32)
}

pub(crate) const BIAS: [f32; 4] = [0.5, -0.25, 3.0, 0.1];

/// The bits of the scores of the first `count` rows, in order.
pub(crate) fn expected(count: u64) -> Vec<u32> {
    (0..count).map(|number| score(scale(row(number)), &BIAS).to_bits()).collect()
}
