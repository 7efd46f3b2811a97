//! The names that mean something in a kernel.

/// The methods that devices have, of numbers and, for `len`, of arrays and tables.
pub(crate) const METHODS: &[&str] = &[
    "wrapping_add",
    "wrapping_sub",
    "wrapping_mul",
    "wrapping_neg",
    "wrapping_shl",
    "wrapping_shr",
    "saturating_add",
    "saturating_sub",
    "abs_diff",
    "min",
    "max",
    "clamp",
    "abs",
    "wrapping_abs",
    "unsigned_abs",
    "signum",
    "count_ones",
    "leading_zeros",
    "trailing_zeros",
    "rotate_left",
    "rotate_right",
    "swap_bytes",
    "pow",
    "wrapping_pow",
    "to_bits",
    "sqrt",
    "floor",
    "ceil",
    "trunc",
    "mul_add",
    "is_nan",
    "len",
];

/// The numbers of a kernel; `usize` and `isize` inside of one only.
pub(crate) fn scalar(name: &str) -> Option<&'static str> {
    Some(match name {
        "bool" => "Bool",
        "u8" => "U8",
        "u16" => "U16",
        "u32" => "U32",
        "u64" | "usize" => "U64",
        "i8" => "I8",
        "i16" => "I16",
        "i32" => "I32",
        "i64" | "isize" => "I64",
        "f32" => "F32",
        _ => return None,
    })
}
