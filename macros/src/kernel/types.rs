//! Types as the user wrote them: what of them devices have, and their layouts.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Type, TypePath};

use super::words;
use crate::report::Report;

/// The name of `ident`, without the `r#` of a raw one.
pub(crate) fn unraw(ident: &Ident) -> String {
    let name = ident.to_string();
    name.strip_prefix("r#").map_or_else(|| name.clone(), str::to_owned)
}

/// What is said of enums.
pub(crate) const NO_ENUMS: (&str, &str) =
    ("a kernel has no enums", "use a value that stands for none, or a struct with a `bool`");

/// Where a type stands, which decides what it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Where {
    /// A field of data.
    Field,
    /// A parameter or the result.
    Signature,
    /// Inside of a kernel.
    Body,
}

/// Refuses what is known by its name or its form not to be a value there.
pub(crate) fn check(ty: &Type, place: Where, report: &mut Report) {
    match ty {
        Type::Path(path) => {
            if let Some((wrong, help)) = refused_name(path, place) {
                report.add(ty.span(), wrong, help);
            }
        }
        Type::Array(array) => check(&array.elem, place, report),
        Type::Tuple(tuple) if place == Where::Body => {
            tuple.elems.iter().for_each(|element| check(element, place, report));
        }
        Type::Tuple(tuple) => report.add(
            tuple.span(),
            "the layout of a tuple is not fixed",
            "write a struct with `#[derive(Clone, Copy, kernel::Data)]` and `#[repr(C)]`",
        ),
        Type::Paren(paren) => check(&paren.elem, place, report),
        Type::Group(group) => check(&group.elem, place, report),
        Type::Infer(_) if place == Where::Body => {}
        Type::Reference(reference) if place == Where::Field => report.add(
            reference.span(),
            "kernel data holds no references",
            "hold the value itself; what is shared is a table, a `&[T]` parameter of the kernel",
        ),
        Type::Reference(reference) => report.add(
            reference.span(),
            "a kernel has no references",
            "use the value itself; a table is a `&[T]` or `&T` parameter of the kernel",
        ),
        other => report.add(
            other.span(),
            "this type does not exist on devices",
            "use integers, `f32`, `bool`, arrays or structs of them",
        ),
    }
}

fn refused_name(path: &TypePath, place: Where) -> Option<(&'static str, &'static str)> {
    let name = path.path.segments.last()?.ident.to_string();
    Some(match name.as_str() {
        "f64" => ("devices compute `f32`, not `f64`", "use `f32`, or fixed point in an integer"),
        "u128" | "i128" => ("a 128-bit integer does not fit a device word", "use two `u64`"),
        "usize" | "isize" if place != Where::Body => {
            ("the size of `usize` differs between devices", "use `u32` or `u64`")
        }
        "char" => ("devices have no `char`", "use `u32`"),
        "String" | "Vec" | "Box" | "Rc" | "Arc" | "HashMap" | "BTreeMap" | "VecDeque" => {
            ("a kernel has no heap", "use a fixed-size array: `[T; N]`")
        }
        "Option" | "Result" => NO_ENUMS,
        _ => return None,
    })
}

/// The types of one kernel. What is not data is reported once, where it is named first.
#[derive(Debug, Default)]
pub(crate) struct Layouts {
    named: Vec<String>,
}

impl Layouts {
    /// Notes a type whose being data is seen to elsewhere.
    pub(crate) fn seen(&mut self, ty: &Type) {
        match ty {
            Type::Array(array) => self.seen(&array.elem),
            Type::Paren(paren) => self.seen(&paren.elem),
            Type::Group(group) => self.seen(&group.elem),
            other => self.named.push(other.to_token_stream().to_string()),
        }
    }

    /// The `Layout` of a type.
    pub(crate) fn of(&mut self, ty: &Type) -> TokenStream {
        match ty {
            Type::Array(array) => {
                let (element, len) = (self.of(&array.elem), &array.len);
                quote!(::fusewire::kernel::Layout::Array { element: &#element, len: #len })
            }
            Type::Tuple(tuple) => {
                let elements: Vec<_> = tuple.elems.iter().map(|element| self.of(element)).collect();
                quote!(::fusewire::kernel::Layout::Tuple(&[#(#elements),*]))
            }
            Type::Paren(paren) => self.of(&paren.elem),
            Type::Group(group) => self.of(&group.elem),
            Type::Path(path) => self.named(path),
            _ => quote!(::fusewire::kernel::Layout::Unknown),
        }
    }

    fn named(&mut self, path: &TypePath) -> TokenStream {
        if let Some(scalar) = path.path.get_ident().and_then(|ident| words::scalar(&ident.to_string())) {
            let scalar = format_ident!("{scalar}");
            return quote!(::fusewire::kernel::Layout::Scalar(::fusewire::kernel::Scalar::#scalar));
        }
        let name = path.to_token_stream().to_string();
        if self.named.contains(&name) {
            quote_spanned!(path.span()=> ::fusewire::kernel::tree::Probe::<#path>::LAYOUT)
        } else {
            self.named.push(name);
            quote_spanned!(path.span()=> <#path as ::fusewire::kernel::tree::IsData>::LAYOUT)
        }
    }
}

/// The type itself, which is an error at its token if it is not data.
pub(crate) fn checked(ty: &Type) -> TokenStream {
    quote_spanned!(ty.span()=> <#ty as ::fusewire::kernel::tree::IsData>::Itself)
}

/// Says that the type is data, which is an error at its token if it is not.
pub(crate) fn asserted(ty: &Type) -> TokenStream {
    let checked = checked(ty);
    let at = ty.span();
    let (ty, value) = (
        quote_spanned!(at=> ::core::marker::PhantomData<#checked>),
        quote_spanned!(at=> ::core::marker::PhantomData),
    );
    // The item itself is in the expansion, so that the compiler does not propose to make it generic.
    let at = proc_macro2::Span::mixed_site().located_at(at);
    quote_spanned!(at=> const _: #ty = #value;)
}
