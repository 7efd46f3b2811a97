//! The io core's first stage: a datagram in, at most one snapshot out.

use super::book::{Book, Oddities};
use super::itch::{self, Fault, Message};
use super::mold::{self, END_OF_SESSION, HEADER, Header, Place, Tracker};
use super::snapshot::Snapshot;

/// Follows one MoldUDP64 feed and keeps the book.
///
/// After a gap the book is *stale*: packets are still counted, and nothing else is made of them. Two things make it
/// good again, because after both of them a book begins empty: a new Mold session, and the system event `O` (start
/// of messages). A new session always begins an empty book; an `O` does so only in a stale one.
#[derive(Debug, Default)]
pub struct Feed {
    tracker: Tracker,
    book: Book,
    stale: bool,
    restarts: bool,
    ended: bool,
    counts: FeedCounts,
}

/// What a feed has seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FeedCounts {
    /// Datagrams that carry messages not seen before.
    pub packets: u64,
    /// Messages in them.
    pub messages: u64,
    /// Snapshots made.
    pub rows: u64,
    /// Times that the sequence jumped forward.
    pub gaps: u64,
    /// Messages that are missing in those gaps.
    pub missing_messages: u64,
    /// Packets that came while the book was stale.
    pub stale_packets: u64,
    /// Packets of which every message was seen before, or was given up as lost.
    pub repeated_packets: u64,
    /// Packets of no message.
    pub heartbeats: u64,
    /// Sessions, the first included.
    pub sessions: u64,
    /// Datagrams that are not MoldUDP64 or hold a message that is not ITCH 5.0; the book is stale after one.
    pub malformed_packets: u64,
    /// Messages of a type that ITCH 5.0 does not have: skipped.
    pub unknown_types: u64,
    /// What was odd about the orders.
    pub oddities: Oddities,
}

impl Feed {
    /// A feed that has heard nothing yet.
    pub fn new() -> Feed {
        Feed::default()
    }

    /// Takes one datagram. `taken_ns` is when it was in hand, or should have been; it travels with the snapshot.
    ///
    /// Allocates only if the book outgrows the room it began with; never panics, whatever the bytes.
    #[inline]
    pub fn on_packet(&mut self, datagram: &[u8], taken_ns: u64) -> Option<Snapshot> {
        let Some(header) = Header::read(datagram) else {
            self.distrust();
            return None;
        };
        let skip = match self.tracker.place(&header) {
            Place::Next { skip } => skip,
            other => self.out_of_order(other)?,
        };
        if !header.carries_messages() {
            self.counts.heartbeats += u64::from(header.count == 0);
            self.ended |= header.count == END_OF_SESSION;
            return None;
        }
        self.counts.packets += 1;
        let mut rest = &datagram[HEADER..];
        for number in 0..header.count {
            let Some(bytes) = mold::next_message(&mut rest) else {
                self.distrust();
                return None;
            };
            if number >= skip {
                self.on_message(bytes);
            }
        }
        if self.stale {
            self.counts.stale_packets += 1;
            return None;
        }
        let mut snapshot = Snapshot::of(&self.book)?.restarting(core::mem::take(&mut self.restarts));
        snapshot.taken_ns = taken_ns;
        snapshot.packet = self.counts.packets as u32;
        snapshot.messages = self.counts.messages as u32;
        self.counts.rows += 1;
        Some(snapshot)
    }

    /// Whether the packet that ends the session has come.
    #[inline]
    pub fn ended(&self) -> bool {
        self.ended
    }

    /// Whether a gap has made the book unusable.
    pub fn is_stale(&self) -> bool {
        self.stale
    }

    /// The book as it is now.
    pub fn book(&self) -> &Book {
        &self.book
    }

    /// What was counted so far.
    pub fn counts(&self) -> FeedCounts {
        FeedCounts { oddities: self.book.oddities(), ..self.counts }
    }

    #[inline]
    fn on_message(&mut self, bytes: &[u8]) {
        self.counts.messages += 1;
        match itch::decode(bytes) {
            Ok(Message::System { event: b'O' }) if self.stale => self.begin_anew(),
            Ok(message) if !self.stale => self.book.apply(message),
            Ok(_) => {}
            Err(Fault::Unknown { .. }) => self.counts.unknown_types += 1,
            Err(_) => self.distrust(),
        }
    }

    /// Handles a packet that is not simply the next one; `None` if nothing in it is to be used.
    #[cold]
    fn out_of_order(&mut self, place: Place) -> Option<u16> {
        match place {
            Place::Next { skip } => return Some(skip),
            Place::NewSession => {
                self.counts.sessions += 1;
                self.ended = false;
                if self.counts.sessions > 1 {
                    self.begin_anew();
                }
            }
            Place::Gap { missing } => {
                self.counts.gaps += 1;
                self.counts.missing_messages += missing;
                self.stale = true;
            }
            Place::Seen => {
                self.counts.repeated_packets += 1;
                return None;
            }
        }
        Some(0)
    }

    fn begin_anew(&mut self) {
        self.book.clear();
        self.stale = false;
        self.restarts = true;
    }

    #[cold]
    fn distrust(&mut self) {
        self.counts.malformed_packets += 1;
        self.stale = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add(reference: u64, side: u8, shares: u32, price: u32) -> Vec<u8> {
        let mut bytes = vec![0; 36];
        bytes[0] = b'A';
        bytes[11..19].copy_from_slice(&reference.to_be_bytes());
        bytes[19] = side;
        bytes[20..24].copy_from_slice(&shares.to_be_bytes());
        bytes[32..].copy_from_slice(&price.to_be_bytes());
        bytes
    }

    fn delete(reference: u64) -> Vec<u8> {
        let mut bytes = vec![0; 19];
        bytes[0] = b'D';
        bytes[11..].copy_from_slice(&reference.to_be_bytes());
        bytes
    }

    fn start_of_messages() -> Vec<u8> {
        let mut bytes = vec![0; 12];
        bytes[0] = b'S';
        bytes[11] = b'O';
        bytes
    }

    fn packet(session: u8, sequence: u64, messages: &[Vec<u8>]) -> Vec<u8> {
        let header = Header { session: [session; 10], sequence, count: messages.len() as u16 };
        let mut bytes = header.bytes().to_vec();
        for message in messages {
            bytes.extend((message.len() as u16).to_be_bytes());
            bytes.extend(message);
        }
        bytes
    }

    /// A feed with a bid and an ask, three messages in.
    fn two_sided() -> Feed {
        let mut feed = Feed::new();
        let both = [start_of_messages(), add(1, b'B', 10, 100), add(2, b'S', 20, 101)];
        assert!(feed.on_packet(&packet(1, 1, &both), 5).is_some());
        feed
    }

    #[test]
    fn a_gap_stops_rows_until_the_session_changes() {
        let mut feed = two_sided();
        assert_eq!(feed.on_packet(&packet(1, 6, &[add(3, b'B', 1, 99)]), 0), None);
        assert!(feed.is_stale());
        assert_eq!(feed.on_packet(&packet(1, 4, &[add(4, b'B', 1, 99)]), 0), None, "late: given up as lost");
        assert_eq!(feed.on_packet(&packet(1, 7, &[add(5, b'B', 1, 99)]), 0), None);
        let both = [add(1, b'B', 7, 200), add(2, b'S', 8, 201)];
        let row = feed.on_packet(&packet(2, 1, &both), 0).expect("a new session makes the book good");
        assert!(row.restarts());
        assert_eq!((row.bid, row.bid_shares[0], row.bid_orders(), row.bid_shares10), (200, 7, 1, 7));
        let counts = feed.counts();
        assert_eq!(
            (counts.gaps, counts.missing_messages, counts.repeated_packets, counts.stale_packets),
            (1, 2, 1, 2)
        );
        assert_eq!((counts.packets, counts.rows, counts.sessions), (4, 2, 2));
        let next = feed.on_packet(&packet(2, 3, &[delete(9)]), 0).expect("a row");
        assert!(!next.restarts());
        assert_eq!(feed.counts().oddities.unknown_references, 1);
    }

    #[test]
    fn the_start_of_messages_makes_a_stale_book_good() {
        let mut feed = two_sided();
        assert_eq!(feed.on_packet(&packet(1, 9, &[delete(1)]), 0), None);
        let anew = [start_of_messages(), add(1, b'B', 7, 200), add(2, b'S', 8, 201)];
        assert!(feed.on_packet(&packet(1, 10, &anew), 0).expect("a row").restarts());
    }

    #[test]
    fn a_heartbeat_and_the_end_reveal_gaps() {
        let mut feed = two_sided();
        assert_eq!(feed.on_packet(&packet(1, 4, &[]), 0), None);
        assert!(!feed.is_stale());
        assert_eq!(feed.on_packet(&packet(1, 5, &[]), 0), None);
        assert!(feed.is_stale());
        let end = Header { session: [1; 10], sequence: 9, count: END_OF_SESSION };
        assert_eq!(feed.on_packet(&end.bytes(), 0), None);
        assert!(feed.ended());
        let counts = feed.counts();
        assert_eq!((counts.packets, counts.heartbeats, counts.gaps, counts.missing_messages), (1, 2, 2, 5));
    }

    #[test]
    fn repeats_are_dropped_and_overlaps_cut() {
        let mut feed = two_sided();
        assert_eq!(feed.on_packet(&packet(1, 2, &[add(1, b'B', 10, 100)]), 0), None);
        let row =
            feed.on_packet(&packet(1, 3, &[add(2, b'S', 20, 101), add(3, b'B', 5, 100)]), 0).expect("a row");
        assert_eq!((row.bid_shares[0], row.ask_shares[0], row.messages, row.packet), (15, 20, 4, 2));
    }

    #[test]
    fn bad_bytes_make_the_book_stale_and_never_panic() {
        let mut wrong = add(3, b'B', 1, 99);
        wrong.pop();
        for message in [vec![], wrong, add(3, b'?', 1, 99)] {
            let mut feed = two_sided();
            assert_eq!(feed.on_packet(&packet(1, 4, &[message]), 0), None);
            assert!(feed.is_stale());
            assert_eq!(feed.counts().malformed_packets, 1);
        }
        let mut feed = two_sided();
        assert!(feed.on_packet(&packet(1, 4, &[b"z??".to_vec()]), 0).is_some(), "an unknown type is skipped");
        assert_eq!(feed.counts().unknown_types, 1);
        let whole = packet(1, 5, &[add(7, b'B', 1, 99)]);
        for cut in 0..whole.len() {
            let mut feed = two_sided();
            assert_eq!(feed.on_packet(&whole[..cut], 0), None);
            assert!(feed.is_stale());
        }
    }
}
