//! What an end and the keeper share: the handle that goes from one to the other, and what the end shows.

use std::ffi::CString;
use std::fmt;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::aeron::engine::Handle;
use crate::post::Post;

/// Which end a port is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Sender,
    Receiver,
}

/// What the keeper has to say to an end, looked at on every push and poll.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum News {
    None,
    /// A handle lies in the slot.
    Opened,
    /// The driver is gone: the handle that the end has is of no use any more.
    Lost,
}

/// Where the handle is.
#[derive(Debug)]
pub(crate) enum Slot {
    /// The end wants one.
    Wanted,
    /// Here, for the end to take.
    Here(Handle),
    /// The end has it.
    Taken,
}

/// One end, as the keeper knows it.
pub(crate) struct Port {
    pub(crate) side: Side,
    pub(crate) channel: CString,
    pub(crate) stream_id: i32,
    pub(crate) post: Arc<Post>,
    slot: Mutex<Slot>,
    news: AtomicU8,
}

impl Port {
    pub(crate) fn new(side: Side, channel: CString, stream_id: i32, poll_every: Duration) -> Self {
        Self {
            side,
            channel,
            stream_id,
            post: Arc::new(Post::new(poll_every)),
            slot: Mutex::new(Slot::Wanted),
            news: AtomicU8::new(0),
        }
    }

    pub(crate) fn slot(&self) -> MutexGuard<'_, Slot> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks for a handle. One that lies here already is a newer one than any that is lost.
    pub(crate) fn want(&self) {
        let mut slot = self.slot();
        if !matches!(*slot, Slot::Here(_)) {
            *slot = Slot::Wanted;
        }
    }

    /// Whether the keeper has anything to say. What it is comes from `hear`.
    #[inline(always)]
    pub(crate) fn has_news(&self) -> bool {
        // ORDERING: relaxed, the lock of the slot orders what is behind it.
        self.news.load(Ordering::Relaxed) != 0
    }

    /// What the keeper has to say, once.
    pub(crate) fn hear(&self) -> News {
        match self.news.swap(0, Ordering::SeqCst) {
            1 => News::Opened,
            2 => News::Lost,
            _ => News::None,
        }
    }

    pub(crate) fn tell(&self, news: News) {
        let number = match news {
            News::None => 0,
            News::Opened => 1,
            News::Lost => 2,
        };
        self.news.store(number, Ordering::SeqCst);
        self.post.wake();
    }
}

impl fmt::Debug for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Port")
            .field("side", &self.side)
            .field("channel", &self.channel)
            .field("stream_id", &self.stream_id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aeron::engine::Subscription;

    /// The keeper has opened the next before the end hears that the one before is lost.
    #[test]
    fn a_handle_that_lies_here_is_not_forgotten_for_one_that_was_lost() {
        let port = Port::new(Side::Receiver, c"aeron:ipc".into(), 1, Duration::from_millis(1));
        *port.slot() = Slot::Taken;
        port.want();
        assert!(matches!(*port.slot(), Slot::Wanted));
        *port.slot() = Slot::Here(Handle::Subscription(Subscription::of_nothing()));
        port.want();
        assert!(matches!(*port.slot(), Slot::Here(_)));
    }
}
