//! How a context's thread sleeps, and how others wake it.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::thread::Thread;
use std::time::Instant;

#[cfg(target_os = "linux")]
mod doorbells;
#[cfg(target_os = "linux")]
pub use doorbells::Doorbell;
#[cfg(target_os = "linux")]
use doorbells::Doorbells;

/// How the thread of a [`Host`](super::host::Host) sleeps and looks for events.
///
/// A context that only runs lanes uses [`ThreadPark`]; one with a poller of its own (io) sleeps in
/// the poller, so that an event wakes it as well as a wake does.
pub trait Park {
    /// The turns that a busy host may make before it calls [`look`](Self::look); none if there is
    /// nothing to look for.
    const TURNS: Option<u32> = None;

    /// Called once, on the host's thread, before the first turn.
    fn start(&mut self) {}

    /// Sleeps until the [`Unpark`] is used, an event comes, or `deadline`. May return early.
    ///
    /// An [`unpark`](Unpark::unpark) that came between the last return and this call ends it at once.
    fn park(&mut self, deadline: Option<Instant>);

    /// Looks for events without sleeping; whether there were any.
    fn look(&mut self) -> bool {
        false
    }
}

/// Wakes a thread that sleeps in [`Park::park`]. Any thread may use it.
pub trait Unpark: fmt::Debug + Send + Sync + 'static {
    /// Ends the present call of `park`, or else the next.
    fn unpark(&self);

    /// Has the thread sleep on this word of another process too. Whether it can.
    #[cfg(target_os = "linux")]
    #[doc(hidden)]
    fn sleeps_also_on(&self, bell: Arc<dyn Doorbell>) -> bool {
        drop(bell);
        false
    }
}

/// Sleeps by the standard library's thread parker: a futex where there is one.
#[derive(Debug)]
pub struct ThreadPark {
    thread: Arc<ParkedThread>,
}

/// Wakes the thread of a [`ThreadPark`].
#[derive(Debug, Default)]
pub struct ParkedThread {
    // INVARIANT: set by `start`, on the host's thread, before its first sleep.
    thread: OnceLock<Thread>,
    // Set before the first sleep that is to end by what another process does.
    #[cfg(target_os = "linux")]
    doorbells: OnceLock<Doorbells>,
}

impl ThreadPark {
    /// A parker, and what wakes it.
    pub fn new() -> (Self, Arc<ParkedThread>) {
        let thread = Arc::new(ParkedThread::default());
        (Self { thread: Arc::clone(&thread) }, thread)
    }
}

impl Park for ThreadPark {
    fn start(&mut self) {
        self.thread.thread.get_or_init(std::thread::current);
    }

    fn park(&mut self, deadline: Option<Instant>) {
        #[cfg(target_os = "linux")]
        if let Some(doorbells) = self.thread.doorbells.get() {
            return doorbells.park(deadline);
        }
        match deadline {
            None => std::thread::park(),
            Some(deadline) => {
                std::thread::park_timeout(deadline.saturating_duration_since(Instant::now()));
            }
        }
    }
}

impl Unpark for ParkedThread {
    fn unpark(&self) {
        if let Some(thread) = self.thread.get() {
            thread.unpark();
        }
        #[cfg(target_os = "linux")]
        if let Some(doorbells) = self.doorbells.get() {
            doorbells.unpark();
        }
    }

    #[cfg(target_os = "linux")]
    fn sleeps_also_on(&self, bell: Arc<dyn Doorbell>) -> bool {
        self.doorbells.get_or_init(Doorbells::default).add(bell)
    }
}
