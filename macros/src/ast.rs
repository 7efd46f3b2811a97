//! What the user wrote: a source and the links of a method chain, spans kept, nothing derived.

use proc_macro2::{Ident, Span};
use quote::quote_spanned;
use syn::{AngleBracketedGenericArguments, Expr};

/// `source(..).link(..).link(..)`
#[derive(Debug, Clone)]
pub(crate) struct Chain {
    pub(crate) source: Expr,
    pub(crate) links: Vec<Link>,
}

/// `.method::<generics>(arguments)`
#[derive(Debug, Clone)]
pub(crate) struct Link {
    pub(crate) method: Ident,
    pub(crate) generics: Option<AngleBracketedGenericArguments>,
    pub(crate) arguments: Vec<Expr>,
}

impl Link {
    pub(crate) fn span(&self) -> Span {
        self.method.span()
    }
}

impl Chain {
    /// The chain as plain Rust.
    pub(crate) fn as_plain(&self) -> Expr {
        let mut plain = self.source.clone();
        for link in &self.links {
            let (method, generics, arguments) = (&link.method, &link.generics, &link.arguments);
            let tokens = quote_spanned!(link.span()=> #plain.#method #generics (#(#arguments),*));
            match syn::parse2(tokens) {
                Ok(longer) => plain = longer,
                Err(_) => break,
            }
        }
        plain
    }
}
