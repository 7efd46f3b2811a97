//! `spawn_future`: starts an operation that a scope owns and whose result is awaited later.

mod kept;

use std::fmt;
use std::marker::PhantomPinned;
use std::panic::Location;
use std::pin::Pin;
use std::ptr::NonNull;

use pin_project::pin_project;

use super::spawned::{Header, Spawned};
use crate::completion::{Completion, Started, StopReason};
use crate::context::{ContextRef, Scheduler, current};
use crate::env::Env;
use crate::operation::Operation;
use crate::receiver::{Receiver, complete_caught};
use crate::scope::waiters::{Wait, Waiter};
use crate::scope::{Refused, ScopeToken};
use crate::sender::Sender;
use crate::work::{Fate, TaskNode};

use kept::{Kept, Outcome};

/// Starts `sender` on the context of `scheduler`, as an operation of `scope`; what it completes with is handed on by
/// the sender that is returned, which may be run later, once, anywhere.
///
/// The operation goes on whether somebody awaits it or not. **Dropping** what is returned, and stopping the pass that
/// awaits it, asks the operation to stop and forgets the result; neither waits, because the scope still owns the operation.
///
/// **Runs on** the context, with the facts of what is [spawned](super::spawn_on); its stop token is asked by the scope's as well.
/// **Costs** what `spawn_on` does, and one more allocation for the stop token. The memory is given back once the operation has
/// completed *and* its result was taken or forgotten.
///
/// # Errors
///
/// When the scope is closed or full, or the policy has no memory. The sender is dropped then.
///
/// # Examples
///
/// ```
/// use fusewire::consumers::spawn_future_on;
/// use fusewire::context::cpu::Cpu;
/// use fusewire::prelude::*;
/// use fusewire::scope::Scope;
///
/// let (cpu, scope) = (Cpu::builder().build()?, Scope::new());
/// let early = spawn_future_on(&cpu, &scope, just(6).map(|n| n * 7))?;
/// // Other work goes here, while the cpu computes.
/// assert_eq!(block_on(early), Completion::Value(42));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// C++26: `spawn_future`, of `starts_on`. tokio: `spawn`, whose task goes on when the `JoinHandle` is dropped.
#[track_caller]
pub fn spawn_future_on<C, S>(
    scheduler: &C,
    scope: &ScopeToken,
    sender: S,
) -> Result<SpawnFuture<S::Value, S::Error>, Refused>
where
    C: Scheduler,
    S: Sender<Value: Send, Error: Send> + Send + 'static,
{
    let context = scheduler.context();
    let (spawned, future) = make(sender, scope, Some(context))?;
    scope.spawns_on(context);
    // SAFETY: it was just made.
    unsafe { Spawned::post(spawned, context) };
    Ok(future)
}

/// Starts `sender` here and now, as an operation of `scope`, until it completes or goes elsewhere; else as [`spawn_future_on`].
///
/// # Errors
///
/// When the scope is closed or full, or the policy has no memory. The sender is dropped then.
///
/// C++26: `spawn_future`.
#[track_caller]
pub fn spawn_future<S>(scope: &ScopeToken, sender: S) -> Result<SpawnFuture<S::Value, S::Error>, Refused>
where
    S: Sender<Value: Send, Error: Send> + Send + 'static,
{
    let context = current();
    let (spawned, future) = make(sender, scope, context.as_ref())?;
    if let Some(context) = &context {
        scope.spawns_on(context);
    }
    // SAFETY: it was just made.
    unsafe { Spawned::begin(spawned) };
    Ok(future)
}

/// The operation of `S`, with its result kept.
type Memory<S> = Spawned<S, Kept<<S as Sender>::Value, <S as Sender>::Error>>;

/// The memory of a spawned `S`, and who awaits it.
type Made<S> = (NonNull<Memory<S>>, SpawnFuture<<S as Sender>::Value, <S as Sender>::Error>);

#[track_caller]
fn make<S>(sender: S, scope: &ScopeToken, context: Option<&ContextRef>) -> Result<Made<S>, Refused>
where
    S: Sender<Value: Send, Error: Send> + Send + 'static,
{
    let kept = Kept::new(scope.associate()?, scope.allocation(context), Memory::<S>::request());
    let here = Location::caller();
    let spawned = Spawned::make_noted(sender, kept, |kept, place, sender| {
        kept.note(place, sender, context, here);
    })?;
    let header = spawned.cast::<Header<Kept<S::Value, S::Error>>>();
    // SAFETY: it was just made, and nobody else knows it.
    unsafe { Kept::settle(header) };
    Ok((spawned, SpawnFuture { header }))
}

/// The result of an operation that was spawned: the sender of [`spawn_future_on`].
///
/// **Completes** with what the operation completed with: inside `start` if it has, else when it does, on the context where it was
/// started. Stopped, without waiting for the operation, when its own pass is asked to stop; the operation is asked too. A panic of the
/// operation is one of this pass. Started again it has ended.
#[must_use = "dropping it asks the operation to stop; `spawn_on` is for operations without a result"]
pub struct SpawnFuture<V, E> {
    // INVARIANT: valid: this is one of the memory's owners.
    header: NonNull<Header<Kept<V, E>>>,
}

// SAFETY: what two threads share of the header is `Sync`, and the result is taken by one of them.
unsafe impl<V: Send, E: Send> Send for SpawnFuture<V, E> {}
// SAFETY: a shared reference gives access to nothing but whether the operation has completed.
unsafe impl<V: Send, E: Send> Sync for SpawnFuture<V, E> {}

impl<V, E> fmt::Debug for SpawnFuture<V, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpawnFuture").field("is_over", &self.is_over()).finish_non_exhaustive()
    }
}

impl<V, E> SpawnFuture<V, E> {
    fn kept(&self) -> &Kept<V, E> {
        // SAFETY: valid while this owner is there; of the header nothing but `keep` is borrowed.
        unsafe { &(*self.header.as_ptr()).keep }
    }

    /// Whether the operation has completed.
    pub fn is_over(&self) -> bool {
        self.kept().has_arrived()
    }

    /// Asks the operation to stop; what it completes with is still handed on.
    pub fn stop(&self) {
        self.kept().request_stop();
    }

    /// What the operation has completed with, if it has and nobody took it.
    fn taken(&self) -> Completion<V, E> {
        match self.kept().take() {
            Outcome::Completed(completion) => completion,
            Outcome::Panicked(report) => {
                crate::panic_site::leave(report);
                Completion::Stopped(StopReason::Panicked)
            }
            Outcome::Taken => Completion::Stopped(StopReason::Ended),
        }
    }
}

impl<V, E> Drop for SpawnFuture<V, E> {
    fn drop(&mut self) {
        self.kept().forget();
        // SAFETY: this owner uses it no more.
        unsafe { Kept::disown(self.header) }
    }
}

#[diagnostic::do_not_recommend]
impl<V: Send + 'static, E: Send + 'static> Sender for SpawnFuture<V, E> {
    type Value = V;
    type Error = E;
    type Operation<R: Receiver<V, E>> = SpawnFutureOperation<V, E, R>;

    fn connect<R: Receiver<V, E>>(self, receiver: R, env: &Env) -> SpawnFutureOperation<V, E, R> {
        SpawnFutureOperation {
            waiter: Waiter::new(SpawnFutureOperation::<V, E, R>::resume),
            future: self,
            env: env.clone(),
            receiver,
            _pinned: PhantomPinned,
        }
    }
}

/// The operation of [`SpawnFuture`].
#[pin_project]
#[repr(C)]
pub struct SpawnFutureOperation<V, E, R> {
    // First, so that the task finds its operation; see `resume`.
    #[pin]
    waiter: Waiter,
    future: SpawnFuture<V, E>,
    env: Env,
    #[pin]
    receiver: R,
    #[pin]
    _pinned: PhantomPinned,
}

impl<V, E, R> fmt::Debug for SpawnFutureOperation<V, E, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpawnFutureOperation").finish_non_exhaustive()
    }
}

impl<V: Send + 'static, E: Send + 'static, R: Receiver<V, E>> SpawnFutureOperation<V, E, R> {
    /// # Safety
    ///
    /// `node` is the first field of a pinned `Self` that waits no more.
    unsafe fn resume(node: NonNull<TaskNode>, fate: Fate) {
        let mut operation = node.cast::<Self>();
        // SAFETY: the caller gives the node of a pinned operation that nobody else touches.
        let operation = unsafe { operation.as_mut() };
        // SAFETY: the node is the first field of an operation that is pinned.
        let this = unsafe { Pin::new_unchecked(operation) }.project();
        let completion = match fate {
            Fate::Run if this.waiter.as_ref().was_told() => this.future.taken(),
            Fate::Run | Fate::Abandoned => {
                this.future.stop();
                Completion::Stopped(StopReason::Requested)
            }
        };
        // SAFETY: the pass waits no more, and waited because its start returned `Later`.
        unsafe { complete_caught(this.receiver, completion) };
    }
}

// SAFETY: `receiver` gives the field that `connect` filled.
unsafe impl<V: Send + 'static, E: Send + 'static, R: Receiver<V, E>> Operation
    for SpawnFutureOperation<V, E, R>
{
    type Value = V;
    type Error = E;
    type Receiver = R;

    unsafe fn start(self: Pin<&mut Self>) -> Started<V, E> {
        let env = self.env.clone();
        let header = self.future.header;
        // SAFETY: nothing is moved out of the pinned operation through this pointer.
        let operation = NonNull::from(unsafe { self.get_unchecked_mut() });
        // SAFETY: the future inside is an owner of the memory and goes after the pass, if at all.
        let kept = unsafe { &(*header.as_ptr()).keep };
        // SAFETY: the waiter is the first field of this operation, which is pinned, `Send`, and under way from now on; it keeps
        // the list by its future.
        let found = unsafe { kept.waiters().wait(operation.cast::<Waiter>(), &env, || kept.has_arrived()) };
        if found == Wait::Later {
            return Started::Later;
        }
        // SAFETY: nobody waits, so that the operation is ours alone.
        let future = unsafe { &(*operation.as_ptr()).future };
        Started::Inline(match found {
            Wait::Now => future.taken(),
            Wait::Stopped | Wait::Later => {
                future.stop();
                Completion::Stopped(StopReason::Requested)
            }
        })
    }

    fn receiver(self: Pin<&mut Self>) -> Pin<&mut R> {
        self.project().receiver
    }
}

#[cfg(all(test, loom))]
mod model;
