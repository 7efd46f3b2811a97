//! The exchange's messages as bytes, gathered into packets.

use super::super::super::itch::{Side, length_of};
use super::super::super::mold::{END_OF_SESSION, HEADER, Header};
use super::super::Tape;
use super::SYMBOL;

/// A packet is closed before it would be longer than a frame.
const LONGEST: usize = 1_400;

#[derive(Debug)]
pub(super) struct Wire {
    tape: Tape,
    sequence: u64,
    time_ns: u64,
    open: Vec<u8>,
    count: u16,
    matches: u64,
}

impl Default for Wire {
    fn default() -> Self {
        // A market opens at half past nine.
        let time_ns = (9 * 60 + 30) * 60 * 1_000_000_000;
        Wire { tape: Tape::default(), sequence: 1, time_ns, open: vec![0; HEADER], count: 0, matches: 0 }
    }
}

impl Wire {
    pub(super) fn packets(&self) -> usize {
        self.tape.len()
    }

    pub(super) fn system(&mut self, event: u8) {
        self.message(b'S').copy_from_slice(&[event]);
    }

    pub(super) fn directory(&mut self) {
        self.message(b'R').copy_from_slice(b"FUSE    Q \0\0\0\x01NCZ PNN1N\0\0\0\0N");
    }

    pub(super) fn trading(&mut self) {
        self.message(b'H').copy_from_slice(b"FUSE    T     ");
    }

    pub(super) fn retail_interest(&mut self) {
        self.message(b'N').copy_from_slice(b"FUSE    A");
    }

    pub(super) fn add(&mut self, reference: u64, side: Side, shares: u32, price: u32, named: bool) {
        let body = self.message(if named { b'F' } else { b'A' });
        body[..8].copy_from_slice(&reference.to_be_bytes());
        body[8] = if side == Side::Buy { b'B' } else { b'S' };
        body[9..13].copy_from_slice(&shares.to_be_bytes());
        body[13..21].copy_from_slice(&SYMBOL);
        body[21..25].copy_from_slice(&price.to_be_bytes());
        if named {
            body[25..].copy_from_slice(b"MAKR");
        }
    }

    pub(super) fn executed(&mut self, reference: u64, shares: u32) {
        self.matches += 1;
        let number = self.matches;
        let body = self.message(b'E');
        body[..8].copy_from_slice(&reference.to_be_bytes());
        body[8..12].copy_from_slice(&shares.to_be_bytes());
        body[12..].copy_from_slice(&number.to_be_bytes());
    }

    pub(super) fn executed_at_price(&mut self, reference: u64, shares: u32, price: u32) {
        self.matches += 1;
        let number = self.matches;
        let body = self.message(b'C');
        body[..8].copy_from_slice(&reference.to_be_bytes());
        body[8..12].copy_from_slice(&shares.to_be_bytes());
        body[12..20].copy_from_slice(&number.to_be_bytes());
        body[20] = b'N';
        body[21..].copy_from_slice(&price.to_be_bytes());
    }

    pub(super) fn cancel(&mut self, reference: u64, shares: u32) {
        let body = self.message(b'X');
        body[..8].copy_from_slice(&reference.to_be_bytes());
        body[8..].copy_from_slice(&shares.to_be_bytes());
    }

    pub(super) fn delete(&mut self, reference: u64) {
        self.message(b'D').copy_from_slice(&reference.to_be_bytes());
    }

    pub(super) fn replace(&mut self, old: u64, new: u64, shares: u32, price: u32) {
        let body = self.message(b'U');
        body[..8].copy_from_slice(&old.to_be_bytes());
        body[8..16].copy_from_slice(&new.to_be_bytes());
        body[16..20].copy_from_slice(&shares.to_be_bytes());
        body[20..].copy_from_slice(&price.to_be_bytes());
    }

    pub(super) fn hidden_trade(&mut self, price: u32, shares: u32) {
        self.matches += 1;
        let number = self.matches;
        let body = self.message(b'P');
        body[8] = b'B';
        body[9..13].copy_from_slice(&shares.to_be_bytes());
        body[13..21].copy_from_slice(&SYMBOL);
        body[21..25].copy_from_slice(&price.to_be_bytes());
        body[25..].copy_from_slice(&number.to_be_bytes());
    }

    /// Closes the packet, if it holds anything, and lets time pass.
    pub(super) fn flush(&mut self, then_ns: u64) {
        if self.count > 0 {
            let header = Header { session: *b"FUSEWIRE01", sequence: self.sequence, count: self.count };
            self.open[..HEADER].copy_from_slice(&header.bytes());
            let pushed = self.tape.push(&self.open, self.time_ns);
            debug_assert_eq!(pushed, Ok(()), "the exchange sends sound packets");
            self.sequence += u64::from(self.count);
            self.open.truncate(HEADER);
            self.count = 0;
        }
        self.time_ns += then_ns;
    }

    pub(super) fn into_tape(mut self) -> Tape {
        self.flush(0);
        let end = Header { session: *b"FUSEWIRE01", sequence: self.sequence, count: END_OF_SESSION };
        self.tape.push_checked(end, &end.bytes(), self.time_ns);
        self.tape
    }

    /// Begins a message of a type, and returns what comes behind the common head, all zeros.
    fn message(&mut self, kind: u8) -> &mut [u8] {
        let len = length_of(kind);
        if self.open.len() + 2 + len > LONGEST {
            self.flush(0);
        }
        self.count += 1;
        self.open.extend_from_slice(&(len as u16).to_be_bytes());
        let at = self.open.len();
        self.open.resize(at + len, 0);
        let message = &mut self.open[at..];
        message[0] = kind;
        // Locate 1, tracking 0, and the low six bytes of the time.
        message[2] = 1;
        message[5..11].copy_from_slice(&self.time_ns.to_be_bytes()[2..]);
        &mut message[11..]
    }
}
