//! What a drawing shows of the edge by which values are fed back.

use crate::edge::{Described, EdgeCounters, EdgeStats, Readings};
use crate::ring::{InSlot, LayoutChoice, ManyWatch, choice};

/// What the ring says of itself and counts.
pub(super) fn seen<T: Send + 'static>(ring: ManyWatch<T>) -> EdgeStats {
    let LayoutChoice { layout, reason, slot_bytes } = const { choice::<T, InSlot>() };
    let described = Described::new("mpsc")
        .policy("fail", false)
        .capacity(ring.capacity())
        .layout(slot_bytes, layout, reason);
    EdgeStats::new(Seen(ring)).described_as(described)
}

struct Seen<T>(ManyWatch<T>);

impl<T: Send> Readings for Seen<T> {
    fn counters(&self) -> EdgeCounters {
        let ring = self.0.counts();
        EdgeCounters {
            pushed: ring.pushed as u64,
            popped: ring.popped as u64,
            dropped: ring.taken_out as u64,
            depth: ring.depth as u64,
            ..EdgeCounters::default()
        }
    }

    fn capacity(&self) -> usize {
        self.0.capacity()
    }
}
