//! Receiving from a channel.

use std::fmt;

use super::error::TryRecvError;
use super::{ChannelReceiver, Inside};
use crate::completion::{Completion, Never, StopReason};
use crate::sync::operation::{Request, sends};
use crate::sync::wait_list::{Place, Queue, Woken};

/// Begins a graph with what comes out of a channel.
///
/// **Completes** as [`recv`](ChannelReceiver::recv) does, at each pass with the next value. In a graph that runs, the
/// end of the channel is the end of the graph. A value that was handed to a pass is lost if the graph is abandoned
/// before the pass has begun.
/// **Runs** where it is started; a context that parks is woken when a value comes.
/// **Costs** per value one compare-exchange, one store and the move of the value; no allocation.
///
/// It is `recv` under a name that can stand at the beginning of a `fuse!`, where a [`recv`](crate::sources::recv) is
/// that of an edge.
///
/// # Examples
///
/// ```
/// use fusewire::prelude::*;
/// use fusewire::sync::{channel, from_channel};
///
/// let (send, recv) = channel(1);
/// send.try_send(21)?;
/// assert_eq!(block_on(fuse! { from_channel(recv).map(|n: u32| n * 2) }), Completion::Value(42));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn from_channel<T: Send>(receiver: impl Into<ChannelReceiver<T>>) -> RecvValue<T> {
    RecvValue { receiver: receiver.into() }
}

impl<T: Send> ChannelReceiver<T> {
    /// Waits for the next value.
    ///
    /// **Completes** with it, inside `start` if there is one, else later, in the order of asking; it cannot fail.
    /// Stopped, as ended, when the channel is closed and everything has come out; stopped if a stop is requested
    /// while it waits.
    /// **Runs on** the context where it is started.
    /// **Costs** one compare-exchange, one store and the move of the value if there is one; no allocation.
    pub fn recv(&self) -> RecvValue<T> {
        RecvValue { receiver: self.clone() }
    }

    /// The next value, if there is one now. For threads outside of any graph, too.
    ///
    /// # Errors
    ///
    /// When there is nothing now, or will never be.
    pub fn try_recv(&self) -> Result<T, TryRecvError> {
        let mut woken = Woken::none();
        let taken = self.end.place.with(|state| match state.take(&mut woken) {
            Some(value) => Ok(value),
            None if state.closed => Err(TryRecvError::Closed),
            None => Err(TryRecvError::Empty),
        });
        drop(woken);
        taken
    }
}

/// The sender of [`ChannelReceiver::recv`] and [`from_channel`].
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or return it in an `and`"]
#[derive(Clone)]
pub struct RecvValue<T: Send> {
    receiver: ChannelReceiver<T>,
}

impl<T: Send> fmt::Debug for RecvValue<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecvValue").field("receiver", &self.receiver).finish_non_exhaustive()
    }
}

impl<T: Send> Request for RecvValue<T> {
    type State = Inside<T>;
    // What came; nothing if it is the end.
    type Payload = Option<T>;
    type Value = T;
    type Error = Never;

    #[inline]
    fn place(&self) -> &Place<Inside<T>> {
        &self.receiver.end.place
    }

    fn queue(state: &mut Inside<T>) -> &mut Queue<Option<T>> {
        &mut state.receiving
    }

    #[inline]
    fn ask(&mut self, state: &mut Inside<T>, woken: &mut Woken<Option<T>>) -> Option<Option<T>> {
        match state.take(woken) {
            None if !state.closed => None,
            taken => Some(taken),
        }
    }

    fn settle(state: &mut Inside<T>, woken: &mut Woken<Option<T>>) {
        state.settle(woken);
    }

    fn give_back(state: &mut Inside<T>, value: Option<T>) -> Option<T> {
        if let Some(value) = value {
            state.ring.push_front(value);
        }
        None
    }

    #[inline]
    fn granted(&mut self, value: Option<T>) -> Completion<T, Never> {
        value.map_or(Completion::Stopped(StopReason::Ended), Completion::Value)
    }
}

sends!([T: Send] RecvValue<T>);
