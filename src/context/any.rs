//! A scheduler whose family is chosen at run time.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use super::{ContextRef, MayBlock, NeverBlocks, Runner, RunsFunctions, Scheduler};

/// The handle of any context, whatever its family: for graphs that are told at run time where they run.
///
/// `R` is what may run there. Unless one says otherwise that is what every host runs, so that `fuse!` refuses
/// `#[stage(blocking)]` behind it; an `AnyScheduler<MayBlock>` is made only from schedulers on which a stage may block.
///
/// **Costs** nothing beyond what a scheduler costs: a context is reached by a pointer anyway.
///
/// C++26: `any_scheduler` of stdexec and of P2300's users. Boost.Asio: `any_io_executor`.
///
/// # Examples
///
/// ```
/// use fusewire::context::any::AnyScheduler;
/// use fusewire::context::{cpu::Cpu, inline::Inline};
/// use fusewire::prelude::*;
///
/// fn chosen(cores: usize) -> Result<AnyScheduler, Box<dyn std::error::Error>> {
///     Ok(if cores > 1 { AnyScheduler::new(&Cpu::builder().build()?) } else { AnyScheduler::new(&Inline::new()) })
/// }
///
/// for cores in [1, 2] {
///     assert_eq!(block_on(just(2).then(on(chosen(cores)?)).map(|n| n + 1)), Completion::Value(3));
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct AnyScheduler<R = NeverBlocks> {
    context: ContextRef,
    // Keeps the context from ending as long as its own scheduler would.
    keep: Arc<dyn Keep>,
    _runs: PhantomData<fn() -> R>,
}

/// A scheduler, kept for its drop.
trait Keep: Send + Sync {}

impl<C: Scheduler> Keep for C {}

impl AnyScheduler {
    /// A handle of the context of `scheduler`, on which no stage may block.
    ///
    /// **Costs** one allocation.
    pub fn new<C: Scheduler<Runs: RunsFunctions>>(scheduler: &C) -> Self {
        Self::of(scheduler)
    }
}

impl AnyScheduler<MayBlock> {
    /// A handle of the context of `scheduler`, on which stages may block.
    ///
    /// **Costs** one allocation.
    pub fn that_may_block<C: Scheduler<Runs = MayBlock>>(scheduler: &C) -> Self {
        Self::of(scheduler)
    }
}

impl<R> AnyScheduler<R> {
    fn of<C: Scheduler>(scheduler: &C) -> Self {
        let context = scheduler.context().clone();
        Self { context, keep: Arc::new(scheduler.clone()), _runs: PhantomData }
    }
}

impl<R> Clone for AnyScheduler<R> {
    fn clone(&self) -> Self {
        Self { context: self.context.clone(), keep: Arc::clone(&self.keep), _runs: PhantomData }
    }
}

impl<R> fmt::Debug for AnyScheduler<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AnyScheduler").field(&self.context.name()).finish()
    }
}

/// Two handles are equal if they are of the same context.
impl<R, Q> PartialEq<AnyScheduler<Q>> for AnyScheduler<R> {
    fn eq(&self, other: &AnyScheduler<Q>) -> bool {
        self.context.id() == other.context.id()
    }
}

impl<R: Runner> Scheduler for AnyScheduler<R> {
    type Runs = R;

    fn context(&self) -> &ContextRef {
        &self.context
    }
}
