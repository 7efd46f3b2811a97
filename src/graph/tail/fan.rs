//! The end of a lane whose pass goes on in several arms.

mod past;
mod route;
mod rule;

use std::marker::PhantomData;
use std::time::Instant;

use super::{LaneState, OpenTail, Put, Room, Tail};
use crate::graph::value::Another;

pub use past::{OpenPast, PastTail};
pub use route::{OpenRoute, RouteTail};
use rule::Rule;
pub(super) use rule::both;
pub use rule::{Apart, Together};

/// Sends each value through two arms, which may be fans in turn.
///
/// An arm that hops begins with the edge of its hop. One that does not is run here, up to the edge
/// that leads to where the arms meet, or to its end. What else becomes of a pass says the rule `R`.
#[derive(Debug)]
pub struct FanTail<W, A, B, R> {
    way: W,
    first: A,
    second: B,
    _rule: PhantomData<R>,
}

impl<W, A, B, R> FanTail<W, A, B, R> {
    /// Goes on in `first`, then in `second`.
    pub const fn new(way: W, first: A, second: B) -> Self {
        Self { way, first, second, _rule: PhantomData }
    }
}

impl<T, W, A, B, R> Tail<T> for FanTail<W, A, B, R>
where
    R: Rule,
    W: Another<T>,
    A: Tail<T>,
    B: Tail<T>,
{
    type Open<'t>
        = FanTail<W, A::Open<'t>, B::Open<'t>, R>
    where
        Self: 't;

    #[inline(always)]
    fn open(&mut self) -> Self::Open<'_> {
        FanTail { way: self.way, first: self.first.open(), second: self.second.open(), _rule: PhantomData }
    }

    fn deadline(&self) -> Option<Instant> {
        self.first.deadline().into_iter().chain(self.second.deadline()).min()
    }

    fn awaits(&self, seen: &mut Vec<bool>) {
        self.first.awaits(seen);
        self.second.awaits(seen);
    }
}

impl<T, W, A, B, R> OpenTail<T> for FanTail<W, A, B, R>
where
    R: Rule,
    W: Another<T>,
    A: OpenTail<T>,
    B: OpenTail<T>,
{
    const OVERFLOWS: bool = R::DROPS && (A::OVERFLOWS || B::OVERFLOWS);

    #[inline(always)]
    fn ready(&mut self) -> bool {
        self.first.ready() && self.second.ready()
    }

    #[inline(always)]
    fn takes(&mut self) -> bool {
        if R::DROPS { self.first.takes() && self.second.takes() } else { self.ready() }
    }

    #[inline(always)]
    fn finishes(&mut self) -> bool {
        self.first.finishes() && self.second.finishes()
    }

    #[inline(always)]
    fn put(&mut self, value: T, room: Room, lane: &mut LaneState) -> Put {
        R::came(lane);
        let another = self.way.another(&value);
        let first = self.first.put(another, room, lane);
        R::went(R::both(first, self.second.put(value, room, lane)), lane)
    }

    #[inline(always)]
    fn skip(&mut self, room: Room, lane: &mut LaneState) -> Put {
        if !R::MARKS {
            return Put::Done;
        }
        let first = self.first.skip(room, lane);
        R::both(first, self.second.skip(room, lane))
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
        R::went(R::both(first, self.second.poll(lane)), lane)
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
        R::turned(puts, lane);
        self.first.turned(puts, lane);
        self.second.turned(puts, lane);
    }

    #[inline(always)]
    fn moved(&mut self) -> bool {
        let first = self.first.moved();
        self.second.moved() || first
    }
}
