//! The operators of programs, of those of netlists.

use fusewire::kernel::Scalar;
use fusewire::kernel::program::{BinaryOp, UnaryOp};

use super::{Lowering, Unsupported};
use crate::netlist::Id;

impl Lowering<'_> {
    pub(super) fn unary(&mut self, op: UnaryOp, of: Scalar, a: Id) -> Result<Id, Unsupported> {
        let builder = &mut self.builder;
        let (width, counted) = (of.bits(), Scalar::U32.bits());
        Ok(match op {
            UnaryOp::ToBits | UnaryOp::FromBits => a,
            _ if of == Scalar::F32 => return self.no_float(),
            UnaryOp::Neg => builder.negate(a),
            UnaryOp::Not => builder.not(a),
            UnaryOp::Abs | UnaryOp::UnsignedAbs => {
                let negative = builder.slice(a, width - 1, 1);
                let opposite = builder.negate(a);
                builder.select(negative, opposite, a)
            }
            UnaryOp::Signum => {
                let zero = builder.constant(0, width);
                let (negative, nought) = (builder.slice(a, width - 1, 1), builder.equal(a, zero));
                let something = builder.not(nought);
                let one = builder.zero_extend(something, width);
                let minus = builder.constant(u128::MAX, width);
                builder.select(negative, minus, one)
            }
            UnaryOp::CountOnes => builder.count_ones(a, counted),
            UnaryOp::LeadingZeros => builder.leading_zeros(a, counted),
            UnaryOp::TrailingZeros => builder.trailing_zeros(a, counted),
            UnaryOp::SwapBytes => builder.swap_bytes(a),
            UnaryOp::Sqrt | UnaryOp::Floor | UnaryOp::Ceil | UnaryOp::Trunc | UnaryOp::IsNan => {
                return self.no_float();
            }
        })
    }

    pub(super) fn binary(
        &mut self,
        op: BinaryOp,
        of: Scalar,
        by: Scalar,
        a: Id,
        b: Id,
    ) -> Result<Id, Unsupported> {
        if of == Scalar::F32 || by == Scalar::F32 {
            return self.no_float();
        }
        let (width, is_signed) = (of.bits(), of.is_signed());
        let builder = &mut self.builder;
        Ok(match op {
            BinaryOp::Add => builder.add(a, b),
            BinaryOp::Sub => builder.subtract(a, b),
            BinaryOp::Mul => builder.multiply(a, b),
            BinaryOp::Div | BinaryOp::Rem => match builder.known(b) {
                Some(0) | None => {
                    return self.refuse("the divisor is not a constant", "divide by a literal or a `const`");
                }
                Some(divisor) if op == BinaryOp::Div => builder.divide(a, divisor, is_signed),
                Some(divisor) => builder.remainder(a, divisor, is_signed),
            },
            BinaryOp::And => builder.and(a, b),
            BinaryOp::Or => builder.or(a, b),
            BinaryOp::Xor => builder.xor(a, b),
            BinaryOp::Shl => {
                let by = builder.shift_amount(b, width);
                builder.shift_left(a, by)
            }
            BinaryOp::Shr => {
                let by = builder.shift_amount(b, width);
                builder.shift_right(a, by, is_signed)
            }
            BinaryOp::Eq => builder.equal(a, b),
            BinaryOp::Ne => {
                let equal = builder.equal(a, b);
                builder.not(equal)
            }
            BinaryOp::Lt => self.less(of, a, b),
            BinaryOp::Gt => self.less(of, b, a),
            BinaryOp::Le => {
                let greater = self.less(of, b, a);
                self.builder.not(greater)
            }
            BinaryOp::Ge => {
                let less = self.less(of, a, b);
                self.builder.not(less)
            }
            BinaryOp::Min => {
                let less = self.less(of, a, b);
                self.builder.select(less, a, b)
            }
            BinaryOp::Max => {
                let less = self.less(of, a, b);
                self.builder.select(less, b, a)
            }
            BinaryOp::AbsDiff => {
                let less = self.less(of, a, b);
                let (up, down) = (self.builder.subtract(b, a), self.builder.subtract(a, b));
                self.builder.select(less, up, down)
            }
            BinaryOp::SaturatingAdd => self.saturating(of, a, b, false),
            BinaryOp::SaturatingSub => self.saturating(of, a, b, true),
            BinaryOp::RotateLeft => builder.rotate_left(a, b),
            BinaryOp::RotateRight => builder.rotate_right(a, b),
            BinaryOp::Pow => self.power(a, b),
        })
    }

    fn less(&mut self, of: Scalar, a: Id, b: Id) -> Id {
        if of.is_signed() { self.builder.below_signed(a, b) } else { self.builder.below(a, b) }
    }

    pub(super) fn clamp(&mut self, of: Scalar, a: Id, low: Id, high: Id) -> Id {
        let (below, above) = (self.less(of, a, low), self.less(of, high, a));
        let at_most = self.builder.select(above, high, a);
        self.builder.select(below, low, at_most)
    }

    fn saturating(&mut self, of: Scalar, a: Id, b: Id, subtracts: bool) -> Id {
        let (width, is_signed) = (of.bits(), of.is_signed());
        let builder = &mut self.builder;
        // One bit more holds the exact result.
        let (wide_a, wide_b) =
            (builder.resize(a, width + 1, is_signed), builder.resize(b, width + 1, is_signed));
        let exact = if subtracts { builder.subtract(wide_a, wide_b) } else { builder.add(wide_a, wide_b) };
        let result = builder.slice(exact, 0, width);
        let top = builder.slice(exact, width, 1);
        if !is_signed {
            let end = builder.constant(if subtracts { 0 } else { u128::MAX }, width);
            return builder.select(top, end, result);
        }
        let sign = builder.slice(exact, width - 1, 1);
        let left = builder.xor(top, sign);
        let (lowest, highest) =
            (builder.constant(1 << (width - 1), width), builder.constant((1 << (width - 1)) - 1, width));
        let end = builder.select(top, lowest, highest);
        builder.select(left, end, result)
    }

    fn power(&mut self, base: Id, exponent: Id) -> Id {
        let builder = &mut self.builder;
        let mut result = builder.constant(1, builder.width(base));
        let mut square = base;
        let range = builder.range(exponent).high;
        for bit in 0..builder.width(exponent) {
            if range >> bit == 0 {
                break;
            }
            let taken = builder.slice(exponent, bit, 1);
            let product = builder.multiply(result, square);
            result = builder.select(taken, product, result);
            if range >> bit > 1 {
                square = builder.multiply(square, square);
            }
        }
        result
    }
}
