//! How a value of the subset lies in memory.

/// A scalar of the subset. `usize` and `isize`, which only bodies may use, count as 64 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "they are the types of Rust")]
pub enum Scalar {
    Bool,
    U8,
    U16,
    U32,
    U64,
    I8,
    I16,
    I32,
    I64,
    F32,
}

impl Scalar {
    /// Bytes that one takes.
    pub const fn size(self) -> usize {
        match self {
            Self::Bool | Self::U8 | Self::I8 => 1,
            Self::U16 | Self::I16 => 2,
            Self::U32 | Self::I32 | Self::F32 => 4,
            Self::U64 | Self::I64 => 8,
        }
    }

    /// Bits that carry the value: 1 for `bool`.
    pub const fn bits(self) -> u32 {
        match self {
            Self::Bool => 1,
            _ => self.size() as u32 * 8,
        }
    }

    /// Whether it is one of the eight integers.
    pub const fn is_integer(self) -> bool {
        !matches!(self, Self::Bool | Self::F32)
    }

    /// Whether it is an integer with a sign.
    pub const fn is_signed(self) -> bool {
        matches!(self, Self::I8 | Self::I16 | Self::I32 | Self::I64)
    }

    /// The unsigned integer of the same width; others are unchanged.
    pub const fn unsigned(self) -> Self {
        match self {
            Self::I8 => Self::U8,
            Self::I16 => Self::U16,
            Self::I32 => Self::U32,
            Self::I64 => Self::U64,
            other => other,
        }
    }

    /// Its name in Rust.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::U8 => "u8",
            Self::U16 => "u16",
            Self::U32 => "u32",
            Self::U64 => "u64",
            Self::I8 => "i8",
            Self::I16 => "i16",
            Self::I32 => "i32",
            Self::I64 => "i64",
            Self::F32 => "f32",
        }
    }
}

/// How a type lies in memory, as [`Data`](crate::kernel::Data) says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// A number or a `bool`.
    Scalar(Scalar),
    /// `[T; N]`.
    Array {
        /// The layout of `T`.
        element: &'static Layout,
        /// `N`.
        len: usize,
    },
    /// A struct with `#[repr(C)]`.
    Struct {
        /// Its name.
        name: &'static str,
        /// Its size in bytes, padding included.
        size: usize,
        /// Its alignment in bytes.
        align: usize,
        /// Its fields, in order.
        fields: &'static [Field],
    },
    /// A tuple. It has no layout that Rust promises, so it exists in bodies only.
    Tuple(&'static [Layout]),
    /// A type of a body that is not known; to be inferred.
    Unknown,
}

/// A field of a struct.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Its name; a number in a tuple struct.
    pub name: &'static str,
    /// Where it begins, in bytes.
    pub offset: usize,
    /// How it lies there.
    pub layout: &'static Layout,
}

impl Layout {
    /// Bytes that a value takes; a tuple has no size of its own and counts as 0.
    pub const fn size(&self) -> usize {
        match self {
            Self::Scalar(scalar) => scalar.size(),
            Self::Array { element, len } => element.size() * *len,
            Self::Struct { size, .. } => *size,
            Self::Tuple(_) | Self::Unknown => 0,
        }
    }

    /// Alignment in bytes.
    pub const fn align(&self) -> usize {
        match self {
            Self::Scalar(scalar) => scalar.size(),
            Self::Array { element, .. } => element.align(),
            Self::Struct { align, .. } => *align,
            Self::Tuple(_) | Self::Unknown => 1,
        }
    }

    /// Bytes that carry values: the size without the padding.
    pub const fn used(&self) -> usize {
        match self {
            Self::Scalar(scalar) => scalar.size(),
            Self::Array { element, len } => element.used() * *len,
            Self::Struct { fields, .. } => {
                let (mut used, mut at) = (0, 0);
                while at < fields.len() {
                    used += fields[at].layout.used();
                    at += 1;
                }
                used
            }
            Self::Tuple(_) | Self::Unknown => 0,
        }
    }

    /// Whether there is padding between the fields or behind them.
    pub const fn has_padding(&self) -> bool {
        self.used() != self.size()
    }

    /// Whether there is a `bool` in it, of which not every byte is a value.
    pub const fn has_bool(&self) -> bool {
        match self {
            Self::Scalar(scalar) => matches!(scalar, Scalar::Bool),
            Self::Array { element, len } => *len > 0 && element.has_bool(),
            Self::Struct { fields, .. } => {
                let mut at = 0;
                while at < fields.len() {
                    if fields[at].layout.has_bool() {
                        return true;
                    }
                    at += 1;
                }
                false
            }
            Self::Tuple(_) | Self::Unknown => false,
        }
    }

    /// Calls `each` with every scalar in it and where it begins, in order.
    pub fn scalars(&self, each: &mut impl FnMut(usize, Scalar)) {
        self.scalars_from(0, each);
    }

    fn scalars_from(&self, base: usize, each: &mut impl FnMut(usize, Scalar)) {
        match self {
            Self::Scalar(scalar) => each(base, *scalar),
            Self::Array { element, len } => {
                for at in 0..*len {
                    element.scalars_from(base + at * element.size(), each);
                }
            }
            Self::Struct { fields, .. } => {
                for field in *fields {
                    field.layout.scalars_from(base + field.offset, each);
                }
            }
            Self::Tuple(_) | Self::Unknown => {}
        }
    }
}
