//! Stop sources of operations: made again and again, allocated once.

use std::cell::RefCell;
use std::sync::Arc;

use super::{Shared, StopSource, StopToken};
use crate::primitive::Ordering;

/// Sources that a thread keeps for the next operation.
const KEPT: usize = 64;

thread_local! {
    static POOL: RefCell<Vec<Arc<Shared>>> = const { RefCell::new(Vec::new()) };
}

/// The stop source of an operation that has several senders under it, or none where nothing under it
/// can ever be asked.
///
/// **Costs** no allocation once as many as are alive at a time have been made on the thread: the last owner
/// gives the source back to the pool of its own thread.
#[derive(Debug)]
pub(crate) struct Recycled {
    source: Option<StopSource>,
    // Whether an earlier request stands for the next pass as well.
    lasting: bool,
}

impl Recycled {
    /// A source of the thread's pool, or a new one.
    pub(crate) fn new() -> Self {
        let kept = POOL.try_with(|pool| pool.borrow_mut().pop()).ok().flatten();
        let source = kept.map_or_else(StopSource::new, |shared| StopSource { shared });
        Self { source: Some(source), lasting: false }
    }

    /// `source`, which has other owners, and what was asked of it stands.
    pub(crate) const fn lasting(source: StopSource) -> Self {
        Self { source: Some(source), lasting: true }
    }

    /// No source.
    #[inline]
    pub(crate) const fn none() -> Self {
        Self { source: None, lasting: false }
    }

    /// Another handle of the same source.
    #[inline]
    pub(crate) fn share(&self) -> Self {
        Self { source: self.source.clone(), lasting: self.lasting }
    }

    /// A token that this source stops.
    pub(crate) fn token(&self) -> StopToken {
        self.source.as_ref().map_or_else(StopToken::never, StopSource::token)
    }

    /// As [`StopSource::request_stop`].
    #[inline]
    pub(crate) fn request_stop(&self) {
        if let Some(source) = &self.source {
            source.request_stop();
        }
    }

    /// Takes an earlier request back, before a new pass.
    pub(crate) fn reset(&self) {
        if let Some(source) = &self.source
            && !self.lasting
        {
            // ORDERING: relaxed, no pass is under way; starting one synchronises with it.
            source.shared.requested.store(false, Ordering::Relaxed);
        }
    }
}

impl Drop for Recycled {
    #[inline]
    fn drop(&mut self) {
        if let Some(source) = self.source.take() {
            Self::keep(source);
        }
    }
}

impl Recycled {
    /// Gives a source to the thread's pool, if this was its last owner.
    fn keep(StopSource { mut shared }: StopSource) {
        // A token that somebody kept keeps the source: it is not used again.
        if Arc::get_mut(&mut shared).is_none_or(|shared| !shared.reset()) {
            return;
        }
        let _ = POOL.try_with(|pool| {
            let mut pool = pool.borrow_mut();
            if pool.len() < KEPT && !cfg!(loom) {
                pool.push(shared);
            }
        });
    }
}

impl Shared {
    /// As new. Whether it is.
    fn reset(&mut self) -> bool {
        let Ok(waits) = self.waits.get_mut() else { return false };
        waits.clear();
        // ORDERING: relaxed, here and below: this is the only handle.
        self.known.store(0, Ordering::Relaxed);
        // ORDERING: relaxed, the only handle.
        self.requested.store(false, Ordering::Relaxed);
        true
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn the_last_handle_gives_the_source_back_as_new() {
        let first = Recycled::new();
        let other = first.share();
        let address = Arc::as_ptr(&first.source.as_ref().unwrap().shared);
        other.request_stop();
        drop(first);
        drop(other);
        let again = Recycled::new();
        assert_eq!(Arc::as_ptr(&again.source.as_ref().unwrap().shared), address);
        assert!(!again.token().stop_requested());
    }

    #[test]
    fn a_source_whose_token_somebody_kept_is_not_used_again() {
        let first = Recycled::new();
        let token = first.token();
        let address = Arc::as_ptr(&first.source.as_ref().unwrap().shared);
        first.request_stop();
        drop(first);
        assert!(token.stop_requested());
        let again = Recycled::new();
        assert_ne!(Arc::as_ptr(&again.source.as_ref().unwrap().shared), address);
    }
}
