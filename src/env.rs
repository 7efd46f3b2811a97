//! The facts that flow forward with `connect`.

pub use crate::alloc::Allocation;
use crate::context::{ContextRef, current, other_than};
use crate::stop::StopToken;

/// What an operation may know about the place that starts it.
#[derive(Debug, Clone, Default)]
pub struct Env {
    context: Option<ContextRef>,
    stop: StopToken,
    // None for the policy of the context.
    allocation: Option<Allocation>,
    // Whether a pass begins only once all that came of the one before has completed.
    in_turn: bool,
}

/// The facts of a thread that belongs to no context, and which begins one pass after another.
pub(crate) const NOWHERE: &Env =
    &Env { context: None, stop: StopToken::never(), allocation: None, in_turn: true };

impl Env {
    /// No context, a token that is never stopped, no policy of its own.
    pub const fn new() -> Self {
        Self { context: None, stop: StopToken::never(), allocation: None, in_turn: false }
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
    pub fn with_allocation(mut self, allocation: impl Into<Allocation>) -> Self {
        self.allocation = Some(allocation.into());
        self
    }

    /// The same facts, where a pass begins only once all that came of the one before has completed, or where that is not so.
    #[must_use]
    pub(crate) const fn in_turn(mut self, in_turn: bool) -> Self {
        self.in_turn = in_turn;
        self
    }

    /// Whether a pass begins only once all that came of the one before has completed.
    pub(crate) const fn is_in_turn(&self) -> bool {
        self.in_turn
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

    /// Where operations that need memory take it from: the policy given, or else that of the
    /// context, or else the global allocator.
    pub fn allocation(&self) -> &Allocation {
        const GLOBAL: &Allocation = &Allocation::Global;
        match (&self.allocation, &self.context) {
            (Some(allocation), _) => allocation,
            (None, Some(context)) => context.allocation(),
            (None, None) => GLOBAL,
        }
    }
}
