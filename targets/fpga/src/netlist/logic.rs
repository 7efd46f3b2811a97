//! Logic bit by bit, and the choice between two nodes.

use super::{Builder, Id, Op, bits, mask};

impl Builder {
    /// Every bit inverted.
    pub fn not(&mut self, a: Id) -> Id {
        match self.op(a) {
            Op::Not(inner) => inner,
            _ => self.push(Op::Not(a), self.width(a)),
        }
    }

    /// Bit by bit.
    pub fn and(&mut self, a: Id, b: Id) -> Id {
        let (a, b) = self.constant_last(a, b);
        let width = self.width(a);
        let need = self.need(a).min(self.need(b));
        if a == b || self.known(b) == Some(mask(width)) {
            return a;
        }
        if need < width {
            let (a, b) = (self.slice(a, 0, need), self.slice(b, 0, need));
            let both = self.and(a, b);
            return self.zero_extend(both, width);
        }
        self.push(Op::And(a, b), width)
    }

    /// Bit by bit.
    pub fn or(&mut self, a: Id, b: Id) -> Id {
        let (a, b) = self.constant_last(a, b);
        if a == b || self.known(b) == Some(0) {
            return a;
        }
        self.narrowed(a, b, Op::Or)
    }

    /// Bit by bit.
    pub fn xor(&mut self, a: Id, b: Id) -> Id {
        let (a, b) = self.constant_last(a, b);
        let width = self.width(a);
        match self.known(b) {
            Some(0) => return a,
            Some(value) if value == mask(width) => return self.not(a),
            _ => {}
        }
        if a == b {
            return self.constant(0, width);
        }
        self.narrowed(a, b, Op::Xor)
    }

    /// An operator whose result fits what the wider of its operands needs.
    fn narrowed(&mut self, a: Id, b: Id, op: impl Fn(Id, Id) -> Op) -> Id {
        let width = self.width(a);
        assert_eq!(width, self.width(b), "one width");
        let need = self.need(a).max(self.need(b));
        let (a, b) = (self.slice(a, 0, need), self.slice(b, 0, need));
        let narrow = self.push(op(a, b), need);
        self.zero_extend(narrow, width)
    }

    pub(super) fn constant_last(&self, a: Id, b: Id) -> (Id, Id) {
        match (self.known(a), self.known(b)) {
            (Some(_), None) => (b, a),
            (None, Some(_)) => (a, b),
            _ if b < a => (b, a),
            _ => (a, b),
        }
    }

    /// `yes` if the one bit of `condition` is set, else `no`.
    pub fn select(&mut self, condition: Id, yes: Id, no: Id) -> Id {
        assert_eq!(self.width(condition), 1, "one bit");
        assert_eq!(self.width(yes), self.width(no), "one width");
        if yes == no {
            return yes;
        }
        match (self.op(condition), self.op(yes), self.op(no)) {
            (Op::Constant(value), ..) => return if value == 1 { yes } else { no },
            (Op::Not(opposite), ..) => return self.select(opposite, no, yes),
            (_, Op::Select(same, inner, _), _) if same == condition => {
                return self.select(condition, inner, no);
            }
            (_, _, Op::Select(same, _, inner)) if same == condition => {
                return self.select(condition, yes, inner);
            }
            _ => {}
        }
        let width = self.width(yes);
        if width == 1 {
            match (self.known(yes), self.known(no)) {
                (Some(1), Some(0)) => return condition,
                (Some(0), Some(1)) => return self.not(condition),
                (_, Some(0)) => return self.and(condition, yes),
                (Some(1), _) => return self.or(condition, no),
                _ => {}
            }
        }
        let range = self.range_of_select(condition, yes, no);
        let need = bits(range.high);
        let (yes, no) = (self.slice(yes, 0, need), self.slice(no, 0, need));
        if yes == no {
            return self.zero_extend(yes, width);
        }
        let id = self.push(Op::Select(condition, yes, no), need);
        if self.known(id).is_none() {
            self.nodes[id.index()].range = range;
        }
        self.zero_extend(id, width)
    }
}
