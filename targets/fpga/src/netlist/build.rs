//! Making a netlist: nodes are shared, folded and bounded as they are made.

use std::collections::HashMap;

use super::evaluate::apply;
use super::{Id, Netlist, Node, Op, Output, Range, Table, WIDEST, bits, mask, signed};

/// Makes a [`Netlist`], node by node.
///
/// Every function takes operands of this builder and gives a node that computes what it says; often a simpler one than
/// was asked for. Operands of one operator have one width unless the function says otherwise.
///
/// # Panics
///
/// Functions panic if widths are not as they say: that is a fault of the caller and never of a kernel.
///
/// # Examples
///
/// ```
/// use fusewire_fpga::netlist::Builder;
///
/// let mut builder = Builder::new(4, 4);
/// let x = builder.input(0, 32);
/// let three = builder.constant(3, 32);
/// let product = builder.multiply(x, three);
/// builder.output(product, 0);
/// let netlist = builder.finish();
/// assert_eq!(netlist.evaluate(&5u32.to_le_bytes()), 15u32.to_le_bytes());
/// ```
#[derive(Debug)]
pub struct Builder {
    nodes: Vec<Node>,
    known: HashMap<(Op, u32), Id>,
    pub(super) tables: Vec<Table>,
    pub(super) known_tables: HashMap<Table, usize>,
    outputs: Vec<Output>,
    input_bytes: u32,
    output_bytes: u32,
    line: u32,
}

impl Builder {
    /// Nothing yet, between an input and an output value of so many bytes.
    pub fn new(input_bytes: u32, output_bytes: u32) -> Self {
        Self {
            nodes: Vec::new(),
            known: HashMap::new(),
            tables: Vec::new(),
            known_tables: HashMap::new(),
            outputs: Vec::new(),
            input_bytes,
            output_bytes,
            line: 0,
        }
    }

    /// The line of the kernel that the nodes made from now on come from.
    pub const fn at_line(&mut self, line: u32) {
        self.line = line;
    }

    /// How many nodes there are, those included that will be left out.
    pub const fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Bits of the input value, from bit `low` upwards.
    pub fn input(&mut self, low: u32, width: u32) -> Id {
        assert!(low + width <= self.input_bytes * 8, "inside the input value");
        self.push(Op::Input { low }, width)
    }

    /// A number; bits above `width` are dropped.
    pub fn constant(&mut self, value: u128, width: u32) -> Id {
        self.push(Op::Constant(value & mask(width)), width)
    }

    /// Puts a node into the output value, its lowest bit at `low`.
    pub fn output(&mut self, node: Id, low: u32) {
        assert!(low + self.width(node) <= self.output_bytes * 8, "inside the output value");
        self.outputs.push(Output { node, low });
    }

    /// The bits of a node.
    pub fn width(&self, id: Id) -> u32 {
        self.nodes[id.index()].width
    }

    /// What a node can be.
    pub fn range(&self, id: Id) -> Range {
        self.nodes[id.index()].range
    }

    /// The number, if the node is one.
    pub fn known(&self, id: Id) -> Option<u128> {
        match self.op(id) {
            Op::Constant(value) => Some(value),
            _ => None,
        }
    }

    pub(super) fn op(&self, id: Id) -> Op {
        self.nodes[id.index()].op
    }

    /// The bits that the node's largest value needs.
    pub(super) fn need(&self, id: Id) -> u32 {
        bits(self.range(id).high)
    }

    /// Adds a node, or gives the one there is.
    pub(super) fn push(&mut self, op: Op, width: u32) -> Id {
        assert!(width > 0 && width <= WIDEST, "1 to {WIDEST} bits, not {width}");
        if let Some(&id) = self.known.get(&(op, width)) {
            return id;
        }
        let range = self.range_of(op, width);
        let all_known = !matches!(op, Op::Input { .. } | Op::Constant(_))
            && op.operands().all(|operand| self.known(operand).is_some());
        let value = if all_known {
            let of = |id: Id| (self.known(id).unwrap_or(0), self.width(id));
            Some(apply(op, width, &[], &self.tables, of))
        } else {
            (range.low == range.high && !matches!(op, Op::Constant(_))).then_some(range.low)
        };
        let id = match value {
            Some(value) => self.constant(value, width),
            None => {
                let id = Id(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
                self.nodes.push(Node { op, width, range, line: self.line });
                id
            }
        };
        self.known.insert((op, width), id);
        id
    }

    fn range_of(&self, op: Op, width: u32) -> Range {
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
    fn range_of_select(&self, condition: Id, yes: Id, no: Id) -> Range {
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

    // --- wires ----------------------------------------------------------------------------------

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

    // --- logic ----------------------------------------------------------------------------------

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

    // --- the end --------------------------------------------------------------------------------

    /// The netlist of the outputs; nodes that none of them needs are left out, bits that none needs are cut off.
    pub fn finish(self) -> Netlist {
        self.balanced().trimmed().sweep()
    }

    /// A builder between values of the same sizes.
    pub(super) fn emptied(&self) -> Self {
        Self::new(self.input_bytes, self.output_bytes)
    }

    pub(super) fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    pub(super) fn outputs(&self) -> &[Output] {
        &self.outputs
    }

    /// Gives `to` the outputs, whose nodes were `moved` there.
    pub(super) fn move_outputs(&self, to: &mut Self, moved: &[Option<Id>]) {
        for out in &self.outputs {
            if let Some(id) = moved[out.node.index()] {
                let node = to.fitted(id, self.width(out.node));
                to.outputs.push(Output { node, low: out.low });
            }
        }
    }

    /// The same netlist without the bits that none needs.
    fn trimmed(self) -> Self {
        let demanded = self.demanded();
        let mut lean = self.emptied();
        let mut moved: Vec<Option<Id>> = Vec::with_capacity(self.nodes.len());
        for (node, &width) in self.nodes.iter().zip(&demanded) {
            let id = (width > 0).then(|| {
                lean.line = node.line;
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

    /// Drops what no output reaches, and numbers the rest anew.
    fn sweep(self) -> Netlist {
        let mut alive = vec![false; self.nodes.len()];
        for out in &self.outputs {
            alive[out.node.index()] = true;
        }
        for index in (0..self.nodes.len()).rev() {
            if alive[index] {
                self.nodes[index].op.operands().for_each(|id| alive[id.index()] = true);
            }
        }
        let mut moved = vec![Id(0); self.nodes.len()];
        let mut tables = Vec::new();
        let mut moved_tables = HashMap::new();
        let mut nodes: Vec<Node> = Vec::new();
        for (index, node) in self.nodes.iter().enumerate().filter(|(index, _)| alive[*index]) {
            moved[index] = Id(nodes.len() as u32);
            let at = |id: Id| moved[id.index()];
            let op = match node.op {
                Op::LookUp { table, index } => {
                    let table = *moved_tables.entry(table).or_insert_with(|| {
                        tables.push(self.tables[table].clone());
                        tables.len() - 1
                    });
                    Op::LookUp { table, index: at(index) }
                }
                op => renumbered(op, at),
            };
            nodes.push(Node { op, ..*node });
        }
        let outputs = self.outputs.iter().map(|out| Output { node: moved[out.node.index()], low: out.low });
        Netlist {
            outputs: outputs.collect(),
            nodes,
            tables,
            input_bytes: self.input_bytes,
            output_bytes: self.output_bytes,
        }
    }
}

fn renumbered(op: Op, at: impl Fn(Id) -> Id) -> Op {
    match op {
        Op::Input { .. } | Op::Constant(_) => op,
        Op::Not(a) => Op::Not(at(a)),
        Op::And(a, b) => Op::And(at(a), at(b)),
        Op::Or(a, b) => Op::Or(at(a), at(b)),
        Op::Xor(a, b) => Op::Xor(at(a), at(b)),
        Op::Add(a, b) => Op::Add(at(a), at(b)),
        Op::Subtract(a, b) => Op::Subtract(at(a), at(b)),
        Op::Multiply(a, b) => Op::Multiply(at(a), at(b)),
        Op::Equal(a, b) => Op::Equal(at(a), at(b)),
        Op::Below(a, b) => Op::Below(at(a), at(b)),
        Op::BelowSigned(a, b) => Op::BelowSigned(at(a), at(b)),
        Op::Select(a, b, c) => Op::Select(at(a), at(b), at(c)),
        Op::ShiftLeft(a, b) => Op::ShiftLeft(at(a), at(b)),
        Op::ShiftRight(a, b) => Op::ShiftRight(at(a), at(b)),
        Op::ShiftRightSigned(a, b) => Op::ShiftRightSigned(at(a), at(b)),
        Op::Slice(a, low) => Op::Slice(at(a), low),
        Op::Join(a, b) => Op::Join(at(a), at(b)),
        Op::SignExtend(a) => Op::SignExtend(at(a)),
        Op::LookUp { table, index } => Op::LookUp { table, index: at(index) },
    }
}
