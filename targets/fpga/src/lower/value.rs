//! Values of a kernel, as nodes.

use std::rc::Rc;

use fusewire::kernel::Scalar;
use fusewire::kernel::program::{ConstantId, TableId, Type};

use super::Lowering;
use crate::netlist::Id;

/// A value of any type of the subset.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// A number or a `bool`.
    Scalar(Id),
    /// The fields of a struct, or the elements of an array.
    Parts(Rc<Vec<Value>>),
    /// A part of an entry of a table, of which only what is used is looked up.
    Entry(Entry),
}

/// What has entries: a table, or an array that is a constant of the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Origin {
    Table(TableId),
    Constant(ConstantId),
}

/// A part of an entry of a table.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    pub(super) origin: Origin,
    pub(super) index: Id,
    /// The part's first byte in the entry.
    pub(super) at: usize,
    pub(super) ty: Type,
}

impl Value {
    /// A value of this type whose scalars are made by `make`, given where they begin, from byte `at` on.
    pub(super) fn each_scalar(ty: &Type, at: usize, make: &mut impl FnMut(Scalar, usize) -> Id) -> Self {
        match ty {
            Type::Unit => Self::parts(Vec::new()),
            Type::Scalar(scalar) => Self::Scalar(make(*scalar, at)),
            Type::Array(element, len) => {
                let size = element.size();
                let each = (0..*len).map(|index| Self::each_scalar(element, at + index * size, make));
                Self::parts(each.collect())
            }
            Type::Struct(of) => {
                let each =
                    of.fields.iter().map(|field| Self::each_scalar(&field.ty, at + field.offset, make));
                Self::parts(each.collect())
            }
        }
    }

    pub(super) fn parts(parts: Vec<Self>) -> Self {
        Self::Parts(Rc::new(parts))
    }
}

impl Lowering<'_> {
    /// The node of a value that is a scalar.
    pub(super) fn scalar(&mut self, value: &Value) -> Id {
        match value {
            Value::Scalar(id) => *id,
            Value::Entry(entry) => {
                let scalar = entry.ty.scalar().expect("a program is typed: a scalar is meant");
                let column = self.column(entry.origin, entry.at, scalar);
                self.builder.look_up(&column, entry.index)
            }
            Value::Parts(_) => unreachable!("a program is typed: a scalar is meant"),
        }
    }

    /// The part of this number.
    pub(super) fn part(&mut self, value: &Value, index: usize) -> Value {
        match value {
            Value::Parts(parts) => parts[index].clone(),
            Value::Entry(entry) => Value::Entry(entry.part(index)),
            Value::Scalar(_) => unreachable!("a program is typed: a scalar has no parts"),
        }
    }

    /// How many parts there are.
    pub(super) fn count(&self, value: &Value) -> usize {
        match value {
            Value::Parts(parts) => parts.len(),
            Value::Entry(entry) => match &entry.ty {
                Type::Array(_, len) => *len,
                Type::Struct(of) => of.fields.len(),
                Type::Scalar(_) | Type::Unit => 0,
            },
            Value::Scalar(_) => 0,
        }
    }

    /// One of two values of one type.
    pub(super) fn either(&mut self, condition: Id, yes: &Value, no: &Value) -> Value {
        if yes == no {
            return yes.clone();
        }
        match self.builder.known(condition) {
            Some(1) => return yes.clone(),
            Some(_) => return no.clone(),
            None => {}
        }
        if let (Value::Entry(a), Value::Entry(b)) = (yes, no)
            && a.origin == b.origin
            && a.at == b.at
            && a.ty == b.ty
        {
            // One look-up at a selected index rather than two.
            let index = self.builder.select(condition, a.index, b.index);
            return Value::Entry(Entry { index, ..a.clone() });
        }
        let count = self.count(yes);
        if count == 0 && matches!(yes, Value::Parts(_)) {
            return yes.clone();
        }
        if count > 0 {
            let each = (0..count).map(|index| {
                let (yes, no) = (self.part(yes, index), self.part(no, index));
                self.either(condition, &yes, &no)
            });
            return Value::parts(each.collect());
        }
        let (yes, no) = (self.scalar(yes), self.scalar(no));
        Value::Scalar(self.builder.select(condition, yes, no))
    }

    /// The element at an index; one behind the end means the last.
    pub(super) fn element(&mut self, of: &Value, index: Id) -> Value {
        let count = self.count(of);
        let index = self.builder.clamped(index, count);
        if let Some(known) = self.builder.known(index) {
            return self.part(of, known as usize);
        }
        let parts: Vec<Value> = (0..count).map(|at| self.part(of, at)).collect();
        self.choose(&parts, index)
    }

    fn choose(&mut self, from: &[Value], index: Id) -> Value {
        let inside = self.count(&from[0]);
        if inside == 0 {
            let nodes: Vec<Id> = from.iter().map(|value| self.scalar(value)).collect();
            return Value::Scalar(self.builder.choose(&nodes, index));
        }
        let each = (0..inside).map(|at| {
            let column: Vec<Value> = from.iter().map(|value| self.part(value, at)).collect();
            self.choose(&column, index)
        });
        Value::parts(each.collect())
    }
}

impl Entry {
    fn part(&self, index: usize) -> Self {
        let (offset, ty) = match &self.ty {
            Type::Array(element, _) => (index * element.size(), (**element).clone()),
            Type::Struct(of) => (of.fields[index].offset, of.fields[index].ty.clone()),
            Type::Scalar(_) | Type::Unit => unreachable!("a program is typed: a scalar has no parts"),
        };
        Self { at: self.at + offset, ty, ..self.clone() }
    }
}
