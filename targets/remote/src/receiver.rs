//! The end that receives.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use fusewire::edge::{EdgeStats, Pop, Wake};
use zerocopy::FromBytes;

use crate::engine::{Frame, Handle, Hear, Heed, Subscription};
use crate::event::{Event, Refusal};
use crate::keeper::{Order, Session};
use crate::port::{News, Port, Slot};
use crate::tally::{Half, Reading, RemoteStats, Tally};
use crate::track::{PEERS, Position, Track, Verdict};
use crate::wire::{HEADER_BYTES, Header};

/// Values that are taken out of the log at once, and wait in the receiver until they are popped.
const BURST: usize = 64;

/// Events that wait to be heard. The rest is only counted: who does not listen is not to fill the memory.
const EVENTS: usize = 256;

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
        let inbox = Inbox {
            values: VecDeque::with_capacity(BURST),
            events: VecDeque::with_capacity(EVENTS),
            track: Track::new(fingerprint, resume),
            accepted: 0,
            popped: 0,
            parts: Vec::new(),
            turned: false,
            told: [false; 4],
            tally,
        };
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

/// Where the engine's frames become values.
struct Inbox<T> {
    // INVARIANT: at most `BURST`, allocated at once.
    values: VecDeque<T>,
    /// Events, and behind how many accepted values each belongs.
    events: VecDeque<(u64, Event)>,
    track: Track,
    accepted: u64,
    popped: u64,
    /// Messages of several frames that are not complete, by the session that sends them.
    parts: Vec<(i32, Vec<u8>)>,
    /// Something happened since the last look that may end the edge or open it again.
    turned: bool,
    /// Which refusals have been told.
    told: [bool; 4],
    tally: Arc<Tally>,
}

impl<T> Inbox<T> {
    fn tell(&mut self, event: Event) {
        if self.events.len() < EVENTS {
            self.events.push_back((self.accepted, event));
        }
    }

    fn refuse(&mut self, refusal: Refusal) -> Heed {
        self.tally.heard.refused.add(1);
        let kind = match refusal {
            Refusal::Length { .. } => 0,
            Refusal::Header => 1,
            Refusal::Fingerprint { .. } => 2,
            Refusal::Crowded { .. } => 3,
        };
        if !std::mem::replace(&mut self.told[kind], true) {
            self.tell(Event::Refused(refusal));
        }
        Heed::Done
    }
}

impl<T: FromBytes> Inbox<T> {
    const LENGTH: usize = HEADER_BYTES + size_of::<T>();

    /// One whole message.
    #[inline(always)]
    fn message(&mut self, bytes: &[u8]) -> Heed {
        let Some((header, value)) = bytes.split_first_chunk::<HEADER_BYTES>() else {
            return self.refuse(Refusal::Length { got: bytes.len(), want: Self::LENGTH });
        };
        let Some(header) = Header::from_bytes(header) else { return self.refuse(Refusal::Header) };
        let is_value = header.kind == crate::wire::Kind::Value;
        let value = match T::read_from_bytes(value) {
            Ok(value) if is_value => Some(value),
            Err(_) if !is_value && value.is_empty() => None,
            // A value of no bytes is as long as none.
            Ok(_) if size_of::<T>() == 0 => None,
            _ => return self.refuse_length(&header, bytes.len()),
        };
        let Self { track, events, accepted, tally, turned, .. } = self;
        let at = *accepted;
        let verdict = track.judge(&header, &mut |event| {
            *turned = true;
            match event {
                Event::Gap(gap) => tally.heard.lost.add(gap.missing),
                Event::Joined { missed, .. } => tally.heard.missed.add(missed),
                _ => {}
            }
            if events.len() < EVENTS {
                events.push_back((at, event));
            }
        });
        match verdict {
            Verdict::Take => {
                if let Some(value) = value {
                    self.values.push_back(value);
                    self.accepted += 1;
                }
                Heed::Done
            }
            Verdict::End => {
                self.turned = true;
                Heed::Done
            }
            Verdict::Duplicate => {
                self.tally.heard.duplicates.add(1);
                Heed::Done
            }
            Verdict::Wait => Heed::Later,
            Verdict::Refuse(refusal) => self.refuse(refusal),
        }
    }

    /// The length is wrong: because of a foreign type, if that is what the header says.
    #[cold]
    fn refuse_length(&mut self, header: &Header, got: usize) -> Heed {
        let want = self.track.fingerprint();
        if header.fingerprint != want {
            return self.refuse(Refusal::Fingerprint { got: header.fingerprint, want });
        }
        self.refuse(Refusal::Length { got, want: Self::LENGTH })
    }

    /// One frame of which nobody knows yet whether it is a whole message.
    #[cold]
    fn part(&mut self, bytes: &[u8], frame: &Frame) -> Heed {
        let part = frame.part();
        if part.first && part.last {
            return self.message(bytes);
        }
        let at = self.parts.iter().position(|(session, _)| *session == part.session);
        let at = at.unwrap_or_else(|| {
            if self.parts.len() == PEERS {
                // More senders than are followed: who came first gives up its place.
                self.parts.remove(0);
            }
            self.parts.push((part.session, Vec::with_capacity(Self::LENGTH)));
            self.parts.len() - 1
        });
        let together = &mut self.parts[at].1;
        if part.first {
            together.clear();
        } else if together.is_empty() {
            // The first frame was not heard, or the message was refused already.
            return Heed::Done;
        }
        let whole = together.len() + bytes.len();
        if whole > Self::LENGTH {
            together.clear();
            return self.refuse(Refusal::Length { got: whole, want: Self::LENGTH });
        }
        together.extend_from_slice(bytes);
        if !part.last {
            return Heed::Done;
        }
        let mut message = std::mem::take(&mut self.parts[at].1);
        let heed = self.message(&message);
        match heed {
            // The last frame will be heard again.
            Heed::Later => message.truncate(whole - bytes.len()),
            Heed::Done => message.clear(),
        }
        self.parts[at].1 = message;
        heed
    }
}

impl<T: FromBytes> Hear for Inbox<T> {
    #[inline(always)]
    fn hear(&mut self, bytes: &[u8], frame: &Frame) -> Heed {
        if bytes.len() == Self::LENGTH { self.message(bytes) } else { self.part(bytes, frame) }
    }
}
