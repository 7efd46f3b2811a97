//! Memory of the device, and of the host that the device can reach.

use std::ffi::c_void;
use std::fmt;
use std::ptr::NonNull;
use std::slice;

use cudarc::driver::{DriverError, result, sys};

use super::stream::Stream;

/// Bytes of the device.
pub(super) struct DeviceMemory {
    pointer: sys::CUdeviceptr,
}

impl DeviceMemory {
    /// `bytes` of zeros, once `stream` has come so far.
    pub(super) fn zeros(bytes: usize, stream: &Stream) -> Result<Self, DriverError> {
        // SAFETY: the memory is filled below before anything on the stream reads it.
        let pointer = unsafe { result::malloc_sync(bytes.max(1)) }?;
        let memory = Self { pointer };
        // SAFETY: of the size just taken; it is freed after the stream has been waited for.
        unsafe { result::memset_d8_async(pointer, 0, bytes.max(1), stream.handle()) }?;
        Ok(memory)
    }

    /// A copy of `bytes`, once `stream` has come so far: until then they must stay.
    pub(super) fn of(bytes: &[u8], stream: &Stream) -> Result<Self, DriverError> {
        let memory = Self::zeros(bytes.len(), stream)?;
        if !bytes.is_empty() {
            // SAFETY: of the size just taken. Whoever calls this waits for the stream while it has the
            // bytes; on the way there an error frees the memory, and that waits as well.
            unsafe { result::memcpy_htod_async(memory.pointer, bytes, stream.handle()) }?;
        }
        Ok(memory)
    }

    pub(super) const fn pointer(&self) -> sys::CUdeviceptr {
        self.pointer
    }
}

impl Drop for DeviceMemory {
    fn drop(&mut self) {
        // SAFETY: taken by `zeros`; the queue that owns it has waited for what uses it.
        let _ = unsafe { result::free_sync(self.pointer) };
    }
}

impl fmt::Debug for DeviceMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceMemory").finish_non_exhaustive()
    }
}

/// Bytes of the host that stay where they are, and that the device can reach.
pub(super) struct Pinned {
    // INVARIANT: `len` bytes, initialised, ours until this is dropped; aligned to a page.
    here: NonNull<u8>,
    there: sys::CUdeviceptr,
    len: usize,
}

// SAFETY: the pointer is to memory of our own, which its owner alone uses from the host.
unsafe impl Send for Pinned {}

impl Pinned {
    /// `len` zeros.
    pub(super) fn zeros(len: usize) -> Result<Self, DriverError> {
        const FLAGS: u32 = sys::CU_MEMHOSTALLOC_PORTABLE | sys::CU_MEMHOSTALLOC_DEVICEMAP;
        let len = len.max(1);
        // SAFETY: the memory is filled below before anything reads it.
        let pointer = unsafe { result::malloc_host(len, FLAGS) }?;
        let Some(here) = NonNull::new(pointer.cast::<u8>()) else {
            return Err(DriverError(sys::CUresult::CUDA_ERROR_OUT_OF_MEMORY));
        };
        let mut memory = Self { here, there: 0, len };
        // SAFETY: of the size just taken.
        unsafe { here.write_bytes(0, len) };
        // SAFETY: the memory was taken with the flag that maps it.
        unsafe { sys::cuMemHostGetDevicePointer_v2(&raw mut memory.there, pointer, 0) }.result()?;
        Ok(memory)
    }

    /// The bytes, for the host.
    pub(super) const fn bytes(&self) -> &[u8] {
        // SAFETY: initialised; a device that writes them is in a batch that the contract keeps the
        // host from asking for.
        unsafe { slice::from_raw_parts(self.here.as_ptr(), self.len) }
    }

    /// The bytes, for the host to write.
    pub(super) const fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: as above, and exclusive.
        unsafe { slice::from_raw_parts_mut(self.here.as_ptr(), self.len) }
    }

    /// Where the host has them.
    pub(super) const fn here(&self) -> *mut u8 {
        self.here.as_ptr()
    }

    /// Where the device has them.
    pub(super) const fn there(&self) -> sys::CUdeviceptr {
        self.there
    }
}

impl Drop for Pinned {
    fn drop(&mut self) {
        // SAFETY: taken by `zeros`; the queue that owns it has waited for what uses it.
        let _ = unsafe { result::free_host(self.here.as_ptr().cast::<c_void>()) };
    }
}

impl fmt::Debug for Pinned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pinned").field("len", &self.len).finish_non_exhaustive()
    }
}
