//! Links that wrap: what stands before one is a graph of its own, and the link is put round it as plain.
//!
//! `source.a().b().retry(3).c()` becomes `fuse! { source.a().b() }.retry(3).c()`, of which the whole
//! `fuse! { .. }.retry(3)` is the source. So every adaptor of a sender can stand in a graph: those that the
//! compiler knows nothing about take one machine and make another sender of it.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Expr;

use crate::ast::Chain;
use crate::catalogue;

/// Whether a link of the chain wraps.
pub(crate) fn wraps(chain: &Chain) -> bool {
    chain.links.iter().any(|link| catalogue::wraps(&link.method.to_string()))
}

/// The chain behind the last link that wraps, with what stands before as its source.
pub(crate) fn chain(chain: Chain) -> Chain {
    let Some(last) = chain.links.iter().rposition(|link| catalogue::wraps(&link.method.to_string())) else {
        return chain;
    };
    let mut links = chain.links;
    let behind = links.split_off(last + 1);
    let Some(link) = links.pop() else { return Chain { source: chain.source, links: behind } };
    let before = machine(&Chain { source: chain.source, links });
    let (method, generics, arguments) = (&link.method, &link.generics, &link.arguments);
    let source = quote_spanned!(link.span()=> #before.#method #generics (#(#arguments),*));
    Chain { source: Expr::Verbatim(source), links: behind }
}

/// A chain as a graph of its own; a source alone stays what it is.
fn machine(chain: &Chain) -> TokenStream {
    let plain = chain.as_plain();
    if chain.links.is_empty() { quote!(#plain) } else { quote!(::fusewire::prelude::fuse! { #plain }) }
}
