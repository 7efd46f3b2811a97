//! Values into batches, and results out of them, in order.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Instant;

use super::{Batching, DeviceError, Queue, Tally};
use crate::kernel::Data;
use crate::kernel::data::{load, store};

/// The batches of one lane: one is being filled, some are in flight, one is being read.
///
/// Batches are numbered from 0. The slot of a batch is its number modulo the window, which is not
/// computed for each value: three slots are kept beside the three numbers.
pub(crate) struct Gather<Q, V, U> {
    queue: Q,
    device: Box<str>,
    batching: Batching,
    // The rows of each slot's batch.
    counts: Box<[usize]>,
    // INVARIANT: drained <= finished <= submitted <= drained + window.
    submitted: u64,
    finished: u64,
    drained: u64,
    // INVARIANT: the slots of batches `submitted`, `finished` and `drained`.
    filling: usize,
    finishing: usize,
    reading: usize,
    // Rows in batch `submitted`, which is not full.
    filled: usize,
    // INVARIANT: a batch's rows while another row can be put in, else 0.
    limit: usize,
    // Whether nothing more is wanted.
    closed: bool,
    // Rows that were read of batch `drained`, which has more.
    read: usize,
    // When the batch that is being filled was first seen with a row in it.
    since: Option<Instant>,
    failed: Option<DeviceError>,
    tally: Arc<Tally>,
    _types: PhantomData<fn(V) -> U>,
}

impl<Q: fmt::Debug, V, U> fmt::Debug for Gather<Q, V, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gather")
            .field("queue", &self.queue)
            .field("submitted", &self.submitted)
            .field("finished", &self.finished)
            .field("drained", &self.drained)
            .finish_non_exhaustive()
    }
}

impl<Q: Queue, V: Data, U: Data> Gather<Q, V, U> {
    /// Checks what `queue` promises.
    ///
    /// # Errors
    ///
    /// When it breaks rule 2 of the contract.
    pub(crate) fn new(mut queue: Q, device: &str, tally: Arc<Tally>) -> Result<Self, DeviceError> {
        let batching = queue.batching();
        let Batching { rows, window, .. } = batching;
        let holds = |bytes: usize, size: usize| rows.checked_mul(size).is_some_and(|needed| bytes >= needed);
        let kept = rows > 0
            && window > 0
            && (0..window).all(|slot| {
                holds(queue.input(slot).len(), size_of::<V>())
                    && holds(queue.output(slot).len(), size_of::<U>())
            });
        if !kept {
            let why = "its queue has no room for the rows that it promises, which breaks rule 2 of the contract of a device";
            return Err(DeviceError::lost(device, why));
        }
        Ok(Self {
            queue,
            device: device.into(),
            batching,
            counts: vec![0; window].into_boxed_slice(),
            submitted: 0,
            finished: 0,
            drained: 0,
            filling: 0,
            finishing: 0,
            reading: 0,
            filled: 0,
            limit: rows,
            closed: false,
            read: 0,
            since: None,
            failed: None,
            tally,
            _types: PhantomData,
        })
    }

    /// The slot after `slot`.
    #[inline(always)]
    const fn after(&self, slot: usize) -> usize {
        if slot + 1 == self.batching.window { 0 } else { slot + 1 }
    }

    /// Rows of all batches together.
    pub(crate) const fn capacity(&self) -> usize {
        self.batching.rows.saturating_mul(self.batching.window)
    }

    /// Whether a value can be put in.
    #[inline(always)]
    pub(crate) const fn has_room(&self) -> bool {
        self.filled < self.limit
    }

    /// Keeps the invariant of `limit`.
    const fn limit(&mut self) {
        let full = self.submitted - self.drained >= self.batching.window as u64;
        self.limit = if full || self.closed || self.failed.is_some() { 0 } else { self.batching.rows };
    }

    /// Takes no more values.
    pub(crate) const fn close(&mut self) {
        self.closed = true;
        self.limit();
    }

    /// Adds a value, for which there [is room](Self::has_room), and submits the batch that it fills.
    #[inline(always)]
    pub(crate) fn put(&mut self, value: &V) {
        let from = self.filled * size_of::<V>();
        match self.queue.input(self.filling).get_mut(from..from + size_of::<V>()) {
            Some(bytes) => store(value, bytes),
            None => return self.shrunk(),
        }
        self.filled += 1;
        if self.filled == self.limit {
            self.submit();
        }
    }

    #[cold]
    fn shrunk(&mut self) {
        let why = "the memory of a slot shrank, which breaks rule 2 of the contract of a device";
        self.fail(DeviceError::lost(&*self.device, why));
    }

    #[cold]
    fn fail(&mut self, error: DeviceError) {
        self.failed.get_or_insert(error);
        self.limit();
    }

    fn submit(&mut self) {
        let slot = self.filling;
        if let Err(error) = self.queue.submit(slot, self.filled) {
            return self.fail(error);
        }
        self.counts[slot] = self.filled;
        self.submitted += 1;
        self.filling = self.after(slot);
        let full = self.filled == self.batching.rows;
        let bytes = self.filled * size_of::<V>();
        self.tally.submitted(self.filled, full, bytes, self.submitted - self.finished);
        self.filled = 0;
        self.since = None;
        self.limit();
    }

    /// Submits what has been gathered.
    pub(crate) fn flush(&mut self) {
        if self.filled > 0 && self.failed.is_none() {
            self.submit();
        }
    }

    /// Submits a batch that has waited for long enough, and asks which have finished.
    #[inline]
    pub(crate) fn turn(&mut self) {
        if self.failed.is_some() {
            return;
        }
        if self.filled > 0 && self.is_due() {
            self.submit();
        }
        if self.submitted > self.finished {
            match self.queue.poll() {
                Ok(0) => {}
                Ok(more) => self.finish(more as u64),
                Err(error) => self.fail(error),
            }
        }
    }

    fn is_due(&mut self) -> bool {
        if self.batching.within.is_zero() {
            return true;
        }
        let now = Instant::now();
        let since = *self.since.get_or_insert(now);
        now.saturating_duration_since(since) >= self.batching.within
    }

    fn finish(&mut self, more: u64) {
        let more = more.min(self.submitted - self.finished);
        for _ in 0..more {
            let rows = self.counts[self.finishing];
            self.tally.finished(rows * size_of::<U>());
            self.finished += 1;
            self.finishing = self.after(self.finishing);
        }
    }

    /// Whether a result is there.
    #[inline(always)]
    pub(crate) const fn has_result(&self) -> bool {
        self.drained < self.finished
    }

    /// The results that are left of the oldest batch that has finished: their bytes, and how many they
    /// are. They are [taken](Self::taken) afterwards.
    #[inline]
    pub(crate) fn results(&mut self) -> Option<(&[u8], usize)> {
        if !self.has_result() {
            return None;
        }
        let (slot, from) = (self.reading, self.read);
        let rows = self.counts[slot];
        let bytes = from * size_of::<U>()..rows * size_of::<U>();
        if self.queue.output(slot).len() < bytes.end {
            self.shrunk();
            return None;
        }
        Some((&self.queue.output(slot)[bytes], rows - from))
    }

    /// So many of the [results](Self::results) were taken.
    #[inline]
    pub(crate) fn taken(&mut self, rows: usize) {
        self.step(rows, self.counts[self.reading]);
    }

    /// The next result, in the order of the values.
    pub(crate) fn take(&mut self) -> Option<U> {
        let (bytes, _) = self.results()?;
        let result = load(bytes.get(..size_of::<U>())?);
        self.taken(1);
        Some(result)
    }

    /// Goes on by `more` rows of batch `drained`, which has `rows`.
    fn step(&mut self, more: usize, rows: usize) {
        self.read += more;
        if self.read == rows {
            self.read = 0;
            self.drained += 1;
            self.reading = self.after(self.reading);
            self.limit();
        }
    }

    /// Whether no value is inside.
    pub(crate) const fn is_empty(&self) -> bool {
        self.submitted == self.drained && self.filled == 0
    }

    /// Whether batches are in flight.
    pub(crate) const fn in_flight(&self) -> bool {
        self.submitted > self.finished
    }

    /// Why the device computes no more.
    #[inline(always)]
    pub(crate) const fn failed(&self) -> Option<&DeviceError> {
        self.failed.as_ref()
    }

    /// After a failure: the next value whose result was not taken, out of the staging memory.
    pub(crate) fn take_back(&mut self) -> Option<V> {
        let slot = self.reading;
        let inside = self.drained < self.submitted;
        let rows = if inside { self.counts[slot] } else { self.filled };
        if self.read >= rows {
            return None;
        }
        let from = self.read * size_of::<V>();
        let value = self.queue.input(slot).get(from..from + size_of::<V>()).map(load)?;
        if inside {
            self.step(1, rows);
            if self.finished < self.drained {
                (self.finished, self.finishing) = (self.drained, self.reading);
            }
        } else if self.read + 1 == rows {
            (self.read, self.filled) = (0, 0);
        } else {
            self.read += 1;
        }
        Some(value)
    }

    /// When it is to be asked again although nothing else happens.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let now = Instant::now();
        if self.failed.is_some() {
            return Some(now);
        }
        let due = (self.filled > 0).then(|| self.since.unwrap_or(now) + self.batching.within);
        let done = self.in_flight().then(|| now + self.queue.nap());
        due.into_iter().chain(done).min()
    }

    /// What the device says of itself.
    pub(crate) fn notes(&self) -> Vec<String> {
        self.queue.notes()
    }
}
