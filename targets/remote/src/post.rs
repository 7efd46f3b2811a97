//! What an end shows to the thread that looks after it, and to whoever reads its numbers: whether it has nothing to do, whom to wake,
//! and why it is not open.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use fusewire::edge::Wake;

/// One end, as the thread that looks after it sees it.
pub struct Post {
    /// How often an end that sleeps is woken to look.
    pub(crate) poll_every: Duration,
    // Why it is not open, or nobody is at the other end, in one sentence.
    fault: Mutex<Option<String>>,
    wake: OnceLock<Box<dyn Wake>>,
    // Set by the end when it finds nothing to do, cleared when it does something.
    idle: AtomicBool,
}

impl Post {
    pub(crate) fn new(poll_every: Duration) -> Self {
        Self { poll_every, fault: Mutex::default(), wake: OnceLock::new(), idle: AtomicBool::new(false) }
    }

    pub(crate) fn fault(&self) -> Option<String> {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_fault(&self, fault: Option<String>) {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }

    pub(crate) fn woken_by(&self, wake: Box<dyn Wake>) -> bool {
        self.wake.set(wake).is_ok()
    }

    /// Whether somebody sleeps on this end, so that it must be woken to look.
    pub(crate) fn sleeps(&self) -> bool {
        // ORDERING: relaxed, who looks after the end looks again and again.
        self.idle.load(Ordering::Relaxed) && self.wake.get().is_some()
    }

    /// Whether this end belongs to a context that may sleep.
    pub(crate) fn wakes(&self) -> bool {
        self.wake.get().is_some()
    }

    pub(crate) fn wake(&self) {
        if let Some(wake) = self.wake.get() {
            wake.wake();
        }
    }

    /// Notes whether the end has something to do, where that changes.
    #[inline(always)]
    pub(crate) fn set_idle(&self, idle: bool) {
        // ORDERING: relaxed, only the end writes, so it reads its own word.
        if self.idle.load(Ordering::Relaxed) != idle {
            // ORDERING: relaxed, who looks after the end looks again and again.
            self.idle.store(idle, Ordering::Relaxed);
        }
    }
}

impl fmt::Debug for Post {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Post").field("fault", &self.fault()).finish_non_exhaustive()
    }
}
