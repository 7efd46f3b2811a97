//! A source of our own: another one, asked now and then.

use fusewire::context::ContextRef;
use fusewire::source::{Source, Taken};

/// Turns between two looks.
const TURNS: u32 = 256;

/// `source`, asked once in 256 turns: what it has is not urgent, and asking it costs a system call.
pub(super) fn seldom<S: Source>(source: S) -> Seldom<S> {
    Seldom { source, turn: 0 }
}

/// See [`seldom`].
#[derive(Debug)]
pub(super) struct Seldom<S> {
    source: S,
    turn: u32,
}

impl<S: Source> Source for Seldom<S> {
    type Value = S::Value;
    type Error = S::Error;

    fn home(&self) -> Option<ContextRef> {
        self.source.home()
    }

    #[inline]
    fn take(&mut self) -> Taken<S::Value, S::Error> {
        if self.turn != 0 {
            self.turn -= 1;
            return Taken::Empty;
        }
        let taken = self.source.take();
        // What has come is taken to its end.
        if matches!(taken, Taken::Empty) {
            self.turn = TURNS;
        }
        taken
    }
}
