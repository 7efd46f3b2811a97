//! A core: what a kernel's program becomes in the device.

use std::hash::Hasher;

use crate::netlist::{Netlist, Op};
use crate::schedule::{Schedule, Timing};
use crate::verilog;

/// A pipelined core with AXI-Stream in and out, one value in a beat, that takes a value in each period of its clock.
#[derive(Debug, Clone)]
pub struct Core {
    name: String,
    netlist: Netlist,
    schedule: Schedule,
    verilog: String,
    id: u64,
}

impl Core {
    /// The core of a netlist. Its module is called `name`, a word of Verilog.
    pub fn new(name: impl Into<String>, netlist: Netlist, timing: &Timing) -> Self {
        let name = name.into();
        let schedule = Schedule::new(&netlist, timing);
        let comment = format!(
            "Made by fusewire-fpga. {} bytes in, {} bytes out, latency {} at a period of {} ps.",
            netlist.input_bytes(),
            netlist.output_bytes(),
            schedule.latency(),
            timing.period
        );
        let verilog = verilog::module(&name, &comment, &netlist, &schedule);
        let mut hasher = Fnv(0xcbf2_9ce4_8422_2325);
        hasher.write(verilog.as_bytes());
        Self { name, netlist, schedule, verilog, id: hasher.finish() }
    }

    /// Its module's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it computes.
    pub const fn netlist(&self) -> &Netlist {
        &self.netlist
    }

    /// When it computes what.
    pub const fn schedule(&self) -> &Schedule {
        &self.schedule
    }

    /// Its module, in SystemVerilog.
    pub fn verilog(&self) -> &str {
        &self.verilog
    }

    /// The periods from the edge that takes a value to the one after which its result is offered.
    pub const fn latency(&self) -> u32 {
        self.schedule.latency()
    }

    /// A number made of its text. A card's register has it, so that a driver can tell whether the card was loaded with
    /// this core. It is the same on every machine and with every compiler.
    pub const fn id(&self) -> u64 {
        self.id
    }
}

/// The hash of Fowler, Noll and Vo, 64 bits, 1a: its results are fixed, those of the standard library are not.
struct Fnv(u64);

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

impl std::fmt::Display for Core {
    /// One line: the name, the latency, the initiation interval, and what it is made of.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let multipliers = self.netlist.nodes().iter().filter(|node| matches!(node.op, Op::Multiply(..)));
        let blocks = self.netlist.tables().iter().filter(|table| table.is_block());
        let bits: usize = blocks.map(|table| table.entries.len() * table.width as usize).sum();
        write!(
            f,
            "core {}: latency {} cycles, 1 cycle per row, {} operators, {} multipliers, {bits} bits of block RAM",
            self.name,
            self.latency(),
            self.netlist.nodes().iter().filter(|node| !node.op.is_wiring()).count(),
            multipliers.count(),
        )
    }
}
