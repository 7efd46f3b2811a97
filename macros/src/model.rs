//! [`Chain`] to [`Graph`]: each link becomes the operation that it names.

use proc_macro2::{Ident, Span};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Expr, ExprCall, Pat};

use crate::ast::{Chain, Link};
use crate::catalogue::{self, Combinator, SourceKind};
use crate::names;
use crate::parse;
use crate::report::Report;
use crate::text::display;
use crate::wrap;

/// What the chain describes. Immutable once built.
#[derive(Debug)]
pub(crate) struct Graph {
    pub(crate) source: Source,
    pub(crate) operations: Vec<Operation>,
}

#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) expression: Expr,
    pub(crate) kind: SourceKind,
    pub(crate) name: String,
}

impl Source {
    pub(crate) fn span(&self) -> Span {
        self.expression.span()
    }
}

/// One link of the chain.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) method: Ident,
    pub(crate) combinator: Combinator,
    pub(crate) kind: Kind,
}

impl Operation {
    pub(crate) fn span(&self) -> Span {
        self.method.span()
    }
}

/// What a link does, with what it needs.
#[derive(Debug)]
pub(crate) enum Kind {
    /// A function of the value: map, filter, and so on, as the combinator says.
    Stage(Expr),
    Scan {
        state: Expr,
        step: Expr,
    },
    Batch {
        count: Expr,
    },
    Hop {
        on: Expr,
        context: Expr,
    },
    Fork(Vec<Branch>),
    Route {
        choose: Expr,
        arms: [Branch; 2],
    },
    /// Copies of an arm, of which a key chooses one.
    Shard {
        key: Expr,
        on: Expr,
        make: Expr,
    },
    Join(Box<Graph>),
    Repeat {
        count: Expr,
    },
}

/// An arm of a fork or a route.
#[derive(Debug)]
pub(crate) struct Branch {
    pub(crate) span: Span,
    pub(crate) body: Body,
}

/// What an arm does with its value.
#[derive(Debug)]
pub(crate) enum Body {
    /// `|pattern| just(start).operations..`
    Chain { pattern: Pat, start: Expr, operations: Vec<Operation> },
    /// Some other function that returns a sender: an asynchronous stage, on its own.
    Opaque(Box<Operation>),
}

/// Builds the graph, or reports every link that is no combinator or has the wrong arguments.
pub(crate) fn graph(chain: &Chain) -> Result<Graph, Report> {
    let mut report = Report::new();
    let operations = operations(&chain.links, &mut report);
    report.or(Graph { source: source(&chain.source), operations })
}

fn source(expression: &Expr) -> Source {
    let (kind, name) = match expression {
        Expr::Call(call) => match &*call.func {
            Expr::Path(path) => path.path.segments.last().map_or_else(
                || (SourceKind::Opaque, display(&call.func)),
                |segment| {
                    let name = segment.ident.to_string();
                    (
                        if catalogue::merges(&name) { merged(call) } else { catalogue::source_kind(&name) },
                        name,
                    )
                },
            ),
            other => (SourceKind::Opaque, display(other)),
        },
        // A wrapped machine; see `wrap`.
        Expr::Verbatim(_) => (SourceKind::Opaque, "a wrapped graph".to_owned()),
        other => (SourceKind::Opaque, display(other)),
    };
    Source { expression: expression.clone(), kind, name }
}

/// Sources that are merged are asked by the lane, unless one of them is some other sender.
fn merged(call: &ExprCall) -> SourceKind {
    let kinds = call.args.iter().map(|argument| source(argument).kind);
    kinds.max().map_or(SourceKind::Opaque, |kind| kind.max(SourceKind::Waiting))
}

fn operations(links: &[Link], report: &mut Report) -> Vec<Operation> {
    links.iter().filter_map(|link| operation(link, report)).collect()
}

fn operation(link: &Link, report: &mut Report) -> Option<Operation> {
    let name = link.method.to_string();
    let Some(combinator) = Combinator::named(&name) else {
        let help = match catalogue::nearest(&name) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the combinators are {}", catalogue::all()),
        };
        report.add(link.span(), format_args!("`{name}` is not a combinator of a graph"), help);
        return None;
    };
    if link.arguments.len() != combinator.arguments() {
        let wanted = match combinator.arguments() {
            0 => "no arguments".to_owned(),
            1 => "one argument".to_owned(),
            count => format!("{count} arguments"),
        };
        report.add(
            link.span(),
            format_args!("`{name}` takes {wanted}, and has {}", link.arguments.len()),
            usage(combinator),
        );
        return None;
    }
    let kind = kind(combinator, link, report)?;
    Some(Operation { method: link.method.clone(), combinator, kind })
}

fn kind(combinator: Combinator, link: &Link, report: &mut Report) -> Option<Kind> {
    let argument = |index: usize| link.arguments[index].clone();
    Some(match combinator {
        Combinator::Scan => Kind::Scan { state: argument(0), step: argument(1) },
        Combinator::Batch => Kind::Batch { count: batch_count(link, report)? },
        Combinator::Then => hop(link, report)?,
        Combinator::Fork
        | Combinator::Fork3
        | Combinator::Fork4
        | Combinator::Broadcast
        | Combinator::Broadcast3
        | Combinator::Broadcast4 => {
            Kind::Fork(link.arguments.iter().map(|arm| branch(arm, report)).collect())
        }
        Combinator::Route => Kind::Route {
            choose: argument(0),
            arms: [branch(&link.arguments[1], report), branch(&link.arguments[2], report)],
        },
        Combinator::Shard | Combinator::ShardUnordered => {
            Kind::Shard { key: argument(0), on: argument(1), make: argument(2) }
        }
        Combinator::Join => {
            let chain = parse::chain(&link.arguments[0]).map_err(|wrong| report.merge(wrong)).ok()?;
            let chain = wrap::chain(chain);
            let joined = graph(&chain).map_err(|wrong| report.merge(wrong)).ok()?;
            Kind::Join(Box::new(joined))
        }
        Combinator::Repeat => Kind::Repeat { count: argument(0) },
        _ => Kind::Stage(argument(0)),
    })
}

fn batch_count(link: &Link, report: &mut Report) -> Option<Expr> {
    let count = link.generics.as_ref().and_then(|generics| match generics.args.first() {
        Some(syn::GenericArgument::Const(count)) => Some(count.clone()),
        Some(syn::GenericArgument::Type(syn::Type::Path(path))) => syn::parse2(path.to_token_stream()).ok(),
        _ => None,
    });
    if count.is_none() {
        report.add(link.span(), "`batch` needs to know how many passes it gathers", "write `.batch::<16>()`");
    }
    count
}

/// `then(on(context))`, `then(on(context).capacity(64))`
fn hop(link: &Link, report: &mut Report) -> Option<Kind> {
    let on = &link.arguments[0];
    if let Ok(chain) = parse::chain(on)
        && let Expr::Call(call) = &chain.source
        && let Expr::Path(function) = &*call.func
        && function.path.segments.last().is_some_and(|segment| segment.ident == "on")
        && let (Some(context), 1) = (call.args.first(), call.args.len())
    {
        return Some(Kind::Hop { on: on.clone(), context: context.clone() });
    }
    report.add(on.span(), "`then` takes a hop", usage(Combinator::Then));
    None
}

fn branch(expression: &Expr, report: &mut Report) -> Branch {
    let span = expression.span();
    let body = match parse::arm(expression) {
        // A later stage that uses the arm's own variable is a closure of that variable, made anew for
        // each value.
        Some(Ok(arm)) if names::uses(&arm.chain, &arm.pattern) || wrap::wraps(&arm.chain) => {
            opaque(expression)
        }
        Some(Ok(arm)) => Body::Chain {
            pattern: arm.pattern,
            start: arm.start,
            operations: operations(&arm.chain.links, report),
        },
        Some(Err(wrong)) => {
            report.merge(wrong);
            opaque(expression)
        }
        None => opaque(expression),
    };
    Branch { span, body }
}

fn opaque(function: &Expr) -> Body {
    let method = Ident::new(Combinator::And.name(), function.span());
    let kind = Kind::Stage(function.clone());
    Body::Opaque(Box::new(Operation { method, combinator: Combinator::And, kind }))
}

impl Branch {
    /// What the arm does with its value, one operation after the other.
    pub(crate) fn operations(&self) -> &[Operation] {
        match &self.body {
            Body::Chain { operations, .. } => operations,
            Body::Opaque(operation) => std::slice::from_ref(operation),
        }
    }
}

fn usage(combinator: Combinator) -> String {
    match combinator {
        Combinator::Then => {
            "write `.then(on(compute))` to go to another context, `.and(stage)` for an asynchronous stage"
                .to_owned()
        }
        Combinator::Scan => "write `.scan(initial_state, |state, value| ..)`".to_owned(),
        Combinator::Batch => "write `.batch::<16>()`".to_owned(),
        Combinator::Fork => "write `.fork(|v| just(v).map(a), |v| just(v).map(b))`".to_owned(),
        Combinator::Broadcast => {
            "write `.broadcast(|v| just(v).for_each(a), |v| just(v).for_each(b))`".to_owned()
        }
        Combinator::Route => {
            "write `.route(|v| v.is_urgent(), |v| just(v).map(a), |v| just(v).map(b))`".to_owned()
        }
        Combinator::Shard | Combinator::ShardUnordered => {
            format!("write `.{}(|v| v.key, [a, b], |shard| |v| just(v).map(work))`", combinator.name())
        }
        Combinator::Repeat => "write `.repeat(1_000)`".to_owned(),
        other => format!("write `.{}(stage)`", other.name()),
    }
}
