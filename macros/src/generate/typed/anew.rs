//! Stages of an arm that an expression makes, such as `skip(3)`: made with each pass, as the plain form does.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Expr;

use crate::generate::{call, kernels};
use crate::model::{Kind, Operation};
use crate::parse::peel;

/// Whether an expression makes a function that may remember something from one call to the next.
///
/// A name is a function that there is already, and a closure one with what it captured, of which a second could not be made. A
/// kernel with its tables remembers nothing.
pub(super) fn is_made(function: &Expr) -> bool {
    let makes = matches!(
        peel(function),
        Expr::Call(_)
            | Expr::MethodCall(_)
            | Expr::Macro(_)
            | Expr::Block(_)
            | Expr::Unsafe(_)
            | Expr::If(_)
            | Expr::Match(_)
    );
    makes && kernels::bind(function).is_none()
}

/// A closure that makes the function of an operation, and calls it once.
///
/// All of it is at the operation's name and in the expansion of the macro: the closure is not the user's, of which lints speak.
pub(super) fn each_pass(operation: &Operation, function: &Expr) -> TokenStream {
    let at = Span::mixed_site().located_at(operation.span());
    let (state, value) = (Ident::new("__s", at), Ident::new("__v", at));
    let function = quote!(#function);
    let name = operation.combinator.name();
    if let Kind::Scan { .. } = operation.kind {
        let called = call("scan_anew_step", operation.span(), &[quote!(#state), quote!(#value), function]);
        return quote_spanned!(at=> move |#state, #value| #called);
    }
    let called = call(&format!("{name}_anew"), operation.span(), &[quote!(#value), function]);
    quote_spanned!(at=> move |#value| #called)
}
