//! Shifts, rotations, and what counts bits.

use super::{Builder, Id, Op, bits};

impl Builder {
    /// Shifted left by a constant; nothing but wires.
    pub fn shifted_left(&mut self, a: Id, by: u32) -> Id {
        let width = self.width(a);
        if by == 0 {
            return a;
        }
        if by >= width {
            return self.constant(0, width);
        }
        let kept = self.slice(a, 0, width - by);
        let zeros = self.constant(0, by);
        self.join(kept, zeros)
    }

    /// Shifted right by a constant, zeros or signs coming in; nothing but wires.
    pub fn shifted_right(&mut self, a: Id, by: u32, is_signed: bool) -> Id {
        let width = self.width(a);
        if is_signed {
            let kept = self.slice(a, by.min(width - 1), width - by.min(width - 1));
            return self.sign_extend(kept, width);
        }
        if by >= width {
            return self.constant(0, width);
        }
        let kept = self.slice(a, by, width - by);
        self.zero_extend(kept, width)
    }

    /// Shifted left by another node of any width.
    pub fn shift_left(&mut self, a: Id, by: Id) -> Id {
        match self.known(by) {
            Some(by) => self.shifted_left(a, u32::try_from(by).unwrap_or(u32::MAX)),
            None => {
                let by = self.shortest(by);
                self.push(Op::ShiftLeft(a, by), self.width(a))
            }
        }
    }

    /// Shifted right by another node of any width, zeros or signs coming in.
    pub fn shift_right(&mut self, a: Id, by: Id, is_signed: bool) -> Id {
        let width = self.width(a);
        match self.known(by) {
            Some(by) => self.shifted_right(a, u32::try_from(by).unwrap_or(u32::MAX), is_signed),
            None => {
                let by = self.shortest(by);
                let op = if is_signed { Op::ShiftRightSigned(a, by) } else { Op::ShiftRight(a, by) };
                self.push(op, width)
            }
        }
    }

    /// The low bits that a shift of `width` bits looks at, a power of two: the amount modulo the width.
    pub fn shift_amount(&mut self, by: Id, width: u32) -> Id {
        let looked_at = bits(u128::from(width - 1)).min(self.width(by));
        self.slice(by, 0, looked_at)
    }

    fn shortest(&mut self, by: Id) -> Id {
        let need = self.need(by);
        self.slice(by, 0, need)
    }

    /// Rotated left by another node, taken modulo the width, which is a power of two.
    pub fn rotate_left(&mut self, a: Id, by: Id) -> Id {
        let width = self.width(a);
        let by = self.shift_amount(by, width);
        let back = self.negate(by);
        let (left, right) = (self.shift_left(a, by), self.shift_right(a, back, false));
        self.or(left, right)
    }

    /// Rotated right by another node, taken modulo the width, which is a power of two.
    pub fn rotate_right(&mut self, a: Id, by: Id) -> Id {
        let width = self.width(a);
        let by = self.shift_amount(by, width);
        let back = self.negate(by);
        let (right, left) = (self.shift_right(a, by, false), self.shift_left(a, back));
        self.or(left, right)
    }

    /// The bytes in the opposite order; nothing but wires.
    pub fn swap_bytes(&mut self, a: Id) -> Id {
        let bytes = self.width(a) / 8;
        let mut swapped = self.slice(a, 0, 8);
        for byte in 1..bytes {
            let next = self.slice(a, byte * 8, 8);
            swapped = self.join(swapped, next);
        }
        swapped
    }

    /// The bits of the node in the opposite order; nothing but wires.
    pub fn reverse_bits(&mut self, a: Id) -> Id {
        let mut reversed = self.slice(a, 0, 1);
        for bit in 1..self.width(a) {
            let next = self.slice(a, bit, 1);
            reversed = self.join(reversed, next);
        }
        reversed
    }

    /// How many bits are set, in `width` bits.
    pub fn count_ones(&mut self, a: Id, width: u32) -> Id {
        let single: Vec<Id> = (0..self.width(a))
            .map(|bit| {
                let bit = self.slice(a, bit, 1);
                self.zero_extend(bit, width)
            })
            .collect();
        match self.sum(single) {
            Some(sum) => sum,
            None => self.constant(0, width),
        }
    }

    /// The zeros above the highest bit that is set, in `width` bits; all of them for zero.
    pub fn leading_zeros(&mut self, a: Id, width: u32) -> Id {
        let (count, none) = self.zeros_above(a);
        let all = self.constant(u128::from(self.width(a)), width);
        let count = self.resize(count, width, false);
        self.select(none, all, count)
    }

    /// The zeros below the lowest bit that is set, in `width` bits; all of them for zero.
    pub fn trailing_zeros(&mut self, a: Id, width: u32) -> Id {
        let reversed = self.reverse_bits(a);
        self.leading_zeros(reversed, width)
    }

    /// By halves: the zeros above the highest bit that is set, meaningless if none is, and whether none is.
    fn zeros_above(&mut self, a: Id) -> (Id, Id) {
        let width = self.width(a);
        if width == 1 {
            let zero = self.constant(0, 1);
            return (zero, self.not(a));
        }
        let half = width / 2;
        let (high, low) = (self.slice(a, half, width - half), self.slice(a, 0, half));
        let (above, no_high) = self.zeros_above(high);
        let (below, no_low) = self.zeros_above(low);
        let room = bits(u128::from(width));
        let (above, below) = (self.resize(above, room, false), self.resize(below, room, false));
        let skipped = self.constant(u128::from(width - half), room);
        let below = self.add(below, skipped);
        (self.select(no_high, below, above), self.and(no_high, no_low))
    }
}
