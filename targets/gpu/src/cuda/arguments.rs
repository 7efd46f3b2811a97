//! What a kernel is called with, kept so that a call allocates nothing.

use std::ffi::c_void;
use std::ptr;

/// The arguments of a kernel: numbers and addresses of up to 64 bits.
pub(super) struct Arguments {
    values: Box<[u64]>,
    // Written anew for each call; the driver wants an array of pointers.
    pointers: Box<[*mut c_void]>,
}

// SAFETY: the pointers are to `values`, and are used by the owner of this value alone.
unsafe impl Send for Arguments {}

impl Arguments {
    pub(super) fn new(values: impl IntoIterator<Item = u64>) -> Self {
        let values: Box<[u64]> = values.into_iter().collect();
        let pointers = vec![ptr::null_mut(); values.len()].into_boxed_slice();
        Self { values, pointers }
    }

    /// A number of 32 bits, as the driver reads it where it stands.
    pub(super) const fn short(number: u32) -> u64 {
        let [a, b, c, d] = number.to_ne_bytes();
        u64::from_ne_bytes([a, b, c, d, 0, 0, 0, 0])
    }

    /// Sets argument `at`, which is there.
    pub(super) fn set(&mut self, at: usize, value: u64) {
        self.values[at] = value;
    }

    /// A pointer to each, good until this is used again.
    pub(super) fn pointers(&mut self) -> &mut [*mut c_void] {
        for (pointer, value) in self.pointers.iter_mut().zip(&mut self.values) {
            *pointer = (&raw mut *value).cast();
        }
        &mut self.pointers
    }
}
