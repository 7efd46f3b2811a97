//! Periods of the clock that rows take on a simulated card.

use std::error::Error;
use std::fmt;

use super::{SimulatedCard, Simulation};
use crate::core::Core;
use crate::driver::{Card, CardError, Cards, Shape};
use crate::shell::Shell;

/// Rows of the batches that are alone on the card.
const ALONE: [usize; 3] = [1, 16, 256];
/// Batches of 256 rows, and how many of them are in flight.
const STREAM: (u64, usize) = (64, 4);

/// Periods per row of one core, counted on a simulated card.
///
/// A batch pays for two round trips of the bus, for its descriptor and for its values, and for the core's latency; each of its
/// rows pays a period. Displayed as a line of [`HEADING`](Self::HEADING)'s table, but for the name.
#[derive(Debug, Clone, PartialEq)]
pub struct Cycles {
    /// Of batches of 1, 16 and 256 rows, one at a time.
    pub alone: [f64; ALONE.len()],
    /// Of batches of 256 rows, four in flight.
    pub streamed: f64,
    latency: u32,
    bytes: [u32; 3],
}

impl Cycles {
    /// The heading of a table of them, in Markdown.
    pub const HEADING: &str = "\
| core | bytes in, out | bus, bytes | latency, cycles | batch of 1 | of 16 | of 256 | 4 of 256 in flight |
|---|---|---|---|---|---|---|---|";

    /// Counts on cards of `simulation` that it opens for this. All values are zeros: a core takes as long whatever they are.
    ///
    /// # Errors
    ///
    /// When such a card cannot be opened, for want of Verilator for one, or fails.
    pub fn count(simulation: &Simulation, core: &Core) -> Result<Self, Box<dyn Error>> {
        let open = |window| simulation.open(core, Shape { rows: ALONE[2], window });
        let mut alone = [0.0; ALONE.len()];
        for (found, rows) in alone.iter_mut().zip(ALONE) {
            *found = of_batch(&mut open(1)?, rows)? as f64 / rows as f64;
        }
        let (batches, window) = STREAM;
        let streamed = of_stream(&mut open(window)?, batches)? as f64 / (batches * ALONE[2] as u64) as f64;
        let bytes =
            [core.netlist().input_bytes(), core.netlist().output_bytes(), Shell::new(core).bus_bytes()];
        Ok(Self { alone, streamed, latency: core.latency(), bytes })
    }
}

impl fmt::Display for Cycles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { alone: [one, few, many], streamed, latency, bytes: [taken, given, bus] } = self;
        write!(f, "{taken}, {given} | {bus} | {latency} | {one:.2} | {few:.2} | {many:.2} | {streamed:.2}")
    }
}

/// From the fetch of its descriptor to its completion, as the card says.
fn of_batch(card: &mut SimulatedCard, rows: usize) -> Result<u64, CardError> {
    card.submit(0, rows)?;
    while card.poll()? == 0 {}
    Ok(card.last_cycles().into())
}

/// From the first doorbell to the last completion, with as many batches in flight as there are slots.
fn of_stream(card: &mut SimulatedCard, batches: u64) -> Result<u64, CardError> {
    let Shape { rows, window } = card.shape();
    let began = card.bar().cycles();
    let (mut submitted, mut finished) = (0, 0);
    while finished < batches {
        while submitted < batches && submitted - finished < window as u64 {
            card.submit((submitted % window as u64) as usize, rows)?;
            submitted += 1;
        }
        finished += card.poll()? as u64;
    }
    Ok(card.bar().cycles() - began)
}
