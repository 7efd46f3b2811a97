//! `Batch`: up to `N` values, in place.

use std::fmt;
use std::mem::{ManuallyDrop, MaybeUninit};
use std::ops::{Deref, DerefMut};
use std::{ptr, slice};

/// Up to `N` values side by side, without an allocation.
///
/// It is a slice of the values that it holds. [`batch`](crate::adaptors::SenderExt::batch) makes
/// full ones, and at the end of its source one that may not be full.
///
/// # Examples
///
/// ```
/// use fusewire::batch::Batch;
///
/// let mut batch = Batch::<_, 4>::new();
/// batch.push(6)?;
/// batch.push(7)?;
/// assert_eq!(batch.iter().product::<i32>(), 42);
/// # Ok::<(), i32>(())
/// ```
pub struct Batch<V, const N: usize> {
    // INVARIANT: the first `len` are initialised; `len <= N`.
    values: [MaybeUninit<V>; N],
    len: usize,
}

impl<V, const N: usize> Batch<V, N> {
    /// An empty batch.
    #[inline]
    pub const fn new() -> Self {
        Self { values: [const { MaybeUninit::uninit() }; N], len: 0 }
    }

    /// How many values it can hold.
    pub const fn capacity(&self) -> usize {
        N
    }

    /// Whether it holds as many as it can.
    #[inline]
    pub const fn is_full(&self) -> bool {
        self.len == N
    }

    /// Adds a value behind the others.
    ///
    /// # Errors
    ///
    /// Gives the value back if the batch is full.
    #[inline]
    pub fn push(&mut self, value: V) -> Result<(), V> {
        match self.values.get_mut(self.len) {
            None => Err(value),
            Some(place) => {
                place.write(value);
                self.len += 1;
                Ok(())
            }
        }
    }

    /// The values as an array.
    ///
    /// # Errors
    ///
    /// Gives the batch back if it is not full.
    pub fn into_array(self) -> Result<[V; N], Self> {
        if !self.is_full() {
            return Err(self);
        }
        let batch = ManuallyDrop::new(self);
        // SAFETY: all `N` are initialised, `MaybeUninit<V>` has the layout of `V`, and the batch
        // that they are read from is never dropped.
        Ok(unsafe { ptr::from_ref(&batch.values).cast::<[V; N]>().read() })
    }
}

impl<V, const N: usize> Default for Batch<V, N> {
    #[inline]
    fn default() -> Self {
        Self::new()
    }
}

impl<V, const N: usize> Deref for Batch<V, N> {
    type Target = [V];

    #[inline]
    fn deref(&self) -> &[V] {
        // SAFETY: the first `len` values are initialised.
        unsafe { slice::from_raw_parts(self.values.as_ptr().cast(), self.len) }
    }
}

impl<V, const N: usize> DerefMut for Batch<V, N> {
    #[inline]
    fn deref_mut(&mut self) -> &mut [V] {
        // SAFETY: the first `len` values are initialised.
        unsafe { slice::from_raw_parts_mut(self.values.as_mut_ptr().cast(), self.len) }
    }
}

impl<V, const N: usize> Drop for Batch<V, N> {
    #[inline]
    fn drop(&mut self) {
        let values: *mut [V] = &mut **self;
        // SAFETY: these values are initialised, and the batch is not used again.
        unsafe { ptr::drop_in_place(values) }
    }
}

impl<V: Clone, const N: usize> Clone for Batch<V, N> {
    fn clone(&self) -> Self {
        let mut batch = Self::new();
        for (place, value) in batch.values.iter_mut().zip(self.iter()) {
            place.write(value.clone());
            batch.len += 1;
        }
        batch
    }
}

impl<V: fmt::Debug, const N: usize> fmt::Debug for Batch<V, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<V: PartialEq, const N: usize> PartialEq for Batch<V, N> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<V: Eq, const N: usize> Eq for Batch<V, N> {}

impl<V, const N: usize> IntoIterator for Batch<V, N> {
    type Item = V;
    type IntoIter = IntoIter<V, N>;

    #[inline]
    fn into_iter(self) -> IntoIter<V, N> {
        let batch = ManuallyDrop::new(self);
        // SAFETY: the batch that the values are read from is never dropped.
        let values = unsafe { ptr::read(&batch.values) };
        IntoIter { values, next: 0, len: batch.len }
    }
}

impl<'b, V, const N: usize> IntoIterator for &'b Batch<V, N> {
    type Item = &'b V;
    type IntoIter = slice::Iter<'b, V>;

    #[inline]
    fn into_iter(self) -> slice::Iter<'b, V> {
        self.iter()
    }
}

/// The values of a [`Batch`], one after another.
pub struct IntoIter<V, const N: usize> {
    // INVARIANT: those from `next` to `len` are initialised; `next <= len <= N`.
    values: [MaybeUninit<V>; N],
    next: usize,
    len: usize,
}

impl<V, const N: usize> Iterator for IntoIter<V, N> {
    type Item = V;

    #[inline]
    fn next(&mut self) -> Option<V> {
        if self.next == self.len {
            return None;
        }
        let value = &self.values[self.next];
        self.next += 1;
        // SAFETY: it was initialised, and counts as moved out from now on.
        Some(unsafe { value.assume_init_read() })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.len - self.next;
        (left, Some(left))
    }
}

impl<V, const N: usize> ExactSizeIterator for IntoIter<V, N> {}

impl<V, const N: usize> Drop for IntoIter<V, N> {
    fn drop(&mut self) {
        self.for_each(drop);
    }
}

impl<V, const N: usize> fmt::Debug for IntoIter<V, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IntoIter").field("left", &(self.len - self.next)).finish_non_exhaustive()
    }
}
