//! How a sender wakes a receiver that has gone to sleep.

use std::fmt;

use crate::context::ContextRef;

/// Wakes whoever receives from an edge.
///
/// Called by [`EdgeSender::wake`](super::EdgeSender::wake), which a lane calls once per turn and
/// never per value. Must not block, and must be cheap when the receiver is awake.
pub trait Wake: fmt::Debug + Send + Sync {
    /// Makes the receiver look at the edge again, at once or when it next would have slept.
    fn wake(&self);
}

impl Wake for ContextRef {
    fn wake(&self) {
        (**self).nudge();
    }
}
