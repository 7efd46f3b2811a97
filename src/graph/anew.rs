//! Stages of an arm that are made anew with each pass, because plain calls the arm's function for each value.
//!
//! A closure or the name of a function is a stage as it is. Any other expression, such as `skip(3)`, *makes* a stage, and what
//! it makes may remember. In an arm the macro writes a closure round such an expression, which makes the stage and calls it at
//! once by one of these functions. Each takes the value before the stage, so that the compiler knows it when it looks at the
//! stage, and asks of it what the check of the same combinator asks, in the same words.

use crate::function::{Looks, Makes, Maps, Mends, Picks, Steps, Takes, Tests, Tries};
use crate::sender::Sender;

/// One value through a `map` that was made for it.
#[inline(always)]
pub fn map_anew<V, U, M, F: Maps<V, U, M>>(value: V, stage: F) -> U {
    stage.itself()(value)
}

/// One value through a `try_map` that was made for it.
#[inline(always)]
pub fn try_map_anew<V, U, E, M, F: Tries<V, U, E, M>>(value: V, stage: F) -> Result<U, E> {
    stage.itself()(value)
}

/// One value past a `filter` that was made for it.
#[inline(always)]
pub fn filter_anew<V, M, F: Tests<V, M>>(value: &V, stage: F) -> bool {
    stage.itself()(value)
}

/// One value through a `filter_map` that was made for it.
#[inline(always)]
pub fn filter_map_anew<V, U, M, F: Picks<V, U, M>>(value: V, stage: F) -> Option<U> {
    stage.itself()(value)
}

/// One value past an `inspect_value` that was made for it.
#[inline(always)]
pub fn inspect_value_anew<V, M, F: Looks<V, M>>(value: &V, stage: F) {
    stage.itself()(value);
}

/// One value into a `for_each` that was made for it.
#[inline(always)]
pub fn for_each_anew<V, M, F: Takes<V, M>>(value: V, stage: F) {
    stage.itself()(value);
}

/// One value through the function of a `scan` that was made for it.
#[inline(always)]
pub fn scan_anew_step<S, V, U, M, F: Steps<S, V, U, M>>(state: &mut S, value: V, step: F) -> U {
    step.itself()(state, value)
}

/// One value into an `and` that was made for it.
#[inline(always)]
pub fn and_anew<V, S: Sender<Value = U, Error = E>, U, E, M, F: Makes<V, S, U, E, M>>(
    value: V,
    stage: F,
) -> S {
    stage.itself()(value)
}

/// One error into an `or_else` that was made for it; of what value its sender is, is asked where that goes on.
#[inline(always)]
pub fn or_else_anew<V, E, S: Sender<Value = V, Error = E2>, E2, M, F: Mends<V, E, S, E2, M>>(
    error: E,
    stage: F,
) -> S {
    stage.itself()(error)
}
