//! Models on a device: the same graph whatever the device, rows in and answers out in order.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use fusewire::context::cpu::Cpu;
use fusewire::device::Device;
use fusewire::engine::Engine;
use fusewire::kernel::Data;
use fusewire::loan::{Lent, Returned, lend};
use fusewire::prelude::*;

use super::forest::tables::{Fixed, Tables};
use super::kernels::{FixedShape, Keys, Margins, Shape, Sums, margins, splits, sums};
use super::mlp::{Features, Logits, Net, logits};

/// What came of all rows.
#[derive(Debug)]
pub struct Ran<T> {
    /// An answer for each row, in order.
    pub answers: Vec<T>,
    /// From the first row to the end; the device was made ready before.
    pub took: Duration,
    /// The graph, as `inspect` shows it once it is launched.
    pub drawing: String,
}

/// [`margins`] of all rows on `device`.
///
/// # Errors
/// The device cannot be opened, or was lost.
pub fn run_margins<D: Device>(device: D, tables: &Tables, rows: &[Keys]) -> Result<Ran<Margins>, String> {
    let (ends, kept, home) = Ends::new(rows)?;
    let shape = Shape { levels: tables.levels, bases: tables.bases };
    let (splits, leaves, classes) = (splits(tables), tables.leaves.clone(), tables.classes.clone());
    let graph = fuse! {
        from_iter(ends.rows(rows))
            .then(on(device))
            .map(margins::with(shape, splits, leaves, classes))
            .then(on(home))
            .for_each(keep(kept))
    };
    ends.ran(Engine::new().run(graph))
}

/// [`sums`] of all rows on `device`.
///
/// # Errors
/// The device cannot be opened, or was lost.
pub fn run_sums<D: Device>(
    device: D,
    tables: &Tables,
    fixed: &Fixed,
    rows: &[Keys],
) -> Result<Ran<Sums>, String> {
    let (ends, kept, home) = Ends::new(rows)?;
    let shape = FixedShape { levels: tables.levels, bases: fixed.bases };
    let (splits, leaves, classes) = (splits(tables), fixed.leaves.clone(), tables.classes.clone());
    let graph = fuse! {
        from_iter(ends.rows(rows))
            .then(on(device))
            .map(sums::with(shape, splits, leaves, classes))
            .then(on(home))
            .for_each(keep(kept))
    };
    ends.ran(Engine::new().run(graph))
}

/// [`logits`] of all rows on `device`.
///
/// # Errors
/// The device cannot be opened, or was lost.
pub fn run_logits<D: Device>(device: D, net: &Net, rows: &[Features]) -> Result<Ran<Logits>, String> {
    let (ends, kept, home) = Ends::new(rows)?;
    let net = *net;
    let graph = fuse! {
        from_iter(ends.rows(rows)).then(on(device)).map(logits::with(net)).then(on(home)).for_each(keep(kept))
    };
    ends.ran(Engine::new().run(graph))
}

/// Keeps answers.
#[stage]
fn keep<T: Data>(mut kept: Lent<Vec<T>>) -> impl FnMut(T) {
    move |answer| kept.push(answer)
}

/// Where rows come from and answers go.
struct Ends<T> {
    first: Arc<OnceLock<Instant>>,
    back: Returned<Vec<T>>,
}

impl<T: Data> Ends<T> {
    fn new<R>(rows: &[R]) -> Result<(Ends<T>, Lent<Vec<T>>, Cpu), String> {
        let (kept, back) = lend(Vec::with_capacity(rows.len()));
        let home = Cpu::builder().name("home").build().map_err(|error| error.to_string())?;
        Ok((Ends { first: Arc::default(), back }, kept, home))
    }

    /// The rows; the first one starts the clock.
    fn rows<R: Data>(&self, rows: &[R]) -> impl Iterator<Item = R> + Send + 'static {
        let first = Arc::clone(&self.first);
        Vec::from(rows).into_iter().inspect(move |_| _ = first.get_or_init(Instant::now))
    }

    fn ran(
        self,
        launched: Result<fusewire::engine::Handle, fusewire::launch::LaunchError>,
    ) -> Result<Ran<T>, String> {
        let running = launched.map_err(|error| error.to_string())?;
        let drawing = running.inspect().to_string();
        running.join().map_err(|error| error.to_string())?;
        let took = self.first.get().map_or(Duration::ZERO, Instant::elapsed);
        let answers = self.back.take().ok_or("a graph that has ended has given back what it held")?;
        Ok(Ran { answers, took, drawing })
    }
}
