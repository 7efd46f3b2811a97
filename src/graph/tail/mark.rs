//! Passes without a value that must not be missed: in an arm, and before a join.
//!
//! Where lines meet, the next value of one belongs to the next of the other. So a pass that a
//! filter ends goes on as `None`, past every segment, to where it is taken out of all of them.

use std::time::Instant;

use super::{LaneState, OpenTail, PushTail, Put, Room, Tail};
use crate::edge::Push;

/// Pushes `Some` for a value, `None` for a pass without one.
#[derive(Debug)]
pub struct MarkTail<P>(PushTail<P>);

impl<P> MarkTail<P> {
    /// Pushes into the edge behind `push`.
    pub const fn new(push: PushTail<P>) -> Self {
        Self(push)
    }
}

impl<T, P: Push<Item = Option<T>>> Tail<T> for MarkTail<P> {
    type Open<'t>
        = OpenMark<<PushTail<P> as Tail<Option<T>>>::Open<'t>>
    where
        Self: 't;

    #[inline(always)]
    fn open(&mut self) -> Self::Open<'_> {
        OpenMark(self.0.open())
    }

    fn deadline(&self) -> Option<Instant> {
        self.0.deadline()
    }

    fn awaits(&self, seen: &mut Vec<bool>) {
        self.0.awaits(seen);
    }
}

/// A [`MarkTail`] for the time of a loop.
#[derive(Debug)]
pub struct OpenMark<N>(N);

/// A lane behind a [`MarkTail`]: a value goes on, a pass without one goes past the segments.
#[derive(Debug)]
pub struct MarkedTail<N>(N);

impl<N> MarkedTail<N> {
    /// Goes on with `next`.
    pub const fn new(next: N) -> Self {
        Self(next)
    }
}

impl<T, N: Tail<T>> Tail<Option<T>> for MarkedTail<N> {
    type Open<'t>
        = OpenMarked<N::Open<'t>>
    where
        Self: 't;

    #[inline(always)]
    fn open(&mut self) -> Self::Open<'_> {
        OpenMarked(self.0.open())
    }

    fn deadline(&self) -> Option<Instant> {
        self.0.deadline()
    }

    fn awaits(&self, seen: &mut Vec<bool>) {
        self.0.awaits(seen);
    }
}

/// A [`MarkedTail`] for the time of a loop.
#[derive(Debug)]
pub struct OpenMarked<N>(N);

impl<T, N: OpenTail<Option<T>>> OpenTail<T> for OpenMark<N> {
    const OVERFLOWS: bool = N::OVERFLOWS;

    #[inline(always)]
    fn put(&mut self, value: T, room: Room, lane: &mut LaneState) -> Put {
        self.0.put(Some(value), room, lane)
    }

    #[inline(always)]
    fn skip(&mut self, room: Room, lane: &mut LaneState) -> Put {
        self.0.put(None, room, lane)
    }

    super::as_next!(self => self.0);
}

impl<T, N: OpenTail<T>> OpenTail<Option<T>> for OpenMarked<N> {
    const OVERFLOWS: bool = N::OVERFLOWS;

    #[inline(always)]
    fn put(&mut self, value: Option<T>, room: Room, lane: &mut LaneState) -> Put {
        match value {
            Some(value) => self.0.put(value, room, lane),
            None => self.0.skip(room, lane),
        }
    }

    super::as_next!(self => self.0);
}
