//! Printing a scheduled netlist as a SystemVerilog module with AXI-Stream in and out.
//!
//! All stages move on together, whenever the output is free or taken: `s_axis_tready` therefore depends on
//! `m_axis_tready` by one gate and on no register. Nothing is lost or doubled whatever the two sides do, a value per
//! period goes through when neither waits, and what a register holds is one bit of enable away from its clock.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::netlist::{Id, Netlist, Node, Op, mask};
use crate::schedule::Schedule;

/// The module's text. `comment` is put at its head, each line as a comment.
///
/// It is of the subset that yosys 0.23, Verilator 5.006 and Icarus Verilog 11 read, and gives no warning in any.
pub fn module(name: &str, comment: &str, netlist: &Netlist, schedule: &Schedule) -> String {
    let printer = Printer { netlist, schedule };
    let mut text = String::new();
    for line in comment.lines() {
        line_of(&mut text, format_args!("// {line}"));
    }
    printer.head(name, &mut text);
    printer.tables(&mut text);
    printer.stages(&mut text);
    printer.end(&mut text);
    text
}

struct Printer<'a> {
    netlist: &'a Netlist,
    schedule: &'a Schedule,
}

fn line_of(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a string does not fail.
    let _ = writeln!(text, "{line}");
}

/// A declaration's range; none for a single bit.
fn vector(width: u32) -> String {
    if width == 1 { String::new() } else { format!("[{}:0] ", width - 1) }
}

impl Printer<'_> {
    fn head(&self, name: &str, text: &mut String) {
        let latency = self.schedule.latency();
        let (input, output) = (self.netlist.input_bytes() * 8 - 1, self.netlist.output_bytes() * 8 - 1);
        let shift = |first: &str, chain: &str| match latency {
            1 => first.to_owned(),
            2 => format!("{{{chain}[0], {first}}}"),
            more => format!("{{{chain}[{}:0], {first}}}", more - 2),
        };
        let (valid, last) = (shift("s_axis_tvalid", "valid"), shift("s_axis_tlast", "last"));
        let pick = |chain: &str| {
            if latency == 1 { chain.to_owned() } else { format!("{chain}[{}]", latency - 1) }
        };
        let (range, none) = (vector(latency), format!("{latency}'d0"));
        let (offered, ending) = (pick("valid"), pick("last"));
        line_of(
            text,
            format_args!(
                "module {name} (
    input  wire aclk,
    input  wire aresetn,
    input  wire [{input}:0] s_axis_tdata,
    input  wire s_axis_tvalid,
    output wire s_axis_tready,
    input  wire s_axis_tlast,
    output wire [{output}:0] m_axis_tdata,
    output wire m_axis_tvalid,
    input  wire m_axis_tready,
    output wire m_axis_tlast
);
    // One bit for each of the {latency} stages: whether it holds a value, and whether that ends a packet.
    reg {range}valid;
    reg {range}last;
    wire advance = m_axis_tready | ~m_axis_tvalid;
    assign s_axis_tready = advance & aresetn;
    assign m_axis_tvalid = {offered};
    assign m_axis_tlast = {ending};
    always_ff @(posedge aclk) begin
        if (!aresetn) valid <= {none};
        else if (advance) valid <= {valid};
        if (advance) last <= {last};
    end"
            ),
        );
    }

    fn tables(&self, text: &mut String) {
        for (number, table) in self.netlist.tables().iter().enumerate() {
            let (range, last) = (vector(table.width), table.entries.len() - 1);
            let made_of = if table.is_block() { "block RAM" } else { "look-up tables" };
            line_of(text, format_args!("\n    // A table of {} entries, of {made_of}.", last + 1));
            line_of(text, format_args!("    reg {range}table_{number} [0:{last}];\n    initial begin"));
            for (index, entry) in table.entries.iter().enumerate() {
                let entry = literal(*entry, table.width);
                line_of(text, format_args!("        table_{number}[{index}] = {entry};"));
            }
            line_of(text, format_args!("    end"));
        }
    }

    /// The stages one after the other: what each computes, and the registers behind it.
    fn stages(&self, text: &mut String) {
        let lasts = self.last_uses();
        let mut computed: BTreeMap<u32, String> = BTreeMap::new();
        let mut kept: BTreeMap<u32, (String, String)> = BTreeMap::new();
        for (id, node) in self.netlist.numbered() {
            let stage = self.schedule.stage(id);
            if inlined(node.op) {
                continue;
            }
            let (name, range) = (self.name(id, stage), vector(node.width));
            let origin = if node.line > 0 { format!(" // line {}", node.line) } else { String::new() };
            match self.block_read(id) {
                Some(read) => {
                    let (declared, moved) = kept.entry(stage - 1).or_default();
                    line_of(declared, format_args!("    reg {range}{name};{origin}"));
                    line_of(moved, format_args!("        {name} <= {read};"));
                }
                None => {
                    let value = self.operator(node, stage);
                    let here = computed.entry(stage).or_default();
                    line_of(here, format_args!("    wire {range}{name} = {value};{origin}"));
                }
            }
            for later in stage + 1..=lasts[id.index()] {
                let (declared, moved) = kept.entry(later - 1).or_default();
                let (copy, before) = (self.name(id, later), self.name(id, later - 1));
                line_of(declared, format_args!("    reg {range}{copy};"));
                line_of(moved, format_args!("        {copy} <= {before};"));
            }
        }
        for stage in 0..self.schedule.latency() {
            line_of(text, format_args!("\n    // Stage {} of {}.", stage + 1, self.schedule.latency()));
            text.push_str(computed.get(&stage).map_or("", String::as_str));
            if let Some((declared, moved)) = kept.get(&stage) {
                text.push_str(declared);
                line_of(text, format_args!("    always_ff @(posedge aclk) if (advance) begin"));
                text.push_str(moved);
                line_of(text, format_args!("    end"));
            }
        }
    }

    fn end(&self, text: &mut String) {
        let latency = self.schedule.latency();
        let mut outputs: Vec<_> = self.netlist.outputs().to_vec();
        outputs.sort_by_key(|out| out.low);
        let mut parts = Vec::new();
        let mut at = 0;
        for out in &outputs {
            if out.low > at {
                parts.push(format!("{}'d0", out.low - at));
            }
            parts.push(self.value(out.node, latency));
            at = out.low + self.netlist.node(out.node).width;
        }
        let whole = self.netlist.output_bytes() * 8;
        if whole > at {
            parts.push(format!("{}'d0", whole - at));
        }
        parts.reverse();
        let value = if parts.len() == 1 { parts.concat() } else { format!("{{{}}}", parts.join(", ")) };
        line_of(text, format_args!("\n    assign m_axis_tdata = {value};"));
        let unused = self.unused();
        if !unused.is_empty() {
            line_of(text, format_args!("\n    // What the kernel does not look at."));
            line_of(text, format_args!("    wire unused = &{{1'b0, {}}};", unused.join(", ")));
        }
        line_of(text, format_args!("endmodule"));
    }

    /// The last stage in which each node is read; outputs are read behind the last stage.
    fn last_uses(&self) -> Vec<u32> {
        let mut lasts = vec![0; self.netlist.nodes().len()];
        for out in self.netlist.outputs() {
            lasts[out.node.index()] = self.schedule.latency();
        }
        for (id, node) in self.netlist.numbered().collect::<Vec<_>>().into_iter().rev() {
            // A node that is printed inside of what reads it is read as late as that is.
            let when = match self.block_read(id) {
                Some(_) => self.schedule.stage(id) - 1,
                None if inlined(node.op) => lasts[id.index()],
                None => self.schedule.stage(id),
            };
            for operand in node.op.operands() {
                let last: &mut u32 = &mut lasts[operand.index()];
                *last = (*last).max(when);
            }
        }
        lasts
    }

    /// What a block RAM's register takes, if the node is one.
    fn block_read(&self, id: Id) -> Option<String> {
        match self.netlist.node(id).op {
            Op::LookUp { table, index } if self.netlist.tables()[table].is_block() => {
                Some(format!("table_{table}[{}]", self.value(index, self.schedule.stage(id) - 1)))
            }
            _ => None,
        }
    }

    /// The node's signal in a stage.
    fn name(&self, id: Id, stage: u32) -> String {
        format!("n{}_{stage}", id.index())
    }

    /// The node as an expression that may be read in `stage`.
    fn value(&self, id: Id, stage: u32) -> String {
        let node = self.netlist.node(id);
        match node.op {
            Op::Constant(value) => literal(value, node.width),
            Op::Join(high, low) => format!("{{{}, {}}}", self.value(high, stage), self.value(low, stage)),
            Op::SignExtend(a) => {
                let inside = self.netlist.node(a).width;
                let value = self.value(a, stage);
                let sign = if inside == 1 { value.clone() } else { format!("{value}[{}]", inside - 1) };
                format!("{{{{{}{{{sign}}}}}, {value}}}", node.width - inside)
            }
            _ => self.name(id, stage),
        }
    }

    fn operator(&self, node: &Node, stage: u32) -> String {
        let value = |id| self.value(id, stage);
        let two = |a, operator: &str, b| format!("{} {operator} {}", value(a), value(b));
        match node.op {
            Op::Input { low } => bits_of("s_axis_tdata", low, node.width),
            Op::Not(a) => format!("~{}", value(a)),
            Op::And(a, b) => two(a, "&", b),
            Op::Or(a, b) => two(a, "|", b),
            Op::Xor(a, b) => two(a, "^", b),
            Op::Add(a, b) => two(a, "+", b),
            Op::Subtract(a, b) => two(a, "-", b),
            Op::Multiply(a, b) => self.product(node.width, a, b, stage),
            Op::Equal(a, b) => two(a, "==", b),
            Op::Below(a, b) => two(a, "<", b),
            Op::BelowSigned(a, b) => format!("$signed({}) < $signed({})", value(a), value(b)),
            Op::Select(condition, yes, no) => {
                format!("{} ? {} : {}", value(condition), value(yes), value(no))
            }
            Op::ShiftLeft(a, by) => two(a, "<<", by),
            Op::ShiftRight(a, by) => two(a, ">>", by),
            Op::ShiftRightSigned(a, by) => format!("$signed({}) >>> {}", value(a), value(by)),
            Op::Slice(a, low) => bits_of(&value(a), low, node.width),
            Op::LookUp { table, index } => format!("table_{table}[{}]", value(index)),
            Op::Constant(_) | Op::Join(..) | Op::SignExtend(_) => unreachable!("printed where it is read"),
        }
    }

    fn product(&self, width: u32, a: Id, b: Id, stage: u32) -> String {
        let wide = |id: Id| {
            let missing = width - self.netlist.node(id).width;
            let value = self.value(id, stage);
            if missing == 0 { value } else { format!("{{{missing}'d0, {value}}}") }
        };
        format!("{} * {}", wide(a), wide(b))
    }

    /// Bits that no one reads, named so that a linter sees that it is meant.
    fn unused(&self) -> Vec<String> {
        let mut used: Vec<u128> = vec![0; self.netlist.nodes().len()];
        for out in self.netlist.outputs() {
            used[out.node.index()] = u128::MAX;
        }
        let mut input = vec![false; self.netlist.input_bytes() as usize * 8];
        for node in self.netlist.nodes() {
            match node.op {
                Op::Input { low } => {
                    input[low as usize..(low + node.width) as usize].fill(true);
                }
                Op::Slice(a, low) => used[a.index()] |= mask(node.width) << low,
                op => op.operands().for_each(|id| used[id.index()] = u128::MAX),
            }
        }
        let mut unused = runs(input.iter().map(|used| !used))
            .map(|(low, width)| bits_of("s_axis_tdata", low, width))
            .collect::<Vec<_>>();
        for (id, node) in self.netlist.numbered() {
            if inlined(node.op) {
                continue;
            }
            let used = used[id.index()];
            let name = self.name(id, self.schedule.stage(id));
            let bits = (0..node.width).map(|bit| used >> bit & 1 == 0);
            unused.extend(runs(bits).map(|(low, width)| bits_of(&name, low, width)));
        }
        unused
    }
}

/// The runs of true: where each begins, and how long it is.
fn runs(bits: impl Iterator<Item = bool>) -> impl Iterator<Item = (u32, u32)> {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for (bit, set) in (0..).zip(bits) {
        match runs.last_mut() {
            _ if !set => {}
            Some((low, width)) if *low + *width == bit => *width += 1,
            _ => runs.push((bit, 1)),
        }
    }
    runs.into_iter()
}

/// Whether a node is printed inside of what reads it.
fn inlined(op: Op) -> bool {
    matches!(op, Op::Constant(_) | Op::Join(..) | Op::SignExtend(_))
}

fn bits_of(name: &str, low: u32, width: u32) -> String {
    if width == 1 { format!("{name}[{low}]") } else { format!("{name}[{}:{low}]", low + width - 1) }
}

fn literal(value: u128, width: u32) -> String {
    format!("{width}'h{value:x}")
}
