//! Where operations that outlive their starter are put: a policy that the executor owns.
//!
//! An operation that is [spawned](crate::consumers::spawn_on) or [erased](crate::task::Task) needs memory,
//! once, from a [`Policy`]. Which one is decided where the work starts: every
//! [context](crate::context::Context::allocation) has a default, a [scope](crate::scope::Scope) may have
//! its own, and [`Env`](crate::env::Env) carries it forward from there.
//!
//! Other operations lie where they are started, and what some of them need beside that comes from the global allocator, once:
//!
//! - when they are **connected**: a pool's `bulk`, the places of `merge`, `merge_each` and `debounce`, the stop source of `when_all`,
//!   `when_any`, `timeout`, `stop_when` and `split`, and the waker of a future; the last two kinds come from what the thread has kept
//!   of earlier ones;
//! - when a graph is **launched**: its lanes, edges and handles.
//!
//! No pass allocates after that, but for what its stages do themselves.
//!
//! | policy | memory comes from | when there is none |
//! |---|---|---|
//! | [`Global`] | the global allocator | the system is out of memory |
//! | [`Recycling`] | what was released before, on this thread or another; nothing new in steady state | as `Global` |
//! | [`Bounded`] | the policy inside, up to so many operations or bytes | fails fast |
//! | [`Tenant`], of a [`Budget`] | the policy inside, within one tenant's share | fails fast; other tenants keep theirs |
//! | [`Tracked`] | the policy inside, and counts: how many, the peak, what is still there, by name | as the policy inside |
//! | [`Forbidden`] | nowhere | always |
//!
//! They compose: `Tracked::new(Bounded::new(Recycling).operations(1_000))`.
//!
//! # Examples
//!
//! ```
//! use std::sync::Arc;
//!
//! use fusewire::alloc::{Bounded, Recycling, Tracked};
//! use fusewire::consumers::spawn_on;
//! use fusewire::context::manual::Manual;
//! use fusewire::prelude::*;
//! use fusewire::scope::Scope;
//!
//! let policy = Arc::new(Tracked::new(Bounded::new(Recycling).operations(1)));
//! let (manual, scope) = (Manual::new(), Scope::builder().allocation(policy.clone()).build());
//!
//! spawn_on(&manual, &scope, just(()))?;
//! let refused = spawn_on(&manual, &scope, just(())).unwrap_err();
//! assert_eq!(refused.to_string(), "no memory for a spawned operation: all 1 operations are in use");
//!
//! manual.run_until_idle();
//! assert_eq!((policy.live(), policy.peak(), policy.refused()), (0, 1, 1));
//! # Ok::<(), fusewire::scope::Refused>(())
//! ```
//!
//! C++26: `get_allocator`, a query of the receiver's environment. Boost.Asio: the associated allocator.

mod bounded;
mod budget;
mod recycling;
mod tracked;

use std::alloc::Layout;
use std::fmt;
use std::ptr::NonNull;
use std::sync::Arc;

pub use bounded::Bounded;
pub use budget::{Budget, OverCommitted, Share, Tenant, Unit};
pub use recycling::Recycling;
pub use tracked::{Tracked, Usage};

/// The memory that one operation needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request {
    layout: Layout,
    name: &'static str,
}

impl Request {
    /// Memory of this layout, for the operation of this name.
    #[inline]
    pub const fn new(layout: Layout, name: &'static str) -> Self {
        Self { layout, name }
    }

    /// Memory for a `T`, which is the operation of a sender `S`.
    #[inline]
    pub(crate) fn operation<T, S>() -> Self {
        Self::new(Layout::new::<T>(), std::any::type_name::<S>())
    }

    /// Size and alignment.
    #[inline]
    pub const fn layout(&self) -> Layout {
        self.layout
    }

    /// Whose it is: the sender's type, which names its stages.
    #[inline]
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

/// A source of memory for operations.
///
/// It is called on whichever thread starts or ends an operation, and should neither block nor be slow.
///
/// # Safety
///
/// What [`allocate`](Self::allocate) returns is memory of the layout asked for that nobody else uses,
/// until it is given to [`release`](Self::release); dropping or moving the policy leaves it alone.
pub unsafe trait Policy: fmt::Debug + Send + Sync + 'static {
    /// Memory for one operation.
    ///
    /// # Errors
    ///
    /// When the policy has none, or refuses.
    fn allocate(&self, request: &Request) -> Result<NonNull<u8>, AllocError>;

    /// Takes the memory of one operation back.
    ///
    /// # Safety
    ///
    /// `memory` came from `allocate` of this policy with the same request, and nobody uses it any more.
    unsafe fn release(&self, memory: NonNull<u8>, request: &Request);
}

/// Why an operation got no memory.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AllocError {
    /// The policy is [`Forbidden`].
    Forbidden,
    /// A [`Bounded`] policy has as many operations as it may.
    TooManyOperations {
        /// How many those are.
        limit: usize,
    },
    /// A [`Bounded`] policy would use more bytes than it may.
    TooManyBytes {
        /// How many it may.
        limit: usize,
        /// How many this operation needs.
        asked: usize,
    },
    /// A [`Tenant`] has used its share, and there is nothing to borrow.
    OverBudget {
        /// The tenant's name.
        tenant: Arc<str>,
        /// What its budget counts.
        unit: Unit,
        /// How much it has in use.
        used: usize,
        /// How much it may have if others leave it.
        at_most: usize,
    },
    /// The global allocator has no more.
    OutOfMemory {
        /// How many bytes this operation needs.
        asked: usize,
    },
}

impl fmt::Display for AllocError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Forbidden => f.write_str("allocation is forbidden here"),
            Self::TooManyOperations { limit } => write!(f, "all {limit} operations are in use"),
            Self::TooManyBytes { limit, asked } => {
                write!(f, "{asked} bytes more would be over the bound of {limit}")
            }
            Self::OverBudget { tenant, unit, used, at_most } => {
                write!(
                    f,
                    "the budget of tenant `{tenant}` is used up: {used} {unit} of {at_most} at most, and none left to borrow"
                )
            }
            Self::OutOfMemory { asked } => write!(f, "the system has no {asked} bytes left"),
        }
    }
}

impl std::error::Error for AllocError {}

/// The global allocator, once per operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Global;

// SAFETY: the memory is the global allocator's, which keeps these rules.
unsafe impl Policy for Global {
    #[inline]
    fn allocate(&self, request: &Request) -> Result<NonNull<u8>, AllocError> {
        let layout = request.layout;
        let memory = match layout.size() {
            0 => std::ptr::without_provenance_mut(layout.align()),
            // SAFETY: the size is not zero.
            _ => unsafe { std::alloc::alloc(layout) },
        };
        NonNull::new(memory).ok_or(AllocError::OutOfMemory { asked: layout.size() })
    }

    #[inline]
    unsafe fn release(&self, memory: NonNull<u8>, request: &Request) {
        if request.layout.size() != 0 {
            // SAFETY: it came from `allocate` with this layout, as the caller says.
            unsafe { std::alloc::dealloc(memory.as_ptr(), request.layout) }
        }
    }
}

/// No memory at all: what needs some fails. For what must certainly not allocate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Forbidden;

// SAFETY: it gives no memory.
unsafe impl Policy for Forbidden {
    fn allocate(&self, _: &Request) -> Result<NonNull<u8>, AllocError> {
        Err(AllocError::Forbidden)
    }

    unsafe fn release(&self, _: NonNull<u8>, _: &Request) {}
}

/// A handle of a policy, as [`Env`](crate::env::Env), contexts and scopes carry it.
///
/// Cloning costs nothing for the policies without state, and a reference count for others.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub enum Allocation {
    /// [`Global`].
    #[default]
    Global,
    /// [`Recycling`].
    Recycling,
    /// [`Forbidden`].
    Forbidden,
    /// Any other policy.
    Shared(Arc<dyn Policy>),
}

impl Allocation {
    /// A handle of `policy`. To keep one for yourself, to read its counts, give an
    /// [`Arc`] of it to [`from`](Self::from).
    pub fn new(policy: impl Policy) -> Self {
        Self::Shared(Arc::new(policy))
    }
}

impl<P: Policy> From<Arc<P>> for Allocation {
    fn from(policy: Arc<P>) -> Self {
        Self::Shared(policy)
    }
}

impl From<Global> for Allocation {
    fn from(_: Global) -> Self {
        Self::Global
    }
}

impl From<Recycling> for Allocation {
    fn from(_: Recycling) -> Self {
        Self::Recycling
    }
}

impl From<Forbidden> for Allocation {
    fn from(_: Forbidden) -> Self {
        Self::Forbidden
    }
}

impl From<Tenant> for Allocation {
    fn from(tenant: Tenant) -> Self {
        Self::new(tenant)
    }
}

/// Two handles are equal if they are of the same policy.
impl PartialEq for Allocation {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Global, Self::Global)
            | (Self::Recycling, Self::Recycling)
            | (Self::Forbidden, Self::Forbidden) => true,
            (Self::Shared(one), Self::Shared(other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }
}

impl Eq for Allocation {}

// SAFETY: every call goes to one policy, the same one as long as the handle lives, or a clone of it.
unsafe impl Policy for Allocation {
    // Always: where the request is a constant, so is the size class of the policy that contexts have.
    #[inline(always)]
    fn allocate(&self, request: &Request) -> Result<NonNull<u8>, AllocError> {
        match self {
            Self::Recycling => Recycling.allocate(request),
            other => other.allocate_otherwise(request),
        }
    }

    #[inline(always)]
    unsafe fn release(&self, memory: NonNull<u8>, request: &Request) {
        match self {
            // SAFETY: passed on to the caller.
            Self::Recycling => unsafe { Recycling.release(memory, request) },
            // SAFETY: passed on to the caller.
            other => unsafe { other.release_otherwise(memory, request) },
        }
    }
}

/// The policies that contexts have only when somebody chose them.
impl Allocation {
    #[inline(never)]
    fn allocate_otherwise(&self, request: &Request) -> Result<NonNull<u8>, AllocError> {
        match self {
            Self::Recycling => Recycling.allocate(request),
            Self::Global => Global.allocate(request),
            Self::Forbidden => Forbidden.allocate(request),
            Self::Shared(policy) => policy.allocate(request),
        }
    }

    /// # Safety
    ///
    /// As for [`Policy::release`].
    #[inline(never)]
    unsafe fn release_otherwise(&self, memory: NonNull<u8>, request: &Request) {
        match self {
            // SAFETY: passed on to the caller, here and below.
            Self::Recycling => unsafe { Recycling.release(memory, request) },
            // SAFETY: see above.
            Self::Global => unsafe { Global.release(memory, request) },
            // SAFETY: see above.
            Self::Forbidden => unsafe { Forbidden.release(memory, request) },
            // SAFETY: see above.
            Self::Shared(policy) => unsafe { policy.release(memory, request) },
        }
    }
}

// SAFETY: every call goes to the policy inside, which is the same for every clone.
unsafe impl<P: Policy> Policy for Arc<P> {
    fn allocate(&self, request: &Request) -> Result<NonNull<u8>, AllocError> {
        (**self).allocate(request)
    }

    unsafe fn release(&self, memory: NonNull<u8>, request: &Request) {
        // SAFETY: passed on to the caller.
        unsafe { (**self).release(memory, request) }
    }
}
