//! `once`: one function over the stages and the state, entered at any suspension point.
//!
//! An arm that has lanes of its own is a machine inside of the machine, as is a line that meets
//! another: see `graph/fan.rs` of
//! fusewire.

use proc_macro2::{Ident, Span, TokenStream};
use quote::format_ident;
use syn::Index;

use super::flow::{self, Input};
use super::kernels;
use super::typed::{Typed, gate};
use super::{local, located};
use crate::catalogue::Combinator;
use crate::lower::{Joint, Line, Origin, Plan};

mod errors;
mod joints;

pub(crate) use errors::{turns_of_origin, turns_out, turns_out_of_fan};

/// The closure that is the machine's body, and the type of its state.
pub(crate) fn body(plan: &Plan<'_>, typed: &Typed<'_>) -> TokenStream {
    let machine = Machine::of(plan, typed, 0);
    let (state, header, statements) = (machine.state(), machine.header(), machine.statements());
    code! {
        #state,
        #[allow(unused_variables, unused_mut, clippy::all, reason = "not every machine waits")]
        #[inline(always)]
        move |__parts, mut __state, __entry: &::fusewire::__private::Entry<'_, ::fusewire::__private::#header>| {
            let __at = __state.at(__entry);
            #statements
        }
    }
}

/// Statements that make the machines inside of that of a line, of their stages and their bodies: the
/// arms of each fan, and the lines that meet in it.
pub(crate) fn arms(plan: &Plan<'_>, typed: &Typed<'_>, line: usize) -> TokenStream {
    let mut made = TokenStream::new();
    let mut make = |name: Ident, stage: Option<&Ident>, lines: &[usize]| {
        made.extend(lines.iter().map(|&line| arms(plan, typed, line)));
        let inside = lines.iter().map(|&line| arm(plan, typed, line));
        let gate = stage.map(gate);
        made.extend(code!(let #name = ::fusewire::__private::gated(#gate, (#(#inside,)*));));
    };
    if let Origin::Join(meeting) = &plan.lines[line].origin {
        make(local("joined", line), typed.lines[line].stage.as_ref(), &[meeting.left, meeting.right]);
    }
    for &index in &plan.lines[line].segments {
        if let Some(Joint::Fan(fan)) = &plan.segments[index].joint {
            let stage = typed.segments[index].joint.as_ref().map(|joint| &joint.stage);
            make(local("joint", index), stage, &fan.arms);
        }
    }
    made
}

fn arm(plan: &Plan<'_>, typed: &Typed<'_>, line: usize) -> TokenStream {
    let machine = Machine::of(plan, typed, line);
    let (state, header, statements) = (machine.state(), machine.header(), machine.statements());
    let parts = &typed.lines[line].parts;
    let front = match &typed.lines[line].front {
        Some(front) => code!(#front),
        None => code!(::fusewire::__private::nothing()),
    };
    code! {
        ::fusewire::__private::arm_of(
            #front,
            (#(#parts,)*),
            #state,
            #[allow(unused_variables, unused_mut, clippy::all, reason = "not every arm waits")]
            #[inline(always)]
            move |__arm, mut __state, __entry: &::fusewire::__private::Entry<'_, ::fusewire::__private::#header>| {
                let (__parts, __given) = __arm.open();
                let __at = __state.at(__entry);
                #statements
            },
        )
    }
}

/// Says how often the source of a line is repeated, one repeat inside of the next.
pub(crate) fn repeats(line: &Line<'_>) -> Option<TokenStream> {
    let Origin::Source(feed) = &line.origin else { return None };
    if feed.repeats.is_empty() {
        return None;
    }
    let inside = code!(::fusewire::__private::Unrepeated);
    Some(feed.repeats.iter().fold(inside, |inside, _| code!(::fusewire::__private::Again(#inside))))
}

/// What is generated for one line.
struct Machine<'m, 'g> {
    plan: &'m Plan<'g>,
    typed: &'m Typed<'g>,
    line: usize,
    /// How many states come before the first segment.
    arrives: u32,
}

/// The state type for `count` suspension points, and how many it has.
fn states(count: usize) -> (Ident, usize) {
    let size = [0, 1, 2, 3, 4, 8, 16].into_iter().find(|&size| size >= count).unwrap_or(16);
    (format_ident!("States{}", size), size)
}

fn method(name: &str, number: u32) -> Ident {
    Ident::new(&format!("{name}_{number}"), Span::mixed_site())
}

impl<'m, 'g> Machine<'m, 'g> {
    fn of(plan: &'m Plan<'g>, typed: &'m Typed<'g>, line: usize) -> Self {
        Self { plan, typed, line, arrives: u32::from(plan.arrives(line)) }
    }

    fn segments(&self) -> &[usize] {
        &self.plan.lines[self.line].segments
    }

    fn joint(&self, index: usize) -> Option<&Joint<'_>> {
        self.plan.segments[index].joint.as_ref()
    }

    fn used(&self) -> usize {
        self.segments().len() - 1 + self.arrives as usize
    }

    fn state(&self) -> TokenStream {
        let (state, size) = states(self.used());
        let never = code!(::fusewire::__private::Never);
        let holes = (0..self.used()).map(|_| code!(_)).chain((self.used()..size).map(|_| never.clone()));
        let header = self.header();
        code! {
            ::fusewire::__private::state::<
                ::fusewire::__private::#state<#(#holes),*>, ::fusewire::__private::#header
            >()
        }
    }

    /// What the machine waits for decides what stands before its stages.
    fn header(&self) -> TokenStream {
        let joints = || self.segments().iter().filter_map(|&index| self.joint(index));
        let travels = joints().any(Joint::is_hop);
        let joined = matches!(self.plan.lines[self.line].origin, Origin::Join(_));
        let waits = joined || joints().any(|joint| !joint.is_hop());
        // A pass of a source that repeats looks at its stop token, which a machine that waits has anyway.
        let arrives = self.arrives != 0 && !joined || (travels && self.repeats().is_some());
        let name = match (waits, arrives, travels) {
            (false, false, false) if self.repeats().is_some() => "Stoppable",
            (false, false, false) => "Straight",
            (false, false, true) => "Travelling",
            (false, true, _) => "Arriving",
            (true, false, false) if self.repeats().is_some() => "WaitingAndStoppable",
            (true, false, false) => "Waiting",
            (true, _, _) => "WaitingAndTravelling",
        };
        let name = Ident::new(name, Span::mixed_site());
        if self.gathers() { code!(Gathering<::fusewire::__private::#name>) } else { code!(#name) }
    }

    /// Whether the line has a source behind which batches are gathered, so that some may be left when it is drained.
    fn gathers(&self) -> bool {
        (0..self.segments().len()).any(|at| self.gathers_at(at))
    }

    /// Whether the segment at position `at` does.
    fn gathers_at(&self, at: usize) -> bool {
        let mut operations = self.plan.segments[self.segments()[at]].operations.iter();
        !matches!(self.plan.lines[self.line].origin, Origin::Arm(_))
            && operations.any(|operation| operation.combinator == Combinator::Batch)
    }

    /// Whether a segment behind a suspension point does: it is asked for its rest by the pass that found the source ended.
    fn gathers_behind(&self) -> bool {
        (1..self.segments().len()).any(|at| self.gathers_at(at))
    }

    /// What is repeated of the source of the line, if anything is.
    fn repeats(&self) -> Option<TokenStream> {
        repeats(&self.plan.lines[self.line])
    }

    fn statements(&self) -> TokenStream {
        let arrives = self.arrives;
        let last = self.segments().len() - 1;
        let behind = self.gathers_behind();
        let mut statements = if behind { code!(let mut __ended = false;) } else { TokenStream::new() };
        for (at, &index) in self.segments().iter().enumerate() {
            let (arrived, segment) = (local("arrived", index), local("segment", index));
            let part = Index::from(self.typed.segments[index].part);
            let flow = if at == 0 {
                self.first(index)
            } else {
                // The hop's own suspension point, which is behind the segment before.
                let number = arrives + u32::try_from(at).unwrap_or(u32::MAX);
                let called = || code!(#segment(&mut __parts.#part, __v));
                kernels::arrived(self.plan, self.typed, index, number).unwrap_or_else(called)
            };
            let (flow, arrived) = if at != 0 && self.gathers_at(at) {
                let rest = local("rest", index);
                statements.extend(code! {
                    let #arrived = match #arrived {
                        ::core::option::Option::Some(__v) => ::core::option::Option::Some(#flow),
                        ::core::option::Option::None if __ended => #rest(&mut __parts.#part),
                        ::core::option::Option::None => ::core::option::Option::None,
                    };
                });
                (code!(__v), arrived)
            } else {
                (flow, arrived)
            };
            let run = self.run_segment(at, &flow);
            if at == last {
                let end = &self.typed.segments[index].end;
                let completed = match self.line {
                    0 => code!(::fusewire::__private::completed(__v)),
                    _ if self.plan.segments[index].carries => {
                        code!(::fusewire::__private::completed_with(__v))
                    }
                    _ => code!(::fusewire::__private::completed_as(&#end, __v)),
                };
                let run = code!(match #run { __v => return #completed });
                statements.extend(if at == 0 {
                    code!(#run)
                } else {
                    let ended = behind.then(
                        || code!(::core::option::Option::None if __ended => ::fusewire::__private::ended(),),
                    );
                    code! {
                        match #arrived {
                            ::core::option::Option::Some(__v) => #run,
                            #ended
                            ::core::option::Option::None => ::fusewire::__private::lost(),
                        }
                    }
                });
                break;
            }
            let next = local("arrived", self.segments()[at + 1]);
            let number = arrives + u32::try_from(at).unwrap_or(u32::MAX) + 1;
            let begin = self.begin(at, number);
            let again = self.again(at, number);
            let place = self.joint_span(index);
            let (begin, again) = (located(begin, place), located(again, place));
            let entered = if at == 0 {
                let first = code!(::core::option::Option::Some({ let __x = #run; #begin }));
                let first = if behind { code!('__first: { #first }) } else { first };
                code!(if __at <= #arrives { #first })
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
        statements
    }

    /// Takes the first value, and gives it to the first segment.
    fn first(&self, index: usize) -> TokenStream {
        let segment = local("segment", index);
        let part = Index::from(self.typed.segments[index].part);
        if let Origin::Arm(_) = self.plan.lines[self.line].origin {
            return code! {
                match ::fusewire::__private::given(__given) {
                    ::fusewire::__private::Step::Go(__v) => #segment(&mut __parts.#part, __v),
                    ::fusewire::__private::Step::Leave(__left) => return __left,
                }
            };
        }
        let take = if let Origin::Join(_) = self.plan.lines[self.line].origin {
            self.meet()
        } else if self.arrives != 0 {
            code!(::fusewire::__private::take_or_wait(&mut __parts.0, __state.as_mut(), __entry))
        } else if let Some(repeats) = self.repeats() {
            code!(::fusewire::__private::take_repeated(#repeats, &mut __parts.0, __entry))
        } else {
            code!(::fusewire::__private::take_ready(&mut __parts.0))
        };
        let (take, leave) = if self.gathers() {
            let rest = local("rest", index);
            let take = code!(if __entry.rests() { ::fusewire::__private::Step::Leave(::fusewire::__private::ended()) } else { #take });
            let rest = if self.gathers_at(0) {
                code!(#rest(&mut __parts.#part))
            } else {
                code!(::core::option::Option::None)
            };
            let none = if self.gathers_behind() {
                code!({
                    __ended = true;
                    break '__first ::core::option::Option::None;
                })
            } else {
                code!(return __left)
            };
            let leave = code! {
                match ::fusewire::__private::rest_if_ended(&__left, || ::core::option::Option::Some(#rest)) {
                    ::core::option::Option::Some(::core::option::Option::Some(__flow)) => __flow,
                    ::core::option::Option::Some(::core::option::Option::None) => #none,
                    ::core::option::Option::None => return __left,
                }
            };
            (take, leave)
        } else {
            (take, code!(return __left))
        };
        let source_error = self.error_out(0);
        let input = match flow::input(self.plan, index) {
            Input::Result => code!(__v),
            Input::Value => code! {
                match __v {
                    ::core::result::Result::Ok(__v) => __v,
                    ::core::result::Result::Err(__e) => return #source_error,
                }
            },
        };
        code! {
            match #take {
                ::fusewire::__private::Step::Go(__v) => {
                    let __v = #input;
                    #segment(&mut __parts.#part, __v)
                }
                ::fusewire::__private::Step::Leave(__left) => #leave,
            }
        }
    }

    /// What comes out of the two lines that meet, as a step.
    fn meet(&self) -> TokenStream {
        code! {
            if __at == 0 {
                match __state.as_mut().start_1(__entry.meet(&mut __parts.0), __entry) {
                    ::fusewire::__private::Started::Later => return ::fusewire::__private::Started::Later,
                    ::fusewire::__private::Started::Inline(__c) => ::fusewire::__private::step(__c),
                }
            } else {
                ::fusewire::__private::step(__state.resumed_1(__entry))
            }
        }
    }

    /// The value that leaves the segment at position `at`, whose end is `flow`; or out of the body.
    fn run_segment(&self, at: usize, flow: &TokenStream) -> TokenStream {
        let index = self.segments()[at];
        if flow::is_straight(self.plan, index) {
            return flow.clone();
        }
        // A segment that carries its errors on never fails.
        let error = if self.plan.segments[index].carries {
            code!(::fusewire::__private::lost())
        } else {
            self.error_past(index, at + 1)
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
}
