//! A context that runs one thing at a time, in order, on top of any other.

use std::fmt;
use std::sync::Arc;

use super::host::Host;
use super::layer::{Layer, Order};
use super::{ContextRef, RunsFunctions, Scheduler};
use crate::lane::Turn;

/// The turns of each lane in one trip.
const BURST: u32 = 64;

/// Runs one thing at a time, in the order of posting, on whichever threads another context has.
///
/// What is posted to a strand never runs beside anything else of it, so that state that is touched there alone needs no
/// lock. It is a context of its own, with a [contract](super) of its own: lanes and waiting tasks may be given to it too. While
/// it runs something, [`current`](super::current) is the strand, and the context below counts as being here as well. After some
/// tens of rounds it lets others on that context go first.
///
/// On a context of one thread a strand is a queue of its own: its work is counted, ended and ordered apart. What needs the
/// context itself, such as a socket's readiness, is not to be had on top of it.
///
/// Clones are handles of the same strand. What it was given it finishes, also without a handle; it ends with the context below.
///
/// **Costs** two posts in a row for the first task, one for those that come while it is busy; no allocation.
///
/// Boost.Asio: `strand`. C++26: none.
///
/// # Examples
///
/// ```
/// use std::sync::{Arc, Mutex};
/// use fusewire::consumers::spawn_on;
/// use fusewire::context::{cpu::Cpu, strand::Strand};
/// use fusewire::prelude::*;
/// use fusewire::scope::Scope;
///
/// let (strand, scope) = (Strand::over(&Cpu::builder().build()?), Scope::new());
/// let seen = Arc::new(Mutex::new(Vec::new()));
/// for n in 0..100 {
///     let seen = seen.clone();
///     spawn_on(&strand, &scope, just(n).map(move |n| seen.try_lock().unwrap().push(n)))?;
/// }
/// block_on(scope.join()).into_result()?;
/// assert!(seen.lock().unwrap().iter().copied().eq(0..100));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Strand<C> {
    // Kept, because a context may end with its last scheduler.
    below: C,
    layer: Arc<Layer<InOrder>>,
    context: ContextRef,
}

impl<C: Scheduler<Runs: RunsFunctions>> Strand<C> {
    /// A strand on top of the context of `below`.
    ///
    /// **Costs** a handful of allocations.
    pub fn over(below: &C) -> Self {
        let on = below.context();
        let layer = Layer::new(on, "strand", &[on.name().to_owned()], InOrder);
        // There is one level, the first.
        let context = layer.face(0).unwrap_or_else(|| on.clone());
        Self { below: below.clone(), layer, context }
    }
}

impl<C> Strand<C> {
    /// What it is on top of.
    pub const fn below(&self) -> &C {
        &self.below
    }

    /// Ends it, whoever still holds it: what is left is abandoned.
    pub fn end(&self) {
        self.layer.close();
    }
}

impl<C> fmt::Debug for Strand<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Strand").field(&self.context.name()).finish()
    }
}

impl<C: Scheduler> Scheduler for Strand<C> {
    type Runs = C::Runs;

    fn context(&self) -> &ContextRef {
        &self.context
    }
}

/// As a host does it by itself.
#[derive(Debug)]
struct InOrder;

impl Order for InOrder {
    fn trip(&mut self, _: usize, host: &mut Host) -> Turn {
        host.trip(BURST)
    }
}
