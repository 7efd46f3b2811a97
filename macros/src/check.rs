//! Every refusal of a graph that is well formed, one function per rule.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Expr, Lit};

use crate::catalogue::{self, Combinator, SourceKind};
use crate::lower::{apart, may_fail, may_skip};
use crate::model::{Body, Branch, Graph, Kind, Operation, Source};
use crate::report::Report;

/// The most suspension points that a machine can have; see `graph/machine.rs` of fusewire.
pub(crate) const MOST_STATES: usize = 15;

/// Checks every rule and reports every breach.
pub(crate) fn graph(graph: &Graph) -> Result<(), Report> {
    let mut report = Report::new();
    chain(&graph.operations, &mut report);
    a_repeat_waits_for_nothing(graph, &mut report);
    what_is_fed_back_is_merged_with_sources(&graph.source, &mut report);
    what_is_fed_back_is_not_wrapped(graph, &mut report);
    what_is_fed_back_comes_in_once_beside_others(&graph.source, &mut report);
    what_is_fed_back_is_no_side_of_a_join(graph, &mut report);
    report.or(())
}

/// It ends when nothing is under way, which only lanes that ask it themselves can tell.
fn what_is_fed_back_is_merged_with_sources(source: &Source, report: &mut Report) {
    if source.kind == SourceKind::Opaque
        && catalogue::merges(&source.name)
        && let Some(fed_back) = fed_back(&source.expression).first()
    {
        report.add(
            fed_back.span(),
            "what is fed back is merged with what a graph cannot look into, and cannot tell when nothing is under way",
            "merge it with sources alone, such as `read(..)`, and put the stages behind the merge",
        );
    }
}

/// The calls of `fed_back` among what an expression merges.
fn fed_back(expression: &Expr) -> Vec<&Expr> {
    let call = match expression {
        Expr::Call(call) => call,
        Expr::MethodCall(link) => return fed_back(&link.receiver),
        _ => return Vec::new(),
    };
    let Expr::Path(function) = &*call.func else { return Vec::new() };
    if function.path.segments.last().is_some_and(|last| last.ident == "fed_back") {
        return vec![expression];
    }
    call.args.iter().flat_map(fed_back).collect()
}

/// The end of one side is the end of the other, whatever is under way there, and a cycle ends when nothing is.
fn what_is_fed_back_is_no_side_of_a_join(graph: &Graph, report: &mut Report) {
    fn sides<'g>(graph: &'g Graph, found: &mut Vec<&'g Source>) {
        found.push(&graph.source);
        for operation in &graph.operations {
            if let Kind::Join(other) = &operation.kind {
                sides(other, found);
            }
        }
    }
    let mut found = Vec::new();
    sides(graph, &mut found);
    if found.len() == 1 {
        return;
    }
    for fed_back in found.into_iter().flat_map(|source| fed_back(&source.expression)) {
        report.add(
            fed_back.span(),
            "what is fed back is a side of a `join`, which ends with its other side while values are on their way back",
            "make the cycle a graph of its own, which pushes what comes out of it into an edge, and join what `recv(..)` gives of that",
        );
    }
}

/// A link that wraps makes one sender of what stands before it, which knows of the passes inside it and of no other.
fn what_is_fed_back_is_not_wrapped(graph: &Graph, report: &mut Report) {
    let Expr::Verbatim(wrapped) = &graph.source.expression else { return };
    if graph.operations.iter().any(suspends)
        && let Some(fed_back) = find(wrapped.clone(), "fed_back")
    {
        report.add(
            fed_back.span(),
            "what is fed back stands before a link that wraps, and a pass may wait behind that, which nobody sees at the end",
            "put the link behind every hop and every asynchronous stage, or the whole cycle into a function that returns its own graph",
        );
    }
}

/// It ends when all others have ended: two would wait for each other, and one alone has nothing that it ends with.
fn what_is_fed_back_comes_in_once_beside_others(source: &Source, report: &mut Report) {
    if source.kind == SourceKind::Opaque {
        return;
    }
    if source.name == "fed_back" {
        report.add(
            source.span(),
            "what is fed back is all that this graph begins with, so that nothing ever goes round and nothing ends it",
            "merge it with what the values come from at first, as in `merge_by_priority(fed_back(again), source)`",
        );
    }
    for another in fed_back(&source.expression).iter().skip(1) {
        report.add(
            another.span(),
            "a graph takes what is fed back at one place, and this is another: each would wait for the other to end",
            "use one `feedback`, and give a clone of its `Back` to each stage that pushes",
        );
    }
}

/// The first place where `name` is written in some tokens.
fn find(tokens: TokenStream, name: &str) -> Option<Ident> {
    tokens.into_iter().find_map(|tree| match tree {
        TokenTree::Ident(ident) => (ident == name).then_some(ident),
        TokenTree::Group(group) => find(group.stream(), name),
        TokenTree::Punct(_) | TokenTree::Literal(_) => None,
    })
}

fn chain(operations: &[Operation], report: &mut Report) {
    nothing_follows_a_consumer(operations, report);
    arms_do_not_end_in_a_consumer_only_to_continue(operations, report);
    stages_take_one_value(operations, report);
    a_batch_gathers_something(operations, report);
    an_arm_that_hops_gathers_nothing(operations, report);
    a_hop_leads_somewhere_else_than_it_started(operations, report);
    the_machine_is_not_too_large(operations, report);
    for operation in operations {
        if let Kind::Join(other) = &operation.kind {
            chain(&other.operations, report);
        }
    }
}

fn nothing_follows_a_consumer(operations: &[Operation], report: &mut Report) {
    let consumer = operations.iter().position(|operation| operation.combinator == Combinator::ForEach);
    if let Some(at) = consumer
        && let Some(next) = operations.get(at + 1)
    {
        report.add(
            next.span(),
            format_args!("`{}` comes after `for_each`, which ends the graph", next.combinator.name()),
            "put it before `for_each`, or use `inspect_value` to look at values on their way",
        );
    }
    let broadcast = operations.iter().position(|operation| operation.combinator.is_broadcast());
    if let Some(at) = broadcast
        && let Some(next) = operations.get(at + 1)
    {
        let (name, broadcast) = (next.combinator.name(), operations[at].combinator.name());
        report.add(
            next.span(),
            format_args!("`{name}` comes after `{broadcast}`, whose arms each end by themselves"),
            "go on inside of the arms, or use `fork`, which goes on with what all of them make",
        );
    }
}

fn arms_do_not_end_in_a_consumer_only_to_continue(operations: &[Operation], report: &mut Report) {
    for arm in arms(operations) {
        if let Body::Chain { operations, .. } = &arm.body {
            nothing_follows_a_consumer(operations, report);
            arms_do_not_end_in_a_consumer_only_to_continue(operations, report);
        }
    }
}

fn stages_take_one_value(operations: &[Operation], report: &mut Report) {
    for operation in operations {
        let (stage, wanted) = match &operation.kind {
            Kind::Stage(stage) => (stage, 1),
            Kind::Scan { step, .. } => (step, 2),
            _ => continue,
        };
        if let Expr::Closure(closure) = stage
            && closure.inputs.len() != wanted
        {
            let name = operation.combinator.name();
            let help = match wanted {
                1 => format!("write `.{name}(|value| ..)`; a tuple is one value: `|(a, b)| ..`"),
                _ => format!("write `.{name}(initial_state, |state, value| ..)`"),
            };
            report.add(
                closure.span(),
                format_args!(
                    "the stage of `{name}` takes {wanted} argument{}, and this one has {}",
                    if wanted == 1 { "" } else { "s" },
                    closure.inputs.len()
                ),
                help,
            );
        }
    }
    for arm in arms(operations) {
        if let Body::Chain { operations, .. } = &arm.body {
            stages_take_one_value(operations, report);
        }
    }
}

fn a_repeat_waits_for_nothing(graph: &Graph, report: &mut Report) {
    let waits = |at: usize| match &graph.operations[at].kind {
        Kind::Join(other) => apart(&graph.source, &graph.operations[..at], other),
        _ => suspends(&graph.operations[at]),
    };
    for (at, operation) in graph.operations.iter().enumerate() {
        if let Kind::Join(other) = &operation.kind {
            a_repeat_waits_for_nothing(other, report);
        }
        if !matches!(operation.kind, Kind::Repeat { .. }) {
            continue;
        }
        if let Some(waits) = (0..at).find(|&at| waits(at)).map(|at| &graph.operations[at]) {
            report.add(
                waits.span(),
                "a pass waits here, inside of what `repeat` repeats",
                "put `repeat` before it, or make the repeated part a function that returns its own graph",
            );
        }
        if graph.source.kind != SourceKind::Ready {
            report.add(
                graph.source.span(),
                format_args!("`{}` may wait, inside of what `repeat` repeats", graph.source.name),
                "repeat a source that always has a value, such as `just(..)`",
            );
        }
    }
}

fn a_batch_gathers_something(operations: &[Operation], report: &mut Report) {
    for operation in operations {
        if let Kind::Batch { count: Expr::Lit(literal) } = &operation.kind
            && let Lit::Int(count) = &literal.lit
            && count.base10_digits() == "0"
        {
            report.add(count.span(), "a batch of 0 passes never completes", "write `.batch::<16>()`");
        }
    }
}

fn an_arm_that_hops_gathers_nothing(operations: &[Operation], report: &mut Report) {
    for arm in arms(operations) {
        let batch = arm.operations().iter().find(|operation| matches!(operation.kind, Kind::Batch { .. }));
        if let (Some(batch), true) = (batch, hops(arm)) {
            report.add(
                batch.span(),
                "an arm begins anew with each value, so that `batch` has one value to gather",
                "put it before the fork or behind it",
            );
        }
        an_arm_that_hops_gathers_nothing(arm.operations(), report);
    }
}

fn a_hop_leads_somewhere_else_than_it_started(operations: &[Operation], report: &mut Report) {
    for arm in arms(operations) {
        if let Body::Chain { operations, .. } = &arm.body
            && let Some(hop) = operations.last()
            && let Kind::Hop { context, .. } = &hop.kind
        {
            report.add(
                hop.span(),
                format_args!(
                    "this arm ends with a hop to `{}` and does nothing there",
                    context.to_token_stream()
                ),
                "put the hop after the fork, where every arm has arrived",
            );
        }
    }
}

fn the_machine_is_not_too_large(operations: &[Operation], report: &mut Report) {
    for arm in arms(operations) {
        the_machine_is_not_too_large(arm.operations(), report);
    }
    let mut waits = operations.iter().filter(|operation| suspends(operation));
    if let Some(operation) = waits.nth(MOST_STATES) {
        report.add(
            operation.span(),
            format_args!("a graph waits at most {MOST_STATES} times, and this is once more"),
            "make a part of it a function that returns its own graph, and use it in `.and(..)`",
        );
    }
}

/// Whether a pass may have to wait at this operation.
pub(crate) fn suspends(operation: &Operation) -> bool {
    match &operation.kind {
        Kind::Hop { .. } | Kind::Shard { .. } => true,
        Kind::Stage(_) => matches!(operation.combinator, Combinator::And | Combinator::OrElse),
        Kind::Fork(_) | Kind::Route { .. } => !runs_inline(operation),
        Kind::Scan { .. } | Kind::Batch { .. } | Kind::Join(_) | Kind::Repeat { .. } => false,
    }
}

/// Whether every arm is straight-line code.
fn runs_inline(operation: &Operation) -> bool {
    !operation.combinator.is_broadcast()
        && arms_of(operation)
            .iter()
            .all(|arm| !arm.operations().iter().any(suspends) && !is_one_sender(arm.operations()))
}

/// Whether what an arm does has to be a sender that is made for each value.
///
/// What a `scan` begins with is made anew in a segment, and so is a source that is joined, if it has a
/// value at once. It is not asked for a partner of what has failed or was filtered, so that nothing of
/// that may come before it: such a pass would not see that the source has ended.
fn is_one_sender(operations: &[Operation]) -> bool {
    operations.iter().enumerate().any(|(at, operation)| match &operation.kind {
        Kind::Batch { .. } | Kind::Repeat { .. } => true,
        Kind::Join(other) => {
            other.source.kind != SourceKind::Ready
                || other.operations.iter().any(suspends)
                || is_one_sender(&other.operations)
                || operations[..at].iter().any(|before| may_fail(before) || may_skip(before))
        }
        _ => false,
    })
}

/// Whether the arms of a fork or a route get lanes of their own: one of them hops, or they end by themselves, and each is
/// one line of stages.
///
/// Else, if it does not run inline, the whole of it is one asynchronous stage.
pub(crate) fn fans(operation: &Operation) -> bool {
    let arms = arms_of(operation);
    (operation.combinator.is_broadcast() || arms.iter().any(hops))
        && !arms.iter().any(|arm| is_one_sender(arm.operations()))
}

/// Whether a hop is written in an arm.
fn hops(arm: &Branch) -> bool {
    arm.operations()
        .iter()
        .any(|operation| matches!(operation.kind, Kind::Hop { .. }) || arms_of(operation).iter().any(hops))
}

fn arms(operations: &[Operation]) -> impl Iterator<Item = &Branch> {
    operations.iter().flat_map(arms_of)
}

/// The arms of a fork or a route.
pub(crate) fn arms_of(operation: &Operation) -> &[Branch] {
    match &operation.kind {
        Kind::Fork(arms) => arms,
        Kind::Route { arms, .. } => arms,
        _ => &[],
    }
}
