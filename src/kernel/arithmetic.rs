//! What each operation does to the bits of scalars: the one place that says so.
//!
//! Bits above the width of a scalar are 0, before and after.

use super::layout::Scalar;
use super::program::{BinaryOp, TernaryOp, UnaryOp};

/// The low bits of `value` that `scalar` has.
pub(super) const fn cut(scalar: Scalar, value: u64) -> u64 {
    value & (u64::MAX >> (64 - scalar.bits()))
}

/// The integer that `bits` are, with its sign.
pub(super) const fn signed(scalar: Scalar, bits: u64) -> i64 {
    let unused = 64 - scalar.bits();
    ((bits << unused) as i64) >> unused
}

/// The integer that `bits` are, whatever its type.
pub(super) const fn wide(scalar: Scalar, bits: u64) -> i128 {
    if scalar.is_signed() { signed(scalar, bits) as i128 } else { bits as i128 }
}

const fn float(bits: u64) -> f32 {
    f32::from_bits(bits as u32)
}

const fn bits(value: f32) -> u64 {
    value.to_bits() as u64
}

/// The least and the greatest value of an integer.
const fn range(scalar: Scalar) -> (i128, i128) {
    let width = scalar.bits();
    if scalar.is_signed() { (-(1 << (width - 1)), (1 << (width - 1)) - 1) } else { (0, (1 << width) - 1) }
}

/// `op` of a `scalar`.
pub(super) fn unary(op: UnaryOp, scalar: Scalar, value: u64) -> u64 {
    if scalar == Scalar::F32 {
        return unary_float(op, value);
    }
    let width = scalar.bits();
    let result = match op {
        UnaryOp::Neg => value.wrapping_neg(),
        UnaryOp::Not => !value,
        UnaryOp::Abs | UnaryOp::UnsignedAbs if scalar.is_signed() => signed(scalar, value).unsigned_abs(),
        UnaryOp::Signum => signed(scalar, value).signum() as u64,
        UnaryOp::CountOnes => u64::from(value.count_ones()),
        UnaryOp::LeadingZeros => u64::from(value.leading_zeros() + width - 64),
        UnaryOp::TrailingZeros => u64::from(value.trailing_zeros().min(width)),
        UnaryOp::SwapBytes => value.swap_bytes() >> (64 - width),
        _ => value,
    };
    let of = match op {
        UnaryOp::CountOnes | UnaryOp::LeadingZeros | UnaryOp::TrailingZeros => Scalar::U32,
        _ => scalar,
    };
    cut(of, result)
}

fn unary_float(op: UnaryOp, value: u64) -> u64 {
    let x = float(value);
    match op {
        UnaryOp::Neg => bits(-x),
        UnaryOp::Abs => bits(x.abs()),
        UnaryOp::Signum => bits(x.signum()),
        UnaryOp::Sqrt => bits(x.sqrt()),
        UnaryOp::Floor => bits(x.floor()),
        UnaryOp::Ceil => bits(x.ceil()),
        UnaryOp::Trunc => bits(x.trunc()),
        UnaryOp::IsNan => u64::from(x.is_nan()),
        _ => value,
    }
}

/// `op` of two `scalar`s; the right one of a shift may be another integer.
pub(super) fn binary(op: BinaryOp, scalar: Scalar, left: u64, right: u64) -> u64 {
    if scalar == Scalar::F32 {
        return binary_float(op, left, right);
    }
    let width = scalar.bits();
    let (a, b) = (wide(scalar, left), wide(scalar, right));
    let count = (right as u32) & (width - 1);
    let (least, greatest) = range(scalar);
    let result = match op {
        BinaryOp::Add => left.wrapping_add(right),
        BinaryOp::Sub => left.wrapping_sub(right),
        BinaryOp::Mul => left.wrapping_mul(right),
        // A divisor is not 0; in 128 bits no quotient overflows.
        BinaryOp::Div => a.checked_div(b).unwrap_or(0) as u64,
        BinaryOp::Rem => a.checked_rem(b).unwrap_or(0) as u64,
        BinaryOp::And => left & right,
        BinaryOp::Or => left | right,
        BinaryOp::Xor => left ^ right,
        BinaryOp::Shl => left << count,
        BinaryOp::Shr => (a >> count) as u64,
        BinaryOp::Eq => return u64::from(a == b),
        BinaryOp::Ne => return u64::from(a != b),
        BinaryOp::Lt => return u64::from(a < b),
        BinaryOp::Le => return u64::from(a <= b),
        BinaryOp::Gt => return u64::from(a > b),
        BinaryOp::Ge => return u64::from(a >= b),
        BinaryOp::Min => a.min(b) as u64,
        BinaryOp::Max => a.max(b) as u64,
        BinaryOp::SaturatingAdd => (a + b).clamp(least, greatest) as u64,
        BinaryOp::SaturatingSub => (a - b).clamp(least, greatest) as u64,
        BinaryOp::AbsDiff => a.abs_diff(b) as u64,
        BinaryOp::RotateLeft => (left << count) | (left >> ((width - count) % width)),
        BinaryOp::RotateRight => (left >> count) | (left << ((width - count) % width)),
        BinaryOp::Pow => left.wrapping_pow(right as u32),
    };
    cut(scalar, result)
}

fn binary_float(op: BinaryOp, left: u64, right: u64) -> u64 {
    let (a, b) = (float(left), float(right));
    match op {
        BinaryOp::Add => bits(a + b),
        BinaryOp::Sub => bits(a - b),
        BinaryOp::Mul => bits(a * b),
        BinaryOp::Div => bits(a / b),
        BinaryOp::Eq => u64::from(a == b),
        BinaryOp::Ne => u64::from(a != b),
        BinaryOp::Lt => u64::from(a < b),
        BinaryOp::Le => u64::from(a <= b),
        BinaryOp::Gt => u64::from(a > b),
        BinaryOp::Ge => u64::from(a >= b),
        BinaryOp::Min => bits(if a < b || b.is_nan() { a } else { b }),
        BinaryOp::Max => bits(if a > b || b.is_nan() { a } else { b }),
        _ => left,
    }
}

/// `op` of three `scalar`s.
pub(super) fn ternary(op: TernaryOp, scalar: Scalar, [a, b, c]: [u64; 3]) -> u64 {
    match (op, scalar) {
        (TernaryOp::MulAdd, _) => bits(float(a).mul_add(float(b), float(c))),
        (TernaryOp::Clamp, Scalar::F32) => {
            let (x, low, high) = (float(a), float(b), float(c));
            bits(if x < low {
                low
            } else if x > high {
                high
            } else {
                x
            })
        }
        (TernaryOp::Clamp, _) => {
            let (x, low, high) = (wide(scalar, a), wide(scalar, b), wide(scalar, c));
            if x < low {
                b
            } else if x > high {
                c
            } else {
                a
            }
        }
    }
}

/// `value as to`.
pub(super) fn cast(from: Scalar, to: Scalar, value: u64) -> u64 {
    match (from, to) {
        (Scalar::F32, Scalar::F32) => value,
        (Scalar::F32, to) => {
            let x = float(value);
            let saturated = match to {
                Scalar::U8 => u64::from(x as u8),
                Scalar::U16 => u64::from(x as u16),
                Scalar::U32 => u64::from(x as u32),
                Scalar::U64 => x as u64,
                Scalar::I8 => x as i8 as u64,
                Scalar::I16 => x as i16 as u64,
                Scalar::I32 => x as i32 as u64,
                _ => x as i64 as u64,
            };
            cut(to, saturated)
        }
        (from, Scalar::F32) if from.is_signed() => bits(signed(from, value) as f32),
        (_, Scalar::F32) => bits(value as f32),
        (from, to) if from.is_signed() => cut(to, signed(from, value) as u64),
        (_, to) => cut(to, value),
    }
}
