//! The packets of a whole run, in memory and checked, so that nothing after this can meet a bad one.

#[path = "tape/binaryfile.rs"]
pub mod binaryfile;
#[path = "tape/flow.rs"]
pub mod flow;
#[path = "tape/pcap.rs"]
pub mod pcap;

use super::itch::{self, Fault};
use super::mold::{self, HEADER, Header, Place, Tracker};

/// MoldUDP64 datagrams, one behind the other.
#[derive(Debug, Default)]
pub struct Tape {
    bytes: Vec<u8>,
    packets: Vec<Packet>,
    tracker: Tracker,
    numbered: u32,
    symbol: Option<[u8; 8]>,
    notes: Vec<String>,
}

/// One datagram of a tape.
#[derive(Debug, Clone, Copy)]
struct Packet {
    start: u64,
    len: u32,
    /// Its number, from 1, if it carries messages that were not seen before; otherwise 0.
    number: u32,
    /// When it was recorded, in nanoseconds from any origin.
    recorded_ns: u64,
}

impl Tape {
    /// Puts one datagram on the tape.
    ///
    /// # Errors
    /// What is wrong with it, and the offset in the datagram.
    fn push(&mut self, datagram: &[u8], recorded_ns: u64) -> Result<(), (usize, String)> {
        let header = mold::check(datagram)?;
        if header.carries_messages() {
            let mut rest = &datagram[HEADER..];
            while !rest.is_empty() {
                let at = datagram.len() - rest.len();
                let Some(message) = mold::next_message(&mut rest) else { break };
                match itch::decode(message) {
                    Ok(_) | Err(Fault::Unknown { .. }) => {}
                    Err(fault) => return Err((at, fault.to_string())),
                }
                self.symbol = self.symbol.or_else(|| itch::symbol_of(message));
            }
        }
        self.push_checked(header, datagram, recorded_ns);
        Ok(())
    }

    fn push_checked(&mut self, header: Header, datagram: &[u8], recorded_ns: u64) {
        let seen = self.tracker.place(&header) == Place::Seen;
        let number = if header.carries_messages() && !seen {
            self.numbered += 1;
            self.numbered
        } else {
            0
        };
        let (start, len) = (self.bytes.len() as u64, datagram.len() as u32);
        self.bytes.extend_from_slice(datagram);
        self.packets.push(Packet { start, len, number, recorded_ns });
    }

    /// Puts one message on the tape, as a packet of its own.
    fn push_message(&mut self, sequence: u64, message: &[u8], recorded_ns: u64) {
        self.symbol = self.symbol.or_else(|| itch::symbol_of(message));
        let header = Header { session: *b"BINARYFILE", sequence, count: 1 };
        let mut datagram = Vec::with_capacity(HEADER + 2 + message.len());
        datagram.extend_from_slice(&header.bytes());
        datagram.extend_from_slice(&(message.len() as u16).to_be_bytes());
        datagram.extend_from_slice(message);
        self.push_checked(header, &datagram, recorded_ns);
    }

    fn note(&mut self, note: String) {
        self.notes.push(note);
    }

    /// How many datagrams there are, heartbeats and repeats included.
    pub fn len(&self) -> usize {
        self.packets.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.packets.is_empty()
    }

    /// How many packets get a number: those with messages that were not seen before.
    pub fn numbered(&self) -> usize {
        self.numbered as usize
    }

    /// The bytes of a datagram.
    #[inline]
    pub fn packet(&self, at: usize) -> &[u8] {
        let Packet { start, len, .. } = self.packets[at];
        &self.bytes[start as usize..start as usize + len as usize]
    }

    /// The longest datagram.
    pub fn longest(&self) -> usize {
        self.packets.iter().map(|packet| packet.len as usize).max().unwrap_or(0)
    }

    /// The packet that ends the session of the last datagram.
    pub fn end_of_session(&self) -> [u8; HEADER] {
        let last = self.packets.len().checked_sub(1).and_then(|last| Header::read(self.packet(last)));
        let last = last.unwrap_or(Header { session: [b' '; 10], sequence: 1, count: 0 });
        let behind = if last.carries_messages() { u64::from(last.count) } else { 0 };
        Header { sequence: last.sequence + behind, count: mold::END_OF_SESSION, ..last }.bytes()
    }

    /// The first symbol that a message names: what orders are sent for.
    pub fn symbol(&self) -> [u8; 8] {
        self.symbol.unwrap_or(*b"UNKNOWN ")
    }

    /// What the reader of a capture skipped, in words.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// When each datagram is due, in nanoseconds from the first, by its recorded time; never backwards.
    pub fn recorded_offsets(&self) -> Vec<u64> {
        let first = self.packets.first().map_or(0, |packet| packet.recorded_ns);
        let mut latest = 0;
        let later = |packet: &Packet| {
            latest = packet.recorded_ns.saturating_sub(first).max(latest);
            latest
        };
        self.packets.iter().map(later).collect()
    }

    /// From values by datagram to values by packet number (at index number - 1).
    pub fn by_number(&self, by_datagram: &[u64]) -> Vec<u64> {
        let numbered = self.packets.iter().zip(by_datagram).filter(|(packet, _)| packet.number != 0);
        numbered.map(|(_, &value)| value).collect()
    }
}
