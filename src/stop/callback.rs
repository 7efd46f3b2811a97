//! What is called when a stop is requested: an intrusive list without allocation.

use std::fmt;
use std::marker::PhantomPinned;
use std::ptr::NonNull;

use crate::primitive::UnsafeCell;

/// What became of a callback that was to be left with a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Left {
    /// It will be called when a stop is requested, unless it is taken out before.
    Waits,
    /// A stop was requested already: it was not left, and will not be called.
    Requested,
    /// No source can ask this token: it was not left.
    NoSource,
}

/// The link and the entry point of what reacts to a stop, embedded in the operation that sleeps.
///
/// The function is called at most once for each time that the callback was
/// [left](crate::stop::StopToken::leave), on the thread that requests the stop and with no lock held.
/// With the call the callback is the function's own: whoever requests the stop never touches it again,
/// so that the operation may be gone when the function returns. Should the operation end otherwise, it
/// [takes the callback out](crate::stop::StopToken::take_out), and if it comes too late it
/// stays until the function was there; nobody waits for anybody.
///
/// C++26: `inplace_stop_callback`, whose destructor waits while the function runs elsewhere.
pub struct StopCallback {
    run: unsafe fn(NonNull<StopCallback>),
    // INVARIANT: touched under the lock of the source alone, between `leave` and the unlinking.
    links: UnsafeCell<Links>,
    _pinned: PhantomPinned,
}

#[derive(Debug)]
struct Links {
    linked: bool,
    before: Option<NonNull<StopCallback>>,
    after: Option<NonNull<StopCallback>>,
}

// SAFETY: the links are changed under the source's lock.
unsafe impl Send for StopCallback {}
// SAFETY: as above.
unsafe impl Sync for StopCallback {}

impl StopCallback {
    /// A callback whose function is `run`, which receives the callback's own address.
    pub fn new(run: unsafe fn(NonNull<Self>)) -> Self {
        let links = Links { linked: false, before: None, after: None };
        Self { run, links: UnsafeCell::new(links), _pinned: PhantomPinned }
    }

    /// Calls the function.
    ///
    /// # Safety
    ///
    /// `callback` is valid, and has just been taken from the list that it was left in.
    pub(super) unsafe fn call(callback: NonNull<Self>) {
        // SAFETY: the caller says that it is valid.
        let run = unsafe { callback.as_ref() }.run;
        // SAFETY: whoever left the callback wrote the function for it.
        unsafe { run(callback) }
    }
}

#[cfg(all(test, loom))]
impl StopCallback {
    /// Has the model checker see that nobody else touches it any more.
    pub(crate) fn touch_as_by_a_drop(&self) {
        self.links.with_mut(|_| ());
    }
}

impl fmt::Debug for StopCallback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StopCallback").finish_non_exhaustive()
    }
}

/// The callbacks of one source, in the order in which they were left. Kept under its lock.
pub(super) struct Callbacks {
    first: Option<NonNull<StopCallback>>,
    last: Option<NonNull<StopCallback>>,
}

// SAFETY: what it points to is `Sync`.
unsafe impl Send for Callbacks {}

/// Changes the links of `callback`.
///
/// # Safety
///
/// `callback` is valid, and the lock of the list is held that it is or will be in.
unsafe fn links<T>(callback: NonNull<StopCallback>, change: impl FnOnce(&mut Links) -> T) -> T {
    // SAFETY: the caller says that it is valid.
    let cell = unsafe { &callback.as_ref().links };
    // SAFETY: the lock gives the links to the caller alone, and `change` touches no others.
    cell.with_mut(|links| change(unsafe { &mut *links }))
}

impl Callbacks {
    pub(super) const fn new() -> Self {
        Self { first: None, last: None }
    }

    /// Links `callback` behind the others.
    ///
    /// # Safety
    ///
    /// It is valid until it is unlinked, and in no list.
    pub(super) unsafe fn push(&mut self, callback: NonNull<StopCallback>) {
        let before = self.last.replace(callback);
        // SAFETY: valid, by the caller.
        unsafe { links(callback, |own| *own = Links { linked: true, before, after: None }) };
        match before {
            // SAFETY: it is linked, hence valid.
            Some(before) => unsafe { links(before, |links| links.after = Some(callback)) },
            None => self.first = Some(callback),
        }
    }

    /// Unlinks the first.
    pub(super) fn pop(&mut self) -> Option<NonNull<StopCallback>> {
        let first = self.first?;
        // SAFETY: it is linked, hence valid.
        unsafe { self.remove(first) };
        Some(first)
    }

    /// Unlinks `callback`, if it is still linked.
    ///
    /// # Safety
    ///
    /// It is valid, and in this list or in none.
    pub(super) unsafe fn remove(&mut self, callback: NonNull<StopCallback>) -> bool {
        // SAFETY: valid, by the caller.
        let own = unsafe {
            links(callback, |own| std::mem::replace(own, Links { linked: false, before: None, after: None }))
        };
        if !own.linked {
            return false;
        }
        match own.before {
            // SAFETY: it is linked, hence valid.
            Some(before) => unsafe { links(before, |links| links.after = own.after) },
            None => self.first = own.after,
        }
        match own.after {
            // SAFETY: as above.
            Some(after) => unsafe { links(after, |links| links.before = own.before) },
            None => self.last = own.before,
        }
        true
    }
}

#[cfg(all(test, loom))]
mod model;
#[cfg(all(test, not(loom)))]
mod tests;
