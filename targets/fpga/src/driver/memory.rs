//! Memory that a card can reach.

use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::ptr::NonNull;
use std::sync::Arc;

use super::{CardError, Memory};

/// Where simulated cards see the first byte: no address of this process, so that a mistake is a fault and no accident.
const SEEN_AT: u64 = 0x0000_0010_0000_0000;

/// Zeroed memory of this process for simulated cards, shared between the driver and the simulation.
///
/// Both use it through raw pointers, and one at a time: the simulation runs inside of calls of the driver.
#[derive(Debug)]
pub struct HostMemory {
    start: NonNull<u8>,
    layout: Layout,
}

// SAFETY: it is memory of its own, which no thread is tied to.
unsafe impl Send for HostMemory {}

// SAFETY: shared, it gives away its address and no reference; those who use the address say why they may.
unsafe impl Sync for HostMemory {}

impl HostMemory {
    /// So many bytes, up to the next multiple of 64.
    ///
    /// # Errors
    ///
    /// When the process has no such memory.
    pub fn new(bytes: usize) -> Result<Arc<Self>, CardError> {
        let none = CardError::OutOfMemory { asked: bytes, there: 0 };
        let layout = Layout::from_size_align(bytes.max(1), 64).map_err(|_| none.clone())?.pad_to_align();
        // SAFETY: the layout has a size of at least one byte.
        let start = NonNull::new(unsafe { alloc_zeroed(layout) }).ok_or(none)?;
        Ok(Arc::new(Self { start, layout }))
    }
}

impl Drop for HostMemory {
    fn drop(&mut self) {
        // SAFETY: allocated by `new` with this layout, and nobody shares it any more.
        unsafe { dealloc(self.start.as_ptr(), self.layout) }
    }
}

// SAFETY: the memory is allocated once and freed in drop; the `Arc` is shared by a driver and its simulation only.
unsafe impl Memory for Arc<HostMemory> {
    fn start(&self) -> NonNull<u8> {
        self.start
    }

    fn len(&self) -> usize {
        self.layout.size()
    }

    fn address(&self) -> u64 {
        SEEN_AT
    }
}
