//! What follows a value inside one lane: segments, and at the end an edge or the end of the graph.

/// What a tail leaves to the tail behind it: the methods that are named, or, where none is, all but `put` and `skip`.
macro_rules! as_next {
    ($this:ident => $next:expr) => {
        $crate::graph::tail::as_next!($this => $next;
            ready takes finishes waits poll leave finish show wakes turned moved);
    };
    ($this:ident => $next:expr; $($method:ident)+) => {
        $($crate::graph::tail::as_next!(@$method $this => $next);)+
    };
    (@ready $this:ident => $next:expr) => {
        #[inline(always)]
        fn ready(&mut $this) -> bool {
            $next.ready()
        }
    };
    (@skip $this:ident => $next:expr) => {
        #[inline(always)]
        fn skip(&mut $this, room: Room, lane: &mut LaneState) -> Put {
            $next.skip(room, lane)
        }
    };
    (@takes $this:ident => $next:expr) => {
        #[inline(always)]
        fn takes(&mut $this) -> bool {
            $next.takes()
        }
    };
    (@finishes $this:ident => $next:expr) => {
        #[inline(always)]
        fn finishes(&mut $this) -> bool {
            $next.finishes()
        }
    };
    (@waits $this:ident => $next:expr) => {
        #[inline(always)]
        fn waits(&$this) -> bool {
            $next.waits()
        }
    };
    (@poll $this:ident => $next:expr) => {
        #[inline(always)]
        fn poll(&mut $this, lane: &mut LaneState) -> Put {
            $next.poll(lane)
        }
    };
    (@leave $this:ident => $next:expr) => {
        fn leave(&mut $this) -> bool {
            $next.leave()
        }
    };
    (@finish $this:ident => $next:expr) => {
        #[inline(always)]
        fn finish(&mut $this, lane: &mut LaneState) -> bool {
            $next.finish(lane)
        }
    };
    (@show $this:ident => $next:expr) => {
        #[inline(always)]
        fn show(&mut $this) {
            $next.show();
        }
    };
    (@wakes $this:ident => $next:expr) => {
        #[inline(always)]
        fn wakes(&$this) -> bool {
            $next.wakes()
        }
    };
    (@turned $this:ident => $next:expr) => {
        #[inline(always)]
        fn turned(&mut $this, puts: u64, lane: &mut LaneState) {
            $next.turned(puts, lane);
        }
    };
    (@moved $this:ident => $next:expr) => {
        #[inline(always)]
        fn moved(&mut $this) -> bool {
            $next.moved()
        }
    };
}

mod device;
mod fan;
mod join;
mod mark;
mod meet;
mod past;
mod push;
#[cfg(all(test, not(loom)))]
pub(in crate::graph) mod scripted;
mod segment;
mod shard;

pub(in crate::graph) use as_next;

use std::sync::Arc;
use std::time::Instant;

use crate::control::{Control, RunError, Stop};
use crate::device::DeviceError;
use crate::panic_site;

pub use device::DeviceTail;
pub use fan::{Apart, FanTail, OpenPast, OpenRoute, PastTail, RouteTail, Together};
pub use join::JoinTail;
pub use mark::{MarkTail, MarkedTail};
pub use meet::{FineTail, MeetCarryingTail, MeetTail, Meets, SureTail, fine_tail};
pub use past::{Failed, Missed, Nothing};
pub use push::PushTail;
pub(in crate::graph) use segment::SMALL_PARTS;
pub use segment::{SegmentTail, StraightTail};
pub use shard::ShardTail;

/// Where a pass is after [`OpenTail::put`] or [`OpenTail::poll`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// The tail can take another value: the pass was handed on, completed or filtered.
    Done,
    /// The pass waits inside; [`OpenTail::poll`] moves it on.
    Waiting,
    /// There is no room, and the edge's policy is to drop what is put in regardless.
    Overflows,
    /// Nothing more can come of what is put in: another source that it meets has ended. What is inside
    /// still goes on.
    Ended,
    /// The graph is over for this lane: a stage failed, or a sub-graph ended.
    Over,
}

/// Whether it is certain that a tail has room for a value.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    // INVARIANT: if true, the tail that it is given to was `ready`, and nothing was put in since.
    sure: bool,
}

impl Room {
    /// The tail must look for itself, and drops the value if the edge's policy says so.
    pub const UNSURE: Self = Self { sure: false };

    /// The tail need not look.
    ///
    /// # Safety
    ///
    /// [`OpenTail::ready`] of the tail that this is given to returned true, and nothing was put
    /// into that tail since.
    #[inline(always)]
    pub const unsafe fn sure() -> Self {
        Self { sure: true }
    }

    /// Whether the tail need not look.
    #[inline(always)]
    pub const fn is_sure(self) -> bool {
        self.sure
    }
}

/// What follows a value inside one lane.
pub trait Tail<T>: Send {
    /// The tail as a lane's loop holds it.
    type Open<'t>: OpenTail<T>
    where
        Self: 't;

    /// Makes the tail ready for a loop.
    fn open(&mut self) -> Self::Open<'_>;

    /// When there may be something to do inside although nothing else happens.
    fn deadline(&self) -> Option<Instant> {
        None
    }

    /// Says of each asynchronous stage inside, in the order of the chain, whether a pass waits in it.
    fn awaits(&self, seen: &mut Vec<bool>) {
        let _ = seen;
    }
}

/// A tail for the time of a loop; see [`Tail`].
pub trait OpenTail<T> {
    /// Whether [`poll`](Self::poll) may say [`Put::Overflows`].
    const OVERFLOWS: bool;

    /// Whether [`put`](Self::put) can take a value now. Stays true until `put` is called.
    ///
    /// A lane asks this *before* it takes a value from its input: that is how an edge that is full
    /// makes the upstream lane stop taking, and why no value is ever held back half way.
    fn ready(&mut self) -> bool;

    /// How many values [`put`](Self::put) can take from now on, as far as that is known: none if it is not [`ready`](Self::ready).
    #[inline(always)]
    fn room(&mut self) -> usize {
        usize::from(self.ready())
    }

    /// Whether [`put`](Self::put) can take a value that there may be no room for, and that is dropped
    /// then.
    #[inline(always)]
    fn takes(&mut self) -> bool {
        true
    }

    /// Whether [`finish`](Self::finish) can be called now.
    #[inline(always)]
    fn finishes(&mut self) -> bool {
        self.ready()
    }

    /// Takes a value.
    fn put(&mut self, value: T, room: Room, lane: &mut LaneState) -> Put;

    /// Takes a pass that has ended without a value, in place of [`put`](Self::put). Nothing is to
    /// be done unless it must not be missed; see `tail/mark.rs`.
    #[inline(always)]
    fn skip(&mut self, room: Room, lane: &mut LaneState) -> Put {
        let _ = (room, lane);
        Put::Done
    }

    /// Whether a pass waits inside.
    #[inline(always)]
    fn waits(&self) -> bool {
        false
    }

    /// Gives up the pass that waits inside: asks its operation to stop, and drops what it completes
    /// with. Whether it has not completed yet; the tail is not dropped before it has.
    fn leave(&mut self) -> bool {
        false
    }

    /// Moves on the pass that waits inside, if one does.
    fn poll(&mut self, lane: &mut LaneState) -> Put;

    /// Hands on what the segments gathered, at the end of the input. Called until it returns
    /// `true`, and only while it [can](Self::finishes).
    fn finish(&mut self, lane: &mut LaneState) -> bool;

    /// Makes what was pushed visible to the consumer.
    fn show(&mut self);

    /// Whether the consumer may sleep, so that somebody must wake it.
    fn wakes(&self) -> bool;

    /// Ends a turn in which `put` was called so many times; wakes the consumer if need be.
    fn turned(&mut self, puts: u64, lane: &mut LaneState);

    /// Whether passes inside moved on by themselves since this was asked.
    #[inline(always)]
    fn moved(&mut self) -> bool {
        false
    }
}

/// What the tails of one lane share.
#[derive(Debug)]
pub struct LaneState {
    control: Arc<Control>,
    /// Passes that reached the end of the graph in this lane.
    pub completed: u64,
    /// Passes that were begun here without the source, less those that were begun for nothing
    /// because another source had ended.
    pub more: i64,
    // Whether a pass found here that another source has ended, or that it is to end the graph: of several arms, the first counts.
    stopped: Stopped,
}

/// What became of the counts of the pass that ended the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stopped {
    Not,
    /// It does not count as begun.
    Begun,
    /// Nor as completed, which it did where its arms begin.
    Both,
}

impl LaneState {
    /// The state of a lane that has done nothing.
    pub const fn new(control: Arc<Control>) -> Self {
        Self { control, completed: 0, more: 0, stopped: Stopped::Not }
    }

    /// What the lanes of the graph share.
    pub const fn control(&self) -> &Arc<Control> {
        &self.control
    }

    /// Ends the graph as if its source had ended.
    #[cold]
    pub fn stop(&mut self) -> Put {
        if self.stopped == Stopped::Not {
            self.stopped = Stopped::Begun;
            self.more -= 1;
        }
        self.control.stop(Stop::Drain);
        Put::Over
    }

    /// Takes back that the pass completed which has just ended the graph in one of its arms, if one has; once.
    #[cold]
    fn take_back(&mut self) {
        if self.stopped == Stopped::Begun {
            self.stopped = Stopped::Both;
            self.completed = self.completed.wrapping_sub(1);
        }
    }

    /// Ends the graph: something panicked in the middle of an asynchronous stage. The report was left
    /// on this thread.
    #[cold]
    pub fn panicked(&mut self) -> Put {
        self.control.fail(RunError::Panicked(panic_site::take_left()));
        Put::Over
    }

    /// Ends the graph: the device of this lane was lost.
    #[cold]
    pub fn device_failed(&mut self, error: DeviceError) -> Put {
        self.control.fail(RunError::Device(error));
        Put::Over
    }

    /// Ends the graph with `error`.
    #[cold]
    pub fn fail(&mut self, error: RunError) -> Put {
        self.control.fail(error);
        Put::Over
    }
}

/// The end of the graph: completed passes are counted and their values dropped.
#[derive(Debug, Clone, Copy)]
pub struct EndTail;

/// The end of the graph behind straight segments alone: every pass that came in has completed, so
/// that they are counted once per turn.
#[derive(Debug, Clone, Copy)]
pub struct EveryEndTail;

/// The end of an arm that ends by itself: the pass counts where the arms begin.
#[derive(Debug, Clone, Copy)]
pub struct ArmEndTail;

/// Implements both traits for an end of the graph, which holds nothing.
macro_rules! ends {
    ($($end:ident: $put:expr, $turned:expr;)*) => {
        $(
            impl<T> Tail<T> for $end {
                type Open<'t> = Self;

                #[inline(always)]
                fn open(&mut self) -> Self {
                    *self
                }
            }

            impl<T> OpenTail<T> for $end {
                const OVERFLOWS: bool = false;

                #[inline(always)]
                fn ready(&mut self) -> bool {
                    true
                }

                #[inline(always)]
                fn room(&mut self) -> usize {
                    usize::MAX
                }

                #[inline(always)]
                fn put(&mut self, _: T, _: Room, lane: &mut LaneState) -> Put {
                    lane.completed += $put;
                    Put::Done
                }

                #[inline(always)]
                fn poll(&mut self, _: &mut LaneState) -> Put {
                    Put::Done
                }

                #[inline(always)]
                fn finish(&mut self, _: &mut LaneState) -> bool {
                    true
                }

                #[inline(always)]
                fn show(&mut self) {}

                #[inline(always)]
                fn wakes(&self) -> bool {
                    false
                }

                #[inline(always)]
                fn turned(&mut self, puts: u64, lane: &mut LaneState) {
                    lane.completed += $turned(puts);
                }
            }
        )*
    };
}

ends! {
    EndTail: 1, |_| 0;
    EveryEndTail: 0, |puts| puts;
    ArmEndTail: 0, |_| 0;
}
