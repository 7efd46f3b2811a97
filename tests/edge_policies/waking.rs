//! How often the lane downstream is woken for what a sender keeps on its side: when some of it goes over, and not otherwise.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use fusewire::alloc::Allocation;
use fusewire::context::manual::Manual;
use fusewire::context::timer::Timers;
use fusewire::context::{Context, ContextId, ContextRef, MayBlock, Scheduler};
use fusewire::edge::{Described, Edge, EdgeError, EdgeReceiver, EdgeSender, Push, Pushed, Spill, Spsc};
use fusewire::engine::Engine;
use fusewire::lane::{Lane, Turn};
use fusewire::prelude::*;
use fusewire::work::TaskRef;

/// A context whose turns are taken by hand, and which counts how often it is woken.
#[derive(Clone)]
struct Counting {
    manual: Manual,
    counted: Arc<Counted>,
    context: ContextRef,
}

#[derive(Debug)]
struct Counted {
    below: ContextRef,
    told: AtomicU64,
    asked: AtomicU64,
}

impl Counting {
    fn named(name: &str) -> Self {
        let manual = Manual::named(name);
        let below = manual.context().clone();
        let counted = Arc::new(Counted { below, told: AtomicU64::new(0), asked: AtomicU64::new(0) });
        Self { manual, context: counted.clone(), counted }
    }

    fn told(&self) -> u64 {
        self.counted.told.load(Ordering::Relaxed)
    }

    /// How often its lanes were asked to leave their loops.
    fn asked(&self) -> u64 {
        self.counted.asked.load(Ordering::Relaxed)
    }
}

impl Scheduler for Counting {
    type Runs = MayBlock;

    fn context(&self) -> &ContextRef {
        &self.context
    }
}

impl Counted {
    fn count(&self) {
        self.told.fetch_add(1, Ordering::Relaxed);
    }
}

// SAFETY: everything is forwarded to the context below, whose id it has.
unsafe impl Context for Counted {
    fn id(&self) -> ContextId {
        self.below.id()
    }

    fn name(&self) -> &str {
        self.below.name()
    }

    fn kind(&self) -> &'static str {
        "counting"
    }

    fn allocation(&self) -> &Allocation {
        self.below.allocation()
    }

    fn is_here(&self) -> bool {
        self.below.is_here()
    }

    fn post(&self, task: TaskRef) {
        self.below.post(task);
    }

    fn post_waiting(&self, task: TaskRef, deadline: Option<Instant>) {
        self.below.post_waiting(task, deadline);
    }

    fn timers(&self) -> Option<&Timers> {
        self.below.timers()
    }

    fn attach(&self, lane: Box<dyn Lane>) {
        self.below.attach(lane);
    }

    fn wake(&self) {
        self.count();
        self.asked.fetch_add(1, Ordering::Relaxed);
        self.below.wake();
    }

    fn nudge(&self) {
        self.count();
        self.below.nudge();
    }

    fn must_be_woken(&self) -> bool {
        true
    }
}

/// The turns that the sender takes while nothing can move.
const TURNS: u64 = 100;

/// Runs a graph over an edge that carries two values and keeps the others on the sender's side: how often the lane downstream was woken in
/// [`TURNS`] turns in which nothing went over, and in each turn of the sender after the receiver had made room, until all was over.
fn told_of<K: Edge<u64> + Send + 'static>(over: K) -> (u64, Vec<u64>)
where
    K::Sender: 'static,
    K::Receiver: 'static,
{
    let (home, there) = (Counting::named("home"), Counting::named("there"));
    let to = there.clone();
    let graph = fuse! { from_iter(0..6u64).then(on(to).edge(over)).for_each(drop) };
    let handle = Engine::on(home.clone()).run(graph).unwrap();
    let turns = || (0..TURNS).for_each(|_| _ = home.manual.turn());
    turns();
    let before = there.told();
    turns();
    let idle = there.told() - before;
    let mut busy = Vec::new();
    while !handle.is_finished() {
        while there.manual.turn() == Turn::Busy {}
        let before = there.told();
        home.manual.turn();
        busy.push(there.told() - before);
        assert!(busy.len() < 1_000, "the graph does not end: {busy:?}");
    }
    assert_eq!(handle.join().unwrap().completed, 6);
    assert!(home.told() > 0 && there.told() > 0, "each waited for the other");
    assert_eq!(
        (home.asked(), there.asked()),
        (0, 0),
        "a lane that looks at its edge in each turn need not leave its loop"
    );
    (idle, busy)
}

#[test]
fn a_lane_is_woken_for_what_goes_over_and_not_for_what_stays() {
    let (idle, busy) = told_of(Spsc::new().capacity(2).policy(Spill(8)));
    assert_eq!(idle, 0, "nothing went over");
    assert!(busy[0] > 0, "two of those that waited went over: {busy:?}");
}

/// An edge that keeps what its ring has no room for, and does not say how much that is.
#[derive(Clone)]
struct Silent;

struct Keeping {
    ring: EdgeSender<u64>,
    kept: VecDeque<u64>,
}

impl Edge<u64> for Silent {
    type Sender = Keeping;
    type Receiver = EdgeReceiver<u64>;

    fn open(self) -> Result<(Keeping, EdgeReceiver<u64>), EdgeError> {
        let (ring, receiver) = Spsc::new().capacity(2).open()?;
        Ok((Keeping { ring, kept: VecDeque::new() }, receiver))
    }

    fn describe(&self) -> Described {
        Described::new("silent").capacity(2)
    }
}

impl Push for Keeping {
    type Item = u64;

    fn push(&mut self, value: u64) -> Pushed<u64> {
        self.kept.push_back(value);
        Pushed::Ok
    }

    fn has_room(&mut self) -> bool {
        self.kept.len() < 8
    }

    fn is_closed(&self) -> bool {
        self.ring.is_closed()
    }

    fn flush(&mut self) -> bool {
        while !self.kept.is_empty() && self.ring.has_room() {
            self.ring.push_reserved(self.kept.remove(0).unwrap());
        }
        self.kept.is_empty()
    }
}

/// Where it cannot be told whether something went over, the lane is woken: it may sleep.
#[test]
fn a_lane_is_woken_where_an_edge_does_not_say_what_it_keeps() {
    let (idle, busy) = told_of(Silent);
    assert!(idle >= TURNS, "woken {idle} times in {TURNS} turns");
    assert!(busy[0] > 0, "two of those that waited went over: {busy:?}");
}
