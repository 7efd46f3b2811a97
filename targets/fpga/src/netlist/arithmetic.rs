//! Sums, products and comparisons, in no more bits than they need.

use super::{Builder, Id, Op, bits, mask, signed};

/// The widest operand of one multiplier of the device: 16 by 16 bits is the multiplier of an iCE40, and fits those of
/// an ECP5 (18 by 18) and of an UltraScale+ (27 by 18, signed).
const LIMB: u32 = 16;

/// The most additions a product with a constant is made of before it gets a multiplier.
const ADDITIONS: usize = 3;

impl Builder {
    /// The sum, without the carry.
    pub fn add(&mut self, a: Id, b: Id) -> Id {
        let width = self.width(a);
        assert_eq!(width, self.width(b), "one width");
        let (a, b) = self.constant_last(a, b);
        if self.known(b) == Some(0) {
            return a;
        }
        if let (Op::Add(inner, first), Some(second)) = (self.op(a), self.known(b))
            && let Some(first) = self.known(first)
        {
            let sum = self.constant(first.wrapping_add(second), width);
            return self.add(inner, sum);
        }
        let need = match self.range(a).high.checked_add(self.range(b).high) {
            Some(high) => bits(high).min(width),
            None => width,
        };
        let (a, b) = (self.fitted(a, need), self.fitted(b, need));
        let sum = self.push(Op::Add(a, b), need);
        self.zero_extend(sum, width)
    }

    /// The difference, without the borrow.
    pub fn subtract(&mut self, a: Id, b: Id) -> Id {
        let width = self.width(a);
        assert_eq!(width, self.width(b), "one width");
        if a == b {
            return self.constant(0, width);
        }
        if let Some(value) = self.known(b) {
            if value == 0 {
                return a;
            }
            if self.range(a).low < value {
                let opposite = self.constant(value.wrapping_neg(), width);
                return self.add(a, opposite);
            }
        }
        let fits = self.range(a).low >= self.range(b).high;
        let need = if fits { self.need(a) } else { width };
        let (a, b) = (self.fitted(a, need), self.fitted(b, need));
        let difference = self.push(Op::Subtract(a, b), need);
        self.zero_extend(difference, width)
    }

    /// Zero minus the node.
    pub fn negate(&mut self, a: Id) -> Id {
        let zero = self.constant(0, self.width(a));
        self.subtract(zero, a)
    }

    /// The product's low bits, as many as each operand has.
    pub fn multiply(&mut self, a: Id, b: Id) -> Id {
        let width = self.width(a);
        assert_eq!(width, self.width(b), "one width");
        self.product(a, b, width)
    }

    /// The low `width` bits of the product of two nodes of any width.
    pub fn product(&mut self, a: Id, b: Id, width: u32) -> Id {
        let (a, b) = self.constant_last(a, b);
        let need = match self.range(a).high.checked_mul(self.range(b).high) {
            Some(high) => bits(high).min(width),
            None => width,
        };
        if need < width {
            let product = self.product(a, b, need);
            return self.zero_extend(product, width);
        }
        if let Some(value) = self.known(b)
            && let Some(product) = self.by_additions(a, signed(value & mask(width), width), width)
        {
            return product;
        }
        if let (Op::SignExtend(short_a), Op::SignExtend(short_b)) = (self.op(a), self.op(b))
            && self.width(a) >= width
            && self.width(b) >= width
        {
            return self.product_of_signed(short_a, short_b, width);
        }
        let cut = |this: &mut Self, id: Id| {
            let kept = this.need(id).min(width);
            this.slice(id, 0, kept)
        };
        let (a, b) = (cut(self, a), cut(self, b));
        self.by_limbs(a, b, width)
    }

    /// The product of two numbers in two's complement: that of their bits, corrected for the signs.
    fn product_of_signed(&mut self, a: Id, b: Id, width: u32) -> Id {
        let (of_a, of_b) = (self.width(a), self.width(b));
        if of_a + of_b < width {
            let product = self.product_of_signed(a, b, of_a + of_b);
            return self.sign_extend(product, width);
        }
        let product = self.by_limbs(a, b, width);
        let product = self.less_if_negative(product, a, b, of_a);
        self.less_if_negative(product, b, a, of_b)
    }

    /// `from`, less `other` shifted left by `by` if the sign of `number` is set.
    fn less_if_negative(&mut self, from: Id, number: Id, other: Id, by: u32) -> Id {
        let width = self.width(from);
        if by >= width {
            return from;
        }
        let room = width - by;
        let sign = self.slice(number, self.width(number) - 1, 1);
        let other = self.resize(other, room, false);
        let zero = self.constant(0, room);
        let taken = self.select(sign, other, zero);
        let above = self.slice(from, by, room);
        let above = self.subtract(above, taken);
        let below = self.slice(from, 0, by);
        self.join(above, below)
    }

    /// A product by shifts and additions, if few are enough.
    fn by_additions(&mut self, a: Id, by: i128, width: u32) -> Option<Id> {
        let digits = signed_digits(by, width);
        if digits.len() > ADDITIONS + 1 {
            return None;
        }
        let a = self.resize(a, width, false);
        let mut sum = self.constant(0, width);
        for (shift, negative) in digits {
            let part = self.shifted_left(a, shift);
            sum = if negative { self.subtract(sum, part) } else { self.add_shifted(sum, part, shift) };
        }
        Some(sum)
    }

    /// The sum, where the low `zeros` bits of `b` are zero.
    fn add_shifted(&mut self, a: Id, b: Id, zeros: u32) -> Id {
        if zeros == 0 || self.known(a) == Some(0) {
            return self.add(a, b);
        }
        let room = self.width(a) - zeros;
        let (above, other) = (self.slice(a, zeros, room), self.slice(b, zeros, room));
        let above = self.add(above, other);
        let below = self.slice(a, 0, zeros);
        self.join(above, below)
    }

    /// The product of the nodes' bits, of multipliers of [`LIMB`] bits.
    fn by_limbs(&mut self, a: Id, b: Id, width: u32) -> Id {
        let (a, b) = (self.limbs(a), self.limbs(b));
        let mut sum = self.constant(0, width);
        // The partial products of one weight are summed first: that is a short tree, and one long carry per weight.
        for weight in 0..a.len() + b.len() - 1 {
            let low = weight as u32 * LIMB;
            if low >= width {
                break;
            }
            let room = width - low;
            let mut parts: Vec<Id> = Vec::new();
            for (i, &x) in a.iter().enumerate() {
                let Some(&y) = weight.checked_sub(i).and_then(|j| b.get(j)) else { continue };
                let whole = self.width(x) + self.width(y);
                let product = self.one_product(x, y, whole.min(room));
                parts.push(self.resize(product, room, false));
            }
            let Some(part) = self.sum(parts) else { continue };
            let above = self.slice(sum, low, room);
            let above = self.add(above, part);
            sum = if low == 0 {
                above
            } else {
                let below = self.slice(sum, 0, low);
                self.join(above, below)
            };
        }
        sum
    }

    fn one_product(&mut self, a: Id, b: Id, width: u32) -> Id {
        let (a, b) = self.constant_last(a, b);
        match (self.known(b), self.width(a), self.width(b)) {
            (Some(0), ..) => self.constant(0, width),
            (Some(1), ..) => self.resize(a, width, false),
            (_, 1, _) => {
                let (b, zero) = (self.resize(b, width, false), self.constant(0, width));
                self.select(a, b, zero)
            }
            (_, _, 1) => {
                let (a, zero) = (self.resize(a, width, false), self.constant(0, width));
                self.select(b, a, zero)
            }
            _ => {
                let (cut_a, cut_b) = (self.width(a).min(width), self.width(b).min(width));
                let (a, b) = (self.slice(a, 0, cut_a), self.slice(b, 0, cut_b));
                self.push(Op::Multiply(a, b), width)
            }
        }
    }

    fn limbs(&mut self, of: Id) -> Vec<Id> {
        let width = self.width(of);
        let starts = (0..width).step_by(LIMB as usize);
        starts.map(|low| self.slice(of, low, LIMB.min(width - low))).collect()
    }

    /// The sum of all, as a tree.
    pub fn sum(&mut self, mut parts: Vec<Id>) -> Option<Id> {
        while parts.len() > 1 {
            parts = parts
                .chunks(2)
                .map(|pair| match *pair {
                    [a, b] => self.add(a, b),
                    _ => pair[0],
                })
                .collect();
        }
        parts.pop()
    }

    /// One bit: whether both are equal.
    pub fn equal(&mut self, a: Id, b: Id) -> Id {
        let (a, b) = self.constant_last(a, b);
        if a == b {
            return self.constant(1, 1);
        }
        let need = self.need(a).max(self.need(b));
        let (a, b) = (self.slice(a, 0, need), self.slice(b, 0, need));
        if need == 1 {
            match self.known(b) {
                Some(0) => return self.not(a),
                Some(_) => return a,
                None => {}
            }
        }
        self.push(Op::Equal(a, b), 1)
    }

    /// One bit: whether the first is less.
    pub fn below(&mut self, a: Id, b: Id) -> Id {
        assert_eq!(self.width(a), self.width(b), "one width");
        if a == b {
            return self.constant(0, 1);
        }
        let need = self.need(a).max(self.need(b));
        let (a, b) = (self.slice(a, 0, need), self.slice(b, 0, need));
        self.push(Op::Below(a, b), 1)
    }

    /// One bit: whether the first is less, both in two's complement.
    pub fn below_signed(&mut self, a: Id, b: Id) -> Id {
        let width = self.width(a);
        assert_eq!(width, self.width(b), "one width");
        if a == b {
            return self.constant(0, 1);
        }
        let negative = |this: &Self, id| signed(this.range(id).high, width) < 0;
        if !negative(self, a) && !negative(self, b) {
            return self.below(a, b);
        }
        let zero = self.known(b) == Some(0);
        if zero {
            return self.slice(a, width - 1, 1);
        }
        if let (Op::SignExtend(x), Op::SignExtend(y)) = (self.op(a), self.op(b)) {
            let need = self.width(x).max(self.width(y));
            let (x, y) = (self.sign_extend(x, need), self.sign_extend(y, need));
            return self.push(Op::BelowSigned(x, y), 1);
        }
        self.push(Op::BelowSigned(a, b), 1)
    }
}

/// A number as a sum of few signed powers of two: `(shift, negative)`, no two neighbours. Positive ones come first.
fn signed_digits(number: i128, width: u32) -> Vec<(u32, bool)> {
    let mut rest = number;
    let mut digits = Vec::new();
    let mut shift = 0;
    while rest != 0 && shift < width {
        if rest & 1 == 1 {
            let negative = rest & 3 == 3;
            digits.push((shift, negative));
            rest = rest.wrapping_add(if negative { 1 } else { -1 });
        }
        rest >>= 1;
        shift += 1;
    }
    digits.sort_by_key(|&(shift, negative)| (negative, shift));
    digits
}
