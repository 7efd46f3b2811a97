//! Statements: what happens in order, and where it does not.

use std::rc::Rc;

use fusewire::kernel::program::{Expr, Local, LocalId, Place as Target, RoutineId, Statement, Step};

use super::value::Value;
use super::{Lowering, MOST_NODES, Place, Unsupported};
use crate::netlist::Id;

/// What a routine has done so far, on one of the ways through it.
#[derive(Debug, Clone)]
pub(super) struct State {
    /// The bits of each local that is a scalar; else 0.
    widths: Rc<[u32]>,
    /// Whether a local that is set may have a value that is read later.
    kept: Rc<[bool]>,
    pub(super) locals: Vec<Option<Value>>,
    /// One bit: whether what comes next happens; not behind a `break`, `continue` or `return`.
    active: Id,
    /// One bit: whether the innermost loop was left.
    broken: Id,
    /// One bit: whether the routine was left.
    returned: Id,
    result: Option<Value>,
}

impl Lowering<'_> {
    /// What a routine gives.
    pub(super) fn call(&mut self, id: RoutineId, arguments: Vec<Value>) -> Result<Value, Unsupported> {
        let routine = self.program.routine(id);
        let caller = std::mem::replace(&mut self.frame, Place::of(routine));
        let (no, yes) = (self.builder.constant(0, 1), self.builder.constant(1, 1));
        let mut locals = vec![None; routine.locals.len()];
        for (local, argument) in routine.params.iter().zip(arguments) {
            locals[local.0] = Some(argument);
        }
        let width = |local: &Local| local.ty.scalar().map_or(0, |scalar| scalar.bits());
        let widths = routine.locals.iter().map(width).collect();
        let kept = routine.locals.iter().map(|local| local.mutable).collect();
        let mut state = State { widths, kept, locals, active: yes, broken: no, returned: no, result: None };
        self.block(&routine.body, &mut state)?;
        let Some(result) = state.result else {
            return self.refuse("it gives no value", "end it with a value");
        };
        self.frame = caller;
        Ok(result)
    }

    fn never(&self, condition: Id) -> bool {
        self.builder.known(condition) == Some(0)
    }

    fn block(&mut self, block: &[Statement], state: &mut State) -> Result<(), Unsupported> {
        for statement in block {
            if self.never(state.active) {
                break;
            }
            if self.builder.len() > MOST_NODES {
                let what = format!("its loops unroll to more than {MOST_NODES} operators");
                return self.refuse(what, "make the loops shorter, or split the work between values");
            }
            self.statement(statement, state)?;
        }
        Ok(())
    }

    fn statement(&mut self, statement: &Statement, state: &mut State) -> Result<(), Unsupported> {
        match statement {
            Statement::Set { place, value } => self.set(place, value, state),
            Statement::If { condition, then, otherwise } => self.branch(condition, then, otherwise, state),
            Statement::For { local, from, count, reversed, body } => {
                let steps = 0..i128::from(*count);
                if *reversed {
                    self.repeat(*local, steps.rev().map(|step| from + step), body, state)
                } else {
                    self.repeat(*local, steps.map(|step| from + step), body, state)
                }
            }
            Statement::Break => {
                state.broken = self.builder.or(state.broken, state.active);
                state.active = self.builder.constant(0, 1);
                Ok(())
            }
            Statement::Continue => {
                state.active = self.builder.constant(0, 1);
                Ok(())
            }
            Statement::Return(value) => {
                let value = self.expression(value, state)?;
                let result = match state.result.take() {
                    Some(earlier) => self.either(state.active, &value, &earlier),
                    None => value,
                };
                state.result = Some(result);
                state.returned = self.builder.or(state.returned, state.active);
                state.active = self.builder.constant(0, 1);
                Ok(())
            }
        }
    }

    fn set(&mut self, target: &Target, value: &Expr, state: &mut State) -> Result<(), Unsupported> {
        let value = self.expression(value, state)?;
        let before = state.locals[target.local.0].take();
        let after = match (&before, target.path.as_slice()) {
            (Some(before), [_, ..]) => {
                state.locals[target.local.0] = Some(before.clone());
                self.updated(before, &target.path, value, state)?
            }
            _ => value,
        };
        let after = match before {
            Some(before) if state.kept[target.local.0] => self.either(state.active, &after, &before),
            _ => after,
        };
        state.locals[target.local.0] = Some(after);
        Ok(())
    }

    /// `whole` with the part at the end of `path` replaced.
    fn updated(
        &mut self,
        whole: &Value,
        path: &[Step],
        part: Value,
        state: &State,
    ) -> Result<Value, Unsupported> {
        let Some((step, rest)) = path.split_first() else { return Ok(part) };
        let count = self.count(whole);
        let mut parts: Vec<Value> = (0..count).map(|at| self.part(whole, at)).collect();
        match step {
            Step::Field(field) => parts[*field] = self.updated(&parts[*field], rest, part, state)?,
            Step::Index(index) => {
                let index = self.expression(index, state)?;
                let index = self.scalar(&index);
                let index = self.builder.clamped(index, count);
                let reached = self.builder.range(index);
                for at in reached.low..=reached.high {
                    let number = self.builder.constant(at, self.builder.width(index));
                    let here = self.builder.equal(index, number);
                    let before = &parts[at as usize];
                    let after = self.updated(before, rest, part.clone(), state)?;
                    parts[at as usize] = self.either(here, &after, &parts[at as usize]);
                }
            }
        }
        Ok(Value::parts(parts))
    }

    fn branch(
        &mut self,
        condition: &Expr,
        then: &[Statement],
        otherwise: &[Statement],
        state: &mut State,
    ) -> Result<(), Unsupported> {
        let condition = self.expression(condition, state)?;
        let condition = self.scalar(&condition);
        match self.builder.known(condition) {
            Some(1) => return self.block(then, state),
            Some(_) => return self.block(otherwise, state),
            None => {}
        }
        let mut other = state.clone();
        self.block(then, state)?;
        self.block(otherwise, &mut other)?;
        self.merge(condition, state, other);
        Ok(())
    }

    /// `state` where the condition holds, `other` where it does not, into `state`.
    fn merge(&mut self, condition: Id, state: &mut State, other: State) {
        for (yes, no) in state.locals.iter_mut().zip(other.locals) {
            *yes = self.joined(condition, yes.take(), no);
        }
        state.result = self.joined(condition, state.result.take(), other.result);
        state.active = self.builder.select(condition, state.active, other.active);
        state.broken = self.builder.select(condition, state.broken, other.broken);
        state.returned = self.builder.select(condition, state.returned, other.returned);
    }

    /// What is set on one way only is never read after the other.
    fn joined(&mut self, condition: Id, yes: Option<Value>, no: Option<Value>) -> Option<Value> {
        match (yes, no) {
            (Some(yes), Some(no)) => Some(self.either(condition, &yes, &no)),
            (yes, no) => yes.or(no),
        }
    }

    fn repeat(
        &mut self,
        local: LocalId,
        numbers: impl Iterator<Item = i128>,
        body: &[Statement],
        state: &mut State,
    ) -> Result<(), Unsupported> {
        let entered = state.active;
        let outer = std::mem::replace(&mut state.broken, self.builder.constant(0, 1));
        let counts = state.widths[local.0];
        for number in numbers {
            let left = self.builder.or(state.broken, state.returned);
            let stays = self.builder.not(left);
            state.active = self.builder.and(entered, stays);
            if self.never(state.active) {
                break;
            }
            let number = self.builder.constant(number as u128, counts);
            state.locals[local.0] = Some(Value::Scalar(number));
            self.block(body, state)?;
        }
        state.broken = outer;
        let stays = self.builder.not(state.returned);
        state.active = self.builder.and(entered, stays);
        Ok(())
    }
}
