//! The tails of the nodes: what follows a value, up to the next edge or the end.

use proc_macro2::TokenStream;

use super::super::flow;
use super::super::guards;
use super::super::kernels;
use super::super::machine;
use super::super::typed::junction;
use super::super::{local, located};
use super::Lanes;
use super::edges::{Carried, carried};
use crate::catalogue::Combinator;
use crate::lower::{EdgeKind, Fan, Joint, Meeting, Origin};

impl Lanes<'_, '_> {
    /// Segment `index` and everything behind it up to the next edge; `every` if every value that
    /// came into the node comes this far.
    pub(super) fn tail(&self, index: usize, every: bool) -> TokenStream {
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
                let drawn = self.typed.segments[index].joint.as_ref().map_or(0, |joint| joint.drawn);
                let (guards, behind) = (guards::guards(drawn), behind(false));
                code!(::fusewire::__private::wait_tail(&__control, #end, #stage, #guards, #behind))
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

    /// Whether the tail of segment `index` leads to where the passes of its line meet those of another source, in the same lane.
    pub(super) fn ends_in_a_join(&self, index: usize) -> bool {
        let segment = &self.plan.segments[index];
        let next = || segment.next.is_some_and(|next| self.ends_in_a_join(next));
        match &segment.joint {
            None => self.plan.joins(segment.line).is_some_and(|(_, meeting)| meeting.left == segment.line),
            Some(Joint::Hop { .. }) => self.joined && index == 0 && next(),
            Some(Joint::Wait { .. }) => self.plan.shards(index).is_none() && next(),
            Some(Joint::Fan(_)) => false,
        }
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
    pub(super) fn fail_behind_joint(&self, index: usize) -> TokenStream {
        if self.plan.lines[self.plan.segments[index].line].side {
            return code!(::fusewire::__private::never);
        }
        self.told(machine::turns_out_of_fan(self.plan, self.typed, index))
    }

    pub(super) fn told(&self, turns: TokenStream) -> TokenStream {
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
                code!(::fusewire::__private::FanTail::<_, _, _, ::fusewire::__private::Apart<#each, #turns>>::new(#way, #arm, #rest));
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
                    code!(::fusewire::__private::FanTail::<_, _, _, ::fusewire::__private::Together<#marks>>::new(#way, #arm, #rest))
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
