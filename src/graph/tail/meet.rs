//! Where a pass has come out of its arms, and goes on as one.

use std::fmt;
use std::marker::PhantomData;
use std::time::Instant;

use super::{LaneState, OpenTail, Put, Room, Tail};
use crate::completion::JoinError;
use crate::control::RunError;
use crate::graph::junction::{Before, Junction};
use crate::graph::slot::{Came, Slot};
use crate::graph::tag::Tag;
use crate::graph::value::CannotFail;
use crate::graph::zip::Came2;

/// How what came out of the arms for one pass is one value, or none.
///
/// The first arm in order that has no value decides, as in the plain form.
pub trait Meets<I>: Copy + Send {
    /// What the pass goes on with.
    type Value;
    /// How it may have failed.
    type Error;

    /// The pass.
    fn meet(self, came: I) -> Came<Self::Value, Self::Error>;
}

/// The value of an arm, or out with what came instead.
macro_rules! value {
    ($came:expr, $turn:expr) => {
        match $came.came() {
            Came::Value(value) => value,
            Came::Failed(error) => return Came::Failed($turn(error)),
            Came::Nothing => return Came::Nothing,
        }
    };
}

impl<E0, EO, E, A, B> Meets<(A, B)> for Junction<E0, (EO,), E>
where
    A: Slot<Error = E0>,
    B: Slot<Error = EO>,
    E0: JoinError<EO, Joined = E>,
{
    type Value = (A::Value, B::Value);
    type Error = E;

    #[inline(always)]
    fn meet(self, (first, second): (A, B)) -> Came<Self::Value, E> {
        let first = value!(first, E0::earlier);
        let second = value!(second, E0::later);
        Came::Value((first, second))
    }
}

impl<E0, EA, EB, E, A, B> Meets<(A, B)> for Junction<E0, (EA, EB), E>
where
    A: Slot<Error = EA>,
    B: Slot<Error = EB>,
    EA: JoinError<EB>,
    E0: JoinError<EA::Joined, Joined = E>,
{
    type Value = (A::Value, B::Value);
    type Error = E;

    #[inline(always)]
    fn meet(self, (first, second): (A, B)) -> Came<Self::Value, E> {
        use crate::graph::junction::{in_arm_0_of_2, in_arm_1_of_2};
        let first = value!(first, |error| in_arm_0_of_2(&self, error));
        let second = value!(second, |error| in_arm_1_of_2(&self, error));
        Came::Value((first, second))
    }
}

impl<E0, EA, EB, E, A, B> Meets<Came2<A, B>> for Junction<E0, (EA, EB), E>
where
    A: Slot<Error = EA>,
    B: Slot<Value = A::Value, Error = EB>,
    EA: JoinError<EB>,
    E0: JoinError<EA::Joined, Joined = E>,
{
    type Value = A::Value;
    type Error = E;

    #[inline(always)]
    fn meet(self, came: Came2<A, B>) -> Came<A::Value, E> {
        use crate::graph::junction::{in_arm_0_of_2, in_arm_1_of_2};
        Came::Value(match came {
            Came2::First(first) => value!(first, |error| in_arm_0_of_2(&self, error)),
            Came2::Second(second) => value!(second, |error| in_arm_1_of_2(&self, error)),
        })
    }
}

impl<E0, EA, EB, EC, E, A, B, C> Meets<(A, (B, C))> for Junction<E0, (EA, EB, EC), E>
where
    A: Slot<Error = EA>,
    B: Slot<Error = EB>,
    C: Slot<Error = EC>,
    EA: JoinError<EB>,
    EA::Joined: JoinError<EC>,
    E0: JoinError<<EA::Joined as JoinError<EC>>::Joined, Joined = E>,
{
    type Value = (A::Value, B::Value, C::Value);
    type Error = E;

    #[inline(always)]
    fn meet(self, (first, (second, third)): (A, (B, C))) -> Came<Self::Value, E> {
        use crate::graph::junction::{in_arm_0_of_3, in_arm_1_of_3, in_arm_2_of_3};
        let first = value!(first, |error| in_arm_0_of_3(&self, error));
        let second = value!(second, |error| in_arm_1_of_3(&self, error));
        let third = value!(third, |error| in_arm_2_of_3(&self, error));
        Came::Value((first, second, third))
    }
}

impl<E0, EA, EB, EC, ED, E, A, B, C, D> Meets<(A, (B, (C, D)))> for Junction<E0, (EA, EB, EC, ED), E>
where
    A: Slot<Error = EA>,
    B: Slot<Error = EB>,
    C: Slot<Error = EC>,
    D: Slot<Error = ED>,
    EA: JoinError<EB>,
    EA::Joined: JoinError<EC>,
    <EA::Joined as JoinError<EC>>::Joined: JoinError<ED>,
    E0: JoinError<<<EA::Joined as JoinError<EC>>::Joined as JoinError<ED>>::Joined, Joined = E>,
{
    type Value = (A::Value, B::Value, C::Value, D::Value);
    type Error = E;

    #[inline(always)]
    fn meet(self, (first, (second, (third, fourth))): (A, (B, (C, D)))) -> Came<Self::Value, E> {
        use crate::graph::junction::{in_arm_0_of_4, in_arm_1_of_4, in_arm_2_of_4, in_arm_3_of_4};
        let first = value!(first, |error| in_arm_0_of_4(&self, error));
        let second = value!(second, |error| in_arm_1_of_4(&self, error));
        let third = value!(third, |error| in_arm_2_of_4(&self, error));
        let fourth = value!(fourth, |error| in_arm_3_of_4(&self, error));
        Came::Value((first, second, third, fourth))
    }
}

/// A pass that may have failed before the arms.
impl<I, E0, Es, E> Meets<Result<I, E0>> for Junction<E0, Es, E>
where
    Self: Meets<I, Error = E> + Before<E0, Error = E>,
{
    type Value = <Self as Meets<I>>::Value;
    type Error = E;

    #[inline(always)]
    fn meet(self, came: Result<I, E0>) -> Came<Self::Value, E> {
        match came {
            Ok(came) => self.meet(came),
            Err(error) => Came::Failed(self.before(error)),
        }
    }
}

/// Goes on with the value of a pass; its error ends the graph.
#[derive(Debug)]
pub struct MeetTail<J, N, X> {
    junction: J,
    next: N,
    fail: X,
}

impl<J, N, X> MeetTail<J, N, X> {
    /// Goes on with `next`; `fail` makes of an error what is reported.
    pub const fn new(junction: J, next: N, fail: X) -> Self {
        Self { junction, next, fail }
    }
}

impl<I, J, N, X> Tail<I> for MeetTail<J, N, X>
where
    J: Meets<I>,
    N: Tail<J::Value>,
    X: Fn(J::Error) -> RunError + Copy + Send,
{
    type Open<'t>
        = OpenMeet<J, N::Open<'t>, X>
    where
        Self: 't;

    #[inline(always)]
    fn open(&mut self) -> Self::Open<'_> {
        OpenMeet { junction: self.junction, next: self.next.open(), fail: self.fail }
    }

    fn deadline(&self) -> Option<Instant> {
        self.next.deadline()
    }

    fn awaits(&self, seen: &mut Vec<bool>) {
        self.next.awaits(seen);
    }
}

/// A [`MeetTail`] for the time of a loop.
#[derive(Debug)]
pub struct OpenMeet<J, N, X> {
    junction: J,
    next: N,
    fail: X,
}

impl<I, J, N, X> OpenTail<I> for OpenMeet<J, N, X>
where
    J: Meets<I>,
    N: OpenTail<J::Value>,
    X: Fn(J::Error) -> RunError,
{
    const OVERFLOWS: bool = N::OVERFLOWS;

    #[inline(always)]
    fn put(&mut self, came: I, room: Room, lane: &mut LaneState) -> Put {
        match self.junction.meet(came) {
            Came::Value(value) => self.next.put(value, room, lane),
            Came::Failed(error) => lane.fail((self.fail)(error)),
            Came::Nothing => self.next.skip(room, lane),
        }
    }

    #[inline(always)]
    fn skip(&mut self, room: Room, lane: &mut LaneState) -> Put {
        self.next.skip(room, lane)
    }

    super::as_next!(self => self.next);
}

/// Goes on with the result of a pass, whose error a later stage handles.
#[derive(Debug)]
pub struct MeetCarryingTail<J, N> {
    junction: J,
    next: N,
}

impl<J, N> MeetCarryingTail<J, N> {
    /// Goes on with `next`.
    pub const fn new(junction: J, next: N) -> Self {
        Self { junction, next }
    }
}

impl<I, J, N> Tail<I> for MeetCarryingTail<J, N>
where
    J: Meets<I>,
    N: Tail<Result<J::Value, J::Error>>,
{
    type Open<'t>
        = OpenMeetCarrying<J, N::Open<'t>>
    where
        Self: 't;

    #[inline(always)]
    fn open(&mut self) -> Self::Open<'_> {
        OpenMeetCarrying { junction: self.junction, next: self.next.open() }
    }

    fn deadline(&self) -> Option<Instant> {
        self.next.deadline()
    }

    fn awaits(&self, seen: &mut Vec<bool>) {
        self.next.awaits(seen);
    }
}

/// A [`MeetCarryingTail`] for the time of a loop.
#[derive(Debug)]
pub struct OpenMeetCarrying<J, N> {
    junction: J,
    next: N,
}

impl<I, J, N> OpenTail<I> for OpenMeetCarrying<J, N>
where
    J: Meets<I>,
    N: OpenTail<Result<J::Value, J::Error>>,
{
    const OVERFLOWS: bool = N::OVERFLOWS;

    #[inline(always)]
    fn put(&mut self, came: I, room: Room, lane: &mut LaneState) -> Put {
        match self.junction.meet(came) {
            Came::Value(value) => self.next.put(Ok(value), room, lane),
            Came::Failed(error) => self.next.put(Err(error), room, lane),
            Came::Nothing => self.next.skip(room, lane),
        }
    }

    #[inline(always)]
    fn skip(&mut self, room: Room, lane: &mut LaneState) -> Put {
        self.next.skip(room, lane)
    }

    super::as_next!(self => self.next);
}

/// Goes on with the value of a pass that cannot have failed so far, though a later stage handles
/// errors.
#[derive(Debug)]
pub struct SureTail<N>(N);

impl<N> SureTail<N> {
    /// Goes on with `next`.
    pub const fn new(next: N) -> Self {
        Self(next)
    }
}

impl<T, E: CannotFail, N: Tail<T>> Tail<Result<T, E>> for SureTail<N> {
    type Open<'t>
        = SureTail<N::Open<'t>>
    where
        Self: 't;

    #[inline(always)]
    fn open(&mut self) -> Self::Open<'_> {
        SureTail(self.0.open())
    }

    fn deadline(&self) -> Option<Instant> {
        self.0.deadline()
    }

    fn awaits(&self, seen: &mut Vec<bool>) {
        self.0.awaits(seen);
    }
}

impl<T, E: CannotFail, N: OpenTail<T>> OpenTail<Result<T, E>> for SureTail<N> {
    const OVERFLOWS: bool = N::OVERFLOWS;

    #[inline(always)]
    fn put(&mut self, value: Result<T, E>, room: Room, lane: &mut LaneState) -> Put {
        match value {
            Ok(value) => self.0.put(value, room, lane),
            Err(never) => never.never(),
        }
    }

    #[inline(always)]
    fn skip(&mut self, room: Room, lane: &mut LaneState) -> Put {
        self.0.skip(room, lane)
    }

    super::as_next!(self => self.0);
}

/// The end of an arm in which no pass can fail: its values go to where the arms meet as results.
pub struct FineTail<E, N> {
    next: N,
    _error: PhantomData<fn() -> E>,
}

/// Goes on with `next`; the tag says as results of which type.
pub const fn fine_tail<V, E, N>(_: Tag<V, E>, next: N) -> FineTail<E, N> {
    FineTail { next, _error: PhantomData }
}

impl<E, N: fmt::Debug> fmt::Debug for FineTail<E, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FineTail").field("next", &self.next).finish_non_exhaustive()
    }
}

impl<T, E, N: Tail<Result<T, E>>> Tail<T> for FineTail<E, N> {
    type Open<'t>
        = FineTail<E, N::Open<'t>>
    where
        Self: 't;

    #[inline(always)]
    fn open(&mut self) -> Self::Open<'_> {
        FineTail { next: self.next.open(), _error: PhantomData }
    }

    fn deadline(&self) -> Option<Instant> {
        self.next.deadline()
    }

    fn awaits(&self, seen: &mut Vec<bool>) {
        self.next.awaits(seen);
    }
}

impl<T, E, N: OpenTail<Result<T, E>>> OpenTail<T> for FineTail<E, N> {
    const OVERFLOWS: bool = N::OVERFLOWS;

    #[inline(always)]
    fn put(&mut self, value: T, room: Room, lane: &mut LaneState) -> Put {
        self.next.put(Ok(value), room, lane)
    }

    #[inline(always)]
    fn skip(&mut self, room: Room, lane: &mut LaneState) -> Put {
        self.next.skip(room, lane)
    }

    super::as_next!(self => self.next);
}
