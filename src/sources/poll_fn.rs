//! `poll_fn`: what a function has, turn by turn.

use crate::env::Env;
use crate::function::Moves;
use crate::opaque::opaque;
use crate::receiver::Receiver;
use crate::sender::Sender;
use crate::source::{Source, SourceOperation, Taken};

/// Begins a graph with a function that is asked until it has something.
///
/// **Completes** inside `start` if the function has a value, an error or has ended; else later,
/// when it is asked again and has. If it has nothing and a stop was requested, as stopped.
/// **Runs** where it is started: a spinning context asks once a turn, a parked one after each wake.
/// **Costs** the call.
///
/// futures: `stream::poll_fn`, without a waker: nobody needs to be told that there is something.
///
/// # Examples
///
/// ```
/// use fusewire::prelude::*;
///
/// let mut asked = 0;
/// let third = poll_fn(move || {
///     asked += 1;
///     if asked < 3 { Taken::Empty } else { Taken::<_, Never>::Value(asked) }
/// });
/// assert_eq!(block_on(third), Completion::Value(3));
/// ```
#[inline]
pub const fn poll_fn<T, E, F: FnMut() -> Taken<T, E> + Moves<F>>(f: F) -> PollFn<F> {
    PollFn { f }
}

/// The sender of [`poll_fn`].
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Clone)]
pub struct PollFn<F> {
    f: F,
}

opaque!(PollFn<F>);

impl<T, E, F: FnMut() -> Taken<T, E>> Source for PollFn<F> {
    type Value = T;
    type Error = E;

    #[inline]
    fn take(&mut self) -> Taken<T, E> {
        (self.f)()
    }
}

#[diagnostic::do_not_recommend]
impl<T, E, F: FnMut() -> Taken<T, E> + Send> Sender for PollFn<F> {
    type Value = T;
    type Error = E;
    type Operation<R: Receiver<T, E>> = SourceOperation<Self, R>;

    #[inline]
    fn connect<R: Receiver<T, E>>(self, receiver: R, env: &Env) -> Self::Operation<R> {
        SourceOperation::new(self, receiver, env)
    }
}
