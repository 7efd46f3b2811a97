//! A context whose order is drawn by lot, the same for the same seed, on top of any other.

use std::fmt;
use std::sync::Arc;

use super::host::{self, Host, Tasking};
use super::layer::{Layer, Order};
use super::{ContextRef, RunsFunctions, Scheduler};
use crate::lane::Turn;
use crate::work::{TaskList, Tasks};

/// Draws what runs next by lot: which of the posted tasks, and which lane first. The same seed draws the same.
///
/// For tests, which look for orders that their author did not think of: on top of a [`Manual`](super::manual::Manual) context a run is
/// determined by its seed, so that a failure can be had again. Between two tasks whatever was posted meanwhile joins the draw, and each lane
/// takes one turn.
///
/// Of the [contract](super) it breaks one rule, on purpose: tasks do *not* run in the order of posting.
///
/// **Costs** as a [`Strand`](super::strand::Strand), and a walk over the tasks that wait; no allocation per task.
///
/// # Examples
///
/// ```
/// use std::sync::{Arc, Mutex};
/// use fusewire::consumers::detach_on;
/// use fusewire::context::{manual::Manual, seeded::Seeded};
/// use fusewire::prelude::*;
///
/// let order = |seed| {
///     let (manual, order) = (Manual::new(), Arc::new(Mutex::new(Vec::new())));
///     let seeded = Seeded::over(&manual, seed);
///     for n in 0..20 {
///         let order = order.clone();
///         detach_on(&seeded, just(n).map(move |n| order.lock().unwrap().push(n))).unwrap();
///     }
///     manual.run_until_idle();
///     let order = order.lock().unwrap().clone();
///     order
/// };
/// assert_eq!(order(7), order(7));
/// assert_ne!(order(7), order(8));
/// ```
#[derive(Clone)]
pub struct Seeded<C> {
    // Kept, because a context may end with its last scheduler.
    below: C,
    layer: Arc<Layer<ByLot>>,
    context: ContextRef,
    seed: u64,
}

impl<C: Scheduler<Runs: RunsFunctions>> Seeded<C> {
    /// A context on top of that of `below` that draws by `seed`.
    ///
    /// **Costs** a handful of allocations.
    pub fn over(below: &C, seed: u64) -> Self {
        let on = below.context();
        let order = ByLot { held: TaskList::new(), lot: Lot(seed) };
        let layer = Layer::new(on, "seeded", &[format!("{}, seed {seed}", on.name())], order);
        // There is one level, the first.
        let context = layer.face(0).unwrap_or_else(|| on.clone());
        Self { below: below.clone(), layer, context, seed }
    }
}

impl<C> Seeded<C> {
    /// What it is on top of.
    pub const fn below(&self) -> &C {
        &self.below
    }

    /// What it draws by.
    pub const fn seed(&self) -> u64 {
        self.seed
    }

    /// Ends it, whoever still holds it: what is left is abandoned.
    pub fn end(&self) {
        self.layer.close();
    }
}

impl<C> fmt::Debug for Seeded<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seeded").field("seed", &self.seed).finish_non_exhaustive()
    }
}

impl<C: Scheduler> Scheduler for Seeded<C> {
    type Runs = C::Runs;

    fn context(&self) -> &ContextRef {
        &self.context
    }
}

/// Source: SplitMix64 (G. L. Steele Jr., D. Lea, C. H. Flood, 2014).
struct Lot(u64);

impl Lot {
    /// One of so many, at least one.
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^= word >> 31;
        // The high half of the product is below `count`.
        ((u128::from(word) * count as u128) >> 64) as usize
    }
}

struct ByLot {
    held: TaskList,
    lot: Lot,
}

impl Order for ByLot {
    fn trip(&mut self, _: usize, host: &mut Host) -> Turn {
        let first = self.lot.below(host.lanes().max(1));
        host.begin_with_lane(first);
        host.trip_by(1, self)
    }

    fn give_up(&mut self) {
        host::give_up_tasks(&mut self.held);
    }
}

impl Tasking for ByLot {
    fn run(&mut self, taken: Tasks) -> bool {
        taken.for_each(|task| self.held.push(task));
        let drawn = self.lot.below(self.held.len().max(1));
        let Some(task) = self.held.take(drawn) else { return false };
        host::run_task(task);
        true
    }
}
