//! What a core computes between its input and its output: a graph of operators on bit vectors.
//!
//! A [`Netlist`] has no notion of time. [`Builder`] makes one and simplifies as it goes: constants are folded, equal
//! operators are shared, and every node carries the [`Range`] of values it can take, so that index arithmetic on 64-bit
//! words shrinks to the few bits it needs and a look-up reads only the part of its table that it can reach.
//! [`schedule`](crate::schedule) puts it into pipeline stages and [`verilog`](crate::verilog) prints it.
//!
//! The bits of a value are those of its bytes in memory: byte `k` of a `repr(C)` value is bits `8k` to `8k + 7`.

mod arithmetic;
mod balance;
mod bounds;
mod build;
mod divide;
mod evaluate;
mod logic;
mod look_up;
mod shift;
mod sweep;
mod trim;
mod wires;

pub use build::Builder;

/// One node of a [`Netlist`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id(u32);

impl Id {
    /// Its place in [`Netlist::nodes`].
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// The widest vector of bits that a node may have.
pub const WIDEST: u32 = 128;

/// What a node computes. Operands and results are unsigned unless the name says otherwise; a result that does not fit
/// the node's width loses its high bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Op {
    /// Bits of the input value, from `low` upwards.
    Input {
        /// The lowest bit taken.
        low: u32,
    },
    /// A number.
    Constant(u128),
    /// Every bit inverted.
    Not(Id),
    /// Bit by bit.
    And(Id, Id),
    /// Bit by bit.
    Or(Id, Id),
    /// Bit by bit.
    Xor(Id, Id),
    /// The sum.
    Add(Id, Id),
    /// The difference.
    Subtract(Id, Id),
    /// The product; one of the multipliers of the device.
    Multiply(Id, Id),
    /// One bit: whether both are equal.
    Equal(Id, Id),
    /// One bit: whether the first is less.
    Below(Id, Id),
    /// One bit: whether the first is less, both in two's complement.
    BelowSigned(Id, Id),
    /// The second if the first, one bit, is set; else the third.
    Select(Id, Id, Id),
    /// The first shifted left by the second.
    ShiftLeft(Id, Id),
    /// The first shifted right by the second, zeros coming in.
    ShiftRight(Id, Id),
    /// The first shifted right by the second, copies of its sign coming in.
    ShiftRightSigned(Id, Id),
    /// Bits of the first, from `low` upwards.
    Slice(Id, u32),
    /// The first above the second.
    Join(Id, Id),
    /// The first, with copies of its sign above it.
    SignExtend(Id),
    /// The entry of a table at an index, which is always inside the table.
    LookUp {
        /// The place of the table in [`Netlist::tables`].
        table: usize,
        /// The index.
        index: Id,
    },
}

impl Op {
    /// The nodes it reads, in order.
    pub fn operands(self) -> impl Iterator<Item = Id> {
        let (a, b, c) = match self {
            Self::Input { .. } | Self::Constant(_) => (None, None, None),
            Self::Not(a) | Self::Slice(a, _) | Self::SignExtend(a) | Self::LookUp { index: a, .. } => {
                (Some(a), None, None)
            }
            Self::And(a, b)
            | Self::Or(a, b)
            | Self::Xor(a, b)
            | Self::Add(a, b)
            | Self::Subtract(a, b)
            | Self::Multiply(a, b)
            | Self::Equal(a, b)
            | Self::Below(a, b)
            | Self::BelowSigned(a, b)
            | Self::ShiftLeft(a, b)
            | Self::ShiftRight(a, b)
            | Self::ShiftRightSigned(a, b)
            | Self::Join(a, b) => (Some(a), Some(b), None),
            Self::Select(a, b, c) => (Some(a), Some(b), Some(c)),
        };
        [a, b, c].into_iter().flatten()
    }

    /// Whether it is wires only: no gate, no time.
    pub const fn is_wiring(self) -> bool {
        matches!(
            self,
            Self::Input { .. } | Self::Constant(_) | Self::Slice(..) | Self::Join(..) | Self::SignExtend(_)
        )
    }
}

/// The smallest and the largest unsigned value that a node can take, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// The smallest.
    pub low: u128,
    /// The largest.
    pub high: u128,
}

impl Range {
    /// Every value of `width` bits.
    pub const fn full(width: u32) -> Self {
        Self { low: 0, high: mask(width) }
    }

    /// One value.
    pub const fn only(value: u128) -> Self {
        Self { low: value, high: value }
    }

    const fn union(self, other: Self) -> Self {
        let low = if self.low < other.low { self.low } else { other.low };
        let high = if self.high > other.high { self.high } else { other.high };
        Self { low, high }
    }
}

/// A node: what it computes, in how many bits, and what is known of its value.
#[derive(Debug, Clone, Copy)]
pub struct Node {
    /// What it computes.
    pub op: Op,
    /// Its bits, 1 to [`WIDEST`].
    pub width: u32,
    /// What it can be.
    pub range: Range,
    /// The line of the kernel that it came from, 0 if none.
    pub line: u32,
}

/// Read-only data that look-ups read; ROM in the device.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Table {
    /// The bits of an entry.
    pub width: u32,
    /// The entries, at least two.
    pub entries: Vec<u128>,
}

/// The most entries of a table that is made of the device's look-up tables; a longer one is a block RAM, which takes an
/// edge of the clock to read.
pub const DISTRIBUTED: usize = 64;

impl Table {
    /// Whether it is read through a register: a block RAM.
    pub fn is_block(&self) -> bool {
        self.entries.len() > DISTRIBUTED
    }
}

/// Where a node goes in the output value.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    /// The node.
    pub node: Id,
    /// Its lowest bit in the output value.
    pub low: u32,
}

/// What a core computes; made by [`Builder`].
///
/// Its nodes are in topological order: each comes behind those it reads.
#[derive(Debug, Clone)]
pub struct Netlist {
    nodes: Vec<Node>,
    tables: Vec<Table>,
    outputs: Vec<Output>,
    input_bytes: u32,
    output_bytes: u32,
}

impl Netlist {
    /// The nodes that an output needs, in topological order.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The node of this id.
    ///
    /// # Panics
    ///
    /// If the id is of another netlist and not of this one.
    pub fn node(&self, id: Id) -> &Node {
        &self.nodes[id.index()]
    }

    /// The tables that nodes read.
    pub fn tables(&self) -> &[Table] {
        &self.tables
    }

    /// What the output value is made of; bits that none of them names are zero.
    pub fn outputs(&self) -> &[Output] {
        &self.outputs
    }

    /// The bytes of an input value.
    pub const fn input_bytes(&self) -> u32 {
        self.input_bytes
    }

    /// The bytes of an output value.
    pub const fn output_bytes(&self) -> u32 {
        self.output_bytes
    }

    /// Its nodes with their ids.
    pub fn numbered(&self) -> impl Iterator<Item = (Id, &Node)> {
        (0..).map(Id).zip(&self.nodes)
    }
}

/// The low `width` bits set.
pub(crate) const fn mask(width: u32) -> u128 {
    if width >= 128 { u128::MAX } else { (1 << width) - 1 }
}

/// The bits that a number needs, at least one.
pub(crate) const fn bits(value: u128) -> u32 {
    let bits = 128 - value.leading_zeros();
    if bits == 0 { 1 } else { bits }
}

/// `value`, which has `width` bits, as a signed number.
pub(crate) const fn signed(value: u128, width: u32) -> i128 {
    let shift = 128 - width;
    ((value << shift) as i128) >> shift
}
