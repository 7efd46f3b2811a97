//! The segments of a line, one after the other, and of the arms that it goes through.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::checks::Place;
use super::{Namer, Typed, TypedBegin, TypedJoint, TypedSegment, TypedStage, unite};
use crate::catalogue::SourceKind;
use crate::generate::drawing::Drawn;
use crate::generate::{call, first, here, kernels, local, located};
use crate::lower::{Fan, Joint, Meeting, Origin};
use crate::model::{Body, Branch, Kind, Operation};

impl<'g> Namer<'_, 'g> {
    /// Names a line with what it begins with; the tag behind it, and where it is then.
    pub(super) fn whole(&mut self, typed: &mut Typed<'g>, line: usize, path: &[u8]) -> (Ident, Place) {
        let plan = self.plan;
        let first = plan.lines[line].segments.first().copied().unwrap_or_default();
        let (origin, tag, place) = match &plan.lines[line].origin {
            Origin::Source(feed) => {
                self.segment = first;
                typed.lines[line].drawn = self.drawn.len();
                let (source, tag) = self.source(feed, path);
                let place = if feed.source.kind == SourceKind::Io { Place::Io } else { Place::Free };
                (source, tag, place)
            }
            Origin::Join(meeting) => {
                let (left, place) = self.whole(typed, meeting.left, path);
                let (right, _) = self.whole(typed, meeting.right, &[path, &[0]].concat());
                let tag = self.join(typed, line, meeting, [left, right], path);
                (local("joined", line), tag, place)
            }
            Origin::Arm(_) => unreachable!("an arm is named where it begins"),
        };
        typed.lines[line].parts.push(code!(#origin));
        typed.lines[line].origin = Some(origin);
        self.line(typed, line, tag, path, place)
    }

    /// Checks where two lines meet; the tag behind it.
    fn join(
        &mut self,
        typed: &mut Typed<'g>,
        line: usize,
        meeting: &Meeting<'g>,
        ends: [Ident; 2],
        path: &[u8],
    ) -> Ident {
        self.segment = self.plan.lines[line].segments.first().copied().unwrap_or_default();
        typed.causes[meeting.edge] = self.draw(Drawn::operation(meeting.operation, self.segment, path));
        let span = meeting.operation.span();
        let lines = [meeting.left, meeting.right];
        let ends: Vec<_> =
            lines.into_iter().zip(ends).map(|(line, end)| self.crossed(typed, line, &end, span)).collect();
        let id = self.fresh();
        let (stage, behind) = (local("stage", id), local("tag", id));
        self.meet("meet_join", span, ends, &stage, &behind);
        typed.lines[line].stage = Some(stage);
        behind
    }

    /// Names the segments of a line, and of the arms that it goes through; the tag behind it, and where
    /// it is then.
    pub(super) fn line(
        &mut self,
        typed: &mut Typed<'g>,
        line: usize,
        mut tag: Ident,
        path: &[u8],
        mut place: Place,
    ) -> (Ident, Place) {
        let plan = self.plan;
        for &index in &plan.lines[line].segments {
            self.segment = index;
            self.meeting(typed, index, path);
            for elided in plan.elided.iter().filter(|elided| elided.segment == index) {
                self.draw(Drawn::operation(elided.operation, index, path));
            }
            let segment = &plan.segments[index];
            let start = tag.clone();
            let mut slots = Vec::new();
            let begin = plan.begins(index).and_then(|branch| self.begin(branch, &mut tag, &mut slots, path));
            let behind = kernels::obstacle(plan, index);
            self.binds = matches!(behind, Some(Ok(())));
            let mut stages = self.stages(&segment.operations, &mut tag, &mut slots, path);
            self.binds = false;
            if let Some(Joint::Fan(fan)) = &segment.joint
                && fan.ways.is_some()
            {
                stages.push(self.choice(fan.operation, &mut tag, &mut slots, path));
            }
            let kernels = match (behind, &place) {
                (Some(Ok(())), Place::Hop(hop)) => {
                    Some(self.kernels(index, &stages, hop, (&start, &tag), &mut slots))
                }
                (Some(Err(obstacle)), Place::Hop(hop)) => {
                    self.on_host(obstacle, hop);
                    None
                }
                _ => None,
            };
            let tuple = local("stages", index);
            self.statements.extend(code!(let #tuple = (#(#slots,)*);));
            typed.lines[line].parts.push(code!(#tuple));
            let part = typed.lines[line].parts.len() - 1;
            let end = tag.clone();
            for operation in segment.operations.iter().filter(|_| kernels.is_none()) {
                self.check_operation(operation, &place);
            }
            typed.segments.push(TypedSegment {
                start,
                end,
                begin,
                stages,
                part,
                tuple,
                joint: None,
                kernels,
            });
            let Some(joint) = &segment.joint else { continue };
            let (element, joint) = match joint {
                Joint::Fan(fan) => self.fan(typed, index, fan, &tag, path, &place),
                _ => self.joint(typed, joint, &tag, segment.carries, path),
            };
            tag = joint.tag.clone();
            match &segment.joint {
                Some(Joint::Hop { .. }) => place = Place::Hop(joint.stage.clone()),
                Some(Joint::Wait { operation }) => self.check_operation(operation, &place),
                _ => {}
            }
            typed.lines[line].parts.push(element);
            let part = typed.lines[line].parts.len() - 1;
            typed.segments[index].joint = Some(TypedJoint { part, ..joint });
        }
        (tag, place)
    }

    /// Checks that what `line` ends with crosses to where it meets another; the tag of what does.
    fn crossed(&mut self, typed: &mut Typed<'g>, line: usize, end: &Ident, at: Span) -> Ident {
        let last = self.plan.lines[line].segments.last().copied().unwrap_or_default();
        let (stages, tag) = (local("stages", last), local("tag", self.fresh()));
        let crosses = call("crosses", at, &[here(end, at), quote!(#stages)]);
        self.statements.extend(code!(let (#stages, #tag) = #crosses;));
        typed.segments[last].end = tag.clone();
        tag
    }

    /// Draws where the arms of a fan meet in front of segment `index`.
    fn meeting(&mut self, typed: &mut Typed<'g>, index: usize, path: &[u8]) {
        let plan = self.plan;
        let Some(before) = plan.segments[index].before else { return };
        let Some(Joint::Fan(fan)) = &plan.segments[before].joint else { return };
        if fan.is_broadcast() {
            return;
        }
        let drawn = self.draw(Drawn::meeting(fan, index, path));
        for &edge in fan.ends.iter().chain(&fan.ways).chain(&fan.past) {
            typed.causes[edge] = drawn;
        }
    }

    /// What makes the first value of an arm; nothing if the arm is a function.
    fn begin(
        &mut self,
        branch: &Branch,
        tag: &mut Ident,
        slots: &mut Vec<Ident>,
        path: &[u8],
    ) -> Option<TypedBegin> {
        let Body::Chain { pattern, start, .. } = &branch.body else { return None };
        let id = self.fresh();
        let (behind, function) = (local("tag", id), local("stage", id));
        let begin = first(tag, branch.span, pattern, start);
        self.statements.extend(code!(let (#function, #behind) = #begin;));
        let slot = slots.len();
        slots.push(function);
        let drawn = self.draw(Drawn::arm(branch, self.segment, path));
        *tag = behind;
        Some(TypedBegin { slot, drawn })
    }

    /// The choice of a route whose arms have lanes of their own: a stage that gives itself and the
    /// value.
    fn choice(
        &mut self,
        operation: &'g Operation,
        tag: &mut Ident,
        slots: &mut Vec<Ident>,
        path: &[u8],
    ) -> TypedStage<'g> {
        let Kind::Route { choose, .. } = &operation.kind else { unreachable!("only a route has ways") };
        let drawn = self.draw(Drawn::operation(operation, self.segment, path));
        let id = self.fresh();
        let (stage, behind) = (local("stage", id), local("tag", id));
        let before = located(quote!(#tag), operation.span());
        let choose = self.function(operation, choose);
        let check = call("choose", operation.span(), &[before, choose]);
        self.statements.extend(code!(let (#stage, #behind) = #check;));
        let slot = slots.len();
        slots.push(stage.clone());
        *tag = behind.clone();
        TypedStage {
            operation,
            name: stage,
            tag: behind,
            slot,
            drawn,
            bound: false,
            arms: Vec::new(),
            chooses: true,
            anew: false,
        }
    }

    /// Names the arms of a fan. The element of the parts is made later, of their bodies.
    fn fan(
        &mut self,
        typed: &mut Typed<'g>,
        index: usize,
        fan: &Fan<'g>,
        tag: &Ident,
        path: &[u8],
        place: &Place,
    ) -> (TokenStream, TypedJoint) {
        let span = fan.operation.span();
        let id = self.fresh();
        let (stage, behind, given) = (local("stage", id), local("tag", id), local("given", id));
        // What is before the fork: a route's choice goes with the value.
        let (drawn, value) = match typed.segments[index].stages.last() {
            Some(choice) if choice.chooses => {
                let way = code!(::fusewire::__private::OneWay);
                self.statements.extend(code! {
                    let #stage = #way;
                    let #given = ::fusewire::__private::without_choice(#tag);
                });
                (choice.drawn, given.clone())
            }
            _ => {
                let drawn = self.draw(Drawn::operation(fan.operation, index, path));
                let fork = call("fork", span, &[here(tag, span)]);
                self.statements.extend(code!(let (#stage, #given) = #fork;));
                (drawn, given.clone())
            }
        };
        let mut tags = vec![value.clone()];
        for (number, &line) in (0u8..).zip(&fan.arms) {
            let front = local("front", self.fresh());
            self.statements.extend(code!(let #front = ::fusewire::__private::arm(#value);));
            typed.lines[line].front = Some(front.clone());
            let path = [path, &[number]].concat();
            // A function that is an arm is called in it, and made where the fork is.
            let taken_apart =
                matches!(self.plan.lines[line].origin, Origin::Arm(Branch { body: Body::Chain { .. }, .. }));
            let in_arm = self.in_arm;
            self.in_arm |= taken_apart;
            let (end, _) = self.line(typed, line, front, &path, place.clone());
            self.in_arm = in_arm;
            tags.push(self.crossed(typed, line, &end, span));
        }
        let meet = if fan.ways.is_some() {
            let unite = unite(&stage);
            let both = &tags[1..];
            let same = call("same", span, &[here(&both[0], span), here(&both[1], span)]);
            self.statements.extend(code!(let #unite = #same;));
            "meet_route".to_owned()
        } else {
            format!("meet{}", fan.arms.len())
        };
        self.meet(&meet, span, tags, &stage, &behind);
        if fan.is_broadcast() {
            self.statements.extend(code!(let #behind = ::fusewire::__private::all_ended(#behind);));
        }
        let joint = local("joint", index);
        (code!(#joint), TypedJoint { part: 0, tag: behind, stage, drawn })
    }
}
