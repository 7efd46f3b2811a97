//! Expressions.

use fusewire::kernel::Scalar;
use fusewire::kernel::program::{Expr, ExprKind, TernaryOp, Type};

use super::statement::State;
use super::value::{Entry, Origin, Value};
use super::{Lowering, Unsupported, read};
use crate::netlist::Id;

impl Lowering<'_> {
    /// The value of an expression.
    pub(super) fn expression(&mut self, expr: &Expr, state: &State) -> Result<Value, Unsupported> {
        let value = match &expr.kind {
            ExprKind::Literal(bits) => {
                let scalar = expr.ty.scalar().unwrap_or(Scalar::U64);
                Value::Scalar(self.constant(scalar, *bits))
            }
            ExprKind::Local(local) => match &state.locals[local.0] {
                Some(value) => value.clone(),
                None => return self.refuse("a local is read before it is set", "give it a value first"),
            },
            ExprKind::Constant(id) => {
                let constant = self.program.constant(*id);
                let builder = &mut self.builder;
                Value::each_scalar(&constant.ty, 0, &mut |scalar, at| {
                    builder.constant(read(scalar, &constant.bytes[at..]), scalar.bits())
                })
            }
            ExprKind::Table { table, index } => {
                let index = self.node(index, state)?;
                let index = self.builder.clamped(index, self.program.table(*table).len());
                Value::Entry(Entry { origin: Origin::Table(*table), index, at: 0, ty: expr.ty.clone() })
            }
            ExprKind::Field { base, field } => {
                let base = self.expression(base, state)?;
                self.part(&base, *field)
            }
            ExprKind::Index { base, index } => {
                // A constant array is a table, which needs no selections.
                if let (ExprKind::Constant(id), Type::Array(_, len)) = (&base.kind, &base.ty) {
                    let index = self.node(index, state)?;
                    let index = self.builder.clamped(index, *len);
                    let (origin, ty) = (Origin::Constant(*id), expr.ty.clone());
                    return Ok(Value::Entry(Entry { origin, index, at: 0, ty }));
                }
                let (base, index) = (self.expression(base, state)?, self.node(index, state)?);
                self.element(&base, index)
            }
            ExprKind::Unary { op, value } => {
                let (of, value) = (scalar_of(value), self.node(value, state)?);
                self.at(expr);
                Value::Scalar(self.unary(*op, of, value)?)
            }
            ExprKind::Binary { op, left, right } => {
                let (of, by) = (scalar_of(left), scalar_of(right));
                let (left, right) = (self.node(left, state)?, self.node(right, state)?);
                self.at(expr);
                Value::Scalar(self.binary(*op, of, by, left, right)?)
            }
            ExprKind::Ternary { op, operands } => {
                let [a, b, c] = &**operands;
                let of = scalar_of(a);
                let (a, b, c) = (self.node(a, state)?, self.node(b, state)?, self.node(c, state)?);
                self.at(expr);
                match op {
                    TernaryOp::Clamp if of.is_integer() => Value::Scalar(self.clamp(of, a, b, c)),
                    _ => return self.no_float(),
                }
            }
            ExprKind::Cast(value) => {
                let (from, to) = (scalar_of(value), expr.ty.scalar().unwrap_or(Scalar::U64));
                let value = self.node(value, state)?;
                self.at(expr);
                if from != to && (from == Scalar::F32 || to == Scalar::F32) {
                    return self.no_float();
                }
                Value::Scalar(self.builder.resize(value, to.bits(), from.is_signed()))
            }
            ExprKind::Select { condition, then, otherwise } => {
                let condition = self.node(condition, state)?;
                match self.builder.known(condition) {
                    Some(1) => self.expression(then, state)?,
                    Some(_) => self.expression(otherwise, state)?,
                    None => {
                        let (then, otherwise) =
                            (self.expression(then, state)?, self.expression(otherwise, state)?);
                        self.at(expr);
                        self.either(condition, &then, &otherwise)
                    }
                }
            }
            ExprKind::Call { routine, arguments } => {
                let each = arguments.iter().map(|argument| self.expression(argument, state));
                let arguments = each.collect::<Result<Vec<_>, _>>()?;
                self.call(*routine, arguments)?
            }
            ExprKind::Aggregate(parts) => {
                let each = parts.iter().map(|part| self.expression(part, state));
                Value::parts(each.collect::<Result<_, _>>()?)
            }
            ExprKind::Repeat(value) => {
                let value = self.expression(value, state)?;
                let count = if let Type::Array(_, count) = expr.ty { count } else { 0 };
                Value::parts(vec![value; count])
            }
        };
        self.at(expr);
        Ok(value)
    }

    fn node(&mut self, expr: &Expr, state: &State) -> Result<Id, Unsupported> {
        let value = self.expression(expr, state)?;
        Ok(self.scalar(&value))
    }

    /// Refuses arithmetic on `f32`.
    pub(super) fn no_float<T>(&self) -> Result<T, Unsupported> {
        self.refuse(
            "a core computes with integers and fixed point, not with `f32`",
            "scale to an integer, such as `i32` with 16 bits behind the point; `to_bits` and moving an `f32` are free",
        )
    }
}

fn scalar_of(expr: &Expr) -> Scalar {
    // A program is typed: operands of operators are scalars.
    expr.ty.scalar().unwrap_or(Scalar::U64)
}
