//! The end that receives: what came, in order, and what happened in between. The engine is an [`Inlet`].

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use fusewire::edge::{EdgeStats, Pop, Wake};

use crate::event::Event;
use crate::inbox::{BURST, Inbox};
use crate::inlet::Inlet;
use crate::tally::{Half, Reading, RemoteStats, Tally};
use crate::track::Position;

/// What is called for each event, on the lane's thread.
pub(crate) type OnEvent = Box<dyn FnMut(&Event) + Send>;

/// The end of an edge beyond the process that receives, over one of the engines.
///
/// A pop takes a value from what the last look at the engine brought, 64 at most; a look copies each value once, and makes no system
/// call. It ends when every sender that was heard has ended in order; one that was killed may come back, so it is waited for.
pub struct LinkReceiver<T, I> {
    inlet: I,
    inbox: Inbox<T>,
    on_event: Option<OnEvent>,
    stays: bool,
    patience: Option<Duration>,
    alone_since: Option<Instant>,
    // What the track says, after each look that brought something.
    all_ended: bool,
    half: Half,
    reading: Arc<Reading>,
}

/// What a receiver is made of, by its description.
pub(crate) struct ReceiverParts<I> {
    pub(crate) inlet: I,
    pub(crate) on_event: Option<OnEvent>,
    pub(crate) stays: bool,
    pub(crate) patience: Option<Duration>,
    pub(crate) fingerprint: u32,
    pub(crate) resume: Option<Position>,
    pub(crate) rest: Duration,
    pub(crate) tally: Arc<Tally>,
    pub(crate) half: Half,
}

impl<T, I> LinkReceiver<T, I> {
    /// Whether it is an event's turn: no value that came before it waits any more.
    #[inline(always)]
    pub(crate) fn has_event(&self) -> bool {
        self.inbox.events.front().is_some_and(|(at, _)| *at <= self.inbox.popped)
    }

    /// The next event whose turn it is.
    #[inline(always)]
    pub(crate) fn next_event(&mut self) -> Option<Event> {
        if !self.has_event() {
            return None;
        }
        self.inbox.events.pop_front().map(|(_, event)| event)
    }

    /// What was counted, and why this end is not open if it is not.
    pub fn remote_stats(&self) -> RemoteStats {
        self.reading.read()
    }

    /// Which value is the next to be popped, whether it is here already or not: what a successor of this receiver gives to `resume`. With
    /// several senders it is that of one of them.
    pub fn position(&self) -> Option<Position> {
        self.inbox.position()
    }

    pub(crate) fn without_callback(mut self) -> Self {
        self.on_event = None;
        self
    }
}

impl<T, I: Inlet<T>> LinkReceiver<T, I> {
    pub(crate) fn new(parts: ReceiverParts<I>) -> Self {
        let ReceiverParts { inlet, on_event, stays, patience, fingerprint, resume, rest, tally, half } =
            parts;
        let reading = Arc::new(Reading::new(Arc::clone(&tally), half, Arc::clone(inlet.post())));
        let inbox = Inbox::new(fingerprint, resume, rest, tally);
        Self { inlet, inbox, on_event, stays, patience, alone_since: None, all_ended: false, half, reading }
    }

    #[cfg(feature = "iceoryx2")]
    pub(crate) fn inlet_mut(&mut self) -> &mut I {
        &mut self.inlet
    }

    /// Looks whether the engine has something. Whether it had.
    #[cold]
    #[inline(never)]
    fn look(&mut self) -> bool {
        let Self { inlet, inbox, .. } = self;
        if inlet.has_news() {
            inlet.follow(inbox);
        }
        if !inlet.is_open() {
            inlet.post().set_idle(true);
            return false;
        }
        let before = inbox.accepted;
        let heard = inlet.poll(inbox, BURST);
        let taken = (self.inbox.accepted - before) as usize;
        if let Some(heard) = heard {
            self.inbox.track.looked(heard >= BURST);
        }
        if std::mem::take(&mut self.inbox.turned) {
            self.all_ended = self.inbox.track.all_ended();
        }
        self.inbox.tally.heard.accepted.set(self.inbox.accepted);
        if taken == 0 {
            self.look_around();
        } else {
            self.alone_since = None;
        }
        self.inlet.post().set_idle(taken == 0);
        self.call();
        taken > 0
    }

    /// Tells the callback what happened.
    fn call(&mut self) {
        if let Some(on_event) = &mut self.on_event {
            while let Some((_, event)) = self.inbox.events.pop_front() {
                on_event(&event);
            }
        }
    }

    /// Nothing was heard: how long has nobody been there?
    fn look_around(&mut self) {
        if self.patience.is_none() {
            return;
        }
        let connected = self.inlet.is_connected();
        self.alone_since = if connected { None } else { Some(self.alone_since.unwrap_or_else(Instant::now)) };
    }
}

impl<T: Send, I: Inlet<T>> Pop for LinkReceiver<T, I> {
    type Item = T;

    #[inline(always)]
    fn pop(&mut self) -> Option<T> {
        if !self.ready() {
            return None;
        }
        let value = self.inbox.values.pop_front()?;
        self.inbox.popped += 1;
        self.inbox.tally.heard.popped.set(self.inbox.popped);
        Some(value)
    }

    #[inline(always)]
    fn ready(&mut self) -> bool {
        !self.inbox.values.is_empty() || self.look()
    }

    fn is_closed(&self) -> bool {
        if self.stays || !self.inbox.values.is_empty() {
            return false;
        }
        let given_up = match (self.patience, self.alone_since) {
            (Some(patience), Some(since)) => since.elapsed() >= patience,
            _ => false,
        };
        self.all_ended || given_up || (self.half == Half::Both && self.inbox.tally.has_ended())
    }

    fn capacity(&self) -> usize {
        4 * BURST
    }

    /// The engines wake nobody: the thread that looks after this end does, every `poll_every` while nothing is heard.
    fn woken_by(&self, wake: Box<dyn Wake>) -> bool {
        self.inlet.post().woken_by(wake)
    }

    fn stats(&self) -> Option<EdgeStats> {
        Some(self.reading.edge_stats())
    }
}

impl<T, I> Drop for LinkReceiver<T, I> {
    fn drop(&mut self) {
        self.inbox.tally.desert();
    }
}

impl<T, I> fmt::Debug for LinkReceiver<T, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LinkReceiver").field("stats", &self.reading).finish_non_exhaustive()
    }
}
