//! What the user wrote: a source and the links of a method chain, spans kept, nothing derived.

use proc_macro2::{Ident, Span};
use quote::quote_spanned;
use syn::{AngleBracketedGenericArguments, Expr};

use crate::catalogue::Combinator;

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
    /// The chain up to the first combinator that does not exist, as plain Rust.
    ///
    /// It is emitted after an error, so that what is right in it is still checked, completed and
    /// counted as used.
    pub(crate) fn known_prefix(&self) -> Expr {
        let mut prefix = self.source.clone();
        for link in &self.links {
            if Combinator::named(&link.method.to_string()).is_none() {
                break;
            }
            let (method, generics, arguments) = (&link.method, &link.generics, &link.arguments);
            let tokens = quote_spanned!(link.span()=> #prefix.#method #generics (#(#arguments),*));
            match syn::parse2(tokens) {
                Ok(longer) => prefix = longer,
                Err(_) => break,
            }
        }
        prefix
    }
}
