//! Sending into a channel.

use std::fmt;

use super::error::{Closed, TrySendError};
use super::{ChannelSender, Inside};
use crate::completion::{Completion, StopReason};
use crate::sync::operation::{Request, sends};
use crate::sync::wait_list::{Place, Queue, Woken};

impl<T: Send> ChannelSender<T> {
    /// Sends `value`, and waits for room if there is none.
    ///
    /// **Completes** with `()` once the value is inside, or in the hands of a receiver: inside `start` if there is
    /// room and nobody waits for it, else later, in the order of coming. **Fails** with [`Closed`], which holds the
    /// value, when the channel is closed. Stopped if a stop is requested while it waits; the value is dropped then.
    /// It sends once: started again it has ended.
    /// **Runs on** the context where it is started.
    /// **Costs** one compare-exchange, one store and the move of the value if there is room; no allocation.
    pub fn send(&self, value: T) -> SendValue<T> {
        SendValue { sender: self.clone(), value: Some(value), over: false }
    }

    /// Sends `value`, if there is room now. For threads outside of any graph, too.
    ///
    /// # Errors
    ///
    /// When there is no room, or the channel is closed.
    pub fn try_send(&self, value: T) -> Result<(), TrySendError<T>> {
        let mut woken = Woken::none();
        let sent = self.end.place.with(|state| {
            if state.closed {
                return Err(TrySendError::Closed(value));
            }
            state.put(value, &mut woken).map_err(TrySendError::Full)
        });
        drop(woken);
        sent
    }
}

/// The sender of [`ChannelSender::send`].
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or return it in an `and`"]
pub struct SendValue<T: Send> {
    sender: ChannelSender<T>,
    // INVARIANT: there until it is inside, waits, or was refused.
    value: Option<T>,
    // Whether an earlier pass has sent it.
    over: bool,
}

impl<T: Send> fmt::Debug for SendValue<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendValue").field("sender", &self.sender).finish_non_exhaustive()
    }
}

impl<T: Send> Request for SendValue<T> {
    type State = Inside<T>;
    // What waits to be sent; after the grant what was refused.
    type Payload = Option<T>;
    type Value = ();
    type Error = Closed<T>;

    #[inline]
    fn place(&self) -> &Place<Inside<T>> {
        &self.sender.end.place
    }

    fn queue(state: &mut Inside<T>) -> &mut Queue<Option<T>> {
        &mut state.sending
    }

    #[inline]
    fn ask(&mut self, state: &mut Inside<T>, woken: &mut Woken<Option<T>>) -> Option<Option<T>> {
        let Some(value) = self.value.take() else {
            self.over = true;
            return Some(None);
        };
        if state.closed {
            return Some(Some(value));
        }
        match state.put(value, woken) {
            Ok(()) => Some(None),
            Err(value) => {
                self.value = Some(value);
                None
            }
        }
    }

    fn bring(&mut self) -> Option<T> {
        self.value.take()
    }

    fn settle(state: &mut Inside<T>, woken: &mut Woken<Option<T>>) {
        state.settle(woken);
    }

    fn give_back(_: &mut Inside<T>, refused: Option<T>) -> Option<T> {
        refused
    }

    #[inline]
    fn granted(&mut self, refused: Option<T>) -> Completion<(), Closed<T>> {
        match refused {
            None if self.over => Completion::Stopped(StopReason::Ended),
            None => Completion::Value(()),
            Some(value) => Completion::Error(Closed(value)),
        }
    }
}

sends!([T: Send] SendValue<T>);
