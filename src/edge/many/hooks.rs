//! Who sleeps at an end, and who wakes it.

use std::sync::Arc;
use std::{array, fmt};

use crossbeam_utils::CachePadded;

use super::common::Common;
use crate::edge::Wake;
use crate::lock::Lock;
use crate::primitive::{AtomicU32, Ordering, fence};

/// Who sleeps and may have to be woken: so many at most, and whoever comes later has to look.
const HOOKS: usize = 16;

/// The hooks of one side. Which there are is in a line of its own, as waking writes to the locks.
#[derive(Debug)]
pub(crate) struct Hooks {
    // INVARIANT: a bit for each hook that is set. Written under the lock of that hook only.
    used: CachePadded<AtomicU32>,
    hooks: [Lock<Option<Arc<dyn Wake>>>; HOOKS],
}

impl Hooks {
    pub(crate) fn new() -> Self {
        Self { used: CachePadded::new(AtomicU32::new(0)), hooks: array::from_fn(|_| Lock::new(None)) }
    }

    /// The bit of the new hook, or 0 if there was no room for it. Whoever adds one looks once more at the edge before it sleeps.
    fn add(&self, wake: Box<dyn Wake>) -> u32 {
        let wake: Arc<dyn Wake> = wake.into();
        for (number, hook) in self.hooks.iter().enumerate() {
            let bit = 1 << number;
            let added = hook.with(|place| {
                let is_free = place.is_none();
                if is_free {
                    *place = Some(Arc::clone(&wake));
                    self.used.fetch_or(bit, Ordering::SeqCst);
                }
                is_free
            });
            if added {
                // ORDERING: sequentially consistent, with that of `wake`: it sees the hook, or the look that comes next sees what
                // was done before it.
                fence(Ordering::SeqCst);
                return bit;
            }
        }
        0
    }

    /// Takes hooks away again, each of which the caller has added.
    fn remove(&self, bits: u32) {
        for (number, hook) in self.hooks.iter().enumerate() {
            let bit = 1 << number;
            if bits & bit != 0 {
                let taken = hook.with(|place| {
                    self.used.fetch_and(!bit, Ordering::SeqCst);
                    place.take()
                });
                // Without the lock: it may be the last that holds a context.
                drop(taken);
            }
        }
    }

    /// Whether anybody has to be woken, as far as is known here. For who does not sleep for long if it is wrong.
    #[inline(always)]
    pub(crate) fn any(&self) -> bool {
        // ORDERING: relaxed, whoever must know comes by a fence.
        self.used.load(Ordering::Relaxed) != 0
    }

    /// Wakes everybody who sleeps, after what they are woken for.
    #[inline]
    pub(crate) fn wake(&self) {
        // ORDERING: sequentially consistent, with that of `add`: this sees the hook, or whoever adds it sees what was done before.
        fence(Ordering::SeqCst);
        if self.any() {
            self.wake_all();
        }
    }

    #[inline(never)]
    fn wake_all(&self) {
        // ORDERING: relaxed, by the fence.
        let used = self.used.load(Ordering::Relaxed);
        for (number, hook) in self.hooks.iter().enumerate() {
            if used & (1 << number) != 0
                && let Some(hook) = hook.with(|place| place.clone())
            {
                hook.wake();
            }
        }
    }
}

/// What an end has to do with sleeping: its own hooks, which go when it goes, and the other side, which is woken then.
///
/// It is the last field of an end, so that whoever is woken finds the ring closed, or room in it.
pub(crate) struct Hooked<T, const SENDS: bool> {
    common: Arc<Common<T>>,
    // INVARIANT: the bits of the hooks that this end has added.
    mine: AtomicU32,
}

impl<T, const SENDS: bool> Hooked<T, SENDS> {
    pub(crate) fn new(common: &Arc<Common<T>>) -> Self {
        Self { common: Arc::clone(common), mine: AtomicU32::new(0) }
    }

    /// Whether it will be woken by that from now on.
    pub(crate) fn woken_by(&self, wake: Box<dyn Wake>) -> bool {
        let bit = self.own().add(wake);
        // ORDERING: relaxed, read again by who drops this.
        self.mine.fetch_or(bit, Ordering::Relaxed);
        bit != 0
    }

    fn own(&self) -> &Hooks {
        if SENDS { &self.common.senders } else { &self.common.receivers }
    }
}

impl<T, const SENDS: bool> Drop for Hooked<T, SENDS> {
    fn drop(&mut self) {
        // ORDERING: relaxed, whoever drops this has it alone.
        self.own().remove(self.mine.load(Ordering::Relaxed));
        let other = if SENDS { &self.common.receivers } else { &self.common.senders };
        other.wake();
    }
}

impl<T, const SENDS: bool> fmt::Debug for Hooked<T, SENDS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Hooked").field(self.own()).finish()
    }
}

#[cfg(all(test, loom))]
mod model;
