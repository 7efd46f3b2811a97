//! `#[stage]`: the function stays, and gets a type of the same name.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Attribute, ItemFn, ReturnType, Token, parse_quote};

use crate::kernel;
use crate::report::Report;

#[derive(Debug, Default, Clone, Copy)]
struct Options {
    blocking: bool,
    kernel: bool,
}

pub(crate) fn expand(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let function = match syn::parse2::<ItemFn>(item.clone()) {
        Ok(function) => function,
        Err(_) => return no_function(item),
    };
    let mut report = Report::new();
    let options = options(attribute, &mut report);
    check(&function, &mut report);
    let mut described = None;
    if options.kernel && function.sig.receiver().is_none() {
        let (tokens, refused) = kernel::describe(&function);
        report.merge(refused);
        described = Some(tokens);
    }
    let errors = report.into_tokens();
    let asynchronous = function.sig.asyncness.is_some();
    let function = if asynchronous { as_sender(function) } else { function };
    // A method has no room for a type beside it.
    let stage = function.sig.receiver().is_none().then(|| stage_type(&function, options, described.as_ref()));
    quote!(#(#errors)* #function #stage)
}

/// An `async fn` as what it should have been, so that nothing that uses it is wrong as well.
fn as_sender(mut function: ItemFn) -> ItemFn {
    let output = match &function.sig.output {
        ReturnType::Default => quote!(()),
        ReturnType::Type(_, output) => quote!(#output),
    };
    let body = &function.block;
    function.sig.asyncness = None;
    function.sig.output = parse_quote! {
        -> impl ::fusewire::sender::Sender<Value = #output, Error = ::fusewire::completion::Never>
    };
    function.block = parse_quote! {{
        let _ = async move #body;
        ::fusewire::sources::just_stopped()
    }};
    function
}

/// An item that is no function, or one that the compiler itself will complain about.
fn no_function(item: TokenStream) -> TokenStream {
    match syn::parse2::<syn::Item>(item.clone()) {
        Ok(syn::Item::Verbatim(_)) | Err(_) => item,
        Ok(other) => {
            let report = Report::one(
                other.span(),
                "a stage is a function",
                "write `#[stage]` above a `fn`; a stage with state is a function that returns a closure",
            );
            let errors = report.into_tokens();
            quote!(#(#errors)* #item)
        }
    }
}

fn options(attribute: TokenStream, report: &mut Report) -> Options {
    let mut options = Options::default();
    let words = match Punctuated::<Ident, Token![,]>::parse_terminated.parse2(attribute.clone()) {
        Ok(words) => words,
        Err(_) => {
            report.add(
                attribute.span(),
                "`#[stage]` takes words",
                "write `#[stage]`, `#[stage(blocking)]` or `#[stage(kernel)]`",
            );
            return options;
        }
    };
    for word in words {
        match word.to_string().as_str() {
            "blocking" => options.blocking = true,
            "kernel" => options.kernel = true,
            other => report.add(
                word.span(),
                format_args!("`{other}` is not a property of a stage"),
                "the properties are `blocking` and `kernel`",
            ),
        }
    }
    if options.blocking && options.kernel {
        report.add(
            attribute.span(),
            "a stage cannot be both `blocking` and `kernel`",
            "a kernel runs on devices, where nothing blocks: remove one of the two",
        );
    }
    options
}

fn check(function: &ItemFn, report: &mut Report) {
    if let Some(asynchronous) = &function.sig.asyncness {
        report.add(
            asynchronous.span(),
            "a stage is not an `async fn`",
            "return a sender from a plain `fn`, and use it in `.and(..)`",
        );
    }
    if let Some(unsafety) = &function.sig.unsafety {
        report.add(
            unsafety.span(),
            "a stage is safe to call",
            "put the `unsafe` block inside, with the reason why it is sound",
        );
    }
    if let Some(receiver) = function.sig.receiver() {
        report.add(
            receiver.span(),
            "a stage has no `self`",
            "give its state by `scan(state, stage)`, or return a closure that owns it",
        );
    }
}

/// The zero-sized type, with the function's name, visibility, documentation and conditions.
///
/// What else belongs to it goes through an attribute of the type: where no type can stand, as in an `impl`, the compiler
/// refuses that one and drops its attributes.
fn stage_type(function: &ItemFn, options: Options, described: Option<&TokenStream>) -> TokenStream {
    let ItemFn { attrs, vis, sig, .. } = function;
    let ident = &sig.ident;
    let name = ident.to_string();
    let kept = attrs.iter().filter(|attribute| is_kept(attribute));
    let blocking = if options.blocking { quote!(Blocks) } else { quote!(DoesNotBlock) };
    let kernel = options.kernel;
    let doc = format!("The stage [`{name}`](fn@{name}).");
    let (line, _) = crate::generate::place(ident.span());
    let implementation = quote_spanned! {ident.span()=>
        #[automatically_derived]
        #[allow(deprecated, reason = "whoever uses the stage is told")]
        impl ::fusewire::stage::Stage for #ident {
            const NAME: &'static str = #name;
            const FILE: &'static str = ::core::file!();
            const LINE: u32 = #line;
            type Blocking = ::fusewire::stage::#blocking;
            const KERNEL: bool = #kernel;
        }
    };
    quote_spanned! {ident.span()=>
        #[doc = #doc]
        #(#kept)*
        #[allow(non_camel_case_types, dead_code, reason = "named like the function that it stands for")]
        #[derive(Debug, Clone, Copy)]
        #[::fusewire::__private::beside(#implementation #described)]
        #vis struct #ident {}
    }
}

fn is_kept(attribute: &Attribute) -> bool {
    ["doc", "cfg", "deprecated"].iter().any(|kept| attribute.path().is_ident(kept))
}
