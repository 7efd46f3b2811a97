//! The code of a program: routines, statements, expressions.

use super::types::Type;
use crate::kernel::layout::Scalar;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub struct $name(pub usize);
        )*
    };
}

ids! {
    /// A routine of a program, by its place in [`Program::routines`](super::Program::routines).
    RoutineId
    /// A local of a routine, by its place in [`Routine::locals`].
    LocalId
    /// A table of a program, by its place in [`Program::tables`](super::Program::tables).
    TableId
    /// A constant of a program, by its place in [`Program::constants`](super::Program::constants).
    ConstantId
}

/// A kernel with the tables that it is called with.
#[derive(Debug, Clone, PartialEq)]
pub struct Routine {
    /// The kernel's name. Two routines may have the same.
    pub name: &'static str,
    /// The file that defines it.
    pub file: &'static str,
    /// The line of its name.
    pub line: u32,
    /// The locals that are set to the arguments, in order; tables are no parameters any more.
    pub params: Vec<LocalId>,
    /// What it gives.
    pub output: Type,
    /// Every local of it.
    pub locals: Vec<Local>,
    /// What it does. Every way through ends with a [`Statement::Return`].
    pub body: Vec<Statement>,
    /// The tables that it or what it calls looks up, in ascending order.
    pub tables: Vec<TableId>,
}

/// A local of a routine: a parameter, a `let`, a loop's variable, or an intermediate result.
///
/// No name has two of them at a time; one is set before it is read.
#[derive(Debug, Clone, PartialEq)]
pub struct Local {
    /// What the user calls it; empty for an intermediate result.
    pub name: &'static str,
    /// What it holds.
    pub ty: Type,
    /// Whether it may be set more than once between two times that it comes into scope: it is a
    /// `let mut`, or is set in the branches of an `if`.
    pub mutable: bool,
}

/// An array or a struct that is a constant of the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constant {
    /// What it is.
    pub ty: Type,
    /// The bytes of a value of that type, with zeros for padding.
    pub bytes: Vec<u8>,
}

/// What happens in order.
#[derive(Debug, Clone, PartialEq)]
pub enum Statement {
    /// Sets a local or a part of it.
    Set {
        /// What is set.
        place: Place,
        /// To what. It may read the place.
        value: Expr,
    },
    /// Runs one of two blocks.
    If {
        /// A `bool`.
        condition: Expr,
        /// If it is true.
        then: Vec<Statement>,
        /// If it is false.
        otherwise: Vec<Statement>,
    },
    /// Runs a block `count` times.
    For {
        /// The local that counts, which the body does not set.
        local: LocalId,
        /// Its first value, or its last one if `reversed`.
        from: i128,
        /// How often; the local takes the values `from..from + count`, all of which it can hold.
        count: u64,
        /// Whether it counts down.
        reversed: bool,
        /// What is repeated.
        body: Vec<Statement>,
    },
    /// Leaves the innermost loop.
    Break,
    /// Goes on with the next turn of the innermost loop.
    Continue,
    /// Leaves the routine with a value.
    Return(Expr),
}

/// A local or a part of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// The local.
    pub local: LocalId,
    /// The way from it to the part.
    pub path: Vec<Step>,
}

/// One step from a value to a part of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// To the field of this number.
    Field(usize),
    /// To an element; an index behind the end means the last one.
    Index(Expr),
}

/// A pure expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// Its type.
    pub ty: Type,
    /// The line that it comes from, in the file of the routine.
    pub line: u32,
    /// What it is.
    pub kind: ExprKind,
}

/// What an expression is.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// A scalar, by its bits: those above its width are 0; a `bool` is 0 or 1.
    Literal(u64),
    /// The value of a local.
    Local(LocalId),
    /// The value of a constant.
    Constant(ConstantId),
    /// An element of a table; an index behind the end means the last one.
    Table {
        /// Which table.
        table: TableId,
        /// Which element, a `u64`; a literal 0 for a table of one.
        index: Box<Expr>,
    },
    /// A field of a struct or a tuple.
    Field {
        /// Of what.
        base: Box<Expr>,
        /// Which, by number.
        field: usize,
    },
    /// An element of an array; an index behind the end means the last one.
    Index {
        /// Of what.
        base: Box<Expr>,
        /// Which, a `u64`.
        index: Box<Expr>,
    },
    /// An operation on one scalar.
    Unary {
        /// Which.
        op: UnaryOp,
        /// On what.
        value: Box<Expr>,
    },
    /// An operation on two scalars.
    Binary {
        /// Which.
        op: BinaryOp,
        /// The left one.
        left: Box<Expr>,
        /// The right one.
        right: Box<Expr>,
    },
    /// An operation on three scalars of one type.
    Ternary {
        /// Which.
        op: TernaryOp,
        /// On what.
        operands: Box<[Expr; 3]>,
    },
    /// A scalar as another scalar, as by `as` of Rust: integers are cut or extended, `f32` to an
    /// integer saturates and NaN gives 0, an integer to `f32` rounds to nearest even. From a `bool`,
    /// never to one.
    Cast(Box<Expr>),
    /// One of two scalars.
    Select {
        /// A `bool`.
        condition: Box<Expr>,
        /// If it is true.
        then: Box<Expr>,
        /// If it is false.
        otherwise: Box<Expr>,
    },
    /// What a routine gives. It stands only as the whole value of a [`Statement::Set`] or a
    /// [`Statement::Return`].
    Call {
        /// Which routine; it stands before this one.
        routine: RoutineId,
        /// A value for each of its parameters.
        arguments: Vec<Expr>,
    },
    /// A struct, tuple or array: a value for each field or element. It stands only as the whole value
    /// of a [`Statement::Set`] or a [`Statement::Return`], or in another aggregate.
    Aggregate(Vec<Expr>),
    /// An array whose elements are all this value; stands where an aggregate may.
    Repeat(Box<Expr>),
}

/// An operation on one scalar. The result has its type unless said otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnaryOp {
    /// Of an integer, which wraps, or of an `f32`.
    Neg,
    /// The bits of an integer, or a `bool`, turned over.
    Not,
    /// Without the sign: of a signed integer, which wraps, or of an `f32`.
    Abs,
    /// A signed integer without its sign, as an unsigned one.
    UnsignedAbs,
    /// -1, 0 or 1 of a signed integer; of an `f32` 1 with its sign, or NaN.
    Signum,
    /// How many bits of an integer are 1, a `u32`.
    CountOnes,
    /// How many bits from the top are 0, a `u32`; the width if all are.
    LeadingZeros,
    /// How many bits from the bottom are 0, a `u32`; the width if all are.
    TrailingZeros,
    /// The bytes of an integer in reverse.
    SwapBytes,
    /// The bits of an `f32`, a `u32`.
    ToBits,
    /// The `f32` of the bits that are a `u32`.
    FromBits,
    /// The square root of an `f32`, correctly rounded.
    Sqrt,
    /// The nearest whole `f32` that is not above.
    Floor,
    /// The nearest whole `f32` that is not below.
    Ceil,
    /// An `f32` without its fraction.
    Trunc,
    /// Whether an `f32` is NaN, a `bool`.
    IsNan,
}

/// An operation on two scalars of one type; the result has their type unless said otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BinaryOp {
    /// The sum, which wraps.
    Add,
    /// The difference, which wraps.
    Sub,
    /// The product, which wraps.
    Mul,
    /// The quotient, towards zero. The right operand of integers is a literal other than 0.
    Div,
    /// The rest, with the sign of the left one. Of integers, and the right one is a literal other
    /// than 0.
    Rem,
    /// Both, of integers by bit and of `bool`s.
    And,
    /// Either, of integers by bit and of `bool`s.
    Or,
    /// Either but not both, of integers by bit and of `bool`s.
    Xor,
    /// To the left by the right operand modulo the width; that may be any integer.
    Shl,
    /// To the right by the right operand modulo the width, which may be any integer; with the sign if
    /// the left one has a sign.
    Shr,
    /// Equal, a `bool`.
    Eq,
    /// Not equal, a `bool`.
    Ne,
    /// Less, a `bool`.
    Lt,
    /// Less or equal, a `bool`.
    Le,
    /// Greater, a `bool`.
    Gt,
    /// Greater or equal, a `bool`.
    Ge,
    /// The lesser; of `f32` the one that is a number, if one is NaN.
    Min,
    /// The greater; of `f32` the one that is a number, if one is NaN.
    Max,
    /// The sum of integers, or the end of the range that it leaves.
    SaturatingAdd,
    /// The difference of integers, or the end of the range that it leaves.
    SaturatingSub,
    /// How far integers are apart, as an unsigned one.
    AbsDiff,
    /// The bits of an integer rotated to the left by a `u32` modulo the width.
    RotateLeft,
    /// The bits of an integer rotated to the right by a `u32` modulo the width.
    RotateRight,
    /// An integer to the power of a `u32`, which wraps.
    Pow,
}

/// An operation on three scalars of one type, which is that of the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TernaryOp {
    /// `a * b + c` of `f32`, rounded once.
    MulAdd,
    /// `a`, but not less than `b` and not more than `c`; a NaN stays.
    Clamp,
}

impl Expr {
    /// The literal of `scalar` whose low bits are those of `value`.
    pub fn literal(scalar: Scalar, value: u64, line: u32) -> Self {
        let bits = match scalar {
            Scalar::Bool => value & 1,
            _ => value & (u64::MAX >> (64 - scalar.bits())),
        };
        Self { ty: Type::Scalar(scalar), line, kind: ExprKind::Literal(bits) }
    }

    /// The bits, if it is a literal.
    pub const fn as_literal(&self) -> Option<u64> {
        match self.kind {
            ExprKind::Literal(bits) => Some(bits),
            _ => None,
        }
    }

    /// Calls `each` with it and with every expression in it, itself first.
    pub fn visit<'a>(&'a self, each: &mut impl FnMut(&'a Self)) {
        each(self);
        match &self.kind {
            ExprKind::Literal(_) | ExprKind::Local(_) | ExprKind::Constant(_) => {}
            ExprKind::Table { index: inner, .. }
            | ExprKind::Field { base: inner, .. }
            | ExprKind::Unary { value: inner, .. }
            | ExprKind::Cast(inner)
            | ExprKind::Repeat(inner) => inner.visit(each),
            ExprKind::Index { base: one, index: two } | ExprKind::Binary { left: one, right: two, .. } => {
                one.visit(each);
                two.visit(each);
            }
            ExprKind::Ternary { operands, .. } => operands.iter().for_each(|operand| operand.visit(each)),
            ExprKind::Select { condition, then, otherwise } => {
                condition.visit(each);
                then.visit(each);
                otherwise.visit(each);
            }
            ExprKind::Call { arguments: parts, .. } | ExprKind::Aggregate(parts) => {
                parts.iter().for_each(|part| part.visit(each));
            }
        }
    }
}

impl Statement {
    /// Calls `each` with every expression in it, in order.
    pub fn visit<'a>(&'a self, each: &mut impl FnMut(&'a Expr)) {
        match self {
            Self::Set { place, value } => {
                value.visit(each);
                for step in &place.path {
                    if let Step::Index(index) = step {
                        index.visit(each);
                    }
                }
            }
            Self::If { condition, then, otherwise } => {
                condition.visit(each);
                then.iter().chain(otherwise).for_each(|statement| statement.visit(each));
            }
            Self::For { body, .. } => body.iter().for_each(|statement| statement.visit(each)),
            Self::Break | Self::Continue => {}
            Self::Return(value) => value.visit(each),
        }
    }
}

impl Routine {
    /// Calls `each` with every expression in it, in order.
    pub fn visit<'a>(&'a self, each: &mut impl FnMut(&'a Expr)) {
        self.body.iter().for_each(|statement| statement.visit(each));
    }
}
