//! Sockets that live on an io context.
//!
//! A socket is bound or connected for one [`Io`](crate::context::io::Io) context and stays there:
//! what is read from it begins on that context, and what is sent through it completes there. It is
//! asked directly by the lane that reads it; the context's poller only wakes a context that parks.
//!
//! | to | write | gives |
//! |---|---|---|
//! | receive datagrams | `read(UdpSocket::bind(&io, addr).build()?)` | [`Datagram`]s |
//! | send datagrams | `.and(send(&socket))`, `.and(send_to(&socket, addr))` | the bytes back |
//! | connect | `TcpStream::connect(&io, addr)` | a [`TcpStream`] |
//! | accept | `accept(TcpListener::bind(&io, addr).build()?)` | [`TcpStream`]s |
//! | serve each connection by an operation of its own | `accept(listener).spawn(&scope, serve)` | `()` for each that was begun |
//! | read frames | `framed(stream, Be16::new())` | [`Frame`]s |
//! | send bytes, frames | `.and(send(&stream))`, `.and(send_framed(&stream, Be16::new()))` | the bytes back |

use std::net::{SocketAddr, ToSocketAddrs};

use crate::source::Source;

pub mod codec;
pub mod datagram;
pub mod error;
pub mod framing;
mod home;
pub mod listener;
pub mod multicast;
mod pool;
pub mod sending;
#[cfg(unix)]
pub mod serving;
pub mod tcp;
pub mod udp;

pub use codec::{Be16, Be32, Codec, Delimiter};
pub use datagram::Datagram;
pub use error::{Fault, NetError};
pub use framing::{Frame, framed};
pub use listener::{TcpListener, accept};
pub use multicast::Interface;
pub use sending::{send, send_framed, send_to};
pub use tcp::{TcpReader, TcpStream, TcpWriter};
pub use udp::{UdpBuilder, UdpCounters, UdpSocket, UdpStats};

/// Something that [`read`] makes a source of.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read",
    label = "expected a socket here",
    note = "help: `read` takes a `UdpSocket`; a stream is read by `framed(stream, codec)`"
)]
pub trait Read {
    /// The source that reads it.
    type Source: Source;

    /// Makes the source.
    fn read(self) -> Self::Source;
}

/// A source that reads `socket`, on the socket's own context.
pub fn read<S: Read>(socket: S) -> S::Source {
    socket.read()
}

/// The first address that `address` resolves to.
fn first_address(address: impl ToSocketAddrs) -> Result<SocketAddr, NetError> {
    let mut addresses =
        address.to_socket_addrs().map_err(|cause| NetError::new(Fault::Resolve).because(cause))?;
    addresses.next().ok_or_else(|| NetError::new(Fault::Resolve))
}

/// Makes a source a sender, by the operation that every source has.
macro_rules! is_a_source {
    ($source:ident $(<$param:ident: $bound:path>)?, $value:ty) => {
        $crate::future::awaitable::awaitable! { [$($param: $bound)?] $source $(<$param>)?; }

        #[diagnostic::do_not_recommend]
        impl $(<$param: $bound>)? crate::sender::Sender for $source $(<$param>)? {
            type Value = $value;
            type Error = crate::net::error::NetError;
            type Operation<R: crate::receiver::Receiver<$value, crate::net::error::NetError>> =
                crate::source::SourceOperation<Self, R>;

            fn connect<R>(self, receiver: R, env: &crate::env::Env) -> Self::Operation<R>
            where
                R: crate::receiver::Receiver<$value, crate::net::error::NetError>,
            {
                crate::source::SourceOperation::new(self, receiver, env)
            }
        }
    };
}
use is_a_source;
