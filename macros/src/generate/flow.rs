//! The body of a segment: straight-line code over its stages.

use proc_macro2::{Span, TokenStream};
use quote::format_ident;
use syn::{Index, Lifetime};

use super::guards::guard;
use super::kernels;
use super::typed::{Typed, TypedArm, TypedJoint, TypedSegment, TypedStage, junction};
use super::{local, located};
use crate::catalogue::Combinator;
use crate::lower::{Fan, Joint, Origin, Plan, changes_error};
use crate::model::{Body, Branch, Kind, Operation};

/// What comes into a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Input {
    Value,
    Result,
}

/// What comes into segment `index`.
pub(crate) fn input(plan: &Plan<'_>, index: usize) -> Input {
    let result = match plan.segments[index].before.map(|before| &plan.segments[before]) {
        None => plan.starts(index).is_some_and(|line| line.handles && !matches!(line.origin, Origin::Arm(_))),
        Some(before) => match &before.joint {
            Some(Joint::Wait { .. }) => true,
            _ => before.carries,
        },
    };
    if result { Input::Result } else { Input::Value }
}

/// Whether segment `index` gives a `Result`: it carries errors on, or an asynchronous stage follows.
pub(crate) fn gives_result(plan: &Plan<'_>, index: usize) -> bool {
    let segment = &plan.segments[index];
    segment.carries || matches!(segment.joint, Some(Joint::Wait { .. }))
}

/// Whether segment `index` makes one value of each, and cannot fail; errors may go past it.
pub(crate) fn is_straight(plan: &Plan<'_>, index: usize) -> bool {
    fn straight<'o>(mut operations: impl Iterator<Item = &'o Operation>) -> bool {
        operations.all(|operation| match &operation.kind {
            Kind::Stage(_) => matches!(
                operation.combinator,
                Combinator::Map | Combinator::ForEach | Combinator::InspectValue
            ),
            Kind::Scan { .. } => true,
            Kind::Fork(arms) => arms.iter().all(straight_arm),
            Kind::Route { arms, .. } => arms.iter().all(straight_arm),
            Kind::Batch { .. }
            | Kind::Join(_)
            | Kind::Hop { .. }
            | Kind::Shard { .. }
            | Kind::Repeat { .. } => false,
        })
    }
    fn straight_arm(arm: &Branch) -> bool {
        match &arm.body {
            Body::Chain { operations, .. } => straight(operations.iter()),
            Body::Opaque(_) => false,
        }
    }
    let values = input(plan, index) == Input::Value || kernels::carries(plan, index);
    values && straight(plan.segments[index].operations.iter().copied())
}

/// The bodies of all segments.
pub(crate) fn segments(plan: &Plan<'_>, typed: &Typed<'_>) -> TokenStream {
    typed.segments.iter().enumerate().map(|(index, segment)| one(plan, segment, index)).collect()
}

fn one(plan: &Plan<'_>, segment: &TypedSegment<'_>, index: usize) -> TokenStream {
    let (name, rest) = (local("segment", index), local("rest", index));
    let (start, tuple) = (&segment.start, &segment.tuple);
    let input = input(plan, index);
    let carries = plan.segments[index].carries;
    let out = match gives_result(plan, index) {
        true if carries => Out::Carried,
        true => Out::Result,
        false => Out::Value,
    };
    if is_straight(plan, index) {
        let end = &segment.end;
        let begin = begin(segment);
        let statements = statements(&segment.stages, &Route::new(end, false), &[]);
        let statements = code!(#begin #statements);
        let value = match out {
            // What an error goes past gives the value alone.
            _ if kernels::carries(plan, index) => code!(__v),
            Out::Value => code!(__v),
            Out::Result | Out::Carried => code!(::fusewire::__private::fine(&#end, __v)),
        };
        return code! {
            let #name = ::fusewire::__private::straight(#start, &#tuple, #[inline(always)] move |__p, __v| { #statements #value });
        };
    }
    let mut flow = body_to(&segment.stages, &segment.end, carries, input, out);
    if segment.begin.is_some() {
        let begin = begin(segment);
        flow = code!({ #begin #flow });
    }
    let rest_body = rest_to(&segment.stages, &segment.end, carries, out);
    let typing = match input {
        Input::Value => code!(::fusewire::__private::segment),
        Input::Result => code!(::fusewire::__private::segment_of_result),
    };
    code! {
        let (#name, #rest) = #typing(#start, &#tuple, #[inline(always)] move |__p, __v| #flow, #rest_body);
    }
}

/// What gives the batches of `stages` that are not full, one at a time.
pub(crate) fn rest(stages: &[TypedStage<'_>], end: &proc_macro2::Ident) -> TokenStream {
    rest_to(stages, end, false, Out::Value)
}

fn rest_to(stages: &[TypedStage<'_>], end: &proc_macro2::Ident, carries: bool, out: Out) -> TokenStream {
    let batches =
        stages.iter().enumerate().filter(|(_, stage)| stage.operation.combinator == Combinator::Batch).map(
            |(at, stage)| {
                let slot = Index::from(stage.slot);
                let route = Route::new(end, carries);
                let after = statements(&stages[at + 1..], &route, &[]);
                let done = done(end, out);
                code! {
                    if let ::core::option::Option::Some(__v) = __p.#slot.rest() {
                        return ::core::option::Option::Some((|| { #after #done })());
                    }
                }
            },
        );
    let batches: TokenStream = batches.collect();
    if batches.is_empty() {
        return code!(::fusewire::__private::no_rest);
    }
    code!(move |__p| { #batches ::core::option::Option::None })
}

/// Makes the first value of an arm of the one that it is given.
fn begin(segment: &TypedSegment<'_>) -> TokenStream {
    let Some(begin) = &segment.begin else { return TokenStream::new() };
    let (slot, guard) = (Index::from(begin.slot), guard(begin.drawn));
    code!(#guard let __v = (__p.#slot)(__v); ::core::mem::forget(__g);)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Out {
    Value,
    /// A result for the asynchronous stage that follows; errors leave the graph.
    Result,
    /// A result that may be an error; no error leaves the graph here.
    Carried,
}

/// The body of a segment whose value leaves it as it is.
pub(crate) fn body(
    stages: &[TypedStage<'_>],
    end: &proc_macro2::Ident,
    carries: bool,
    input: Input,
) -> TokenStream {
    body_to(stages, end, carries, input, Out::Value)
}

fn body_to(
    stages: &[TypedStage<'_>],
    end: &proc_macro2::Ident,
    carries: bool,
    input: Input,
    out: Out,
) -> TokenStream {
    let route = Route::new(end, carries);
    let statements = with_input(stages, &route, input, &[]);
    let done = done(end, out);
    code!({ #statements #done })
}

fn done(end: &proc_macro2::Ident, out: Out) -> TokenStream {
    match out {
        Out::Value => code!(::fusewire::__private::next(&#end, __v)),
        Out::Result => code!(::fusewire::__private::give(&#end, __v)),
        Out::Carried => code!(::fusewire::__private::carry(&#end, ::core::result::Result::Ok(__v))),
    }
}

/// Where an error goes: out of the segment, or to a `map_err` in it.
struct Route<'t> {
    tag: &'t proc_macro2::Ident,
    leave: Leave,
}

enum Leave {
    Fail,
    Carry,
    Break(Lifetime),
}

impl<'t> Route<'t> {
    const fn new(tag: &'t proc_macro2::Ident, carries: bool) -> Self {
        Self { tag, leave: if carries { Leave::Carry } else { Leave::Fail } }
    }

    /// Leaves with the error `__e`, after `turns` have turned it.
    fn leave(&self, turns: &[TokenStream]) -> TokenStream {
        let tag = self.tag;
        let left = match &self.leave {
            Leave::Fail => code!(return ::fusewire::__private::fail(&#tag, __e)),
            Leave::Carry => code! {
                return ::fusewire::__private::carry(&#tag, ::core::result::Result::Err(__e))
            },
            Leave::Break(label) => code!(break #label ::fusewire::__private::raise(&#tag, __e)),
        };
        code!({ #(#turns)* #left })
    }
}

/// Statements that bind `__v` to what the stages make of the segment's input.
///
/// `after` turn an error into the one behind what follows the stages.
fn with_input(
    stages: &[TypedStage<'_>],
    route: &Route<'_>,
    input: Input,
    after: &[TokenStream],
) -> TokenStream {
    match last_map_err(stages) {
        None => {
            let unwrap = unwrap(stages, route, input, after);
            let rest = statements(stages, route, after);
            code!(#unwrap #rest)
        }
        Some(at) => {
            let handled = handled(stages, at, route, input, after);
            code!(#handled)
        }
    }
}

fn unwrap(stages: &[TypedStage<'_>], route: &Route<'_>, input: Input, after: &[TokenStream]) -> TokenStream {
    match input {
        Input::Value => code!(),
        Input::Result => {
            let mut turns = turns(stages);
            turns.extend(after.iter().cloned());
            let leave = route.leave(&turns);
            code! {
                let __v = match __v {
                    ::core::result::Result::Ok(__v) => __v,
                    ::core::result::Result::Err(__e) => #leave,
                };
            }
        }
    }
}

fn last_map_err(stages: &[TypedStage<'_>]) -> Option<usize> {
    stages.iter().rposition(|stage| stage.operation.combinator == Combinator::MapErr)
}

/// A block for what comes before a `map_err`, the `map_err`, and what comes after it.
fn handled(
    stages: &[TypedStage<'_>],
    at: usize,
    route: &Route<'_>,
    input: Input,
    after: &[TokenStream],
) -> TokenStream {
    let handler = &stages[at];
    let slot = Index::from(handler.slot);
    let label = Lifetime::new(&format!("'__handled{}", handler.drawn), Span::mixed_site());
    let before = match stages[..at].last() {
        Some(stage) => stage.tag.clone(),
        None => {
            // The tag in front of the handler has the type of the value, and the old error.
            local("front", handler.drawn)
        }
    };
    let guard = guard(handler.drawn);
    let leave_after = {
        let mut turns = turns(&stages[at + 1..]);
        turns.extend(after.iter().cloned());
        route.leave(&turns)
    };
    let rest = statements(&stages[at + 1..], route, after);
    if at == 0 {
        let input = match input {
            Input::Value => code!(),
            Input::Result => code! {
                let __v = match __v {
                    ::core::result::Result::Ok(__v) => __v,
                    ::core::result::Result::Err(__e) => {
                        #guard
                        let __e = (__p.#slot)(__e);
                        ::core::mem::forget(__g);
                        #leave_after
                    }
                };
            },
        };
        return code!(#input #rest);
    }
    let inner_route = Route { tag: &before, leave: Leave::Break(label.clone()) };
    let inner = with_input(&stages[..at], &inner_route, input, &[]);
    code! {
        let __v = match #label: { #inner ::fusewire::__private::fine(&#before, __v) } {
            ::core::result::Result::Ok(__v) => __v,
            ::core::result::Result::Err(__e) => {
                #guard
                let __e = (__p.#slot)(__e);
                ::core::mem::forget(__g);
                #leave_after
            }
        };
        #rest
    }
}

/// Statements that turn the error `__e` into the one behind `stages`.
pub(crate) fn turns(stages: &[TypedStage<'_>]) -> Vec<TokenStream> {
    stages.iter().filter(|stage| changes_error(stage.operation) && !stage.chooses).map(turn_of).collect()
}

/// Turns the error `__e` of a pass that failed before `stage`.
fn turn_of(stage: &TypedStage<'_>) -> TokenStream {
    if stage.arms.is_empty() {
        return turn(&stage.tag, stage.operation.span());
    }
    let (junction, before) = (junction(&stage.name), format_ident!("before_{}", stage.arms.len()));
    located(code!(let __e = ::fusewire::__private::#before(&#junction, __e);), stage.operation.span())
}

/// Turns the error `__e` of a pass that failed before the arms of a fan.
pub(crate) fn turn_past_fan(fan: &Fan<'_>, joint: &TypedJoint) -> TokenStream {
    let (junction, before) = (junction(&joint.stage), format_ident!("before_{}", fan.arms.len()));
    located(code!(let __e = ::fusewire::__private::#before(&#junction, __e);), fan.operation.span())
}

/// Turns the error `__e` of arm number `at` of a fan.
pub(crate) fn turn_of_fan_arm(fan: &Fan<'_>, joint: &TypedJoint, at: usize) -> TokenStream {
    let (junction, turn) = (junction(&joint.stage), format_ident!("in_arm_{at}_of_{}", fan.arms.len()));
    located(code!(let __e = ::fusewire::__private::#turn(&#junction, __e);), fan.operation.span())
}

/// Turns the error `__e` of arm number `at` of `stage`.
fn turn_of_arm(stage: &TypedStage<'_>, at: usize) -> TokenStream {
    let (junction, turn) = (junction(&stage.name), format_ident!("in_arm_{at}_of_{}", stage.arms.len()));
    located(code!(let __e = ::fusewire::__private::#turn(&#junction, __e);), stage.operation.span())
}

/// Turns the error `__e` into that of `tag`, which the stage at `at` left.
pub(crate) fn turn(tag: &proc_macro2::Ident, at: Span) -> TokenStream {
    located(code!(let __e = ::fusewire::__private::turn(&#tag, __e);), at)
}

/// Straight-line statements; `after` turn an error into the one behind what follows them.
fn statements(stages: &[TypedStage<'_>], route: &Route<'_>, after: &[TokenStream]) -> TokenStream {
    if let Some(at) = last_map_err(stages) {
        return handled(stages, at, route, Input::Value, after);
    }
    (0..stages.len())
        .map(|at| {
            let mut behind = turns(&stages[at + 1..]);
            behind.extend(after.iter().cloned());
            statement(&stages[at], route, &behind)
        })
        .collect()
}

fn statement(stage: &TypedStage<'_>, route: &Route<'_>, behind: &[TokenStream]) -> TokenStream {
    let slot = Index::from(stage.slot);
    let guard = guard(stage.drawn);
    let forget = code!(::core::mem::forget(__g););
    match stage.operation.combinator {
        Combinator::Map if stage.bound => code!(#guard let __v = __p.#slot.call(__v); #forget),
        Combinator::Map | Combinator::ForEach => code! {
            #guard let __v = (__p.#slot)(__v); #forget
        },
        Combinator::Scan => code!(#guard let __v = __p.#slot.call(__v); #forget),
        Combinator::InspectValue => code!(#guard (__p.#slot)(&__v); #forget),
        Combinator::Filter => code! {
            #guard let __keep = (__p.#slot)(&__v); #forget
            if !__keep { return ::fusewire::__private::skip(); }
        },
        Combinator::FilterMap => code! {
            #guard let __v = (__p.#slot)(__v); #forget
            let __v = match __v {
                ::core::option::Option::Some(__v) => __v,
                ::core::option::Option::None => return ::fusewire::__private::skip(),
            };
        },
        Combinator::Batch => code! {
            let __v = match __p.#slot.push(__v) {
                ::core::option::Option::Some(__v) => __v,
                ::core::option::Option::None => return ::fusewire::__private::skip(),
            };
        },
        Combinator::TryMap => {
            let leave = route.leave(behind);
            code! {
                #guard let __v = (__p.#slot)(__v); #forget
                let __v = match __v {
                    ::core::result::Result::Ok(__v) => __v,
                    ::core::result::Result::Err(__e) => #leave,
                };
            }
        }
        Combinator::Fork | Combinator::Fork3 | Combinator::Fork4 => fork(stage, route, behind),
        Combinator::Route if stage.chooses => code! {
            #guard let __first = (__p.#slot)(&__v); #forget
            let __v = (__first, __v);
        },
        Combinator::Route => {
            let arms: Vec<_> = (0..2).map(|at| arm(stage, at, route, behind)).collect();
            let (first, second) = (&arms[0], &arms[1]);
            let unite = super::typed::unite(&stage.name);
            code! {
                #guard let __first = (__p.#slot)(&__v); #forget
                let __v = if __first #first else { #unite.give(#second) };
            }
        }
        Combinator::Join => join(stage, route, behind),
        Combinator::MapErr
        | Combinator::Then
        | Combinator::And
        | Combinator::OrElse
        | Combinator::Repeat
        | Combinator::Shard
        | Combinator::ShardUnordered
        | Combinator::Broadcast
        | Combinator::Broadcast3
        | Combinator::Broadcast4 => {
            unreachable!("handled around, cut out or taken out before")
        }
    }
}

fn fork(stage: &TypedStage<'_>, route: &Route<'_>, behind: &[TokenStream]) -> TokenStream {
    let last = stage.arms.len() - 1;
    let made: Vec<_> = (0..=last).map(|at| local("arm", at)).collect();
    let way = &stage.name;
    let clone = located(code!(let __v = ::fusewire::__private::another(#way, &__v);), stage.operation.span());
    let arms = (0..=last).map(|at| {
        let made = &made[at];
        let body = arm(stage, at, route, behind);
        if at == last {
            code!(let #made = #body;)
        } else {
            code! {
                let #made = {
                    #clone
                    #body
                };
            }
        }
    });
    code!(#(#arms)* let __v = (#(#made,)*);)
}

/// An arm as a block from `__v` to the arm's value.
fn arm(stage: &TypedStage<'_>, at: usize, route: &Route<'_>, behind: &[TokenStream]) -> TokenStream {
    let arm: &TypedArm<'_> = &stage.arms[at];
    let slot = Index::from(arm.slot);
    let guard = guard(arm.drawn);
    let mut after = vec![turn_of_arm(stage, at)];
    after.extend(behind.iter().cloned());
    let body = statements(&arm.stages, route, &after);
    code!({ #guard let __v = (__p.#slot)(__v); ::core::mem::forget(__g); #body __v })
}

fn join(stage: &TypedStage<'_>, route: &Route<'_>, behind: &[TokenStream]) -> TokenStream {
    let slot = Index::from(stage.slot);
    let other = &stage.arms[0];
    let mut after = vec![turn_of_arm(stage, 0)];
    after.extend(behind.iter().cloned());
    let body = with_input(&other.stages, route, Input::Result, &after);
    let Kind::Join(joined) = &stage.operation.kind else { unreachable!("the combinator is `join`") };
    let source = if stage.anew { code!(&mut __p.#slot.make()) } else { code!(&mut __p.#slot) };
    let take = located(code!(::fusewire::__private::take_joined(#source)), joined.source.span());
    code! {
        let __other = match #take {
            ::core::option::Option::Some(__v) => { #body __v }
            ::core::option::Option::None => return ::fusewire::__private::end(),
        };
        let __v = (__v, __other);
    }
}
