//! Receive buffers, lent out as views; what is dropped at home comes back without atomic operations.
//!
//! A pool is at home on the thread of one io context. There its buffers are claimed, filled and lent,
//! and a view that is dropped there returns its buffer by plain counters. A view may go to any other
//! thread: dropped there it is [returned](returns) through a lock-free chain, which the owner takes in
//! when it runs out of free buffers.
//!
//! The owner, the source, may move between threads too: it checks where it is before it touches the
//! counters, and when it is dropped elsewhere it sends the pool home as a task. Once the home thread's
//! part is [over](homecoming), those who are left count one another down, and the last frees the pool.
//!
//! Who reads a view on another thread sees the bytes that were received, because whatever brought the
//! view there, an edge for one, publishes everything that was written before it.

use std::alloc::{Layout, alloc_zeroed, dealloc, handle_alloc_error};
use std::cell::Cell;
use std::fmt;
use std::ptr::NonNull;

use crossbeam_utils::CachePadded;

use super::home::{Home, this_thread};
use crate::context::{ContextRef, current};
use crate::work::{TaskNode, TaskRef};

mod homecoming;
mod returns;
mod view;

use returns::Returns;
pub(crate) use view::View;

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
    // The home thread's number, zero before the first claim, which writes it. Every view is made after
    // that, and handed to other threads by something that publishes it.
    thread: Cell<u64>,
    context: ContextRef,
    // Who is woken when a buffer comes back: the context, or what the owner was made in on top of it.
    wakes: ContextRef,
    // Lines of their own: the home thread writes one all the time, the others the other.
    near: CachePadded<Near>,
    returns: CachePadded<Returns>,
}

/// What the home thread alone touches.
struct Near {
    // INVARIANT: for each buffer, the views of it that did not come back as far as this thread knows,
    // plus one if the owner holds it; zero if it is free.
    claims: Box<[Cell<u32>]>,
    // INVARIANT: the first `free` entries name the buffers whose claims are zero, each once; before the
    // first claim, `free` is zero all the same.
    stack: Box<[Cell<u32>]>,
    free: Cell<usize>,
    // INVARIANT: the number of views that did not come back as far as this thread knows.
    views: Cell<usize>,
    // Whether a view dropped here has more to do than to count: the owner is starved, or it is closed.
    unusual: Cell<bool>,
    // This thread's part is over; see `homecoming`.
    closed: Cell<bool>,
    // The next pool that is at home here.
    next: Cell<Option<NonNull<Shared>>>,
}

// SAFETY: the owner touches what belongs to the home thread only where `home.is_here()`; see `Drop` for
// how it gives the pool up on another thread.
unsafe impl Send for Pool {}

impl Pool {
    /// `count` buffers of `size` bytes, each behind `head` bytes of room for what belongs to it.
    ///
    /// The memory is zeroed and every page of it touched.
    pub(crate) fn new(home: Home, count: usize, head: usize, size: usize) -> Self {
        let stride = (head + size).next_multiple_of(LINE);
        let bytes = stride.saturating_mul(count.max(1));
        // A small one, of which there may be thousands, shares its page with others.
        let align = if bytes < PAGE { LINE } else { PAGE };
        let Ok(layout) = Layout::from_size_align(bytes, align) else {
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
        let near = Near {
            claims: (0..count).map(|_| Cell::new(0)).collect(),
            stack: (0..count as u32).rev().map(Cell::new).collect(),
            free: Cell::new(0),
            views: Cell::new(0),
            unusual: Cell::new(false),
            closed: Cell::new(false),
            next: Cell::new(None),
        };
        let shared = Box::new(Shared {
            node: TaskNode::new(homecoming::come_home),
            memory,
            layout,
            stride,
            head,
            thread: Cell::new(0),
            wakes: current().filter(|here| here.is_on(home.context().id())).unwrap_or_else(|| home.context()),
            context: home.context(),
            near: CachePadded::new(near),
            returns: CachePadded::new(Returns::new(count)),
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
        let near = &self.shared().near;
        if near.free.get() == 0 && !self.refill() {
            return None;
        }
        let free = near.free.get() - 1;
        near.free.set(free);
        let buffer = near.stack[free].get();
        near.claims[buffer as usize].set(1);
        Some(buffer)
    }

    /// Takes in what came back from other threads, or opens the pool. Whether a buffer is free now.
    #[cold]
    fn refill(&self) -> bool {
        let shared = self.shared();
        if shared.thread.get() == 0 {
            shared.thread.set(this_thread());
            shared.near.free.set(shared.near.stack.len());
            // SAFETY: the owner keeps the pool alive, and its drop ends the home thread's part.
            unsafe { homecoming::settle_in(self.shared) };
        } else {
            shared.take_in();
        }
        shared.near.free.get() != 0
    }

    /// Gives back what `claim` took. Only at home.
    #[inline]
    pub(crate) fn unclaim(&mut self, buffer: u32) {
        debug_assert!(self.home.is_here());
        self.shared().near.unclaim(buffer);
    }

    /// Whether the owner alone holds the claimed `buffer`. Only at home.
    #[inline]
    pub(crate) fn is_sole(&mut self, buffer: u32) -> bool {
        debug_assert!(self.home.is_here());
        let shared = self.shared();
        let claims = &shared.near.claims[buffer as usize];
        if claims.get() != 1 {
            shared.take_in();
        }
        claims.get() == 1
    }

    /// Asks for the context to be woken when a buffer comes back, if it has to be. Only at home.
    #[cold]
    pub(crate) fn starve(&mut self) {
        debug_assert!(self.home.is_here());
        let shared = self.shared();
        if !shared.wakes.must_be_woken() {
            return;
        }
        if shared.returns.starve() {
            shared.near.unusual.set(true);
        } else {
            // One came back since the owner looked: it has to look again.
            shared.wakes.wake();
        }
    }

    /// Where the bytes of `buffer` begin.
    #[inline]
    pub(crate) fn bytes(&self, buffer: u32) -> NonNull<u8> {
        let shared = self.shared();
        assert!((buffer as usize) < shared.near.claims.len());
        // SAFETY: the buffer exists, so that its stride, head included, lies inside the memory.
        unsafe { shared.memory.add(buffer as usize * shared.stride + shared.head) }
    }

    /// Turns the owner's claim of `buffer` into a view. Only at home.
    ///
    /// What was written into the buffer before this can be read through the view on every thread: the
    /// way to another thread publishes it with the view.
    ///
    /// # Safety
    ///
    /// - the owner holds a claim of `buffer`, and gives it up.
    /// - `start` and `length` lie inside the buffer, and nobody writes to these bytes while the
    ///   view is alive.
    #[inline]
    pub(crate) unsafe fn lend(&mut self, buffer: u32, start: usize, length: u32) -> View {
        debug_assert!(self.home.is_here());
        let views = &self.shared().near.views;
        views.set(views.get() + 1);
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
        let claims = &self.shared().near.claims[buffer as usize];
        claims.set(claims.get() + 1);
        // SAFETY: the caller's promises; the claim given up is the one added above.
        unsafe { self.lend(buffer, start, length) }
    }
}

impl Shared {
    /// Takes in what came back from other threads. Only at home.
    fn take_in(&self) {
        self.returns.take(|buffer, parts| self.near.came_back(buffer, parts));
    }
}

impl Near {
    #[inline]
    fn unclaim(&self, buffer: u32) {
        self.claim_less(buffer, 1);
    }

    /// Counts out so many views of `buffer` that were dropped elsewhere.
    fn came_back(&self, buffer: u32, parts: u32) {
        self.views.set(self.views.get() - parts as usize);
        self.claim_less(buffer, parts);
    }

    #[inline]
    fn claim_less(&self, buffer: u32, parts: u32) {
        let claims = &self.claims[buffer as usize];
        claims.set(claims.get() - parts);
        if claims.get() == 0 {
            let free = self.free.get();
            self.stack[free].set(buffer);
            self.free.set(free + 1);
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        if self.shared().thread.get() == 0 {
            // SAFETY: nothing was ever claimed, so that no view can exist.
            unsafe { free(self.shared) };
        } else if self.home.is_here() {
            // SAFETY: this is the home thread, and the owner is gone after this.
            unsafe { homecoming::owner_left(self.shared) };
        } else {
            let context = self.shared().context.clone();
            // SAFETY: the node is the first field of a pool that stays until `come_home`, no other
            // reference to its task exists, and the task may run on any thread.
            let task = unsafe { TaskRef::new(self.shared.cast()) };
            context.post(task);
        }
    }
}

/// # Safety
///
/// Neither an owner nor a view of the pool is left, and the home thread's part in it is over.
unsafe fn free(shared: NonNull<Shared>) {
    // SAFETY: `Pool::new` leaked this box, and the caller is the last to know of it.
    let shared = unsafe { Box::from_raw(shared.as_ptr()) };
    #[cfg(test)]
    tests::freed(shared.context.id());
    // SAFETY: the memory was allocated with this layout, and no view of it is left.
    unsafe { dealloc(shared.memory.as_ptr(), shared.layout) };
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("buffers", &self.shared().near.claims.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;

#[cfg(all(test, not(loom)))]
mod stress;
