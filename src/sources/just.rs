//! `just`: a value that is there already.

use std::marker::PhantomData;

use crate::completion::Never;
use crate::condition::{Recurring, Recurs};
use crate::env::Env;
use crate::receiver::Receiver;
use crate::sender::Sender;
use crate::source::{Source, Taken};
use crate::sources::ReadyOperation;

/// Begins a graph with a value that is there already.
///
/// **Completes** inside `start` with a clone of `value`, at every pass anew. It never fails and is
/// never stopped.
/// **Runs** where it is started.
/// **Costs** the clone.
///
/// C++26: `just`. futures: `ready`.
///
/// # Examples
///
/// ```
/// use fusewire::prelude::*;
///
/// assert_eq!(block_on(just(6)), Completion::Value(6));
/// ```
#[inline]
#[rustfmt::skip]
pub fn just<T, M>(value: T) -> Just<Recurring<T, M>> where PhantomData<T>: Recurs<T, M> {
    Just { value: <PhantomData<T> as Recurs<T, M>>::itself(value) }
}

/// The sender of [`just`].
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Debug, Clone, Copy)]
pub struct Just<T> {
    value: T,
}

impl<T: Clone> Source for Just<T> {
    type Value = T;
    type Error = Never;

    #[inline]
    fn take(&mut self) -> Taken<T, Never> {
        Taken::Value(self.value.clone())
    }
}

#[diagnostic::do_not_recommend]
impl<T: Clone + Send> Sender for Just<T> {
    type Value = T;
    type Error = Never;
    type Operation<R: Receiver<T, Never>> = ReadyOperation<Self, R>;

    #[inline]
    fn connect<R: Receiver<T, Never>>(self, receiver: R, _: &Env) -> Self::Operation<R> {
        ReadyOperation::new(self, receiver)
    }
}
