//! Blocks, branches, loops and assignments.

use super::build;
use super::infer::Typed;
use super::value::unit;
use super::write::{Name, Writer};
use crate::kernel::arithmetic;
use crate::kernel::layout::Scalar;
use crate::kernel::program::{BinaryOp, Expr, ExprKind, Place, Refused, Statement, Step, Type};
use crate::kernel::tree::{self, Arm, Binary, Kind, Pattern};

/// A block, and its value if control comes out of it.
type Branch = (Vec<Statement>, Option<Expr>);

impl Writer<'_> {
    /// The value of what controls.
    pub(super) fn control(&mut self, typed: &Typed) -> Result<Option<Expr>, Refused> {
        let line = typed.expr.line;
        let children = &typed.children;
        match &typed.expr.kind {
            Kind::Block { statements, value } => self.block(statements, value.is_some(), typed),
            Kind::If { otherwise, .. } => {
                let Some(condition) = self.value(&children[0])? else { return Ok(None) };
                let then = self.nested(|writer| writer.value(&children[1]))?;
                let otherwise = match otherwise {
                    Some(_) => self.nested(|writer| writer.value(&children[2]))?,
                    None => (Vec::new(), Some(unit(line))),
                };
                let ty = self.infer.type_of(typed)?;
                Ok(self.branch(condition, then, otherwise, &ty))
            }
            Kind::Match { arms, .. } => {
                let Some(value) = self.value(&children[0])? else { return Ok(None) };
                let value = self.repeatable(value);
                let ty = self.infer.type_of(typed)?;
                self.arms(arms, &value, &children[1..], &ty, line)
            }
            Kind::For { binding, inclusive, reversed, .. } => {
                let (count, from) = self.turns(&children[0], &children[1], *inclusive, line)?;
                let scalar = from.ty.scalar().unwrap_or(Scalar::U64);
                let first = arithmetic::wide(scalar, from.as_literal().unwrap_or_default());
                let local = match binding {
                    Some(binding) => self.declare(*binding, from.ty, false),
                    None => self.local("", from.ty, false),
                };
                let (body, _) = self.nested(|writer| writer.value(&children[2]))?;
                if count > 0 {
                    self.current.push(Statement::For {
                        local,
                        from: first,
                        count,
                        reversed: *reversed,
                        body,
                    });
                }
                Ok(Some(unit(line)))
            }
            Kind::Assign { .. } => {
                let Some((place, value)) = self.assigned(&children[0], &children[1])? else {
                    return Ok(None);
                };
                self.current.push(Statement::Set { place, value });
                Ok(Some(unit(line)))
            }
            Kind::Update { op, .. } => {
                let Some((place, value)) = self.assigned(&children[0], &children[1])? else {
                    return Ok(None);
                };
                self.update(*op, place, value, line)?;
                Ok(Some(unit(line)))
            }
            Kind::Break => {
                self.current.push(Statement::Break);
                Ok(None)
            }
            Kind::Continue => {
                self.current.push(Statement::Continue);
                Ok(None)
            }
            Kind::Return(_) => {
                if let Some(value) = self.value(&children[0])? {
                    self.current.push(Statement::Return(value));
                }
                Ok(None)
            }
            _ => Err(self.refused(
                line,
                "this expression is not lowered",
                "`docs/kernels.md` lists what there is",
            )),
        }
    }

    fn block(
        &mut self,
        statements: &'static [tree::Statement],
        has_value: bool,
        typed: &Typed,
    ) -> Result<Option<Expr>, Refused> {
        let mut children = typed.children.iter();
        for statement in statements {
            match statement {
                tree::Statement::Let { line, pattern, value: Some(_), .. } => {
                    let Some(child) = children.next() else { break };
                    let Some(value) = self.value(child)? else { return Ok(None) };
                    self.take_apart(pattern, value, *line)?;
                }
                tree::Statement::Let { line, pattern, value: None, .. } => self.announce(pattern, *line)?,
                tree::Statement::Run(_) => {
                    let Some(child) = children.next() else { break };
                    if self.value(child)?.is_none() {
                        return Ok(None);
                    }
                }
            }
        }
        match children.next() {
            Some(value) if has_value => self.value(value),
            _ => Ok(Some(unit(typed.expr.line))),
        }
    }

    /// A `let` without a value, which is assigned later: once, on each way.
    fn announce(&mut self, pattern: &'static Pattern, line: u32) -> Result<(), Refused> {
        let Pattern::Bind { binding, mutable, .. } = pattern else {
            return Err(self.refused(
                line,
                "a `let` without a value has more than a name",
                "write `let name;`",
            ));
        };
        let ty = match self.infer.binding(*binding) {
            Some(ty) => self.infer.resolve(ty, line)?,
            None => return Ok(()),
        };
        let local = self.declare(*binding, ty, *mutable);
        self.assigned_later(local);
        Ok(())
    }

    /// One of two branches. What gives a scalar without statements is selected.
    pub(super) fn branch(
        &mut self,
        condition: Expr,
        then: Branch,
        otherwise: Branch,
        ty: &Type,
    ) -> Option<Expr> {
        if let Some(bits) = condition.as_literal() {
            let (statements, value) = if bits == 0 { otherwise } else { then };
            self.current.extend(statements);
            return value;
        }
        let ((mut then, first), (mut otherwise, second)) = (then, otherwise);
        let line = condition.line;
        let result = match (first, second) {
            (Some(first), Some(second)) if *ty != Type::Unit => {
                if then.is_empty() && otherwise.is_empty() && ty.scalar().is_some() {
                    return Some(build::select(condition, first, second));
                }
                let local = self.intermediate(ty.clone(), true);
                let place = || Place { local, path: Vec::new() };
                then.push(Statement::Set { place: place(), value: first });
                otherwise.push(Statement::Set { place: place(), value: second });
                Some(Expr { ty: ty.clone(), line, kind: ExprKind::Local(local) })
            }
            (Some(_), Some(_)) => Some(unit(line)),
            (Some(only), None) | (None, Some(only)) if *ty == Type::Unit => Some(only),
            (Some(only), None) => {
                let kept = self.late(&mut then, only);
                Some(kept)
            }
            (None, Some(only)) => {
                let kept = self.late(&mut otherwise, only);
                Some(kept)
            }
            (None, None) => None,
        };
        if !(then.is_empty() && otherwise.is_empty()) {
            self.current.push(Statement::If { condition, then, otherwise });
        }
        result
    }

    /// The value of the one branch that goes on, kept in it.
    fn late(&mut self, branch: &mut Vec<Statement>, value: Expr) -> Expr {
        let (ty, line) = (value.ty.clone(), value.line);
        let local = self.intermediate(ty.clone(), true);
        branch.push(Statement::Set { place: Place { local, path: Vec::new() }, value });
        Expr { ty, line, kind: ExprKind::Local(local) }
    }

    /// A value that may be looked at many times, and that later statements do not change.
    fn repeatable(&mut self, value: Expr) -> Expr {
        match value.kind {
            ExprKind::Literal(_) | ExprKind::Constant(_) => value,
            ExprKind::Local(_) if self.is_stable(&value) => value,
            ExprKind::Aggregate(parts) => {
                let parts = parts.into_iter().map(|part| self.repeatable(part)).collect();
                Expr { kind: ExprKind::Aggregate(parts), ..value }
            }
            _ => self.kept_always(value),
        }
    }

    /// The arms of a `match`, each one tried if those before it do not hold.
    fn arms(
        &mut self,
        arms: &'static [Arm],
        value: &Expr,
        children: &[Typed],
        ty: &Type,
        line: u32,
    ) -> Result<Option<Expr>, Refused> {
        let Some((arm, rest)) = arms.split_first() else {
            return Err(self.refused(line, "a `match` has no arms", "write at least one"));
        };
        let mut binds = Vec::new();
        let mut holds = self.test(&arm.pattern, value.clone(), arm.body.line, &mut binds)?;
        let Some(_) = arm.guard else {
            // The compiler has seen that the arms cover every value.
            if rest.is_empty() {
                holds = build::boolean(true, line);
            }
            let then = self.nested(|writer| {
                writer.bind_all(binds);
                writer.value(&children[0])
            })?;
            let otherwise = match holds.as_literal() {
                Some(1) => (Vec::new(), None),
                _ => self.nested(|writer| writer.arms(rest, value, &children[1..], ty, line))?,
            };
            return Ok(self.branch(holds, then, otherwise, ty));
        };
        // What is bound is seen by the guard as well; to look at a value does no harm if the pattern
        // does not hold.
        self.bind_all(binds);
        let (statements, guard) = self.nested(|writer| writer.value(&children[0]))?;
        let Some(guard) = guard else {
            self.current.push(Statement::If { condition: holds, then: statements, otherwise: Vec::new() });
            return self.arms(rest, value, &children[2..], ty, line);
        };
        let condition = if statements.is_empty() {
            build::binary(BinaryOp::And, holds, guard, Scalar::Bool, line)
        } else {
            let never = build::boolean(false, line);
            match self.branch(holds, (statements, Some(guard)), (Vec::new(), Some(never)), &Type::BOOL) {
                Some(condition) => condition,
                None => return Ok(None),
            }
        };
        let then = self.nested(|writer| writer.value(&children[1]))?;
        let otherwise = self.nested(|writer| writer.arms(rest, value, &children[2..], ty, line))?;
        Ok(self.branch(condition, then, otherwise, ty))
    }

    /// How often a loop runs, and its first value as a literal.
    fn turns(
        &mut self,
        from: &Typed,
        to: &Typed,
        inclusive: bool,
        line: u32,
    ) -> Result<(u64, Expr), Refused> {
        let mut bound = |typed: &Typed| {
            let (_, value) = self.nested(|writer| writer.value(typed))?;
            let value = value.unwrap_or_else(|| unit(line));
            match (value.ty.scalar(), value.as_literal()) {
                (Some(scalar), Some(bits)) if scalar.is_integer() => {
                    Ok((arithmetic::wide(scalar, bits), value))
                }
                _ => Err(self.refused(
                    line,
                    "the bounds of a loop are not constant",
                    "write the most turns there can be, and `break` when it is enough",
                )),
            }
        };
        let ((first, from), (last, _)) = (bound(from)?, bound(to)?);
        let turns = (last - first + i128::from(inclusive)).max(0);
        match u64::try_from(turns) {
            Ok(turns) => Ok((turns, from)),
            Err(_) => Err(self.refused(line, "a loop has more turns than can be counted", "write fewer")),
        }
    }

    /// The place and the value of an assignment. The value is computed first, as in Rust.
    fn assigned(&mut self, place: &Typed, value: &Typed) -> Result<Option<(Place, Expr)>, Refused> {
        let mut indices = Vec::new();
        indices_of(place, &mut indices);
        let Some(mut values) = self.values(std::iter::once(value).chain(indices))? else { return Ok(None) };
        let indices = values.split_off(1);
        let mut indices = indices.into_iter();
        let place = self.place(place, &mut indices)?;
        Ok(values.pop().map(|value| (place, value)))
    }

    fn place(&mut self, typed: &Typed, indices: &mut impl Iterator<Item = Expr>) -> Result<Place, Refused> {
        let line = typed.expr.line;
        match &typed.expr.kind {
            Kind::Binding(binding) => match self.named(*binding, line)? {
                Name::Local(local) => Ok(Place { local: *local, path: Vec::new() }),
                _ => Err(self.not_assigned(line)),
            },
            Kind::Field { name, .. } => {
                let base = &typed.children[0];
                let ty = self.infer.type_of(base)?;
                let at = self.field_at(&ty, name, line)?;
                let mut place = self.place(base, indices)?;
                place.path.push(Step::Field(at));
                Ok(place)
            }
            Kind::Index { .. } => {
                let base = &typed.children[0];
                let Type::Array(_, len) = self.infer.type_of(base)? else {
                    return Err(self.not_assigned(line));
                };
                let mut place = self.place(base, indices)?;
                let index = indices.next().unwrap_or_else(|| unit(line));
                let index = match index.as_literal() {
                    Some(bits) => Expr::literal(Scalar::U64, bits.min(len as u64 - 1), line),
                    None => index,
                };
                place.path.push(Step::Index(index));
                Ok(place)
            }
            _ => Err(self.not_assigned(line)),
        }
    }

    fn not_assigned(&self, line: u32) -> Refused {
        self.refused(
            line,
            "a kernel assigns to its own variables only",
            "declare it by `let mut`; tables and constants are read only",
        )
    }

    /// `place op= value`.
    fn update(&mut self, op: Binary, mut place: Place, value: Expr, line: u32) -> Result<(), Refused> {
        // An index is used twice: to read and to write.
        for step in &mut place.path {
            if let Step::Index(index) = step
                && index.as_literal().is_none()
                && !matches!(index.kind, ExprKind::Local(_))
            {
                *index = self.kept_always(index.clone());
            }
        }
        let mut read = Expr { ty: self.type_of_local(place.local), line, kind: ExprKind::Local(place.local) };
        for step in &place.path {
            read = match step {
                Step::Field(at) => self.field(read, *at, line),
                Step::Index(index) => self.element(read, index.clone(), line),
            };
        }
        let value = self.binary(op, read, value, line)?;
        self.current.push(Statement::Set { place, value });
        Ok(())
    }
}

/// The indices of a place, outermost array first: in the order in which they are computed.
fn indices_of<'t>(place: &'t Typed, indices: &mut Vec<&'t Typed>) {
    match &place.expr.kind {
        Kind::Field { .. } => indices_of(&place.children[0], indices),
        Kind::Index { .. } => {
            indices_of(&place.children[0], indices);
            indices.push(&place.children[1]);
        }
        _ => {}
    }
}
