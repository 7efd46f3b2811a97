//! A ring for one producer and one consumer in safe code, and what its counters say.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use fusewire::edge::{EdgeCounters, Readings};

/// Slot `n % capacity` is the producer's until `pushed` is beyond `n`, and the consumer's until `popped` is: no
/// lock is ever waited for.
pub(crate) struct Ring<T> {
    slots: Box<[Mutex<Option<T>>]>,
    pushed: AtomicUsize,
    popped: AtomicUsize,
    closed: AtomicBool,
}

impl<T> Ring<T> {
    /// # Panics
    ///
    /// If `capacity` is zero.
    fn new(capacity: usize) -> Self {
        assert!(capacity > 0, "a ring for 0 values carries nothing");
        let slots = (0..capacity).map(|_| Mutex::new(None)).collect();
        Self {
            slots,
            pushed: AtomicUsize::new(0),
            popped: AtomicUsize::new(0),
            closed: AtomicBool::new(false),
        }
    }

    pub(crate) fn capacity(&self) -> usize {
        self.slots.len()
    }

    /// Exact for an end whose counterpart stands still; for the others what it was a moment ago.
    pub(crate) fn len(&self) -> usize {
        // ORDERING: acquire, both pair with the releases of `push` and `pop`. Popped is read first, and never passes pushed.
        let popped = self.popped.load(Ordering::Acquire);
        self.pushed.load(Ordering::Acquire).wrapping_sub(popped)
    }

    /// Called by one thread at a time.
    pub(crate) fn push(&self, value: T) -> Result<(), T> {
        if self.len() >= self.capacity() {
            return Err(value);
        }
        // ORDERING: relaxed, only the producer writes it.
        let pushed = self.pushed.load(Ordering::Relaxed);
        *self.slots[pushed % self.slots.len()].lock().unwrap() = Some(value);
        // ORDERING: release, pairs with `len` of the consumer.
        self.pushed.store(pushed + 1, Ordering::Release);
        Ok(())
    }

    /// Called by one thread at a time.
    pub(crate) fn pop(&self) -> Option<T> {
        if self.len() == 0 {
            return None;
        }
        // ORDERING: relaxed, only the consumer writes it.
        let popped = self.popped.load(Ordering::Relaxed);
        let value = self.slots[popped % self.slots.len()].lock().unwrap().take();
        // ORDERING: release, pairs with `len` of the producer.
        self.popped.store(popped + 1, Ordering::Release);
        value
    }

    /// An end is gone.
    fn close(&self) {
        // ORDERING: release, pairs with `is_closed`: what was pushed before is seen after it.
        self.closed.store(true, Ordering::Release);
    }

    /// Whether an end is gone: an end that asks is not.
    pub(crate) fn is_closed(&self) -> bool {
        // ORDERING: acquire, pairs with `close`.
        self.closed.load(Ordering::Acquire)
    }
}

/// Either end: dropping it closes the ring.
pub(crate) struct End<T>(pub(crate) Arc<Ring<T>>);

impl<T> End<T> {
    /// The two ends of a new ring.
    pub(crate) fn pair(capacity: usize) -> (Self, Self) {
        let ring = Arc::new(Ring::new(capacity));
        (Self(ring.clone()), Self(ring))
    }
}

impl<T> Drop for End<T> {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// Counts what goes over a ring.
pub(crate) struct Count<T>(pub(crate) Arc<Ring<T>>);

impl<T: Send> Readings for Count<T> {
    fn counters(&self) -> EdgeCounters {
        // ORDERING: acquire, as in `Ring::len`: popped first, so that it is never more than pushed.
        let popped = self.0.popped.load(Ordering::Acquire) as u64;
        let pushed = self.0.pushed.load(Ordering::Acquire) as u64;
        let mut counters = EdgeCounters::default();
        (counters.pushed, counters.popped, counters.depth) = (pushed, popped, pushed - popped);
        counters
    }

    fn capacity(&self) -> usize {
        self.0.capacity()
    }
}
