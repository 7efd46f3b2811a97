//! `just_error`: an error that is there already.

use std::marker::PhantomData;

use crate::env::Env;
use crate::receiver::Receiver;
use crate::sender::Sender;
use crate::source::{Source, Taken};
use crate::sources::ReadyOperation;

/// Begins a graph with an error that is there already.
///
/// **Completes** inside `start` with a clone of `error`, at every pass anew.
/// **Runs** where it is started.
/// **Costs** the clone.
///
/// The value's type is what the graph wants it to be; where nothing says it, write
/// `just_error::<i32, _>(..)`.
///
/// C++26: `just_error`.
///
/// # Examples
///
/// ```
/// use fusewire::prelude::*;
///
/// let failed = just_error("no feed").map(|n: i32| n + 1);
/// assert_eq!(block_on(failed), Completion::Error("no feed"));
/// ```
#[inline]
pub const fn just_error<V, E: Clone + Send>(error: E) -> JustError<V, E> {
    JustError { error, _value: PhantomData }
}

/// The sender of [`just_error`].
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Debug, Clone, Copy)]
pub struct JustError<V, E> {
    error: E,
    _value: PhantomData<fn() -> V>,
}

impl<V, E: Clone> Source for JustError<V, E> {
    type Value = V;
    type Error = E;

    #[inline]
    fn take(&mut self) -> Taken<V, E> {
        Taken::Error(self.error.clone())
    }
}

#[diagnostic::do_not_recommend]
impl<V, E: Clone + Send> Sender for JustError<V, E> {
    type Value = V;
    type Error = E;
    type Operation<R: Receiver<V, E>> = ReadyOperation<Self, R>;

    #[inline]
    fn connect<R: Receiver<V, E>>(self, receiver: R, _: &Env) -> Self::Operation<R> {
        ReadyOperation::new(self, receiver)
    }
}
