//! Types that are not known yet, and what is learned of them.

use std::sync::Arc;

use crate::kernel::layout::{Layout, Scalar};
use crate::kernel::program::{StructType, Type};

/// A type that may not be known yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Var(usize);

/// What is known of a type.
#[derive(Debug, Clone)]
pub(super) enum Term {
    /// The same as another one.
    Same(Var),
    /// Nothing.
    Any,
    /// That of an integer literal.
    Integer,
    Unit,
    Scalar(Scalar),
    Array(Var, usize),
    Tuple(Vec<Var>),
    Struct(Arc<StructType>),
    /// A table of `&[T]`, which is no value.
    Table(Var),
}

/// The types of one function.
#[derive(Debug, Default)]
pub(super) struct Types {
    terms: Vec<Term>,
}

impl Types {
    pub(super) fn add(&mut self, term: Term) -> Var {
        self.terms.push(term);
        Var(self.terms.len() - 1)
    }

    pub(super) fn any(&mut self) -> Var {
        self.add(Term::Any)
    }

    pub(super) fn scalar(&mut self, scalar: Scalar) -> Var {
        self.add(Term::Scalar(scalar))
    }

    /// The type of a layout. What is unknown in it is to be learned.
    pub(super) fn layout(&mut self, layout: &Layout) -> Var {
        let term = match layout {
            Layout::Array { element, len } => Term::Array(self.layout(element), *len),
            Layout::Tuple([]) => Term::Unit,
            Layout::Tuple(elements) => {
                Term::Tuple(elements.iter().map(|element| self.layout(element)).collect())
            }
            known => Type::of(known).map_or(Term::Any, |ty| self.term(&ty)),
        };
        self.add(term)
    }

    pub(super) fn known(&mut self, ty: &Type) -> Var {
        let term = self.term(ty);
        self.add(term)
    }

    fn term(&mut self, ty: &Type) -> Term {
        match ty {
            Type::Unit => Term::Unit,
            Type::Scalar(scalar) => Term::Scalar(*scalar),
            Type::Array(element, len) => Term::Array(self.known(element), *len),
            Type::Struct(of) => Term::Struct(Arc::clone(of)),
        }
    }

    fn root(&self, mut var: Var) -> Var {
        while let Term::Same(other) = &self.terms[var.0] {
            var = *other;
        }
        var
    }

    pub(super) fn get(&self, var: Var) -> &Term {
        &self.terms[self.root(var).0]
    }

    /// Learns that two types are one. What cannot be is left, as the compiler has seen to it.
    pub(super) fn unify(&mut self, left: Var, right: Var) {
        let (left, right) = (self.root(left), self.root(right));
        if left == right {
            return;
        }
        let pair = (self.terms[left.0].clone(), self.terms[right.0].clone());
        match pair {
            (Term::Any, _) => self.terms[left.0] = Term::Same(right),
            (_, Term::Any) => self.terms[right.0] = Term::Same(left),
            (Term::Integer, _) => self.terms[left.0] = Term::Same(right),
            (_, Term::Integer) => self.terms[right.0] = Term::Same(left),
            (Term::Array(one, _), Term::Array(two, _)) | (Term::Table(one), Term::Table(two)) => {
                self.unify(one, two);
            }
            (Term::Tuple(one), Term::Tuple(two)) => {
                for (one, two) in one.into_iter().zip(two) {
                    self.unify(one, two);
                }
            }
            _ => {}
        }
    }

    /// Integer literals whose type nothing says are `i32`, as in Rust.
    pub(super) fn fall_back(&mut self) {
        for term in &mut self.terms {
            if matches!(term, Term::Integer) {
                *term = Term::Scalar(Scalar::I32);
            }
        }
    }

    /// The type, if all of it is known.
    pub(super) fn resolve(&self, var: Var) -> Option<Type> {
        Some(match self.get(var) {
            Term::Unit => Type::Unit,
            Term::Scalar(scalar) => Type::Scalar(*scalar),
            Term::Array(_, 0) => return None,
            Term::Array(element, len) => Type::Array(Arc::new(self.resolve(*element)?), *len),
            Term::Tuple(elements) => {
                Type::tuple(elements.iter().map(|element| self.resolve(*element)).collect::<Option<_>>()?)
            }
            Term::Struct(of) => Type::Struct(Arc::clone(of)),
            Term::Same(_) | Term::Any | Term::Integer | Term::Table(_) => return None,
        })
    }
}
