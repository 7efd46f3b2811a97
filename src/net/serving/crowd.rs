//! Many connections on one io context: each waits apart, and only those are run that something happened to.
//!
//! The sockets are registered with a poller of the crowd's own, which is registered with the context's. One task that waits on the
//! context, the *sweep*, asks the inner poller what happened, and runs what waits for that.
//!
//! ```text
//!  io context ── waits for ──▶ sweep ── asks ──▶ inner poller ◀── sockets
//!                                │ runs
//!                                ▼
//!                  places: what each connection waits with
//! ```

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io;
use std::marker::PhantomPinned;
use std::ptr::NonNull;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use mio::{Events, Poll, Registry};

use crate::context::io::Io;
use crate::context::{ContextId, ContextRef, Scheduler};
use crate::primitive::{AtomicUsize, Mutex, MutexGuard, Ordering};
use crate::stop::{Recycled, StopToken};
use crate::work::{Fate, TaskList, TaskNode, TaskRef};

mod place;
mod seat;

use place::{Own, Place};
pub(super) use seat::Seat;

/// Events that are taken from the poller at a time.
const EVENTS: usize = 1 << 10;

/// The connections of one listener.
#[repr(C)]
pub(super) struct Crowd {
    // First, so that the task finds its crowd; see `resume`.
    node: TaskNode,
    // The io context.
    below: ContextRef,
    registry: Registry,
    stop: StopToken,
    // How long a connection may be silent, and who counts those that were.
    idle: Option<(Duration, Arc<dyn IdleCount>)>,
    // Connections that have a place.
    taken: AtomicUsize,
    shared: Mutex<Shared>,
    // Only the sweep uses it; the lock is never contended.
    poller: Mutex<Poller>,
    _pinned: PhantomPinned,
}

/// Counts connections that were silent for too long.
pub(super) trait IdleCount: Send + Sync {
    /// One more.
    fn idle(&self);
}

struct Poller {
    poll: Poll,
    events: Events,
    // Places that have something to do, taken from `Shared` or from events; kept for its memory.
    due: Vec<usize>,
    stopping: bool,
}

struct Shared {
    places: Vec<Arc<Place>>,
    free: Vec<usize>,
    // Places that were given a task, or woken.
    rung: Vec<usize>,
    timers: BinaryHeap<Reverse<(Instant, usize)>>,
    // When to look next whether a place is idle; one entry for each that is `watched`.
    idle: BinaryHeap<Reverse<(Instant, usize)>>,
    // Whether the sweep is queued or runs.
    sweeping: bool,
    // Set when the context has ended: nothing is taken any more.
    closed: bool,
}

// SAFETY: the node is used by whoever has the right to its task; all else is `Send` and `Sync`, or behind locks.
unsafe impl Send for Crowd {}
// SAFETY: as above.
unsafe impl Sync for Crowd {}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Crowd {
    /// Nobody yet, on `io`. When `stop` asks, everybody is run once.
    pub(super) fn new(
        io: &Io,
        stop: StopToken,
        idle: Option<(Duration, Arc<dyn IdleCount>)>,
    ) -> io::Result<Arc<Self>> {
        let poll = Poll::new()?;
        let fd = std::os::fd::AsRawFd::as_raw_fd(&poll);
        io.register(&mut mio::unix::SourceFd(&fd))?;
        Self::over(io.context().clone(), poll, stop, idle)
    }

    /// As [`new`](Self::new), on a context that is woken by events of `poll`.
    fn over(
        below: ContextRef,
        poll: Poll,
        stop: StopToken,
        idle: Option<(Duration, Arc<dyn IdleCount>)>,
    ) -> io::Result<Arc<Self>> {
        let registry = poll.registry().try_clone()?;
        let poller = Poller { poll, events: Events::with_capacity(EVENTS), due: Vec::new(), stopping: false };
        let shared = Shared {
            places: Vec::new(),
            free: Vec::new(),
            rung: Vec::new(),
            timers: BinaryHeap::new(),
            idle: BinaryHeap::new(),
            sweeping: false,
            closed: false,
        };
        Ok(Arc::new(Self {
            node: TaskNode::new(Self::resume),
            below,
            registry,
            stop,
            idle,
            taken: AtomicUsize::new(0),
            shared: Mutex::new(shared),
            poller: Mutex::new(poller),
            _pinned: PhantomPinned,
        }))
    }

    /// How many connections have a place.
    pub(super) fn taken(&self) -> usize {
        // ORDERING: relaxed, a count; those who free a place wake the context afterwards.
        self.taken.load(Ordering::Relaxed)
    }

    /// A place for one more.
    pub(super) fn seat(self: &Arc<Self>) -> Seat {
        // ORDERING: relaxed, see `taken`.
        self.taken.fetch_add(1, Ordering::Relaxed);
        let mut shared = locked(&self.shared);
        let place = match shared.free.pop() {
            Some(index) => Arc::clone(&shared.places[index]),
            None => {
                let place = Arc::new(Place {
                    id: ContextId::unique(),
                    index: shared.places.len(),
                    crowd: Arc::downgrade(self),
                    below: self.below.id(),
                    name: self.below.name().into(),
                    allocation: self.below.allocation().clone(),
                    own: Mutex::new(Own {
                        posted: TaskList::new(),
                        waiting: TaskList::new(),
                        timers: Vec::new(),
                        rung: false,
                        seen: None,
                        watched: false,
                        stop: None,
                    }),
                });
                shared.places.push(Arc::clone(&place));
                place
            }
        };
        let late = self.watch(&mut shared, &place);
        let begins = !std::mem::replace(&mut shared.sweeping, true);
        drop(shared);
        if let Some(stop) = late {
            stop.request_stop();
        }
        if begins {
            self.below.post(Arc::clone(self).task());
        }
        Seat { crowd: Arc::clone(self), place }
    }

    /// Begins to look whether a new connection is idle. Gives what is to ask it to stop at once, because everybody was asked before
    /// it came.
    fn watch(&self, shared: &mut Shared, place: &Place) -> Option<Recycled> {
        let (limit, _) = self.idle.as_ref()?;
        let now = self.below.now();
        let mut own = locked(&place.own);
        own.seen = Some(now);
        // Its own: somebody may have kept the token of the one before.
        let stop = Recycled::new();
        own.stop = Some(stop.share());
        if let Some(due) = now.checked_add(*limit)
            && !std::mem::replace(&mut own.watched, true)
        {
            shared.idle.push(Reverse((due, place.index)));
        }
        self.stop.stop_requested().then_some(stop)
    }

    /// Those that have been idle for too long; the others are looked at again when they may be.
    fn idle_ones(&self, shared: &mut Shared, limit: Duration, now: Instant) -> Vec<(usize, Recycled)> {
        let mut idle = Vec::new();
        while let Some(Reverse((when, index))) = shared.idle.peek().copied()
            && when <= now
        {
            shared.idle.pop();
            let Some(place) = shared.places.get(index) else { continue };
            let mut own = locked(&place.own);
            own.watched = false;
            let due = own.seen.and_then(|seen| seen.checked_add(limit));
            match due {
                Some(due) if due <= now => {
                    own.seen = None;
                    idle.extend(own.stop.as_ref().map(|stop| (index, stop.share())));
                }
                Some(due) => {
                    own.watched = true;
                    drop(own);
                    shared.idle.push(Reverse((due, index)));
                }
                None => {}
            }
        }
        idle
    }

    /// The right to run the sweep, which keeps the crowd.
    fn task(self: Arc<Self>) -> TaskRef {
        let crowd = Arc::into_raw(self).cast_mut();
        // SAFETY: it comes from an `Arc`, hence is not null.
        let node = unsafe { NonNull::new_unchecked(crowd) }.cast::<TaskNode>();
        // SAFETY: the node is the first field of a crowd that this reference keeps in place, `sweeping` sees to it that there is one
        // task at a time, and a crowd is `Send` and `Sync`.
        unsafe { TaskRef::new(node) }
    }

    /// # Safety
    ///
    /// `node` is that of a crowd whose [`task`](Self::task) it was.
    unsafe fn resume(node: NonNull<TaskNode>, fate: Fate) {
        let crowd = node.cast::<Self>().as_ptr().cast_const();
        // SAFETY: `task` has given one reference away, and this is the one use of it.
        let crowd = unsafe { Arc::from_raw(crowd) };
        if fate == Fate::Abandoned {
            return crowd.end();
        }
        crowd.sweep();
        let mut shared = locked(&crowd.shared);
        let waits = |place: &Arc<Place>| locked(&place.own).waiting.len() > 0;
        if shared.free.len() == shared.places.len()
            && shared.rung.is_empty()
            && !shared.places.iter().any(waits)
        {
            // Nobody is left, and nothing that a connection began; the next to come begins anew.
            shared.sweeping = false;
            return;
        }
        let first =
            |heap: &BinaryHeap<Reverse<(Instant, usize)>>| heap.peek().map(|Reverse((when, _))| *when);
        let deadline = first(&shared.timers).into_iter().chain(first(&shared.idle)).min();
        drop(shared);
        let below = crowd.below.clone();
        crowd.stop.wait_on(&below);
        below.post_waiting(crowd.task(), deadline);
    }

    /// Runs everybody that something happened to.
    fn sweep(&self) {
        let mut poller = locked(&self.poller);
        let Poller { poll, events, due, stopping } = &mut *poller;
        // An interrupted call has merely found nothing; and nothing else is expected.
        let polled = poll.poll(events, Some(Duration::ZERO));
        if polled.is_ok() {
            due.extend(events.iter().map(|event| event.token().0));
        }
        let full = due.len() >= EVENTS;
        let mut shared = locked(&self.shared);
        let mut idle = Vec::new();
        if let Some((limit, _)) = self.idle {
            let now = self.below.now();
            for place in due.iter().filter_map(|index| shared.places.get(*index)) {
                let mut own = locked(&place.own);
                // Not once it was asked to stop.
                own.seen = own.seen.map(|_| now);
            }
            idle = self.idle_ones(&mut shared, limit, now);
        }
        due.append(&mut shared.rung);
        if !shared.timers.is_empty() {
            let now = Instant::now();
            while let Some(Reverse((when, index))) = shared.timers.peek().copied()
                && when <= now
            {
                shared.timers.pop();
                due.push(index);
                if let Some(place) = shared.places.get(index) {
                    // The earliest of the place.
                    locked(&place.own).timers.pop();
                }
            }
        }
        if !*stopping && self.stop.stop_requested() {
            *stopping = true;
            due.extend(0..shared.places.len());
            for place in &shared.places {
                idle.extend(locked(&place.own).stop.as_ref().map(|stop| (usize::MAX, stop.share())));
            }
        }
        drop(shared);
        // Without a lock: a stop wakes those that it concerns.
        for (index, stop) in idle {
            if index != usize::MAX
                && let Some((_, count)) = &self.idle
            {
                count.idle();
                due.push(index);
            }
            stop.request_stop();
        }
        for index in due.drain(..) {
            let place = locked(&self.shared).places.get(index).cloned();
            if let Some(place) = place {
                place.run();
            }
        }
        if full {
            // There may be more.
            self.below.nudge();
        }
    }

    /// The context has ended: whatever waits is abandoned.
    fn end(&self) {
        let places = {
            let mut shared = locked(&self.shared);
            shared.closed = true;
            shared.places.clone()
        };
        for place in places {
            place.give_up();
        }
    }

    /// Has the sweep come to this place.
    fn ring(self: &Arc<Self>, index: usize) {
        let mut shared = locked(&self.shared);
        shared.rung.push(index);
        let begins = !shared.closed && !std::mem::replace(&mut shared.sweeping, true);
        drop(shared);
        if begins {
            self.below.post(Arc::clone(self).task());
        } else {
            self.below.nudge();
        }
    }
}

#[cfg(all(test, loom))]
mod model;
#[cfg(all(test, not(loom)))]
mod tests;
