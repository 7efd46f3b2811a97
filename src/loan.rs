//! State that is lent to a stage and comes back when the graph has ended.

use std::fmt;
use std::mem::ManuallyDrop;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};

/// Lends `state` to a stage: the stage captures the first half, the second gets the state back.
///
/// A lane drops its stages when it ends, and the handle's [`join`](crate::engine::Handle::join)
/// returns after that: then the state is back, whether the graph ended by itself, was stopped or failed.
///
/// **Costs** one allocation here and one lock when the stage is dropped; reaching the state in between
/// is a plain reference.
///
/// # Examples
///
/// ```
/// use fusewire::engine::Engine;
/// use fusewire::loan::lend;
/// use fusewire::prelude::*;
///
/// let (mut sum, sum_back) = lend(0);
/// let graph = fuse! { from_iter(1..=4).for_each(move |x| *sum += x) };
/// assert!(sum_back.take().is_none());
/// Engine::new().run(graph)?.join()?;
/// assert_eq!(sum_back.take(), Some(10));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn lend<T>(state: T) -> (Lent<T>, Returned<T>) {
    let place = Arc::new(Mutex::new(None));
    let lent = Lent { state: ManuallyDrop::new(state), place: Arc::clone(&place) };
    (lent, Returned { place })
}

/// State that a stage holds; dereferences to it. See [`lend`].
pub struct Lent<T> {
    // INVARIANT: there until the drop, which takes it out.
    state: ManuallyDrop<T>,
    place: Arc<Mutex<Option<T>>>,
}

impl<T> Deref for Lent<T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        &self.state
    }
}

impl<T> DerefMut for Lent<T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut T {
        &mut self.state
    }
}

impl<T> Drop for Lent<T> {
    fn drop(&mut self) {
        // SAFETY: nobody uses the state after this, which is the only place that takes it.
        let state = unsafe { ManuallyDrop::take(&mut self.state) };
        *self.place.lock().unwrap_or_else(PoisonError::into_inner) = Some(state);
    }
}

impl<T: fmt::Debug> fmt::Debug for Lent<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Lent").field(&*self.state).finish()
    }
}

/// Where lent state comes back to. See [`lend`].
pub struct Returned<T> {
    place: Arc<Mutex<Option<T>>>,
}

impl<T> Returned<T> {
    /// The state, once the stage that held it is gone; after that, nothing.
    ///
    /// After a panic in that stage the state is what the panic left of it.
    pub fn take(&self) -> Option<T> {
        self.place.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl<T> fmt::Debug for Returned<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Returned").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_comes_back_once() {
        let (mut lent, back) = lend(String::from("a"));
        lent.push('b');
        assert_eq!(back.take(), None);
        drop(lent);
        assert_eq!(back.take().as_deref(), Some("ab"));
        assert_eq!(back.take(), None);
    }

    #[test]
    fn state_that_nobody_wants_back_is_dropped_once() {
        let counted = Arc::new(());
        let (lent, back) = lend(Arc::clone(&counted));
        drop(back);
        drop(lent);
        assert_eq!(Arc::strong_count(&counted), 1);
    }
}
