//! Arithmetic, choice and comparison of `f32`.

use fusewire::prelude::*;

use crate::harness::{Case, case};

#[stage(kernel)]
fn floats(x: [f32; 3]) -> [f32; 16] {
    let [a, b, c] = x;
    [
        a + b,
        a - b,
        a * b,
        a / b,
        -a,
        a.abs(),
        a.sqrt(),
        a.mul_add(b, c),
        a * b + c,
        a.floor(),
        a.ceil(),
        a.trunc(),
        a.signum(),
        f32::from_bits(a.to_bits() ^ 1),
        1.5 * a - 0.1,
        a.clamp(-2.5, 1e3),
    ]
}

#[stage(kernel)]
fn float_choices(x: [f32; 3]) -> [f32; 4] {
    let [a, b, c] = x;
    [a.min(b), a.max(b), a.max(0.0), f32::min(a.max(b), c)]
}

#[stage(kernel)]
fn float_comparisons(x: [f32; 2]) -> [bool; 8] {
    let [a, b] = x;
    [a < b, a <= b, a > b, a >= b, a == b, a != b, a.is_nan(), a < f32::INFINITY && b > -1e-40]
}

#[stage(kernel)]
fn order_key(x: [f32; 1]) -> i32 {
    let bits = x[0].to_bits() as i32;
    if x[0].is_nan() { i32::MAX } else { bits ^ ((bits >> 31) as u32 >> 1) as i32 }
}

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case(floats::bind()),
        case(float_choices::bind()).zeros_are_one(),
        case(float_comparisons::bind()),
        case(order_key::bind()),
    ]
}
