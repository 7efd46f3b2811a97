//! The only door to atomics, cells and threads: the real ones, or loom's under `cfg(loom)`.
//!
//! Nothing else in the crate names `core::sync::atomic` or `UnsafeCell`, so that every protocol
//! between threads can be put through the model checker unchanged.

#![cfg_attr(not(loom), expect(clippy::disallowed_types, reason = "this is the door"))]

#[cfg(not(loom))]
pub(crate) use std::sync::atomic::{
    AtomicBool, AtomicPtr, AtomicU8, AtomicU32, AtomicU64, AtomicUsize, Ordering, fence,
};
#[cfg(not(loom))]
pub(crate) use std::sync::{Arc, Mutex, MutexGuard};

#[cfg(not(loom))]
pub(crate) use std::thread_local;

#[cfg(loom)]
pub(crate) use loom::cell::UnsafeCell;
#[cfg(loom)]
pub(crate) use loom::sync::atomic::{
    AtomicBool, AtomicPtr, AtomicU8, AtomicU32, AtomicU64, AtomicUsize, Ordering, fence,
};
#[cfg(loom)]
pub(crate) use loom::sync::{Arc, Mutex, MutexGuard};
#[cfg(loom)]
pub(crate) use loom::thread_local;

/// `core::cell::UnsafeCell` behind the closure interface of loom's cell.
///
/// The closures are inlined away; they exist so that the model checker can watch every access.
#[cfg(not(loom))]
#[derive(Debug)]
#[repr(transparent)]
pub(crate) struct UnsafeCell<T>(core::cell::UnsafeCell<T>);

#[cfg(not(loom))]
impl<T> UnsafeCell<T> {
    #[inline(always)]
    pub(crate) const fn new(value: T) -> Self {
        Self(core::cell::UnsafeCell::new(value))
    }

    /// Hands out a pointer for reading.
    #[inline(always)]
    pub(crate) fn with<R>(&self, read: impl FnOnce(*const T) -> R) -> R {
        read(self.0.get())
    }

    /// Hands out a pointer for writing.
    #[inline(always)]
    pub(crate) fn with_mut<R>(&self, write: impl FnOnce(*mut T) -> R) -> R {
        write(self.0.get())
    }
}

/// Numbers things of the whole process, across the runs of a model.
pub(crate) use std::sync::atomic::AtomicU64 as Serial;

/// Read by a signal handler, which no model runs.
pub(crate) use std::sync::atomic::AtomicBool as SignalFlag;

/// Declares a function that is `const`, but not under loom, whose atomics are made at run time.
macro_rules! const_unless_modelled {
    ($(#[$meta:meta])* $visible:vis fn $name:ident($($argument:ident: $type:ty),* $(,)?) -> $result:ty $body:block) => {
        #[cfg(not(loom))]
        $(#[$meta])*
        $visible const fn $name($($argument: $type),*) -> $result $body

        #[cfg(loom)]
        $(#[$meta])*
        $visible fn $name($($argument: $type),*) -> $result $body
    };
}
pub(crate) use const_unless_modelled;

/// Words in memory that another process has mapped too. A model has words of its own instead.
#[cfg(target_os = "linux")]
pub(crate) use std::sync::atomic::{AtomicU32 as SharedU32, AtomicU64 as SharedU64, fence as shared_fence};
