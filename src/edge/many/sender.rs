//! The end that pushes.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use super::super::forward::push_by_ring_and_common;
use super::super::{EdgeCounters, EdgeStats, Push, Pushed, Readings, Wake};
use super::common::Common;
use super::hooks::Hooked;
use super::overflow::WhenFull;
use crate::ring::{Count, ManyProducer, ManyWatch, Several};

/// The sending end of a [`ManyEdge`](super::ManyEdge). Each one belongs to one thread at a time; where there may be
/// several, it is cloned.
///
/// Dropping the last one closes the edge; the receivers still pop what is inside.
pub struct ManySender<T, P: Count, C: Count, O: WhenFull<P, C>> {
    ring: ManyProducer<T, P, O::Consumers>,
    // INVARIANT: a value for which `has_room` has promised room that another sender took. It goes in
    // before any other of this sender does.
    aside: Option<T>,
    // INVARIANT: `has_room` returned true, and nothing was pushed since.
    promised: bool,
    // INVARIANT: a stall was counted, and no value went in since.
    stalled: bool,
    common: Arc<Common<T>>,
    kind: PhantomData<fn() -> (C, O)>,
    // Dropped last: receivers are woken when the ring is closed already.
    hooked: Hooked<T, true>,
}

impl<T, P: Count, C: Count, O: WhenFull<P, C>> ManySender<T, P, C, O> {
    pub(super) fn new(ring: ManyProducer<T, P, O::Consumers>, common: Arc<Common<T>>) -> Self {
        let hooked = Hooked::new(&common);
        Self { ring, aside: None, promised: false, stalled: false, common, kind: PhantomData, hooked }
    }

    /// How many values the edge holds at most, besides one for each sender that was promised room.
    pub fn capacity(&self) -> usize {
        self.ring.capacity()
    }

    /// Pushes what was set aside. Whether nothing is left of it.
    #[inline(always)]
    fn settle(&mut self) -> bool {
        P::ALONE || self.aside.is_none() || self.push_aside()
    }

    #[cold]
    #[inline(never)]
    fn push_aside(&mut self) -> bool {
        // Where it finds no room it asks to be woken, so it looks once more.
        self.try_aside() || (self.stall() && self.try_aside())
    }

    fn try_aside(&mut self) -> bool {
        let Some(value) = self.aside.take() else { return true };
        match O::push(&mut self.ring, value, &self.common) {
            Pushed::Full(value) => {
                self.aside = Some(value);
                false
            }
            _ => {
                self.stalled = false;
                true
            }
        }
    }

    /// There is no room and the policy is to wait for some.
    #[cold]
    #[inline(never)]
    fn blocked(&mut self, value: T) -> Pushed<T> {
        if self.promised && !P::ALONE {
            self.promised = false;
            self.aside = Some(value);
            return Pushed::Ok;
        }
        if !self.stall() {
            return Pushed::Full(value);
        }
        let pushed = O::push(&mut self.ring, value, &self.common);
        self.stalled = matches!(pushed, Pushed::Full(_));
        pushed
    }

    /// Counts a stall, once until a value goes in; whether to look once more.
    #[cold]
    fn stall(&mut self) -> bool {
        if !self.stalled {
            self.stalled = true;
            self.common.count_stall();
        }
        self.common.stall()
    }
}

impl<T: Send + 'static, P: Count, C: Count, O: WhenFull<P, C>> Push for ManySender<T, P, C, O> {
    type Item = T;

    push_by_ring_and_common!();

    #[inline(always)]
    fn push(&mut self, value: T) -> Pushed<T> {
        if !self.settle() {
            // A promise is not made while there is something aside.
            return Pushed::Full(value);
        }
        match O::push(&mut self.ring, value, &self.common) {
            Pushed::Full(value) => self.blocked(value),
            pushed => {
                self.promised = false;
                self.stalled = false;
                pushed
            }
        }
    }

    /// Where there are several senders, another one may take the room: then the value that is pushed next is
    /// set aside in this sender, goes in as soon as there is room again, and no further one is promised any.
    #[inline(always)]
    fn has_room(&mut self) -> bool {
        if O::LOSES {
            return true;
        }
        self.promised = self.settle() && (self.ring.has_room() || (self.stall() && self.ring.has_room()));
        self.promised
    }

    #[inline(always)]
    fn flush(&mut self) -> bool {
        self.settle()
    }

    #[inline(always)]
    fn kept(&self) -> Option<usize> {
        Some(usize::from(self.aside.is_some()))
    }

    fn woken_by(&self, wake: Box<dyn Wake>) -> bool {
        self.hooked.woken_by(wake)
    }

    fn stats(&self) -> Option<EdgeStats> {
        Some(stats(self.ring.watch(), &self.common))
    }
}

impl<T, C: Count, O: WhenFull<Several, C>> Clone for ManySender<T, Several, C, O> {
    fn clone(&self) -> Self {
        Self::new(self.ring.clone(), Arc::clone(&self.common))
    }
}

impl<T, P: Count, C: Count, O: WhenFull<P, C>> Drop for ManySender<T, P, C, O> {
    fn drop(&mut self) {
        if !self.try_aside()
            && let Some(value) = self.aside.take()
        {
            let before = self.ring.watch().counts();
            self.common.leave(value, before.pushed);
        }
    }
}

impl<T, P: Count, C: Count, O: WhenFull<P, C>> fmt::Debug for ManySender<T, P, C, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ManySender")
            .field("ring", &self.ring)
            .field("policy", &O::NAME)
            .finish_non_exhaustive()
    }
}

/// The counters of an edge, for any thread to read.
pub(super) fn stats<T: Send + 'static>(ring: ManyWatch<T>, common: &Arc<Common<T>>) -> EdgeStats {
    EdgeStats::new(OfMany { ring, common: Arc::clone(common) })
}

struct OfMany<T> {
    ring: ManyWatch<T>,
    common: Arc<Common<T>>,
}

impl<T: Send> Readings for OfMany<T> {
    fn counters(&self) -> EdgeCounters {
        let (newest, stalls) = self.common.counts();
        let (left, fetched) = self.common.left_counts();
        let ring = self.ring.counts();
        EdgeCounters {
            pushed: ring.pushed as u64 + newest + left,
            popped: ring.popped as u64 + fetched,
            dropped: ring.taken_out as u64 + newest,
            stalls,
            depth: ring.depth as u64 + (left - fetched),
            ..EdgeCounters::default()
        }
    }

    fn capacity(&self) -> usize {
        self.ring.capacity()
    }
}
