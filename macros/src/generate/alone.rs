//! A graph without joints: the library has its products, which need no closure but the body of the segment.

use proc_macro2::TokenStream;

use super::flow::{self, Input};
use super::typed::Typed;
use super::{local, machine};
use crate::catalogue::Combinator;
use crate::lower::{Origin, Plan};

/// The products of a graph that is one segment behind a source which never waits, if it is one. One that repeats looks at
/// its stop token, for which it needs a machine.
pub(crate) fn graph(plan: &Plan<'_>, typed: &Typed<'_>) -> Option<TokenStream> {
    let [segment] = &plan.segments[..] else { return None };
    let fits = matches!(plan.lines[0].origin, Origin::Source(_))
        && !plan.arrives(0)
        && machine::repeats(&plan.lines[0]).is_none()
        && segment.joint.is_none()
        && typed.segments[0].kernels.is_none()
        && flow::input(plan, 0) == Input::Value;
    if !fits {
        return None;
    }
    let turns = machine::turns_of_origin(plan, typed);
    let turn = match turns.is_empty() {
        true => code!(::core::convert::identity),
        false => code!(move |__e| { #turns __e }),
    };
    let (source, tuple, body, rest) =
        (typed.source(0), local("stages", 0), local("segment", 0), local("rest", 0));
    let gathers = segment.operations.iter().any(|operation| operation.combinator == Combinator::Batch);
    let (name, body) = match (flow::is_straight(plan, 0), gathers) {
        (true, _) => (code!(alone_straight), code!(#body)),
        (false, false) => (code!(alone), code!(#body)),
        (false, true) => (code!(alone_gathering), code!(#body, #rest)),
    };
    Some(code!(::fusewire::__private::#name(&__FUSEWIRE_GRAPH, #source, #tuple, #body, #turn)))
}
