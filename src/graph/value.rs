//! How values go to several arms and come back from one of two, and what becomes of errors; what they must be
//! for that are [conditions](crate::condition).

use std::marker::PhantomData;

use crate::completion::{IntoError, Never};

/// Gives all arms but the last a clone.
#[derive(Debug, Clone, Copy)]
pub struct ByClone;

/// How arms but the last get their value.
pub trait Another<V>: Copy + Send {
    /// The value for one arm more.
    fn another(self, value: &V) -> V;
}

#[diagnostic::do_not_recommend]
impl<V: Clone> Another<V> for ByClone {
    #[inline(always)]
    fn another(self, value: &V) -> V {
        value.clone()
    }
}

/// The error of an earlier stage, which becomes that of a later one.
#[diagnostic::on_unimplemented(
    message = "an earlier stage fails with `{E0}`, this one with `{E}`, and neither turns into the other",
    label = "fails with `{E}`",
    note = "help: put `.map_err(..)` before this stage, or write `impl From<{E0}> for {E}` (and `impl std::error::Error for {E0}`)"
)]
pub trait Turns<E0, E> {
    /// Turns the earlier error into the later one.
    fn turn(error: E0) -> E;
}

/// The later error. As long as the compiler does not know it, it cannot say that the earlier one does not turn
/// into it.
pub trait TurnedFrom<E0> {
    /// Turns the earlier error into this one.
    fn turned_from(error: E0) -> Self;
}

#[diagnostic::do_not_recommend]
impl<E, E0: IntoError<E>> TurnedFrom<E0> for E {
    #[inline(always)]
    fn turned_from(error: E0) -> E {
        error.into_error()
    }
}

#[diagnostic::do_not_recommend]
impl<E: TurnedFrom<E0>, E0> Turns<E0, E> for PhantomData<E0> {
    #[inline(always)]
    fn turn(error: E0) -> E {
        E::turned_from(error)
    }
}

/// Changes nothing.
#[derive(Debug, Clone, Copy)]
pub struct AsItIs;

impl AsItIs {
    /// The value.
    #[inline(always)]
    pub fn give<V>(self, value: V) -> V {
        value
    }
}

/// The error of a pass that has not failed.
#[diagnostic::on_unimplemented(
    message = "a pass cannot have failed here, and this one may have with a `{Self}`",
    label = "may have failed with a `{Self}`"
)]
pub trait CannotFail {
    /// Whatever is asked for, since this never happens.
    fn never<T>(self) -> T;
}

#[diagnostic::do_not_recommend]
impl CannotFail for Never {
    #[inline(always)]
    fn never<T>(self) -> T {
        match self {}
    }
}
