//! The end that receives.

mod inbox;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use fusewire::edge::{EdgeStats, Pop, Wake};
use zerocopy::FromBytes;

use self::inbox::Inbox;
use crate::engine::{Handle, Subscription};
use crate::event::Event;
use crate::keeper::{Order, Session};
use crate::port::{News, Port, Slot};
use crate::tally::{Half, Reading, RemoteStats, Tally};
use crate::track::Position;

/// Values that are taken out of the log at once, and wait in the receiver until they are popped.
const BURST: usize = 64;

/// What is called for each event, on the lane's thread.
pub(crate) type OnEvent = Box<dyn FnMut(&Event) + Send>;

/// The end of a remote edge that receives; made by [`Remote::receiver`](crate::Remote::receiver) or by opening both.
///
/// A pop takes a value from what the last look at the engine brought, 64 at most; a look is one call into the engine, copies
/// each value once, and makes no system call. It ends when every sender that was heard has ended in order; one that was killed may come
/// back, so it is waited for.
pub struct RemoteReceiver<T> {
    subscription: Option<Subscription>,
    inbox: Inbox<T>,
    on_event: Option<OnEvent>,
    stays: bool,
    patience: Option<Duration>,
    alone_since: Option<Instant>,
    opened_before: bool,
    // What the track says, after each look that brought something.
    all_ended: bool,
    half: Half,
    reading: Arc<Reading>,
    port: Arc<Port>,
    session: Arc<Session>,
}

/// What a receiver is made of, by its description.
pub(crate) struct ReceiverParts {
    pub(crate) on_event: Option<OnEvent>,
    pub(crate) stays: bool,
    pub(crate) patience: Option<Duration>,
    pub(crate) fingerprint: u32,
    pub(crate) resume: Option<Position>,
    pub(crate) tally: Arc<Tally>,
    pub(crate) half: Half,
    pub(crate) port: Arc<Port>,
    pub(crate) session: Arc<Session>,
}

impl<T> RemoteReceiver<T> {
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
}

impl<T: FromBytes> RemoteReceiver<T> {
    pub(crate) fn new(parts: ReceiverParts) -> Self {
        let ReceiverParts { on_event, stays, patience, fingerprint, resume, tally, half, port, session } =
            parts;
        let reading = Arc::new(Reading::new(Arc::clone(&tally), half, Arc::clone(&port)));
        let inbox = Inbox::new(fingerprint, resume, tally);
        Self {
            subscription: None,
            inbox,
            on_event,
            stays,
            patience,
            alone_since: None,
            opened_before: false,
            all_ended: false,
            half,
            reading,
            port,
            session,
        }
    }

    /// What was counted, and why this end is not open if it is not.
    pub fn remote_stats(&self) -> RemoteStats {
        self.reading.read()
    }

    /// Where this receiver is in the stream that it heard last, values that were not popped yet included: what its successor
    /// gives to [`Remote::resume`](crate::Remote::resume).
    pub fn position(&self) -> Option<Position> {
        let mut position = self.inbox.track.position()?;
        position.next = position.next.saturating_sub(self.inbox.values.len() as u64);
        Some(position)
    }

    pub(crate) fn without_callback(mut self) -> Self {
        self.on_event = None;
        self
    }

    /// Looks whether the engine has something. Whether it had.
    #[cold]
    #[inline(never)]
    fn look(&mut self) -> bool {
        if self.port.has_news() {
            self.follow();
        }
        let Some(subscription) = &mut self.subscription else {
            self.port.set_idle(true);
            return false;
        };
        let before = self.inbox.accepted;
        let heard = subscription.poll(&mut self.inbox, BURST);
        let taken = (self.inbox.accepted - before) as usize;
        if heard.is_some_and(|heard| heard < BURST) {
            self.inbox.track.looked(taken);
        }
        if std::mem::take(&mut self.inbox.turned) {
            self.all_ended = self.inbox.track.all_ended();
        }
        self.inbox.tally.heard.inbox.set(self.inbox.values.len() as u64);
        if taken == 0 {
            self.look_around();
        } else {
            self.alone_since = None;
        }
        self.port.set_idle(taken == 0);
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
        let connected = self.subscription.as_mut().is_some_and(Subscription::is_connected);
        self.alone_since = if connected { None } else { Some(self.alone_since.unwrap_or_else(Instant::now)) };
    }

    #[cold]
    fn follow(&mut self) {
        match self.port.hear() {
            News::None => {}
            News::Opened => {
                let mut slot = self.port.slot();
                if let Slot::Here(_) = &*slot
                    && let Slot::Here(Handle::Subscription(subscription)) =
                        std::mem::replace(&mut *slot, Slot::Taken)
                {
                    drop(slot);
                    self.subscription = Some(subscription);
                    if std::mem::replace(&mut self.opened_before, true) {
                        self.inbox.tally.heard.reopened.add(1);
                        self.inbox.tell(Event::Reopened);
                    }
                }
            }
            News::Lost => {
                // The keeper closes the client of a lost driver when its handles have come back.
                self.subscription = None;
                *self.port.slot() = Slot::Wanted;
                self.inbox.parts.clear();
                self.inbox.tell(Event::DriverLost);
            }
        }
    }
}

impl<T: FromBytes + Send> Pop for RemoteReceiver<T> {
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

    /// Aeron wakes nobody: the keeper does, every [`poll_every`](crate::Remote::poll_every) while nothing is heard.
    fn woken_by(&self, wake: Box<dyn Wake>) -> bool {
        self.port.woken_by(wake)
    }

    fn stats(&self) -> Option<EdgeStats> {
        Some(self.reading.edge_stats())
    }
}

impl<T> Drop for RemoteReceiver<T> {
    fn drop(&mut self) {
        self.inbox.tally.desert();
        let subscription = self.subscription.take().map(Handle::Subscription);
        self.session.order(Order::Detach(Arc::clone(&self.port), subscription));
    }
}

impl<T> fmt::Debug for RemoteReceiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteReceiver")
            .field("port", &self.port)
            .field("stats", &self.reading)
            .finish_non_exhaustive()
    }
}
