//! What lies in shared memory for each value: our header and the value's own bytes.

use std::fmt;
use std::mem::MaybeUninit;
use std::ptr;

use iceoryx2::prelude::ZeroCopySend;

use crate::iceoryx::Plain;
use crate::wire::{HEADER_BYTES, Header};

/// A message as it lies in a chunk.
#[repr(C)]
pub(crate) struct Frame<T> {
    header: [u8; HEADER_BYTES],
    value: MaybeUninit<T>,
}

// SAFETY: its fields are bytes and a value that is nothing but its bytes, in the order of C.
unsafe impl<T: Plain> ZeroCopySend for Frame<T> {
    /// The same for every type: which value it is, and in which layout of the frame, is said by the attributes of the service, in words
    /// that both ends may choose.
    unsafe fn type_name() -> &'static str {
        "fusewire frame"
    }
}

impl<T: Plain> Frame<T> {
    /// What lies beside the value.
    pub(crate) const BESIDE: usize = size_of::<Self>() - size_of::<T>();

    /// A value that was copied out, byte by byte.
    pub(crate) fn of(header: &Header, value: &T) -> Self {
        let mut frame = Self { header: header.to_bytes(), value: MaybeUninit::uninit() };
        // SAFETY: a place for one value, apart from where it is now, and a plain value may be had twice.
        unsafe { ptr::copy_nonoverlapping(value, frame.value.as_mut_ptr(), 1) };
        frame
    }

    /// The end of a stream: a header, and a value of zeroes that nobody looks at.
    pub(crate) fn end(header: &Header) -> Self {
        Self { header: header.to_bytes(), value: MaybeUninit::new(T::new_zeroed()) }
    }

    /// Writes header and value where a frame is to be.
    #[inline(always)]
    pub(crate) fn write(at: &mut MaybeUninit<Self>, header: &Header, value: &T) {
        let at = at.as_mut_ptr();
        // SAFETY: the place of a frame, of which this is a field.
        let place = unsafe { &raw mut (*at).header };
        // SAFETY: as above; nobody else looks at it yet.
        unsafe { place.write(header.to_bytes()) };
        // SAFETY: as above, another field.
        let place = unsafe { &raw mut (*at).value };
        // SAFETY: a place for one value, apart from where it is now, and a plain value may be had twice.
        unsafe { ptr::copy_nonoverlapping(value, place.cast(), 1) };
    }

    /// Header and value, copied out of memory that another process may write to.
    #[inline(always)]
    pub(crate) fn read(&self) -> ([u8; HEADER_BYTES], T) {
        let mut value = MaybeUninit::<T>::uninit();
        // SAFETY: both are a value's size, and this one is nobody else's.
        unsafe { ptr::copy_nonoverlapping(self.value.as_ptr(), value.as_mut_ptr(), 1) };
        // SAFETY: whatever the bytes are, they are a value: that is what plain means.
        (self.header, unsafe { value.assume_init() })
    }
}

impl<T> fmt::Debug for Frame<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frame").field("header", &self.header).finish_non_exhaustive()
    }
}
