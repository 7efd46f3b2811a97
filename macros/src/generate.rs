//! [`Plan`] to tokens.
//!
//! The output has four parts: a `static` description; one typed statement per stage, in the order
//! of the chain, which is where a wrong type is reported; the body of each segment, as a function
//! of its stages and its input; and the two products made of the segments, the machine and the
//! lanes. Everything that could be a function of the library is one.

/// `quote!` for the generated code: its locals and the user's never meet.
macro_rules! code {
    ($($tokens:tt)*) => {
        ::quote::quote_spanned!(::proc_macro2::Span::mixed_site()=> $($tokens)*)
    };
}

mod alone;
mod drawing;
mod flow;
mod guards;
mod kernels;
mod lanes;
mod machine;
mod names;
mod typed;

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::{Expr, Pat};

use crate::lower::Plan;

pub(crate) use drawing::place;

/// A local of the generated code. Its name cannot collide with the user's.
fn local(name: &str, index: usize) -> Ident {
    Ident::new(&format!("__{name}{index}"), Span::mixed_site())
}

/// `::fusewire::__private::name`, at the user's token `at`.
fn library(name: &str, at: Span) -> TokenStream {
    let name = Ident::new(name, at);
    located(code!(::fusewire::__private::#name), at)
}

/// Generated `tokens` as if they stood at the user's token `at`.
///
/// The compiler reports one cause at one place once: what checks a stage and what calls it later
/// are therefore put at the same place, the name of its combinator.
///
/// Locals keep their own hygiene. A path has none to keep, and is the user's token altogether, so that the
/// compiler does not say of a mistake that it is in the expansion of the macro.
fn located(tokens: TokenStream, at: Span) -> TokenStream {
    let locate = |token: TokenTree| {
        let mut span = token.span().located_at(at);
        let mut moved = match token {
            TokenTree::Group(group) => {
                TokenTree::Group(Group::new(group.delimiter(), located(group.stream(), at)))
            }
            TokenTree::Ident(name) if is_local(&name) => TokenTree::Ident(name),
            other => {
                span = at;
                other
            }
        };
        moved.set_span(span);
        moved
    };
    tokens.into_iter().map(locate).collect()
}

/// As [`located`], with all tokens in the expansion of the macro: of an expression that begins or ends with a local, whose
/// tokens would otherwise be of two origins, of which the compiler points at the whole graph.
fn placed(tokens: TokenStream, at: Span) -> TokenStream {
    let place = |token: TokenTree| {
        let span = token.span().located_at(at);
        let mut moved = match token {
            TokenTree::Group(group) => {
                TokenTree::Group(Group::new(group.delimiter(), placed(group.stream(), at)))
            }
            other => other,
        };
        moved.set_span(span);
        moved
    };
    tokens.into_iter().map(place).collect()
}

/// Whether it names what only generated code sees.
fn is_local(name: &Ident) -> bool {
    let name = name.to_string();
    name.starts_with("__") && name != "__private"
}

/// A call of the library at the user's token `at`, with the user's tokens among the arguments left
/// where they are.
fn call(name: &str, at: Span, arguments: &[TokenStream]) -> TokenStream {
    let function = library(name, at);
    let at = Span::mixed_site().located_at(at);
    quote_spanned!(at=> #function(#(#arguments),*))
}

/// A tag as an argument that is the user's token `at` altogether, so that the compiler does not say of what is wrong
/// with it that it is in the expansion of the macro.
fn here(tag: &Ident, at: Span) -> TokenStream {
    let tag = located(tag.to_token_stream(), at);
    quote_spanned!(at=> ::fusewire::__private::here(#tag))
}

/// The check of a hop, at the user's token `at`: in the expansion of the macro, as is what crosses later, so that the
/// compiler sees one cause at one place.
fn hop(name: &str, tag: &Ident, at: Span, on: &TokenStream) -> TokenStream {
    let at = Span::mixed_site().located_at(at);
    let (name, tag) = (Ident::new(name, at), Ident::new(&tag.to_string(), at));
    quote_spanned!(at=> ::fusewire::__private::#name(#tag, #on))
}

/// The check of the closure that makes an arm's first value, at the user's token `at`.
///
/// All of it is at one place and in the expansion of the macro: the closure is not the user's, of which lints speak.
fn first(tag: &Ident, at: Span, pattern: &Pat, start: &Expr) -> TokenStream {
    let at = Span::mixed_site().located_at(at);
    quote_spanned!(at=> ::fusewire::__private::map(#tag, move |#pattern| #start))
}

/// The graph, fused.
pub(crate) fn fused(plan: &Plan<'_>) -> TokenStream {
    let typed = typed::graph(plan);
    let drawing = drawing::graph(plan, &typed);
    let statements = &typed.statements;
    let segments = flow::segments(plan, &typed);
    let arms = machine::arms(plan, &typed, 0);
    let parts = &typed.lines[0].parts;
    let products = alone::graph(plan, &typed).unwrap_or_else(|| {
        let machine = machine::body(plan, &typed);
        let lanes = lanes::launch(plan, &typed);
        let draw = drawing::closure(plan, &typed);
        code!(::fusewire::__private::fused(&__FUSEWIRE_GRAPH, (#(#parts,)*), #machine, #lanes, #draw))
    });
    code! {
        {
            #drawing
            #statements
            #segments
            #arms
            #products
        }
    }
}

/// What is emitted when the graph is refused: the errors, and what was right in it.
///
/// An error stands in for the value, so that nothing that is done with the graph is wrong as well.
pub(crate) fn refused(right: Option<&Expr>, errors: &[TokenStream]) -> TokenStream {
    let (first, others) =
        errors.split_first().map_or((None, errors), |(first, others)| (Some(first), others));
    let right = right.map(|right| code!(if false { let _ = #right; }));
    code! {
        {
            #(#others)*
            #[allow(unused, clippy::all, clippy::pedantic, reason = "the graph was refused; only types matter here")]
            {
                let __refused = #first;
                #right
                __refused
            }
        }
    }
}
