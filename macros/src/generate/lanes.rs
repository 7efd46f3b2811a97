//! `run`: the nodes of each lane, the edges between them, and where they are placed.

use proc_macro2::{Ident, TokenStream};

use super::drawing;
use super::flow;
use super::kernels;
use super::machine;
use super::typed::Typed;
use super::{local, located};
use crate::catalogue::SourceKind;
use crate::lower::{Joint, Plan};

/// The closure that launches the graph.
pub(crate) fn launch(plan: &Plan<'_>, typed: &Typed<'_>) -> TokenStream {
    let names = names(typed);
    let opened: TokenStream =
        (0..plan.segments.len()).map(|index| kernels::open(plan, typed, index)).collect();
    let contexts = contexts(plan, typed);
    let body = if may_start_at_first_hop(plan) {
        let source = &typed.source;
        let first = local("context", 1);
        let joined = placed(plan, typed, true);
        let apart = placed(plan, typed, false);
        code! {
            if ::fusewire::__private::is_home(&#source, &#first) { #joined } else { #apart }
        }
    } else {
        placed(plan, typed, false)
    };
    code! {
        #[allow(unused_variables, clippy::all, reason = "not every graph hops")]
        move |__parts, __launch: &mut ::fusewire::__private::Launch<'_>, __tell| {
            let (#(#names,)*) = __parts;
            #opened
            #contexts
            #body
            ::core::result::Result::Ok(())
        }
    }
}

/// The names of the parts inside the closure: as in the statements, where each has one.
fn names(typed: &Typed<'_>) -> Vec<Ident> {
    let mut names = vec![typed.source.clone()];
    for (index, segment) in typed.segments.iter().enumerate() {
        names.push(segment.tuple.clone());
        if segment.joint.is_some() {
            names.push(local("joint", index));
        }
    }
    names
}

fn contexts(plan: &Plan<'_>, typed: &Typed<'_>) -> TokenStream {
    let source = &typed.source;
    let home = local("context", 0);
    let mut out = code!(let #home = ::fusewire::__private::home(&#source, __launch););
    for (lane, nodes) in plan.lanes.iter().enumerate().skip(1) {
        let context = local("context", lane);
        let Some(first) = nodes.nodes.first() else { continue };
        let hop = local("joint", first - 1);
        out.extend(if typed.segments[*first].kernels.is_some() {
            let opened = kernels::opened(*first);
            code!(let #context = ::core::clone::Clone::clone(#opened.context());)
        } else {
            code!(let #context = ::fusewire::__private::context_of(&#hop);)
        });
    }
    out
}

/// A source that may live on the context of the first hop, which then vanishes at launch.
pub(crate) fn may_start_at_first_hop(plan: &Plan<'_>) -> bool {
    plan.source.kind != SourceKind::Ready && matches!(plan.segments[0].joint, Some(Joint::Hop { .. }))
}

/// Edges, nodes and lanes; `joined` if the first hop leads to where the source lives.
fn placed(plan: &Plan<'_>, typed: &Typed<'_>, joined: bool) -> TokenStream {
    let mut out = TokenStream::new();
    for (index, segment) in plan.segments.iter().enumerate() {
        if let Some(Joint::Hop { operation, .. }) = &segment.joint
            && !(joined && index == 0)
        {
            let (sender, receiver) = (local("sender", index), local("receiver", index));
            let hop = local("joint", index);
            let end = &typed.segments[index].end;
            let number = drawing::hop_number(plan, index);
            let to = local("context", plan.segments[index + 1].lane);
            let from = local("context", plan.segments[index].lane);
            let make = if segment.carries { code!(edge_of_results) } else { code!(edge) };
            let made = located(
                code!(::fusewire::__private::#make(__launch, #number, #end, &#hop, &#from, &#to)?),
                operation.span(),
            );
            out.extend(code!(let (#sender, #receiver) = #made;));
        }
    }
    // Of a joined graph, what comes back to the context of the first hop comes back to the source.
    let groups = plan.lanes.iter().enumerate().filter_map(|(lane, nodes)| {
        let more = if joined && lane == 0 { plan.lanes[1].nodes.as_slice() } else { &[] };
        let nodes = if joined && lane == 1 { &[] } else { nodes.nodes.as_slice() };
        let nodes = nodes.iter().chain(more).filter(|&&node| !(joined && node == 1));
        let nodes = nodes.map(|&first| node(plan, typed, first, joined));
        let node = nodes.reduce(|before, next| code!(::fusewire::__private::Pair(#before, #next)))?;
        let context = local("context", lane);
        Some(code!((#context, #node)))
    });
    let mut groups: Vec<_> = groups.collect();
    let home = groups.remove(0);
    let list = |groups: Vec<TokenStream>| {
        groups.into_iter().rev().fold(code!(()), |rest, group| code!((#group, #rest)))
    };
    if joined {
        let rest = list(groups);
        out.extend(code!(::fusewire::__private::place_joined(__launch, #home, #rest);));
        return out;
    }
    let rest = list(groups.split_off(groups.len().min(1)));
    let first = list(groups);
    out.extend(code!(::fusewire::__private::place(__launch, #home, #first, #rest);));
    out
}

/// The node that begins with segment `first`.
fn node(plan: &Plan<'_>, typed: &Typed<'_>, first: usize, joined: bool) -> TokenStream {
    let tail = tail(plan, typed, first, joined, true);
    let input = if first == 0 {
        let source = &typed.source;
        if plan.handles_source_errors() {
            code!(::fusewire::__private::FallibleSourceInput::new(#source))
        } else {
            let fail = fail(plan, typed, 0);
            code!(::fusewire::__private::SourceInput::new(#source, #fail))
        }
    } else {
        let receiver = local("receiver", first - 1);
        code!(::fusewire::__private::EdgeInput::new(#receiver))
    };
    code!(::fusewire::__private::Line::new(#input, #tail))
}

/// Segment `index` and everything behind it up to the next hop; `every` if every value that came
/// into the node comes this far.
fn tail(plan: &Plan<'_>, typed: &Typed<'_>, index: usize, joined: bool, every: bool) -> TokenStream {
    let straight = flow::is_straight(plan, index);
    let every = every && straight;
    let (body, rest) = (local("segment", index), local("rest", index));
    let tuple = &typed.segments[index].tuple;
    let next = match &plan.segments[index].joint {
        None if every => code!(::fusewire::__private::EveryEndTail),
        None => code!(::fusewire::__private::EndTail),
        Some(Joint::Hop { .. }) if joined && index == 0 => tail(plan, typed, 1, joined, every),
        Some(Joint::Hop { .. }) => {
            let sender = local("sender", index);
            code!(::fusewire::__private::PushTail::new(#sender))
        }
        Some(Joint::Wait { .. }) => {
            let stage = local("joint", index);
            let end = &typed.segments[index].end;
            let behind = tail(plan, typed, index + 1, joined, false);
            code!(::fusewire::__private::wait_tail(#end, #stage, #behind))
        }
    };
    if typed.segments[index].kernels.is_some() {
        let opened = kernels::opened(index);
        return code!(#opened.tail(#tuple, #body, #next));
    }
    if straight {
        return code!(::fusewire::__private::StraightTail::new(#tuple, #body, #next));
    }
    let fail = if plan.segments[index].carries {
        code!(::fusewire::__private::never)
    } else {
        fail(plan, typed, index + 1)
    };
    code!(::fusewire::__private::SegmentTail::new(#tuple, #body, #rest, #next, #fail))
}

/// What is reported of an error that has passed the segments before `from`.
fn fail(plan: &Plan<'_>, typed: &Typed<'_>, from: usize) -> TokenStream {
    let turns = machine::turns_out(plan, typed, from);
    code!(move |__e| { #turns __tell.report(__e) })
}
