//! What every sender can become on the other side.

use super::{Passes, SenderFuture};
use crate::sender::Sender;

/// Ways from a sender to futures and streams, as methods of every [`Sender`].
pub trait AsFuture: Sender<Value: Send, Error: Send> + 'static {
    /// A future of one pass.
    ///
    /// The senders of this crate are awaited as they are, `sender.await`. This is for one whose type is
    /// not known, `impl Sender` or `impl Graph`, and for whoever wants the future itself.
    ///
    /// See [`SenderFuture`].
    ///
    /// # Examples
    ///
    /// ```
    /// use fusewire::prelude::*;
    ///
    /// async fn twice(sender: impl Sender<Value = u32, Error = Never> + 'static) -> Option<u32> {
    ///     Some(2 * sender.future().await.value()?)
    /// }
    /// assert_eq!(block_on(from_future(twice(just(21)))), Completion::Value(Some(42)));
    /// ```
    #[inline]
    fn future(self) -> SenderFuture<Self> {
        SenderFuture::new(self)
    }

    /// A stream of the values of one pass after another, each begun when the stream is polled.
    ///
    /// See [`Passes`].
    #[inline]
    fn passes(self) -> Passes<Self> {
        Passes::new(self)
    }
}

impl<S: Sender<Value: Send, Error: Send> + 'static> AsFuture for S {}
