//! How sockets fail: what was tried, with which address, why, and what to do about it.

use std::fmt;
use std::io;
use std::net::SocketAddr;

/// The failure of a socket operation.
///
/// One pointer wide, so that it does not widen what a source gives; made only when something fails.
pub struct NetError(Box<Failure>);

struct Failure {
    fault: Fault,
    address: Option<SocketAddr>,
    cause: Option<io::Error>,
}

/// What failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The text given as an address could not be turned into one.
    Resolve,
    /// The socket could not be made or bound.
    Bind,
    /// A socket option was refused; its name is given.
    Option(&'static str),
    /// A value given to a builder makes no sense; the text says which and what it may be.
    Setting(&'static str),
    /// The multicast group could not be joined.
    Join,
    /// The socket could not be registered with its io context.
    Register,
    /// No connection came about.
    Connect,
    /// A connection could not be accepted.
    Accept,
    /// A datagram could not be received.
    Receive,
    /// A datagram was longer than the buffer it was received into; its end is lost.
    Truncated {
        /// Bytes that were sent.
        length: usize,
        /// Bytes that a buffer of the socket holds.
        capacity: usize,
    },
    /// Bytes could not be read from a stream.
    Read,
    /// Bytes could not be sent.
    Send,
    /// The peer closed the stream inside a frame.
    EndInsideFrame {
        /// Bytes of the frame that had arrived, its header included.
        have: usize,
        /// Bytes of the frame that are known to be missing.
        missing: usize,
    },
    /// A frame is longer than the reader, or the frame's header, allows.
    FrameTooLong {
        /// Bytes that the frame needs, its header included.
        length: usize,
        /// Bytes that it may have.
        limit: usize,
    },
    /// The codec refused the bytes; the text is the codec's own.
    BadFrame(&'static str),
    /// The stream was given up in the middle of a message and takes no more.
    Broken,
    /// The operation was begun on a thread that is not its socket's io context.
    OffContext,
}

impl NetError {
    /// An error without an address or a cause.
    pub(crate) fn new(fault: Fault) -> Self {
        Self(Box::new(Failure { fault, address: None, cause: None }))
    }

    /// The same error, about `address`.
    pub(crate) fn at(mut self, address: impl Into<Option<SocketAddr>>) -> Self {
        self.0.address = address.into();
        self
    }

    /// The same error, caused by `cause`.
    pub(crate) fn because(mut self, cause: io::Error) -> Self {
        self.0.cause = Some(cause);
        self
    }

    /// What failed.
    pub const fn fault(&self) -> Fault {
        self.0.fault
    }

    /// The address concerned, if there is one: the peer's, or else the socket's own.
    pub const fn address(&self) -> Option<SocketAddr> {
        self.0.address
    }

    /// What the system said, if it was the system that refused.
    pub const fn cause(&self) -> Option<&io::Error> {
        self.0.cause.as_ref()
    }

    fn help(&self) -> Option<&'static str> {
        match self.0.fault {
            Fault::Truncated { .. } => Some("make the buffers longer with `.buffer_size(..)`"),
            Fault::FrameTooLong { .. } => Some(
                "raise the limit of the codec if such frames are meant; else the peer speaks another protocol",
            ),
            Fault::EndInsideFrame { .. } => Some("the peer went away early or speaks another protocol"),
            Fault::Broken => Some("connect again"),
            Fault::OffContext => Some("put `.then(on(io))` before it, with the io context of the socket"),
            Fault::Resolve => Some("write an address such as `127.0.0.1:9000`"),
            Fault::Join => Some(
                "name the interface by its own address, such as 127.0.0.1, and the group by a multicast address",
            ),
            _ => match self.0.cause.as_ref()?.kind() {
                io::ErrorKind::AddrInUse => {
                    Some("choose another port, or share this one with `.reuse(true)`")
                }
                io::ErrorKind::AddrNotAvailable => Some("no interface of this machine has that address"),
                io::ErrorKind::PermissionDenied => {
                    Some("the system asks for a privilege: see `man 7 capabilities`")
                }
                io::ErrorKind::ConnectionRefused => Some("nobody listens there"),
                io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => {
                    Some("the peer closed the connection: connect again")
                }
                _ => None,
            },
        }
    }
}

impl fmt::Display for NetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.fault {
            Fault::Resolve => f.write_str("cannot resolve the address")?,
            Fault::Bind => f.write_str("cannot bind a socket")?,
            Fault::Option(name) => write!(f, "cannot set {name}")?,
            Fault::Setting(what) => f.write_str(what)?,
            Fault::Join => f.write_str("cannot join the multicast group")?,
            Fault::Register => f.write_str("cannot register the socket with its io context")?,
            Fault::Connect => f.write_str("cannot connect")?,
            Fault::Accept => f.write_str("cannot accept a connection")?,
            Fault::Receive => f.write_str("cannot receive a datagram")?,
            Fault::Truncated { length, capacity } => {
                write!(f, "a datagram of {length} bytes was cut to the {capacity} that a buffer holds")?;
            }
            Fault::Read => f.write_str("cannot read from the stream")?,
            Fault::Send => f.write_str("cannot send")?,
            Fault::EndInsideFrame { have, missing } => {
                write!(
                    f,
                    "the stream ended inside a frame: {have} bytes had arrived, at least {missing} are missing"
                )?;
            }
            Fault::FrameTooLong { length, limit } => {
                write!(f, "a frame of at least {length} bytes is longer than the limit of {limit}")?;
            }
            Fault::BadFrame(why) => write!(f, "the bytes are not a frame: {why}")?,
            Fault::Broken => f.write_str("the stream was given up in the middle of a message")?,
            Fault::OffContext => {
                f.write_str("the socket was used on a thread that is not its io context's")?
            }
        }
        if let Some(address) = self.0.address {
            write!(f, " ({address})")?;
        }
        if let Some(cause) = &self.0.cause {
            write!(f, ": {cause}")?;
        }
        match self.help() {
            Some(help) => write!(f, "; help: {help}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for NetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NetError")
            .field("fault", &self.0.fault)
            .field("address", &self.0.address)
            .field("cause", &self.0.cause)
            .finish()
    }
}

impl std::error::Error for NetError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.cause.as_ref().map(|cause| cause as _)
    }
}
