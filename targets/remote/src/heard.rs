//! Events in their place between the values.

use fusewire::edge::{EdgeStats, Pop, Wake};

use crate::event::Event;
use crate::inlet::Inlet;
use crate::receiver::LinkReceiver;

/// What a receiver heard: the next value, or what happened before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard<T> {
    /// The next value.
    Value(T),
    /// What happened before the next value.
    Event(Event),
}

/// A receiver whose events stand between its values, in order; made by [`LinkReceiver::marked`].
///
/// A graph that must act on a gap before it sees what follows, such as one that asks for a snapshot, begins with
/// `recv(receiver.marked())`.
#[derive(Debug)]
pub struct Marked<T, I> {
    receiver: LinkReceiver<T, I>,
}

impl<T, I: Inlet<T>> LinkReceiver<T, I> {
    /// Puts events between the values instead of calling back.
    pub fn marked(self) -> Marked<T, I> {
        Marked { receiver: self.without_callback() }
    }
}

impl<T, I> Marked<T, I> {
    /// The receiver itself, for its numbers and its position.
    pub const fn receiver(&self) -> &LinkReceiver<T, I> {
        &self.receiver
    }
}

impl<T: Send, I: Inlet<T>> Pop for Marked<T, I> {
    type Item = Heard<T>;

    #[inline(always)]
    fn pop(&mut self) -> Option<Heard<T>> {
        if !self.ready() {
            return None;
        }
        match self.receiver.next_event() {
            Some(event) => Some(Heard::Event(event)),
            None => self.receiver.pop().map(Heard::Value),
        }
    }

    #[inline(always)]
    fn ready(&mut self) -> bool {
        self.receiver.has_event() || self.receiver.ready() || self.receiver.has_event()
    }

    fn is_closed(&self) -> bool {
        !self.receiver.has_event() && self.receiver.is_closed()
    }

    fn capacity(&self) -> usize {
        self.receiver.capacity()
    }

    fn woken_by(&self, wake: Box<dyn Wake>) -> bool {
        self.receiver.woken_by(wake)
    }

    fn stats(&self) -> Option<EdgeStats> {
        self.receiver.stats()
    }
}
