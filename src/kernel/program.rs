//! What one or more kernels in a row become for a device: typed, checked and joined.
//!
//! A [`Program`] is a list of [`Routine`]s, each after those that it calls, and says which of them
//! are its stages. Stages are joined: what one gives is what the next one takes, with no memory in
//! between. Everything that depends on types has been decided:
//!
//! - every [`Expr`] has its type, is pure, and ends for every input: it may be computed early, or
//!   twice, or not at all;
//! - what happens in order is a [`Statement`]: locals are set, and control flows by `If` and `For`;
//! - loops have constant bounds, tables have constant lengths, nothing recurs;
//! - a routine is made anew for each set of tables that it is called with, so that every look-up
//!   names its table.
//!
//! # What operations mean
//!
//! Integers wrap. Divisors are literals and not 0; `MIN / -1` wraps. The count of a shift is taken
//! modulo the width. An index behind the end means the last element. A cast is Rust's `as`.
//! `f32` is IEEE 754 binary32, to nearest, without contraction, with subnormal numbers; which NaN
//! results is open, and so is the sign of a zero that `min` or `max` of +0 and -0 gives.

mod code;
mod error;
mod types;

pub use code::{
    BinaryOp, Constant, ConstantId, Expr, ExprKind, Local, LocalId, Place, Routine, RoutineId, Statement,
    Step, TableId, TernaryOp, UnaryOp,
};
pub use error::Refused;
pub use types::{StructType, Type, TypeField};
pub(super) use types::{read, write};

use std::sync::Arc;

use super::bound::{BoundFunction, Table};

/// One or more kernels in a row, typed and joined. See the [module](self).
///
/// A clone shares the code and the tables.
#[derive(Debug, Clone)]
pub struct Program {
    code: Arc<Code>,
}

/// What a program is made of.
#[derive(Debug)]
pub(super) struct Code {
    pub(super) routines: Vec<Routine>,
    /// INVARIANT: not empty.
    pub(super) stages: Vec<RoutineId>,
    pub(super) tables: Vec<Table>,
    pub(super) constants: Vec<Constant>,
}

impl Program {
    /// The program that runs `functions` one behind the other.
    ///
    /// **Costs** time and memory in proportion to the functions and all that they call.
    ///
    /// # Errors
    ///
    /// [`Refused`] says which line is outside of what devices can do: recursion, a divisor that is
    /// not constant, a loop whose bounds are not, an operator or a method of a type that is no
    /// number, a table that is empty, two stages that do not fit.
    pub fn new(functions: &[BoundFunction]) -> Result<Self, Refused> {
        Ok(Self { code: Arc::new(super::lower::program(functions)?) })
    }

    /// Every routine that is needed, each one after those that it calls.
    pub fn routines(&self) -> &[Routine] {
        &self.code.routines
    }

    /// The routine `id`.
    pub fn routine(&self, id: RoutineId) -> &Routine {
        &self.code.routines[id.0]
    }

    /// The stages, first to last; at least one. Each has one parameter.
    pub fn stages(&self) -> &[RoutineId] {
        &self.code.stages
    }

    /// The tables that any routine looks up.
    pub fn tables(&self) -> &[Table] {
        &self.code.tables
    }

    /// The table `id`.
    pub fn table(&self, id: TableId) -> &Table {
        &self.code.tables[id.0]
    }

    /// The arrays and structs that are constants of the source. Not every one need be read any more.
    pub fn constants(&self) -> &[Constant] {
        &self.code.constants
    }

    /// The constant `id`.
    pub fn constant(&self, id: ConstantId) -> &Constant {
        &self.code.constants[id.0]
    }

    /// What the first stage takes. Its layout is that of the Rust type.
    pub fn input(&self) -> &Type {
        let first = self.routine(self.code.stages[0]);
        &first.locals[first.params[0].0].ty
    }

    /// What the last stage gives. Its layout is that of the Rust type.
    pub fn output(&self) -> &Type {
        &self.routine(self.code.stages[self.code.stages.len() - 1]).output
    }

    /// The names of the stages, joined by ` > `: `scale > margin`.
    pub fn name(&self) -> String {
        let names: Vec<_> = self.code.stages.iter().map(|id| self.routine(*id).name).collect();
        names.join(" > ")
    }
}
