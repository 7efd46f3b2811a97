//! A tail that does as a test says.

use super::{LaneState, OpenTail, Put, Room};

/// Answers each poll alike, and keeps what is put in.
pub(in crate::graph) struct Scripted<T> {
    pub(in crate::graph) ready: bool,
    pub(in crate::graph) polls: Put,
    /// Whether a poll makes it ready.
    pub(in crate::graph) makes_room: bool,
    pub(in crate::graph) came: Vec<T>,
}

impl<T> OpenTail<T> for Scripted<T> {
    const OVERFLOWS: bool = true;

    fn ready(&mut self) -> bool {
        self.ready
    }

    fn put(&mut self, value: T, _: Room, _: &mut LaneState) -> Put {
        self.came.push(value);
        Put::Done
    }

    fn poll(&mut self, _: &mut LaneState) -> Put {
        self.ready |= self.makes_room;
        self.polls
    }

    fn finish(&mut self, _: &mut LaneState) -> bool {
        true
    }

    fn show(&mut self) {}

    fn wakes(&self) -> bool {
        false
    }

    fn turned(&mut self, _: u64, _: &mut LaneState) {}
}
