//! Where a receiver is in each stream that it hears: what is next, what is missing, what came twice.

use crate::event::{Cause, Event, Gap, Refusal};
use crate::wire::{Header, Kind};

/// Senders that a receiver follows at once. One more takes the place of the one that has ended, if any has.
pub(crate) const PEERS: usize = 64;

/// What is to be done with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Its value is the next one.
    Take,
    /// It was had before, or it was given up as missing before.
    Duplicate,
    /// It ends its stream.
    End,
    /// It belongs to a new incarnation, and what the old one sent may still be on its way: look at the others first.
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
    /// A new incarnation that was told to wait, and whether it may go on.
    turning: Option<(u64, u16, bool)>,
}

impl Track {
    pub(crate) fn new(fingerprint: u32, resume: Option<Position>) -> Self {
        let mut peers = Vec::with_capacity(PEERS);
        if let Some(Position { stream, next }) = resume {
            peers.push(Peer { stream, next, incarnation: 0, ended: false, resumed: true });
        }
        Self { fingerprint, peers, current: 0, lost: 0, turning: None }
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
        if peer.resumed {
            peer.resumed = false;
            peer.incarnation = header.incarnation;
            cause = Cause::Resumed;
        } else if header.incarnation > peer.incarnation {
            if !self.may_turn(header) {
                return Verdict::Wait;
            }
            tell(Event::Restarted { stream: header.stream, incarnation: header.incarnation });
            peer.incarnation = header.incarnation;
            peer.ended = false;
            cause = Cause::Restart;
        } else if header.incarnation < peer.incarnation {
            return Verdict::Duplicate;
        }
        if header.kind == Kind::End {
            cause = Cause::End;
        }
        if header.sequence < peer.next || peer.ended {
            self.peers[at] = peer;
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
                Verdict::Take
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
        Verdict::Take
    }

    /// A new incarnation waits until one look at all images has brought nothing more of the old one.
    fn may_turn(&mut self, header: &Header) -> bool {
        let asked = (header.stream, header.incarnation);
        match self.turning {
            Some((stream, incarnation, may)) if (stream, incarnation) == asked => {
                if may {
                    self.turning = None;
                }
                may
            }
            _ => {
                self.turning = Some((asked.0, asked.1, false));
                false
            }
        }
    }

    /// Told when all images were looked at, and how many values were taken meanwhile.
    #[inline(always)]
    pub(crate) fn looked(&mut self, taken: usize) {
        if let Some((_, _, may)) = &mut self.turning {
            *may = taken == 0;
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

#[cfg(test)]
mod tests {
    use super::*;

    const PRINT: u32 = 7;

    struct Bed {
        track: Track,
        events: Vec<Event>,
    }

    impl Bed {
        fn new(resume: Option<Position>) -> Self {
            Self { track: Track::new(PRINT, resume), events: Vec::new() }
        }

        fn hears(&mut self, header: Header) -> Verdict {
            let events = &mut self.events;
            self.track.judge(&header, &mut |event| events.push(event))
        }

        fn events(&mut self) -> Vec<Event> {
            std::mem::take(&mut self.events)
        }
    }

    fn value(stream: u64, incarnation: u16, sequence: u64) -> Header {
        Header { stream, sequence, fingerprint: PRINT, incarnation, kind: Kind::Value }
    }

    fn end(stream: u64, sequence: u64) -> Header {
        Header { kind: Kind::End, ..value(stream, 0, sequence) }
    }

    fn gap(first: u64, missing: u64, cause: Cause) -> Event {
        Event::Gap(Gap { stream: 1, first, missing, cause })
    }

    #[test]
    fn values_in_order_are_taken_without_a_word() {
        let mut bed = Bed::new(None);
        for sequence in 0..100 {
            assert_eq!(bed.hears(value(1, 0, sequence)), Verdict::Take);
        }
        assert_eq!(bed.events(), [Event::Joined { stream: 1, missed: 0 }]);
        assert_eq!((bed.track.lost, bed.track.position()), (0, Some(Position { stream: 1, next: 100 })));
    }

    #[test]
    fn a_gap_has_its_exact_size_and_comes_before_the_value_behind_it() {
        let mut bed = Bed::new(None);
        bed.hears(value(1, 0, 0));
        bed.events();
        assert_eq!(bed.hears(value(1, 0, 42)), Verdict::Take);
        assert_eq!(bed.events(), [gap(1, 41, Cause::Stream)]);
        assert_eq!(bed.hears(value(1, 0, 43)), Verdict::Take);
        assert_eq!((bed.events(), bed.track.lost), (vec![], 41));
    }

    #[test]
    fn what_comes_twice_or_late_is_dropped() {
        let mut bed = Bed::new(None);
        for sequence in [0, 1, 5] {
            assert_eq!(bed.hears(value(1, 0, sequence)), Verdict::Take);
        }
        for sequence in [0, 1, 3, 5] {
            assert_eq!(bed.hears(value(1, 0, sequence)), Verdict::Duplicate, "{sequence}");
        }
        assert_eq!(bed.hears(value(1, 0, 6)), Verdict::Take);
    }

    #[test]
    fn who_joins_late_is_told_what_came_before_and_nothing_is_lost() {
        let mut bed = Bed::new(None);
        assert_eq!(bed.hears(value(1, 0, 1000)), Verdict::Take);
        assert_eq!((bed.events(), bed.track.lost), (vec![Event::Joined { stream: 1, missed: 1000 }], 0));
    }

    #[test]
    fn who_resumes_is_told_what_it_missed() {
        let mut bed = Bed::new(Some(Position { stream: 1, next: 10 }));
        assert!(!bed.track.all_ended());
        assert_eq!(bed.hears(value(1, 3, 25)), Verdict::Take);
        assert_eq!((bed.events(), bed.track.lost), (vec![gap(10, 15, Cause::Resumed)], 15));
        assert_eq!(bed.hears(value(1, 3, 26)), Verdict::Take);
        assert_eq!(bed.events(), []);
    }

    #[test]
    fn who_resumes_and_missed_nothing_hears_nothing() {
        let mut bed = Bed::new(Some(Position { stream: 1, next: 10 }));
        assert_eq!(bed.hears(value(1, 0, 9)), Verdict::Duplicate);
        assert_eq!(bed.hears(value(1, 0, 10)), Verdict::Take);
        assert_eq!((bed.events(), bed.track.lost), (vec![], 0));
    }

    #[test]
    fn a_restarted_sender_waits_for_what_its_predecessor_sent() {
        let mut bed = Bed::new(None);
        bed.hears(value(1, 0, 0));
        assert_eq!(bed.hears(value(1, 1, 10)), Verdict::Wait);
        assert_eq!(bed.hears(value(1, 0, 1)), Verdict::Take);
        bed.track.looked(1);
        assert_eq!(bed.hears(value(1, 1, 10)), Verdict::Wait);
        bed.track.looked(0);
        bed.events();
        assert_eq!(bed.hears(value(1, 1, 10)), Verdict::Take);
        assert_eq!(bed.events(), [Event::Restarted { stream: 1, incarnation: 1 }, gap(2, 8, Cause::Restart)]);
        assert_eq!(bed.hears(value(1, 0, 2)), Verdict::Duplicate);
        assert_eq!(bed.hears(value(1, 1, 11)), Verdict::Take);
    }

    #[test]
    fn an_end_says_what_is_missing_and_closes() {
        let mut bed = Bed::new(None);
        bed.hears(value(1, 0, 0));
        bed.events();
        assert_eq!(bed.hears(end(1, 4)), Verdict::End);
        assert_eq!(bed.events(), [gap(1, 3, Cause::End), Event::Ended { stream: 1, sent: 4 }]);
        assert!(bed.track.all_ended());
        assert_eq!(bed.hears(end(1, 4)), Verdict::Duplicate);
        assert_eq!(bed.hears(value(1, 0, 4)), Verdict::Duplicate);
    }

    #[test]
    fn all_have_ended_when_the_last_has() {
        let mut bed = Bed::new(None);
        bed.hears(value(1, 0, 0));
        bed.hears(value(2, 0, 0));
        bed.hears(end(1, 1));
        assert!(!bed.track.all_ended());
        bed.hears(value(2, 0, 1));
        bed.hears(end(2, 2));
        assert!(bed.track.all_ended() && bed.track.lost == 0);
    }

    #[test]
    fn an_end_may_be_all_that_is_heard() {
        let mut bed = Bed::new(None);
        assert_eq!(bed.hears(end(1, 0)), Verdict::End);
        assert!(bed.track.all_ended());
    }

    #[test]
    fn foreign_types_are_refused_and_change_nothing() {
        let mut bed = Bed::new(None);
        bed.hears(value(1, 0, 0));
        let foreign = Header { fingerprint: 8, ..value(1, 0, 1) };
        assert_eq!(bed.hears(foreign), Verdict::Refuse(Refusal::Fingerprint { got: 8, want: PRINT }));
        assert_eq!(bed.hears(value(1, 0, 1)), Verdict::Take);
    }

    #[test]
    fn there_are_only_so_many_peers_and_those_that_ended_make_room() {
        let mut bed = Bed::new(None);
        for stream in 0..PEERS as u64 {
            assert_eq!(bed.hears(value(stream, 0, 0)), Verdict::Take);
        }
        assert_eq!(bed.hears(value(1000, 0, 0)), Verdict::Refuse(Refusal::Crowded { limit: PEERS }));
        bed.hears(end(3, 1));
        assert_eq!(bed.hears(value(1000, 0, 0)), Verdict::Take);
        assert_eq!(bed.track.peers.len(), PEERS);
    }

    #[test]
    fn numbers_at_their_limits_do_not_overflow() {
        let mut bed = Bed::new(None);
        assert_eq!(bed.hears(value(1, u16::MAX, u64::MAX)), Verdict::Take);
        assert_eq!(bed.hears(value(1, u16::MAX, u64::MAX)), Verdict::Take);
        bed.hears(value(2, 0, 0));
        assert_eq!(bed.hears(value(2, 0, u64::MAX)), Verdict::Take);
    }
}
