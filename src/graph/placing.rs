//! Launching a fused graph: its edges, and its lanes on their contexts.

use crate::context::{ContextRef, Scheduler};
use crate::edge::{Edge, EdgeReceiver, EdgeSender};
use crate::graph::fused_lane::{FusedLane, Hosted};
use crate::graph::node::{Node, Pair};
use crate::graph::tag::Tag;
use crate::graph::tail::LaneState;
use crate::graph::topology::EdgePlace;
use crate::launch::{Launch, LaunchError, Receiving, Sending, Spot};
use crate::on::On;
use crate::ring::Auto;
use crate::source::Source;

/// The context that the source's lane runs on.
pub fn home<S: Source>(source: &S, launch: &mut Launch<'_>) -> Spot {
    let home = source.home();
    launch.spot(home.as_ref())
}

/// `source`, whose parts that live on other contexts than itself have lanes of their own. It is drawn as stage number `stage`.
///
/// # Errors
///
/// When an edge from one of them cannot be made.
pub fn parted<S: Source>(mut source: S, launch: &mut Launch<'_>, stage: usize) -> Result<S, LaunchError> {
    launch.parts_at(stage);
    let home = home(&source, launch);
    source.part(launch, home)?;
    Ok(source)
}

/// The context that a hop leads to.
pub fn context_of<C: Scheduler, K>(hop: &On<C, K>, launch: &mut Launch<'_>) -> Spot {
    launch.spot(Some(hop.scheduler().context()))
}

/// The context of a segment that may be a device's.
pub fn context_at(context: &ContextRef, launch: &mut Launch<'_>) -> Spot {
    launch.spot(Some(context))
}

/// The context that a hop leads to, borrowed.
pub fn scheduler_context<C: Scheduler, K>(hop: &On<C, K>) -> &ContextRef {
    hop.scheduler().context()
}

/// Whether the source lives on `context`.
pub fn is_home<S: Source>(source: &S, context: Spot, launch: &Launch<'_>) -> bool {
    source.home().is_some_and(|home| home.id() == launch.context(context).id())
}

/// Both ends of an edge that carries a `T`.
pub type Ends<T, K> = (Sending<<K as Edge<T>>::Sender>, Receiving<<K as Edge<T>>::Receiver>);

/// Both ends of a ring beside an edge.
pub type Beside<T> = (Sending<EdgeSender<T, Auto>>, Receiving<EdgeReceiver<T, Auto>>);

/// The hop that an arm without one gets its edge by, to where the arms meet.
pub const fn to_the_join() -> On<()> {
    On::NOWHERE
}

/// Checks that the edge of hop number `hop`, which is inside of an arm or takes the arms along, keeps every
/// value: where arms meet, the next value of each belongs to the next pass.
///
/// # Errors
///
/// When its policy may lose values.
pub fn keeps_every_value(launch: &Launch<'_>, hop: usize) -> Result<(), LaunchError> {
    launch.keeps_every_value(hop)
}

/// Makes the edge of hop number `hop`, for values as they are.
///
/// # Errors
///
/// When it cannot be opened.
pub fn edge<V, E, C, K: Edge<V>>(
    launch: &mut Launch<'_>,
    hop: usize,
    _: Tag<V, E>,
    on: &On<C, K>,
    from: Spot,
    to: Spot,
) -> Result<Ends<V, K>, LaunchError> {
    launch.edge(EdgePlace::Hop(hop), on.crosses_over().clone(), from, to)
}

/// Makes the edge of hop number `hop`, for values or errors that a later stage handles.
///
/// # Errors
///
/// When it cannot be opened.
pub fn edge_of_results<V, E, C, K: Edge<Result<V, E>>>(
    launch: &mut Launch<'_>,
    hop: usize,
    _: Tag<V, E>,
    on: &On<C, K>,
    from: Spot,
    to: Spot,
) -> Result<Ends<Result<V, E>, K>, LaunchError> {
    launch.edge(EdgePlace::Hop(hop), on.crosses_over().clone(), from, to)
}

/// Makes the edge of hop number `hop`, for the passes of an arm, also those without a value.
///
/// # Errors
///
/// When it cannot be opened.
pub fn edge_of_marked<V, E, C, K: Edge<Option<V>>>(
    launch: &mut Launch<'_>,
    hop: usize,
    _: Tag<V, E>,
    on: &On<C, K>,
    from: Spot,
    to: Spot,
) -> Result<Ends<Option<V>, K>, LaunchError> {
    launch.edge(EdgePlace::Hop(hop), on.crosses_over().clone(), from, to)
}

/// The same, for passes that may have failed too.
///
/// # Errors
///
/// When it cannot be opened.
pub fn edge_of_marked_results<V, E, C, K: Edge<Option<Result<V, E>>>>(
    launch: &mut Launch<'_>,
    hop: usize,
    _: Tag<V, E>,
    on: &On<C, K>,
    from: Spot,
    to: Spot,
) -> Result<Ends<Option<Result<V, E>>, K>, LaunchError> {
    launch.edge(EdgePlace::Hop(hop), on.crosses_over().clone(), from, to)
}

/// Makes the ring number `hop`, which says to where a route's arms meet which of them each
/// pass went through.
///
/// # Errors
///
/// When its capacity is zero or too large.
pub fn edge_of_ways<C, K>(
    launch: &mut Launch<'_>,
    hop: usize,
    on: &On<C, K>,
    from: Spot,
    to: Spot,
) -> Result<Beside<bool>, LaunchError> {
    launch.edge(EdgePlace::Hop(hop), on.beside(), from, to)
}

/// Makes the ring number `hop`, which says to where arms meet whether a pass has failed before them.
///
/// # Errors
///
/// When its capacity is zero or too large.
pub fn edge_of_past<V, E: Send + 'static, C, K>(
    launch: &mut Launch<'_>,
    hop: usize,
    _: Tag<V, E>,
    on: &On<C, K>,
    from: Spot,
    to: Spot,
) -> Result<Beside<Result<(), E>>, LaunchError> {
    launch.edge(EdgePlace::Hop(hop), on.beside(), from, to)
}

/// The lanes of a graph behind the first hop: a list of `(context, node)` pairs.
pub trait Lanes {
    /// Plans one lane each.
    fn place(self, launch: &mut Launch<'_>);

    /// The same, with the source's node in the lane on `home` if there is one.
    fn place_with<H: Node>(self, home: Spot, node: H, launch: &mut Launch<'_>);
}

impl Lanes for () {
    fn place(self, _: &mut Launch<'_>) {}

    fn place_with<H: Node>(self, home: Spot, node: H, launch: &mut Launch<'_>) {
        lane(launch, home, node);
    }
}

impl<N: Node, R: Lanes> Lanes for ((Spot, N), R) {
    fn place(self, launch: &mut Launch<'_>) {
        let ((context, node), rest) = self;
        lane(launch, context, node);
        rest.place(launch);
    }

    fn place_with<H: Node>(self, home: Spot, source: H, launch: &mut Launch<'_>) {
        let ((context, node), rest) = self;
        if launch.context(context).id() == launch.context(home).id() {
            lane(launch, context, Pair::new(source, node));
            rest.place(launch);
        } else {
            lane(launch, context, node);
            rest.place_with(home, source, launch);
        }
    }
}

/// Plans one lane.
pub fn lane<N: Node>(launch: &mut Launch<'_>, context: Spot, node: N) {
    // The closure that calls this cannot promise it by a bound: its body is checked where the graph is written,
    // also for a graph that borrows and is only ever run once in place.
    // SAFETY: only the launch closure of a `Fused` calls this, with nodes made of nothing but its parts, and
    // `Sender::launch` requires that they are `'static`.
    let node = unsafe { Hosted::new(node) };
    hosted(launch, context, node);
}

fn hosted(launch: &mut Launch<'_>, context: Spot, node: Hosted) {
    let state = LaneState::new(launch.control().clone());
    let number = launch.next_number(context);
    let context = launch.context(context).clone();
    launch.place(&context, Box::new(FusedLane::new(node, state, number)));
}

/// Plans the lane of the source, and those behind the first hop.
///
/// The source's node shares a lane with those of `rest` that run on its context, as in a chain that
/// goes back to where it began. A first hop that leads to where the source is put makes a lane of
/// its own there: each way to share one is another loop body to compile.
pub fn lanes<H: Node>(launch: &mut Launch<'_>, home: Spot, source: H, rest: impl Lanes) {
    rest.place_with(home, source, launch);
}
