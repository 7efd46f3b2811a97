//! Constants: scalars, arrays and structs, of this module and of others.

use fusewire::prelude::*;

use super::layouts::{Inner, Padded};
use crate::harness::{Case, case};

const TURNS: usize = 4;
const WEIGHTS: [[i16; 3]; 4] = [[1, -2, 3], [4, 5, -6], [-7, 8, 9], [i16::MIN, i16::MAX, 0]];
const ORIGIN: Inner = Inner { x: -5, y: 3 };
static BIAS: [f32; 3] = [0.5, -0.25, f32::MIN_POSITIVE];
const PADDED: [Padded; 2] =
    [Padded { flag: true, wide: u64::MAX, small: -1, ratio: 1.25, tail: [1, 2, 3], on: false }; 2];

#[stage(kernel)]
fn constants(x: [i16; 3]) -> [i64; 4] {
    const SCALE: i64 = 1 << 20;
    use crate::cases::constants::ORIGIN as START;
    let mut sums = [0i64; TURNS];
    for row in 0..TURNS {
        for column in 0..WEIGHTS[0].len() {
            sums[row] += WEIGHTS[row][column] as i64 * x[column] as i64;
        }
        sums[row] = sums[row] * SCALE + START.x as i64 + PADDED[row / 2].wide as u32 as i64;
    }
    let index = (x[0] & 1) as usize;
    sums[3] +=
        PADDED[index].tail[index + 1] as i64 + ORIGIN.y as i64 + WEIGHTS.len() as i64 + u32::MAX as i64;
    sums
}

#[stage(kernel)]
fn float_constants(x: [f32; 3]) -> f32 {
    let mut sum = std::f32::consts::PI;
    for i in 0..3 {
        sum += BIAS[i] * x[i];
    }
    sum
}

pub(crate) fn cases() -> Vec<Case> {
    vec![case(constants::bind()), case(float_constants::bind())]
}
