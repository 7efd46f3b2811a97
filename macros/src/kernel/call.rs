//! Calls: of methods, of what a number's type has, of constructors, of other kernels.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, ExprCall, ExprMethodCall, Path, Type};

use super::types::{self, Where};
use super::{Writer, option, words};

impl Writer {
    pub(super) fn method(&mut self, call: &ExprMethodCall) -> TokenStream {
        let name = call.method.to_string();
        if !self.knows(&name, call.method.span()) {
            return quote!(::fusewire::kernel::tree::Kind::Bool(false));
        }
        let value = self.expression(&call.receiver);
        let arguments = self.expressions(call.args.iter());
        method(&name, None, &value, &arguments)
    }

    /// Whether devices have the method; says so if not.
    fn knows(&mut self, name: &str, span: Span) -> bool {
        let knows = words::METHODS.contains(&name);
        if !knows {
            self.refuse(
                span,
                format_args!("`{name}` is not a method that devices have"),
                format_args!("the methods are {}", words::METHODS.join(", ")),
            );
        }
        knows
    }

    pub(super) fn call(&mut self, call: &ExprCall) -> TokenStream {
        let Expr::Path(function) = &*call.func else {
            return self.refused(
                call.func.span(),
                "a kernel calls functions by name",
                "call another `#[stage(kernel)]`",
            );
        };
        let path = &function.path;
        let Some(last) = path.segments.last() else { return quote!() };
        if let (Some(of), 1) = (&function.qself, path.segments.len()) {
            // `<u32>::min(a, b)`, which macros write.
            return self.associated(call, &of.ty, &types::unraw(&last.ident), last.ident.span());
        }
        let name = types::unraw(&last.ident);
        let owner = path.segments.iter().rev().nth(1).map(|owner| owner.ident.to_string());
        match owner {
            Some(owner) if words::scalar(&owner).is_some() => {
                let ty = syn::Type::Path(syn::TypePath { qself: None, path: of_type(path) });
                return self.associated(call, &ty, &name, last.ident.span());
            }
            Some(owner) if ["f64", "u128", "i128", "char"].contains(&owner.as_str()) => {
                let ty = syn::Type::Path(syn::TypePath { qself: None, path: of_type(path) });
                types::check(&ty, Where::Body, &mut self.report);
                return quote!(::fusewire::kernel::tree::Kind::Bool(false));
            }
            Some(owner) if !is_lower(&owner) => {
                return self.refused(
                    call.func.span(),
                    format_args!("`{owner}::{name}` is not a kernel"),
                    "write it as a function with `#[stage(kernel)]`",
                );
            }
            _ => {}
        }
        if ["Some", "Ok", "Err"].contains(&name.as_str()) {
            return self.no_enums(call.func.span());
        }
        if path
            .segments
            .first()
            .is_some_and(|first| ["std", "core", "alloc"].contains(&&*first.ident.to_string()))
        {
            return self.refused(
                call.func.span(),
                "devices have no standard library",
                format_args!("the methods are {}", words::METHODS.join(", ")),
            );
        }
        if let Some(single) = path.get_ident() {
            // A closure or a reference to a function was refused where it was bound.
            if self.scopes.find(&types::unraw(single)).is_some() && self.report.is_empty() {
                return self.refused(
                    single.span(),
                    "a kernel calls functions by name",
                    "call another `#[stage(kernel)]`",
                );
            }
            if name == self.name {
                return self.refused(single.span(), "a kernel does not call itself", "write `for i in 0..N`");
            }
        }
        if !is_lower(&name) {
            return self.tuple_struct(call, path);
        }
        let arguments = self.expressions(call.args.iter());
        let described = quote_spanned!(path.span()=> <#path as ::fusewire::kernel::Described>::function);
        quote! {
            ::fusewire::kernel::tree::Kind::Call { function: #described, arguments: #arguments }
        }
    }

    /// `u32::from(x)`, `f32::from_bits(x)`, `i32::min(a, b)`.
    fn associated(&mut self, call: &ExprCall, ty: &Type, name: &str, span: Span) -> TokenStream {
        let of = self.layouts.of(ty);
        let mut arguments = call.args.iter();
        let Some(first) = arguments.next() else {
            return self.refused(
                span,
                "this function does not exist on devices",
                "write the value as a literal",
            );
        };
        match name {
            "from" => {
                let value = self.expression(first);
                quote!(::fusewire::kernel::tree::Kind::Cast { value: &#value, to: &#of })
            }
            "from_bits" => {
                let value = self.expression(first);
                method(name, Some(&of), &value, &quote!(&[]))
            }
            _ if self.knows(name, span) => {
                let value = self.expression(first);
                let arguments = self.expressions(arguments);
                method(name, Some(&of), &value, &arguments)
            }
            _ => quote!(::fusewire::kernel::tree::Kind::Bool(false)),
        }
    }

    /// `Fixed(x)`.
    fn tuple_struct(&mut self, call: &ExprCall, path: &Path) -> TokenStream {
        let ty = syn::Type::Path(syn::TypePath { qself: None, path: path.clone() });
        let layout = self.layouts.of(&ty);
        let fields: Vec<_> = call
            .args
            .iter()
            .enumerate()
            .map(|(at, value)| {
                let (name, value) = (at.to_string(), self.expression(value));
                quote!((#name, #value))
            })
            .collect();
        quote! {
            ::fusewire::kernel::tree::Kind::Struct {
                layout: &#layout,
                fields: &[#(#fields),*],
                rest: ::core::option::Option::None,
            }
        }
    }
}

fn method(name: &str, of: Option<&TokenStream>, value: &TokenStream, arguments: &TokenStream) -> TokenStream {
    let of = option(of.map(|of| quote!(&#of)));
    quote! {
        ::fusewire::kernel::tree::Kind::Method {
            name: #name,
            of: #of,
            value: &#value,
            arguments: #arguments,
        }
    }
}

/// `u32` of `u32::from`.
fn of_type(path: &Path) -> Path {
    let mut path = path.clone();
    path.segments.pop();
    path.segments.pop_punct();
    path
}

/// Functions and modules begin with a small letter, types do not.
fn is_lower(name: &str) -> bool {
    name.starts_with(|first: char| first.is_lowercase() || first == '_')
}
