//! `Spill`: what the ring has no room for waits in a bounded buffer on the sender's side.

use std::collections::VecDeque;
use std::{fmt, hint, mem};

use super::policy::{Bounded, Policy};
use super::stats::{Count, EdgeCounters, EdgeStats, Readings};
use super::{Described, Edge, EdgeError, EdgeReceiver, EdgeSender, Overflow, Pop, Push, Pushed, Spsc, Wake};
use crate::primitive::{Arc, Ordering, UnsafeCell, fence};
use crate::ring::Layout;

/// What the ring has no room for waits in a buffer of so many values on the sender's side, and goes on in order when there is
/// room again. When the buffer is full too, a value waits as under [`Block`](struct@super::Block). Nothing is lost.
///
/// It evens out bursts: the ring stays as small as the caches like it, and the buffer, which is allocated with the edge, is touched
/// only when the receiver falls behind. [`EdgeCounters::spilled`] counts what went through it.
///
/// What waits is moved on by the pushes that follow, two values each, and by [`flush`](super::Push::flush). A lane calls that after
/// each turn; whoever pushes by hand goes on calling it until it says that nothing is left. [`push`](super::push()) waits for
/// that. Dropping the sender hands what waits over.
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
        let sender = SpillSender { ring: sender, waiting, most: self.most, stalled_at: None, shared, stats };
        Ok((sender, receiver))
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
        let capacity = ring.capacity.saturating_add(self.most);
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
    // INVARIANT: how many wait on the sender's side; from when it is gone, how many it has left.
    waiting: Count,
    // INVARIANT: while values move from the buffer to the ring, how many were pushed, plus one; else 0.
    moving: Count,
    popped_rest: Count,
    stalls: Count,
}

/// Values that a push moves on at most, which is more than it adds; what is left then waits for the next one, or for `flush`.
const AT_ONCE: usize = 2;

/// The upstream end of an edge that spills. Belongs to one thread at a time.
///
/// Dropping it hands what waits over to the receiver, and closes the edge.
pub struct SpillSender<T, L: Layout> {
    // Dropped after what waits was handed over.
    ring: EdgeSender<T, L>,
    // INVARIANT: later than all in the ring; at most `most`.
    waiting: VecDeque<T>,
    most: usize,
    // INVARIANT: how many values had been pushed at the last stall.
    stalled_at: Option<usize>,
    shared: Arc<Shared<T>>,
    stats: EdgeStats,
}

impl<T, L: Layout> SpillSender<T, L> {
    /// How many values wait on this side.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Moves on `most` of what waits, as far as there is room. Whether nothing waits any more.
    #[cold]
    fn move_on(&mut self, most: usize) -> bool {
        if self.ring.has_room() {
            // What was pushed does not change meanwhile: it is in one place or the other.
            let numbers = &self.shared.tally.0;
            numbers.moving.set((self.ring.pushed() as u64).wrapping_add(self.waiting.len() as u64) + 1);
            // ORDERING: release, with the acquire of `Spilt::counters`: who reads the ring's new indices sees that values move.
            fence(Ordering::Release);
            for _ in 0..most {
                if !self.ring.has_room() {
                    break;
                }
                let Some(value) = self.waiting.pop_front() else { break };
                self.ring.push_reserved(value);
            }
            numbers.waiting.set(self.waiting.len() as u64);
            // ORDERING: release, with the acquire of `Spilt::counters`: who sees that nothing moves sees what waits.
            fence(Ordering::Release);
            numbers.moving.set(0);
        }
        self.waiting.is_empty()
    }

    #[cold]
    fn spill(&mut self, value: T) -> Pushed<T> {
        if self.waiting.len() == self.most {
            self.stall();
            return Pushed::Full(value);
        }
        self.waiting.push_back(value);
        self.shared.tally.0.spilled.add_one();
        self.shared.tally.0.waiting.set(self.waiting.len() as u64);
        Pushed::Ok
    }

    /// Counts a stall, unless nothing was pushed since the last one. The ring's own are none: what finds it full waits in the buffer.
    #[cold]
    fn stall(&mut self) {
        let now = Some(self.ring.pushed().wrapping_add(self.waiting.len()));
        if self.stalled_at != now {
            self.stalled_at = now;
            self.shared.tally.0.stalls.add_one();
        }
    }
}

impl<T, L: Layout> Push for SpillSender<T, L> {
    type Item = T;

    /// Publishes the value, or keeps it until there is room; `Full` when the buffer is full too.
    #[inline]
    fn push(&mut self, value: T) -> Pushed<T> {
        if !self.waiting.is_empty() && !self.move_on(AT_ONCE) {
            return self.spill(value);
        }
        match self.ring.push(value) {
            Pushed::Full(value) => self.spill(value),
            pushed => pushed,
        }
    }

    #[inline]
    fn has_room(&mut self) -> bool {
        self.waiting.len() < self.most || {
            self.move_on(AT_ONCE);
            let has_room = self.waiting.len() < self.most;
            // No push may follow, which would tell of what went over.
            if has_room {
                self.ring.wake();
            } else {
                self.stall();
            }
            has_room
        }
    }

    #[inline]
    fn is_closed(&self) -> bool {
        self.ring.is_closed()
    }

    /// Moves on what waits, as far as there is room. Whether nothing waits any more.
    fn flush(&mut self) -> bool {
        let before = self.waiting.len();
        let is_empty = before == 0 || self.move_on(before);
        if self.waiting.len() != before {
            self.ring.wake();
        }
        is_empty
    }

    #[inline]
    fn kept(&self) -> Option<usize> {
        Some(self.waiting.len())
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
                // ORDERING: release, with the acquire of `Spilt::counters`: who sees it counted sees how many were left.
                fence(Ordering::Release);
                tally.popped_rest.add_one();
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

/// Readings before the sender is taken to be too fast for a look at one moment.
const READINGS: u32 = if cfg!(loom) { 2 } else { 64 };

impl Readings for Spilt {
    fn counters(&self) -> EdgeCounters {
        let numbers = &*self.tally.0;
        let popped_rest = numbers.popped_rest.get();
        // ORDERING: acquire, with the release of `pop_rest`: the number of what was left is the last one.
        fence(Ordering::Acquire);
        let (mut ring, mut pushed) = (EdgeCounters::default(), 0);
        for _ in 0..READINGS {
            let waiting = numbers.waiting.get();
            ring = self.ring.counters();
            pushed = ring.pushed + waiting;
            // ORDERING: acquire, with the release of `move_on`: if some of that has moved, it says so here.
            fence(Ordering::Acquire);
            match numbers.moving.get() {
                // As many wait as did, or more: that many were pushed by now, and not yet fewer when this began.
                0 if numbers.waiting.get() >= waiting => break,
                0 => hint::spin_loop(),
                moving => {
                    pushed = moving - 1;
                    break;
                }
            }
        }
        let popped = ring.popped + popped_rest;
        // What was pushed is read after what was popped, and may be more than a full edge ahead of it. It came by that on its way.
        let depth = pushed.saturating_sub(popped).min(self.capacity() as u64);
        EdgeCounters {
            pushed: popped + depth,
            popped,
            stalls: numbers.stalls.get(),
            spilled: numbers.spilled.get(),
            depth,
            ..ring
        }
    }

    fn capacity(&self) -> usize {
        self.ring.capacity().saturating_add(self.most)
    }
}

#[cfg(all(test, loom))]
mod model;
