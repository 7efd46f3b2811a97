//! The types of a program.

use std::fmt;
use std::sync::Arc;

use crate::kernel::layout::{Layout, Scalar};

/// A type of a program. A tuple is a struct whose fields are numbered.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Type {
    /// `()`: the type of no value, which only statements have.
    Unit,
    /// A number or a `bool`.
    Scalar(Scalar),
    /// `[T; N]`, with at least one element.
    Array(Arc<Type>, usize),
    /// A struct or a tuple, with at least one field.
    Struct(Arc<StructType>),
}

/// A struct or a tuple.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct StructType {
    /// The user's name of it; a tuple is called as it is written.
    pub name: String,
    /// Bytes, padding included.
    pub size: usize,
    /// Alignment in bytes.
    pub align: usize,
    /// In the order of the offsets.
    pub fields: Vec<TypeField>,
}

/// A field of a struct or a tuple.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct TypeField {
    /// Its name; a number in a tuple.
    pub name: String,
    /// Where it begins, in bytes.
    pub offset: usize,
    /// What it is.
    pub ty: Type,
}

impl Type {
    /// `bool`.
    pub const BOOL: Self = Self::Scalar(Scalar::Bool);
    /// `u32`.
    pub const U32: Self = Self::Scalar(Scalar::U32);
    /// `u64`, which `usize` is.
    pub const U64: Self = Self::Scalar(Scalar::U64);

    /// The type that lies as `layout`; `None` if the layout is not known or has no size.
    pub fn of(layout: &Layout) -> Option<Self> {
        match layout {
            Layout::Scalar(scalar) => Some(Self::Scalar(*scalar)),
            Layout::Array { len: 0, .. } | Layout::Unknown => None,
            Layout::Array { element, len } => Some(Self::Array(Arc::new(Self::of(element)?), *len)),
            Layout::Struct { fields: [], .. } => None,
            Layout::Struct { name, size, align, fields } => {
                let typed = |field: &crate::kernel::layout::Field| {
                    Some(TypeField {
                        name: field.name.to_owned(),
                        offset: field.offset,
                        ty: Self::of(field.layout)?,
                    })
                };
                let fields = fields.iter().map(typed).collect::<Option<_>>()?;
                Some(Self::Struct(Arc::new(StructType {
                    name: (*name).to_owned(),
                    size: *size,
                    align: *align,
                    fields,
                })))
            }
            Layout::Tuple(elements) => {
                let elements = elements.iter().map(Self::of).collect::<Option<Vec<_>>>()?;
                Some(Self::tuple(elements))
            }
        }
    }

    /// The tuple of `elements`, laid out in order; the empty one is [`Type::Unit`].
    pub fn tuple(elements: Vec<Self>) -> Self {
        if elements.is_empty() {
            return Self::Unit;
        }
        let names: Vec<_> = elements.iter().map(ToString::to_string).collect();
        let comma = if names.len() == 1 { "," } else { "" };
        let name = format!("({}{comma})", names.join(", "));
        let (mut size, mut align) = (0usize, 1);
        let mut fields = Vec::with_capacity(elements.len());
        for (at, ty) in elements.into_iter().enumerate() {
            align = align.max(ty.align());
            let offset = size.next_multiple_of(ty.align());
            size = offset + ty.size();
            fields.push(TypeField { name: at.to_string(), offset, ty });
        }
        Self::Struct(Arc::new(StructType { name, size: size.next_multiple_of(align), align, fields }))
    }

    /// The scalar, if it is one.
    pub const fn scalar(&self) -> Option<Scalar> {
        match self {
            Self::Scalar(scalar) => Some(*scalar),
            _ => None,
        }
    }

    /// Bytes that a value takes, padding included.
    pub fn size(&self) -> usize {
        match self {
            Self::Unit => 0,
            Self::Scalar(scalar) => scalar.size(),
            Self::Array(element, len) => element.size() * len,
            Self::Struct(of) => of.size,
        }
    }

    /// Alignment in bytes.
    pub fn align(&self) -> usize {
        match self {
            Self::Unit => 1,
            Self::Scalar(scalar) => scalar.size(),
            Self::Array(element, _) => element.align(),
            Self::Struct(of) => of.align,
        }
    }

    /// Whether there is an `f32` in it.
    pub fn has_float(&self) -> bool {
        match self {
            Self::Unit => false,
            Self::Scalar(scalar) => *scalar == Scalar::F32,
            Self::Array(element, _) => element.has_float(),
            Self::Struct(of) => of.fields.iter().any(|field| field.ty.has_float()),
        }
    }

    /// The bits of a scalar of this type for each scalar of it, in order, out of its `bytes`.
    ///
    /// # Panics
    ///
    /// If `bytes` is shorter than the type.
    pub fn scalars(&self, bytes: &[u8], each: &mut impl FnMut(Scalar, u64)) {
        match self {
            Self::Unit => {}
            Self::Scalar(scalar) => each(*scalar, read(*scalar, bytes)),
            Self::Array(element, len) => {
                for at in 0..*len {
                    element.scalars(&bytes[at * element.size()..], each);
                }
            }
            Self::Struct(of) => {
                for field in &of.fields {
                    field.ty.scalars(&bytes[field.offset..], each);
                }
            }
        }
    }
}

/// The bits of the scalar that `bytes` begin with; 0 or 1 for a `bool`.
pub(in crate::kernel) fn read(scalar: Scalar, bytes: &[u8]) -> u64 {
    let mut word = [0; 8];
    match scalar.size() {
        1 => u64::from(bytes[0]),
        2 => {
            word[..2].copy_from_slice(&bytes[..2]);
            u64::from(u16::from_ne_bytes([word[0], word[1]]))
        }
        4 => u64::from(u32::from_ne_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])),
        _ => {
            word.copy_from_slice(&bytes[..8]);
            u64::from_ne_bytes(word)
        }
    }
    .min(if scalar == Scalar::Bool { 1 } else { u64::MAX })
}

/// Writes the low bits of `value` as a scalar to the beginning of `bytes`.
pub(in crate::kernel) fn write(scalar: Scalar, value: u64, bytes: &mut [u8]) {
    match scalar.size() {
        1 => bytes[0] = value as u8,
        2 => bytes[..2].copy_from_slice(&(value as u16).to_ne_bytes()),
        4 => bytes[..4].copy_from_slice(&(value as u32).to_ne_bytes()),
        _ => bytes[..8].copy_from_slice(&value.to_ne_bytes()),
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unit => f.write_str("()"),
            Self::Scalar(scalar) => f.write_str(scalar.name()),
            Self::Array(element, len) => write!(f, "[{element}; {len}]"),
            Self::Struct(of) => f.write_str(&of.name),
        }
    }
}
