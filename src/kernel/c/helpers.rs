//! Functions for what is more than an operator of C: each operand is written once.

use super::Emitter;
use super::types::scalar;
use crate::kernel::layout::Scalar;
use crate::kernel::program::{BinaryOp, TernaryOp, UnaryOp};

/// The type in which integers are computed: without a sign, and not promoted to one that has.
pub(super) const fn wide(of: Scalar) -> &'static str {
    if of.size() == 8 { "u64" } else { "u32" }
}

/// The least and the greatest value of an integer, as C.
fn range(of: Scalar) -> (String, String) {
    let (ty, wide, bits) = (scalar(of), wide(of), of.bits());
    if of.is_signed() {
        let least = format!("({ty})(({wide})1 << {})", bits - 1);
        (least, format!("({ty})((({wide})1 << {}) - 1)", bits - 1))
    } else {
        ("0".to_owned(), format!("({ty})~({wide})0"))
    }
}

impl Emitter<'_> {
    /// Declares a helper if it was not yet, and gives its name.
    fn helper(&mut self, name: String, result: &str, params: &str, body: &str) -> String {
        let function = self.dialect.function();
        self.helpers
            .entry(name.clone())
            .or_insert_with(|| format!("{function}{result} {name}({params}) {{ {body} }}\n"));
        name
    }

    /// The function that brings an index inside.
    pub(super) fn inside(&mut self, ty: &str) -> String {
        let name = format!("fw_at_{ty}");
        self.helper(name, ty, &format!("{ty} i, {ty} last"), "return i < last ? i : last;")
    }

    /// A function of one scalar.
    pub(super) fn unary_helper(&mut self, op: UnaryOp, of: Scalar) -> String {
        let (ty, wide, bits) = (scalar(of), wide(of), of.bits());
        let unsigned = scalar(of.unsigned());
        let (label, result, body) = match op {
            UnaryOp::Abs => ("abs", ty, format!("return x < 0 ? ({ty})(({wide})0 - ({wide})x) : x;")),
            UnaryOp::UnsignedAbs => (
                "unsigned_abs",
                unsigned,
                format!("return x < 0 ? ({unsigned})(({wide})0 - ({wide})x) : ({unsigned})x;"),
            ),
            UnaryOp::Signum if of == Scalar::F32 => (
                "signum",
                ty,
                "return x != x ? x : fw_float((fw_bits(x) & 0x80000000u) | 0x3f800000u);".to_owned(),
            ),
            UnaryOp::Signum => ("signum", ty, format!("return ({ty})((x > 0) - (x < 0));")),
            UnaryOp::CountOnes => {
                let width = wide_bits(of);
                ("count_ones", "u32", format!("return fw_popcount{width}(({unsigned})x);"))
            }
            UnaryOp::LeadingZeros => {
                let width = wide_bits(of);
                let unused = width - bits;
                ("leading_zeros", "u32", format!("return fw_clz{width}(({wide})({unsigned})x) - {unused}u;"))
            }
            UnaryOp::TrailingZeros => {
                let width = wide_bits(of);
                // The bits below the lowest 1 are those that a subtraction turns to 1.
                let below = format!("({unsigned})(~({wide})x & (({wide})({unsigned})x - 1))");
                ("trailing_zeros", "u32", format!("return fw_popcount{width}({below});"))
            }
            UnaryOp::SwapBytes => {
                let bytes = of.size();
                let parts: Vec<_> = (0..bytes)
                    .map(|byte| {
                        let to = (bytes - 1 - byte) * 8;
                        format!("(((({wide})({unsigned})x >> {}) & 255u) << {to})", byte * 8)
                    })
                    .collect();
                ("swap_bytes", ty, format!("return ({ty})({});", parts.join(" | ")))
            }
            _ => ("same", ty, "return x;".to_owned()),
        };
        self.helper(format!("fw_{label}_{ty}"), result, &format!("{ty} x"), &body)
    }

    /// A function of two scalars.
    pub(super) fn binary_helper(&mut self, op: BinaryOp, of: Scalar) -> String {
        let (ty, wide, bits) = (scalar(of), wide(of), of.bits());
        let unsigned = scalar(of.unsigned());
        let (least, greatest) = if of.is_integer() { range(of) } else { Default::default() };
        let overflow = format!("a < 0 ? {least} : {greatest}");
        let (label, result, right, body) = match op {
            // The same choice between +0 and -0 as the interpreter's.
            BinaryOp::Min if of == Scalar::F32 => {
                ("min", ty, ty, "return a < b || b != b ? a : b;".to_owned())
            }
            BinaryOp::Max if of == Scalar::F32 => {
                ("max", ty, ty, "return a > b || b != b ? a : b;".to_owned())
            }
            BinaryOp::Min => ("min", ty, ty, "return a < b ? a : b;".to_owned()),
            BinaryOp::Max => ("max", ty, ty, "return a > b ? a : b;".to_owned()),
            BinaryOp::SaturatingAdd if of.is_signed() => {
                let sum = format!("{ty} s = ({ty})(({wide})a + ({wide})b);");
                (
                    "saturating_add",
                    ty,
                    ty,
                    format!("{sum} return ((a ^ s) & (b ^ s)) < 0 ? ({overflow}) : s;"),
                )
            }
            BinaryOp::SaturatingAdd => {
                let sum = format!("{ty} s = ({ty})(({wide})a + ({wide})b);");
                ("saturating_add", ty, ty, format!("{sum} return s < a ? {greatest} : s;"))
            }
            BinaryOp::SaturatingSub if of.is_signed() => {
                let rest = format!("{ty} s = ({ty})(({wide})a - ({wide})b);");
                (
                    "saturating_sub",
                    ty,
                    ty,
                    format!("{rest} return ((a ^ b) & (a ^ s)) < 0 ? ({overflow}) : s;"),
                )
            }
            BinaryOp::SaturatingSub => {
                ("saturating_sub", ty, ty, format!("return a < b ? 0 : ({ty})(({wide})a - ({wide})b);"))
            }
            BinaryOp::AbsDiff => {
                let diff = |x, y| format!("({unsigned})(({wide}){x} - ({wide}){y})");
                ("abs_diff", unsigned, ty, format!("return a < b ? {} : {};", diff("b", "a"), diff("a", "b")))
            }
            BinaryOp::RotateLeft | BinaryOp::RotateRight => {
                let (label, this, other) = match op {
                    BinaryOp::RotateLeft => ("rotate_left", "<<", ">>"),
                    _ => ("rotate_right", ">>", "<<"),
                };
                let mask = bits - 1;
                let body = format!(
                    "{wide} x = ({wide})({unsigned})a; u32 n = b & {mask}u; \
                     return ({ty})((x {this} n) | (x {other} (({bits}u - n) & {mask}u)));"
                );
                (label, ty, "u32", body)
            }
            BinaryOp::Pow => {
                let body = format!(
                    "{wide} r = 1, x = ({wide})a; \
                     for (; b != 0; b >>= 1) {{ if (b & 1u) r *= x; x *= x; }} return ({ty})r;"
                );
                ("pow", ty, "u32", body)
            }
            _ => ("same", ty, ty, "return a;".to_owned()),
        };
        self.helper(format!("fw_{label}_{ty}"), result, &format!("{ty} a, {right} b"), &body)
    }

    /// A function of three scalars.
    pub(super) fn ternary_helper(&mut self, op: TernaryOp, of: Scalar) -> String {
        match op {
            TernaryOp::MulAdd => "fw_fma".to_owned(),
            TernaryOp::Clamp => {
                let ty = scalar(of);
                let body = "return x < low ? low : x > high ? high : x;";
                self.helper(format!("fw_clamp_{ty}"), ty, &format!("{ty} x, {ty} low, {ty} high"), body)
            }
        }
    }

    /// The function that casts an `f32` to an integer.
    pub(super) fn cast_helper(&mut self, to: Scalar) -> String {
        let (ty, bits) = (scalar(to), to.bits());
        let (least, greatest) = range(to);
        let (low, high) = if to.is_signed() {
            (format!("-0x1p{}f", bits - 1), format!("0x1p{}f", bits - 1))
        } else {
            ("0x0p0f".to_owned(), format!("0x1p{bits}f"))
        };
        let body = format!("return x != x ? 0 : x <= {low} ? {least} : x >= {high} ? {greatest} : ({ty})x;");
        self.helper(format!("fw_to_{ty}"), ty, "f32 x", &body)
    }
}

const fn wide_bits(of: Scalar) -> u32 {
    if of.size() == 8 { 64 } else { 32 }
}
