//! The edges between the nodes, and what they carry.

use proc_macro2::{Ident, TokenStream};

use super::super::{guards, local, located};
use super::Lanes;
use crate::catalogue::Combinator;
use crate::lower::{EdgeKind, Joint, Origin, Plan};

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

impl Lanes<'_, '_> {
    /// What the sources of each join share, the outer before the inner.
    pub(super) fn joinings(&self) -> TokenStream {
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
    pub(super) fn shards(&self, index: usize) -> Option<TokenStream> {
        let operation = self.plan.shards(index)?;
        let (from, to) = (&self.plan.segments[index], self.plan.segments[index].next?);
        let from = local("context", from.lane);
        let to = local("context", self.plan.segments[to].lane);
        let (front, shards, stage) = (local("front", index), local("shards", index), local("joint", index));
        let end = &self.typed.segments[index].end;
        let drawn = self.typed.segments[index].joint.as_ref().map_or(0, |joint| joint.drawn);
        let guards = guards::guards(drawn);
        let order = match operation.combinator {
            Combinator::ShardUnordered => code!(::fusewire::__private::Unordered),
            _ => code!(::fusewire::__private::Ordered),
        };
        let made = code! {
            let (#front, #shards) =
                ::fusewire::__private::shards(__launch, &__control, #end, #stage, #order, (#from, #to), (#drawn, #guards))?;
        };
        Some(located(made, operation.span()))
    }

    pub(super) fn edge(&self, number: usize) -> TokenStream {
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
}
