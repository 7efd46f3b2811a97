//! What an operation keeps whose result is awaited elsewhere.

use std::marker::PhantomPinned;
use std::mem::{self, offset_of};
use std::panic::Location;
use std::ptr::NonNull;

use crate::alloc::{Allocation, Request};
use crate::completion::Completion;
use crate::consumers::spawned::{Header, Keep, release};
use crate::context::ContextRef;
use crate::lane::PanicReport;
use crate::primitive::{AtomicU8, Ordering, UnsafeCell};
use crate::scope::waiters::Waiters;
use crate::scope::{Association, ScopeToken};
use crate::sender::Sender;
use crate::stop::{Left, StopCallback, StopSource, StopToken};

/// The operation goes on.
const UNDER_WAY: u8 = 0;
/// The result lies ready, or was taken by the one who awaits it.
const ARRIVED: u8 = 1;
/// Nobody will ask for the result.
const FORGOTTEN: u8 = 2;

/// What became of the operation.
pub(super) enum Outcome<V, E> {
    Completed(Completion<V, E>),
    Panicked(PanicReport),
    Taken,
}

/// The result of an operation, and the memory round it, which has up to three owners: the operation, who awaits it, and the
/// callback that hands the scope's stop on.
pub(crate) struct Kept<V, E> {
    owners: AtomicU8,
    // UNDER_WAY at first; ARRIVED is set by the operation, FORGOTTEN by who awaits it.
    state: AtomicU8,
    // INVARIANT: written by the operation before ARRIVED, and after that touched by who awaits it alone.
    outcome: UnsafeCell<Outcome<V, E>>,
    waiters: Waiters,
    stop: StopSource,
    // Left with the scope's token while the operation goes on.
    forward: StopCallback,
    // Only the operation uses it.
    left: UnsafeCell<bool>,
    // Only the operation uses it; none once it is over.
    association: UnsafeCell<Option<Association>>,
    // Says a panic that nobody awaits, also when the association has ended.
    scope: ScopeToken,
    scope_stop: StopToken,
    allocation: Allocation,
    request: Request,
    // INVARIANT: where this is, once it was settled.
    header: Option<NonNull<Header<Self>>>,
    _pinned: PhantomPinned,
}

// SAFETY: the cells are used by one thread at a time, as is said at each; all else is `Sync`, and the result `Send`.
unsafe impl<V: Send, E: Send> Send for Kept<V, E> {}

impl<V, E> Kept<V, E> {
    pub(super) fn new(association: Association, allocation: Allocation, request: Request) -> Self {
        Self {
            owners: AtomicU8::new(2),
            state: AtomicU8::new(UNDER_WAY),
            outcome: UnsafeCell::new(Outcome::Taken),
            waiters: Waiters::new(),
            stop: StopSource::new(),
            forward: StopCallback::new(Self::forward),
            left: UnsafeCell::new(false),
            scope: association.token(),
            scope_stop: association.stop_token(),
            association: UnsafeCell::new(Some(association)),
            allocation,
            request,
            header: None,
            _pinned: PhantomPinned,
        }
    }

    /// Notes the operation, which is not started yet, if its scope does.
    pub(super) fn note<S: Sender>(
        &self,
        place: NonNull<()>,
        sender: &S,
        context: Option<&ContextRef>,
        spawned: &'static Location<'static>,
    ) {
        self.with_association(|association| association.note(place, sender, context, Some(spawned)));
    }

    /// Only for the operation.
    fn with_association(&self, f: impl FnOnce(&Association)) {
        self.association.with(|association| {
            // SAFETY: only the operation uses it, which our caller is.
            if let Some(association) = unsafe { &*association } {
                f(association);
            }
        });
    }

    /// Tells it where it lies.
    ///
    /// # Safety
    ///
    /// `header` is valid, and nobody else uses it yet.
    pub(super) unsafe fn settle(header: NonNull<Header<Self>>) {
        // SAFETY: the caller says so.
        unsafe { (*header.as_ptr()).keep.header = Some(header) }
    }

    /// One owner less, by the one who says so; the last gives the memory back.
    ///
    /// # Safety
    ///
    /// The caller is an owner, and uses the memory no more.
    pub(super) unsafe fn disown(header: NonNull<Header<Self>>) {
        // SAFETY: valid while the caller is an owner.
        let kept = unsafe { &(*header.as_ptr()).keep };
        let request = kept.request;
        // ORDERING: release hands what this owner wrote to the last one, and acquire gives it that of the others.
        if kept.owners.fetch_sub(1, Ordering::AcqRel) == 1 {
            #[cfg(all(test, loom))]
            kept.touch_as_by_a_drop();
            // SAFETY: there is no other owner, the operation was dropped, and the request is that of the memory.
            unsafe { release(header, request, |kept| (kept.allocation, ())) }
        }
    }

    /// Has the model checker see that nobody else touches it any more.
    #[cfg(all(test, loom))]
    fn touch_as_by_a_drop(&self) {
        self.outcome.with_mut(|_| ());
        self.left.with_mut(|_| ());
        self.association.with_mut(|_| ());
        self.forward.touch_as_by_a_drop();
    }

    pub(super) const fn waiters(&self) -> &Waiters {
        &self.waiters
    }

    pub(super) fn request_stop(&self) {
        self.stop.request_stop();
    }

    pub(super) fn has_arrived(&self) -> bool {
        // ORDERING: acquire pairs with the release of `arrives`, so that the result is there.
        self.state.load(Ordering::Acquire) == ARRIVED
    }

    /// The result; only for who awaits it.
    pub(super) fn take(&self) -> Outcome<V, E> {
        if !self.has_arrived() {
            return Outcome::Taken;
        }
        // SAFETY: it has arrived, so that only the one who awaits it touches it, which our caller is.
        self.outcome.with_mut(|outcome| unsafe { mem::replace(&mut *outcome, Outcome::Taken) })
    }

    /// Nobody awaits it any more: asks it to stop, or drops what has arrived.
    pub(super) fn forget(&self) {
        // ORDERING: acquire pairs with the release of `arrives`; release the other way round.
        if self.state.swap(FORGOTTEN, Ordering::AcqRel) != ARRIVED {
            return self.request_stop();
        }
        // SAFETY: as in `take`.
        let outcome = self.outcome.with_mut(|outcome| unsafe { mem::replace(&mut *outcome, Outcome::Taken) });
        if let Outcome::Panicked(report) = outcome {
            self.scope.panicked(report);
        }
    }

    /// The operation is over.
    fn arrives(&self, arrived: Outcome<V, E>) {
        // SAFETY: nobody else touches it before ARRIVED, which this thread alone sets.
        self.outcome.with_mut(|outcome| unsafe { *outcome = arrived });
        // ORDERING: release hands the result to who awaits it, acquire takes it back from who has forgotten it.
        let found = self.state.compare_exchange(UNDER_WAY, ARRIVED, Ordering::AcqRel, Ordering::Acquire);
        match found {
            Ok(_) => self.waiters.tell(),
            Err(_) => {
                // SAFETY: who has forgotten it does not touch it.
                let outcome =
                    self.outcome.with_mut(|outcome| unsafe { mem::replace(&mut *outcome, Outcome::Taken) });
                if let Outcome::Panicked(report) = outcome {
                    self.scope.panicked(report);
                }
            }
        }
    }

    /// The scope stops: so does the operation.
    ///
    /// # Safety
    ///
    /// `callback` is the field of a `Kept` of which it is an owner.
    unsafe fn forward(callback: NonNull<StopCallback>) {
        // SAFETY: the callback was left by a pointer into its `Kept`, so that this stays inside.
        let kept = unsafe { callback.byte_sub(offset_of!(Self, forward)) }.cast::<Self>();
        // SAFETY: the callback is an owner.
        let kept = unsafe { kept.as_ref() };
        kept.request_stop();
        if let Some(header) = kept.header {
            // SAFETY: this owner uses it no more.
            unsafe { Self::disown(header) }
        }
    }

    /// Where the callback lies, as a pointer into the whole.
    fn callback(&self) -> Option<NonNull<StopCallback>> {
        let header = self.header?.as_ptr();
        // SAFETY: `header` is where this lies, and stays; no reference is made.
        NonNull::new(unsafe { &raw mut (*header).keep.forward })
    }
}

impl<V: Send, E: Send> Keep<V, E> for Kept<V, E> {
    /// Asked once, when the operation is started: from then on the scope's stop is handed on.
    fn stop(&self) -> StopToken {
        if self.scope_stop.stop_possible()
            && let Some(callback) = self.callback()
        {
            // ORDERING: relaxed, the operation is an owner, so that the count is at least one.
            self.owners.fetch_add(1, Ordering::Relaxed);
            // SAFETY: the callback is an owner until it was called or taken out, and is left once.
            let left = unsafe { self.scope_stop.leave(callback) };
            if left == Left::Waits {
                // SAFETY: only the operation uses it, which our caller is.
                self.left.with_mut(|own| unsafe { *own = true });
            } else {
                // ORDERING: relaxed, as above.
                self.owners.fetch_sub(1, Ordering::Relaxed);
            }
            if left == Left::Requested {
                self.request_stop();
            }
        }
        self.stop.token()
    }

    fn allocation(&self) -> &Allocation {
        &self.allocation
    }

    fn begins(&self, place: NonNull<()>) {
        self.with_association(|association| association.note_start(place));
    }

    fn arrived(&mut self, completion: Completion<V, E>) {
        self.arrives(Outcome::Completed(completion));
    }

    fn panicked(&mut self, report: PanicReport) {
        if self.has_arrived() {
            return self.scope.panicked(report);
        }
        self.arrives(Outcome::Panicked(report));
    }

    unsafe fn over(header: NonNull<Header<Self>>, _: Request) {
        // SAFETY: the operation is an owner.
        let kept = unsafe { &(*header.as_ptr()).keep };
        // SAFETY: only the operation uses it.
        let left = kept.left.with(|left| unsafe { *left });
        if left && let Some(callback) = kept.callback() {
            // SAFETY: it was left with this token.
            if unsafe { kept.scope_stop.take_out(callback) } {
                // ORDERING: relaxed, the operation is still an owner. Else the callback ends its own share.
                kept.owners.fetch_sub(1, Ordering::Relaxed);
            }
        }
        kept.with_association(|association| association.note_end(header.cast()));
        // SAFETY: only the operation uses it.
        drop(kept.association.with_mut(|association| unsafe { (*association).take() }));
        // SAFETY: the operation uses it no more.
        unsafe { Self::disown(header) }
    }
}
