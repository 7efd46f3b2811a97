//! `oneshot`: one value, from one place to another.

use std::fmt;
use std::sync::Arc;

use super::operation::{Request, sends};
use super::wait_list::{Place, Queue, Woken};
use crate::completion::{Completion, Never, StopReason};
use crate::opaque::opaque;

/// The two ends of a way that one value takes.
///
/// **Costs** one allocation here, and none later.
///
/// TooManyCooks: `tmc::post_waitable`'s result. tokio: `sync::oneshot`.
///
/// # Examples
///
/// ```
/// use fusewire::prelude::*;
/// use fusewire::sync::oneshot;
///
/// let (answer, asked) = oneshot();
/// std::thread::spawn(move || answer.send(42));
/// assert_eq!(block_on(asked.recv()), Completion::Value(42));
/// ```
pub fn oneshot<T: Send>() -> (OneshotSender<T>, OneshotReceiver<T>) {
    let state = Once { value: None, closed: false, deaf: false, queue: Queue::new() };
    let place = Arc::new(Place::new(state));
    (OneshotSender { place: Arc::clone(&place), open: true }, OneshotReceiver { place, open: true })
}

/// The state of a [`oneshot`].
pub struct Once<T> {
    value: Option<T>,
    // Whether the sending end is gone, or has sent.
    closed: bool,
    // Whether the receiving end is gone.
    deaf: bool,
    // INVARIANT: empty while there is a value, or none can come any more.
    queue: Queue<Option<T>>,
}

opaque!(Once<T>);

impl<T> Once<T> {
    fn settle(&mut self, woken: &mut Woken<Option<T>>) {
        if !self.queue.is_empty() && (self.value.is_some() || self.closed) {
            let value = self.value.take();
            self.queue.first(|place| *place = value);
            self.queue.grant(woken);
        }
    }
}

/// The end of a [`oneshot`] that sends.
#[must_use = "dropping it ends the wait at the other end"]
pub struct OneshotSender<T: Send> {
    place: Arc<Place<Once<T>>>,
    // Whether the other end is still to be told that this one went.
    open: bool,
}

impl<T: Send> fmt::Debug for OneshotSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OneshotSender").finish_non_exhaustive()
    }
}

impl<T: Send> OneshotSender<T> {
    /// Sends the value; never waits.
    ///
    /// # Errors
    ///
    /// The value, when the other end is gone.
    pub fn send(mut self, value: T) -> Result<(), T> {
        self.open = false;
        let mut woken = Woken::none();
        let refused = self.place.with(|state| {
            if state.deaf {
                return Some(value);
            }
            state.value = Some(value);
            state.closed = true;
            state.settle(&mut woken);
            None
        });
        drop(woken);
        refused.map_or(Ok(()), Err)
    }

    /// Whether the other end is gone, so that nobody wants the value.
    pub fn is_closed(&self) -> bool {
        self.place.with(|state| state.deaf)
    }
}

impl<T: Send> Drop for OneshotSender<T> {
    #[inline]
    fn drop(&mut self) {
        if !self.open {
            return;
        }
        let mut woken = Woken::none();
        self.place.with(|state| {
            state.closed = true;
            state.settle(&mut woken);
        });
        drop(woken);
    }
}

/// The end of a [`oneshot`] that receives.
#[must_use = "dropping it refuses the value"]
pub struct OneshotReceiver<T: Send> {
    place: Arc<Place<Once<T>>>,
    // Whether the other end may still be there, to be told that this one went.
    open: bool,
}

impl<T: Send> fmt::Debug for OneshotReceiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OneshotReceiver").finish_non_exhaustive()
    }
}

impl<T: Send> OneshotReceiver<T> {
    /// Waits for the value.
    ///
    /// **Completes** with it, inside `start` if it is there, else later; stopped, as ended, when the sending end went
    /// without sending, and started again after the value; stopped if a stop is requested while it waits.
    /// **Runs on** the context where it is started.
    /// **Costs** no allocation.
    pub const fn recv(self) -> RecvOnce<T> {
        RecvOnce { receiver: self }
    }

    /// The value, if it is there now.
    pub fn try_recv(&mut self) -> Option<T> {
        self.place.with(|state| state.value.take())
    }
}

impl<T: Send> Drop for OneshotReceiver<T> {
    #[inline]
    fn drop(&mut self) {
        if !self.open {
            return;
        }
        let value = self.place.with(|state| {
            state.deaf = true;
            state.value.take()
        });
        drop(value);
    }
}

/// The sender of [`OneshotReceiver::recv`].
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or return it in an `and`"]
#[derive(Debug)]
pub struct RecvOnce<T: Send> {
    receiver: OneshotReceiver<T>,
}

impl<T: Send> Request for RecvOnce<T> {
    type State = Once<T>;
    type Payload = Option<T>;
    type Value = T;
    type Error = Never;

    fn place(&self) -> &Place<Once<T>> {
        &self.receiver.place
    }

    fn queue(state: &mut Once<T>) -> &mut Queue<Option<T>> {
        &mut state.queue
    }

    fn ask(&mut self, state: &mut Once<T>, _: &mut Woken<Option<T>>) -> Option<Option<T>> {
        match state.value.take() {
            None if state.closed => Some(None),
            None => None,
            value => Some(value),
        }
    }

    fn settle(state: &mut Once<T>, woken: &mut Woken<Option<T>>) {
        state.settle(woken);
    }

    fn give_back(state: &mut Once<T>, value: Option<T>) -> Option<T> {
        std::mem::replace(&mut state.value, value)
    }

    fn granted(&mut self, value: Option<T>) -> Completion<T, Never> {
        value.map_or(Completion::Stopped(StopReason::Ended), Completion::Value)
    }

    #[inline]
    fn granted_last(mut self, value: Option<T>) -> Completion<T, Never> {
        // There was a value, or there will be none: the sending end is gone either way.
        self.receiver.open = false;
        self.granted(value)
    }
}

sends!([T: Send] RecvOnce<T>);
