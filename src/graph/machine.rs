//! `once`: the fused graph as one flat state machine.
//!
//! States are the suspension points; a state's payload is the operation that the pass waits for,
//! which holds what is alive there. The macro writes the body as one function over the stages and
//! the state: straight-line code from one suspension point to the next, entered at the top by
//! `start` and at a suspension point when its operation completes later.

use std::fmt;
use std::marker::{PhantomData, PhantomPinned};
use std::pin::Pin;
use std::ptr::NonNull;

use pin_project::pin_project;

use crate::completion::{Completion, Never, Started, StopReason};
use crate::env::Env;
use crate::graph::tag::Tag;
use crate::graph::waiting::{Begin, Begun};
use crate::operation::Operation;
use crate::receiver::{Receiver, complete_caught};
use crate::sender::Sender;
use crate::source::{Source, Taken};
use crate::task::{Fate, TaskNode, TaskRef};

/// How a suspended operation finds its machine again.
#[derive(Debug, Clone, Copy)]
pub struct Wake {
    machine: NonNull<()>,
    resume: unsafe fn(NonNull<()>, NonNull<()>),
}

// SAFETY: as for `WakeReceiver`.
unsafe impl Send for Wake {}

/// Completes into a machine: resumes it with the completion, in place.
pub struct WakeReceiver<V, E> {
    wake: Wake,
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
    fn complete(self: Pin<&mut Self>, completion: Completion<V, E>) {
        let Wake { machine, resume } = self.wake;
        let mut completion = Some(completion);
        // SAFETY: the machine is pinned and suspended at the operation that owns this receiver, so
        // it expects a pointer to an `Option` of exactly this completion type.
        unsafe { resume(machine, NonNull::from(&mut completion).cast()) }
    }
}

/// Where a body was entered, and what it needs to suspend again.
#[derive(Debug)]
pub struct Entry<'e> {
    wake: Wake,
    env: &'e Env,
    arrived: Option<NonNull<()>>,
}

/// Goes on with a value, or leaves the body with what `start` is to return.
#[derive(Debug)]
pub enum Step<T, V, E> {
    /// Straight on.
    Go(T),
    /// Out: the pass has completed, or waits.
    Leave(Started<V, E>),
}

impl Entry<'_> {
    /// Whether the body is entered by `start`.
    #[inline(always)]
    pub const fn is_start(&self) -> bool {
        self.arrived.is_none()
    }

    /// Connects `sender` so that it resumes this machine.
    #[inline(always)]
    pub fn connect<S: Sender>(&self, sender: S) -> S::Operation<WakeReceiver<S::Value, S::Error>> {
        let receiver = WakeReceiver { wake: self.wake, _types: PhantomData, _pinned: PhantomPinned };
        sender.connect(receiver, self.env)
    }

    /// Begins an asynchronous stage.
    #[inline(always)]
    pub fn begin<V, E, B: Begin<V, E>>(
        &self,
        stage: &mut B,
        _: Tag<V, E>,
        arrived: Result<V, E>,
    ) -> Begun<B::Sender, B::Error> {
        stage.begin(arrived)
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
    _: Tag<V0, E0>,
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

/// What the pass waits for before its source has a value: the source's home, then the value.
#[derive(Debug)]
#[repr(C)]
pub struct Arrival {
    node: TaskNode,
    wake: Wake,
}

impl Arrival {
    /// # Safety
    ///
    /// `node` is the first field of a pinned `Arrival` whose task was queued.
    unsafe fn run(node: NonNull<TaskNode>, fate: Fate) {
        // SAFETY: the caller gives the first field of an `Arrival`.
        let wake = unsafe { node.cast::<Self>().as_ref() }.wake;
        let mut completion: Option<Completion<(), Never>> = Some(match fate {
            Fate::Run => Completion::Value(()),
            Fate::Abandoned => Completion::Stopped(StopReason::Requested),
        });
        // SAFETY: the machine is suspended at this arrival and expects this completion type.
        unsafe { (wake.resume)(wake.machine, NonNull::from(&mut completion).cast()) }
    }
}

/// The first state of a machine whose source may have to wait.
pub trait Arrives {
    /// Suspends at the arrival state and gives its task.
    fn arrive(self: Pin<&mut Self>, entry: &Entry<'_>) -> TaskRef;
    /// Whether the machine was suspended there, and not told to stop.
    fn arrived(&self, entry: &Entry<'_>) -> Option<Completion<(), Never>>;
}

/// The next value of a source, or a suspension until there is one.
#[inline]
pub fn take_or_wait<S, M, V, E>(
    source: &mut S,
    state: Pin<&mut M>,
    entry: &Entry<'_>,
) -> Step<Result<S::Value, S::Error>, V, E>
where
    S: Source,
    M: Arrives,
{
    if !entry.is_start()
        && let Some(Completion::Stopped(reason)) = state.arrived(entry)
    {
        return Step::Leave(stopped(reason));
    }
    if let Some(home) = source.home()
        && !home.is_here()
    {
        home.post(state.arrive(entry));
        return Step::Leave(Started::Later);
    }
    match source.take() {
        Taken::Value(value) => Step::Go(Ok(value)),
        Taken::Error(error) => Step::Go(Err(error)),
        Taken::Ended => Step::Leave(stopped(StopReason::Ended)),
        Taken::Empty if entry.env.stop().stop_requested() => Step::Leave(stopped(StopReason::Requested)),
        Taken::Empty => match entry.env.here() {
            Some(here) if here.is_here() => {
                let deadline = source.deadline();
                here.post_waiting(state.arrive(entry), deadline);
                Step::Leave(Started::Later)
            }
            Some(here) => {
                here.post(state.arrive(entry));
                Step::Leave(Started::Later)
            }
            None => Step::Leave(stopped(StopReason::Requested)),
        },
    }
}

/// Defines the state of a machine with a given number of suspension points.
macro_rules! states {
    ($(#[$doc:meta])* $name:ident $projection:ident: $($index:literal $variant:ident $op:ident $start:ident $resumed:ident;)*) => {
        $(#[$doc])*
        #[pin_project(project = $projection)]
        #[derive(Debug)]
        pub enum $name<$($op),*> {
            /// No pass is under way.
            Idle,
            $(
                /// The pass waits for this operation.
                $variant(#[pin] $op),
            )*
        }

        impl<$($op),*> $name<$($op),*> {
            /// The number of the suspension point at which the machine was resumed; 0 on `start`.
            #[inline(always)]
            pub fn at(&self, entry: &Entry<'_>) -> u32 {
                if entry.is_start() {
                    return 0;
                }
                match self {
                    Self::Idle => 0,
                    $(Self::$variant(_) => $index,)*
                }
            }

            $(
                /// Puts the operation of this suspension point in place and starts it.
                #[inline(always)]
                pub fn $start(mut self: Pin<&mut Self>, operation: $op) -> Started<$op::Value, $op::Error>
                where
                    $op: Operation,
                {
                    self.set(Self::$variant(operation));
                    match self.project() {
                        // SAFETY: the state keeps the operation in place until it has completed:
                        // it is set anew only by the pass that the completion resumes.
                        $projection::$variant(operation) => unsafe { operation.start() },
                        #[allow(unreachable_patterns, reason = "a machine with one state has no other")]
                        _ => stopped(StopReason::Requested),
                    }
                }

                /// What the operation of this suspension point completed with.
                #[inline(always)]
                pub fn $resumed(&self, entry: &Entry<'_>) -> Completion<$op::Value, $op::Error>
                where
                    $op: Operation,
                {
                    // SAFETY: the macro calls this once, and only when `at` said that the machine
                    // was resumed by the operation of this very state.
                    unsafe { entry.take() }
                }
            )*
        }

        impl<$($op),*> Default for $name<$($op),*> {
            fn default() -> Self {
                Self::Idle
            }
        }
    };
}

macro_rules! arriving {
    ($name:ident $projection:ident: $($op:ident),*) => {
        impl<$($op),*> Arrives for $name<Arrival, $($op),*> {
            fn arrive(mut self: Pin<&mut Self>, entry: &Entry<'_>) -> TaskRef {
                let node = TaskNode::new(Arrival::run);
                self.set(Self::W1(Arrival { node, wake: entry.wake }));
                // SAFETY: nothing is moved out through this pointer.
                let this = unsafe { self.get_unchecked_mut() };
                let Self::W1(arrival) = this else { unreachable!("set two lines above") };
                // SAFETY: the arrival is pinned inside the machine until it has run, and this is
                // the only reference to its task.
                unsafe { TaskRef::new(NonNull::from(arrival).cast()) }
            }

            fn arrived(&self, entry: &Entry<'_>) -> Option<Completion<(), Never>> {
                match self {
                    // SAFETY: the machine is at the arrival, which completes with this type.
                    Self::W1(_) => Some(unsafe { entry.take() }),
                    #[allow(unreachable_patterns, reason = "a machine with one state has no other")]
                    _ => None,
                }
            }
        }
    };
}

/// The state of a machine that never waits.
#[derive(Debug, Default)]
pub struct States0;

impl States0 {
    /// Always 0: such a machine is only ever started.
    #[inline(always)]
    pub const fn at(&self, _: &Entry<'_>) -> u32 {
        0
    }
}

states! {
    /// The state of a machine with one suspension point.
    States1 States1Projection: 1 W1 A start_1 resumed_1;
}
states! {
    /// The state of a machine with two suspension points.
    States2 States2Projection: 1 W1 A start_1 resumed_1; 2 W2 B start_2 resumed_2;
}
states! {
    /// The state of a machine with three suspension points.
    States3 States3Projection: 1 W1 A start_1 resumed_1; 2 W2 B start_2 resumed_2; 3 W3 C start_3 resumed_3;
}
states! {
    /// The state of a machine with four suspension points.
    States4 States4Projection: 1 W1 A start_1 resumed_1; 2 W2 B start_2 resumed_2; 3 W3 C start_3 resumed_3;
    4 W4 D start_4 resumed_4;
}
states! {
    /// The state of a machine with up to eight suspension points.
    States8 States8Projection: 1 W1 A start_1 resumed_1; 2 W2 B start_2 resumed_2; 3 W3 C start_3 resumed_3;
    4 W4 D start_4 resumed_4; 5 W5 F start_5 resumed_5; 6 W6 G start_6 resumed_6; 7 W7 H start_7 resumed_7;
    8 W8 I start_8 resumed_8;
}
states! {
    /// The state of a machine with up to sixteen suspension points.
    States16 States16Projection: 1 W1 A start_1 resumed_1; 2 W2 B start_2 resumed_2; 3 W3 C start_3 resumed_3;
    4 W4 D start_4 resumed_4; 5 W5 F start_5 resumed_5; 6 W6 G start_6 resumed_6; 7 W7 H start_7 resumed_7;
    8 W8 I start_8 resumed_8; 9 W9 J start_9 resumed_9; 10 W10 K start_10 resumed_10;
    11 W11 L start_11 resumed_11; 12 W12 M start_12 resumed_12; 13 W13 N start_13 resumed_13;
    14 W14 O start_14 resumed_14; 15 W15 P start_15 resumed_15; 16 W16 Q start_16 resumed_16;
}
arriving!(States1 States1Projection:);
arriving!(States2 States2Projection: B);
arriving!(States3 States3Projection: B, C);
arriving!(States4 States4Projection: B, C, D);
arriving!(States8 States8Projection: B, C, D, F, G, H, I);
arriving!(States16 States16Projection: B, C, D, F, G, H, I, J, K, L, M, N, O, P, Q);

/// A fused graph, connected: its stages, its state, and where it completes.
#[pin_project]
pub struct MachineOperation<P, M, B, V, E, R> {
    parts: P,
    #[pin]
    state: M,
    body: B,
    env: Env,
    #[pin]
    receiver: R,
    _types: PhantomData<fn() -> (V, E)>,
    #[pin]
    _pinned: PhantomPinned,
}

impl<P, M, B, V, E, R> fmt::Debug for MachineOperation<P, M, B, V, E, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MachineOperation").finish_non_exhaustive()
    }
}

impl<P, M, B, V, E, R> MachineOperation<P, M, B, V, E, R>
where
    P: Send,
    M: Default + Send,
    B: Fn(&mut P, Pin<&mut M>, &Entry<'_>) -> Started<V, E> + Send,
    R: Receiver<V, E>,
{
    pub(crate) fn new(parts: P, body: B, receiver: R, env: &Env) -> Self {
        Self {
            parts,
            state: M::default(),
            body,
            env: env.clone(),
            receiver,
            _types: PhantomData,
            _pinned: PhantomPinned,
        }
    }

    #[inline(always)]
    fn enter(self: Pin<&mut Self>, arrived: Option<NonNull<()>>) -> Started<V, E> {
        // SAFETY: nothing is moved out through this pointer.
        let machine = NonNull::from(unsafe { self.get_unchecked_mut() });
        let wake = Wake { machine: machine.cast(), resume: Self::resume };
        let mut machine = machine;
        // SAFETY: just made from the exclusive, pinned reference that was passed in.
        let this = unsafe { machine.as_mut() };
        // SAFETY: as above; it was pinned before.
        let this = unsafe { Pin::new_unchecked(this) }.project();
        let entry = Entry { wake, env: this.env, arrived };
        (this.body)(this.parts, this.state, &entry)
    }

    /// # Safety
    ///
    /// `machine` is a pinned, suspended `Self`, and `arrived` points to an `Option` of the
    /// completion of the operation at which it is suspended.
    unsafe fn resume(machine: NonNull<()>, arrived: NonNull<()>) {
        let mut machine = machine.cast::<Self>();
        // SAFETY: the caller vouches for the machine; nobody else touches it while it is suspended.
        let this = unsafe { machine.as_mut() };
        // SAFETY: it was pinned when it was started.
        let mut this = unsafe { Pin::new_unchecked(this) };
        if let Started::Inline(completion) = this.as_mut().enter(Some(arrived)) {
            complete_caught(this.project().receiver, completion);
        }
    }
}

impl<P, M, B, V, E, R> Operation for MachineOperation<P, M, B, V, E, R>
where
    P: Send,
    M: Default + Send,
    B: Fn(&mut P, Pin<&mut M>, &Entry<'_>) -> Started<V, E> + Send,
    R: Receiver<V, E>,
{
    type Value = V;
    type Error = E;
    type Receiver = R;

    #[inline(always)]
    unsafe fn start(self: Pin<&mut Self>) -> Started<V, E> {
        self.enter(None)
    }

    fn receiver(self: Pin<&mut Self>) -> Pin<&mut R> {
        self.project().receiver
    }
}
