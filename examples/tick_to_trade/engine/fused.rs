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
use fusewire::engine::Handle;
use fusewire::graph::topology::Topology;
use fusewire::loan::{Lent, Returned, lend};
use fusewire::wait::Wait;

use super::{Job, Outcome, Wiring};
use crate::parts::desk::Desk;
use crate::parts::feed::Feed;
use crate::parts::input::BadInput;
use crate::parts::strategy::Strategy;
use sockets::Sockets;

/// Runs the job.
///
/// # Errors
/// A core does not exist, a socket fails, or a stage does.
pub fn run(job: &Job<'_>, wiring: Wiring<'_>) -> Result<Outcome, BadInput> {
    let io = Io::builder().name("io").core(job.io_core).wait(Wait::Spin).build().map_err(failed)?;
    let compute = Cpu::builder().name("compute").core(job.compute_core).wait(Wait::Spin).build();
    let compute = compute.map_err(failed)?;
    let (state, back) = lend_all(job);
    match wiring {
        Wiring::Memory => memory::run(job, io, compute, state, back),
        Wiring::Sockets { feed, orders, start, done } => {
            sockets::run(job, Sockets { feed, orders, start, done }, io, compute, state, back)
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

/// What the stages hold while the graph runs.
struct State {
    feed: Lent<Feed>,
    strategy: Lent<Strategy>,
    desk: Lent<Desk>,
}

/// Where it comes back to.
struct Back {
    feed: Returned<Feed>,
    strategy: Returned<Strategy>,
    desk: Returned<Desk>,
}

fn lend_all(job: &Job<'_>) -> (State, Back) {
    let rows = if job.recording { job.tape.numbered() } else { 0 };
    let mut strategy = Strategy::new(Arc::clone(&job.model), job.tick);
    let mut desk = Desk::new(job.clock, job.tape.symbol());
    if job.recording {
        strategy = strategy.recording(rows);
        desk = desk.recording(rows);
    }
    let ((feed, feed_back), (strategy, strategy_back), (desk, desk_back)) =
        (lend(Feed::new()), lend(strategy), lend(desk));
    (State { feed, strategy, desk }, Back { feed: feed_back, strategy: strategy_back, desk: desk_back })
}

impl Back {
    /// The outcome, once the graph has ended; where it came from and went to adds the rest.
    fn outcome(self, crossings: String) -> Outcome {
        let gone = "a graph that has ended has given back what its stages held";
        let feed = self.feed.take().expect(gone);
        let strategy = self.strategy.take().expect(gone);
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
            scores: strategy.into_scores(),
            kept,
            order_bytes: Vec::new(),
            crossings: Some(crossings),
            interrupted: false,
        }
    }
}
