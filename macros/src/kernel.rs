//! The subset of Rust that devices can run, checked at the user's tokens.
//!
//! Fixed-size values (integers, `f32`, `bool`, arrays, structs), arithmetic, comparison, selection,
//! loops over a range, and table look-up. The lowering to devices starts from what passes here.

mod data;
mod types;

pub(crate) use data::derive;

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Expr, ExprForLoop, FnArg, ItemFn, Lit, Macro, ReturnType, Type};

use crate::report::Report;

/// Everything in `function` that is outside of the subset.
pub(crate) fn check(function: &ItemFn) -> Report {
    let mut checker = Checker { report: Report::new() };
    let generics = &function.sig.generics;
    if let Some(parameter) = generics.params.first() {
        checker.refuse(parameter.span(), "a kernel is not generic", "write one kernel for each type");
    }
    for input in &function.sig.inputs {
        if let FnArg::Typed(input) = input {
            checker.value_type(&input.ty);
        }
    }
    match &function.sig.output {
        ReturnType::Default => checker.refuse(
            function.sig.ident.span(),
            "a kernel returns a value",
            "add `-> T`: what a device computes is all that leaves it",
        ),
        ReturnType::Type(_, output) => checker.value_type(output),
    }
    checker.visit_block(&function.block);
    checker.report
}

struct Checker {
    report: Report,
}

impl Checker {
    fn refuse(&mut self, span: Span, wrong: &str, help: &str) {
        self.report.add(span, wrong, help);
    }

    fn value_type(&mut self, ty: &Type) {
        match ty {
            Type::Path(path) => {
                let Some(last) = path.path.segments.last() else { return };
                let name = last.ident.to_string();
                match name.as_str() {
                    "f64" => self.refuse(
                        ty.span(),
                        "devices compute `f32`, not `f64`",
                        "use `f32`, or fixed point in an integer",
                    ),
                    "u128" | "i128" => self.refuse(
                        ty.span(),
                        "a 128-bit integer does not fit a device word",
                        "use two `u64`",
                    ),
                    "usize" | "isize" => self.refuse(
                        ty.span(),
                        "the size of `usize` differs between devices",
                        "use `u32` or `u64`",
                    ),
                    "char" => self.refuse(ty.span(), "devices have no `char`", "use `u32`"),
                    "String" | "Vec" | "Box" | "Rc" | "Arc" | "HashMap" | "BTreeMap" | "VecDeque" => {
                        self.refuse(ty.span(), "a kernel has no heap", "use a fixed-size array: `[T; N]`");
                    }
                    _ => {}
                }
            }
            Type::Array(array) => self.value_type(&array.elem),
            Type::Tuple(tuple) => tuple.elems.iter().for_each(|element| self.value_type(element)),
            Type::Paren(paren) => self.value_type(&paren.elem),
            Type::Reference(reference) => self.refuse(
                reference.span(),
                "a kernel takes values, not references",
                "take the value itself; tables are `const` arrays",
            ),
            other => self.refuse(
                other.span(),
                "this type does not exist on devices",
                "use integers, `f32`, `bool`, arrays or structs of them",
            ),
        }
    }
}

impl<'a> Visit<'a> for Checker {
    fn visit_type(&mut self, ty: &'a Type) {
        if !matches!(ty, Type::Infer(_)) {
            self.value_type(ty);
        }
    }

    fn visit_expr_for_loop(&mut self, each: &'a ExprForLoop) {
        let mut range = &*each.expr;
        while let Expr::Paren(paren) = range {
            range = &paren.expr;
        }
        if !matches!(range, Expr::Range(range) if range.start.is_some() && range.end.is_some()) {
            self.refuse(range.span(), "a kernel loops over a range with both ends", "write `for i in 0..N`");
        }
        visit::visit_expr_for_loop(self, each);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::While(each) => self.refuse(
                each.while_token.span,
                "a kernel's loops are bounded",
                "write `for i in 0..N` and a condition inside",
            ),
            Expr::Loop(each) => self.refuse(
                each.loop_token.span,
                "a kernel's loops are bounded",
                "write `for i in 0..N` and `break`",
            ),
            Expr::Closure(closure) => self.refuse(
                closure.span(),
                "a kernel has no closures",
                "write the expression in place, or another kernel function",
            ),
            Expr::Reference(reference) => {
                self.refuse(reference.span(), "a kernel has no references", "copy the value")
            }
            Expr::Await(wait) => self.refuse(
                wait.span(),
                "a kernel does not wait",
                "do this in a stage before or after the device",
            ),
            Expr::Unsafe(block) => self.refuse(
                block.unsafe_token.span,
                "a kernel has no `unsafe`",
                "write it in the safe subset",
            ),
            Expr::Try(question) => self.refuse(
                question.question_token.span(),
                "a kernel does not return early by `?`",
                "select with `if` or `match`",
            ),
            Expr::Lit(literal)
                if matches!(literal.lit, Lit::Str(_) | Lit::ByteStr(_) | Lit::CStr(_) | Lit::Char(_)) =>
            {
                self.refuse(literal.span(), "a kernel has no text", "use numbers");
            }
            Expr::MethodCall(call) if !METHODS.contains(&call.method.to_string().as_str()) => self.refuse(
                call.method.span(),
                &format!("`{}` is not a method that devices have", call.method),
                &format!("the methods are {}", METHODS.join(", ")),
            ),
            _ => {}
        }
        visit::visit_expr(self, expression);
    }

    fn visit_macro(&mut self, call: &'a Macro) {
        self.refuse(
            call.span(),
            "a kernel calls no macros",
            "write plain expressions; a kernel cannot panic or print",
        );
    }
}

const METHODS: &[&str] = &[
    "wrapping_add",
    "wrapping_sub",
    "wrapping_mul",
    "wrapping_neg",
    "wrapping_shl",
    "wrapping_shr",
    "saturating_add",
    "saturating_sub",
    "min",
    "max",
    "clamp",
    "abs",
    "unsigned_abs",
    "signum",
    "count_ones",
    "leading_zeros",
    "trailing_zeros",
    "rotate_left",
    "rotate_right",
    "swap_bytes",
    "to_bits",
    "sqrt",
    "mul_add",
    "is_nan",
    "pow",
];
