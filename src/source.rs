//! Senders that begin a graph, and how a lane asks them for the next value.

use std::pin::Pin;
use std::ptr::NonNull;
use std::time::Instant;

use pin_project::pin_project;

use crate::completion::{Completion, Started, StopReason};
use crate::context::ContextRef;
use crate::context::timer::Timer;
use crate::control::Control;
use crate::env::Env;
use crate::graph::drawing::Inlets;
use crate::launch::{Launch, LaunchError, Spot};
use crate::operation::Operation;
use crate::panic_site;
use crate::receiver::{Receiver, complete_caught};
use crate::work::{Fate, TaskNode, TaskRef};

/// The answer of [`Source::take`].
#[must_use]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken<V, E> {
    /// The next value.
    Value(V),
    /// Nothing yet.
    Empty,
    /// There will be no more values.
    Ended,
    /// The source failed; it may be asked again.
    Error(E),
}

/// A source that a lane can ask, turn by turn, without blocking.
///
/// Every source of the crate is one. A type that implements it becomes a sender by
/// [`source`](crate::sources::source), plain and fused.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a source",
    label = "expected a source here",
    note = "help: implement `Source` for it, or use `from_iter(..)`, `from_fn(..)` or `poll_fn(..)`"
)]
pub trait Source: Sized {
    /// What it gives.
    type Value;
    /// How it fails; [`Never`](crate::completion::Never) if it cannot.
    type Error;

    /// Whether values tend to come many at a time, so that an edge may publish them together.
    const BURSTS: bool = false;

    /// The context that owns it and on whose thread alone `take` is called; none if any will do.
    fn home(&self) -> Option<ContextRef> {
        None
    }

    /// The next value, if there is one now. Never blocks.
    fn take(&mut self) -> Taken<Self::Value, Self::Error>;

    /// The next pass, if it has completed: as [`take`](Self::take), with the reason of one that was stopped. Only a
    /// sender that a graph cannot look into has other reasons than that it has ended.
    #[doc(hidden)]
    fn pass(&mut self) -> Option<Completion<Self::Value, Self::Error>> {
        match self.take() {
            Taken::Value(value) => Some(Completion::Value(value)),
            Taken::Empty => None,
            Taken::Ended => Some(Completion::Stopped(StopReason::Ended)),
            Taken::Error(error) => Some(Completion::Error(error)),
        }
    }

    /// Gives up what is under way inside, at the end of a graph that was abandoned. Whether there is
    /// something that has not completed yet; the source is not dropped before it has.
    fn leave(&mut self) -> bool {
        false
    }

    /// Told, maybe again and again, that the graph drains: nothing new is begun, and what waits is asked to stop. Whether it has
    /// more to give, which it then does until it says that it has ended. Only a sender that a graph cannot look into gathers
    /// anything.
    #[doc(hidden)]
    fn drain(&mut self) -> bool {
        false
    }

    /// Told before each pass of a machine: the facts that came with `connect`. Only a sender that a graph cannot
    /// look into connects anything.
    #[doc(hidden)]
    fn know(&mut self, env: &Env) {
        let _ = env;
    }

    /// Whether something is under way inside that was told of a stop by [`know`](Self::know), and completes by itself.
    #[doc(hidden)]
    fn under_way(&self) -> bool {
        false
    }

    /// What it still has of earlier passes when it is told to begin nothing new. Only what is fed back has anything.
    #[doc(hidden)]
    fn kept(&mut self) -> Option<Self::Value> {
        None
    }

    /// Whether it may have more although it has ended: what a stage hands on at the end may be fed back.
    #[doc(hidden)]
    fn goes_on(&self) -> bool {
        false
    }

    /// Told when a graph is launched: what is under way inside is to be stopped with it.
    #[doc(hidden)]
    fn stops_with(&self, control: &Control) {
        let _ = control;
    }

    /// Told when the lanes of a graph are planned, of which this one's is on `home`: what of it lives elsewhere gets a lane there. Only
    /// sources that are merged do.
    #[doc(hidden)]
    fn part(&mut self, launch: &mut Launch<'_>, home: Spot) -> Result<(), LaunchError> {
        let _ = (launch, home);
        Ok(())
    }

    /// Asked when the graph is drawn: which edges it is an end of, and what of it lives elsewhere.
    #[doc(hidden)]
    fn draw(&self, inlets: &mut Inlets<'_>) {
        let _ = inlets;
    }

    /// As [`take`](Self::take), asked by a merge that says whether every other source has ended: not only its own partner, but also
    /// those that it is merged with in turn. Only what is fed back ends with them.
    #[doc(hidden)]
    #[inline(always)]
    fn take_beside(&mut self, alone: bool) -> Taken<Self::Value, Self::Error> {
        let _ = alone;
        self.take()
    }

    /// Whether it has more to do at once, after `take` gave nothing: it repeats something, and paused, or nobody wakes it.
    #[doc(hidden)]
    fn works(&self) -> bool {
        false
    }

    /// The timer inside a source for which nothing but the time, told by [`deadline`](Self::deadline), changes
    /// what `take` answers: then it is not asked in between.
    ///
    /// A source without one, which is most, says nothing here: it is asked each turn.
    ///
    /// # Safety
    ///
    /// The caller runs the source, and keeps it in place, neither replaced nor dropped, while the timer waits. Or it is itself a
    /// source that passes on the timer of one that it holds by value, does not replace while it is under way, and always the same.
    ///
    /// What the timer that is given has to be, [`Timer::new`] says.
    unsafe fn timer(&mut self) -> Option<&mut Timer> {
        None
    }

    /// When `take` may have something although no event came: the next tick of a timer.
    fn deadline(&self) -> Option<Instant> {
        None
    }
}

/// The operation of every [`Source`]: one value per start.
///
/// **Completes** inside `start` when the value is there and the caller is on the source's home;
/// else later, on the home (or, without one, on the context where it was started).
#[pin_project]
#[repr(C)]
pub struct SourceOperation<S: Source, R> {
    // First, so that the task finds its operation; see `resume`.
    #[pin]
    node: TaskNode,
    source: S,
    env: Env,
    #[pin]
    receiver: R,
}

impl<S: Source, R> std::fmt::Debug for SourceOperation<S, R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SourceOperation").finish_non_exhaustive()
    }
}

impl<S: Source, R: Receiver<S::Value, S::Error>> SourceOperation<S, R> {
    /// Connects `source` to `receiver`.
    pub fn new(source: S, receiver: R, env: &Env) -> Self {
        Self { node: TaskNode::new(Self::resume), source, env: env.clone(), receiver }
    }

    /// Asks another source from now on. No pass is under way.
    pub(crate) fn ask(self: Pin<&mut Self>, source: S) {
        *self.project().source = source;
    }

    fn poll(self: Pin<&mut Self>) -> Option<Completion<S::Value, S::Error>> {
        let this = self.project();
        match this.source.take() {
            Taken::Value(value) => Some(Completion::Value(value)),
            Taken::Error(error) => Some(Completion::Error(error)),
            Taken::Ended => Some(Completion::Stopped(StopReason::Ended)),
            Taken::Empty if this.env.stop().stop_requested() => {
                Some(Completion::Stopped(StopReason::Requested))
            }
            Taken::Empty => None,
        }
    }

    /// Where it waits: here, or where it was begun on top of this context.
    fn place(&self) -> Option<ContextRef> {
        let here = self.env.here()?;
        let begun = self.env.context().filter(|begun| begun.is_on(here.id()));
        Some(begun.cloned().unwrap_or(here))
    }

    /// Lets `context` run this operation again.
    fn wait(self: Pin<&mut Self>, context: &ContextRef, fresh: bool) {
        let deadline = self.source.deadline();
        let stop = self.env.stop().clone();
        // SAFETY: nothing is moved out of the pinned operation through this pointer.
        let mut operation = NonNull::from(unsafe { self.get_unchecked_mut() });
        // SAFETY: the operation is pinned and under way, and no task of it is queued.
        let task = unsafe { Self::task(operation) };
        if fresh {
            stop.wait_on(context);
            context.post(task);
            return;
        }
        // SAFETY: the operation is this call's alone until its task is queued.
        let source = &mut unsafe { operation.as_mut() }.source;
        // SAFETY: the source is pinned with its operation, and asked another only while no pass is under way.
        let timer = unsafe { source.timer() };
        if let (Some(due), Some(timer)) = (deadline, timer) {
            // SAFETY: the source stays in place with its operation, whose task settles with the timer first.
            unsafe { timer.wait(context, due, &stop, task) };
            return;
        }
        stop.wait_on(context);
        // SAFETY: as above.
        if unsafe { operation.as_mut() }.source.works() {
            context.post(task);
        } else {
            context.post_waiting(task, deadline);
        }
    }

    /// # Safety
    ///
    /// The operation is pinned and under way, and no other reference to its task exists.
    const unsafe fn task(operation: NonNull<Self>) -> TaskRef {
        // SAFETY: the node is the first field, and stays in place by the caller's word. The task may run on any
        // thread because the source and the receiver are `Send`.
        unsafe { TaskRef::new(operation.cast::<TaskNode>()) }
    }

    /// Runs on the home context.
    ///
    /// # Safety
    ///
    /// `node` is the first field of a pinned `Self` whose task was queued by `wait`.
    unsafe fn resume(node: NonNull<TaskNode>, fate: Fate) {
        let mut operation = node.cast::<Self>();
        // SAFETY: the operation is pinned, and its task in hand is used up.
        let again = move || unsafe { Self::task(operation) };
        // SAFETY: the caller gives the node of a pinned operation that nobody else touches.
        let waited = unsafe { operation.as_mut() };
        // SAFETY: as in `wait`.
        if let Some(timer) = unsafe { waited.source.timer() }
            // SAFETY: the timer stays in place with the operation.
            && unsafe { !timer.settle(waited.env.stop(), again) }
        {
            return;
        }
        // SAFETY: the caller gives the node of a pinned operation that nobody else touches.
        let this = unsafe { operation.as_mut() };
        // SAFETY: the node is the first field of an operation that is pinned.
        let mut this = unsafe { Pin::new_unchecked(this) };
        let completion = match fate {
            Fate::Abandoned => Some(Completion::Stopped(StopReason::Requested)),
            Fate::Run => panic_site::catch(|| this.as_mut().poll()).unwrap_or_else(|report| {
                panic_site::leave(report);
                Some(Completion::Stopped(StopReason::Panicked))
            }),
        };
        match (completion, this.env.here()) {
            // SAFETY: the pass waited, so that its start returned `Later`; the task that ran was the last of it.
            (Some(completion), _) => unsafe { complete_caught(this.project().receiver, completion) },
            (None, Some(context)) => this.wait(&context, false),
            (None, None) => {
                let stopped = Completion::Stopped(StopReason::Requested);
                // SAFETY: as above.
                unsafe { complete_caught(this.project().receiver, stopped) };
            }
        }
    }
}

// SAFETY: `receiver` gives the field that `new` was given.
unsafe impl<S: Source + Send, R: Receiver<S::Value, S::Error>> Operation for SourceOperation<S, R> {
    type Value = S::Value;
    type Error = S::Error;
    type Receiver = R;

    unsafe fn start(mut self: Pin<&mut Self>) -> Started<S::Value, S::Error> {
        if let Some(home) = self.source.home()
            && !home.is_here()
        {
            self.wait(&home, true);
            return Started::Later;
        }
        if let Some(completion) = self.as_mut().poll() {
            return Started::Inline(completion);
        }
        match self.place() {
            Some(context) if context.is_here() => self.wait(&context, false),
            Some(context) => self.wait(&context, true),
            None => return Started::Inline(Completion::Stopped(StopReason::Requested)),
        }
        Started::Later
    }

    unsafe fn rest(self: Pin<&mut Self>) -> Option<Started<S::Value, S::Error>> {
        self.project().source.kept().map(|value| Started::Inline(Completion::Value(value)))
    }

    fn receiver(self: Pin<&mut Self>) -> Pin<&mut R> {
        self.project().receiver
    }
}
