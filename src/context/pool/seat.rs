//! A context on the workers of a pool: one of them at a time runs it.

use std::fmt;
use std::marker::PhantomPinned;
use std::ptr::NonNull;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::Hold;
use super::crew::Crew;
use super::worker::Worker;
use crate::alloc::Allocation;
use crate::context::front::by_front;
use crate::context::host::{Front, Host, HostSettings, Unpark};
use crate::context::{Context, ContextRef, Placement};
use crate::lane::Turn;
use crate::panic_site::Watch;
use crate::wait::Wait;
use crate::work::{Fate, TaskNode, TaskRef};

/// The turns that each lane takes in one trip.
const BURST: u32 = 64;
/// The trips after which other contexts of the pool get their turn.
const TRIPS: u32 = 64;
/// The idle turns after which the worker looks for other work, however it waits.
const LINGER: u32 = 400;

/// A host whose loop is a task of the pool, posted when the host is given something.
///
/// The front's own bell is asleep while the task is neither queued nor run; the one ring that wakes it posts the task. So there is
/// one task at a time, and the host is run by one worker at a time.
#[repr(C)]
pub(super) struct Seat {
    // First, so that the task finds its seat; see `resume`.
    node: TaskNode,
    front: Arc<Front>,
    crew: Arc<Crew>,
    // Contended only while a worker that lets it rest has not gone yet, and another was posted already.
    state: Mutex<State>,
    _pinned: PhantomPinned,
}

struct State {
    // None once the context has ended.
    host: Option<Host>,
    // Whether an alarm is set, which it may be that nobody needs any more.
    alarmed: bool,
}

// SAFETY: the node is used by whoever has the right to its task, and everything else is behind locks and atomics.
unsafe impl Send for Seat {}
// SAFETY: as above.
unsafe impl Sync for Seat {}

/// What becomes of the task.
enum Next {
    /// Somebody posts it when there is something to do.
    Rests,
    /// It is posted at once, behind the others.
    Yields,
}

impl Seat {
    pub(super) fn new(crew: &Arc<Crew>, name: &str, allocation: &Allocation) -> Arc<Self> {
        let seat = Arc::new_cyclic(|seat| {
            let settings = HostSettings { name: name.to_owned(), kind: "pool", core: None, wait: Wait::Park };
            let unpark = Arc::new(Caller { seat: Weak::clone(seat) });
            let (front, host) = Host::with_allocation(settings, allocation.clone(), unpark);
            front.bell.sleep();
            Self {
                node: TaskNode::new(Self::resume),
                front,
                crew: Arc::clone(crew),
                state: Mutex::new(State { host: Some(host), alarmed: false }),
                _pinned: PhantomPinned,
            }
        });
        crew.adopt(&seat.front);
        seat
    }

    /// The right to run the task, which keeps the seat.
    fn task(self: Arc<Self>) -> TaskRef {
        let seat = Arc::into_raw(self).cast_mut();
        // SAFETY: it comes from an `Arc`, hence is not null.
        let node = unsafe { NonNull::new_unchecked(seat) }.cast::<TaskNode>();
        // SAFETY: the node is the first field of a seat that this reference keeps in place, the bell sees to it that there is one task
        // at a time, and a seat is `Send` and `Sync`.
        unsafe { TaskRef::new(node) }
    }

    /// # Safety
    ///
    /// `node` is that of a seat whose [`task`](Self::task) it was.
    unsafe fn resume(node: NonNull<TaskNode>, fate: Fate) {
        let seat = node.cast::<Self>().as_ptr().cast_const();
        // SAFETY: `task` has given one reference away, and this is the one use of it.
        let seat = unsafe { Arc::from_raw(seat) };
        match fate {
            Fate::Abandoned => seat.end(),
            Fate::Run => match Worker::watched(Watch::Lane, || seat.take_turns()) {
                Next::Rests => {}
                Next::Yields => {
                    let crew = Arc::clone(&seat.crew);
                    crew.post(seat.task());
                }
            },
        }
    }

    fn take_turns(&self) -> Next {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let State { host: place, alarmed } = &mut *state;
        let Some(host) = place else { return Next::Rests };
        self.front.bell.awake();
        let patience = self.crew.wait().patience().min(LINGER);
        let (mut trips, mut idle) = (0, 0);
        while trips < TRIPS {
            match host.trip(BURST) {
                Turn::Busy => {
                    (trips, idle) = (trips + 1, 0);
                    continue;
                }
                Turn::Done => {
                    *place = None;
                    self.alarm(alarmed, None);
                    return Next::Rests;
                }
                Turn::Idle => idle += 1,
            }
            if idle < patience && !self.crew.has_tasks() {
                std::hint::spin_loop();
                continue;
            }
            let deadline = host.deadline();
            // Refused if somebody rang: one more trip.
            if self.front.bell.sleep() {
                self.alarm(alarmed, deadline);
                return Next::Rests;
            }
            trips += 1;
        }
        Next::Yields
    }

    fn alarm(&self, alarmed: &mut bool, at: Option<std::time::Instant>) {
        if (*alarmed || at.is_some()) && self.crew.alarms().set(&self.front, at) {
            // Whoever sleeps does so for too long.
            self.crew.wake_for_task();
        }
        *alarmed = at.is_some();
    }

    /// The pool has ended.
    fn end(&self) {
        let host = self.state.lock().unwrap_or_else(PoisonError::into_inner).host.take();
        // So that nobody has the task posted once more.
        self.front.bell.awake();
        drop(host);
    }
}

/// What wakes the host: its task.
struct Caller {
    seat: Weak<Seat>,
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller").finish_non_exhaustive()
    }
}

impl Unpark for Caller {
    fn unpark(&self) {
        // A seat that is gone has ended its host.
        if let Some(seat) = self.seat.upgrade() {
            let crew = Arc::clone(&seat.crew);
            crew.post(seat.task());
        }
    }
}

/// The context as its users hold it: when the last clone goes, the host is asked to end.
pub(super) struct Face {
    front: Arc<Front>,
    seat: Arc<Seat>,
    // The pool lives as long as anybody may give it work.
    _hold: Arc<Hold>,
}

impl Face {
    pub(super) fn of(seat: Arc<Seat>, hold: Arc<Hold>) -> ContextRef {
        Arc::new(Self { front: Arc::clone(&seat.front), seat, _hold: hold })
    }
}

impl Drop for Face {
    fn drop(&mut self) {
        self.front.close_behind();
    }
}

impl fmt::Debug for Face {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.front.fmt(f)
    }
}

// SAFETY: everything that the promise is about is the front's, whose host one worker at a time has.
unsafe impl Context for Face {
    by_front!();

    fn placement(&self) -> Placement {
        Placement { core: None, wait: self.seat.crew.wait().name() }
    }
}
