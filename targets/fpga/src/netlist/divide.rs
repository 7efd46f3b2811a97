//! Division by a constant: a multiplication and shifts.

use super::{Builder, Id, bits, mask, signed};

impl Builder {
    /// The quotient by a constant that is not 0, rounded toward zero, as Rust divides; at most 64 bits wide.
    ///
    /// Signed division of the smallest number by -1 wraps.
    pub fn divide(&mut self, a: Id, by: u128, is_signed: bool) -> Id {
        let width = self.width(a);
        assert!(width <= 64 && by & mask(width) != 0, "up to 64 bits, and not by 0");
        if !is_signed {
            return self.divide_unsigned(a, by & mask(width));
        }
        let by = signed(by & mask(width), width);
        let sign = self.slice(a, width - 1, 1);
        let opposite = self.negate(a);
        let size = self.select(sign, opposite, a);
        let quotient = self.divide_unsigned(size, by.unsigned_abs());
        let negated = self.negate(quotient);
        if by < 0 { self.select(sign, quotient, negated) } else { self.select(sign, negated, quotient) }
    }

    /// What [`divide`](Self::divide) leaves; it has the sign of the dividend.
    pub fn remainder(&mut self, a: Id, by: u128, is_signed: bool) -> Id {
        let width = self.width(a);
        if !is_signed && (by & mask(width)).is_power_of_two() {
            let kept = self.constant(by - 1, width);
            return self.and(a, kept);
        }
        let quotient = self.divide(a, by, is_signed);
        let by = self.constant(by, width);
        let whole = self.multiply(quotient, by);
        self.subtract(a, whole)
    }

    /// By Granlund and Montgomery, "Division by invariant integers using multiplication", 1994, figure 4.1: the
    /// multiplier has one bit more than the word, which is added after the high half of the product is taken.
    fn divide_unsigned(&mut self, a: Id, by: u128) -> Id {
        let width = self.width(a);
        if by.is_power_of_two() {
            return self.shifted_right(a, by.trailing_zeros(), false);
        }
        if self.range(a).high < by {
            return self.constant(0, width);
        }
        // Narrow words have short multipliers; a width of a whole power of two is not needed.
        let short = self.need(a).max(bits(by));
        let a = self.slice(a, 0, short);
        let log = bits(by - 1);
        let multiplier = ((1u128 << short) * ((1u128 << log) - by)) / by + 1;
        let multiplier = self.constant(multiplier, short);
        let product = self.product(a, multiplier, 2 * short);
        let high = self.slice(product, short, short);
        let rest = self.subtract(a, high);
        let half = self.shifted_right(rest, 1, false);
        let sum = self.add(half, high);
        let quotient = self.shifted_right(sum, log - 1, false);
        self.zero_extend(quotient, width)
    }
}
