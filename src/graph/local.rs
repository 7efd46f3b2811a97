//! A value for the time of a loop.

use std::fmt;
use std::mem::MaybeUninit;
use std::ops::{Deref, DerefMut};
use std::ptr;

/// A value moved out of its home into a local, and back when this is dropped, also by a panic.
///
/// A loop that orders memory, as every loop over a ring does, makes the compiler store and load
/// again whatever it reaches through a reference, once per value. What is in a local whose address
/// is not given away stays in registers. So a lane's loop holds its ends of edges in these.
///
/// Of a user's value it is not known whether its address is given away, which would cost the
/// registers of all that is held beside it. So these are moved only up to `MOST` bytes: that is
/// counters, ranges and pointers, whose methods are inlined, and leaves vectors and books at home.
pub(crate) struct Local<'h, T, const MOST: usize = { usize::MAX }> {
    // INVARIANT: initialised from `new` to `drop` if `MOVES`; meanwhile the home counts as moved
    // out. Never initialised if not.
    value: MaybeUninit<T>,
    home: &'h mut T,
}

impl<'h, T, const MOST: usize> Local<'h, T, MOST> {
    const MOVES: bool = size_of::<T>() <= MOST;

    /// Moves the value out of `home`, if it is small enough.
    #[inline(always)]
    pub(crate) fn new(home: &'h mut T) -> Self {
        let value = if Self::MOVES {
            // SAFETY: a reference can be read. The home is borrowed until the value is written back
            // by `drop`, and nothing looks at it before; nothing in this crate forgets a `Local`.
            MaybeUninit::new(unsafe { ptr::read(home) })
        } else {
            MaybeUninit::uninit()
        };
        Self { value, home }
    }
}

impl<T, const MOST: usize> Drop for Local<'_, T, MOST> {
    #[inline(always)]
    fn drop(&mut self) {
        if Self::MOVES {
            // SAFETY: `new` initialised it, and it is not used after this.
            let value = unsafe { self.value.assume_init_read() };
            // SAFETY: the home was moved out by `new`, so that nothing is to be dropped there.
            unsafe { ptr::write(self.home, value) }
        }
    }
}

impl<T, const MOST: usize> Deref for Local<'_, T, MOST> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        if Self::MOVES {
            // SAFETY: `new` initialised it.
            unsafe { self.value.assume_init_ref() }
        } else {
            self.home
        }
    }
}

impl<T, const MOST: usize> DerefMut for Local<'_, T, MOST> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut T {
        if Self::MOVES {
            // SAFETY: `new` initialised it.
            unsafe { self.value.assume_init_mut() }
        } else {
            self.home
        }
    }
}

impl<T: fmt::Debug, const MOST: usize> fmt::Debug for Local<'_, T, MOST> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
