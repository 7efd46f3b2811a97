//! `with_env`, `with_stop` and `unstoppable`: other facts for what stands before.

use crate::env::Env;
use crate::opaque::opaque;
use crate::receiver::Receiver;
use crate::sender::Sender;

/// The sender of [`with_env`](crate::adaptors::OutcomeExt::with_env).
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Clone)]
pub struct WithEnv<S, F> {
    sender: S,
    f: F,
}

opaque!(WithEnv<S, F> after sender);

impl<S, F> WithEnv<S, F> {
    #[inline]
    pub(crate) const fn new(sender: S, f: F) -> Self {
        Self { sender, f }
    }
}

#[diagnostic::do_not_recommend]
impl<S: Sender, F: FnOnce(Env) -> Env> Sender for WithEnv<S, F> {
    type Value = S::Value;
    type Error = S::Error;
    // The operation is that of the sender before: nothing of this adaptor is left after `connect`.
    type Operation<R: Receiver<S::Value, S::Error>> = S::Operation<R>;

    #[inline]
    fn connect<R: Receiver<S::Value, S::Error>>(self, receiver: R, env: &Env) -> Self::Operation<R> {
        self.sender.connect(receiver, &(self.f)(env.clone()))
    }
}
