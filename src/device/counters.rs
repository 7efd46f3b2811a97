//! What a lane on a device has done, for people who watch it.

use std::sync::Arc;

use crate::primitive::{AtomicU64, Ordering};

/// What a lane on a device has done so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct DeviceCounters {
    /// Values handed to the device.
    pub rows: u64,
    /// Batches submitted.
    pub batches: u64,
    /// Batches among them that were not full.
    pub partial: u64,
    /// Bytes that went to the device, tables not counted.
    pub bytes_in: u64,
    /// Bytes that came back.
    pub bytes_out: u64,
    /// The most batches that were in flight at once.
    pub most_in_flight: u64,
    /// Values that the host computed in the device's place.
    pub on_host: u64,
}

/// The counters of one lane: one thread writes, any reads.
///
/// Each is exact; together they are from about the same time.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    rows: AtomicU64,
    batches: AtomicU64,
    partial: AtomicU64,
    bytes_in: AtomicU64,
    bytes_out: AtomicU64,
    most_in_flight: AtomicU64,
    on_host: AtomicU64,
}

impl Tally {
    pub(crate) fn new() -> Arc<Self> {
        Arc::default()
    }

    /// A batch of `rows` was submitted, and `in_flight` are now.
    pub(super) fn submitted(&self, rows: usize, full: bool, bytes: usize, in_flight: u64) {
        add(&self.rows, rows as u64);
        add(&self.batches, 1);
        add(&self.partial, u64::from(!full));
        add(&self.bytes_in, bytes as u64);
        // ORDERING: relaxed, a count that carries no data; one thread writes.
        if self.most_in_flight.load(Ordering::Relaxed) < in_flight {
            // ORDERING: relaxed, see above.
            self.most_in_flight.store(in_flight, Ordering::Relaxed);
        }
    }

    /// A batch whose results take `bytes` has finished.
    pub(super) fn finished(&self, bytes: usize) {
        add(&self.bytes_out, bytes as u64);
    }

    /// The host computed one value.
    pub(crate) fn on_host(&self) {
        add(&self.on_host, 1);
    }

    pub(crate) fn counters(&self) -> DeviceCounters {
        // ORDERING: relaxed, counts that carry no data.
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        DeviceCounters {
            rows: read(&self.rows),
            batches: read(&self.batches),
            partial: read(&self.partial),
            bytes_in: read(&self.bytes_in),
            bytes_out: read(&self.bytes_out),
            most_in_flight: read(&self.most_in_flight),
            on_host: read(&self.on_host),
        }
    }
}

fn add(count: &AtomicU64, more: u64) {
    // ORDERING: relaxed, a count that carries no data; one thread writes.
    count.store(count.load(Ordering::Relaxed) + more, Ordering::Relaxed);
}
