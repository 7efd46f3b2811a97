//! Where the engine's frames become values and events, in order.

use std::collections::VecDeque;
use std::sync::Arc;

use zerocopy::FromBytes;

use crate::engine::{Frame, Hear, Heed};
use crate::event::{Event, Refusal};
use crate::receiver::BURST;
use crate::tally::Tally;
use crate::track::{PEERS, Position, Track, Verdict};
use crate::wire::{HEADER_BYTES, Header};

/// Events that wait to be heard. The rest is only counted: who does not listen is not to fill the memory.
const EVENTS: usize = 256;

/// Where the engine's frames become values.
pub(super) struct Inbox<T> {
    // INVARIANT: at most `BURST`, allocated at once.
    pub(super) values: VecDeque<T>,
    /// Events, and behind how many accepted values each belongs.
    pub(super) events: VecDeque<(u64, Event)>,
    pub(super) track: Track,
    pub(super) accepted: u64,
    pub(super) popped: u64,
    /// Messages of several frames that are not complete, by the session that sends them.
    pub(super) parts: Vec<(i32, Vec<u8>)>,
    /// Something happened since the last look that may end the edge or open it again.
    pub(super) turned: bool,
    /// Which refusals have been told.
    told: [bool; 4],
    pub(super) tally: Arc<Tally>,
}

impl<T> Inbox<T> {
    pub(super) fn new(fingerprint: u32, resume: Option<Position>, tally: Arc<Tally>) -> Self {
        Self {
            values: VecDeque::with_capacity(BURST),
            events: VecDeque::with_capacity(EVENTS),
            track: Track::new(fingerprint, resume),
            accepted: 0,
            popped: 0,
            parts: Vec::new(),
            turned: false,
            told: [false; 4],
            tally,
        }
    }

    pub(super) fn tell(&mut self, event: Event) {
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
