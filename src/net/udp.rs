//! Datagrams: a socket, and the source that reads it.

use std::fmt;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::Arc;

use super::first_address;
use super::pool::Pool;
use super::sending::Gate;
use crate::context::io::Io;
use crate::primitive::{AtomicU64, Ordering};

mod builder;
mod read;

pub use builder::UdpBuilder;
pub use read::UdpRead;

#[cfg(target_os = "linux")]
pub(crate) mod intake;
#[cfg(not(target_os = "linux"))]
#[path = "udp/plain.rs"]
pub(crate) mod intake;
#[cfg(all(test, target_os = "linux"))]
mod plain;

/// A datagram socket that lives on an io context.
///
/// [`read`](super::read) makes it a source of [`Datagram`](super::Datagram)s, [`send`](super::send) and
/// [`send_to`](super::send_to) make stages of it; a socket can be both.
///
/// # Examples
///
/// ```no_run
/// use fusewire::context::io::Io;
/// use fusewire::net::{UdpSocket, read};
///
/// let io = Io::builder().build()?;
/// let feed = UdpSocket::bind(&io, "0.0.0.0:30001")
///     .join_multicast([239, 1, 1, 1], [127, 0, 0, 1])
///     .receive_buffer(8 << 20)
///     .build()?;
/// println!("the kernel granted {} bytes", feed.receive_buffer());
/// let source = read(feed);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct UdpSocket {
    endpoint: Arc<Endpoint>,
    pool: Pool,
    intake: intake::Intake,
    size: usize,
    fail_on_truncated: bool,
}

/// What the halves of a socket share.
pub(super) struct Endpoint {
    pub(super) socket: mio::net::UdpSocket,
    pub(super) io: Io,
    pub(super) gate: Gate,
    pub(super) local: SocketAddr,
    pub(super) peer: Option<SocketAddr>,
    receive_buffer: usize,
    count_drops: bool,
    counters: Counters,
}

/// Written by the io context alone, read by anybody.
#[derive(Default)]
struct Counters {
    received: AtomicU64,
    bytes: AtomicU64,
    truncated: AtomicU64,
    starved: AtomicU64,
    kernel_drops: AtomicU64,
}

/// Adds to a counter that only one thread writes; no read-modify-write is needed.
#[inline]
fn add(counter: &AtomicU64, more: u64) {
    // ORDERING: relaxed, each counter stands for itself and has one writer.
    counter.store(counter.load(Ordering::Relaxed) + more, Ordering::Relaxed);
}

/// What a socket has received so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct UdpCounters {
    /// Datagrams handed to the graph.
    pub received: u64,
    /// Bytes in them.
    pub bytes: u64,
    /// Datagrams that were longer than a buffer: dropped, or reported as errors if the socket was bound
    /// with [`UdpBuilder::fail_on_truncated`].
    pub truncated: u64,
    /// Times that the source was asked while every buffer was still held.
    pub starved: u64,
    /// Datagrams that the kernel dropped for want of room, as of the last one received; zero
    /// unless the socket was bound with [`UdpBuilder::count_drops`].
    pub kernel_drops: u64,
}

/// Reads the counters of a socket from anywhere, while it is in use.
#[derive(Clone)]
pub struct UdpStats {
    endpoint: Arc<Endpoint>,
}

impl UdpStats {
    /// The counters as of now; they are read one after the other.
    pub fn get(&self) -> UdpCounters {
        let counters = &self.endpoint.counters;
        // ORDERING: relaxed, each counter stands for itself.
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        UdpCounters {
            received: read(&counters.received),
            bytes: read(&counters.bytes),
            truncated: read(&counters.truncated),
            starved: read(&counters.starved),
            kernel_drops: read(&counters.kernel_drops),
        }
    }
}

impl fmt::Debug for UdpStats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("UdpStats").field(&self.get()).finish()
    }
}

impl UdpSocket {
    /// Describes a socket bound to `address`; [`UdpBuilder::build`] makes it.
    ///
    /// The first address that the name resolves to is taken.
    pub fn bind(io: &Io, address: impl ToSocketAddrs) -> UdpBuilder {
        UdpBuilder::new(io.clone(), first_address(address))
    }

    /// Takes a bound socket of the standard library to an io context; [`UdpBuilder::build`] makes it ours.
    ///
    /// What the builder says is set on top of what the socket has already; if it is connected, it stays so.
    pub fn from_std(io: &Io, socket: std::net::UdpSocket) -> UdpBuilder {
        UdpBuilder::adopt(io.clone(), socket)
    }

    /// The address it is bound to, with the port that the system chose if it was zero.
    pub fn local_address(&self) -> SocketAddr {
        self.endpoint.local
    }

    /// Bytes that the kernel granted for what has not been read yet, by its own count.
    pub fn receive_buffer(&self) -> usize {
        self.endpoint.receive_buffer
    }

    /// A handle that reads the counters while the socket is in use.
    pub fn stats(&self) -> UdpStats {
        UdpStats { endpoint: Arc::clone(&self.endpoint) }
    }

    pub(super) const fn endpoint(&self) -> &Arc<Endpoint> {
        &self.endpoint
    }
}

impl fmt::Debug for UdpSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UdpSocket").field("local", &self.endpoint.local).finish_non_exhaustive()
    }
}

/// What an intake found.
pub(crate) enum Received {
    /// `length` bytes were sent; the buffer holds those that fit.
    Datagram { buffer: u32, length: usize },
    /// Nothing has arrived.
    Empty,
    /// Every buffer is held.
    Starved,
}
