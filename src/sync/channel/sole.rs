//! The channel with one receiving end.

use super::error::TryRecvError;
use super::{ChannelReceiver, ChannelSender, RecvValue, channel};

/// As [`channel`], with one receiving end, which cannot be cloned: whoever has it gets every value.
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
    pub fn recv(&mut self) -> RecvValue<T> {
        self.receiver.recv()
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
