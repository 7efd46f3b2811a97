//! Where the passes of a line meet those of another source, which come over an edge.

use std::time::Instant;

use super::{LaneState, OpenTail, Put, Room, Tail};
use crate::graph::joining::Joined;
use crate::graph::zip::{Edges, OpenEdges};

/// Goes on with what a pass of this line and the next one of the other source make together.
///
/// A pass is taken into the line only when its partner is there, so that nothing is held half way. If
/// `COUNTS`, passes of the graph begin here: each is one of both sources. If `GATHERS`, there may be
/// something in front of this at the end of the line that wants a partner too.
#[derive(Debug)]
pub struct JoinTail<Z, N, const COUNTS: bool, const GATHERS: bool> {
    // Dropped in this order: the other source is told after the edge was closed.
    others: Z,
    next: N,
    _joined: Joined,
}

impl<Z, N, const COUNTS: bool, const GATHERS: bool> JoinTail<Z, N, COUNTS, GATHERS> {
    /// Takes partners from `others`, and goes on with `next`; the sources of both are told by `joined`
    /// when this is gone.
    pub const fn new(others: Z, next: N, joined: Joined) -> Self {
        Self { others, next, _joined: joined }
    }
}

impl<T, Z, N, const COUNTS: bool, const GATHERS: bool> Tail<T> for JoinTail<Z, N, COUNTS, GATHERS>
where
    Z: Edges,
    N: Tail<(T, Z::Item)>,
{
    type Open<'t>
        = OpenJoin<Z::Open<'t>, N::Open<'t>, COUNTS, GATHERS>
    where
        Self: 't;

    #[inline(always)]
    fn open(&mut self) -> Self::Open<'_> {
        OpenJoin { others: self.others.open(), next: self.next.open(), met: 0 }
    }

    fn deadline(&self) -> Option<Instant> {
        self.next.deadline()
    }

    fn awaits(&self, seen: &mut Vec<bool>) {
        self.next.awaits(seen);
    }
}

/// A [`JoinTail`] for the time of a loop.
#[derive(Debug)]
pub struct OpenJoin<Z, N, const COUNTS: bool, const GATHERS: bool> {
    others: Z,
    next: N,
    // Partners that were taken since the last turn ended.
    met: u64,
}

impl<Z: OpenEdges, N, const COUNTS: bool, const GATHERS: bool> OpenJoin<Z, N, COUNTS, GATHERS> {
    /// The next partner. There is one if this was ready, and none for a batch that is handed on after
    /// the other source has ended.
    #[inline(always)]
    fn partner(&mut self) -> Option<Z::Item> {
        if !self.others.ready() {
            return None;
        }
        self.met += 1;
        // SAFETY: it is ready.
        Some(unsafe { self.others.pop() })
    }
}

impl<T, Z, N, const COUNTS: bool, const GATHERS: bool> OpenTail<T> for OpenJoin<Z, N, COUNTS, GATHERS>
where
    Z: OpenEdges,
    N: OpenTail<(T, Z::Item)>,
{
    const OVERFLOWS: bool = N::OVERFLOWS;

    super::as_next!(self => self.next; waits leave finish show wakes moved);

    #[inline(always)]
    fn ready(&mut self) -> bool {
        self.others.ready() && self.next.ready()
    }

    #[inline(always)]
    fn takes(&mut self) -> bool {
        self.others.ready() && self.next.takes()
    }

    #[inline(always)]
    fn finishes(&mut self) -> bool {
        if GATHERS && !self.others.over() { self.ready() } else { self.next.finishes() }
    }

    #[inline(always)]
    fn put(&mut self, value: T, room: Room, lane: &mut LaneState) -> Put {
        match self.partner() {
            Some(other) => self.next.put((value, other), room, lane),
            None => Put::Ended,
        }
    }

    #[inline(always)]
    fn skip(&mut self, room: Room, lane: &mut LaneState) -> Put {
        match self.partner() {
            Some(_) => self.next.skip(room, lane),
            None => Put::Ended,
        }
    }

    #[inline(always)]
    fn poll(&mut self, lane: &mut LaneState) -> Put {
        let put = self.next.poll(lane);
        if matches!(put, Put::Over | Put::Ended) || self.others.ready() {
            return put;
        }
        if self.others.over() { Put::Ended } else { Put::Waiting }
    }

    #[inline(always)]
    fn turned(&mut self, _: u64, lane: &mut LaneState) {
        let met = std::mem::take(&mut self.met);
        if COUNTS {
            lane.more = lane.more.wrapping_add_unsigned(met);
        }
        self.others.turned(met);
        self.next.turned(met, lane);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::super::scripted::Scripted;
    use super::*;
    use crate::control::Control;

    /// A source that is late.
    struct Late;

    impl OpenEdges for Late {
        type Item = u32;

        fn ready(&mut self) -> bool {
            false
        }

        unsafe fn pop(&mut self) -> u32 {
            unreachable!("it was never ready")
        }

        fn over(&mut self) -> bool {
            false
        }

        fn turned(&mut self, _: u64) {}
    }

    /// What is behind the join takes no more, which no partner changes.
    #[test]
    fn the_end_behind_a_join_is_seen_while_its_partner_is_late() {
        let mut lane = LaneState::new(Control::new());
        for (behind, seen) in [
            (Put::Ended, Put::Ended),
            (Put::Over, Put::Over),
            (Put::Waiting, Put::Waiting),
            (Put::Done, Put::Waiting),
        ] {
            let next = Scripted { ready: false, polls: behind, makes_room: false, came: Vec::new() };
            let mut join = OpenJoin::<_, _, false, false> { others: Late, next, met: 0 };
            assert_eq!(OpenTail::<u32>::poll(&mut join, &mut lane), seen);
        }
    }
}
