//! A netlist as a function: what its core must give, bit for bit.

use super::{Id, Netlist, Op, Table, mask, signed};

impl Netlist {
    /// The output value for an input value, both as bytes.
    ///
    /// Slow and exact; what simulations are compared with. Input bytes that are missing are zero.
    pub fn evaluate(&self, input: &[u8]) -> Vec<u8> {
        let mut values: Vec<u128> = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            let value = apply(node.op, node.width, input, &self.tables, |id| {
                (values[id.index()], self.nodes[id.index()].width)
            });
            values.push(value);
        }
        let mut output = vec![0; self.output_bytes as usize];
        for out in &self.outputs {
            let width = self.node(out.node).width;
            place(&mut output, out.low, width, values[out.node.index()]);
        }
        output
    }
}

/// The value of one operator, whose operands `of` gives with their widths.
pub(super) fn apply(
    op: Op,
    width: u32,
    input: &[u8],
    tables: &[Table],
    of: impl Fn(Id) -> (u128, u32),
) -> u128 {
    let value = |id| of(id).0;
    let number = |id| {
        let (value, width) = of(id);
        signed(value, width)
    };
    let shift = |id| u32::try_from(value(id)).unwrap_or(u32::MAX);
    let result = match op {
        Op::Input { low } => extract(input, low, width),
        Op::Constant(constant) => constant,
        Op::Not(a) => !value(a),
        Op::And(a, b) => value(a) & value(b),
        Op::Or(a, b) => value(a) | value(b),
        Op::Xor(a, b) => value(a) ^ value(b),
        Op::Add(a, b) => value(a).wrapping_add(value(b)),
        Op::Subtract(a, b) => value(a).wrapping_sub(value(b)),
        Op::Multiply(a, b) => value(a).wrapping_mul(value(b)),
        Op::Equal(a, b) => u128::from(value(a) == value(b)),
        Op::Below(a, b) => u128::from(value(a) < value(b)),
        Op::BelowSigned(a, b) => u128::from(number(a) < number(b)),
        Op::Select(condition, yes, no) => value(if value(condition) != 0 { yes } else { no }),
        Op::ShiftLeft(a, by) => value(a).checked_shl(shift(by)).unwrap_or(0),
        Op::ShiftRight(a, by) => value(a).checked_shr(shift(by)).unwrap_or(0),
        Op::ShiftRightSigned(a, by) => (number(a) >> shift(by).min(127)) as u128,
        Op::Slice(a, low) => value(a) >> low,
        Op::Join(high, low) => {
            let (below, width) = of(low);
            value(high).checked_shl(width).unwrap_or(0) | below
        }
        Op::SignExtend(a) => number(a) as u128,
        Op::LookUp { table, index } => {
            let entries = &tables[table].entries;
            let index = usize::try_from(value(index)).unwrap_or(usize::MAX);
            // The builder proves the index to be inside.
            entries.get(index).copied().unwrap_or(0)
        }
    };
    result & mask(width)
}

fn extract(bytes: &[u8], low: u32, width: u32) -> u128 {
    (0..width).fold(0, |value, bit| {
        let at = low + bit;
        let byte = bytes.get((at / 8) as usize).copied().unwrap_or(0);
        value | u128::from(byte >> (at % 8) & 1) << bit
    })
}

fn place(bytes: &mut [u8], low: u32, width: u32, value: u128) {
    for bit in 0..width {
        let at = low + bit;
        if let Some(byte) = bytes.get_mut((at / 8) as usize) {
            *byte |= ((value >> bit & 1) as u8) << (at % 8);
        }
    }
}
