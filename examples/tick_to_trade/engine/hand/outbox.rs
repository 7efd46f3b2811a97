//! The TCP side by hand: orders out, with partial writes; answers in.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;

use crate::parts::answers::Answers;
use crate::parts::clock::Clock;
use crate::parts::desk::ORDER_PACKET;
use crate::parts::input::BadInput;
use crate::parts::soup;

/// Orders that may wait for the kernel to take them.
const ORDERS: usize = 4_096;
const HEARTBEAT_NS: u64 = 1_000_000_000;

fn failed(error: std::io::Error) -> BadInput {
    BadInput::new(format!("the stream to the order gateway failed: {error}"))
}

pub(super) struct Outbox<'a> {
    stream: &'a TcpStream,
    clock: Clock,
    /// Bytes from `from` on wait.
    bytes: Vec<u8>,
    from: usize,
    /// The packets that the waiting orders answer.
    waiting: Vec<u32>,
    /// The packets that orders in the kernel's hands answer, and when they got there.
    sent: Vec<(u32, u64)>,
    last_ns: u64,
    answers: Answers,
}

impl<'a> Outbox<'a> {
    pub(super) fn new(stream: &'a TcpStream, clock: Clock) -> Outbox<'a> {
        // Touched here, so that the first order meets no page fault.
        let mut bytes = vec![1; (ORDERS + 1) * ORDER_PACKET];
        let mut waiting = vec![1; ORDERS + 1];
        let mut sent = vec![(1, 1); ORDERS + 1];
        bytes.clear();
        waiting.clear();
        sent.clear();
        let last_ns = clock.now();
        Outbox { stream, clock, bytes, from: 0, waiting, sent, last_ns, answers: Answers::default() }
    }

    /// Whether another order fits without growing.
    #[inline]
    pub(super) fn has_room(&self) -> bool {
        self.waiting.len() + self.sent.len() < ORDERS
    }

    /// Whether the kernel has everything.
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    #[inline]
    pub(super) fn push(&mut self, order: &[u8; ORDER_PACKET], packet: u32) {
        self.bytes.extend_from_slice(order);
        self.waiting.push(packet);
    }

    /// Writes as much as the kernel takes now.
    #[inline]
    pub(super) fn flush(&mut self) -> Result<(), BadInput> {
        while self.from < self.bytes.len() {
            match self.stream.write(&self.bytes[self.from..]) {
                Ok(count) => self.from += count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(failed(error)),
            }
        }
        if !self.bytes.is_empty() {
            self.last_ns = self.clock.now();
            let at = self.last_ns;
            self.sent.extend(self.waiting.drain(..).map(|packet| (packet, at)));
            self.bytes.clear();
            self.from = 0;
        }
        Ok(())
    }

    /// The orders that went to the kernel since the last call: packet and time.
    #[inline]
    pub(super) fn take_sent(&mut self) -> impl Iterator<Item = (u32, u64)> {
        self.sent.drain(..)
    }

    /// Takes the gateway's answers that wait.
    pub(super) fn read_answers(&mut self) -> Result<(), BadInput> {
        match self.stream.read(self.answers.space()) {
            Ok(count) => self.answers.filled(count),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => Ok(()),
            Err(error) => Err(failed(error)),
        }
    }

    /// How many orders the gateway has accepted.
    pub(super) fn accepted(&self) -> u64 {
        self.answers.accepted()
    }

    /// Sends a heartbeat if nothing was sent for a second.
    pub(super) fn keep_alive(&mut self) -> Result<(), BadInput> {
        if self.is_empty() && self.clock.now() - self.last_ns > HEARTBEAT_NS {
            soup::push(&mut self.bytes, soup::CLIENT_HEARTBEAT, &[]);
            self.flush()?;
        }
        Ok(())
    }

    /// Says goodbye.
    pub(super) fn log_out(&mut self) -> Result<(), BadInput> {
        soup::push(&mut self.bytes, soup::LOGOUT, &[]);
        self.flush()
    }
}
