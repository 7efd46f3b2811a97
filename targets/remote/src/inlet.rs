//! What an engine gives a receiver: what came, message by message, without ever waiting.

use std::sync::Arc;

use crate::inbox::Inbox;
use crate::post::Post;

/// What is to be done with a message that was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heed {
    /// It was taken or refused: go on.
    Done,
    /// Leave it where it is, and do not look further where it came from.
    Later,
}

/// An engine's end that receives values of type `T`. Belongs to one thread at a time; nothing here waits.
pub trait Inlet<T>: Send {
    /// Whether the engine has something to say: `follow` hears it.
    fn has_news(&self) -> bool;

    /// Hears what the engine has to say, and tells it as events.
    fn follow(&mut self, inbox: &mut Inbox<T>);

    /// Whether there is a way in now.
    fn is_open(&self) -> bool;

    /// Puts `limit` messages at most into the inbox. How many were heard, if that is known.
    fn poll(&mut self, inbox: &mut Inbox<T>, limit: usize) -> Option<usize>;

    /// Whether anybody sends.
    fn is_connected(&mut self) -> bool;

    /// What is shown to the thread that looks after this end.
    fn post(&self) -> &Arc<Post>;
}
