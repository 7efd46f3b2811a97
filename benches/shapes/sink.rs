//! Where the results of a shape go: a sum that is read when the shape has run.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Adds up results; the sum is published when it is dropped.
#[derive(Debug)]
pub struct Sum {
    sum: u64,
    total: Arc<AtomicU64>,
}

impl Sum {
    /// A sum, and where it will be read.
    pub fn new() -> (Self, Arc<AtomicU64>) {
        let total = Arc::new(AtomicU64::new(0));
        (Self { sum: 0, total: total.clone() }, total)
    }

    /// Two that are read as one.
    pub fn pair() -> (Self, Self, Arc<AtomicU64>) {
        let (sum, total) = Self::new();
        (sum, Self { sum: 0, total: total.clone() }, total)
    }

    /// Adds one result.
    #[inline(always)]
    pub fn add(&mut self, value: u64) {
        self.sum = self.sum.wrapping_add(value);
    }
}

impl Drop for Sum {
    fn drop(&mut self) {
        // ORDERING: relaxed, whoever reads the total has joined the graph before.
        self.total.fetch_add(self.sum, Ordering::Relaxed);
    }
}
