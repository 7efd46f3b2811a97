//! The steps of the end that pushes.

use zerocopy::{Immutable, IntoBytes};

use super::layout::{BELL_ASKED, BELL_SILENT, End, PRODUCER_STALLS};
use super::memory::Memory;
use super::ring::{Of, Ring};
use super::{Odd, Process};

/// The producer's own copies of what it needs to know. Nothing that the other side writes is believed beyond them.
pub(super) struct Pushing<M, T> {
    pub(super) ring: Ring<M, Of<T>>,
    // INVARIANT: the index of the next value.
    pub(super) tail: u64,
    // INVARIANT: at most one lap ahead of a head that was seen.
    limit: u64,
    // INVARIANT: whether the last look found no room.
    asked: bool,
    odd: Option<Odd>,
}

impl<M: Memory, T: IntoBytes + Immutable> Pushing<M, T> {
    /// Takes the producer's end over, whose lock the caller holds, where its predecessor left it.
    pub(super) fn attach(ring: Ring<M, Of<T>>, process: Process) -> Result<(Self, Option<Process>), Odd> {
        let tail = ring.recover_tail()?;
        let died = ring.take_end(End::Producer, process);
        Ok((Self { ring, tail, limit: tail, asked: false, odd: None }, died))
    }

    /// Whether there is room for one more value. Once true, it stays true until the next push.
    #[inline(always)]
    pub(super) fn has_room(&mut self) -> bool {
        if self.tail != self.limit {
            return true;
        }
        if self.odd.is_some() {
            return false;
        }
        match look(self.ring, self.tail) {
            Look::Room(limit) => {
                self.limit = limit;
                true
            }
            Look::None => self.has_room_now(),
            Look::Odd(odd) => {
                self.odd = Some(odd);
                false
            }
        }
    }

    /// There was none: a producer that may sleep asks to hear of some, and looks again.
    #[inline(always)]
    fn has_room_now(&mut self) -> bool {
        if self.ring.sleeps(End::Producer)
            && let Look::Room(limit) = ask(self.ring, self.tail)
        {
            self.limit = limit;
            return true;
        }
        false
    }

    /// Writes and publishes a value.
    ///
    /// # Safety
    ///
    /// [`has_room`](Self::has_room) returned true, and nothing was pushed since.
    #[inline(always)]
    pub(super) unsafe fn fill(&mut self, value: &T) {
        let index = self.tail;
        debug_assert_ne!(index, self.limit, "a push without a look");
        self.ring.write(index, value);
        self.ring.publish(index);
        self.tail = index.wrapping_add(1);
        self.asked = false;
    }

    /// Counts a stall, unless nothing was pushed since the last one.
    #[inline(always)]
    pub(super) fn stall(&mut self) {
        if !self.asked {
            self.asked = true;
            self.ring.add(End::Producer.at(PRODUCER_STALLS), 1);
        }
    }

    #[inline(always)]
    pub(super) fn is_closed(&self) -> bool {
        self.ring.is_closed(End::Consumer) || self.odd.is_some()
    }

    pub(super) const fn odd(&self) -> Option<Odd> {
        self.odd
    }
}

enum Look {
    Room(u64),
    None,
    Odd(Odd),
}

/// Where the producer may go from `tail`, by the consumer's index. Once per lap, or while the ring is full anyway.
#[cold]
#[inline(never)]
fn look<M: Memory, T>(ring: Ring<M, Of<T>>, tail: u64) -> Look {
    let head = ring.head();
    let depth = tail.wrapping_sub(head);
    match depth.cmp(&ring.capacity()) {
        std::cmp::Ordering::Less => Look::Room(head.wrapping_add(ring.capacity())),
        std::cmp::Ordering::Equal => Look::None,
        std::cmp::Ordering::Greater => Look::Odd(Odd::Head { tail, found: head }),
    }
}

/// Asks the consumer to ring when there is room, and looks once more.
#[cold]
#[inline(never)]
fn ask<M: Memory, T>(ring: Ring<M, Of<T>>, tail: u64) -> Look {
    ring.swap_bell(End::Producer, BELL_ASKED);
    ring.memory().fence();
    let seen = look(ring, tail);
    if matches!(seen, Look::Room(_)) {
        ring.swap_bell(End::Producer, BELL_SILENT);
    }
    seen
}
