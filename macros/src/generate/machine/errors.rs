//! What an error turns into on its way out of a line.

use proc_macro2::TokenStream;

use super::super::flow;
use super::super::typed::Typed;
use super::Machine;
use crate::lower::{Joint, Plan};

/// Turns the error `__e`, with which the line that ends the graph begins, into that of the graph.
pub(crate) fn turns_of_origin(plan: &Plan<'_>, typed: &Typed<'_>) -> TokenStream {
    Machine::of(plan, typed, 0).turns_out(0)
}

/// Turns the error `__e`, which leaves segment `index` of the source's line, or of an arm that ends by itself, into that of
/// the graph.
pub(crate) fn turns_out(plan: &Plan<'_>, typed: &Typed<'_>, index: usize) -> TokenStream {
    let machine = Machine::of(plan, typed, plan.segments[index].line);
    let (past, turns) = (machine.past_joint(index), turns_out_of_fan(plan, typed, index));
    code!(#past #turns)
}

/// The same of an error that comes out of the arms behind segment `index`.
pub(crate) fn turns_out_of_fan(plan: &Plan<'_>, typed: &Typed<'_>, index: usize) -> TokenStream {
    let line = plan.segments[index].line;
    let machine = Machine::of(plan, typed, line);
    let at = machine.segments().iter().position(|&other| other == index);
    let turns = at.map(|at| machine.turns_out(at + 1)).unwrap_or_default();
    let Some((before, fan, arm)) = plan.fan_of(line) else { return turns };
    let Some(joint) = &typed.segments[before].joint else { return turns };
    let (arm, behind) = (flow::turn_of_fan_arm(fan, joint, arm), turns_out_of_fan(plan, typed, before));
    code!(#turns #arm #behind)
}

impl Machine<'_, '_> {
    /// Turns the error `__e` into the one behind the joint of segment `index`.
    fn past_joint(&self, index: usize) -> TokenStream {
        match (self.joint(index), &self.typed.segments[index].joint) {
            (Some(Joint::Wait { operation }), Some(joint)) => flow::turn(&joint.tag, operation.span()),
            (Some(Joint::Fan(fan)), Some(joint)) => flow::turn_past_fan(fan, joint),
            _ => code!(),
        }
    }

    /// The completion with error `__e`, which is to pass the segments from position `from` on.
    pub(super) fn error_out(&self, from: usize) -> TokenStream {
        let turns = self.turns_out(from);
        code!({ #turns ::fusewire::__private::failed(__e) })
    }

    /// The same, past the joint behind segment `index` first.
    pub(super) fn error_past(&self, index: usize, from: usize) -> TokenStream {
        let (past, turns) = (self.past_joint(index), self.turns_out(from));
        code!({ #past #turns ::fusewire::__private::failed(__e) })
    }

    /// Turns the error `__e`, which is to pass the segments from position `from` on, into that of
    /// the line.
    fn turns_out(&self, from: usize) -> TokenStream {
        let mut turns = TokenStream::new();
        for &index in &self.segments()[from..] {
            turns.extend(flow::turns(&self.typed.segments[index].stages));
            turns.extend(self.past_joint(index));
        }
        turns
    }
}
