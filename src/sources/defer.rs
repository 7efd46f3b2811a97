//! `defer`: a sender that is made when the pass begins.

use crate::adaptors::link::{Linked, connect_link};
use crate::adaptors::sequel::{Begun, Sequel, SequelReceiver};
use crate::completion::{Completion, Never};
use crate::env::Env;
use crate::function::{Defers, Moves};
use crate::opaque::opaque;
use crate::receiver::Receiver;
use crate::sender::Sender;
use crate::sources::{Just, just};

/// Begins a graph with the sender that `f` makes, at every pass anew.
///
/// **Completes** as that sender does.
/// **Runs** where it is started.
/// **Costs** the call and a `connect` per pass.
///
/// libunifex: `defer`. futures: `lazy`.
///
/// # Examples
///
/// ```
/// use fusewire::prelude::*;
///
/// let mut session = 0;
/// let login = defer(move || {
///     session += 1;
///     just(session)
/// });
/// assert_eq!(block_on(login.repeat(3)), Completion::Value(3));
/// ```
#[inline]
pub fn defer<S, U, E, M, F: Defers<S, U, E, M, Itself: Moves<F>>>(f: F) -> Defer<F::Itself> {
    Defer { f: f.itself() }
}

/// The sender of [`defer`].
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or `engine.run`"]
#[derive(Clone)]
pub struct Defer<F> {
    f: F,
}

opaque!(Defer<F>);

#[diagnostic::do_not_recommend]
impl<F, S> Sender for Defer<F>
where
    F: FnMut() -> S + Send,
    S: Sender,
{
    type Value = S::Value;
    type Error = S::Error;
    type Operation<R: Receiver<S::Value, S::Error>> =
        Linked<<Just<()> as Sender>::Operation<SequelReceiver<Deferring<F>, S, R>>>;

    #[inline]
    fn connect<R>(self, receiver: R, env: &Env) -> Self::Operation<R>
    where
        R: Receiver<S::Value, S::Error>,
    {
        connect_link(just(()), SequelReceiver::new(Deferring { f: self.f }, receiver, env), env)
    }
}

/// How [`Defer`] begins.
#[derive(Clone)]
pub struct Deferring<F> {
    f: F,
}

opaque!(Deferring<F>);

impl<F, S> Sequel<(), Never> for Deferring<F>
where
    F: FnMut() -> S + Send,
    S: Sender,
{
    type Second = S;

    #[inline]
    fn begin(&mut self, arrived: Completion<(), Never>) -> Begun<S> {
        match arrived {
            Completion::Value(()) => Begun::Second((self.f)()),
            Completion::Error(never) => match never {},
            Completion::Stopped(reason) => Begun::Now(Completion::Stopped(reason)),
        }
    }
}
