//! The states of a machine: where it waits, and what is alive there.

use std::pin::Pin;
use std::ptr;
use std::time::Instant;

use pin_project::pin_project;

use super::header::{Knows, Posts, Wakes};
use super::{Entry, Step, WakeReceiver, stopped};
use crate::completion::{Completion, Never, Started, StopReason};
use crate::context::ContextRef;
use crate::graph::held::Held;
use crate::operation::Operation;
use crate::sender::Sender;

/// The state of a pass that waits for the value of its source, or for the source's home.
#[derive(Debug)]
pub struct Arrival;

/// The state of a pass on its way to another context: the value, and nothing else.
#[derive(Debug)]
pub struct Crossing<V>(Held<V>);

impl<V: Send> Crossing<V> {
    /// The state with `value`.
    #[inline(always)]
    pub const fn new(value: V) -> Self {
        Self(Held::new(value))
    }
}

/// A state that is a [`Crossing`].
pub trait Crosses {
    /// What crosses.
    type Value;
    /// What crossed.
    fn arrived(self) -> Self::Value;
}

impl<V> Crosses for Crossing<V> {
    type Value = V;

    #[inline(always)]
    fn arrived(self) -> V {
        self.0.into_inner()
    }
}

/// What a machine may be suspended at.
pub trait Slot {
    /// Whether it never is, because the operation completes at once.
    const AT_ONCE: bool;
}

impl<O: Operation> Slot for O {
    const AT_ONCE: bool = O::IMMEDIATE;
}

impl Slot for Arrival {
    const AT_ONCE: bool = false;
}

impl<V> Slot for Crossing<V> {
    const AT_ONCE: bool = false;
}

// Of states that a machine has not.
impl Slot for Never {
    const AT_ONCE: bool = true;
}

/// The states of a machine.
pub trait States: Default + Send {
    /// Whether it is suspended in none of them.
    const AT_ONCE: bool;
}

/// The states of a machine whose source may have to wait.
pub trait Arrives {
    /// Suspends at the arrival.
    fn arrive(self: Pin<&mut Self>);
}

/// Defines the state of a machine with a given number of suspension points.
macro_rules! states {
    ($(#[$doc:meta])* $name:ident $projection:ident: $($index:literal $variant:ident $op:ident $start:ident $resumed:ident $cross:ident $crossed:ident $stay:ident;)*) => {
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
            pub fn at<H>(&self, entry: &Entry<'_, H>) -> u32 {
                if entry.is_start() {
                    return 0;
                }
                match self {
                    Self::Idle => 0,
                    $(Self::$variant(_) => $index,)*
                }
            }

            $(
                /// Starts `sender` in the place of this suspension point, unless it completes
                /// [at once](Sender::at_once).
                #[inline(always)]
                pub fn $start<S, H>(mut self: Pin<&mut Self>, sender: S, entry: &Entry<'_, H>) -> Started<S::Value, S::Error>
                where
                    S: Sender,
                    S: Sender<Operation<WakeReceiver<<S as Sender>::Value, <S as Sender>::Error>> = $op>,
                    $op: Operation<Value = <S as Sender>::Value, Error = <S as Sender>::Error>,
                    H: Wakes + Knows,
                {
                    let sender = match sender.at_once() {
                        Ok(completion) => {
                            // What an earlier pass left here is not kept for longer than by one that waits.
                            if !$op::IMMEDIATE {
                                self.set(Self::Idle);
                            }
                            return Started::Inline(completion);
                        }
                        Err(sender) => sender,
                    };
                    self.set(Self::$variant(entry.connect(sender)));
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
                pub fn $resumed<H>(&self, entry: &Entry<'_, H>) -> Completion<$op::Value, $op::Error>
                where
                    $op: Operation,
                {
                    // SAFETY: the macro calls this once, and only when `at` said that the machine
                    // was resumed by the operation of this very state.
                    unsafe { entry.take() }
                }

                /// Goes on with the value of a hop if that leads here; else the value stays in this
                /// state, and the machine travels.
                #[inline(always)]
                pub fn $cross<H: Posts>(
                    mut self: Pin<&mut Self>,
                    crossing: $op,
                    to: &ContextRef,
                    entry: &Entry<'_, H>,
                ) -> Option<$op::Value>
                where
                    $op: Crosses,
                {
                    if to.is_here() {
                        return Some(crossing.arrived());
                    }
                    // Cloned: once it is posted, the pass may complete there, and its owner drop
                    // the machine with the `On` that `to` belongs to.
                    let to = to.clone();
                    self.set(Self::$variant(crossing));
                    to.post(entry.task());
                    None
                }

                /// Puts a value that crossed here back into this state, until its device has a result:
                /// the machine is entered again in one of the next turns, at `deadline` at the latest.
                pub fn $stay<H: Posts>(
                    mut self: Pin<&mut Self>,
                    crossing: $op,
                    at: &ContextRef,
                    deadline: Option<Instant>,
                    entry: &Entry<'_, H>,
                ) where
                    $op: Crosses,
                {
                    self.set(Self::$variant(crossing));
                    at.post_waiting(entry.task(), deadline);
                }

                /// The value that crossed at this suspension point.
                #[inline(always)]
                pub fn $crossed<V, E, H>(self: Pin<&mut Self>, entry: &Entry<'_, H>) -> Step<$op::Value, V, E>
                where
                    $op: Crosses,
                {
                    // SAFETY: as for an operation: the machine's task resumed it at this very state.
                    if let Completion::Stopped(reason) = unsafe { entry.take::<(), Never>() } {
                        return Step::Leave(stopped(reason));
                    }
                    // SAFETY: a crossing is never pinned, and nothing else is moved.
                    let this = unsafe { self.get_unchecked_mut() };
                    let Self::$variant(crossing) = this else {
                        return Step::Leave(stopped(StopReason::Requested));
                    };
                    // SAFETY: read once: the state is overwritten, and not dropped, below.
                    let crossing = unsafe { ptr::read(crossing) };
                    // SAFETY: the state is ours alone, and what was in it was moved out.
                    unsafe { ptr::write(this, Self::Idle) };
                    Step::Go(crossing.arrived())
                }
            )*
        }

        impl<$($op: Slot + Send),*> States for $name<$($op),*> {
            const AT_ONCE: bool = true $(&& $op::AT_ONCE)*;
        }

        impl<$($op),*> Default for $name<$($op),*> {
            fn default() -> Self {
                Self::Idle
            }
        }
    };
}

macro_rules! arriving {
    ($name:ident: $($op:ident),*) => {
        impl<$($op),*> Arrives for $name<Arrival, $($op),*> {
            fn arrive(mut self: Pin<&mut Self>) {
                self.set(Self::W1(Arrival));
            }
        }
    };
}

/// The state of a machine that never waits.
#[derive(Debug, Default)]
pub struct States0;

impl States for States0 {
    const AT_ONCE: bool = true;
}

impl States0 {
    /// Always 0: such a machine is only ever started.
    #[inline(always)]
    pub const fn at<H>(&self, _: &Entry<'_, H>) -> u32 {
        0
    }
}

states! {
    /// The state of a machine with one suspension point.
    States1 States1Projection:
    1 W1 S1 start_1 resumed_1 cross_1 crossed_1 stay_1;
}
states! {
    /// The state of a machine with two suspension points.
    States2 States2Projection:
    1 W1 S1 start_1 resumed_1 cross_1 crossed_1 stay_1;
    2 W2 S2 start_2 resumed_2 cross_2 crossed_2 stay_2;
}
states! {
    /// The state of a machine with three suspension points.
    States3 States3Projection:
    1 W1 S1 start_1 resumed_1 cross_1 crossed_1 stay_1;
    2 W2 S2 start_2 resumed_2 cross_2 crossed_2 stay_2;
    3 W3 S3 start_3 resumed_3 cross_3 crossed_3 stay_3;
}
states! {
    /// The state of a machine with four suspension points.
    States4 States4Projection:
    1 W1 S1 start_1 resumed_1 cross_1 crossed_1 stay_1;
    2 W2 S2 start_2 resumed_2 cross_2 crossed_2 stay_2;
    3 W3 S3 start_3 resumed_3 cross_3 crossed_3 stay_3;
    4 W4 S4 start_4 resumed_4 cross_4 crossed_4 stay_4;
}
states! {
    /// The state of a machine with up to eight suspension points.
    States8 States8Projection:
    1 W1 S1 start_1 resumed_1 cross_1 crossed_1 stay_1;
    2 W2 S2 start_2 resumed_2 cross_2 crossed_2 stay_2;
    3 W3 S3 start_3 resumed_3 cross_3 crossed_3 stay_3;
    4 W4 S4 start_4 resumed_4 cross_4 crossed_4 stay_4;
    5 W5 S5 start_5 resumed_5 cross_5 crossed_5 stay_5;
    6 W6 S6 start_6 resumed_6 cross_6 crossed_6 stay_6;
    7 W7 S7 start_7 resumed_7 cross_7 crossed_7 stay_7;
    8 W8 S8 start_8 resumed_8 cross_8 crossed_8 stay_8;
}
states! {
    /// The state of a machine with up to sixteen suspension points.
    States16 States16Projection:
    1 W1 S1 start_1 resumed_1 cross_1 crossed_1 stay_1;
    2 W2 S2 start_2 resumed_2 cross_2 crossed_2 stay_2;
    3 W3 S3 start_3 resumed_3 cross_3 crossed_3 stay_3;
    4 W4 S4 start_4 resumed_4 cross_4 crossed_4 stay_4;
    5 W5 S5 start_5 resumed_5 cross_5 crossed_5 stay_5;
    6 W6 S6 start_6 resumed_6 cross_6 crossed_6 stay_6;
    7 W7 S7 start_7 resumed_7 cross_7 crossed_7 stay_7;
    8 W8 S8 start_8 resumed_8 cross_8 crossed_8 stay_8;
    9 W9 S9 start_9 resumed_9 cross_9 crossed_9 stay_9;
    10 W10 S10 start_10 resumed_10 cross_10 crossed_10 stay_10;
    11 W11 S11 start_11 resumed_11 cross_11 crossed_11 stay_11;
    12 W12 S12 start_12 resumed_12 cross_12 crossed_12 stay_12;
    13 W13 S13 start_13 resumed_13 cross_13 crossed_13 stay_13;
    14 W14 S14 start_14 resumed_14 cross_14 crossed_14 stay_14;
    15 W15 S15 start_15 resumed_15 cross_15 crossed_15 stay_15;
    16 W16 S16 start_16 resumed_16 cross_16 crossed_16 stay_16;
}
arriving!(States1:);
arriving!(States2: S2);
arriving!(States3: S2, S3);
arriving!(States4: S2, S3, S4);
arriving!(States8: S2, S3, S4, S5, S6, S7, S8);
arriving!(States16: S2, S3, S4, S5, S6, S7, S8, S9, S10, S11, S12, S13, S14, S15, S16);
