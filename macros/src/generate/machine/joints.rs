//! Suspension points: how a joint begins, and what arrives behind it when the machine is resumed.

use proc_macro2::{Span, TokenStream};
use syn::Index;

use super::super::{flow, guards, kernels};
use super::{Machine, method};
use crate::lower::Joint;

impl Machine<'_, '_> {
    /// The user's token for the joint behind segment `index`.
    pub(super) fn joint_span(&self, index: usize) -> Span {
        match self.joint(index) {
            Some(Joint::Hop { operation, .. } | Joint::Wait { operation }) => operation.span(),
            Some(Joint::Fan(fan)) => fan.operation.span(),
            None => Span::mixed_site(),
        }
    }

    /// Begins the joint behind the segment at position `at` with `__x`; what arrives behind it at once.
    pub(super) fn begin(&self, at: usize, number: u32) -> TokenStream {
        let index = self.segments()[at];
        let Some(joint) = &self.typed.segments[index].joint else { return code!(__x) };
        let part = Index::from(joint.part);
        let end = &self.typed.segments[index].end;
        let start = method("start", number);
        match self.joint(index) {
            Some(Joint::Hop { .. }) => {
                let cross = method("cross", number);
                let begin =
                    self.segments().get(at + 1).and_then(|&next| kernels::begin(self.plan, self.typed, next));
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
                begin.map_or_else(|| cross.clone(), |begin| code!({ #begin #cross }))
            }
            Some(Joint::Fan(fan)) => {
                let value = if fan.past.is_some() {
                    code!(__v)
                } else if self.plan.segments[index].carries {
                    code!(::fusewire::__private::unfailed(__x))
                } else {
                    code!(__x)
                };
                let (way, out) = (&joint.stage, self.out_of_fan(at));
                let (way, value) = if fan.is_broadcast() {
                    (code!(::fusewire::__private::ToEvery::new(#way)), code!((#value,)))
                } else {
                    (code!(#way), value)
                };
                let through = code! {
                    match __state.as_mut().#start(__entry.fan(#way, &mut __parts.#part, #value), __entry) {
                        ::fusewire::__private::Started::Later => return ::fusewire::__private::Started::Later,
                        ::fusewire::__private::Started::Inline(__c) => match ::fusewire::__private::step(__c) {
                            ::fusewire::__private::Step::Go(__r) => #out,
                            ::fusewire::__private::Step::Leave(__left) => return __left,
                        },
                    }
                };
                if fan.past.is_none() {
                    return through;
                }
                let turn = flow::turn_past_fan(fan, joint);
                code! {
                    match __x {
                        ::core::result::Result::Ok(__v) => #through,
                        ::core::result::Result::Err(__e) => {
                            #turn
                            ::core::result::Result::Err(__e)
                        }
                    }
                }
            }
            _ => {
                let begun =
                    guards::guarded(joint.drawn, &code!(__entry.begin(&mut __parts.#part, &#end, __x)));
                let started =
                    guards::guarded(joint.drawn, &code!(__state.as_mut().#start(__sender, __entry)));
                code! {
                    match #begun {
                        ::fusewire::__private::Begun::Now(__r) => __r,
                        ::fusewire::__private::Begun::Wait(__sender) => match #started {
                            ::fusewire::__private::Started::Later => return ::fusewire::__private::Started::Later,
                            ::fusewire::__private::Started::Inline(__c) => {
                                match ::fusewire::__private::step_of(&__parts.#part, &#end, __c) {
                                    ::fusewire::__private::Step::Go(__r) => __r,
                                    ::fusewire::__private::Step::Leave(__left) => return __left,
                                }
                            }
                        },
                    }
                }
            }
        }
    }

    /// What arrives behind the joint of the segment at position `at` when the machine is resumed there.
    pub(super) fn again(&self, at: usize, number: u32) -> TokenStream {
        let index = self.segments()[at];
        let resumed = method("resumed", number);
        let (arrived, out) = match (self.joint(index), &self.typed.segments[index].joint) {
            (Some(Joint::Wait { .. }), Some(joint)) => {
                let part = Index::from(joint.part);
                let end = &self.typed.segments[index].end;
                let step =
                    code!(::fusewire::__private::step_of(&__parts.#part, &#end, __state.#resumed(__entry)));
                (step, code!(__r))
            }
            (Some(Joint::Fan(_)), _) => {
                (code!(::fusewire::__private::step(__state.#resumed(__entry))), self.out_of_fan(at))
            }
            _ => {
                let crossed = method("crossed", number);
                (code!(__state.as_mut().#crossed(__entry)), code!(__r))
            }
        };
        code! {
            match #arrived {
                ::fusewire::__private::Step::Go(__r) => #out,
                ::fusewire::__private::Step::Leave(__left) => return __left,
            }
        }
    }

    /// What comes out of arms as `__r`: a result, whose error ends the pass unless a later stage handles it.
    fn out_of_fan(&self, at: usize) -> TokenStream {
        let index = self.segments()[at];
        let end = &self.typed.segments[index].end;
        if self.plan.segments[index].carries {
            return code! {
                match __r {
                    ::core::result::Result::Ok(__v) => ::core::result::Result::Ok(__v),
                    ::core::result::Result::Err(__e) =>
                        ::core::result::Result::Err(::fusewire::__private::behind_fan(&#end, __e)),
                }
            };
        }
        let error = self.error_out(at + 1);
        code! {
            match __r {
                ::core::result::Result::Ok(__v) => __v,
                ::core::result::Result::Err(__e) => {
                    let __e = ::fusewire::__private::behind_fan(&#end, __e);
                    return #error
                }
            }
        }
    }
}
