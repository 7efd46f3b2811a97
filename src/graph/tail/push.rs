//! The end of a lane whose last segment leads to a hop.

use super::{LaneState, OpenTail, Put, Room, Tail};
use crate::edge::EdgeSender;
use crate::graph::link::Upstream;
use crate::graph::local::Local;
use crate::launch::Sending;
use crate::ring::Layout;

/// The end of a lane whose last segment leads to a hop.
///
/// Single words are published once per turn, so that a burst costs the consumer one cache line for
/// many values; larger values at once, because there the line that travels is the value's own.
#[derive(Debug)]
pub struct PushTail<T, L: Layout> {
    // Dropped first: the edge is closed before the other lane is woken to see it.
    edge: EdgeSender<T, L>,
    upstream: Upstream,
}

impl<T, L: Layout> PushTail<T, L> {
    /// Pushes into an edge.
    pub fn new((edge, upstream): Sending<T, L>) -> Self {
        Self { edge, upstream }
    }
}

// SAFETY: the edge is `Send`, because `Edge::open`, which alone makes one, asks for values that are.
// Said here once more without a bound, so that a hop of a value that is not is refused at the hop
// and not again by everything that holds its edge.
unsafe impl<T, L: Layout> Send for PushTail<T, L> {}

impl<T, L: Layout> Tail<T> for PushTail<T, L> {
    type Open<'t>
        = OpenPush<'t, T, L>
    where
        Self: 't;

    #[inline(always)]
    fn open(&mut self) -> OpenPush<'_, T, L> {
        OpenPush { edge: Local::new(&mut self.edge), upstream: &mut self.upstream }
    }
}

/// A [`PushTail`] for the time of a loop.
#[derive(Debug)]
pub struct OpenPush<'t, T, L: Layout> {
    edge: Local<'t, EdgeSender<T, L>>,
    upstream: &'t mut Upstream,
}

impl<T, L: Layout> OpenPush<'_, T, L> {
    const DEFERS: bool = size_of::<T>() <= size_of::<u64>();
}

impl<T, L: Layout> OpenTail<T> for OpenPush<'_, T, L> {
    const OVERFLOWS: bool = true;

    #[inline(always)]
    fn ready(&mut self) -> bool {
        self.edge.has_certain_room()
    }

    #[inline(always)]
    fn takes(&mut self) -> bool {
        self.edge.has_certain_room() || self.edge.goes_on_without_room()
    }

    #[inline(always)]
    fn put(&mut self, value: T, room: Room, _: &mut LaneState) -> Put {
        if room.is_sure() {
            // SAFETY: `ready` said that there is room, and nothing was pushed since.
            let room = unsafe { self.edge.reserve_unchecked() };
            if Self::DEFERS { room.push_deferred(value) } else { room.push(value) }
        } else if Self::DEFERS {
            self.edge.push_reserved_deferred(value);
        } else {
            self.edge.push_reserved(value);
        }
        Put::Done
    }

    #[inline(always)]
    fn poll(&mut self, _: &mut LaneState) -> Put {
        if self.edge.is_closed() {
            return Put::Over;
        }
        self.show();
        self.upstream.turned(self.edge.pushed());
        self.upstream.stalled();
        if self.edge.has_certain_room() {
            Put::Done
        } else if self.edge.goes_on_without_room() {
            Put::Overflows
        } else {
            Put::Waiting
        }
    }

    #[inline(always)]
    fn finish(&mut self, _: &mut LaneState) -> bool {
        true
    }

    #[inline(always)]
    fn show(&mut self) {
        if Self::DEFERS {
            self.edge.publish();
        }
    }

    #[inline(always)]
    fn wakes(&self) -> bool {
        self.upstream.wakes()
    }

    #[inline(always)]
    fn turned(&mut self, _: u64, _: &mut LaneState) {
        if self.upstream.wakes() {
            self.upstream.turned(self.edge.pushed());
        }
    }
}
