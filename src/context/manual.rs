//! A context whose turns are taken by hand: deterministic, for tests.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use super::clock::Clock;
use super::front::by_front;
use super::host::{Front, Host, HostSettings, ParkedThread};
use super::{Context, ContextRef, MayBlock, Placement, Scheduler};
use crate::alloc::Allocation;
use crate::lane::Turn;
use crate::wait::Wait;

/// Runs when the test says so, on the thread that says so.
///
/// One [`turn`](Self::turn) is: new lanes start, the tasks posted before it run, then every waiting
/// task, then each lane takes one turn, in the order of attaching. What they post runs in the next
/// turn. So a run of a graph on manual contexts is the same every time.
///
/// Clones are handles of the same context. When the last handle is dropped the context ends, on
/// the thread that drops it.
///
/// # Examples
///
/// ```
/// use fusewire::context::manual::Manual;
/// use fusewire::lane::{Abandoned, Lane, Turn};
/// use fusewire::context::Scheduler;
///
/// struct Three(u32);
/// impl Lane for Three {
///     fn turn(&mut self) -> Turn {
///         self.0 += 1;
///         if self.0 == 3 { Turn::Done } else { Turn::Busy }
///     }
///     fn abandon(&mut self, _: Abandoned) {}
/// }
///
/// let manual = Manual::new();
/// manual.context().attach(Box::new(Three(0)));
/// assert_eq!(manual.run_until_idle(), 3);
/// ```
#[derive(Debug, Clone)]
pub struct Manual {
    context: ContextRef,
    front: Arc<Front>,
    host: Arc<Mutex<Host>>,
}

impl Manual {
    /// A context of its own, named `manual`.
    pub fn new() -> Self {
        Self::named("manual")
    }

    /// A context of its own.
    pub fn named(name: &str) -> Self {
        Self::with_allocation(name, Allocation::Recycling)
    }

    /// A context of its own with this default [policy](crate::alloc).
    pub fn with_allocation(name: &str, allocation: impl Into<Allocation>) -> Self {
        Self::with_clock(name, allocation.into(), Clock::System)
    }

    /// A context of its own with a clock that stands still until it is [advanced](Self::advance).
    ///
    /// Sources such as [`after`](crate::sources::after()) and [`every`](crate::sources::every()) go by it where they run on this
    /// context, so that a test of an hour takes no time and always goes the same way.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use fusewire::context::manual::Manual;
    /// use fusewire::engine::Engine;
    /// use fusewire::control::Stop;
    /// use fusewire::prelude::*;
    ///
    /// let clock = Manual::simulated("clock");
    /// let graph = Engine::on(clock.clone()).run(every(Duration::from_secs(60)).map(|tick| tick.missed))?;
    /// clock.run_until_idle();
    /// for _ in 0..60 {
    ///     clock.advance(Duration::from_secs(60));
    ///     clock.run_until_idle();
    /// }
    /// graph.stop(Stop::Drain);
    /// clock.run_until_idle();
    /// assert_eq!(graph.join()?.completed, 60);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn simulated(name: &str) -> Self {
        Self::with_clock(name, Allocation::Recycling, Clock::simulated())
    }

    /// Moves the clock of a [simulated](Self::simulated) context on. Nothing runs before its next turn.
    ///
    /// Does nothing to the system's clock, by which other contexts go.
    pub fn advance(&self, time: Duration) {
        self.front.advance(time);
    }

    fn with_clock(name: &str, allocation: Allocation, clock: Clock) -> Self {
        // It spins, as far as others can tell: every turn looks at everything.
        let settings = HostSettings { name: name.to_owned(), kind: "manual", core: None, wait: Wait::Spin };
        let (front, host) = Host::with_clock(settings, allocation, clock, Arc::new(ParkedThread::default()));
        let host = Arc::new(Mutex::new(host));
        let context = Arc::new(ByHand { front: Arc::clone(&front), host: Arc::downgrade(&host) });
        Self { context, front, host }
    }

    /// One turn, on the calling thread: busy if anything moved on, done once the context has ended.
    ///
    /// Waits while another thread takes a turn. Called by something that this context runs it does
    /// nothing and is idle.
    pub fn turn(&self) -> Turn {
        if self.context.is_here() { Turn::Idle } else { locked(&self.host).turn() }
    }

    /// Turns until one is idle; how many were not.
    ///
    /// Does not return while a lane or a task keeps busy.
    pub fn run_until_idle(&self) -> u64 {
        let mut busy = 0;
        while self.turn() == Turn::Busy {
            busy += 1;
        }
        busy
    }

    /// Ends the context, whoever still holds it: what is left is abandoned on the calling thread.
    ///
    /// Called by something that this context runs, it comes into effect with the next turn.
    pub fn end(&self) {
        self.front.close();
        self.turn();
    }
}

impl Default for Manual {
    fn default() -> Self {
        Self::new()
    }
}

impl Scheduler for Manual {
    type Runs = MayBlock;

    fn context(&self) -> &ContextRef {
        &self.context
    }
}

fn locked(host: &Mutex<Host>) -> MutexGuard<'_, Host> {
    host.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The context: its front, and a way to the host for those who wait on this context's work.
#[derive(Debug)]
struct ByHand {
    front: Arc<Front>,
    // Weak, so that a lane that holds its own context does not keep it from ending.
    host: Weak<Mutex<Host>>,
}

// SAFETY: everything that the promise is about is the front's, whose host is behind a lock.
unsafe impl Context for ByHand {
    by_front!();

    fn placement(&self) -> Placement {
        Placement { core: None, wait: "by hand" }
    }

    fn drive(&self) -> Option<Turn> {
        if self.is_here() {
            return Some(Turn::Idle);
        }
        let host = self.host.upgrade()?;
        let turn = locked(&host).turn();
        Some(turn)
    }
}
