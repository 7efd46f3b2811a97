//! Writes kernels at random: the file `generated.rs`, which `BLESS=1` writes anew.
//!
//! Nearly everything wraps, so that most rows end without a panic in a debug build as well. No
//! kernel shows the bits of a NaN.

use std::fmt::Write;

use crate::harness::Random;

const KERNELS: u64 = 24;

const INTEGERS: &[&str] = &["u8", "u16", "u32", "u64", "i8", "i16", "i32", "i64"];
const SCALARS: &[&str] = &["u8", "u16", "u32", "u64", "i8", "i16", "i32", "i64", "f32", "bool"];

const HEAD: &str = "\
//! Kernels that `generator.rs` wrote; `BLESS=1 cargo test --test kernel` writes them anew.

#![allow(
    warnings,
    arithmetic_overflow,
    unconditional_panic,
    clippy::all,
    clippy::pedantic,
    reason = \"nobody wrote this\"
)]

use fusewire::kernel;
use fusewire::prelude::*;

use crate::harness::{Case, case};

#[derive(Clone, Copy, kernel::Data)]
#[repr(C)]
pub(crate) struct Row {
    a: u8, b: u16, c: u32, d: u64, e: i8, f: i16, g: i32, h: i64, i: f32, j: bool,
    au8: [u8; 4], au16: [u16; 4], au32: [u32; 4], au64: [u64; 4],
    ai8: [i8; 4], ai16: [i16; 4], ai32: [i32; 4], ai64: [i64; 4],
    af32: [f32; 4], abool: [bool; 4],
}
";

const FIELDS: &str = "abcdefghij";

/// The whole file.
pub(crate) fn text() -> String {
    let mut text = HEAD.to_owned();
    let mut names = Vec::new();
    for number in 0..KERNELS {
        let mut writer = Writer::new(number);
        let result = writer.random.one(SCALARS);
        let name = format!("kernel_{number}");
        let body = writer.body(result);
        write!(text, "\n#[stage(kernel)]\nfn {name}(mut row: Row) -> {result} {{\n{body}}}\n").unwrap();
        names.push(name);
    }
    text.push_str("\npub(crate) fn all() -> Vec<Case> {\n    vec![\n");
    for name in names {
        writeln!(text, "        case({name}::bind()).at_least(100),").unwrap();
    }
    text.push_str("    ]\n}\n");
    text
}

#[derive(Clone)]
struct Variable {
    name: String,
    ty: &'static str,
    mutable: bool,
}

struct Writer {
    random: Random,
    variables: Vec<Variable>,
    made: usize,
    loops: usize,
    result: &'static str,
}

impl Writer {
    fn new(number: u64) -> Self {
        let random = Random(number.wrapping_mul(0x1234_5678_9abc_def1) ^ 99);
        Self { random, variables: Vec::new(), made: 0, loops: 0, result: "u8" }
    }

    fn name(&mut self) -> String {
        self.made += 1;
        format!("v{}", self.made)
    }

    fn body(&mut self, result: &'static str) -> String {
        self.result = result;
        let mut text = String::new();
        for _ in 0..6 + self.random.below(6) {
            self.statement(2, 1, &mut text);
        }
        let value = self.value(result, 3);
        writeln!(text, "    {value}").unwrap();
        text
    }

    /// Statements of an inner block, whose variables end with it.
    fn inner(&mut self, depth: usize, indent: usize, text: &mut String) {
        let known = self.variables.len();
        for _ in 0..1 + self.random.below(3) {
            self.statement(depth, indent, text);
        }
        self.variables.truncate(known);
    }

    fn statement(&mut self, depth: usize, indent: usize, text: &mut String) {
        let pad = "    ".repeat(indent);
        match self.random.below(if depth == 0 { 6 } else { 9 }) {
            0..3 => {
                let (ty, name) = (self.random.one(SCALARS), self.name());
                let value = self.value(ty, 3);
                let mutable = self.random.below(2) == 0;
                let typed = if self.random.below(2) == 0 { format!(": {ty}") } else { String::new() };
                let word = if mutable { "mut " } else { "" };
                writeln!(text, "{pad}let {word}{name}{typed} = {value};").unwrap();
                self.variables.push(Variable { name, ty, mutable });
            }
            3 | 4 => {
                let mutable: Vec<_> = self.variables.iter().filter(|v| v.mutable).cloned().collect();
                if mutable.is_empty() || self.random.below(3) == 0 {
                    let ty = self.random.one(SCALARS);
                    let (index, value) = (self.index(), self.value(ty, 2));
                    return writeln!(text, "{pad}row.a{ty}[{index}] = {value};").unwrap();
                }
                let Variable { name, ty, .. } = &mutable[self.random.below(mutable.len())];
                let value = self.value(ty, 3);
                let op = match *ty {
                    "f32" => self.random.one(&["=", "+=", "-=", "*="]),
                    _ => self.random.one(&["=", "=", "^=", "&=", "|="]),
                };
                writeln!(text, "{pad}{name} {op} {value};").unwrap();
            }
            5 => {
                let leave = match (self.loops, self.random.below(4)) {
                    (0, 0) | (_, 0) => format!("return {}", self.value(self.result, 1)),
                    (0, _) => return,
                    (_, 1) => "break".to_owned(),
                    _ => "continue".to_owned(),
                };
                let condition = self.value("bool", 2);
                writeln!(text, "{pad}if {condition} {{ {leave}; }}").unwrap();
            }
            6 => {
                let condition = self.value("bool", 2);
                writeln!(text, "{pad}if {condition} {{").unwrap();
                self.inner(depth - 1, indent + 1, text);
                if self.random.below(2) == 0 {
                    writeln!(text, "{pad}}} else {{").unwrap();
                    self.inner(depth - 1, indent + 1, text);
                }
                writeln!(text, "{pad}}}").unwrap();
            }
            7 => {
                let (ty, name) = (self.random.one(INTEGERS), self.name());
                let (from, turns) = (self.random.below(5), self.random.below(6));
                let to = from + turns;
                let range = match self.random.below(4) {
                    0 => format!("({from}{ty}..{to}).rev()"),
                    1 => format!("{from}..={to}{ty}"),
                    _ => format!("{from}..{to}{ty}"),
                };
                writeln!(text, "{pad}for {name} in {range} {{").unwrap();
                let known = self.variables.len();
                self.variables.push(Variable { name, ty, mutable: false });
                self.loops += 1;
                self.inner(depth - 1, indent + 1, text);
                self.loops -= 1;
                self.variables.truncate(known);
                writeln!(text, "{pad}}}").unwrap();
            }
            _ => {
                let ty = self.random.one(INTEGERS);
                let value = self.value(ty, 2);
                writeln!(text, "{pad}match {value} {{").unwrap();
                let literal = self.random.below(100);
                writeln!(text, "{pad}    0 | {literal} => {{").unwrap();
                self.inner(depth - 1, indent + 2, text);
                let name = self.name();
                let guard = self.value("bool", 1);
                writeln!(text, "{pad}    }}\n{pad}    {name} if {guard} => {{").unwrap();
                let known = self.variables.len();
                self.variables.push(Variable { name, ty, mutable: false });
                self.inner(depth - 1, indent + 2, text);
                self.variables.truncate(known);
                writeln!(text, "{pad}    }}\n{pad}    {}..=120 => {{", literal + 1).unwrap();
                self.inner(depth - 1, indent + 2, text);
                writeln!(text, "{pad}    }}\n{pad}    _ => {{}}\n{pad}}}").unwrap();
            }
        }
    }

    fn index(&mut self) -> String {
        let ty = self.random.one(&["u8", "u32", "u64", "i16"]);
        let value = self.value(ty, 1);
        format!("({value} & 3) as usize")
    }

    /// A value that can stand in front of a method.
    fn value(&mut self, ty: &'static str, depth: usize) -> String {
        if depth == 0 {
            return self.leaf(ty);
        }
        let d = depth - 1;
        match self.random.below(12) {
            0 => return self.leaf(ty),
            1 => {
                let (c, a, b) = (self.value("bool", d), self.value(ty, d), self.value(ty, d));
                return format!("(if {c} {{ {a} }} else {{ {b} }})");
            }
            2 => {
                let (other, name) = (self.random.one(SCALARS), self.name());
                let inner = self.value(other, d);
                self.variables.push(Variable { name: name.clone(), ty: other, mutable: false });
                let value = self.value(ty, d);
                self.variables.pop();
                return format!("{{ let {name} = {inner}; {value} }}");
            }
            3 => {
                let index = self.index();
                return format!("row.a{ty}[{index}]");
            }
            4 if ty != "bool" => {
                let from = self.random.one(SCALARS);
                let value = self.value(from, d);
                return match (from, ty) {
                    ("bool", "f32") => self.leaf(ty),
                    _ => format!("({value} as {ty})"),
                };
            }
            5 => {
                let other = self.random.one(INTEGERS);
                let value = self.value(other, d);
                let (a, b, c) = (self.value(ty, d), self.value(ty, d), self.value(ty, d));
                let literal = self.random.below(128);
                return format!("(match {value} {{ 0..=7 => {a}, {literal} => {b}, _ => {c} }})");
            }
            _ => {}
        }
        match ty {
            "bool" => self.boolean(d),
            "f32" => self.float(d),
            _ => self.integer(ty, d),
        }
    }

    fn leaf(&mut self, ty: &'static str) -> String {
        let known: Vec<_> = self.variables.iter().filter(|v| v.ty == ty).map(|v| v.name.clone()).collect();
        if !known.is_empty() && self.random.below(2) == 0 {
            return known[self.random.below(known.len())].clone();
        }
        if self.random.below(2) == 0 {
            let at = SCALARS.iter().position(|name| *name == ty).unwrap();
            return format!("row.{}", &FIELDS[at..=at]);
        }
        match ty {
            "bool" => self.random.one(&["true", "false"]).to_owned(),
            "f32" => {
                self.random.one(&["1.5f32", "(-0.25f32)", "1e10f32", "3f32", "0.1f32", "0f32"]).to_owned()
            }
            _ => format!("{}{ty}", self.random.below(128)),
        }
    }

    fn integer(&mut self, ty: &'static str, depth: usize) -> String {
        let (a, b) = (self.value(ty, depth), self.value(ty, depth));
        let literal = 1 + self.random.below(100);
        match self.random.below(20) {
            0..4 => format!("{a}.wrapping_add({b})"),
            4 | 5 => format!("{a}.wrapping_sub({b})"),
            6 | 7 => format!("{a}.wrapping_mul({b})"),
            8 => format!("({a} {} {b})", self.random.one(&["&", "|", "^"])),
            9 => format!("(!{a})"),
            10 => format!("({a} / {literal})"),
            11 => format!("({a} % {literal})"),
            12 => {
                format!("{a}.{}({b})", self.random.one(&["min", "max", "saturating_add", "saturating_sub"]))
            }
            13 => {
                let count = self.value("u32", 1);
                format!(
                    "{a}.{}({count})",
                    self.random.one(&["wrapping_shl", "wrapping_shr", "rotate_left", "rotate_right"])
                )
            }
            14 => format!("({a} >> {})", self.random.below(8)),
            15 => format!(
                "({a}.{}() as {ty})",
                self.random.one(&["count_ones", "leading_zeros", "trailing_zeros"])
            ),
            16 => format!("({a}.abs_diff({b}) as {ty})"),
            17 => format!("{a}.swap_bytes()"),
            18 => format!("{a}.wrapping_neg()"),
            _ => format!("(({a} >> 1) + ({b} >> 1))"),
        }
    }

    fn float(&mut self, depth: usize) -> String {
        let (a, b) = (self.value("f32", depth), self.value("f32", depth));
        match self.random.below(8) {
            0 | 1 => format!("({a} + {b})"),
            2 => format!("({a} - {b})"),
            3 | 4 => format!("({a} * {b})"),
            5 => format!("({a} / {b})"),
            6 => format!("{a}.{}()", self.random.one(&["abs", "sqrt", "floor", "ceil", "trunc"])),
            _ => format!("{a}.mul_add({b}, 0.5)"),
        }
    }

    fn boolean(&mut self, depth: usize) -> String {
        match self.random.below(6) {
            0..3 => {
                let ty = self.random.one(SCALARS);
                let (a, b) = (self.value(ty, depth), self.value(ty, depth));
                format!("({a} {} {b})", self.random.one(&["<", "<=", ">", ">=", "==", "!="]))
            }
            3 => format!("({} && {})", self.value("bool", depth), self.value("bool", depth)),
            4 => format!("({} || {})", self.value("bool", depth), self.value("bool", depth)),
            _ => format!("(!{})", self.value("bool", depth)),
        }
    }
}

#[test]
fn generated_kernels_are_those_of_the_generator() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/kernel/generated.rs");
    let text = text();
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap();
    assert!(text == written, "BLESS=1 writes {path} anew");
}
