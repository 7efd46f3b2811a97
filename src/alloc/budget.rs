//! `Budget`: what several tenants share without one starving another.

use std::fmt;
use std::ptr::NonNull;
use std::sync::Arc;

use super::bounded::Meter;
use super::{AllocError, Policy, Request};
use crate::primitive::{AtomicUsize, Ordering};

/// What a [`Budget`] counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Operations, however large.
    Operations,
    /// Bytes of operations.
    Bytes,
}

impl Unit {
    fn of(self, request: &Request) -> usize {
        match self {
            Self::Operations => 1,
            Self::Bytes => request.layout().size(),
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Operations => "operations",
            Self::Bytes => "bytes",
        })
    }
}

/// A total that tenants share: each has what it was guaranteed at any time, whatever others do, and may
/// borrow from what was guaranteed to nobody.
///
/// Clones are handles of the same budget. Compose two for operations and bytes: give one's [`Tenant`] the
/// other's as its policy inside.
///
/// # Examples
///
/// ```
/// use fusewire::alloc::{Budget, Recycling, Share};
///
/// let budget = Budget::of_operations(100);
/// let calm = budget.tenant("calm", Share { guaranteed: 20, at_most: 50 }, Recycling)?;
/// let noisy = budget.tenant("noisy", Share { guaranteed: 20, at_most: 100 }, Recycling)?;
/// assert_eq!(budget.left_to_borrow(), 60);
/// let refused = budget.tenant("late", Share { guaranteed: 61, at_most: 61 }, Recycling).unwrap_err();
/// assert_eq!(refused.to_string(), "61 operations cannot be guaranteed to `late`: the budget has 60 left");
/// # Ok::<(), fusewire::alloc::OverCommitted>(())
/// ```
#[derive(Debug, Clone)]
pub struct Budget {
    unit: Unit,
    common: Arc<Meter>,
}

impl Budget {
    /// So many operations in all.
    pub fn of_operations(total: usize) -> Self {
        Self::new(Unit::Operations, total)
    }

    /// So many bytes in all.
    pub fn of_bytes(total: usize) -> Self {
        Self::new(Unit::Bytes, total)
    }

    fn new(unit: Unit, total: usize) -> Self {
        // One less than the number that stands for no limit.
        Self { unit, common: Arc::new(Meter::new(total.min(usize::MAX - 1))) }
    }

    /// What nobody was guaranteed and nobody has borrowed.
    pub fn left_to_borrow(&self) -> usize {
        self.common.limit - self.common.used()
    }

    /// A tenant of this budget, as a policy that takes its memory from `inner`. Its guarantee goes back to
    /// the budget when the policy is dropped.
    ///
    /// # Errors
    ///
    /// When less is left than the tenant is to be guaranteed.
    pub fn tenant(&self, name: &str, share: Share, inner: impl Policy) -> Result<Tenant, OverCommitted> {
        let Share { guaranteed, at_most } = share;
        let (unit, left) = (self.unit, self.left_to_borrow());
        if !self.common.take(guaranteed) {
            return Err(OverCommitted { tenant: name.to_owned(), unit, asked: guaranteed, left });
        }
        Ok(Tenant {
            name: name.into(),
            unit,
            share,
            own: AtomicUsize::new(0),
            borrowed: Meter::new(at_most.saturating_sub(guaranteed).min(usize::MAX - 1)),
            common: Arc::clone(&self.common),
            inner: Box::new(inner),
        })
    }
}

/// What one tenant of a [`Budget`] may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// Kept for this tenant, whether it uses it or not.
    pub guaranteed: usize,
    /// The most it may use while there is something to borrow; at least what is guaranteed.
    pub at_most: usize,
}

/// A guarantee that a [`Budget`] cannot give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverCommitted {
    tenant: String,
    unit: Unit,
    asked: usize,
    left: usize,
}

impl fmt::Display for OverCommitted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tenant, unit, asked, left } = self;
        write!(f, "{asked} {unit} cannot be guaranteed to `{tenant}`: the budget has {left} left")
    }
}

impl std::error::Error for OverCommitted {}

/// One tenant's part of a [`Budget`].
///
/// **Costs** one compare-exchange per operation while it keeps within its guarantee, three when it borrows.
///
/// # What is counted where
///
/// An operation is paid from the guarantee as a whole if it fits there, else from what may be borrowed as a
/// whole. One that ends pays back what is borrowed first, so that what others may borrow comes back as early as it can.
/// `own + borrowed` is always the sum over the tenant's operations, and `borrowed` never more than that sum.
#[derive(Debug)]
pub struct Tenant {
    name: Arc<str>,
    unit: Unit,
    share: Share,
    // INVARIANT: at most `share.guaranteed`.
    own: AtomicUsize,
    borrowed: Meter,
    common: Arc<Meter>,
    inner: Box<dyn Policy>,
}

impl Tenant {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How much it has in use.
    pub fn used(&self) -> usize {
        // ORDERING: relaxed, a number for people to read.
        self.own.load(Ordering::Relaxed) + self.borrowed.used()
    }

    fn take(&self, amount: usize) -> bool {
        let fits = |own: usize| own.checked_add(amount).filter(|own| *own <= self.share.guaranteed);
        // ORDERING: acquire pairs with the release of `give`, as in `Meter::take`.
        if self.own.fetch_update(Ordering::Acquire, Ordering::Relaxed, fits).is_ok() {
            return true;
        }
        // Last what others of this tenant may give back: an amount that were taken and put back here could be
        // paid back meanwhile by an operation that ends.
        if !self.borrowed.may_take(amount) || !self.common.take(amount) {
            return false;
        }
        let lent = self.borrowed.take(amount);
        if !lent {
            self.common.give(amount);
        }
        lent
    }

    fn give(&self, amount: usize) {
        let lent = self.borrowed.give_up_to(amount);
        self.common.give(lent);
        if amount != lent {
            // ORDERING: release pairs with the acquire of `take`.
            self.own.fetch_sub(amount - lent, Ordering::Release);
        }
    }
}

// SAFETY: every call that goes through goes to the policy inside.
unsafe impl Policy for Tenant {
    fn allocate(&self, request: &Request) -> Result<NonNull<u8>, AllocError> {
        let amount = self.unit.of(request);
        if !self.take(amount) {
            let (used, at_most) = (self.used(), self.share.at_most.max(self.share.guaranteed));
            return Err(AllocError::OverBudget {
                tenant: Arc::clone(&self.name),
                unit: self.unit,
                used,
                at_most,
            });
        }
        self.inner.allocate(request).inspect_err(|_| self.give(amount))
    }

    unsafe fn release(&self, memory: NonNull<u8>, request: &Request) {
        // SAFETY: passed on to the caller.
        unsafe { self.inner.release(memory, request) }
        self.give(self.unit.of(request));
    }
}

impl Drop for Tenant {
    fn drop(&mut self) {
        // What its operations have in use they hold a handle for, so that nothing is in use now.
        self.common.give(self.share.guaranteed);
    }
}
