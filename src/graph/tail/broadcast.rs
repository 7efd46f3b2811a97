//! The end of a lane whose pass goes on in arms that end by themselves.

use std::time::Instant;

use super::{LaneState, OpenTail, Put, Room, Tail};
use crate::graph::value::Another;

/// Gives each value to two arms, which may be broadcasts in turn and do not meet again.
///
/// Passes of the graph end here, which are counted one by one if `EACH`, once per turn if `TURNS`: then every value that comes into
/// the lane comes this far. An arm whose edge drops values takes one also where there is no room.
#[derive(Debug)]
pub struct BroadcastTail<W, A, B, const EACH: bool, const TURNS: bool> {
    way: W,
    first: A,
    second: B,
}

impl<W, A, B, const EACH: bool, const TURNS: bool> BroadcastTail<W, A, B, EACH, TURNS> {
    /// Goes on in `first`, then in `second`.
    pub const fn new(way: W, first: A, second: B) -> Self {
        Self { way, first, second }
    }
}

impl<T, W, A, B, const EACH: bool, const TURNS: bool> Tail<T> for BroadcastTail<W, A, B, EACH, TURNS>
where
    W: Another<T>,
    A: Tail<T>,
    B: Tail<T>,
{
    type Open<'t>
        = BroadcastTail<W, A::Open<'t>, B::Open<'t>, EACH, TURNS>
    where
        Self: 't;

    #[inline(always)]
    fn open(&mut self) -> Self::Open<'_> {
        BroadcastTail { way: self.way, first: self.first.open(), second: self.second.open() }
    }

    fn deadline(&self) -> Option<Instant> {
        self.first.deadline().into_iter().chain(self.second.deadline()).min()
    }

    fn awaits(&self, seen: &mut Vec<bool>) {
        self.first.awaits(seen);
        self.second.awaits(seen);
    }
}

/// Where a pass is that is in two arms. What is under way in one goes on to its end although the other has failed or ended.
#[inline(always)]
const fn both(first: Put, second: Put) -> Put {
    match (first, second) {
        (Put::Over, Put::Waiting | Put::Ended) | (Put::Waiting | Put::Ended, Put::Over) => Put::Ended,
        (Put::Over, _) | (_, Put::Over) => Put::Over,
        (Put::Ended, _) | (_, Put::Ended) => Put::Ended,
        // An arm that keeps its values holds up one that drops them.
        (Put::Waiting, _) | (_, Put::Waiting) => Put::Waiting,
        (Put::Overflows, _) | (_, Put::Overflows) => Put::Overflows,
        (Put::Done, Put::Done) => Put::Done,
    }
}

impl<T, W, A, B, const EACH: bool, const TURNS: bool> OpenTail<T> for BroadcastTail<W, A, B, EACH, TURNS>
where
    W: Another<T>,
    A: OpenTail<T>,
    B: OpenTail<T>,
{
    const OVERFLOWS: bool = A::OVERFLOWS || B::OVERFLOWS;

    #[inline(always)]
    fn ready(&mut self) -> bool {
        self.first.ready() && self.second.ready()
    }

    #[inline(always)]
    fn takes(&mut self) -> bool {
        self.first.takes() && self.second.takes()
    }

    #[inline(always)]
    fn finishes(&mut self) -> bool {
        self.first.finishes() && self.second.finishes()
    }

    #[inline(always)]
    fn put(&mut self, value: T, room: Room, lane: &mut LaneState) -> Put {
        if EACH {
            lane.completed = lane.completed.wrapping_add(1);
        }
        let another = self.way.another(&value);
        let first = self.first.put(another, room, lane);
        let put = both(first, self.second.put(value, room, lane));
        if (EACH || TURNS) && matches!(put, Put::Over | Put::Ended) {
            lane.take_back();
        }
        put
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
        let put = both(first, self.second.poll(lane));
        if (EACH || TURNS) && matches!(put, Put::Over | Put::Ended) {
            lane.take_back();
        }
        put
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
        if TURNS {
            lane.completed = lane.completed.wrapping_add(puts);
        }
        self.first.turned(puts, lane);
        self.second.turned(puts, lane);
    }

    #[inline(always)]
    fn moved(&mut self) -> bool {
        let first = self.first.moved();
        self.second.moved() || first
    }
}
