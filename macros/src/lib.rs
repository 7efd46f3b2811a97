//! The compiler behind `fuse!`, `#[fuse]` and `#[stage]` of fusewire.
//!
//! ```text
//! tokens ──parse, wrap──▶ Chain ──model──▶ Graph ──check──▶ Graph ──lower──▶ Plan ──generate──▶ tokens
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
mod names;
mod parse;
mod report;
mod stage;
mod text;
mod wrap;

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

/// Puts the items that it is given beside the one that it is on; for what `#[stage]` makes.
#[doc(hidden)]
#[proc_macro_attribute]
pub fn beside(items: proc_macro::TokenStream, item: proc_macro::TokenStream) -> proc_macro::TokenStream {
    [item, items].into_iter().collect()
}

/// Says how a struct lies in memory, so that kernels can take it.
///
/// See `fusewire::kernel` for the guide.
#[proc_macro_derive(Data)]
pub fn data(item: proc_macro::TokenStream) -> proc_macro::TokenStream {
    kernel::derive(item.into()).into()
}

fn fuse_tokens(tokens: TokenStream) -> TokenStream {
    match parse::expression(tokens) {
        Ok(expression) => compile(&expression, "fuse!"),
        Err(report) => generate::refused(None, &report.into_tokens()),
    }
}

/// The compiler: five stages, errors collected and reported at two points.
fn compile(expression: &syn::Expr, name: &str) -> TokenStream {
    let chain = match parse::chain(expression) {
        Ok(chain) => wrap::chain(chain),
        Err(report) => return generate::refused(None, &report.into_tokens()),
    };
    match accept(&chain) {
        Ok(graph) => generate::fused(&lower::plan(&graph, name)),
        Err(report) => generate::refused(Some(&right(&chain).as_plain()), &report.into_tokens()),
    }
}

/// The graph that a chain describes, if no rule is broken.
fn accept(chain: &ast::Chain) -> Result<model::Graph, report::Report> {
    let graph = model::graph(chain)?;
    check::graph(&graph)?;
    Ok(graph)
}

/// The longest beginning of a refused chain that is a graph.
///
/// It is emitted beside the error, so that what is right in it is still checked, completed and
/// counted as used.
fn right(chain: &ast::Chain) -> ast::Chain {
    let mut right = chain.clone();
    while !right.links.is_empty() && accept(&right).is_err() {
        right.links.pop();
    }
    right
}
