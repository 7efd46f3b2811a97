//! `from_fn`: what a function returns, one call a pass.

use crate::completion::Never;
use crate::env::Env;
use crate::function::Moves;
use crate::opaque::opaque;
use crate::receiver::Receiver;
use crate::sender::Sender;
use crate::source::{Source, Taken};
use crate::sources::ReadyOperation;

/// Begins a graph with what a function returns, one call a pass.
///
/// **Completes** inside `start` with the value; at `None` as stopped, with
/// [`StopReason::Ended`](crate::completion::StopReason::Ended).
/// **Runs** where it is started.
/// **Costs** the call.
///
/// futures: `stream::repeat_with`. For a function that may have nothing *yet*, see
/// [`poll_fn`](crate::sources::poll_fn).
///
/// # Examples
///
/// ```
/// use fusewire::prelude::*;
///
/// let mut next = 41;
/// let answer = from_fn(move || {
///     next += 1;
///     Some(next)
/// });
/// assert_eq!(block_on(answer), Completion::Value(42));
/// ```
#[inline]
pub const fn from_fn<T, F: FnMut() -> Option<T> + Moves<F>>(f: F) -> FromFn<F> {
    FromFn { f, ended: false }
}

/// The sender of [`from_fn`].
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Clone)]
pub struct FromFn<F> {
    f: F,
    // INVARIANT: true once `f` has returned `None`; it is not called again then.
    ended: bool,
}

opaque!(FromFn<F>);

impl<T, F: FnMut() -> Option<T>> Source for FromFn<F> {
    type Value = T;
    type Error = Never;

    #[inline]
    fn take(&mut self) -> Taken<T, Never> {
        if self.ended {
            return Taken::Ended;
        }
        match (self.f)() {
            Some(value) => Taken::Value(value),
            None => {
                self.ended = true;
                Taken::Ended
            }
        }
    }
}

#[diagnostic::do_not_recommend]
impl<T, F: FnMut() -> Option<T> + Send> Sender for FromFn<F> {
    type Value = T;
    type Error = Never;
    type Operation<R: Receiver<T, Never>> = ReadyOperation<Self, R>;

    #[inline]
    fn connect<R: Receiver<T, Never>>(self, receiver: R, _: &Env) -> Self::Operation<R> {
        ReadyOperation::new(self, receiver)
    }
}
