//! `carry`: a value that goes along with a pass while it waits.

use crate::adaptors::link::{Linked, connect_link};
use crate::adaptors::transform::{Transform, TransformReceiver};
use crate::completion::{Completion, StopReason};
use crate::env::Env;
use crate::opaque::opaque;
use crate::receiver::Receiver;
use crate::sender::Sender;

/// Waits for `sender` with `value` in hand, and goes on with both: for an asynchronous stage whose input is needed
/// behind it, too.
///
/// A closure of `map` is called again and again, so that it cannot give away what it has captured; this can, once.
///
/// **Completes** with `(value, made)` when `sender` makes a value; else as `sender` does, and `value` is dropped with the
/// operation. It is for one pass: started again after it has made its value it has ended.
/// **Runs** where `sender` completes.
/// **Costs** the move of the value.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use fusewire::prelude::*;
/// use fusewire::sync::{Mutex, carry};
///
/// let names = Arc::new(Mutex::new(Vec::new()));
/// let all = Arc::clone(&names);
/// let note = fuse! {
///     just(String::from("one"))
///         .and(move |name| carry(name, all.lock_arc()))
///         .map(|(name, mut names)| names.push(name))
/// };
/// assert_eq!(block_on(note), Completion::Value(()));
/// assert_eq!(*names.try_lock().unwrap(), ["one"]);
/// ```
pub const fn carry<V: Send, S: Sender>(value: V, sender: S) -> Carry<V, S> {
    Carry { value, sender }
}

/// The sender of [`carry`].
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or return it in an `and`"]
#[derive(Clone)]
pub struct Carry<V, S> {
    value: V,
    sender: S,
}

opaque!(Carry<S, V>);

#[diagnostic::do_not_recommend]
impl<V: Send, S: Sender> Sender for Carry<V, S> {
    type Value = (V, S::Value);
    type Error = S::Error;
    type Operation<R: Receiver<Self::Value, S::Error>> =
        Linked<S::Operation<TransformReceiver<Carrying<V>, R>>>;

    #[inline]
    fn connect<R: Receiver<Self::Value, S::Error>>(self, receiver: R, env: &Env) -> Self::Operation<R> {
        connect_link(self.sender, TransformReceiver::new(Carrying { value: Some(self.value) }, receiver), env)
    }

    #[inline]
    fn at_once(self) -> Result<Completion<Self::Value, S::Error>, Self> {
        let value = self.value;
        match self.sender.at_once() {
            Ok(completion) => Ok(completion.map(|made| (value, made))),
            Err(sender) => Err(Self { value, sender }),
        }
    }
}

/// What [`Carry`] does to a completion.
#[derive(Clone)]
pub struct Carrying<V> {
    // INVARIANT: there until a pass has gone on with it.
    value: Option<V>,
}

opaque!(Carrying<V>);

impl<V: Send, M, E> Transform<M, E> for Carrying<V> {
    type Value = (V, M);
    type Error = E;

    #[inline]
    fn transform(&mut self, arrived: Completion<M, E>) -> Completion<(V, M), E> {
        match arrived {
            Completion::Value(made) => match self.value.take() {
                Some(value) => Completion::Value((value, made)),
                None => Completion::Stopped(StopReason::Ended),
            },
            Completion::Error(error) => Completion::Error(error),
            Completion::Stopped(reason) => Completion::Stopped(reason),
        }
    }
}

crate::future::awaitable::awaitable! { [V, S] Carry<V, S>; }
