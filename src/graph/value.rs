//! What a value must be at a fork and at the end of a route; as for
//! [functions](crate::function), in words of our own and reported once.
//!
//! The traits are those of a `PhantomData`, because the compiler says more about a user's own type
//! that lacks a trait of ours than helps.

use std::marker::PhantomData;

use crate::completion::{IntoError, Never};
use crate::function::{Fits, Misfits, Nothing};

/// A value that several arms receive.
#[diagnostic::on_unimplemented(
    message = "a `{V}` cannot go to several arms: it is not `Clone`",
    label = "a `{V}` arrives here",
    note = "help: write `#[derive(Clone)]` for it, or go one of two ways with `.route(..)`"
)]
pub trait Splits<V, M> {
    /// How it is done.
    type Way;

    /// How it is done.
    fn way() -> Self::Way;
}

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

#[diagnostic::do_not_recommend]
impl<V: Clone> Splits<V, Fits> for PhantomData<V> {
    type Way = ByClone;

    #[inline(always)]
    fn way() -> ByClone {
        ByClone
    }
}

#[diagnostic::do_not_recommend]
impl<V: Clone + Nothing> Splits<V, Misfits> for PhantomData<V> {
    type Way = ByClone;

    #[inline(always)]
    fn way() -> ByClone {
        ByClone
    }
}

/// A value that crosses to another thread.
#[diagnostic::on_unimplemented(
    message = "a `{V}` cannot cross to another thread",
    label = "a `{V}` arrives here",
    note = "help: make it of what is `Send`, such as an `Arc` instead of an `Rc`, or put a `.map(..)` before this hop"
)]
pub trait Crosses<V> {}

#[diagnostic::do_not_recommend]
impl<V: Send> Crosses<V> for PhantomData<V> {}

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

#[diagnostic::do_not_recommend]
impl<E, E0: IntoError<E>> Turns<E0, E> for PhantomData<E0> {
    #[inline(always)]
    fn turn(error: E0) -> E {
        error.into_error()
    }
}

/// The type itself.
pub trait Is<V> {}

impl<V> Is<V> for V {}

/// A value of the second arm of a `route`, whose first arm makes a `V`.
#[diagnostic::on_unimplemented(
    message = "the first arm makes a `{V}`, the second a `{U}`",
    label = "both arms of a `route` make the same type of value",
    note = "help: end one of them with a `.map(..)` to the other's type"
)]
pub trait SameAs<V, U, M> {
    /// How one becomes the other.
    type Way;

    /// How one becomes the other.
    fn way() -> Self::Way;
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

#[diagnostic::do_not_recommend]
impl<V, U: Is<V>> SameAs<V, U, Fits> for PhantomData<U> {
    type Way = AsItIs;

    #[inline(always)]
    fn way() -> AsItIs {
        AsItIs
    }
}

#[diagnostic::do_not_recommend]
impl<V, U: Is<V> + Nothing> SameAs<V, U, Misfits> for PhantomData<U> {
    type Way = AsItIs;

    #[inline(always)]
    fn way() -> AsItIs {
        AsItIs
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
