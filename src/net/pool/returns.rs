//! How buffers come back from other threads: noted per buffer, chained, taken whole.
//!
//! A buffer may be lent out in several parts. Whoever returns a part elsewhere adds one to the
//! buffer's note; the one that finds the note at zero also pushes the buffer onto a chain. The home
//! thread takes the chain whole, and with each buffer whatever its note has grown to. Nothing is
//! popped singly, so that there is no ABA, and nothing is allocated: the links are part of the pool.
//!
//! Source: the Treiber stack (R. K. Treiber, 1986); the separate list of what other threads free is
//! that of mimalloc (D. Leijen et al., 2019).
//!
//! When the home thread has nothing more to do with the pool it closes the chain. From then on every
//! return is counted down from the number of those who are left, and the last one frees the pool.

use std::ptr::NonNull;

use crate::primitive::{AtomicU32, AtomicUsize, Ordering};

/// The buffer on top of the chain, plus one.
const INDEX: u32 = (1 << 24) - 1;
/// The owner is gone, and was not at home to say so.
const OWNERLESS: u32 = 1 << 29;
/// The owner found no free buffer; whoever pushes one wakes it.
const STARVED: u32 = 1 << 30;
/// Nothing is pushed any more; those who are left count themselves down.
const CLOSED: u32 = 1 << 31;

/// What other threads write of a pool.
#[derive(Debug)]
pub(super) struct Returns {
    // INVARIANT: CLOSED alone or with OWNERLESS; or else INDEX bits, zero or one more than a buffer
    // whose note is not zero, with OWNERLESS and STARVED as they come; STARVED only with no buffer.
    head: AtomicU32,
    // INVARIANT: once closed, the views that are left, plus one for an owner that is left; until the
    // home thread has added their number it lies that much lower, below zero if anybody went.
    left: AtomicUsize,
    links: Box<[Link]>,
}

#[derive(Debug)]
struct Link {
    // INVARIANT: the parts returned elsewhere that nobody has taken. Not zero exactly while the buffer
    // is in the chain, or whoever raised it from zero has still to push it.
    noted: AtomicU32,
    // The next buffer of the chain, plus one; zero at its end.
    next: AtomicU32,
}

/// What is left to do for whoever returned something.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub(super) enum Returned<W> {
    /// Nothing.
    Noted,
    /// To wake the owner by what was made for it.
    Wake(W),
    /// To free the pool: nobody else is left.
    Last,
}

impl Returns {
    /// For `count` buffers, at most 2^24 - 1.
    pub(super) fn new(count: usize) -> Self {
        debug_assert!(count <= INDEX as usize);
        let link = || Link { noted: AtomicU32::new(0), next: AtomicU32::new(0) };
        Self {
            head: AtomicU32::new(0),
            left: AtomicUsize::new(0),
            links: (0..count).map(|_| link()).collect(),
        }
    }

    /// Returns one part of `buffer`, on any thread but the home thread. Lock-free.
    ///
    /// `waker` is called if the owner may have to be woken; what it makes must stay good when the
    /// pool is gone, which it may be as soon as this returns.
    ///
    /// # Safety
    ///
    /// - the pool is alive: the caller gives up one part of `buffer` that it was lent.
    /// - after anything but `Last` the caller touches the pool no more.
    #[inline]
    pub(super) unsafe fn give_back<W>(
        this: NonNull<Self>,
        buffer: u32,
        waker: impl Fn() -> W,
    ) -> Returned<W> {
        // SAFETY: the pool is alive until the part is given back, by the last of the steps below.
        let returns = unsafe { this.as_ref() };
        let link = &returns.links[buffer as usize];
        // ORDERING: release pairs with the acquire of `take`, `close` and the swap below: the bytes
        // were read before the buffer is filled again or freed. It needs no acquire, since nothing is
        // read that another return has written.
        if link.noted.fetch_add(1, Ordering::Release) != 0 {
            return Returned::Noted;
        }
        // ORDERING: relaxed, the compare-exchange below publishes or retries; that of CLOSED stays.
        let mut head = returns.head.load(Ordering::Relaxed);
        loop {
            if head & CLOSED != 0 {
                // ORDERING: acquire pairs with the release above of those who left their parts to this
                // one to count; `count_down` hands that on to whoever frees.
                let parts = link.noted.swap(0, Ordering::Acquire);
                return returns.count_down(parts as usize);
            }
            // ORDERING: relaxed, published by the release below.
            link.next.store(head & INDEX, Ordering::Relaxed);
            let woken = (head & STARVED != 0).then(&waker);
            let pushed = (buffer + 1) | (head & OWNERLESS);
            // ORDERING: release pairs with the acquire of `take` and `close`, for the link; a failure
            // only re-reads. That it sees STARVED or is seen by `starve` follows from the one order of
            // all changes of this word.
            match returns.head.compare_exchange_weak(head, pushed, Ordering::Release, Ordering::Relaxed) {
                Ok(_) => return woken.map_or(Returned::Noted, Returned::Wake),
                Err(now) => head = now,
            }
        }
    }

    /// Takes what came back: each buffer, with the number of its parts. Only at home.
    #[inline]
    pub(super) fn take(&self, each: impl FnMut(u32, u32)) {
        // ORDERING: relaxed, the swap synchronises; a push that is not seen yet is seen next time.
        if self.head.load(Ordering::Relaxed) & INDEX != 0 {
            // ORDERING: acquire pairs with the release of `give_back`, for the links.
            let head = self.head.swap(0, Ordering::Acquire);
            self.settle(head, each);
        }
    }

    fn settle(&self, head: u32, mut each: impl FnMut(u32, u32)) {
        let mut top = head & INDEX;
        while let Some(buffer) = top.checked_sub(1) {
            let link = &self.links[buffer as usize];
            // ORDERING: relaxed, published with the head. Read before the note is taken, because
            // afterwards the buffer may be pushed again.
            top = link.next.load(Ordering::Relaxed);
            // ORDERING: acquire pairs with the release of `give_back`, for the bytes.
            let parts = link.noted.swap(0, Ordering::Acquire);
            each(buffer, parts);
        }
    }

    /// Asks for the owner to be woken by the next push. False if something came back meanwhile, so
    /// that there is no need. Only at home.
    pub(super) fn starve(&self) -> bool {
        // ORDERING: relaxed here and below, nothing is published; see the push in `give_back` for why
        // either side sees the other.
        let mut head = self.head.load(Ordering::Relaxed);
        while head & INDEX == 0 {
            // ORDERING: relaxed, see above.
            let asked =
                self.head.compare_exchange_weak(head, head | STARVED, Ordering::Relaxed, Ordering::Relaxed);
            match asked {
                Ok(_) => return true,
                Err(now) => head = now,
            }
        }
        false
    }

    /// Ends the home thread's part in the pool: takes what came back, as `take` does, then leaves the
    /// rest to those who are left. Their number is what `views` says after that, plus one for the
    /// owner if it is still there. True if the caller has to free the pool. Only at home, once.
    ///
    /// # Safety
    ///
    /// - the pool is alive.
    /// - after false the caller touches it no more, unless it is itself one of those who are left.
    pub(super) unsafe fn close(
        this: NonNull<Self>,
        owner: bool,
        each: impl FnMut(u32, u32),
        views: impl FnOnce() -> usize,
    ) -> bool {
        // SAFETY: the pool is alive until the number is added below.
        let returns = unsafe { this.as_ref() };
        // ORDERING: acquire pairs with the release of `give_back` and `lose_owner`. It needs no
        // release: what this thread has done until now is published by `left`.
        let head = returns.head.swap(CLOSED, Ordering::Acquire);
        returns.settle(head, each);
        let left = views() + usize::from(owner && head & OWNERLESS == 0);
        if left == 0 {
            return true;
        }
        // ORDERING: release pairs with the acquire of the last `count_down`, which frees what this
        // thread wrote; acquire with the release of all of them, if every one was before this.
        let before = returns.left.fetch_add(left, Ordering::AcqRel);
        before.wrapping_add(left) == 0
    }

    /// Counts out the owner, or parts of a closed pool, on any thread. The answer is never `Wake`.
    ///
    /// As in `give_back`, after anything but `Last` the caller touches the pool no more.
    pub(super) fn count_down<W>(&self, parts: usize) -> Returned<W> {
        // ORDERING: release hands on what was read and written of the pool to the one that frees it,
        // acquire takes it over there; the additions and subtractions of `left` are one release
        // sequence.
        let before = self.left.fetch_sub(parts, Ordering::AcqRel);
        // Before the home thread has added their number this lies below zero, and never hits it.
        if before == parts { Returned::Last } else { Returned::Noted }
    }

    /// Says that the owner is gone, on any thread but the home thread, whose context has ended.
    ///
    /// # Safety
    ///
    /// - the pool is alive: the caller acts for the owner.
    /// - after anything but `Last` the caller touches the pool no more.
    pub(super) unsafe fn lose_owner<W>(this: NonNull<Self>) -> Returned<W> {
        // SAFETY: the pool is alive as long as its owner, whose last step is one of those below.
        let returns = unsafe { this.as_ref() };
        // ORDERING: release pairs with the acquire of `close`, which may free the pool. It needs no
        // acquire: `count_down` brings its own.
        if returns.head.fetch_or(OWNERLESS, Ordering::Release) & CLOSED == 0 {
            return Returned::Noted;
        }
        returns.count_down(1)
    }
}

#[cfg(all(test, loom))]
mod model;
