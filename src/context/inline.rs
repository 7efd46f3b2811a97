//! The null target: runs here and now, on the thread of whoever gives it work.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::thread::Thread;
use std::time::Instant;

use super::front::by_front;
use super::host::{Front, Host, HostSettings, Unpark};
use super::{Context, ContextRef, MayBlock, Placement, Scheduler};
use crate::lane::Turn;
use crate::wait::Wait;

/// A context without a thread: whoever gives it work becomes its thread until the work is done.
///
/// It keeps the [contract](super) in its own way:
///
/// - `post` queues the task and then, if nobody runs this context at the moment, runs it on the
///   calling thread, as though the context had waited there; it returns when the queue is empty.
///   A `post` by something that this context runs only queues, and so does one by another thread
///   meanwhile: one thread at a time, in the order of posting, never inside each other. The caller
///   must not hold a lock that the task takes.
/// - `attach` runs the lane to its end, waiting as `SpinThenPark` does. So a graph of one lane runs
///   to its end inside [`Engine::run`](crate::engine::Engine::run); a lane that waits for another
///   lane attached later would wait for ever.
/// - A task that waits until a deadline is waited for on the calling thread; one without is polled
///   again at the next `post`, `attach` or `wake`.
///
/// Clones are handles of the same context; it ends when the last is dropped.
///
/// # Examples
///
/// ```
/// use fusewire::context::inline::Inline;
/// use fusewire::context::Scheduler;
/// use fusewire::lane::{Abandoned, Lane, Turn};
/// use std::sync::mpsc::{Sender, channel};
///
/// struct Once(Sender<&'static str>);
/// impl Lane for Once {
///     fn turn(&mut self) -> Turn {
///         self.0.send("done").unwrap();
///         Turn::Done
///     }
///     fn abandon(&mut self, _: Abandoned) {}
/// }
///
/// let (sent, received) = channel();
/// Inline::new().context().attach(Box::new(Once(sent)));
/// assert_eq!(received.try_recv(), Ok("done"));
/// ```
#[derive(Debug, Clone)]
pub struct Inline {
    here: Arc<Here>,
    context: ContextRef,
}

impl Inline {
    /// A context of its own, named `inline`.
    pub fn new() -> Self {
        let caller = Arc::new(Caller::default());
        let wait = Wait::spin_then_park();
        let settings = HostSettings { name: "inline".to_owned(), kind: "inline", core: None, wait };
        let (front, host) = Host::new(settings, caller.clone());
        // Nobody runs it yet, so the first to ring is told to.
        front.bell.sleep();
        let here = Arc::new(Here { front, host: Mutex::new(host), asleep: Mutex::new(None) });
        // Cannot be set before: it was made in this function.
        let _ = caller.here.set(Arc::downgrade(&here));
        Self { context: here.clone(), here }
    }

    /// Ends the context, whoever still holds it; what is left is abandoned, here or on the thread
    /// that runs it at the moment.
    pub fn end(&self) {
        self.here.front.close();
    }
}

impl Default for Inline {
    fn default() -> Self {
        Self::new()
    }
}

impl Scheduler for Inline {
    type Runs = MayBlock;

    fn context(&self) -> &ContextRef {
        &self.context
    }
}

/// What wakes this context: the caller runs it.
#[derive(Default)]
struct Caller {
    here: OnceLock<Weak<Here>>,
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller").finish_non_exhaustive()
    }
}

impl Unpark for Caller {
    fn unpark(&self) {
        if let Some(here) = self.here.get().and_then(Weak::upgrade) {
            here.wake_up();
        }
    }
}

#[derive(Debug)]
struct Here {
    front: Arc<Front>,
    // INVARIANT: locked by the thread that the bell told to wake this context.
    host: Mutex<Host>,
    // The thread that runs the context and sleeps in between, waiting for a lane or a deadline.
    asleep: Mutex<Option<Thread>>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Here {
    /// The bell told the calling thread to wake the context.
    fn wake_up(&self) {
        let sleeper = locked(&self.asleep).clone();
        match sleeper {
            Some(thread) => thread.unpark(),
            None => self.run(),
        }
    }

    /// Turns until nothing is left that the calling thread has to wait for.
    fn run(&self) {
        let mut host = locked(&self.host);
        self.front.bell.awake();
        let mut idle = 0;
        loop {
            match host.turn() {
                Turn::Busy => idle = 0,
                Turn::Done => return,
                Turn::Idle if idle < self.front.wait().patience() => {
                    idle += 1;
                    let nothing_left = host.lanes() == 0 && host.deadline().is_none();
                    if nothing_left && self.front.bell.sleep() {
                        return;
                    }
                    std::hint::spin_loop();
                }
                Turn::Idle => {
                    idle = 0;
                    self.sleep(host.deadline());
                }
            }
        }
    }

    fn sleep(&self, deadline: Option<Instant>) {
        *locked(&self.asleep) = Some(std::thread::current());
        if self.front.bell.sleep() {
            match deadline {
                None => std::thread::park(),
                Some(deadline) => {
                    std::thread::park_timeout(deadline.saturating_duration_since(Instant::now()));
                }
            }
            self.front.bell.awake();
        }
        *locked(&self.asleep) = None;
    }
}

// SAFETY: everything that the promise is about is the front's. A thread that comes by runs the host, which catches panics, under a
// lock; what is posted there meanwhile waits until the host looks.
unsafe impl Context for Here {
    by_front!();

    fn placement(&self) -> Placement {
        Placement { core: None, wait: "on the caller's thread" }
    }
}
