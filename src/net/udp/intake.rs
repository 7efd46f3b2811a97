//! Receiving many datagrams by one system call: `recvmmsg`.

use std::io;
use std::mem::{offset_of, size_of, zeroed};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::os::fd::AsRawFd;
use std::ptr::{self, NonNull};
use std::time::Duration;

use super::Received;
use crate::net::pool::Pool;

/// What the kernel says about a datagram, in the room in front of its bytes.
#[repr(C)]
struct Detail {
    // Long enough for both families.
    name: libc::sockaddr_in6,
    control_length: usize,
    control: [u64; CONTROL / 8],
}

/// Room for a time stamp and a drop counter, each behind its header.
const CONTROL: usize = 64;

/// Room for a `Detail` in front of each buffer.
pub(crate) const HEAD: usize = size_of::<Detail>().next_multiple_of(64);

/// The arrays that one `recvmmsg` fills.
///
/// How many datagrams it asks for follows the traffic: one after an idle ask, so that a lone
/// datagram is not kept waiting for a second; twice as many after each ask that was filled.
pub(crate) struct Intake {
    // INVARIANT: `slots[next..ready]` are received, `slots[ready..armed]` wait to be; each names a
    // buffer claimed from the pool, to which `headers` at the same place points.
    slots: Box<[u32]>,
    headers: Box<[libc::mmsghdr]>,
    vectors: Box<[libc::iovec]>,
    next: usize,
    ready: usize,
    armed: usize,
    // INVARIANT: 1 ..= slots.len().
    ask: usize,
    size: usize,
    control: bool,
}

// SAFETY: the pointers lead to the intake's own boxes and to buffers that it has claimed; nobody
// else uses them.
unsafe impl Send for Intake {}

impl Intake {
    /// Asks for at most `batch` datagrams at once, of up to `size` bytes each.
    pub(crate) fn new(batch: usize, size: usize, control: bool) -> Self {
        // SAFETY: these are C structs of integers and pointers, for which zero is a value.
        let header = || unsafe { zeroed::<libc::mmsghdr>() };
        let vector = || libc::iovec { iov_base: ptr::null_mut(), iov_len: 0 };
        Self {
            slots: vec![0; batch].into(),
            headers: (0..batch).map(|_| header()).collect(),
            vectors: (0..batch).map(|_| vector()).collect(),
            next: 0,
            ready: 0,
            armed: 0,
            ask: 1,
            size,
            control,
        }
    }

    /// The next datagram. Only at the pool's home.
    #[inline]
    pub(crate) fn take(&mut self, socket: &impl AsRawFd, pool: &mut Pool) -> io::Result<Received> {
        if self.next == self.ready {
            self.arm_all(pool);
            if self.armed == 0 {
                return Ok(Received::Starved);
            }
            if !self.refill(socket)? {
                return Ok(Received::Empty);
            }
        }
        let slot = self.next;
        self.next += 1;
        let header = &self.headers[slot];
        let length = header.msg_len as usize;
        let buffer = self.slots[slot];
        if self.control {
            // SAFETY: the buffer is claimed, and nobody else has its detail.
            let detail = unsafe { detail(pool, buffer).as_mut() };
            #[allow(clippy::unnecessary_cast, reason = "the field is narrower in other C libraries")]
            let length = header.msg_hdr.msg_controllen as usize;
            detail.control_length = length.min(CONTROL);
        }
        Ok(Received::Datagram { buffer, length })
    }

    /// Gives every slot a buffer, as far as there are any; what is armed comes first.
    fn arm_all(&mut self, pool: &mut Pool) {
        let given = self.ready;
        let mut armed = self.armed;
        let mut slot = 0;
        while slot < given {
            if let Some(buffer) = pool.claim() {
                self.arm(slot, buffer, pool);
            } else if armed > given {
                armed -= 1;
                self.arm(slot, self.slots[armed], pool);
            } else {
                armed = slot;
                break;
            }
            slot += 1;
        }
        while armed < self.slots.len() {
            let Some(buffer) = pool.claim() else { break };
            self.arm(armed, buffer, pool);
            armed += 1;
        }
        (self.next, self.ready, self.armed) = (0, 0, armed);
    }

    fn arm(&mut self, slot: usize, buffer: u32, pool: &Pool) {
        self.slots[slot] = buffer;
        self.vectors[slot] = libc::iovec { iov_base: pool.bytes(buffer).as_ptr().cast(), iov_len: self.size };
        let detail = detail(pool, buffer).as_ptr();
        let header = &mut self.headers[slot].msg_hdr;
        header.msg_iov = &raw mut self.vectors[slot];
        header.msg_iovlen = 1;
        header.msg_name = detail.wrapping_byte_add(offset_of!(Detail, name)).cast();
        header.msg_namelen = size_of::<libc::sockaddr_in6>() as libc::socklen_t;
        if self.control {
            header.msg_control = detail.wrapping_byte_add(offset_of!(Detail, control)).cast();
            header.msg_controllen = CONTROL as _;
        }
    }

    /// Whether at least one datagram was received.
    fn refill(&mut self, socket: &impl AsRawFd) -> io::Result<bool> {
        let asked = self.ask.min(self.armed);
        // With MSG_TRUNC the kernel tells the length that was sent, even where it had to cut.
        let flags = libc::MSG_DONTWAIT | libc::MSG_TRUNC;
        let headers = self.headers.as_mut_ptr();
        self.ready = loop {
            // SAFETY: the first `asked <= armed` headers point to one vector, one detail and one
            // claimed buffer each, as long as they say, which nobody else reads or writes.
            let got = unsafe {
                libc::recvmmsg(socket.as_raw_fd(), headers, asked as _, flags as _, ptr::null_mut())
            };
            if got >= 0 {
                break got as usize;
            }
            let error = io::Error::last_os_error();
            match error.kind() {
                io::ErrorKind::Interrupted => {}
                io::ErrorKind::WouldBlock => {
                    self.ask = 1;
                    return Ok(false);
                }
                _ => return Err(error),
            }
        };
        self.ask = if self.ready == asked { (asked * 2).min(self.slots.len()) } else { 1 };
        Ok(self.ready != 0)
    }
}

/// Where the detail of `buffer` is.
fn detail(pool: &Pool, buffer: u32) -> NonNull<Detail> {
    // SAFETY: a pool for this intake keeps `HEAD` bytes in front of each buffer's bytes.
    unsafe { pool.bytes(buffer).sub(HEAD) }.cast()
}

/// The sender of the datagram whose detail is at `head`.
///
/// # Safety
///
/// `head` is the room in front of a datagram that this module received.
pub(crate) unsafe fn sender(head: NonNull<u8>) -> Option<SocketAddr> {
    // SAFETY: the caller says so; nobody writes to it while the datagram is lent out.
    let detail = unsafe { head.cast::<Detail>().as_ref() };
    let name = &detail.name;
    match i32::from(name.sin6_family) {
        libc::AF_INET => {
            // SAFETY: the family says that the kernel wrote the shorter struct, which fits.
            let name = unsafe { &*ptr::from_ref(name).cast::<libc::sockaddr_in>() };
            let ip = Ipv4Addr::from(name.sin_addr.s_addr.to_ne_bytes());
            Some(SocketAddrV4::new(ip, u16::from_be(name.sin_port)).into())
        }
        libc::AF_INET6 => {
            let ip = Ipv6Addr::from(name.sin6_addr.s6_addr);
            let port = u16::from_be(name.sin6_port);
            Some(SocketAddrV6::new(ip, port, name.sin6_flowinfo, name.sin6_scope_id).into())
        }
        _ => None,
    }
}

/// When the kernel received the datagram whose detail is at `head`, since the epoch.
///
/// # Safety
///
/// As for [`sender`].
pub(crate) unsafe fn kernel_time(head: NonNull<u8>) -> Option<Duration> {
    // SAFETY: the caller's promise.
    let time: libc::timespec = unsafe { control(head, libc::SCM_TIMESTAMPNS) }?;
    Some(Duration::new(time.tv_sec.try_into().ok()?, time.tv_nsec.try_into().ok()?))
}

/// How many datagrams the kernel had dropped on this socket before this one.
///
/// # Safety
///
/// As for [`sender`].
pub(crate) unsafe fn kernel_drops(head: NonNull<u8>) -> Option<u32> {
    // SAFETY: the caller's promise.
    unsafe { control(head, libc::SO_RXQ_OVFL) }
}

/// The payload of the socket-level control message `kind`.
///
/// # Safety
///
/// As for [`sender`], and the payload of `kind` is a `T` made of integers.
unsafe fn control<T: Copy>(head: NonNull<u8>, kind: i32) -> Option<T> {
    // SAFETY: the caller says that a detail is there; nobody writes to it meanwhile.
    let detail = unsafe { head.cast::<Detail>().as_ref() };
    let control: &[u64; CONTROL / 8] = &detail.control;
    let mut at = 0;
    // A detail of a socket without control messages has length zero.
    let end = detail.control_length;
    let head = size_of::<libc::cmsghdr>();
    while at + head <= end {
        let message = ptr::from_ref(control).cast::<u8>().wrapping_add(at);
        // SAFETY: the header lies inside the control bytes, by the loop's condition.
        let header = unsafe { message.cast::<libc::cmsghdr>().read_unaligned() };
        let length = header.cmsg_len as usize;
        if header.cmsg_level == libc::SOL_SOCKET
            && header.cmsg_type == kind
            && length >= head + size_of::<T>()
            && at + length <= end
        {
            // SAFETY: the payload lies inside the control bytes, as just checked; on Linux it
            // follows the header directly.
            return Some(unsafe { message.wrapping_add(head).cast::<T>().read_unaligned() });
        }
        at += length.next_multiple_of(size_of::<usize>()).max(head);
    }
    None
}
