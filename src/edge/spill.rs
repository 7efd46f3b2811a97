//! `Spill`: what the ring has no room for waits in a bounded buffer on the sender's side.

use std::collections::VecDeque;
use std::{fmt, mem};

use super::policy::{Bounded, Policy};
use super::stats::{Count, EdgeCounters, EdgeStats, Readings};
use super::{Described, Edge, EdgeError, EdgeReceiver, EdgeSender, Overflow, Pop, Push, Pushed, Spsc, Wake};
use crate::primitive::{Arc, UnsafeCell};
use crate::ring::Layout;

/// What the ring has no room for waits in a buffer of so many values on the sender's side, and goes on in order when there is
/// room again. When the buffer is full too, a value waits as under [`Block`](struct@super::Block). Nothing is lost.
///
/// It evens out bursts: the ring stays as small as the caches like it, and the buffer, which is allocated with the edge, is touched
/// only when the receiver falls behind. [`EdgeCounters::spilled`] counts what went through it.
///
/// **Costs** one branch per push while the buffer is empty; through it, two moves more of each value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Spill(pub usize);

#[diagnostic::do_not_recommend]
impl<L> Policy<Spsc<L>> for Spill {
    type Edge = Spilling<L>;

    fn of(self, kind: Spsc<L>) -> Spilling<L> {
        Spilling { kind: kind.with_overflow(Overflow::Block), most: self.0 }
    }
}

/// The description of a [`Spsc`] with the policy [`Spill`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "this describes an edge; `open` makes it"]
pub struct Spilling<L> {
    kind: Spsc<L>,
    most: usize,
}

impl<L> Spilling<L> {
    /// Room for at least so many values in the ring itself.
    pub const fn capacity(self, capacity: usize) -> Self {
        Self { kind: self.kind.capacity(capacity), ..self }
    }
}

impl<L: Layout> Spilling<L> {
    /// Makes the edge. Allocates and touches its memory; nothing is allocated afterwards.
    ///
    /// # Errors
    ///
    /// [`EdgeError`] for a capacity or a buffer of zero, or for one that cannot be addressed or allocated.
    pub fn open<T: Send + 'static>(self) -> Result<(SpillSender<T, L>, SpillReceiver<T, L>), EdgeError> {
        if self.most == 0 {
            return Err(EdgeError::new("a buffer of 0 values takes nothing: give `Spill` at least 1"));
        }
        let mut waiting = VecDeque::new();
        if waiting.try_reserve_exact(self.most).is_err() {
            return Err(EdgeError::new(format!(
                "no memory for a buffer of {} values: give `Spill` less",
                self.most
            )));
        }
        let (sender, receiver) = self.kind.open::<T>()?;
        let shared = Arc::new(Shared { rest: UnsafeCell::new(VecDeque::new()), tally: Tally::default() });
        let stats =
            EdgeStats::new(Spilt { ring: sender.stats(), tally: shared.tally.clone(), most: self.most });
        let receiver = SpillReceiver { ring: receiver, shared: Arc::clone(&shared), stats: stats.clone() };
        Ok((SpillSender { ring: sender, waiting, most: self.most, shared, stats }, receiver))
    }
}

impl<T: Send + 'static, L: Layout> Edge<T> for Spilling<L> {
    type Sender = SpillSender<T, L>;
    type Receiver = SpillReceiver<T, L>;

    fn open(self) -> Result<(Self::Sender, Self::Receiver), EdgeError> {
        Self::open(self)
    }

    fn describe(&self) -> Described {
        let ring = Edge::<T>::describe(&self.kind);
        let capacity = ring.capacity;
        ring.policy(format!("spill({})", self.most), false).capacity(capacity)
    }
}

impl<L> Bounded for Spilling<L> {
    fn with_capacity(self, capacity: usize) -> Self {
        self.capacity(capacity)
    }
}

/// What both ends know of beside the ring.
struct Shared<T> {
    // INVARIANT: the sender's alone until it drops its end of the ring, the receiver's alone after it saw the ring closed.
    rest: UnsafeCell<VecDeque<T>>,
    tally: Tally,
}

// SAFETY: `rest` is touched by one side at a time, in the order that the closing of the ring makes; see its invariant.
unsafe impl<T: Send> Send for Shared<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Sync for Shared<T> {}

/// The numbers that no index tells. The sender writes them, and after it is gone the receiver.
#[derive(Clone, Default)]
struct Tally(std::sync::Arc<Numbers>);

#[derive(Default)]
struct Numbers {
    spilled: Count,
    waiting: Count,
    popped_rest: Count,
}

/// The upstream end of an edge that spills. Belongs to one thread at a time.
///
/// Dropping it hands what waits over to the receiver, and closes the edge.
pub struct SpillSender<T, L: Layout> {
    // Dropped after what waits was handed over.
    ring: EdgeSender<T, L>,
    // INVARIANT: later than all in the ring; at most `most`.
    waiting: VecDeque<T>,
    most: usize,
    shared: Arc<Shared<T>>,
    stats: EdgeStats,
}

impl<T, L: Layout> SpillSender<T, L> {
    /// How many values wait on this side.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    #[cold]
    fn spill(&mut self, value: T) -> Pushed<T> {
        if self.waiting.len() == self.most {
            return Pushed::Full(value);
        }
        self.waiting.push_back(value);
        self.shared.tally.0.spilled.add_one();
        self.shared.tally.0.waiting.set(self.waiting.len() as u64);
        Pushed::Ok
    }
}

impl<T, L: Layout> Push for SpillSender<T, L> {
    type Item = T;

    /// Publishes the value, or keeps it until there is room; `Full` when the buffer is full too.
    #[inline]
    fn push(&mut self, value: T) -> Pushed<T> {
        if !self.waiting.is_empty() && !self.flush() {
            return self.spill(value);
        }
        match self.ring.push(value) {
            Pushed::Full(value) => self.spill(value),
            pushed => pushed,
        }
    }

    #[inline]
    fn has_room(&mut self) -> bool {
        if self.waiting.len() == self.most {
            self.flush();
        }
        self.waiting.len() < self.most
    }

    #[inline]
    fn is_closed(&self) -> bool {
        self.ring.is_closed()
    }

    /// Moves on what waits, as far as there is room. Whether nothing waits any more.
    fn flush(&mut self) -> bool {
        if self.waiting.is_empty() {
            return true;
        }
        let before = self.waiting.len();
        while self.ring.has_room()
            && let Some(value) = self.waiting.pop_front()
        {
            self.ring.push_reserved(value);
        }
        if self.waiting.len() != before {
            self.shared.tally.0.waiting.set(self.waiting.len() as u64);
            self.ring.wake();
        }
        self.waiting.is_empty()
    }

    fn wake(&self) {
        self.ring.wake();
    }

    fn woken_by(&self, wake: Box<dyn Wake>) -> bool {
        Push::woken_by(&self.ring, wake)
    }

    fn stats(&self) -> Option<EdgeStats> {
        Some(self.stats.clone())
    }
}

impl<T, L: Layout> Drop for SpillSender<T, L> {
    fn drop(&mut self) {
        self.flush();
        if self.waiting.is_empty() {
            return;
        }
        let waiting = mem::take(&mut self.waiting);
        self.shared.rest.with_mut(|rest| {
            // SAFETY: the ring is not closed yet, so that the receiver does not look here.
            unsafe { *rest = waiting };
        });
    }
}

/// The downstream end of an edge that spills. Belongs to one thread at a time.
pub struct SpillReceiver<T, L: Layout> {
    ring: EdgeReceiver<T, L>,
    shared: Arc<Shared<T>>,
    stats: EdgeStats,
}

impl<T, L: Layout> SpillReceiver<T, L> {
    /// What the sender left, after it is gone.
    #[cold]
    fn pop_rest(&mut self) -> Option<T> {
        // What was pushed before the close is visible since.
        if let Some(value) = self.ring.pop() {
            return Some(value);
        }
        let tally = &self.shared.tally.0;
        self.shared.rest.with_mut(|rest| {
            // SAFETY: the ring is closed, so that the sender has left this behind and comes back no more.
            let value = unsafe { (*rest).pop_front() };
            if value.is_some() {
                tally.popped_rest.add_one();
                // SAFETY: as above.
                tally.waiting.set(unsafe { (*rest).len() } as u64);
            }
            value
        })
    }

    #[cold]
    fn has_rest(&self) -> bool {
        // SAFETY: as in `pop_rest`: the ring is closed.
        self.shared.rest.with(|rest| unsafe { !(*rest).is_empty() })
    }
}

impl<T, L: Layout> Pop for SpillReceiver<T, L> {
    type Item = T;

    #[inline]
    fn pop(&mut self) -> Option<T> {
        match self.ring.pop() {
            Some(value) => Some(value),
            None if self.ring.is_closed() => self.pop_rest(),
            None => None,
        }
    }

    #[inline]
    fn ready(&mut self) -> bool {
        self.ring.ready() || (self.ring.is_closed() && (self.ring.ready() || self.has_rest()))
    }

    /// What the sender had spilled can be popped as well then.
    #[inline]
    fn is_closed(&self) -> bool {
        self.ring.is_closed()
    }

    #[inline]
    fn capacity(&self) -> usize {
        self.ring.capacity()
    }

    fn woken_by(&self, wake: Box<dyn Wake>) -> bool {
        Pop::woken_by(&self.ring, wake)
    }

    fn stats(&self) -> Option<EdgeStats> {
        Some(self.stats.clone())
    }
}

impl<T, L: Layout> fmt::Debug for SpillSender<T, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpillSender")
            .field("ring", &self.ring)
            .field("waiting", &self.waiting.len())
            .finish_non_exhaustive()
    }
}

impl<T, L: Layout> fmt::Debug for SpillReceiver<T, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpillReceiver").field("ring", &self.ring).finish_non_exhaustive()
    }
}

/// The counters of an edge that spills.
struct Spilt {
    ring: EdgeStats,
    tally: Tally,
    most: usize,
}

impl Readings for Spilt {
    fn counters(&self) -> EdgeCounters {
        let ring = self.ring.counters();
        let Numbers { spilled, waiting, popped_rest } = &*self.tally.0;
        let (waiting, popped_rest) = (waiting.get(), popped_rest.get());
        EdgeCounters {
            pushed: ring.pushed + waiting + popped_rest,
            popped: ring.popped + popped_rest,
            spilled: spilled.get(),
            depth: ring.depth + waiting,
            ..ring
        }
    }

    fn capacity(&self) -> usize {
        self.ring.capacity() + self.most
    }
}

#[cfg(all(test, loom))]
mod model;
