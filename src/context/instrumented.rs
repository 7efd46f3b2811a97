//! A context that measures what runs on it, on top of any other.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::host::{self, Host, Tasking};
use super::layer::{Layer, Order};
use super::{ContextRef, RunsFunctions, Scheduler};
use crate::lane::Turn;
use crate::primitive::{AtomicU64, Ordering};
use crate::work::Tasks;

/// The turns of each lane in one trip.
const BURST: u32 = 64;

/// Counts and times what is run through it, on top of any other context.
///
/// It keeps the order of posting, as a [`Strand`](super::strand::Strand) does. What others give to the context below is not counted.
///
/// **Costs** as a strand, and two looks at the clock per task and per round of its lanes; no allocation. Reading the figures costs a few
/// relaxed loads.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use fusewire::consumers::detach_on;
/// use fusewire::context::{instrumented::Instrumented, manual::Manual};
/// use fusewire::prelude::*;
///
/// let manual = Manual::new();
/// let counted = Instrumented::over(&manual);
/// detach_on(&counted, just(()).map(|()| std::thread::sleep(Duration::from_millis(2))))?;
/// manual.run_until_idle();
/// let figures = counted.figures();
/// assert_eq!(figures.tasks, 1);
/// assert!(figures.longest >= Duration::from_millis(2) && figures.busy >= figures.longest);
/// # Ok::<(), fusewire::alloc::AllocError>(())
/// ```
#[derive(Clone)]
pub struct Instrumented<C> {
    // Kept, because a context may end with its last scheduler.
    below: C,
    layer: Arc<Layer<Timed>>,
    counts: Arc<Counts>,
    context: ContextRef,
}

/// What an [`Instrumented`] context has counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Figures {
    /// Tasks that were run, those that panicked among them.
    pub tasks: u64,
    /// Rounds in which a lane, or a task that waited, moved on.
    pub rounds: u64,
    /// The time in tasks and in rounds that moved something on.
    pub busy: Duration,
    /// The longest task.
    pub longest: Duration,
}

#[derive(Default)]
struct Counts {
    tasks: AtomicU64,
    rounds: AtomicU64,
    // In nanoseconds.
    busy: AtomicU64,
    longest: AtomicU64,
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

impl Counts {
    fn task(&self, took: Duration) {
        let took = nanos(took);
        // ORDERING: relaxed here and below, figures for people: nothing hangs on them.
        self.tasks.fetch_add(1, Ordering::Relaxed);
        // ORDERING: relaxed, see above.
        self.busy.fetch_add(took, Ordering::Relaxed);
        // ORDERING: relaxed, see above.
        self.longest.fetch_max(took, Ordering::Relaxed);
    }

    fn round(&self, took: Duration) {
        // ORDERING: relaxed, as in `task`.
        self.rounds.fetch_add(1, Ordering::Relaxed);
        // ORDERING: relaxed, as in `task`.
        self.busy.fetch_add(nanos(took), Ordering::Relaxed);
    }
}

impl<C: Scheduler<Runs: RunsFunctions>> Instrumented<C> {
    /// A measured context on top of that of `below`.
    ///
    /// **Costs** a handful of allocations.
    pub fn over(below: &C) -> Self {
        let (on, counts) = (below.context(), Arc::<Counts>::default());
        let layer = Layer::new(on, "instrumented", &[on.name().to_owned()], Timed(Arc::clone(&counts)));
        // There is one level, the first.
        let context = layer.face(0).unwrap_or_else(|| on.clone());
        Self { below: below.clone(), layer, counts, context }
    }
}

impl<C> Instrumented<C> {
    /// What it is on top of.
    pub const fn below(&self) -> &C {
        &self.below
    }

    /// What was counted until now. While it runs something the figures may be of slightly different moments.
    pub fn figures(&self) -> Figures {
        let Counts { tasks, rounds, busy, longest } = &*self.counts;
        // ORDERING: relaxed, see `Counts::task`.
        let [tasks, rounds, busy, longest] =
            [tasks, rounds, busy, longest].map(|count| count.load(Ordering::Relaxed));
        Figures { tasks, rounds, busy: Duration::from_nanos(busy), longest: Duration::from_nanos(longest) }
    }

    /// Ends it, whoever still holds it: what is left is abandoned.
    pub fn end(&self) {
        self.layer.close();
    }
}

impl<C> fmt::Debug for Instrumented<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Instrumented").field(&self.context.name()).field(&self.figures()).finish()
    }
}

impl<C: Scheduler> Scheduler for Instrumented<C> {
    type Runs = C::Runs;

    fn context(&self) -> &ContextRef {
        &self.context
    }
}

/// The order of posting, by the clock.
struct Timed(Arc<Counts>);

impl Order for Timed {
    fn trip(&mut self, _: usize, host: &mut Host) -> Turn {
        let mut tasks = ByTheClock { counts: &self.0, spent: Duration::ZERO };
        let began = Instant::now();
        let turn = host.trip_by(BURST, &mut tasks);
        let spent = tasks.spent;
        if turn == Turn::Busy && (host.lanes() != 0 || host.has_waiting()) {
            self.0.round(began.elapsed().saturating_sub(spent));
        }
        turn
    }
}

struct ByTheClock<'c> {
    counts: &'c Counts,
    spent: Duration,
}

impl Tasking for ByTheClock<'_> {
    fn run(&mut self, taken: Tasks) -> bool {
        let mut any = false;
        for task in taken {
            let began = Instant::now();
            host::run_task(task);
            let took = began.elapsed();
            self.counts.task(took);
            self.spent += took;
            any = true;
        }
        any
    }
}
