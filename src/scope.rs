//! Scopes: the owner of operations that are started and not awaited one by one.
//!
//! An operation that is [spawned](crate::consumers::spawn_on) runs by itself, and belongs to a [`Scope`]: it holds an
//! [`Association`] until it has completed, its values are dropped and its memory is given back. The scope
//! can be closed, asked to stop, and [joined](ScopeToken::join), which waits for the last of them. So work never
//! outlives what owns it unnoticed.
//!
//! # Examples
//!
//! ```
//! use std::sync::Arc;
//! use std::sync::atomic::{AtomicU32, Ordering};
//!
//! use fusewire::consumers::spawn_on;
//! use fusewire::context::cpu::Cpu;
//! use fusewire::prelude::*;
//! use fusewire::scope::Scope;
//!
//! let (cpu, scope, sum) = (Cpu::builder().build()?, Scope::new(), Arc::new(AtomicU32::new(0)));
//! for n in 1..=4 {
//!     let sum = sum.clone();
//!     spawn_on(&cpu, &scope, just(n).map(move |n| { sum.fetch_add(n, Ordering::Relaxed); }))?;
//! }
//! block_on(scope.join()).into_result()?;
//! assert_eq!(sum.load(Ordering::Relaxed), 10);
//! assert!(scope.is_closed());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod count;
mod join;
mod shared;
mod trace;
pub(crate) mod waiters;

use std::fmt;
use std::ops::Deref;
use std::panic::Location;
use std::ptr::NonNull;
use std::time::Duration;

use crate::alloc::{AllocError, Allocation};
use crate::context::{ContextRef, current, pool};
use crate::lane::Turn;
use crate::sender::Sender;
use crate::stop::StopToken;
use crate::work::abandoned;

pub use join::{ChildPanicked, Join, JoinOperation};
use shared::{Held, Settings};
pub use trace::{OperationDump, ScopeDump};

/// How often a scope that is dropped looks whether its operations have completed.
const POLL: Duration = Duration::from_micros(100);

/// Owns operations that were started and are not awaited one by one.
///
/// It dereferences to its [`ScopeToken`], which has the methods that spawning code needs.
///
/// # Dropping it
///
/// Dropping a scope with operations closes it, asks them to stop and waits until they have completed; contexts
/// without a thread of their own on which some were spawned take their turns meanwhile, and so does what the same thread left
/// inside of [`block_on`](crate::consumers::block_on); what another thread left there completes when that thread
/// blocks again, or ends. On the thread of a context,
/// where waiting could wait for itself, and while the thread panics it does not wait: the operations own all that they
/// use, and end by themselves.
///
/// C++26: `counting_scope`, whose destructor terminates the process unless it was joined. tokio: `TaskTracker`, with
/// the `CancellationToken` that goes with it.
#[derive(Debug)]
#[must_use = "dropping a scope stops its operations; `join` waits for them"]
pub struct Scope {
    token: ScopeToken,
}

impl Scope {
    /// A scope without a limit, whose operations take their memory from the context that they are started on.
    ///
    /// **Costs** two allocations.
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// A scope with a limit or a policy.
    pub fn builder() -> ScopeBuilder {
        ScopeBuilder { settings: Settings::default() }
    }

    /// A scope as one operation of `parent`: it is stopped when the parent is, and the parent's
    /// [`join`](ScopeToken::join) waits until it was dropped and its last operation has completed.
    ///
    /// # Errors
    ///
    /// When the parent is closed or has as many operations as it may.
    pub fn within(parent: &ScopeToken) -> Result<Self, Refused> {
        Self::builder().build_within(parent)
    }
}

impl Default for Scope {
    fn default() -> Self {
        Self::new()
    }
}

impl Deref for Scope {
    type Target = ScopeToken;

    fn deref(&self) -> &ScopeToken {
        &self.token
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        self.close();
        if self.held.count.await_empty() {
            // Whoever joins is told by the last operation; here there is none, and nobody waits.
            return self.held.tell();
        }
        self.stop();
        if current().is_none() && !pool::is_here() && !std::thread::panicking() {
            self.wait();
        }
    }
}

/// What a [`Scope`] is made of.
#[derive(Debug, Clone)]
#[must_use = "nothing is made before `build`"]
pub struct ScopeBuilder {
    settings: Settings,
}

impl ScopeBuilder {
    /// At most so many operations at a time; one more is refused. Else there may be 2^30.
    ///
    /// C++26: `max_associations`.
    pub const fn limit(mut self, operations: u32) -> Self {
        self.settings.limit = operations;
        self
    }

    /// Where its operations take their memory from; else where the context says that they are started on.
    pub fn allocation(mut self, allocation: impl Into<Allocation>) -> Self {
        self.settings.allocation = Some(allocation.into());
        self
    }

    /// Notes what is spawned, for [`dump`](ScopeToken::dump).
    ///
    /// **Costs** each operation of this scope a lock and a few allocations; those of other scopes nothing.
    pub const fn traced(mut self) -> Self {
        self.settings.traced = true;
        self
    }

    /// Makes the scope.
    pub fn build(self) -> Scope {
        Scope { token: ScopeToken { held: Held::new(self.settings, None) } }
    }

    /// Makes the scope, as [`Scope::within`] does.
    ///
    /// # Errors
    ///
    /// When the parent is closed or has as many operations as it may.
    pub fn build_within(self, parent: &ScopeToken) -> Result<Scope, Refused> {
        let association = parent.associate()?;
        let scope = Scope { token: ScopeToken { held: Held::new(self.settings, Some(association)) } };
        parent.held.adopt(&scope.token.held);
        Ok(scope)
    }
}

/// A handle of a [`Scope`], by which operations are spawned into it from elsewhere, its own operations among them.
///
/// It does not keep the scope open, nor its operations from being stopped when the scope is dropped.
///
/// C++26: `scope_token`, of a `counting_scope`.
#[derive(Clone)]
pub struct ScopeToken {
    held: Held,
}

impl fmt::Debug for ScopeToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScopeToken")
            .field("associations", &self.associations())
            .field("closed", &self.is_closed())
            .finish_non_exhaustive()
    }
}

impl ScopeToken {
    /// Another handle.
    pub fn token(&self) -> Self {
        self.clone()
    }

    /// Counts one more operation in: the scope is not joined before the association is dropped.
    ///
    /// **Costs** one compare-exchange, and one more at its end; no allocation.
    ///
    /// # Errors
    ///
    /// When the scope is closed, or has as many as it may.
    ///
    /// C++26: `try_associate`.
    #[inline]
    pub fn associate(&self) -> Result<Association, Refused> {
        self.held.count().map(|counted| Association { counted })
    }

    /// Refuses further operations; those there are go on.
    pub fn close(&self) {
        self.held.count.close();
    }

    /// Whether it refuses further operations.
    pub fn is_closed(&self) -> bool {
        self.held.count.is_closed()
    }

    /// Asks every operation to stop, those of scopes [within](Scope::within) too, also those that are spawned
    /// later. Returns whether this call was the first to ask.
    ///
    /// C++26: `request_stop`.
    pub fn stop(&self) -> bool {
        self.held.stop()
    }

    /// What its operations are asked to stop by.
    pub fn stop_token(&self) -> StopToken {
        self.held.stops.source.token()
    }

    /// How many operations it has, as of some moment during the call.
    pub fn associations(&self) -> u32 {
        self.held.count.associations()
    }

    /// Waits until there is no operation left; from then on the scope is closed.
    ///
    /// Spawning goes on meanwhile: [`close`](Self::close) it first to wait for those alone that there are.
    ///
    /// **Completes** with `()`, inside `start` if there is no operation; with [`ChildPanicked`] if one panicked whose result
    /// nobody awaits; stopped when the token of the one who waits asks for it, and then the scope goes on, open unless it
    /// was closed or others join. May be started again, and by several at a time.
    /// **Runs on** the context where it was started. On a thread of no context it is stopped if it had to wait.
    /// **Costs** a lock and a post; no allocation.
    ///
    /// C++26: `join`.
    pub fn join(&self) -> Join {
        Join::new(self.clone())
    }

    /// What is under way: how many operations, and in a scope that is [traced](ScopeBuilder::traced) each of them, with where it was
    /// spawned, its stages and how long that is ago.
    ///
    /// **Costs** allocations, and a lock that spawning takes as well; not for the hot path.
    ///
    /// # Examples
    ///
    /// ```
    /// use fusewire::consumers::spawn_on;
    /// use fusewire::context::manual::Manual;
    /// use fusewire::prelude::*;
    /// use fusewire::scope::Scope;
    ///
    /// let (manual, scope) = (Manual::named("io"), Scope::builder().traced().build());
    /// spawn_on(&manual, &scope, fuse! { just(1).map(|n| n + 1).map(drop) })?;
    /// let dump = scope.dump();
    /// assert_eq!(dump.operations[0].stages[1].stage, "|n| n + 1");
    /// eprintln!("{dump}");
    /// # manual.run_until_idle();
    /// # Ok::<(), fusewire::scope::Refused>(())
    /// ```
    ///
    /// C++26: none; stdexec: `async_trace_sender`.
    pub fn dump(&self) -> ScopeDump {
        let operations = self.held.traces.as_ref().map(trace::Traces::dump);
        ScopeDump {
            associations: self.associations(),
            closed: self.is_closed(),
            stopping: self.held.stops.source.stop_requested(),
            traced: operations.is_some(),
            operations: operations.unwrap_or_default(),
        }
    }

    /// The policy of the scope, or else that of `context`.
    pub(crate) fn allocation(&self, context: Option<&ContextRef>) -> Allocation {
        self.held.settings.allocation(context).clone()
    }

    /// Blocks until there is no operation left, and takes the turns of contexts that have no thread.
    fn wait(&self) {
        let mut by_hand = self.held.contexts();
        by_hand.retain(|context| context.drive().is_some());
        while self.associations() != 0 {
            let left = abandoned::end_those_left();
            let busy =
                by_hand.iter().fold(left, |busy, context| busy | (context.drive() == Some(Turn::Busy)));
            if !busy {
                // The rest is up to other threads.
                std::thread::sleep(POLL);
            }
        }
    }

    /// Tells whoever joins that an operation panicked whose result nobody awaits.
    pub(crate) fn panicked(&self, report: crate::lane::PanicReport) {
        self.held.panicked(report);
    }

    /// Whether something was spawned on `context` just before, and takes its memory from
    /// [`Recycling`](crate::alloc::Recycling) there: then there is nothing to [remember](Self::spawns_on).
    #[inline(always)]
    pub(crate) fn recycles_on(&self, context: &ContextRef) -> bool {
        self.held.recycles_on(context)
    }

    /// Remembers that an operation is spawned on `context`, in case somebody must take its turns.
    pub(crate) fn spawns_on(&self, context: &ContextRef) {
        self.held.spawns_on(context);
    }
}

/// The proof that a scope counts one operation: it is not joined while this exists.
///
/// C++26: `scope_association`.
#[derive(Debug)]
#[must_use = "the operation is counted for as long as this value lives"]
pub struct Association {
    pub(self) counted: shared::Counted,
}

impl Association {
    /// Counts one more operation in, of the same scope.
    ///
    /// # Errors
    ///
    /// When the scope is closed, or has as many as it may.
    pub fn associate(&self) -> Result<Self, Refused> {
        self.counted.another().map(|counted| Self { counted })
    }

    /// What the scope asks its operations to stop by.
    pub fn stop_token(&self) -> StopToken {
        self.counted.stops.source.token()
    }

    /// A handle of the scope.
    pub fn token(&self) -> ScopeToken {
        ScopeToken { held: self.counted.hold() }
    }

    /// Tells whoever joins that the operation panicked.
    pub(crate) fn panicked(&self, report: crate::lane::PanicReport) {
        self.counted.panicked(report);
    }

    /// Notes the operation that this counts, if the scope does: it lies at `place`.
    pub(crate) fn note<S: Sender>(
        &self,
        place: NonNull<()>,
        sender: &S,
        context: Option<&ContextRef>,
        spawned: Option<&'static Location<'static>>,
    ) {
        if let Some(traces) = &self.counted.traces {
            traces.note(place, sender, context, spawned);
        }
    }

    /// The operation at `place` was started.
    #[inline]
    pub(crate) fn note_start(&self, place: NonNull<()>) {
        if let Some(traces) = &self.counted.traces {
            traces.started(place);
        }
    }

    /// The operation at `place` is over.
    #[inline]
    pub(crate) fn note_end(&self, place: NonNull<()>) {
        if let Some(traces) = &self.counted.traces {
            traces.forget(place);
        }
    }
}

/// Why an operation was not started in a scope. Its sender was dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refused {
    /// The scope was closed, or joined.
    Closed,
    /// The scope has as many operations as it may.
    Full {
        /// How many those are.
        limit: u32,
    },
    /// There was no memory for the operation.
    NoMemory(AllocError),
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => f.write_str("the scope is closed and takes no further operations"),
            Self::Full { limit } => write!(f, "the scope has {limit} operations, which is its limit"),
            Self::NoMemory(error) => write!(f, "no memory for a spawned operation: {error}"),
        }
    }
}

impl std::error::Error for Refused {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::NoMemory(error) => Some(error),
            Self::Closed | Self::Full { .. } => None,
        }
    }
}

impl From<AllocError> for Refused {
    fn from(error: AllocError) -> Self {
        Self::NoMemory(error)
    }
}
