//! Arms of which each pass goes through one.

use std::time::Instant;

use super::both;
use crate::edge::Push;
use crate::graph::tail::{LaneState, OpenTail, PushTail, Put, Room, Tail};

/// Sends each value through the arm that was chosen for it, and which one that was to where the
/// arms meet. If `MARKS`, a pass without a value goes through the second arm.
#[derive(Debug)]
pub struct RouteTail<W, A, B, const MARKS: bool> {
    ways: W,
    first: A,
    second: B,
}

impl<W, A, B, const MARKS: bool> RouteTail<W, A, B, MARKS> {
    /// Goes on in `first` or `second`, and says so to `ways`.
    pub const fn new(ways: W, first: A, second: B) -> Self {
        Self { ways, first, second }
    }
}

impl<T, P, A, B, const MARKS: bool> Tail<(bool, T)> for RouteTail<PushTail<P>, A, B, MARKS>
where
    P: Push<Item = bool>,
    A: Tail<T>,
    B: Tail<T>,
{
    type Open<'t>
        = OpenRoute<<PushTail<P> as Tail<bool>>::Open<'t>, A::Open<'t>, B::Open<'t>, MARKS>
    where
        Self: 't;

    #[inline(always)]
    fn open(&mut self) -> Self::Open<'_> {
        OpenRoute { ways: self.ways.open(), first: self.first.open(), second: self.second.open() }
    }

    fn deadline(&self) -> Option<Instant> {
        self.first.deadline().into_iter().chain(self.second.deadline()).min()
    }

    fn awaits(&self, seen: &mut Vec<bool>) {
        self.first.awaits(seen);
        self.second.awaits(seen);
    }
}

/// A [`RouteTail`] for the time of a loop.
#[derive(Debug)]
pub struct OpenRoute<W, A, B, const MARKS: bool> {
    ways: W,
    first: A,
    second: B,
}

impl<T, W, A, B, const MARKS: bool> OpenTail<(bool, T)> for OpenRoute<W, A, B, MARKS>
where
    W: OpenTail<bool>,
    A: OpenTail<T>,
    B: OpenTail<T>,
{
    const OVERFLOWS: bool = false;

    // Which arm the next value takes is not known before it is there, so each must have room.
    #[inline(always)]
    fn ready(&mut self) -> bool {
        self.ways.ready() && self.first.ready() && self.second.ready()
    }

    #[inline(always)]
    fn takes(&mut self) -> bool {
        self.ready()
    }

    #[inline(always)]
    fn finishes(&mut self) -> bool {
        self.ways.finishes() && self.first.finishes() && self.second.finishes()
    }

    #[inline(always)]
    fn put(&mut self, (first, value): (bool, T), room: Room, lane: &mut LaneState) -> Put {
        self.ways.put(first, room, lane);
        if first { self.first.put(value, room, lane) } else { self.second.put(value, room, lane) }
    }

    #[inline(always)]
    fn skip(&mut self, room: Room, lane: &mut LaneState) -> Put {
        if !MARKS {
            return Put::Done;
        }
        self.ways.put(false, room, lane);
        self.second.skip(room, lane)
    }

    #[inline(always)]
    fn waits(&self) -> bool {
        self.first.waits() || self.second.waits()
    }

    fn leave(&mut self) -> bool {
        self.first.leave() | self.second.leave()
    }

    #[inline(always)]
    fn poll(&mut self, lane: &mut LaneState) -> Put {
        let ways = self.ways.poll(lane);
        let first = self.first.poll(lane);
        both(ways, both(first, self.second.poll(lane)))
    }

    #[inline(always)]
    fn finish(&mut self, lane: &mut LaneState) -> bool {
        let first = self.first.finish(lane);
        self.second.finish(lane) && first
    }

    #[inline(always)]
    fn show(&mut self) {
        self.ways.show();
        self.first.show();
        self.second.show();
    }

    #[inline(always)]
    fn wakes(&self) -> bool {
        self.ways.wakes() || self.first.wakes() || self.second.wakes()
    }

    #[inline(always)]
    fn turned(&mut self, puts: u64, lane: &mut LaneState) {
        self.ways.turned(puts, lane);
        self.first.turned(puts, lane);
        self.second.turned(puts, lane);
    }

    #[inline(always)]
    fn moved(&mut self) -> bool {
        let first = self.first.moved();
        self.second.moved() || first
    }
}
