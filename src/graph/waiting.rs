//! Suspension points: asynchronous stages whose operation may complete later.

mod cell;

use std::time::Instant;
use std::{fmt, mem};

pub(crate) use cell::Cell;

use crate::completion::{Completion, JoinError, Started, StopReason};
use crate::context::current;
use crate::control::{Control, RunError};
use crate::device::lost_device;
use crate::graph::guard::Guards;
use crate::graph::held::Held;
use crate::graph::local::Local;
use crate::graph::tag::Tag;
use crate::graph::tail::{LaneState, OpenTail, Put, Room, SMALL_PARTS, Tail};
use crate::sender::Sender;

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

/// An asynchronous stage in a lane, and what follows it.
pub struct WaitTail<V, E, B: Begin<V, E>, G, N> {
    stage: B,
    guard: G,
    cell: Cell<B::Sender>,
    known_here: bool,
    next: N,
}

/// Runs `stage` on each value, under `guard`; what it completes with goes on to `next`.
pub fn wait_tail<V, E, B: Begin<V, E>, G: Guards, N>(
    control: &Control,
    _: Tag<V, E>,
    stage: B,
    guard: G,
    next: N,
) -> WaitTail<V, E, B, G, N> {
    let cell = Cell::new();
    control.stops(cell.stop());
    WaitTail { stage, guard, cell, known_here: false, next }
}

impl<V, E, B: Begin<V, E>, G, N: fmt::Debug> fmt::Debug for WaitTail<V, E, B, G, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitTail").field("cell", &self.cell).field("next", &self.next).finish_non_exhaustive()
    }
}

type Made<V, E, B> = <<B as Begin<V, E>>::Sender as Sender>::Value;
type Failed<V, E, B> = <<B as Begin<V, E>>::Sender as Sender>::Error;
type Passed<V, E, B> = Result<Made<V, E, B>, <B as Begin<V, E>>::Error>;

impl<V, E, B, G, N> Tail<Result<V, E>> for WaitTail<V, E, B, G, N>
where
    B: Begin<V, E> + Send,
    G: Guards,
    N: Tail<Passed<V, E, B>>,
{
    type Open<'t>
        = OpenWait<'t, V, E, B, G, N::Open<'t>>
    where
        Self: 't;

    #[inline(always)]
    fn open(&mut self) -> Self::Open<'_> {
        OpenWait {
            stage: Local::new(&mut self.stage),
            guard: self.guard,
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
pub struct OpenWait<'t, V, E, B: Begin<V, E>, G, N> {
    stage: Local<'t, B, SMALL_PARTS>,
    guard: G,
    cell: &'t mut Cell<B::Sender>,
    known_here: &'t mut bool,
    next: N,
}

impl<V, E, B: Begin<V, E>, G, N: fmt::Debug> fmt::Debug for OpenWait<'_, V, E, B, G, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenWait").field("cell", &self.cell).field("next", &self.next).finish_non_exhaustive()
    }
}

impl<V, E, B: Begin<V, E>, G, N> OpenWait<'_, V, E, B, G, N> {
    #[inline(always)]
    fn start(&mut self, sender: B::Sender) -> Started<Made<V, E, B>, Failed<V, E, B>> {
        match self.cell.at_once(sender) {
            Ok(completion) => Started::Inline(completion),
            Err(sender) => {
                if !*self.known_here {
                    *self.known_here = true;
                    self.cell.here(current());
                }
                self.cell.start(sender)
            }
        }
    }

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

impl<V, E, B, G, N> OpenTail<Result<V, E>> for OpenWait<'_, V, E, B, G, N>
where
    B: Begin<V, E>,
    G: Guards,
    N: OpenTail<Passed<V, E, B>>,
{
    const OVERFLOWS: bool = N::OVERFLOWS;

    super::tail::as_next!(self => self.next; skip finish show wakes turned moved);

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
        let guard = (self.guard)();
        let begun = self.stage.begin(value);
        mem::forget(guard);
        match begun {
            Begun::Now(result) => self.next.put(result, room, lane),
            Begun::Wait(sender) => {
                let guard = (self.guard)();
                let started = self.start(sender);
                mem::forget(guard);
                match started {
                    Started::Inline(completion) => self.follow(completion, room, lane),
                    Started::Later => Put::Waiting,
                }
            }
        }
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
                put @ (Put::Over | Put::Ended | Put::Waiting) => return put,
                // What follows moved on. If that made room, what has arrived goes on now: its wake is used up.
                Put::Done if !self.next.ready() => return Put::Done,
                Put::Done | Put::Overflows => {}
            }
        }
        match self.cell.poll() {
            None => Put::Waiting,
            Some(completion) => self.follow(completion, Room::UNSURE, lane),
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests;
