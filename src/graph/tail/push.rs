//! The end of a lane whose last segment leads to a hop.

use super::{LaneState, OpenTail, Put, Room, Tail};
use crate::edge::{Push, Pushed};
use crate::graph::link::Upstream;
use crate::graph::local::Local;
use crate::launch::Sending;

/// The end of a lane whose last segment leads to a hop.
///
/// Of the ring of [`Spsc`](crate::edge::Spsc) it takes the steps one by one, so that its loop has nothing in it that a loop over a
/// bare ring has not; any other edge is pushed to by the contract alone.
#[derive(Debug)]
pub struct PushTail<P> {
    // Dropped first: the edge is closed before the other lane is woken to see it.
    edge: P,
    upstream: Upstream,
}

impl<P> PushTail<P> {
    /// Pushes into an edge.
    pub fn new((edge, upstream): Sending<P>) -> Self {
        Self { edge, upstream }
    }
}

// SAFETY: a tail is only made of what `Launch::edge` gave, which are the ends of an `Edge`, and those are `Send`.
// Said here once more without a bound, so that a hop of a value that is not is refused at the hop
// and not again by everything that holds its edge.
unsafe impl<P: Push> Send for PushTail<P> {}

impl<P: Push> Tail<P::Item> for PushTail<P> {
    type Open<'t>
        = OpenPush<'t, P>
    where
        Self: 't;

    #[inline(always)]
    fn open(&mut self) -> OpenPush<'_, P> {
        OpenPush { edge: Local::new(&mut self.edge), upstream: &mut self.upstream }
    }
}

/// A [`PushTail`] for the time of a loop.
#[derive(Debug)]
pub struct OpenPush<'t, P> {
    edge: Local<'t, P>,
    upstream: &'t mut Upstream,
}

impl<P: Push> OpenPush<'_, P> {
    /// Moves on what waits on this side; whether nothing is left. What has gone over counts as pushed, so that the lane downstream
    /// is told of it: of a value that waits nobody was.
    #[inline(always)]
    fn flush(&mut self) -> bool {
        let is_empty = self.edge.flush();
        if !P::STEPS {
            self.upstream.kept(if is_empty { Some(0) } else { self.edge.kept() });
        }
        is_empty
    }

    /// Tells the lane downstream what was pushed.
    #[inline(always)]
    fn tell(&mut self) {
        if P::STEPS {
            self.upstream.turned(self.edge.pushed());
        } else if self.upstream.pushed() {
            self.edge.wake();
        }
    }
}

impl<P: Push> OpenTail<P::Item> for OpenPush<'_, P> {
    const OVERFLOWS: bool = true;

    #[inline(always)]
    fn ready(&mut self) -> bool {
        self.edge.has_certain_room()
    }

    #[inline(always)]
    fn room(&mut self) -> usize {
        self.edge.certain_room()
    }

    #[inline(always)]
    fn takes(&mut self) -> bool {
        self.edge.has_certain_room() || self.edge.goes_on_without_room()
    }

    #[inline(always)]
    fn put(&mut self, value: P::Item, room: Room, lane: &mut LaneState) -> Put {
        let pushed = if room.is_sure() {
            // SAFETY: `ready` said that there is room, and nothing was pushed since.
            unsafe { self.edge.push_into_room(value) }
        } else {
            self.edge.push_without_room(value)
        };
        if !P::STEPS {
            self.upstream.pushes();
        }
        match pushed {
            Pushed::Ok | Pushed::Dropped => Put::Done,
            Pushed::Full(value) | Pushed::Failed(value) => {
                drop(value);
                self.upstream.refused(lane)
            }
        }
    }

    #[inline(always)]
    fn poll(&mut self, _: &mut LaneState) -> Put {
        if self.edge.is_closed() {
            return Put::Over;
        }
        self.show();
        self.flush();
        self.tell();
        self.upstream.stalled();
        let is_empty = self.flush();
        self.tell();
        if is_empty && self.edge.has_certain_room() {
            Put::Done
        } else if self.edge.goes_on_without_room() {
            Put::Overflows
        } else {
            Put::Waiting
        }
    }

    // Values that wait on this side go first.
    #[inline(always)]
    fn finishes(&mut self) -> bool {
        self.flush() && self.edge.has_certain_room()
    }

    #[inline(always)]
    fn finish(&mut self, _: &mut LaneState) -> bool {
        self.flush()
    }

    #[inline(always)]
    fn show(&mut self) {
        if P::DEFERS {
            self.edge.publish();
        }
    }

    #[inline(always)]
    fn wakes(&self) -> bool {
        self.upstream.wakes()
    }

    #[inline(always)]
    fn turned(&mut self, _: u64, _: &mut LaneState) {
        if P::STEPS {
            if self.upstream.wakes() {
                self.upstream.turned(self.edge.pushed());
            }
            return;
        }
        if !self.flush() {
            self.upstream.stalled();
            self.flush();
        }
        self.tell();
    }
}
