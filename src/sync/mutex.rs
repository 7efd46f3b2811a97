//! `Mutex`: a value that one pass at a time may use.

use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use super::handle::Handle;
use super::operation::{Request, sends};
use super::wait_list::{Place, Queue, Woken};
use crate::completion::{Completion, Never};
use crate::opaque::opaque;
use crate::primitive::{UnsafeCell, const_unless_modelled};

/// A value that one pass at a time may use, as long as it holds the guard: also across hops and waits.
///
/// Passes get the lock in the order in which they asked. Whoever gives it back hands it to the pass that has
/// waited longest, so that no newcomer overtakes it.
///
/// **Costs** nothing to make; see [`lock`](Self::lock) for the rest. A panic while the guard is held frees the lock
/// and leaves the value as it is.
///
/// libunifex: `async_mutex`. TooManyCooks: `tmc::mutex`. tokio: `sync::Mutex`.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use fusewire::engine::Engine;
/// use fusewire::prelude::*;
/// use fusewire::sync::{Mutex, carry};
///
/// let total = Arc::new(Mutex::new(0));
/// let add = {
///     let total = Arc::clone(&total);
///     fuse! {
///         from_iter(1..=4)
///             .and(move |n| carry(n, total.lock_arc()))
///             .for_each(|(n, mut total)| *total += n)
///     }
/// };
/// Engine::new().run(add)?.join()?;
/// assert_eq!(block_on(total.lock().map(|total| *total)), Completion::Value(10));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Mutex<T> {
    place: Place<Locked>,
    // INVARIANT: touched only through the one guard.
    value: UnsafeCell<T>,
}

/// The state of a [`Mutex`].
#[derive(Debug)]
pub struct Locked {
    locked: bool,
    // INVARIANT: empty while it is not locked.
    queue: Queue<()>,
}

// SAFETY: the value is reached through one guard at a time, on any thread.
unsafe impl<T: Send> Send for Mutex<T> {}
// SAFETY: as above; a shared mutex only ever lends the value to one guard.
unsafe impl<T: Send> Sync for Mutex<T> {}

opaque!(Mutex<T>);

impl<T> Mutex<T> {
    const_unless_modelled! {
        /// Free, over `value`. May stand in a `static`.
        pub fn new(value: T) -> Self {
            let state = Locked { locked: false, queue: Queue::new() };
            Self { place: Place::new(state), value: UnsafeCell::new(value) }
        }
    }

    /// The value, without a lock, which nobody else can hold.
    pub fn get_mut(&mut self) -> &mut T {
        // SAFETY: the mutex is borrowed for as long as the result.
        self.value.with_mut(|value| unsafe { &mut *value })
    }
}

impl<T: Send> Mutex<T> {
    /// Waits for the lock.
    ///
    /// **Completes** with a guard, inside `start` if the lock is free, else later, in the order of asking; it cannot
    /// fail. Stopped if a stop is requested while it waits.
    /// **Runs on** the context where it is started: there the pass goes on, wherever the lock was given back.
    /// **Costs** two compare-exchanges and two stores for a lock and its return, if nobody waits. A wait costs a
    /// post to the context and a short lock on the stop source; no allocation.
    pub const fn lock(&self) -> Lock<T, &Self> {
        Lock { mutex: self, _value: PhantomData }
    }

    /// As [`lock`](Self::lock), by count, for a graph that outlives this reference.
    pub fn lock_arc(self: &Arc<Self>) -> Lock<T> {
        Lock { mutex: Arc::clone(self), _value: PhantomData }
    }

    /// The lock, if it is free now.
    pub fn try_lock(&self) -> Option<MutexGuard<T, &Self>> {
        self.place.with(Locked::take).then(|| MutexGuard { mutex: self, _value: PhantomData })
    }

    /// As [`try_lock`](Self::try_lock), by count.
    pub fn try_lock_arc(self: &Arc<Self>) -> Option<MutexGuard<T>> {
        self.place.with(Locked::take).then(|| MutexGuard { mutex: Arc::clone(self), _value: PhantomData })
    }

    #[inline]
    fn unlock(&self) {
        let mut woken = Woken::none();
        self.place.with(|state| {
            state.locked = false;
            state.settle(&mut woken);
        });
        drop(woken);
    }
}

impl Locked {
    #[inline]
    const fn take(&mut self) -> bool {
        let free = !self.locked;
        self.locked = true;
        free
    }

    #[inline]
    fn settle(&mut self, woken: &mut Woken<()>) {
        if !self.locked {
            self.locked = self.queue.grant(woken);
        }
    }
}

/// The sender of [`Mutex::lock`].
#[must_use = "a sender does nothing until it is run: pass it to `block_on` or return it in an `and`"]
#[derive(Clone)]
pub struct Lock<T: Send, H: Handle<Mutex<T>> = Arc<Mutex<T>>> {
    mutex: H,
    _value: PhantomData<fn() -> T>,
}

impl<T: Send, H: Handle<Mutex<T>>> fmt::Debug for Lock<T, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lock").finish_non_exhaustive()
    }
}

impl<T: Send, H: Handle<Mutex<T>>> Request for Lock<T, H> {
    type State = Locked;
    type Payload = ();
    type Value = MutexGuard<T, H>;
    type Error = Never;

    #[inline]
    fn place(&self) -> &Place<Locked> {
        &self.mutex.place
    }

    fn queue(state: &mut Locked) -> &mut Queue<()> {
        &mut state.queue
    }

    #[inline]
    fn ask(&mut self, state: &mut Locked, _: &mut Woken<()>) -> Option<()> {
        state.take().then_some(())
    }

    fn settle(state: &mut Locked, woken: &mut Woken<()>) {
        state.settle(woken);
    }

    fn give_back(state: &mut Locked, (): ()) {
        state.locked = false;
    }

    #[inline]
    fn granted(&mut self, (): ()) -> Completion<MutexGuard<T, H>, Never> {
        Completion::Value(MutexGuard { mutex: self.mutex.clone(), _value: PhantomData })
    }

    #[inline]
    fn granted_last(self, (): ()) -> Completion<MutexGuard<T, H>, Never> {
        Completion::Value(MutexGuard { mutex: self.mutex, _value: PhantomData })
    }
}

sends!([T: Send, H: Handle<Mutex<T>>] Lock<T, H>);

/// The right to use the value of a [`Mutex`]; dropping it gives the lock back, on whichever thread.
#[must_use = "dropping the guard gives the lock back"]
pub struct MutexGuard<T: Send, H: Handle<Mutex<T>> = Arc<Mutex<T>>> {
    mutex: H,
    _value: PhantomData<T>,
}

impl<T: Send, H: Handle<Mutex<T>>> Deref for MutexGuard<T, H> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: the guard has the lock, and lends the value for as long as it is borrowed.
        self.mutex.value.with(|value| unsafe { &*value })
    }
}

impl<T: Send, H: Handle<Mutex<T>>> DerefMut for MutexGuard<T, H> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: as above; the guard is borrowed exclusively.
        self.mutex.value.with_mut(|value| unsafe { &mut *value })
    }
}

impl<T: Send, H: Handle<Mutex<T>>> Drop for MutexGuard<T, H> {
    #[inline]
    fn drop(&mut self) {
        self.mutex.unlock();
    }
}

impl<T: Send + fmt::Debug, H: Handle<Mutex<T>>> fmt::Debug for MutexGuard<T, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MutexGuard").field(&**self).finish()
    }
}
