//! Suspension points: asynchronous stages whose operation may complete later.

use std::fmt;
use std::marker::PhantomPinned;
use std::pin::Pin;
use std::ptr::NonNull;
use std::time::Instant;

use crate::completion::{Completion, JoinError, Started, StopReason};
use crate::context::{ContextRef, current};
use crate::control::{Control, RunError};
use crate::device::lost_device;
use crate::env::Env;
use crate::graph::held::Held;
use crate::graph::tag::Tag;
use crate::graph::tail::{LaneState, OpenTail, Put, Room, Tail};
use crate::lane::PanicReport;
use crate::operation::Operation;
use crate::panic_site;
use crate::primitive::{AtomicBool, Ordering, UnsafeCell};
use crate::receiver::Receiver;
use crate::sender::Sender;
use crate::stop::StopSource;

/// What an asynchronous stage does with a pass.
#[derive(Debug)]
pub enum Begun<S: Sender, E> {
    /// Nothing: the pass goes on at once with this.
    Now(Result<S::Value, E>),
    /// The pass waits until this completes.
    Wait(S),
}

/// An asynchronous stage: `and` or `or_else` with its function.
pub trait Begin<V, E> {
    /// The work that the pass waits for.
    type Sender: Sender;
    /// How a pass fails behind this stage.
    type Error;

    /// Decides what a pass does that arrives as `Ok` or, after a failure, as `Err`.
    fn begin(&mut self, arrived: Result<V, E>) -> Begun<Self::Sender, Self::Error>;

    /// The error of the work, as an error behind this stage.
    fn later(error: <Self::Sender as Sender>::Error) -> Self::Error;
}

/// `and`: a value goes through the function, an error goes past it.
#[derive(Debug)]
pub struct And<F>(pub Held<F>);

impl<V, E, S, F> Begin<V, E> for And<F>
where
    F: FnMut(V) -> S,
    S: Sender,
    E: JoinError<S::Error>,
{
    type Sender = S;
    type Error = E::Joined;

    #[inline(always)]
    fn begin(&mut self, arrived: Result<V, E>) -> Begun<S, E::Joined> {
        match arrived {
            Ok(value) => Begun::Wait((self.0)(value)),
            Err(error) => Begun::Now(Err(error.earlier())),
        }
    }

    #[inline(always)]
    fn later(error: S::Error) -> E::Joined {
        E::later(error)
    }
}

/// `or_else`: an error goes through the function, a value goes past it.
#[derive(Debug)]
pub struct OrElse<F>(pub Held<F>);

impl<V, E, S, F> Begin<V, E> for OrElse<F>
where
    F: FnMut(E) -> S,
    S: Sender<Value = V>,
{
    type Sender = S;
    type Error = S::Error;

    #[inline(always)]
    fn begin(&mut self, arrived: Result<V, E>) -> Begun<S, S::Error> {
        match arrived {
            Ok(value) => Begun::Now(Ok(value)),
            Err(error) => Begun::Wait((self.0)(error)),
        }
    }

    #[inline(always)]
    fn later(error: S::Error) -> S::Error {
        error
    }
}

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
pub struct MailboxReceiver<V, E> {
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
    fn complete(self: Pin<&mut Self>, completion: Completion<V, E>) {
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
            lane.wake();
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

    pub(crate) const fn waits(&self) -> bool {
        self.waits
    }

    /// What [`leave`](Self::leave) asks.
    pub(crate) const fn stop(&self) -> &StopSource {
        &self.stop
    }

    /// Connects what comes from now on with these facts instead of its own.
    pub(crate) fn know(&mut self, env: &Env) {
        self.env = env.clone();
    }

    /// Connects and starts `sender` in place, unless it completes [at once](Sender::at_once); its operation is
    /// dropped when it completes.
    #[inline(always)]
    pub(crate) fn start(&mut self, sender: S) -> Started<S::Value, S::Error> {
        let sender = match sender.at_once() {
            Ok(completion) => {
                // What an earlier pass left here is not kept for longer than by one that waits.
                if !<S::Operation<MailboxReceiver<S::Value, S::Error>> as Operation>::IMMEDIATE
                    && let Some(inner) = self.inner.as_mut()
                {
                    inner.as_mut().project().operation.set(None);
                }
                return Started::Inline(completion);
            }
            Err(sender) => sender,
        };
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

/// An asynchronous stage in a lane, and what follows it.
pub struct WaitTail<V, E, B: Begin<V, E>, N> {
    stage: B,
    cell: Cell<B::Sender>,
    known_here: bool,
    next: N,
}

/// Runs `stage` on each value; what it completes with goes on to `next`.
pub fn wait_tail<V, E, B: Begin<V, E>, N>(
    control: &Control,
    _: Tag<V, E>,
    stage: B,
    next: N,
) -> WaitTail<V, E, B, N> {
    let cell = Cell::new();
    control.stops(cell.stop());
    WaitTail { stage, cell, known_here: false, next }
}

impl<V, E, B: Begin<V, E>, N: fmt::Debug> fmt::Debug for WaitTail<V, E, B, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitTail").field("cell", &self.cell).field("next", &self.next).finish_non_exhaustive()
    }
}

type Made<V, E, B> = <<B as Begin<V, E>>::Sender as Sender>::Value;
type Failed<V, E, B> = <<B as Begin<V, E>>::Sender as Sender>::Error;
type Passed<V, E, B> = Result<Made<V, E, B>, <B as Begin<V, E>>::Error>;

impl<V, E, B, N> Tail<Result<V, E>> for WaitTail<V, E, B, N>
where
    B: Begin<V, E> + Send,
    N: Tail<Passed<V, E, B>>,
{
    type Open<'t>
        = OpenWait<'t, V, E, B, N::Open<'t>>
    where
        Self: 't;

    #[inline(always)]
    fn open(&mut self) -> Self::Open<'_> {
        OpenWait {
            stage: &mut self.stage,
            cell: &mut self.cell,
            known_here: &mut self.known_here,
            next: self.next.open(),
        }
    }

    fn deadline(&self) -> Option<Instant> {
        self.next.deadline()
    }

    fn awaits(&self, seen: &mut Vec<bool>) {
        seen.push(self.cell.waits());
        self.next.awaits(seen);
    }
}

/// A [`WaitTail`] for the time of a loop.
pub struct OpenWait<'t, V, E, B: Begin<V, E>, N> {
    stage: &'t mut B,
    cell: &'t mut Cell<B::Sender>,
    known_here: &'t mut bool,
    next: N,
}

impl<V, E, B: Begin<V, E>, N: fmt::Debug> fmt::Debug for OpenWait<'_, V, E, B, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenWait").field("cell", &self.cell).field("next", &self.next).finish_non_exhaustive()
    }
}

impl<V, E, B: Begin<V, E>, N> OpenWait<'_, V, E, B, N> {
    #[inline(always)]
    fn follow(
        &mut self,
        completion: Completion<Made<V, E, B>, Failed<V, E, B>>,
        room: Room,
        lane: &mut LaneState,
    ) -> Put
    where
        N: OpenTail<Passed<V, E, B>>,
    {
        match completion {
            Completion::Value(value) => self.next.put(Ok(value), room, lane),
            Completion::Error(error) => self.next.put(Err(B::later(error)), room, lane),
            Completion::Stopped(StopReason::Filtered) => self.next.skip(room, lane),
            Completion::Stopped(StopReason::Panicked) => lane.panicked(),
            Completion::Stopped(StopReason::DeviceFailed) => lane.device_failed(lost_device()),
            Completion::Stopped(reason @ StopReason::NoMemory) => lane.fail(RunError::failed(reason)),
            Completion::Stopped(StopReason::Ended | StopReason::Requested) => lane.stop(),
        }
    }
}

impl<V, E, B, N> OpenTail<Result<V, E>> for OpenWait<'_, V, E, B, N>
where
    B: Begin<V, E>,
    N: OpenTail<Passed<V, E, B>>,
{
    const OVERFLOWS: bool = N::OVERFLOWS;

    #[inline(always)]
    fn ready(&mut self) -> bool {
        !self.cell.waits() && self.next.ready()
    }

    #[inline(always)]
    fn takes(&mut self) -> bool {
        !self.cell.waits() && self.next.takes()
    }

    #[inline(always)]
    fn finishes(&mut self) -> bool {
        !self.cell.waits() && self.next.finishes()
    }

    #[inline(always)]
    fn put(&mut self, value: Result<V, E>, room: Room, lane: &mut LaneState) -> Put {
        match self.stage.begin(value) {
            Begun::Now(result) => self.next.put(result, room, lane),
            Begun::Wait(sender) => {
                if !*self.known_here {
                    *self.known_here = true;
                    self.cell.here(current());
                }
                match self.cell.start(sender) {
                    Started::Inline(completion) => self.follow(completion, room, lane),
                    Started::Later => Put::Waiting,
                }
            }
        }
    }

    #[inline(always)]
    fn skip(&mut self, room: Room, lane: &mut LaneState) -> Put {
        self.next.skip(room, lane)
    }

    #[inline(always)]
    fn waits(&self) -> bool {
        self.cell.waits() || self.next.waits()
    }

    fn leave(&mut self) -> bool {
        self.cell.leave() | self.next.leave()
    }

    #[inline(always)]
    fn poll(&mut self, lane: &mut LaneState) -> Put {
        if !self.cell.waits() {
            return self.next.poll(lane);
        }
        // The value that arrives needs room behind; see `OpenTail::ready`.
        if !self.next.ready() {
            match self.next.poll(lane) {
                put @ (Put::Over | Put::Ended) => return put,
                Put::Done | Put::Waiting => return Put::Waiting,
                Put::Overflows => {}
            }
        }
        match self.cell.poll() {
            None => Put::Waiting,
            Some(completion) => self.follow(completion, Room::UNSURE, lane),
        }
    }

    fn finish(&mut self, lane: &mut LaneState) -> bool {
        self.next.finish(lane)
    }

    #[inline(always)]
    fn show(&mut self) {
        self.next.show();
    }

    #[inline(always)]
    fn wakes(&self) -> bool {
        self.next.wakes()
    }

    #[inline(always)]
    fn turned(&mut self, puts: u64, lane: &mut LaneState) {
        self.next.turned(puts, lane);
    }

    #[inline(always)]
    fn moved(&mut self) -> bool {
        self.next.moved()
    }
}
