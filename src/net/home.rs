//! The thread on which a socket lives, told apart by one comparison.

use std::cell::Cell;
use std::fmt;
use std::sync::LazyLock;

use crate::context::io::Io;
use crate::context::{ContextRef, Scheduler};
use crate::primitive::{AtomicU64, Ordering};

thread_local! {
    static NUMBER: Cell<u64> = const { Cell::new(0) };
}

/// A number that no other thread of this process ever has; never zero. One load, once it is known.
#[inline]
pub(crate) fn this_thread() -> u64 {
    let number = NUMBER.get();
    if number == 0 { first_seen() } else { number }
}

#[cold]
fn first_seen() -> u64 {
    static NEXT: LazyLock<AtomicU64> = LazyLock::new(|| AtomicU64::new(1));
    // ORDERING: relaxed, only the uniqueness of the number matters.
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    NUMBER.set(number);
    number
}

/// The io context of a socket, and its thread once it has been seen there.
#[derive(Debug)]
pub(crate) struct Home {
    io: Io,
    // INVARIANT: zero, or the number of the only thread to which `is_here` ever says yes.
    thread: u64,
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
    ///
    /// It says yes to one thread at most, even if somebody [enters](crate::context::enter) the
    /// context on several: memory safety hangs on it.
    #[inline]
    pub(crate) fn is_here(&mut self) -> bool {
        self.thread == this_thread() || self.look()
    }

    #[cold]
    fn look(&mut self) -> bool {
        if self.thread != 0 || !self.io.context().is_here() {
            return false;
        }
        self.thread = this_thread();
        true
    }
}

/// A value that is used and dropped on the thread that made it, and leaked anywhere else.
///
/// An operation must be `Send`; this lets one hold bytes that are not, such as an `Rc<[u8]>`.
pub(crate) struct Local<T> {
    // INVARIANT: touched on the thread with this number alone.
    value: Option<T>,
    thread: u64,
}

// SAFETY: every access to the value, its drop included, checks that this is the thread that made
// it; on another thread nothing but the number is read.
unsafe impl<T> Send for Local<T> {}

impl<T> Local<T> {
    pub(crate) fn new(value: T) -> Self {
        Self { value: Some(value), thread: this_thread() }
    }

    /// Whether this is the value's thread.
    #[inline]
    pub(crate) fn is_here(&self) -> bool {
        self.thread == this_thread()
    }

    /// The value, if this is its thread and nobody has taken it.
    #[inline]
    pub(crate) fn get(&self) -> Option<&T> {
        if self.is_here() { self.value.as_ref() } else { None }
    }

    /// Takes the value out, if this is its thread.
    #[inline]
    pub(crate) fn take(&mut self) -> Option<T> {
        if self.is_here() { self.value.take() } else { None }
    }
}

impl<T> Drop for Local<T> {
    #[inline]
    fn drop(&mut self) {
        if !self.is_here() {
            std::mem::forget(self.value.take());
        }
    }
}

impl<T> fmt::Debug for Local<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Local").finish_non_exhaustive()
    }
}
