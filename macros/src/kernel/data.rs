//! `#[derive(Data)]`: the layout of a struct.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Attribute, Data, DeriveInput, Fields, Meta, Token};

use super::types;
use crate::report::Report;

pub(crate) fn derive(item: TokenStream) -> TokenStream {
    let input = match syn::parse2::<DeriveInput>(item) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let mut report = Report::new();
    let fields = fields(&input, &mut report);
    if let Some(parameter) = input.generics.params.first() {
        report.add(
            parameter.span(),
            "kernel data is not generic",
            "write one struct for each type: a device must know the layout",
        );
    }
    let is_struct = fields.is_some();
    if is_struct {
        check_repr(&input, &mut report);
    }
    for field in fields.iter().copied().flatten() {
        types::check(&field.ty, types::Where::Field, &mut report);
    }
    let refused = !report.is_empty();
    let errors = report.into_tokens();
    let implementation = match fields {
        Some(fields) if input.generics.params.is_empty() => Some(implementation(&input, fields, refused)),
        _ => None,
    };
    quote!(#(#errors)* #implementation)
}

fn fields<'a>(input: &'a DeriveInput, report: &mut Report) -> Option<&'a Fields> {
    match &input.data {
        Data::Struct(data) => {
            if data.fields.is_empty() {
                report.add(
                    input.ident.span(),
                    "kernel data has at least one field",
                    "add what a kernel is to take",
                );
            }
            Some(&data.fields)
        }
        Data::Enum(data) => {
            report.add(
                data.enum_token.span,
                "an enum is not kernel data",
                "use an integer, and `match` on its values; with a payload, a struct of both",
            );
            None
        }
        Data::Union(data) => {
            report.add(
                data.union_token.span,
                "a union is not kernel data",
                "use a struct, or an integer and `f32::from_bits`",
            );
            None
        }
    }
}

/// `#[repr(C)]` is what fixes the layout; packing would make fields that no device can load.
fn check_repr(input: &DeriveInput, report: &mut Report) {
    let words: Vec<Meta> = input.attrs.iter().flat_map(representation).collect();
    if let Some(packed) = words.iter().find(|word| word.path().is_ident("packed")) {
        report.add(
            packed.span(),
            "packed data does not exist on devices",
            "remove `packed`, and order the fields by size",
        );
    } else if !words.iter().any(|word| word.path().is_ident("C")) {
        report.add(
            input.ident.span(),
            format_args!("the layout of `{}` is not fixed", input.ident),
            "put `#[repr(C)]` above the struct",
        );
    }
}

fn representation(attribute: &Attribute) -> Vec<Meta> {
    if !attribute.path().is_ident("repr") {
        return Vec::new();
    }
    attribute
        .parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
        .map(|words| words.into_iter().collect())
        .unwrap_or_default()
}

/// A refused struct counts as data all the same, so that its uses are not refused as well.
fn implementation(input: &DeriveInput, fields: &Fields, refused: bool) -> TokenStream {
    let ident = &input.ident;
    let name = ident.to_string();
    let described = fields.iter().enumerate().map(|(at, field)| {
        let member = field
            .ident
            .as_ref()
            .map_or_else(|| syn::Index::from(at).to_token_stream(), ToTokens::to_token_stream);
        let name = field.ident.as_ref().map_or_else(|| at.to_string(), types::unraw);
        let ty = &field.ty;
        let layout = quote_spanned!(ty.span()=> <#ty as ::fusewire::kernel::tree::IsData>::LAYOUT);
        quote! {
            ::fusewire::kernel::Field {
                name: #name,
                offset: ::core::mem::offset_of!(#ident, #member),
                layout: &#layout,
            }
        }
    });
    let layout = if refused {
        quote!(::fusewire::kernel::Layout::Unknown)
    } else {
        quote! {
            ::fusewire::kernel::Layout::Struct {
                name: #name,
                size: ::core::mem::size_of::<#ident>(),
                align: ::core::mem::align_of::<#ident>(),
                fields: &[#(#described),*],
            }
        }
    };
    quote! {
        // SAFETY: the layout is the compiler's own answers, and the fields are data.
        #[automatically_derived]
        unsafe impl ::fusewire::kernel::Data for #ident {
            const LAYOUT: ::fusewire::kernel::Layout = #layout;
        }
    }
}
