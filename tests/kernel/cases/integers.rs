//! Every operator and method of integers, at every width.

use fusewire::prelude::*;

use crate::harness::{Case, case};

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

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for more in [of_u8::cases(), of_u16::cases(), of_u32::cases(), of_u64::cases(), of_i8::cases()] {
        cases.extend(more);
    }
    for more in [of_i16::cases(), of_i32::cases(), of_i64::cases()] {
        cases.extend(more);
    }
    for more in [signed_8::cases(), signed_16::cases(), signed_32::cases(), signed_64::cases()] {
        cases.extend(more);
    }
    cases
}
