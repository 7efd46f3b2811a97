//! `once`: the fused graph as one flat state machine.
//!
//! States are the suspension points; a state's payload is what is alive there: the value on its way
//! to another context, or the operation that the pass waits for. The macro writes the body as one
//! function over the stages and the state: straight-line code from one suspension point to the next,
//! entered at the top by `start` and at a suspension point when the pass goes on later.

mod header;
mod operation;
mod states;

use std::fmt;
use std::marker::{PhantomData, PhantomPinned};
use std::pin::Pin;
use std::ptr::NonNull;

use crate::adaptors::{Join, join};
use crate::completion::{Completion, Never, Started, StopReason};
use crate::context::ContextRef;
use crate::env::Env;
use crate::graph::fan::{Fans, Passes};
use crate::graph::tag::Tag;
use crate::graph::waiting::{Begin, Begun};
use crate::receiver::Receiver;
use crate::sender::Sender;
use crate::source::{Source, Taken};
use crate::stop::StopToken;
use crate::work::TaskRef;

pub use header::{
    Arriving, Gathering, Header, Knows, Posts, Stoppable, Stops, Straight, Travelling, Waiting,
    WaitingAndStoppable, WaitingAndTravelling, Wakes,
};
pub use operation::MachineOperation;
pub use states::{
    Arrives, Crosses, Crossing, Slot, States, States0, States1, States2, States3, States4, States8, States16,
};

use header::Resume;

/// Completes into a machine: resumes it with the completion, in place.
///
/// One word. It does not know the machine's type, which contains its own.
pub struct WakeReceiver<V, E> {
    machine: NonNull<Resume>,
    _types: PhantomData<fn(V, E)>,
    _pinned: PhantomPinned,
}

impl<V, E> fmt::Debug for WakeReceiver<V, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WakeReceiver").finish_non_exhaustive()
    }
}

// SAFETY: the receiver only says where the machine is; the machine is touched by one thread at a
// time, the one on which the pass then is, and its parts are `Send` by the bounds of its operation.
unsafe impl<V, E> Send for WakeReceiver<V, E> {}

impl<V, E> Receiver<V, E> for WakeReceiver<V, E> {
    unsafe fn complete(self: Pin<&mut Self>, completion: Completion<V, E>) {
        let mut completion = Some(completion);
        // SAFETY: the machine is pinned and suspended at the operation that owns this receiver, so
        // it expects a pointer to an `Option` of exactly this completion type.
        unsafe { Resume::resume(self.machine, NonNull::from(&mut completion).cast()) }
    }
}

/// Where a body was entered, and what it needs to suspend again.
#[derive(Debug)]
pub struct Entry<'e, H> {
    // INVARIANT: the header of the machine, with the right to the whole of it.
    machine: NonNull<H>,
    arrived: Option<NonNull<()>>,
    // Whether nothing is asked of the source, as if it had ended.
    rests: bool,
    _machine: PhantomData<&'e H>,
}

/// Goes on with a value, or leaves the body with what `start` is to return.
#[derive(Debug)]
pub enum Step<T, V, E> {
    /// Straight on.
    Go(T),
    /// Out: the pass has completed, or waits.
    Leave(Started<V, E>),
}

impl<H> Entry<'_, H> {
    #[inline(always)]
    const fn new(machine: NonNull<H>, arrived: Option<NonNull<()>>, rests: bool) -> Self {
        Self { machine, arrived, rests, _machine: PhantomData }
    }

    /// Whether the body is entered for what was gathered, so that nothing is asked of the source.
    #[inline(always)]
    pub const fn rests(&self) -> bool {
        self.rests
    }

    /// Whether the body is entered by `start`.
    #[inline(always)]
    pub const fn is_start(&self) -> bool {
        self.arrived.is_none()
    }

    #[inline(always)]
    fn header(&self) -> &H {
        // SAFETY: the machine is alive and pinned while its body runs, and nothing in it makes a
        // mutable reference to its header.
        unsafe { self.machine.as_ref() }
    }

    /// Begins an asynchronous stage.
    #[inline(always)]
    pub fn begin<V, E, B: Begin<V, E>>(
        &self,
        stage: &mut B,
        _: &Tag<V, E>,
        arrived: Result<V, E>,
    ) -> Begun<B::Sender, B::Error> {
        stage.begin(arrived)
    }

    /// Sends a value through the arms of a fan, which are a part of this machine.
    ///
    /// Nothing else may be passed here: the arms stay where they are, untouched, until the pass
    /// has come out of them, because the machine is suspended meanwhile and an operation is not
    /// moved.
    #[inline(always)]
    pub fn fan<W, V, F: Fans<W, V>>(&self, way: W, arms: &mut F, value: V) -> F::Passes {
        // SAFETY: see above; generated code passes a part of the machine, once for each pass.
        unsafe { arms.passes(way, value) }
    }

    /// Starts the two lines that meet first in this machine, which are a part of it.
    ///
    /// Nothing else may be passed here, as for [`fan`](Self::fan).
    #[inline(always)]
    pub fn meet<A: Passes<()>, B: Passes<()>>(&self, lines: &mut (A, B)) -> Join<A::Pass, B::Pass> {
        // SAFETY: see above; generated code passes a part of the machine, once for each pass.
        let first = unsafe { lines.0.pass(()) };
        // SAFETY: as above.
        join(first, unsafe { lines.1.pass(()) })
    }

    /// What the operation, at whose state the machine was resumed, completed with.
    ///
    /// # Safety
    ///
    /// The machine was resumed by an operation that completes with `V` and `E`, and this is the
    /// first call since.
    unsafe fn take<V, E>(&self) -> Completion<V, E> {
        let Some(arrived) = self.arrived else {
            return Completion::Stopped(StopReason::Requested);
        };
        // SAFETY: the caller vouches for the type; `WakeReceiver::complete` keeps it alive.
        let arrived = unsafe { arrived.cast::<Option<Completion<V, E>>>().as_mut() };
        arrived.take().unwrap_or(Completion::Stopped(StopReason::Requested))
    }
}

impl<H: Wakes + Knows> Entry<'_, H> {
    /// Connects `sender` so that it resumes this machine.
    #[inline(always)]
    pub fn connect<S: Sender>(&self, sender: S) -> S::Operation<WakeReceiver<S::Value, S::Error>> {
        let machine = H::resume(self.machine);
        let receiver = WakeReceiver { machine, _types: PhantomData, _pinned: PhantomPinned };
        sender.connect(receiver, self.header().env())
    }
}

impl<H: Stops> Entry<'_, H> {
    /// The token that stops this machine.
    #[inline(always)]
    pub(crate) fn stop(&self) -> &StopToken {
        self.header().stop()
    }
}

impl<H: Posts> Entry<'_, H> {
    /// The machine as a task. Called once per suspension, after the state was set.
    fn task(&self) -> TaskRef {
        // SAFETY: the machine is pinned until it has completed, which its task does; at a time it
        // waits in one state, so that this is the only reference; machines are `Send`.
        unsafe { TaskRef::new(H::node(self.machine)) }
    }
}

/// A completion as a step: a stop leaves the body.
#[inline(always)]
pub fn step<T, E1, V, E>(completion: Completion<T, E1>) -> Step<Result<T, E1>, V, E> {
    match completion {
        Completion::Value(value) => Step::Go(Ok(value)),
        Completion::Error(error) => Step::Go(Err(error)),
        Completion::Stopped(reason) => Step::Leave(stopped(reason)),
    }
}

/// The completion of an asynchronous stage as a step: a stop leaves the body.
#[inline(always)]
pub fn step_of<V0, E0, B: Begin<V0, E0>, V, E>(
    _: &B,
    _: &Tag<V0, E0>,
    completion: Completion<<B::Sender as Sender>::Value, <B::Sender as Sender>::Error>,
) -> Step<Result<<B::Sender as Sender>::Value, B::Error>, V, E> {
    match completion {
        Completion::Value(value) => Step::Go(Ok(value)),
        Completion::Error(error) => Step::Go(Err(B::later(error))),
        Completion::Stopped(reason) => Step::Leave(stopped(reason)),
    }
}

/// What `start` returns for a pass without a value.
#[inline(always)]
pub const fn stopped<V, E>(reason: StopReason) -> Started<V, E> {
    Started::Inline(Completion::Stopped(reason))
}

/// The next value of a source that always has one or has ended.
#[inline(always)]
pub fn take_ready<S: Source, V, E>(source: &mut S) -> Step<Result<S::Value, S::Error>, V, E> {
    match source.take() {
        Taken::Value(value) => Step::Go(Ok(value)),
        Taken::Error(error) => Step::Go(Err(error)),
        Taken::Ended | Taken::Empty => Step::Leave(stopped(StopReason::Ended)),
    }
}

/// The next value of a source, or a suspension until there is one.
#[inline]
pub fn take_or_wait<S, M, H, V, E>(
    source: &mut S,
    state: Pin<&mut M>,
    entry: &Entry<'_, H>,
) -> Step<Result<S::Value, S::Error>, V, E>
where
    S: Source,
    M: Arrives,
    H: Posts + Knows,
{
    if !entry.is_start()
        // SAFETY: the source lies in the machine, which is pinned, and whose body does not replace it.
        && let Some(timer) = unsafe { source.timer() }
        // SAFETY: the source lies in the machine, which is pinned, and waited with this token, if it did. The task that
        // entered the machine is used up.
        && unsafe { !timer.settle(entry.header().env().stop(), || entry.task()) }
    {
        state.arrive();
        return Step::Leave(Started::Later);
    }
    if !entry.is_start()
        // SAFETY: the body asks for the source's value only when it was started, or resumed at its
        // arrival, which completes with this type.
        && let Completion::Stopped(reason) = unsafe { entry.take::<(), Never>() }
    {
        return Step::Leave(stopped(reason));
    }
    if let Some(home) = source.home()
        && !home.is_here()
    {
        state.arrive();
        home.post(entry.task());
        return Step::Leave(Started::Later);
    }
    source.know(entry.header().env());
    match source.pass() {
        Some(Completion::Value(value)) => Step::Go(Ok(value)),
        Some(Completion::Error(error)) => Step::Go(Err(error)),
        Some(Completion::Stopped(reason)) => Step::Leave(stopped(reason)),
        None => match place_to_wait(entry.header().env(), source.under_way()) {
            None => Step::Leave(stopped(StopReason::Requested)),
            Some(here) => {
                state.arrive();
                wait(source, &here, entry);
                Step::Leave(Started::Later)
            }
        },
    }
}

/// Where a pass waits whose source has no value; none if it should stop, and nothing is under way inside.
fn place_to_wait(env: &Env, under_way: bool) -> Option<ContextRef> {
    if env.stop().stop_requested() && !under_way {
        return None;
    }
    env.here()
}

/// Asks again when something may have changed.
fn wait<S: Source, H: Posts + Knows>(source: &mut S, here: &ContextRef, entry: &Entry<'_, H>) {
    let (deadline, stop) = (source.deadline(), entry.header().env().stop());
    if !here.is_here() {
        stop.wait_on(here);
        here.post(entry.task());
    // SAFETY: the source lies in the machine, which is pinned, and whose body does not replace it.
    } else if let (Some(due), Some(timer)) = (deadline, unsafe { source.timer() }) {
        // Cloned: once it waits, the pass may complete elsewhere, and the machine be gone.
        let stop = stop.clone();
        // SAFETY: the source lies in the machine, which is pinned, and whose body settles with the timer first.
        unsafe { timer.wait(here, due, &stop, entry.task()) };
    } else if source.works() {
        // Nobody wakes it, or it goes on by itself.
        stop.wait_on(here);
        here.post(entry.task());
    } else {
        stop.wait_on(here);
        here.post_waiting(entry.task(), deadline);
    }
}
