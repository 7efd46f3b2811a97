//! [`Graph`] to [`Plan`]: segments, the joints between them, and the lanes that they run on.

use proc_macro2::Span;
use syn::Expr;

use crate::catalogue::{Combinator, SourceKind};
use crate::check::suspends;
use crate::model::{Graph, Kind, Operation, Source};
use crate::text::display;

/// What is to be generated.
#[derive(Debug)]
pub(crate) struct Plan<'g> {
    pub(crate) name: String,
    pub(crate) source: &'g Source,
    /// What `repeat` repeats, innermost first.
    pub(crate) repeats: Vec<Repeat<'g>>,
    pub(crate) segments: Vec<Segment<'g>>,
    pub(crate) lanes: Vec<Lane<'g>>,
    /// Hops that lead to where the pass already is.
    pub(crate) elided: Vec<Elided<'g>>,
}

/// Operations that are repeated before the rest of the graph sees a value.
#[derive(Debug)]
pub(crate) struct Repeat<'g> {
    pub(crate) operations: Vec<&'g Operation>,
    pub(crate) count: &'g Expr,
    pub(crate) span: Span,
}

/// A maximal run of synchronous operations, and what follows it.
#[derive(Debug)]
pub(crate) struct Segment<'g> {
    pub(crate) operations: Vec<&'g Operation>,
    pub(crate) joint: Option<Joint<'g>>,
    pub(crate) lane: usize,
    /// Whether the value that leaves it is a `Result`, because a later operation handles errors.
    pub(crate) carries: bool,
}

/// What is between two segments.
#[derive(Debug)]
pub(crate) enum Joint<'g> {
    /// The pass goes to another context.
    Hop { operation: &'g Operation, on: &'g Expr, context: &'g Expr },
    /// The pass waits for an operation, on the same context.
    Wait { operation: &'g Operation },
}

impl Joint<'_> {
    pub(crate) const fn is_hop(&self) -> bool {
        matches!(self, Self::Hop { .. })
    }
}

/// All segments on one context.
#[derive(Debug)]
pub(crate) struct Lane<'g> {
    /// The expression in `on(..)`; none for the context of the source.
    pub(crate) context: Option<&'g Expr>,
    /// The segments that begin its nodes: the first, or one after a hop.
    pub(crate) nodes: Vec<usize>,
}

/// A hop that vanishes, and why.
#[derive(Debug)]
pub(crate) struct Elided<'g> {
    pub(crate) operation: &'g Operation,
    pub(crate) context: &'g Expr,
    pub(crate) segment: usize,
}

/// Cuts the graph at its suspension points and gathers the segments of each context.
pub(crate) fn plan<'g>(graph: &'g Graph, name: &str) -> Plan<'g> {
    let (repeats, rest) = repeats(&graph.operations);
    let mut plan = Plan {
        name: name.to_owned(),
        source: &graph.source,
        repeats,
        segments: Vec::new(),
        lanes: vec![Lane { context: None, nodes: vec![0] }],
        elided: Vec::new(),
    };
    cut(rest, &mut plan);
    mark_carrying(&mut plan.segments);
    plan
}

fn repeats(operations: &[Operation]) -> (Vec<Repeat<'_>>, &[Operation]) {
    let mut repeats = Vec::new();
    let mut rest = operations;
    while let Some(at) = rest.iter().position(|operation| matches!(operation.kind, Kind::Repeat { .. })) {
        if let Kind::Repeat { count } = &rest[at].kind {
            let operations = rest[..at].iter().collect();
            repeats.push(Repeat { operations, count, span: rest[at].span() });
        }
        rest = &rest[at + 1..];
    }
    (repeats, rest)
}

fn cut<'g>(operations: &'g [Operation], plan: &mut Plan<'g>) {
    let mut gathered = Vec::new();
    let mut lane = 0;
    for operation in operations {
        if !suspends(operation) {
            gathered.push(operation);
            continue;
        }
        let Kind::Hop { on, context } = &operation.kind else {
            let joint = Some(Joint::Wait { operation });
            let operations = std::mem::take(&mut gathered);
            plan.segments.push(Segment { operations, joint, lane, carries: false });
            continue;
        };
        if plan.lanes[lane].context.is_some_and(|here| same_context(here, context)) {
            plan.elided.push(Elided { operation, context, segment: plan.segments.len() });
            continue;
        }
        let joint = Some(Joint::Hop { operation, on, context });
        let operations = std::mem::take(&mut gathered);
        plan.segments.push(Segment { operations, joint, lane, carries: false });
        let begins = plan.segments.len();
        let known =
            plan.lanes.iter().position(|lane| lane.context.is_some_and(|here| same_context(here, context)));
        lane = known.unwrap_or_else(|| {
            plan.lanes.push(Lane { context: Some(context), nodes: Vec::new() });
            plan.lanes.len() - 1
        });
        plan.lanes[lane].nodes.push(begins);
    }
    plan.segments.push(Segment { operations: gathered, joint: None, lane, carries: false });
}

/// Two names for one context are one context; anything but a name may be a new one each time.
fn same_context(a: &Expr, b: &Expr) -> bool {
    fn name(expression: &Expr) -> Option<String> {
        match expression {
            Expr::Path(path) => Some(display(path)),
            Expr::Field(field) => Some(display(field)),
            Expr::Reference(reference) => name(&reference.expr),
            Expr::MethodCall(call) if call.method == "clone" => name(&call.receiver),
            _ => None,
        }
    }
    name(a).is_some_and(|a| name(b) == Some(a))
}

fn handles_errors(operation: &Operation) -> bool {
    matches!(operation.combinator, Combinator::MapErr | Combinator::OrElse)
}

fn mark_carrying(segments: &mut [Segment<'_>]) {
    let mut handled_later = false;
    for segment in segments.iter_mut().rev() {
        if let Some(Joint::Wait { operation }) = &segment.joint {
            handled_later |= handles_errors(operation);
        }
        segment.carries = handled_later;
        handled_later |= segment.operations.iter().any(|operation| handles_errors(operation));
    }
}

impl Plan<'_> {
    /// Whether a later operation handles the errors of the source.
    pub(crate) fn handles_source_errors(&self) -> bool {
        self.segments.first().is_some_and(|first| {
            first.carries || first.operations.iter().any(|operation| handles_errors(operation))
        })
    }

    /// Whether the machine has a state for the arrival of the source's value.
    pub(crate) fn arrives(&self) -> bool {
        self.source.kind != SourceKind::Ready
    }
}

/// Whether an operation may turn one error type into another.
pub(crate) fn changes_error(operation: &Operation) -> bool {
    match &operation.kind {
        Kind::Stage(_) => matches!(
            operation.combinator,
            Combinator::TryMap | Combinator::And | Combinator::MapErr | Combinator::OrElse
        ),
        Kind::Fork(_) | Kind::Route { .. } | Kind::Join(_) => true,
        _ => false,
    }
}
