//! Launching a fused graph: its edges, and its lanes on their contexts.

use crate::context::{ContextRef, Scheduler};
use crate::graph::drawing::settings_of;
use crate::graph::fused_lane::{FusedLane, Hosted};
use crate::graph::node::{Node, Pair};
use crate::graph::tag::Tag;
use crate::graph::tail::LaneState;
use crate::launch::{Launch, LaunchError, Receiving, Sending, Spot};
use crate::on::{On, Overflow};
use crate::ring::Layout;
use crate::source::Source;

/// The context that the source's lane runs on.
pub fn home<S: Source>(source: &S, launch: &mut Launch<'_>) -> Spot {
    let home = source.home();
    launch.spot(home.as_ref())
}

/// `source`, whose parts that live on other contexts than itself have lanes of their own.
///
/// # Errors
///
/// When an edge from one of them cannot be made.
pub fn parted<S: Source>(mut source: S, launch: &mut Launch<'_>) -> Result<S, LaunchError> {
    let home = home(&source, launch);
    source.part(launch, home)?;
    Ok(source)
}

/// The context that a hop leads to.
pub fn context_of<C: Scheduler, L: Layout>(hop: &On<C, L>, launch: &mut Launch<'_>) -> Spot {
    launch.spot(Some(hop.scheduler().context()))
}

/// The context of a segment that may be a device's.
pub fn context_at(context: &ContextRef, launch: &mut Launch<'_>) -> Spot {
    launch.spot(Some(context))
}

/// The context that a hop leads to, borrowed.
pub fn scheduler_context<C: Scheduler, L: Layout>(hop: &On<C, L>) -> &ContextRef {
    hop.scheduler().context()
}

/// Whether the source lives on `context`.
pub fn is_home<S: Source>(source: &S, context: Spot, launch: &Launch<'_>) -> bool {
    source.home().is_some_and(|home| home.id() == launch.context(context).id())
}

/// Both ends of an edge.
pub type Ends<T, L> = (Sending<T, L>, Receiving<T, L>);

/// The hop that an arm without one gets its edge by, to where the arms meet.
pub const fn to_the_join() -> On<()> {
    On::NOWHERE
}

/// Checks that the edge of a hop inside of an arm, or of one that takes the arms along, keeps every
/// value: where arms meet, the next value of each belongs to the next pass.
///
/// # Errors
///
/// When its policy is to drop values.
pub fn keeps_every_value<C: Scheduler, L: Layout>(hop: &On<C, L>) -> Result<(), LaunchError> {
    match hop.settings().overflow {
        Overflow::Block => Ok(()),
        policy => Err(LaunchError::Edge(format!(
            "the edge to `{}` is one of arms that meet value by value, and its policy {} would lose one of them: \
             give the policy to a hop before the fork, or to one after a stage behind it",
            hop.scheduler().context().name(),
            policy.name(),
        ))),
    }
}

/// Makes the edge of hop number `hop`, for values as they are.
///
/// # Errors
///
/// When its capacity is zero or too large.
pub fn edge<V: Send + 'static, E, C: Scheduler, L: Layout>(
    launch: &mut Launch<'_>,
    hop: usize,
    _: Tag<V, E>,
    on: &On<C, L>,
    from: Spot,
    to: Spot,
) -> Result<Ends<V, L>, LaunchError> {
    launch.edge(hop, settings_of(on), from, to)
}

/// Makes the edge of hop number `hop`, for values or errors that a later stage handles.
///
/// # Errors
///
/// When its capacity is zero or too large.
pub fn edge_of_results<V: Send + 'static, E: Send + 'static, C, L: Layout>(
    launch: &mut Launch<'_>,
    hop: usize,
    _: Tag<V, E>,
    on: &On<C, L>,
    from: Spot,
    to: Spot,
) -> Result<Ends<Result<V, E>, L>, LaunchError> {
    launch.edge(hop, settings_of(on), from, to)
}

/// Makes the edge of hop number `hop`, for the passes of an arm, also those without a value.
///
/// # Errors
///
/// When its capacity is zero or too large.
pub fn edge_of_marked<V: Send + 'static, E, C, L: Layout>(
    launch: &mut Launch<'_>,
    hop: usize,
    _: Tag<V, E>,
    on: &On<C, L>,
    from: Spot,
    to: Spot,
) -> Result<Ends<Option<V>, L>, LaunchError> {
    launch.edge(hop, settings_of(on), from, to)
}

/// The same, for passes that may have failed too.
///
/// # Errors
///
/// When its capacity is zero or too large.
pub fn edge_of_marked_results<V: Send + 'static, E: Send + 'static, C, L: Layout>(
    launch: &mut Launch<'_>,
    hop: usize,
    _: Tag<V, E>,
    on: &On<C, L>,
    from: Spot,
    to: Spot,
) -> Result<Ends<Option<Result<V, E>>, L>, LaunchError> {
    launch.edge(hop, settings_of(on), from, to)
}

/// Makes the edge of hop number `hop`, which says to where a route's arms meet which of them each
/// pass went through.
///
/// # Errors
///
/// When its capacity is zero or too large.
pub fn edge_of_ways<C, L: Layout>(
    launch: &mut Launch<'_>,
    hop: usize,
    on: &On<C, L>,
    from: Spot,
    to: Spot,
) -> Result<Ends<bool, L>, LaunchError> {
    launch.edge(hop, settings_of(on), from, to)
}

/// Makes the edge of hop number `hop`, which says to where arms meet whether a pass has failed before them.
///
/// # Errors
///
/// When its capacity is zero or too large.
pub fn edge_of_past<V, E: Send + 'static, C, L: Layout>(
    launch: &mut Launch<'_>,
    hop: usize,
    _: Tag<V, E>,
    on: &On<C, L>,
    from: Spot,
    to: Spot,
) -> Result<Ends<Result<(), E>, L>, LaunchError> {
    launch.edge(hop, settings_of(on), from, to)
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
    let context = launch.context(context).clone();
    launch.place(&context, Box::new(FusedLane::new(node, state)));
}

/// Plans the lane of the source, and those behind the first hop.
///
/// The source's node shares a lane with those of `rest` that run on its context, as in a chain that
/// goes back to where it began. A first hop that leads to where the source is put makes a lane of
/// its own there: each way to share one is another loop body to compile.
pub fn lanes<H: Node>(launch: &mut Launch<'_>, home: Spot, source: H, rest: impl Lanes) {
    rest.place_with(home, source, launch);
}
