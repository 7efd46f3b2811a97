//! Leaving out the nodes that no output reaches.

use std::collections::HashMap;

use super::{Builder, Id, Netlist, Node, Op, Output};

impl Builder {
    /// Drops what no output reaches, and numbers the rest anew.
    pub(super) fn swept(self) -> Netlist {
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
