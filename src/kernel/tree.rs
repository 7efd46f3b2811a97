//! The description of a kernel that `#[stage(kernel)]` writes: its tree, without types.
//!
//! The macro knows no types, so what it writes is the function as it was parsed, with names
//! resolved to bindings and types left where the user wrote one. [`Program`](super::Program) finds
//! the types. Targets read programs, not this.

use std::fmt;

use super::data::{Data, store};
use super::layout::{Layout, Scalar};

/// A function of the subset.
#[derive(Debug)]
pub struct Function {
    /// Its name.
    pub name: &'static str,
    /// The file that defines it.
    pub file: &'static str,
    /// The line of its name.
    pub line: u32,
    /// Values and tables, in the order of the parameters.
    pub params: &'static [Param],
    /// What it gives.
    pub output: &'static Layout,
    /// Its block.
    pub body: &'static Expr,
}

/// Stands in for the description of a kernel that was refused; it is never seen by a program that
/// compiles.
#[doc(hidden)]
pub static REFUSED: Function = Function {
    name: "",
    file: "",
    line: 0,
    params: &[],
    output: &Layout::Unknown,
    body: &Expr { line: 0, kind: Kind::Bool(false) },
};

/// What is [`Data`], as generated code asks for it: so that the message is short where it is not.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not data that a kernel can take",
    label = "not kernel data",
    note = "help: put `#[derive(Clone, Copy, kernel::Data)] #[repr(C)]` above the struct"
)]
pub trait IsData {
    /// The type.
    type Itself: Data;
    /// How a value lies in memory.
    const LAYOUT: Layout;
}

#[diagnostic::do_not_recommend]
impl<T: Data> IsData for T {
    type Itself = T;
    const LAYOUT: Layout = T::LAYOUT;
}

/// A parameter.
#[derive(Debug)]
pub struct Param {
    /// How it is passed.
    pub kind: ParamKind,
    /// What it is called or taken apart to; a table has a [`Pattern::Bind`].
    pub pattern: Pattern,
    /// The layout of the value, or of a table's element.
    pub layout: &'static Layout,
}

/// How a parameter is passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParamKind {
    /// `T`.
    Value,
    /// `&[T]`.
    Table,
    /// `&T`.
    One,
}

/// A binding: what a name stands for, numbered within its function.
#[derive(Debug, Clone, Copy)]
pub struct Binding {
    /// Its number.
    pub id: u32,
    /// What the user calls it.
    pub name: &'static str,
}

/// An expression and the line where it begins.
#[derive(Debug)]
pub struct Expr {
    /// The line, in the file of the function.
    pub line: u32,
    /// What it is.
    pub kind: Kind,
}

/// What an expression is.
#[derive(Debug)]
#[allow(missing_docs, reason = "each variant is the expression of Rust that it is named for")]
pub enum Kind {
    Bool(bool),
    /// An integer literal. A negative one is a literal behind [`Unary::Neg`].
    Int {
        value: u64,
        suffix: Option<Scalar>,
    },
    /// A literal with a point or an exponent, or one with the suffix `f32`.
    Float {
        bits: u32,
    },
    /// A `const` or `static`, or a constant of a type.
    Constant(&'static dyn Value),
    Binding(Binding),
    Unary {
        op: Unary,
        value: &'static Expr,
    },
    Binary {
        op: Binary,
        left: &'static Expr,
        right: &'static Expr,
    },
    /// `&&`.
    And {
        left: &'static Expr,
        right: &'static Expr,
    },
    /// `||`.
    Or {
        left: &'static Expr,
        right: &'static Expr,
    },
    Cast {
        value: &'static Expr,
        to: &'static Layout,
    },
    /// A method of a number; of an array or a table if it is `len`. What a type was named for, as in
    /// `u32::min(a, b)`, is `of`.
    Method {
        name: &'static str,
        of: Option<&'static Layout>,
        value: &'static Expr,
        arguments: &'static [Expr],
    },
    Call {
        function: fn() -> &'static Function,
        arguments: &'static [Expr],
    },
    Field {
        value: &'static Expr,
        name: &'static str,
    },
    Index {
        value: &'static Expr,
        index: &'static Expr,
    },
    Struct {
        layout: &'static Layout,
        fields: &'static [(&'static str, Expr)],
        rest: Option<&'static Expr>,
    },
    Tuple(&'static [Expr]),
    Array(&'static [Expr]),
    Repeat {
        value: &'static Expr,
        len: &'static Expr,
    },
    Block {
        statements: &'static [Statement],
        value: Option<&'static Expr>,
    },
    If {
        condition: &'static Expr,
        then: &'static Expr,
        otherwise: Option<&'static Expr>,
    },
    Match {
        value: &'static Expr,
        arms: &'static [Arm],
    },
    For {
        binding: Option<Binding>,
        from: &'static Expr,
        to: &'static Expr,
        /// `a..=b`.
        inclusive: bool,
        /// `(a..b).rev()`.
        reversed: bool,
        body: &'static Expr,
    },
    Assign {
        place: &'static Expr,
        value: &'static Expr,
    },
    /// `+=` and its like.
    Update {
        op: Binary,
        place: &'static Expr,
        value: &'static Expr,
    },
    Break,
    Continue,
    Return(&'static Expr),
}

/// A statement of a block.
#[derive(Debug)]
pub enum Statement {
    /// `let pattern: ty = value;`
    Let {
        /// The line of the `let`.
        line: u32,
        /// What is bound.
        pattern: Pattern,
        /// The type, where the user wrote one.
        ty: Option<&'static Layout>,
        /// The value; without one it is assigned later.
        value: Option<&'static Expr>,
    },
    /// An expression, whose value is not used.
    Run(Expr),
}

/// An arm of a `match`.
#[derive(Debug)]
pub struct Arm {
    /// What the value must be.
    pub pattern: Pattern,
    /// `if condition`.
    pub guard: Option<&'static Expr>,
    /// What the arm gives.
    pub body: Expr,
}

/// A pattern.
#[derive(Debug)]
#[allow(missing_docs, reason = "each variant is the pattern of Rust that it is named for")]
pub enum Pattern {
    /// `_`.
    Any,
    /// `..` in a tuple or an array.
    Rest,
    Bind {
        binding: Binding,
        mutable: bool,
        /// `name @ pattern`.
        inner: Option<&'static Pattern>,
    },
    /// A literal or a constant.
    Is(&'static Expr),
    Range {
        from: Option<&'static Expr>,
        to: Option<&'static Expr>,
        inclusive: bool,
    },
    Or(&'static [Pattern]),
    Tuple(&'static [Pattern]),
    Array(&'static [Pattern]),
    Struct {
        layout: &'static Layout,
        fields: &'static [(&'static str, Pattern)],
    },
}

/// An operator before its operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unary {
    /// `-`, which wraps.
    Neg,
    /// `!`, of the bits of an integer or of a `bool`.
    Not,
    /// `*`, of a table of one.
    Deref,
}

/// An operator between two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "they are the operators of Rust")]
pub enum Binary {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    BitAnd,
    BitOr,
    BitXor,
    Shl,
    Shr,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

/// The value of a constant, in a description.
pub trait Value: Sync + 'static {
    /// How its bytes lie.
    fn layout(&self) -> &'static Layout;
    /// Its bytes, with zeros for padding.
    fn bytes(&self) -> Vec<u8>;
}

impl<T: Data> Value for T {
    fn layout(&self) -> &'static Layout {
        &T::LAYOUT
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = vec![0; size_of::<T>()];
        store(self, &mut bytes);
        bytes
    }
}

/// A constant that counts or indexes.
impl Value for usize {
    fn layout(&self) -> &'static Layout {
        &Layout::Scalar(Scalar::U64)
    }

    fn bytes(&self) -> Vec<u8> {
        (*self as u64).to_ne_bytes().to_vec()
    }
}

impl Value for isize {
    fn layout(&self) -> &'static Layout {
        &Layout::Scalar(Scalar::I64)
    }

    fn bytes(&self) -> Vec<u8> {
        (*self as i64).to_ne_bytes().to_vec()
    }
}

impl fmt::Debug for dyn Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Value").field("layout", self.layout()).field("bytes", &self.bytes()).finish()
    }
}

/// Asks for the layout of a type that another line of the same kernel needs to be data.
///
/// `Probe::<T>::LAYOUT` is that of `T`, or [`Layout::Unknown`] where `T` is no data and the compiler
/// says so elsewhere: one mistake is one message.
#[doc(hidden)]
#[derive(Debug)]
pub struct Probe<T>(std::marker::PhantomData<T>);

impl<T: Data> Probe<T> {
    /// The layout of `T`.
    pub const LAYOUT: Layout = T::LAYOUT;
}

/// The answer of a [`Probe`] for what is no data.
#[doc(hidden)]
pub trait Unprobed {
    /// Not known.
    const LAYOUT: Layout = Layout::Unknown;
}

impl<T> Unprobed for Probe<T> {}
