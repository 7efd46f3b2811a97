//! The contract of a context: a place that runs tasks and lanes.
//!
//! # The contract
//!
//! A target is a family of contexts. It needs nothing but what is public here. A context
//!
//! 1. has an [`id`](Context::id) of its own, made by [`ContextId::unique`], and a name;
//! 2. runs everything it was given on one thread at a time, and says by
//!    [`is_here`](Context::is_here) whether the caller is on it; while it runs something,
//!    [`current`] names it ([`enter`] does that);
//! 3. runs *posted* tasks in the order of posting, never inside [`post`](Context::post);
//! 4. runs a *waiting* task ([`post_waiting`](Context::post_waiting)) again after anything may
//!    have changed for it: each turn if it spins; after an event, a wake or the deadline if it parks;
//!    if it has [`timers`](Context::timers), it runs what is due there, and no earlier;
//! 5. hosts lanes ([`attach`](Context::attach)): [`Lane::start`] first, then turns until
//!    [`Turn::Done`]; after [`Attention`](crate::lane::Attention) was
//!    raised, [`Lane::check`]; a lane that keeps busy does not starve tasks or other lanes;
//! 6. keeps a panic of one lane or task to itself: the lane is told by [`Lane::abandon`], others go on;
//! 7. never sleeps past a wake: a call of [`post`](Context::post), [`attach`](Context::attach),
//!    [`wake`](Context::wake) or [`nudge`](Context::nudge) that happens before it parks, or while it
//!    is parked, gives one more turn;
//! 8. when it ends abandons what is left: every task's `TaskRef` is dropped, every lane told.
//!
//! The conformance suite checks these eight, by number. On the first four the memory of operations depends, so that
//! [`Context`] is an unsafe trait; what breaks one of the others loses work or sleeps too long. A [`Host`](host::Host) keeps
//! them all: a target made of one, which brings only how its thread sleeps, needs no `unsafe`.

pub mod any;
mod bell;
mod clock;
mod closing;
pub mod cpu;
mod front;
pub mod host;
pub mod inline;
pub mod instrumented;
pub mod io;
mod layer;
pub mod manual;
#[cfg(all(test, loom))]
pub(crate) mod modelled;
mod park;
pub mod polled;
pub mod pool;
pub mod prioritised;
mod realtime;
pub mod seeded;
pub mod strand;
pub mod thread;
pub mod timer;

use std::cell::{Cell, RefCell};
use std::fmt;
use std::marker::PhantomData;
use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Instant;

use crate::alloc::Allocation;
use crate::lane::{Lane, Turn};
use crate::primitive::{Ordering, Serial};
use crate::work::TaskRef;
use timer::Timers;

/// Tells contexts apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContextId(NonZeroU64);

impl ContextId {
    /// The id as a number, which is not zero.
    pub(crate) const fn number(self) -> u64 {
        self.0.get()
    }

    /// An id that no other context of this process has.
    pub fn unique() -> Self {
        static NEXT: Serial = Serial::new(1);
        // ORDERING: relaxed, only the uniqueness of the number matters.
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        Self(NonZeroU64::new(id).unwrap_or(NonZeroU64::MIN))
    }
}

/// Where a context runs and how it waits, for people to read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Placement {
    /// The core it is pinned to, if it is.
    pub core: Option<usize>,
    /// Its wait strategy, such as `spin` or `park`.
    pub wait: &'static str,
}

/// A place that runs tasks and lanes; see the [module](self) for the whole contract.
///
/// Seldom implemented: a [`Host`](host::Host) has one, its [`Front`](host::Front), and does the rest.
///
/// # Safety
///
/// Whoever implements it promises points 1 to 4 of the contract, which operations and timers are built on:
///
/// - no other context has its [`id`](Self::id), but one that it forwards everything to.
/// - what it was given it runs on one thread at a time, and [`current`] names it, or one that is [on](Self::is_on) it, meanwhile;
///   [`is_here`](Self::is_here) and [`is_on`](Self::is_on) say yes nowhere else.
/// - where it runs something, [`post`](Self::post) and [`post_waiting`](Self::post_waiting) return before the task runs. Called from
///   elsewhere they may run it inside the call, as [`Inline`](inline::Inline) does on a thread that comes by, but let no panic of it
///   out; and one that has ended may drop it there.
/// - [`timers`](Self::timers) are always the same, and its own or those of what it forwards everything to; they are
///   [polled](Timers::poll) and [emptied](Timers::take) where it runs what it was given.
pub unsafe trait Context: fmt::Debug + Send + Sync + 'static {
    /// Which context this is.
    fn id(&self) -> ContextId;

    /// Its name, for people to read.
    fn name(&self) -> &str;

    /// Its family: `inline`, `manual`, `cpu`, `io`, ...
    fn kind(&self) -> &'static str;

    /// Its core and wait strategy, for people to read.
    fn placement(&self) -> Placement {
        Placement::default()
    }

    /// Where operations that are started here take their memory from, unless somebody says otherwise.
    ///
    /// The provided method says the global allocator; the crate's own contexts
    /// [recycle](crate::alloc::Recycling) if their builder was told nothing else.
    fn allocation(&self) -> &Allocation {
        &Allocation::Global
    }

    /// Whether the calling thread is this context's thread.
    fn is_here(&self) -> bool {
        let id = self.id();
        with_made(|current| current.is_some_and(|current| current.id() == id || current.is_on(id)))
    }

    /// Whether it runs on top of the context with this id, inside of one of its tasks, as a
    /// [strand](strand::Strand) does; then whoever is here is there as well. The provided method says no.
    fn is_on(&self, below: ContextId) -> bool {
        let _ = below;
        false
    }

    /// Queues a task. Never blocks, never runs it in place, does not allocate.
    ///
    /// A context that has ended drops the task, which completes it as stopped.
    fn post(&self, task: TaskRef);

    /// Queues a task that polls: it runs when something may have changed for it, `deadline` at the
    /// latest. May only be called on the context's own thread.
    fn post_waiting(&self, task: TaskRef, deadline: Option<Instant>);

    /// Where tasks wait for the time alone; without it they wait as those of
    /// [`post_waiting`](Self::post_waiting). Only the context's own thread may use them, and whoever else looks may ask how many
    /// there are.
    fn timers(&self) -> Option<&Timers> {
        None
    }

    /// What time it is here: what sources such as [`every`](crate::sources::every()) go by.
    fn now(&self) -> Instant {
        Instant::now()
    }

    /// Hosts a lane until it is done. A context that has ended abandons it at once.
    fn attach(&self, lane: Box<dyn Lane>);

    /// Asks for attention: tasks and [`Lane::check`] come next, and a parked context wakes.
    fn wake(&self);

    /// Gives one more turn: a parked context wakes, one that is about to park does not.
    ///
    /// What an edge or a source calls when it has something for a lane. Unlike [`wake`](Self::wake)
    /// it need not ask for attention, so that a busy lane stays in its loop; the provided method
    /// does so nevertheless.
    fn nudge(&self) {
        self.wake();
    }

    /// Whether somebody must call [`nudge`](Self::nudge) after giving a lane something to do.
    ///
    /// False for a context that only ever spins; producers then skip the call altogether.
    fn must_be_woken(&self) -> bool;

    /// Has the context, when it parks, sleep on this word of another process too. Whether it can; if not, it must not park
    /// while something waits there.
    #[cfg(target_os = "linux")]
    #[doc(hidden)]
    fn sleeps_also_on(&self, bell: Arc<dyn host::Doorbell>) -> bool {
        drop(bell);
        false
    }

    /// Takes a turn on the calling thread, if the context has no thread of its own; else none.
    ///
    /// Whoever blocks until something on this context has happened calls it meanwhile.
    fn drive(&self) -> Option<Turn> {
        None
    }
}

/// A shared handle of any context.
pub type ContextRef = Arc<dyn Context>;

/// Runs the task now if the calling thread is on `context`, else posts it.
///
/// Use [`Context::post`] where the task must not run inside the caller.
pub fn dispatch(context: &dyn Context, task: TaskRef) {
    if context.is_here() { task.run() } else { context.post(task) }
}

/// The small, cheap handle of a context, which `on` takes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a scheduler",
    label = "expected a scheduler here",
    note = "help: `on` takes the handle of a context, such as `Cpu`, `Io`, `Manual` or `Inline`"
)]
pub trait Scheduler: Clone + Send + Sync + 'static {
    /// Which stages its contexts run: [`MayBlock`], [`NeverBlocks`] or [`OnDevice`].
    type Runs: Runner;

    /// The context that this handle stands for.
    fn context(&self) -> &ContextRef;
}

/// Which stages a context runs; the three types that implement it are all there are.
pub trait Runner: sealed::Sealed + fmt::Debug + Copy + Send + Sync + 'static {
    /// Whether a device runs them, and only kernels.
    const DEVICE: bool;
}

/// [`Scheduler::Runs`] of a context on which every stage may run, also one that blocks.
#[derive(Debug, Clone, Copy)]
pub struct MayBlock;

/// [`Scheduler::Runs`] of a context whose thread must never block, such as an io context.
#[derive(Debug, Clone, Copy)]
pub struct NeverBlocks;

/// [`Scheduler::Runs`] of a [device](crate::device): kernels alone.
#[derive(Debug, Clone, Copy)]
pub struct OnDevice;

impl Runner for MayBlock {
    const DEVICE: bool = false;
}

impl Runner for NeverBlocks {
    const DEVICE: bool = false;
}

impl Runner for OnDevice {
    const DEVICE: bool = true;
}

/// What runs any function, and so may stand in for a device.
#[diagnostic::on_unimplemented(
    message = "a device cannot stand in for a device",
    label = "expected a host here",
    note = "help: `or_on` takes the handle of a context that runs functions: `.or_on(compute)`"
)]
pub trait RunsFunctions: Runner {}

#[diagnostic::do_not_recommend]
impl RunsFunctions for MayBlock {}
#[diagnostic::do_not_recommend]
impl RunsFunctions for NeverBlocks {}

mod sealed {
    pub trait Sealed {}

    impl Sealed for super::MayBlock {}
    impl Sealed for super::NeverBlocks {}
    impl Sealed for super::OnDevice {}
}

thread_local! {
    static CURRENT: RefCell<Option<ContextRef>> = const { RefCell::new(None) };
    /// Stands before `CURRENT`: gives the context that was entered last, once somebody needs it.
    // PERF: apart from `CURRENT`, which needs a destructor, so that a pass of `block_on` that needs
    // no context writes two words and calls nothing.
    static LAZY: Cell<Option<fn() -> ContextRef>> = const { Cell::new(None) };
}

/// The context whose thread this is.
pub fn current() -> Option<ContextRef> {
    match LAZY.get() {
        Some(of_this_thread) => Some(of_this_thread()),
        None => CURRENT.try_with(|current| current.borrow().clone()).ok().flatten(),
    }
}

/// The context that was entered last, if it has been made.
fn with_made<T>(f: impl FnOnce(Option<&ContextRef>) -> T) -> T {
    match LAZY.get() {
        Some(_) => f(None),
        None => CURRENT.with_borrow(|current| f(current.as_ref())),
    }
}

/// The context whose thread this is, if it has been made and is not `known`.
pub(crate) fn other_than(known: Option<&ContextRef>) -> Option<ContextRef> {
    with_made(|current| {
        current.filter(|current| known.is_none_or(|known| known.id() != current.id())).cloned()
    })
}

/// Makes `context` the [`current`] one of this thread until the guard is dropped.
///
/// # Safety
///
/// Whoever asks [`is_here`](Context::is_here) goes by it, so:
///
/// - until the guard is dropped `context` runs nothing on another thread.
/// - guards of one thread are dropped in the reverse order of their making, and before `context` runs elsewhere.
#[must_use = "the context is left when the guard is dropped"]
pub unsafe fn enter(context: ContextRef) -> Entered {
    Entered::new(Some(context))
}

/// Makes no context the current one of this thread until the guard is dropped.
pub(crate) fn outside() -> Entered {
    Entered::new(None)
}

/// Nothing while the thread's storage is torn down, when there is nobody left to ask.
fn replace_current(context: Option<ContextRef>) -> Option<ContextRef> {
    CURRENT.try_with(|current| current.replace(context)).ok().flatten()
}

/// What time it is on the context whose thread this is; elsewhere what the system says.
pub fn now() -> Instant {
    with_made(|current| current.map_or_else(Instant::now, |current| current.now()))
}

/// As [`enter`], for a context that `of_this_thread` gives, always the same one.
#[inline]
pub(crate) fn enter_lazily(of_this_thread: fn() -> ContextRef) -> EnteredLazily {
    EnteredLazily { before: LAZY.replace(Some(of_this_thread)) }
}

/// Restores the context that was current before [`enter_lazily`].
pub(crate) struct EnteredLazily {
    before: Option<fn() -> ContextRef>,
}

impl Drop for EnteredLazily {
    #[inline]
    fn drop(&mut self) {
        LAZY.set(self.before);
    }
}

/// Restores the context that was current before [`enter`].
pub struct Entered {
    lazy: Option<fn() -> ContextRef>,
    before: Option<ContextRef>,
    // It restores what was current on the thread where it was made.
    _of_this_thread: PhantomData<*const ()>,
}

impl Entered {
    fn new(context: Option<ContextRef>) -> Self {
        Self { lazy: LAZY.replace(None), before: replace_current(context), _of_this_thread: PhantomData }
    }
}

impl fmt::Debug for Entered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entered").finish_non_exhaustive()
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        LAZY.set(self.lazy);
        drop(replace_current(self.before.take()));
    }
}
