//! `never`: a pass that completes only when it is asked to stop.

use std::marker::PhantomData;

use crate::completion::Never;
use crate::env::Env;
use crate::receiver::Receiver;
use crate::sender::Sender;
use crate::source::{Source, SourceOperation, Taken};

/// Begins a graph that has no value until it is asked to stop.
///
/// **Completes** as stopped, with [`StopReason::Requested`](crate::completion::StopReason::Requested),
/// once the stop token asks; without one, never.
/// **Runs** where it is started, as a task that waits.
///
/// libunifex: `never_sender`. futures: `pending`.
///
/// # Examples
///
/// ```
/// use fusewire::prelude::*;
/// use fusewire::stop::StopSource;
///
/// let stop = StopSource::new();
/// stop.request_stop();
/// let stopped = never::<i32>().with_stop(stop.token());
/// assert_eq!(block_on(stopped), Completion::Stopped(StopReason::Requested));
/// ```
pub const fn never<T>() -> NeverReady<T> {
    NeverReady { _value: PhantomData }
}

/// The source made by [`never()`].
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Debug, Clone)]
pub struct NeverReady<T> {
    _value: PhantomData<fn() -> T>,
}

impl<T> Source for NeverReady<T> {
    type Value = T;
    type Error = Never;

    fn take(&mut self) -> Taken<T, Never> {
        Taken::Empty
    }
}

#[diagnostic::do_not_recommend]
impl<T> Sender for NeverReady<T> {
    type Value = T;
    type Error = Never;
    type Operation<R: Receiver<T, Never>> = SourceOperation<Self, R>;

    fn connect<R: Receiver<T, Never>>(self, receiver: R, env: &Env) -> Self::Operation<R> {
        SourceOperation::new(self, receiver, env)
    }
}
