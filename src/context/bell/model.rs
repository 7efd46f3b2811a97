//! Model checks of falling asleep: every interleaving, and every value that a load may see.
//!
//! Run by `RUSTFLAGS="--cfg loom" cargo test --release --lib model`.

use std::ptr::NonNull;

use loom::sync::Arc;
use loom::sync::atomic::{AtomicBool, AtomicUsize};
use loom::thread;

use super::{Bell, Rung};
use crate::lane::Attention;
use crate::primitive::Ordering;
use crate::work::{Fate, TaskNode, TaskQueue, TaskRef};

/// What others give to a context, as plainly as can be: a count that nothing but the bell orders.
struct Shared {
    bell: Bell,
    given: AtomicUsize,
}

impl Shared {
    fn new() -> Arc<Self> {
        Arc::new(Self { bell: Bell::new(), given: AtomicUsize::new(0) })
    }

    /// Works until `wanted` were given. A lost wake is a deadlock, which loom reports.
    fn work(&self, wanted: usize) -> usize {
        let mut sleeps = 0;
        while self.given.load(Ordering::Relaxed) < wanted {
            if self.bell.sleep() {
                sleeps += 1;
                thread::park();
                self.bell.awake();
            }
        }
        sleeps
    }

    fn give(&self, context: &thread::Thread) -> bool {
        self.given.fetch_add(1, Ordering::Relaxed);
        let wake = self.bell.ring() == Rung::Wake;
        if wake {
            context.unpark();
        }
        wake
    }
}

#[test]
fn no_ring_is_slept_through() {
    loom::model(|| {
        let shared = Shared::new();
        let context = thread::current();
        let givers = [(); 2].map(|()| {
            let (shared, context) = (Arc::clone(&shared), context.clone());
            thread::spawn(move || shared.give(&context))
        });
        let sleeps = shared.work(2);
        let wakes = givers.into_iter().map(|giver| giver.join().unwrap()).filter(|wake| *wake).count();
        // Nobody else ends a sleep here, so that each took exactly one wake.
        assert_eq!(wakes, sleeps);
    });
}

#[test]
fn a_sleeper_sees_the_close() {
    loom::model(|| {
        let shared = Shared::new();
        let context = thread::current();
        let closer = {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                shared.given.store(1, Ordering::Relaxed);
                if shared.bell.close() == Rung::Wake {
                    context.unpark();
                }
            })
        };
        while !shared.bell.is_closed() {
            if shared.bell.sleep() {
                thread::park();
                shared.bell.awake();
            }
        }
        assert_eq!(shared.given.load(Ordering::Relaxed), 1, "closing publishes what came before");
        assert!(!shared.bell.sleep(), "a closed context does not sleep");
        closer.join().unwrap();
    });
}

/// A task that counts how it ended.
#[repr(C)]
struct Counted {
    node: TaskNode,
    ended: Arc<AtomicUsize>,
}

impl Counted {
    fn task(ended: &Arc<AtomicUsize>) -> TaskRef {
        let counted = Box::new(Self { node: TaskNode::new(Self::end), ended: Arc::clone(ended) });
        let counted = NonNull::from(Box::leak(counted));
        // SAFETY: the box is leaked until its task is entered, and this is the only reference.
        unsafe { TaskRef::new(counted.cast()) }
    }

    /// # Safety
    ///
    /// `node` is the first field of a leaked `Box<Self>` that nobody else holds.
    unsafe fn end(node: NonNull<TaskNode>, _: Fate) {
        // SAFETY: the caller hands over the box that `task` leaked.
        let counted = unsafe { Box::from_raw(node.cast::<Self>().as_ptr()) };
        counted.ended.fetch_add(1, Ordering::Relaxed);
    }
}

/// A post that races with the end: the task is taken by the context or by the poster, never by
/// nobody.
#[test]
fn a_task_posted_at_the_end_is_dropped_once() {
    loom::model(|| {
        let shared = Arc::new((Bell::new(), TaskQueue::new()));
        let ended = Arc::new(AtomicUsize::new(0));
        let poster = {
            let (shared, ended) = (Arc::clone(&shared), Arc::clone(&ended));
            thread::spawn(move || {
                shared.1.push(Counted::task(&ended));
                if shared.0.ring() == Rung::Closed {
                    drop(shared.1.take());
                }
            })
        };
        let _ = shared.0.close();
        drop(shared.1.take());
        poster.join().unwrap();
        assert_eq!(ended.load(Ordering::Relaxed), 1);
    });
}

/// Two raises before one answer: what came before either is visible after it. If one were lost,
/// the loop below would never end, which loom reports.
#[test]
fn attention_is_answered_for_everybody() {
    let mut model = loom::model::Builder::new();
    // Three preemptions reach the fault; without a bound it takes a minute.
    model.preemption_bound = Some(3);
    model.check(|| {
        let attention = Arc::new(Attention::new());
        let flags = Arc::new([AtomicBool::new(false), AtomicBool::new(false)]);
        for index in [0, 1] {
            let (attention, flags) = (Arc::clone(&attention), Arc::clone(&flags));
            thread::spawn(move || {
                flags[index].store(true, Ordering::Relaxed);
                attention.raise();
            });
        }
        let mut seen = false;
        while !seen {
            if attention.lower() {
                seen = flags.iter().all(|flag| flag.load(Ordering::Relaxed));
            } else {
                thread::yield_now();
            }
        }
    });
}
