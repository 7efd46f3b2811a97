//! `repeat` in a fused graph: a loop in the source.
//!
//! However long it is, it can be stopped. A pass of its own looks at its stop token after every turn. In a
//! lane it is left every few turns, so that the lane's context sees what was asked of it, and goes on in the next
//! turn of the lane.

use crate::completion::{IntoError, StopReason};
use crate::graph::flow::Flow;
use crate::graph::machine::{Entry, Step, Stops, stopped};
use crate::source::{Source, Taken};
use crate::stop::StopToken;

/// A source whose every value is the last of `count` that a segment gives.
#[derive(Debug)]
pub struct Repeated<S, P, G, F> {
    source: S,
    parts: P,
    body: G,
    // What the segment gathered, once the source has ended.
    rest: F,
    count: u64,
}

/// Repeats `body` over `source`.
pub fn repeated<S, P, G, F, T, E>(
    source: S,
    parts: P,
    (body, rest): (G, F),
    count: u64,
) -> Repeated<S, P, G, F>
where
    S: Source,
    G: Fn(&mut P, S::Value) -> Flow<T, E>,
    F: Fn(&mut P) -> Option<Flow<T, E>>,
{
    Repeated { source, parts, body, rest, count }
}

/// Says of a source that it repeats nothing.
#[derive(Debug)]
pub struct Unrepeated;

/// Says of a source that it repeats one of which `I` is said.
#[derive(Debug)]
pub struct Again<I>(pub I);

/// A source that may repeat another, as the macro says by `I`.
pub trait Repeats<I>: Source {
    /// The source in a lane.
    type InLane: Source<Value = Self::Value, Error = Self::Error>;

    /// The next value; [`Taken::Empty`] if the stop was asked for before.
    fn take_unless(&mut self, stop: &StopToken) -> Taken<Self::Value, Self::Error>;

    /// The source in a lane, which is left every few turns.
    fn in_lane(self) -> Self::InLane;
}

impl<S: Source> Repeats<Unrepeated> for S {
    type InLane = S;

    #[inline(always)]
    fn take_unless(&mut self, _: &StopToken) -> Taken<S::Value, S::Error> {
        match self.take() {
            // It always has a value or has ended.
            Taken::Empty => Taken::Ended,
            taken => taken,
        }
    }

    fn in_lane(self) -> S {
        self
    }
}

impl<I, S, P, G, F, T, E> Repeats<Again<I>> for Repeated<S, P, G, F>
where
    S: Repeats<I, Error: IntoError<E>>,
    G: Fn(&mut P, S::Value) -> Flow<T, E>,
    F: Fn(&mut P) -> Option<Flow<T, E>>,
{
    type InLane = Pausing<S::InLane, P, G, F>;

    #[inline(always)]
    fn take_unless(&mut self, stop: &StopToken) -> Taken<T, E> {
        let Self { source, parts, body, rest, count } = self;
        let take = || source.take_unless(stop);
        match turns(take, parts, (body, rest), *count, || stop.stop_requested()) {
            Turned::Over(taken) => taken,
            Turned::Paused(_) => Taken::Empty,
        }
    }

    fn in_lane(self) -> Self::InLane {
        let Self { source, parts, body, rest, count } = self;
        let repeated = Repeated { source: source.in_lane(), parts, body, rest, count };
        Pausing { repeated, left: 0, until: BETWEEN }
    }
}

impl<S, P, G, F, T, E> Source for Repeated<S, P, G, F>
where
    S: Source<Error: IntoError<E>>,
    G: Fn(&mut P, S::Value) -> Flow<T, E>,
    F: Fn(&mut P) -> Option<Flow<T, E>>,
{
    type Value = T;
    type Error = E;

    fn take(&mut self) -> Taken<T, E> {
        Repeats::<Again<Unrepeated>>::take_unless(self, &StopToken::never())
    }

    fn leave(&mut self) -> bool {
        self.source.leave()
    }
}

/// How many turns a lane takes of a repeat before it looks at what else there is.
const BETWEEN: u32 = 64;

/// A [`Repeated`] in a lane.
#[derive(Debug)]
pub struct Pausing<S, P, G, F> {
    repeated: Repeated<S, P, G, F>,
    // INVARIANT: how many values are to come until the last, or none between passes.
    left: u64,
    // INVARIANT: turns until the next pause, of all passes together; not none.
    until: u32,
}

impl<S, P, G, F, T, E> Source for Pausing<S, P, G, F>
where
    S: Source<Error: IntoError<E>>,
    G: Fn(&mut P, S::Value) -> Flow<T, E>,
    F: Fn(&mut P) -> Option<Flow<T, E>>,
{
    type Value = T;
    type Error = E;

    #[inline]
    fn take(&mut self) -> Taken<T, E> {
        let Repeated { source, parts, body, rest, count } = &mut self.repeated;
        let left = if self.left == 0 { *count } else { self.left };
        let mut until = self.until;
        let pause = || {
            until -= 1;
            until == 0
        };
        let turned = turns(|| source.take(), parts, (body, rest), left, pause);
        self.until = if until == 0 { BETWEEN } else { until };
        match turned {
            Turned::Over(taken) => {
                self.left = 0;
                taken
            }
            Turned::Paused(left) => {
                self.left = left;
                Taken::Empty
            }
        }
    }

    fn leave(&mut self) -> bool {
        self.repeated.leave()
    }

    fn works(&self) -> bool {
        self.left != 0
    }
}

/// What became of some turns.
enum Turned<T, E> {
    /// The pass is over.
    Over(Taken<T, E>),
    /// So many values are left.
    Paused(u64),
}

/// Turns until the last of `left` values, or until `pause`, which is asked after each turn but the last.
#[inline(always)]
fn turns<V, E0: IntoError<E>, P, T, E>(
    mut take: impl FnMut() -> Taken<V, E0>,
    parts: &mut P,
    (body, rest): (&impl Fn(&mut P, V) -> Flow<T, E>, &impl Fn(&mut P) -> Option<Flow<T, E>>),
    mut left: u64,
    mut pause: impl FnMut() -> bool,
) -> Turned<T, E> {
    if left == 0 {
        return Turned::Over(Taken::Ended);
    }
    loop {
        let flow = match take() {
            Taken::Value(value) => body(parts, value),
            Taken::Error(error) => return Turned::Over(Taken::Error(error.into_error())),
            // A repeat inside has paused.
            Taken::Empty => return Turned::Paused(left),
            Taken::Ended => match rest(parts) {
                Some(flow) => flow,
                None => return Turned::Over(Taken::Ended),
            },
        };
        match flow {
            Flow::Next(value) => {
                left -= 1;
                if left == 0 {
                    return Turned::Over(Taken::Value(value));
                }
            }
            // A turn without a value is none.
            Flow::Skip => {}
            Flow::Fail(error) => return Turned::Over(Taken::Error(error)),
            Flow::End => return Turned::Over(Taken::Ended),
        }
        if pause() {
            return Turned::Paused(left);
        }
    }
}

/// The next value of a source that repeats, for a machine that can be stopped.
#[inline(always)]
pub fn take_repeated<I, S: Repeats<I>, H: Stops, V, E>(
    _: I,
    source: &mut S,
    entry: &Entry<'_, H>,
) -> Step<Result<S::Value, S::Error>, V, E> {
    match source.take_unless(entry.stop()) {
        Taken::Value(value) => Step::Go(Ok(value)),
        Taken::Error(error) => Step::Go(Err(error)),
        Taken::Empty => Step::Leave(stopped(StopReason::Requested)),
        Taken::Ended => Step::Leave(stopped(StopReason::Ended)),
    }
}

/// A source that repeats, as a lane takes it.
pub fn repeated_in_lane<I, S: Repeats<I>>(_: I, source: S) -> S::InLane {
    source.in_lane()
}
