//! `split`: one pass of a sender, for several that want what it made.

use std::fmt;
use std::marker::PhantomPinned;
use std::pin::Pin;
use std::ptr::NonNull;

use pin_project::pin_project;

use crate::adaptors::linked_stop::{Arms, LinkedStop};
use crate::completion::{Completion, Started, StopReason};
use crate::env::Env;
use crate::lock::Lock;
use crate::operation::Operation;
use crate::panic_site;
use crate::primitive::UnsafeCell;
use crate::receiver::{Receiver, complete_caught};
use crate::sender::Sender;
use crate::stop::{Recycled, StopSource};
use crate::work::{Fate, TaskList, TaskNode, TaskRef};

/// A place for one pass of `sender`, which any number of others [share](share()).
///
/// It is pinned, and borrowed by those who share it: nothing is counted, and nothing but its stop source is allocated. Where
/// one graph shows who shares a value, [`fork`](crate::adaptors::SenderExt::fork) needs no place at all; for several graphs that run
/// there are edges.
///
/// stdexec: `split`, which counts references to what it allocates. futures: `Shared`.
///
/// # Examples
///
/// ```
/// use std::pin::pin;
/// use std::sync::atomic::{AtomicU32, Ordering};
/// use fusewire::adaptors::{share, split};
/// use fusewire::prelude::*;
///
/// let asked = AtomicU32::new(0);
/// let place = pin!(split(just(6).map(|n| {
///     asked.fetch_add(1, Ordering::Relaxed);
///     n * 7
/// })));
/// let place = place.as_ref();
/// let both = when_all(share(place), share(place).map(|n| n + 1));
/// assert_eq!(block_on(both), Completion::Value((42, 43)));
/// assert_eq!(asked.load(Ordering::Relaxed), 1);
/// ```
pub fn split<S: Sender>(sender: S) -> Split<S> {
    Split {
        sender: Lock::new(Kept(Some(sender))),
        operation: UnsafeCell::new(None),
        completion: UnsafeCell::new(None),
        state: Lock::new(State { phase: Phase::Idle, waiters: TaskList::new() }),
        stop: StopSource::new(),
        _pinned: PhantomPinned,
    }
}

/// What the pass in `place` completes with.
///
/// **Completes** with a clone of the value or the error, or as stopped; inside `start` once the pass has completed, or if it does
/// so at once. The first of all that is started begins the pass, with the facts of its environment. Started again it completes
/// with the same.
/// **Runs on**, afterwards, the context where the shared pass completed; or where it is, if that was before.
/// **Costs** a short lock, a clone, and two more short locks if a stop may come from outside.
///
/// # Stopping
///
/// A stop of any of those who wait stops the pass that they share.
pub const fn share<S: Sender>(place: Pin<&Split<S>>) -> Share<'_, S> {
    LinkedStop::new(Sharing { place })
}

/// The sender made by [`share()`].
pub type Share<'p, S> = LinkedStop<Sharing<'p, S>>;

/// The place that [`split`] makes.
///
/// # Panics
///
/// Its drop ends the process if its pass is under way, which it is only if an operation that shares it was leaked.
pub struct Split<S: Sender> {
    sender: Lock<Kept<S>>,
    // INVARIANT: used by who began the pass, and by the pass.
    operation: UnsafeCell<Option<S::Operation<SplitReceiver<S>>>>,
    // INVARIANT: written by the completion of the pass, before the phase is `Over`; only read from then on.
    completion: UnsafeCell<Option<Completion<S::Value, S::Error>>>,
    state: Lock<State>,
    stop: StopSource,
    _pinned: PhantomPinned,
}

/// The sender, until the pass is begun.
struct Kept<S>(Option<S>);

struct State {
    phase: Phase,
    // Those who wait, in the order of coming; the first has begun the pass.
    waiters: TaskList,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Idle,
    UnderWay,
    Over,
}

// SAFETY: the sender and its operation move to the thread that begins the pass; what it makes is handed on.
unsafe impl<S: Sender<Value: Send, Error: Send> + Send> Send for Split<S> {}
// SAFETY: one thread begins the pass, by the state; afterwards what was made is only read, and cloned, by several.
unsafe impl<S: Sender<Value: Send + Sync, Error: Send + Sync> + Send> Sync for Split<S> {}

impl<S: Sender> fmt::Debug for Split<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let phase = self.state.with(|state| state.phase);
        f.debug_struct("Split").field("phase", &phase).finish_non_exhaustive()
    }
}

impl<S: Sender> Split<S> {
    /// Makes the place one for a pass of `sender`. Nobody shares it: that it is borrowed exclusively says so.
    pub fn again(self: Pin<&mut Self>, sender: S) {
        if self.state.with(|state| std::mem::replace(&mut state.phase, Phase::Idle)) == Phase::UnderWay {
            std::process::abort();
        }
        // SAFETY: what is pinned is dropped in place by the assignments below.
        let this = unsafe { self.get_unchecked_mut() };
        // SAFETY: no pass is under way, and nobody shares the place.
        this.operation.with_mut(|operation| unsafe { *operation = None });
        // SAFETY: as above.
        this.completion.with_mut(|completion| unsafe { *completion = None });
        this.sender = Lock::new(Kept(Some(sender)));
        this.stop = StopSource::new();
    }
}

impl<S: Sender> Split<S> {
    /// The pass has completed: all that come from now on find it over. Those who wait for it.
    fn over(&self, completion: Completion<S::Value, S::Error>) -> TaskList {
        // SAFETY: the pass completes once, and nobody reads before the phase says so.
        self.completion.with_mut(|place| unsafe { *place = Some(completion) });
        self.state.with(|state| {
            state.phase = Phase::Over;
            std::mem::replace(&mut state.waiters, TaskList::new())
        })
    }
}

impl<S: Sender> Drop for Split<S> {
    fn drop(&mut self) {
        if self.state.with(|state| state.phase) == Phase::UnderWay {
            // Some context still holds the operation's task.
            std::process::abort();
        }
    }
}

/// One of those who share a place.
#[derive(Debug)]
pub struct Sharing<'p, S: Sender> {
    place: Pin<&'p Split<S>>,
}

impl<S: Sender> Clone for Sharing<'_, S> {
    fn clone(&self) -> Self {
        Self { place: self.place }
    }
}

impl<'p, S> Arms for Sharing<'p, S>
where
    S: Sender<Value: Clone + Send + Sync, Error: Clone + Send + Sync> + Send,
{
    type Sender = Sharer<'p, S>;

    #[allow(private_interfaces, reason = "implemented in this crate alone")]
    fn source(&self) -> Recycled {
        Recycled::lasting(self.place.stop.clone())
    }

    #[allow(private_interfaces, reason = "implemented in this crate alone")]
    fn with_stop(self, _: Recycled) -> Self::Sender {
        Sharer { place: self.place }
    }
}

/// The sender under a [`Share`], whose stop is that of the place.
#[derive(Debug)]
pub struct Sharer<'p, S: Sender> {
    place: Pin<&'p Split<S>>,
}

#[diagnostic::do_not_recommend]
impl<'p, S> Sender for Sharer<'p, S>
where
    S: Sender<Value: Clone + Send + Sync, Error: Clone + Send + Sync> + Send,
{
    type Value = S::Value;
    type Error = S::Error;
    type Operation<R: Receiver<S::Value, S::Error>> = SharerOperation<'p, S, R>;

    fn connect<R: Receiver<S::Value, S::Error>>(self, receiver: R, env: &Env) -> Self::Operation<R> {
        let node = TaskNode::new(SharerOperation::<S, R>::resume);
        SharerOperation { node, place: self.place, env: env.clone(), receiver }
    }
}

/// The operation of a [`Sharer`].
#[pin_project]
#[repr(C)]
pub struct SharerOperation<'p, S: Sender, R> {
    // First, so that the task finds its operation; see `resume`.
    #[pin]
    node: TaskNode,
    place: Pin<&'p Split<S>>,
    env: Env,
    #[pin]
    receiver: R,
}

impl<S: Sender, R> fmt::Debug for SharerOperation<'_, S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharerOperation").finish_non_exhaustive()
    }
}

impl<S> Split<S>
where
    S: Sender<Value: Clone + Send + Sync, Error: Clone + Send + Sync> + Send,
{
    /// What the pass completed with.
    fn made(&self) -> Completion<S::Value, S::Error> {
        // SAFETY: the phase is `Over`, from when on it is only read.
        let completion = self.completion.with(|completion| unsafe { (*completion).as_ref() });
        match completion {
            Some(Completion::Value(value)) => Completion::Value(value.clone()),
            Some(Completion::Error(error)) => Completion::Error(error.clone()),
            Some(Completion::Stopped(reason)) => Completion::Stopped(*reason),
            None => Completion::Stopped(StopReason::Requested),
        }
    }

    /// Begins the pass. What it completed with, if that was inside its start.
    fn begin(self: Pin<&Self>, env: &Env) -> Option<Completion<S::Value, S::Error>> {
        let Some(sender) = self.sender.with(|kept| kept.0.take()) else {
            return Some(Completion::Stopped(StopReason::Requested));
        };
        let receiver = SplitReceiver { place: NonNull::from(self.get_ref()), _pinned: PhantomPinned };
        let connected = env.with_here(|env| sender.connect(receiver, env));
        // SAFETY: this thread has begun the pass, by the state, and nobody else uses the operation.
        self.operation.with_mut(|operation| unsafe { *operation = Some(connected) });
        self.operation.with_mut(|operation| {
            // SAFETY: as above.
            let operation = unsafe { &mut *operation }.as_mut()?;
            // SAFETY: the place is pinned, and its operation with it.
            let operation = unsafe { Pin::new_unchecked(operation) };
            // SAFETY: no pass is under way; the place is not dropped before this one has completed.
            match unsafe { operation.start() } {
                Started::Inline(completion) => Some(completion),
                Started::Later => None,
            }
        })
    }
}

/// Completes all that wait. `report` says where the pass has panicked, if it has.
fn complete_all(mut waiters: TaskList, report: Option<&crate::lane::PanicReport>) {
    while let Some(waiter) = waiters.pop() {
        if let Some(report) = report {
            panic_site::leave(report.clone());
        }
        waiter.run();
    }
}

/// Where the pass that is shared completes.
pub struct SplitReceiver<S: Sender> {
    place: NonNull<Split<S>>,
    // The place may be gone while the call of `complete` still returns.
    _pinned: PhantomPinned,
}

impl<S: Sender> fmt::Debug for SplitReceiver<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SplitReceiver").finish_non_exhaustive()
    }
}

// SAFETY: it leads to a place that is `Sync` where it has a pass.
unsafe impl<S: Sender> Send for SplitReceiver<S> {}

impl<S: Sender> Receiver<S::Value, S::Error> for SplitReceiver<S> {
    unsafe fn complete(self: Pin<&mut Self>, completion: Completion<S::Value, S::Error>) {
        let report =
            matches!(completion, Completion::Stopped(StopReason::Panicked)).then(panic_site::take_left);
        // SAFETY: those who wait keep the place, and one does at least.
        let place = unsafe { self.place.as_ref() };
        let waiters = place.over(completion);
        // The place may be gone when the last of them was completed.
        complete_all(waiters, report.as_ref());
    }
}

impl<S, R> SharerOperation<'_, S, R>
where
    S: Sender<Value: Clone + Send + Sync, Error: Clone + Send + Sync> + Send,
    R: Receiver<S::Value, S::Error>,
{
    /// The pass that was waited for has completed.
    ///
    /// # Safety
    ///
    /// `node` is the first field of a pinned `Self` that waits for this.
    unsafe fn resume(node: NonNull<TaskNode>, fate: Fate) {
        let mut operation = node.cast::<Self>();
        // SAFETY: the caller gives the node of a pinned operation that nobody else touches.
        let operation = unsafe { operation.as_mut() };
        // SAFETY: the node is the first field of an operation that is pinned.
        let operation = unsafe { Pin::new_unchecked(operation) }.project();
        let completion = match fate {
            Fate::Abandoned => Completion::Stopped(StopReason::Requested),
            Fate::Run => panic_site::catch(|| operation.place.made()).unwrap_or_else(|report| {
                panic_site::leave(report);
                Completion::Stopped(StopReason::Panicked)
            }),
        };
        // SAFETY: `start` returned `Later` for each that waits, and each is taken from the list once.
        unsafe { complete_caught(operation.receiver, completion) };
    }
}

// SAFETY: `receiver` gives the field that `connect` filled.
unsafe impl<S, R> Operation for SharerOperation<'_, S, R>
where
    S: Sender<Value: Clone + Send + Sync, Error: Clone + Send + Sync> + Send,
    R: Receiver<S::Value, S::Error>,
{
    type Value = S::Value;
    type Error = S::Error;
    type Receiver = R;

    unsafe fn start(self: Pin<&mut Self>) -> Started<S::Value, S::Error> {
        // SAFETY: nothing is moved through the pointer.
        let this = unsafe { self.get_unchecked_mut() };
        let node = NonNull::from(&mut *this).cast::<TaskNode>();
        let (place, env) = (this.place, &this.env);
        let phase = place.state.with(|state| {
            let phase = state.phase;
            if phase != Phase::Over {
                state.phase = Phase::UnderWay;
                // SAFETY: the node is the first field of the pinned operation, which is under way until the task was run. It
                // is `Send`.
                state.waiters.push(unsafe { TaskRef::new(node) });
            }
            phase
        });
        match phase {
            Phase::Over => return Started::Inline(place.made()),
            Phase::UnderWay => return Started::Later,
            Phase::Idle => {}
        }
        let (completion, report) = match panic_site::catch(|| place.begin(env)) {
            Ok(None) => return Started::Later,
            Ok(Some(completion)) => (completion, None),
            Err(report) => (Completion::Stopped(StopReason::Panicked), Some(report)),
        };
        let mut waiters = place.over(completion);
        // This one came first, and completes by its return value.
        if let Some(own) = waiters.pop() {
            own.into_node();
        }
        let made = place.made();
        complete_all(waiters, report.as_ref());
        if let Some(report) = report {
            panic_site::leave(report);
        }
        Started::Inline(made)
    }

    fn receiver(self: Pin<&mut Self>) -> Pin<&mut R> {
        self.project().receiver
    }
}
