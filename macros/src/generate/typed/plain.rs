//! Arms that run through the protocol, as the plain chains that they are.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use crate::generate::{call, located};
use crate::model::{Body, Branch, Kind, Operation};

/// The function of a fork, a route or a shard that waits: its arms run through the protocol.
pub(super) fn waiting(operation: &Operation) -> (&'static str, TokenStream) {
    match &operation.kind {
        Kind::Fork(branches) => {
            let arms = branches.iter().map(whole_arm).collect();
            ("and", of_value(operation, arms))
        }
        Kind::Route { choose, arms } => {
            let arms = arms.iter().map(whole_arm);
            ("and", of_value(operation, [code!(#choose)].into_iter().chain(arms).collect()))
        }
        Kind::Shard { key, on, make } => (operation.combinator.name(), code!(#key, #on, #make)),
        _ => unreachable!("only these suspend"),
    }
}

/// A closure that gives a value to an operation whose arms run through the protocol, at the user's token.
fn of_value(operation: &Operation, arguments: Vec<TokenStream>) -> TokenStream {
    let at = operation.span();
    let just = located(code!(::fusewire::__private::just(__v)), at);
    let all = plain(operation, [just].into_iter().chain(arguments));
    let value = located(code!(__v), at);
    let at = Span::mixed_site().located_at(at);
    quote_spanned!(at=> move |#value| #all)
}

/// The plain form of an operation, at the user's token.
fn plain(operation: &Operation, arguments: impl Iterator<Item = TokenStream>) -> TokenStream {
    let at = operation.span();
    let method = Ident::new(operation.combinator.name(), at);
    let method = located(code!(::fusewire::__private::SenderExt::#method), at);
    let at = Span::mixed_site().located_at(at);
    quote_spanned!(at=> #method(#(#arguments),*))
}

fn whole_arm(branch: &Branch) -> TokenStream {
    match &branch.body {
        Body::Opaque(operation) => match &operation.kind {
            Kind::Stage(function) => code!(#function),
            _ => unreachable!("a function is one stage"),
        },
        Body::Chain { pattern, start, operations } => {
            let mut chain = call("just", branch.span, &[quote!(#start)]);
            for operation in operations {
                chain = link(chain, operation);
            }
            let at = Span::mixed_site().located_at(branch.span);
            quote_spanned!(at=> move |#pattern| #chain)
        }
    }
}

fn link(chain: TokenStream, operation: &Operation) -> TokenStream {
    let arguments = match &operation.kind {
        Kind::Stage(function) => code!(#function),
        Kind::Scan { state, step } => code!(#state, #step),
        Kind::Batch { count } => {
            return code!(::fusewire::__private::SenderExt::batch::<{ #count }>(#chain));
        }
        Kind::Hop { on, .. } => code!(#on),
        Kind::Fork(branches) => {
            let arms = branches.iter().map(whole_arm);
            code!(#(#arms),*)
        }
        Kind::Route { choose, arms } => {
            let arms = arms.iter().map(whole_arm);
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
        Kind::Shard { key, on, make } => code!(#key, #on, #make),
        Kind::Repeat { count } => code!(#count),
    };
    plain(operation, [chain, arguments].into_iter())
}
