//! Events in their place between the values.

use fusewire::edge::{EdgeStats, Pop, Wake};
use zerocopy::FromBytes;

use crate::event::Event;
use crate::receiver::RemoteReceiver;

/// What a receiver heard: the next value, or what happened before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard<T> {
    /// The next value.
    Value(T),
    /// What happened before the next value.
    Event(Event),
}

/// A receiver whose events stand between its values, in order; made by [`RemoteReceiver::marked`].
///
/// A graph that must act on a gap before it sees what follows, such as one that asks for a snapshot, begins with
/// `recv(receiver.marked())`.
#[derive(Debug)]
pub struct Marked<T> {
    receiver: RemoteReceiver<T>,
}

impl<T: FromBytes> RemoteReceiver<T> {
    /// Puts events between the values instead of calling back.
    pub fn marked(self) -> Marked<T> {
        Marked { receiver: self.without_callback() }
    }
}

impl<T> Marked<T> {
    /// The receiver itself, for its numbers and its position.
    pub const fn receiver(&self) -> &RemoteReceiver<T> {
        &self.receiver
    }
}

impl<T: FromBytes + Send> Pop for Marked<T> {
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
