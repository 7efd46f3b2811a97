//! An end that reads what is still there.

use std::error::Error;
use std::fmt;

use super::super::ends::Side;
use super::Plain;
use super::words::{Found, Shared};
use crate::primitive::Arc;

/// The consumer was lapped: values were overwritten before it read them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lapped {
    /// How many, exactly: those between the last value that was read and the next that will be.
    pub missed: usize,
}

impl fmt::Display for Lapped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} values were overwritten before this consumer read them; pop again for the oldest that is \
             left, or give the ring a larger capacity",
            self.missed
        )
    }
}

impl Error for Lapped {}

/// An end of a lossy broadcast that reads. Belongs to one thread at a time.
///
/// A clone begins where its original stands. The producer does not know how many there are.
pub struct LossyConsumer<T: Plain> {
    // INVARIANT: the index of the next value to be read.
    cursor: usize,
    begin: usize,
    missed: usize,
    shared: Arc<Shared<T>>,
}

impl<T: Plain> LossyConsumer<T> {
    /// A consumer that was counted, at `cursor`.
    pub(super) fn new(shared: Arc<Shared<T>>, cursor: usize) -> Self {
        Self { cursor, begin: cursor, missed: 0, shared }
    }

    /// A copy of the next value, if there is one. Never blocks, and never returns a value that was
    /// written to meanwhile.
    ///
    /// # Errors
    ///
    /// [`Lapped`] says how many values were missed, and leaves the consumer at the oldest that was
    /// there then. Which may be gone as well by the next call, if the producer is that fast.
    #[inline(always)]
    pub fn try_pop(&mut self) -> Result<Option<T>, Lapped> {
        match self.shared.read(self.cursor) {
            Found::Value(value) => {
                self.cursor = self.cursor.wrapping_add(1);
                Ok(Some(value))
            }
            Found::Nothing => Ok(None),
            Found::Later => Err(self.catch_up()),
        }
    }

    /// Whether a call of [`try_pop`](Self::try_pop) would say something.
    #[inline(always)]
    pub fn ready(&self) -> bool {
        self.shared.is_due(self.cursor)
    }

    /// Goes on with the oldest value that is there.
    #[cold]
    fn catch_up(&mut self) -> Lapped {
        let oldest = self.shared.tail().wrapping_sub(self.capacity());
        // The tail is moved after the slot was begun, so that it may be at what was overwritten here.
        let ahead = oldest.wrapping_sub(self.cursor);
        let missed = if ahead == 0 || ahead > usize::MAX / 2 { 1 } else { ahead };
        self.cursor = self.cursor.wrapping_add(missed);
        self.missed = self.missed.wrapping_add(missed);
        Lapped { missed }
    }

    /// Whether the producer is gone. What it pushed is visible once this returned true.
    #[inline(always)]
    pub fn is_closed(&self) -> bool {
        self.shared.ends.is_gone(Side::Producer)
    }

    /// How many values the ring keeps.
    #[inline(always)]
    pub fn capacity(&self) -> usize {
        self.shared.mask + 1
    }

    /// How many values this consumer read so far.
    #[inline]
    pub fn popped(&self) -> usize {
        self.cursor.wrapping_sub(self.begin).wrapping_sub(self.missed)
    }

    /// How many values this consumer missed so far: the sum of what [`Lapped`] said.
    #[inline]
    pub fn missed(&self) -> usize {
        self.missed
    }

    /// How many values were pushed since this consumer began.
    #[inline]
    pub fn pushed(&self) -> usize {
        self.shared.tail().wrapping_sub(self.begin)
    }

    /// Lets another thread read how much was pushed since this consumer began.
    pub fn watch(&self) -> LossyWatch<T> {
        LossyWatch { shared: Arc::clone(&self.shared), begin: self.begin }
    }

    /// A consumer that sees the values from now on, whatever this one has not read yet.
    #[must_use]
    pub fn join(&self) -> Self {
        self.shared.ends.join(Side::Consumer);
        Self::new(Arc::clone(&self.shared), self.shared.tail())
    }
}

impl<T: Plain> Clone for LossyConsumer<T> {
    fn clone(&self) -> Self {
        self.shared.ends.join(Side::Consumer);
        Self::new(Arc::clone(&self.shared), self.cursor)
    }
}

impl<T: Plain> Drop for LossyConsumer<T> {
    fn drop(&mut self) {
        // Plain values need no drop.
        self.shared.ends.leave(Side::Consumer);
    }
}

impl<T: Plain> fmt::Debug for LossyConsumer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LossyConsumer")
            .field("ring", &self.shared)
            .field("popped", &self.popped())
            .field("missed", &self.missed)
            .finish_non_exhaustive()
    }
}

/// Reads from any thread how much was pushed since a consumer began.
pub struct LossyWatch<T: Plain> {
    shared: Arc<Shared<T>>,
    begin: usize,
}

impl<T: Plain> LossyWatch<T> {
    /// How many values were pushed since that consumer began.
    pub fn pushed(&self) -> usize {
        self.shared.tail().wrapping_sub(self.begin)
    }

    /// How many values the ring keeps.
    pub fn capacity(&self) -> usize {
        self.shared.mask + 1
    }
}

impl<T: Plain> fmt::Debug for LossyWatch<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LossyWatch").field(&self.shared).finish()
    }
}
