//! Cuts the chain into segments, line by line.

use syn::Expr;

use super::traits::{apart, handles_errors, may_fail, may_skip, source_may_fail};
use super::{
    Edge, EdgeKind, Elided, Fan, Feed, Joint, Lane, Line, Meeting, Origin, Plan, Repeat, Segment,
    same_context,
};
use crate::catalogue::SourceKind;
use crate::check::{arms_of, fans, suspends};
use crate::model::{Graph, Kind, Operation, Source};
use crate::text::display;

pub(super) fn plan<'g>(graph: &'g Graph, name: &str) -> Plan<'g> {
    let mut plan = Plan {
        name: name.to_owned(),
        source: &graph.source,
        segments: Vec::new(),
        lines: Vec::new(),
        lanes: Vec::new(),
        edges: Vec::new(),
        elided: Vec::new(),
    };
    lay(&mut plan, &graph.source, &graph.operations, false, None);
    mark_carrying(&mut plan);
    plan
}

/// Lays the line of a chain, behind those that it begins with: its number, and the lane of its end.
///
/// What begins with a source that belongs to no context is put into the lane `on`.
fn lay<'g>(
    plan: &mut Plan<'g>,
    source: &'g Source,
    operations: &'g [Operation],
    side: bool,
    on: Option<usize>,
) -> (usize, usize) {
    let line = plan.lines.len();
    let (repeats, rest) = repeats(operations);
    let before = operations.len() - rest.len();
    let origin = Origin::Source(Feed { source, repeats });
    plan.lines.push(Line { origin, side, segments: Vec::new(), handles: false, marked: false, fails: false });
    let join = rest.iter().enumerate().rev().find_map(|(at, operation)| match &operation.kind {
        Kind::Join(other) if apart(source, &operations[..before + at], other) => Some((at, operation, other)),
        _ => None,
    });
    let Some((at, operation, other)) = join else {
        let lane = on.unwrap_or_else(|| {
            plan.lanes.push(Lane { context: None, hop: None, source: Some(line), nodes: Vec::new() });
            plan.lanes.len() - 1
        });
        let first = plan.segments.len();
        plan.lanes[lane].nodes.push(first);
        let fails = source_may_fail(source) || operations[..before].iter().any(may_fail);
        // Only a sender that cannot be looked into filters before the line begins.
        let marks = match (side, source.kind == SourceKind::Opaque) {
            (false, _) => Marks::Missed,
            (true, false) => Marks::None,
            (true, true) => Marks::Some,
        };
        return (line, Cutter::new(plan, line, lane, marks, fails).line(rest));
    };
    let (left, lane) = lay(plan, source, &operations[..before + at], true, on);
    let ready = other.source.kind == SourceKind::Ready;
    let (right, _) = lay(plan, &other.source, &other.operations, true, ready.then_some(lane));
    let edge = plan.edges.len();
    let from = plan.lines[right].segments.last().copied().unwrap_or_default();
    let (to, context) = (plan.segments.len(), plan.context(lane));
    plan.edges.push(Edge { from, to, operation, context, kind: EdgeKind::Side });
    plan.lines[line].origin = Origin::Join(Meeting { operation, left, right, edge });
    let sides = [left, right].map(|side| &plan.lines[side]);
    let fails = sides.iter().any(|side| side.fails);
    let marks = match (side, sides.iter().any(|side| side.marked)) {
        (false, _) => Marks::Missed,
        (true, false) => Marks::None,
        (true, true) => Marks::Some,
    };
    (line, Cutter::new(plan, line, lane, marks, fails).line(&rest[at + 1..]))
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

/// What becomes of passes without a value on a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Marks {
    /// They are gone, and nobody misses them.
    Missed,
    /// They go on to the end of the line; none has come so far.
    None,
    /// They go on to the end of the line, and some may have come.
    Some,
}

/// Cuts one line.
struct Cutter<'p, 'g> {
    plan: &'p mut Plan<'g>,
    line: usize,
    lane: usize,
    marks: Marks,
    /// Whether a pass may have failed so far.
    fails: bool,
    gathered: Vec<&'g Operation>,
    /// The last segment of the line so far.
    before: Option<usize>,
}

impl<'p, 'g> Cutter<'p, 'g> {
    fn new(plan: &'p mut Plan<'g>, line: usize, lane: usize, marks: Marks, fails: bool) -> Self {
        Self { plan, line, lane, marks, fails, gathered: Vec::new(), before: None }
    }

    /// Cuts the line; the lane of its end.
    fn line(mut self, operations: &'g [Operation]) -> usize {
        for (at, operation) in operations.iter().enumerate() {
            if !suspends(operation) {
                self.gathered.push(operation);
                continue;
            }
            let later = &operations[at + 1..];
            match &operation.kind {
                Kind::Hop { on, context } => self.hop(operation, on, context),
                _ if fans(operation) && self.has_room_for(operation) => self.fan(operation, later),
                _ => {
                    let from = self.end_segment(Some(Joint::Wait { operation }));
                    self.passes_through(operation);
                    if self.plan.shards(from).is_some() {
                        let meet = self.plan.segments.len();
                        self.plan.lanes[self.lane].nodes.push(meet);
                    }
                }
            }
        }
        self.end_segment(None);
        let line = &mut self.plan.lines[self.line];
        line.marked = self.marks == Marks::Some;
        line.fails = self.fails;
        self.lane
    }

    /// Whether a fan can be cut here: arms that end by themselves end the line, which leads nowhere else.
    fn has_room_for(&self, operation: &Operation) -> bool {
        !(operation.combinator.is_broadcast() && self.plan.lines[self.line].side)
    }

    /// Whether a pass may come here that has failed, and is to go on to a later operation.
    fn carries_an_error(&self, later: &[Operation]) -> bool {
        let handled = self.plan.lines[self.line].side || later.iter().any(handles_errors);
        handled && (self.fails || self.gathered.iter().any(|operation| may_fail(operation)))
    }

    /// Notes what may become of a pass in `operation`.
    fn passes_through(&mut self, operation: &Operation) {
        self.fails |= may_fail(operation);
        if self.marks == Marks::None && may_skip(operation) {
            self.marks = Marks::Some;
        }
    }

    /// Ends the segment that was gathered; its number.
    fn end_segment(&mut self, joint: Option<Joint<'g>>) -> usize {
        let marked = self.marks == Marks::Some;
        let operations = std::mem::take(&mut self.gathered);
        for operation in &operations {
            self.passes_through(operation);
        }
        let index = self.plan.segments.len();
        if let Some(before) = self.before {
            self.plan.segments[before].next = Some(index);
        }
        self.plan.segments.push(Segment {
            operations,
            joint,
            lane: self.lane,
            line: self.line,
            before: self.before,
            next: None,
            carries: false,
            marked: (marked, self.marks == Marks::Some),
        });
        self.plan.lines[self.line].segments.push(index);
        self.before = Some(index);
        index
    }

    fn hop(&mut self, operation: &'g Operation, on: &'g Expr, context: &'g Expr) {
        if self.is_here(context) {
            let segment = self.plan.segments.len();
            self.plan.elided.push(Elided { operation, context, segment });
            return;
        }
        // Where arms meet at a hop, they have brought the pass there.
        let met = self.gathered.is_empty()
            && self.before.is_some_and(|before| {
                matches!(&self.plan.segments[before].joint, Some(Joint::Fan(fan)) if fan.meets_at_hop)
            });
        let edge = (!met).then_some(self.plan.edges.len());
        let from = self.end_segment(Some(Joint::Hop { operation, on, context, edge }));
        let to = self.plan.segments.len();
        if !met {
            let context = display(context);
            self.plan.edges.push(Edge { from, to, operation, context, kind: EdgeKind::Hop });
        }
        self.lane = self.lane_on(context, from);
        if met {
            self.plan.segments[from].lane = self.lane;
        }
        self.plan.lanes[self.lane].nodes.push(to);
    }

    fn is_here(&self, context: &Expr) -> bool {
        self.plan.lanes[self.lane].context.is_some_and(|here| same_context(here, context))
    }

    /// The lane on `context`, which the hop behind `segment` leads to.
    fn lane_on(&mut self, context: &'g Expr, segment: usize) -> usize {
        let lanes = &mut self.plan.lanes;
        let known =
            lanes.iter().position(|lane| lane.context.is_some_and(|here| same_context(here, context)));
        known.unwrap_or_else(|| {
            lanes.push(Lane { context: Some(context), hop: Some(segment), source: None, nodes: Vec::new() });
            lanes.len() - 1
        })
    }

    fn fan(&mut self, operation: &'g Operation, later: &'g [Operation]) {
        let carries_an_error = self.carries_an_error(later);
        let from = self.end_segment(None);
        let meets = !operation.combinator.is_broadcast();
        let marks = match self.marks {
            _ if !meets => Marks::Missed,
            Marks::Some => Marks::Some,
            Marks::Missed | Marks::None => Marks::None,
        };
        let mut arms = Vec::new();
        for arm in arms_of(operation) {
            let line = self.plan.lines.len();
            self.plan.lines.push(Line {
                origin: Origin::Arm(arm),
                side: meets,
                segments: Vec::new(),
                handles: false,
                marked: false,
                fails: false,
            });
            Cutter::new(self.plan, line, self.lane, marks, false).line(arm.operations());
            arms.push(line);
        }
        if !meets {
            let fan = Fan { operation, arms, ends: Vec::new(), ways: None, past: None, meets_at_hop: false };
            self.plan.segments[from].joint = Some(Joint::Fan(fan));
            return;
        }
        let meet = self.plan.segments.len();
        let hop = later.first().and_then(|next| match &next.kind {
            Kind::Hop { context, .. } if !self.is_here(context) => Some(display(context)),
            _ => None,
        });
        let meets_at_hop = hop.is_some();
        let context = hop.unwrap_or_else(|| self.plan.context(self.lane));
        let edge = |plan: &mut Plan<'g>, from, kind| {
            plan.edges.push(Edge { from, to: meet, operation, context: context.clone(), kind });
            plan.edges.len() - 1
        };
        let is_route = matches!(operation.kind, Kind::Route { .. });
        let ways = is_route.then(|| edge(self.plan, from, EdgeKind::Ways));
        let past = carries_an_error.then(|| edge(self.plan, from, EdgeKind::Past));
        let mut ends = Vec::new();
        for &arm in &arms {
            let last = self.plan.lines[arm].segments.last().copied().unwrap_or(from);
            ends.push(edge(self.plan, last, EdgeKind::End { fan: from }));
        }
        self.fails |= arms.iter().any(|&arm| self.plan.lines[arm].fails);
        if self.marks == Marks::None && arms.iter().any(|&arm| self.plan.lines[arm].marked) {
            self.marks = Marks::Some;
        }
        self.plan.segments[from].joint =
            Some(Joint::Fan(Fan { operation, arms, ends, ways, past, meets_at_hop }));
        if !meets_at_hop {
            self.plan.lanes[self.lane].nodes.push(meet);
        }
    }
}

/// Marks the segments of each line whose errors a later operation handles. Those of a line that meets
/// others are handled there, if there may be any.
fn mark_carrying(plan: &mut Plan<'_>) {
    for line in &mut plan.lines {
        let mut handled_later = line.side && line.fails;
        for &index in line.segments.iter().rev() {
            let segment = &mut plan.segments[index];
            if let Some(Joint::Wait { operation }) = &segment.joint {
                handled_later |= handles_errors(operation);
            }
            segment.carries = handled_later;
            handled_later |= segment.operations.iter().any(|operation| handles_errors(operation));
        }
        line.handles = handled_later;
    }
}
