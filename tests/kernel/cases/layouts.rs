//! Structs, arrays and tuples: how they lie in memory, and what is done with their parts.

use fusewire::kernel;
use fusewire::prelude::*;

use crate::harness::{Case, case};

#[derive(Clone, Copy, kernel::Data)]
#[repr(C)]
pub(crate) struct Padded {
    pub(super) flag: bool,
    pub(super) wide: u64,
    pub(super) small: i16,
    pub(super) ratio: f32,
    pub(super) tail: [u8; 3],
    pub(super) on: bool,
}

#[stage(kernel)]
pub(super) fn padded(mut value: Padded) -> Padded {
    value.flag = !value.flag;
    value.wide = value.wide.rotate_left(9);
    value.tail[1] ^= value.small as u8;
    value.tail[(value.wide % 3) as usize] = 7;
    let Padded { on, tail: [first, .., last], .. } = value;
    Padded { on: on ^ (first < last), small: value.small.wrapping_mul(3), ..value }
}

#[derive(Clone, Copy, kernel::Data)]
#[repr(C, align(16))]
pub(crate) struct Aligned {
    a: u8,
    b: [Inner; 2],
}

#[derive(Clone, Copy, kernel::Data)]
#[repr(C)]
pub(crate) struct Inner {
    pub(super) x: i32,
    pub(super) y: i8,
}

#[stage(kernel)]
fn nested(value: [Aligned; 2]) -> [Aligned; 2] {
    let mut out = [value[1]; 2];
    out[1].b[0].x = value[0].b[1].x.wrapping_sub(1);
    out[0].b = [Inner { x: value[0].a as i32, y: value[1].b[1].y }; 2];
    for i in 0..2 {
        for j in 0..2 {
            out[i].b[j].y = out[i].b[j].y.wrapping_add((i * 2 + j) as i8);
        }
    }
    out
}

#[derive(Clone, Copy, kernel::Data)]
#[repr(C)]
pub(crate) struct Fixed(i32);

#[derive(Clone, Copy, kernel::Data)]
#[repr(C)]
pub(crate) struct Pair(u32, Fixed);

#[stage(kernel)]
fn fixed_mul(a: Fixed, b: Fixed) -> Fixed {
    Fixed(((a.0 as i64 * b.0 as i64) >> 16) as i32)
}

#[stage(kernel)]
fn fixed(pair: Pair) -> Pair {
    let Pair(count, rate) = pair;
    let squared = fixed_mul(rate, rate);
    let mut sum = Fixed(0);
    for _ in 0..3 {
        sum = Fixed(sum.0.wrapping_add(fixed_mul(squared, Fixed(0x1_8000)).0));
    }
    Pair(count.wrapping_add(1), sum)
}

#[stage(kernel)]
fn tuples(x: [u32; 2]) -> u32 {
    let (a, b) = (x[0], x[1]);
    let (mut low, high) = if a < b { (a, b) } else { (b, a) };
    let pair: (u32, (bool, u8)) = (high, (low == 0, 3));
    low = low.wrapping_add(pair.0);
    let (_, (zero, three)) = pair;
    let all = [(low, zero); 2];
    all[1].0 ^ all[0].1 as u32 ^ three as u32
}

#[stage(kernel)]
fn reads_behind_the_end(x: [u32; 4]) -> u32 {
    let v = [x[1], x[2], x[3]];
    v[x[0] as usize] ^ v[(x[0] as u8) as usize] ^ v[x[0] as u64 as usize]
}

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case(padded::bind()),
        case(nested::bind()),
        case(fixed::bind()).at_least(500),
        case(tuples::bind()),
        case(reads_behind_the_end::bind()).at_least(30),
    ]
}
