//! Streams: connecting, and the two halves of a connection.

use std::fmt;
use std::io::{self, IoSlice, Write};
use std::net::{Shutdown, SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, Type};

use super::error::{Fault, NetError};
use super::home::Home;
use super::sending::private::Transmit;
use super::sending::{Gate, Outlet};
use super::{first_address, is_a_source};
use crate::context::ContextRef;
use crate::context::io::Io;
use crate::source::{Source, Taken};

/// A connection that lives on an io context.
///
/// [`framed`](super::framed) makes it a source of frames, [`send`](super::send) a stage;
/// [`split`](Self::split) it where the two go to different graphs. The connection is closed when the
/// last of its halves is dropped.
///
/// Small messages are sent at once (`TCP_NODELAY`) unless the builder says otherwise.
#[derive(Debug)]
pub struct TcpStream {
    reader: TcpReader,
}

/// The half that is read; see [`TcpStream::split`].
#[derive(Debug)]
pub struct TcpReader {
    pub(super) connection: Arc<Connection>,
}

/// The half that is sent through; see [`TcpStream::split`]. Clones send in turn.
#[derive(Debug, Clone)]
pub struct TcpWriter {
    connection: Arc<Connection>,
}

/// What the halves share.
pub(super) struct Connection {
    pub(super) stream: mio::net::TcpStream,
    pub(super) io: Io,
    gate: Gate,
    local: SocketAddr,
    pub(super) peer: SocketAddr,
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("local", &self.local)
            .field("peer", &self.peer)
            .finish_non_exhaustive()
    }
}

impl TcpStream {
    /// Describes a connection to `address`: a sender of the stream, see [`Connect`].
    ///
    /// The first address that the name resolves to is taken.
    pub fn connect(io: &Io, address: impl ToSocketAddrs) -> Connect {
        Connect {
            home: Home::new(io.clone()),
            address: first_address(address),
            options: Options::default(),
            state: State::Idle,
        }
    }

    /// Takes a connected stream of the standard library to an io context.
    ///
    /// # Errors
    ///
    /// When it is not connected or cannot be registered.
    pub fn from_std(io: &Io, stream: std::net::TcpStream) -> Result<Self, NetError> {
        let fail = |cause| NetError::new(Fault::Register).because(cause);
        stream.set_nonblocking(true).map_err(fail)?;
        let peer = stream.peer_addr().map_err(fail)?;
        Self::adopt(io, mio::net::TcpStream::from_std(stream), peer)
    }

    /// Registers a stream connected to `peer`.
    pub(super) fn adopt(
        io: &Io,
        mut stream: mio::net::TcpStream,
        peer: SocketAddr,
    ) -> Result<Self, NetError> {
        let fail = |cause| NetError::new(Fault::Register).at(peer).because(cause);
        io.register(&mut stream).map_err(fail)?;
        Self::registered(io, stream, peer)
    }

    /// A stream that is registered with something that has its events told.
    pub(super) fn registered(
        io: &Io,
        stream: mio::net::TcpStream,
        peer: SocketAddr,
    ) -> Result<Self, NetError> {
        let fail = |cause| NetError::new(Fault::Register).at(peer).because(cause);
        let local = stream.local_addr().map_err(fail)?;
        let connection = Connection { stream, io: io.clone(), gate: Gate::default(), local, peer };
        Ok(Self { reader: TcpReader { connection: Arc::new(connection) } })
    }

    fn connection(&self) -> &Arc<Connection> {
        &self.reader.connection
    }

    /// The address of this end.
    pub fn local_address(&self) -> SocketAddr {
        self.connection().local
    }

    /// The address of the other end.
    pub fn peer_address(&self) -> SocketAddr {
        self.connection().peer
    }

    /// The two halves, on the same io context.
    pub fn split(self) -> (TcpReader, TcpWriter) {
        let writer = self.writer();
        (self.reader, writer)
    }

    /// A half that sends; the stream itself can still be read.
    pub fn writer(&self) -> TcpWriter {
        TcpWriter { connection: Arc::clone(self.connection()) }
    }

    /// Tells the peer that nothing more is sent, or read, or both.
    ///
    /// # Errors
    ///
    /// When the connection is gone.
    pub fn shutdown(&self, how: Shutdown) -> Result<(), NetError> {
        self.connection().shutdown(how)
    }
}

impl Connection {
    fn shutdown(&self, how: Shutdown) -> Result<(), NetError> {
        let fail = |cause| NetError::new(Fault::Option("the end of the stream")).at(self.peer).because(cause);
        self.stream.shutdown(how).map_err(fail)
    }
}

impl TcpWriter {
    /// The address of the other end.
    pub fn peer_address(&self) -> SocketAddr {
        self.connection.peer
    }

    /// Tells the peer that nothing more is sent.
    ///
    /// # Errors
    ///
    /// When the connection is gone.
    pub fn shutdown(&self) -> Result<(), NetError> {
        self.connection.shutdown(Shutdown::Write)
    }
}

impl From<TcpStream> for TcpReader {
    fn from(stream: TcpStream) -> Self {
        stream.reader
    }
}

impl Outlet for TcpWriter {}

impl Transmit for TcpWriter {
    #[inline]
    fn transmit(&self, [head, body, tail]: [&[u8]; 3]) -> io::Result<usize> {
        let mut stream = &self.connection.stream;
        if head.is_empty() && tail.is_empty() {
            return if body.is_empty() { Ok(0) } else { stream.write(body) };
        }
        send_parts(&self.connection.stream, &[IoSlice::new(head), IoSlice::new(body), IoSlice::new(tail)])
    }

    fn gate(&self) -> &Gate {
        &self.connection.gate
    }

    fn io(&self) -> &Io {
        &self.connection.io
    }

    fn peer(&self) -> Option<SocketAddr> {
        Some(self.connection.peer)
    }
}

/// Sends without the signal that a closed connection would raise.
#[cfg(target_os = "linux")]
fn send_parts(stream: &mio::net::TcpStream, parts: &[IoSlice<'_>]) -> io::Result<usize> {
    socket2::SockRef::from(stream).send_vectored_with_flags(parts, libc::MSG_NOSIGNAL)
}

#[cfg(not(target_os = "linux"))]
fn send_parts(mut stream: &mio::net::TcpStream, parts: &[IoSlice<'_>]) -> io::Result<usize> {
    stream.write_vectored(parts)
}

/// What is set before a connection is made, or on each one accepted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Options {
    pub(super) nodelay: bool,
    pub(super) send_buffer: Option<usize>,
    pub(super) receive_buffer: Option<usize>,
}

impl Default for Options {
    fn default() -> Self {
        Self { nodelay: true, send_buffer: None, receive_buffer: None }
    }
}

impl Options {
    pub(super) fn set(&self, socket: &Socket, address: SocketAddr) -> Result<(), NetError> {
        let fail = |name| move |cause| NetError::new(Fault::Option(name)).at(address).because(cause);
        socket.set_tcp_nodelay(self.nodelay).map_err(fail("TCP_NODELAY"))?;
        if let Some(bytes) = self.send_buffer {
            socket.set_send_buffer_size(bytes).map_err(fail("SO_SNDBUF"))?;
        }
        if let Some(bytes) = self.receive_buffer {
            socket.set_recv_buffer_size(bytes).map_err(fail("SO_RCVBUF"))?;
        }
        Ok(())
    }
}

/// A connection to be made; [`TcpStream::connect`] describes it.
///
/// As a sender it **completes** with the connected [`TcpStream`], on its io context, or **fails**
/// with [`Fault::Connect`]. Each start makes one more connection. [`wait`](Self::wait) is the blocking
/// way, for programs that connect before they run a graph.
#[must_use = "nothing is connected until it is run or waited for"]
pub struct Connect {
    home: Home,
    address: Result<SocketAddr, NetError>,
    options: Options,
    state: State,
}

enum State {
    Idle,
    // The system is connecting; the stream is registered.
    Connecting(mio::net::TcpStream),
    // The address never resolved, and that has been said.
    Failed,
}

impl Connect {
    /// Whether small messages are sent at once; on by default.
    pub const fn nodelay(mut self, yes: bool) -> Self {
        self.options.nodelay = yes;
        self
    }

    /// Asks the kernel for so many bytes of room for what has not been sent yet.
    pub const fn send_buffer(mut self, bytes: usize) -> Self {
        self.options.send_buffer = Some(bytes);
        self
    }

    /// Asks the kernel for so many bytes of room for what has not been read yet.
    pub const fn receive_buffer(mut self, bytes: usize) -> Self {
        self.options.receive_buffer = Some(bytes);
        self
    }

    /// Connects, and blocks the calling thread meanwhile for at most `limit`.
    ///
    /// # Errors
    ///
    /// When nobody answers in time or somebody refuses.
    pub fn wait(self, limit: Duration) -> Result<TcpStream, NetError> {
        let address = self.address?;
        let fail = |cause| NetError::new(Fault::Connect).at(address).because(cause);
        let socket = open(address, self.options)?;
        socket.connect_timeout(&address.into(), limit).map_err(fail)?;
        TcpStream::from_std(self.home.io(), socket.into())
    }

    /// Starts to connect.
    fn begin(&self, address: SocketAddr) -> Result<mio::net::TcpStream, NetError> {
        let fail = |cause| NetError::new(Fault::Connect).at(address).because(cause);
        let socket = open(address, self.options)?;
        socket.set_nonblocking(true).map_err(fail)?;
        match socket.connect(&address.into()) {
            Err(error) if !is_under_way(&error) => return Err(fail(error)),
            _ => {}
        }
        let mut stream = mio::net::TcpStream::from_std(socket.into());
        self.home
            .io()
            .register(&mut stream)
            .map_err(|cause| NetError::new(Fault::Register).because(cause))?;
        Ok(stream)
    }
}

fn open(address: SocketAddr, options: Options) -> Result<Socket, NetError> {
    let fail = |cause| NetError::new(Fault::Connect).at(address).because(cause);
    let socket =
        Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP)).map_err(fail)?;
    options.set(&socket, address)?;
    Ok(socket)
}

#[cfg(unix)]
fn is_under_way(error: &io::Error) -> bool {
    error.raw_os_error() == Some(libc::EINPROGRESS) || error.kind() == io::ErrorKind::WouldBlock
}

#[cfg(not(unix))]
fn is_under_way(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::WouldBlock
}

impl fmt::Debug for Connect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connect").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Source for Connect {
    type Value = TcpStream;
    type Error = NetError;

    fn home(&self) -> Option<ContextRef> {
        Some(self.home.context())
    }

    fn take(&mut self) -> Taken<TcpStream, NetError> {
        let address = match &mut self.address {
            Ok(address) => *address,
            Err(_) if matches!(self.state, State::Failed) => return Taken::Ended,
            Err(error) => {
                self.state = State::Failed;
                return Taken::Error(std::mem::replace(error, NetError::new(Fault::Resolve)));
            }
        };
        if !self.home.is_here() {
            return Taken::Error(NetError::new(Fault::OffContext).at(address));
        }
        let stream = match std::mem::replace(&mut self.state, State::Idle) {
            State::Connecting(stream) => stream,
            State::Idle | State::Failed => match self.begin(address) {
                Ok(stream) => stream,
                Err(error) => return Taken::Error(error),
            },
        };
        let fail = |cause| Taken::Error(NetError::new(Fault::Connect).at(address).because(cause));
        match stream.take_error() {
            Ok(Some(error)) | Err(error) => return fail(error),
            Ok(None) => {}
        }
        match stream.peer_addr() {
            Ok(peer) => match TcpStream::registered(self.home.io(), stream, peer) {
                Ok(stream) => Taken::Value(stream),
                Err(error) => Taken::Error(error),
            },
            Err(error) if error.kind() == io::ErrorKind::NotConnected => {
                self.state = State::Connecting(stream);
                Taken::Empty
            }
            Err(error) => fail(error),
        }
    }
}

is_a_source!(Connect, TcpStream);
