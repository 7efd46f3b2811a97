//! `Tracked`: counts what another policy gives.

use std::collections::BTreeMap;
use std::fmt;
use std::ptr::NonNull;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{AllocError, Policy, Request};

/// Counts operations and bytes, at the moment and at the peak, in all and by the name of the operation.
///
/// Names are the types of senders, in which each stage's name stands. For development: **costs** a lock and a
/// search by name for each operation made and ended, and an allocation for each new name.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
///
/// use fusewire::alloc::{Recycling, Tracked};
/// use fusewire::consumers::detach_on;
/// use fusewire::context::manual::Manual;
/// use fusewire::prelude::*;
///
/// let tracked = Arc::new(Tracked::new(Recycling));
/// let manual = Manual::with_allocation("manual", tracked.clone());
/// detach_on(&manual, just(()))?;
///
/// let [(name, usage)] = &tracked.leaks()[..] else { panic!("one is waiting") };
/// assert!(name.contains("Just") && usage.live == 1);
/// manual.run_until_idle();
/// assert!(tracked.leaks().is_empty());
/// # Ok::<(), fusewire::alloc::AllocError>(())
/// ```
#[derive(Debug)]
pub struct Tracked<P> {
    inner: P,
    counts: Mutex<Counts>,
}

/// What was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Operations made so far.
    pub made: u64,
    /// Operations there are.
    pub live: u64,
    /// The most there were at a time.
    pub peak: u64,
    /// The bytes of those there are.
    pub bytes: u64,
    /// The most bytes at a time.
    pub peak_bytes: u64,
    /// Operations that got no memory.
    pub refused: u64,
}

impl Usage {
    const fn add(&mut self, bytes: u64) {
        self.made += 1;
        self.live += 1;
        self.bytes += bytes;
        if self.live > self.peak {
            self.peak = self.live;
        }
        if self.bytes > self.peak_bytes {
            self.peak_bytes = self.bytes;
        }
    }

    const fn remove(&mut self, bytes: u64) {
        self.live -= 1;
        self.bytes -= bytes;
    }
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { made, live, peak, bytes, peak_bytes, refused } = self;
        write!(
            f,
            "{made} made, {live} live (peak {peak}), {bytes} bytes (peak {peak_bytes}), {refused} refused"
        )
    }
}

#[derive(Debug, Default)]
struct Counts {
    all: Usage,
    by_name: BTreeMap<&'static str, Usage>,
}

impl<P: Policy> Tracked<P> {
    /// Counts what `inner` gives.
    pub const fn new(inner: P) -> Self {
        Self { inner, counts: Mutex::new(Counts { all: Usage::NONE, by_name: BTreeMap::new() }) }
    }

    /// Everything together.
    pub fn usage(&self) -> Usage {
        self.counts().all
    }

    /// The operations there are.
    pub fn live(&self) -> u64 {
        self.usage().live
    }

    /// The most operations there were at a time.
    pub fn peak(&self) -> u64 {
        self.usage().peak
    }

    /// The operations that got no memory.
    pub fn refused(&self) -> u64 {
        self.usage().refused
    }

    /// Everything by name, in the order of names.
    pub fn by_name(&self) -> Vec<(&'static str, Usage)> {
        self.counts().by_name.iter().map(|(name, usage)| (*name, *usage)).collect()
    }

    /// Those names of which operations are left, in the order of names: what leaks, once all should have ended.
    pub fn leaks(&self) -> Vec<(&'static str, Usage)> {
        self.by_name().into_iter().filter(|(_, usage)| usage.live != 0).collect()
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count(&self, request: &Request, count: impl Fn(&mut Usage, u64)) {
        // Sizes are at most `isize::MAX`, which fits.
        let bytes = request.layout().size() as u64;
        let mut counts = self.counts();
        count(&mut counts.all, bytes);
        count(counts.by_name.entry(request.name()).or_default(), bytes);
    }
}

impl Usage {
    const NONE: Self = Self { made: 0, live: 0, peak: 0, bytes: 0, peak_bytes: 0, refused: 0 };
}

// SAFETY: every call goes to the policy inside.
unsafe impl<P: Policy> Policy for Tracked<P> {
    fn allocate(&self, request: &Request) -> Result<NonNull<u8>, AllocError> {
        let memory = self.inner.allocate(request);
        match &memory {
            Ok(_) => self.count(request, Usage::add),
            Err(_) => self.count(request, |usage, _| usage.refused += 1),
        }
        memory
    }

    unsafe fn release(&self, memory: NonNull<u8>, request: &Request) {
        // First, so that the peak is never more than there was at a time.
        self.count(request, Usage::remove);
        // SAFETY: passed on to the caller.
        unsafe { self.inner.release(memory, request) }
    }
}
