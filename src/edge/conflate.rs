//! `Conflate`: of each key the latest value alone, in the order in which the keys arrived.

mod table;

#[cfg(all(test, loom))]
mod model;

use std::collections::TryReserveError;
use std::fmt;
use std::hash::Hash;
use std::mem::MaybeUninit;

use crossbeam_utils::CachePadded;

use super::policy::{Bounded, Policy};
use super::stats::{Count, EdgeCounters, EdgeStats, Readings};
use super::{Described, Edge, EdgeError, EdgeReceiver, EdgeSender, Pop, Push, Pushed, Spsc, Wake};
use crate::primitive::{Arc, AtomicU32, Ordering, UnsafeCell};
use crate::ring::{Auto, Consumer, Producer, ring};
use table::Table;

/// Of each key the latest value alone: a value whose key still waits in the edge takes the place of the earlier one, which is
/// dropped and counted. Values come out in the order in which their keys arrived; a key that was popped arrives anew.
///
/// The function says the key of a value. The capacity is the number of keys that may wait at once: with so many keys or fewer a
/// sender never waits, however slow the receiver is. When more wait, the edge is full until one is popped, so that no key is lost.
///
/// **Costs** a hash and a look-up per push, one exchange, and for a key that arrives at most two slots that are taken back; a pop one
/// exchange. So no push is long, whatever was popped before it. No allocation after the edge was made.
///
/// # Examples
///
/// ```
/// use fusewire::edge::{Conflate, Pop, Push, Spsc};
///
/// let by_symbol = Conflate(|quote: &(u32, f64)| quote.0);
/// let (mut sender, mut receiver) = Spsc::new().capacity(16).policy(by_symbol).open()?;
/// for quote in [(1, 10.0), (2, 20.0), (1, 10.5)] {
///     let _ = sender.push(quote);
/// }
/// assert_eq!((receiver.pop(), receiver.pop(), receiver.pop()), (Some((1, 10.5)), Some((2, 20.0)), None));
/// # Ok::<(), fusewire::edge::EdgeError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Conflate<F>(pub F);

#[diagnostic::do_not_recommend]
impl<L, F> Policy<Spsc<L>> for Conflate<F> {
    type Edge = Conflating<F>;

    fn of(self, kind: Spsc<L>) -> Conflating<F> {
        Conflating { capacity: kind.asked_capacity(), key: self.0 }
    }
}

/// The description of a [`Spsc`] with the policy [`Conflate`].
#[derive(Clone, Copy)]
#[must_use = "this describes an edge; `open` makes it"]
pub struct Conflating<F> {
    capacity: usize,
    key: F,
}

/// Slots beside those of the keys that may wait: one so that a sender sees room while all of them do, and one that the receiver has
/// in its hands.
const MORE: usize = 2;

/// Slots that a push takes back at most, each with the repair of one gap in the table.
const AT_ONCE: usize = 2;

impl<F> Conflating<F> {
    /// So many keys may wait at once.
    pub fn capacity(self, capacity: usize) -> Self {
        Self { capacity, ..self }
    }

    /// Makes the edge. Allocates its memory; nothing is allocated afterwards.
    ///
    /// # Errors
    ///
    /// [`EdgeError`] for a capacity of zero, or for one that cannot be addressed or allocated.
    pub fn open<T, K>(self) -> Result<(ConflateSender<T, K, F>, ConflateReceiver<T>), EdgeError>
    where
        T: Send + 'static,
        K: Hash + Eq,
        F: Fn(&T) -> K,
    {
        if self.capacity == 0 {
            return Err(EdgeError::new(
                "an edge for 0 keys carries nothing: give it a capacity of at least 1",
            ));
        }
        let slots = self.capacity.saturating_add(MORE);
        // The spare cell has the next number, which is none that means something else.
        let Some(numbered) = u32::try_from(slots).ok().filter(|spare| *spare != TAKEN) else {
            return Err(EdgeError::new(format!(
                "{} keys cannot be numbered: give a smaller capacity",
                self.capacity
            )));
        };
        let no_memory =
            |_| EdgeError::new(format!("no memory for {} keys: give a smaller capacity", self.capacity));
        // The cells first, which are the largest.
        let cells = several(slots + 1, |_| UnsafeCell::new(MaybeUninit::uninit())).map_err(no_memory)?;
        let numbers = several(slots, |_| AtomicU32::new(TAKEN)).map_err(no_memory)?;
        // The first slots first; the last cell is the spare one.
        let last = numbered - 1;
        let free = several(slots, |n| Place { slot: last - n, cell: last - n }).map_err(no_memory)?;
        let now = several(slots, |_| TAKEN).map_err(no_memory)?;
        let table = Table::new(slots).map_err(no_memory)?;
        let (order, ordered) = Spsc::new().capacity(slots).open::<u32>()?;
        let (hand_back, returned) = ring(slots)?;
        let shared = Arc::new(Shared { slots: numbers.into(), cells: cells.into() });
        let counts = std::sync::Arc::new(CachePadded::new(Counts::default()));
        let readings = Conflated { order: order.stats(), counts: counts.clone(), capacity: self.capacity };
        let stats = EdgeStats::new(readings);
        let sender = ConflateSender {
            order,
            returned,
            free,
            spare: numbered,
            now: now.into(),
            table,
            key: self.key,
            shared: Arc::clone(&shared),
            counts,
            stalled_at: None,
            stats: stats.clone(),
        };
        Ok((sender, ConflateReceiver { order: ordered, hand_back, shared, capacity: self.capacity, stats }))
    }
}

impl<T, K, F> Edge<T> for Conflating<F>
where
    T: Send + 'static,
    K: Hash + Eq + Send,
    F: Fn(&T) -> K + Clone + Send,
{
    type Sender = ConflateSender<T, K, F>;
    type Receiver = ConflateReceiver<T>;

    fn open(self) -> Result<(Self::Sender, Self::Receiver), EdgeError> {
        Self::open(self)
    }

    fn describe(&self) -> Described {
        Described::new("spsc").policy("conflate", true).capacity(self.capacity).layout(
            size_of::<T>(),
            "keyed",
            "a cell for each key that waits, exchanged for a later one's",
        )
    }
}

impl<F> Bounded for Conflating<F> {
    fn with_capacity(self, capacity: usize) -> Self {
        self.capacity(capacity)
    }
}

/// What a slot says once the receiver has taken its value, and before the first.
const TAKEN: u32 = u32::MAX;

/// A slot and the cell that goes with it while it is in nobody's hands but the sender's, or on its way back there.
#[derive(Clone, Copy)]
struct Place {
    slot: u32,
    cell: u32,
}

/// What both ends touch beside the two rings.
struct Shared<T> {
    /// Of each key that waits the cell of its latest value.
    ///
    /// ```text
    ///           1                2
    ///  taken ────────▶ a cell ────────▶ another cell
    ///    ▲                │ 3                │ 3
    ///    └────────────────┴──────────────────┘
    ///
    ///  1  place: the key arrives, the sender stores     2  push: the sender exchanges the cell it stored last
    ///  3  pop: the receiver exchanges
    /// ```
    slots: Box<[AtomicU32]>,
    // INVARIANT: a cell belongs to the sender while it is spare or in `free`, to the slot that has its number, which both ends
    // change by exchanging, or, from that exchange to the push of the hand-back, to the receiver. One that a slot has is filled.
    cells: Box<[UnsafeCell<MaybeUninit<T>>]>,
}

// SAFETY: a value is moved into a cell by one thread and out of it by one other, and the invariant of `cells` says who.
unsafe impl<T: Send> Send for Shared<T> {}
// SAFETY: as above; nobody borrows a value inside of a cell.
unsafe impl<T: Send> Sync for Shared<T> {}

impl<T> Shared<T> {
    /// Fills a cell.
    ///
    /// # Safety
    ///
    /// It is the caller's, and empty.
    #[inline(always)]
    unsafe fn fill(&self, cell: u32, value: T) {
        self.cells[cell as usize].with_mut(|cell| {
            // SAFETY: as the caller promises.
            unsafe { (*cell).write(value) };
        });
    }

    /// Empties a cell.
    ///
    /// # Safety
    ///
    /// It is the caller's, and filled.
    #[inline(always)]
    unsafe fn empty(&self, cell: u32) -> T {
        self.cells[cell as usize].with(|cell| {
            // SAFETY: as the caller promises.
            unsafe { cell.cast::<T>().read() }
        })
    }
}

impl<T> Drop for Shared<T> {
    fn drop(&mut self) {
        /// Goes on with the slots behind one whose value's drop panicked.
        struct Rest<'s, T>(&'s Shared<T>, usize);

        impl<T> Rest<'_, T> {
            fn drop_values(&mut self) {
                while let Some(slot) = self.0.slots.get(self.1) {
                    self.1 += 1;
                    // ORDERING: relaxed, both ends are gone, and their `Arc`s ordered what they did before this.
                    let cell = slot.load(Ordering::Relaxed);
                    if cell != TAKEN {
                        // SAFETY: both ends are gone, and a cell that a slot has is filled; each slot is looked at once.
                        drop(unsafe { self.0.empty(cell) });
                    }
                }
            }
        }

        impl<T> Drop for Rest<'_, T> {
            fn drop(&mut self) {
                self.drop_values();
            }
        }

        Rest(self, 0).drop_values();
    }
}

/// So many of what `make` makes of their numbers, or no memory.
fn several<X>(count: usize, make: impl FnMut(u32) -> X) -> Result<Vec<X>, TryReserveError> {
    let mut made = Vec::new();
    made.try_reserve_exact(count)?;
    made.extend((0..count as u32).map(make));
    Ok(made)
}

/// The upstream end of an edge that conflates. Belongs to one thread at a time.
pub struct ConflateSender<T, K, F> {
    order: EdgeSender<u32>,
    returned: Consumer<u64, Auto>,
    free: Vec<Place>,
    // INVARIANT: empty, but inside of `push`.
    spare: u32,
    // INVARIANT: the cell that was last put into each slot; if the slot has another one, it is taken.
    now: Box<[u32]>,
    // INVARIANT: every key that waits, and maybe some that were taken since.
    table: Table<K>,
    key: F,
    shared: Arc<Shared<T>>,
    counts: std::sync::Arc<CachePadded<Counts>>,
    // INVARIANT: how many values had been pushed at the last stall.
    stalled_at: Option<u64>,
    stats: EdgeStats,
}

/// What the sender counts.
#[derive(Default)]
struct Counts {
    dropped: Count,
    stalls: Count,
}

impl<T, K, F> ConflateSender<T, K, F> {
    /// Puts `value` where an earlier one waits; here it is again if that was taken.
    #[inline]
    fn exchange(&mut self, slot: u32, value: T) -> Option<T> {
        let (old, new) = (self.now[slot as usize], self.spare);
        // SAFETY: the spare cell is the sender's, and empty.
        unsafe { self.shared.fill(new, value) };
        // ORDERING: release, pairs with the exchange of `ConflateReceiver::pop`, which then reads the cell. Nothing is acquired: the
        // sender wrote the old cell itself. Relaxed where it fails, as the cell comes back over a ring.
        let swapped =
            self.shared.slots[slot as usize].compare_exchange(old, new, Ordering::Release, Ordering::Relaxed);
        if swapped.is_err() {
            // SAFETY: it was filled above, and nobody else has its number.
            return Some(unsafe { self.shared.empty(new) });
        }
        self.now[slot as usize] = new;
        self.spare = old;
        self.counts.dropped.add_one();
        // SAFETY: the slot had it, so that it is filled, and now it is the sender's. It counts as empty from here on, also if the
        // value's drop panics.
        drop(unsafe { self.shared.empty(old) });
        None
    }
}

impl<T, K: Hash + Eq, F> ConflateSender<T, K, F> {
    /// Takes back some of what the receiver has handed back: not all, which may be much, but more than a push needs. Whether there
    /// is a free slot.
    #[cold]
    fn collect(&mut self) -> bool {
        for _ in 0..AT_ONCE {
            let Some(word) = self.returned.try_pop() else { break };
            let place = Place { slot: (word >> 32) as u32, cell: word as u32 };
            self.free.push(place);
            self.table.forget(place.slot);
        }
        !self.free.is_empty()
    }

    /// Counts a stall, unless nothing was pushed since the last one.
    #[cold]
    fn stall(&mut self) {
        let now = Some((self.order.pushed() as u64).wrapping_add(self.counts.dropped.get()));
        if self.stalled_at != now {
            self.stalled_at = now;
            self.counts.stalls.add_one();
        }
    }
}

impl<T, K: Hash + Eq, F: Fn(&T) -> K> Push for ConflateSender<T, K, F> {
    type Item = T;

    /// Puts the value where an earlier one of its key waits; `Full` if its key is new, and more keys wait than there is room for.
    #[inline]
    fn push(&mut self, mut value: T) -> Pushed<T> {
        let key = (self.key)(&value);
        let hash = self.table.hash(&key);
        if let Some(slot) = self.table.find(hash, &key) {
            match self.exchange(slot, value) {
                None => return Pushed::Ok,
                Some(back) => value = back,
            }
            self.table.forget(slot);
        }
        if self.free.is_empty() && !self.collect() {
            self.stall();
            return Pushed::Full(value);
        }
        let Some(Place { slot, cell }) = self.free.pop() else { return Pushed::Full(value) };
        self.table.insert(hash, key, slot);
        // SAFETY: a cell in `free` is the sender's, and empty.
        unsafe { self.shared.fill(cell, value) };
        self.now[slot as usize] = cell;
        // ORDERING: release, pairs with the exchange of `ConflateReceiver::pop`, which then reads the cell.
        self.shared.slots[slot as usize].store(cell, Ordering::Release);
        match self.order.push(slot) {
            Pushed::Ok => Pushed::Ok,
            // There is room for all slots, each of which is in the ring once.
            _ => unreachable!("a slot is in the ring already"),
        }
    }

    /// Whatever the key of the next value is.
    #[inline]
    fn has_room(&mut self) -> bool {
        if !self.free.is_empty() || self.collect() {
            return true;
        }
        self.stall();
        false
    }

    #[inline]
    fn is_closed(&self) -> bool {
        self.order.is_closed()
    }

    fn wake(&self) {
        self.order.wake();
    }

    fn woken_by(&self, wake: Box<dyn Wake>) -> bool {
        Push::woken_by(&self.order, wake)
    }

    /// What was replaced counts as dropped.
    fn stats(&self) -> Option<EdgeStats> {
        Some(self.stats.clone())
    }
}

/// The downstream end of an edge that conflates. Belongs to one thread at a time.
pub struct ConflateReceiver<T> {
    order: EdgeReceiver<u32>,
    hand_back: Producer<u64, Auto>,
    shared: Arc<Shared<T>>,
    capacity: usize,
    stats: EdgeStats,
}

impl<T> Pop for ConflateReceiver<T> {
    type Item = T;

    /// Takes the latest value of the key that has waited longest, if one waits.
    #[inline]
    fn pop(&mut self) -> Option<T> {
        let slot = self.order.pop()?;
        // ORDERING: acquire, pairs with the release of `ConflateSender::push` and `exchange`, which filled the cell.
        let cell = self.shared.slots[slot as usize].swap(TAKEN, Ordering::Acquire);
        // SAFETY: a slot that is in the order has a filled cell, which the exchange made the receiver's.
        let value = unsafe { self.shared.empty(cell) };
        let back = self.hand_back.try_push(u64::from(slot) << 32 | u64::from(cell));
        debug_assert!(back.is_ok(), "there is room for all slots");
        Some(value)
    }

    #[inline]
    fn ready(&mut self) -> bool {
        self.order.ready()
    }

    #[inline]
    fn is_closed(&self) -> bool {
        self.order.is_closed()
    }

    #[inline]
    fn capacity(&self) -> usize {
        self.capacity
    }

    fn woken_by(&self, wake: Box<dyn Wake>) -> bool {
        Pop::woken_by(&self.order, wake)
    }

    /// What was replaced counts as dropped.
    fn stats(&self) -> Option<EdgeStats> {
        Some(self.stats.clone())
    }
}

impl<F> fmt::Debug for Conflate<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Conflate")
    }
}

impl<F> fmt::Debug for Conflating<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Conflating").field("capacity", &self.capacity).finish_non_exhaustive()
    }
}

impl<T, K, F> fmt::Debug for ConflateSender<T, K, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConflateSender").field("stats", &self.stats).finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for ConflateReceiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConflateReceiver").field("stats", &self.stats).finish_non_exhaustive()
    }
}

/// The counters of an edge that conflates.
struct Conflated {
    order: EdgeStats,
    counts: std::sync::Arc<CachePadded<Counts>>,
    capacity: usize,
}

impl Readings for Conflated {
    fn counters(&self) -> EdgeCounters {
        let dropped = self.counts.dropped.get();
        let order = self.order.counters();
        EdgeCounters { pushed: order.pushed + dropped, dropped, stalls: self.counts.stalls.get(), ..order }
    }

    fn capacity(&self) -> usize {
        self.capacity
    }
}
