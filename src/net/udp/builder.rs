//! What a datagram socket is made of.

use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, Type};

use super::{Counters, Endpoint, UdpSocket, intake};
use crate::context::io::Io;
use crate::net::error::{Fault, NetError};
use crate::net::first_address;
use crate::net::home::Home;
use crate::net::multicast::{self, Interface};
use crate::net::pool::Pool;
use crate::net::sending::Gate;

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
    fail_on_truncated: bool,
}

impl UdpBuilder {
    pub(super) fn new(io: Io, address: Result<SocketAddr, NetError>) -> Self {
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
            fail_on_truncated: false,
        }
    }

    /// Takes a bound socket, connected or not.
    pub(super) fn adopt(io: Io, socket: std::net::UdpSocket) -> Self {
        let address = socket.local_addr().map_err(|cause| NetError::new(Fault::Bind).because(cause));
        let peer = socket.peer_addr().ok().map(Ok);
        Self { bound: Some(socket.into()), peer, ..Self::new(io, address) }
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

    /// Sends to, and receives from, this peer alone; [`send`](crate::net::send) needs it.
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

    /// Whether the kernel notes when it received each datagram; see [`Datagram::kernel_time`](crate::net::Datagram::kernel_time).
    ///
    /// Linux only.
    pub const fn timestamps(mut self, yes: bool) -> Self {
        self.timestamps = yes;
        self
    }

    /// Whether the kernel tells how many datagrams it dropped; see [`UdpCounters::kernel_drops`](super::UdpCounters::kernel_drops).
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

    /// How many bytes a receive buffer holds. A longer datagram is dropped and counted; see
    /// [`fail_on_truncated`](Self::fail_on_truncated).
    pub const fn buffer_size(mut self, bytes: usize) -> Self {
        self.size = bytes;
        self
    }

    /// Whether a datagram longer than a buffer is an error, [`Fault::Truncated`].
    ///
    /// By default it is dropped and counted in [`UdpCounters::truncated`](super::UdpCounters::truncated):
    /// an error ends a graph that does not handle it, and anybody who can reach the socket could end
    /// the graph so. With `true`, handle it by `.map_err(..)` and `.or_else(..)`.
    pub const fn fail_on_truncated(mut self, yes: bool) -> Self {
        self.fail_on_truncated = yes;
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
            fail_on_truncated: self.fail_on_truncated,
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
