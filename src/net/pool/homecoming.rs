//! The end of a home thread's part in its pools: when the owner goes, or when the thread does.

use std::cell::Cell;
use std::ptr::NonNull;

use super::returns::{Returned, Returns};
use super::{Shared, free};
use crate::net::home::this_thread;
use crate::work::{Fate, TaskNode};

thread_local! {
    // The pools that are at home on this thread and not closed, linked through themselves.
    static FIRST: Cell<Option<NonNull<Shared>>> = const { Cell::new(None) };
    static LEAVING: Leaving = const { Leaving };
}

/// Closes the pools of a thread that ends, so that owners and views which are left elsewhere count one
/// another down from then on, instead of waiting for a thread that is gone.
struct Leaving;

impl Drop for Leaving {
    fn drop(&mut self) {
        while let Some(shared) = FIRST.get() {
            // SAFETY: a pool on the list is alive, see `settle_in`.
            FIRST.set(unsafe { shared.as_ref() }.near.next.get());
            // SAFETY: this is the home thread, the pool is not closed, and its owner is there, as far
            // as this thread has heard.
            unsafe { close(shared, true) };
        }
    }
}

/// Notes a pool whose home is the calling thread.
///
/// # Safety
///
/// The pool stays alive until it is closed, by [`owner_left`] or by the end of this thread.
pub(super) unsafe fn settle_in(shared: NonNull<Shared>) {
    // On a thread that is past this step of its end, the pool waits for its owner to be dropped there.
    let _ = LEAVING.try_with(|_| ());
    // SAFETY: the caller's promise.
    unsafe { shared.as_ref() }.near.next.set(FIRST.replace(Some(shared)));
}

/// Takes a pool off the list.
fn move_out(shared: NonNull<Shared>) {
    // SAFETY: the pool is on the list, and so alive.
    let behind = unsafe { shared.as_ref() }.near.next.get();
    if FIRST.get() == Some(shared) {
        return FIRST.set(behind);
    }
    let mut at = FIRST.get();
    while let Some(other) = at {
        // SAFETY: a pool on the list is alive, see `settle_in`.
        let next = &unsafe { other.as_ref() }.near.next;
        if next.get() == Some(shared) {
            return next.set(behind);
        }
        at = next.get();
    }
}

/// Ends the home thread's part: frees the pool, or leaves that to the last of those who are left.
///
/// # Safety
///
/// Called once, on the home thread. `owner` says whether the owner is still there, somewhere.
unsafe fn close(shared: NonNull<Shared>, owner: bool) {
    // SAFETY: the pool is alive until the number of those who are left is known.
    let pool = unsafe { shared.as_ref() };
    let near = &pool.near;
    // First, because afterwards the pool may be gone.
    near.closed.set(true);
    near.unusual.set(true);
    let returns = NonNull::from(&*pool.returns);
    // SAFETY: this is the home thread, and what follows touches the pool only if it has to be freed.
    let last = unsafe {
        Returns::close(returns, owner, |buffer, parts| near.came_back(buffer, parts), || near.views.get())
    };
    if last {
        // SAFETY: nobody else is left.
        unsafe { free(shared) };
    }
}

/// Ends the ownership of a pool that has been lent from, on any thread.
///
/// # Safety
///
/// Called once, after the owner's last use; off the home thread only when the context has ended.
pub(super) unsafe fn owner_left(shared: NonNull<Shared>) {
    // SAFETY: the pool is alive until its owner is counted out, below.
    let pool = unsafe { shared.as_ref() };
    let left = if pool.thread.get() != this_thread() {
        // SAFETY: this acts for the owner, once.
        unsafe { Returns::lose_owner::<()>(NonNull::from(&*pool.returns)) }
    } else if pool.near.closed.get() {
        pool.returns.count_down(1)
    } else {
        move_out(shared);
        // SAFETY: this is the home thread, and the pool is not closed.
        return unsafe { close(shared, false) };
    };
    if left == Returned::Last {
        // SAFETY: nobody else is left.
        unsafe { free(shared) };
    }
}

/// The task by which a pool goes home after its owner was dropped elsewhere.
///
/// If the context has ended it runs on any thread, or as the last thing on the home thread.
///
/// # Safety
///
/// `node` is the first field of a `Shared` that was posted by the drop of its owner.
pub(super) unsafe fn come_home(node: NonNull<TaskNode>, _: Fate) {
    // SAFETY: the owner posted this as its last use; on another thread than the home thread a task is
    // only ever abandoned.
    unsafe { owner_left(node.cast()) };
}
