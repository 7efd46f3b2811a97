//! The job as a graph: what the stages do is in [`stages`], what joins them together is fusewire's.

#[path = "fused/memory.rs"]
mod memory;
#[path = "fused/seldom.rs"]
mod seldom;
#[path = "fused/sockets.rs"]
mod sockets;
#[path = "fused/stages.rs"]
mod stages;

use std::fmt::Write;
use std::sync::Arc;

use fusewire::context::cpu::Cpu;
use fusewire::context::io::Io;
use fusewire::device::Device;
use fusewire::device::reference::Reference;
use fusewire::engine::Handle;
use fusewire::graph::topology::Topology;
use fusewire::loan::{Lent, Returned, lend};
use fusewire::wait::Wait;

use super::{Job, Outcome, Wiring};
use crate::parts::desk::Desk;
use crate::parts::device::{Asking, Numbers};
use crate::parts::feed::Feed;
use crate::parts::input::BadInput;
use crate::parts::model::forest::tables::Fixed;
use crate::parts::model::kernels::{FixedShape, Shape, Split, splits};
use crate::parts::strategy::{Decision, Strategy};
use sockets::Sockets;

/// Runs the job.
///
/// # Errors
/// A core does not exist, a socket fails, or a stage does.
pub fn run(job: &Job<'_>, wiring: Wiring<'_>) -> Result<Outcome, BadInput> {
    start::<Reference>(job, wiring, None)
}

/// Runs the job with a device that scores.
///
/// # Errors
/// As those of [`run`]; the device cannot be opened, or was lost; the model does not fit devices.
pub fn run_on_device<D: Device>(
    job: &Job<'_>,
    wiring: Wiring<'_>,
    device: D,
    numbers: Numbers,
) -> Result<Outcome, BadInput> {
    start(job, wiring, Some((device, numbers)))
}

fn start<D: Device>(
    job: &Job<'_>,
    wiring: Wiring<'_>,
    device: Option<(D, Numbers)>,
) -> Result<Outcome, BadInput> {
    let place = match device {
        None => Place::Cpu,
        Some((device, numbers)) => Place::Device(Box::new(Scoring::new(job, device, numbers)?)),
    };
    let io = Io::builder().name("io").core(job.io_core).wait(Wait::Spin).build().map_err(failed)?;
    let compute = Cpu::builder().name("compute").core(job.compute_core).wait(Wait::Spin).build();
    let compute = compute.map_err(failed)?;
    let (state, back) = lend_all(job);
    match wiring {
        Wiring::Memory => memory::run(job, io, compute, place, state, back),
        Wiring::Sockets { feed, orders, start, done } => {
            let sockets = Sockets { feed, orders, start, done };
            sockets::run(job, sockets, io, compute, place, state, back)
        }
    }
}

/// Lets Ctrl-C drain the graph.
#[cfg(unix)]
fn listen(handle: &Handle) -> Result<fusewire::signal::Interrupt, BadInput> {
    fusewire::signal::on_interrupt(handle).map_err(failed)
}

#[cfg(not(unix))]
fn listen(_: &Handle) -> Result<(), BadInput> {
    Ok(())
}

fn failed(error: impl std::fmt::Display) -> BadInput {
    BadInput::new(format!("the fused engine: {error}"))
}

/// What went through the rings, a line each.
fn crossings(graph: &Topology) -> String {
    let mut text = String::new();
    for edge in &graph.edges {
        let name = |lane: Option<usize>| lane.map_or("outside", |lane| &graph.lanes[lane].name);
        let _ = write!(text, "{} -> {}", name(edge.from), name(edge.to));
        if let Some(counters) = edge.counters {
            let (popped, stalls) = (counters.popped, counters.stalls);
            let _ = write!(text, ": {popped} crossed, the ring was full {stalls} times");
        }
        if let Some(cost) = edge.cost {
            let _ = write!(
                text,
                "; before the start a line took {} ns to cross (p99 {})",
                cost.p50_ns, cost.p99_ns
            );
        }
        text.push('\n');
    }
    text
}

/// Where rows are scored.
enum Place<D> {
    Cpu,
    Device(Box<Scoring<D>>),
}

/// A device, and what its kernel is given.
struct Scoring<D> {
    device: D,
    numbers: Numbers,
    asking: Asking,
    splits: Vec<Split>,
    classes: Vec<u32>,
    shape: Shape,
    leaves: Vec<f32>,
    fixed_shape: FixedShape,
    fixed: Fixed,
}

impl<D> Scoring<D> {
    fn new(job: &Job<'_>, device: D, numbers: Numbers) -> Result<Scoring<D>, BadInput> {
        let tables = job.model.tables()?;
        let fixed = Fixed::new(&tables);
        Ok(Scoring {
            device,
            numbers,
            splits: splits(&tables),
            classes: tables.classes.clone(),
            shape: Shape { levels: tables.levels, bases: tables.bases },
            leaves: tables.leaves.clone(),
            fixed_shape: FixedShape { levels: tables.levels, bases: fixed.bases },
            fixed,
            asking: Asking::new(tables, job.tick),
        })
    }
}

/// Builds the graph that the place wants, shows it and launches it: from a source of snapshots to what takes orders. Gives
/// the handle and when it was launched.
///
/// The three differ in what stands between; a macro, because each graph has a type of its own.
macro_rules! trade {
    ($job:ident, $engine:ident, $place:ident, $compute:ident, $io:ident, $strategy:ident, $decision:ident;
     $source:tt $orders:tt) => {
        match $place {
            Place::Cpu => {
                drop($decision);
                trade!(@launch $job, $engine; $source [
                    .then(on($compute))
                    .filter_map(on_snapshot($strategy))
                    .then(on($io))
                ] $orders)
            }
            Place::Device(scoring) => {
                drop($strategy);
                let Scoring { device, numbers, asking, splits, classes, shape, leaves, fixed_shape, fixed } = *scoring;
                let Fixed { leaves: fixed_leaves, point, .. } = fixed;
                match numbers {
                    Numbers::Float => trade!(@launch $job, $engine; $source [
                        .then(on($compute))
                        .map(on_snapshot_ask(asking))
                        .then(on(device))
                        .map(judge::with(shape, splits, leaves, classes))
                        .then(on($io))
                        .filter_map(on_judged($decision))
                    ] $orders),
                    Numbers::Fixed => trade!(@launch $job, $engine; $source [
                        .then(on($compute))
                        .map(on_snapshot_ask(asking))
                        .then(on(device))
                        .map(judge_fixed::with(fixed_shape, splits, fixed_leaves, classes))
                        .then(on($io))
                        .filter_map(on_judged_fixed($decision, point))
                    ] $orders),
                }
            }
        }
    };
    (@launch $job:ident, $engine:ident; [$($source:tt)*] [$($between:tt)*] [$($orders:tt)*]) => {{
        let graph = fuse! { $($source)* $($between)* $($orders)* };
        $job.show(&graph.inspect());
        let launched = $job.clock.now();
        ($engine.run(graph).map_err(failed)?, launched)
    }};
}
use trade;

/// What the stages hold while the graph runs.
struct State {
    feed: Lent<Feed>,
    /// Used where the cpu scores.
    strategy: Lent<Strategy>,
    /// Used where a device scores.
    decision: Lent<Decision>,
    desk: Lent<Desk>,
}

/// Where it comes back to.
struct Back {
    feed: Returned<Feed>,
    strategy: Returned<Strategy>,
    decision: Returned<Decision>,
    desk: Returned<Desk>,
}

fn lend_all(job: &Job<'_>) -> (State, Back) {
    let rows = if job.recording { job.tape.numbered() } else { 0 };
    let mut strategy = Strategy::new(Arc::clone(&job.model), job.tick);
    let mut decision = Decision::default();
    let mut desk = Desk::new(job.clock, job.tape.symbol());
    if job.recording {
        strategy = strategy.recording(rows);
        decision = Decision::recording(rows);
        desk = desk.recording(rows);
    }
    let ((feed, feed_back), (strategy, strategy_back)) = (lend(Feed::new()), lend(strategy));
    let ((decision, decision_back), (desk, desk_back)) = (lend(decision), lend(desk));
    (
        State { feed, strategy, decision, desk },
        Back { feed: feed_back, strategy: strategy_back, decision: decision_back, desk: desk_back },
    )
}

impl Back {
    /// The outcome, once the graph has ended; where it came from and went to adds the rest.
    fn outcome(self, crossings: String) -> Outcome {
        let gone = "a graph that has ended has given back what its stages held";
        let feed = self.feed.take().expect(gone);
        let strategy = self.strategy.take().expect(gone);
        let decision = self.decision.take().expect(gone);
        let desk = self.desk.take().expect(gone);
        let (orders, first_ns) = (u64::from(desk.sent()), desk.first_ns());
        let (packet_to_order, kept) = desk.into_parts();
        Outcome {
            feed: feed.counts(),
            stale: feed.is_stale(),
            orders,
            accepted: None,
            took_ns: 0,
            packet_to_order,
            through_sockets: None,
            first_ns,
            scores: Some(strategy.into_scores())
                .filter(|scores| !scores.is_empty())
                .unwrap_or_else(|| decision.into_scores()),
            kept,
            order_bytes: Vec::new(),
            crossings: Some(crossings),
            interrupted: false,
        }
    }
}
