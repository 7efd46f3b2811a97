//! The end of a lane whose pass goes on in several arms.

use std::time::Instant;

use super::{LaneState, OpenTail, PushTail, Put, Room, Tail};
use crate::edge::Push;
use crate::graph::value::Another;

/// Sends each value through two arms, which may be fans in turn.
///
/// An arm that hops begins with the edge of its hop. One that does not is run here, up to the edge
/// that leads to where the arms meet. If `MARKS`, a pass without a value goes through the arms too.
#[derive(Debug)]
pub struct FanTail<W, A, B, const MARKS: bool> {
    way: W,
    first: A,
    second: B,
}

impl<W, A, B, const MARKS: bool> FanTail<W, A, B, MARKS> {
    /// Goes on in `first`, then in `second`.
    pub const fn new(way: W, first: A, second: B) -> Self {
        Self { way, first, second }
    }
}

impl<T, W, A, B, const MARKS: bool> Tail<T> for FanTail<W, A, B, MARKS>
where
    W: Another<T>,
    A: Tail<T>,
    B: Tail<T>,
{
    type Open<'t>
        = FanTail<W, A::Open<'t>, B::Open<'t>, MARKS>
    where
        Self: 't;

    #[inline(always)]
    fn open(&mut self) -> Self::Open<'_> {
        FanTail { way: self.way, first: self.first.open(), second: self.second.open() }
    }

    fn deadline(&self) -> Option<Instant> {
        self.first.deadline().into_iter().chain(self.second.deadline()).min()
    }

    fn awaits(&self, seen: &mut Vec<bool>) {
        self.first.awaits(seen);
        self.second.awaits(seen);
    }
}

/// Where a pass is that is in two arms.
#[inline(always)]
fn both(first: Put, second: Put) -> Put {
    match (first, second) {
        (Put::Over, _) | (_, Put::Over) => Put::Over,
        (Put::Ended, _) | (_, Put::Ended) => Put::Ended,
        (Put::Done, Put::Done) => Put::Done,
        _ => Put::Waiting,
    }
}

impl<T, W, A, B, const MARKS: bool> OpenTail<T> for FanTail<W, A, B, MARKS>
where
    W: Another<T>,
    A: OpenTail<T>,
    B: OpenTail<T>,
{
    // The edges in arms may not drop values, which is seen to at launch.
    const OVERFLOWS: bool = false;

    #[inline(always)]
    fn ready(&mut self) -> bool {
        self.first.ready() && self.second.ready()
    }

    #[inline(always)]
    fn takes(&mut self) -> bool {
        self.ready()
    }

    #[inline(always)]
    fn finishes(&mut self) -> bool {
        self.first.finishes() && self.second.finishes()
    }

    #[inline(always)]
    fn put(&mut self, value: T, room: Room, lane: &mut LaneState) -> Put {
        let another = self.way.another(&value);
        let first = self.first.put(another, room, lane);
        both(first, self.second.put(value, room, lane))
    }

    #[inline(always)]
    fn skip(&mut self, room: Room, lane: &mut LaneState) -> Put {
        if !MARKS {
            return Put::Done;
        }
        let first = self.first.skip(room, lane);
        both(first, self.second.skip(room, lane))
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
        let first = self.first.poll(lane);
        both(first, self.second.poll(lane))
    }

    #[inline(always)]
    fn finish(&mut self, lane: &mut LaneState) -> bool {
        let first = self.first.finish(lane);
        self.second.finish(lane) && first
    }

    #[inline(always)]
    fn show(&mut self) {
        self.first.show();
        self.second.show();
    }

    #[inline(always)]
    fn wakes(&self) -> bool {
        self.first.wakes() || self.second.wakes()
    }

    #[inline(always)]
    fn turned(&mut self, puts: u64, lane: &mut LaneState) {
        self.first.turned(puts, lane);
        self.second.turned(puts, lane);
    }

    #[inline(always)]
    fn moved(&mut self) -> bool {
        let first = self.first.moved();
        self.second.moved() || first
    }
}

/// Sends each value through the arms, and each error past them, to the stage behind them that handles it:
/// the edge `past` says for every pass which of the two it was. If `MARKS`, a pass without a value goes
/// through the arms too.
#[derive(Debug)]
pub struct PastTail<P, N, const MARKS: bool> {
    past: P,
    arms: N,
}

impl<P, N, const MARKS: bool> PastTail<P, N, MARKS> {
    /// Goes on in `arms`, and with errors in `past`.
    pub const fn new(past: P, arms: N) -> Self {
        Self { past, arms }
    }
}

impl<T, E, P, N, const MARKS: bool> Tail<Result<T, E>> for PastTail<PushTail<P>, N, MARKS>
where
    P: Push<Item = Result<(), E>>,
    N: Tail<T>,
{
    type Open<'t>
        = OpenPast<<PushTail<P> as Tail<Result<(), E>>>::Open<'t>, N::Open<'t>, MARKS>
    where
        Self: 't;

    #[inline(always)]
    fn open(&mut self) -> Self::Open<'_> {
        OpenPast { past: self.past.open(), arms: self.arms.open() }
    }

    fn deadline(&self) -> Option<Instant> {
        self.arms.deadline()
    }

    fn awaits(&self, seen: &mut Vec<bool>) {
        self.arms.awaits(seen);
    }
}

/// A [`PastTail`] for the time of a loop.
#[derive(Debug)]
pub struct OpenPast<P, N, const MARKS: bool> {
    past: P,
    arms: N,
}

impl<T, E, P, N, const MARKS: bool> OpenTail<Result<T, E>> for OpenPast<P, N, MARKS>
where
    P: OpenTail<Result<(), E>>,
    N: OpenTail<T>,
{
    const OVERFLOWS: bool = false;

    // Whether the next pass has failed is not known before it is there.
    #[inline(always)]
    fn ready(&mut self) -> bool {
        self.past.ready() && self.arms.ready()
    }

    #[inline(always)]
    fn takes(&mut self) -> bool {
        self.ready()
    }

    #[inline(always)]
    fn finishes(&mut self) -> bool {
        self.past.finishes() && self.arms.finishes()
    }

    #[inline(always)]
    fn put(&mut self, value: Result<T, E>, room: Room, lane: &mut LaneState) -> Put {
        match value {
            Ok(value) => {
                self.past.put(Ok(()), room, lane);
                self.arms.put(value, room, lane)
            }
            Err(error) => self.past.put(Err(error), room, lane),
        }
    }

    #[inline(always)]
    fn skip(&mut self, room: Room, lane: &mut LaneState) -> Put {
        if !MARKS {
            return Put::Done;
        }
        self.past.put(Ok(()), room, lane);
        self.arms.skip(room, lane)
    }

    #[inline(always)]
    fn waits(&self) -> bool {
        self.arms.waits()
    }

    fn leave(&mut self) -> bool {
        self.arms.leave()
    }

    #[inline(always)]
    fn poll(&mut self, lane: &mut LaneState) -> Put {
        let past = self.past.poll(lane);
        both(past, self.arms.poll(lane))
    }

    #[inline(always)]
    fn finish(&mut self, lane: &mut LaneState) -> bool {
        self.arms.finish(lane)
    }

    #[inline(always)]
    fn show(&mut self) {
        self.past.show();
        self.arms.show();
    }

    #[inline(always)]
    fn wakes(&self) -> bool {
        self.past.wakes() || self.arms.wakes()
    }

    #[inline(always)]
    fn turned(&mut self, puts: u64, lane: &mut LaneState) {
        self.past.turned(puts, lane);
        self.arms.turned(puts, lane);
    }

    #[inline(always)]
    fn moved(&mut self) -> bool {
        self.arms.moved()
    }
}

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
