//! `Bounded`: so many and no more.

use std::ptr::NonNull;

use super::{AllocError, Policy, Request};
use crate::primitive::{AtomicUsize, Ordering};

/// At most so many operations, or so many bytes, at a time; one more fails at once.
///
/// **Costs** one compare-exchange for each bound that is set, when an operation is made and when it ends.
///
/// # Examples
///
/// ```
/// use fusewire::alloc::{Allocation, Bounded, Recycling};
/// use fusewire::context::cpu::Cpu;
///
/// let bounded = Bounded::new(Recycling).operations(10_000).bytes(8 << 20);
/// let audio = Cpu::builder().name("audio").allocation(Allocation::new(bounded)).build()?;
/// # Ok::<(), fusewire::context::cpu::CpuError>(())
/// ```
#[derive(Debug)]
pub struct Bounded<P> {
    inner: P,
    operations: Meter,
    bytes: Meter,
}

impl<P: Policy> Bounded<P> {
    /// Memory from `inner`, without a bound so far.
    pub fn new(inner: P) -> Self {
        Self { inner, operations: Meter::new(usize::MAX), bytes: Meter::new(usize::MAX) }
    }

    /// At most so many operations at a time.
    #[must_use]
    pub fn operations(mut self, limit: usize) -> Self {
        self.operations.limit = limit;
        self
    }

    /// At most so many bytes at a time, as the operations count them.
    #[must_use]
    pub fn bytes(mut self, limit: usize) -> Self {
        self.bytes.limit = limit;
        self
    }

    fn give_back(&self, bytes: usize) {
        self.bytes.give(bytes);
        self.operations.give(1);
    }
}

// SAFETY: every call that goes through goes to the policy inside.
unsafe impl<P: Policy> Policy for Bounded<P> {
    fn allocate(&self, request: &Request) -> Result<NonNull<u8>, AllocError> {
        let asked = request.layout().size();
        if !self.operations.take(1) {
            return Err(AllocError::TooManyOperations { limit: self.operations.limit });
        }
        if !self.bytes.take(asked) {
            self.operations.give(1);
            return Err(AllocError::TooManyBytes { limit: self.bytes.limit, asked });
        }
        self.inner.allocate(request).inspect_err(|_| self.give_back(asked))
    }

    unsafe fn release(&self, memory: NonNull<u8>, request: &Request) {
        // First, so that whoever sees room finds memory inside too.
        // SAFETY: passed on to the caller.
        unsafe { self.inner.release(memory, request) }
        self.give_back(request.layout().size());
    }
}

/// A number in use, and the most it may be.
#[derive(Debug)]
pub(super) struct Meter {
    pub(super) limit: usize,
    // INVARIANT: at most `limit`; what was taken and not given back.
    used: AtomicUsize,
}

impl Meter {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, used: AtomicUsize::new(0) }
    }

    pub(super) fn used(&self) -> usize {
        // ORDERING: relaxed, a number for people to read.
        self.used.load(Ordering::Relaxed)
    }

    /// Takes all of `amount`, or nothing.
    #[inline]
    pub(super) fn take(&self, amount: usize) -> bool {
        if self.limit == usize::MAX {
            return true;
        }
        let fits = |used: usize| used.checked_add(amount).filter(|used| *used <= self.limit);
        // ORDERING: acquire pairs with the release of `give`, so that what the operation before did with its
        // memory comes before what this one does; a failure takes nothing.
        self.used.fetch_update(Ordering::Acquire, Ordering::Relaxed, fits).is_ok()
    }

    /// Whether all of `amount` is there now. It may be gone when it is taken.
    #[inline]
    pub(super) fn may_take(&self, amount: usize) -> bool {
        self.used().checked_add(amount).is_some_and(|used| used <= self.limit)
    }

    #[inline]
    pub(super) fn give(&self, amount: usize) {
        if self.limit != usize::MAX {
            // ORDERING: release pairs with the acquire of `take`.
            self.used.fetch_sub(amount, Ordering::Release);
        }
    }

    /// Gives back as much of `amount` as is in use; how much that was.
    pub(super) fn give_up_to(&self, amount: usize) -> usize {
        // ORDERING: as in `give`.
        let before = self
            .used
            .fetch_update(Ordering::Release, Ordering::Relaxed, |used| Some(used.saturating_sub(amount)));
        before.unwrap_or_else(|used| used).min(amount)
    }
}
