//! How the two lanes at the ends of an edge wake each other.
//!
//! A context that only spins is never woken, and pays nothing here. One that parks is woken by the
//! lane upstream when there is something to take, and by the lane downstream when there is room
//! again.

use std::fmt;
use std::sync::Arc;

use crate::context::ContextRef;
use crate::sync::{AtomicBool, Ordering, fence};

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
    let upstream = Upstream { link: link.clone(), wakes: wakes_to, parks: wakes_from, pushed: false };
    (upstream, Downstream { link, wakes: wakes_from, popped: false })
}

/// What the sending lane holds. Dropping it, after the edge's own end, tells the other lane.
pub struct Upstream {
    link: Arc<Link>,
    wakes: bool,
    parks: bool,
    // INVARIANT: false unless `wakes`.
    pushed: bool,
}

impl Upstream {
    /// Notes that a value was pushed in this turn.
    #[inline(always)]
    pub(crate) const fn pushed(&mut self) {
        if self.wakes {
            self.pushed = true;
        }
    }

    /// Ends the turn: the receiver learns of what was pushed.
    #[inline(always)]
    pub(crate) fn turned(&mut self) {
        if self.pushed {
            self.pushed = false;
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

/// What the receiving lane holds.
pub struct Downstream {
    link: Arc<Link>,
    wakes: bool,
    // INVARIANT: false unless `wakes`.
    popped: bool,
}

impl Downstream {
    /// Notes that a value was popped in this turn.
    #[inline(always)]
    pub(crate) const fn popped(&mut self) {
        if self.wakes {
            self.popped = true;
        }
    }

    /// Ends the turn: a sender that found the edge full learns that there is room.
    #[inline(always)]
    pub(crate) fn turned(&mut self) {
        if self.popped {
            self.popped = false;
            self.make_room_known();
        }
    }

    #[cold]
    fn make_room_known(&self) {
        // ORDERING: pairs with the fence of `Upstream::stalled`.
        fence(Ordering::SeqCst);
        // ORDERING: relaxed, the fence orders it; the flag carries no data.
        if self.link.stalled.swap(false, Ordering::Relaxed) {
            self.link.from.wake();
        }
    }
}

impl fmt::Debug for Downstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Downstream").field("from", &self.link.from.name()).finish_non_exhaustive()
    }
}
