//! Runs graphs: `engine.run(graph)` gives a handle that stops and joins it.

mod dump;
mod hop_cost;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

pub use dump::{Dump, LaneDump, Waits};

use crate::context::cpu::Cpu;
use crate::context::{ContextRef, Scheduler, current, pool};
use crate::control::{Control, Report, RunError, Stop};
use crate::graph::fused::Reported;
use crate::graph::topology::Topology;
use crate::lane::Turn;
use crate::launch::{Launch, LaunchError, LiveDrawing};

/// Runs senders, pass after pass, until they end or are stopped.
///
/// What has no context of its own runs on the engine's *home*: an unpinned thread that spins a
/// little and then parks, started when the first graph needs it, or the context given to
/// [`Engine::on`].
///
/// Dropping the engine stops nothing: each [`Handle`] keeps what its graph needs.
///
/// # Examples
///
/// ```
/// use fusewire::context::cpu::Cpu;
/// use fusewire::engine::Engine;
/// use fusewire::prelude::*;
///
/// let compute = Cpu::builder().name("compute").build()?;
/// let graph = fuse! { from_iter(1..=1000u32).then(on(compute)).filter(|n| n % 10 == 0) };
///
/// let report = Engine::new().run(graph)?.join()?;
/// assert_eq!((report.started, report.completed), (1000, 100));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Default)]
pub struct Engine {
    home: Mutex<Option<Home>>,
    measures_hops: bool,
    // For `dump`; those that are gone are taken out when the next one is run.
    running: Mutex<Vec<Weak<Running>>>,
}

/// A graph that was started.
#[derive(Debug)]
struct Running {
    control: Arc<Control>,
    drawing: LiveDrawing,
}

/// A context, and what keeps its thread.
#[derive(Clone)]
struct Home {
    context: ContextRef,
    // Dropped after the context, so that the last handle finds itself the last and joins.
    _keeper: Arc<dyn Send + Sync>,
}

impl fmt::Debug for Home {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Home").field("context", &self.context).finish_non_exhaustive()
    }
}

impl Home {
    fn of(scheduler: impl Scheduler) -> Self {
        Self { context: scheduler.context().clone(), _keeper: Arc::new(scheduler) }
    }
}

impl Engine {
    /// An engine whose home is a thread of its own, started with the first graph.
    pub fn new() -> Self {
        Self::default()
    }

    /// An engine whose home is the context of `scheduler`.
    pub fn on(scheduler: impl Scheduler) -> Self {
        Self { home: Mutex::new(Some(Home::of(scheduler))), measures_hops: false, running: Mutex::default() }
    }

    /// Measures what each hop of a graph costs before the graph starts, for
    /// [`Handle::inspect`] to show: one cache line, back and forth between the two threads.
    ///
    /// **Costs** a few milliseconds per hop at each [`run`](Self::run), 0.1 seconds at the most.
    #[must_use]
    pub const fn measure_hops(mut self, measure: bool) -> Self {
        self.measures_hops = measure;
        self
    }

    /// Starts to run a graph: connects it, places its lanes and attaches them to their contexts.
    ///
    /// **Completes** at once, while the graph runs; on a context without a thread of its own,
    /// such as [`Manual`](crate::context::manual::Manual), it runs when somebody takes its turns.
    ///
    /// # Errors
    ///
    /// When an edge cannot be made or a context cannot host the graph; then nothing runs.
    pub fn run<S: Reported<Value: Send> + Send + 'static>(&self, sender: S) -> Result<Handle, LaunchError> {
        let mut sender = Some(sender);
        self.launch(&mut |launch| sender.take().map_or(Ok(()), |sender| sender.launch(launch)))
    }

    /// Starts what `place` places. The same for all graphs, and compiled once.
    fn launch(
        &self,
        place: &mut dyn FnMut(&mut Launch<'_>) -> Result<(), LaunchError>,
    ) -> Result<Handle, LaunchError> {
        let home = self.home()?;
        let mut launch = Launch::new(&home.context);
        place(&mut launch)?;
        let mut drawing = launch.drawing();
        if self.measures_hops {
            drawing.cost(hop_cost::measure);
        }
        let control = launch.attach();
        let running = Arc::new(Running { control, drawing });
        let mut all = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|running| running.strong_count() != 0);
        all.push(Arc::downgrade(&running));
        drop(all);
        Ok(Handle { running, home })
    }

    /// Where every graph stands that was started here and whose handle is still held; see [`Handle::dump`].
    pub fn dump(&self) -> Vec<Dump> {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let running = running.iter().filter_map(Weak::upgrade);
        running.map(|running| Dump::of(&running.control, &running.drawing)).collect()
    }

    fn home(&self) -> Result<Home, LaunchError> {
        let mut home = self.home.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(home) = &*home {
            return Ok(home.clone());
        }
        let cpu = Cpu::builder().name("home").build();
        let cpu = cpu.map_err(|error| LaunchError::Context(format!("the engine's home context: {error}")))?;
        Ok(home.insert(Home::of(cpu)).clone())
    }
}

/// A running graph.
///
/// Dropping it stops the graph ([`Stop::Abandon`]) and waits for its lanes to end, so that nothing
/// is left behind; on the thread of a context, where waiting could wait for itself, it only stops.
#[derive(Debug)]
#[must_use = "dropping the handle stops the graph; `join` waits for it"]
pub struct Handle {
    running: Arc<Running>,
    home: Home,
}

impl Handle {
    /// Asks the graph to end, and returns. Asking again can only make it more urgent.
    pub fn stop(&self, how: Stop) {
        self.running.control.stop(how);
    }

    /// Something that stops this graph, to be sent elsewhere.
    pub fn stopper(&self) -> Stopper {
        Stopper { control: Arc::clone(&self.running.control) }
    }

    /// The drawing of the graph, with the counters of every edge as of now.
    ///
    /// Where hops were [measured](Engine::measure_hops), a hop that costs more than what it leads to is
    /// warned of: the lanes are asked how long they take for a value just now.
    ///
    /// **Costs** allocations here, and nothing on the lanes: what they count they count anyway. With
    /// measured hops each lane looks at the clock twice, and this waits for the answers: for 20
    /// milliseconds at the most.
    pub fn inspect(&self) -> Topology {
        self.running.drawing.now(&self.running.control)
    }

    /// Where the graph stands: what each lane waits for, and the chain of stages up to that, with file and line.
    ///
    /// For a graph that makes no progress, or has failed. From any thread; the lanes go on meanwhile.
    ///
    /// **Costs** allocations here, and up to 50 milliseconds for lanes that do not answer; each lane that does answers once, between two
    /// turns. Who does not ask pays nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use fusewire::context::cpu::Cpu;
    /// use fusewire::context::manual::Manual;
    /// use fusewire::engine::Engine;
    /// use fusewire::prelude::*;
    ///
    /// let (feed, slow) = (Cpu::builder().name("feed").build()?, Manual::named("slow"));
    /// let hop = slow.clone();
    /// let graph = fuse! { from_iter(0..).map(|n: u64| n * 2).then(on(hop).capacity(8)).for_each(drop) };
    /// let handle = Engine::on(feed).run(graph)?;
    /// while handle.inspect().edges[0].counters.as_ref().is_none_or(|edge| edge.depth < 8) {}
    ///
    /// // Nobody takes the turns of `slow`:
    /// //
    /// // graph graph at src/main.rs:8, running
    /// // lane `feed` waits for room in the edge to `slow`; 8 taken
    /// //     from_iter(0..) at src/main.rs:8
    /// //     map(|n: u64| n * 2) at src/main.rs:8
    /// //     then(hop) at src/main.rs:8
    /// // lane `slow` does not answer: a stage of it runs, or nobody takes the turns of its context
    /// //     ..
    /// // edge `feed` to `slow`: 8 of 8 inside; 8 pushed, 0 popped, 0 dropped
    /// let dump = handle.dump();
    /// println!("{dump}");
    /// assert!(dump.to_string().contains("8 of 8 inside"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// libunifex: `async_trace_sender`. tokio: `Handle::dump`.
    pub fn dump(&self) -> Dump {
        Dump::of(&self.running.control, &self.running.drawing)
    }

    /// Whether every lane has ended.
    pub fn is_finished(&self) -> bool {
        self.running.control.has_ended()
    }

    /// Blocks until the graph has ended by itself or by a stop; takes the turns of contexts that
    /// have no thread of their own meanwhile.
    ///
    /// On the thread of a context that runs a lane of this graph it would never return.
    ///
    /// # Errors
    ///
    /// The graph's first error: a stage's own, a panic with its stage, file and line, or the end
    /// of a context.
    pub fn join(self) -> Result<Report, RunError> {
        self.wait(None);
        self.running.control.outcome()
    }

    /// As [`join`](Self::join), but gives the handle back if the graph still runs after `limit`.
    ///
    /// # Errors
    ///
    /// The outer error is the handle of a graph that still runs, the inner one is that of `join`.
    #[allow(clippy::result_large_err, reason = "the handle itself comes back, once, to somebody who waited")]
    pub fn join_timeout(self, limit: Duration) -> Result<Result<Report, RunError>, Self> {
        if self.wait(Some(limit)) { Ok(self.running.control.outcome()) } else { Err(self) }
    }

    /// Blocks until the graph has ended, for `limit` at the most; returns whether it has.
    ///
    /// For whoever watches over a graph: unlike [`join`](Self::join) it leaves the handle, so that
    /// [`inspect`](Self::inspect) still shows the last counters.
    pub fn wait_for(&self, limit: Duration) -> bool {
        self.wait(Some(limit))
    }

    /// Whether every lane has ended; if not, `waker` is woken when the last one does.
    pub(crate) fn poll_ended(&self, waker: &std::task::Waker) -> bool {
        self.running.control.poll_ended(waker)
    }

    /// The context where lanes without a context of their own run.
    pub const fn home(&self) -> &ContextRef {
        &self.home.context
    }

    fn wait(&self, limit: Option<Duration>) -> bool {
        let mut by_hand = self.running.control.contexts();
        by_hand.sort_by_key(|context| context.id());
        by_hand.dedup_by_key(|context| context.id());
        by_hand.retain(|context| context.drive().is_some());
        if by_hand.is_empty() {
            return self.running.control.wait(limit);
        }
        // A limit beyond the clock's range is none.
        let until = limit.and_then(|limit| Instant::now().checked_add(limit));
        loop {
            let busy =
                by_hand.iter().fold(false, |busy, context| busy | (context.drive() == Some(Turn::Busy)));
            // While nothing moves here the graph waits for another thread or the clock.
            let pause = if busy { Duration::ZERO } else { Duration::from_micros(100) };
            if self.running.control.wait(Some(pause)) {
                return true;
            }
            if until.is_some_and(|until| Instant::now() >= until) {
                return false;
            }
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        if !self.running.control.has_ended() {
            self.running.control.stop(Stop::Abandon);
            if current().is_none() && !pool::is_here() {
                self.wait(None);
            }
        }
    }
}

/// Stops a graph from wherever it is; see [`Handle::stopper`].
#[derive(Debug, Clone)]
pub struct Stopper {
    control: Arc<Control>,
}

impl Stopper {
    /// Asks the graph to end, and returns. Does nothing once it has ended.
    pub fn stop(&self, how: Stop) {
        self.control.stop(how);
    }
}
