//! Batched reception: one system call for all datagrams that wait.

use std::net::UdpSocket;

use crate::parts::input::BadInput;

/// Datagrams per call.
#[cfg(target_os = "linux")]
const BATCH: usize = 32;

fn failed(error: std::io::Error) -> BadInput {
    BadInput::new(format!("the multicast socket failed: {error}"))
}

/// A socket with buffers for a batch.
#[cfg(target_os = "linux")]
pub(super) struct Receiver<'a> {
    socket: &'a UdpSocket,
    size: usize,
    buffers: Vec<u8>,
    headers: Vec<libc::mmsghdr>,
    _vectors: Vec<libc::iovec>,
}

#[cfg(target_os = "linux")]
impl<'a> Receiver<'a> {
    /// Room for datagrams of up to `longest` bytes; one that is longer shows as too long, hence as damaged.
    pub(super) fn new(socket: &'a UdpSocket, longest: usize) -> Receiver<'a> {
        let size = (longest + 1).next_multiple_of(64).max(2_048);
        let mut buffers = vec![1_u8; BATCH * size];
        let mut vectors: Vec<libc::iovec> = buffers
            .chunks_exact_mut(size)
            .map(|buffer| libc::iovec { iov_base: buffer.as_mut_ptr().cast(), iov_len: size })
            .collect();
        let headers = vectors
            .iter_mut()
            .map(|vector| {
                // SAFETY: all zeros is a header without address, control data or flags.
                let mut header: libc::mmsghdr = unsafe { std::mem::zeroed() };
                header.msg_hdr.msg_iov = vector;
                header.msg_hdr.msg_iovlen = 1;
                header
            })
            .collect();
        Receiver { socket, size, buffers, headers, _vectors: vectors }
    }

    /// Takes what waits, at most a batch; says how many datagrams that were.
    #[inline]
    pub(super) fn receive(&mut self) -> Result<usize, BadInput> {
        use std::os::fd::AsRawFd;
        let (socket, flags) = (self.socket.as_raw_fd(), libc::MSG_DONTWAIT);
        // SAFETY: the headers lead to vectors and buffers that this receiver owns, and nobody looks at them now.
        let count = unsafe {
            libc::recvmmsg(socket, self.headers.as_mut_ptr(), BATCH as u32, flags, std::ptr::null_mut())
        };
        if let Ok(count) = usize::try_from(count) {
            return Ok(count);
        }
        match std::io::Error::last_os_error() {
            error
                if matches!(
                    error.kind(),
                    std::io::ErrorKind::WouldBlock | std::io::ErrorKind::Interrupted
                ) =>
            {
                Ok(0)
            }
            error => Err(failed(error)),
        }
    }

    /// A datagram of the last batch.
    #[inline]
    pub(super) fn datagram(&self, number: usize) -> &[u8] {
        let len = self.headers[number].msg_len as usize;
        &self.buffers[number * self.size..][..len.min(self.size)]
    }
}

/// A socket with one buffer, where the system has no batched reception.
#[cfg(not(target_os = "linux"))]
pub(super) struct Receiver<'a> {
    socket: &'a UdpSocket,
    buffer: Vec<u8>,
    len: usize,
}

#[cfg(not(target_os = "linux"))]
impl<'a> Receiver<'a> {
    pub(super) fn new(socket: &'a UdpSocket, longest: usize) -> Receiver<'a> {
        Receiver { socket, buffer: vec![1; (longest + 1).max(2_048)], len: 0 }
    }

    pub(super) fn receive(&mut self) -> Result<usize, BadInput> {
        match self.socket.recv(&mut self.buffer) {
            Ok(len) => {
                self.len = len;
                Ok(1)
            }
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => Ok(0),
            Err(error) => Err(failed(error)),
        }
    }

    pub(super) fn datagram(&self, _number: usize) -> &[u8] {
        &self.buffer[..self.len]
    }
}
