//! What a graph holds of its stages.

use std::ops::{Deref, DerefMut};

/// A stage's function or its state, or a value at a hop, which was found to be `Send` where the stage is written.
///
/// What the graph is made of later need not ask again: so a function that captures what cannot move
/// to another thread is reported once, at its stage, and not at the graph and at `engine.run` too.
#[derive(Debug)]
pub struct Held<F>(F);

// SAFETY: `Held::new` is the one place that makes one, and it requires `F: Send`. A graph with a
// function that is not never gets there: it does not compile.
unsafe impl<F> Send for Held<F> {}

impl<F: Send> Held<F> {
    /// Holds `f`.
    #[inline(always)]
    pub const fn new(f: F) -> Self {
        Self(f)
    }
}

impl<F> Held<F> {
    /// What is held.
    #[inline(always)]
    pub fn into_inner(self) -> F {
        self.0
    }
}

impl<F> Deref for Held<F> {
    type Target = F;

    #[inline(always)]
    fn deref(&self) -> &F {
        &self.0
    }
}

impl<F> DerefMut for Held<F> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut F {
        &mut self.0
    }
}
