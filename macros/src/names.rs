//! Whether code uses a variable.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{ExprClosure, ExprPath, Macro, Pat, PatIdent};

use crate::ast::Chain;

/// Whether an argument of a link uses a variable that `pattern` binds.
///
/// A closure's own parameters hide the variable. Doubt counts as use.
pub(crate) fn uses(chain: &Chain, pattern: &Pat) -> bool {
    let mut use_of = Use { names: bound(pattern), found: false };
    for argument in chain.links.iter().flat_map(|link| &link.arguments) {
        use_of.visit_expr(argument);
    }
    use_of.found
}

fn bound(pattern: &Pat) -> BTreeSet<String> {
    let mut bound = Bound::default();
    bound.visit_pat(pattern);
    bound.names
}

#[derive(Default)]
struct Bound {
    names: BTreeSet<String>,
}

impl<'a> Visit<'a> for Bound {
    fn visit_pat_ident(&mut self, pattern: &'a PatIdent) {
        self.names.insert(pattern.ident.to_string());
        visit::visit_pat_ident(self, pattern);
    }
}

struct Use {
    names: BTreeSet<String>,
    found: bool,
}

impl<'a> Visit<'a> for Use {
    fn visit_expr_closure(&mut self, closure: &'a ExprClosure) {
        let hidden: BTreeSet<String> = closure.inputs.iter().flat_map(bound).collect();
        let names = self.names.difference(&hidden).cloned().collect();
        let mut inner = Use { names, found: false };
        inner.visit_expr(&closure.body);
        self.found |= inner.found;
    }

    fn visit_expr_path(&mut self, path: &'a ExprPath) {
        self.found |= path.path.get_ident().is_some_and(|ident| self.names.contains(&ident.to_string()));
    }

    fn visit_macro(&mut self, call: &'a Macro) {
        self.found |= self.mentioned(call.tokens.clone());
    }
}

impl Use {
    /// Whether the tokens of a macro's call name a variable, be it in a format string.
    fn mentioned(&self, tokens: TokenStream) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Group(group) => self.mentioned(group.stream()),
            TokenTree::Ident(ident) => self.names.contains(&ident.to_string()),
            TokenTree::Literal(literal) => {
                let text = literal.to_string();
                // Of a raw string as well, whose name is a prefix and maybe hashes.
                let text = text.trim_start_matches(['b', 'c', 'r', '#']);
                // A width or a precision names a variable too, and what is in front of it may be a zero: `{x:08width$}`.
                let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
                text.starts_with('"')
                    && words.any(|word| {
                        self.names.contains(word.trim_start_matches(|c: char| c.is_ascii_digit()))
                    })
            }
            TokenTree::Punct(_) => false,
        })
    }
}
