//! Graphs that are one segment behind a source that always has a value or has ended.
//!
//! What has joints is put together where it is written, of as many parts as it has. Without one, all graphs are put
//! together alike, and it is done here: the compiler checks it once, and not in every graph, whose own code is the
//! body of its segment and nothing else.

use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;

use pin_project::pin_project;

use crate::completion::{Completion, Started, StopReason};
use crate::control::RunError;
use crate::env::Env;
use crate::graph::drawing::Drawing;
use crate::graph::flow::{Flow, no_rest};
use crate::graph::input::SourceInput;
use crate::graph::node::Line;
use crate::graph::placing::{home, lane};
use crate::graph::tail::{EndTail, EveryEndTail, SegmentTail, StraightTail, Tail};
use crate::graph::tell::Tell;
use crate::graph::topology::{GraphDesc, Topology};
use crate::launch::{Launch, LaunchError};
use crate::opaque::opaque;
use crate::operation::Operation;
use crate::receiver::Receiver;
use crate::sender::Sender;
use crate::source::{Source, Taken};

/// What the only segment of a graph makes of a `T`, by the stages `P`.
pub trait Whole<P, T, V, E>: Copy + Send {
    /// One pass.
    fn pass(self, stages: &mut P, value: T) -> Started<V, E>;

    /// A pass with what was gathered in batches, after the source has ended.
    #[inline(always)]
    fn rest(self, _: &mut P) -> Option<Started<V, E>> {
        None
    }

    /// The segment in a lane.
    fn tail(self, stages: P, tell: Tell<E>) -> impl Tail<T>;
}

/// The body of a segment that may filter or fail.
#[derive(Debug, Clone, Copy)]
pub struct Walk<G>(G);

impl<P, T, V, E, G> Whole<P, T, V, E> for Walk<G>
where
    P: Send,
    G: Fn(&mut P, T) -> Flow<V, E> + Copy + Send,
{
    #[inline(always)]
    fn pass(self, stages: &mut P, value: T) -> Started<V, E> {
        completed((self.0)(stages, value))
    }

    fn tail(self, stages: P, tell: Tell<E>) -> impl Tail<T> {
        SegmentTail::new(stages, self.0, no_rest, EndTail, move |error| tell.report(error))
    }
}

/// The body of a segment that gathers batches, and what gives the rest of them.
#[derive(Debug, Clone, Copy)]
pub struct Gather<G, F>(G, F);

impl<P, T, V, E, G, F> Whole<P, T, V, E> for Gather<G, F>
where
    P: Send,
    G: Fn(&mut P, T) -> Flow<V, E> + Copy + Send,
    F: Fn(&mut P) -> Option<Flow<V, E>> + Copy + Send,
{
    #[inline(always)]
    fn pass(self, stages: &mut P, value: T) -> Started<V, E> {
        completed((self.0)(stages, value))
    }

    #[inline(always)]
    fn rest(self, stages: &mut P) -> Option<Started<V, E>> {
        (self.1)(stages).map(completed)
    }

    fn tail(self, stages: P, tell: Tell<E>) -> impl Tail<T> {
        SegmentTail::new(stages, self.0, self.1, EndTail, move |error| tell.report(error))
    }
}

#[inline(always)]
fn completed<V, E>(flow: Flow<V, E>) -> Started<V, E> {
    Started::Inline(match flow {
        Flow::Next(value) => Completion::Value(value),
        Flow::Fail(error) => Completion::Error(error),
        Flow::Skip => Completion::Stopped(StopReason::Filtered),
        Flow::End => Completion::Stopped(StopReason::Ended),
    })
}

/// The body of a segment that makes one value of each.
#[derive(Debug, Clone, Copy)]
pub struct StraightWalk<G>(G);

impl<P, T, V, E, G> Whole<P, T, V, E> for StraightWalk<G>
where
    P: Send,
    G: Fn(&mut P, T) -> V + Copy + Send,
{
    #[inline(always)]
    fn pass(self, stages: &mut P, value: T) -> Started<V, E> {
        Started::Inline(Completion::Value((self.0)(stages, value)))
    }

    fn tail(self, stages: P, _: Tell<E>) -> impl Tail<T> {
        StraightTail::new(stages, self.0, EveryEndTail)
    }
}

/// A fused graph that is one segment; see [`Fused`](super::Fused) for what it is to its user.
///
/// `turn` makes of the source's error that of the graph.
#[must_use = "a graph does nothing until it is run: pass it to `engine.run` or `block_on`"]
pub struct Alone<S, P, W, X, V, E> {
    source: S,
    stages: P,
    walk: W,
    turn: X,
    desc: &'static GraphDesc,
    _types: PhantomData<fn() -> (V, E)>,
}

opaque!(Alone<S, P, W, X, V, E>);

/// A graph whose segment may filter or fail.
#[inline(always)]
pub const fn alone<S, P, V, E, G, X>(
    desc: &'static GraphDesc,
    source: S,
    stages: P,
    body: G,
    turn: X,
) -> Alone<S, P, Walk<G>, X, V, E>
where
    S: Source,
    G: Fn(&mut P, S::Value) -> Flow<V, E> + Copy,
    X: Fn(S::Error) -> E + Copy,
{
    Alone { source, stages, walk: Walk(body), turn, desc, _types: PhantomData }
}

/// A graph whose segment gathers batches.
#[inline(always)]
pub const fn alone_gathering<S, P, V, E, G, F, X>(
    desc: &'static GraphDesc,
    source: S,
    stages: P,
    body: G,
    rest: F,
    turn: X,
) -> Alone<S, P, Gather<G, F>, X, V, E>
where
    S: Source,
    G: Fn(&mut P, S::Value) -> Flow<V, E> + Copy,
    F: Fn(&mut P) -> Option<Flow<V, E>> + Copy,
    X: Fn(S::Error) -> E + Copy,
{
    Alone { source, stages, walk: Gather(body, rest), turn, desc, _types: PhantomData }
}

/// A graph whose segment makes one value of each.
#[inline(always)]
pub const fn alone_straight<S, P, V, E, G, X>(
    desc: &'static GraphDesc,
    source: S,
    stages: P,
    body: G,
    turn: X,
) -> Alone<S, P, StraightWalk<G>, X, V, E>
where
    S: Source,
    G: Fn(&mut P, S::Value) -> V + Copy,
    X: Fn(S::Error) -> E + Copy,
{
    Alone { source, stages, walk: StraightWalk(body), turn, desc, _types: PhantomData }
}

impl<S, P, W, X, V, E> Alone<S, P, W, X, V, E> {
    /// Bytes of the machine's state: none, for it never waits.
    pub const fn state_bytes(&self) -> usize {
        0
    }
}

impl<S: Source, P, W, X, V, E> Alone<S, P, W, X, V, E> {
    /// The drawing of this graph.
    ///
    /// **Costs** allocations; not for the hot path.
    pub fn inspect(&self) -> Topology {
        Drawing::of(self.desc, 0, None, &|drawing| self.draw(drawing))
    }

    fn draw(&self, drawing: &mut Drawing) {
        drawing.lane(self.source.home().as_ref(), &[0]);
        drawing.source(0, &self.source);
    }
}

#[diagnostic::do_not_recommend]
impl<S, P, W, X, V, E> Sender for Alone<S, P, W, X, V, E>
where
    S: Source + Send,
    P: Send,
    W: Whole<P, S::Value, V, E>,
    X: Fn(S::Error) -> E + Copy + Send,
{
    type Value = V;
    type Error = E;
    type Operation<R: Receiver<V, E>> = AloneOperation<S, P, W, X, V, E, R>;

    #[inline(always)]
    fn connect<R: Receiver<V, E>>(self, receiver: R, _: &Env) -> Self::Operation<R> {
        let Self { source, stages, walk, turn, _types, .. } = self;
        AloneOperation { source, stages, walk, turn, receiver, _types }
    }

    fn launch(self, launch: &mut Launch<'_>) -> Result<(), LaunchError>
    where
        Self: Send + 'static,
        V: Send,
        E: fmt::Display + Send + 'static,
    {
        launch.draw_fused(self.desc, 0, &|drawing| self.draw(drawing));
        let (turn, context) = (self.turn, home(&self.source, launch));
        let input = SourceInput::new(self.source, move |error| RunError::failed(turn(error)));
        lane(launch, context, Line::new(input, self.walk.tail(self.stages, Tell::NEW)));
        Ok(())
    }

    fn inspect(&self) -> Topology {
        Alone::inspect(self)
    }
}

/// An [`Alone`], connected. It never waits, so that a pass is one call.
#[pin_project]
pub struct AloneOperation<S, P, W, X, V, E, R> {
    source: S,
    stages: P,
    walk: W,
    turn: X,
    #[pin]
    receiver: R,
    _types: PhantomData<fn() -> (V, E)>,
}

opaque!(AloneOperation<S, P, W, X, V, E, R>);

// SAFETY: `receiver` gives the field that `connect` filled, and a start calls functions and returns.
unsafe impl<S, P, W, X, V, E, R> Operation for AloneOperation<S, P, W, X, V, E, R>
where
    S: Source + Send,
    P: Send,
    W: Whole<P, S::Value, V, E>,
    X: Fn(S::Error) -> E + Copy + Send,
    R: Receiver<V, E>,
{
    type Value = V;
    type Error = E;
    type Receiver = R;

    const IMMEDIATE: bool = true;

    #[inline(always)]
    unsafe fn start(self: Pin<&mut Self>) -> Started<V, E> {
        let this = self.project();
        match this.source.take() {
            Taken::Value(value) => this.walk.pass(this.stages, value),
            Taken::Error(error) => Started::Inline(Completion::Error((this.turn)(error))),
            Taken::Ended | Taken::Empty => match this.walk.rest(this.stages) {
                Some(started) => started,
                None => Started::Inline(Completion::Stopped(StopReason::Ended)),
            },
        }
    }

    unsafe fn rest(self: Pin<&mut Self>) -> Option<Started<V, E>> {
        let this = self.project();
        this.walk.rest(this.stages)
    }

    #[inline(always)]
    fn receiver(self: Pin<&mut Self>) -> Pin<&mut R> {
        self.project().receiver
    }
}
