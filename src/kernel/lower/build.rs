//! Expressions of a program, computed where all of their operands are literals.

use super::write::Writer;
use crate::kernel::arithmetic;
use crate::kernel::layout::Scalar;
use crate::kernel::program::{BinaryOp, Constant, Expr, ExprKind, TernaryOp, Type, UnaryOp, read};

/// The literal of a `bool`.
pub(super) fn boolean(value: bool, line: u32) -> Expr {
    Expr::literal(Scalar::Bool, u64::from(value), line)
}

pub(super) fn unary(op: UnaryOp, value: Expr, result: Scalar) -> Expr {
    let line = value.line;
    match (value.as_literal(), value.ty.scalar()) {
        (Some(bits), Some(scalar)) => Expr::literal(result, arithmetic::unary(op, scalar, bits), line),
        _ => Expr { ty: Type::Scalar(result), line, kind: ExprKind::Unary { op, value: Box::new(value) } },
    }
}

pub(super) fn binary(op: BinaryOp, left: Expr, right: Expr, result: Scalar, line: u32) -> Expr {
    let literals = (left.as_literal(), right.as_literal(), left.ty.scalar());
    if let (Some(one), Some(two), Some(scalar)) = literals {
        return Expr::literal(result, arithmetic::binary(op, scalar, one, two), line);
    }
    if result == Scalar::Bool && matches!(op, BinaryOp::And | BinaryOp::Or) {
        let absorbing = u64::from(op == BinaryOp::Or);
        match (literals.0, literals.1) {
            (Some(bits), _) if bits == absorbing => return left,
            (_, Some(bits)) if bits == absorbing => return right,
            (Some(_), _) => return right,
            (_, Some(_)) => return left,
            _ => {}
        }
    }
    let kind = ExprKind::Binary { op, left: Box::new(left), right: Box::new(right) };
    Expr { ty: Type::Scalar(result), line, kind }
}

pub(super) fn ternary(op: TernaryOp, operands: [Expr; 3], scalar: Scalar, line: u32) -> Expr {
    let [a, b, c] = &operands;
    if let (Some(a), Some(b), Some(c)) = (a.as_literal(), b.as_literal(), c.as_literal()) {
        return Expr::literal(scalar, arithmetic::ternary(op, scalar, [a, b, c]), line);
    }
    let kind = ExprKind::Ternary { op, operands: Box::new(operands) };
    Expr { ty: Type::Scalar(scalar), line, kind }
}

pub(super) fn cast(value: Expr, from: Scalar, to: Scalar) -> Expr {
    if from == to {
        return value;
    }
    let line = value.line;
    match value.as_literal() {
        Some(bits) => Expr::literal(to, arithmetic::cast(from, to, bits), line),
        None => Expr { ty: Type::Scalar(to), line, kind: ExprKind::Cast(Box::new(value)) },
    }
}

/// One of two scalars.
pub(super) fn select(condition: Expr, then: Expr, otherwise: Expr) -> Expr {
    match condition.as_literal() {
        Some(0) => return otherwise,
        Some(_) => return then,
        None => {}
    }
    let (ty, line) = (then.ty.clone(), condition.line);
    let kind = ExprKind::Select {
        condition: Box::new(condition),
        then: Box::new(then),
        otherwise: Box::new(otherwise),
    };
    Expr { ty, line, kind }
}

impl Writer<'_> {
    /// The constant whose bytes these are: a literal if it is a scalar.
    pub(super) fn constant(&mut self, ty: Type, bytes: &[u8], line: u32) -> Expr {
        if let Some(scalar) = ty.scalar() {
            return Expr::literal(scalar, read(scalar, bytes), line);
        }
        let id = self.linker.constant(Constant { ty: ty.clone(), bytes: bytes.to_vec() });
        Expr { ty, line, kind: ExprKind::Constant(id) }
    }

    /// The field of number `field`.
    pub(super) fn field(&mut self, base: Expr, field: usize, line: u32) -> Expr {
        let Type::Struct(of) = &base.ty else { return base };
        let part = &of.fields[field];
        let (ty, offset) = (part.ty.clone(), part.offset);
        match base.kind {
            ExprKind::Aggregate(mut parts) => parts.swap_remove(field),
            ExprKind::Constant(id) => {
                let bytes = self.linker.constants[id.0].bytes[offset..offset + ty.size()].to_vec();
                self.constant(ty, &bytes, line)
            }
            _ => {
                let base = self.kept(base);
                Expr { ty, line, kind: ExprKind::Field { base: Box::new(base), field } }
            }
        }
    }

    /// The element at `index`, a `u64`. A literal is brought inside of the array.
    pub(super) fn element(&mut self, base: Expr, index: Expr, line: u32) -> Expr {
        let Type::Array(element, len) = &base.ty else { return base };
        let (ty, len) = ((**element).clone(), *len);
        let literal = index.as_literal().map(|bits| usize::try_from(bits).unwrap_or(len).min(len - 1));
        if let (ExprKind::Constant(id), Some(at)) = (&base.kind, literal) {
            let size = ty.size();
            let bytes = self.linker.constants[id.0].bytes[at * size..(at + 1) * size].to_vec();
            return self.constant(ty, &bytes, line);
        }
        let index = match literal {
            Some(at) => Expr::literal(Scalar::U64, at as u64, line),
            None => index,
        };
        let base = self.kept(base);
        Expr { ty, line, kind: ExprKind::Index { base: Box::new(base), index: Box::new(index) } }
    }
}
