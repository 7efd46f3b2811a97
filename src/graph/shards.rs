//! A `shard` in a running graph: a lane for each shard, edges to and from them, and where their passes meet again.

use std::marker::PhantomData;
use std::sync::{Arc, Mutex};

use crate::adaptors::{Entrusted, ShardKey, Shards};
use crate::completion::JoinError;
use crate::condition::Joins;
use crate::context::Scheduler;
use crate::control::Control;
use crate::edge::{EdgeReceiver, EdgeSender, Pop, Spsc};
use crate::graph::guard::Guards;
use crate::graph::held::Held;
use crate::graph::input::EdgeInput;
use crate::graph::node::Line;
use crate::graph::placing::lane;
use crate::graph::tag::{Both, Joined, Tag};
use crate::graph::tail::{ArmEndTail, MarkTail, PushTail, ShardTail};
use crate::graph::topology::EdgePlace;
use crate::graph::waiting::{And, Begin, Begun, wait_tail};
use crate::graph::zip::{ArmEdge, AsTheyCome, Edges, InOrder, ZipInput};
use crate::launch::{Launch, LaunchError, Spot};
use crate::sender::Sender;

/// The stage: in a machine one that waits, in lanes many.
#[derive(Debug)]
pub struct Sharded<F, K, C, A, const N: usize>(Held<Shards<F, K, C, A, N>>);

/// Checks a `shard`.
#[inline(always)]
#[rustfmt::skip]
pub fn shard<V: Send, E, F: FnMut(&V) -> K + Send, K: ShardKey, C: Scheduler, G: FnMut(usize) -> A, A: FnMut(V) -> S + Send, S: Sender<Value = U, Error = E2>, U, E2, M, const N: usize>(_: Tag<V, E>, key: F, on: [C; N], make: G) -> (Joined<E, E2, M, Sharded<F, K, C, A, N>>, Tag<U, Both<E, E2, M>>) where PhantomData<E>: Joins<E, E2, M> {
    (<PhantomData<E> as Joins<E, E2, M>>::hold(Sharded(Held::new(Shards::new(key, on, make)))), Tag::new())
}

impl<V, E, F, K, C, A, S, const N: usize> Begin<V, E> for Sharded<F, K, C, A, N>
where
    V: Send,
    F: FnMut(&V) -> K,
    K: ShardKey,
    C: Scheduler,
    A: FnMut(V) -> S + Send,
    S: Sender,
    E: JoinError<S::Error>,
{
    type Sender = Entrusted<V, C, A>;
    type Error = E::Joined;

    #[inline(always)]
    fn begin(&mut self, arrived: Result<V, E>) -> Begun<Self::Sender, E::Joined> {
        match arrived {
            Ok(value) => Begun::Wait(self.0.entrust(value)),
            Err(error) => Begun::Now(Err(error.earlier())),
        }
    }

    #[inline(always)]
    fn later(error: S::Error) -> E::Joined {
        E::later(error)
    }
}

impl<F, K, C: Scheduler, A, const N: usize> Sharded<F, K, C, A, N> {
    /// Where the shards are.
    pub(crate) fn schedulers(&self) -> &[C; N] {
        &self.0.schedulers
    }
}

/// The end that pushes of an edge to a shard, or from one.
type Pushes<T> = PushTail<EdgeSender<T>>;

/// The end that pops.
type Pops<T> = ArmEdge<EdgeReceiver<T>>;

/// What a shard made of a pass: nothing, if it has filtered it.
type Made<E, S> = Option<Result<<S as Sender>::Value, <E as JoinError<<S as Sender>::Error>>::Joined>>;

/// What is in front of shards. An error that is handled behind them goes past the arm of the first one.
type Front<V, E, F, K, G, W, const N: usize> = ShardTail<F, K, G, W, Pushes<Result<V, E>>, N>;

/// Both sides of each shard's lane.
type Sides<V, E, S, const N: usize> = ([Pushes<Result<V, E>>; N], [Pops<Made<E, S>>; N]);

/// In what order the passes of `N` shards go on, which come out of edges `P`.
pub trait Order<P, const N: usize> {
    /// What says in front of the shards where each pass went.
    type Ways;
    /// The edges behind the shards.
    type Behind: Edges;

    /// Has the edges `shards` of stage number `stage` lead `between` two lanes, from the first to the second.
    ///
    /// # Errors
    ///
    /// When an edge cannot be made.
    fn meet(
        self,
        launch: &mut Launch<'_>,
        between: (Spot, Spot),
        stage: usize,
        shards: [P; N],
    ) -> Result<(Self::Ways, Self::Behind), LaunchError>;
}

/// The order in which they were given out.
#[derive(Debug)]
pub struct Ordered;

impl<P: Pop, const N: usize> Order<ArmEdge<P>, N> for Ordered {
    type Ways = Pushes<u16>;
    type Behind = InOrder<Pops<u16>, ArmEdge<P>, N>;

    fn meet(
        self,
        launch: &mut Launch<'_>,
        (from, to): (Spot, Spot),
        stage: usize,
        shards: [ArmEdge<P>; N],
    ) -> Result<(Self::Ways, Self::Behind), LaunchError> {
        let (ways, told) = launch.edge::<u16, _>(EdgePlace::Past(stage), Spsc::new(), from, to)?;
        Ok((PushTail::new(ways), InOrder::new(ArmEdge::new(told), shards)))
    }
}

/// The order in which they come.
#[derive(Debug)]
pub struct Unordered;

impl<P: Edges, const N: usize> Order<P, N> for Unordered {
    type Ways = ArmEndTail;
    type Behind = AsTheyCome<P, N>;

    fn meet(
        self,
        _: &mut Launch<'_>,
        _: (Spot, Spot),
        _: usize,
        shards: [P; N],
    ) -> Result<(ArmEndTail, AsTheyCome<P, N>), LaunchError> {
        Ok((ArmEndTail, AsTheyCome::new(shards)))
    }
}

/// What is in front of shards in the order `O`, and what is behind them.
type Around<V, E, F, K, S, G, O, const N: usize> = (
    Front<V, E, F, K, G, <O as Order<Pops<Made<E, S>>, N>>::Ways, N>,
    ZipInput<<O as Order<Pops<Made<E, S>>, N>>::Behind>,
);

/// Makes the lanes of the shards of stage number `stage`, which `guard` guards, between the two lanes of which the second takes their passes in
/// the order `O`.
///
/// # Errors
///
/// When an edge cannot be made.
pub fn shards<V, E, F, K, C, A, S, O, G, const N: usize>(
    launch: &mut Launch<'_>,
    control: &Control,
    tag: Tag<V, E>,
    sharded: Sharded<F, K, C, A, N>,
    order: O,
    between: (Spot, Spot),
    (stage, guard): (usize, G),
) -> Result<Around<V, E, F, K, S, G, O, N>, LaunchError>
where
    V: Send + 'static,
    E: JoinError<S::Error, Joined: Send + 'static> + Send + 'static,
    C: Scheduler,
    A: FnMut(V) -> S + Send,
    S: Sender<Value: Send + 'static>,
    O: Order<Pops<Made<E, S>>, N>,
    G: Guards,
{
    let Shards { key, schedulers, arms, .. } = sharded.0.into_inner();
    let (pushes, pops) = lanes(launch, control, tag, (schedulers, arms), between, (stage, guard))?;
    let (ways, behind) = order.meet(launch, between, stage, pops)?;
    Ok((ShardTail::new(key, guard, ways, pushes), ZipInput::new(behind)))
}

/// One lane for each shard.
fn lanes<V, E, C, A, S, G, const N: usize>(
    launch: &mut Launch<'_>,
    control: &Control,
    tag: Tag<V, E>,
    (schedulers, arms): ([C; N], [Arc<Mutex<A>>; N]),
    (from, to): (Spot, Spot),
    (stage, guard): (usize, G),
) -> Result<Sides<V, E, S, N>, LaunchError>
where
    V: Send + 'static,
    E: JoinError<S::Error, Joined: Send + 'static> + Send + 'static,
    C: Scheduler,
    A: FnMut(V) -> S + Send,
    S: Sender<Value: Send + 'static>,
    G: Guards,
{
    let (mut pushes, mut pops) = (Vec::with_capacity(N), Vec::with_capacity(N));
    for (number, (scheduler, arm)) in schedulers.iter().zip(arms).enumerate() {
        let arm = Arc::into_inner(arm).and_then(|arm| arm.into_inner().ok());
        let Some(arm) = arm else {
            return Err(LaunchError::Context("a shard of this graph is in use already".to_owned()));
        };
        let there = launch.spot(Some(scheduler.context()));
        let (given, taken) =
            launch.edge::<Result<V, E>, _>(EdgePlace::To(stage, number), Spsc::new(), from, there)?;
        let (made, met) =
            launch.edge::<Made<E, S>, _>(EdgePlace::From(stage, number), Spsc::new(), there, to)?;
        let tail = wait_tail(control, tag, And(Held::new(arm)), guard, MarkTail::new(PushTail::new(made)));
        lane(launch, there, Line::new(EdgeInput::new(taken), tail));
        pushes.push(PushTail::new(given));
        pops.push(ArmEdge::new(met));
    }
    match (pushes.try_into(), pops.try_into()) {
        (Ok(pushes), Ok(pops)) => Ok((pushes, pops)),
        _ => unreachable!("one of each was made for each shard"),
    }
}
