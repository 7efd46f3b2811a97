//! `run`: the nodes of each lane, the edges between them, and where they are placed.

use proc_macro2::{Ident, TokenStream};

use super::flow;
use super::kernels;
use super::machine;
use super::typed::{Typed, junction};
use super::{local, located};
use crate::catalogue::{self, Combinator, SourceKind};
use crate::lower::{EdgeKind, Fan, Joint, Line, Meeting, Origin, Plan, Segment};

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
        code!(let #source = ::fusewire::__private::parted(#source, __launch)?;)
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
    /// Errors that go past arms.
    Past,
}

/// What edge number `edge` carries.
pub(crate) fn carried(plan: &Plan<'_>, edge: usize) -> Carried {
    let from = &plan.segments[plan.edges[edge].from];
    match plan.edges[edge].kind {
        EdgeKind::Ways => Carried::Ways,
        EdgeKind::Past => Carried::Past,
        // Where lines meet, all of them give results, also those that cannot fail.
        kind => match (from.marked.1, from.carries || kind != EdgeKind::Hop) {
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
        EdgeKind::Side => None,
        EdgeKind::Ways | EdgeKind::Past | EdgeKind::End { .. } => match &plan.segments[edge.to].joint {
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

    /// What the sources of each join share, the outer before the inner.
    fn joinings(&self) -> TokenStream {
        let lines = self.plan.lines.iter().enumerate();
        let joinings = lines.filter_map(|(line, planned)| {
            let Origin::Join(_) = planned.origin else { return None };
            let outer = match self.plan.joins(line) {
                Some((outer, _)) => {
                    let outer = local("joining", outer);
                    code!(::core::option::Option::Some(&#outer))
                }
                None => code!(::core::option::Option::None),
            };
            let (joining, homes) = (local("joining", line), self.homes(line));
            Some(code!(let #joining = ::fusewire::__private::joining(__launch, #outer, &[#(#homes),*]);))
        });
        joinings.collect()
    }

    /// The contexts of all sources that lead into a line.
    fn homes(&self, line: usize) -> Vec<Ident> {
        let line = &self.plan.lines[line];
        match &line.origin {
            Origin::Join(meeting) => [self.homes(meeting.left), self.homes(meeting.right)].concat(),
            _ => {
                let first = line.segments.first().map(|&first| self.plan.segments[first].lane);
                first.map(|lane| local("context", lane)).into_iter().collect()
            }
        }
    }

    /// The lanes of the shards behind segment `index`, if there are any.
    fn shards(&self, index: usize) -> Option<TokenStream> {
        let operation = self.plan.shards(index)?;
        let (from, to) = (&self.plan.segments[index], self.plan.segments[index].next?);
        let from = local("context", from.lane);
        let to = local("context", self.plan.segments[to].lane);
        let (front, shards, stage) = (local("front", index), local("shards", index), local("joint", index));
        let end = &self.typed.segments[index].end;
        let make = match operation.combinator {
            Combinator::ShardUnordered => code!(shards_unordered),
            _ => code!(shards),
        };
        let made = code! {
            let (#front, #shards) =
                ::fusewire::__private::#make(__launch, &__control, #end, #stage, #from, #to)?;
        };
        Some(located(made, operation.span()))
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
            Carried::Values => code!(edge(__launch, #number, #end, #hop, #from, #to)),
            Carried::Results => code!(edge_of_results(__launch, #number, #end, #hop, #from, #to)),
            Carried::Marked => code!(edge_of_marked(__launch, #number, #end, #hop, #from, #to)),
            Carried::MarkedResults => {
                code!(edge_of_marked_results(__launch, #number, #end, #hop, #from, #to))
            }
            Carried::Ways => code!(edge_of_ways(__launch, #number, #hop, #from, #to)),
            Carried::Past => code!(edge_of_past(__launch, #number, #end, #hop, #from, #to)),
        };
        let side = self.plan.lines[self.plan.segments[edge.from].line].side;
        let checked = match hop_of(self.plan, number) {
            Some(_) if side => code!(::fusewire::__private::keeps_every_value(__launch, #number)?;),
            _ => code!(),
        };
        let span = edge.operation.span();
        located(code!(let (#sender, #receiver) = ::fusewire::__private::#made?; #checked), span)
    }

    /// The node that begins with segment `first`.
    fn node(&self, first: usize) -> TokenStream {
        let plan = self.plan;
        if let Some((before, fan)) = plan.meets(first) {
            return self.meeting(first, before, fan);
        }
        let tail = self.tail(first, true);
        let Some(before) = plan.segments[first].before else {
            return self.source(plan.segments[first].line, &tail);
        };
        if plan.shards(before).is_some() {
            let shards = local("shards", before);
            return code!(::fusewire::__private::Line::new(#shards, ::fusewire::__private::MarkedTail::new(#tail)));
        }
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

    /// The node that begins with the source of a line.
    fn source(&self, line: usize, tail: &TokenStream) -> TokenStream {
        let (planned, source) = (&self.plan.lines[line], self.typed.source(line));
        let Origin::Source(feed) = &planned.origin else { unreachable!("the line begins with a source") };
        let source = match machine::repeats(planned) {
            Some(repeats) => code!(::fusewire::__private::repeated_in_lane(#repeats, #source)),
            None => source,
        };
        let source = if feed.source.kind == SourceKind::Opaque {
            code!(::fusewire::__private::stopped_with(&__control, #source))
        } else {
            source
        };
        let fail = || match planned.side {
            true => code!(::fusewire::__private::never),
            false => self.told(machine::turns_of_origin(self.plan, self.typed)),
        };
        let input = if feed.source.kind == SourceKind::Opaque {
            let takes = match (planned.side, planned.handles) {
                (true, _) => code!(::fusewire::__private::Every),
                (false, true) => code!(::fusewire::__private::Results),
                (false, false) => {
                    let fail = fail();
                    code!(::fusewire::__private::Values(#fail))
                }
            };
            code!(::fusewire::__private::PassInput::new(#source, #takes))
        } else if planned.handles {
            code!(::fusewire::__private::FallibleSourceInput::new(#source))
        } else {
            let fail = fail();
            code!(::fusewire::__private::SourceInput::new(#source, #fail))
        };
        let Some((joined, _)) = self.plan.joins(line) else {
            return code!(::fusewire::__private::Line::new(#input, #tail));
        };
        let (joining, first) = (local("joining", joined), self.plan.lanes[0].source == Some(line));
        let first_segment = planned.segments.first().copied().unwrap_or_default();
        let tail = if self.plan.segments[first_segment].marked.0 {
            code!(::fusewire::__private::MarkedTail::new(#tail))
        } else {
            tail.clone()
        };
        code! {
            ::fusewire::__private::Line::new(
                ::fusewire::__private::SideInput::<_, #first>::new(#input, #joining.clone()),
                #tail,
            )
        }
    }

    /// The node that begins with segment `first`, where the arms of `fan` meet.
    fn meeting(&self, first: usize, before: usize, fan: &Fan<'_>) -> TokenStream {
        let arms = fan.arms.iter().map(|&arm| &self.plan.lines[arm]);
        let every = fan.past.is_none() && arms.into_iter().all(|arm| !arm.marked && !arm.fails);
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
        let edges = match &fan.past {
            Some(past) => {
                let past = edge(past);
                code!(::fusewire::__private::Past::new(#past, #edges))
            }
            None => edges,
        };
        let input = code!(::fusewire::__private::ZipInput::new(#edges));
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
        let every = every && straight && flow::input(self.plan, index) == flow::Input::Value;
        let (body, rest) = (local("segment", index), local("rest", index));
        let tuple = &self.typed.segments[index].tuple;
        let behind = |every| segment.next.map(|next| self.tail(next, every)).unwrap_or_default();
        let next = match &segment.joint {
            None => self.end(index, every),
            Some(Joint::Hop { .. }) if self.joined && index == 0 => behind(every),
            Some(Joint::Hop { edge, .. }) => self.push(edge.unwrap_or_default()),
            Some(Joint::Wait { .. }) if self.plan.shards(index).is_some() => {
                let front = local("front", index);
                code!(#front)
            }
            Some(Joint::Wait { .. }) => {
                let (stage, end) = (local("joint", index), &self.typed.segments[index].end);
                let behind = behind(false);
                code!(::fusewire::__private::wait_tail(&__control, #end, #stage, #behind))
            }
            Some(Joint::Fan(fan)) => self.fan(index, fan, every),
        };
        if let Some(tail) = kernels::tail(self.plan, self.typed, index, &next) {
            return tail;
        }
        if straight {
            return code!(::fusewire::__private::StraightTail::new(#tuple, #body, #next));
        }
        let fail = self.fail_behind(index);
        let side = if self.is_before_a_join(segment.line) { code!(.side()) } else { code!() };
        code!(::fusewire::__private::SegmentTail::new(#tuple, #body, #rest, #next, #fail)#side)
    }

    /// What is reported of an error that leaves segment `index`.
    fn fail_behind(&self, index: usize) -> TokenStream {
        let segment = &self.plan.segments[index];
        // Else a later stage handles it, or it is one of an arm in which nothing fails.
        if segment.carries || self.plan.lines[segment.line].side {
            return code!(::fusewire::__private::never);
        }
        self.told(machine::turns_out(self.plan, self.typed, index))
    }

    /// What is reported of an error that comes out of the arms behind segment `index`.
    fn fail_behind_joint(&self, index: usize) -> TokenStream {
        if self.plan.lines[self.plan.segments[index].line].side {
            return code!(::fusewire::__private::never);
        }
        self.told(machine::turns_out_of_fan(self.plan, self.typed, index))
    }

    fn told(&self, turns: TokenStream) -> TokenStream {
        code!(move |__e| { #turns __tell.report(__e) })
    }

    /// Whether a line, or the one that it is an arm of, meets another source later.
    fn is_before_a_join(&self, line: usize) -> bool {
        let planned = &self.plan.lines[line];
        match &planned.origin {
            Origin::Source(_) | Origin::Join(_) => planned.side,
            Origin::Arm(_) => self.plan.segments.iter().any(|segment| match &segment.joint {
                Some(Joint::Fan(fan)) => fan.arms.contains(&line) && self.is_before_a_join(segment.line),
                _ => false,
            }),
        }
    }

    /// The passes of line `line` meet those of another source, in the same lane.
    fn join(&self, line: usize, meeting: &Meeting<'_>) -> TokenStream {
        let (receiver, stage) = (local("receiver", meeting.edge), &self.typed.lines[line].stage);
        let (planned, sides) = (&self.plan.lines[line], [meeting.left, meeting.right]);
        let every = sides.iter().all(|&side| !self.plan.lines[side].marked && !self.plan.lines[side].fails);
        let tail = match planned.segments.first() {
            Some(&first) => self.tail(first, every),
            None => unreachable!("a line has a segment"),
        };
        let junction = stage.as_ref().map(junction);
        let tail = if planned.handles {
            code!(::fusewire::__private::MeetCarryingTail::new(#junction, #tail))
        } else {
            let fail = if planned.side {
                code!(::fusewire::__private::never)
            } else {
                self.told(machine::turns_of_origin(self.plan, self.typed))
            };
            code!(::fusewire::__private::MeetTail::new(#junction, #tail, #fail))
        };
        let counts = !planned.side;
        let segments = &self.plan.lines[meeting.left].segments;
        let gathers = segments.iter().flat_map(|&index| &self.plan.segments[index].operations);
        let gathers = gathers.into_iter().any(|operation| operation.combinator == Combinator::Batch);
        let joining = local("joining", line);
        let tail = code! {
            ::fusewire::__private::JoinTail::<_, _, #counts, #gathers>::new(
                ::fusewire::__private::ArmEdge::new(#receiver), #tail, #joining.joined(),
            )
        };
        located(tail, meeting.operation.span())
    }

    /// What follows the last segment of a line.
    fn end(&self, index: usize, every: bool) -> TokenStream {
        let line = self.plan.segments[index].line;
        if let Some((joined, meeting)) = self.plan.joins(line)
            && meeting.left == line
        {
            let (join, end) = (self.join(joined, meeting), &self.typed.segments[index].end);
            return if self.plan.segments[index].carries {
                join
            } else {
                code!(::fusewire::__private::fine_tail(#end, #join))
            };
        }
        let ends = |edge: &crate::lower::Edge<'_>| {
            edge.from == index && matches!(edge.kind, EdgeKind::End { .. } | EdgeKind::Side)
        };
        match self.plan.edges.iter().position(ends) {
            Some(edge) => {
                let (push, end) = (self.push(edge), &self.typed.segments[index].end);
                if self.plan.segments[index].carries {
                    push
                } else {
                    code!(::fusewire::__private::fine_tail(#end, #push))
                }
            }
            None if line != 0 => code!(::fusewire::__private::ArmEndTail),
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

    /// The arms behind segment `index`, which end by themselves.
    fn broadcast(&self, index: usize, fan: &Fan<'_>, arms: Vec<TokenStream>, every: bool) -> TokenStream {
        let Some(joint) = &self.typed.segments[index].joint else { unreachable!("the fan was named") };
        let way = &joint.stage;
        let counts = self.plan.segments[index].line == 0;
        let (each, turns) = (counts && !every, counts && every);
        let mut arms = arms.into_iter().rev();
        let last = arms.next().unwrap_or_default();
        let (_, tail) = arms.enumerate().fold((0, last), |(_, rest), (at, arm)| {
            let outermost = at + 2 == fan.arms.len();
            let (each, turns) = (each && outermost, turns && outermost);
            let both =
                code!(::fusewire::__private::BroadcastTail::<_, _, _, #each, #turns>::new(#way, #arm, #rest));
            (at, both)
        });
        located(tail, fan.operation.span())
    }

    /// The arms behind segment `index`; `every` if every value that came into the node comes this far.
    fn fan(&self, index: usize, fan: &Fan<'_>, every: bool) -> TokenStream {
        let marks = self.plan.segments[index].marked.1;
        let first = |&arm: &usize| match self.plan.lines[arm].segments.first() {
            Some(&first) => self.tail(first, false),
            None => unreachable!("a line has a segment"),
        };
        let mut arms: Vec<_> = fan.arms.iter().map(first).collect();
        if fan.is_broadcast() {
            return self.broadcast(index, fan, arms, every);
        }
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
        let tail = match fan.past {
            Some(past) => {
                let past = self.push(past);
                code!(::fusewire::__private::PastTail::<_, _, #marks>::new(#past, #tail))
            }
            None if self.plan.segments[index].carries => code!(::fusewire::__private::SureTail::new(#tail)),
            None => tail,
        };
        located(tail, fan.operation.span())
    }
}
