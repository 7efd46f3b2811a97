//! A context that only keeps the lanes it is given, so that a harness can run their loops itself.
//!
//! [`Lane::run`] is what every context with a thread calls for a lane that is alone. Called from
//! here, on one thread and lane after lane, it makes a run of a graph deterministic: each lane
//! runs until it finds its edge full or its input empty, and no turn is spent on waiting.
//!
//! It is no context but for that: none is current while a lane runs, and tasks are dropped. A stage that has to wait, as a `push` over a
//! full edge does, is a task, so that it is stopped here and ends its lane; such a graph wants a `Manual`.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use crossbeam_utils::CachePadded;
use fusewire::context::{Context, ContextId, ContextRef, MayBlock, Scheduler};
use fusewire::engine::{Engine, Handle};
use fusewire::graph::Graph;
use fusewire::lane::{Abandoned, Attention, Lane, Turn};
use fusewire::work::TaskRef;

/// A handle of a context whose lanes are run by [`Lanes::run`].
#[derive(Debug, Clone)]
pub struct Bare {
    shelf: Arc<Shelf>,
    context: ContextRef,
}

struct Shelf {
    id: ContextId,
    lanes: Mutex<Vec<Box<dyn Lane>>>,
}

impl std::fmt::Debug for Shelf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shelf").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Bare {
    /// A context without lanes.
    pub fn new() -> Self {
        let shelf = Arc::new(Shelf { id: ContextId::unique(), lanes: Mutex::default() });
        let context: ContextRef = shelf.clone();
        Self { shelf, context }
    }

    fn take(&self) -> Vec<Box<dyn Lane>> {
        std::mem::take(&mut *self.shelf.lanes.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Scheduler for Bare {
    type Runs = MayBlock;

    fn context(&self) -> &ContextRef {
        &self.context
    }
}

// SAFETY: the id is its own, and it runs no task: lanes alone, by whoever holds it.
unsafe impl Context for Shelf {
    fn id(&self) -> ContextId {
        self.id
    }

    fn name(&self) -> &'static str {
        "bare"
    }

    fn kind(&self) -> &'static str {
        "bare"
    }

    /// Drops the task, which stops what waits for it: the shapes post none.
    fn post(&self, task: TaskRef) {
        drop(task);
    }

    fn post_waiting(&self, task: TaskRef, _: Option<Instant>) {
        drop(task);
    }

    fn attach(&self, lane: Box<dyn Lane>) {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner).push(lane);
    }

    fn wake(&self) {}

    fn must_be_woken(&self) -> bool {
        false
    }
}

/// The lanes of one running graph, in the order of its contexts.
pub struct Lanes {
    lanes: Vec<Box<dyn Lane>>,
    attention: Attention,
    handle: Handle,
}

impl Lanes {
    /// Launches `graph`, whose contexts are `contexts`, the first one being its home.
    pub fn launch(graph: impl Graph, contexts: &[Bare]) -> Self {
        let handle = Engine::on(contexts[0].clone()).run(graph).expect("a shape can be launched");
        let lanes = contexts.iter().flat_map(Bare::take).collect();
        Self { lanes, attention: Attention::new(), handle }
    }

    /// Runs the lanes in turn, each until it is idle or done, until all of them are done.
    pub fn run(&mut self) {
        while !self.lanes.is_empty() {
            let attention = &self.attention;
            self.lanes.retain_mut(|lane| lane.run(attention, 1) != Turn::Done);
        }
    }

    /// Takes so many turns of each lane, lane by lane. Whether all of them go on.
    pub fn turns(&mut self, turns: u32) -> bool {
        (0..turns).all(|_| self.lanes.iter_mut().all(|lane| lane.turn() != Turn::Done))
    }

    /// Gives the lanes up before they have come to their end.
    pub fn give_up(mut self) {
        for lane in &mut self.lanes {
            lane.abandon(Abandoned::ContextEnded);
        }
    }

    /// The report of the graph, once its lanes have run.
    pub fn finish(self) -> fusewire::control::Report {
        assert!(self.lanes.is_empty(), "the lanes were not run to their end");
        self.handle.join().expect("no shape fails")
    }
}

/// One lane of a running graph, to be run on whatever thread the harness likes.
///
/// Dropping it ends the lane, and the last lane of a graph ends its handle.
pub struct Driven {
    lane: Box<dyn Lane>,
    attention: Arc<CachePadded<Attention>>,
    _handle: Arc<Handle>,
}

impl Driven {
    /// Launches `graph`, whose contexts are `contexts`, the first one being its home, each with one
    /// lane. `attentions` make them leave their loops.
    pub fn launch<const N: usize>(
        graph: impl Graph,
        contexts: &[Bare; N],
        attentions: [&Arc<CachePadded<Attention>>; N],
    ) -> [Self; N] {
        let handle = Arc::new(Engine::on(contexts[0].clone()).run(graph).expect("a shape can be launched"));
        std::array::from_fn(|index| {
            let mut lanes = contexts[index].take();
            let lane = lanes.pop().expect("each context has a lane");
            assert!(lanes.is_empty(), "and no more than one");
            Self { lane, attention: attentions[index].clone(), _handle: handle.clone() }
        })
    }

    /// Runs the lane as a context that spins does, until its attention is raised.
    pub fn run(&mut self) {
        while !self.attention.lower() {
            let turn = self.lane.run(&self.attention, u32::MAX);
            assert_ne!(turn, Turn::Done, "the lane ended of itself");
        }
    }
}

impl Drop for Driven {
    fn drop(&mut self) {
        self.lane.abandon(Abandoned::ContextEnded);
    }
}
