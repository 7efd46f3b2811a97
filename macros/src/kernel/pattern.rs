//! Patterns, of `let`, `match` and parameters.

use proc_macro2::TokenStream;
use quote::quote;
use syn::spanned::Spanned;
use syn::{Expr, Pat, PatIdent, PatRange, Path, RangeLimits};

use super::types;
use super::{Writer, option};

impl Writer {
    pub(super) fn pattern(&mut self, pattern: &Pat) -> TokenStream {
        match pattern {
            Pat::Wild(_) => quote!(::fusewire::kernel::tree::Pattern::Any),
            Pat::Rest(_) => quote!(::fusewire::kernel::tree::Pattern::Rest),
            Pat::Paren(inner) => self.pattern(&inner.pat),
            Pat::Ident(name) => self.name(name),
            Pat::Lit(literal) => {
                let literal = self.expression(&Expr::Lit(literal.clone()));
                quote!(::fusewire::kernel::tree::Pattern::Is(&#literal))
            }
            Pat::Path(path) => {
                let constant = self.expression(&Expr::Path(path.clone()));
                quote!(::fusewire::kernel::tree::Pattern::Is(&#constant))
            }
            Pat::Range(range) => self.range(range),
            Pat::Or(cases) => {
                let before = self.scopes.enter();
                let patterns = self.patterns(cases.cases.iter());
                if self.scopes.enter() != before {
                    self.refuse(
                        cases.span(),
                        "the cases of a kernel's pattern bind no names",
                        "write `name @ (A | B)`, or one arm for each case",
                    );
                }
                quote!(::fusewire::kernel::tree::Pattern::Or(#patterns))
            }
            Pat::Tuple(tuple) => {
                let patterns = self.patterns(tuple.elems.iter());
                quote!(::fusewire::kernel::tree::Pattern::Tuple(#patterns))
            }
            Pat::Slice(slice) => {
                let patterns = self.patterns(slice.elems.iter());
                quote!(::fusewire::kernel::tree::Pattern::Array(#patterns))
            }
            Pat::Struct(structure) => {
                let fields: Vec<_> = structure
                    .fields
                    .iter()
                    .map(|field| {
                        let name = super::expression::member(&field.member);
                        let pattern = self.pattern(&field.pat);
                        quote!((#name, #pattern))
                    })
                    .collect();
                self.structure_pattern(&structure.path, &fields)
            }
            Pat::TupleStruct(structure) => {
                if ["Some", "Ok", "Err"].iter().any(|name| structure.path.is_ident(name)) {
                    self.no_enums(structure.span());
                    return quote!(::fusewire::kernel::tree::Pattern::Any);
                }
                let fields: Vec<_> = structure
                    .elems
                    .iter()
                    .enumerate()
                    .filter_map(|(at, pattern)| {
                        if let Pat::Rest(rest) = pattern {
                            if at + 1 != structure.elems.len() {
                                self.refuse(
                                    rest.span(),
                                    "`..` stands last in a kernel's pattern",
                                    "name the fields",
                                );
                            }
                            return None;
                        }
                        let (name, pattern) = (at.to_string(), self.pattern(pattern));
                        Some(quote!((#name, #pattern)))
                    })
                    .collect();
                self.structure_pattern(&structure.path, &fields)
            }
            other => {
                self.refuse(
                    other.span(),
                    "a kernel has no such pattern",
                    "use literals, ranges, names, tuples, arrays and structs",
                );
                quote!(::fusewire::kernel::tree::Pattern::Any)
            }
        }
    }

    fn patterns<'a>(&mut self, patterns: impl Iterator<Item = &'a Pat>) -> TokenStream {
        let patterns: Vec<_> = patterns.map(|pattern| self.pattern(pattern)).collect();
        quote!(&[#(#patterns),*])
    }

    fn structure_pattern(&mut self, path: &Path, fields: &[TokenStream]) -> TokenStream {
        let ty = syn::Type::Path(syn::TypePath { qself: None, path: path.clone() });
        let layout = self.layouts.of(&ty);
        quote! {
            ::fusewire::kernel::tree::Pattern::Struct { layout: &#layout, fields: &[#(#fields),*] }
        }
    }

    /// A name in capitals is a constant, as Rust's own lint has it; any other one binds.
    fn name(&mut self, name: &PatIdent) -> TokenStream {
        if let Some(by_ref) = &name.by_ref {
            self.refuse(by_ref.span(), "a kernel has no references", "bind the value: remove `ref`");
        }
        let text = types::unraw(&name.ident);
        let constant = text.contains(char::is_uppercase) && !text.contains(char::is_lowercase);
        if constant && name.subpat.is_none() && name.mutability.is_none() {
            let path = Path::from(name.ident.clone());
            let path = syn::ExprPath { attrs: Vec::new(), qself: None, path };
            let constant = self.expression(&Expr::Path(path));
            return quote!(::fusewire::kernel::tree::Pattern::Is(&#constant));
        }
        let mutable = name.mutability.is_some();
        let inner = option(name.subpat.as_ref().map(|(_, inner)| {
            let inner = self.pattern(inner);
            quote!(&#inner)
        }));
        let binding = self.scopes.bind(&text, false).tokens();
        quote! {
            ::fusewire::kernel::tree::Pattern::Bind { binding: #binding, mutable: #mutable, inner: #inner }
        }
    }

    fn range(&mut self, range: &PatRange) -> TokenStream {
        let mut end = |end: &Option<Box<Expr>>| {
            option(end.as_ref().map(|end| {
                let end = self.expression(end);
                quote!(&#end)
            }))
        };
        let (from, to) = (end(&range.start), end(&range.end));
        let inclusive = matches!(range.limits, RangeLimits::Closed(_));
        quote! {
            ::fusewire::kernel::tree::Pattern::Range { from: #from, to: #to, inclusive: #inclusive }
        }
    }
}
