//! How the two lanes at the ends of an edge wake each other.
//!
//! A context that only spins is never woken, and pays nothing here. One that parks is woken by the
//! lane upstream when there is something to take, and by the lane downstream when there is room
//! again.

use std::fmt;
use std::sync::Arc;

use crate::context::ContextRef;
use crate::primitive::{AtomicBool, Ordering, fence};

struct Link {
    from: ContextRef,
    to: ContextRef,
    // Set by the sender when it finds the edge full, cleared by the receiver that wakes it.
    stalled: AtomicBool,
}

/// Both ends of the wake-up that goes with an edge from a lane on `from` to one on `to`.
pub fn link(from: &ContextRef, to: &ContextRef) -> (Upstream, Downstream) {
    let (wakes_to, wakes_from) = (to.must_be_woken(), from.must_be_woken());
    let link = Arc::new(Link { from: from.clone(), to: to.clone(), stalled: AtomicBool::new(false) });
    let upstream = Upstream { link: link.clone(), wakes: wakes_to, parks: wakes_from, told: 0 };
    (upstream, Downstream { link, wakes: wakes_from, seen: 0 })
}

/// What the sending lane holds. Dropping it, after the edge's own end, tells the other lane.
pub struct Upstream {
    link: Arc<Link>,
    wakes: bool,
    parks: bool,
    // What the edge's count of pushed values was when the receiver was last woken.
    told: usize,
}

impl Upstream {
    /// Whether the receiver's context parks, so that it must be told.
    #[inline(always)]
    pub(crate) const fn wakes(&self) -> bool {
        self.wakes
    }

    /// Ends the turn: the receiver learns of what was pushed, `pushed` values in all.
    pub(crate) fn turned(&mut self, pushed: usize) {
        if self.wakes && self.told != pushed {
            self.told = pushed;
            self.link.to.wake();
        }
    }

    /// Notes that the edge is full, so that the receiver wakes this lane. The caller must look at
    /// the edge once more afterwards, and only then report an idle turn.
    pub(crate) fn stalled(&self) {
        if self.parks {
            // ORDERING: relaxed, the fence below orders it.
            self.link.stalled.store(true, Ordering::Relaxed);
            // ORDERING: sequentially consistent with the fence of `Downstream::turned`: either the
            // caller's look at the edge sees the room, or the receiver sees the flag.
            fence(Ordering::SeqCst);
        }
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        if self.wakes {
            self.link.to.wake();
        }
    }
}

impl fmt::Debug for Upstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upstream").field("to", &self.link.to.name()).finish_non_exhaustive()
    }
}

/// What the receiving lane holds. Dropping it, after the edge's own end, tells the other lane.
pub struct Downstream {
    link: Arc<Link>,
    wakes: bool,
    // What the edge's count of popped values was when the sender was last considered.
    seen: usize,
}

impl Downstream {
    /// Whether the sender's context parks, so that it must be told.
    #[inline(always)]
    pub(crate) const fn wakes(&self) -> bool {
        self.wakes
    }

    /// Ends the turn: a sender that found the edge full learns that there is room, after `popped`
    /// values in all.
    pub(crate) fn turned(&mut self, popped: usize) {
        if self.seen != popped {
            self.seen = popped;
            self.make_room_known();
        }
    }

    fn make_room_known(&self) {
        // ORDERING: pairs with the fence of `Upstream::stalled`.
        fence(Ordering::SeqCst);
        // ORDERING: relaxed, the fence orders it; the flag carries no data.
        if self.link.stalled.swap(false, Ordering::Relaxed) {
            self.link.from.wake();
        }
    }
}

impl Drop for Downstream {
    fn drop(&mut self) {
        if self.wakes {
            self.link.from.wake();
        }
    }
}

impl fmt::Debug for Downstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Downstream").field("from", &self.link.from.name()).finish_non_exhaustive()
    }
}

#[cfg(all(test, loom))]
mod model;
