//! Expressions without control flow.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::spanned::Spanned;
use syn::{BinOp, Expr, ExprBinary, ExprLit, ExprPath, ExprStruct, Lit, Member, UnOp};

use super::types::{self, Where};
use super::{Writer, option, words};

impl Writer {
    /// `Expr { line, kind }`.
    pub(super) fn expression(&mut self, expression: &Expr) -> TokenStream {
        let line = line(expression.span());
        let kind = self.kind(expression);
        written(line, &kind)
    }

    fn kind(&mut self, expression: &Expr) -> TokenStream {
        match expression {
            Expr::Paren(inner) => self.kind(&inner.expr),
            Expr::Group(inner) => self.kind(&inner.expr),
            Expr::Lit(literal) => self.literal(literal),
            Expr::Path(path) => self.path(path),
            Expr::Unary(unary) => match &unary.op {
                UnOp::Neg(_) => self.unary("Neg", &unary.expr),
                UnOp::Not(_) => self.unary("Not", &unary.expr),
                UnOp::Deref(_) if self.is_table(&unary.expr) => self.unary("Deref", &unary.expr),
                other => self.refused(other.span(), "a kernel has no references", "use the value itself"),
            },
            Expr::Binary(binary) => self.binary(binary),
            Expr::Cast(cast) => {
                types::check(&cast.ty, Where::Body, &mut self.report);
                if let syn::Type::Infer(unknown) = &*cast.ty {
                    self.refuse(unknown.span(), "a kernel's casts say to what", "write the type behind `as`");
                }
                let to = self.layouts.of(&cast.ty);
                let value = self.expression(&cast.expr);
                quote!(::fusewire::kernel::tree::Kind::Cast { value: &#value, to: &#to })
            }
            Expr::MethodCall(call) => self.method(call),
            Expr::Call(call) => self.call(call),
            Expr::Field(field) => {
                let value = self.expression(&field.base);
                let name = member(&field.member);
                quote!(::fusewire::kernel::tree::Kind::Field { value: &#value, name: #name })
            }
            Expr::Index(index) => {
                let value = self.expression(&index.expr);
                let at = match &*index.index {
                    Expr::Range(range) => {
                        let refused = self.refused(
                            range.span(),
                            "a kernel has no slices",
                            "index one element at a time",
                        );
                        written(0, &refused)
                    }
                    at => self.expression(at),
                };
                quote!(::fusewire::kernel::tree::Kind::Index { value: &#value, index: &#at })
            }
            Expr::Struct(literal) => self.structure(literal),
            Expr::Tuple(tuple) => {
                let elements = self.expressions(tuple.elems.iter());
                quote!(::fusewire::kernel::tree::Kind::Tuple(#elements))
            }
            Expr::Array(array) => {
                let elements = self.expressions(array.elems.iter());
                quote!(::fusewire::kernel::tree::Kind::Array(#elements))
            }
            Expr::Repeat(repeat) => {
                let value = self.expression(&repeat.expr);
                let len = self.expression(&repeat.len);
                quote!(::fusewire::kernel::tree::Kind::Repeat { value: &#value, len: &#len })
            }
            other => self.control(other),
        }
    }

    /// `&[..]` of expressions.
    pub(super) fn expressions<'a>(&mut self, list: impl Iterator<Item = &'a Expr>) -> TokenStream {
        let list: Vec<_> = list.map(|expression| self.expression(expression)).collect();
        quote!(&[#(#list),*])
    }

    fn literal(&mut self, literal: &ExprLit) -> TokenStream {
        match &literal.lit {
            Lit::Bool(lit) => quote!(::fusewire::kernel::tree::Kind::Bool(#lit)),
            Lit::Byte(byte) => integer(u64::from(byte.value()), Some("U8")),
            Lit::Int(number) if number.suffix() == "f32" => self.float(number.base10_digits(), number.span()),
            Lit::Float(number) if number.suffix() != "f64" => {
                self.float(number.base10_digits(), number.span())
            }
            Lit::Float(number) => self.refused(
                number.span(),
                "devices compute `f32`, not `f64`",
                "use `f32`, or fixed point in an integer",
            ),
            Lit::Int(number) => self.integer_literal(number.base10_digits(), number.suffix(), number.span()),
            Lit::Str(_) | Lit::ByteStr(_) | Lit::CStr(_) | Lit::Char(_) => {
                self.refused(literal.span(), "a kernel has no text", "use numbers")
            }
            _ => self.refused(literal.span(), "this literal does not exist on devices", "use a number"),
        }
    }

    /// The sign is there in patterns only; in expressions it is an operator.
    fn integer_literal(&mut self, digits: &str, suffix: &str, span: Span) -> TokenStream {
        let (negative, digits) = digits.strip_prefix('-').map_or((false, digits), |digits| (true, digits));
        let scalar = words::scalar(suffix);
        if scalar.is_none() && !suffix.is_empty() {
            return self.refused(
                span,
                "this number does not exist on devices",
                "use at most 64 bits, or `f32`",
            );
        }
        let Ok(value) = digits.parse::<u64>() else {
            return self.refused(span, "this number has more than 64 bits", "use at most 64 bits");
        };
        signed(negative, &integer(value, scalar))
    }

    fn float(&mut self, digits: &str, span: Span) -> TokenStream {
        let (negative, digits) = digits.strip_prefix('-').map_or((false, digits), |digits| (true, digits));
        match digits.parse::<f32>() {
            Ok(value) => {
                let bits = value.to_bits();
                signed(negative, &quote!(::fusewire::kernel::tree::Kind::Float { bits: #bits }))
            }
            Err(_) => self.refused(span, "this literal does not exist on devices", "use a number"),
        }
    }

    /// A name is a binding if one is in sight, and a constant if none is.
    pub(super) fn path(&mut self, path: &ExprPath) -> TokenStream {
        if let Some(binding) = path.path.get_ident().and_then(|ident| self.scopes.find(&types::unraw(ident)))
        {
            let binding = binding.tokens();
            return quote!(::fusewire::kernel::tree::Kind::Binding(#binding));
        }
        if path.path.is_ident("None") {
            return self.no_enums(path.span());
        }
        let of_type = path.path.segments.iter().rev().nth(1);
        if of_type.is_some_and(|of| of.ident == "f64") {
            return self.refused(
                path.span(),
                "devices compute `f32`, not `f64`",
                "use `f32`, or fixed point in an integer",
            );
        }
        quote!(::fusewire::kernel::tree::Kind::Constant(&#path))
    }

    /// Refuses the first enum of a kernel: the others follow from it.
    pub(super) fn no_enums(&mut self, span: Span) -> TokenStream {
        if std::mem::replace(&mut self.has_enum, true) {
            return quote!(::fusewire::kernel::tree::Kind::Bool(false));
        }
        let (wrong, help) = types::NO_ENUMS;
        self.refused(span, wrong, help)
    }

    pub(super) fn is_table(&self, expression: &Expr) -> bool {
        match expression {
            Expr::Path(path) => path
                .path
                .get_ident()
                .and_then(|ident| self.scopes.find(&types::unraw(ident)))
                .is_some_and(|binding| binding.is_table),
            Expr::Paren(inner) => self.is_table(&inner.expr),
            Expr::Group(inner) => self.is_table(&inner.expr),
            _ => false,
        }
    }

    fn unary(&mut self, op: &str, value: &Expr) -> TokenStream {
        let (op, value) = (format_ident!("{op}"), self.expression(value));
        quote! {
            ::fusewire::kernel::tree::Kind::Unary {
                op: ::fusewire::kernel::tree::Unary::#op,
                value: &#value,
            }
        }
    }

    fn binary(&mut self, binary: &ExprBinary) -> TokenStream {
        let ExprBinary { left, op, right, .. } = binary;
        if let Some(op) = updated(op) {
            return self.update(op, left, right);
        }
        let (left, right) = (self.expression(left), self.expression(right));
        match op {
            BinOp::And(_) => quote!(::fusewire::kernel::tree::Kind::And { left: &#left, right: &#right }),
            BinOp::Or(_) => quote!(::fusewire::kernel::tree::Kind::Or { left: &#left, right: &#right }),
            op => {
                let op = format_ident!("{}", plain(op));
                quote! {
                    ::fusewire::kernel::tree::Kind::Binary {
                        op: ::fusewire::kernel::tree::Binary::#op,
                        left: &#left,
                        right: &#right,
                    }
                }
            }
        }
    }

    fn structure(&mut self, literal: &ExprStruct) -> TokenStream {
        let path =
            syn::Type::Path(syn::TypePath { qself: literal.qself.clone(), path: literal.path.clone() });
        let layout = self.layouts.of(&path);
        let fields: Vec<_> = literal
            .fields
            .iter()
            .map(|field| {
                let (name, value) = (member(&field.member), self.expression(&field.expr));
                quote!((#name, #value))
            })
            .collect();
        let rest = literal.rest.as_ref().map(|rest| {
            let rest = self.expression(rest);
            quote!(&#rest)
        });
        let rest = option(rest);
        quote! {
            ::fusewire::kernel::tree::Kind::Struct {
                layout: &#layout,
                fields: &[#(#fields),*],
                rest: #rest,
            }
        }
    }
}

/// `Expr { line, kind }`.
pub(super) fn written(line: usize, kind: &TokenStream) -> TokenStream {
    let line = line as u32;
    quote!(::fusewire::kernel::tree::Expr { line: #line, kind: #kind })
}

pub(super) fn line(span: Span) -> usize {
    crate::generate::place(span).0 as usize
}

pub(super) fn member(member: &Member) -> String {
    match member {
        Member::Named(name) => types::unraw(name),
        Member::Unnamed(index) => index.index.to_string(),
    }
}

fn integer(value: u64, scalar: Option<&str>) -> TokenStream {
    let suffix = option(scalar.map(|scalar| {
        let scalar = format_ident!("{scalar}");
        quote!(::fusewire::kernel::Scalar::#scalar)
    }));
    quote!(::fusewire::kernel::tree::Kind::Int { value: #value, suffix: #suffix })
}

fn signed(negative: bool, kind: &TokenStream) -> TokenStream {
    if !negative {
        return kind.clone();
    }
    let value = written(0, kind);
    quote! {
        ::fusewire::kernel::tree::Kind::Unary {
            op: ::fusewire::kernel::tree::Unary::Neg,
            value: &#value,
        }
    }
}

/// The operator in `a += b` and its like.
fn updated(op: &BinOp) -> Option<&'static str> {
    Some(match op {
        BinOp::AddAssign(_) => "Add",
        BinOp::SubAssign(_) => "Sub",
        BinOp::MulAssign(_) => "Mul",
        BinOp::DivAssign(_) => "Div",
        BinOp::RemAssign(_) => "Rem",
        BinOp::BitXorAssign(_) => "BitXor",
        BinOp::BitAndAssign(_) => "BitAnd",
        BinOp::BitOrAssign(_) => "BitOr",
        BinOp::ShlAssign(_) => "Shl",
        BinOp::ShrAssign(_) => "Shr",
        _ => return None,
    })
}

fn plain(op: &BinOp) -> &'static str {
    match op {
        BinOp::Sub(_) => "Sub",
        BinOp::Mul(_) => "Mul",
        BinOp::Div(_) => "Div",
        BinOp::Rem(_) => "Rem",
        BinOp::BitXor(_) => "BitXor",
        BinOp::BitAnd(_) => "BitAnd",
        BinOp::BitOr(_) => "BitOr",
        BinOp::Shl(_) => "Shl",
        BinOp::Shr(_) => "Shr",
        BinOp::Eq(_) => "Eq",
        BinOp::Ne(_) => "Ne",
        BinOp::Lt(_) => "Lt",
        BinOp::Le(_) => "Le",
        BinOp::Gt(_) => "Gt",
        BinOp::Ge(_) => "Ge",
        _ => "Add",
    }
}
