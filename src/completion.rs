//! How a pass ends: value, error or stopped, exactly once.

use std::fmt;

/// The end of one pass.
///
/// A sender completes exactly once per start, with one of these three. *Stopped* is a completion
/// and not an error: nothing went wrong, there is just no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completion<V, E> {
    /// The pass made a value.
    Value(V),
    /// A stage failed.
    Error(E),
    /// The pass ended without a value, for the reason given.
    Stopped(StopReason),
}

/// Why there is no value: the error of [`Completion::into_result`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoValue<E> {
    /// A stage failed.
    Error(E),
    /// The pass was stopped.
    Stopped(StopReason),
}

impl<E: fmt::Display> fmt::Display for NoValue<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Error(error) => error.fmt(f),
            Self::Stopped(reason) => reason.fmt(f),
        }
    }
}

impl<E: fmt::Debug + fmt::Display> std::error::Error for NoValue<E> {}

/// Why a pass completed as *stopped*.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StopReason {
    /// A `filter` or `filter_map` let nothing through. A running graph goes on with its next pass.
    Filtered,
    /// The source has no more values. A running graph ends.
    Ended,
    /// The stop token asked for it, or the context went away.
    Requested,
    /// A stage panicked after the pass had left the thread that started it. A running graph ends.
    ///
    /// `block_on` panics in turn. No stage sees this: it goes past every function of a graph.
    Panicked,
    /// The device that was to run a stage could not be opened, or was lost; see
    /// [`last_failure`](crate::device::last_failure). A running graph ends.
    DeviceFailed,
    /// The policy of the pass had no memory for an operation that needs some, such as a
    /// [`Task`](crate::task::Task)'s. A running graph ends.
    NoMemory,
}

impl StopReason {
    /// Whether it is the pass that has no value: it was filtered out, or asked to stop. The other
    /// reasons are about the whole graph, and go past every adaptor that makes something of a stop, so
    /// that a running graph ends.
    #[inline]
    pub const fn is_of_the_pass(self) -> bool {
        matches!(self, Self::Filtered | Self::Requested)
    }
}

impl fmt::Display for StopReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Filtered => "the pass was filtered out",
            Self::Ended => "the source has ended",
            Self::Requested => "the pass was asked to stop",
            Self::Panicked => "a stage panicked; its message was printed where it ran",
            Self::DeviceFailed => "the device that was to run a stage could not be opened, or was lost",
            Self::NoMemory => "there was no memory for an operation",
        })
    }
}

/// Joins the errors of two senders that a pass goes through, or that go on side by side.
///
/// The later error stands, and the earlier one turns into it, as the `?` operator does; a sender
/// that cannot fail ([`Never`]) leaves the other one's error alone. Sealed by its blanket
/// implementations.
#[diagnostic::on_unimplemented(
    message = "an earlier stage fails with `{Self}`, a later one with `{E}`, and neither turns into the other",
    label = "fails with `{E}`",
    note = "help: write `impl From<{Self}> for {E}`, or put `.map_err(..)` after the earlier stage"
)]
pub trait JoinError<E> {
    /// How the two fail together.
    type Joined;
    /// Turns the earlier error into the joined one.
    fn earlier(self) -> Self::Joined;
    /// Turns the later error into the joined one.
    fn later(error: E) -> Self::Joined;
}

#[diagnostic::do_not_recommend]
impl<E> JoinError<E> for Never {
    type Joined = E;

    #[inline]
    fn earlier(self) -> E {
        match self {}
    }

    #[inline]
    fn later(error: E) -> E {
        error
    }
}

#[diagnostic::do_not_recommend]
impl<E> JoinError<Never> for E
where
    E: std::error::Error,
{
    type Joined = E;

    #[inline]
    fn earlier(self) -> E {
        self
    }

    #[inline]
    fn later(error: Never) -> E {
        match error {}
    }
}

#[diagnostic::do_not_recommend]
impl<E, F> JoinError<F> for E
where
    E: std::error::Error,
    F: std::error::Error + From<E>,
{
    type Joined = F;

    #[inline]
    fn earlier(self) -> F {
        self.into()
    }

    #[inline]
    fn later(error: F) -> F {
        error
    }
}

/// What [`Operation::start`](crate::operation::Operation::start) reports.
#[must_use = "an inline completion is delivered nowhere else"]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Started<V, E> {
    /// The pass completed inside `start`; the receiver is *not* called.
    Inline(Completion<V, E>),
    /// The pass is under way; the receiver will be called, exactly once.
    Later,
}

impl<V, E> Completion<V, E> {
    /// Applies `f` to a value and leaves the other two completions alone.
    #[inline]
    pub fn map<U>(self, f: impl FnOnce(V) -> U) -> Completion<U, E> {
        match self {
            Self::Value(value) => Completion::Value(f(value)),
            Self::Error(error) => Completion::Error(error),
            Self::Stopped(reason) => Completion::Stopped(reason),
        }
    }

    /// Applies `f` to an error and leaves the other two completions alone.
    #[inline]
    pub fn map_err<F>(self, f: impl FnOnce(E) -> F) -> Completion<V, F> {
        match self {
            Self::Value(value) => Completion::Value(value),
            Self::Error(error) => Completion::Error(f(error)),
            Self::Stopped(reason) => Completion::Stopped(reason),
        }
    }

    /// The value, if the pass made one.
    #[inline]
    pub fn value(self) -> Option<V> {
        match self {
            Self::Value(value) => Some(value),
            _ => None,
        }
    }
}

impl<V, E> Completion<V, E> {
    /// The value, or the reason why there is none; for `?`.
    ///
    /// # Errors
    ///
    /// [`NoValue`], when the pass completed with an error or was stopped.
    ///
    /// # Examples
    ///
    /// ```
    /// use fusewire::prelude::*;
    ///
    /// fn answer() -> Result<i32, Box<dyn std::error::Error>> {
    ///     Ok(block_on(just(6).map(|n| n * 7)).into_result()?)
    /// }
    /// assert_eq!(answer().unwrap(), 42);
    /// ```
    #[inline]
    pub fn into_result(self) -> Result<V, NoValue<E>> {
        match self {
            Self::Value(value) => Ok(value),
            Self::Error(error) => Err(NoValue::Error(error)),
            Self::Stopped(reason) => Err(NoValue::Stopped(reason)),
        }
    }
}

impl<V, E> From<Result<V, E>> for Completion<V, E> {
    #[inline]
    fn from(result: Result<V, E>) -> Self {
        match result {
            Ok(value) => Self::Value(value),
            Err(error) => Self::Error(error),
        }
    }
}

/// The error of a sender that cannot fail.
///
/// It has no values, and it deliberately does not implement [`std::error::Error`]: that is what
/// lets [`IntoError`] treat "no error yet" apart from every real error type.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Never {}

impl fmt::Debug for Never {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {}
    }
}

impl fmt::Display for Never {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {}
    }
}

/// Joins the error of what came before to the error of the next fallible stage.
///
/// [`Never`] turns into any error; a real error `E` turns into every `F: From<E>`, as the `?`
/// operator does. Sealed by its blanket implementations.
#[diagnostic::on_unimplemented(
    message = "an earlier stage fails with `{Self}`, this one with `{E}`, and neither turns into the other",
    label = "fails with `{E}`",
    note = "help: put `.map_err(..)` before this stage, or write `impl From<{Self}> for {E}` (and `impl std::error::Error for {Self}`)"
)]
pub trait IntoError<E> {
    /// Turns the earlier error into the later one.
    fn into_error(self) -> E;
}

#[diagnostic::do_not_recommend]
impl<E> IntoError<E> for Never {
    #[inline]
    fn into_error(self) -> E {
        match self {}
    }
}

#[diagnostic::do_not_recommend]
impl<E, F> IntoError<F> for E
where
    E: std::error::Error,
    F: From<E>,
{
    #[inline]
    fn into_error(self) -> F {
        self.into()
    }
}
