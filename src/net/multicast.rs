//! Which interface receives a multicast group.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use socket2::Socket;

/// An interface of this machine, by its address (IPv4) or its index (IPv6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Interface {
    /// The interface that has this address, such as `127.0.0.1` for the loopback.
    Address(Ipv4Addr),
    /// The interface with this index; `0` lets the system choose.
    Index(u32),
}

impl From<Ipv4Addr> for Interface {
    fn from(address: Ipv4Addr) -> Self {
        Self::Address(address)
    }
}

impl From<[u8; 4]> for Interface {
    fn from(address: [u8; 4]) -> Self {
        Self::Address(address.into())
    }
}

impl From<u32> for Interface {
    fn from(index: u32) -> Self {
        Self::Index(index)
    }
}

/// Joins `group` on `interface`.
///
/// Only groups that were joined on this very socket are delivered to it; Linux would else deliver
/// every group that any process of the machine has joined.
pub(super) fn join(socket: &Socket, group: IpAddr, interface: Interface) -> io::Result<()> {
    match (group, interface) {
        (IpAddr::V4(group), Interface::Address(address)) => join_v4(socket, group, address),
        (IpAddr::V4(group), Interface::Index(index)) => {
            only_joined_v4(socket)?;
            socket.join_multicast_v4_n(&group, &socket2::InterfaceIndexOrAddress::Index(index))
        }
        (IpAddr::V6(group), Interface::Index(index)) => join_v6(socket, group, index),
        (IpAddr::V6(_), Interface::Address(_)) => {
            Err(io::Error::new(io::ErrorKind::InvalidInput, "an IPv6 group needs the index of an interface"))
        }
    }
}

fn join_v4(socket: &Socket, group: Ipv4Addr, interface: Ipv4Addr) -> io::Result<()> {
    only_joined_v4(socket)?;
    socket.join_multicast_v4(&group, &interface)
}

fn join_v6(socket: &Socket, group: Ipv6Addr, interface: u32) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    socket.set_multicast_all_v6(false)?;
    socket.join_multicast_v6(&group, interface)
}

fn only_joined_v4(socket: &Socket) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    socket.set_multicast_all_v4(false)?;
    let _ = socket;
    Ok(())
}

/// Sends multicast through `interface`.
pub(super) fn send_through(socket: &Socket, interface: Interface) -> io::Result<()> {
    match interface {
        Interface::Address(address) => socket.set_multicast_if_v4(&address),
        Interface::Index(index) => socket.set_multicast_if_v6(index),
    }
}
