//! The thread on which a socket lives, told apart by one comparison.

use crate::context::io::Io;
use crate::context::{ContextRef, Scheduler};

thread_local! {
    static MARK: u8 = const { 0 };
}

/// A number that no two threads have at the same time.
#[inline]
fn this_thread() -> usize {
    MARK.with(|mark| std::ptr::from_ref(mark).addr())
}

/// The io context of a socket, and its thread once it has been seen there.
#[derive(Debug)]
pub(crate) struct Home {
    io: Io,
    // INVARIANT: zero, or `this_thread` of the context's own thread.
    thread: usize,
}

impl Home {
    pub(crate) const fn new(io: Io) -> Self {
        Self { io, thread: 0 }
    }

    /// The handle of the context.
    pub(crate) const fn io(&self) -> &Io {
        &self.io
    }

    /// The context itself.
    pub(crate) fn context(&self) -> ContextRef {
        self.io.context().clone()
    }

    /// Whether the calling thread is the context's. One comparison after the first success.
    #[inline]
    pub(crate) fn is_here(&mut self) -> bool {
        self.thread == this_thread() || self.look()
    }

    /// Whether `is_here` ever said yes.
    pub(crate) const fn seen(&self) -> bool {
        self.thread != 0
    }

    #[cold]
    fn look(&mut self) -> bool {
        if !self.io.context().is_here() {
            return false;
        }
        self.thread = this_thread();
        true
    }
}
