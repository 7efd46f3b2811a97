//! The nodes: what each begins with.

use proc_macro2::TokenStream;

use super::super::machine;
use super::super::typed::junction;
use super::super::{local, located};
use super::Lanes;
use crate::catalogue::SourceKind;
use crate::lower::{Fan, Joint, Origin};

impl Lanes<'_, '_> {
    /// The node that begins with segment `first`.
    pub(super) fn node(&self, first: usize) -> TokenStream {
        let plan = self.plan;
        if let Some((before, fan)) = plan.meets(first) {
            return self.meeting(first, before, fan);
        }
        let tail = self.tail(first, true);
        let Some(before) = plan.segments[first].before else {
            return self.source(first, &tail);
        };
        let line = self.line(first);
        if plan.shards(before).is_some() {
            let shards = local("shards", before);
            return code!(#line::new(#shards, ::fusewire::__private::MarkedTail::new(#tail)));
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
        code!(#line::new(::fusewire::__private::EdgeInput::new(#receiver), #tail))
    }

    /// The type of the node that begins with segment `first`.
    fn line(&self, first: usize) -> TokenStream {
        if self.ends_in_a_join(first) {
            code!(::fusewire::__private::AheadLine)
        } else {
            code!(::fusewire::__private::Line)
        }
    }

    /// The node that begins with segment `first`, and with the source of its line.
    fn source(&self, first: usize, tail: &TokenStream) -> TokenStream {
        let (node, line) = (self.line(first), self.plan.segments[first].line);
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
            return code!(#node::new(#input, #tail));
        };
        let (joining, first) = (local("joining", joined), self.plan.lanes[0].source == Some(line));
        let first_segment = planned.segments.first().copied().unwrap_or_default();
        let tail = if self.plan.segments[first_segment].marked.0 {
            code!(::fusewire::__private::MarkedTail::new(#tail))
        } else {
            tail.clone()
        };
        code! {
            #node::new(
                ::fusewire::__private::SideInput::<_, #first>::new(#input, #joining.clone()),
                #tail,
            )
        }
    }

    /// The node that begins with segment `first`, where the arms of `fan` meet.
    fn meeting(&self, first: usize, before: usize, fan: &Fan<'_>) -> TokenStream {
        let arms = fan.arms.iter().map(|&arm| &self.plan.lines[arm]);
        let every = fan.past.is_none() && arms.into_iter().all(|arm| !arm.marked && !arm.fails);
        let (line, tail) = (self.line(first), self.tail(first, every));
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
        located(code!(#line::new(#input, #tail)), fan.operation.span())
    }
}
