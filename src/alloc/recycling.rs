//! `Recycling`: what was released is used again.

use std::alloc::Layout;
use std::cell::Cell;
use std::ptr::{self, NonNull};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crossbeam_utils::CachePadded;

use super::{AllocError, Global, Policy, Request};

/// Memory that was released before, kept by size: nothing is asked of the global allocator in steady state.
///
/// Each thread keeps up to [`KEPT`](Self::KEPT) blocks of each size for itself; taking and giving back is a
/// handful of instructions without an atomic. What flows from one thread to another, because operations are
/// made on one and end on the other, goes through a depot in batches of half as many, with one short lock a
/// batch. Blocks are multiples of a cache line and lie on one, so that two operations share none.
///
/// Operations over [`LARGEST`](Self::LARGEST) bytes, or aligned to more than a cache line, come from
/// [`Global`]. Nothing goes back to the global allocator but by [`trim`](Self::trim).
///
/// Source: the magazines and the depot of J. Bonwick and J. Adams, "Magazines and Vmem" (2001).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Recycling;

/// The sizes of blocks.
const SIZES: [usize; 12] = [64, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096];

/// The alignment of blocks: a cache line.
const LINE: usize = 64;

/// The blocks of a full magazine.
const ROUNDS: u32 = 32;

impl Recycling {
    /// The most bytes of an operation that is recycled.
    pub const LARGEST: usize = 4096;

    /// The most blocks of each size that a thread keeps for itself.
    pub const KEPT: u32 = 2 * ROUNDS;

    /// Gets memory for `count` operations of `layout` now, so that the first ones need not ask for it.
    ///
    /// Whichever threads come first take it.
    ///
    /// # Errors
    ///
    /// When the system is out of memory.
    pub fn fill(layout: Layout, count: usize) -> Result<(), AllocError> {
        let Some(class) = Class::of(layout) else { return Ok(()) };
        let mut magazine = Magazine::EMPTY;
        for _ in 0..count {
            magazine.push(class.fresh()?);
            if magazine.rounds == ROUNDS {
                class.depot().put(std::mem::replace(&mut magazine, Magazine::EMPTY));
            }
        }
        class.depot().put(magazine);
        Ok(())
    }

    /// Gives what no thread has for itself back to the global allocator; how many bytes that was.
    pub fn trim() -> usize {
        let mut bytes = 0;
        for class in (0..SIZES.len()).map(Class) {
            // Bound first, so that the lock is not held in the body.
            while let Some(mut magazine) = { class.depot().take() } {
                while let Some(block) = magazine.pop() {
                    bytes += class.layout().size();
                    // SAFETY: the block came from `fresh` of this class, and the magazine held it alone.
                    unsafe { class.give_up(block) };
                }
            }
        }
        bytes
    }
}

// SAFETY: a block is in one magazine, in one depot, or in use; and a class never changes its layout.
unsafe impl Policy for Recycling {
    #[inline]
    fn allocate(&self, request: &Request) -> Result<NonNull<u8>, AllocError> {
        match Class::of(request.layout()) {
            Some(class) => KEPT.with(|kept| kept.0[class.0].pop(class)),
            None => Global.allocate(request),
        }
    }

    #[inline]
    unsafe fn release(&self, memory: NonNull<u8>, request: &Request) {
        match Class::of(request.layout()) {
            Some(class) => KEPT.with(|kept| {
                // SAFETY: the caller gives back what `allocate` had from this class, as the layout decides.
                unsafe { kept.0[class.0].push(class, memory.cast()) }
            }),
            // SAFETY: passed on to the caller; the layout decides, as it did in `allocate`.
            None => unsafe { Global.release(memory, request) },
        }
    }
}

/// Which of the sizes.
#[derive(Debug, Clone, Copy)]
struct Class(usize);

impl Class {
    /// The smallest that fits, if one does. Folds to a constant where the layout is one.
    #[inline(always)]
    const fn of(layout: Layout) -> Option<Self> {
        if layout.align() > LINE || layout.size() > Recycling::LARGEST {
            return None;
        }
        let mut class = 0;
        while SIZES[class] < layout.size() {
            class += 1;
        }
        Some(Self(class))
    }

    fn layout(self) -> Layout {
        const { assert!(size_of::<Block>() <= SIZES[0] && align_of::<Block>() <= LINE) };
        // INVARIANT: small, and a power of two that is not zero.
        Layout::from_size_align(SIZES[self.0], LINE).expect("a layout of small numbers")
    }

    fn request(self) -> Request {
        Request::new(self.layout(), "recycling")
    }

    #[cold]
    fn fresh(self) -> Result<NonNull<Block>, AllocError> {
        Global.allocate(&self.request()).map(NonNull::cast)
    }

    /// # Safety
    ///
    /// `block` came from `fresh` of this class, and nobody uses it any more.
    unsafe fn give_up(self, block: NonNull<Block>) {
        // SAFETY: passed on to the caller.
        unsafe { Global.release(block.cast(), &self.request()) }
    }

    fn depot(self) -> MutexGuard<'static, Depot> {
        DEPOTS[self.0].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a block holds while nobody uses it.
struct Block {
    next: *mut Block,
    // These two of the first block of a magazine in the depot alone.
    next_magazine: *mut Block,
    rounds: u32,
}

/// Has `block` lie on `next`.
///
/// # Safety
///
/// `block` is large enough and aligned for a [`Block`], and the caller's alone.
#[inline(always)]
unsafe fn link(block: NonNull<Block>, next: *mut Block) {
    // SAFETY: the caller says so.
    unsafe { (*block.as_ptr()).next = next }
}

/// What `block` lies on.
///
/// # Safety
///
/// `block` was [linked](link), and is the caller's alone.
#[inline(always)]
unsafe fn below(block: NonNull<Block>) -> *mut Block {
    // SAFETY: the caller says so.
    unsafe { (*block.as_ptr()).next }
}

/// A stack of blocks.
#[derive(Clone, Copy)]
struct Magazine {
    // INVARIANT: null, or the first of `rounds` blocks that are linked and the magazine's alone.
    first: *mut Block,
    rounds: u32,
}

impl Magazine {
    const EMPTY: Self = Self { first: ptr::null_mut(), rounds: 0 };

    fn push(&mut self, block: NonNull<Block>) {
        // SAFETY: what is given to a magazine is a block, and its alone.
        unsafe { link(block, self.first) };
        self.first = block.as_ptr();
        self.rounds += 1;
    }

    fn pop(&mut self) -> Option<NonNull<Block>> {
        let block = NonNull::new(self.first)?;
        // SAFETY: it was linked by `push`.
        self.first = unsafe { below(block) };
        self.rounds -= 1;
        Some(block)
    }
}

/// The blocks of one size that one thread keeps: two magazines, so that a thread that takes and gives in turn
/// goes to the depot at most once in `ROUNDS` times.
///
/// A thread that keeps nothing, because it has not begun to or because it ends, has a loaded magazine that is empty and counts as
/// full: so it comes to `reload` and `unload`, which see to that, and the way past them asks nothing.
struct Kept {
    // INVARIANT: null, or the first of `rounds` blocks that are linked and this thread's alone.
    first: Cell<*mut Block>,
    rounds: Cell<u32>,
    // INVARIANT: empty or full.
    spare: Cell<Magazine>,
}

impl Kept {
    const fn nothing() -> Self {
        Self {
            first: Cell::new(ptr::null_mut()),
            rounds: Cell::new(ROUNDS),
            spare: Cell::new(Magazine::EMPTY),
        }
    }

    #[inline(always)]
    fn pop(&self, class: Class) -> Result<NonNull<u8>, AllocError> {
        let Some(block) = NonNull::new(self.first.get()) else { return self.reload(class) };
        // SAFETY: it was linked by `push` or before it came into the magazine that was loaded.
        self.first.set(unsafe { below(block) });
        self.rounds.set(self.rounds.get() - 1);
        Ok(block.cast())
    }

    #[cold]
    #[inline(never)]
    fn reload(&self, class: Class) -> Result<NonNull<u8>, AllocError> {
        if !keeps() {
            return class.fresh().map(NonNull::cast);
        }
        let mut magazine = self.spare.replace(Magazine::EMPTY);
        if magazine.rounds == 0 {
            magazine = class.depot().take().unwrap_or(Magazine::EMPTY);
        }
        let block = magazine.pop();
        self.load(magazine);
        // Where nothing was released yet.
        block.map_or_else(|| class.fresh(), Ok).map(NonNull::cast)
    }

    fn load(&self, magazine: Magazine) {
        self.first.set(magazine.first);
        self.rounds.set(magazine.rounds);
    }

    /// # Safety
    ///
    /// `block` is one of this class, and nobody uses it any more.
    #[inline(always)]
    unsafe fn push(&self, class: Class, block: NonNull<Block>) {
        let rounds = self.rounds.get();
        if rounds >= ROUNDS {
            // SAFETY: passed on to the caller.
            return unsafe { self.unload(class, block) };
        }
        // SAFETY: the caller says so.
        unsafe { link(block, self.first.get()) };
        self.first.set(block.as_ptr());
        self.rounds.set(rounds + 1);
    }

    /// # Safety
    ///
    /// As for [`push`](Self::push).
    #[cold]
    #[inline(never)]
    unsafe fn unload(&self, class: Class, block: NonNull<Block>) {
        if !keeps() {
            // SAFETY: passed on to the caller.
            return unsafe { class.give_up(block) };
        }
        if !self.first.get().is_null() {
            let spare = self.spare.replace(Magazine { first: self.first.get(), rounds: self.rounds.get() });
            class.depot().put(spare);
        }
        let mut magazine = Magazine::EMPTY;
        magazine.push(block);
        self.load(magazine);
    }

    /// Gives everything to the depot.
    fn leave(&self, class: Class) {
        if !self.first.get().is_null() {
            class.depot().put(Magazine { first: self.first.get(), rounds: self.rounds.get() });
        }
        class.depot().put(self.spare.replace(Magazine::EMPTY));
        self.load(Magazine { first: ptr::null_mut(), rounds: ROUNDS });
    }
}

/// What one thread keeps, by class. It has no destructor, so that its use asks nothing: that is [`Leaving`]'s.
struct AllKept([Kept; SIZES.len()]);

/// Gives up what the thread keeps when it ends.
struct Leaving;

impl Drop for Leaving {
    fn drop(&mut self) {
        KEPT.with(|kept| {
            for (class, kept) in kept.0.iter().enumerate() {
                kept.leave(Class(class));
            }
        });
    }
}

thread_local! {
    static KEPT: AllKept = const { AllKept([const { Kept::nothing() }; SIZES.len()]) };
    static LEAVING: Leaving = const { Leaving };
}

/// Whether the thread may keep blocks, because it will give them up when it ends; not while it does.
fn keeps() -> bool {
    LEAVING.try_with(|_| ()).is_ok()
}

/// What all threads share of one size: a stack of magazines.
struct Depot {
    first: *mut Block,
}

// SAFETY: what is in the depot is used by nobody else, on any thread.
unsafe impl Send for Depot {}

impl Depot {
    fn put(&mut self, magazine: Magazine) {
        let Some(block) = NonNull::new(magazine.first) else { return };
        // SAFETY: what is in a magazine was linked, and is the magazine's alone.
        let next = unsafe { below(block) };
        // SAFETY: as above.
        unsafe { block.write(Block { next, next_magazine: self.first, rounds: magazine.rounds }) };
        self.first = block.as_ptr();
    }

    fn take(&mut self) -> Option<Magazine> {
        let block = NonNull::new(self.first)?;
        // SAFETY: what is in the depot was written by `put`, and is the depot's alone.
        let first = unsafe { block.as_ref() };
        self.first = first.next_magazine;
        Some(Magazine { first: block.as_ptr(), rounds: first.rounds })
    }
}

static DEPOTS: [CachePadded<Mutex<Depot>>; SIZES.len()] =
    [const { CachePadded::new(Mutex::new(Depot { first: ptr::null_mut() })) }; SIZES.len()];
