//! Cutting off the bits that no output needs.

use super::{Builder, Id, Node, Op, WIDEST};

impl Builder {
    /// The same netlist without the bits that none needs.
    pub(super) fn trimmed(self) -> Self {
        let demanded = self.demanded();
        let mut lean = self.emptied();
        let mut moved: Vec<Option<Id>> = Vec::with_capacity(self.nodes.len());
        for (node, &width) in self.nodes.iter().zip(&demanded) {
            let id = (width > 0).then(|| {
                lean.at_line(node.line);
                lean.remake(node, width, &self, &moved)
            });
            moved.push(id);
        }
        self.move_outputs(&mut lean, &moved);
        lean
    }

    /// How many low bits of each node somebody needs.
    fn demanded(&self) -> Vec<u32> {
        let mut demanded = vec![0; self.nodes.len()];
        for out in &self.outputs {
            demanded[out.node.index()] = self.width(out.node);
        }
        for (index, node) in self.nodes.iter().enumerate().rev() {
            let wanted = demanded[index];
            if wanted == 0 {
                continue;
            }
            let mut demand = |id: Id, width: u32| {
                let entry: &mut u32 = &mut demanded[id.index()];
                *entry = (*entry).max(width.min(self.width(id)));
            };
            match node.op {
                // The low bits of the result depend on the low bits of the operands only.
                Op::Not(a) => demand(a, wanted),
                Op::And(a, b)
                | Op::Or(a, b)
                | Op::Xor(a, b)
                | Op::Add(a, b)
                | Op::Subtract(a, b)
                | Op::Multiply(a, b) => {
                    demand(a, wanted);
                    demand(b, wanted);
                }
                Op::Select(condition, yes, no) => {
                    demand(condition, 1);
                    demand(yes, wanted);
                    demand(no, wanted);
                }
                Op::ShiftLeft(a, by) => {
                    demand(a, wanted);
                    demand(by, WIDEST);
                }
                Op::Slice(a, low) => demand(a, low + wanted),
                Op::SignExtend(a) => demand(a, wanted),
                Op::Join(high, low) => {
                    demand(low, wanted);
                    let below = self.width(low);
                    if wanted > below {
                        demand(high, wanted - below);
                    }
                }
                op => op.operands().for_each(|id| demand(id, WIDEST)),
            }
        }
        demanded
    }

    /// The low `wanted` bits of a node of `old`, whose operands were `moved` here.
    pub(super) fn remake(&mut self, node: &Node, wanted: u32, old: &Self, moved: &[Option<Id>]) -> Id {
        let get = |id: Id| moved[id.index()].expect("operands of what is demanded are demanded");
        let low = |this: &mut Self, id: Id| {
            let id = get(id);
            let width = this.width(id).min(wanted);
            let cut = this.slice(id, 0, width);
            this.fitted(cut, wanted)
        };
        match node.op {
            Op::Input { low } => self.push(Op::Input { low }, wanted),
            Op::Constant(value) => self.constant(value, wanted),
            Op::Not(a) => {
                let a = low(self, a);
                self.not(a)
            }
            Op::And(a, b) => {
                let (a, b) = (low(self, a), low(self, b));
                self.and(a, b)
            }
            Op::Or(a, b) => {
                let (a, b) = (low(self, a), low(self, b));
                self.or(a, b)
            }
            Op::Xor(a, b) => {
                let (a, b) = (low(self, a), low(self, b));
                self.xor(a, b)
            }
            Op::Add(a, b) => {
                let (a, b) = (low(self, a), low(self, b));
                self.add(a, b)
            }
            Op::Subtract(a, b) => {
                let (a, b) = (low(self, a), low(self, b));
                self.subtract(a, b)
            }
            Op::Multiply(a, b) => {
                let (a, b) = (get(a), get(b));
                let (cut_a, cut_b) = (self.width(a).min(wanted), self.width(b).min(wanted));
                let (a, b) = (self.slice(a, 0, cut_a), self.slice(b, 0, cut_b));
                self.push(Op::Multiply(a, b), wanted)
            }
            Op::Select(condition, yes, no) => {
                let (yes, no) = (low(self, yes), low(self, no));
                self.select(get(condition), yes, no)
            }
            Op::ShiftLeft(a, by) => {
                let a = low(self, a);
                self.push(Op::ShiftLeft(a, get(by)), wanted)
            }
            Op::Slice(a, from) => self.slice(get(a), from, wanted),
            Op::SignExtend(a) => {
                let (a, whole) = (get(a), old.width(a));
                if wanted <= whole { self.slice(a, 0, wanted) } else { self.sign_extend(a, wanted) }
            }
            Op::Join(high, below) => {
                let split = old.width(below);
                if wanted <= split {
                    return self.slice(get(below), 0, wanted);
                }
                let high = self.slice(get(high), 0, wanted - split);
                self.join(high, get(below))
            }
            // Whole operands, and a result that is cut afterwards.
            op => {
                let whole = self.remake_whole(op, node.width, old, &get);
                self.slice(whole, 0, wanted)
            }
        }
    }

    fn remake_whole(&mut self, op: Op, width: u32, old: &Self, get: &dyn Fn(Id) -> Id) -> Id {
        match op {
            Op::Equal(a, b) => self.equal(get(a), get(b)),
            Op::Below(a, b) => self.below(get(a), get(b)),
            Op::BelowSigned(a, b) => self.below_signed(get(a), get(b)),
            Op::ShiftRight(a, by) => self.push(Op::ShiftRight(get(a), get(by)), width),
            Op::ShiftRightSigned(a, by) => self.push(Op::ShiftRightSigned(get(a), get(by)), width),
            Op::LookUp { table, index } => self.look_up(&old.tables[table], get(index)),
            other => unreachable!("{other:?} is remade with its low bits"),
        }
    }
}
