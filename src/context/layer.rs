//! Contexts on top of a context: they run on its thread, in an order of their own.
//!
//! A layer is one or more hosts whose loop is a single task of the context below. It is posted when one of the hosts is
//! given something, and posts itself again while they are busy; while they host what waits, it waits below. So layers
//! compose, and giving one a task allocates nothing.

use std::fmt;
use std::marker::PhantomPinned;
use std::ptr::NonNull;
use std::sync::{Arc, PoisonError, Weak};
use std::time::Instant;

use super::bell::{Bell, Rung};
use super::front::by_front;
use super::host::{Front, Host, HostSettings, Unpark};
use super::{Context, ContextRef, Placement};
use crate::lane::Turn;
use crate::primitive::{AtomicBool, Mutex, MutexGuard, Ordering};
use crate::wait::Wait;
use crate::work::{Fate, TaskNode, TaskRef};

/// The trips after which others on the context below get their turn.
const TRIPS: u32 = 64;

/// In which order the hosts of a layer take their turns, and each its tasks.
pub(super) trait Order: Send + 'static {
    /// One trip round `host`, the one of this level.
    fn trip(&mut self, level: usize, host: &mut Host) -> Turn;

    /// Abandons the tasks that it holds back.
    fn give_up(&mut self) {}
}

/// Some hosts whose loop is a task of the context below.
#[repr(C)]
pub(super) struct Layer<O> {
    // First, so that the task finds its layer; see `resume`.
    node: TaskNode,
    // Asleep while the task is not on its way and waits at most.
    bell: Bell,
    // Whether the task waits below while the bell sleeps.
    waits: AtomicBool,
    fronts: Box<[Arc<Front>]>,
    // Contended only where the context below has several threads.
    work: Mutex<Work<O>>,
    below: ContextRef,
    _pinned: PhantomPinned,
}

// SAFETY: the node is used by whoever has the right to its task, and everything else is behind locks and atomics.
unsafe impl<O: Send> Send for Layer<O> {}
// SAFETY: as above.
unsafe impl<O: Send> Sync for Layer<O> {}

struct Work<O> {
    hosts: Vec<Host>,
    order: O,
}

/// What becomes of the task.
enum Next {
    /// Somebody posts it when there is something to do.
    Rests,
    /// It is posted at once, behind the others.
    Yields,
    /// It waits below.
    Waits(Option<Instant>),
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<O: Order> Layer<O> {
    /// A layer of so many hosts on top of `below`.
    pub(super) fn new(below: &ContextRef, kind: &'static str, names: &[String], order: O) -> Arc<Self> {
        Arc::new_cyclic(|layer| {
            let mut hosts = Vec::new();
            for name in names {
                let settings = HostSettings { name: name.clone(), kind, core: None, wait: Wait::Park };
                let unpark = Arc::new(Below { layer: Weak::clone(layer) });
                let (front, host) = Host::with_allocation(settings, below.allocation().clone(), unpark);
                front.runs_on(below.clone());
                front.bell.sleep();
                hosts.push(host);
            }
            let bell = Bell::new();
            bell.sleep();
            Self {
                node: TaskNode::new(Self::resume),
                bell,
                waits: AtomicBool::new(false),
                fronts: hosts.iter().map(|host| Arc::clone(host.front())).collect(),
                work: Mutex::new(Work { hosts, order }),
                below: below.clone(),
                _pinned: PhantomPinned,
            }
        })
    }

    /// The context of one host.
    pub(super) fn face(self: &Arc<Self>, level: usize) -> Option<ContextRef> {
        let front = self.fronts.get(level)?;
        Some(Arc::new(Face { front: Arc::clone(front), layer: Arc::clone(self) }))
    }

    /// Ends every host with the next trip.
    pub(super) fn close(&self) {
        for front in &self.fronts {
            front.close();
        }
    }

    /// The right to run the task, which keeps the layer.
    fn task(self: Arc<Self>) -> TaskRef {
        let layer = Arc::into_raw(self).cast_mut();
        // SAFETY: it comes from an `Arc`, hence is not null.
        let node = unsafe { NonNull::new_unchecked(layer) }.cast::<TaskNode>();
        // SAFETY: the node is the first field of a layer that this reference keeps in place, the bell sees to it that there is one
        // task at a time, and a layer is `Send` and `Sync`.
        unsafe { TaskRef::new(node) }
    }

    /// # Safety
    ///
    /// `node` is that of a layer whose [`task`](Self::task) it was.
    unsafe fn resume(node: NonNull<TaskNode>, fate: Fate) {
        let layer = node.cast::<Self>().as_ptr().cast_const();
        // SAFETY: `task` has given one reference away, and this is the one use of it.
        let layer = unsafe { Arc::from_raw(layer) };
        if fate == Fate::Abandoned {
            return layer.end();
        }
        let next = layer.take_turns();
        let below = layer.below.clone();
        match next {
            Next::Rests => {}
            Next::Yields => below.post(layer.task()),
            Next::Waits(deadline) => below.post_waiting(layer.task(), deadline),
        }
    }

    fn take_turns(&self) -> Next {
        let mut work = locked(&self.work);
        self.bell.awake();
        for _ in 0..TRIPS {
            for front in &self.fronts {
                front.bell.awake();
            }
            match work.trip() {
                Turn::Busy => continue,
                Turn::Done => {
                    work.end();
                    return Next::Rests;
                }
                Turn::Idle => {}
            }
            // One that was rung stays awake, and those that sleep already are woken by the next trip.
            if !self.fronts.iter().all(|front| front.bell.sleep()) {
                continue;
            }
            let waits = work.hosts.iter().any(|host| host.lanes() != 0 || host.has_waiting());
            // ORDERING: relaxed, published by the bell's going to sleep.
            self.waits.store(waits, Ordering::Relaxed);
            let deadline = work.hosts.iter_mut().filter_map(Host::deadline).min();
            if self.bell.sleep() {
                return if waits { Next::Waits(deadline) } else { Next::Rests };
            }
        }
        Next::Yields
    }

    /// The context below has ended.
    fn end(&self) {
        let mut work = locked(&self.work);
        // So that nobody has the task posted once more.
        self.bell.awake();
        work.end();
    }

    fn wake_up(self: Arc<Self>) {
        if self.bell.ring() != Rung::Wake {
            return;
        }
        let below = self.below.clone();
        // ORDERING: relaxed, the ring that found the bell asleep has acquired what was said before.
        if self.waits.load(Ordering::Relaxed) {
            below.nudge();
        } else {
            below.post(self.task());
        }
    }
}

impl<O: Order> Work<O> {
    /// The first host that has something to do does it.
    fn trip(&mut self) -> Turn {
        let Self { hosts, order } = self;
        let turns = hosts.iter_mut().enumerate().map(|(level, host)| order.trip(level, host));
        turns.into_iter().find(|turn| *turn != Turn::Idle).unwrap_or(Turn::Idle)
    }

    fn end(&mut self) {
        for host in &mut self.hosts {
            host.front().close();
        }
        self.order.give_up();
        for host in &mut self.hosts {
            // A host whose front is closed ends.
            host.turn();
        }
    }
}

/// What wakes a host of a layer: the task below.
struct Below<O> {
    layer: Weak<Layer<O>>,
}

impl<O> fmt::Debug for Below<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Below").finish_non_exhaustive()
    }
}

impl<O: Order> Unpark for Below<O> {
    fn unpark(&self) {
        if let Some(layer) = self.layer.upgrade() {
            layer.wake_up();
        }
    }
}

/// One host of a layer, as a context.
struct Face<O> {
    front: Arc<Front>,
    layer: Arc<Layer<O>>,
}

impl<O> fmt::Debug for Face<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Face").field("front", &self.front).field("below", &self.layer.below).finish()
    }
}

// SAFETY: everything that the promise is about is the front's, whose host takes its turns in the one task of the layer.
unsafe impl<O: Order> Context for Face<O> {
    by_front!();

    fn placement(&self) -> Placement {
        self.layer.below.placement()
    }

    fn drive(&self) -> Option<Turn> {
        if self.is_here() { Some(Turn::Idle) } else { self.layer.below.drive() }
    }
}

#[cfg(all(test, loom))]
mod model;
