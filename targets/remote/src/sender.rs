//! The end that sends.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use fusewire::edge::{EdgeStats, Push, Pushed, Wake};
use zerocopy::{Immutable, IntoBytes};

use crate::engine::{Handle, Offered, Publication};
use crate::journal::{Journal, Start};
use crate::keeper::{Finish, Order, Session};
use crate::policy::Overflow;
use crate::port::{News, Port, Slot};
use crate::tally::{Half, Reading, RemoteStats, Tally};
use crate::wire::{HEADER_BYTES, Header, Kind};

/// The end of a remote edge that sends; made by [`Remote::sender`](crate::Remote::sender) or by opening both.
///
/// A push writes header and value into Aeron's log in place: two calls into the engine, no copy besides, no
/// allocation, no system call. A value for which the engine has no room waits on this side. It goes before the next
/// one, with [`flush`](Push::flush), which a lane calls by itself, or when the sender is dropped.
///
/// Dropping it sends the end of the stream after the last value, from the keeper's thread; dropping the last end over
/// a driver waits until that has left, two seconds at most.
pub struct RemoteSender<T: IntoBytes + Immutable> {
    publication: Option<Publication>,
    start: Start,
    fingerprint: u32,
    // INVARIANT: at most `room` values, allocated at once, that come after everything that was sent.
    waiting: VecDeque<T>,
    room: usize,
    overflow: Overflow,
    // INVARIANT: the number of the next value of the stream, sent or waiting; less the waiting, of the next to be sent.
    next: u64,
    // What `next` was at the last stall, plus one.
    stalled_at: u64,
    // Messages longer than a frame are put together here.
    long: Option<Box<[u8]>>,
    patience: Option<Duration>,
    alone_since: Option<Instant>,
    journal: Option<Journal>,
    tally: Arc<Tally>,
    reading: Arc<Reading>,
    port: Arc<Port>,
    session: Arc<Session>,
}

/// What a sender is made of, by its description.
pub(crate) struct SenderParts {
    pub(crate) overflow: Overflow,
    pub(crate) room: usize,
    pub(crate) patience: Option<Duration>,
    pub(crate) fingerprint: u32,
    pub(crate) start: Start,
    pub(crate) journal: Option<Journal>,
    pub(crate) tally: Arc<Tally>,
    pub(crate) half: Half,
    pub(crate) port: Arc<Port>,
    pub(crate) session: Arc<Session>,
}

impl<T: IntoBytes + Immutable> RemoteSender<T> {
    const LENGTH: usize = HEADER_BYTES + size_of::<T>();

    pub(crate) fn new(parts: SenderParts) -> Self {
        let SenderParts { overflow, room, patience, fingerprint, start, journal, tally, half, port, session } =
            parts;
        let reading = Arc::new(Reading::new(Arc::clone(&tally), half, Arc::clone(&port)));
        Self {
            publication: None,
            start,
            fingerprint,
            waiting: VecDeque::with_capacity(room),
            room,
            overflow,
            next: start.next,
            stalled_at: 0,
            long: None,
            patience,
            alone_since: None,
            journal,
            tally,
            reading,
            port,
            session,
        }
    }

    /// Takes the publication that was opened, if one was.
    pub(crate) fn take_publication(&mut self) -> Option<&Publication> {
        let mut slot = self.port.slot();
        if let Slot::Here(_) = &*slot
            && let Slot::Here(Handle::Publication(publication)) = std::mem::replace(&mut *slot, Slot::Taken)
        {
            if Self::LENGTH > publication.max_frame {
                self.long = Some(vec![0; Self::LENGTH].into_boxed_slice());
            }
            self.publication = Some(publication);
        }
        self.publication.as_ref()
    }

    /// Whether somebody receives now.
    pub fn is_connected(&self) -> bool {
        self.publication.as_ref().is_some_and(Publication::is_connected)
    }

    /// What was counted, and why this end is not open if it is not.
    pub fn remote_stats(&self) -> RemoteStats {
        self.reading.read()
    }

    /// The stream's identity, as receivers name it in their events.
    pub fn stream(&self) -> u64 {
        self.start.stream
    }

    /// The number that the next value has in the stream: how many were pushed, over all restarts with the same journal.
    pub fn next_number(&self) -> u64 {
        self.next
    }

    #[inline(always)]
    fn header(&self, kind: Kind, sequence: u64) -> Header {
        let Self { start, fingerprint, .. } = self;
        Header {
            stream: start.stream,
            incarnation: start.incarnation,
            sequence,
            fingerprint: *fingerprint,
            kind,
        }
    }

    /// Sends one value as number `sequence`, if the engine takes it.
    #[inline(always)]
    fn send(&mut self, value: &T, sequence: u64) -> Offered {
        let header = self.header(Kind::Value, sequence).to_bytes();
        // How many were taken when this one is: one that waited before was counted already.
        let taken = self.next.max(sequence + 1);
        let Some(publication) = &mut self.publication else { return Offered::NotConnected };
        if let Some(long) = &mut self.long {
            long[..HEADER_BYTES].copy_from_slice(&header);
            long[HEADER_BYTES..].copy_from_slice(value.as_bytes());
            if let Some(journal) = &self.journal {
                journal.note(taken);
            }
            let offered = publication.offer(long);
            if let Some(journal) = &self.journal
                && offered != Offered::Sent
            {
                journal.note(self.next);
            }
            return offered;
        }
        let journal = self.journal.as_ref();
        publication.send(Self::LENGTH, |at| {
            if let Some(journal) = journal {
                journal.note(taken);
            }
            let bytes = value.as_bytes();
            // SAFETY: the engine gives room for `LENGTH` bytes, of which these are the first.
            unsafe { std::ptr::copy_nonoverlapping(header.as_ptr(), at, HEADER_BYTES) };
            // SAFETY: these are the others.
            let at = unsafe { at.add(HEADER_BYTES) };
            // SAFETY: the value's bytes fit, and what is in the log is nowhere in a value.
            unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), at, bytes.len()) };
        })
    }

    /// Pushes what was not simply sent: follows news, sends what waits, and asks the policy.
    #[cold]
    fn push_rare(&mut self, value: T) -> Pushed<T> {
        if self.drain() && self.send(&value, self.next) == Offered::Sent {
            self.took();
            return Pushed::Ok;
        }
        if self.waiting.len() < self.room {
            self.waiting.push_back(value);
            self.took();
            // Somebody has to look after it, also where no other value comes.
            self.port.set_idle(true);
            if let Some(journal) = &self.journal {
                journal.note(self.next);
            }
            self.tally.sent.spilled.add(1);
            self.tally.sent.waiting.set(self.waiting.len() as u64);
            return Pushed::Ok;
        }
        match self.overflow {
            Overflow::Block => {
                self.stall();
                Pushed::Full(value)
            }
            Overflow::DropNewest => {
                // It has no number: nothing was sent that a receiver could miss.
                self.tally.sent.taken.add(1);
                self.tally.sent.dropped.add(1);
                Pushed::Dropped
            }
        }
    }

    #[inline(always)]
    fn took(&mut self) {
        self.next += 1;
        self.tally.sent.taken.add(1);
        self.port.set_idle(false);
    }

    /// Sends what waits. Whether nothing waits any more and a publication is open.
    #[cold]
    fn drain(&mut self) -> bool {
        match self.port.hear() {
            News::None => {}
            News::Opened => {
                // The news of the first opening may come after its publication was taken.
                let is_new = matches!(*self.port.slot(), Slot::Here(_));
                self.take_publication();
                self.tally.sent.reopened.add(u64::from(is_new));
            }
            News::Lost => {
                // The keeper closes the client of a lost driver when its handles have come back.
                self.publication = None;
                *self.port.slot() = Slot::Wanted;
            }
        }
        while let Some(value) = self.waiting.pop_front() {
            let number = self.next - self.waiting.len() as u64 - 1;
            let offered = self.send(&value, number);
            if offered != Offered::Sent {
                self.waiting.push_front(value);
                self.could_not(offered);
                return false;
            }
            self.alone_since = None;
        }
        self.tally.sent.waiting.set(0);
        self.port.set_idle(false);
        self.publication.is_some()
    }

    fn could_not(&mut self, offered: Offered) {
        self.tally.sent.waiting.set(self.waiting.len() as u64);
        match offered {
            Offered::Sent | Offered::BackPressured => self.alone_since = None,
            Offered::NotConnected => {
                self.alone_since.get_or_insert_with(Instant::now);
            }
            Offered::Over => {
                // Closed by Aeron, or at the greatest position that a log has: the stream goes on in another.
                if let Some(publication) = self.publication.take() {
                    *self.port.slot() = Slot::Wanted;
                    self.session.order(Order::Close(Handle::Publication(publication)));
                }
            }
        }
    }

    fn stall(&mut self) {
        self.port.set_idle(true);
        let now = self.next.wrapping_add(1);
        if self.stalled_at != now {
            self.stalled_at = now;
            self.tally.sent.stalls.add(1);
        }
    }
}

impl<T: IntoBytes + Immutable + Send> Push for RemoteSender<T> {
    type Item = T;

    #[inline(always)]
    fn push(&mut self, value: T) -> Pushed<T> {
        if self.waiting.is_empty() && !self.port.has_news() {
            let number = self.next;
            let offered = self.send(&value, number);
            if offered == Offered::Sent {
                self.next = number + 1;
                self.tally.sent.taken.add(1);
                return Pushed::Ok;
            }
            self.could_not(offered);
        }
        self.push_rare(value)
    }

    /// The values that do not go into the log wait here, one at least; so there is room as long as not all of that is taken.
    #[inline(always)]
    fn has_room(&mut self) -> bool {
        if self.waiting.is_empty() && !self.port.has_news() {
            return true;
        }
        self.drain();
        if self.waiting.len() < self.room || self.overflow == Overflow::DropNewest {
            return true;
        }
        self.stall();
        false
    }

    /// When the receiver that was opened with it is gone. One in another process may come back: then only with
    /// [`Remote::give_up_after`](crate::Remote::give_up_after), when none was there for as long.
    fn is_closed(&self) -> bool {
        if self.tally.is_deserted() {
            return true;
        }
        match (self.patience, self.alone_since) {
            (Some(patience), Some(since)) => since.elapsed() >= patience,
            _ => false,
        }
    }

    fn flush(&mut self) -> bool {
        self.waiting.is_empty() || {
            self.drain();
            self.waiting.is_empty()
        }
    }

    fn woken_by(&self, wake: Box<dyn Wake>) -> bool {
        self.port.woken_by(wake)
    }

    fn stats(&self) -> Option<EdgeStats> {
        Some(self.reading.edge_stats())
    }
}

impl<T: IntoBytes + Immutable> Drop for RemoteSender<T> {
    fn drop(&mut self) {
        self.drain();
        let Some(publication) = self.publication.take() else {
            self.tally.sent.dropped.add(self.waiting.len() as u64);
            self.tally.sent.waiting.set(0);
            self.tally.end_without_a_word();
            return self.session.order(Order::Detach(Arc::clone(&self.port), None));
        };
        let first = self.next - self.waiting.len() as u64;
        let values = self.waiting.iter().zip(first..);
        let values =
            values.map(|(value, number)| message(self.header(Kind::Value, number), value.as_bytes()));
        // The end is the last message, behind the values that wait.
        let end = message(self.header(Kind::End, self.next), &[]);
        let messages = values.chain([end]).collect();
        let finish = Finish { publication, messages, tally: Arc::clone(&self.tally) };
        self.session.order(Order::Finish(Arc::clone(&self.port), finish));
    }
}

fn message(header: Header, value: &[u8]) -> Box<[u8]> {
    let mut message = Vec::with_capacity(HEADER_BYTES + value.len());
    message.extend_from_slice(&header.to_bytes());
    message.extend_from_slice(value);
    message.into_boxed_slice()
}

impl<T: IntoBytes + Immutable> fmt::Debug for RemoteSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteSender")
            .field("port", &self.port)
            .field("stream", &self.start.stream)
            .field("next", &self.next)
            .finish_non_exhaustive()
    }
}
