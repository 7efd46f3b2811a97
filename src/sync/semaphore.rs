//! `Semaphore`: a number of permits, which passes take and give back.

use std::fmt;
use std::sync::Arc;

use super::handle::Handle;
use super::operation::{Request, sends};
use super::wait_list::{Place, Queue, Woken};
use crate::completion::{Completion, Never};
use crate::primitive::const_unless_modelled;

/// A number of permits, which passes take and give back: a bound on what is under way at a time.
///
/// Passes get permits in the order in which they asked. One that asks for many is not overtaken by those behind
/// it that ask for few.
///
/// **Costs** nothing to make; see [`acquire`](Self::acquire) for the rest.
///
/// TooManyCooks: `tmc::semaphore`. tokio: `sync::Semaphore`.
///
/// # Examples
///
/// ```
/// use fusewire::prelude::*;
/// use fusewire::sync::Semaphore;
///
/// let requests = Semaphore::new(3);
/// let two = block_on(requests.acquire(2)).value();
/// assert_eq!(requests.available(), 1);
/// assert!(requests.try_acquire(2).is_none());
/// drop(two);
/// assert!(requests.try_acquire(2).is_some());
/// ```
pub struct Semaphore {
    place: Place<Permits>,
}

/// The state of a [`Semaphore`].
#[derive(Debug)]
pub struct Permits {
    free: usize,
    // INVARIANT: the first asks for more than are free.
    queue: Queue<usize>,
}

impl fmt::Debug for Semaphore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Semaphore").field("available", &self.available()).finish()
    }
}

impl Semaphore {
    const_unless_modelled! {
        /// With `permits` permits. May stand in a `static`.
        pub fn new(permits: usize) -> Self {
            Self { place: Place::new(Permits { free: permits, queue: Queue::new() }) }
        }
    }

    /// Waits for `count` permits.
    ///
    /// **Completes** with them, inside `start` if they are free and nobody waits, else later, in the order of asking;
    /// it cannot fail. Stopped if a stop is requested while it waits. Asking for more than there will ever be waits
    /// until then.
    /// **Runs on** the context where it is started.
    /// **Costs** two compare-exchanges and two stores for the permits and their return, if nobody waits; no
    /// allocation.
    pub const fn acquire(&self, count: usize) -> Acquire<&Self> {
        Acquire { semaphore: self, count }
    }

    /// As [`acquire`](Self::acquire), by count of references, for a graph that outlives this one.
    pub fn acquire_arc(self: &Arc<Self>, count: usize) -> Acquire {
        Acquire { semaphore: Arc::clone(self), count }
    }

    /// `count` permits, if they are free now and nobody waits.
    pub fn try_acquire(&self, count: usize) -> Option<Permit<&Self>> {
        self.place.with(|state| state.take(count)).then(|| Permit { semaphore: self, count })
    }

    /// As [`try_acquire`](Self::try_acquire), by count of references.
    pub fn try_acquire_arc(self: &Arc<Self>, count: usize) -> Option<Permit> {
        self.place.with(|state| state.take(count)).then(|| Permit { semaphore: Arc::clone(self), count })
    }

    /// Adds permits, which those who wait get first. At most [`usize::MAX`] are kept.
    pub fn release(&self, count: usize) {
        let mut woken = Woken::none();
        self.place.with(|state| {
            state.free = state.free.saturating_add(count);
            state.settle(&mut woken);
        });
        drop(woken);
    }

    /// The permits that are free at some moment during the call.
    pub fn available(&self) -> usize {
        self.place.with(|state| state.free)
    }
}

impl Permits {
    #[inline]
    const fn take(&mut self, count: usize) -> bool {
        let enough = self.queue.is_empty() && count <= self.free;
        if enough {
            self.free -= count;
        }
        enough
    }

    fn settle(&mut self, woken: &mut Woken<usize>) {
        while let Some(count) = self.queue.first(|count| *count)
            && count <= self.free
        {
            self.free -= count;
            self.queue.grant(woken);
        }
    }
}

/// The sender of [`Semaphore::acquire`].
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or return it in an `and`"]
#[derive(Debug, Clone)]
pub struct Acquire<H: Handle<Semaphore> = Arc<Semaphore>> {
    semaphore: H,
    count: usize,
}

impl<H: Handle<Semaphore>> Request for Acquire<H> {
    type State = Permits;
    type Payload = usize;
    type Value = Permit<H>;
    type Error = Never;

    #[inline]
    fn place(&self) -> &Place<Permits> {
        &self.semaphore.place
    }

    fn queue(state: &mut Permits) -> &mut Queue<usize> {
        &mut state.queue
    }

    #[inline]
    fn ask(&mut self, state: &mut Permits, _: &mut Woken<usize>) -> Option<usize> {
        state.take(self.count).then_some(self.count)
    }

    fn bring(&mut self) -> usize {
        self.count
    }

    fn settle(state: &mut Permits, woken: &mut Woken<usize>) {
        state.settle(woken);
    }

    fn give_back(state: &mut Permits, count: usize) -> usize {
        state.free = state.free.saturating_add(count);
        0
    }

    #[inline]
    fn granted(&mut self, count: usize) -> Completion<Permit<H>, Never> {
        Completion::Value(Permit { semaphore: self.semaphore.clone(), count })
    }

    #[inline]
    fn granted_last(self, count: usize) -> Completion<Permit<H>, Never> {
        Completion::Value(Permit { semaphore: self.semaphore, count })
    }
}

sends!([H: Handle<Semaphore>] Acquire<H>);

/// Permits of a [`Semaphore`]; dropping them gives them back, on whichever thread.
#[must_use = "dropping permits gives them back"]
#[derive(Debug)]
pub struct Permit<H: Handle<Semaphore> = Arc<Semaphore>> {
    semaphore: H,
    count: usize,
}

impl<H: Handle<Semaphore>> Permit<H> {
    /// How many they are.
    pub const fn count(&self) -> usize {
        self.count
    }

    /// Keeps them for good: the semaphore has that many fewer.
    pub fn forget(mut self) {
        self.count = 0;
    }

    /// Takes `count` of them apart; none if there are not as many.
    pub fn split(&mut self, count: usize) -> Option<Self> {
        let rest = self.count.checked_sub(count)?;
        self.count = rest;
        Some(Self { semaphore: self.semaphore.clone(), count })
    }
}

impl<H: Handle<Semaphore>> Drop for Permit<H> {
    #[inline]
    fn drop(&mut self) {
        if self.count != 0 {
            self.semaphore.release(self.count);
        }
    }
}
