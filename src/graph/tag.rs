//! Types of values that flow through a graph, carried from stage to stage at compile time.
//!
//! The macro knows no types. It threads a [`Tag`] through one call per stage; each call checks the
//! stage's function against the tag of the stage before, which is also what lets the compiler
//! infer the parameter of a closure, and returns the tag of what the stage makes. Nothing here
//! exists at run time.

use std::marker::PhantomData;

use crate::batch::Batch;
use crate::completion::{IntoError, JoinError};
use crate::context::{MayBlock, NeverBlocks, Scheduler};
use crate::graph::function::{Looks, Makes, Maps, Mends, Picks, Steps, Takes, Tests, Tries};
use crate::graph::value::{CannotFail, SameAs, Splits};
use crate::graph::waiting::{And, OrElse};
use crate::on::On;
use crate::source::Source;
use crate::stage::{DoesNotBlock, Stage};

/// "A pass here carries a `V`, and may have failed with an `E` on the way."
pub struct Tag<V, E>(PhantomData<fn() -> (V, E)>);

impl<V, E> Clone for Tag<V, E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<V, E> Copy for Tag<V, E> {}

impl<V, E> std::fmt::Debug for Tag<V, E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(std::any::type_name::<Self>())
    }
}

impl<V, E> Tag<V, E> {
    const NEW: Self = Self(PhantomData);

    /// Bytes of the value.
    pub const fn bytes(self) -> usize {
        size_of::<V>()
    }

    /// The value's type, for people to read.
    pub fn type_name(self) -> &'static str {
        std::any::type_name::<V>()
    }
}

/// The tag of what `source` gives.
pub const fn source<S: Source>(_: &S) -> Tag<S::Value, S::Error> {
    Tag::NEW
}

/// Checks a `map`.
#[inline(always)]
pub fn map<V, E, U, M, F: Maps<V, U, M>>(_: Tag<V, E>, stage: F) -> (F::Itself, Tag<U, E>) {
    (stage.itself(), Tag::NEW)
}

/// Checks a `try_map`.
#[inline(always)]
#[rustfmt::skip]
pub fn try_map<V, E: IntoError<E2>, U, E2, M, F: Tries<V, U, E2, M>>(_: Tag<V, E>, stage: F) -> (F::Itself, Tag<U, E2>) {
    (stage.itself(), Tag::NEW)
}

/// Checks a `filter`.
#[inline(always)]
pub fn filter<V, E, M, F: Tests<V, M>>(tag: Tag<V, E>, stage: F) -> (F::Itself, Tag<V, E>) {
    (stage.itself(), tag)
}

/// Checks a `filter_map`.
#[inline(always)]
pub fn filter_map<V, E, U, M, F: Picks<V, U, M>>(_: Tag<V, E>, stage: F) -> (F::Itself, Tag<U, E>) {
    (stage.itself(), Tag::NEW)
}

/// Checks an `inspect_value`.
#[inline(always)]
pub fn inspect_value<V, E, M, F: Looks<V, M>>(tag: Tag<V, E>, stage: F) -> (F::Itself, Tag<V, E>) {
    (stage.itself(), tag)
}

/// Checks a `for_each`.
#[inline(always)]
pub fn for_each<V, E, M, F: Takes<V, M>>(_: Tag<V, E>, stage: F) -> (F::Itself, Tag<(), E>) {
    (stage.itself(), Tag::NEW)
}

/// Checks a `map_err`.
#[inline(always)]
pub fn map_err<V, E, E2, M, F: Maps<E, E2, M>>(_: Tag<V, E>, stage: F) -> (F::Itself, Tag<V, E2>) {
    (stage.itself(), Tag::NEW)
}

/// A `scan`: its state and its function.
#[derive(Debug)]
pub struct Scan<S, F> {
    state: S,
    step: F,
}

impl<S, F> Scan<S, F> {
    /// One value through the scan.
    #[inline(always)]
    pub fn call<V, U>(&mut self, value: V) -> U
    where
        F: FnMut(&mut S, V) -> U,
    {
        (self.step)(&mut self.state, value)
    }
}

/// Checks a `scan`.
#[inline(always)]
#[rustfmt::skip]
pub fn scan<V, E, S, U, M, F: Steps<S, V, U, M>>(_: Tag<V, E>, state: S, step: F) -> (Scan<S, F::Itself>, Tag<U, E>) {
    (Scan { state, step: step.itself() }, Tag::NEW)
}

/// A `batch`: what it has gathered so far.
#[derive(Debug)]
pub struct Batcher<V, const N: usize> {
    // INVARIANT: not full between values.
    gathered: Batch<V, N>,
}

impl<V, const N: usize> Batcher<V, N> {
    /// Adds a value; gives the batch that it completes.
    #[inline(always)]
    pub fn push(&mut self, value: V) -> Option<Batch<V, N>> {
        if self.gathered.push(value).is_err() {
            unreachable!("a full batch is handed on at once");
        }
        if self.gathered.is_full() { Some(std::mem::take(&mut self.gathered)) } else { None }
    }

    /// What has been gathered, at the end of the input.
    pub fn rest(&mut self) -> Option<Batch<V, N>> {
        if self.gathered.is_empty() { None } else { Some(std::mem::take(&mut self.gathered)) }
    }
}

/// Checks a `batch`.
#[inline(always)]
pub const fn batch<V, E, const N: usize>(_: Tag<V, E>) -> (Batcher<V, N>, Tag<Batch<V, N>, E>) {
    const { assert!(N > 0, "a batch holds one value at least: write `.batch::<1>()` or more") }
    (Batcher { gathered: Batch::new() }, Tag::NEW)
}

/// Checks an `and`.
#[inline(always)]
#[rustfmt::skip]
pub fn and<V, E: JoinError<E2>, S, U, E2, M, F: Makes<V, S, U, E2, M>>(_: Tag<V, E>, stage: F) -> (And<F::Itself>, Tag<U, E::Joined>) {
    (And(stage.itself()), Tag::NEW)
}

/// Checks an `or_else`.
#[inline(always)]
#[rustfmt::skip]
pub fn or_else<V, E, S, E2, M, F: Mends<V, E, S, E2, M>>(_: Tag<V, E>, stage: F) -> (OrElse<F::Itself>, Tag<V, E2>) {
    (OrElse(stage.itself()), Tag::NEW)
}

/// Checks the predicate of a `route`.
#[inline(always)]
pub fn route<V, E, M, F: Tests<V, M>>(_: Tag<V, E>, choose: F) -> F::Itself {
    choose.itself()
}

/// What every arm of a `fork` receives, and how it gets it.
#[inline(always)]
#[rustfmt::skip]
pub fn fork<V, E, M>(tag: Tag<V, E>) -> (<PhantomData<V> as Splits<V, M>>::Way, Tag<V, E>) where PhantomData<V>: Splits<V, M> {
    (<PhantomData<V> as Splits<V, M>>::way(), tag)
}

/// The tuple that the arms of a `fork` make.
pub trait Joined {
    /// The tag of the tuple; its error is the last arm's, into which the earlier ones turn.
    type Tag;
    /// The tag of the tuple.
    fn joined(self) -> Self::Tag;
}

impl<A, EA, B, EB> Joined for (Tag<A, EA>, Tag<B, EB>) {
    type Tag = Tag<(A, B), EB>;
    fn joined(self) -> Self::Tag {
        Tag::NEW
    }
}

impl<A, EA, B, EB, C, EC> Joined for (Tag<A, EA>, Tag<B, EB>, Tag<C, EC>) {
    type Tag = Tag<(A, B, C), EC>;
    fn joined(self) -> Self::Tag {
        Tag::NEW
    }
}

impl<A, EA, B, EB, C, EC, D, ED> Joined for (Tag<A, EA>, Tag<B, EB>, Tag<C, EC>, Tag<D, ED>) {
    type Tag = Tag<(A, B, C, D), ED>;
    fn joined(self) -> Self::Tag {
        Tag::NEW
    }
}

/// The value that an arm begins with, in the error tag that the arm before it left.
#[inline(always)]
pub const fn arm<V, E0, U, E>(_: Tag<V, E0>, _: Tag<U, E>) -> Tag<V, E> {
    Tag::NEW
}

/// The tag of both arms of a `route`, which make the same type of value, and how the second arm's
/// value becomes that of both.
#[inline(always)]
#[rustfmt::skip]
pub fn same<V, EA, U, EB, M>(_: Tag<V, EA>, _: Tag<U, EB>) -> (<PhantomData<U> as SameAs<V, U, M>>::Way, Tag<V, EB>) where PhantomData<U>: SameAs<V, U, M> {
    (<PhantomData<U> as SameAs<V, U, M>>::way(), Tag::NEW)
}

/// The tag with which a joined graph begins; its source cannot fail.
#[inline(always)]
pub const fn join_start<V, E, U, N: CannotFail>(_: Tag<V, E>, _: Tag<U, N>) -> Tag<U, E> {
    Tag::NEW
}

/// Checks a hop: the value crosses to another thread.
#[inline(always)]
pub fn hop<V: Send, E, C: Scheduler, L>(tag: Tag<V, E>, to: On<C, L>) -> (On<C, L>, Tag<V, E>) {
    (to, tag)
}

/// Checks a hop that carries an error to the stage that handles it.
#[inline(always)]
pub fn hop_carrying<V: Send, E: Send, C: Scheduler, L>(
    tag: Tag<V, E>,
    to: On<C, L>,
) -> (On<C, L>, Tag<V, E>) {
    (to, tag)
}

/// Which stages a context's thread may run.
#[diagnostic::on_unimplemented(
    message = "the stage `{S}` may block, and may not run on an io lane",
    label = "everything else on its lane would wait for it",
    note = "help: hop to a cpu context before it: `.then(on(compute))`"
)]
pub trait Runs<S> {}

#[diagnostic::do_not_recommend]
impl<S: Stage> Runs<S> for MayBlock {}

#[diagnostic::do_not_recommend]
impl<S: Stage<Blocking = DoesNotBlock>> Runs<S> for NeverBlocks {}

/// Checks that the stage `S` may run where the hop `to` leads.
pub const fn runs_on<S, C: Scheduler<Blocking: Runs<S>>, L>(_: &On<C, L>, _: PhantomData<S>) {}

/// Checks that the stage `S` may run on the home of a socket.
#[rustfmt::skip]
pub const fn runs_on_io<S>(_: PhantomData<S>) where NeverBlocks: Runs<S> {}
