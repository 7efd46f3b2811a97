//! The facts that flow forward with `connect`.

use crate::context::{ContextRef, current, other_than};
use crate::stop::StopToken;

/// What an operation may know about the place that starts it.
#[derive(Debug, Clone, Default)]
pub struct Env {
    context: Option<ContextRef>,
    stop: StopToken,
    allocation: Allocation,
}

/// Where an operation that must outlive its starter is put.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Allocation {
    /// The global allocator, once per operation.
    #[default]
    Global,
    /// Nowhere: an operation that needs memory completes with an error instead.
    Forbidden,
}

impl Env {
    /// No context, a token that is never stopped, the global allocator.
    pub const fn new() -> Self {
        Self { context: None, stop: StopToken::never(), allocation: Allocation::Global }
    }

    /// The same facts, starting on `context`.
    #[must_use]
    pub fn with_context(mut self, context: ContextRef) -> Self {
        self.context = Some(context);
        self
    }

    /// The same facts, stopped by `stop`.
    #[must_use]
    pub fn with_stop(mut self, stop: StopToken) -> Self {
        self.stop = stop;
        self
    }

    /// The same facts, with this allocation policy.
    #[must_use]
    pub const fn with_allocation(mut self, allocation: Allocation) -> Self {
        self.allocation = allocation;
        self
    }

    /// The context that the work was started on; none on a thread that belongs to no context.
    pub const fn context(&self) -> Option<&ContextRef> {
        self.context.as_ref()
    }

    /// The context whose thread this is, or else the one that the work was started on.
    pub fn here(&self) -> Option<ContextRef> {
        current().or_else(|| self.context.clone())
    }

    /// Calls `f` with the same facts as of [`here`](Self::here).
    ///
    /// An operation that is made while another completes is connected with these: the pass may
    /// have changed its context since. Costs a clone only if it has.
    pub fn with_here<T>(&self, f: impl FnOnce(&Self) -> T) -> T {
        match other_than(self.context()) {
            None => f(self),
            Some(context) => f(&self.clone().with_context(context)),
        }
    }

    /// Asks whether the pass should stop. One relaxed load.
    pub const fn stop(&self) -> &StopToken {
        &self.stop
    }

    /// Where operations that need memory take it from.
    pub const fn allocation(&self) -> Allocation {
        self.allocation
    }
}
