//! What the handles and the associations of a scope share.

use std::fmt;
use std::ops::Deref;
use std::ptr::NonNull;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::count::{Count, Full, Limit, MOST, Then};
use super::trace::Traces;
use super::waiters::Waiters;
use super::{Association, Refused};
use crate::alloc::Allocation;
use crate::context::{Context, ContextRef};
use crate::lane::PanicReport;
use crate::primitive::{AtomicUsize, Ordering};
use crate::stop::StopSource;

/// What the owner of a scope chose.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) limit: u32,
    pub(super) allocation: Option<Allocation>,
    pub(super) traced: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { limit: MOST, allocation: None, traced: false }
    }
}

impl Settings {
    /// The policy of the scope, or else that of `context`.
    pub(super) fn allocation<'a>(&'a self, context: Option<&'a ContextRef>) -> &'a Allocation {
        const GLOBAL: &Allocation = &Allocation::Global;
        match (&self.allocation, context) {
            (Some(allocation), _) => allocation,
            (None, Some(context)) => context.allocation(),
            (None, None) => GLOBAL,
        }
    }
}

/// In [`Shared::known`]: what is spawned on the context takes its memory from [`Recycling`](crate::alloc::Recycling), and is not noted.
const RECYCLES: usize = 1;

/// Where a context lies, which is even.
#[inline(always)]
fn place(context: &ContextRef) -> usize {
    Arc::as_ptr(context).cast::<()>().addr()
}

/// The scope itself; freed with its last handle or association.
pub(super) struct Shared {
    pub(super) count: Count,
    limit: Limit,
    // INVARIANT: zero, or where a context of `contexts` lies and, in its lowest bit, whether `RECYCLES` holds of it.
    known: AtomicUsize,
    pub(super) settings: Settings,
    pub(super) stops: Arc<Stops>,
    pub(super) waiters: Waiters,
    // There in a scope that notes what is spawned.
    pub(super) traces: Option<Traces>,
    panics: Mutex<Panics>,
    // The contexts that operations were spawned on; weak, so that the scope keeps none from ending.
    contexts: Mutex<Vec<Weak<dyn Context>>>,
    // INVARIANT: there until the scope is empty for good.
    parent: Mutex<Option<Association>>,
}

/// What stops a scope and those within.
#[derive(Debug, Default)]
pub(super) struct Stops {
    pub(super) source: StopSource,
    within: Mutex<Vec<Weak<Stops>>>,
}

impl Stops {
    /// Whether this call was the first to ask.
    fn request(&self) -> bool {
        // Without the lock: it calls what was left, which may ask for this scope again, or make one within.
        if !self.source.request_stop() {
            return false;
        }
        let within = locked(&self.within).clone();
        for stops in within.iter().filter_map(Weak::upgrade) {
            stops.request();
        }
        true
    }

    fn adopt(&self, within: &Arc<Self>) {
        let mut known = locked(&self.within);
        known.retain(|stops| stops.strong_count() != 0);
        known.push(Arc::downgrade(within));
        drop(known);
        // Looked at behind the lock: a request that took its list before has set the flag before.
        if self.source.stop_requested() {
            within.request();
        }
    }
}

/// The panics of operations whose results nobody awaits.
#[derive(Debug, Clone, Default)]
pub(super) struct Panics {
    pub(super) first: Option<PanicReport>,
    pub(super) count: u32,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    #[inline]
    fn associate(&self) -> Result<(), Refused> {
        self.count.associate(self.limit).map_err(|full| match full {
            Full::Closed => Refused::Closed,
            Full::Limit => Refused::Full { limit: self.settings.limit },
        })
    }

    /// The scope is empty for good: whoever waits for it may go on, and its parent has one operation less.
    pub(super) fn tell(&self) {
        self.waiters.tell();
        // Dropped outside of the lock: it may tell the parent that it is empty.
        let parent = locked(&self.parent).take();
        drop(parent);
    }

    /// Somebody who waited for the scope to be empty does so no more: if he was the last, it stays open.
    pub(super) fn waits_no_more(&self) {
        self.waiters.if_nobody(|| self.count.await_no_more());
    }

    pub(super) fn stop(&self) -> bool {
        self.stops.request()
    }

    pub(super) fn adopt(&self, within: &Self) {
        self.stops.adopt(&within.stops);
    }

    pub(super) fn panicked(&self, report: PanicReport) {
        let mut panics = locked(&self.panics);
        panics.count += 1;
        panics.first.get_or_insert(report);
    }

    pub(super) fn panics(&self) -> Panics {
        locked(&self.panics).clone()
    }

    /// Whether `context` is remembered as the last on which something was spawned, and what is spawned there is recycled.
    #[inline(always)]
    pub(super) fn recycles_on(&self, context: &ContextRef) -> bool {
        // ORDERING: relaxed, as in `spawns_on`; which policy is chosen is not a matter between threads.
        self.known.load(Ordering::Relaxed) == place(context) | RECYCLES
    }

    /// Remembers `context`, in case that somebody must take its turns.
    #[inline]
    pub(super) fn spawns_on(&self, context: &ContextRef) {
        // ORDERING: relaxed, a hint: only the lock says what is in the list. That the place was another context's is seen by
        // whoever has the new one: it was forgotten before that one's memory was given back.
        if self.known.load(Ordering::Relaxed) & !RECYCLES != place(context) {
            self.remember(context);
        }
    }

    #[cold]
    fn remember(&self, context: &ContextRef) {
        let mut contexts = locked(&self.contexts);
        let same = Arc::downgrade(context);
        // ORDERING: relaxed, see `spawns_on`: this comes before the memory of a context may be given back.
        self.known.store(0, Ordering::Relaxed);
        contexts.retain(|known| known.strong_count() != 0);
        if !contexts.iter().any(|known| known.ptr_eq(&same)) {
            contexts.push(same);
        }
        let recycles =
            self.traces.is_none() && matches!(self.settings.allocation(Some(context)), Allocation::Recycling);
        let known = place(context) | if recycles { RECYCLES } else { 0 };
        // ORDERING: relaxed, see `spawns_on`.
        self.known.store(known, Ordering::Relaxed);
    }

    /// The contexts that operations were spawned on and that there still are.
    pub(super) fn contexts(&self) -> Vec<ContextRef> {
        locked(&self.contexts).iter().filter_map(Weak::upgrade).collect()
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("count", &self.count).finish_non_exhaustive()
    }
}

/// Frees a scope that nobody holds.
///
/// # Safety
///
/// The count said [`Then::Free`] to the caller.
unsafe fn free(shared: NonNull<Shared>) {
    // SAFETY: `Held::new` made the box, and the count says `Free` to exactly one.
    drop(unsafe { Box::from_raw(shared.as_ptr()) });
}

/// One handle of a scope.
pub(super) struct Held {
    // INVARIANT: valid while the count has this handle.
    shared: NonNull<Shared>,
}

// SAFETY: all that it shares is `Sync`, and may be freed by any thread.
unsafe impl Send for Held {}
// SAFETY: as above.
unsafe impl Sync for Held {}

impl Held {
    /// The first handle of a new scope.
    pub(super) fn new(settings: Settings, parent: Option<Association>) -> Self {
        let shared = Box::new(Shared {
            count: Count::new(),
            limit: Limit::of(settings.limit),
            traces: settings.traced.then(Traces::default),
            known: AtomicUsize::new(0),
            settings,
            stops: Arc::default(),
            waiters: Waiters::new(),
            panics: Mutex::default(),
            contexts: Mutex::default(),
            parent: Mutex::new(parent),
        });
        Self { shared: NonNull::from(Box::leak(shared)) }
    }

    /// One more operation.
    #[inline]
    pub(super) fn count(&self) -> Result<Counted, Refused> {
        self.associate()?;
        Ok(Counted { shared: self.shared })
    }
}

impl Deref for Held {
    type Target = Shared;

    #[inline]
    fn deref(&self) -> &Shared {
        // SAFETY: the count has this handle.
        unsafe { self.shared.as_ref() }
    }
}

impl Clone for Held {
    fn clone(&self) -> Self {
        self.count.hold();
        Self { shared: self.shared }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if self.count.give_up() == Then::Free {
            // SAFETY: the count said so.
            unsafe { free(self.shared) }
        }
    }
}

/// One operation of a scope.
pub(super) struct Counted {
    // INVARIANT: valid while the count has this association.
    shared: NonNull<Shared>,
}

// SAFETY: all that it shares is `Sync`, and may be freed by any thread.
unsafe impl Send for Counted {}
// SAFETY: as above.
unsafe impl Sync for Counted {}

impl fmt::Debug for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Counted")
    }
}

impl Counted {
    /// One more operation of the same scope.
    pub(super) fn another(&self) -> Result<Self, Refused> {
        self.associate()?;
        Ok(Self { shared: self.shared })
    }

    /// A handle of the scope.
    pub(super) fn hold(&self) -> Held {
        self.count.hold();
        Held { shared: self.shared }
    }
}

impl Deref for Counted {
    type Target = Shared;

    #[inline]
    fn deref(&self) -> &Shared {
        // SAFETY: the count has this association.
        unsafe { self.shared.as_ref() }
    }
}

impl Drop for Counted {
    #[inline]
    fn drop(&mut self) {
        let then = self.count.leave();
        if then != Then::Nothing {
            self.was_last(then);
        }
    }
}

impl Counted {
    /// Does what follows from the last association's leaving.
    #[cold]
    fn was_last(&self, then: Then) {
        match then {
            Then::Nothing => {}
            Then::Tell => {
                // The count gave us a handle.
                let held = Held { shared: self.shared };
                held.tell();
            }
            // SAFETY: the count said so.
            Then::Free => unsafe { free(self.shared) },
        }
    }
}
