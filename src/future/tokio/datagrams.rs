//! The datagrams of a tokio socket.

use std::fmt;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use tokio::io::ReadBuf;
use tokio::net::UdpSocket;

use crate::completion::{Completion, StopReason};
use crate::env::Env;
use crate::future::polling::{PollOperation, Polls};
use crate::net::{Fault, NetError};
use crate::receiver::Receiver;
use crate::sender::Sender;

/// The longest datagram there is.
const LONGEST: usize = 1 << 16;

/// A datagram of at most `N` bytes, and its peer. It holds its bytes, so that it crosses a hop without an allocation.
#[derive(Clone, Copy)]
pub struct Datagram<const N: usize> {
    peer: SocketAddr,
    // INVARIANT: at most `N`.
    length: usize,
    bytes: [u8; N],
}

impl<const N: usize> fmt::Debug for Datagram<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Datagram").field("peer", &self.peer).field("length", &self.length).finish()
    }
}

impl<const N: usize> Datagram<N> {
    /// A datagram for `peer`; none if it has more than `N` bytes.
    pub fn new(peer: SocketAddr, bytes: &[u8]) -> Option<Self> {
        let mut own = [0; N];
        own.get_mut(..bytes.len())?.copy_from_slice(bytes);
        Some(Self { peer, length: bytes.len(), bytes: own })
    }

    /// Who sent it, or is to get it.
    pub const fn peer(&self) -> SocketAddr {
        self.peer
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

/// What a socket receives, as a stream for [`from_stream`](crate::future::from_stream).
///
/// **Gives** each datagram. One of more than `N` bytes is a [`Fault::Truncated`] error, and what the system refuses a
/// [`Fault::Receive`]; both are items like others, after which the stream goes on. It never ends.
/// **Costs** one system call and one copy of the payload per datagram; no allocation.
pub fn datagrams<const N: usize>(socket: Arc<UdpSocket>) -> Datagrams<N> {
    Datagrams { socket, scratch: vec![0; LONGEST].into_boxed_slice() }
}

/// The stream of [`datagrams`].
#[must_use = "a stream does nothing unless it is polled"]
pub struct Datagrams<const N: usize> {
    socket: Arc<UdpSocket>,
    scratch: Box<[u8]>,
}

impl<const N: usize> fmt::Debug for Datagrams<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Datagrams").field("socket", &self.socket).finish_non_exhaustive()
    }
}

impl<const N: usize> Stream for Datagrams<N> {
    type Item = Result<Datagram<N>, NetError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Self { socket, scratch } = &mut *self;
        let mut buffer = ReadBuf::new(scratch);
        let received = ready!(socket.poll_recv_from(cx, &mut buffer));
        Poll::Ready(Some(match received {
            Ok(peer) => {
                let bytes = buffer.filled();
                let truncated = Fault::Truncated { length: bytes.len(), capacity: N };
                Datagram::new(peer, bytes).ok_or_else(|| NetError::new(truncated).at(peer))
            }
            Err(cause) => Err(NetError::new(Fault::Receive).because(cause)),
        }))
    }
}

/// What can be sent as a datagram.
pub trait ToDatagram: Send {
    /// Its bytes.
    fn bytes(&self) -> &[u8];

    /// Where it is to go; none for the peer that the socket is connected to.
    fn peer(&self) -> Option<SocketAddr>;
}

impl<const N: usize> ToDatagram for Datagram<N> {
    fn bytes(&self) -> &[u8] {
        self.bytes()
    }

    fn peer(&self) -> Option<SocketAddr> {
        Some(self.peer)
    }
}

impl<B: AsRef<[u8]> + Send> ToDatagram for (B, Option<SocketAddr>) {
    fn bytes(&self) -> &[u8] {
        self.0.as_ref()
    }

    fn peer(&self) -> Option<SocketAddr> {
        self.1
    }
}

/// The stage that sends each value by a tokio socket: a [`Datagram`], or bytes and where they are to go.
///
/// **Completes** with what was sent once the kernel has taken it, inside `start` if it does at once. **Fails** with
/// [`Fault::Send`].
/// **Costs** one system call; no allocation.
pub fn send_datagrams<D: ToDatagram>(
    socket: Arc<UdpSocket>,
) -> impl FnMut(D) -> SendDatagram<D> + Send + Clone + 'static {
    move |datagram| SendDatagram { datagram: Some(datagram), socket: Arc::clone(&socket) }
}

/// The sender of one datagram.
#[must_use = "a sender does nothing until it is run"]
pub struct SendDatagram<D> {
    // INVARIANT: there until it was sent.
    datagram: Option<D>,
    socket: Arc<UdpSocket>,
}

impl<D> fmt::Debug for SendDatagram<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendDatagram").field("socket", &self.socket).finish_non_exhaustive()
    }
}

/// Nothing in it is pinned.
impl<D> Unpin for SendDatagram<D> {}

impl<D: ToDatagram> Polls for SendDatagram<D> {
    type Value = D;
    type Error = NetError;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Completion<D, NetError>> {
        let Some(datagram) = &self.datagram else {
            return Poll::Ready(Completion::Stopped(StopReason::Ended));
        };
        let peer = datagram.peer();
        let sent = ready!(match peer {
            Some(peer) => self.socket.poll_send_to(cx, datagram.bytes(), peer),
            None => self.socket.poll_send(cx, datagram.bytes()),
        });
        let datagram = self.datagram.take();
        Poll::Ready(match (sent, datagram) {
            (Ok(_), Some(datagram)) => Completion::Value(datagram),
            (Ok(_), None) => Completion::Stopped(StopReason::Ended),
            (Err(cause), _) => Completion::Error(NetError::new(Fault::Send).at(peer).because(cause)),
        })
    }

    fn give_up(mut self: Pin<&mut Self>) {
        self.datagram = None;
    }
}

#[diagnostic::do_not_recommend]
impl<D: ToDatagram> Sender for SendDatagram<D> {
    type Value = D;
    type Error = NetError;
    type Operation<R: Receiver<D, NetError>> = PollOperation<Self, R>;

    fn connect<R: Receiver<D, NetError>>(self, receiver: R, env: &Env) -> Self::Operation<R> {
        PollOperation::new(self, receiver, env)
    }
}
