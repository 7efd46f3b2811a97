//! Patterns: what must hold, and what is bound.

use super::build::{self, boolean};
use super::infer::placed;
use super::write::Writer;
use crate::kernel::layout::{Layout, Scalar};
use crate::kernel::program::{BinaryOp, Expr, Refused, Type, read};
use crate::kernel::tree::{self, Binding, Kind, Pattern, Unary};

/// A binding of a pattern, with its value.
pub(super) type Bind = (Binding, Expr, bool);

impl Writer<'_> {
    /// Binds the names of a pattern that always holds.
    pub(super) fn take_apart(
        &mut self,
        pattern: &'static Pattern,
        value: Expr,
        line: u32,
    ) -> Result<(), Refused> {
        if let Pattern::Bind { binding, mutable, inner: None } = pattern {
            self.bind(*binding, value, *mutable);
            return Ok(());
        }
        let value = self.kept(value);
        let mut binds = Vec::new();
        self.test(pattern, value, line, &mut binds)?;
        self.bind_all(binds);
        Ok(())
    }

    pub(super) fn bind_all(&mut self, binds: Vec<Bind>) {
        for (binding, value, mutable) in binds {
            self.bind(binding, value, mutable);
        }
    }

    /// When `pattern` holds of `value`, and what it binds then.
    pub(super) fn test(
        &mut self,
        pattern: &'static Pattern,
        value: Expr,
        line: u32,
        binds: &mut Vec<Bind>,
    ) -> Result<Expr, Refused> {
        match pattern {
            Pattern::Any | Pattern::Rest => Ok(boolean(true, line)),
            Pattern::Bind { binding, mutable, inner } => {
                binds.push((*binding, value.clone(), *mutable));
                match inner {
                    Some(inner) => self.test(inner, value, line, binds),
                    None => Ok(boolean(true, line)),
                }
            }
            Pattern::Is(expr) => {
                let literal = self.literal(expr, &value.ty, line)?;
                Ok(compared(BinaryOp::Eq, value, literal))
            }
            Pattern::Range { from, to, inclusive } => {
                let mut holds = boolean(true, line);
                if let Some(from) = from {
                    let from = self.literal(from, &value.ty, line)?;
                    holds = compared(BinaryOp::Ge, value.clone(), from);
                }
                if let Some(to) = to {
                    let to = self.literal(to, &value.ty, line)?;
                    let op = if *inclusive { BinaryOp::Le } else { BinaryOp::Lt };
                    holds = both(holds, compared(op, value, to));
                }
                Ok(holds)
            }
            Pattern::Or(cases) => {
                let mut holds = boolean(false, line);
                for case in *cases {
                    let case = self.test(case, value.clone(), line, binds)?;
                    holds = build::binary(BinaryOp::Or, holds, case, Scalar::Bool, line);
                }
                Ok(holds)
            }
            Pattern::Tuple(parts) => {
                let len = match &value.ty {
                    Type::Struct(of) => of.fields.len(),
                    _ => 0,
                };
                let places = placed(parts, len).collect::<Vec<_>>();
                self.test_parts(places, &value, line, binds, Self::field)
            }
            Pattern::Array(parts) => {
                let len = match &value.ty {
                    Type::Array(_, len) => *len,
                    _ => 0,
                };
                let places = placed(parts, len).collect::<Vec<_>>();
                self.test_parts(places, &value, line, binds, |writer, value, at, line| {
                    writer.element(value, Expr::literal(Scalar::U64, at as u64, line), line)
                })
            }
            Pattern::Struct { fields, .. } => {
                let Type::Struct(of) = &value.ty else { return Ok(boolean(true, line)) };
                let at = |name: &str| of.fields.iter().position(|field| field.name == name);
                let places =
                    fields.iter().filter_map(|(name, part)| Some((at(name)?, part))).collect::<Vec<_>>();
                self.test_parts(places, &value, line, binds, Self::field)
            }
        }
    }

    fn test_parts(
        &mut self,
        parts: Vec<(usize, &'static Pattern)>,
        value: &Expr,
        line: u32,
        binds: &mut Vec<Bind>,
        part_of: impl Fn(&mut Self, Expr, usize, u32) -> Expr,
    ) -> Result<Expr, Refused> {
        let mut holds = boolean(true, line);
        for (at, pattern) in parts {
            if matches!(pattern, Pattern::Any) {
                continue;
            }
            let part = part_of(self, value.clone(), at, line);
            let part = self.test(pattern, part, line, binds)?;
            holds = both(holds, part);
        }
        Ok(holds)
    }

    /// A literal or a constant of a pattern, as a literal of the type that it is compared with.
    fn literal(&self, expr: &tree::Expr, ty: &Type, line: u32) -> Result<Expr, Refused> {
        let not_scalar = || {
            self.refused(
                line,
                "a pattern compares a whole struct or array",
                "compare its fields or its elements",
            )
        };
        let scalar = ty.scalar().ok_or_else(not_scalar)?;
        let bits = match &expr.kind {
            Kind::Bool(value) => u64::from(*value),
            Kind::Int { value, .. } => *value,
            Kind::Float { bits } => u64::from(*bits),
            Kind::Unary { op: Unary::Neg, value } => {
                let inner = self.literal(value, ty, line)?.as_literal().unwrap_or_default();
                crate::kernel::arithmetic::unary(crate::kernel::program::UnaryOp::Neg, scalar, inner)
            }
            Kind::Constant(constant) => match constant.layout() {
                Layout::Scalar(of) => read(*of, &constant.bytes()),
                _ => return Err(not_scalar()),
            },
            _ => return Err(self.refused(line, "a pattern is no literal", "use literals and constants")),
        };
        Ok(Expr::literal(scalar, bits, line))
    }
}

fn both(one: Expr, other: Expr) -> Expr {
    let line = other.line;
    build::binary(BinaryOp::And, one, other, Scalar::Bool, line)
}

/// `value == literal` and its like; a `bool` needs no comparison.
fn compared(op: BinaryOp, value: Expr, literal: Expr) -> Expr {
    let line = literal.line;
    if let (Some(Scalar::Bool), BinaryOp::Eq, Some(bits)) = (value.ty.scalar(), op, literal.as_literal()) {
        return if bits == 1 {
            value
        } else {
            build::unary(crate::kernel::program::UnaryOp::Not, value, Scalar::Bool)
        };
    }
    build::binary(op, value, literal, Scalar::Bool, line)
}
