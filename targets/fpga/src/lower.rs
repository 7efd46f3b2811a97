//! From a program of kernels to a netlist: loops unrolled, calls joined, branches made selections.
//!
//! A program is run here with nodes in place of numbers. Both branches of an `if` run, each on its own copy of the
//! locals, and what they leave is selected by the condition; after a `break`, `continue` or `return` that depends on
//! the input, what follows takes effect only where none of them did. A condition that is known, as in an unrolled loop,
//! costs nothing.

mod expression;
mod operation;
mod statement;
mod value;

use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;

use fusewire::kernel::Scalar;
use fusewire::kernel::program::{Expr, Program, Routine, Type};

use crate::netlist::{Builder, Id, Netlist, Table};
use value::{Origin, Value};

/// A line of a kernel that has no form in a core.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsupported {
    /// The kernel.
    pub kernel: &'static str,
    /// The file of the line.
    pub file: &'static str,
    /// The line.
    pub line: u32,
    /// What is wrong with it.
    pub what: String,
    /// What to write instead.
    pub help: String,
}

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kernel, file, line, what, help } = self;
        write!(f, "{file}:{line}: kernel `{kernel}` cannot become a core: {what}; help: {help}")
    }
}

impl std::error::Error for Unsupported {}

/// The most operators that a core may have; more than any device has room for.
const MOST_NODES: usize = 4_000_000;

/// The netlist of a program.
///
/// # Errors
///
/// When the program computes with `f32` (moving them and taking their bits is free), or unrolls to more operators than
/// any device has.
pub fn netlist(program: &Program) -> Result<Netlist, Unsupported> {
    let (input, output) = (program.input(), program.output());
    let bytes = |ty: &Type| u32::try_from(ty.size()).unwrap_or(u32::MAX / 8);
    let mut lowering = Lowering {
        program,
        builder: Builder::new(bytes(input), bytes(output)),
        columns: HashMap::new(),
        frame: Place::of(program.routine(program.stages()[0])),
    };
    let mut value = lowering.argument(input, 0);
    for stage in program.stages() {
        value = lowering.call(*stage, vec![value])?;
    }
    lowering.result(output, &value, 0);
    Ok(lowering.builder.finish())
}

/// Where in the source the lowering is.
#[derive(Debug, Clone, Copy)]
struct Place {
    kernel: &'static str,
    file: &'static str,
    line: u32,
}

impl Place {
    const fn of(routine: &Routine) -> Self {
        Self { kernel: routine.name, file: routine.file, line: routine.line }
    }
}

struct Lowering<'a> {
    program: &'a Program,
    builder: Builder,
    /// One scalar of each entry: of what, and from which byte of the entry on.
    columns: HashMap<(Origin, usize), Rc<Table>>,
    frame: Place,
}

impl Lowering<'_> {
    fn refuse<T>(&self, what: impl Into<String>, help: &str) -> Result<T, Unsupported> {
        let Place { kernel, file, line } = self.frame;
        Err(Unsupported { kernel, file, line, what: what.into(), help: help.to_owned() })
    }

    fn at(&mut self, expr: &Expr) {
        self.frame.line = expr.line;
        self.builder.at_line(expr.line);
    }

    /// The input value, of this type and at this byte.
    fn argument(&mut self, ty: &Type, at: usize) -> Value {
        let builder = &mut self.builder;
        Value::each_scalar(ty, at, &mut |scalar, at| builder.input(at as u32 * 8, scalar.bits()))
    }

    fn result(&mut self, ty: &Type, value: &Value, at: usize) {
        match ty {
            Type::Unit => {}
            Type::Scalar(_) => {
                let id = self.scalar(value);
                self.builder.output(id, at as u32 * 8);
            }
            Type::Array(element, len) => {
                for index in 0..*len {
                    let part = self.part(value, index);
                    self.result(element, &part, at + index * element.size());
                }
            }
            Type::Struct(of) => {
                for (index, field) in of.fields.iter().enumerate() {
                    let part = self.part(value, index);
                    self.result(&field.ty, &part, at + field.offset);
                }
            }
        }
    }

    /// One scalar of each entry.
    fn column(&mut self, origin: Origin, at: usize, scalar: Scalar) -> Rc<Table> {
        let program = self.program;
        let column = self.columns.entry((origin, at)).or_insert_with(|| {
            let (bytes, size) = match origin {
                Origin::Table(id) => (program.table(id).bytes(), program.table(id).element().size()),
                Origin::Constant(id) => {
                    let constant = program.constant(id);
                    let size = match &constant.ty {
                        Type::Array(element, _) => element.size(),
                        whole => whole.size(),
                    };
                    (constant.bytes.as_slice(), size)
                }
            };
            let entries = bytes.chunks_exact(size).map(|bytes| read(scalar, &bytes[at..])).collect();
            Rc::new(Table { width: scalar.bits(), entries })
        });
        Rc::clone(column)
    }

    fn constant(&mut self, scalar: Scalar, bits: u64) -> Id {
        self.builder.constant(bits.into(), scalar.bits())
    }
}

/// The bits of the scalar that `bytes` begin with.
fn read(scalar: Scalar, bytes: &[u8]) -> u128 {
    let mut word = [0; 16];
    let size = scalar.size();
    word[..size].copy_from_slice(&bytes[..size]);
    let bits = u128::from_le_bytes(word);
    if scalar == Scalar::Bool { u128::from(bits != 0) } else { bits }
}
