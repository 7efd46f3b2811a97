//! What can be told of an operation without knowing a type.

use crate::catalogue::{Combinator, SourceKind};
use crate::check::arms_of;
use crate::model::{Kind, Operation, Source};

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
        Kind::Fork(_) | Kind::Route { .. } | Kind::Join(_) => true,
        _ => false,
    }
}

/// Whether a pass may fail here.
pub(super) fn may_fail(operation: &Operation) -> bool {
    match &operation.kind {
        Kind::Join(_) => true,
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

/// Whether a pass may end here without a value.
pub(super) fn may_skip(operation: &Operation) -> bool {
    match &operation.kind {
        Kind::Stage(_) => matches!(
            operation.combinator,
            Combinator::Filter | Combinator::FilterMap | Combinator::And | Combinator::OrElse
        ),
        Kind::Fork(_) | Kind::Route { .. } => {
            arms_of(operation).iter().any(|arm| arm.operations().iter().any(may_skip))
        }
        Kind::Join(other) => other.operations.iter().any(may_skip),
        Kind::Batch { .. } => true,
        Kind::Hop { .. } | Kind::Scan { .. } | Kind::Repeat { .. } => false,
    }
}
