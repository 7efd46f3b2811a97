//! Expressions that only compute.

use super::build;
use super::infer::Typed;
use super::write::{Name, Writer};
use crate::kernel::layout::Scalar;
use crate::kernel::program::{BinaryOp, Expr, ExprKind, Refused, TableId, TernaryOp, Type, UnaryOp};
use crate::kernel::tree::{self, Binary, Kind, ParamKind, Unary};

/// `()`.
pub(super) const fn unit(line: u32) -> Expr {
    Expr { ty: Type::Unit, line, kind: ExprKind::Literal(0) }
}

impl Writer<'_> {
    /// The value of an expression, behind the statements that it takes. `None` if control does not
    /// come out of it.
    pub(super) fn value(&mut self, typed: &Typed) -> Result<Option<Expr>, Refused> {
        let line = typed.expr.line;
        let children = &typed.children;
        Ok(Some(match &typed.expr.kind {
            Kind::Bool(value) => build::boolean(*value, line),
            Kind::Int { value, .. } => {
                let scalar = self.scalar(typed, "a literal")?;
                let bits = if scalar == Scalar::F32 { u64::from((*value as f32).to_bits()) } else { *value };
                Expr::literal(scalar, bits, line)
            }
            Kind::Float { bits } => Expr::literal(Scalar::F32, u64::from(*bits), line),
            Kind::Constant(constant) => {
                let Some(ty) = Type::of(constant.layout()) else {
                    return Err(self.refused(line, "a constant has no size", "give it at least one element"));
                };
                self.constant(ty, &constant.bytes(), line)
            }
            Kind::Binding(binding) => match self.named(*binding, line)?.clone() {
                Name::Local(local) => {
                    let ty = self.infer.type_of(typed)?;
                    Expr { ty, line, kind: ExprKind::Local(local) }
                }
                Name::Literal(mut literal) => {
                    literal.line = line;
                    literal
                }
                Name::One(table) => {
                    let ty = self.infer.type_of(typed)?;
                    self.look_up(table, Expr::literal(Scalar::U64, 0, line), ty, line)
                }
                Name::Table(_) => {
                    return Err(self.refused(
                        line,
                        "a table is no value",
                        "index it, ask for its `len()`, or pass it to another kernel by its name",
                    ));
                }
            },
            Kind::Unary { op, .. } => {
                let Some(value) = self.value(&children[0])? else { return Ok(None) };
                self.unary(*op, value, line)?
            }
            Kind::Binary { op, .. } => {
                let Some(values) = self.values(children)? else { return Ok(None) };
                let [left, right] = pair(values);
                self.binary(*op, left, right, line)?
            }
            Kind::And { .. } => return self.lazy(BinaryOp::And, typed),
            Kind::Or { .. } => return self.lazy(BinaryOp::Or, typed),
            Kind::Cast { .. } => {
                let to = self.scalar(typed, "a cast")?;
                let Some(value) = self.value(&children[0])? else { return Ok(None) };
                let Some(from) = value.ty.scalar() else {
                    return Err(self.refused(line, "a cast is of no number", "cast fields and elements"));
                };
                build::cast(value, from, to)
            }
            Kind::Method { name, value, .. } => return self.method(name, value, typed),
            Kind::Call { function, .. } => return self.call(function(), typed),
            Kind::Field { name, .. } => {
                let Some(base) = self.value(&children[0])? else { return Ok(None) };
                let at = self.field_at(&base.ty, name, line)?;
                self.field(base, at, line)
            }
            Kind::Index { value, .. } => {
                if let Some(table) = self.table_of(value)? {
                    let ty = self.infer.type_of(typed)?;
                    let Some(index) = self.value(&children[1])? else { return Ok(None) };
                    return Ok(Some(self.look_up(table, index, ty, line)));
                }
                let Some(values) = self.values(children)? else { return Ok(None) };
                let [base, index] = pair(values);
                self.element(base, index, line)
            }
            Kind::Struct { fields, rest, .. } => {
                let ty = self.infer.type_of(typed)?;
                let Some(mut values) = self.values(children)? else { return Ok(None) };
                let rest = rest.and_then(|_| values.pop()).map(|rest| self.kept(rest));
                return self.structure(ty, fields, values, rest, line).map(Some);
            }
            Kind::Tuple(_) | Kind::Array(_) => {
                let ty = self.infer.type_of(typed)?;
                let Some(values) = self.values(children)? else { return Ok(None) };
                if ty == Type::Unit {
                    unit(line)
                } else {
                    Expr { ty, line, kind: ExprKind::Aggregate(values) }
                }
            }
            Kind::Repeat { .. } => {
                let ty = self.infer.type_of(typed)?;
                let Some(value) = self.value(&children[0])? else { return Ok(None) };
                Expr { ty, line, kind: ExprKind::Repeat(Box::new(value)) }
            }
            _ => return self.control(typed),
        }))
    }

    fn scalar(&self, typed: &Typed, what: &str) -> Result<Scalar, Refused> {
        let ty = self.infer.type_of(typed)?;
        ty.scalar().ok_or_else(|| {
            self.refused(typed.expr.line, format!("{what} is a `{ty}`, which is no number"), "use numbers")
        })
    }

    /// The element of a table. A literal index is brought inside.
    fn look_up(&mut self, table: TableId, index: Expr, ty: Type, line: u32) -> Expr {
        self.used.insert(table);
        let last = self.linker.tables[table.0].len() as u64 - 1;
        let index = match index.as_literal() {
            Some(at) => Expr::literal(Scalar::U64, at.min(last), line),
            None => index,
        };
        Expr { ty, line, kind: ExprKind::Table { table, index: Box::new(index) } }
    }

    /// The table that an expression names, if it names one.
    fn table_of(&self, expr: &tree::Expr) -> Result<Option<TableId>, Refused> {
        let Kind::Binding(binding) = &expr.kind else { return Ok(None) };
        Ok(match self.named(*binding, expr.line)? {
            Name::Table(table) => Some(*table),
            _ => None,
        })
    }

    pub(super) fn field_at(&self, ty: &Type, name: &str, line: u32) -> Result<usize, Refused> {
        let Type::Struct(of) = ty else {
            return Err(self.refused(line, format!("`{ty}` has no field `{name}`"), "use kernel data"));
        };
        of.fields
            .iter()
            .position(|field| field.name == name)
            .ok_or_else(|| self.refused(line, format!("`{ty}` has no field `{name}`"), "use kernel data"))
    }

    fn structure(
        &mut self,
        ty: Type,
        names: &[(&str, tree::Expr)],
        values: Vec<Expr>,
        rest: Option<Expr>,
        line: u32,
    ) -> Result<Expr, Refused> {
        let mut given: Vec<Option<Expr>> = Vec::new();
        if let Type::Struct(of) = &ty {
            given.resize(of.fields.len(), None);
        }
        for ((name, _), value) in names.iter().zip(values) {
            let at = self.field_at(&ty, name, line)?;
            given[at] = Some(value);
        }
        let mut fields = Vec::with_capacity(given.len());
        for (at, field) in given.into_iter().enumerate() {
            fields.push(match (field, &rest) {
                (Some(field), _) => field,
                (None, Some(rest)) => self.field(rest.clone(), at, line),
                (None, None) => {
                    return Err(self.refused(line, "a field has no value", "give each field one"));
                }
            });
        }
        Ok(Expr { ty, line, kind: ExprKind::Aggregate(fields) })
    }

    fn unary(&self, op: Unary, value: Expr, line: u32) -> Result<Expr, Refused> {
        let Some(scalar) = value.ty.scalar() else {
            return match op {
                Unary::Deref => Ok(value),
                _ => Err(self.no_operator(&value.ty, line)),
            };
        };
        Ok(match op {
            Unary::Deref => value,
            Unary::Neg => build::unary(UnaryOp::Neg, value, scalar),
            Unary::Not => build::unary(UnaryOp::Not, value, scalar),
        })
    }

    fn no_operator(&self, ty: &Type, line: u32) -> Refused {
        self.refused(
            line,
            format!("an operator is used on `{ty}`, which is no number"),
            "use it on the fields or the elements",
        )
    }

    /// An operator between two values.
    pub(super) fn binary(&self, op: Binary, left: Expr, right: Expr, line: u32) -> Result<Expr, Refused> {
        let (Some(scalar), Some(_)) = (left.ty.scalar(), right.ty.scalar()) else {
            let ty = if left.ty.scalar().is_some() { &right.ty } else { &left.ty };
            return Err(self.no_operator(ty, line));
        };
        let (op, result) = match op {
            Binary::Add => (BinaryOp::Add, scalar),
            Binary::Sub => (BinaryOp::Sub, scalar),
            Binary::Mul => (BinaryOp::Mul, scalar),
            Binary::Div => (BinaryOp::Div, scalar),
            Binary::Rem => (BinaryOp::Rem, scalar),
            Binary::BitAnd => (BinaryOp::And, scalar),
            Binary::BitOr => (BinaryOp::Or, scalar),
            Binary::BitXor => (BinaryOp::Xor, scalar),
            Binary::Shl => (BinaryOp::Shl, scalar),
            Binary::Shr => (BinaryOp::Shr, scalar),
            Binary::Eq => (BinaryOp::Eq, Scalar::Bool),
            Binary::Ne => (BinaryOp::Ne, Scalar::Bool),
            Binary::Lt => (BinaryOp::Lt, Scalar::Bool),
            Binary::Le => (BinaryOp::Le, Scalar::Bool),
            Binary::Gt => (BinaryOp::Gt, Scalar::Bool),
            Binary::Ge => (BinaryOp::Ge, Scalar::Bool),
        };
        if matches!(op, BinaryOp::Div | BinaryOp::Rem) {
            self.check_divisor(op, scalar, &right, line)?;
        }
        Ok(build::binary(op, left, right, result, line))
    }

    fn check_divisor(&self, op: BinaryOp, scalar: Scalar, divisor: &Expr, line: u32) -> Result<(), Refused> {
        if scalar == Scalar::F32 {
            return match op {
                BinaryOp::Rem => Err(self.refused(
                    line,
                    "`%` of `f32` is not on every device",
                    "write `x - (x / y).trunc() * y`, and mind that it rounds",
                )),
                _ => Ok(()),
            };
        }
        match divisor.as_literal() {
            Some(0) => Err(self.refused(line, "the divisor is 0", "divide by something else")),
            Some(_) => Ok(()),
            None => Err(self.refused(
                line,
                "the divisor is not a constant",
                "divide by a literal or a `const`, multiply by a reciprocal, or divide on the host",
            )),
        }
    }

    /// `&&` and `||`: the right side runs only if it counts, when it does more than compute.
    fn lazy(&mut self, op: BinaryOp, typed: &Typed) -> Result<Option<Expr>, Refused> {
        let line = typed.expr.line;
        let Some(left) = self.value(&typed.children[0])? else { return Ok(None) };
        let (statements, right) = self.nested(|writer| writer.value(&typed.children[1]))?;
        if statements.is_empty() {
            return Ok(right.map(|right| build::binary(op, left, right, Scalar::Bool, line)));
        }
        let stays = build::boolean(op == BinaryOp::Or, line);
        let taken = (statements, right);
        let spared = (Vec::new(), Some(stays));
        let (then, otherwise) = if op == BinaryOp::And { (taken, spared) } else { (spared, taken) };
        Ok(self.branch(left, then, otherwise, &Type::BOOL))
    }

    fn method(
        &mut self,
        name: &str,
        receiver: &'static tree::Expr,
        typed: &Typed,
    ) -> Result<Option<Expr>, Refused> {
        let line = typed.expr.line;
        if name == "len" {
            return self.len(receiver, &typed.children[0], line).map(Some);
        }
        let Some(values) = self.values(&typed.children)? else { return Ok(None) };
        let Some(scalar) = values[0].ty.scalar() else {
            let ty = &values[0].ty;
            return Err(self.refused(
                line,
                format!("`{name}` is called on `{ty}`, which is no number"),
                "write the method as a kernel, and call that",
            ));
        };
        let is_float = scalar == Scalar::F32;
        let unary = match name {
            "wrapping_neg" => Some((UnaryOp::Neg, scalar)),
            "abs" | "wrapping_abs" => Some((UnaryOp::Abs, scalar)),
            "unsigned_abs" => Some((UnaryOp::UnsignedAbs, scalar.unsigned())),
            "signum" => Some((UnaryOp::Signum, scalar)),
            "count_ones" => Some((UnaryOp::CountOnes, Scalar::U32)),
            "leading_zeros" => Some((UnaryOp::LeadingZeros, Scalar::U32)),
            "trailing_zeros" => Some((UnaryOp::TrailingZeros, Scalar::U32)),
            "swap_bytes" => Some((UnaryOp::SwapBytes, scalar)),
            "to_bits" if is_float => Some((UnaryOp::ToBits, Scalar::U32)),
            "from_bits" => Some((UnaryOp::FromBits, Scalar::F32)),
            "sqrt" => Some((UnaryOp::Sqrt, scalar)),
            "floor" => Some((UnaryOp::Floor, scalar)),
            "ceil" => Some((UnaryOp::Ceil, scalar)),
            "trunc" => Some((UnaryOp::Trunc, scalar)),
            "is_nan" => Some((UnaryOp::IsNan, Scalar::Bool)),
            _ => None,
        };
        let mut values = values.into_iter();
        let mut next = || values.next().unwrap_or_else(|| unit(line));
        if let Some((op, result)) = unary {
            return Ok(Some(build::unary(op, next(), result)));
        }
        let binary = match name {
            "wrapping_add" => Some((BinaryOp::Add, scalar)),
            "wrapping_sub" => Some((BinaryOp::Sub, scalar)),
            "wrapping_mul" => Some((BinaryOp::Mul, scalar)),
            "wrapping_shl" => Some((BinaryOp::Shl, scalar)),
            "wrapping_shr" => Some((BinaryOp::Shr, scalar)),
            "saturating_add" => Some((BinaryOp::SaturatingAdd, scalar)),
            "saturating_sub" => Some((BinaryOp::SaturatingSub, scalar)),
            "abs_diff" => Some((BinaryOp::AbsDiff, scalar.unsigned())),
            "min" => Some((BinaryOp::Min, scalar)),
            "max" => Some((BinaryOp::Max, scalar)),
            "rotate_left" => Some((BinaryOp::RotateLeft, scalar)),
            "rotate_right" => Some((BinaryOp::RotateRight, scalar)),
            "pow" | "wrapping_pow" => Some((BinaryOp::Pow, scalar)),
            _ => None,
        };
        if let Some((op, result)) = binary {
            return Ok(Some(build::binary(op, next(), next(), result, line)));
        }
        let op = match name {
            "clamp" => TernaryOp::Clamp,
            "mul_add" if is_float => TernaryOp::MulAdd,
            _ => {
                return Err(self.refused(
                    line,
                    format!("`{name}` is not a method that devices have of `{}`", scalar.name()),
                    "`docs/kernels.md` lists the methods",
                ));
            }
        };
        Ok(Some(build::ternary(op, [next(), next(), next()], scalar, line)))
    }

    /// How many elements an array or a table has.
    fn len(&mut self, receiver: &tree::Expr, typed: &Typed, line: u32) -> Result<Expr, Refused> {
        let len = match self.table_of(receiver)? {
            Some(table) => self.linker.tables[table.0].len(),
            None => match self.infer.type_of(typed)? {
                Type::Array(_, len) => len,
                ty => {
                    return Err(self.refused(
                        line,
                        format!("`len` is called on `{ty}`"),
                        "call it on an array",
                    ));
                }
            },
        };
        Ok(Expr::literal(Scalar::U64, len as u64, line))
    }

    /// A call is a statement: its result is in a local.
    fn call(&mut self, called: &'static tree::Function, typed: &Typed) -> Result<Option<Expr>, Refused> {
        let Kind::Call { arguments, .. } = &typed.expr.kind else { return Ok(None) };
        let line = typed.expr.line;
        let mut tables = Vec::new();
        let mut passed = Vec::new();
        for ((argument, param), child) in arguments.iter().zip(called.params).zip(&typed.children) {
            if param.kind == ParamKind::Value {
                passed.push(child);
                continue;
            }
            let Kind::Binding(binding) = &argument.kind else {
                return Err(self.not_passed(argument.line));
            };
            match (self.named(*binding, argument.line)?, param.kind) {
                (Name::Table(table), ParamKind::Table) | (Name::One(table), ParamKind::One) => {
                    tables.push(*table)
                }
                _ => return Err(self.not_passed(argument.line)),
            }
        }
        let Some(values) = self.values(passed)? else { return Ok(None) };
        let arguments = values.into_iter().map(|value| self.kept(value)).collect();
        let routine = self.linker.routine(called, tables)?;
        self.used.extend(self.linker.routines[routine.0].tables.iter().copied());
        let ty = self.linker.routines[routine.0].output.clone();
        let call = Expr { ty, line, kind: ExprKind::Call { routine, arguments } };
        Ok(Some(self.kept_always(call)))
    }

    fn not_passed(&self, line: u32) -> Refused {
        self.refused(
            line,
            "a table that is passed on is none of this kernel's",
            "take it as a parameter, and pass it by its name",
        )
    }
}

fn pair(values: Vec<Expr>) -> [Expr; 2] {
    let mut values = values.into_iter();
    let mut next = || values.next().unwrap_or_else(|| unit(0));
    [next(), next()]
}
