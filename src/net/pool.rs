//! Receive buffers, lent out as views and taken back without atomic operations.
//!
//! A pool belongs to the thread of one io context. Views are not `Send`, so that every view is
//! made, read and dropped there; that is what makes plain counters enough. Only the pool's owner,
//! the source, may move between threads: it checks where it is before it touches the counters, and
//! when it is dropped elsewhere it sends the pool home as a task.

use std::alloc::{Layout, alloc_zeroed, dealloc, handle_alloc_error};
use std::cell::Cell;
use std::fmt;
use std::num::NonZeroU64;
use std::ptr::NonNull;

use super::home::{Home, this_thread};
use crate::context::ContextRef;
use crate::task::{Fate, TaskNode, TaskRef};

const PAGE: usize = 4096;
const LINE: usize = 64;

/// The owner of a pool of equal buffers.
pub(crate) struct Pool {
    shared: NonNull<Shared>,
    pub(crate) home: Home,
}

#[repr(C)]
struct Shared {
    // First, so that the task finds the pool; see `come_home`.
    node: TaskNode,
    memory: NonNull<u8>,
    layout: Layout,
    stride: usize,
    head: usize,
    // INVARIANT: for each buffer, the views of it plus one if the owner holds it; zero if it is free.
    claims: Box<[Cell<u32>]>,
    // INVARIANT: the first `free` entries name the buffers whose claims are zero, each once.
    stack: Box<[Cell<u32>]>,
    free: Cell<usize>,
    // INVARIANT: the number of `View`s alive.
    views: Cell<usize>,
    // Whether a dropped view has more to do than to count.
    unusual: Cell<bool>,
    // The owner found no free buffer and wants to be asked again.
    starved: Cell<bool>,
    // The owner is gone; the last view frees the pool.
    orphaned: Cell<bool>,
    // The home thread's number; written by the owner's drop for `come_home` alone.
    thread: Cell<Option<NonZeroU64>>,
    context: ContextRef,
}

// SAFETY: the owner touches the counters only where `home.is_here()`, or while no view exists; see
// `Drop` for how it gives the pool up on another thread.
unsafe impl Send for Pool {}

impl Pool {
    /// `count` buffers of `size` bytes, each behind `head` bytes of room for what belongs to it.
    ///
    /// The memory is zeroed and every page of it touched.
    pub(crate) fn new(home: Home, count: usize, head: usize, size: usize) -> Self {
        let stride = (head + size).next_multiple_of(LINE);
        let Ok(layout) = Layout::from_size_align(stride.saturating_mul(count.max(1)), PAGE) else {
            panic!("the builders limit the size of a pool");
        };
        // SAFETY: the layout is not empty, since `count` and `stride` are not zero.
        let Some(memory) = NonNull::new(unsafe { alloc_zeroed(layout) }) else { handle_alloc_error(layout) };
        for page in (0..layout.size()).step_by(PAGE) {
            // SAFETY: `page` lies inside the allocation.
            let byte = unsafe { memory.add(page) };
            // SAFETY: the byte is ours alone; the write makes the system provide the page now.
            unsafe { byte.write_volatile(0) };
        }
        let shared = Box::new(Shared {
            node: TaskNode::new(come_home),
            memory,
            layout,
            stride,
            head,
            claims: (0..count).map(|_| Cell::new(0)).collect(),
            stack: (0..count as u32).rev().map(Cell::new).collect(),
            free: Cell::new(count),
            views: Cell::new(0),
            unusual: Cell::new(false),
            starved: Cell::new(false),
            orphaned: Cell::new(false),
            thread: Cell::new(None),
            context: home.context(),
        });
        Self { shared: NonNull::from(Box::leak(shared)), home }
    }

    #[inline]
    fn shared(&self) -> &Shared {
        // SAFETY: the owner keeps the pool alive until it is dropped.
        unsafe { self.shared.as_ref() }
    }

    /// Takes a free buffer. Only at home.
    #[inline]
    pub(crate) fn claim(&mut self) -> Option<u32> {
        debug_assert!(self.home.is_here());
        let shared = self.shared();
        let free = shared.free.get().checked_sub(1)?;
        shared.free.set(free);
        let buffer = shared.stack[free].get();
        shared.claims[buffer as usize].set(1);
        Some(buffer)
    }

    /// Gives back what `claim` took. Only at home.
    #[inline]
    pub(crate) fn unclaim(&mut self, buffer: u32) {
        debug_assert!(self.home.is_here());
        self.shared().unclaim(buffer);
    }

    /// Whether the owner alone holds the claimed `buffer`. Only at home.
    #[inline]
    pub(crate) fn is_sole(&mut self, buffer: u32) -> bool {
        debug_assert!(self.home.is_here());
        self.shared().claims[buffer as usize].get() == 1
    }

    /// Asks for the context to be woken when a buffer comes back. Only at home.
    #[cold]
    pub(crate) fn starve(&mut self) {
        debug_assert!(self.home.is_here());
        self.shared().starved.set(true);
        self.shared().unusual.set(true);
    }

    /// Where the bytes of `buffer` begin.
    #[inline]
    pub(crate) fn bytes(&self, buffer: u32) -> NonNull<u8> {
        let shared = self.shared();
        assert!((buffer as usize) < shared.claims.len());
        // SAFETY: the buffer exists, so that its stride, head included, lies inside the memory.
        unsafe { shared.memory.add(buffer as usize * shared.stride + shared.head) }
    }

    /// Turns the owner's claim of `buffer` into a view. Only at home.
    ///
    /// # Safety
    ///
    /// - the owner holds a claim of `buffer`, and gives it up.
    /// - `start` and `length` lie inside the buffer, and nobody writes to these bytes while the
    ///   view is alive.
    #[inline]
    pub(crate) unsafe fn lend(&mut self, buffer: u32, start: usize, length: u32) -> View {
        debug_assert!(self.home.is_here());
        let shared = self.shared();
        shared.views.set(shared.views.get() + 1);
        // SAFETY: the caller says that `start` lies inside the buffer.
        let bytes = unsafe { self.bytes(buffer).add(start) };
        View { bytes, length, buffer, shared: self.shared }
    }

    /// As [`lend`](Self::lend), but the owner keeps its claim.
    ///
    /// # Safety
    ///
    /// As for `lend`.
    #[inline]
    pub(crate) unsafe fn lend_part(&mut self, buffer: u32, start: usize, length: u32) -> View {
        let claims = &self.shared().claims[buffer as usize];
        claims.set(claims.get() + 1);
        // SAFETY: the caller's promises; the claim given up is the one added above.
        unsafe { self.lend(buffer, start, length) }
    }
}

impl Shared {
    #[inline]
    fn unclaim(&self, buffer: u32) {
        let claims = &self.claims[buffer as usize];
        claims.set(claims.get() - 1);
        if claims.get() == 0 {
            let free = self.free.get();
            self.stack[free].set(buffer);
            self.free.set(free + 1);
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        let thread = self.home.thread();
        if thread.is_none() {
            // SAFETY: nothing was ever lent, so that no view can exist.
            unsafe { free(self.shared) };
        } else if self.home.is_here() {
            // SAFETY: this is the home thread, and the owner is gone after this.
            unsafe { orphan(self.shared) };
        } else {
            self.shared().thread.set(thread);
            let context = self.shared().context.clone();
            // SAFETY: the node is the first field of a pool that stays until `come_home`, no other
            // reference to its task exists, and the task may run on the home thread.
            let task = unsafe { TaskRef::new(self.shared.cast()) };
            context.post(task);
        }
    }
}

/// Ends the ownership of a pool on its home thread.
///
/// # Safety
///
/// `node` is the first field of a `Shared` that was posted by the drop of its owner.
unsafe fn come_home(node: NonNull<TaskNode>, fate: Fate) {
    let shared = node.cast::<Shared>();
    // SAFETY: the pool is alive until it is freed, which `orphan` does at the earliest.
    let thread = unsafe { shared.as_ref() }.thread.get();
    if fate == Fate::Run && thread.is_some_and(|thread| thread.get() == this_thread()) {
        // SAFETY: this is the home thread, and the owner is gone.
        unsafe { orphan(shared) };
    }
    // Otherwise the context has ended, and views may still be dropped as its thread winds down,
    // where they cannot be seen from here: the pool stays allocated.
}

/// Frees the pool now, or lets the last view do it.
///
/// # Safety
///
/// Called once, on the home thread, after the owner's last use.
unsafe fn orphan(shared: NonNull<Shared>) {
    // SAFETY: the pool is alive until it is freed below or by its last view.
    let pool = unsafe { shared.as_ref() };
    if pool.views.get() == 0 {
        // SAFETY: neither an owner nor a view is left.
        unsafe { free(shared) };
    } else {
        pool.starved.set(false);
        pool.orphaned.set(true);
        pool.unusual.set(true);
    }
}

/// # Safety
///
/// Neither an owner nor a view of the pool is left.
unsafe fn free(shared: NonNull<Shared>) {
    // SAFETY: `Pool::new` leaked this box, and the caller is the last to know of it.
    let shared = unsafe { Box::from_raw(shared.as_ptr()) };
    #[cfg(test)]
    tests::freed(shared.context.id());
    // SAFETY: the memory was allocated with this layout, and no view of it is left.
    unsafe { dealloc(shared.memory.as_ptr(), shared.layout) };
}

/// Part of a pool's buffer, lent out until it is dropped.
pub(crate) struct View {
    bytes: NonNull<u8>,
    length: u32,
    buffer: u32,
    // INVARIANT: alive, because a pool is freed only after its last view.
    shared: NonNull<Shared>,
}

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
        shared.views.set(shared.views.get() - 1);
        shared.unclaim(self.buffer);
        if shared.unusual.get() {
            // SAFETY: this view is gone, and this is the home thread, since views never leave it.
            unsafe { look_after(self.shared) };
        }
    }
}

/// # Safety
///
/// Called on the home thread while the pool is alive, after a view has been counted out.
#[cold]
unsafe fn look_after(shared: NonNull<Shared>) {
    // SAFETY: the pool is alive until it is freed below.
    let pool = unsafe { shared.as_ref() };
    if pool.orphaned.get() {
        if pool.views.get() == 0 {
            // SAFETY: the owner is gone, and this was the last view.
            unsafe { free(shared) };
        }
    } else if pool.starved.replace(false) {
        pool.unusual.set(false);
        pool.context.wake();
    }
}

#[cfg(test)]
mod tests;

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("buffers", &self.shared().claims.len()).finish_non_exhaustive()
    }
}

impl fmt::Debug for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("View").field(&self.as_slice()).finish()
    }
}
