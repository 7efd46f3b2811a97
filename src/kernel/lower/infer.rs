//! The types of a function's expressions.
//!
//! The compiler has accepted the function, so types are not checked but found: each expression gets
//! a variable, and what its form says of it is learned in the order of the source, as the compiler
//! does. Errors are about what the subset lacks.

mod method;
mod pattern;

pub(super) use pattern::placed;

use super::unify::{Term, Types, Var};
use crate::kernel::layout::{Layout, Scalar};
use crate::kernel::program::{Refused, Type};
use crate::kernel::tree::{
    Arm, Binary, Binding, Expr, Function, Kind, ParamKind, Pattern, Statement, Unary, Value,
};

/// An expression with its type, and the expressions in it in the order of [`Infer::children`].
#[derive(Debug)]
pub(super) struct Typed {
    pub(super) expr: &'static Expr,
    pub(super) ty: Var,
    pub(super) children: Vec<Typed>,
    /// Whether control never comes out of it.
    diverges: bool,
}

/// What is known of the types of one function.
#[derive(Debug)]
pub(super) struct Infer {
    function: &'static Function,
    pub(super) types: Types,
    bindings: Vec<Option<Var>>,
    output: Var,
    /// Lookups whose base was not known when they were met.
    pending: Vec<Pending>,
}

#[derive(Debug)]
struct Pending {
    base: Var,
    part: Part,
    result: Var,
    line: u32,
}

#[derive(Debug, Clone, Copy)]
enum Part {
    Field(&'static str),
    Element,
    Unsigned,
}

impl Infer {
    /// The typed body of `function`.
    pub(super) fn function(function: &'static Function) -> Result<(Self, Typed), Refused> {
        let mut types = Types::default();
        let output = types.layout(function.output);
        let mut infer = Self { function, types, bindings: Vec::new(), output, pending: Vec::new() };
        for param in function.params {
            let element = infer.types.layout(param.layout);
            match (param.kind, &param.pattern) {
                (ParamKind::Value, pattern) => infer.pattern(pattern, element)?,
                (kind, Pattern::Bind { binding, .. }) => {
                    let ty = if kind == ParamKind::Table {
                        infer.types.add(Term::Table(element))
                    } else {
                        element
                    };
                    infer.bind(*binding, ty);
                }
                (..) => return Err(infer.refused(function.line, "a table has no name", "name it")),
            }
        }
        let body = infer.expr(function.body)?;
        infer.types.unify(body.ty, output);
        infer.settle()?;
        Ok((infer, body))
    }

    pub(super) fn refused(&self, line: u32, what: impl Into<String>, help: impl Into<String>) -> Refused {
        let Function { name, file, line: first, .. } = self.function;
        // What the macro made up has no line of its own.
        let line = if line == 0 { *first } else { line };
        Refused { kernel: name, file, line, what: what.into(), help: help.into() }
    }

    pub(super) fn binding(&self, binding: Binding) -> Option<Var> {
        self.bindings.get(binding.id as usize).copied().flatten()
    }

    /// The type of an expression, all of which must be known by now.
    pub(super) fn type_of(&self, typed: &Typed) -> Result<Type, Refused> {
        if typed.diverges && matches!(self.types.get(typed.ty), Term::Any) {
            return Ok(Type::Unit);
        }
        self.resolve(typed.ty, typed.expr.line)
    }

    pub(super) fn resolve(&self, ty: Var, line: u32) -> Result<Type, Refused> {
        self.types.resolve(ty).ok_or_else(|| match self.types.get(ty) {
            Term::Table(_) => self.refused(
                line,
                "a table is no value",
                "index it, ask for its `len()`, or pass it to another kernel by its name",
            ),
            Term::Array(_, 0) => self.refused(line, "an array has no elements", "give it at least one"),
            _ => self.refused(line, "the type of a value is not known here", "write it: `let name: T = ..`"),
        })
    }

    fn bind(&mut self, binding: Binding, ty: Var) {
        let at = binding.id as usize;
        if self.bindings.len() <= at {
            self.bindings.resize(at + 1, None);
        }
        self.bindings[at] = Some(ty);
    }

    /// Looks again at what was not known, as long as that helps; then literals get their defaults.
    fn settle(&mut self) -> Result<(), Refused> {
        self.look_again()?;
        self.types.fall_back();
        self.look_again()
    }

    fn look_again(&mut self) -> Result<(), Refused> {
        loop {
            let pending = std::mem::take(&mut self.pending);
            let before = pending.len();
            for Pending { base, part, result, line } in pending {
                self.part(base, part, result, line)?;
            }
            if self.pending.len() >= before {
                return Ok(());
            }
        }
    }

    /// Learns that `result` is a part of `base`, now or later.
    fn part(&mut self, base: Var, part: Part, result: Var, line: u32) -> Result<(), Refused> {
        let found = match (self.types.get(base), part) {
            (Term::Any | Term::Integer, _) => {
                self.pending.push(Pending { base, part, result, line });
                return Ok(());
            }
            (Term::Array(element, _) | Term::Table(element), Part::Element) => Some(*element),
            (Term::Tuple(elements), Part::Field(name)) => {
                name.parse::<usize>().ok().and_then(|at| elements.get(at).copied())
            }
            (Term::Struct(of), Part::Field(name)) => {
                let ty = of.fields.iter().find(|field| field.name == name).map(|field| field.ty.clone());
                ty.map(|ty| self.types.known(&ty))
            }
            (Term::Scalar(scalar), Part::Unsigned) => {
                let unsigned = scalar.unsigned();
                Some(self.types.scalar(unsigned))
            }
            _ => None,
        };
        let Some(found) = found else {
            return Err(match part {
                Part::Field(name) => self.refused(
                    line,
                    format!("`.{name}` is not a field that devices know"),
                    "use the fields of kernel data and of tuples",
                ),
                Part::Element => {
                    self.refused(line, "a value that is indexed is no array", "index arrays and tables")
                }
                Part::Unsigned => self.refused(
                    line,
                    "a method of integers is called on something else",
                    "call it on an integer",
                ),
            });
        };
        self.types.unify(found, result);
        Ok(())
    }

    /// A part that is looked up: its type.
    fn look_up(&mut self, base: Var, part: Part, line: u32) -> Result<Var, Refused> {
        let result = self.types.any();
        self.part(base, part, result, line)?;
        Ok(result)
    }

    fn expr(&mut self, expr: &'static Expr) -> Result<Typed, Refused> {
        let mut children = Vec::new();
        let mut diverges = false;
        let ty = self.kind(expr, &mut children, &mut diverges)?;
        Ok(Typed { expr, ty, children, diverges })
    }

    /// A part of an expression that is always run: if it diverges, so does the whole.
    fn child(
        &mut self,
        expr: &'static Expr,
        children: &mut Vec<Typed>,
        diverges: &mut bool,
    ) -> Result<Var, Refused> {
        let typed = self.expr(expr)?;
        let ty = typed.ty;
        *diverges |= typed.diverges;
        children.push(typed);
        Ok(ty)
    }

    /// The type of an expression. The order of children is that of the fields of its [`Kind`].
    fn kind(
        &mut self,
        expr: &'static Expr,
        children: &mut Vec<Typed>,
        diverges: &mut bool,
    ) -> Result<Var, Refused> {
        let line = expr.line;
        Ok(match &expr.kind {
            Kind::Bool(_) => self.types.scalar(Scalar::Bool),
            Kind::Int { suffix: None, .. } => self.types.add(Term::Integer),
            Kind::Int { suffix: Some(scalar), .. } => self.types.scalar(*scalar),
            Kind::Float { .. } => self.types.scalar(Scalar::F32),
            Kind::Constant(value) => self.types.layout(value.layout()),
            Kind::Binding(binding) => match self.binding(*binding) {
                Some(ty) => ty,
                None => {
                    return Err(self.refused(line, format!("`{}` is not known", binding.name), "declare it"));
                }
            },
            Kind::Unary { op, value } => {
                let ty = self.child(value, children, diverges)?;
                match op {
                    Unary::Neg | Unary::Not | Unary::Deref => ty,
                }
            }
            Kind::Binary { op, left, right } => {
                let left = self.child(left, children, diverges)?;
                let right = self.child(right, children, diverges)?;
                self.operator(*op, left, right)
            }
            Kind::And { left, right } | Kind::Or { left, right } => {
                let mut may = false;
                self.child(left, children, diverges)?;
                self.child(right, children, &mut may)?;
                self.types.scalar(Scalar::Bool)
            }
            Kind::Cast { value, to } => {
                self.child(value, children, diverges)?;
                self.types.layout(to)
            }
            Kind::Method { name, of, value, arguments } => {
                let ty = self.child(value, children, diverges)?;
                if let Some(of) = of {
                    // `f32::from_bits(x)` is called on no `f32`.
                    if *name != "from_bits" {
                        let of = self.types.layout(of);
                        self.types.unify(of, ty);
                    }
                }
                let arguments = arguments
                    .iter()
                    .map(|argument| self.child(argument, children, diverges))
                    .collect::<Result<Vec<_>, _>>()?;
                self.method(name, ty, &arguments, line)?
            }
            Kind::Call { function, arguments } => {
                let called = function();
                for (argument, param) in arguments.iter().zip(called.params) {
                    let ty = self.child(argument, children, diverges)?;
                    let param = match param.kind {
                        ParamKind::Table => {
                            let element = self.types.layout(param.layout);
                            self.types.add(Term::Table(element))
                        }
                        _ => self.types.layout(param.layout),
                    };
                    self.types.unify(ty, param);
                }
                self.types.layout(called.output)
            }
            Kind::Field { value, name } => {
                let base = self.child(value, children, diverges)?;
                self.look_up(base, Part::Field(name), line)?
            }
            Kind::Index { value, index } => {
                let base = self.child(value, children, diverges)?;
                let index = self.child(index, children, diverges)?;
                let size = self.types.scalar(Scalar::U64);
                self.types.unify(index, size);
                self.look_up(base, Part::Element, line)?
            }
            Kind::Struct { layout, fields, rest } => {
                let ty = self.known_struct(layout, line)?;
                for (name, value) in *fields {
                    let field = self.look_up(ty, Part::Field(name), line)?;
                    let value = self.child(value, children, diverges)?;
                    self.types.unify(value, field);
                }
                if let Some(rest) = rest {
                    let rest = self.child(rest, children, diverges)?;
                    self.types.unify(rest, ty);
                }
                ty
            }
            Kind::Tuple(elements) => {
                let elements = elements
                    .iter()
                    .map(|element| self.child(element, children, diverges))
                    .collect::<Result<Vec<_>, _>>()?;
                self.types.add(if elements.is_empty() { Term::Unit } else { Term::Tuple(elements) })
            }
            Kind::Array(elements) => {
                let element = self.types.any();
                for each in *elements {
                    let ty = self.child(each, children, diverges)?;
                    self.types.unify(ty, element);
                }
                self.types.add(Term::Array(element, elements.len()))
            }
            Kind::Repeat { value, len } => {
                let element = self.child(value, children, diverges)?;
                let Some(count) = count(len) else {
                    return Err(self.refused(
                        line,
                        "the length of an array is computed in a way that is not followed",
                        "write it as a `const`, and its name here",
                    ));
                };
                self.types.add(Term::Array(element, count))
            }
            Kind::Block { statements, value } => self.block(statements, *value, children, diverges)?,
            Kind::If { condition, then, otherwise } => {
                self.child(condition, children, diverges)?;
                let (mut first, mut second) = (false, false);
                let ty = self.child(then, children, &mut first)?;
                match otherwise {
                    Some(otherwise) => {
                        let other = self.child(otherwise, children, &mut second)?;
                        *diverges |= first && second;
                        self.types.unify(ty, other);
                        ty
                    }
                    None => self.types.add(Term::Unit),
                }
            }
            Kind::Match { value, arms } => self.choice(value, arms, children, diverges)?,
            Kind::For { binding, from, to, body, .. } => {
                let from = self.child(from, children, diverges)?;
                let to = self.child(to, children, diverges)?;
                self.types.unify(from, to);
                if let Some(binding) = binding {
                    self.bind(*binding, from);
                }
                let mut may = false;
                self.child(body, children, &mut may)?;
                self.types.add(Term::Unit)
            }
            Kind::Assign { place, value } => {
                let value = self.child_behind(value, place, children, diverges)?;
                self.types.unify(value.0, value.1);
                self.types.add(Term::Unit)
            }
            Kind::Update { op, place, value } => {
                let (place, value) = self.child_behind(value, place, children, diverges)?;
                self.operator(*op, place, value);
                self.types.add(Term::Unit)
            }
            Kind::Break | Kind::Continue => {
                *diverges = true;
                self.types.any()
            }
            Kind::Return(value) => {
                let value = self.child(value, children, diverges)?;
                self.types.unify(value, self.output);
                *diverges = true;
                self.types.any()
            }
        })
    }

    /// Place and value of an assignment, as children in this order. The place's type is known first,
    /// as for the compiler, though the value is computed first.
    fn child_behind(
        &mut self,
        value: &'static Expr,
        place: &'static Expr,
        children: &mut Vec<Typed>,
        diverges: &mut bool,
    ) -> Result<(Var, Var), Refused> {
        let place = self.child(place, children, diverges)?;
        let value = self.child(value, children, diverges)?;
        Ok((place, value))
    }

    fn known_struct(&mut self, layout: &'static Layout, line: u32) -> Result<Var, Refused> {
        if Type::of(layout).is_none() {
            return Err(self.refused(
                line,
                "a struct has no size",
                "give it at least one field, and no empty array",
            ));
        }
        Ok(self.types.layout(layout))
    }

    fn block(
        &mut self,
        statements: &'static [Statement],
        value: Option<&'static Expr>,
        children: &mut Vec<Typed>,
        diverges: &mut bool,
    ) -> Result<Var, Refused> {
        for statement in statements {
            match statement {
                Statement::Let { line, pattern, ty, value } => {
                    let declared = match ty {
                        Some(layout) => self.types.layout(layout),
                        None => self.types.any(),
                    };
                    if let Some(value) = value {
                        let value = self.child(value, children, diverges)?;
                        self.types.unify(value, declared);
                    }
                    self.pattern(pattern, declared).map_err(|mut refused| {
                        refused.line = *line;
                        refused
                    })?;
                }
                Statement::Run(expr) => {
                    self.child(expr, children, diverges)?;
                }
            }
        }
        match value {
            Some(value) => self.child(value, children, diverges),
            None if *diverges => Ok(self.types.any()),
            None => Ok(self.types.add(Term::Unit)),
        }
    }

    fn choice(
        &mut self,
        value: &'static Expr,
        arms: &'static [Arm],
        children: &mut Vec<Typed>,
        diverges: &mut bool,
    ) -> Result<Var, Refused> {
        let value = self.child(value, children, diverges)?;
        let result = self.types.any();
        let mut all = !arms.is_empty();
        for arm in arms {
            self.pattern(&arm.pattern, value)?;
            if let Some(guard) = arm.guard {
                let mut may = false;
                self.child(guard, children, &mut may)?;
            }
            let mut leaves = false;
            let body = self.child(&arm.body, children, &mut leaves)?;
            all &= leaves;
            self.types.unify(body, result);
        }
        *diverges |= all;
        Ok(result)
    }
}

/// The value of a constant expression of `usize`, as the length of an array has.
fn count(expr: &Expr) -> Option<usize> {
    let value = match &expr.kind {
        Kind::Int { value, .. } => *value,
        Kind::Constant(constant) => scalar_of(*constant)?,
        Kind::Cast { value, .. } => count(value)? as u64,
        Kind::Binary { op, left, right } => {
            let (left, right) = (count(left)?, count(right)?);
            match op {
                Binary::Add => left.checked_add(right)? as u64,
                Binary::Sub => left.checked_sub(right)? as u64,
                Binary::Mul => left.checked_mul(right)? as u64,
                Binary::Div => left.checked_div(right)? as u64,
                Binary::Rem => left.checked_rem(right)? as u64,
                Binary::Shl => left.checked_shl(u32::try_from(right).ok()?)? as u64,
                Binary::Shr => left.checked_shr(u32::try_from(right).ok()?)? as u64,
                _ => return None,
            }
        }
        _ => return None,
    };
    usize::try_from(value).ok()
}

fn scalar_of(constant: &dyn Value) -> Option<u64> {
    let Layout::Scalar(scalar) = constant.layout() else { return None };
    Some(crate::kernel::program::read(*scalar, &constant.bytes()))
}
