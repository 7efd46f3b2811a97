//! When each operator of a netlist works: pipeline stages by a model of the device's delays.
//!
//! Every stage is one period of the clock. An operator goes into the earliest stage where it still fits behind its
//! operands; what comes out of a stage is kept in registers. A core takes one value per period whatever its latency.

use crate::netlist::{Id, Netlist, Node, Op};

/// How long the parts of a device take, in picoseconds: a rough model that decides where registers go.
///
/// The true maximum frequency is what the vendor's tools say after placing and routing; `report.sh` makes the table in
/// `docs/fpga.md`, which compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Timing {
    /// The period of the clock that is aimed at.
    pub period: u32,
    /// From the edge of the clock out of a register, and the set-up time of the next.
    pub register: u32,
    /// One look-up table and the wires behind it.
    pub gate: u32,
    /// Into and out of a carry chain.
    pub carry: u32,
    /// One bit of a carry chain.
    pub carry_bit: u32,
    /// One multiplier.
    pub multiply: u32,
    /// From the edge of the clock out of a block RAM.
    pub memory: u32,
    /// The inputs of a look-up table.
    pub inputs: u32,
}

impl Timing {
    /// An AMD UltraScale+ at this period.
    pub const fn ultrascale_plus(period: u32) -> Self {
        Self {
            period,
            register: 250,
            gate: 450,
            carry: 700,
            carry_bit: 12,
            multiply: 2_200,
            memory: 1_100,
            inputs: 6,
        }
    }

    /// A Lattice ECP5 at this period.
    pub const fn ecp5(period: u32) -> Self {
        Self {
            period,
            register: 700,
            gate: 1_100,
            carry: 1_900,
            carry_bit: 60,
            multiply: 4_200,
            memory: 5_000,
            inputs: 4,
        }
    }

    /// A Lattice iCE40 HX at this period; its multipliers are made of look-up tables.
    pub const fn ice40(period: u32) -> Self {
        Self {
            period,
            register: 1_200,
            gate: 1_300,
            carry: 1_900,
            carry_bit: 190,
            multiply: 14_000,
            memory: 2_300,
            inputs: 4,
        }
    }

    /// How long an operator takes behind its operands.
    fn delay(&self, netlist: &Netlist, node: &Node) -> u32 {
        let width = |id: Id| netlist.node(id).width;
        let chain = |bits: u32| self.carry + bits * self.carry_bit;
        match node.op {
            op if op.is_wiring() => 0,
            // An inverter is part of what reads it.
            Op::Not(_) => 0,
            Op::And(..) | Op::Or(..) | Op::Xor(..) | Op::Select(..) => self.gate,
            Op::Add(..) | Op::Subtract(..) => chain(node.width),
            Op::Below(a, _) | Op::BelowSigned(a, _) => chain(width(a)),
            Op::Equal(a, _) => self.gate * (1 + layers((2 * width(a)).div_ceil(self.inputs), self.inputs)),
            Op::ShiftLeft(_, by) | Op::ShiftRight(_, by) | Op::ShiftRightSigned(_, by) => {
                // Four to one by a table of six inputs, two to one by one of four.
                let per_layer = if self.inputs >= 6 { 2 } else { 1 };
                self.gate * width(by).div_ceil(per_layer)
            }
            Op::Multiply(..) => self.multiply,
            Op::LookUp { index, .. } => self.gate * (1 + width(index).saturating_sub(self.inputs)),
            _ => 0,
        }
    }
}

/// The layers of gates with `inputs` that join `wires` into one.
fn layers(wires: u32, inputs: u32) -> u32 {
    let (mut layers, mut left) = (0, wires);
    while left > 1 {
        left = left.div_ceil(inputs);
        layers += 1;
    }
    layers
}

/// The stage of every node of a netlist.
#[derive(Debug, Clone)]
pub struct Schedule {
    stages: Vec<u32>,
    latency: u32,
    longest: u32,
}

impl Schedule {
    /// Puts every node where it fits first.
    pub fn new(netlist: &Netlist, timing: &Timing) -> Self {
        let mut stages: Vec<u32> = Vec::with_capacity(netlist.nodes().len());
        let mut arrivals: Vec<u32> = Vec::with_capacity(netlist.nodes().len());
        let mut longest = 0;
        for node in netlist.nodes() {
            let delay = timing.delay(netlist, node);
            let operands = || node.op.operands().map(Id::index);
            let mut stage = operands().map(|id| stages[id]).max().unwrap_or(0);
            let ready = |stage| {
                let here = operands().filter(|id| stages[*id] == stage).map(|id| arrivals[id]);
                here.max().unwrap_or(timing.register)
            };
            let mut arrival = ready(stage) + delay;
            let is_block = matches!(node.op, Op::LookUp { table, .. } if netlist.tables()[table].is_block());
            if is_block {
                longest = longest.max(ready(stage));
                stage += 1;
                arrival = timing.memory;
            } else if arrival > timing.period && delay > 0 && ready(stage) > timing.register {
                stage += 1;
                arrival = timing.register + delay;
            }
            longest = longest.max(arrival);
            stages.push(stage);
            arrivals.push(arrival);
        }
        let last = netlist.outputs().iter().map(|out| stages[out.node.index()]).max().unwrap_or(0);
        Self { stages, latency: last + 1, longest }
    }

    /// The stage in which a node has its value.
    pub fn stage(&self, id: Id) -> u32 {
        self.stages[id.index()]
    }

    /// The periods from the edge that takes an input value to the edge after which its output value is offered.
    pub const fn latency(&self) -> u32 {
        self.latency
    }

    /// What the model says of the longest path, in picoseconds; longer than the period if one operator alone is.
    pub const fn longest_path(&self) -> u32 {
        self.longest
    }
}
