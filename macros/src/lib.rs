//! The compiler behind `fuse!`, `#[fuse]` and `#[stage]` of fusewire.
//!
//! ```text
//! tokens ──parse──▶ Chain ──model──▶ Graph ──check──▶ Graph ──lower──▶ Plan ──generate──▶ tokens
//! ```
//!
//! No stage looks two back, and none knows types: what depends on types is decided by traits in
//! the generated code.

mod ast;
mod catalogue;
mod check;
mod fuse_fn;
mod generate;
mod kernel;
mod lower;
mod model;
mod parse;
mod report;
mod stage;
mod text;

#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;

/// Turns a method chain that describes a graph into the fused graph.
///
/// See `fusewire::fuse` for the guide.
#[proc_macro]
pub fn fuse(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    fuse_tokens(input.into()).into()
}

/// Fuses the chain that a function returns.
///
/// See `fusewire::fuse` for the guide.
#[proc_macro_attribute]
pub fn fuse_fn(attribute: proc_macro::TokenStream, item: proc_macro::TokenStream) -> proc_macro::TokenStream {
    fuse_fn::expand(&attribute.into(), item.into()).into()
}

/// Makes a function a named stage.
///
/// See `fusewire::stage` for the guide.
#[proc_macro_attribute]
pub fn stage(attribute: proc_macro::TokenStream, item: proc_macro::TokenStream) -> proc_macro::TokenStream {
    stage::expand(attribute.into(), item.into()).into()
}

fn fuse_tokens(tokens: TokenStream) -> TokenStream {
    match syn::parse2(tokens) {
        Ok(expression) => compile(&expression, "fuse!"),
        Err(error) => generate::broken(&[], &error.to_compile_error()),
    }
}

/// The compiler: five stages, errors collected and reported at two points.
fn compile(expression: &syn::Expr, name: &str) -> TokenStream {
    let chain = match parse::chain(expression) {
        Ok(chain) => chain,
        Err(report) => return generate::broken(&[], &report.into_tokens()),
    };
    let graph = match model::graph(&chain) {
        Ok(graph) => graph,
        Err(report) => return generate::broken(&[chain.known_prefix()], &report.into_tokens()),
    };
    if let Err(report) = check::graph(&graph) {
        return generate::broken(&[chain.known_prefix()], &report.into_tokens());
    }
    generate::fused(&lower::plan(&graph, name))
}
