//! What an engine gives a sender: a way out for one message at a time, which never waits.

use std::sync::Arc;

use crate::journal::Journal;
use crate::post::Post;
use crate::tally::Tally;
use crate::wire::Header;

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offered {
    /// The engine has it.
    Sent,
    /// No receiver is connected.
    NotConnected,
    /// A receiver is behind by as much as the engine holds.
    BackPressured,
    /// This way out takes no more: it is closed, or at its greatest position.
    Over,
}

/// The number that a journal is to have when a message is sent, and if it is not.
#[derive(Debug, Clone, Copy)]
pub struct Note<'a> {
    pub(crate) journal: Option<&'a Journal>,
    pub(crate) taken: u64,
    pub(crate) before: u64,
}

impl Note<'_> {
    /// Before the message can be seen.
    #[inline(always)]
    pub(crate) fn take(&self) {
        if let Some(journal) = self.journal {
            journal.note(self.taken);
        }
    }

    /// It was not sent after all.
    pub(crate) fn undo(&self) {
        if let Some(journal) = self.journal {
            journal.note(self.before);
        }
    }
}

/// An engine's end that sends values of type `T`. Belongs to one thread at a time; nothing here waits.
pub trait Outlet<T>: Send {
    /// Whether the engine has something to say: `follow` hears it.
    fn has_news(&self) -> bool;

    /// Hears what the engine has to say. Whether the way out was opened again.
    fn follow(&mut self) -> bool;

    /// Whether there is a way out now.
    fn is_open(&self) -> bool;

    /// Whether somebody receives now.
    fn is_connected(&self) -> bool;

    /// Sends one value, if the engine takes it.
    fn send(&mut self, header: &Header, value: &T, note: Note<'_>) -> Offered;

    /// The way out takes no more: opens another.
    fn reopen(&mut self);

    /// Sends what is left and the end behind it, without the sender. Whether the engine took that on.
    fn finish<'a>(
        &mut self,
        values: impl Iterator<Item = (Header, &'a T)>,
        end: Header,
        tally: &Arc<Tally>,
    ) -> bool
    where
        T: 'a;

    /// What is shown to the thread that looks after this end.
    fn post(&self) -> &Arc<Post>;
}
