//! `once`: one function over the stages and the state, entered at any suspension point.

use proc_macro2::{Ident, Span, TokenStream};
use quote::format_ident;
use syn::Index;

use super::flow::{self, Input};
use super::kernels;
use super::typed::Typed;
use super::{local, located};
use crate::lower::{Joint, Plan, changes_error};
use crate::model::Operation;

/// The closure that is the machine's body.
pub(crate) fn body(plan: &Plan<'_>, typed: &Typed<'_>) -> TokenStream {
    let arrives = u32::from(plan.arrives());
    let joints = plan.segments.len() - 1;
    let states = states(joints + arrives as usize);
    let never = code!(::fusewire::__private::Never);
    let used = joints + arrives as usize;
    let holes = (0..used).map(|_| code!(_)).chain((used..states.1).map(|_| never.clone()));
    let state = &states.0;
    let header = header(plan);
    let take = if plan.arrives() {
        code!(::fusewire::__private::take_or_wait(&mut __parts.0, __state.as_mut(), __entry))
    } else {
        code!(::fusewire::__private::take_ready(&mut __parts.0))
    };
    let gathered = plan.segments[0]
        .operations
        .iter()
        .any(|operation| operation.combinator == crate::catalogue::Combinator::Batch);
    let source_error = error_out(plan, typed, 0);
    let first_input = match flow::input(plan, 0) {
        Input::Result => code!(__v),
        Input::Value => code! {
            match __v {
                ::core::result::Result::Ok(__v) => __v,
                ::core::result::Result::Err(__e) => return #source_error,
            }
        },
    };
    let mut statements = TokenStream::new();
    for index in 0..=joints {
        let arrived = local("arrived", index);
        let segment = local("segment", index);
        let part = Index::from(typed.segments[index].part);
        let flow = if index == 0 {
            let rest = local("rest", 0);
            let leave = if gathered {
                code! {
                    match ::fusewire::__private::rest_if_ended(&__left, || #rest(&mut __parts.#part)) {
                        ::core::option::Option::Some(__flow) => __flow,
                        ::core::option::Option::None => return __left,
                    }
                }
            } else {
                code!(return __left)
            };
            code! {
                match #take {
                    ::fusewire::__private::Step::Go(__v) => {
                        let __v = #first_input;
                        #segment(&mut __parts.#part, __v)
                    }
                    ::fusewire::__private::Step::Leave(__left) => #leave,
                }
            }
        } else {
            // The hop's own suspension point, which is behind the segment before.
            let number = arrives + u32::try_from(index).unwrap_or(u32::MAX);
            let called = || code!(#segment(&mut __parts.#part, __v));
            kernels::arrived(plan, typed, index, number).unwrap_or_else(called)
        };
        let run = run_segment(plan, typed, index, &flow);
        if index == joints {
            let run = code!(match #run { __v => return ::fusewire::__private::completed(__v) });
            statements.extend(if index == 0 {
                code!(#run)
            } else {
                code! {
                    match #arrived {
                        ::core::option::Option::Some(__v) => #run,
                        ::core::option::Option::None => ::fusewire::__private::lost(),
                    }
                }
            });
            break;
        }
        let next = local("arrived", index + 1);
        let number = arrives + u32::try_from(index).unwrap_or(u32::MAX) + 1;
        let begin = begin(plan, typed, index, number);
        let again = again(plan, typed, index, number);
        let at = joint_span(plan, index);
        let (begin, again) = (located(begin, at), located(again, at));
        let entered = if index == 0 {
            code!(if __at <= #arrives { ::core::option::Option::Some({ let __x = #run; #begin }) })
        } else {
            code!(if let ::core::option::Option::Some(__v) = #arrived {
                ::core::option::Option::Some({ let __x = #run; #begin })
            })
        };
        statements.extend(code! {
            let #next = #entered else if __at == #number {
                ::core::option::Option::Some(#again)
            } else {
                ::core::option::Option::None
            };
        });
    }
    code! {
        ::fusewire::__private::state::<::fusewire::__private::#state<#(#holes),*>, ::fusewire::__private::#header>(),
        #[allow(unused_variables, unused_mut, clippy::all, reason = "not every machine waits")]
        move |__parts, mut __state, __entry: &::fusewire::__private::Entry<'_, ::fusewire::__private::#header>| {
            let __at = __state.at(__entry);
            #statements
        }
    }
}

/// The user's token for the joint behind segment `index`.
fn joint_span(plan: &Plan<'_>, index: usize) -> Span {
    match &plan.segments[index].joint {
        Some(Joint::Hop { operation, .. } | Joint::Wait { operation }) => operation.span(),
        None => Span::mixed_site(),
    }
}

/// The state type for `count` suspension points, and how many it has.
fn states(count: usize) -> (Ident, usize) {
    let size = [0, 1, 2, 3, 4, 8, 16].into_iter().find(|&size| size >= count).unwrap_or(16);
    (format_ident!("States{}", size), size)
}

/// The value that leaves segment `index`, whose end is `flow`; or out of the body.
fn run_segment(plan: &Plan<'_>, typed: &Typed<'_>, index: usize, flow: &TokenStream) -> TokenStream {
    if flow::is_straight(plan, index) {
        return flow.clone();
    }
    // A segment that carries its errors on never fails.
    let error = if plan.segments[index].carries {
        code!(::fusewire::__private::lost())
    } else {
        error_out(plan, typed, index + 1)
    };
    code! {
        match #flow {
            ::fusewire::__private::Flow::Next(__v) => __v,
            ::fusewire::__private::Flow::Skip => return ::fusewire::__private::filtered(),
            ::fusewire::__private::Flow::End => return ::fusewire::__private::ended(),
            ::fusewire::__private::Flow::Fail(__e) => return #error,
        }
    }
}

/// The completion with error `__e`, which has passed the segments before `from`.
fn error_out(plan: &Plan<'_>, typed: &Typed<'_>, from: usize) -> TokenStream {
    let turns = turns_out(plan, typed, from);
    code!({ #turns ::fusewire::__private::failed(__e) })
}

/// Turns the error `__e`, which has passed the segments before `from`, into that of the graph.
pub(crate) fn turns_out(plan: &Plan<'_>, typed: &Typed<'_>, from: usize) -> TokenStream {
    let mut turns = Vec::new();
    let turn = |tag: &Ident, at: &Operation| flow::turn(tag, at.span());
    if from > 0
        && let Some(Joint::Wait { operation }) = &plan.segments[from - 1].joint
        && let Some(joint) = &typed.segments[from - 1].joint
    {
        turns.push(turn(&joint.tag, operation));
    }
    for (index, segment) in plan.segments.iter().enumerate().skip(from) {
        for stage in &typed.segments[index].stages {
            if changes_error(stage.operation) {
                turns.push(flow::turn_of(stage));
            }
        }
        if let Some(Joint::Wait { operation }) = &segment.joint
            && let Some(joint) = &typed.segments[index].joint
        {
            turns.push(turn(&joint.tag, operation));
        }
    }
    code!(#(#turns)*)
}

/// What the machine waits for decides what stands before its stages.
fn header(plan: &Plan<'_>) -> Ident {
    let joints = || plan.segments.iter().filter_map(|segment| segment.joint.as_ref());
    let travels = joints().any(Joint::is_hop);
    let waits = joints().any(|joint| !joint.is_hop());
    let name = match (waits, plan.arrives(), travels) {
        (false, false, false) => "Straight",
        (false, false, true) => "Travelling",
        (false, true, _) => "Arriving",
        (true, false, false) => "Waiting",
        (true, _, _) => "WaitingAndTravelling",
    };
    Ident::new(name, Span::mixed_site())
}

fn method(name: &str, number: u32) -> Ident {
    Ident::new(&format!("{name}_{number}"), Span::mixed_site())
}

/// Begins the joint behind segment `index` with `__x`; what arrives behind it at once.
fn begin(plan: &Plan<'_>, typed: &Typed<'_>, index: usize, number: u32) -> TokenStream {
    let Some(joint) = &typed.segments[index].joint else { return code!(__x) };
    let part = Index::from(joint.part);
    if plan.segments[index].joint.as_ref().is_some_and(Joint::is_hop) {
        let cross = method("cross", number);
        let begin = kernels::begin(plan, typed, index + 1);
        let cross = code! {
            match __state.as_mut().#cross(
                ::fusewire::__private::Crossing::new(__x),
                ::fusewire::__private::scheduler_context(&__parts.#part),
                __entry,
            ) {
                ::core::option::Option::Some(__v) => __v,
                ::core::option::Option::None => return ::fusewire::__private::Started::Later,
            }
        };
        return begin.map_or_else(|| cross.clone(), |begin| code!({ #begin #cross }));
    }
    let start = method("start", number);
    let end = &typed.segments[index].end;
    code! {
        match __entry.begin(&mut __parts.#part, #end, __x) {
            ::fusewire::__private::Begun::Now(__r) => __r,
            ::fusewire::__private::Begun::Wait(__sender) => {
                match __state.as_mut().#start(__entry.connect(__sender)) {
                    ::fusewire::__private::Started::Later => return ::fusewire::__private::Started::Later,
                    ::fusewire::__private::Started::Inline(__c) => {
                        match ::fusewire::__private::step_of(&__parts.#part, #end, __c) {
                            ::fusewire::__private::Step::Go(__r) => __r,
                            ::fusewire::__private::Step::Leave(__left) => return __left,
                        }
                    }
                }
            }
        }
    }
}

/// What arrives behind the joint of segment `index` when the machine is resumed there.
fn again(plan: &Plan<'_>, typed: &Typed<'_>, index: usize, number: u32) -> TokenStream {
    let arrived = match (&plan.segments[index].joint, &typed.segments[index].joint) {
        (Some(Joint::Wait { .. }), Some(joint)) => {
            let part = Index::from(joint.part);
            let end = &typed.segments[index].end;
            let resumed = method("resumed", number);
            code!(::fusewire::__private::step_of(&__parts.#part, #end, __state.#resumed(__entry)))
        }
        _ => {
            let crossed = method("crossed", number);
            code!(__state.as_mut().#crossed(__entry))
        }
    };
    code! {
        match #arrived {
            ::fusewire::__private::Step::Go(__r) => __r,
            ::fusewire::__private::Step::Leave(__left) => return __left,
        }
    }
}
