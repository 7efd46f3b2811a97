//! `#[fuse]` on a function: the chain that it returns is fused, the rest stays as it is.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::spanned::Spanned;
use syn::{ItemFn, Stmt};

use crate::report::Report;

pub(crate) fn expand(attribute: &TokenStream, item: TokenStream) -> TokenStream {
    let Ok(mut function) = syn::parse2::<ItemFn>(item.clone()) else {
        // The compiler says what is wrong with an item that does not parse, at its place.
        return item;
    };
    if !attribute.is_empty() {
        let report = Report::one(attribute.span(), "`#[fuse]` takes no arguments", "write `#[fuse]`");
        return with_errors(&function, report);
    }
    let name = function.sig.ident.to_string();
    let Some(Stmt::Expr(chain, None)) = function.block.stmts.last_mut() else {
        let report = Report::one(
            function.sig.ident.span(),
            format_args!("`{name}` returns no graph"),
            "end the function with the chain, without a semicolon",
        );
        return with_errors(&function, report);
    };
    let fused = crate::compile(chain, &name);
    *chain = syn::Expr::Verbatim(fused);
    function.into_token_stream()
}

fn with_errors(function: &ItemFn, report: Report) -> TokenStream {
    let errors = report.into_tokens();
    quote!(#errors #function)
}
