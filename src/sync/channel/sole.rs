//! The channel with one receiving end.

use super::error::TryRecvError;
use super::recv::RecvValue;
use super::{ChannelReceiver, ChannelSender, channel};
use crate::completion::{Completion, Never};
use crate::env::Env;
use crate::receiver::Receiver;
use crate::sender::Sender;
use crate::sync::operation::WaitOperation;

/// As [`channel`], with one receiving end: neither it nor what it receives with can be cloned, so that whoever has it gets every
/// value, in order.
///
/// tokio: `sync::mpsc`.
pub fn mpsc<T: Send>(capacity: usize) -> (ChannelSender<T>, SoleReceiver<T>) {
    let (sender, receiver) = channel(capacity);
    (sender, SoleReceiver { receiver })
}

/// The only receiving end of an [`mpsc`] channel.
#[derive(Debug)]
pub struct SoleReceiver<T: Send> {
    receiver: ChannelReceiver<T>,
}

impl<T: Send> SoleReceiver<T> {
    /// Waits for the next value; see [`ChannelReceiver::recv`].
    ///
    /// What it returns stands for this end, which it does not borrow, so that a stage of a graph can return it. Who asks again
    /// before it has completed, waits behind it.
    pub fn recv(&mut self) -> RecvSole<T> {
        RecvSole { receive: self.receiver.recv() }
    }

    /// The next value, if there is one now.
    ///
    /// # Errors
    ///
    /// When there is nothing now, or will never be.
    pub fn try_recv(&mut self) -> Result<T, TryRecvError> {
        self.receiver.try_recv()
    }

    /// Closes the channel: what is inside still comes out.
    pub fn close(&mut self) -> bool {
        self.receiver.close()
    }
}

/// It may be shared from then on.
impl<T: Send> From<SoleReceiver<T>> for ChannelReceiver<T> {
    fn from(sole: SoleReceiver<T>) -> Self {
        sole.receiver
    }
}

/// The sender of [`SoleReceiver::recv`]: [`RecvValue`] for one consumer, which cannot be cloned.
///
/// ```compile_fail
/// let (_send, mut recv) = fusewire::sync::mpsc::<u8>(1);
/// let _two_consumers = recv.recv().clone();
/// ```
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or return it in an `and`"]
#[derive(Debug)]
pub struct RecvSole<T: Send> {
    receive: RecvValue<T>,
}

#[diagnostic::do_not_recommend]
impl<T: Send> Sender for RecvSole<T> {
    type Value = T;
    type Error = Never;
    type Operation<R: Receiver<T, Never>> = WaitOperation<RecvValue<T>, R>;

    #[inline]
    fn connect<R: Receiver<T, Never>>(self, receiver: R, env: &Env) -> Self::Operation<R> {
        self.receive.connect(receiver, env)
    }

    #[inline]
    fn at_once(self) -> Result<Completion<T, Never>, Self> {
        self.receive.at_once().map_err(|receive| Self { receive })
    }
}

crate::future::awaitable::awaitable! { [T: Send] RecvSole<T>; }
