//! Arms that run through the protocol, as the plain chains that they are.

use proc_macro2::{Ident, TokenStream};

use crate::model::{Body, Kind, Operation};

/// The function of an asynchronous stage; a fork or route whose arms wait runs through the protocol.
pub(super) fn waiting(operation: &Operation) -> (&'static str, TokenStream) {
    match &operation.kind {
        Kind::Stage(function) => (operation.combinator.name(), code!(#function)),
        Kind::Fork(branches) => {
            let arms = branches.iter().map(|branch| whole_arm(&branch.body));
            let method = Ident::new(operation.combinator.name(), operation.span());
            (
                "and",
                code!(move |__v| ::fusewire::__private::SenderExt::#method(::fusewire::__private::just(__v), #(#arms),*)),
            )
        }
        Kind::Route { choose, arms } => {
            let arms = arms.iter().map(|branch| whole_arm(&branch.body));
            (
                "and",
                code!(move |__v| ::fusewire::__private::SenderExt::route(::fusewire::__private::just(__v), #choose, #(#arms),*)),
            )
        }
        _ => unreachable!("only these suspend"),
    }
}

fn whole_arm(body: &Body) -> TokenStream {
    match body {
        Body::Opaque(operation) => match &operation.kind {
            Kind::Stage(function) => code!(#function),
            _ => unreachable!("a function is one stage"),
        },
        Body::Chain { pattern, start, operations } => {
            let mut chain = code!(::fusewire::__private::just(#start));
            for operation in operations {
                chain = link(chain, operation);
            }
            code!(move |#pattern| #chain)
        }
    }
}

fn link(chain: TokenStream, operation: &Operation) -> TokenStream {
    let method = Ident::new(operation.combinator.name(), operation.span());
    let arguments = match &operation.kind {
        Kind::Stage(function) => code!(#function),
        Kind::Scan { state, step } => code!(#state, #step),
        Kind::Batch { count } => {
            return code!(::fusewire::__private::SenderExt::batch::<{ #count }>(#chain));
        }
        Kind::Hop { on, .. } => code!(#on),
        Kind::Fork(branches) => {
            let arms = branches.iter().map(|branch| whole_arm(&branch.body));
            code!(#(#arms),*)
        }
        Kind::Route { choose, arms } => {
            let arms = arms.iter().map(|branch| whole_arm(&branch.body));
            code!(#choose, #(#arms),*)
        }
        Kind::Join(other) => {
            let mut joined = {
                let source = &other.source.expression;
                code!(#source)
            };
            for operation in &other.operations {
                joined = link(joined, operation);
            }
            joined
        }
        Kind::Repeat { count } => code!(#count),
    };
    code!(::fusewire::__private::SenderExt::#method(#chain, #arguments))
}
