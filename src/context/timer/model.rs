//! A timer that is due, or abandoned, against a stop from another thread: the task goes on exactly once.

use std::marker::PhantomPinned;
use std::ptr::NonNull;
use std::time::Instant;

use loom::sync::Arc;
use loom::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use loom::thread;

use super::{Timer, Timers};
use crate::alloc::Allocation;
use crate::context::{Context, ContextId, ContextRef};
use crate::lane::Lane;
use crate::stop::{StopSource, StopToken};
use crate::work::{Fate, TaskNode, TaskQueue, TaskRef};

/// A context whose thread is that of the model, and that may have ended.
struct Here {
    id: ContextId,
    tasks: TaskQueue,
    timers: Timers,
    closed: AtomicBool,
}

impl std::fmt::Debug for Here {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Here")
    }
}

// SAFETY: the thread of the model is the only one that runs tasks and polls the timers; they are its own.
unsafe impl Context for Here {
    fn id(&self) -> ContextId {
        self.id
    }

    fn name(&self) -> &str {
        "here"
    }

    fn kind(&self) -> &'static str {
        "model"
    }

    fn allocation(&self) -> &Allocation {
        &Allocation::Recycling
    }

    fn post(&self, task: TaskRef) {
        if self.closed.load(Ordering::SeqCst) {
            drop(task);
        } else {
            self.tasks.push(task);
        }
    }

    fn post_waiting(&self, task: TaskRef, _: Option<Instant>) {
        self.post(task);
    }

    fn timers(&self) -> Option<&Timers> {
        Some(&self.timers)
    }

    fn attach(&self, _: Box<dyn Lane>) {}

    fn wake(&self) {}

    fn must_be_woken(&self) -> bool {
        false
    }
}

#[repr(C)]
struct Sleeper {
    // First, so that the task finds it.
    task: TaskNode,
    timer: Timer,
    stop: StopToken,
    entered: Arc<AtomicUsize>,
    _pinned: PhantomPinned,
}

/// # Safety
///
/// `node` is the first field of a leaked `Sleeper`, whose task waited.
unsafe fn entered(node: NonNull<TaskNode>, _: Fate) {
    let mut sleeper = node.cast::<Sleeper>();
    // SAFETY: its task is entered by one thread at a time.
    let stop = unsafe { sleeper.as_ref() }.stop.clone();
    // SAFETY: as above.
    let timer = unsafe { &mut sleeper.as_mut().timer };
    // SAFETY: it is in place until it is dropped below; its task in hand is used up.
    if unsafe { timer.settle(&stop, || TaskRef::new(node)) } {
        // SAFETY: it was leaked, and nobody needs it any more.
        let sleeper = unsafe { Box::from_raw(sleeper.as_ptr()) };
        sleeper.entered.fetch_add(1, Ordering::SeqCst);
    }
}

fn race(end: impl Fn(&Here) + Sync + Send + 'static) {
    loom::model(move || {
        let here = std::sync::Arc::new(Here {
            id: ContextId::unique(),
            tasks: TaskQueue::new(),
            timers: Timers::new(),
            closed: AtomicBool::new(false),
        });
        let context: ContextRef = here.clone();
        let (source, count) = (StopSource::new(), Arc::new(AtomicUsize::new(0)));
        let sleeper = Box::leak(Box::new(Sleeper {
            task: TaskNode::new(entered),
            // SAFETY: it is leaked with its sleeper until it has settled.
            timer: unsafe { Timer::new() },
            stop: source.token(),
            entered: count.clone(),
            _pinned: PhantomPinned,
        }));
        let stop = sleeper.stop.clone();
        let node = NonNull::from(&mut *sleeper).cast::<TaskNode>();
        // SAFETY: it is leaked until its task goes on.
        let task = unsafe { TaskRef::new(node) };
        // SAFETY: it stays in place, and settles first.
        unsafe { (*node.cast::<Sleeper>().as_ptr()).timer.wait(&context, Instant::now(), &stop, task) };
        let asking = thread::spawn(move || source.request_stop());
        end(&here);
        asking.join().unwrap();
        here.tasks.take().for_each(TaskRef::run);
        assert_eq!(count.load(Ordering::SeqCst), 1);
        assert!(here.timers.is_empty());
    });
}

#[test]
fn a_timer_that_is_due_while_a_stop_is_requested_goes_on_once() {
    race(|here| {
        // SAFETY: this is the thread that runs the tasks.
        unsafe { here.timers.poll(Instant::now, TaskRef::run) };
        here.tasks.take().for_each(TaskRef::run);
    });
}

#[test]
fn a_timer_that_is_abandoned_while_a_stop_is_requested_ends_once() {
    race(|here| {
        here.closed.store(true, Ordering::SeqCst);
        here.tasks.take().for_each(drop);
        // SAFETY: this is the thread that runs the tasks.
        while let Some(task) = unsafe { here.timers.take() } {
            drop(task);
        }
    });
}
