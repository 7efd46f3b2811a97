//! A lock that is held for a few instructions and never while anybody's code runs.

use std::fmt;

use crate::primitive::{AtomicBool, Ordering, UnsafeCell, const_unless_modelled};

/// Tries in a row before the thread lets others run.
#[cfg(not(loom))]
const SPINS: u32 = 64;
/// Tries after which it sleeps in between: the holder may be a thread that this one keeps from its core.
#[cfg(not(loom))]
const YIELDS: u32 = 256;

/// State that is changed under a lock of one byte.
///
/// Taking it is one compare-exchange, giving it back one store: what one lock-free change would cost,
/// half of what [`std::sync::Mutex`] does, which exchanges on both ways. The price is paid by who finds
/// it taken; see [`Byte`]. It is private because that bargain is good only where nothing foreign runs
/// under the lock.
pub struct Lock<S> {
    turn: Turn,
    // INVARIANT: touched only by whoever has the turn.
    state: UnsafeCell<S>,
}

#[cfg(not(loom))]
type Turn = Byte;
/// The byte spins, which the model checker can follow in the byte's own model only.
#[cfg(loom)]
type Turn = loom::sync::Mutex<()>;

// SAFETY: the state is reached by one thread at a time, which `turn` sees to.
unsafe impl<S: Send> Send for Lock<S> {}
// SAFETY: as above; nothing shared is ever handed out.
unsafe impl<S: Send> Sync for Lock<S> {}

impl<S> Lock<S> {
    const_unless_modelled! {
        /// Free, over `state`.
        pub(crate) fn new(state: S) -> Self {
            #[cfg(not(loom))]
            let turn = Byte::new();
            #[cfg(loom)]
            let turn = loom::sync::Mutex::new(());
            Self { turn, state: UnsafeCell::new(state) }
        }
    }

    /// Changes the state. `change` takes no other lock, and runs no code of a user.
    #[inline(always)]
    pub(crate) fn with<T>(&self, change: impl FnOnce(&mut S) -> T) -> T {
        #[cfg(not(loom))]
        let _held = self.turn.take();
        #[cfg(loom)]
        let _held = self.turn.lock();
        // SAFETY: this thread has the turn until `change` has returned or unwound.
        self.state.with_mut(|state| change(unsafe { &mut *state }))
    }
}

/// A byte that is set by one thread at a time.
///
/// Who finds it set spins, for as long as it takes to link or unlink a node; then he yields; then he
/// sleeps for moments, so that a holder who lost the core to a thread of higher priority gets it back.
#[cfg_attr(loom, allow(dead_code, reason = "only its own model uses it"))]
struct Byte {
    taken: AtomicBool,
}

#[cfg_attr(loom, allow(dead_code, reason = "only its own model uses it"))]
impl Byte {
    const_unless_modelled! {
        fn new() -> Self {
            Self { taken: AtomicBool::new(false) }
        }
    }

    #[inline(always)]
    fn take(&self) -> Held<'_> {
        // ORDERING: acquire pairs with the release of `Held::drop`.
        if self.taken.compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed).is_err() {
            self.wait();
        }
        Held { taken: &self.taken }
    }

    #[cold]
    #[inline(never)]
    fn wait(&self) {
        let mut tries = 0;
        loop {
            pause(tries);
            tries += 1;
            // ORDERING: relaxed, the exchange below synchronises.
            let taken = self.taken.load(Ordering::Relaxed);
            // ORDERING: acquire pairs with the release of `Held::drop`.
            if !taken
                && self.taken.compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed).is_ok()
            {
                return;
            }
        }
    }
}

/// Gives the byte back, also when a change unwinds.
#[must_use]
struct Held<'l> {
    taken: &'l AtomicBool,
}

impl Drop for Held<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        // ORDERING: release pairs with the acquire of whoever sets the byte next.
        self.taken.store(false, Ordering::Release);
    }
}

#[cfg(not(loom))]
fn pause(tries: u32) {
    match tries {
        0..SPINS => std::hint::spin_loop(),
        SPINS..YIELDS => std::thread::yield_now(),
        _ => std::thread::sleep(std::time::Duration::from_micros(50)),
    }
}

#[cfg(loom)]
fn pause(_: u32) {
    loom::thread::yield_now();
}

impl<S> fmt::Debug for Lock<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lock").finish_non_exhaustive()
    }
}

#[cfg(all(test, loom))]
mod model;
