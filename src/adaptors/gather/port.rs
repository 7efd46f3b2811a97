//! A place for one operation that may be under way from one pass to the next.

use std::marker::PhantomPinned;
use std::pin::Pin;
use std::ptr::NonNull;
use std::sync::Arc;

use super::Hub;
use crate::completion::{Completion, Started, StopReason};
use crate::env::Env;
use crate::lane::PanicReport;
use crate::operation::Operation;
use crate::panic_site;
use crate::primitive::UnsafeCell;
use crate::receiver::Receiver;
use crate::sender::Sender;
use crate::work::{Fate, TaskNode, TaskRef};

/// What every port begins with, whatever its sender.
#[repr(C)]
pub(super) struct Head {
    // First, so that the node leads here.
    node: TaskNode,
    number: usize,
}

impl Head {
    pub(super) const fn number(&self) -> usize {
        self.number
    }
}

/// A pinned place for an operation of `S`.
///
/// Who drives begins it and takes what it completed with. While it is under way its completion belongs to the operation;
/// that it has arrived is said by the hub's meeting.
#[doc(hidden)]
#[repr(C)]
pub struct Port<S: Sender> {
    head: Head,
    state: State,
    operation: UnsafeCell<Option<Connected<S>>>,
    completion: UnsafeCell<Option<Completion<S::Value, S::Error>>>,
    // What was left on the thread where the operation completed, if it panicked there.
    report: UnsafeCell<Option<Box<PanicReport>>>,
    // What keeps the memory while the operation is under way.
    keep: UnsafeCell<Option<Arc<Hub>>>,
    _pinned: PhantomPinned,
}

type Connected<S> = <S as Sender>::Operation<Arrives<S>>;

impl<S: Sender> std::fmt::Debug for Port<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Port").field("state", &self.state).finish_non_exhaustive()
    }
}

/// Who a port belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Idle,
    UnderWay,
}

// SAFETY: what is inside is `Send` or used by who drives or completes, one at a time.
unsafe impl<S: Sender<Value: Send, Error: Send>> Send for Port<S> {}

/// The task of a port's node is never run: that it is queued says enough.
unsafe fn nothing(_: NonNull<TaskNode>, _: Fate) {}

impl<S: Sender> Port<S> {
    /// An empty place that the hub calls `number`.
    pub(in crate::adaptors) fn new(number: usize) -> Self {
        Self {
            head: Head { node: TaskNode::new(nothing), number },
            state: State::Idle,
            operation: UnsafeCell::new(None),
            completion: UnsafeCell::new(None),
            report: UnsafeCell::new(None),
            keep: UnsafeCell::new(None),
            _pinned: PhantomPinned,
        }
    }

    /// Whether the operation is under way, or has arrived and was not taken.
    pub(in crate::adaptors) fn is_under_way(&self) -> bool {
        self.state == State::UnderWay
    }

    /// Connects `sender` here, in place of what was.
    pub(in crate::adaptors) fn connect(self: Pin<&mut Self>, sender: S, env: &Env) {
        // SAFETY: nothing is moved through the pointer.
        let this = unsafe { self.get_unchecked_mut() };
        let receiver = Arrives { port: NonNull::from(&mut *this), _pinned: PhantomPinned };
        let connected = sender.connect(receiver, env);
        // SAFETY: the port is idle, so that the operation is who drives' alone; it is made where it stays.
        this.operation.with_mut(|operation| unsafe { *operation = Some(connected) });
    }

    /// Drops the operation, which is idle.
    pub(in crate::adaptors) fn clear(self: Pin<&mut Self>) {
        // SAFETY: nothing is moved through the pointer.
        let this = unsafe { self.get_unchecked_mut() };
        // SAFETY: the port is idle, so that the operation is who drives' alone.
        this.operation.with_mut(|operation| unsafe { *operation = None });
    }

    /// Starts a pass of the operation. What it completed with, if that was inside its start.
    #[inline]
    pub(in crate::adaptors) fn start(
        self: Pin<&mut Self>,
        hub: &Arc<Hub>,
    ) -> Option<Completion<S::Value, S::Error>> {
        // SAFETY: `begin` gives an operation that is idle, and neither started nor dropped again before it has arrived.
        self.begin(hub, |operation| unsafe { operation.start() })
    }

    /// Starts a pass of what the operation has gathered; as stopped, if there is nothing.
    pub(in crate::adaptors) fn rest(
        self: Pin<&mut Self>,
        hub: &Arc<Hub>,
    ) -> Option<Completion<S::Value, S::Error>> {
        self.begin(hub, |operation| {
            // SAFETY: as in `start`.
            let started = unsafe { operation.rest() };
            started.unwrap_or(Started::Inline(Completion::Stopped(StopReason::Requested)))
        })
    }

    /// Begins a pass of the operation, which is pinned and idle, and is neither started nor dropped again before it has arrived.
    #[inline(always)]
    fn begin(
        self: Pin<&mut Self>,
        hub: &Arc<Hub>,
        begin: impl FnOnce(Pin<&mut Connected<S>>) -> Started<S::Value, S::Error>,
    ) -> Option<Completion<S::Value, S::Error>> {
        // SAFETY: nothing is moved through the pointer.
        let this = unsafe { self.get_unchecked_mut() };
        let immediate = const { <Connected<S> as Operation>::IMMEDIATE };
        if !immediate {
            // SAFETY: the port is idle, so that it is who drives' alone.
            this.keep.with_mut(|keep| unsafe { *keep = Some(Arc::clone(hub)) });
        }
        this.state = State::UnderWay;
        let port: *mut Self = this;
        // A port that unwinds is idle.
        let mut starting = Starting { port, later: false };
        // SAFETY: the port is pinned, and its operation in place is idle until here. It is reached past the port, whose other parts
        // may be used meanwhile, and stays while the hub is kept.
        let started = unsafe { &(*port).operation }.with_mut(|operation| {
            // SAFETY: as above.
            let operation = unsafe { &mut *operation }.as_mut()?;
            // SAFETY: it is never moved.
            Some(begin(unsafe { Pin::new_unchecked(operation) }))
        });
        match started {
            Some(Started::Later) => {
                starting.later = true;
                None
            }
            Some(Started::Inline(completion)) => Some(completion),
            None => Some(Completion::Stopped(StopReason::Requested)),
        }
    }

    /// What the operation completed with, after the hub has said that it arrived.
    pub(in crate::adaptors) fn take(self: Pin<&mut Self>) -> Completion<S::Value, S::Error> {
        // SAFETY: nothing is moved through the pointer.
        let this = unsafe { self.get_unchecked_mut() };
        this.state = State::Idle;
        // SAFETY: the arrival gave the place back.
        let completion = this.completion.with_mut(|place| unsafe { (*place).take() });
        if let Some(Completion::Stopped(StopReason::Panicked)) = completion {
            // SAFETY: as for the completion, which it came with.
            let report = this.report.with_mut(|place| unsafe { (*place).take() });
            if let Some(report) = report {
                panic_site::leave(*report);
            }
        }
        completion.unwrap_or(Completion::Stopped(StopReason::Requested))
    }
}

/// Makes a port idle again unless its operation completes later.
struct Starting<S: Sender> {
    port: *mut Port<S>,
    later: bool,
}

impl<S: Sender> Drop for Starting<S> {
    fn drop(&mut self) {
        if self.later {
            return;
        }
        // SAFETY: the operation is idle, so that the port is who drives' alone, which made this.
        unsafe { (*self.port).state = State::Idle };
        // SAFETY: as above.
        let keep = unsafe { &(*self.port).keep };
        // SAFETY: as above. The hub is kept by who drives as well.
        keep.with_mut(|keep| unsafe { *keep = None });
    }
}

/// Where the operation of a [`Port`] completes.
#[doc(hidden)]
pub struct Arrives<S: Sender> {
    port: NonNull<Port<S>>,
    // The operation may be gone while the call of `complete` still returns.
    _pinned: PhantomPinned,
}

impl<S: Sender> std::fmt::Debug for Arrives<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Arrives").finish_non_exhaustive()
    }
}

// SAFETY: what it writes is handed over by the hub's meeting, and `Send` where a `Gather` has a port.
unsafe impl<S: Sender> Send for Arrives<S> {}

impl<S: Sender> Receiver<S::Value, S::Error> for Arrives<S> {
    unsafe fn complete(self: Pin<&mut Self>, completion: Completion<S::Value, S::Error>) {
        let port = self.port.as_ptr();
        // SAFETY: the hub keeps the port while its operation is under way.
        let keep = unsafe { &(*port).keep };
        // SAFETY: between its start and the arrival below all of this is the operation's, which completes once.
        let Some(hub) = keep.with_mut(|keep| unsafe { (*keep).take() }) else { return };
        if let Completion::Stopped(StopReason::Panicked) = completion {
            let left = Box::new(panic_site::take_left());
            // SAFETY: as above.
            let report = unsafe { &(*port).report };
            // SAFETY: as above.
            report.with_mut(|report| unsafe { *report = Some(left) });
        }
        // SAFETY: as above.
        let place = unsafe { &(*port).completion };
        // SAFETY: as above.
        place.with_mut(|place| unsafe { *place = Some(completion) });
        // SAFETY: the node is the first field of the port, and in no queue. The hub keeps it until it was taken out.
        let arrived = unsafe { TaskRef::new(self.port.cast()) };
        hub.arrive(arrived);
    }
}
