//! Cutting, joining and extending nodes: wires, and no gates.

use super::{Builder, Id, Op, signed};

impl Builder {
    /// `width` bits of a node, from `low` upwards.
    pub fn slice(&mut self, of: Id, low: u32, width: u32) -> Id {
        let whole = self.width(of);
        assert!(low + width <= whole, "inside the node");
        if width == whole {
            return of;
        }
        match self.op(of) {
            Op::Input { low: at } => self.push(Op::Input { low: at + low }, width),
            Op::Slice(inner, at) => self.slice(inner, at + low, width),
            Op::Join(high, below) => {
                let split = self.width(below);
                if low >= split {
                    self.slice(high, low - split, width)
                } else if low + width <= split {
                    self.slice(below, low, width)
                } else {
                    let below = self.slice(below, low, split - low);
                    let high = self.slice(high, 0, low + width - split);
                    self.join(high, below)
                }
            }
            Op::SignExtend(inner) => {
                let inside = self.width(inner);
                if low + width <= inside {
                    return self.slice(inner, low, width);
                }
                let from = low.min(inside - 1);
                let kept = self.slice(inner, from, inside - from);
                self.sign_extend(kept, width)
            }
            _ => self.push(Op::Slice(of, low), width),
        }
    }

    /// One node above another.
    pub fn join(&mut self, high: Id, low: Id) -> Id {
        let width = self.width(high) + self.width(low);
        if let (Op::Slice(a, at), Op::Slice(b, below)) = (self.op(high), self.op(low))
            && a == b
            && at == below + self.width(low)
        {
            return self.slice(a, below, width);
        }
        if let (Some(0), Op::Join(above, inner)) = (self.known(high), self.op(low))
            && self.known(above) == Some(0)
        {
            return self.zero_extend(inner, width);
        }
        self.push(Op::Join(high, low), width)
    }

    /// The node with zeros above it.
    pub fn zero_extend(&mut self, of: Id, width: u32) -> Id {
        let missing = width - self.width(of);
        if missing == 0 {
            return of;
        }
        let zeros = self.constant(0, missing);
        self.join(zeros, of)
    }

    /// The node with copies of its sign above it.
    pub fn sign_extend(&mut self, of: Id, width: u32) -> Id {
        let narrow = self.width(of);
        if width == narrow {
            return of;
        }
        if signed(self.range(of).high, narrow) >= 0 {
            return self.zero_extend(of, width);
        }
        match self.op(of) {
            Op::SignExtend(inner) => self.push(Op::SignExtend(inner), width),
            Op::Join(high, low) => {
                let high = self.sign_extend(high, width - self.width(low));
                self.join(high, low)
            }
            _ => self.push(Op::SignExtend(of), width),
        }
    }

    /// The node in `width` bits: cut, or extended by its sign or by zeros.
    pub fn resize(&mut self, of: Id, width: u32, is_signed: bool) -> Id {
        if width <= self.width(of) {
            self.slice(of, 0, width)
        } else if is_signed {
            self.sign_extend(of, width)
        } else {
            self.zero_extend(of, width)
        }
    }

    /// The node in exactly `width` bits, which are known to hold its value.
    pub(super) fn fitted(&mut self, of: Id, width: u32) -> Id {
        self.resize(of, width, false)
    }
}
