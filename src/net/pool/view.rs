//! A part of a buffer, lent out until it is dropped, on whichever thread.

use std::fmt;
use std::ptr::NonNull;
use std::sync::Arc;

use super::returns::{Returned, Returns};
use super::{Shared, free};
use crate::net::home::this_thread;

/// Part of a pool's buffer, lent out until it is dropped.
///
/// Dropped at home it costs a comparison and a few plain loads and stores; dropped elsewhere, two
/// atomic read-modify-writes, and no allocation either way.
pub(crate) struct View {
    pub(super) bytes: NonNull<u8>,
    pub(super) length: u32,
    pub(super) buffer: u32,
    // INVARIANT: alive, because a pool is freed only after its last view.
    pub(super) shared: NonNull<Shared>,
}

// Whatever hands the view to another thread orders the writes that filled the buffer before the reads there.
// SAFETY: the bytes stay unchanged while the view is alive (`Pool::lend`), so that any thread may read them. Of the
// pool a view reads what never changes after the first claim, and its drop tells by the thread's number
// whether it may touch what belongs to the home thread.
unsafe impl Send for View {}
// SAFETY: a shared view gives nothing but reads of unchanging bytes.
unsafe impl Sync for View {}

impl View {
    #[inline]
    pub(crate) fn as_slice(&self) -> &[u8] {
        // SAFETY: `lend` requires that the bytes lie in the buffer and stay unchanged.
        unsafe { std::slice::from_raw_parts(self.bytes.as_ptr(), self.length as usize) }
    }

    /// Where the room in front of the buffer's bytes begins.
    #[inline]
    pub(crate) fn head(&self) -> NonNull<u8> {
        // SAFETY: the pool outlives its views.
        let shared = unsafe { self.shared.as_ref() };
        // SAFETY: the buffer's stride lies inside the memory.
        unsafe { shared.memory.add(self.buffer as usize * shared.stride) }
    }
}

impl Drop for View {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: the pool outlives its views.
        let shared = unsafe { self.shared.as_ref() };
        if shared.thread.get() != this_thread() {
            // SAFETY: this is not the home thread, and the view is given up.
            return unsafe { return_elsewhere(self.shared, self.buffer) };
        }
        let near = &shared.near;
        near.views.set(near.views.get() - 1);
        near.unclaim(self.buffer);
        if near.unusual.get() {
            // SAFETY: this view is gone, and this is the home thread.
            unsafe { look_after(self.shared) };
        }
    }
}

/// # Safety
///
/// Called where a view of `buffer` is dropped, not on the home thread.
#[inline(never)]
unsafe fn return_elsewhere(shared: NonNull<Shared>, buffer: u32) {
    // SAFETY: the pool is alive until the view is given back below.
    let pool = unsafe { shared.as_ref() };
    let returns = NonNull::from(&*pool.returns);
    // SAFETY: the view's part of the buffer is given up, once; the context handle outlives the pool.
    match unsafe { Returns::give_back(returns, buffer, || Arc::clone(&pool.wakes)) } {
        Returned::Noted => {}
        Returned::Wake(context) => context.wake(),
        // SAFETY: nobody else is left.
        Returned::Last => unsafe { free(shared) },
    }
}

/// # Safety
///
/// Called on the home thread while the pool is alive, after a view has been dropped there.
#[cold]
unsafe fn look_after(shared: NonNull<Shared>) {
    // SAFETY: the pool is alive until it is freed below.
    let pool = unsafe { shared.as_ref() };
    if pool.near.closed.get() {
        if pool.returns.count_down::<()>(1) == Returned::Last {
            // SAFETY: nobody else is left.
            unsafe { free(shared) };
        }
    } else {
        pool.near.unusual.set(false);
        pool.wakes.wake();
    }
}

impl fmt::Debug for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("View").field(&self.as_slice()).finish()
    }
}
