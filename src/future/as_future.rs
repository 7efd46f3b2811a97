//! What every sender can become on the other side.

use super::{GraphStream, Passes, SenderFuture, into_stream};
use crate::adaptors::And;
use crate::completion::{JoinError, Never};
use crate::engine::Engine;
use crate::launch::LaunchError;
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

    /// Runs the graph on `engine`, and gives its values as a stream, at most `capacity` ahead of whoever polls.
    ///
    /// The graph runs pass by pass, as every plain sender does. For one lane per context, end the chain inside of `fuse!` with
    /// the way out that the function [`into_stream`](super::into_stream()) gives.
    ///
    /// # Errors
    ///
    /// As that function.
    fn into_stream(self, engine: &Engine, capacity: usize) -> Result<GraphStream<Self::Value>, LaunchError>
    where
        Self: Send,
        Self::Error: JoinError<Never, Joined: std::fmt::Display + Send + 'static>,
    {
        into_stream(engine, capacity, |out| And::new(self, move |value| out.push(value)))
    }
}

impl<S: Sender<Value: Send, Error: Send> + 'static> AsFuture for S {}
