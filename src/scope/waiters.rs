//! Operations that wait to be told, or to be stopped: an intrusive list without allocation.

use std::fmt;
use std::marker::PhantomPinned;
use std::mem::offset_of;
use std::pin::Pin;
use std::ptr::NonNull;

use crate::context::ContextRef;
use crate::env::Env;
use crate::lock::Lock;
use crate::primitive::UnsafeCell;
use crate::stop::{Left, StopCallback, StopToken};
use crate::work::{Fate, TaskNode, TaskRef};

/// Those who wait for one event, in the order of coming.
pub(crate) struct Waiters {
    list: Lock<List>,
}

struct List {
    first: Option<NonNull<Waiter>>,
    last: Option<NonNull<Waiter>>,
}

// SAFETY: what it points to is touched under the lock, or by whoever has taken it from the list.
unsafe impl Send for List {}

/// What somebody who waits embeds as the first field of its pinned `#[repr(C)]` operation.
///
/// ```text
///                 1 wait                  2 tell: taken from the list
///   away ─────────────────────▶ listed ─────────────────────────────▶ told ──▶ its task runs
///    │ 3 stop                     │ 4 stop                              │ 5 stop comes as well:
///    ▼                            ▼                                     ▼   who is second posts
///   stopped ──▶ `wait` says so  stopped ──▶ its task runs             both
/// ```
///
/// The callback for stops is left first, and taken out by whoever tells. If that comes too late the callback's function
/// has been entered or will be, and touches the waiter: so of the two the second posts the task, and nobody waits.
#[repr(C)]
pub(crate) struct Waiter {
    // First, so that the task finds its operation.
    node: TaskNode,
    stop: StopCallback,
    // Set by `wait`, and left alone until the task runs.
    place: UnsafeCell<Option<Place>>,
    // INVARIANT: touched under the lock of the list.
    links: UnsafeCell<Links>,
    _pinned: PhantomPinned,
}

// SAFETY: the links are touched under the lock, and `place` by one thread at a time: by `wait` before the waiter is listed, by
// others after that, who only read it.
unsafe impl Send for Waiter {}
// SAFETY: as above.
unsafe impl Sync for Waiter {}

/// Where somebody waits.
struct Place {
    // INVARIANT: valid while the waiter is listed, or its callback left; whoever waits keeps it.
    waiters: NonNull<Waiters>,
    token: StopToken,
    // Whether the callback was left with the token.
    left: bool,
    context: ContextRef,
}

struct Links {
    state: State,
    before: Option<NonNull<Waiter>>,
    after: Option<NonNull<Waiter>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Away,
    Listed,
    Stopped,
    Told,
    /// Told, and the one who told leaves the posting to the callback.
    Left,
    /// Told, and the callback leaves the posting to the one who told.
    Both,
}

/// What [`Waiters::wait`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(crate) enum Wait {
    /// There is nothing to wait for.
    Now,
    /// A stop was requested, or there is no context to wait on.
    Stopped,
    /// The task of the waiter will run.
    Later,
}

impl Waiter {
    /// Somebody whose task is `run`; see [`TaskNode::new`].
    pub(crate) fn new(run: unsafe fn(NonNull<TaskNode>, Fate)) -> Self {
        let links = Links { state: State::Away, before: None, after: None };
        Self {
            node: TaskNode::new(run),
            stop: StopCallback::new(stopped),
            place: UnsafeCell::new(None),
            links: UnsafeCell::new(links),
            _pinned: PhantomPinned,
        }
    }

    /// Inside of the task: whether it was told, rather than stopped.
    pub(crate) fn was_told(self: Pin<&Self>) -> bool {
        // SAFETY: the task runs, so that nobody else touches the links.
        self.links.with(|links| !matches!(unsafe { &*links }.state, State::Stopped | State::Away))
    }
}

impl fmt::Debug for Waiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waiter").finish_non_exhaustive()
    }
}

/// Changes the links of `waiter`.
///
/// # Safety
///
/// `waiter` is valid, and the lock of its list is held, which the caller shows by borrowing from it.
unsafe fn links<T>(waiter: NonNull<Waiter>, change: impl FnOnce(&mut Links) -> T) -> T {
    // SAFETY: the caller says that it is valid.
    let cell = unsafe { &waiter.as_ref().links };
    // SAFETY: the lock gives the links to the caller alone, and `change` touches no others.
    cell.with_mut(|links| change(unsafe { &mut *links }))
}

/// Where `waiter` waits.
///
/// # Safety
///
/// `waiter` is valid for as long as the result is used, and was set up by `wait`.
unsafe fn place<'a>(waiter: NonNull<Waiter>) -> Option<&'a Place> {
    // SAFETY: the caller says that it is valid.
    let cell = unsafe { &waiter.as_ref().place };
    // SAFETY: nobody writes it between `wait` and the task.
    cell.with(|place| unsafe { &*place }.as_ref())
}

/// Posts the task of `waiter`, which may be gone when this returns.
///
/// # Safety
///
/// `waiter` is set up, in no list, its callback is not left with any token, and only the caller posts.
unsafe fn post(waiter: NonNull<Waiter>) {
    // SAFETY: valid until its task has run. Cloned, because that may be at once.
    let context = unsafe { place(waiter) }.map(|place| place.context.clone());
    // SAFETY: the node is the first field of a pinned operation that stays until its task has been entered, there is
    // no other reference to the task, and the operation is `Send`.
    let task = unsafe { TaskRef::new(waiter.cast()) };
    // Who was set up by `wait` has a context.
    match context {
        Some(context) => context.post(task),
        None => drop(task),
    }
}

/// The function of a waiter's callback.
///
/// # Safety
///
/// `callback` is the field of a waiter that was set up by `wait`.
unsafe fn stopped(callback: NonNull<StopCallback>) {
    // SAFETY: the callback was left by a pointer into its waiter, so that this stays inside.
    let waiter = unsafe { callback.byte_sub(offset_of!(Waiter, stop)) }.cast::<Waiter>();
    // SAFETY: the waiter stays until its task has run, and who waits keeps the list until then.
    let waiters = unsafe { place(waiter) }.map(|place| place.waiters);
    let Some(waiters) = waiters else { return };
    // SAFETY: as above.
    let list = unsafe { &waiters.as_ref().list };
    let posts = list.with(|list| {
        // SAFETY: the waiter is valid, and the lock is held.
        match unsafe { links(waiter, |links| links.state) } {
            State::Listed => {
                // SAFETY: it is in this list.
                unsafe { list.remove(waiter, State::Stopped) };
                true
            }
            State::Left => true,
            state => {
                let after = if state == State::Away { State::Stopped } else { State::Both };
                // SAFETY: as above.
                unsafe { links(waiter, |links| links.state = after) };
                false
            }
        }
    });
    if posts {
        // SAFETY: it is in no list, the callback is being called, and the state says that we post.
        unsafe { post(waiter) }
    }
}

impl Waiters {
    /// Nobody.
    pub(crate) fn new() -> Self {
        Self { list: Lock::new(List { first: None, last: None }) }
    }

    /// Waits until somebody [tells](Self::tell), unless `now` says that there is nothing to wait for. That is asked
    /// under the lock: an event that it does not see finds the waiter in the list. On a thread without a context nobody
    /// could go on with the waiter, so that it is stopped.
    ///
    /// # Safety
    ///
    /// - `waiter` is the first field of a pinned `#[repr(C)]` operation that is `Send`, and in no list.
    /// - after [`Wait::Later`] both `waiter` and this list stay until the task has been entered.
    pub(crate) unsafe fn wait(&self, waiter: NonNull<Waiter>, env: &Env, now: impl FnOnce() -> bool) -> Wait {
        let Some(context) = env.here() else {
            return self.list.with(|_| if now() { Wait::Now } else { Wait::Stopped });
        };
        let token = env.stop();
        let possible = token.stop_possible();
        let set_up = Place { waiters: NonNull::from(self), token: token.clone(), left: possible, context };
        // SAFETY: it is in no list and its callback not left, so that nobody else touches it.
        let cells = unsafe { waiter.as_ref() };
        // SAFETY: as above.
        cells.place.with_mut(|place| unsafe { *place = Some(set_up) });
        // SAFETY: as above.
        cells.links.with_mut(|links| unsafe { (*links).state = State::Away });
        if possible {
            // SAFETY: stays inside of the waiter; a pointer into the whole, from which `stopped` finds it.
            let callback = unsafe { waiter.byte_add(offset_of!(Waiter, stop)) }.cast::<StopCallback>();
            // SAFETY: the callback stays with its waiter, is left with nobody now, and is taken out before the task
            // is posted.
            if unsafe { token.leave(callback) } == Left::Requested {
                return Wait::Stopped;
            }
        }
        let found = self.list.with(|list| {
            // SAFETY: the waiter is valid, and the lock is held.
            if unsafe { links(waiter, |links| links.state) } == State::Stopped {
                return Wait::Stopped;
            }
            if now() {
                // SAFETY: as above.
                unsafe { links(waiter, |links| links.state = State::Told) };
                return Wait::Now;
            }
            // SAFETY: it is in no list.
            unsafe { list.push(waiter) };
            Wait::Later
        });
        // SAFETY: the waiter was told by us alone.
        if found == Wait::Now && !unsafe { self.out_of_callback(waiter) } {
            return Wait::Later;
        }
        found
    }

    /// Calls `then` if nobody waits; nobody begins to meanwhile.
    pub(crate) fn if_nobody(&self, then: impl FnOnce()) {
        self.list.with(|list| {
            if list.first.is_none() {
                then();
            }
        });
    }

    /// Tells all who wait now.
    pub(crate) fn tell(&self) {
        while let Some(waiter) = self.list.with(List::pop) {
            // SAFETY: we took it from the list, and so told it.
            if unsafe { self.out_of_callback(waiter) } {
                // SAFETY: it is in no list, its callback is out, and the state says that we post.
                unsafe { post(waiter) }
            }
        }
    }

    /// Takes the callback out of its token. Whether the caller is the one to go on with the waiter; else the callback's
    /// function is, which has not been there yet.
    ///
    /// # Safety
    ///
    /// The caller has told `waiter`.
    unsafe fn out_of_callback(&self, waiter: NonNull<Waiter>) -> bool {
        // SAFETY: it stays until its task was posted, which is up to us.
        let Some(place) = (unsafe { place(waiter) }) else { return true };
        if !place.left {
            return true;
        }
        // SAFETY: as above.
        let callback = NonNull::from(unsafe { &waiter.as_ref().stop });
        // SAFETY: it was left with this token.
        if unsafe { place.token.take_out(callback) } {
            return true;
        }
        self.list.with(|_| {
            // SAFETY: the waiter is valid, and the lock is held.
            unsafe {
                links(waiter, |links| {
                    let both = links.state == State::Both;
                    if !both {
                        links.state = State::Left;
                    }
                    both
                })
            }
        })
    }
}

impl List {
    /// # Safety
    ///
    /// `waiter` is valid until it is removed, and in no list.
    unsafe fn push(&mut self, waiter: NonNull<Waiter>) {
        let before = self.last.replace(waiter);
        // SAFETY: valid, by the caller.
        unsafe { links(waiter, |own| *own = Links { state: State::Listed, before, after: None }) };
        match before {
            // SAFETY: it is in the list, hence valid.
            Some(before) => unsafe { links(before, |links| links.after = Some(waiter)) },
            None => self.first = Some(waiter),
        }
    }

    fn pop(&mut self) -> Option<NonNull<Waiter>> {
        let first = self.first?;
        // SAFETY: it is in the list.
        unsafe { self.remove(first, State::Told) };
        Some(first)
    }

    /// # Safety
    ///
    /// `waiter` is in this list.
    unsafe fn remove(&mut self, waiter: NonNull<Waiter>, state: State) {
        let gone = Links { state, before: None, after: None };
        // SAFETY: it is in the list, hence valid.
        let own = unsafe { links(waiter, |own| std::mem::replace(own, gone)) };
        match own.before {
            // SAFETY: as above.
            Some(before) => unsafe { links(before, |links| links.after = own.after) },
            None => self.first = own.after,
        }
        match own.after {
            // SAFETY: as above.
            Some(after) => unsafe { links(after, |links| links.before = own.before) },
            None => self.last = own.before,
        }
    }
}

#[cfg(all(test, loom))]
mod model;
