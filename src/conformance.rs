//! Checks that a context keeps its contract; for the crate's own contexts and for every target.
//!
//! The contract is the numbered list in [`context`](crate::context). Each rule has a function here
//! of the form `rule(make)`, where `make` starts a fresh context; [`check_all`] calls them all.
//! They return what is broken rather than panic, and give up after [`Harness::limit`], so that a
//! context that hangs fails instead.
//!
//! # Examples
//!
//! ```
//! use fusewire::conformance::{check_all, harness};
//! use fusewire::context::manual::Manual;
//!
//! check_all(|| harness(Manual::new(), |manual| manual.end()))?;
//! # Ok::<(), fusewire::conformance::Violation>(())
//! ```

pub mod device;
mod probe;
mod rules;

use std::fmt;
use std::thread;
use std::time::{Duration, Instant};

use crate::context::{ContextRef, Scheduler};

pub use probe::task;
pub use rules::{ends, identity, lanes, one_thread, panics, posts, waits, wakes};

/// One started context, as the checks use it.
///
/// A check may leave work behind that never ends, if the context breaks the rule.
pub trait Harness {
    /// The context.
    fn context(&self) -> ContextRef;

    /// Ends the context, whoever still holds it, and returns when it has ended.
    fn end(self);

    /// Called again and again, on the thread that checks, while a check waits.
    ///
    /// The provided method takes a turn of a context that has no thread of its own.
    fn drive(&self) {
        self.context().drive();
    }

    /// How long a check waits for something that must happen; ten seconds, for a busy machine.
    fn limit(&self) -> Duration {
        Duration::from_secs(10)
    }
}

/// The context of `scheduler` as a harness, ended by `end`.
pub fn harness<S: Scheduler>(scheduler: S, end: impl FnOnce(&S)) -> impl Harness {
    Scheduled { scheduler, end }
}

struct Scheduled<S, E> {
    scheduler: S,
    end: E,
}

impl<S: Scheduler, E: FnOnce(&S)> Harness for Scheduled<S, E> {
    fn context(&self) -> ContextRef {
        self.scheduler.context().clone()
    }

    fn end(self) {
        (self.end)(&self.scheduler);
    }
}

/// A rule of the contract that a context does not keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The number of the rule, in the list of [`context`](crate::context).
    pub rule: u8,
    /// The context's kind and name.
    pub context: String,
    /// What it did.
    pub what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, context, what } = self;
        write!(f, "{context} breaks rule {rule} of the contract of a context: {what}")
    }
}

impl std::error::Error for Violation {}

/// Checks every rule. Takes some seconds on a context that parks.
///
/// # Errors
///
/// The first rule that is broken.
pub fn check_all<H: Harness>(make: impl Fn() -> H) -> Result<(), Violation> {
    identity(&make)?;
    one_thread(&make)?;
    posts(&make)?;
    waits(&make)?;
    lanes(&make)?;
    panics(&make)?;
    wakes(&make, 1_000)?;
    ends(&make)
}

/// One check of one rule on one context.
struct Check<H> {
    rule: u8,
    harness: H,
}

impl<H: Harness> Check<H> {
    fn new(rule: u8, harness: H) -> Self {
        Self { rule, harness }
    }

    fn context(&self) -> ContextRef {
        self.harness.context()
    }

    fn violation(&self, what: impl Into<String>) -> Violation {
        let context = self.context();
        let context = format!("the {} context `{}`", context.kind(), context.name());
        Violation { rule: self.rule, context, what: what.into() }
    }

    fn require(&self, kept: bool, what: &str) -> Result<(), Violation> {
        if kept { Ok(()) } else { Err(self.violation(what)) }
    }

    /// Waits until `happened`; the violation says what did not.
    fn eventually(&self, what: &str, mut happened: impl FnMut() -> bool) -> Result<(), Violation> {
        let limit = self.harness.limit();
        let until = Instant::now() + limit;
        while !happened() {
            if Instant::now() > until {
                return Err(self.violation(format!("{what} within {limit:?}")));
            }
            self.harness.drive();
            thread::yield_now();
        }
        Ok(())
    }
}
