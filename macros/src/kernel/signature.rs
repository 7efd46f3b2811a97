//! Parameters, the result, and the items that stand beside a kernel.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::spanned::Spanned;
use syn::{FnArg, ItemFn, Pat, PatType, ReturnType, Type, TypeReference};

use super::Writer;
use super::types::{self, Where};

/// The parameters and the result of a kernel.
pub(super) struct Signature {
    params: Vec<Param>,
    output: Option<(Type, TokenStream)>,
}

struct Param {
    kind: Kind,
    /// The type of the value or of a table's element.
    ty: Type,
    layout: TokenStream,
    pattern: TokenStream,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Value,
    Table,
    One,
}

impl Writer {
    pub(super) fn signature(&mut self, signature: &syn::Signature) -> Signature {
        if let Some(parameter) = signature.generics.params.first() {
            self.refuse(parameter.span(), "a kernel is not generic", "write one kernel for each type");
        }
        let mut params = Vec::new();
        for input in &signature.inputs {
            if let FnArg::Typed(input) = input {
                params.extend(self.param(input));
            }
        }
        let output = match &signature.output {
            ReturnType::Default => {
                self.refuse(
                    signature.ident.span(),
                    "a kernel returns a value",
                    "add `-> T`: what a device computes is all that leaves it",
                );
                None
            }
            ReturnType::Type(_, output) => {
                types::check(output, Where::Signature, &mut self.report);
                // What gives an enum names its variants.
                self.has_enum = !self.report.is_empty();
                self.layouts.seen(output);
                Some(((**output).clone(), self.layouts.of(output)))
            }
        };
        Signature { params, output }
    }

    fn param(&mut self, input: &PatType) -> Option<Param> {
        match &*input.ty {
            Type::Reference(reference) => self.table(input, reference),
            ty => {
                types::check(ty, Where::Signature, &mut self.report);
                self.layouts.seen(ty);
                let layout = self.layouts.of(ty);
                let pattern = self.pattern(&input.pat);
                Some(Param { kind: Kind::Value, ty: ty.clone(), layout, pattern })
            }
        }
    }

    fn table(&mut self, input: &PatType, reference: &TypeReference) -> Option<Param> {
        if let Some(mutable) = &reference.mutability {
            self.refuse(mutable.span(), "a table is read only", "take `&[T]`, and return what is new");
            return None;
        }
        if let Some(lifetime) = &reference.lifetime {
            self.refuse(lifetime.span(), "a table is lent for one call", "remove the lifetime: `&[T]`");
            return None;
        }
        let (kind, ty) = match &*reference.elem {
            Type::Slice(slice) => (Kind::Table, &slice.elem),
            _ => (Kind::One, &reference.elem),
        };
        types::check(ty, Where::Signature, &mut self.report);
        self.layouts.seen(ty);
        let layout = self.layouts.of(ty);
        let pattern = match &*input.pat {
            Pat::Ident(name) if name.subpat.is_none() && name.by_ref.is_none() => {
                let binding = self.scopes.bind(&types::unraw(&name.ident), true).tokens();
                quote! {
                    ::fusewire::kernel::tree::Pattern::Bind {
                        binding: #binding,
                        mutable: false,
                        inner: ::core::option::Option::None,
                    }
                }
            }
            other => {
                self.refuse(other.span(), "a table has a name", "write `name: &[T]`");
                return None;
            }
        };
        Some(Param { kind, ty: (**ty).clone(), layout, pattern })
    }
}

impl Signature {
    /// The description of the function.
    pub(super) fn described(
        &self,
        function: &ItemFn,
        items: &[TokenStream],
        body: &TokenStream,
    ) -> TokenStream {
        let ident = &function.sig.ident;
        let (line, _) = crate::generate::place(ident.span());
        let name = types::unraw(ident);
        let params = self.params.iter().map(|param| {
            let kind = match param.kind {
                Kind::Value => quote!(Value),
                Kind::Table => quote!(Table),
                Kind::One => quote!(One),
            };
            let (layout, pattern) = (&param.layout, &param.pattern);
            quote! {
                ::fusewire::kernel::tree::Param {
                    kind: ::fusewire::kernel::tree::ParamKind::#kind,
                    pattern: #pattern,
                    layout: &#layout,
                }
            }
        });
        let output = self.output.as_ref().map(|(_, layout)| layout);
        quote! {
            #[automatically_derived]
            #[allow(deprecated, reason = "whoever uses the stage is told")]
            #[diagnostic::do_not_recommend]
            impl ::fusewire::kernel::Described for #ident {
                fn function() -> &'static ::fusewire::kernel::tree::Function {
                    #[allow(unused_imports, reason = "needed where a type is named twice")]
                    use ::fusewire::kernel::tree::Unprobed as _;
                    #(#items)*
                    static __FUSEWIRE_FUNCTION: ::fusewire::kernel::tree::Function =
                        ::fusewire::kernel::tree::Function {
                            name: #name,
                            file: ::core::file!(),
                            line: #line,
                            params: &[#(#params),*],
                            output: &#output,
                            body: &#body,
                        };
                    &__FUSEWIRE_FUNCTION
                }
            }
        }
    }

    /// With one value it can stand in a graph; else its types are asserted, and others may call it.
    pub(super) fn stage(&self, function: &ItemFn) -> TokenStream {
        let mut values = self.params.iter().filter(|param| param.kind == Kind::Value);
        let (Some(value), None, Some((output, _))) = (values.next(), values.next(), &self.output) else {
            return self.assertions();
        };
        let ident = &function.sig.ident;
        let input = &value.ty;
        let checked = [types::asserted(input), types::asserted(output)];
        let tables: Vec<&Param> = self.params.iter().filter(|param| param.kind != Kind::Value).collect();
        let shared = tables.iter().map(|table| table.shared());
        let mut at = 0;
        let arguments = self.params.iter().map(|param| {
            if param.kind == Kind::Value {
                return quote!(value);
            }
            let index = syn::Index::from(at);
            at += 1;
            quote!(&tables.#index)
        });
        let bytes = tables.iter().enumerate().map(|(at, table)| {
            let index = syn::Index::from(at);
            let ty = types::checked(&table.ty);
            let new = quote!(::fusewire::kernel::Table::new::<#ty>);
            match table.kind {
                Kind::One => quote!(#new(::core::slice::from_ref(&*tables.#index))),
                _ => quote!(#new(&tables.#index)),
            }
        });
        let binding = binding(function, input, output, &tables);
        quote! {
            #[automatically_derived]
            #[allow(deprecated, reason = "whoever uses the stage is told")]
            #[diagnostic::do_not_recommend]
            impl ::fusewire::kernel::Mapping for #ident {
                type In = #input;
                type Out = #output;
                type Tables = (#(#shared,)*);
                #[inline(always)]
                fn call(tables: &Self::Tables, value: #input) -> #output {
                    let _ = tables;
                    #ident(#(#arguments),*)
                }
                fn tables(tables: &Self::Tables) -> ::std::vec::Vec<::fusewire::kernel::Table> {
                    let _ = tables;
                    ::std::vec::Vec::from([#(#bytes),*])
                }
            }
            #binding
            #(#checked)*
        }
    }

    /// What `rustc` is to say of types that are not data.
    fn assertions(&self) -> TokenStream {
        let named = self.params.iter().map(|param| &param.ty).chain(self.output.iter().map(|(ty, _)| ty));
        named.map(types::asserted).collect()
    }
}

/// What stands for the description of a kernel that was refused: it counts as a kernel all the same,
/// so that those that call it are not refused as well.
pub(super) fn refused(function: &ItemFn) -> TokenStream {
    let ident = &function.sig.ident;
    quote! {
        #[automatically_derived]
        #[allow(deprecated, reason = "whoever uses the stage is told")]
        #[diagnostic::do_not_recommend]
        impl ::fusewire::kernel::Described for #ident {
            fn function() -> &'static ::fusewire::kernel::tree::Function {
                &::fusewire::kernel::tree::REFUSED
            }
        }
    }
}

impl Param {
    /// How a table is held.
    fn shared(&self) -> TokenStream {
        let ty = &self.ty;
        match self.kind {
            Kind::One => quote!(::std::sync::Arc<#ty>),
            _ => quote!(::std::sync::Arc<[#ty]>),
        }
    }
}

/// `with` and `bind`, which give a kernel its tables.
fn binding(function: &ItemFn, input: &Type, output: &Type, tables: &[&Param]) -> TokenStream {
    let (vis, ident) = (&function.vis, &function.sig.ident);
    let names: Vec<Ident> = (0..tables.len()).map(|at| format_ident!("table{at}")).collect();
    let types: Vec<TokenStream> = tables.iter().map(|table| table.shared()).collect();
    let with_doc = format!("[`{ident}`](fn@{ident}) with its tables, as a function of its value.");
    let bind_doc = format!("[`{ident}`](fn@{ident}) with its tables, for hosts and for devices.");
    let with = (!tables.is_empty()).then(|| {
        quote! {
            #[doc = #with_doc]
            #[allow(dead_code, reason = "graphs may use the kernel without it")]
            #vis fn with(
                #(#names: impl ::core::convert::Into<#types>),*
            ) -> impl ::core::ops::Fn(#input) -> #output
            + ::core::clone::Clone
            + ::core::marker::Send
            + ::core::marker::Sync
            + 'static {
                let bound = Self::bind(#(#names),*);
                move |value| bound.call(value)
            }
        }
    });
    quote! {
        #[automatically_derived]
        #[allow(deprecated, reason = "whoever uses the stage is told")]
        impl #ident {
            #with
            #[doc(hidden)]
            #[doc = #bind_doc]
            #[allow(dead_code, reason = "graphs may use the kernel without it")]
            #vis fn bind(
                #(#names: impl ::core::convert::Into<#types>),*
            ) -> ::fusewire::kernel::Bound<Self> {
                ::fusewire::kernel::Bound::new((#(#names.into(),)*))
            }
        }
    }
}
