//! `read_env`: a fact of the place where a pass is started.

use std::pin::Pin;

use pin_project::pin_project;

use crate::completion::{Completion, Never, Started};
use crate::env::Env;
use crate::function::{Consults, Moves};
use crate::opaque::opaque;
use crate::operation::Operation;
use crate::receiver::Receiver;
use crate::sender::Sender;

/// Begins a graph with what `f` makes of the facts that came in with `connect`.
///
/// **Completes** inside `start`, at every pass anew.
/// **Runs** where it is started.
/// **Costs** the call.
///
/// C++26: `read_env`; `get_scheduler()`, `get_stop_token()` and `get_allocator()` are the members of
/// [`Env`].
///
/// # Examples
///
/// ```
/// use fusewire::prelude::*;
///
/// assert_eq!(block_on(read_env(|env| env.stop().stop_possible())), Completion::Value(false));
/// ```
#[inline]
pub fn read_env<T, F: Consults<T, M> + Moves<F>, M>(f: F) -> ReadEnv<F::Itself> {
    ReadEnv { f: f.itself() }
}

/// The sender of [`read_env`].
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Clone)]
pub struct ReadEnv<F> {
    f: F,
}

opaque!(ReadEnv<F>);

#[diagnostic::do_not_recommend]
impl<T, F: FnMut(&Env) -> T + Send> Sender for ReadEnv<F> {
    type Value = T;
    type Error = Never;
    type Operation<R: Receiver<T, Never>> = ReadEnvOperation<F, R>;

    #[inline]
    fn connect<R: Receiver<T, Never>>(self, receiver: R, env: &Env) -> Self::Operation<R> {
        ReadEnvOperation { f: self.f, env: env.clone(), receiver }
    }
}

/// The operation of [`ReadEnv`].
#[pin_project]
pub struct ReadEnvOperation<F, R> {
    f: F,
    env: Env,
    #[pin]
    receiver: R,
}

opaque!(ReadEnvOperation<F, R>);

// SAFETY: `receiver` gives the field that `connect` filled.
unsafe impl<T, F: FnMut(&Env) -> T + Send, R: Receiver<T, Never>> Operation for ReadEnvOperation<F, R> {
    type Value = T;
    type Error = Never;
    type Receiver = R;

    #[inline]
    unsafe fn start(self: Pin<&mut Self>) -> Started<T, Never> {
        let this = self.project();
        Started::Inline(Completion::Value((this.f)(this.env)))
    }

    #[inline]
    fn receiver(self: Pin<&mut Self>) -> Pin<&mut R> {
        self.project().receiver
    }
}
