//! Making a netlist: nodes are shared, folded and bounded as they are made.

use std::collections::HashMap;

use super::evaluate::apply;
use super::{Id, Netlist, Node, Op, Output, Range, Table, WIDEST, bits, mask};

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
    pub(super) nodes: Vec<Node>,
    known: HashMap<(Op, u32), Id>,
    pub(super) tables: Vec<Table>,
    pub(super) known_tables: HashMap<Table, usize>,
    pub(super) outputs: Vec<Output>,
    pub(super) input_bytes: u32,
    pub(super) output_bytes: u32,
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

    /// The netlist of the outputs; nodes that none of them needs are left out, bits that none needs are cut off.
    pub fn finish(self) -> Netlist {
        self.balanced().trimmed().swept()
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
}
