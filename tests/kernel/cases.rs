//! Kernels by hand: every operator and method at every width, and each form of the subset.

#![allow(
    clippy::all,
    clippy::pedantic,
    reason = "kernels are written in every way that Rust allows, not in the best one"
)]

use fusewire::kernel;
use fusewire::prelude::*;

use crate::harness::{Case, case, chain};

/// Operations that do not panic, on one type.
macro_rules! integers {
    ($($module:ident $ty:ident $half:ident),*) => {
        $(
            mod $module {
                use super::*;

                #[stage(kernel)]
                pub(crate) fn methods(x: [$ty; 4]) -> [$ty; 26] {
                    let [a, b, c, d] = x;
                    let n = c as u32;
                    [
                        a.wrapping_add(b),
                        a.wrapping_sub(b),
                        a.wrapping_mul(b),
                        a.wrapping_neg(),
                        a.wrapping_shl(n),
                        a.wrapping_shr(n),
                        a.saturating_add(b),
                        a.saturating_sub(b),
                        a.min(b),
                        $ty::max(a, b),
                        a.rotate_left(n),
                        a.rotate_right(n),
                        a.swap_bytes(),
                        a & b,
                        a | b,
                        a ^ b,
                        !a,
                        a.wrapping_pow(n & 31),
                        a.count_ones() as $ty,
                        a.leading_zeros() as $ty,
                        a.trailing_zeros() as $ty,
                        a.abs_diff(b) as $ty,
                        a.clamp(3, 90),
                        if a < d { b } else { d },
                        a / 7 % 5,
                        (a ^ $ty::MAX).wrapping_add($ty::MIN + 1),
                    ]
                }

                /// In a debug build many rows overflow, and are not compared with the host.
                #[stage(kernel)]
                pub(crate) fn operators(x: [$ty; 4]) -> [$ty; 10] {
                    let [a, b, c, d] = x;
                    let mut e = a;
                    e += 1;
                    e -= b >> 1;
                    e *= 2;
                    e /= 3;
                    e %= 100;
                    e ^= c;
                    e |= d & 6;
                    e &= !1;
                    let h = ($ty::BITS / 2 - 1) as $ty;
                    let s = c & h;
                    e <<= s & 1;
                    e >>= 1;
                    [e, a >> s, b << s, (a >> 2) + (b >> 2), (a >> 1) - (b >> 1), (a as $half) as $ty, d / 10, d % 10, a >> 3u8, s]
                }

                #[stage(kernel)]
                pub(crate) fn compared(x: [$ty; 2]) -> [bool; 10] {
                    let (a, b) = (x[0], x[1]);
                    let less = a < b;
                    [
                        a == b, a != b, less, a <= b, a > b, a >= b,
                        less && a != 0, less || b == 0, !less, less ^ (a == 1) | (b == 2) & true,
                    ]
                }

                pub(crate) fn cases() -> Vec<Case> {
                    let mut cases = vec![
                        case(methods::bind()),
                        case(operators::bind()).at_least(20),
                        case(compared::bind()),
                    ];
                    for case in &mut cases {
                        case.name = format!("{} of {}", case.name, stringify!($ty));
                    }
                    cases
                }
            }
        )*
    };
}

integers!(of_u8 u8 i8, of_u16 u16 u8, of_u32 u32 u16, of_u64 u64 u32, of_i8 i8 u8, of_i16 i16 i8, of_i32 i32 i16, of_i64 i64 i32);

macro_rules! signed {
    ($($module:ident $ty:ty, $unsigned:ty);*) => {
        $(
            mod $module {
                use super::*;

                #[stage(kernel)]
                pub(crate) fn signs(x: [$ty; 2]) -> [$ty; 8] {
                    let a = x[0];
                    [
                        a.wrapping_abs(),
                        a.signum(),
                        a.unsigned_abs() as $ty,
                        a.unsigned_abs().wrapping_add(1) as $ty,
                        a / -3,
                        a % -3,
                        a.wrapping_neg() / 100,
                        (-(x[1] >> 1)).max(-4),
                    ]
                }

                /// The least value has no negative, and is not compared with the host.
                #[stage(kernel)]
                pub(crate) fn by_minus_one(x: [$ty; 2]) -> [$ty; 4] {
                    [x[0] / -1, x[0] % -1, -x[0], x[1].abs()]
                }

                pub(crate) fn cases() -> Vec<Case> {
                    let mut cases = vec![case(signs::bind()), case(by_minus_one::bind())];
                    for case in &mut cases {
                        case.name = format!("{} of {}", case.name, stringify!($ty));
                    }
                    cases
                }
            }
        )*
    };
}

signed!(signed_8 i8, u8; signed_16 i16, u16; signed_32 i32, u32; signed_64 i64, u64);

#[derive(Clone, Copy, kernel::Data)]
#[repr(C)]
pub(crate) struct Casts {
    a: u8,
    b: u16,
    c: u32,
    d: u64,
    e: i8,
    f: i16,
    g: i32,
    h: i64,
    i: f32,
}

macro_rules! casts {
    ($($name:ident $ty:ty),*) => {
        $(
            #[stage(kernel)]
            fn $name(x: [$ty; 1]) -> Casts {
                let x = x[0];
                Casts {
                    a: x as u8,
                    b: x as u16,
                    c: x as u32,
                    d: x as u64,
                    e: x as i8,
                    f: x as i16,
                    g: x as i32,
                    h: x as i64,
                    i: x as f32,
                }
            }
        )*

        fn cast_cases() -> Vec<Case> {
            vec![$(case($name::bind())),*]
        }
    };
}

casts!(from_u8 u8, from_u16 u16, from_u32 u32, from_u64 u64, from_i8 i8, from_i16 i16, from_i32 i32, from_i64 i64, from_f32 f32);

#[stage(kernel)]
fn from_bool(x: [bool; 2]) -> Casts {
    let [p, q] = x;
    Casts {
        a: p as u8,
        b: u16::from(q),
        c: u32::from(p),
        d: q as usize as u64,
        e: i8::from(p),
        f: q as i16,
        g: p as i32 - q as i32,
        h: i64::from(p) * -9,
        i: f32::from(u8::from(p)),
    }
}

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

#[derive(Clone, Copy, kernel::Data)]
#[repr(C)]
pub(crate) struct Padded {
    flag: bool,
    wide: u64,
    small: i16,
    ratio: f32,
    tail: [u8; 3],
    on: bool,
}

#[stage(kernel)]
fn padded(mut value: Padded) -> Padded {
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
    x: i32,
    y: i8,
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
fn branches(x: [i32; 3]) -> i32 {
    let [a, b, c] = x;
    let mut result = if a > 0 {
        if b > 0 {
            a.wrapping_add(b)
        } else if c > 0 {
            a.wrapping_sub(c)
        } else {
            let t = a.wrapping_mul(3);
            t ^ c
        }
    } else {
        c
    };
    if result & 1 == 1 {
        result = result.wrapping_mul(5);
        if b < 0 {
            return -1;
        }
    }
    let late;
    if c < 0 {
        late = 1;
    } else {
        late = 2;
    }
    result ^ late
}

const LOW: u8 = 10;
const HIGH: u8 = 20;

#[stage(kernel)]
fn matches(x: [u8; 3]) -> [u32; 6] {
    let [a, b, c] = x;
    let first = match a {
        0 => 1,
        1 | 3 | 5 => 2,
        LOW..=HIGH => 3,
        b'A'..=b'Z' => 4,
        128.. => 5,
        _ => 6,
    };
    let second = match (a & 1, b > 7) {
        (0, true) => 10,
        (1, false) => 20,
        (n, _) => n as u32 + 30,
    };
    let third = match b {
        n if n > c => n as u32,
        n @ (1..=9 | 50) => n as u32 * 100,
        HIGH => 7,
        _ if c == 0 => 8,
        other => {
            let twice = other as u32 * 2;
            twice + 1
        }
    };
    let fourth = match a > b {
        true => match c {
            0..100 => 1,
            _ => 2,
        },
        false => 3,
    };
    let fifth = match x {
        [0, ..] => 1,
        [.., 0] => 2,
        [p, q, r] if p == q && q == r => 3,
        [_, mid, _] => mid as u32,
    };
    let sixth = match -(a as i8 / 2) {
        -128..=-1 => 1,
        0 => 2,
        _ => 3u32,
    };
    [first, second, third, fourth, fifth, sixth]
}

#[stage(kernel)]
fn loops(x: [u32; 8]) -> [u32; 6] {
    let mut sum = 0u32;
    for i in 0..8 {
        sum = sum.wrapping_add(x[i]);
    }
    let mut odd = 0;
    for i in 0..8 {
        if x[i] % 2 == 0 {
            continue;
        }
        odd += 1;
        if odd == 3 {
            break;
        }
    }
    let mut back = 0u32;
    for i in (0..8).rev() {
        back = back.wrapping_mul(31).wrapping_add(x[i]);
    }
    let mut found = 99;
    for i in 0..1 {
        let _ = i;
        break;
    }
    for i in 2..=6u8 {
        for j in 0..3 {
            if x[i as usize] > x[j] {
                found = i as u32 * 10 + j as u32;
                break;
            }
        }
    }
    let mut wrapped = 0u32;
    for i in 250..=255u8 {
        wrapped += i as u32;
    }
    for i in (-3..3i64).rev() {
        wrapped = wrapped.wrapping_add((i * 1000) as u32);
    }
    let mut none = 5;
    for _ in 5..3 {
        none = 6;
    }
    [sum, odd, back, found, wrapped, none]
}

const TURNS: usize = 4;
const WEIGHTS: [[i16; 3]; 4] = [[1, -2, 3], [4, 5, -6], [-7, 8, 9], [i16::MIN, i16::MAX, 0]];
const ORIGIN: Inner = Inner { x: -5, y: 3 };
static BIAS: [f32; 3] = [0.5, -0.25, f32::MIN_POSITIVE];
const PADDED: [Padded; 2] =
    [Padded { flag: true, wide: u64::MAX, small: -1, ratio: 1.25, tail: [1, 2, 3], on: false }; 2];

#[stage(kernel)]
fn constants(x: [i16; 3]) -> [i64; 4] {
    const SCALE: i64 = 1 << 20;
    use crate::cases::ORIGIN as START;
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
fn order_of_evaluation(x: [u32; 4]) -> [u32; 4] {
    let mut a = x[0];
    let first =
        a ^ {
            a = a.wrapping_add(1);
            a
        } ^ a;
    let mut v = x;
    let mut i = (x[1] & 3) as usize;
    v[{
        i = (i + 1) & 3;
        i
    }] = {
        i = (i + 2) & 3;
        i as u32
    };
    let mut calls = 0u32;
    let both = x[2] > 5 && {
        calls += 1;
        x[3] > 5
    };
    let either = x[2] > 7 || {
        calls += 10;
        x[3] > 7
    };
    [first, v[1] ^ v[2], calls, both as u32 + either as u32 * 2]
}

#[stage(kernel)]
fn inferred(x: [u8; 4]) -> u8 {
    let one = 1;
    let mut sum = 0;
    let table = [3, 5, 7, 11];
    let mut seen = [false; 4];
    for i in 0..4 {
        sum = table[i].max(sum) ^ (x[i] & 15);
        seen[i] = sum > 9;
    }
    let rest: u8 = if seen[3] { one } else { Default2::ZERO };
    sum.wrapping_add(rest)
}

struct Default2;

impl Default2 {
    const ZERO: u8 = 0;
}

#[stage(kernel)]
fn reads_behind_the_end(x: [u32; 4]) -> u32 {
    let v = [x[1], x[2], x[3]];
    v[x[0] as usize] ^ v[(x[0] as u8) as usize] ^ v[x[0] as u64 as usize]
}

#[derive(Clone, Copy, kernel::Data)]
#[repr(C)]
pub(crate) struct Node {
    feature: u8,
    leaf: bool,
    left: u16,
    threshold: i32,
    value: i32,
}

fn tree() -> Vec<Node> {
    let node = |feature, left, threshold, value| Node { feature, leaf: left == 0, left, threshold, value };
    vec![
        node(0, 1, 0, 0),
        node(1, 3, 100, 0),
        node(2, 5, -100, 0),
        node(0, 0, 0, 11),
        node(0, 0, 0, -7),
        node(0, 0, 0, 1000),
        node(0, 0, 0, i32::MIN),
    ]
}

#[stage(kernel)]
fn descend(row: [i32; 3], nodes: &[Node], from: u16) -> i32 {
    let mut at = from;
    for _ in 0..3 {
        let node = nodes[at as usize];
        if node.leaf {
            return node.value;
        }
        at = node.left + (row[node.feature as usize] >= node.threshold) as u16;
    }
    nodes[at as usize].value
}

#[derive(Clone, Copy, kernel::Data)]
#[repr(C)]
pub(crate) struct Settings {
    scale: i32,
    shift: [u8; 3],
}

#[stage(kernel)]
fn margin(settings: &Settings, row: [i32; 3], nodes: &[Node]) -> i32 {
    let copy = *settings;
    let mut sum = 0i32;
    for tree in 0..2u16 {
        sum = sum.wrapping_add(descend(row, nodes, tree));
    }
    (sum.wrapping_mul(settings.scale) >> settings.shift[1]).wrapping_add(copy.scale + nodes.len() as i32)
}

#[stage(kernel)]
fn look_up(index: [u32; 2], values: &[u64], other: &[u64]) -> u64 {
    let near = values[(index[0] & 7) as usize];
    near ^ other[index[1] as usize] ^ values[values.len() - 1]
}

#[stage(kernel)]
fn clamp_row(row: [i32; 3]) -> [i32; 3] {
    let mut out = row;
    for i in 0..out.len() {
        out[i] = out[i].clamp(-1000, 1000);
    }
    out
}

#[stage(kernel)]
fn widen(margin: i32) -> Padded {
    Padded {
        flag: margin < 0,
        wide: margin as u64,
        small: (margin >> 8) as i16,
        ratio: margin as f32 / 16.0,
        tail: [margin as u8; 3],
        on: margin == 11,
    }
}

#[stage(kernel)]
fn early(x: [u32; 4]) -> u32 {
    for i in 0..4 {
        if x[i] == 0 {
            return i as u32;
        }
        for j in 0..2 {
            let _ = j;
        }
    }
    match x[0] {
        1 => return 100,
        2 => {}
        _ => {
            if x[1] == 1 {
                return 200;
            }
        }
    }
    let rest = match x[2] {
        7 => return 300,
        n => n.wrapping_mul(3),
    };
    if rest > 50 { return rest } else { rest.wrapping_sub(50) }
}

pub(crate) fn all() -> Vec<Case> {
    let settings = Settings { scale: -3, shift: [1, 2, 3] };
    let mut cases = Vec::new();
    for more in [of_u8::cases(), of_u16::cases(), of_u32::cases(), of_u64::cases(), of_i8::cases()] {
        cases.extend(more);
    }
    for more in [of_i16::cases(), of_i32::cases(), of_i64::cases(), cast_cases()] {
        cases.extend(more);
    }
    for more in [signed_8::cases(), signed_16::cases(), signed_32::cases(), signed_64::cases()] {
        cases.extend(more);
    }
    cases.extend([
        case(from_bool::bind()),
        case(floats::bind()),
        case(float_choices::bind()).zeros_are_one(),
        case(float_comparisons::bind()),
        case(order_key::bind()),
        case(padded::bind()),
        case(nested::bind()),
        case(fixed::bind()).at_least(500),
        case(branches::bind()),
        case(matches::bind()),
        case(loops::bind()),
        case(constants::bind()),
        case(float_constants::bind()),
        case(tuples::bind()),
        case(order_of_evaluation::bind()),
        case(inferred::bind()),
        case(reads_behind_the_end::bind()).at_least(30),
        case(margin::bind(settings, tree())),
        case(look_up::bind([1, 1 << 40, 3, u64::MAX, 5, 6, 7, 8], vec![9; 40])).at_least(500),
        case(early::bind()),
    ]);
    cases.push(chain(
        "three kernels in a row",
        &[clamp_row::bind().erased(), margin::bind(settings, tree()).erased(), widen::bind().erased()],
        move |row| widen(margin(&settings, clamp_row(row), &tree())),
    ));
    cases.push(chain(
        "a kernel twice, with other tables",
        &[padded::bind().erased(), padded::bind().erased()],
        |value| padded(padded(value)),
    ));
    cases
}
