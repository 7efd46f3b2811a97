//! Where a receiver is in each stream that it hears: what is next, what is missing, what came twice.

#[cfg(test)]
mod tests;

use std::time::{Duration, Instant};

use crate::event::{Cause, Event, Gap, Refusal};
use crate::wire::{Header, Kind};

/// Senders that a receiver follows at once. One more takes the place of the one that has ended, if any has.
pub(crate) const PEERS: usize = 64;

/// What is to be done with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Its value is the next one, and follows the one that was taken before by its number.
    Take,
    /// Its value is the next one, and of another stream than the one before, or something is missing in between.
    Begin,
    /// It was had before, or it was given up as missing before.
    Duplicate,
    /// It ends its stream.
    End,
    /// It belongs to a new incarnation, and what is missing before it may still come from an older one: look at the others first.
    Wait,
    /// It is none of ours.
    Refuse(Refusal),
}

/// Where a receiver was in a stream, for one that takes its place; see [`Remote::resume`](crate::Remote::resume).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Which sender.
    pub stream: u64,
    /// The number of the next value.
    pub next: u64,
}

#[derive(Debug, Clone, Copy)]
struct Peer {
    stream: u64,
    next: u64,
    incarnation: u16,
    ended: bool,
    /// It comes from a position that was given, and nothing was heard of it yet.
    resumed: bool,
}

/// All streams that a receiver hears.
#[derive(Debug)]
pub(crate) struct Track {
    fingerprint: u32,
    // INVARIANT: never more than `PEERS`, allocated at once.
    peers: Vec<Peer>,
    // INVARIANT: an index of `peers`, or zero while there are none.
    current: usize,
    /// How many values went missing so far.
    pub(crate) lost: u64,
    /// How many messages were not the next of their stream because they, or later ones, were had before.
    repeats: u64,
    /// The lowest of the new incarnations that were told to wait since all images were looked at. Only that one may go on: if each could,
    /// those of several images would put one another off for ever.
    waits: Option<(u64, u16)>,
    /// The one that waited in the look before, and for how many looks.
    turning: Option<Turning>,
    /// Looks in a row that ended before all images were looked at.
    cut_short: usize,
    /// For how long, beside, nothing must come of an older incarnation: the engine may have more of it that is still on its way.
    rest: Duration,
}

/// A new incarnation that waits, as a look at all images found it.
#[derive(Debug, Clone, Copy)]
struct Turning {
    stream: u64,
    incarnation: u16,
    /// Where its stream was, and how much had been repeated: whatever is heard of an older incarnation changes one of them.
    at: (u64, u64),
    /// How many looks have heard nothing since.
    silent: u8,
    since: Instant,
}

/// How many looks in a row must hear nothing of the older incarnations: one alone may have passed nothing but the padding at the end
/// of a term, although the next term has more.
const SILENT_LOOKS: u8 = 2;

impl Track {
    pub(crate) fn new(fingerprint: u32, resume: Option<Position>, rest: Duration) -> Self {
        let mut peers = Vec::with_capacity(PEERS);
        if let Some(Position { stream, next }) = resume {
            peers.push(Peer { stream, next, incarnation: 0, ended: false, resumed: true });
        }
        Self {
            fingerprint,
            peers,
            current: 0,
            lost: 0,
            repeats: 0,
            waits: None,
            turning: None,
            cut_short: 0,
            rest,
        }
    }

    #[cfg(feature = "aeron")]
    pub(crate) const fn fingerprint(&self) -> u32 {
        self.fingerprint
    }

    /// Judges one message; what happened on the way is told to `tell`, before the message's own value.
    #[inline(always)]
    pub(crate) fn judge(&mut self, header: &Header, tell: &mut impl FnMut(Event)) -> Verdict {
        if let Some(peer) = self.peers.get_mut(self.current)
            && peer.stream == header.stream
            && peer.next == header.sequence
            && peer.incarnation == header.incarnation
            && !peer.resumed
            && !peer.ended
            && header.kind == Kind::Value
            && header.fingerprint == self.fingerprint
        {
            // A number at its limit is a hostile sender's, which then harms its own stream alone.
            peer.next = peer.next.wrapping_add(1);
            return Verdict::Take;
        }
        self.judge_rare(header, tell)
    }

    #[cold]
    fn judge_rare(&mut self, header: &Header, tell: &mut impl FnMut(Event)) -> Verdict {
        if header.fingerprint != self.fingerprint {
            return Verdict::Refuse(Refusal::Fingerprint { got: header.fingerprint, want: self.fingerprint });
        }
        let Some(at) = self.peers.iter().position(|peer| peer.stream == header.stream) else {
            return self.join(header, tell);
        };
        let mut peer = self.peers[at];
        let mut cause = Cause::Stream;
        if peer.resumed || header.incarnation > peer.incarnation {
            // Where nothing would be missing there is nothing to wait for: an older incarnation has sent only what was had.
            if header.sequence > peer.next && !self.may_turn(header) {
                return Verdict::Wait;
            }
            if peer.resumed {
                cause = Cause::Resumed;
            } else {
                tell(Event::Restarted { stream: header.stream, incarnation: header.incarnation });
                peer.ended = false;
                cause = Cause::Restart;
            }
            peer.resumed = false;
            peer.incarnation = header.incarnation;
        } else if header.incarnation < peer.incarnation {
            self.repeats += 1;
            return Verdict::Duplicate;
        }
        if header.kind == Kind::End {
            cause = Cause::End;
        }
        if header.sequence < peer.next || peer.ended {
            self.peers[at] = peer;
            self.repeats += 1;
            return match header.kind {
                Kind::Value => Verdict::Duplicate,
                // What a receiver has heard of a stream may be more than a hostile end admits.
                Kind::End if peer.ended => Verdict::Duplicate,
                Kind::End => self.end(at, peer, peer.next, tell),
            };
        }
        let missing = header.sequence - peer.next;
        if missing > 0 {
            tell(Event::Gap(Gap { stream: header.stream, first: peer.next, missing, cause }));
            self.lost = self.lost.saturating_add(missing);
        }
        match header.kind {
            Kind::Value => {
                peer.next = header.sequence.saturating_add(1);
                self.peers[at] = peer;
                self.current = at;
                Verdict::Begin
            }
            Kind::End => self.end(at, peer, header.sequence, tell),
        }
    }

    fn end(&mut self, at: usize, peer: Peer, sent: u64, tell: &mut impl FnMut(Event)) -> Verdict {
        self.peers[at] = Peer { next: sent, ended: true, ..peer };
        tell(Event::Ended { stream: peer.stream, sent });
        Verdict::End
    }

    fn join(&mut self, header: &Header, tell: &mut impl FnMut(Event)) -> Verdict {
        let peer = Peer {
            stream: header.stream,
            next: header.sequence.saturating_add(u64::from(header.kind == Kind::Value)),
            incarnation: header.incarnation,
            ended: header.kind == Kind::End,
            resumed: false,
        };
        if self.peers.len() < PEERS {
            self.current = self.peers.len();
            self.peers.push(peer);
        } else if let Some(at) = self.peers.iter().position(|peer| peer.ended) {
            self.current = at;
            self.peers[at] = peer;
        } else {
            return Verdict::Refuse(Refusal::Crowded { limit: PEERS });
        }
        tell(Event::Joined { stream: header.stream, missed: header.sequence });
        if peer.ended {
            tell(Event::Ended { stream: peer.stream, sent: header.sequence });
            return Verdict::End;
        }
        Verdict::Begin
    }

    /// A new incarnation waits until looks at all images have brought nothing more of the older ones.
    fn may_turn(&mut self, header: &Header) -> bool {
        let asked = (header.stream, header.incarnation);
        let may = self.turning.is_some_and(|turning| {
            (turning.stream, turning.incarnation) == asked
                && turning.silent >= SILENT_LOOKS
                && turning.since.elapsed() >= self.rest
        });
        if may {
            self.turning = None;
        } else {
            self.waits = Some(self.waits.map_or(asked, |waits| waits.min(asked)));
        }
        may
    }

    /// Told of each look: whether it took as much as a look may, so that it ended before all images were looked at.
    #[inline(always)]
    pub(crate) fn looked(&mut self, was_full: bool) {
        if self.waits.is_some() || self.turning.is_some() {
            self.look_ended(was_full);
        }
    }

    /// Each look begins at another image, so after as many as there are images each was the first once: together they are a look at all.
    #[cold]
    fn look_ended(&mut self, was_full: bool) {
        self.cut_short = if was_full { self.cut_short + 1 } else { 0 };
        if !was_full || self.cut_short == PEERS {
            self.cut_short = 0;
            self.count_look();
        }
    }

    fn count_look(&mut self) {
        let before = self.turning.take();
        // One that waits no more, because its image has gone, leaves its place to the next.
        let Some((stream, incarnation)) = self.waits.take() else { return };
        let peer = self.peers.iter().find(|peer| peer.stream == stream);
        let at = (peer.map_or(0, |peer| peer.next), self.repeats);
        self.turning = Some(match before {
            Some(before) if (before.stream, before.incarnation, before.at) == (stream, incarnation, at) => {
                Turning { silent: before.silent.saturating_add(1), ..before }
            }
            _ => Turning { stream, incarnation, at, silent: 0, since: Instant::now() },
        });
    }

    /// Told that the engine has nothing of older incarnations behind a new one that waits: it may go on.
    #[cfg(feature = "iceoryx2")]
    pub(crate) fn turn(&mut self) {
        if let Some((stream, incarnation)) = self.waits.take() {
            let since = Instant::now();
            self.turning = Some(Turning { stream, incarnation, at: (0, 0), silent: SILENT_LOOKS, since });
        }
    }

    /// Whether every stream that was heard has ended in order, and there was one.
    pub(crate) fn all_ended(&self) -> bool {
        let mut heard = self.peers.iter().filter(|peer| !peer.resumed).peekable();
        heard.peek().is_some() && heard.all(|peer| peer.ended)
    }

    /// Whether the stream that was heard last has ended in order.
    #[cfg(feature = "iceoryx2")]
    pub(crate) fn has_ended(&self) -> bool {
        self.peers.get(self.current).is_some_and(|peer| peer.ended)
    }

    /// Where the receiver is in the stream that it heard last.
    pub(crate) fn position(&self) -> Option<Position> {
        let peer = self.peers.get(self.current)?;
        Some(Position { stream: peer.stream, next: peer.next })
    }
}
