//! A segment of kernels on a device, and what follows it.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use super::past::{Beside, Past};
use super::{LaneState, OpenTail, Put, Room, Tail};
use crate::device::{Gather, Queue, Tally};
use crate::kernel::Data;
use crate::kernel::data::load;

/// Turns in a row, each of which took values and left room, after which the device is asked although
/// values still come: what it is asked costs more than a value does.
const UNASKED: u32 = 4;

/// Results that are handed on in one turn at the most: the lane looks up in between.
const RESULTS: usize = 256;

/// A segment of kernels on a device, and what follows it.
///
/// Its body is the same segment as functions: they take over when the device is lost, if there is a
/// fallback, or could not be opened.
/// An `X` is what goes past it.
pub struct DeviceTail<Q, V, U, P, G, N, X> {
    // Nothing once the functions have taken over, and everything the device had went through them.
    gather: Option<Gather<Q, V, U>>,
    beside: Beside<X>,
    tally: Arc<Tally>,
    fallback: bool,
    // What is said of every value from now on.
    over: Option<Put>,
    parts: P,
    body: G,
    next: N,
}

impl<Q: Queue, V: Data, U: Data, P, G, N, X: Past<V, U>> DeviceTail<Q, V, U, P, G, N, X> {
    pub(crate) fn new(
        gather: Option<Gather<Q, V, U>>,
        tally: Arc<Tally>,
        fallback: bool,
        parts: P,
        body: G,
        next: N,
    ) -> Self {
        let beside = Beside::new(X::GOES, gather.as_ref().map_or(0, Gather::capacity));
        Self { gather, beside, tally, fallback, over: None, parts, body, next }
    }
}

impl<Q, V, U, P, G, N: fmt::Debug, X> fmt::Debug for DeviceTail<Q, V, U, P, G, N, X> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceTail").field("next", &self.next).finish_non_exhaustive()
    }
}

impl<Q, V, U, P, G, N, X> Tail<X::In> for DeviceTail<Q, V, U, P, G, N, X>
where
    Q: Queue,
    V: Data,
    U: Data,
    P: Send,
    G: Fn(&mut P, V) -> U + Copy + Send,
    N: Tail<X::Out>,
    X: Past<V, U>,
{
    type Open<'t>
        = OpenDevice<'t, Q, V, U, P, G, N::Open<'t>, X>
    where
        Self: 't;

    #[inline(always)]
    fn open(&mut self) -> Self::Open<'_> {
        OpenDevice {
            gather: &mut self.gather,
            beside: &mut self.beside,
            tally: &self.tally,
            fallback: self.fallback,
            over: &mut self.over,
            moved: false,
            unasked: 0,
            parts: &mut self.parts,
            body: self.body,
            next: self.next.open(),
        }
    }

    fn deadline(&self) -> Option<Instant> {
        let own = self.gather.as_ref().and_then(Gather::deadline);
        own.into_iter().chain(self.next.deadline()).min()
    }

    fn awaits(&self, seen: &mut Vec<bool>) {
        self.next.awaits(seen);
    }
}

/// A [`DeviceTail`] for the time of a loop.
pub struct OpenDevice<'t, Q, V, U, P, G, N, X> {
    gather: &'t mut Option<Gather<Q, V, U>>,
    beside: &'t mut Beside<X>,
    tally: &'t Tally,
    fallback: bool,
    over: &'t mut Option<Put>,
    // Whether results were handed on since it was asked.
    moved: bool,
    // Turns since the device was asked.
    unasked: u32,
    parts: &'t mut P,
    body: G,
    next: N,
}

impl<Q, V, U, P, G, N: fmt::Debug, X> fmt::Debug for OpenDevice<'_, Q, V, U, P, G, N, X> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenDevice").field("next", &self.next).finish_non_exhaustive()
    }
}

/// Whether results are handed on for as long as there are some.
#[derive(Debug, Clone, Copy)]
enum Goes {
    On,
    /// There is no room behind for now.
    Waits,
    /// Nothing more is wanted behind.
    Over(Put),
}

/// Whether what follows takes a value now.
enum NextRoom {
    Yes(Room),
    No,
    Over(Put),
}

impl<Q, V, U, P, G, N, X> OpenDevice<'_, Q, V, U, P, G, N, X>
where
    Q: Queue,
    V: Data,
    U: Data,
    G: Fn(&mut P, V) -> U,
    N: OpenTail<X::Out>,
    X: Past<V, U>,
{
    /// Room for one result behind.
    #[inline(always)]
    fn room_behind(next: &mut N, lane: &mut LaneState) -> NextRoom {
        if next.ready() {
            // SAFETY: it is ready, and the one value that this is asked for comes next.
            return NextRoom::Yes(unsafe { Room::sure() });
        }
        Self::make_room_behind(next, lane)
    }

    #[cold]
    fn make_room_behind(next: &mut N, lane: &mut LaneState) -> NextRoom {
        match next.poll(lane) {
            put @ (Put::Over | Put::Ended) => NextRoom::Over(put),
            Put::Overflows => NextRoom::Yes(Room::UNSURE),
            Put::Waiting => NextRoom::No,
            Put::Done if next.ready() => {
                // SAFETY: it is ready, and the one value that this is asked for comes next.
                NextRoom::Yes(unsafe { Room::sure() })
            }
            Put::Done => NextRoom::No,
        }
    }

    /// Says `put` of every value from now on.
    #[cold]
    fn close(&mut self, put: Put) {
        *self.over = Some(put);
        if let Some(gather) = self.gather.as_mut() {
            gather.close();
        }
    }

    /// Submits, polls, and hands on the results for which there is room.
    #[inline(never)]
    fn pump(&mut self, lane: &mut LaneState) {
        let Some(gather) = self.gather.as_mut() else { return };
        if self.over.is_some() {
            return;
        }
        gather.turn();
        let handed = if gather.failed().is_some() { self.fail(lane) } else { self.hand_on(lane) };
        if handed > 0 {
            self.moved = true;
            self.next.show();
            self.next.turned(handed, lane);
        }
    }

    /// Hands on the results for which there is room, batch by batch.
    fn hand_on(&mut self, lane: &mut LaneState) -> u64 {
        let mut handed = 0;
        let mut goes = Goes::On;
        while handed < RESULTS && matches!(goes, Goes::On) {
            if X::GOES && self.beside.is_due() {
                goes = self.hand_past(lane, &mut handed);
                continue;
            }
            let (Some(gather), next) = (self.gather.as_mut(), &mut self.next) else { break };
            let Some((mut bytes, rows)) = gather.results() else { break };
            let most = rows.min(RESULTS - handed);
            let most = if X::GOES { self.beside.before(most) } else { most };
            let mut taken = 0;
            while taken < most {
                let room = match Self::room_behind(next, lane) {
                    NextRoom::Yes(room) => room,
                    NextRoom::No => {
                        goes = Goes::Waits;
                        break;
                    }
                    NextRoom::Over(put) => {
                        goes = Goes::Over(put);
                        break;
                    }
                };
                // A row may have no bytes.
                let Some((row, later)) = bytes.split_at_checked(size_of::<U>()) else { break };
                bytes = later;
                taken += 1;
                match next.put(X::made(load(row)), room, lane) {
                    Put::Done | Put::Overflows => {}
                    Put::Waiting => {
                        goes = Goes::Waits;
                        break;
                    }
                    put @ (Put::Over | Put::Ended) => {
                        goes = Goes::Over(put);
                        break;
                    }
                }
            }
            gather.taken(taken);
            handed += taken;
            if X::GOES {
                self.beside.went(taken);
            }
        }
        if let Goes::Over(put) = goes {
            self.close(put);
        }
        handed as u64
    }

    /// Something goes past the device, behind what came before it.
    #[cold]
    fn go_past(&mut self, past: X, room: Room, lane: &mut LaneState) -> Put {
        if self.gather.is_none() {
            return past.hand_on(&mut self.next, room, lane);
        }
        self.beside.keep(past);
        Put::Done
    }

    /// Hands on what goes past the device before the next result, if there is room.
    #[cold]
    fn hand_past(&mut self, lane: &mut LaneState, handed: &mut usize) -> Goes {
        let room = match Self::room_behind(&mut self.next, lane) {
            NextRoom::Yes(room) => room,
            NextRoom::No => return Goes::Waits,
            NextRoom::Over(put) => return Goes::Over(put),
        };
        let Some(past) = self.beside.take() else { return Goes::On };
        *handed += 1;
        match past.hand_on(&mut self.next, room, lane) {
            Put::Done | Put::Overflows => Goes::On,
            Put::Waiting => Goes::Waits,
            put @ (Put::Over | Put::Ended) => Goes::Over(put),
        }
    }

    /// The device was lost: its values go through the functions, or the graph ends.
    #[cold]
    fn fail(&mut self, lane: &mut LaneState) -> u64 {
        let mut handed = 0;
        if !self.fallback {
            if let Some(error) = self.gather.as_ref().and_then(Gather::failed) {
                lane.device_failed(error.clone());
            }
            self.close(Put::Over);
            return handed;
        }
        for _ in 0..RESULTS {
            let room = match Self::room_behind(&mut self.next, lane) {
                NextRoom::Yes(room) => room,
                NextRoom::No => break,
                NextRoom::Over(put) => {
                    self.close(put);
                    break;
                }
            };
            if let Some(past) = self.beside.take() {
                handed += 1;
                if let put @ (Put::Over | Put::Ended) = past.hand_on(&mut self.next, room, lane) {
                    self.close(put);
                    break;
                }
                continue;
            }
            let Some(value) = self.gather.as_mut().and_then(Gather::take_back) else {
                *self.gather = None;
                self.moved = true;
                break;
            };
            handed += 1;
            self.beside.went(1);
            self.tally.on_host();
            let result = X::made((self.body)(self.parts, value));
            if let put @ (Put::Over | Put::Ended) = self.next.put(result, room, lane) {
                self.close(put);
                break;
            }
        }
        handed
    }
}

impl<Q, V, U, P, G, N, X> OpenTail<X::In> for OpenDevice<'_, Q, V, U, P, G, N, X>
where
    Q: Queue,
    V: Data,
    U: Data,
    G: Fn(&mut P, V) -> U,
    N: OpenTail<X::Out>,
    X: Past<V, U>,
{
    // The edge behind may overflow, but what comes in always has room here.
    const OVERFLOWS: bool = false;

    #[inline(always)]
    fn ready(&mut self) -> bool {
        match self.gather {
            Some(gather) => gather.has_room() && (!X::GOES || self.beside.has_room()),
            None => self.over.is_none() && self.next.ready(),
        }
    }

    #[inline(always)]
    fn put(&mut self, arrived: X::In, room: Room, lane: &mut LaneState) -> Put {
        let value = match X::split(arrived) {
            Ok(value) => value,
            Err(past) => return self.go_past(past, room, lane),
        };
        match self.gather {
            Some(gather) => {
                gather.put(&value);
                if X::GOES {
                    self.beside.came();
                }
                Put::Done
            }
            None => {
                self.tally.on_host();
                let result = (self.body)(self.parts, value);
                self.next.put(X::made(result), room, lane)
            }
        }
    }

    #[inline(always)]
    fn skip(&mut self, room: Room, lane: &mut LaneState) -> Put {
        match X::missed() {
            Some(past) => self.go_past(past, room, lane),
            None => Put::Done,
        }
    }

    #[inline(always)]
    fn waits(&self) -> bool {
        self.gather.as_ref().is_some_and(Gather::has_result)
            || X::GOES && self.beside.is_due()
            || self.next.waits()
    }

    fn leave(&mut self) -> bool {
        self.next.leave()
    }

    fn poll(&mut self, lane: &mut LaneState) -> Put {
        if let Some(put) = *self.over {
            return put;
        }
        if self.gather.is_none() {
            return match self.next.poll(lane) {
                // The value behind is dropped there, as the edge's policy says.
                Put::Overflows => Put::Waiting,
                put => put,
            };
        }
        // What the end of this turn has moved on already is enough for one trip.
        if !self.moved {
            self.pump(lane);
        }
        if let Some(put) = *self.over {
            put
        } else if self.moved() || self.ready() {
            Put::Done
        } else {
            Put::Waiting
        }
    }

    #[inline(always)]
    fn finishes(&mut self) -> bool {
        // What is on the device is lost with the source that it would have met.
        if *self.over == Some(Put::Ended) { self.next.finishes() } else { self.ready() }
    }

    fn finish(&mut self, lane: &mut LaneState) -> bool {
        if *self.over == Some(Put::Ended) {
            return self.next.finish(lane);
        }
        if let Some(gather) = self.gather.as_mut() {
            gather.flush();
            self.pump(lane);
        }
        let empty = self.gather.as_ref().is_none_or(Gather::is_empty);
        empty && self.beside.is_empty() && self.over.is_none() && self.next.finish(lane)
    }

    #[inline(always)]
    fn show(&mut self) {
        if self.gather.is_none() {
            self.next.show();
        }
    }

    #[inline(always)]
    fn wakes(&self) -> bool {
        self.next.wakes()
    }

    #[inline(always)]
    fn turned(&mut self, puts: u64, lane: &mut LaneState) {
        let Some(gather) = self.gather.as_ref() else { return self.next.turned(puts, lane) };
        let flows =
            puts > 0 && gather.has_room() && !gather.has_result() && !(X::GOES && self.beside.is_due());
        if flows && self.unasked < UNASKED {
            self.unasked += 1;
            return;
        }
        self.unasked = 0;
        self.pump(lane);
    }

    #[inline(always)]
    fn moved(&mut self) -> bool {
        std::mem::take(&mut self.moved)
    }
}
