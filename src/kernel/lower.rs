//! From descriptions to a program.
//!
//! ```text
//! tree ──infer──▶ tree with types ──write──▶ routine
//!                 (unify)           (value, control, pattern, build)
//! ```

mod build;
mod control;
mod infer;
mod pattern;
mod unify;
mod value;
mod write;

use std::ptr;

use super::bound::{BoundFunction, Table};
use super::layout::Layout;
use super::program::{Code, Constant, ConstantId, Refused, Routine, RoutineId, TableId, Type};
use super::tree::{Function, ParamKind};

/// The program that runs `functions` one behind the other.
pub(super) fn program(functions: &[BoundFunction]) -> Result<Code, Refused> {
    let mut linker = Linker::default();
    for bound in functions {
        let id = linker.stage(bound)?;
        linker.join(id)?;
    }
    if linker.stages.is_empty() {
        return Err(Refused {
            kernel: "",
            file: "",
            line: 0,
            what: "a program has no kernels".to_owned(),
            help: "give it at least one".to_owned(),
        });
    }
    let Linker { routines, stages, tables, constants, .. } = linker;
    Ok(Code { routines, stages, tables, constants })
}

/// A function with its tables, of which a routine is made.
type Key = (*const Function, Vec<TableId>);

/// Collects routines, tables and constants.
#[derive(Debug, Default)]
struct Linker {
    routines: Vec<Routine>,
    keys: Vec<(Key, RoutineId)>,
    /// What is being written: each calls the next.
    open: Vec<Key>,
    stages: Vec<RoutineId>,
    tables: Vec<Table>,
    constants: Vec<Constant>,
}

/// What is wrong with `function` as a whole.
fn refused(function: &Function, what: impl Into<String>, help: impl Into<String>) -> Refused {
    let Function { name, file, line, .. } = *function;
    Refused { kernel: name, file, line, what: what.into(), help: help.into() }
}

impl Linker {
    fn stage(&mut self, bound: &BoundFunction) -> Result<RoutineId, Refused> {
        let function = bound.function();
        let params: Vec<_> = function.params.iter().filter(|param| param.kind != ParamKind::Value).collect();
        if params.len() != bound.tables().len() {
            let (wants, has) = (params.len(), bound.tables().len());
            return Err(refused(
                function,
                format!("it has {wants} tables and is given {has}"),
                "bind it by its own `bind`",
            ));
        }
        if function.params.len() != params.len() + 1 {
            return Err(refused(
                function,
                "a kernel in a graph takes one value",
                "make a struct of its parameters, or call it from a kernel that takes one",
            ));
        }
        let mut tables = Vec::new();
        for (table, param) in bound.tables().iter().zip(params) {
            if table.element() != param.layout || (param.kind == ParamKind::One && table.len() != 1) {
                return Err(refused(
                    function,
                    "it is given a table of another type",
                    "bind it by its own `bind`",
                ));
            }
            if table.is_empty() || table.element().size() == 0 {
                return Err(refused(function, "a table of it is empty", "give it at least one element"));
            }
            tables.push(self.table(table));
        }
        self.routine(function, tables)
    }

    /// Adds a stage behind those that there are.
    fn join(&mut self, id: RoutineId) -> Result<(), Refused> {
        if let Some(before) = self.stages.last() {
            let (before, next) = (&self.routines[before.0], &self.routines[id.0]);
            let takes = &next.locals[next.params[0].0].ty;
            if *takes != before.output {
                return Err(Refused {
                    kernel: next.name,
                    file: next.file,
                    line: next.line,
                    what: format!(
                        "it takes `{takes}`, and `{}` before it gives `{}`",
                        before.name, before.output
                    ),
                    help: "let the two agree".to_owned(),
                });
            }
        }
        self.stages.push(id);
        Ok(())
    }

    /// A table is kept once, if it is the same bytes.
    fn table(&mut self, table: &Table) -> TableId {
        let same = |known: &Table| {
            known.len() == table.len()
                && known.element() == table.element()
                && (ptr::eq(known.bytes(), table.bytes()) || known.bytes() == table.bytes())
        };
        TableId(self.tables.iter().position(same).unwrap_or_else(|| {
            self.tables.push(table.clone());
            self.tables.len() - 1
        }))
    }

    /// A constant is kept once.
    fn constant(&mut self, constant: Constant) -> ConstantId {
        ConstantId(self.constants.iter().position(|known| *known == constant).unwrap_or_else(|| {
            self.constants.push(constant);
            self.constants.len() - 1
        }))
    }

    /// The routine of `function` with `tables`, written if it was not yet.
    fn routine(&mut self, function: &'static Function, tables: Vec<TableId>) -> Result<RoutineId, Refused> {
        let key = (ptr::from_ref(function), tables);
        if let Some((_, id)) = self.keys.iter().find(|(known, _)| *known == key) {
            return Ok(*id);
        }
        if self.open.iter().any(|open| open.0 == key.0) {
            return Err(refused(function, "it calls itself, in one or more steps", "write `for i in 0..N`"));
        }
        for layout in function.params.iter().map(|param| param.layout).chain([function.output]) {
            check_layout(function, layout)?;
        }
        self.open.push(key.clone());
        let routine = write::routine(self, function, &key.1)?;
        self.open.pop();
        self.routines.push(routine);
        let id = RoutineId(self.routines.len() - 1);
        self.keys.push((key, id));
        Ok(id)
    }
}

/// Whether a device can hold values of `layout`.
fn check_layout(function: &Function, layout: &Layout) -> Result<Type, Refused> {
    Type::of(layout).filter(|ty| ty.size() > 0).ok_or_else(|| {
        refused(
            function,
            "a value that it takes or gives has no size",
            "use no empty array and no empty struct",
        )
    })
}
