//! A received datagram, where the kernel put it.

use std::fmt;
use std::net::SocketAddr;
use std::ops::Deref;
use std::time::{Duration, SystemTime};

use super::pool::View;
use super::udp::intake;

/// A datagram in its receive buffer: dereferences to the bytes.
///
/// The bytes are where the kernel copied them; nothing is copied between that and the first stage.
/// Dropping it gives the buffer back to its socket's pool, without an atomic operation on the socket's
/// own thread. While all buffers are held the socket receives nothing, and the kernel's own buffer fills.
///
/// It is `Send`: it can cross a hop, 24 bytes of it, while the bytes of the datagram stay where they are.
/// They are seen there as they were received, because the edge orders what was written before a push
/// before what is read after the pop. Dropped on another thread it goes back by two atomic
/// read-modify-writes, and the socket's thread takes in what came back when it runs out of free buffers.
/// A small value decoded in front of the hop is cheaper still: the other core then reads no line of the
/// buffer.
pub struct Datagram {
    view: View,
}

impl Datagram {
    /// # Safety
    ///
    /// `view` is a buffer that this socket's `Intake` received into.
    #[inline]
    pub(super) unsafe fn new(view: View) -> Self {
        Self { view }
    }

    /// Who sent it. Costs a few instructions, and nothing where it is not asked.
    pub fn sender(&self) -> Option<SocketAddr> {
        // SAFETY: `new` requires that the intake received this buffer.
        unsafe { intake::sender(self.view.head()) }
    }

    /// When the kernel received it, if the socket was bound with
    /// [`timestamps`](super::UdpBuilder::timestamps).
    pub fn kernel_time(&self) -> Option<SystemTime> {
        self.kernel_time_since_epoch().map(|since| SystemTime::UNIX_EPOCH + since)
    }

    /// As [`kernel_time`](Self::kernel_time), as the time since the Unix epoch.
    pub fn kernel_time_since_epoch(&self) -> Option<Duration> {
        // SAFETY: as in `sender`.
        unsafe { intake::kernel_time(self.view.head()) }
    }

    /// How many datagrams the kernel had dropped on this socket, as told with this one.
    pub(super) fn kernel_drops(&self) -> Option<u32> {
        // SAFETY: as in `sender`.
        unsafe { intake::kernel_drops(self.view.head()) }
    }
}

impl Deref for Datagram {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        self.view.as_slice()
    }
}

impl AsRef<[u8]> for Datagram {
    #[inline]
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl fmt::Debug for Datagram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Datagram").field("sender", &self.sender()).field("bytes", &&**self).finish()
    }
}
