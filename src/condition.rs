//! What values and errors must be where they are, one trait for each condition.
//!
//! A combinator that asks for one gives its sender as [`If`](Crosses::If) of the condition: where
//! it does not hold, the sender has no type, so that the one mistake is reported once, and nothing
//! behind it is wrong as well. As for functions (see [`function`](crate::function)), a marker `M` makes two
//! implementations possible, of which the second applies to nothing.
//!
//! The traits are those of a `PhantomData`, because the compiler says more about a user's own type
//! that lacks a trait of ours than helps.

use std::error::Error;
use std::marker::PhantomData;

use crate::completion::{Completion, IntoError, JoinError};
use crate::function::{Fits, Misfits, Nothing};

macro_rules! condition {
    (
        $(#[$attribute:meta])*
        $name:ident<$first:ident $(, $more:ident)*>: $($holds:ident: $bound:path),+; not $($never:ident: $misfit:path),+
    ) => {
        $(#[$attribute])*
        pub trait $name<$first $(, $more)*, M> {
            /// `T`, if the condition holds.
            type If<T>;

            /// `sender`, if the condition holds.
            fn hold<T>(sender: T) -> Self::If<T>;
        }

        #[diagnostic::do_not_recommend]
        impl<$first $(, $more)*> $name<$first $(, $more)*, Fits> for PhantomData<$first>
        where
            $($holds: $bound),+
        {
            type If<T> = T;

            #[inline(always)]
            fn hold<T>(sender: T) -> T {
                sender
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$first $(, $more)*> $name<$first $(, $more)*, Misfits> for PhantomData<$first>
        where
            $($never: $misfit),+
        {
            type If<T> = T;

            #[inline(always)]
            fn hold<T>(sender: T) -> T {
                sender
            }
        }
    };
}

condition! {
    /// A value that crosses to another thread.
    #[diagnostic::on_unimplemented(
        message = "a `{V}` cannot cross to another thread",
        label = "a `{V}` arrives here",
        note = "help: make it of what is `Send`, such as an `Arc` instead of an `Rc`, or put a `.map(..)` before this one"
    )]
    Crosses<V>: V: Send; not V: Nothing
}

condition! {
    /// A value that several arms receive.
    #[diagnostic::on_unimplemented(
        message = "a `{V}` cannot go to several arms: it is not `Clone`",
        label = "a `{V}` arrives here",
        note = "help: write `#[derive(Clone)]` for it, or go one of two ways with `.route(..)`"
    )]
    Splits<V>: V: Clone; not V: Nothing
}

condition! {
    /// The error of an earlier stage, which becomes that of a later one that fails by itself.
    #[diagnostic::on_unimplemented(
        message = "an earlier stage fails with `{E0}`, this one with `{E}`, and neither turns into the other",
        label = "fails with `{E}`",
        note = "help: put `.map_err(..)` before this stage, or write `impl From<{E0}> for {E}` (and `impl std::error::Error for {E0}`)"
    )]
    Follows<E0, E>: E0: IntoError<E>; not E0: Error, E: Nothing
}

/// A value that is a completion.
#[diagnostic::on_unimplemented(
    message = "a `{V}` is not a `Completion` whose error joins that of the stages before",
    label = "expected a `Completion` to arrive here",
    note = "help: make one by `.materialize()`, or by `.map(Completion::Value)` at the end of what may fail or stop"
)]
pub trait Completes<V, E, M> {
    /// `T`, if it is one.
    type If<T>;

    /// `sender`, if it is one.
    fn hold<T>(sender: T) -> Self::If<T>;
}

#[diagnostic::do_not_recommend]
impl<V: Whole<E>, E> Completes<V, E, Fits> for PhantomData<V> {
    type If<T> = T;

    #[inline(always)]
    fn hold<T>(sender: T) -> T {
        sender
    }
}

#[diagnostic::do_not_recommend]
impl<V: Nothing, E> Completes<V, E, Misfits> for PhantomData<V> {
    type If<T> = T;

    #[inline(always)]
    fn hold<T>(sender: T) -> T {
        sender
    }
}

/// A completion whose error joins an `E`.
pub trait Whole<E> {}

impl<V, E2, E: JoinError<E2>> Whole<E> for Completion<V, E2> {}

/// The type itself.
pub trait Is<V> {}

impl<V> Is<V> for V {}

condition! {
    /// A value of the first arm of a `route`, whose second arm makes a `U`.
    #[diagnostic::on_unimplemented(
        message = "the first arm makes a `{V}`, the second a `{U}`",
        label = "both arms of a `route` make the same type of value",
        note = "help: end one of them with a `.map(..)` to the other's type"
    )]
    SameAs<V, U>: V: Is<U>; not U: Nothing
}

/// Marks an implementation that is possible while an earlier error is not known.
#[derive(Debug)]
pub struct Unknown;

/// The error of an earlier stage, which joins that of a later sender.
#[diagnostic::on_unimplemented(
    message = "an earlier stage fails with `{E0}`, a later one with `{E}`, and neither turns into the other",
    label = "fails with `{E}`",
    note = "help: put `.map_err(..)` after the earlier stage, or write `impl From<{E0}> for {E}` (and `impl std::error::Error` for both)"
)]
pub trait Joins<E0, E, M> {
    /// How the two fail together.
    type Joined;

    /// `T`, if the condition holds.
    type If<T>;

    /// `sender`, if the condition holds.
    fn hold<T>(sender: T) -> Self::If<T>;
}

#[diagnostic::do_not_recommend]
impl<E0: JoinError<E>, E> Joins<E0, E, Fits> for PhantomData<E0> {
    type Joined = E0::Joined;
    type If<T> = T;

    #[inline(always)]
    fn hold<T>(sender: T) -> T {
        sender
    }
}

#[diagnostic::do_not_recommend]
impl<E0: Error, E: Nothing> Joins<E0, E, Misfits> for PhantomData<E0> {
    type Joined = E0;
    type If<T> = T;

    #[inline(always)]
    fn hold<T>(sender: T) -> T {
        sender
    }
}

// While the later error is known and the earlier one is not, as it may be where lines meet, the implementation above is out: with
// this one there still is a choice.
#[diagnostic::do_not_recommend]
impl<E0: Nothing, E> Joins<E0, E, Unknown> for PhantomData<E0> {
    type Joined = E0;
    type If<T> = T;

    #[inline(always)]
    fn hold<T>(sender: T) -> T {
        sender
    }
}

/// The state of a stage, which goes with it to the thread of its lane.
#[diagnostic::on_unimplemented(
    message = "the state `{S}` cannot move to another thread",
    label = "its state is not `Send`",
    note = "help: make it of what is `Send`, such as an `Arc` instead of an `Rc`, an atomic or a `Mutex` instead of a `Cell`"
)]
pub trait Keeps<S, M> {
    /// The state's own type.
    type Itself: Send;

    /// The state.
    fn itself(state: S) -> Self::Itself;

    /// `T`, if the condition holds.
    type If<T>;

    /// `sender`, if the condition holds.
    fn hold<T>(sender: T) -> Self::If<T>;
}

#[diagnostic::do_not_recommend]
impl<S: Send> Keeps<S, Fits> for PhantomData<S> {
    type Itself = S;

    #[inline(always)]
    fn itself(state: S) -> S {
        state
    }

    type If<T> = T;

    #[inline(always)]
    fn hold<T>(sender: T) -> T {
        sender
    }
}

#[diagnostic::do_not_recommend]
impl<S: Send + Nothing> Keeps<S, Misfits> for PhantomData<S> {
    type Itself = S;

    #[inline(always)]
    fn itself(state: S) -> S {
        state
    }

    type If<T> = T;

    #[inline(always)]
    fn hold<T>(sender: T) -> T {
        sender
    }
}

/// A value that a source gives at every pass anew.
#[diagnostic::on_unimplemented(
    message = "a `{V}` cannot be given at every pass: it is not `Clone`, or not `Send`",
    label = "every pass gets a clone of this",
    note = "help: write `#[derive(Clone)]` for it, or make each value anew with `from_fn(|| Some(..))`"
)]
pub trait Recurs<V, M> {
    /// The value's own type.
    type Itself: Clone + Send;

    /// The value.
    fn itself(value: V) -> Self::Itself;
}

#[diagnostic::do_not_recommend]
impl<V: Clone + Send> Recurs<V, Fits> for PhantomData<V> {
    type Itself = V;

    #[inline(always)]
    fn itself(value: V) -> V {
        value
    }
}

#[diagnostic::do_not_recommend]
impl<V: Clone + Send + Nothing> Recurs<V, Misfits> for PhantomData<V> {
    type Itself = V;

    #[inline(always)]
    fn itself(value: V) -> V {
        value
    }
}

/// A `V`, if it can be given at every pass anew.
pub type Recurring<V, M> = <PhantomData<V> as Recurs<V, M>>::Itself;

/// `T`, if the error `E0` turns into `E`.
pub type Following<E0, E, M, T> = <PhantomData<E0> as Follows<E0, E, M>>::If<T>;

/// `T`, if a `V` is a completion.
pub type Completing<V, E, M, T> = <PhantomData<V> as Completes<V, E, M>>::If<T>;

/// `T`, if the error `E0` joins an `E`.
pub type Joining<E0, E, M, T> = <PhantomData<E0> as Joins<E0, E, M>>::If<T>;

/// How an earlier and a later error fail together.
pub type FailingTogether<E0, E, M> = <PhantomData<E0> as Joins<E0, E, M>>::Joined;

/// `T`, if a `V` may cross to another thread.
pub type Crossing<V, M, T> = <PhantomData<V> as Crosses<V, M>>::If<T>;

/// `T`, if a `V` may go to several arms.
pub type Splitting<V, M, T> = <PhantomData<V> as Splits<V, M>>::If<T>;

/// `T`, if a `V` and a `U` are the same.
pub type Alike<V, U, M, T> = <PhantomData<V> as SameAs<V, U, M>>::If<T>;

/// `T`, if the state `S` may move.
pub type Keeping<S, M, T> = <PhantomData<S> as Keeps<S, M>>::If<T>;
