//! `#[fuse]` on a function: the chain that it returns is fused, the rest stays as it is.

use proc_macro2::TokenStream;
use quote::quote;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Expr, ExprCall, ItemFn, ReturnType, Stmt, parse_quote};

use crate::report::Report;

pub(crate) fn expand(attribute: &TokenStream, item: TokenStream) -> TokenStream {
    let mut function = match syn::parse2::<ItemFn>(item.clone()) {
        Ok(function) => function,
        Err(_) => return no_function(item),
    };
    let mut report = Report::new();
    if !attribute.is_empty() {
        report.add(attribute.span(), "`#[fuse]` takes no arguments", "write `#[fuse]`");
    }
    let name = function.sig.ident.to_string();
    // A method is called by what it belongs to: what is called by the name alone is another function.
    let method = function.sig.receiver().is_some();
    let chain = matches!(function.block.stmts.last(), Some(Stmt::Expr(_, None)));
    match function.block.stmts.last_mut() {
        Some(Stmt::Expr(chain, None)) => *chain = Expr::Verbatim(fused(chain, &name, method)),
        _ => {
            let wrong = Report::one(
                function.sig.ident.span(),
                format_args!("`{name}` returns no graph"),
                "end the function with the chain, without a semicolon",
            );
            let value = crate::generate::refused(None, &wrong.into_tokens());
            function.block.stmts.push(Stmt::Expr(Expr::Verbatim(value), None));
        }
    }
    if chain && matches!(function.sig.output, ReturnType::Default) {
        report.add(
            function.sig.ident.span(),
            format_args!("`{name}` does not say that it returns a graph"),
            "write `-> impl Graph` behind its arguments",
        );
        // As it should have been, so that whoever calls it is not wrong as well.
        function.sig.output = parse_quote!(-> impl ::fusewire::graph::Graph);
    }
    let errors = report.into_tokens();
    quote!(#(#errors)* #function)
}

/// The chain, fused, unless the function is called to make a part of its own graph.
fn fused(chain: &Expr, name: &str, method: bool) -> TokenStream {
    let mut cycle = Cycle { name, report: Report::new() };
    if !method {
        cycle.visit_expr(chain);
    }
    match cycle.report.or(()) {
        Ok(()) => crate::compile(chain, name),
        Err(report) => crate::generate::refused(None, &report.into_tokens()),
    }
}

/// Looks for a graph that contains itself.
struct Cycle<'n> {
    name: &'n str,
    report: Report,
}

impl<'a> Visit<'a> for Cycle<'_> {
    fn visit_expr_call(&mut self, call: &'a ExprCall) {
        if let Expr::Path(function) = &*call.func
            && function.path.is_ident(self.name)
        {
            self.report.add(
                function.span(),
                format_args!("`{}` contains itself: a cycle with no edge that breaks it", self.name),
                "send the value back over an edge, whose receiving end is the source: `recv(back)`",
            );
        }
        visit::visit_expr_call(self, call);
    }
}

/// An item that is no function, or one that the compiler itself will complain about.
fn no_function(item: TokenStream) -> TokenStream {
    match syn::parse2::<syn::Item>(item.clone()) {
        Ok(syn::Item::Verbatim(_)) | Err(_) => item,
        Ok(other) => {
            let report = Report::one(
                other.span(),
                "`#[fuse]` fuses the graph that a function returns",
                "write it above a `fn` that ends with a chain",
            );
            let errors = report.into_tokens();
            quote!(#(#errors)* #item)
        }
    }
}
