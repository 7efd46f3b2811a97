//! How a pass is asked to stop.
//!
//! Whoever works looks at the [token](StopToken::stop_requested). Whoever sleeps is woken, if it
//! [waits as a task](StopToken::wait_on), or called, if it left a [`StopCallback`].

mod callback;
mod recycled;

use std::fmt;
use std::mem;
use std::ptr::NonNull;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::context::ContextRef;
use crate::lock::Lock;
use crate::primitive::{AtomicBool, AtomicU64, Ordering};

use callback::Callbacks;
pub use callback::{Left, StopCallback};
pub(crate) use recycled::Recycled;

/// Asks the work that holds its tokens to stop.
///
/// Cloning gives another handle of the same source. Costs one allocation when it is made.
#[derive(Debug, Clone, Default)]
pub struct StopSource {
    shared: Arc<Shared>,
}

struct Shared {
    requested: AtomicBool,
    // Contexts on which something waits that looks at a token when it is asked again.
    // INVARIANT: in the order of their ids, each once; but while they are woken, when `request_stop` has them.
    waits: Mutex<Vec<ContextRef>>,
    // INVARIANT: zero, or the id of a context in `waits`.
    known: AtomicU64,
    // INVARIANT: callbacks that are pinned where they are until they are called or taken out.
    callbacks: Lock<Callbacks>,
}

impl Default for Shared {
    fn default() -> Self {
        Self {
            requested: AtomicBool::new(false),
            waits: Mutex::default(),
            known: AtomicU64::new(0),
            callbacks: Lock::new(Callbacks::new()),
        }
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("requested", &self.requested).finish_non_exhaustive()
    }
}

impl StopSource {
    /// A source that has not asked yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A token that this source stops.
    pub fn token(&self) -> StopToken {
        StopToken { shared: Some(Arc::clone(&self.shared)) }
    }

    /// Asks: calls the [callbacks](StopCallback) that were left, on this thread, and wakes the contexts
    /// on which something [waits](StopToken::wait_on) for a stop. Returns whether this call was the first
    /// to ask.
    pub fn request_stop(&self) -> bool {
        // ORDERING: release pairs with the acquire of `StopToken::synchronize`, so that what was
        // written before the request is seen by whoever acts on it.
        let first = !self.shared.requested.swap(true, Ordering::Release);
        if first {
            self.shared.wake();
            self.shared.call_back();
        }
        first
    }

    /// Whether somebody has asked.
    pub fn stop_requested(&self) -> bool {
        // ORDERING: relaxed, the flag carries no data of its own.
        self.shared.requested.load(Ordering::Relaxed)
    }
}

impl Shared {
    fn waits(&self) -> MutexGuard<'_, Vec<ContextRef>> {
        self.waits.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes the contexts on which something waits. They are taken out and put back, so that none is woken under the lock
    /// and their list keeps its memory.
    fn wake(&self) {
        // The lock orders the request before every later look at it in `wait_on`.
        let mut waits = mem::take(&mut *self.waits());
        if waits.is_empty() {
            return;
        }
        for context in &waits {
            context.wake();
        }
        let mut now = self.waits();
        for context in now.drain(..) {
            keep(&mut waits, &context);
        }
        *now = waits;
    }

    /// Calls what was left before the request; what comes later is told so by `leave`.
    fn call_back(&self) {
        while let Some(callback) = self.callbacks.with(Callbacks::pop) {
            // SAFETY: it was left, and nobody has called it or taken it out before this pop.
            unsafe { StopCallback::call(callback) };
        }
    }
}

/// Puts `context` into its place, unless it is there.
fn keep(waits: &mut Vec<ContextRef>, context: &ContextRef) {
    if let Err(place) = waits.binary_search_by_key(&context.id(), |known| known.id()) {
        waits.insert(place, context.clone());
    }
}

/// Tells whether to stop. The default token is never stopped.
#[derive(Debug, Clone, Default)]
pub struct StopToken {
    shared: Option<Arc<Shared>>,
}

impl StopToken {
    /// A token that no source can stop.
    pub const fn never() -> Self {
        Self { shared: None }
    }

    /// Whether a stop was requested. One relaxed load.
    #[inline]
    pub fn stop_requested(&self) -> bool {
        // ORDERING: relaxed, the flag carries no data of its own; see `synchronize`.
        self.shared.as_ref().is_some_and(|shared| shared.requested.load(Ordering::Relaxed))
    }

    /// Whether a source exists that may ask this token to stop.
    pub const fn stop_possible(&self) -> bool {
        self.shared.is_some()
    }

    /// As [`stop_requested`](Self::stop_requested), and what was written before the request is
    /// visible afterwards.
    pub fn synchronize(&self) -> bool {
        // ORDERING: acquire pairs with the release of `StopSource::request_stop`.
        self.shared.as_ref().is_some_and(|shared| shared.requested.load(Ordering::Acquire))
    }

    /// Has `context` woken when a stop is requested, or now if it was.
    ///
    /// An operation calls it before it waits there as a task that looks at the token whenever it runs.
    /// **Costs** one relaxed load after the first time on a context; that takes a lock and, unless the source has been used
    /// by as many contexts before, an allocation.
    pub fn wait_on(&self, context: &ContextRef) {
        let Some(shared) = &self.shared else { return };
        let id = context.id().number();
        // ORDERING: relaxed, the word stands for itself: whoever reads the id here finds the context in
        // the list, because `request_stop` takes the lock that it was added under.
        if shared.known.load(Ordering::Relaxed) != id {
            self.add(context);
        }
    }

    /// Has `callback` called when a stop is requested, by whoever requests it.
    ///
    /// **Costs** a short lock; no allocation.
    ///
    /// # Safety
    ///
    /// - `callback` is pinned where it is, and valid, until [`take_out`](Self::take_out) has said that
    ///   it was in time, or the callback's function has been entered.
    /// - it is not left with any token now.
    pub unsafe fn leave(&self, callback: NonNull<StopCallback>) -> Left {
        let Some(shared) = &self.shared else { return Left::NoSource };
        shared.callbacks.with(|callbacks| {
            // ORDERING: relaxed; either the request is seen here, or it takes the lock after this.
            if shared.requested.load(Ordering::Relaxed) {
                return Left::Requested;
            }
            // SAFETY: the caller keeps it in place for as long as it is linked.
            unsafe { callbacks.push(callback) };
            Left::Waits
        })
    }

    /// Takes a callback back. Whether that was in time: else its function was called, is being called,
    /// or is about to be, and the callback stays until that was entered.
    ///
    /// **Costs** a short lock. Never waits for a function that is being called.
    ///
    /// # Safety
    ///
    /// `callback` was [left](Self::leave) with this token, which said [`Left::Waits`], and is still valid.
    pub unsafe fn take_out(&self, callback: NonNull<StopCallback>) -> bool {
        let Some(shared) = &self.shared else { return false };
        // SAFETY: it is linked here, or was until the request popped it.
        shared.callbacks.with(|callbacks| unsafe { callbacks.remove(callback) })
    }

    #[cold]
    fn add(&self, context: &ContextRef) {
        let Some(shared) = &self.shared else { return };
        let mut waits = shared.waits();
        keep(&mut waits, context);
        // ORDERING: relaxed; see `wait_on`.
        shared.known.store(context.id().number(), Ordering::Relaxed);
        drop(waits);
        // A request that came before did not find the context in the list.
        if self.stop_requested() {
            context.wake();
        }
    }
}
