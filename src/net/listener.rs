//! Accepting connections.

use std::fmt;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};

use socket2::{Domain, Protocol, SockRef, Socket, Type};

use super::error::{Fault, NetError};
use super::home::Home;
use super::tcp::{Options, TcpStream};
use super::{first_address, is_a_source};
use crate::context::ContextRef;
use crate::context::io::Io;
use crate::source::{Source, Taken};

/// A socket that waits for connections, on an io context.
pub struct TcpListener {
    listener: mio::net::TcpListener,
    home: Home,
    local: SocketAddr,
    options: Options,
}

impl TcpListener {
    /// Describes a listener at `address`; [`ListenerBuilder::build`] makes it.
    pub fn bind(io: &Io, address: impl ToSocketAddrs) -> ListenerBuilder {
        ListenerBuilder {
            io: io.clone(),
            address: first_address(address),
            options: Options::default(),
            backlog: 128,
            reuse: true,
        }
    }

    /// The address it is bound to, with the port that the system chose if it was zero.
    pub const fn local_address(&self) -> SocketAddr {
        self.local
    }
}

impl fmt::Debug for TcpListener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TcpListener").field("local", &self.local).finish_non_exhaustive()
    }
}

/// Describes a [`TcpListener`].
#[derive(Debug)]
#[must_use = "nothing listens before `build`"]
pub struct ListenerBuilder {
    io: Io,
    address: Result<SocketAddr, NetError>,
    options: Options,
    backlog: u16,
    reuse: bool,
}

impl ListenerBuilder {
    /// How many connections may wait to be accepted; 128 by default.
    pub const fn backlog(mut self, connections: u16) -> Self {
        self.backlog = connections;
        self
    }

    /// Whether the address may be bound while connections of an earlier listener linger; on by
    /// default.
    pub const fn reuse(mut self, yes: bool) -> Self {
        self.reuse = yes;
        self
    }

    /// Whether accepted connections send small messages at once; on by default.
    pub const fn nodelay(mut self, yes: bool) -> Self {
        self.options.nodelay = yes;
        self
    }

    /// Asks the kernel for so many bytes, per connection, for what has not been sent yet.
    pub const fn send_buffer(mut self, bytes: usize) -> Self {
        self.options.send_buffer = Some(bytes);
        self
    }

    /// Asks the kernel for so many bytes, per connection, for what has not been read yet.
    pub const fn receive_buffer(mut self, bytes: usize) -> Self {
        self.options.receive_buffer = Some(bytes);
        self
    }

    /// Makes the listener.
    ///
    /// # Errors
    ///
    /// When the address does not resolve or cannot be bound.
    pub fn build(self) -> Result<TcpListener, NetError> {
        let address = self.address?;
        let fail = |cause| NetError::new(Fault::Bind).at(address).because(cause);
        let socket =
            Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP)).map_err(fail)?;
        socket.set_nonblocking(true).map_err(fail)?;
        // Elsewhere than on Unix the option would let others take the port away.
        #[cfg(unix)]
        socket.set_reuse_address(self.reuse).map_err(fail)?;
        // The receive buffer's size must be known before a connection is made.
        self.options.set(&socket, address)?;
        socket.bind(&address.into()).map_err(fail)?;
        socket.listen(self.backlog.into()).map_err(fail)?;
        let mut listener = mio::net::TcpListener::from_std(socket.into());
        let local = listener.local_addr().map_err(fail)?;
        self.io
            .register(&mut listener)
            .map_err(|cause| NetError::new(Fault::Register).at(address).because(cause))?;
        Ok(TcpListener { listener, home: Home::new(self.io), local, options: self.options })
    }
}

/// A source of the connections that `listener` accepts, on the same io context.
pub const fn accept(listener: TcpListener) -> Accept {
    Accept { listener }
}

/// The source made by [`accept`].
///
/// **Gives** each connection in the order in which they came about. **Fails** with
/// [`Fault::Accept`], and may be asked again: a process out of file descriptors can accept again
/// once it has closed some. **Never ends** by itself. Connections that their peer gave up before
/// they were accepted are passed over.
#[derive(Debug)]
pub struct Accept {
    listener: TcpListener,
}

impl Accept {
    /// The address it accepts connections at.
    pub const fn local_address(&self) -> SocketAddr {
        self.listener.local
    }

    /// The context of the listener.
    pub(super) const fn io(&self) -> &Io {
        self.listener.home.io()
    }

    /// Whether the caller is there.
    pub(super) fn is_here(&mut self) -> bool {
        self.listener.home.is_here()
    }

    /// The next connection, if there is one now. Only where [`is_here`](Self::is_here) says so.
    pub(super) fn next(&self) -> io::Result<Option<(mio::net::TcpStream, SocketAddr)>> {
        loop {
            match self.listener.listener.accept() {
                Ok(accepted) => return Ok(Some(accepted)),
                Err(error) => match error.kind() {
                    io::ErrorKind::WouldBlock => return Ok(None),
                    io::ErrorKind::Interrupted | io::ErrorKind::ConnectionAborted => {}
                    _ => return Err(error),
                },
            }
        }
    }

    /// Sets what the listener's builder says on a connection.
    pub(super) fn set_options(&self, stream: &mio::net::TcpStream, peer: SocketAddr) -> Result<(), NetError> {
        self.listener.options.set(&SockRef::from(stream), peer)
    }

    /// The listener itself failed.
    pub(super) fn failed(&self, cause: io::Error) -> NetError {
        NetError::new(Fault::Accept).at(self.listener.local).because(cause)
    }
}

impl Source for Accept {
    type Value = TcpStream;
    type Error = NetError;

    fn home(&self) -> Option<ContextRef> {
        Some(self.listener.home.context())
    }

    fn take(&mut self) -> Taken<TcpStream, NetError> {
        if !self.is_here() {
            return Taken::Error(NetError::new(Fault::OffContext).at(self.listener.local));
        }
        let accepted = match self.next() {
            Ok(Some((stream, peer))) => {
                self.set_options(&stream, peer).and_then(|()| TcpStream::adopt(self.io(), stream, peer))
            }
            Ok(None) => return Taken::Empty,
            Err(error) => Err(self.failed(error)),
        };
        match accepted {
            Ok(stream) => Taken::Value(stream),
            Err(error) => Taken::Error(error),
        }
    }
}

is_a_source!(Accept, TcpStream);
