//! Where the engine's messages become values and events, in order.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use crate::event::{Event, Refusal};
use crate::inlet::Heed;
use crate::tally::Tally;
use crate::track::{Position, Track, Verdict};
use crate::wire::Header;

/// Values that are taken from the engine at once, and wait in the receiver until they are popped.
pub(crate) const BURST: usize = 64;

/// Events that wait to be heard. The rest is only counted: who does not listen is not to fill the memory.
const EVENTS: usize = 256;

/// Where an engine's messages become values.
#[derive(Debug)]
pub struct Inbox<T> {
    // INVARIANT: at most `BURST`, allocated at once.
    pub(crate) values: VecDeque<T>,
    // INVARIANT: of each run of numbers of one stream that has a value here where it begins, and before them the one that the value
    // popped last was of; so at most one more than there are values, allocated at once.
    runs: VecDeque<Run>,
    /// Events, and behind how many accepted values each belongs.
    pub(crate) events: VecDeque<(u64, Event)>,
    pub(crate) track: Track,
    pub(crate) accepted: u64,
    pub(crate) popped: u64,
    /// Something happened since the last look that may end the edge or open it again.
    pub(crate) turned: bool,
    /// Which refusals have been told.
    told: [bool; 4],
    pub(crate) tally: Arc<Tally>,
}

/// Where values begin that follow one another by their numbers.
#[derive(Debug, Clone, Copy)]
struct Run {
    /// Behind how many accepted values.
    at: u64,
    first: Position,
}

impl<T> Inbox<T> {
    pub(crate) fn new(fingerprint: u32, resume: Option<Position>, rest: Duration, tally: Arc<Tally>) -> Self {
        let mut runs = VecDeque::with_capacity(BURST + 2);
        // What is heard first may have been had before, and the next is what was asked for.
        runs.extend(resume.map(|first| Run { at: 0, first }));
        Self {
            values: VecDeque::with_capacity(BURST),
            runs,
            events: VecDeque::with_capacity(EVENTS),
            track: Track::new(fingerprint, resume, rest),
            accepted: 0,
            popped: 0,
            turned: false,
            told: [false; 4],
            tally,
        }
    }

    pub(crate) fn tell(&mut self, event: Event) {
        if self.events.len() < EVENTS {
            self.events.push_back((self.accepted, event));
        }
    }

    /// Which value is the next to be popped; where none waits, what the stream that was heard last goes on with.
    pub(crate) fn position(&self) -> Option<Position> {
        if self.values.is_empty() {
            return self.track.position();
        }
        let Run { at, first } = self.runs.iter().rfind(|run| run.at <= self.popped)?;
        Some(Position { next: first.next.wrapping_add(self.popped - at), ..*first })
    }

    #[cold]
    fn begin(&mut self, header: &Header) {
        while self.runs.get(1).is_some_and(|run| run.at <= self.popped) {
            self.runs.pop_front();
        }
        let first = Position { stream: header.stream, next: header.sequence };
        self.runs.push_back(Run { at: self.accepted, first });
    }

    #[inline(always)]
    fn take(&mut self, value: &mut Option<T>) -> Heed {
        if let Some(value) = value.take() {
            self.values.push_back(value);
            self.accepted += 1;
        }
        Heed::Done
    }

    /// The way in is there again.
    #[cfg(feature = "aeron")]
    pub(crate) fn reopened(&mut self) {
        self.tally.heard.reopened.add(1);
        self.tell(Event::Reopened);
    }

    pub(crate) fn refuse(&mut self, refusal: Refusal) -> Heed {
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

    /// One message, taken apart: a value, which is taken out if it is the next, or the end of a stream.
    #[inline(always)]
    pub(crate) fn judge(&mut self, header: &Header, value: &mut Option<T>) -> Heed {
        let Self { track, events, accepted, tally, turned, .. } = self;
        let at = *accepted;
        let verdict = track.judge(header, &mut |event| {
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
            Verdict::Take => self.take(value),
            Verdict::Begin => {
                self.begin(header);
                self.take(value)
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Kind;

    fn inbox() -> Inbox<u64> {
        Inbox::new(7, None, Duration::ZERO, Arc::default())
    }

    fn hears(inbox: &mut Inbox<u64>, stream: u64, sequence: u64) {
        let header = Header { stream, sequence, fingerprint: 7, incarnation: 0, kind: Kind::Value };
        assert_eq!(inbox.judge(&header, &mut Some(sequence)), Heed::Done);
    }

    /// Pops as a receiver does, and says where it was before.
    fn pop(inbox: &mut Inbox<u64>) -> (u64, Position) {
        let position = inbox.position().unwrap();
        inbox.popped += 1;
        (inbox.values.pop_front().unwrap(), position)
    }

    #[test]
    fn the_position_is_the_next_value_whatever_is_missing_behind_it() {
        let mut inbox = inbox();
        for sequence in (0..=10).chain([20, 21]) {
            hears(&mut inbox, 1, sequence);
        }
        for next in (0..=10).chain([20, 21]) {
            assert_eq!(pop(&mut inbox), (next, Position { stream: 1, next }));
        }
        assert_eq!(inbox.position(), Some(Position { stream: 1, next: 22 }));
    }

    #[test]
    fn the_position_of_one_that_resumed_is_the_next_value_as_well() {
        let mut inbox = Inbox::new(7, Some(Position { stream: 1, next: 3 }), Duration::ZERO, Arc::default());
        for sequence in [2, 3, 4, 4, 9] {
            hears(&mut inbox, 1, sequence);
        }
        for next in [3, 4, 9] {
            assert_eq!(pop(&mut inbox), (next, Position { stream: 1, next }));
        }
    }

    /// Each look brings as much as it may, of streams that take turns value by value: nothing grows.
    #[test]
    fn the_position_is_the_next_value_of_whichever_stream() {
        let mut inbox = inbox();
        let places = inbox.runs.capacity();
        for look in 0..100 {
            for n in 0..BURST as u64 {
                hears(&mut inbox, n % 3, 100 * look + n);
            }
            for n in 0..BURST as u64 {
                let next = 100 * look + n;
                assert_eq!(pop(&mut inbox), (next, Position { stream: n % 3, next }));
            }
        }
        assert_eq!(inbox.runs.capacity(), places);
    }
}
