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

impl<T> Inbox<T> {
    pub(crate) fn new(fingerprint: u32, resume: Option<Position>, rest: Duration, tally: Arc<Tally>) -> Self {
        Self {
            values: VecDeque::with_capacity(BURST),
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
            Verdict::Take => {
                if let Some(value) = value.take() {
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
}
