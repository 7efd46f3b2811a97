//! One routine: what is known while it is written.

use std::collections::{BTreeSet, HashMap};

use super::Linker;
use super::infer::{Infer, Typed};
use crate::kernel::program::{
    Expr, ExprKind, Local, LocalId, Place, Refused, Routine, Statement, TableId, Type,
};
use crate::kernel::tree::{Binding, Function, ParamKind, Pattern};

/// The routine of `function` with `tables`.
pub(super) fn routine(
    linker: &mut Linker,
    function: &'static Function,
    tables: &[TableId],
) -> Result<Routine, Refused> {
    let (infer, body) = Infer::function(function)?;
    let mut writer = Writer {
        linker,
        infer,
        locals: Vec::new(),
        names: HashMap::new(),
        current: Vec::new(),
        fresh: BTreeSet::new(),
        unstable: BTreeSet::new(),
        used: BTreeSet::new(),
    };
    let params = writer.params(function, tables)?;
    if let Some(value) = writer.value(&body)? {
        writer.current.push(Statement::Return(value));
    }
    let output = super::check_layout(function, function.output)?;
    let Writer { locals, current, used, .. } = writer;
    Ok(Routine {
        name: function.name,
        file: function.file,
        line: function.line,
        params,
        output,
        locals,
        body: current,
        tables: used.into_iter().collect(),
    })
}

/// What a name stands for while a routine is written.
#[derive(Debug, Clone)]
pub(super) enum Name {
    Local(LocalId),
    /// A literal: the name needs no local.
    Literal(Expr),
    Table(TableId),
    /// A table of one, which is used as its value.
    One(TableId),
}

/// Writes one routine.
pub(super) struct Writer<'a> {
    pub(super) linker: &'a mut Linker,
    pub(super) infer: Infer,
    locals: Vec<Local>,
    names: HashMap<u32, Name>,
    /// The block that is being written.
    pub(super) current: Vec<Statement>,
    /// Locals that hold an intermediate result and that nothing but that result names.
    fresh: BTreeSet<LocalId>,
    /// Locals that may change between two expressions.
    unstable: BTreeSet<LocalId>,
    pub(super) used: BTreeSet<TableId>,
}

impl Writer<'_> {
    fn params(&mut self, function: &'static Function, tables: &[TableId]) -> Result<Vec<LocalId>, Refused> {
        let mut params = Vec::new();
        let mut parts = Vec::new();
        let mut tables = tables.iter();
        for param in function.params {
            if param.kind != ParamKind::Value {
                let (Pattern::Bind { binding, .. }, Some(table)) = (&param.pattern, tables.next()) else {
                    return Err(super::refused(
                        function,
                        "it is given too few tables",
                        "bind it by its own `bind`",
                    ));
                };
                let name = if param.kind == ParamKind::One { Name::One(*table) } else { Name::Table(*table) };
                self.names.insert(binding.id, name);
                continue;
            }
            let ty = super::check_layout(function, param.layout)?;
            if let Pattern::Bind { binding, mutable, inner: None } = &param.pattern {
                params.push(self.declare(*binding, ty, *mutable));
            } else {
                let local = self.local("", ty.clone(), false);
                params.push(local);
                parts.push((&param.pattern, local, ty));
            }
        }
        for (pattern, local, ty) in parts {
            let value = Expr { ty, line: function.line, kind: ExprKind::Local(local) };
            self.take_apart(pattern, value, function.line)?;
        }
        Ok(params)
    }

    pub(super) fn refused(&self, line: u32, what: impl Into<String>, help: impl Into<String>) -> Refused {
        self.infer.refused(line, what, help)
    }

    /// A new local.
    pub(super) fn local(&mut self, name: &'static str, ty: Type, mutable: bool) -> LocalId {
        self.locals.push(Local { name, ty, mutable });
        LocalId(self.locals.len() - 1)
    }

    /// A new local for an intermediate result.
    pub(super) fn intermediate(&mut self, ty: Type, mutable: bool) -> LocalId {
        let local = self.local("", ty, mutable);
        self.fresh.insert(local);
        local
    }

    /// A new local for what the user calls `binding`.
    pub(super) fn declare(&mut self, binding: Binding, ty: Type, mutable: bool) -> LocalId {
        let local = self.local(binding.name, ty, mutable);
        if mutable {
            self.unstable.insert(local);
        }
        self.names.insert(binding.id, Name::Local(local));
        local
    }

    /// Gives `binding` the value. An intermediate result becomes the binding.
    pub(super) fn bind(&mut self, binding: Binding, value: Expr, mutable: bool) {
        match value.kind {
            ExprKind::Literal(_) if !mutable => {
                self.names.insert(binding.id, Name::Literal(value));
            }
            ExprKind::Local(local) if self.fresh.remove(&local) => {
                self.locals[local.0].name = binding.name;
                self.locals[local.0].mutable |= mutable;
                if mutable {
                    self.unstable.insert(local);
                }
                self.names.insert(binding.id, Name::Local(local));
            }
            _ => {
                let local = self.declare(binding, value.ty.clone(), mutable);
                self.set(local, value);
            }
        }
    }

    /// Says that a local gets its value in branches.
    pub(super) fn assigned_later(&mut self, local: LocalId) {
        self.locals[local.0].mutable = true;
    }

    pub(super) fn type_of_local(&self, local: LocalId) -> Type {
        self.locals[local.0].ty.clone()
    }

    pub(super) fn named(&self, binding: Binding, line: u32) -> Result<&Name, Refused> {
        self.names.get(&binding.id).ok_or_else(|| {
            self.infer.refused(
                line,
                format!("`{}` is not known", binding.name),
                "declare it before it is used",
            )
        })
    }

    pub(super) fn set(&mut self, local: LocalId, value: Expr) {
        self.current.push(Statement::Set { place: Place { local, path: Vec::new() }, value });
    }

    /// The value in a local, if it is not one whose parts can be named.
    pub(super) fn kept(&mut self, value: Expr) -> Expr {
        let is_place = |mut expr: &Expr| loop {
            match &expr.kind {
                ExprKind::Field { base, .. } | ExprKind::Index { base, .. } => expr = base,
                ExprKind::Local(_) | ExprKind::Constant(_) | ExprKind::Table { .. } => return true,
                _ => return false,
            }
        };
        if is_place(&value) || value.ty.scalar().is_some() { value } else { self.kept_always(value) }
    }

    /// The value in a new local.
    pub(super) fn kept_always(&mut self, value: Expr) -> Expr {
        let (ty, line) = (value.ty.clone(), value.line);
        let local = self.intermediate(ty.clone(), false);
        self.set(local, value);
        Expr { ty, line, kind: ExprKind::Local(local) }
    }

    /// Whether statements that follow cannot change what `value` is.
    pub(super) fn is_stable(&self, value: &Expr) -> bool {
        let mut stable = true;
        value.visit(&mut |part| {
            if let ExprKind::Local(local) = part.kind {
                stable &= !self.unstable.contains(&local);
            }
        });
        stable
    }

    /// Values in the order of the source, none of which a later one changes. `None` if control does
    /// not come out of one of them.
    pub(super) fn values<'t>(
        &mut self,
        list: impl IntoIterator<Item = &'t Typed>,
    ) -> Result<Option<Vec<Expr>>, Refused> {
        let mut values: Vec<Expr> = Vec::new();
        for typed in list {
            let before = self.current.len();
            let Some(value) = self.value(typed)? else { return Ok(None) };
            if self.current.len() != before {
                let later = self.current.split_off(before);
                for earlier in &mut values {
                    if !self.is_stable(earlier) {
                        *earlier = self.kept_always(earlier.clone());
                    }
                }
                self.current.extend(later);
            }
            values.push(value);
        }
        Ok(Some(values))
    }

    /// Writes a block of its own with `write`, and gives it.
    pub(super) fn nested<T>(
        &mut self,
        write: impl FnOnce(&mut Self) -> Result<T, Refused>,
    ) -> Result<(Vec<Statement>, T), Refused> {
        let outer = std::mem::take(&mut self.current);
        let result = write(self);
        let inner = std::mem::replace(&mut self.current, outer);
        Ok((inner, result?))
    }
}
