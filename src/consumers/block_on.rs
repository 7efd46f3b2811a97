//! `block_on`: one pass, awaited by the calling thread.

mod thread;

use std::marker::PhantomPinned;
use std::pin::{Pin, pin};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crossbeam_utils::sync::Unparker;

use crate::completion::{Completion, Started, StopReason};
use crate::context::enter_lazily;
use crate::control::RunError;
use crate::env::NOWHERE;
use crate::function::IsSender;
use crate::lane::PanicReport;
use crate::operation::Operation;
use crate::panic_site;
use crate::receiver::Receiver;
use crate::sender::Sender;

/// Runs one pass of `sender` and blocks the calling thread until it completes.
///
/// **Completes** with what the pass completed with; for `?` see [`Completion::into_result`].
/// **Runs on** the calling thread, which is a context of its own meanwhile: a source without a home
/// is asked here, by [`poll_fn`](crate::sources::poll_fn) for example, and what waits for the time alone waits in its
/// [timers](crate::context::timer). Between two turns the thread
/// parks: until it is woken or a deadline comes, and for a millisecond at most while something is
/// asked that has no deadline. Lanes cannot be attached to it.
/// **Costs** nothing beyond the pass if that completes inside `start`: no allocation, no atomic
/// operation. The thread's context is made when the first pass needs it, and kept.
///
/// Do not call it on the thread of a context that the graph hops to: that thread is blocked here.
///
/// C++26: `sync_wait`. futures: `block_on`.
///
/// # Panics
///
/// When a stage panics; the message says where it did.
///
/// # Examples
///
/// ```
/// use fusewire::prelude::*;
///
/// assert_eq!(block_on(just(6).map(|n| n * 7)), Completion::Value(42));
/// ```
#[inline(always)]
pub fn block_on<S: IsSender<V, E, M>, V: Send, E: Send, M>(sender: S) -> Completion<V, E> {
    let _entered = enter_lazily(thread::context);
    let sender = sender.itself();
    // One of the two is compiled.
    if <<S::Itself as Sender>::Operation<Nobody> as Operation>::IMMEDIATE {
        completed(sender.at_once())
    } else {
        awaited(sender)
    }
}

/// A pass that certainly completes inside `start`.
#[inline(always)]
pub(crate) fn at_once<S: Sender>(sender: S) -> Completion<S::Value, S::Error> {
    let operation = pin!(sender.connect(Nobody { _pinned: PhantomPinned }, NOWHERE));
    // SAFETY: no pass is under way; this one is over when `start` returns, or else the process is.
    match unsafe { operation.start() } {
        Started::Inline(completion) => completion,
        Started::Later => std::process::abort(),
    }
}

/// What a sender answered [`at_once`](Sender::at_once) whose operation's type says that it certainly completes.
#[inline(always)]
pub(crate) fn completed<T, S>(answer: Result<T, S>) -> T {
    answer.unwrap_or_else(|_| std::process::abort())
}

#[inline]
fn awaited<S: Sender<Value: Send, Error: Send>>(sender: S) -> Completion<S::Value, S::Error> {
    let mailbox = Mailbox::new();
    let receiver = Arrive { mailbox: &mailbox, _pinned: PhantomPinned };
    let operation = pin!(sender.connect(receiver, NOWHERE));
    // SAFETY: no pass is under way; `await_arrival` returns only once the receiver was called.
    let completion = match unsafe { operation.start() } {
        Started::Inline(completion) => completion,
        Started::Later => await_arrival(&mailbox),
    };
    if let Completion::Stopped(StopReason::Panicked) = completion {
        let report = mailbox.state().report.take();
        resume_panic(report);
    }
    completion
}

#[cold]
fn await_arrival<V, E>(mailbox: &Mailbox<V, E>) -> Completion<V, E> {
    let under_way = UnderWay;
    let mut arrived = None;
    thread::run_until(&mut |unparker| {
        arrived = mailbox.take_or_wake(unparker);
        arrived.is_some()
    });
    std::mem::forget(under_way);
    arrived.unwrap_or(Completion::Stopped(StopReason::Requested))
}

/// Panics as the stage did.
#[cold]
pub(crate) fn resume_panic(report: Option<Box<PanicReport>>) -> ! {
    let report = report.map_or_else(panic_site::take_left, |report| *report);
    panic!("{}", RunError::Panicked(report));
}

/// What the stage left that made a pass panic.
#[cold]
fn left() -> Box<PanicReport> {
    Box::new(panic_site::take_left())
}

/// Of a pass that completes inside `start`.
pub(crate) struct Nobody {
    _pinned: PhantomPinned,
}

impl<V, E> Receiver<V, E> for Nobody {
    unsafe fn complete(self: Pin<&mut Self>, _: Completion<V, E>) {
        std::process::abort()
    }
}

/// Unwinding would drop the operation while other threads work on it.
struct UnderWay;

impl Drop for UnderWay {
    fn drop(&mut self) {
        std::process::abort();
    }
}

/// Where the pass completes that did not complete inside `start`.
struct Mailbox<V, E> {
    state: Mutex<State<V, E>>,
}

struct State<V, E> {
    arrived: Option<Completion<V, E>>,
    waiter: Option<Unparker>,
    /// Where the pass panicked, if it did.
    report: Option<Box<PanicReport>>,
}

impl<V, E> Mailbox<V, E> {
    #[inline]
    const fn new() -> Self {
        Self { state: Mutex::new(State { arrived: None, waiter: None, report: None }) }
    }

    fn state(&self) -> MutexGuard<'_, State<V, E>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The completion, or the promise to unpark when it arrives.
    fn take_or_wake(&self, unparker: &Unparker) -> Option<Completion<V, E>> {
        let mut state = self.state();
        if state.arrived.is_none() && state.waiter.is_none() {
            state.waiter = Some(unparker.clone());
        }
        state.arrived.take()
    }
}

struct Arrive<'m, V, E> {
    mailbox: &'m Mailbox<V, E>,
    // `block_on` may return, and drop the operation, while the call of `complete` still returns.
    _pinned: PhantomPinned,
}

impl<V: Send, E: Send> Receiver<V, E> for Arrive<'_, V, E> {
    unsafe fn complete(self: Pin<&mut Self>, completion: Completion<V, E>) {
        let panicked = matches!(completion, Completion::Stopped(StopReason::Panicked));
        let report = panicked.then(left);
        let waiter = {
            let mut state = self.mailbox.state();
            state.arrived = Some(completion);
            state.report = report;
            state.waiter.take()
        };
        // The mailbox may be gone from here on; the unparker is our own.
        if let Some(waiter) = waiter {
            waiter.unpark();
        }
    }
}
