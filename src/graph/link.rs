//! How the two lanes at the ends of an edge wake each other.
//!
//! A context that only spins is never woken, and pays nothing here. One that parks is woken by the
//! lane upstream when there is something to take, and by the lane downstream when there is room
//! again.

use std::fmt;
use std::sync::Arc;

use crate::context::ContextRef;
use crate::control::{EdgeRefused, RunError};
use crate::graph::tail::{LaneState, Put};
use crate::primitive::{AtomicBool, Ordering, fence};

struct Link {
    from: ContextRef,
    to: ContextRef,
    // Set by the sender when it finds the edge full, cleared by the receiver that wakes it.
    stalled: AtomicBool,
}

/// Both ends of the wake-up that goes with an edge from a lane on `from` to one on `to`, and what is said of the edge if it
/// refuses a value.
pub fn link(from: &ContextRef, to: &ContextRef, refused: EdgeRefused) -> (Upstream, Downstream) {
    let (wakes_to, wakes_from) = (to.must_be_woken(), from.must_be_woken());
    let link = Arc::new(Link { from: from.clone(), to: to.clone(), stalled: AtomicBool::new(false) });
    let upstream = Upstream {
        link: link.clone(),
        wakes: wakes_to,
        parks: wakes_from,
        told: 0,
        pushed: 0,
        kept: Some(0),
        refused: Box::new(refused),
    };
    (upstream, Downstream { link, wakes: wakes_from })
}

/// What the sending lane holds. Dropping it, after the edge's own end, tells the other lane.
pub struct Upstream {
    link: Arc<Link>,
    wakes: bool,
    parks: bool,
    // What the edge's count of pushed values was when the receiver was last woken.
    told: usize,
    // What was pushed into an edge that has no such count.
    pushed: usize,
    // How many values such an edge kept on this side when it was last asked to move them on; `None` if it kept some and did not say.
    kept: Option<usize>,
    refused: Box<EdgeRefused>,
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
            self.link.to.nudge();
        }
    }

    /// Counts a push into an edge that does not count.
    #[inline(always)]
    pub(crate) const fn pushes(&mut self) {
        self.pushed = self.pushed.wrapping_add(1);
    }

    /// The edge was asked to move on what it keeps on this side, and keeps so many values still, or some, and does not say how many. What
    /// has gone over since it was last asked counts as a push; where that cannot be told, it may have.
    #[inline(always)]
    pub(crate) const fn kept(&mut self, kept: Option<usize>) {
        let moved = match (self.kept, kept) {
            (Some(before), Some(kept)) => kept < before,
            (Some(_), None) => false,
            (None, _) => true,
        };
        if moved {
            self.pushes();
        }
        self.kept = kept;
    }

    /// Ends the turn after [`pushes`](Self::pushes); whether there were any.
    #[inline(always)]
    pub(crate) fn pushed(&mut self) -> bool {
        let any = self.told != self.pushed;
        if any {
            self.told = self.pushed;
            if self.wakes {
                self.link.to.nudge();
            }
        }
        any
    }

    /// Fails the run: the edge gave a value back that it should have taken, or that it may not lose.
    #[cold]
    pub(crate) fn refused(&self, lane: &mut LaneState) -> Put {
        lane.fail(RunError::Edge(self.refused.clone()))
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
            self.link.to.nudge();
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
}

impl Downstream {
    /// Whether the sender's context parks, so that it must be told.
    #[inline(always)]
    pub(crate) const fn wakes(&self) -> bool {
        self.wakes
    }

    /// Ends a turn in which something was popped: a sender that found the edge full learns that there is room.
    pub(crate) fn turned(&self) {
        // ORDERING: pairs with the fence of `Upstream::stalled`.
        fence(Ordering::SeqCst);
        // ORDERING: relaxed, the fence orders it; the flag carries no data.
        if self.link.stalled.swap(false, Ordering::Relaxed) {
            self.link.from.nudge();
        }
    }
}

impl Drop for Downstream {
    fn drop(&mut self) {
        if self.wakes {
            self.link.from.nudge();
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
