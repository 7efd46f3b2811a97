//! The stages that send bytes.

use std::fmt;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::panic::{self, AssertUnwindSafe};
use std::pin::Pin;
use std::ptr::NonNull;
use std::sync::Arc;
use std::time::{Duration, Instant};

use pin_project::pin_project;

use super::codec::{BadFrame, Envelope, Header};
use super::error::{Fault, NetError};
use super::first_address;
use super::home::Local;
use super::tcp::{TcpStream, TcpWriter};
use super::udp::{Endpoint, UdpSocket};
use crate::completion::{Completion, Started, StopReason};
use crate::context::io::Io;
use crate::context::{ContextRef, Scheduler, current};
use crate::env::Env;
use crate::operation::Operation;
use crate::primitive::{AtomicBool, AtomicU64, Ordering};
use crate::receiver::{Receiver, complete_caught};
use crate::sender::Sender;
use crate::stop::StopToken;
use crate::work::{Fate, TaskNode, TaskRef};

/// How long a message that the peer does not take is still offered to it after a stop was asked
/// for.
pub const LINGER: Duration = Duration::from_secs(1);

/// An asynchronous stage that sends the bytes it is given, for `.and(send(stream))`.
///
/// Takes a [`TcpStream`], its [`TcpWriter`], or a connected [`UdpSocket`], by value or by
/// reference, and keeps the way to it.
///
/// **Completes** with the bytes that went in, once the kernel has taken all of them: inside `start`
/// if it takes them at once, else as soon as there is room, which is what slows the pass down to
/// the peer. Messages keep the order in which they were started, and are never mixed. **Fails** with
/// [`Fault::Send`] when the kernel refuses. After a stop was asked for, a message that makes no way
/// within [`LINGER`] completes as stopped; if a part of it was sent, with [`Fault::Broken`], as does
/// everything sent on this stream afterwards.
///
/// **Runs on** the io context of the socket, where it must also be connected, as `and` does it:
/// elsewhere it completes with [`Fault::OffContext`].
///
/// **Costs** one system call per message if the kernel takes it whole; no allocation.
pub fn send<S: ToOutlet, B: AsRef<[u8]>>(
    socket: S,
) -> impl FnMut(B) -> SendBytes<B, S::Outlet> + Send + Clone + 'static + use<S, B> {
    let outlet = socket.to_outlet();
    move |bytes| SendBytes { bytes, envelope: Ok(Envelope::NONE), outlet: outlet.clone() }
}

/// As [`send`], for datagrams to `address` through a socket that need not be connected.
///
/// # Errors
///
/// When `address` does not resolve.
pub fn send_to<S: ToOutlet<Outlet = UdpTo>, B: AsRef<[u8]>, A: ToSocketAddrs>(
    socket: S,
    address: A,
) -> Result<impl FnMut(B) -> SendBytes<B, UdpTo> + Send + Clone + 'static + use<S, A, B>, NetError> {
    let outlet = UdpTo { to: Some(first_address(address)?), ..socket.to_outlet() };
    Ok(move |bytes| SendBytes { bytes, envelope: Ok(Envelope::NONE), outlet: outlet.clone() })
}

/// As [`send`], each message in a frame: with its length in front, or a delimiter behind.
///
/// A message that is too long for its frame fails with [`Fault::FrameTooLong`]; nothing of it is
/// sent.
pub fn send_framed<S, B, H>(
    stream: S,
    header: H,
) -> impl FnMut(B) -> SendBytes<B, TcpWriter> + Send + Clone + 'static + use<S, B, H>
where
    S: ToOutlet<Outlet = TcpWriter>,
    B: AsRef<[u8]>,
    H: Header + Clone + Send + 'static,
{
    let outlet = stream.to_outlet();
    move |bytes: B| SendBytes { envelope: header.envelope(bytes.as_ref()), bytes, outlet: outlet.clone() }
}

/// What [`send`] can send through.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent through",
    label = "expected a socket here",
    note = "help: `send` takes a `&TcpStream`, a `&TcpWriter` or a connected `&UdpSocket`"
)]
pub trait ToOutlet {
    /// The way to the socket.
    type Outlet: Outlet;

    /// Another handle of the way to the socket.
    fn to_outlet(&self) -> Self::Outlet;
}

/// The sending end of a socket; implemented by the crate alone.
pub trait Outlet: Clone + fmt::Debug + Send + Sync + 'static + private::Transmit {}

pub(super) mod private {
    use super::{Gate, Io, SocketAddr, io};

    /// How an outlet hands bytes to the kernel.
    pub trait Transmit {
        /// Takes some of `parts`, one after the other, and says how many bytes.
        fn transmit(&self, parts: [&[u8]; 3]) -> io::Result<usize>;
        /// Who may transmit now.
        fn gate(&self) -> &Gate;
        /// The context of the socket.
        fn io(&self) -> &Io;
        /// The peer.
        fn peer(&self) -> Option<SocketAddr>;
    }
}
use private::Transmit;

/// Lets the messages of one socket go one after the other.
///
/// A message whose turn it is not waits with the number that it drew. Used on the socket's context
/// alone; the atomics are there so that a message abandoned elsewhere does no harm.
#[derive(Debug, Default)]
pub struct Gate {
    // INVARIANT: serving <= drawn; equal when nobody waits.
    drawn: AtomicU64,
    serving: AtomicU64,
    broken: AtomicBool,
}

impl Gate {
    fn is_free(&self) -> bool {
        // ORDERING: relaxed here and below, one thread uses the gate.
        self.serving.load(Ordering::Relaxed) == self.drawn.load(Ordering::Relaxed)
    }

    fn draw(&self) -> u64 {
        // ORDERING: relaxed, see `is_free`.
        let number = self.drawn.load(Ordering::Relaxed);
        // ORDERING: relaxed, see `is_free`.
        self.drawn.store(number + 1, Ordering::Relaxed);
        number
    }

    fn serves(&self, number: u64) -> bool {
        // ORDERING: relaxed, see `is_free`.
        self.serving.load(Ordering::Relaxed) == number
    }

    /// Lets the next one go. Whether there is one.
    fn leave(&self, number: u64) -> bool {
        // ORDERING: relaxed, see `is_free`.
        self.serving.store(number + 1, Ordering::Relaxed);
        !self.is_free()
    }

    fn is_broken(&self) -> bool {
        // ORDERING: relaxed, see `is_free`.
        self.broken.load(Ordering::Relaxed)
    }

    fn breaks(&self) {
        // ORDERING: relaxed, see `is_free`.
        self.broken.store(true, Ordering::Relaxed);
    }
}

/// A UDP socket and where its datagrams go: the connected peer, or an address of its own.
#[derive(Clone)]
pub struct UdpTo {
    endpoint: Arc<Endpoint>,
    to: Option<SocketAddr>,
}

impl fmt::Debug for UdpTo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UdpTo").field("peer", &self.peer()).finish_non_exhaustive()
    }
}

impl Outlet for UdpTo {}

impl Transmit for UdpTo {
    fn transmit(&self, [_, bytes, _]: [&[u8]; 3]) -> io::Result<usize> {
        match self.to {
            Some(to) => self.endpoint.socket.send_to(bytes, to),
            None => self.endpoint.socket.send(bytes),
        }
    }

    fn gate(&self) -> &Gate {
        &self.endpoint.gate
    }

    fn io(&self) -> &Io {
        &self.endpoint.io
    }

    fn peer(&self) -> Option<SocketAddr> {
        self.to.or(self.endpoint.peer)
    }
}

impl<S: ToOutlet> ToOutlet for &S {
    type Outlet = S::Outlet;

    fn to_outlet(&self) -> S::Outlet {
        (**self).to_outlet()
    }
}

impl ToOutlet for UdpSocket {
    type Outlet = UdpTo;

    fn to_outlet(&self) -> UdpTo {
        UdpTo { endpoint: Arc::clone(self.endpoint()), to: None }
    }
}

impl ToOutlet for TcpStream {
    type Outlet = TcpWriter;

    fn to_outlet(&self) -> TcpWriter {
        self.writer()
    }
}

impl ToOutlet for TcpWriter {
    type Outlet = Self;

    fn to_outlet(&self) -> Self {
        self.clone()
    }
}

/// The sender of one message; what the function made by [`send`] returns.
#[must_use = "a sender does nothing until it is run"]
pub struct SendBytes<B, W = TcpWriter> {
    bytes: B,
    envelope: Result<Envelope, BadFrame>,
    outlet: W,
}

impl<B, W: fmt::Debug> fmt::Debug for SendBytes<B, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendBytes").field("outlet", &self.outlet).finish_non_exhaustive()
    }
}

#[diagnostic::do_not_recommend]
impl<B: AsRef<[u8]>, W: Outlet> Sender for SendBytes<B, W> {
    type Value = B;
    type Error = NetError;
    type Operation<R: Receiver<B, NetError>> = SendOperation<B, W, R>;

    fn connect<R: Receiver<B, NetError>>(self, receiver: R, env: &Env) -> SendOperation<B, W, R> {
        SendOperation {
            node: TaskNode::new(SendOperation::<B, W, R>::resume),
            bytes: Local::new(self.bytes),
            envelope: self.envelope,
            outlet: self.outlet,
            sent: 0,
            number: 0,
            give_up: None,
            stop: env.stop().clone(),
            receiver,
        }
    }
}

/// The operation of [`SendBytes`]. It sends once: started again it completes as ended.
#[pin_project]
#[repr(C)]
pub struct SendOperation<B, W, R> {
    // First, so that the task finds its operation; see `resume`.
    #[pin]
    node: TaskNode,
    // INVARIANT: there until the operation has completed.
    bytes: Local<B>,
    envelope: Result<Envelope, BadFrame>,
    outlet: W,
    // INVARIANT: bytes of the message, with its envelope, that the kernel has taken.
    sent: usize,
    // What was drawn at the gate, if the operation has to wait.
    number: u64,
    // When to stop trying, once a stop was asked for.
    give_up: Option<Instant>,
    stop: StopToken,
    #[pin]
    receiver: R,
}

impl<B, W, R> fmt::Debug for SendOperation<B, W, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendOperation").field("sent", &self.sent).finish_non_exhaustive()
    }
}

impl<B: AsRef<[u8]>, W: Outlet, R: Receiver<B, NetError>> SendOperation<B, W, R> {
    /// Hands over what the kernel takes now. Nothing as long as it takes no more.
    #[inline]
    fn push(self: Pin<&mut Self>) -> Option<Completion<B, NetError>> {
        let this = self.project();
        let Some(bytes) = this.bytes.get() else {
            return Some(Completion::Stopped(StopReason::Ended));
        };
        let envelope = match this.envelope {
            Ok(envelope) => envelope,
            Err(bad) => return Some(Completion::Error(bad.error(this.outlet.peer()))),
        };
        if this.outlet.gate().is_broken() {
            return Some(Completion::Error(NetError::new(Fault::Broken).at(this.outlet.peer())));
        }
        let (head, body, tail) = (envelope.head(), bytes.as_ref(), envelope.tail());
        let whole = head.len() + body.len() + tail.len();
        loop {
            let mut left = *this.sent;
            let mut rest = |part: &'_ [u8]| {
                let skip = left.min(part.len());
                left -= skip;
                skip
            };
            let (from_head, from_body, from_tail) = (rest(head), rest(body), rest(tail));
            match this.outlet.transmit([&head[from_head..], &body[from_body..], &tail[from_tail..]]) {
                Ok(taken) => {
                    *this.sent += taken;
                    if *this.sent >= whole {
                        return this.bytes.take().map(Completion::Value);
                    }
                    if taken == 0 {
                        return None;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return None,
                Err(cause) => {
                    if *this.sent != 0 {
                        this.outlet.gate().breaks();
                    }
                    let error = NetError::new(Fault::Send).at(this.outlet.peer()).because(cause);
                    return Some(Completion::Error(error));
                }
            }
        }
    }

    /// As `push`, when it is this message's turn; gives up some time after a stop was asked for.
    fn advance(mut self: Pin<&mut Self>) -> Option<Completion<B, NetError>> {
        if !self.outlet.gate().serves(self.number) {
            return None;
        }
        if let Some(completion) = self.as_mut().push() {
            return Some(completion);
        }
        if !self.stop.stop_requested() {
            return None;
        }
        let this = self.project();
        let now = Instant::now();
        if now < *this.give_up.get_or_insert(now + LINGER) {
            return None;
        }
        if *this.sent == 0 {
            return Some(Completion::Stopped(StopReason::Requested));
        }
        this.outlet.gate().breaks();
        Some(Completion::Error(NetError::new(Fault::Broken).at(this.outlet.peer())))
    }

    /// Where it waits: on the socket's context, or where it is on top of that.
    fn place(&self) -> ContextRef {
        let io = self.outlet.io().context();
        current().filter(|here| here.is_on(io.id())).unwrap_or_else(|| io.clone())
    }

    /// Lets the context run this operation again.
    fn wait(self: Pin<&mut Self>) {
        let context = self.place();
        self.stop.wait_on(&context);
        let deadline = self.give_up;
        // SAFETY: nothing is moved out of the pinned operation through this pointer.
        let node = NonNull::from(unsafe { self.get_unchecked_mut() }).cast::<TaskNode>();
        // SAFETY: the node is the first field of a pinned operation that is under way, so that it
        // stays in place; no other reference to its task exists while none is queued; and the task
        // runs on the context on whose thread the operation was started.
        let task = unsafe { TaskRef::new(node) };
        context.post_waiting(task, deadline);
    }

    /// Runs on the socket's context.
    ///
    /// # Safety
    ///
    /// `node` is the first field of a pinned `Self` whose task was queued by `wait`.
    unsafe fn resume(node: NonNull<TaskNode>, fate: Fate) {
        // SAFETY: the caller gives the node of an operation that nobody else touches.
        let operation = unsafe { node.cast::<Self>().as_mut() };
        // SAFETY: the operation is pinned.
        let mut this = unsafe { Pin::new_unchecked(operation) };
        let completion = match fate {
            Fate::Run => panic::catch_unwind(AssertUnwindSafe(|| this.as_mut().advance()))
                .unwrap_or(Some(Completion::Stopped(StopReason::Panicked))),
            Fate::Abandoned => Some(Completion::Stopped(StopReason::Requested)),
        };
        let Some(completion) = completion else { return this.wait() };
        let waiting = this.place();
        if this.sent != 0 && matches!(completion, Completion::Stopped(_)) {
            this.outlet.gate().breaks();
        }
        if this.outlet.gate().leave(this.number) && matches!(fate, Fate::Run) {
            waiting.wake();
        }
        // SAFETY: the pass is under way, as its task says that ran last, and is over with this; nobody else is at the operation.
        unsafe { complete_caught(this.project().receiver, completion) };
    }
}

// SAFETY: `receiver` gives the field that `connect` filled.
unsafe impl<B: AsRef<[u8]>, W: Outlet, R: Receiver<B, NetError>> Operation for SendOperation<B, W, R> {
    type Value = B;
    type Error = NetError;
    type Receiver = R;

    #[inline]
    unsafe fn start(mut self: Pin<&mut Self>) -> Started<B, NetError> {
        if !(self.bytes.is_here() && self.outlet.io().context().is_here()) {
            let error = NetError::new(Fault::OffContext).at(self.outlet.peer());
            return Started::Inline(Completion::Error(error));
        }
        if self.outlet.gate().is_free()
            && let Some(completion) = self.as_mut().push()
        {
            return Started::Inline(completion);
        }
        *self.as_mut().project().number = self.outlet.gate().draw();
        self.wait();
        Started::Later
    }

    fn receiver(self: Pin<&mut Self>) -> Pin<&mut R> {
        self.project().receiver
    }
}

crate::future::awaitable::awaitable! { [B, W] SendBytes<B, W>; }
