//! The steps of the end that pops.

use zerocopy::{FromBytes, IntoBytes};

use super::layout::{CONSUMER_TAKEN, End};
use super::memory::Memory;
use super::ring::{Of, Ring};
use super::{Odd, Process};

/// The consumer's own copies of what it needs to know.
pub(super) struct Popping<M, T> {
    pub(super) ring: Ring<M, Of<T>>,
    // INVARIANT: the index of the next value; ahead of the shared one between a deferred pop and `hand_back`.
    pub(super) head: u64,
    odd: Option<Odd>,
}

impl<M: Memory, T: FromBytes + IntoBytes> Popping<M, T> {
    /// Takes the consumer's end over, whose lock the caller holds, where its predecessor left it.
    pub(super) fn attach(ring: Ring<M, Of<T>>, process: Process) -> Result<(Self, Option<Process>), Odd> {
        let head = ring.recover_head()?;
        let died = ring.take_end(End::Consumer, process);
        Ok((Self { ring, head, odd: None }, died))
    }

    /// Whether a value waits. Once true, it stays true until the next pop.
    #[inline(always)]
    pub(super) fn ready(&mut self) -> bool {
        let found = self.ring.sequence(self.head);
        if found == self.head.wrapping_add(1) {
            return true;
        }
        if found != self.ring.free(self.head) {
            self.odd = Some(Odd::Sequence { index: self.head, found });
        }
        self.ring.ask_for(self.head);
        false
    }

    /// Copies the next value out.
    ///
    /// [`ready`](Self::ready) returned true; otherwise it is a value that nobody pushed.
    #[inline(always)]
    fn take(&mut self) -> T {
        let value = self.ring.read(self.head);
        self.head = self.head.wrapping_add(1);
        value
    }

    /// Takes the oldest value and gives its slot back, in this order: a process that dies before the second has not popped it.
    #[inline(always)]
    pub(super) fn pop(&mut self) -> Option<T> {
        if !self.ready() {
            return None;
        }
        let value = self.take();
        self.hand_back();
        Some(value)
    }

    /// [`pop`](Self::pop), with the slot left taken until [`hand_back`](Self::hand_back).
    #[inline(always)]
    pub(super) fn pop_deferred(&mut self) -> Option<T> {
        if self.ready() { Some(self.take_deferred()) } else { None }
    }

    /// [`pop_deferred`](Self::pop_deferred) without a look: only after [`ready`](Self::ready) was true.
    #[inline(always)]
    pub(super) fn take_deferred(&mut self) -> T {
        let value = self.take();
        self.ring.set_number(End::Consumer.at(CONSUMER_TAKEN), self.head);
        value
    }

    #[inline(always)]
    pub(super) fn hand_back(&mut self) {
        self.ring.set_head(self.head);
        self.ring.ring_bell(End::Producer);
    }

    #[inline(always)]
    pub(super) fn is_closed(&self) -> bool {
        self.ring.is_closed(End::Producer) || self.odd.is_some()
    }

    pub(super) const fn odd(&self) -> Option<Odd> {
        self.odd
    }
}
