//! Datagrams: a socket, and the source that reads it.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, Type};

use super::datagram::Datagram;
use super::error::{Fault, NetError};
use super::home::Home;
use super::multicast::{self, Interface};
use super::pool::Pool;
use super::sending::Gate;
use super::{Read, first_address, is_a_source};
use crate::context::ContextRef;
use crate::context::io::Io;
use crate::source::{Source, Taken};
use crate::sync::{AtomicU64, Ordering};

#[cfg(target_os = "linux")]
pub(crate) mod intake;
#[cfg(not(target_os = "linux"))]
#[path = "udp/plain.rs"]
pub(crate) mod intake;
#[cfg(all(test, target_os = "linux"))]
mod plain;

/// A datagram socket that lives on an io context.
///
/// [`read`](super::read) makes it a source of [`Datagram`]s, [`send`](super::send) and
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
    /// Datagrams that were longer than a buffer, and reported as errors.
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
        let address = socket.local_addr().map_err(|cause| NetError::new(Fault::Bind).because(cause));
        let peer = socket.peer_addr().ok().map(Ok);
        UdpBuilder { bound: Some(socket.into()), peer, ..UdpBuilder::new(io.clone(), address) }
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

/// Describes a [`UdpSocket`].
#[derive(Debug)]
#[must_use = "nothing is bound before `build`"]
pub struct UdpBuilder {
    io: Io,
    address: Result<SocketAddr, NetError>,
    // A socket that is bound to `address` already.
    bound: Option<Socket>,
    peer: Option<Result<SocketAddr, NetError>>,
    groups: Vec<(IpAddr, Interface)>,
    through: Option<Interface>,
    multicast_ttl: Option<u32>,
    multicast_loop: Option<bool>,
    receive_buffer: Option<usize>,
    send_buffer: Option<usize>,
    reuse: bool,
    busy_poll: Option<Duration>,
    timestamps: bool,
    count_drops: bool,
    batch: usize,
    buffers: usize,
    size: usize,
}

impl UdpBuilder {
    fn new(io: Io, address: Result<SocketAddr, NetError>) -> Self {
        Self {
            io,
            address,
            bound: None,
            peer: None,
            groups: Vec::new(),
            through: None,
            multicast_ttl: None,
            multicast_loop: None,
            receive_buffer: None,
            send_buffer: None,
            reuse: false,
            busy_poll: None,
            timestamps: false,
            count_drops: false,
            batch: 32,
            buffers: 64,
            size: 2048,
        }
    }

    /// Joins a multicast group on one interface: its address for IPv4, its index for IPv6.
    ///
    /// May be called several times. Other groups are not delivered to this socket.
    pub fn join_multicast(mut self, group: impl Into<IpAddr>, interface: impl Into<Interface>) -> Self {
        self.groups.push((group.into(), interface.into()));
        self
    }

    /// Sends multicast through this interface.
    pub fn multicast_interface(mut self, interface: impl Into<Interface>) -> Self {
        self.through = Some(interface.into());
        self
    }

    /// How many routers a multicast datagram may pass; `0` keeps it on this machine.
    pub const fn multicast_ttl(mut self, ttl: u32) -> Self {
        self.multicast_ttl = Some(ttl);
        self
    }

    /// Whether multicast sent here is also received on this machine.
    pub const fn multicast_loop(mut self, yes: bool) -> Self {
        self.multicast_loop = Some(yes);
        self
    }

    /// Sends to, and receives from, this peer alone; [`send`](super::send) needs it.
    pub fn connect(mut self, peer: impl ToSocketAddrs) -> Self {
        self.peer = Some(first_address(peer));
        self
    }

    /// Asks the kernel for so many bytes of room for what has not been read yet.
    ///
    /// Beyond the system's limit if the process may; what was granted is told by
    /// [`UdpSocket::receive_buffer`].
    pub const fn receive_buffer(mut self, bytes: usize) -> Self {
        self.receive_buffer = Some(bytes);
        self
    }

    /// Asks the kernel for so many bytes of room for what has not been sent yet.
    pub const fn send_buffer(mut self, bytes: usize) -> Self {
        self.send_buffer = Some(bytes);
        self
    }

    /// Whether other sockets may be bound to the same address; each then gets every multicast.
    pub const fn reuse(mut self, yes: bool) -> Self {
        self.reuse = yes;
        self
    }

    /// Lets an ask poll the network card for so long instead of waiting for its interrupt.
    ///
    /// Linux only, needs `CAP_NET_ADMIN` above the system's default, and helps only with cards
    /// whose driver supports it; on the loopback it does nothing.
    pub const fn busy_poll(mut self, time: Duration) -> Self {
        self.busy_poll = Some(time);
        self
    }

    /// Whether the kernel notes when it received each datagram; see [`Datagram::kernel_time`].
    ///
    /// Linux only.
    pub const fn timestamps(mut self, yes: bool) -> Self {
        self.timestamps = yes;
        self
    }

    /// Whether the kernel tells how many datagrams it dropped; see [`UdpCounters::kernel_drops`].
    ///
    /// Linux only.
    pub const fn count_drops(mut self, yes: bool) -> Self {
        self.count_drops = yes;
        self
    }

    /// The most datagrams taken by one system call, at most 32; one where the system has no such
    /// call. Fewer are asked for while the traffic is slow.
    pub const fn batch(mut self, datagrams: usize) -> Self {
        self.batch = datagrams;
        self
    }

    /// How many receive buffers there are: how many datagrams can be held, or wait, at once.
    pub const fn buffers(mut self, count: usize) -> Self {
        self.buffers = count;
        self
    }

    /// How many bytes a receive buffer holds.
    pub const fn buffer_size(mut self, bytes: usize) -> Self {
        self.size = bytes;
        self
    }

    /// Makes the socket and its buffers, and touches their memory.
    ///
    /// # Errors
    ///
    /// When the address does not resolve, an option is refused or has no meaning here, the group
    /// cannot be joined, or the address cannot be bound; the error says which.
    pub fn build(self) -> Result<UdpSocket, NetError> {
        let address = self.address?;
        let fail = |fault: Fault| move |cause: io::Error| NetError::new(fault).at(address).because(cause);
        if !(1..=32).contains(&self.batch) {
            return Err(NetError::new(Fault::Setting("`batch` must be between 1 and 32")).at(address));
        }
        if !(1..=1 << 16).contains(&self.buffers) {
            return Err(NetError::new(Fault::Setting("`buffers` must be between 1 and 65536")).at(address));
        }
        if !(1..=1 << 16).contains(&self.size) {
            return Err(
                NetError::new(Fault::Setting("`buffer_size` must be between 1 and 65536")).at(address)
            );
        }
        let is_bound = self.bound.is_some();
        let socket = match self.bound {
            Some(socket) => socket,
            None => Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))
                .map_err(fail(Fault::Bind))?,
        };
        socket.set_nonblocking(true).map_err(fail(Fault::Bind))?;
        if self.reuse {
            socket.set_reuse_address(true).map_err(fail(Fault::Option("SO_REUSEADDR")))?;
        }
        if let Some(bytes) = self.receive_buffer {
            set_receive_buffer(&socket, bytes).map_err(fail(Fault::Option("SO_RCVBUF")))?;
        }
        if let Some(bytes) = self.send_buffer {
            socket.set_send_buffer_size(bytes).map_err(fail(Fault::Option("SO_SNDBUF")))?;
        }
        if let Some(time) = self.busy_poll {
            let micros = i32::try_from(time.as_micros()).unwrap_or(i32::MAX);
            option(&socket, Special::BusyPoll, micros).map_err(fail(Fault::Option("SO_BUSY_POLL")))?;
        }
        if self.timestamps {
            option(&socket, Special::Timestamps, 1).map_err(fail(Fault::Option("SO_TIMESTAMPNS")))?;
        }
        if self.count_drops {
            option(&socket, Special::CountDrops, 1).map_err(fail(Fault::Option("SO_RXQ_OVFL")))?;
        }
        if let Some(interface) = self.through {
            multicast::send_through(&socket, interface).map_err(fail(Fault::Option("IP_MULTICAST_IF")))?;
        }
        if let Some(ttl) = self.multicast_ttl {
            let set =
                if address.is_ipv4() { Socket::set_multicast_ttl_v4 } else { Socket::set_multicast_hops_v6 };
            set(&socket, ttl).map_err(fail(Fault::Option("IP_MULTICAST_TTL")))?;
        }
        if let Some(yes) = self.multicast_loop {
            let set =
                if address.is_ipv4() { Socket::set_multicast_loop_v4 } else { Socket::set_multicast_loop_v6 };
            set(&socket, yes).map_err(fail(Fault::Option("IP_MULTICAST_LOOP")))?;
        }
        if !is_bound {
            socket.bind(&address.into()).map_err(fail(Fault::Bind))?;
        }
        for (group, interface) in self.groups {
            multicast::join(&socket, group, interface).map_err(|cause| {
                NetError::new(Fault::Join).at(SocketAddr::new(group, address.port())).because(cause)
            })?;
        }
        let peer = self.peer.transpose()?;
        if let Some(peer) = peer {
            socket
                .connect(&peer.into())
                .map_err(|cause| NetError::new(Fault::Connect).at(peer).because(cause))?;
        }
        let receive_buffer = socket.recv_buffer_size().map_err(fail(Fault::Option("SO_RCVBUF")))?;
        let mut socket = mio::net::UdpSocket::from_std(socket.into());
        let local = socket.local_addr().map_err(fail(Fault::Bind))?;
        self.io.register(&mut socket).map_err(fail(Fault::Register))?;
        let control = self.timestamps || self.count_drops;
        let endpoint = Endpoint {
            socket,
            io: self.io.clone(),
            gate: Gate::default(),
            local,
            peer,
            receive_buffer,
            count_drops: self.count_drops,
            counters: Counters::default(),
        };
        Ok(UdpSocket {
            endpoint: Arc::new(endpoint),
            // One byte more than asked for lets a system without MSG_TRUNC see what was cut.
            pool: Pool::new(Home::new(self.io), self.buffers, intake::HEAD, self.size + 1),
            intake: intake::Intake::new(self.batch.min(self.buffers), self.size, control),
            size: self.size,
        })
    }
}

/// Options of Linux alone.
#[derive(Clone, Copy)]
enum Special {
    BusyPoll,
    Timestamps,
    CountDrops,
}

#[cfg(target_os = "linux")]
fn option(socket: &Socket, which: Special, value: i32) -> io::Result<()> {
    let name = match which {
        Special::BusyPoll => libc::SO_BUSY_POLL,
        Special::Timestamps => libc::SO_TIMESTAMPNS,
        Special::CountDrops => libc::SO_RXQ_OVFL,
    };
    set_number(socket, name, value)
}

#[cfg(not(target_os = "linux"))]
fn option(_: &Socket, which: Special, _: i32) -> io::Result<()> {
    let what = match which {
        Special::BusyPoll => "busy polling is known on Linux only",
        Special::Timestamps => "kernel time stamps are known on Linux only",
        Special::CountDrops => "drop counters are known on Linux only",
    };
    Err(io::Error::new(io::ErrorKind::Unsupported, what))
}

#[cfg(target_os = "linux")]
fn set_number(socket: &Socket, name: i32, value: i32) -> io::Result<()> {
    use std::os::fd::AsRawFd;
    let length = size_of_val(&value) as libc::socklen_t;
    // SAFETY: `value` is an integer of the length given and outlives the call.
    let set = unsafe {
        libc::setsockopt(socket.as_raw_fd(), libc::SOL_SOCKET, name, (&raw const value).cast(), length)
    };
    if set == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

fn set_receive_buffer(socket: &Socket, bytes: usize) -> io::Result<()> {
    // Beyond the system's limit, if the process may.
    #[cfg(target_os = "linux")]
    if i32::try_from(bytes).is_ok_and(|bytes| set_number(socket, libc::SO_RCVBUFFORCE, bytes).is_ok()) {
        return Ok(());
    }
    socket.set_recv_buffer_size(bytes)
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

/// The source that reads a [`UdpSocket`]; made by [`read`](super::read).
///
/// **Gives** each datagram in the order in which the kernel has it. **Fails** with
/// [`Fault::Truncated`] for a datagram longer than a buffer and with [`Fault::Receive`] for what
/// the system reports, such as a port that a connected peer does not listen on; it may be asked
/// again after either. **Never ends** by itself.
///
/// **Runs on** the socket's io context. Elsewhere [`take`](Source::take) fails with
/// [`Fault::OffContext`]; as a sender it goes to its context by itself.
///
/// **Costs** one system call per batch and no allocation. Not declared as
/// [bursty](Source::BURSTS): each datagram is handed on at once rather than with its successors.
#[derive(Debug)]
pub struct UdpRead {
    socket: UdpSocket,
}

impl Read for UdpSocket {
    type Source = UdpRead;

    fn read(self) -> UdpRead {
        UdpRead { socket: self }
    }
}

impl UdpRead {
    /// The socket that is read.
    pub const fn socket(&self) -> &UdpSocket {
        &self.socket
    }
}

impl Source for UdpRead {
    type Value = Datagram;
    type Error = NetError;

    fn home(&self) -> Option<ContextRef> {
        Some(self.socket.pool.home.context())
    }

    #[inline]
    fn take(&mut self) -> Taken<Datagram, NetError> {
        let UdpSocket { endpoint, pool, intake, size } = &mut self.socket;
        if !pool.home.is_here() {
            return Taken::Error(NetError::new(Fault::OffContext).at(endpoint.local));
        }
        let counters = &endpoint.counters;
        match intake.take(&endpoint.socket, pool) {
            Ok(Received::Datagram { buffer, length }) if length <= *size => {
                // SAFETY: the intake claimed the buffer, received `length` bytes into it, and has
                // given it up.
                let view = unsafe { pool.lend(buffer, 0, length as u32) };
                // SAFETY: as above.
                let datagram = unsafe { Datagram::new(view) };
                add(&counters.received, 1);
                add(&counters.bytes, length as u64);
                if endpoint.count_drops
                    && let Some(drops) = datagram.kernel_drops()
                {
                    // ORDERING: relaxed, the counter stands for itself.
                    counters.kernel_drops.store(drops.into(), Ordering::Relaxed);
                }
                Taken::Value(datagram)
            }
            Ok(Received::Datagram { buffer, length }) => {
                pool.unclaim(buffer);
                add(&counters.truncated, 1);
                Taken::Error(NetError::new(Fault::Truncated { length, capacity: *size }).at(endpoint.local))
            }
            Ok(Received::Empty) => Taken::Empty,
            Ok(Received::Starved) => {
                add(&counters.starved, 1);
                pool.starve();
                Taken::Empty
            }
            Err(cause) => Taken::Error(
                NetError::new(Fault::Receive).at(endpoint.peer.or(Some(endpoint.local))).because(cause),
            ),
        }
    }
}

is_a_source!(UdpRead, Datagram);
