//! `run`: the nodes of each lane, the edges between them, and where they are placed.

use proc_macro2::{Ident, TokenStream};

use super::flow;
use super::kernels;
use super::machine;
use super::typed::{Typed, junction};
use super::{local, located};
use crate::catalogue::SourceKind;
use crate::lower::{EdgeKind, Fan, Joint, Plan};

/// The closure that launches the graph.
pub(crate) fn launch(plan: &Plan<'_>, typed: &Typed<'_>) -> TokenStream {
    let mut names = vec![typed.source.clone()];
    names.extend(parts(plan, 0));
    let lanes = Lanes { plan, typed, joined: false };
    let arms = lanes.arms();
    let opened: TokenStream =
        (0..plan.segments.len()).map(|index| kernels::open(plan, typed, index)).collect();
    let contexts = lanes.contexts();
    let body = if may_start_at_first_hop(plan) {
        let source = &typed.source;
        let first = local("context", 1);
        let joined = Lanes { joined: true, ..lanes }.placed();
        let apart = lanes.placed();
        code! {
            if ::fusewire::__private::is_home(&#source, &#first) { #joined } else { #apart }
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
            #contexts
            #body
            ::core::result::Result::Ok(())
        }
    }
}

/// The names of a line's parts inside the closure: as in the statements, where each has one.
fn parts(plan: &Plan<'_>, line: usize) -> Vec<Ident> {
    let mut names = Vec::new();
    for &index in &plan.lines[line].segments {
        names.push(local("stages", index));
        if plan.segments[index].joint.is_some() {
            names.push(local("joint", index));
        }
    }
    names
}

/// What the slots of an edge hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Carried {
    Values,
    /// Values or errors that are handled behind the edge.
    Results,
    /// Values, and passes that ended without one.
    Marked,
    /// All three.
    MarkedResults,
    /// The arm that a pass of a route went through.
    Ways,
}

/// What edge number `edge` carries.
pub(crate) fn carried(plan: &Plan<'_>, edge: usize) -> Carried {
    let from = &plan.segments[plan.edges[edge].from];
    match plan.edges[edge].kind {
        EdgeKind::Ways => Carried::Ways,
        // Where arms meet, all of them give results, also those that cannot fail.
        kind => match (from.marked.1, from.carries || matches!(kind, EdgeKind::End { .. })) {
            (false, false) => Carried::Values,
            (false, true) => Carried::Results,
            (true, false) => Carried::Marked,
            (true, true) => Carried::MarkedResults,
        },
    }
}

/// The segment in front of the hop that edge number `edge` is made for, if a hop is written.
pub(crate) fn hop_of(plan: &Plan<'_>, edge: usize) -> Option<usize> {
    let edge = &plan.edges[edge];
    match edge.kind {
        EdgeKind::Hop => Some(edge.from),
        EdgeKind::Ways | EdgeKind::End { .. } => match &plan.segments[edge.to].joint {
            Some(Joint::Hop { edge: None, .. }) => Some(edge.to),
            _ => None,
        },
    }
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
    /// Takes the parts of every arm apart.
    fn arms(&self) -> TokenStream {
        let mut out = TokenStream::new();
        for (index, segment) in self.plan.segments.iter().enumerate() {
            let Some(Joint::Fan(fan)) = &segment.joint else { continue };
            let (joint, span) = (local("joint", index), fan.operation.span());
            let names: Vec<_> = fan.arms.iter().map(|&arm| local("arm", arm)).collect();
            out.extend(code!(let (#(#names,)*) = #joint;));
            for (&arm, name) in fan.arms.iter().zip(&names) {
                let parts = parts(self.plan, arm);
                out.extend(located(code!(let (#(#parts,)*) = #name.into_parts();), span));
            }
        }
        out
    }

    fn contexts(&self) -> TokenStream {
        let (source, home) = (&self.typed.source, local("context", 0));
        let mut out = code!(let #home = ::fusewire::__private::home(&#source, __launch););
        for (lane, planned) in self.plan.lanes.iter().enumerate() {
            let Some(hop) = planned.hop else { continue };
            let (context, joint) = (local("context", lane), local("joint", hop));
            let first = self.plan.segments[hop].next;
            out.extend(match first.filter(|&first| self.typed.segments[first].kernels.is_some()) {
                Some(first) => {
                    let opened = kernels::opened(first);
                    code!(let #context = ::core::clone::Clone::clone(#opened.context());)
                }
                None => code!(let #context = ::fusewire::__private::context_of(&#joint);),
            });
        }
        out
    }

    /// Edges, nodes and lanes.
    fn placed(&self) -> TokenStream {
        let mut out = TokenStream::new();
        for number in 0..self.plan.edges.len() {
            out.extend(self.edge(number));
        }
        // Of a joined graph, what comes back to the context of the first hop comes back to the source.
        let (lanes, joined) = (&self.plan.lanes, self.joined);
        let groups = lanes.iter().enumerate().filter_map(|(lane, planned)| {
            let more = if joined && lane == 0 { lanes[1].nodes.as_slice() } else { &[] };
            let nodes = if joined && lane == 1 { &[] } else { planned.nodes.as_slice() };
            let nodes = nodes.iter().chain(more).filter(|&&node| !(joined && node == 1));
            let nodes = nodes.map(|&first| self.node(first));
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

    fn edge(&self, number: usize) -> TokenStream {
        let edge = &self.plan.edges[number];
        if self.joined && edge.kind == EdgeKind::Hop && edge.from == 0 {
            return TokenStream::new();
        }
        let (sender, receiver) = (local("sender", number), local("receiver", number));
        let end = &self.typed.segments[edge.from].end;
        let from = local("context", self.plan.segments[edge.from].lane);
        let to = local("context", self.plan.segments[edge.to].lane);
        let hop = match hop_of(self.plan, number) {
            Some(segment) => {
                let hop = local("joint", segment);
                code!(&#hop)
            }
            None => code!(&::fusewire::__private::to_the_join()),
        };
        let made = match carried(self.plan, number) {
            Carried::Values => code!(edge(__launch, #number, #end, #hop, &#from, &#to)),
            Carried::Results => code!(edge_of_results(__launch, #number, #end, #hop, &#from, &#to)),
            Carried::Marked => code!(edge_of_marked(__launch, #number, #end, #hop, &#from, &#to)),
            Carried::MarkedResults => {
                code!(edge_of_marked_results(__launch, #number, #end, #hop, &#from, &#to))
            }
            Carried::Ways => code!(edge_of_ways(__launch, #number, #hop, &#from, &#to)),
        };
        let in_arm = self.plan.lines[self.plan.segments[edge.from].line].arm.is_some();
        let checked = match hop_of(self.plan, number) {
            Some(_) if in_arm => code!(::fusewire::__private::keeps_every_value(#hop)?;),
            _ => code!(),
        };
        let span = edge.operation.span();
        located(code!(#checked let (#sender, #receiver) = ::fusewire::__private::#made?;), span)
    }

    /// The node that begins with segment `first`.
    fn node(&self, first: usize) -> TokenStream {
        let plan = self.plan;
        if let Some((before, fan)) = plan.meets(first) {
            return self.meeting(first, before, fan);
        }
        let tail = self.tail(first, true);
        let Some(before) = plan.segments[first].before else {
            let source = &self.typed.source;
            let input = if plan.handles_source_errors() {
                code!(::fusewire::__private::FallibleSourceInput::new(#source))
            } else {
                let fail = self.told(machine::turns_of_source(self.plan, self.typed));
                code!(::fusewire::__private::SourceInput::new(#source, #fail))
            };
            return code!(::fusewire::__private::Line::new(#input, #tail));
        };
        let Some(Joint::Hop { edge: Some(edge), .. }) = &plan.segments[before].joint else {
            unreachable!("a node begins with a source, an edge, or where arms meet")
        };
        let receiver = local("receiver", *edge);
        let tail = if plan.segments[first].marked.0 {
            code!(::fusewire::__private::MarkedTail::new(#tail))
        } else {
            tail
        };
        code!(::fusewire::__private::Line::new(::fusewire::__private::EdgeInput::new(#receiver), #tail))
    }

    /// The node that begins with segment `first`, where the arms of `fan` meet.
    fn meeting(&self, first: usize, before: usize, fan: &Fan<'_>) -> TokenStream {
        let arms = fan.arms.iter().map(|&arm| &self.plan.lines[arm]);
        let every = arms.into_iter().all(|arm| !arm.marked && !arm.fails);
        let tail = self.tail(first, every);
        let edge = |&end: &usize| {
            let receiver = local("receiver", end);
            code!(::fusewire::__private::ArmEdge::new(#receiver))
        };
        let mut ends = fan.ends.iter().map(edge);
        let edges = match &fan.ways {
            Some(ways) => {
                let ways = edge(ways);
                code!(::fusewire::__private::Merged::new(#ways, #(#ends),*))
            }
            None => {
                let last = ends.next_back();
                let last = code!(#last);
                ends.rev().fold(last, |rest, edge| code!((#edge, #rest)))
            }
        };
        let Some(joint) = &self.typed.segments[before].joint else { unreachable!("arms meet behind a fan") };
        let junction = junction(&joint.stage);
        let input = code!(::fusewire::__private::ZipInput::<_, false>::new(#edges));
        let tail = if self.plan.segments[before].carries {
            code!(::fusewire::__private::MeetCarryingTail::new(#junction, #tail))
        } else {
            let fail = self.fail_behind_joint(before);
            code!(::fusewire::__private::MeetTail::new(#junction, #tail, #fail))
        };
        located(code!(::fusewire::__private::Line::new(#input, #tail)), fan.operation.span())
    }

    /// Segment `index` and everything behind it up to the next edge; `every` if every value that
    /// came into the node comes this far.
    fn tail(&self, index: usize, every: bool) -> TokenStream {
        let segment = &self.plan.segments[index];
        let straight = flow::is_straight(self.plan, index);
        let every = every && straight;
        let (body, rest) = (local("segment", index), local("rest", index));
        let tuple = &self.typed.segments[index].tuple;
        let behind = |every| segment.next.map(|next| self.tail(next, every)).unwrap_or_default();
        let next = match &segment.joint {
            None => self.end(index, every),
            Some(Joint::Hop { .. }) if self.joined && index == 0 => behind(every),
            Some(Joint::Hop { edge, .. }) => self.push(edge.unwrap_or_default()),
            Some(Joint::Wait { .. }) => {
                let (stage, end) = (local("joint", index), &self.typed.segments[index].end);
                let behind = behind(false);
                code!(::fusewire::__private::wait_tail(#end, #stage, #behind))
            }
            Some(Joint::Fan(fan)) => self.fan(index, fan),
        };
        if self.typed.segments[index].kernels.is_some() {
            let opened = kernels::opened(index);
            return code!(#opened.tail(#tuple, #body, #next));
        }
        if straight {
            return code!(::fusewire::__private::StraightTail::new(#tuple, #body, #next));
        }
        let fail = self.fail_behind(index);
        code!(::fusewire::__private::SegmentTail::new(#tuple, #body, #rest, #next, #fail))
    }

    /// What is reported of an error that leaves segment `index`.
    fn fail_behind(&self, index: usize) -> TokenStream {
        let segment = &self.plan.segments[index];
        // Else a later stage handles it, or it is one of an arm in which nothing fails.
        if segment.carries || segment.line != 0 {
            return code!(::fusewire::__private::never);
        }
        self.told(machine::turns_out(self.plan, self.typed, index))
    }

    /// What is reported of an error that comes out of the arms behind segment `index`.
    fn fail_behind_joint(&self, index: usize) -> TokenStream {
        if self.plan.segments[index].line != 0 {
            return code!(::fusewire::__private::never);
        }
        self.told(machine::turns_out_of_fan(self.plan, self.typed, index))
    }

    fn told(&self, turns: TokenStream) -> TokenStream {
        code!(move |__e| { #turns __tell.report(__e) })
    }

    /// What follows the last segment of a line.
    fn end(&self, index: usize, every: bool) -> TokenStream {
        let ends =
            |edge: &crate::lower::Edge<'_>| edge.from == index && matches!(edge.kind, EdgeKind::End { .. });
        match self.plan.edges.iter().position(ends) {
            Some(edge) => {
                let (push, end) = (self.push(edge), &self.typed.segments[index].end);
                if self.plan.segments[index].carries {
                    push
                } else {
                    code!(::fusewire::__private::fine_tail(#end, #push))
                }
            }
            None if every => code!(::fusewire::__private::EveryEndTail),
            None => code!(::fusewire::__private::EndTail),
        }
    }

    fn push(&self, edge: usize) -> TokenStream {
        let sender = local("sender", edge);
        let push = code!(::fusewire::__private::PushTail::new(#sender));
        match carried(self.plan, edge) {
            Carried::Marked | Carried::MarkedResults => code!(::fusewire::__private::MarkTail::new(#push)),
            _ => push,
        }
    }

    /// The arms behind segment `index`.
    fn fan(&self, index: usize, fan: &Fan<'_>) -> TokenStream {
        let marks = self.plan.segments[index].marked.1;
        let first = |&arm: &usize| match self.plan.lines[arm].segments.first() {
            Some(&first) => self.tail(first, false),
            None => unreachable!("a line has a segment"),
        };
        let mut arms: Vec<_> = fan.arms.iter().map(first).collect();
        let tail = match fan.ways {
            Some(ways) => {
                let ways = self.push(ways);
                code!(::fusewire::__private::RouteTail::<_, _, _, #marks>::new(#ways, #(#arms),*))
            }
            None => {
                let Some(joint) = &self.typed.segments[index].joint else {
                    unreachable!("the fan was named")
                };
                let way = &joint.stage;
                let last = arms.pop().unwrap_or_default();
                arms.into_iter().rev().fold(last, |rest, arm| {
                    code!(::fusewire::__private::FanTail::<_, _, _, #marks>::new(#way, #arm, #rest))
                })
            }
        };
        let tail = if self.plan.segments[index].carries {
            code!(::fusewire::__private::SureTail::new(#tail))
        } else {
            tail
        };
        located(tail, fan.operation.span())
    }
}
