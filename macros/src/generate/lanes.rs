//! `run`: the nodes of each lane, the edges between them, and where they are placed.

use proc_macro2::{Ident, TokenStream};

use super::kernels;
use super::local;
use super::located;
use super::typed::Typed;
use crate::catalogue::{self, SourceKind};
use crate::lower::{Joint, Line, Origin, Plan, Segment};

mod edges;
mod nodes;
mod tails;

pub(crate) use edges::{Carried, carried, hop_of};

/// The closure that launches the graph.
pub(crate) fn launch(plan: &Plan<'_>, typed: &Typed<'_>) -> TokenStream {
    let names = parts(plan, typed, 0);
    let lanes = Lanes { plan, typed, joined: false };
    let arms = unpacked(plan, 0, &|line, name| {
        let parts = parts(plan, typed, line);
        code!(let (#(#parts,)*) = #name.into_parts();)
    });
    let opened: TokenStream =
        (0..plan.segments.len()).map(|index| kernels::open(plan, typed, index)).collect();
    let contexts = lanes.contexts();
    let parted = parted(plan, typed);
    let control = if lanes.holds_operations() {
        code!(let __control = ::std::sync::Arc::clone(__launch.control());)
    } else {
        code!()
    };
    let body = if may_start_at_first_hop(plan) {
        let source = typed.source(plan.lanes[0].source.unwrap_or_default());
        let first = local("context", 1);
        let joined = Lanes { joined: true, ..lanes }.placed();
        let apart = lanes.placed();
        code! {
            if ::fusewire::__private::is_home(&#source, #first, __launch) { #joined } else { #apart }
        }
    } else {
        lanes.placed()
    };
    code! {
        #[allow(unused_variables, clippy::all, reason = "not every graph hops")]
        move |__parts, __launch: &mut ::fusewire::__private::Launch<'_>, __tell| {
            let (#(#names,)*) = __parts;
            #arms
            #opened
            #parted
            #contexts
            #control
            #body
            ::core::result::Result::Ok(())
        }
    }
}

/// Statements that give the sources that are merged, and live on other contexts than the first of them, lanes of their own.
fn parted(plan: &Plan<'_>, typed: &Typed<'_>) -> TokenStream {
    let merges = |line: &Line<'_>| match &line.origin {
        Origin::Source(feed) => {
            feed.source.kind != SourceKind::Opaque && catalogue::merges(&feed.source.name)
        }
        Origin::Arm(_) | Origin::Join(_) => false,
    };
    let merging = plan.lines.iter().enumerate().filter(|(_, line)| merges(line));
    let part = |(line, _)| {
        let source = typed.source(line);
        let drawn = typed.lines[line].drawn;
        code!(let #source = ::fusewire::__private::parted(#source, __launch, #drawn)?;)
    };
    merging.map(part).collect()
}

/// The names of a line's parts inside the closure: as in the statements, where each has one.
fn parts(plan: &Plan<'_>, typed: &Typed<'_>, line: usize) -> Vec<Ident> {
    let mut names = Vec::new();
    names.extend(typed.lines[line].origin.clone());
    for &index in &plan.lines[line].segments {
        names.push(local("stages", index));
        if plan.segments[index].joint.is_some() {
            names.push(local("joint", index));
        }
    }
    names
}

/// Statements that take apart what is inside of a line's parts, `open` each line.
pub(crate) fn unpacked(
    plan: &Plan<'_>,
    line: usize,
    open: &impl Fn(usize, &Ident) -> TokenStream,
) -> TokenStream {
    let mut out = TokenStream::new();
    let mut unpack = |name: &Ident, lines: &[usize], span| {
        let names: Vec<_> = lines.iter().map(|&line| local("arm", line)).collect();
        out.extend(code!(let (#(#names,)*) = #name;));
        for (&line, name) in lines.iter().zip(&names) {
            out.extend(located(open(line, name), span));
            out.extend(unpacked(plan, line, open));
        }
    };
    if let Origin::Join(meeting) = &plan.lines[line].origin {
        let name = local("joined", line);
        unpack(&name, &[meeting.left, meeting.right], meeting.operation.span());
    }
    for &index in &plan.lines[line].segments {
        if let Some(Joint::Fan(fan)) = &plan.segments[index].joint {
            unpack(&local("joint", index), &fan.arms, fan.operation.span());
        }
    }
    out
}

/// A source that may live on the context of the first hop, which then vanishes at launch.
pub(crate) fn may_start_at_first_hop(plan: &Plan<'_>) -> bool {
    plan.source.kind != SourceKind::Ready && matches!(plan.segments[0].joint, Some(Joint::Hop { .. }))
}

struct Lanes<'l, 'g> {
    plan: &'l Plan<'g>,
    typed: &'l Typed<'g>,
    /// Whether the first hop leads to where the source lives.
    joined: bool,
}

impl Lanes<'_, '_> {
    /// Whether operations are under way inside of lanes, which are stopped with the graph.
    fn holds_operations(&self) -> bool {
        let opaque = |line: &Line<'_>| matches!(&line.origin, Origin::Source(feed) if feed.source.kind == SourceKind::Opaque);
        let waits = |segment: &Segment<'_>| matches!(segment.joint, Some(Joint::Wait { .. }));
        self.plan.lines.iter().any(opaque) || self.plan.segments.iter().any(waits)
    }

    fn contexts(&self) -> TokenStream {
        let mut out = TokenStream::new();
        for (lane, planned) in self.plan.lanes.iter().enumerate() {
            let context = local("context", lane);
            if let Some(line) = planned.source {
                let source = self.typed.source(line);
                out.extend(code!(let #context = ::fusewire::__private::home(&#source, __launch);));
            }
            let Some(hop) = planned.hop else { continue };
            let joint = local("joint", hop);
            let first = self.plan.segments[hop].next;
            out.extend(match first.filter(|&first| self.typed.segments[first].kernels.is_some()) {
                Some(first) => {
                    let opened = kernels::opened(first);
                    code!(let #context = ::fusewire::__private::context_at(#opened.context(), __launch);)
                }
                None => code!(let #context = ::fusewire::__private::context_of(&#joint, __launch);),
            });
        }
        out
    }

    /// Edges, nodes and lanes.
    fn placed(&self) -> TokenStream {
        let mut out = self.joinings();
        for number in 0..self.plan.edges.len() {
            out.extend(self.edge(number));
        }
        for index in 0..self.plan.segments.len() {
            out.extend(self.shards(index));
        }
        // Of a joined graph, what comes back to the context of the first hop comes back to the source.
        let (lanes, joined) = (&self.plan.lanes, self.joined);
        let groups = lanes.iter().enumerate().filter_map(|(lane, planned)| {
            let more = if joined && lane == 0 { lanes[1].nodes.as_slice() } else { &[] };
            let nodes = if joined && lane == 1 { &[] } else { planned.nodes.as_slice() };
            let nodes = nodes.iter().chain(more).filter(|&&node| !(joined && node == 1));
            let nodes = nodes.map(|&first| self.node(first));
            let node =
                nodes.reduce(|before, next| code!(::fusewire::__private::Pair::new(#before, #next)))?;
            Some((local("context", lane), node))
        });
        let mut groups: Vec<_> = groups.collect();
        let (home, source) = groups.remove(0);
        let lane = |(context, node): (Ident, TokenStream)| code!(::fusewire::__private::lane(__launch, #context, #node););
        // The first hop's, which runs nothing else, and of a joined graph all.
        let alone = if joined { groups.len() } else { groups.len().min(1) };
        out.extend(groups.drain(..alone).map(lane));
        if groups.is_empty() {
            out.extend(lane((home, source)));
        } else {
            let rest = groups.into_iter().rev();
            let rest = rest.fold(code!(()), |rest, (context, node)| code!(((#context, #node), #rest)));
            out.extend(code!(::fusewire::__private::lanes(__launch, #home, #source, #rest);));
        }
        out
    }
}
