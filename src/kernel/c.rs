//! A program as C, in the three dialects that devices and hosts compile.
//!
//! ```text
//! fusewire_kernel(n, in, out, table0, ..)     one row for each work item, or a loop in plain C
//!   └─ fusewire_row(in[i], table0, ..)        the stages, one behind the other
//!        └─ r0_scale, r1_margin, ..           one function for each routine
//! ```
//!
//! The text is the same on every host and depends on the program alone. It has no undefined
//! behaviour: integers wrap by way of unsigned ones, shifts are masked, casts saturate, indices are
//! brought inside. It relies on what every compiler of these dialects does and C leaves open: two's
//! complement, and arithmetic shifts of negative numbers. Floating point is exact if the compiler is
//! given [`Source::flags`].

mod dialect;
mod helpers;
mod routine;
mod types;

pub use dialect::Dialect;

use std::collections::BTreeMap;
use std::fmt::Write;

use super::program::{Program, TableId, Type};
use types::Types;

/// The C of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Source {
    /// The text of one translation unit.
    pub text: String,
    /// The function to run over a batch. It takes the number of rows, a `u32`; the input buffer; the
    /// output buffer; and a buffer for each of [`Program::tables`]. Rows and elements lie as in Rust.
    pub entry: &'static str,
    /// The function that computes one row, for those that write an entry of their own. It takes a row
    /// by value and a pointer for each table, and returns a row. In OpenCL the pointers are
    /// `__global const`.
    pub row: &'static str,
    /// The name of the input's type.
    pub input: String,
    /// The name of the output's type.
    pub output: String,
    /// What the compiler must be told, so that floating point is exact.
    pub flags: &'static [&'static str],
}

/// The C of `program`.
///
/// **Costs** time and memory in proportion to the program.
pub fn emit(program: &Program, dialect: Dialect) -> Source {
    let mut emitter = Emitter { program, dialect, types: Types::default(), helpers: BTreeMap::new() };
    let mut code = String::new();
    for at in 0..program.routines().len() {
        emitter.routine(at, &mut code);
    }
    emitter.row(&mut code);
    emitter.entry(&mut code);
    let constants = emitter.constants();
    let input = emitter.ty(program.input());
    let output = emitter.ty(program.output());
    let mut text = format!("// {}\n", program.name().replace(['\n', '\\'], " "));
    text.push_str(dialect.prelude());
    text.push_str(&emitter.types.text);
    for helper in emitter.helpers.values() {
        text.push_str(helper);
    }
    text.push_str(&constants);
    text.push_str(&code);
    Source { text, entry: ENTRY, row: ROW, input, output, flags: dialect.flags() }
}

const ENTRY: &str = "fusewire_kernel";
const ROW: &str = "fusewire_row";

/// Writes one translation unit.
struct Emitter<'p> {
    program: &'p Program,
    dialect: Dialect,
    types: Types,
    /// The functions that expressions need, by name.
    helpers: BTreeMap<String, String>,
}

/// `text` as a part of a C name; empty if nothing of it can be.
fn name(text: &str) -> String {
    let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if plain && !text.is_empty() { format!("_{text}") } else { String::new() }
}

impl Emitter<'_> {
    /// The C name of a type, which is declared if it was not yet.
    fn ty(&mut self, ty: &Type) -> String {
        self.types.name(ty)
    }

    /// `, __global const T0* t0, ..`
    fn table_params(&mut self, tables: &[TableId]) -> String {
        let (qualifier, restrict) = (self.dialect.global(), self.dialect.restrict());
        let mut params = String::new();
        for id in tables {
            let Some(ty) = Type::of(self.program.table(*id).element()) else { continue };
            let ty = self.ty(&ty);
            // Writing to a `String` does not fail.
            let _ = write!(params, ", {qualifier}const {ty}* {restrict}t{}", id.0);
        }
        params
    }

    fn all_tables(&self) -> Vec<TableId> {
        (0..self.program.tables().len()).map(TableId).collect()
    }

    /// The function of one row.
    fn row(&mut self, code: &mut String) {
        let program = self.program;
        let (input, output) = (self.ty(program.input()), self.ty(program.output()));
        let params = self.table_params(&self.all_tables());
        let _ = writeln!(code, "{}{output} {ROW}({input} x0{params}) {{", self.dialect.function());
        for (at, id) in program.stages().iter().enumerate() {
            let routine = program.routine(*id);
            let ty = self.ty(&routine.output);
            let call = self.call(*id, &[format!("x{at}")]);
            let _ = writeln!(code, "  {ty} x{} = {call};", at + 1);
        }
        let last = format!("x{}", program.stages().len());
        self.clear_padding(&last, program.output(), 1, code);
        let _ = write!(code, "  return {last};\n}}\n");
    }

    /// Sets the padding of an output to 0, so that its bytes depend on nothing but the input.
    fn clear_padding(&mut self, place: &str, ty: &Type, depth: usize, code: &mut String) {
        let pads = types::pads(ty);
        if pads.is_empty() {
            return;
        }
        let indent = "  ".repeat(depth);
        match ty {
            Type::Struct(of) => {
                for (name, len) in types::own_pads(of) {
                    let _ = writeln!(code, "{indent}for (u32 p = 0; p < {len}u; p++) {place}.{name}[p] = 0;");
                }
                for (at, field) in of.fields.iter().enumerate() {
                    let inner = format!("{place}.{}", types::field(of, at));
                    self.clear_padding(&inner, &field.ty, depth, code);
                }
            }
            Type::Array(element, len) => {
                let _ = writeln!(code, "{indent}for (u32 q{depth} = 0; q{depth} < {len}u; q{depth}++) {{");
                self.clear_padding(&format!("{place}.v[q{depth}]"), element, depth + 1, code);
                let _ = writeln!(code, "{indent}}}");
            }
            Type::Unit | Type::Scalar(_) => {}
        }
    }

    /// The function of a batch.
    fn entry(&mut self, code: &mut String) {
        let program = self.program;
        let (input, output) = (self.ty(program.input()), self.ty(program.output()));
        let (global, restrict) = (self.dialect.global(), self.dialect.restrict());
        let params = self.table_params(&self.all_tables());
        let passed: String = self.all_tables().iter().map(|id| format!(", t{}", id.0)).collect();
        let _ = writeln!(
            code,
            "{}void {ENTRY}(const u32 n, {global}const {input}* {restrict}in, {global}{output}* {restrict}out{params}) {{",
            self.dialect.kernel()
        );
        let row = format!("out[i] = {ROW}(in[i]{passed});");
        let _ = match self.dialect {
            Dialect::C => write!(code, "  for (u32 i = 0; i < n; i++) {row}\n}}\n"),
            Dialect::OpenCl => write!(code, "  const size_t i = get_global_id(0);\n  if (i < n) {row}\n}}\n"),
            Dialect::Cuda => {
                write!(
                    code,
                    "  const u64 i = (u64)blockIdx.x * blockDim.x + threadIdx.x;\n  if (i < n) {row}\n}}\n"
                )
            }
        };
    }
}
