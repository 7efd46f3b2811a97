//! Commands for a device, in order.

use cudarc::driver::{DriverError, result, sys};

/// Commands in order. Whoever drops it has waited for the last.
///
/// It does not wait for the default stream of its context, nor that for it: what is set up for a batch
/// goes through this stream as well, or is not there when the batch runs.
pub(super) struct Stream(sys::CUstream);

// SAFETY: a stream may be used by any thread whose current context is its own.
unsafe impl Send for Stream {}

impl Stream {
    pub(super) fn new() -> Result<Self, DriverError> {
        result::stream::create(result::stream::StreamKind::NonBlocking).map(Self)
    }

    pub(super) const fn handle(&self) -> sys::CUstream {
        self.0
    }

    /// Waits for everything that was put on it.
    pub(super) fn synchronize(&self) -> Result<(), DriverError> {
        // SAFETY: the stream is ours.
        unsafe { result::stream::synchronize(self.0) }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        // SAFETY: made by `new`, and destroyed once.
        let _ = unsafe { result::stream::destroy(self.0) };
    }
}
