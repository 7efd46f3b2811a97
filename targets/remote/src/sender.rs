//! The end that sends: numbers, what waits, and the policy. The engine is an [`Outlet`].

#[cfg(test)]
mod tests;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::{Duration, Instant};

use fusewire::edge::{EdgeStats, Push, Pushed, Wake};

use crate::journal::{Journal, Start};
use crate::outlet::{Note, Offered, Outlet};
use crate::policy::Overflow;
use crate::tally::{Half, Reading, RemoteStats, Tally};
use crate::waiting::{Kept, Waiting};
use crate::wire::{Header, Kind};

/// The end of an edge beyond the process that sends, over one of the engines.
///
/// A push writes header and value where the engine will send them from: no copy besides, no system call, and no allocation but what the
/// engine makes itself (iceoryx2 0.10: one for each value that it takes). A value for which the engine has no room waits on this
/// side, `W`. It goes before the next one, with [`flush`](Push::flush), which a lane calls by itself, or when the sender is dropped.
///
/// Dropping it sends the end of the stream after the last value, from a thread that looks after it; dropping the last end of the process
/// waits until that has left, two seconds at most.
pub struct LinkSender<T, O: Outlet<T>, W: Waiting<T>> {
    outlet: O,
    start: Start,
    fingerprint: u32,
    // INVARIANT: these come after everything that was sent.
    waiting: W,
    overflow: Overflow,
    // INVARIANT: the number of the next value of the stream, sent or waiting; less the waiting, of the next to be sent.
    next: u64,
    // What `next` was at the last stall, plus one.
    stalled_at: u64,
    patience: Option<Duration>,
    alone_since: Option<Instant>,
    journal: Option<Journal>,
    tally: Arc<Tally>,
    reading: Arc<Reading>,
    values: PhantomData<fn(T)>,
}

/// What a sender is made of, by its description.
pub(crate) struct SenderParts<O, W> {
    pub(crate) outlet: O,
    pub(crate) waiting: W,
    pub(crate) overflow: Overflow,
    pub(crate) patience: Option<Duration>,
    pub(crate) fingerprint: u32,
    pub(crate) start: Start,
    pub(crate) journal: Option<Journal>,
    pub(crate) tally: Arc<Tally>,
    pub(crate) half: Half,
}

impl<T, O: Outlet<T>, W: Waiting<T>> LinkSender<T, O, W> {
    pub(crate) fn new(parts: SenderParts<O, W>) -> Self {
        let SenderParts { outlet, waiting, overflow, patience, fingerprint, start, journal, tally, half } =
            parts;
        let reading = Arc::new(Reading::new(Arc::clone(&tally), half, Arc::clone(outlet.post())));
        Self {
            outlet,
            start,
            fingerprint,
            waiting,
            overflow,
            next: start.next,
            stalled_at: 0,
            patience,
            alone_since: None,
            journal,
            tally,
            reading,
            values: PhantomData,
        }
    }

    /// Whether somebody receives now.
    pub fn is_connected(&self) -> bool {
        self.outlet.is_connected()
    }

    /// What was counted, and why this end is not open if it is not.
    pub fn remote_stats(&self) -> RemoteStats {
        self.reading.read()
    }

    /// The stream's identity, as receivers name it in their events.
    pub fn stream(&self) -> u64 {
        self.start.stream
    }

    /// The number that the next value has in the stream: how many were sent or wait, over all restarts with the same journal.
    pub fn next_number(&self) -> u64 {
        self.next
    }

    #[cfg(feature = "aeron")]
    pub(crate) fn outlet_mut(&mut self) -> &mut O {
        &mut self.outlet
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

    /// Sends one value as the next number, if the engine takes it.
    #[inline(always)]
    fn send(&mut self, value: &T) -> Offered {
        let header = self.header(Kind::Value, self.next);
        let note = Note { journal: self.journal.as_ref(), taken: self.next + 1, before: self.next };
        self.outlet.send(&header, value, note)
    }

    /// Pushes what was not simply sent: follows news, sends what waits, and asks the policy.
    #[cold]
    fn push_rare(&mut self, value: T) -> Pushed<T> {
        if self.drain() && self.send(&value) == Offered::Sent {
            // It may have found nobody a moment ago.
            self.alone_since = None;
            self.took();
            return Pushed::Ok;
        }
        match self.waiting.keep(value) {
            Kept::Behind => {
                // Before it is counted as taken: who sees that may ask at once whether it spilled, and what was taken and does not wait
                // is the engine's.
                self.tally.sent.spilled.add(1);
                self.tally.sent.waiting.set(self.waiting.len() as u64);
                self.took();
                // Somebody has to look after it, also where no other value comes.
                self.outlet.post().set_idle(true);
                if let Some(journal) = &self.journal {
                    journal.note(self.next);
                }
                Pushed::Ok
            }
            Kept::Instead => {
                // It has the number of the one that it replaced: nothing was sent that a receiver could miss.
                self.tally.sent.dropped.add(1);
                self.tally.sent.taken.add(1);
                Pushed::Ok
            }
            Kept::Full(value) => match self.overflow {
                Overflow::Block => {
                    self.stall();
                    Pushed::Full(value)
                }
                Overflow::DropNewest => {
                    // It has no number: nothing was sent that a receiver could miss.
                    self.tally.sent.dropped.add(1);
                    self.tally.sent.taken.add(1);
                    Pushed::Dropped
                }
                Overflow::Fail => Pushed::Failed(value),
            },
        }
    }

    #[inline(always)]
    fn took(&mut self) {
        self.next += 1;
        self.tally.sent.taken.add(1);
        self.outlet.post().set_idle(false);
    }

    /// Sends what waits. Whether nothing waits any more and there is a way out.
    #[cold]
    fn drain(&mut self) -> bool {
        if self.outlet.has_news() && self.outlet.follow() {
            self.tally.sent.reopened.add(1);
        }
        while !self.waiting.is_empty() {
            let header = self.header(Kind::Value, self.next - self.waiting.len() as u64);
            // The journal counted it when it began to wait.
            let note = Note { journal: self.journal.as_ref(), taken: self.next, before: self.next };
            let Some(value) = self.waiting.front() else { break };
            let offered = self.outlet.send(&header, value, note);
            if offered != Offered::Sent {
                self.could_not(offered);
                return false;
            }
            self.waiting.sent();
            self.alone_since = None;
        }
        self.tally.sent.waiting.set(0);
        self.outlet.post().set_idle(false);
        self.outlet.is_open()
    }

    fn could_not(&mut self, offered: Offered) {
        self.tally.sent.waiting.set(self.waiting.len() as u64);
        match offered {
            Offered::Sent | Offered::BackPressured => self.alone_since = None,
            Offered::NotConnected => {
                self.alone_since.get_or_insert_with(Instant::now);
            }
            Offered::Over => self.outlet.reopen(),
        }
    }

    fn stall(&mut self) {
        self.outlet.post().set_idle(true);
        let now = self.next.wrapping_add(1);
        if self.stalled_at != now {
            self.stalled_at = now;
            self.tally.sent.stalls.add(1);
        }
    }
}

impl<T: Send, O: Outlet<T>, W: Waiting<T>> Push for LinkSender<T, O, W> {
    type Item = T;

    #[inline(always)]
    fn push(&mut self, value: T) -> Pushed<T> {
        if self.waiting.is_empty() && !self.outlet.has_news() {
            let offered = self.send(&value);
            if offered == Offered::Sent {
                self.next += 1;
                self.tally.sent.taken.add(1);
                return Pushed::Ok;
            }
            self.could_not(offered);
        }
        self.push_rare(value)
    }

    /// The values that the engine does not take wait here, one at least; so there is room as long as not all of that is taken.
    #[inline(always)]
    fn has_room(&mut self) -> bool {
        if self.waiting.is_empty() && !self.outlet.has_news() {
            return true;
        }
        self.drain();
        if self.waiting.has_room() || self.overflow != Overflow::Block {
            return true;
        }
        self.stall();
        false
    }

    /// When the receiver that was opened with it is gone. One in another process may come back: then only with
    /// `give_up_after`, when none was there for as long.
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

    fn kept(&self) -> Option<usize> {
        Some(self.waiting.len())
    }

    fn woken_by(&self, wake: Box<dyn Wake>) -> bool {
        self.outlet.post().woken_by(wake)
    }

    fn stats(&self) -> Option<EdgeStats> {
        Some(self.reading.edge_stats())
    }
}

impl<T, O: Outlet<T>, W: Waiting<T>> Drop for LinkSender<T, O, W> {
    fn drop(&mut self) {
        self.drain();
        let waiting = self.waiting.len() as u64;
        let end = self.header(Kind::End, self.next);
        let first = Header { kind: Kind::Value, ..end };
        let numbers = self.next - waiting..;
        let values = self.waiting.iter().zip(numbers);
        let values = values.map(|(value, sequence)| (Header { sequence, ..first }, value));
        // The end is the last message, behind the values that wait.
        if !self.outlet.finish(values, end, &self.tally) {
            self.tally.sent.dropped.add(waiting);
            self.tally.sent.waiting.set(0);
            self.tally.end_without_a_word();
        }
    }
}

impl<T, O: Outlet<T>, W: Waiting<T>> fmt::Debug for LinkSender<T, O, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LinkSender")
            .field("stream", &self.start.stream)
            .field("next", &self.next)
            .field("stats", &self.reading)
            .finish_non_exhaustive()
    }
}
