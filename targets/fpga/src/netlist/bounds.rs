//! What a node can be: the range of its values, from those of its operands.

use super::{Builder, Id, Op, Range, bits, mask, signed};

impl Builder {
    pub(super) fn range_of(&self, op: Op, width: u32) -> Range {
        let full = Range::full(width);
        let of = |id| self.range(id);
        let top = mask(width);
        match op {
            Op::Constant(value) => Range::only(value),
            Op::Input { .. } | Op::ShiftLeft(..) | Op::ShiftRightSigned(..) => full,
            Op::Not(a) => Range { low: top - of(a).high, high: top - of(a).low },
            Op::And(a, b) => Range { low: 0, high: of(a).high.min(of(b).high) },
            Op::Or(a, b) => {
                Range { low: of(a).low.max(of(b).low), high: mask(bits(of(a).high.max(of(b).high))) }
            }
            Op::Xor(a, b) => Range { low: 0, high: mask(bits(of(a).high.max(of(b).high))) },
            Op::Add(a, b) => match of(a).high.checked_add(of(b).high) {
                Some(high) if high <= top => Range { low: of(a).low + of(b).low, high },
                _ => full,
            },
            Op::Subtract(a, b) if of(a).low >= of(b).high => {
                Range { low: of(a).low - of(b).high, high: of(a).high - of(b).low }
            }
            Op::Subtract(..) => full,
            Op::Multiply(a, b) => match of(a).high.checked_mul(of(b).high) {
                Some(high) if high <= top => Range { low: of(a).low * of(b).low, high },
                _ => full,
            },
            Op::Equal(a, b) => {
                let (a, b) = (of(a), of(b));
                Range { low: 0, high: u128::from(a.low <= b.high && b.low <= a.high) }
            }
            Op::Below(a, b) => {
                let (a, b) = (of(a), of(b));
                Range { low: u128::from(a.high < b.low), high: u128::from(a.low < b.high) }
            }
            Op::BelowSigned(..) => full,
            Op::Select(condition, yes, no) => self.range_of_select(condition, yes, no),
            Op::ShiftRight(a, _) => Range { low: 0, high: of(a).high },
            Op::Slice(a, low) if of(a).high >> low <= top => {
                Range { low: of(a).low >> low, high: of(a).high >> low }
            }
            Op::Slice(..) => full,
            Op::Join(high, low) => {
                let by = self.width(low);
                let join = |high: u128, low| high.checked_shl(by).unwrap_or(0) | low;
                Range { low: join(of(high).low, of(low).low), high: join(of(high).high, of(low).high) }
            }
            Op::SignExtend(a) if signed(of(a).high, self.width(a)) >= 0 => of(a),
            Op::SignExtend(_) => full,
            Op::LookUp { table, .. } => {
                let entries = self.tables[table].entries.iter().copied();
                entries.map(Range::only).reduce(Range::union).unwrap_or(full)
            }
        }
    }

    /// A minimum or maximum is bounded by both of its operands.
    pub(super) fn range_of_select(&self, condition: Id, yes: Id, no: Id) -> Range {
        let (mut of_yes, mut of_no) = (self.range(yes), self.range(no));
        if let Op::Below(a, b) = self.op(condition) {
            let [a, b, yes, no] = [a, b, yes, no].map(|id| self.unpadded(id));
            let (of_a, of_b) = (self.range(a), self.range(b));
            if yes == a {
                of_yes.high = of_yes.high.min(of_b.high.saturating_sub(1));
            }
            if yes == b {
                of_yes.low = of_yes.low.max(of_a.low + 1);
            }
            if no == a {
                of_no.low = of_no.low.max(of_b.low);
            }
            if no == b {
                of_no.high = of_no.high.min(of_a.high);
            }
        }
        of_yes.union(of_no)
    }

    /// The node without the zeros above it.
    fn unpadded(&self, id: Id) -> Id {
        match self.op(id) {
            Op::Join(high, low) if self.known(high) == Some(0) => low,
            _ => id,
        }
    }
}
