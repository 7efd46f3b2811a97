//! A context that a future drives: it runs wherever that future is polled.

mod driver;

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

pub(crate) use driver::{Driver, Drove};

use super::front::by_front;
use super::host::Front;
use super::{Context, ContextRef, NeverBlocks, Placement, Scheduler};
use crate::lane::Turn;

/// A context whose thread is the task of some executor: it takes its turns when that polls [`Turns`].
///
/// It hosts lanes and tasks as every context does, so that a graph, or a part of one, runs *inside* of
/// an async program: its sockets, timers and channels are polled where their own executor is, and
/// other stages hop to pinned cores and back. It parks between two polls, and is woken by the waker of
/// the task.
///
/// It ends when the last handle, and the last graph that runs on it, is gone; then the future
/// completes. If the future is dropped earlier, whatever the context runs is abandoned: graphs end with
/// [`RunError::ContextEnded`](crate::control::RunError::ContextEnded).
///
/// A stage that is marked `blocking` may not run here.
///
/// **Costs** a handful of allocations when it is made; per poll two uncontended locks and a clone of the
/// waker.
///
/// # Examples
///
/// ```
/// use fusewire::context::polled::Polled;
/// use fusewire::engine::Engine;
/// use fusewire::prelude::*;
/// # fn spawn(turns: fusewire::context::polled::Turns) -> std::thread::JoinHandle<()> {
/// #     std::thread::spawn(move || { block_on(from_future(turns)); })
/// # }
///
/// let (here, turns) = Polled::new("here");
/// let executor = spawn(turns); // on any executor, such as `tokio::spawn`
/// let report = Engine::on(here).run(from_iter(0..10))?.join()?;
/// assert_eq!(report.completed, 10);
/// # executor.join().unwrap();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Polled {
    context: ContextRef,
    front: Arc<Front>,
}

impl Polled {
    /// A context, and the future that drives it.
    pub fn new(name: &str) -> (Self, Turns) {
        let driver = Driver::new(name, "polled");
        let front = Arc::clone(driver.front());
        let shared = Arc::new(Shared { driver: Mutex::new(Some(driver)), waiter: Mutex::new(None) });
        let context = Arc::new(ByPolls { front: Arc::clone(&front), shared: Arc::clone(&shared) });
        (Self { context, front }, Turns { shared })
    }

    /// Ends the context with the next poll of its future, whoever still uses it: what it runs is abandoned.
    pub fn end(&self) {
        self.front.close();
    }
}

impl Scheduler for Polled {
    type Runs = NeverBlocks;

    fn context(&self) -> &ContextRef {
        &self.context
    }
}

/// The turns of a [`Polled`] context: the future to be spawned on an executor.
///
/// **Completes** when the context has ended. A poll takes turns until nothing moves on any more, and
/// yields to the executor after some hundreds.
///
/// Between two polls a lane or a task may wait for a deadline. In a tokio runtime (feature `tokio`) the
/// runtime's timer wakes the future, and the runtime must have time enabled; without one the future asks to be
/// polled again at once for as long as a deadline is ahead.
#[must_use = "the context does nothing unless its turns are polled: spawn them on an executor"]
pub struct Turns {
    shared: Arc<Shared>,
}

impl fmt::Debug for Turns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Turns").finish_non_exhaustive()
    }
}

impl Future for Turns {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> Poll<()> {
        let Ok(mut driver) = self.shared.driver.try_lock() else {
            return self.shared.come_back(cx.waker());
        };
        let Some(driven) = driver.as_mut() else { return Poll::Ready(()) };
        match driven.drive(cx, false, || false) {
            Drove::Pending => Poll::Pending,
            Drove::Done | Drove::Ended => {
                *driver = None;
                Poll::Ready(())
            }
        }
    }
}

impl Drop for Turns {
    fn drop(&mut self) {
        let driver = self.shared.driver().take();
        drop(driver);
    }
}

struct Shared {
    // Contended only while somebody blocks on a graph that runs here; see `ByPolls::drive`.
    driver: Mutex<Option<Driver>>,
    // The waker of a poll that found the driver taken.
    waiter: Mutex<Option<Waker>>,
}

impl Shared {
    fn driver(&self) -> MutexGuard<'_, Option<Driver>> {
        self.driver.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has the future polled again when the driver is free.
    fn come_back(&self, waker: &Waker) -> Poll<()> {
        *self.waiter.lock().unwrap_or_else(PoisonError::into_inner) = Some(waker.clone());
        // Given back in between: nobody would wake the waiter.
        if self.driver.try_lock().is_ok() {
            waker.wake_by_ref();
        }
        Poll::Pending
    }
}

/// The context as its users hold it: when the last clone goes, the host is asked to end.
struct ByPolls {
    front: Arc<Front>,
    shared: Arc<Shared>,
}

impl Drop for ByPolls {
    fn drop(&mut self) {
        self.front.close_behind();
    }
}

impl fmt::Debug for ByPolls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.front.fmt(f)
    }
}

// SAFETY: everything that the promise is about is the front's, whose host is behind a lock.
unsafe impl Context for ByPolls {
    by_front!();

    fn placement(&self) -> Placement {
        Placement { core: None, wait: "polled" }
    }

    /// So that whoever blocks on a graph that runs here, perhaps on the executor's only thread, does not
    /// wait for ever.
    fn drive(&self) -> Option<Turn> {
        if self.is_here() {
            return Some(Turn::Idle);
        }
        let turn = match self.shared.driver.try_lock() {
            Err(_) => Turn::Idle,
            Ok(mut driver) => driver.as_mut()?.turn_by_hand(),
        };
        let waiter = self.shared.waiter.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(waiter) = waiter {
            waiter.wake();
        }
        Some(turn)
    }
}
