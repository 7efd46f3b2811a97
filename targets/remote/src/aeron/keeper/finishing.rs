//! What a sender leaves behind: its last messages, which are sent after it has gone.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::aeron::engine::{Client, Publication};
use crate::tally::Tally;

/// How long what was sent last may take to leave, after its sender is gone.
pub(super) const LINGER: Duration = Duration::from_secs(2);

/// How long an embedded driver answers who asks for what got lost on the way, after all was sent.
const REPEATS: Duration = Duration::from_millis(50);

/// What a sender leaves behind.
#[derive(Debug)]
pub(crate) struct Finish {
    pub(crate) publication: Publication,
    /// Whole messages, the last of which is the end.
    pub(crate) messages: VecDeque<Box<[u8]>>,
    pub(crate) tally: Arc<Tally>,
}

/// A sender that has gone, and until when its last messages may take.
pub(super) struct Finishing {
    pub(super) finish: Finish,
    pub(super) give_up_at: Instant,
    pub(super) close_at: Option<Instant>,
}

impl Finish {
    /// The driver is gone: also of what was sent nobody knows whether it came.
    pub(super) fn give_up(self) {
        self.tally.left_behind(self.messages.len());
    }
}

impl Finishing {
    /// Whether all is sent, and has left the process where the driver ends with it.
    pub(super) fn has_left(&mut self, client: &mut Client, lingers: bool, now: Instant) -> bool {
        let Finish { publication, messages, .. } = &self.finish;
        if !messages.is_empty() {
            return false;
        }
        if !lingers {
            return true;
        }
        let Some(sent) = client.sent_up_to(publication.registration) else { return true };
        if sent < publication.position() {
            return false;
        }
        now >= *self.close_at.get_or_insert(now + REPEATS)
    }
}
