//! What can be told of an operation without knowing a type.

use crate::catalogue::{Combinator, SourceKind};
use crate::check::{arms_of, suspends};
use crate::model::{Graph, Kind, Operation, Source};

/// Whether an operation takes the error of a pass.
pub(super) fn handles_errors(operation: &Operation) -> bool {
    matches!(operation.combinator, Combinator::MapErr | Combinator::OrElse)
}

/// Whether an operation may turn one error type into another.
pub(crate) fn changes_error(operation: &Operation) -> bool {
    match &operation.kind {
        Kind::Stage(_) => matches!(
            operation.combinator,
            Combinator::TryMap | Combinator::And | Combinator::MapErr | Combinator::OrElse
        ),
        Kind::Fork(_) | Kind::Route { .. } | Kind::Shard { .. } | Kind::Join(_) => true,
        _ => false,
    }
}

/// Whether a pass may fail here.
pub(crate) fn may_fail(operation: &Operation) -> bool {
    match &operation.kind {
        Kind::Join(other) => source_may_fail(&other.source) || other.operations.iter().any(may_fail),
        Kind::Fork(_) | Kind::Route { .. } => {
            arms_of(operation).iter().any(|arm| arm.operations().iter().any(may_fail))
        }
        _ => changes_error(operation),
    }
}

/// Whether a source may fail.
pub(super) fn source_may_fail(source: &Source) -> bool {
    source.kind != SourceKind::Ready || source.name == "just_error"
}

/// Whether a source that is joined behind `source` and the operations `before` has a line of its own, as
/// has what is before it.
///
/// Else it is asked in the middle of a segment: it has a value at once, and so has the pass, without
/// having failed, been filtered or been on its way, in all of which cases it takes a partner too.
pub(crate) fn apart(source: &Source, before: &[Operation], other: &Graph) -> bool {
    let ready = |source: &Source| source.kind == SourceKind::Ready && source.name != "just_error";
    let gathers = |operation: &Operation| matches!(operation.kind, Kind::Batch { .. } | Kind::Repeat { .. });
    let lines = |graph: &Graph| {
        graph.operations.iter().enumerate().any(|(at, operation)| match &operation.kind {
            Kind::Join(inner) => apart(&graph.source, &graph.operations[..at], inner),
            _ => suspends(operation) || gathers(operation),
        })
    };
    other.source.kind != SourceKind::Ready
        || lines(other)
        || !ready(source)
        || before.iter().any(|operation| suspends(operation) || may_fail(operation) || may_skip(operation))
}

/// Whether a pass may end here without a value.
pub(crate) fn may_skip(operation: &Operation) -> bool {
    match &operation.kind {
        Kind::Stage(_) => matches!(
            operation.combinator,
            Combinator::Filter | Combinator::FilterMap | Combinator::And | Combinator::OrElse
        ),
        // What is filtered out of an arm that ends by itself has ended there.
        Kind::Fork(_) if operation.combinator.is_broadcast() => false,
        Kind::Fork(_) | Kind::Route { .. } => {
            arms_of(operation).iter().any(|arm| arm.operations().iter().any(may_skip))
        }
        Kind::Join(other) => other.operations.iter().any(may_skip),
        Kind::Batch { .. } | Kind::Shard { .. } => true,
        Kind::Hop { .. } | Kind::Scan { .. } | Kind::Repeat { .. } => false,
    }
}
