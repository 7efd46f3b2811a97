//! The types of a program in C: a scalar is a number, anything else a struct that can be assigned.

use std::fmt::Write;

use super::name;
use crate::kernel::layout::Scalar;
use crate::kernel::program::{StructType, Type};

/// The types that were named, and their declarations.
#[derive(Debug, Default)]
pub(super) struct Types {
    named: Vec<(Type, String)>,
    pub(super) text: String,
}

/// The C name of a scalar. A `bool` is a byte that is 0 or 1.
pub(super) const fn scalar(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::Bool => "u8",
        other => other.name(),
    }
}

/// The C name of a field.
pub(super) fn field(of: &StructType, at: usize) -> String {
    let named = &of.fields[at].name;
    let named = if named.starts_with(|first: char| first.is_ascii_digit()) { "" } else { named };
    format!("f{at}{}", name(named))
}

/// The padding of a struct, without that of its fields: name and length.
pub(super) fn own_pads(of: &StructType) -> Vec<(String, usize)> {
    let mut pads = Vec::new();
    let mut end = 0;
    for (at, field) in of.fields.iter().enumerate() {
        if field.offset > end {
            pads.push((format!("p{at}"), field.offset - end));
        }
        end = field.offset + field.ty.size();
    }
    if of.size > end {
        pads.push((format!("p{}", of.fields.len()), of.size - end));
    }
    pads
}

/// The padding of a type, with that of all in it; empty if there is none.
pub(super) fn pads(ty: &Type) -> Vec<(String, usize)> {
    match ty {
        Type::Unit | Type::Scalar(_) => Vec::new(),
        Type::Array(element, _) => pads(element),
        Type::Struct(of) => {
            own_pads(of).into_iter().chain(of.fields.iter().flat_map(|field| pads(&field.ty))).collect()
        }
    }
}

impl Types {
    pub(super) fn name(&mut self, ty: &Type) -> String {
        if let Type::Scalar(number) = ty {
            return scalar(*number).to_owned();
        }
        if let Some((_, name)) = self.named.iter().find(|(known, _)| known == ty) {
            return name.clone();
        }
        let (parts, label) = match ty {
            Type::Unit | Type::Scalar(_) => return "void".to_owned(),
            Type::Array(element, len) => {
                let element = self.name(element);
                (format!("{element} v[{len}];"), String::new())
            }
            Type::Struct(of) => (self.fields(of), name(&of.name)),
        };
        let name = format!("T{}{label}", self.named.len());
        // Writing to a `String` does not fail. The second line compiles only if the sizes agree.
        let _ = writeln!(self.text, "typedef struct {{ {parts} }} {name};");
        let _ = writeln!(self.text, "typedef char {name}_size[sizeof({name}) == {} ? 1 : -1];", ty.size());
        self.named.push((ty.clone(), name.clone()));
        name
    }

    fn fields(&mut self, of: &StructType) -> String {
        let pads = own_pads(of);
        let mut text = String::new();
        for (at, part) in of.fields.iter().enumerate() {
            let pad = format!("p{at}");
            if let Some((_, len)) = pads.iter().find(|(name, _)| *name == pad) {
                let _ = write!(text, "u8 {pad}[{len}]; ");
            }
            let ty = self.name(&part.ty);
            let _ = write!(text, "{ty} {}; ", field(of, at));
        }
        let pad = format!("p{}", of.fields.len());
        if let Some((_, len)) = pads.iter().find(|(name, _)| *name == pad) {
            let _ = write!(text, "u8 {pad}[{len}]; ");
        }
        text.trim_end().to_owned()
    }
}
