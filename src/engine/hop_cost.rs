//! What a hop costs between two contexts, measured when a graph is started.

use std::ptr::NonNull;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::context::ContextRef;
use crate::graph::topology::HopCost;
use crate::primitive::{AtomicU64, Ordering};
use crate::work::{Fate, TaskNode, TaskRef};

/// Round trips of one measurement; half of one is the cost of a hop.
const TRIPS: usize = 2_000;

/// A measurement ends after this time with what it has.
const LIMIT: Duration = Duration::from_millis(50);

/// Fewer round trips give no result: a core is shared, or a context is busy.
const FEWEST: usize = 20;

/// One cache line goes back and forth between the threads of the two contexts.
///
/// None if one of them has no thread of its own, or they share one, or they did not meet in time.
pub(super) fn measure(from: &ContextRef, to: &ContextRef) -> Option<HopCost> {
    let threads = [from, to].iter().all(|context| context.drive().is_none() && !context.is_here());
    if !threads || from.id() == to.id() {
        return None;
    }
    let line = Arc::new(Line { turn: AtomicU64::new(0), until: Instant::now() + LIMIT });
    let (sender, receiver) = std::sync::mpsc::sync_channel(1);
    let theirs = Arc::clone(&line);
    post(to, move || theirs.answer());
    post(from, move || {
        // The receiver waits below; if it has given up, nobody wants the result.
        let _unwanted = sender.send(line.ask());
    });
    let mut halves = receiver.recv_timeout(2 * LIMIT).ok().filter(|halves| halves.len() >= FEWEST)?;
    halves.sort_unstable();
    let at = |percent: usize| halves[(halves.len() - 1) * percent / 100];
    Some(HopCost { p50_ns: at(50), p99_ns: at(99) })
}

#[repr(align(128))]
struct Line {
    // INVARIANT: even when the asker may write, odd when the answerer may.
    turn: AtomicU64,
    until: Instant,
}

impl Line {
    fn ask(&self) -> Vec<u64> {
        let mut halves = Vec::with_capacity(TRIPS);
        for trip in 0..TRIPS as u64 {
            let began = Instant::now();
            // ORDERING: release pairs with the acquire of `answer`.
            self.turn.store(2 * trip + 1, Ordering::Release);
            if self.wait(2 * trip + 2).is_none() {
                break;
            }
            halves.push(u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX) / 2);
        }
        halves
    }

    fn answer(&self) {
        for trip in 0..TRIPS as u64 {
            if self.wait(2 * trip + 1).is_none() {
                return;
            }
            // ORDERING: release pairs with the acquire of `ask`.
            self.turn.store(2 * trip + 2, Ordering::Release);
        }
    }

    fn wait(&self, turn: u64) -> Option<()> {
        let mut looks = 0_u32;
        // ORDERING: acquire pairs with the release of the other side.
        while self.turn.load(Ordering::Acquire) != turn {
            std::hint::spin_loop();
            looks = looks.wrapping_add(1);
            if looks.is_multiple_of(1024) && Instant::now() > self.until {
                return None;
            }
        }
        Some(())
    }
}

/// A boxed closure as a task; it frees itself when it has run or was given up.
#[repr(C)]
struct Job<F> {
    // First, so that the task finds its job.
    node: TaskNode,
    work: Option<F>,
}

fn post<F: FnOnce() + Send + 'static>(context: &ContextRef, work: F) {
    let job = Box::new(Job { node: TaskNode::new(run::<F>), work: Some(work) });
    let node = NonNull::from(Box::leak(job)).cast();
    // SAFETY: the job stays where it is until it runs, nothing else refers to its node, and its
    // work is `Send`.
    context.post(unsafe { TaskRef::new(node) });
}

/// # Safety
///
/// `node` is the first field of a leaked `Job<F>`.
unsafe fn run<F: FnOnce()>(node: NonNull<TaskNode>, fate: Fate) {
    // SAFETY: `post` leaked it, and only this task, which runs once, refers to it.
    let mut job = unsafe { Box::from_raw(node.cast::<Job<F>>().as_ptr()) };
    if let (Fate::Run, Some(work)) = (fate, job.work.take()) {
        work();
    }
}
