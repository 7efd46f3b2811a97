//! The source of datagrams.

use super::{Received, UdpSocket, add};
use crate::context::ContextRef;
use crate::net::datagram::Datagram;
use crate::net::error::{Fault, NetError};
use crate::net::{Read, is_a_source};
use crate::primitive::Ordering;
use crate::source::{Source, Taken};

/// The source that reads a [`UdpSocket`]; made by [`read`](crate::net::read).
///
/// **Gives** each datagram in the order in which the kernel has it; one that is longer than a buffer is
/// dropped and [counted](super::UdpCounters::truncated). **Fails** with [`Fault::Receive`] for what
/// the system reports, such as a port that a connected peer does not listen on, and with
/// [`Fault::Truncated`] if the socket was bound [so](super::UdpBuilder::fail_on_truncated); it may be
/// asked again after either. **Never ends** by itself.
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
        let UdpSocket { endpoint, pool, intake, size, fail_on_truncated } = &mut self.socket;
        if !pool.home.is_here() {
            return Taken::Error(NetError::new(Fault::OffContext).at(endpoint.local));
        }
        let counters = &endpoint.counters;
        loop {
            return match intake.take(&endpoint.socket, pool) {
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
                    if !*fail_on_truncated {
                        continue;
                    }
                    Taken::Error(
                        NetError::new(Fault::Truncated { length, capacity: *size }).at(endpoint.local),
                    )
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
            };
        }
    }
}

is_a_source!(UdpRead, Datagram);
