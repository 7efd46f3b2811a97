//! `just_stopped`: no value, and no error either.

use std::marker::PhantomData;

use crate::completion::Never;
use crate::env::Env;
use crate::receiver::Receiver;
use crate::sender::Sender;
use crate::source::{Source, Taken};
use crate::sources::ReadyOperation;

/// Begins a graph that has ended already.
///
/// **Completes** inside `start` as stopped, with
/// [`StopReason::Ended`](crate::completion::StopReason::Ended), at every pass anew.
/// **Runs** where it is started.
/// **Costs** nothing.
///
/// The value's type is what the graph wants it to be; where nothing says it, write
/// `just_stopped::<i32>()`.
///
/// C++26: `just_stopped`.
///
/// # Examples
///
/// ```
/// use fusewire::prelude::*;
///
/// let over = just_stopped().map(|n: i32| n + 1);
/// assert_eq!(block_on(over), Completion::Stopped(StopReason::Ended));
/// ```
#[inline]
pub const fn just_stopped<V>() -> JustStopped<V> {
    JustStopped { _value: PhantomData }
}

/// The sender of [`just_stopped`].
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Debug, Clone, Copy)]
pub struct JustStopped<V> {
    _value: PhantomData<fn() -> V>,
}

impl<V> Source for JustStopped<V> {
    type Value = V;
    type Error = Never;

    #[inline]
    fn take(&mut self) -> Taken<V, Never> {
        Taken::Ended
    }
}

#[diagnostic::do_not_recommend]
impl<V> Sender for JustStopped<V> {
    type Value = V;
    type Error = Never;
    type Operation<R: Receiver<V, Never>> = ReadyOperation<Self, R>;

    #[inline]
    fn connect<R: Receiver<V, Never>>(self, receiver: R, _: &Env) -> Self::Operation<R> {
        ReadyOperation::new(self, receiver)
    }
}
