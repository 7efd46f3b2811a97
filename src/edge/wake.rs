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

    /// Has whoever sleeps there sleep on this word of another process too. Whether it can.
    #[cfg(target_os = "linux")]
    #[doc(hidden)]
    fn sleeps_also_on(&self, bell: std::sync::Arc<dyn crate::context::host::Doorbell>) -> bool {
        drop(bell);
        false
    }
}

impl Wake for ContextRef {
    fn wake(&self) {
        (**self).nudge();
    }

    #[cfg(target_os = "linux")]
    fn sleeps_also_on(&self, bell: std::sync::Arc<dyn crate::context::host::Doorbell>) -> bool {
        (**self).sleeps_also_on(bell)
    }
}
