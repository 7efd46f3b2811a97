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
        let Some(class) = Class::of(request.layout()) else { return Global.allocate(request) };
        match KEPT.try_with(|kept| kept.0[class.0].pop(class)) {
            Ok(Some(block)) => Ok(block.cast()),
            // Nothing was released yet, or this thread is ending.
            Ok(None) | Err(_) => class.fresh().map(NonNull::cast),
        }
    }

    #[inline]
    unsafe fn release(&self, memory: NonNull<u8>, request: &Request) {
        let Some(class) = Class::of(request.layout()) else {
            // SAFETY: passed on to the caller; the layout decides, as it did in `allocate`.
            return unsafe { Global.release(memory, request) };
        };
        let block = memory.cast::<Block>();
        if KEPT.try_with(|kept| kept.0[class.0].push(class, block)).is_err() {
            // SAFETY: the caller gives back what `allocate` had from this class.
            unsafe { class.give_up(block) };
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
    // Of the first block of a magazine in the depot.
    next_magazine: *mut Block,
    rounds: u32,
}

/// A stack of blocks.
struct Magazine {
    first: *mut Block,
    rounds: u32,
}

impl Magazine {
    const EMPTY: Self = Self { first: ptr::null_mut(), rounds: 0 };

    #[inline]
    fn push(&mut self, block: NonNull<Block>) {
        let free = Block { next: self.first, next_magazine: ptr::null_mut(), rounds: 0 };
        // SAFETY: a block is large enough and aligned for this, and the caller has given it to us alone.
        unsafe { block.write(free) };
        self.first = block.as_ptr();
        self.rounds += 1;
    }

    #[inline]
    fn pop(&mut self) -> Option<NonNull<Block>> {
        let block = NonNull::new(self.first)?;
        // SAFETY: what is in a magazine was written by `push`, and is the magazine's alone.
        self.first = unsafe { block.as_ref() }.next;
        self.rounds -= 1;
        Some(block)
    }
}

/// The blocks of one size that one thread keeps: two magazines, so that a thread that takes and gives in turn
/// goes to the depot at most once in `ROUNDS` times.
struct Kept {
    loaded: Cell<Magazine>,
    // INVARIANT: empty or full.
    spare: Cell<Magazine>,
}

impl Kept {
    #[inline]
    fn pop(&self, class: Class) -> Option<NonNull<Block>> {
        let mut loaded = self.loaded.replace(Magazine::EMPTY);
        if loaded.rounds == 0 {
            loaded = self.reload(class);
        }
        let block = loaded.pop();
        self.loaded.set(loaded);
        block
    }

    #[cold]
    fn reload(&self, class: Class) -> Magazine {
        let spare = self.spare.replace(Magazine::EMPTY);
        if spare.rounds == 0 { class.depot().take().unwrap_or(Magazine::EMPTY) } else { spare }
    }

    #[inline]
    fn push(&self, class: Class, block: NonNull<Block>) {
        let mut loaded = self.loaded.replace(Magazine::EMPTY);
        if loaded.rounds >= ROUNDS {
            self.unload(class, loaded);
            loaded = Magazine::EMPTY;
        }
        loaded.push(block);
        self.loaded.set(loaded);
    }

    #[cold]
    fn unload(&self, class: Class, full: Magazine) {
        let spare = self.spare.replace(full);
        if spare.rounds != 0 {
            class.depot().put(spare);
        }
    }
}

/// What one thread keeps, by class.
struct AllKept([Kept; SIZES.len()]);

impl Drop for AllKept {
    fn drop(&mut self) {
        for (class, kept) in self.0.iter().enumerate() {
            for magazine in [&kept.loaded, &kept.spare] {
                Class(class).depot().put(magazine.replace(Magazine::EMPTY));
            }
        }
    }
}

thread_local! {
    static KEPT: AllKept = const {
        AllKept([const { Kept { loaded: Cell::new(Magazine::EMPTY), spare: Cell::new(Magazine::EMPTY) } }; SIZES.len()])
    };
}

/// What all threads share of one size: a stack of magazines.
struct Depot {
    first: *mut Block,
}

// SAFETY: what is in the depot is used by nobody else, on any thread.
unsafe impl Send for Depot {}

impl Depot {
    fn put(&mut self, magazine: Magazine) {
        let Some(mut block) = NonNull::new(magazine.first) else { return };
        // SAFETY: what is in a magazine was written by `push`, and is the magazine's alone.
        let first = unsafe { block.as_mut() };
        first.next_magazine = self.first;
        first.rounds = magazine.rounds;
        self.first = block.as_ptr();
    }

    fn take(&mut self) -> Option<Magazine> {
        let block = NonNull::new(self.first)?;
        // SAFETY: what is in the depot was written by `push` and `put`, and is the depot's alone.
        let first = unsafe { block.as_ref() };
        self.first = first.next_magazine;
        Some(Magazine { first: block.as_ptr(), rounds: first.rounds })
    }
}

static DEPOTS: [CachePadded<Mutex<Depot>>; SIZES.len()] =
    [const { CachePadded::new(Mutex::new(Depot { first: ptr::null_mut() })) }; SIZES.len()];
