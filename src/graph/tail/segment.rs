//! A segment, and what follows it.

use std::time::Instant;

use super::{LaneState, OpenTail, Put, Room, Tail};
use crate::control::RunError;
use crate::graph::flow::Flow;
use crate::graph::local::Local;

/// A segment, and what follows it.
#[derive(Debug)]
pub struct SegmentTail<P, G, F, N, X> {
    parts: P,
    body: G,
    rest: F,
    next: N,
    fail: X,
    // Whether a pass of the graph begins with what was gathered, and ends with a source that is joined.
    counts: bool,
}

impl<P, G, F, N, X> SegmentTail<P, G, F, N, X> {
    /// Runs `body` over `parts`; `rest` gives what the segment gathered, at the end of the input;
    /// `fail` makes of its error what is reported.
    pub const fn new(parts: P, body: G, rest: F, next: N, fail: X) -> Self {
        Self { parts, body, rest, next, fail, counts: true }
    }

    /// Of a line that meets another source later, which is where passes begin.
    #[must_use]
    pub fn side(self) -> Self {
        Self { counts: false, ..self }
    }
}

impl<T, U, E, P, G, F, N, X> Tail<T> for SegmentTail<P, G, F, N, X>
where
    P: Send,
    G: Fn(&mut P, T) -> Flow<U, E> + Copy + Send,
    F: Fn(&mut P) -> Option<Flow<U, E>> + Copy + Send,
    N: Tail<U>,
    X: Fn(E) -> RunError + Copy + Send,
{
    type Open<'t>
        = OpenSegment<'t, P, G, F, N::Open<'t>, X>
    where
        Self: 't;

    #[inline(always)]
    fn open(&mut self) -> Self::Open<'_> {
        let parts = Local::new(&mut self.parts);
        OpenSegment {
            parts,
            body: self.body,
            rest: self.rest,
            next: self.next.open(),
            fail: self.fail,
            counts: self.counts,
        }
    }

    fn deadline(&self) -> Option<Instant> {
        self.next.deadline()
    }

    fn awaits(&self, seen: &mut Vec<bool>) {
        self.next.awaits(seen);
    }
}

/// Bytes of the stages of a segment that are moved into the loop: a counter and a pointer.
pub(in crate::graph) const SMALL_PARTS: usize = 2 * size_of::<usize>();

/// A [`SegmentTail`] for the time of a loop.
#[derive(Debug)]
pub struct OpenSegment<'t, P, G, F, N, X> {
    parts: Local<'t, P, SMALL_PARTS>,
    body: G,
    rest: F,
    next: N,
    fail: X,
    // Whether a pass of the graph begins with what was gathered, and ends with a source that is joined.
    counts: bool,
}

impl<P, G, F, N, X> OpenSegment<'_, P, G, F, N, X> {
    #[inline(always)]
    fn follow<U, E>(&mut self, flow: Flow<U, E>, room: Room, lane: &mut LaneState) -> Put
    where
        N: OpenTail<U>,
        X: Fn(E) -> RunError,
    {
        match flow {
            Flow::Next(value) => self.next.put(value, room, lane),
            Flow::Skip => self.next.skip(room, lane),
            Flow::Fail(error) => lane.fail((self.fail)(error)),
            Flow::End if self.counts => lane.stop(),
            Flow::End => Put::Ended,
        }
    }
}

impl<T, U, E, P, G, F, N, X> OpenTail<T> for OpenSegment<'_, P, G, F, N, X>
where
    G: Fn(&mut P, T) -> Flow<U, E>,
    F: Fn(&mut P) -> Option<Flow<U, E>>,
    N: OpenTail<U>,
    X: Fn(E) -> RunError,
{
    const OVERFLOWS: bool = N::OVERFLOWS;

    super::as_next!(self => self.next; ready skip takes finishes waits poll leave show wakes turned moved);

    #[inline(always)]
    fn put(&mut self, value: T, room: Room, lane: &mut LaneState) -> Put {
        let flow = (self.body)(&mut self.parts, value);
        self.follow(flow, room, lane)
    }

    fn finish(&mut self, lane: &mut LaneState) -> bool {
        match (self.rest)(&mut self.parts) {
            Some(flow) => {
                lane.more += i64::from(self.counts);
                self.follow(flow, Room::UNSURE, lane);
                false
            }
            None => self.next.finish(lane),
        }
    }
}

/// A segment that makes one value of each, and what follows it.
#[derive(Debug)]
pub struct StraightTail<P, G, N> {
    parts: P,
    body: G,
    next: N,
}

impl<P, G, N> StraightTail<P, G, N> {
    /// Runs `body` over `parts`.
    pub const fn new(parts: P, body: G, next: N) -> Self {
        Self { parts, body, next }
    }
}

impl<T, U, P, G, N> Tail<T> for StraightTail<P, G, N>
where
    P: Send,
    G: Fn(&mut P, T) -> U + Copy + Send,
    N: Tail<U>,
{
    type Open<'t>
        = OpenStraight<'t, P, G, N::Open<'t>>
    where
        Self: 't;

    #[inline(always)]
    fn open(&mut self) -> Self::Open<'_> {
        OpenStraight { parts: Local::new(&mut self.parts), body: self.body, next: self.next.open() }
    }

    fn deadline(&self) -> Option<Instant> {
        self.next.deadline()
    }

    fn awaits(&self, seen: &mut Vec<bool>) {
        self.next.awaits(seen);
    }
}

/// A [`StraightTail`] for the time of a loop.
#[derive(Debug)]
pub struct OpenStraight<'t, P, G, N> {
    parts: Local<'t, P, SMALL_PARTS>,
    body: G,
    next: N,
}

impl<T, U, P, G, N> OpenTail<T> for OpenStraight<'_, P, G, N>
where
    G: Fn(&mut P, T) -> U,
    N: OpenTail<U>,
{
    const OVERFLOWS: bool = N::OVERFLOWS;

    super::as_next!(self => self.next; ready skip takes finishes waits poll leave finish show wakes turned moved);

    #[inline(always)]
    fn put(&mut self, value: T, room: Room, lane: &mut LaneState) -> Put {
        self.next.put((self.body)(&mut self.parts, value), room, lane)
    }
}
