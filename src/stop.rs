//! How a pass is asked to stop.

use std::sync::Arc;

use crate::sync::{AtomicBool, Ordering};

/// Asks the work that holds its tokens to stop.
///
/// Cloning gives another handle of the same source. Costs one allocation when it is made.
#[derive(Debug, Clone, Default)]
pub struct StopSource {
    requested: Arc<AtomicBool>,
}

impl StopSource {
    /// A source that has not asked yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A token that this source stops.
    pub fn token(&self) -> StopToken {
        StopToken { requested: Some(Arc::clone(&self.requested)) }
    }

    /// Asks. Returns whether this call was the first to ask.
    pub fn request_stop(&self) -> bool {
        // ORDERING: release pairs with the acquire of `StopToken::synchronize`, so that what was
        // written before the request is seen by whoever acts on it.
        !self.requested.swap(true, Ordering::Release)
    }

    /// Whether somebody has asked.
    pub fn stop_requested(&self) -> bool {
        // ORDERING: relaxed, the flag carries no data of its own.
        self.requested.load(Ordering::Relaxed)
    }
}

/// Tells whether to stop. The default token is never stopped.
#[derive(Debug, Clone, Default)]
pub struct StopToken {
    requested: Option<Arc<AtomicBool>>,
}

impl StopToken {
    /// A token that no source can stop.
    pub const fn never() -> Self {
        Self { requested: None }
    }

    /// Whether a stop was requested. One relaxed load.
    #[inline]
    pub fn stop_requested(&self) -> bool {
        // ORDERING: relaxed, the flag carries no data of its own; see `synchronize`.
        self.requested.as_ref().is_some_and(|requested| requested.load(Ordering::Relaxed))
    }

    /// Whether a source exists that may ask this token to stop.
    pub const fn stop_possible(&self) -> bool {
        self.requested.is_some()
    }

    /// As [`stop_requested`](Self::stop_requested), and what was written before the request is
    /// visible afterwards.
    pub fn synchronize(&self) -> bool {
        // ORDERING: acquire pairs with the release of `StopSource::request_stop`.
        self.requested.as_ref().is_some_and(|requested| requested.load(Ordering::Acquire))
    }
}
