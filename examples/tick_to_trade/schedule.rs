//! When packets are due: the intended times that latencies are measured against.

use crate::parts::tape::Tape;

/// How fast packets come.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rate {
    /// So many packets a second, evenly.
    PerSecond(u64),
    /// At the times of the recording.
    Recorded,
    /// As fast as they are taken: nothing is intended, so latencies are those of the work alone.
    Max,
}

/// The intended time of every packet, in nanoseconds from the first.
#[derive(Debug, Default)]
pub struct Schedule {
    by_datagram: Vec<u64>,
    by_number: Vec<u64>,
}

impl Schedule {
    /// The times of a tape's packets at a rate.
    pub fn new(tape: &Tape, rate: Rate) -> Schedule {
        let by_datagram = match rate {
            Rate::PerSecond(rate) => {
                let time = |at| (at as u128 * 1_000_000_000 / u128::from(rate)) as u64;
                (0..tape.len()).map(time).collect()
            }
            Rate::Recorded => tape.recorded_offsets(),
            Rate::Max => Vec::new(),
        };
        Schedule { by_number: tape.by_number(&by_datagram), by_datagram }
    }

    /// When the datagram at this place of the tape is due.
    #[inline]
    pub fn of_datagram(&self, at: usize) -> Option<u64> {
        self.by_datagram.get(at).copied()
    }

    /// When the packet of this number, from 1, is due.
    #[inline]
    pub fn of_number(&self, number: u32) -> Option<u64> {
        self.by_number.get((number as usize).wrapping_sub(1)).copied()
    }

    /// How long after the engine is up the first packet of a tape in memory is due, in nanoseconds. Nothing is waited for
    /// where nothing is intended.
    pub fn lead(&self) -> u64 {
        if self.is_paced() { 1_000_000 } else { 0 }
    }

    /// Whether there are intended times at all.
    pub fn is_paced(&self) -> bool {
        !self.by_datagram.is_empty()
    }
}
