//! `RwLock`: a value that many passes read, or one writes.

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

/// A value that many passes may read at a time, or one may write.
///
/// Fair: passes are let in in the order in which they asked. Readers that come after a waiting writer wait behind
/// it, so that neither side starves.
///
/// TooManyCooks: `tmc::rw_lock`. tokio: `sync::RwLock`.
///
/// # Examples
///
/// ```
/// use fusewire::prelude::*;
/// use fusewire::sync::RwLock;
///
/// let limits = RwLock::new(10);
/// let (one, two) = (limits.try_read().unwrap(), limits.try_read().unwrap());
/// assert_eq!((*one, *two), (10, 10));
/// assert!(limits.try_write().is_none());
/// drop((one, two));
/// let _ = block_on(limits.write().map(|mut limit| *limit = 20));
/// assert_eq!(block_on(limits.read().map(|limit| *limit)), Completion::Value(20));
/// ```
pub struct RwLock<T> {
    place: Place<Access>,
    // INVARIANT: touched only through the guards of `readers`, or the one of `writing`.
    value: UnsafeCell<T>,
}

/// The state of a [`RwLock`].
#[derive(Debug)]
pub struct Access {
    readers: usize,
    // INVARIANT: false while there are readers.
    writing: bool,
    // INVARIANT: the first cannot be let in now.
    queue: Queue<Kind>,
}

/// What a pass wants to do with the value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Kind {
    /// To look at it, beside others.
    #[default]
    Read,
    /// To change it, alone.
    Write,
}

// SAFETY: the value moves with the lock.
unsafe impl<T: Send> Send for RwLock<T> {}
// SAFETY: readers share the value, hence `Sync`; a writer uses it on any thread, hence `Send`.
unsafe impl<T: Send + Sync> Sync for RwLock<T> {}

opaque!(RwLock<T>);

impl<T> RwLock<T> {
    const_unless_modelled! {
        /// Free, over `value`. May stand in a `static`.
        pub fn new(value: T) -> Self {
            let state = Access { readers: 0, writing: false, queue: Queue::new() };
            Self { place: Place::new(state), value: UnsafeCell::new(value) }
        }
    }

    /// The value, without a lock, which nobody else can hold.
    pub fn get_mut(&mut self) -> &mut T {
        // SAFETY: the lock is borrowed for as long as the result.
        self.value.with_mut(|value| unsafe { &mut *value })
    }

    fn leave(&self, kind: Kind) {
        let mut woken = Woken::none();
        self.place.with(|state| {
            state.leave(kind);
            state.settle(&mut woken);
        });
        drop(woken);
    }
}

impl<T: Send + Sync> RwLock<T> {
    /// Waits until the value may be read.
    ///
    /// **Completes** with a guard, inside `start` if nobody writes or waits, else later, in the order of asking; it
    /// cannot fail. Stopped if a stop is requested while it waits.
    /// **Runs on** the context where it is started.
    /// **Costs** two compare-exchanges and two stores for the guard and its return, if nobody waits; no allocation.
    pub const fn read(&self) -> Read<T, &Self> {
        Read { lock: self, _value: PhantomData }
    }

    /// As [`read`](Self::read), by count, for a graph that outlives this reference.
    pub fn read_arc(self: &Arc<Self>) -> Read<T> {
        Read { lock: Arc::clone(self), _value: PhantomData }
    }

    /// The right to read, if there is one now.
    pub fn try_read(&self) -> Option<ReadGuard<T, &Self>> {
        self.place
            .with(|state| state.enter(Kind::Read))
            .then(|| ReadGuard { lock: self, _value: PhantomData })
    }

    /// As [`try_read`](Self::try_read), by count.
    pub fn try_read_arc(self: &Arc<Self>) -> Option<ReadGuard<T>> {
        let entered = self.place.with(|state| state.enter(Kind::Read));
        entered.then(|| ReadGuard { lock: Arc::clone(self), _value: PhantomData })
    }

    /// Waits until the value may be written.
    ///
    /// **Completes** as [`read`](Self::read) does, once nobody reads or writes.
    pub const fn write(&self) -> Write<T, &Self> {
        Write { lock: self, _value: PhantomData }
    }

    /// As [`write`](Self::write), by count, for a graph that outlives this reference.
    pub fn write_arc(self: &Arc<Self>) -> Write<T> {
        Write { lock: Arc::clone(self), _value: PhantomData }
    }

    /// The right to write, if there is one now.
    pub fn try_write(&self) -> Option<WriteGuard<T, &Self>> {
        let entered = self.place.with(|state| state.enter(Kind::Write));
        entered.then(|| WriteGuard { lock: self, _value: PhantomData })
    }

    /// As [`try_write`](Self::try_write), by count.
    pub fn try_write_arc(self: &Arc<Self>) -> Option<WriteGuard<T>> {
        let entered = self.place.with(|state| state.enter(Kind::Write));
        entered.then(|| WriteGuard { lock: Arc::clone(self), _value: PhantomData })
    }
}

impl Access {
    const fn admits(&self, kind: Kind) -> bool {
        match kind {
            Kind::Read => !self.writing,
            Kind::Write => !self.writing && self.readers == 0,
        }
    }

    const fn let_in(&mut self, kind: Kind) {
        match kind {
            Kind::Read => self.readers += 1,
            Kind::Write => self.writing = true,
        }
    }

    #[inline]
    const fn enter(&mut self, kind: Kind) -> bool {
        let admitted = self.queue.is_empty() && self.admits(kind);
        if admitted {
            self.let_in(kind);
        }
        admitted
    }

    const fn leave(&mut self, kind: Kind) {
        match kind {
            Kind::Read => self.readers -= 1,
            Kind::Write => self.writing = false,
        }
    }

    fn settle(&mut self, woken: &mut Woken<Kind>) {
        while let Some(kind) = self.queue.first(|kind| *kind)
            && self.admits(kind)
        {
            self.let_in(kind);
            self.queue.grant(woken);
        }
    }
}

/// The sender and the guard of one way to use the value.
macro_rules! way {
    ($request:ident, $guard:ident, $kind:expr, $method:literal, $what:literal) => {
        #[doc = concat!("The sender of [`RwLock::", $method, "`].")]
        #[must_use = "a sender does nothing until it is run: pass it to `block_on` or return it in an `and`"]
        #[derive(Clone)]
        pub struct $request<T: Send + Sync, H: Handle<RwLock<T>> = Arc<RwLock<T>>> {
            lock: H,
            _value: PhantomData<fn() -> T>,
        }

        impl<T: Send + Sync, H: Handle<RwLock<T>>> fmt::Debug for $request<T, H> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($request)).finish_non_exhaustive()
            }
        }

        impl<T: Send + Sync, H: Handle<RwLock<T>>> Request for $request<T, H> {
            type State = Access;
            type Payload = Kind;
            type Value = $guard<T, H>;
            type Error = Never;

            #[inline]
            fn place(&self) -> &Place<Access> {
                &self.lock.place
            }

            fn queue(state: &mut Access) -> &mut Queue<Kind> {
                &mut state.queue
            }

            #[inline]
            fn ask(&mut self, state: &mut Access, _: &mut Woken<Kind>) -> Option<Kind> {
                state.enter($kind).then_some($kind)
            }

            fn bring(&mut self) -> Kind {
                $kind
            }

            fn settle(state: &mut Access, woken: &mut Woken<Kind>) {
                state.settle(woken);
            }

            fn give_back(state: &mut Access, kind: Kind) -> Kind {
                state.leave(kind);
                kind
            }

            #[inline]
            fn granted(&mut self, _: Kind) -> Completion<$guard<T, H>, Never> {
                Completion::Value($guard { lock: self.lock.clone(), _value: PhantomData })
            }

            #[inline]
            fn granted_last(self, _: Kind) -> Completion<$guard<T, H>, Never> {
                Completion::Value($guard { lock: self.lock, _value: PhantomData })
            }
        }

        sends!([T: Send + Sync, H: Handle<RwLock<T>>] $request<T, H>);

        #[doc = concat!("The right to ", $what, " the value of a [`RwLock`]; dropping it gives the right back.")]
        #[must_use = "dropping the guard gives the lock back"]
        pub struct $guard<T: Send + Sync, H: Handle<RwLock<T>> = Arc<RwLock<T>>> {
            lock: H,
            _value: PhantomData<T>,
        }

        impl<T: Send + Sync, H: Handle<RwLock<T>>> Deref for $guard<T, H> {
            type Target = T;

            #[inline]
            fn deref(&self) -> &T {
                // SAFETY: nobody writes while this guard is there, but through it.
                self.lock.value.with(|value| unsafe { &*value })
            }
        }

        impl<T: Send + Sync, H: Handle<RwLock<T>>> Drop for $guard<T, H> {
            #[inline]
            fn drop(&mut self) {
                self.lock.leave($kind);
            }
        }

        impl<T: Send + Sync + fmt::Debug, H: Handle<RwLock<T>>> fmt::Debug for $guard<T, H> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_tuple(stringify!($guard)).field(&**self).finish()
            }
        }
    };
}

way!(Read, ReadGuard, Kind::Read, "read", "read");
way!(Write, WriteGuard, Kind::Write, "write", "read and change");

impl<T: Send + Sync, H: Handle<RwLock<T>>> DerefMut for WriteGuard<T, H> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: this guard is the only one, and is borrowed exclusively.
        self.lock.value.with_mut(|value| unsafe { &mut *value })
    }
}
