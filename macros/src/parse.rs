//! Tokens to [`Chain`].

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Expr, ExprClosure, ExprMethodCall, Pat, Token};

use crate::ast::{Chain, Link};
use crate::catalogue::{self, Combinator};
use crate::report::Report;

/// Takes a method chain apart, from the outside in.
pub(crate) fn chain(expression: &Expr) -> Result<Chain, Report> {
    let mut links = Vec::new();
    let mut rest = peel(expression);
    while let Expr::MethodCall(call) = rest {
        if is_source(call) {
            break;
        }
        links.push(link(call));
        rest = peel(&call.receiver);
    }
    links.reverse();
    match rest {
        Expr::Call(_) | Expr::Path(_) | Expr::Field(_) | Expr::Macro(_) | Expr::MethodCall(_) => {
            Ok(Chain { source: rest.clone(), links })
        }
        other => Err(Report::one(
            other.span(),
            "this graph has no source",
            "begin with a source, such as `read(socket)`, `from_iter(..)`, `every(..)` or `just(..)`",
        )),
    }
}

/// The one expression that `fuse!` takes.
pub(crate) fn expression(tokens: TokenStream) -> Result<Expr, Report> {
    if tokens.is_empty() {
        return Err(Report::one(
            Span::call_site(),
            "this graph is empty",
            "write a chain that begins with a source: `fuse! { from_iter(1..9).map(stage) }`",
        ));
    }
    let parser = |input: ParseStream<'_>| {
        if input.peek(Token![let]) {
            let at = input.span();
            input.parse::<TokenStream>()?;
            return Ok(Err(statement(at)));
        }
        let expression: Expr = input.parse()?;
        let rest = input.cursor().token_tree().map(|(token, _)| token);
        // What follows was looked at; the parser refuses input that is left over.
        input.parse::<TokenStream>()?;
        Ok(match rest {
            None => Ok(expression),
            Some(token) => Err(left_over(&token)),
        })
    };
    parser.parse2(tokens).unwrap_or_else(|error| Err(error.into()))
}

fn statement(at: Span) -> Report {
    Report::one(
        at,
        "`fuse!` takes one chain, and this is a statement",
        "put it before `fuse!`, or write a function with `#[fusewire::fuse]`, which may have statements",
    )
}

fn left_over(token: &TokenTree) -> Report {
    match token {
        TokenTree::Punct(punct) if punct.as_char() == ';' => {
            Report::one(punct.span(), "the chain is the value of `fuse!`", "remove the semicolon")
        }
        token => Report::one(
            token.span(),
            format_args!("the chain ends before `{token}`"),
            "a graph is one chain of method calls, joined by dots",
        ),
    }
}

/// An arm: a closure from a value to a chain that begins with `just` of that value.
#[derive(Debug, Clone)]
pub(crate) struct Arm {
    pub(crate) pattern: Pat,
    pub(crate) start: Expr,
    pub(crate) chain: Chain,
}

/// The arm that a closure like `|q| just(q).map(..)` is, or nothing if it is some other function.
pub(crate) fn arm(expression: &Expr) -> Option<Result<Arm, Report>> {
    let Expr::Closure(ExprClosure { inputs, body, .. }) = peel(expression) else { return None };
    let (Some(pattern), 1) = (inputs.first(), inputs.len()) else { return None };
    let chain = match chain(body) {
        Ok(chain) => chain,
        Err(_) => return None,
    };
    let Expr::Call(call) = &chain.source else { return None };
    let Expr::Path(function) = &*call.func else { return None };
    if function.path.segments.last().is_none_or(|segment| segment.ident != "just") {
        return None;
    }
    let (Some(start), 1) = (call.args.first(), call.args.len()) else { return None };
    Some(Ok(Arm { pattern: pattern.clone(), start: start.clone(), chain }))
}

/// Whether this is a method of a variable that returns a sender, such as `self.quotes()`, and not a
/// combinator of a graph.
fn is_source(call: &ExprMethodCall) -> bool {
    let mut rest = call;
    loop {
        if Combinator::named(&rest.method.to_string()).is_some() || catalogue::wraps(&rest.method.to_string())
        {
            return false;
        }
        match peel(&rest.receiver) {
            Expr::MethodCall(inner) => rest = inner,
            Expr::Path(_) | Expr::Field(_) => return true,
            _ => return false,
        }
    }
}

fn link(call: &ExprMethodCall) -> Link {
    Link {
        method: call.method.clone(),
        generics: call.turbofish.clone(),
        arguments: call.args.iter().cloned().collect(),
    }
}

/// The expression inside parentheses, groups and blocks that hold nothing else.
pub(crate) fn peel(expression: &Expr) -> &Expr {
    match expression {
        Expr::Paren(paren) => peel(&paren.expr),
        Expr::Group(group) => peel(&group.expr),
        Expr::Block(block) => match block.block.stmts.as_slice() {
            [syn::Stmt::Expr(inner, None)] if block.attrs.is_empty() && block.label.is_none() => peel(inner),
            _ => expression,
        },
        _ => expression,
    }
}
