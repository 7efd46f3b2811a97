//! Arms that errors go past.

use std::time::Instant;

use super::both;
use crate::edge::Push;
use crate::graph::tail::{LaneState, OpenTail, PushTail, Put, Room, Tail};

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
