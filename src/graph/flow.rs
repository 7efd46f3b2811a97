//! What a segment makes of one pass.

use std::marker::PhantomData;

use crate::completion::Never;
use crate::graph::tag::Tag;
use crate::graph::value::Turns;

/// The end of one trip through a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow<T, E> {
    /// The pass goes on with this.
    Next(T),
    /// A filter let nothing through.
    Skip,
    /// A stage failed and no later stage handles it.
    Fail(E),
    /// A joined source has ended, and the graph with it.
    End,
}

/// Goes on with `value`, of the type that `tag` says.
#[inline(always)]
pub const fn next<V, E>(_: &Tag<V, E>, value: V) -> Flow<V, E> {
    Flow::Next(value)
}

/// Goes on with a value for an asynchronous stage, which takes a result.
#[inline(always)]
pub const fn give<V, E>(_: &Tag<V, E>, value: V) -> Flow<Result<V, E>, E> {
    Flow::Next(Ok(value))
}

/// Goes on with a result, because a later stage handles the error: the pass does not fail here.
#[inline(always)]
pub const fn carry<V, E>(_: &Tag<V, E>, value: Result<V, E>) -> Flow<Result<V, E>, Never> {
    Flow::Next(value)
}

/// Ends the pass without a value.
#[inline(always)]
pub const fn skip<T, E>() -> Flow<T, E> {
    Flow::Skip
}

/// Ends the graph: a joined source has no more values.
#[inline(always)]
pub const fn end<T, E>() -> Flow<T, E> {
    Flow::End
}

/// Ends the pass with an error.
#[inline(always)]
pub const fn fail<V, T, E>(_: &Tag<V, E>, error: E) -> Flow<T, E> {
    Flow::Fail(error)
}

/// An error for the `map_err` ahead.
#[inline(always)]
pub const fn raise<V, E>(_: &Tag<V, E>, error: E) -> Result<V, E> {
    Err(error)
}

/// An earlier error as the one that `tag` says.
#[inline(always)]
#[rustfmt::skip]
pub fn turn<V, E0, E>(_: &Tag<V, E>, error: E0) -> E where PhantomData<E0>: Turns<E0, E> {
    PhantomData::<E0>::turn(error)
}

/// A value, beside the error that `tag` says.
#[inline(always)]
pub const fn fine<V, E>(_: &Tag<V, E>, value: V) -> Result<V, E> {
    Ok(value)
}

/// Types the body of a segment that makes one value of each: no filter, nothing that fails.
#[inline(always)]
pub const fn straight<V, E, P, T, G>(_: Tag<V, E>, _: &P, body: G) -> G
where
    G: Fn(&mut P, V) -> T + Copy,
{
    body
}

/// Nothing was gathered.
#[inline(always)]
pub const fn no_rest<P, T, E>(_: &mut P) -> Option<Flow<T, E>> {
    None
}

/// Types the body of a segment and what gives the rest of its batches: `parts` are its stages.
#[inline(always)]
pub fn segment<V, E0, P, T, E, G, F>(_: Tag<V, E0>, _: &P, body: G, rest: F) -> (G, F)
where
    G: Fn(&mut P, V) -> Flow<T, E> + Copy,
    F: Fn(&mut P) -> Option<Flow<T, E>> + Copy,
{
    (body, rest)
}

/// The same for a segment that receives a result.
#[inline(always)]
pub fn segment_of_result<V, E0, P, T, E, G, F>(_: Tag<V, E0>, _: &P, body: G, rest: F) -> (G, F)
where
    G: Fn(&mut P, Result<V, E0>) -> Flow<T, E> + Copy,
    F: Fn(&mut P) -> Option<Flow<T, E>> + Copy,
{
    (body, rest)
}
