//! Levels of priority on top of any context.

use std::fmt;
use std::sync::Arc;

use super::host::{self, Host, Tasking};
use super::layer::{Layer, Order};
use super::{ContextRef, RunsFunctions, Scheduler};
use crate::lane::Turn;
use crate::work::{TaskList, Tasks};

/// The turns of each lane of the first level in one trip.
const BURST: u32 = 64;

/// A context in `LEVELS` levels: nothing runs at one of them while there is something to do at a more urgent one.
///
/// Level 0 is the most urgent. A task, or a turn of a lane, that has begun is not interrupted; behind it the most urgent comes next. That
/// is strict: a level that is always busy starves those behind it. Within a level tasks run in the order of posting. Each level is a context
/// of its own, and hosts whatever contexts host; what others post to the context below runs beside the whole, in its turn.
///
/// With one level nothing is added: the level *is* the context below.
///
/// **Costs** as a [`Strand`](super::strand::Strand); no allocation per task.
///
/// # Examples
///
/// ```
/// use std::sync::{Arc, Mutex};
/// use fusewire::consumers::detach_on;
/// use fusewire::context::{manual::Manual, prioritised::Prioritised};
/// use fusewire::prelude::*;
///
/// let (manual, order) = (Manual::new(), Arc::new(Mutex::new(Vec::new())));
/// let levels = Prioritised::<_, 2>::over(&manual);
/// for (level, what) in [(levels.level::<1>(), "report"), (levels.level::<0>(), "order")] {
///     let order = order.clone();
///     detach_on(&level, just(what).map(move |what| order.lock().unwrap().push(what)))?;
/// }
/// manual.run_until_idle();
/// assert_eq!(*order.lock().unwrap(), ["order", "report"]);
/// # Ok::<(), fusewire::alloc::AllocError>(())
/// ```
pub struct Prioritised<C, const LEVELS: usize> {
    // Kept, because a context may end with its last scheduler.
    below: C,
    // None with one level.
    layer: Option<Arc<Layer<Urgent<LEVELS>>>>,
}

impl<C: Scheduler<Runs: RunsFunctions>, const LEVELS: usize> Prioritised<C, LEVELS> {
    /// The levels, on top of the context of `below`.
    ///
    /// **Costs** a handful of allocations for each level.
    pub fn over(below: &C) -> Self {
        const { assert!(LEVELS > 0, "a context has at least one level of priority") }
        let on = below.context();
        let names: Vec<_> = (0..LEVELS).map(|level| format!("{}, level {level}", on.name())).collect();
        let order = Urgent { held: std::array::from_fn(|_| TaskList::new()) };
        let layer = (LEVELS > 1).then(|| Layer::new(on, "prioritised", &names, order));
        Self { below: below.clone(), layer }
    }

    /// The scheduler of a level. There is none of a level that does not exist: it does not compile.
    pub fn level<const LEVEL: usize>(&self) -> Level<C> {
        const { assert!(LEVEL < LEVELS, "there is no such level of priority") }
        let context = self.layer.as_ref().and_then(|layer| layer.face(LEVEL));
        let context = context.unwrap_or_else(|| self.below.context().clone());
        Level { _below: self.below.clone(), context }
    }
}

impl<C, const LEVELS: usize> Prioritised<C, LEVELS> {
    /// Ends every level, whoever still holds it; what is left is abandoned. With one level it does nothing.
    pub fn end(&self) {
        if let Some(layer) = &self.layer {
            layer.close();
        }
    }
}

impl<C: Clone, const LEVELS: usize> Clone for Prioritised<C, LEVELS> {
    fn clone(&self) -> Self {
        Self { below: self.below.clone(), layer: self.layer.clone() }
    }
}

impl<C: fmt::Debug, const LEVELS: usize> fmt::Debug for Prioritised<C, LEVELS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prioritised")
            .field("levels", &LEVELS)
            .field("below", &self.below)
            .finish_non_exhaustive()
    }
}

/// One level of a [`Prioritised`] context.
#[derive(Clone)]
pub struct Level<C> {
    _below: C,
    context: ContextRef,
}

impl<C> fmt::Debug for Level<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Level").field(&self.context.name()).finish()
    }
}

impl<C: Scheduler> Scheduler for Level<C> {
    type Runs = C::Runs;

    fn context(&self) -> &ContextRef {
        &self.context
    }
}

/// One task at a time, of the most urgent level that has one.
struct Urgent<const LEVELS: usize> {
    held: [TaskList; LEVELS],
}

impl<const LEVELS: usize> Order for Urgent<LEVELS> {
    fn trip(&mut self, level: usize, host: &mut Host) -> Turn {
        let burst = if level == 0 { BURST } else { 1 };
        match self.held.get_mut(level) {
            Some(held) => host.trip_by(burst, &mut One { held }),
            None => Turn::Idle,
        }
    }

    fn give_up(&mut self) {
        for held in &mut self.held {
            host::give_up_tasks(held);
        }
    }
}

/// The oldest task.
struct One<'l> {
    held: &'l mut TaskList,
}

impl Tasking for One<'_> {
    fn run(&mut self, taken: Tasks) -> bool {
        taken.for_each(|task| self.held.push(task));
        let Some(task) = self.held.pop() else { return false };
        host::run_task(task);
        true
    }
}
