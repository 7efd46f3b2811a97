//! The host as a simulated shell sees it: memory behind a bus that takes its time.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::driver::{HostMemory, Memory};

/// How the bus between host and card behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bus {
    /// Periods from a request to read memory to its first beat.
    pub latency: u32,
    /// Of 100 beats and requests, how many have to wait a period.
    pub stalls: u32,
    /// What the random choices begin with.
    pub seed: u64,
}

impl Default for Bus {
    /// 100 periods for a read, as a PCIe round trip of 400 ns is at 250 MHz, and no stalls.
    fn default() -> Self {
        Self { latency: 100, stalls: 0, seed: 1 }
    }
}

/// A request to read that has been taken.
#[derive(Debug, Clone, Copy)]
struct Request {
    address: u64,
    beats: u32,
    /// The period from which on its beats can come.
    due: u64,
}

/// The requests that the bus holds at a time.
const REQUESTS: usize = 16;

/// One end of the bus: host memory, with bounds.
#[derive(Debug)]
pub(super) struct Host {
    memory: Arc<HostMemory>,
    bus: Bus,
    random: u64,
    requests: VecDeque<Request>,
    /// Whether a beat is offered, which it then is until it is taken.
    offering: bool,
}

impl Host {
    pub(super) fn new(memory: Arc<HostMemory>, bus: Bus) -> Self {
        let random = bus.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        Self { memory, bus, random, requests: VecDeque::with_capacity(REQUESTS), offering: false }
    }

    fn stalls(&mut self) -> bool {
        if self.bus.stalls == 0 {
            return false;
        }
        // Marsaglia's xorshift.
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 33) % 100 < u64::from(self.bus.stalls)
    }

    /// Whether a request to read is taken in this period.
    pub(super) fn takes_request(&mut self) -> bool {
        self.requests.len() < REQUESTS && !self.stalls()
    }

    /// Whether a beat to write is taken in this period.
    pub(super) fn takes_write(&mut self) -> bool {
        !self.stalls()
    }

    pub(super) fn request(&mut self, address: u64, beats: u32, now: u64) {
        self.requests.push_back(Request { address, beats, due: now + u64::from(self.bus.latency) });
    }

    /// The beat offered in this period, into `beat`: whether there is one, and whether it is in error.
    pub(super) fn offer(&mut self, now: u64, beat: &mut [u8]) -> Option<bool> {
        let request = *self.requests.front()?;
        if !self.offering && (now < request.due || self.stalls()) {
            return None;
        }
        self.offering = true;
        Some(!self.load(request.address, beat))
    }

    /// The beat that was offered was taken.
    pub(super) fn taken(&mut self, bytes: usize) {
        self.offering = false;
        let Some(request) = self.requests.front_mut() else { return };
        request.address = request.address.wrapping_add(bytes as u64);
        request.beats -= 1;
        if request.beats == 0 {
            self.requests.pop_front();
        }
    }

    /// Forgets what was asked for.
    pub(super) fn reset(&mut self) {
        self.requests.clear();
        self.offering = false;
    }

    fn place(&self, address: u64, len: usize) -> Option<usize> {
        let at = usize::try_from(address.checked_sub(self.memory.address())?).ok()?;
        (at.checked_add(len)? <= self.memory.len()).then_some(at)
    }

    /// Reads memory; whether it is there.
    fn load(&self, address: u64, bytes: &mut [u8]) -> bool {
        let Some(at) = self.place(address, bytes.len()) else {
            bytes.fill(0);
            return false;
        };
        // SAFETY: inside the memory.
        let from = unsafe { self.memory.start().add(at) };
        // SAFETY: the memory is initialised and does not overlap `bytes`, which are this simulation's own; the driver,
        // whose call this is a part of, holds no reference to it.
        unsafe { std::ptr::copy_nonoverlapping(from.as_ptr(), bytes.as_mut_ptr(), bytes.len()) }
        true
    }

    /// Writes those bytes whose strobe is set; whether the memory is there.
    pub(super) fn store(&self, address: u64, bytes: &[u8], strobe: u64) -> bool {
        let Some(at) = self.place(address, bytes.len()) else { return strobe == 0 };
        for (byte, value) in bytes.iter().enumerate().filter(|(byte, _)| strobe >> byte & 1 == 1) {
            // SAFETY: inside the memory.
            let to = unsafe { self.memory.start().add(at + byte) };
            // SAFETY: inside the memory; the driver, whose call this is a part of, holds no reference to it.
            unsafe { to.write(*value) }
        }
        true
    }
}
