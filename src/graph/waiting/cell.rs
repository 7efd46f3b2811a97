//! The place of one operation in a lane, and where it leaves its completion.

use std::fmt;
use std::marker::PhantomPinned;
use std::pin::Pin;
use std::ptr::NonNull;

use crate::completion::{Completion, Started, StopReason};
use crate::context::ContextRef;
use crate::env::Env;
use crate::lane::PanicReport;
use crate::operation::Operation;
use crate::panic_site;
use crate::primitive::{AtomicBool, Ordering, UnsafeCell};
use crate::receiver::Receiver;
use crate::sender::Sender;
use crate::stop::StopSource;

/// Where an operation of a lane leaves its completion, on whichever thread it completes.
#[derive(Debug)]
pub(crate) struct Mailbox<V, E> {
    // INVARIANT: false while the lane owns `completion`; set by the one completion of a start.
    arrived: AtomicBool,
    completion: UnsafeCell<Option<Completion<V, E>>>,
    // What was left on the thread where the operation completed, if it panicked there.
    report: UnsafeCell<Option<Box<PanicReport>>>,
    lane: Option<ContextRef>,
}

impl<V, E> Mailbox<V, E> {
    /// Takes the completion, once it has arrived, and makes room for the next.
    pub(crate) fn take_arrived(&mut self) -> Option<Completion<V, E>> {
        self.arrived = AtomicBool::new(false);
        // SAFETY: the flag gave the completion back to the lane, which lends it out here.
        let completion = self.completion.with_mut(|completion| unsafe { (*completion).take() });
        if let Some(Completion::Stopped(StopReason::Panicked)) = completion {
            // SAFETY: as for the completion, which it came with.
            let report = self.report.with_mut(|report| unsafe { (*report).take() });
            if let Some(report) = report {
                panic_site::leave(*report);
            }
        }
        completion
    }

    pub(crate) fn has_arrived(&self) -> bool {
        // ORDERING: acquire pairs with the release of `MailboxReceiver::complete`.
        self.arrived.load(Ordering::Acquire)
    }
}

impl<V, E> Default for Mailbox<V, E> {
    fn default() -> Self {
        Self {
            arrived: AtomicBool::new(false),
            completion: UnsafeCell::new(None),
            report: UnsafeCell::new(None),
            lane: None,
        }
    }
}

/// Leaves the completion of a waiting stage with its lane, and wakes the lane.
pub(crate) struct MailboxReceiver<V, E> {
    mailbox: NonNull<Mailbox<V, E>>,
    _pinned: PhantomPinned,
}

impl<V, E> fmt::Debug for MailboxReceiver<V, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MailboxReceiver").finish_non_exhaustive()
    }
}

// SAFETY: the mailbox is written by the one completion of a start and read only after the flag
// says so; the values cross with it.
unsafe impl<V, E> Send for MailboxReceiver<V, E> {}

impl<V, E> Receiver<V, E> for MailboxReceiver<V, E> {
    unsafe fn complete(self: Pin<&mut Self>, completion: Completion<V, E>) {
        // SAFETY: `Cell` keeps the mailbox in place for as long as the operation exists.
        let mailbox = unsafe { self.mailbox.as_ref() };
        let lane = mailbox.lane.clone();
        if let Completion::Stopped(StopReason::Panicked) = completion {
            let report = Box::new(panic_site::take_left());
            // SAFETY: as for the completion below.
            mailbox.report.with_mut(|place| unsafe { *place = Some(report) });
        }
        // SAFETY: between `start` and the flag below the completion belongs to the operation,
        // which completes once.
        mailbox.completion.with_mut(|place| unsafe { *place = Some(completion) });
        // ORDERING: release pairs with the acquire of `has_arrived`. It is the last touch of the
        // mailbox: the lane may start the next pass at once.
        mailbox.arrived.store(true, Ordering::Release);
        if let Some(lane) = lane {
            lane.nudge();
        }
    }
}

/// The place of one operation in a lane: allocated once, filled in place for each pass.
pub(crate) struct Cell<S: Sender> {
    // INVARIANT: `Some` while a pass is under way. Boxed: a lane may be moved before it is pinned
    // down by its context, an operation may not.
    inner: Option<Pin<Box<Inner<S>>>>,
    waits: bool,
    stop: StopSource,
    // With the token of `stop`.
    env: Env,
}

#[pin_project::pin_project]
struct Inner<S: Sender> {
    // Dropped before the mailbox that it points to.
    #[pin]
    operation: Option<S::Operation<MailboxReceiver<S::Value, S::Error>>>,
    mailbox: Box<Mailbox<S::Value, S::Error>>,
}

// SAFETY: a cell is moved to its lane's thread while it is empty, and stays there.
unsafe impl<S: Sender> Send for Cell<S> {}

impl<S: Sender> Cell<S> {
    pub(crate) fn new() -> Self {
        let inner = Inner { operation: None, mailbox: Box::default() };
        let stop = StopSource::new();
        let env = Env::new().with_stop(stop.token());
        Self { inner: Some(Box::pin(inner)), waits: false, stop, env }
    }

    /// Whether a pass may wait here: none does if every operation completes inside its start.
    const MAY_WAIT: bool = !<S::Operation<MailboxReceiver<S::Value, S::Error>> as Operation>::IMMEDIATE;

    #[inline(always)]
    pub(crate) const fn waits(&self) -> bool {
        Self::MAY_WAIT && self.waits
    }

    /// What [`leave`](Self::leave) asks.
    pub(crate) const fn stop(&self) -> &StopSource {
        &self.stop
    }

    /// Connects what comes from now on with these facts instead of its own.
    pub(crate) fn know(&mut self, env: &Env) {
        self.env = env.clone();
    }

    /// What `sender` completes with if it does so [at once](Sender::at_once); else it is to be [started](Self::start).
    #[inline(always)]
    pub(crate) fn at_once(&mut self, sender: S) -> Result<Completion<S::Value, S::Error>, S> {
        let completion = sender.at_once()?;
        // What an earlier pass left here is not kept for longer than by one that waits.
        if Self::MAY_WAIT
            && let Some(inner) = self.inner.as_mut()
        {
            inner.as_mut().project().operation.set(None);
        }
        Ok(completion)
    }

    /// Connects and starts `sender` in place; its operation is dropped when it completes.
    #[inline(always)]
    pub(crate) fn start(&mut self, sender: S) -> Started<S::Value, S::Error> {
        let started = self.begin(sender);
        if let Started::Inline(_) = started
            && let Some(inner) = self.inner.as_mut()
        {
            inner.as_mut().project().operation.set(None);
        }
        started
    }

    /// Connects and starts `sender` in place, to be started [`again`](Self::again).
    #[inline(always)]
    pub(crate) fn begin(&mut self, sender: S) -> Started<S::Value, S::Error> {
        if let Some(inner) = self.inner.as_mut() {
            let mut this = inner.as_mut().project();
            let mailbox = NonNull::from(this.mailbox.as_mut());
            let receiver = MailboxReceiver { mailbox, _pinned: PhantomPinned };
            this.operation.set(Some(sender.connect(receiver, &self.env)));
        }
        self.again()
    }

    /// Starts the operation that is in place.
    #[inline(always)]
    pub(crate) fn again(&mut self) -> Started<S::Value, S::Error> {
        let operation = self.inner.as_mut().and_then(|inner| inner.as_mut().project().operation.as_pin_mut());
        let Some(operation) = operation else {
            return Started::Inline(Completion::Stopped(StopReason::Requested));
        };
        // SAFETY: the box keeps the operation in place; while it waits it is neither started again
        // nor dropped, but leaked if need be.
        let started = unsafe { operation.start() };
        self.waits = matches!(started, Started::Later);
        started
    }

    /// Begins a pass with what the operation that is in place has gathered, if it has anything; see
    /// [`Operation::rest`].
    pub(crate) fn rest(&mut self) -> Option<Started<S::Value, S::Error>> {
        let operation = self.inner.as_mut()?.as_mut().project().operation.as_pin_mut()?;
        // SAFETY: as in `again`.
        let started = unsafe { operation.rest() };
        self.waits = matches!(started, Some(Started::Later));
        started
    }

    /// The completion of the pass that waits, if it has arrived.
    pub(crate) fn poll(&mut self) -> Option<Completion<S::Value, S::Error>> {
        let this = self.inner.as_mut()?.as_mut().project();
        if !this.mailbox.has_arrived() {
            return None;
        }
        self.waits = false;
        this.mailbox.take_arrived()
    }

    /// Gives up the pass that waits: asks its operation to stop, and drops what it completes with.
    /// Whether it has not completed yet.
    pub(crate) fn leave(&mut self) -> bool {
        self.stop.request_stop();
        if self.waits {
            drop(self.poll());
        }
        self.waits
    }

    /// Names the context that must be woken when a completion arrives. Called on the lane's thread.
    pub(crate) fn here(&mut self, lane: Option<ContextRef>) {
        if let Some(inner) = self.inner.as_mut() {
            inner.as_mut().project().mailbox.lane = lane;
        }
    }
}

impl<S: Sender> Drop for Cell<S> {
    fn drop(&mut self) {
        if self.waits
            && let Some(inner) = self.inner.take()
            && !inner.mailbox.has_arrived()
        {
            // The operation is still under way somewhere: its memory must stay.
            std::mem::forget(inner);
        }
    }
}

impl<S: Sender> fmt::Debug for Cell<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cell").field("waits", &self.waits).finish_non_exhaustive()
    }
}
