//! Which of two senders a merge asks first.

use std::fmt;

/// Which of two senders is asked first; the two types that implement it are all there are.
pub trait Order: sealed::Sealed + fmt::Debug + Clone + Send + 'static {
    /// Whether the second is asked before the first.
    fn second_is_next(&self) -> bool;

    /// One of them gave a value.
    fn gave(&mut self, second: bool);
}

/// After so many values of the first the second is asked first, once.
#[derive(Debug, Clone)]
pub struct InTurns {
    of_first: u32,
    // INVARIANT: at most `of_first`.
    given: u32,
}

impl InTurns {
    pub(super) const fn new(of_first: u32) -> Self {
        Self { of_first, given: 0 }
    }
}

impl Order for InTurns {
    #[inline(always)]
    fn second_is_next(&self) -> bool {
        self.given == self.of_first
    }

    #[inline(always)]
    fn gave(&mut self, second: bool) {
        self.given = if second { 0 } else { self.of_first.min(self.given + 1) };
    }
}

/// The first is always asked first.
#[derive(Debug, Clone)]
pub struct ByPriority;

impl Order for ByPriority {
    #[inline(always)]
    fn second_is_next(&self) -> bool {
        false
    }

    #[inline(always)]
    fn gave(&mut self, _: bool) {}
}

mod sealed {
    pub trait Sealed {}

    impl Sealed for super::InTurns {}
    impl Sealed for super::ByPriority {}
}
