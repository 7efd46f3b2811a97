//! `#[stage(kernel)]`: the function's description, or what of it is outside of the subset.
//!
//! One walk over the function does both, because what cannot be described is what is refused.

mod call;
mod control;
mod data;
mod expression;
mod pattern;
mod scope;
mod signature;
mod types;
mod words;

pub(crate) use data::derive;

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::ItemFn;

use crate::report::Report;
use scope::Scopes;
use types::Layouts;

/// What a kernel adds to its stage, and what is wrong with it.
pub(crate) fn describe(function: &ItemFn) -> (TokenStream, Report) {
    let mut writer = Writer::new(function);
    let signature = writer.signature(&function.sig);
    let types_stand = writer.report.is_empty();
    let body = writer.function_body(&function.block);
    let Writer { report, items, .. } = writer;
    let described = if report.is_empty() {
        signature.described(function, &items, &body)
    } else {
        signature::refused(function)
    };
    // A body that was refused leaves a kernel that others may name.
    let stage = types_stand.then(|| signature.stage(function));
    (quote!(#described #stage), report)
}

/// Writes the tree of one kernel.
struct Writer {
    report: Report,
    scopes: Scopes,
    layouts: Layouts,
    /// The constants that are declared in the function.
    items: Vec<TokenStream>,
    /// The kernel's name, by which it may not call itself.
    name: String,
    /// Whether an enum was refused: once is enough.
    has_enum: bool,
}

impl Writer {
    fn new(function: &ItemFn) -> Self {
        Self {
            report: Report::new(),
            scopes: Scopes::default(),
            layouts: Layouts::default(),
            items: Vec::new(),
            name: types::unraw(&function.sig.ident),
            has_enum: false,
        }
    }

    fn refuse(&mut self, span: Span, wrong: impl std::fmt::Display, help: impl std::fmt::Display) {
        self.report.add(span, wrong, help);
    }

    /// Refuses, and gives an expression that stands in.
    fn refused(
        &mut self,
        span: Span,
        wrong: impl std::fmt::Display,
        help: impl std::fmt::Display,
    ) -> TokenStream {
        self.refuse(span, wrong, help);
        quote!(::fusewire::kernel::tree::Kind::Bool(false))
    }
}

/// `Some(tokens)` or `None`, as tokens.
fn option(tokens: Option<TokenStream>) -> TokenStream {
    tokens.map_or_else(
        || quote!(::core::option::Option::None),
        |tokens| quote!(::core::option::Option::Some(#tokens)),
    )
}
