//! [`Plan`] to tokens.
//!
//! The output has four parts: a `static` description; one typed statement per stage, in the order
//! of the chain, which is where a wrong type is reported; the body of each segment, as a function
//! of its stages and its input; and the two products made of the segments, the machine and the
//! lanes. Everything that could be a function of the library is one.

mod drawing;
mod flow;
mod lanes;
mod machine;
mod names;
mod typed;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::Expr;

use crate::lower::Plan;

pub(crate) use drawing::place;

/// A local of the generated code. Its name cannot collide with the user's.
fn local(name: &str, index: usize) -> Ident {
    Ident::new(&format!("__{name}{index}"), Span::mixed_site())
}

/// `::fusewire::__private::name`, at the user's token `span`.
fn library(name: &str, span: Span) -> TokenStream {
    let name = Ident::new(name, span);
    // The path's other tokens are the macro's own; only the function's name stands for the user's.
    quote!(::fusewire::__private::#name)
}

/// The graph, fused.
pub(crate) fn fused(plan: &Plan<'_>) -> TokenStream {
    let typed = typed::graph(plan);
    let drawing = drawing::graph(plan, &typed);
    let statements = &typed.statements;
    let segments = flow::segments(plan, &typed);
    let parts = &typed.parts;
    let machine = machine::body(plan, &typed);
    let lanes = lanes::launch(plan, &typed);
    let draw = drawing::closure(plan, &typed);
    quote! {
        {
            #drawing
            #statements
            #segments
            ::fusewire::__private::fused(
                &__GRAPH,
                (#(#parts,)*),
                #machine,
                #lanes,
                #draw,
            )
        }
    }
}

/// What is emitted when the graph is refused: the errors, what was right in it, and a value that
/// behaves like a graph, so that one mistake is reported once.
pub(crate) fn broken(right: &[Expr], errors: &TokenStream) -> TokenStream {
    let rights = (0..right.len()).map(|index| format_ident!("__right{}", index));
    quote! {
        {
            #errors
            #[allow(unreachable_code, unused, reason = "the graph was refused; only types matter here")]
            {
                if false {
                    #(let #rights = #right;)*
                }
                ::fusewire::__private::broken()
            }
        }
    }
}
