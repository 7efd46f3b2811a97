//! Streams as a receiver may hear them, message by message.

use super::*;

const PRINT: u32 = 7;

struct Bed {
    track: Track,
    events: Vec<Event>,
}

impl Bed {
    fn new(resume: Option<Position>) -> Self {
        Self::with_rest(resume, Duration::ZERO)
    }

    fn with_rest(resume: Option<Position>, rest: Duration) -> Self {
        Self { track: Track::new(PRINT, resume, rest), events: Vec::new() }
    }

    fn hears(&mut self, header: Header) -> Verdict {
        let events = &mut self.events;
        match self.track.judge(&header, &mut |event| events.push(event)) {
            Verdict::Begin => Verdict::Take,
            verdict => verdict,
        }
    }

    fn events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    /// A new incarnation's first value, which is taken after as many looks as it takes, with something else in each.
    fn waits_for(&mut self, header: Header, mut each_look: impl FnMut(&mut Self)) {
        for _ in 0..=SILENT_LOOKS {
            assert_eq!(self.hears(header), Verdict::Wait);
            each_look(self);
            self.track.looked(false);
        }
        assert_eq!(self.hears(header), Verdict::Take);
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
    bed.waits_for(value(1, 3, 25), |_| {});
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
    // What is heard in between, as value or as repetition, begins the wait anew.
    for (sequence, verdict) in [(1, Verdict::Take), (1, Verdict::Duplicate)] {
        for _ in 0..SILENT_LOOKS {
            assert_eq!(bed.hears(value(1, 1, 10)), Verdict::Wait);
            bed.track.looked(false);
        }
        assert_eq!(bed.hears(value(1, 0, sequence)), verdict);
    }
    bed.events();
    bed.waits_for(value(1, 1, 10), |_| {});
    assert_eq!(bed.events(), [Event::Restarted { stream: 1, incarnation: 1 }, gap(2, 8, Cause::Restart)]);
    assert_eq!(bed.hears(value(1, 0, 2)), Verdict::Duplicate);
    assert_eq!(bed.hears(value(1, 1, 11)), Verdict::Take);
}

/// Each image has more than its predecessor's, and every look begins at another: the lowest goes first, and none puts off the others.
#[test]
fn many_incarnations_at_once_turn_in_their_order() {
    let mut bed = Bed::new(None);
    bed.hears(value(1, 0, 0));
    bed.events();
    let mut images: Vec<_> =
        (1..=6_u16).map(|new| (new, 10 * u64::from(new)..10 * u64::from(new) + 3)).collect();
    for look in 0..100 {
        let count = images.len();
        for at in 0..count {
            let (incarnation, left) = &mut images[(look + at) % count];
            while !left.is_empty() {
                match bed.hears(value(1, *incarnation, left.start)) {
                    Verdict::Take => left.start += 1,
                    verdict => {
                        assert_eq!(verdict, Verdict::Wait);
                        break;
                    }
                }
            }
        }
        bed.track.looked(false);
    }
    let told = (1..=6_u16).flat_map(|incarnation| {
        let (first, missing) = if incarnation == 1 { (1, 9) } else { (10 * u64::from(incarnation) - 7, 7) };
        [Event::Restarted { stream: 1, incarnation }, gap(first, missing, Cause::Restart)]
    });
    assert_eq!(bed.events(), told.collect::<Vec<_>>());
}

/// The image of one that waits goes when its process does: the next one takes its place.
#[test]
fn one_that_waited_and_is_gone_holds_up_nobody() {
    let mut bed = Bed::new(None);
    bed.hears(value(1, 0, 0));
    for _ in 0..=SILENT_LOOKS {
        assert_eq!(bed.hears(value(1, 1, 10)), Verdict::Wait);
        assert_eq!(bed.hears(value(1, 2, 20)), Verdict::Wait);
        bed.track.looked(false);
    }
    bed.waits_for(value(1, 2, 20), |_| {});
}

/// A stream that is never silent does not hold up the new incarnation of another.
#[test]
fn others_that_go_on_are_not_waited_for() {
    let mut bed = Bed::new(None);
    bed.hears(value(1, 0, 0));
    let mut other = 0..;
    bed.waits_for(value(1, 1, 10), |bed| {
        assert_eq!(bed.hears(value(2, 0, other.next().unwrap())), Verdict::Take);
    });
}

/// Nor does one that fills every look: when each image was the first once, all were looked at.
#[test]
fn others_that_fill_every_look_are_not_waited_for() {
    let mut bed = Bed::new(None);
    bed.hears(value(1, 0, 0));
    let (mut other, mut looks, mut verdict) = (0.., 0, Verdict::Wait);
    while verdict == Verdict::Wait {
        // The image of the new incarnation is one of two, and nothing is left of a look when the other's was the first.
        if looks % 2 == 0 {
            verdict = bed.hears(value(1, 1, 10));
        }
        for sequence in other.by_ref().take(64) {
            assert_eq!(bed.hears(value(2, 0, sequence)), Verdict::Take);
        }
        bed.track.looked(true);
        looks += 1;
        assert!(looks < 10 * PEERS, "it waits for ever");
    }
    assert_eq!(verdict, Verdict::Take);
    assert!(looks > PEERS * usize::from(SILENT_LOOKS), "all images were looked at: {looks}");
}

/// What the engine still has of the older incarnation may take its time: each value that comes begins it anew.
#[test]
fn a_rest_that_is_on_its_way_is_waited_for() {
    const REST: Duration = Duration::from_millis(30);
    let mut bed = Bed::with_rest(None, REST);
    bed.hears(value(1, 0, 0));
    bed.events();
    let mut began = Instant::now();
    for sequence in 1..=2 {
        for _ in 0..10 {
            if bed.hears(value(1, 1, 10)) == Verdict::Take {
                // This thread was away for as long.
                assert!(began.elapsed() >= REST);
                return;
            }
            bed.track.looked(false);
        }
        began = Instant::now();
        assert_eq!(bed.hears(value(1, 0, sequence)), Verdict::Take);
    }
    while bed.hears(value(1, 1, 10)) == Verdict::Wait {
        bed.track.looked(false);
    }
    assert!(began.elapsed() >= REST);
    assert_eq!(bed.events(), [Event::Restarted { stream: 1, incarnation: 1 }, gap(3, 7, Cause::Restart)]);
}

#[test]
fn who_goes_on_where_its_predecessor_ended_does_not_wait() {
    let mut bed = Bed::new(None);
    bed.hears(value(1, 0, 0));
    bed.events();
    assert_eq!(bed.hears(value(1, 2, 1)), Verdict::Take);
    assert_eq!(bed.hears(value(1, 1, 0)), Verdict::Duplicate);
    assert_eq!(bed.events(), [Event::Restarted { stream: 1, incarnation: 2 }]);
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
