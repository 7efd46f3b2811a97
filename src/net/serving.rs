//! Accepting connections, each of which is served by an operation of its own.

mod crowd;

use std::fmt;
use std::io;
use std::ptr::NonNull;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::error::{Fault, NetError};
use super::listener::Accept;
use super::tcp::TcpStream;
use crate::alloc::{Allocation, Request};
use crate::completion::{Completion, Never};
use crate::consumers::spawned::{Header, Keep, Spawned, release};
use crate::context::{ContextRef, enter};
use crate::lane::PanicReport;
use crate::primitive::{AtomicU64, Ordering};
use crate::scope::{Association, ScopeToken};
use crate::sender::Sender;
use crate::source::{Source, Taken};
use crate::stop::StopToken;

use crowd::{Crowd, Seat};

/// How many connections one question begins to serve in vain, before others on the context have their turn.
const IN_VAIN: u32 = 64;

/// How long a listener is left alone after the system had no descriptor or memory for a connection.
const PAUSE: Duration = Duration::from_millis(20);

impl Accept {
    /// Serves each connection by a sender of its own: `serve` makes it, and it is [spawned](crate::consumers::spawn) into `scope`.
    ///
    /// The result is a source to be run as a graph: a value for each connection that was begun. All of it stays on the listener's io
    /// context. A connection waits in a poller of its own, so that ten thousand idle ones cost nothing while one of them is served:
    /// an event costs what the connections cost that it is for. The sender cannot fail: what becomes of an error is said in it,
    /// by [`upon_error`](crate::adaptors::OutcomeExt::upon_error) for example. However it completes, it is over then, and closes the
    /// connection by dropping it. When the scope is stopped, every connection is.
    ///
    /// | limit | says |
    /// |---|---|
    /// | [`at_most`](Serving::at_most) | how many connections are open; the next wait in the listener's backlog |
    /// | [`idle`](Serving::idle) | how long a connection may be silent |
    /// | the scope's [`limit`](crate::scope::ScopeBuilder::limit) | as above, counted with what else the scope has; one more is closed |
    /// | the allocation policy | how much memory the operations take; one more is closed |
    /// | the system's descriptors | the listener is left alone for a moment |
    ///
    /// **Fails** with [`Fault::Register`] when the system gives no poller, and with [`Fault::Accept`] when the listener is broken; never because
    /// of one connection.
    /// **Costs** per connection one allocation of the scope's policy, or else the context's, and what `serve` allocates; the slot it waits in
    /// is used again. Per event one look-up and the clone of a reference.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::{Read, Write};
    /// use fusewire::context::io::Io;
    /// use fusewire::engine::Engine;
    /// use fusewire::net::{Delimiter, NetError, TcpListener, TcpStream, framed, send_framed};
    /// use fusewire::prelude::*;
    /// use fusewire::scope::Scope;
    ///
    /// let (io, scope) = (Io::builder().build()?, Scope::new());
    /// let listener = TcpListener::bind(&io, "127.0.0.1:0").build()?;
    /// let address = listener.local_address();
    ///
    /// // Sends every line back.
    /// let echo = |stream: TcpStream| {
    ///     let back = send_framed(stream.writer(), Delimiter::new(b'\n'));
    ///     framed(stream, Delimiter::new(b'\n'))
    ///         .buffers(1, 1 << 10)
    ///         .and(back)
    ///         .repeat_until(|_| false)
    ///         .map(drop)
    ///         .upon_error(|_: NetError| ())
    /// };
    /// let server = Engine::on(io).run(accept(listener).spawn(&scope, echo).at_most(1_000))?;
    ///
    /// let mut client = std::net::TcpStream::connect(address)?;
    /// client.write_all(b"hello\n")?;
    /// let mut line = [0; 6];
    /// client.read_exact(&mut line)?;
    /// assert_eq!(&line, b"hello\n");
    /// drop(client);
    /// block_on(scope.join()).into_result()?;
    /// drop(server);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Boost.Asio: a loop of `async_accept` and `co_spawn`. tokio: a loop of `accept` and `spawn`.
    pub fn spawn<F, S>(self, scope: &ScopeToken, serve: F) -> Serving<F>
    where
        F: FnMut(TcpStream) -> S + Send,
        S: Sender<Value = (), Error = Never> + Send + 'static,
    {
        Serving {
            accept: self,
            serve,
            scope: scope.token(),
            at_most: usize::MAX,
            idle: None,
            crowd: None,
            paused: None,
            counts: Arc::default(),
        }
    }
}

/// What a [`Serving`] has counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Served {
    /// Connections whose operation was started.
    pub begun: u64,
    /// Connections that were closed at once: the scope or the policy had no room.
    pub refused: u64,
    /// Times that the system had no descriptor or memory for a connection.
    pub short: u64,
    /// Connections that were asked to stop because they were [idle](Serving::idle) for too long.
    pub idle: u64,
}

#[derive(Debug, Default)]
struct Counts {
    begun: AtomicU64,
    refused: AtomicU64,
    short: AtomicU64,
    idle: AtomicU64,
}

impl crowd::IdleCount for Counts {
    fn idle(&self) {
        count(&self.idle);
    }
}

fn count(counter: &AtomicU64) {
    // ORDERING: relaxed, a figure for people.
    counter.fetch_add(1, Ordering::Relaxed);
}

/// Reads what a [`Serving`] counts, wherever that runs.
#[derive(Debug, Clone)]
pub struct ServingCounts(Arc<Counts>);

impl ServingCounts {
    /// The figures now.
    pub fn get(&self) -> Served {
        let Counts { begun, refused, short, idle } = &*self.0;
        // ORDERING: relaxed, figures for people.
        let [begun, refused, short, idle] =
            [begun, refused, short, idle].map(|count| count.load(Ordering::Relaxed));
        Served { begun, refused, short, idle }
    }
}

/// The source made by [`Accept::spawn`].
#[must_use = "nothing is accepted unless it is run: give it to `engine.run`"]
pub struct Serving<F> {
    accept: Accept,
    serve: F,
    scope: ScopeToken,
    at_most: usize,
    // How long a connection may be silent.
    idle: Option<Duration>,
    // Made when it is first asked.
    crowd: Option<Arc<Crowd>>,
    // Until when the listener is left alone.
    paused: Option<Instant>,
    counts: Arc<Counts>,
}

impl<F> Serving<F> {
    /// So many connections are open at most; those that come then wait in the listener's backlog, at least one is served.
    pub fn at_most(mut self, connections: usize) -> Self {
        self.at_most = connections.max(1);
        self
    }

    /// Asks the operation of a connection to stop when nothing has happened to the connection for so long: nothing came, and no room was
    /// made for what was to be sent. A stop reaches what waits, so that the operation ends and drops the connection; one
    /// that does something else than to wait goes on with that.
    ///
    /// By the clock of the io context, which looks once per connection and period, and asks for the time once per sweep.
    /// **Costs** a stop source per place, which is used again while nobody keeps a token of it.
    pub const fn idle(mut self, limit: Duration) -> Self {
        self.idle = Some(limit);
        self
    }

    /// What it counts, to be read while it runs.
    pub fn counts(&self) -> ServingCounts {
        ServingCounts(Arc::clone(&self.counts))
    }

    /// The address it accepts connections at.
    pub const fn local_address(&self) -> std::net::SocketAddr {
        self.accept.local_address()
    }

    fn crowd(&mut self) -> Result<&Arc<Crowd>, NetError> {
        if self.crowd.is_none() {
            let fail = |cause| NetError::new(Fault::Register).at(self.accept.local_address()).because(cause);
            let idle = self.idle.map(|limit| (limit, Arc::clone(&self.counts) as Arc<dyn crowd::IdleCount>));
            let crowd = Crowd::new(self.accept.io(), self.scope.stop_token(), idle).map_err(fail)?;
            self.crowd = Some(crowd);
        }
        self.crowd.as_ref().ok_or_else(|| NetError::new(Fault::Register))
    }
}

impl<F> fmt::Debug for Serving<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Serving").field("accept", &self.accept).finish_non_exhaustive()
    }
}

/// Whether the system lacked what every connection needs, so that the next would fail as well.
fn is_short(error: &io::Error) -> bool {
    let short = [libc::EMFILE, libc::ENFILE, libc::ENOBUFS, libc::ENOMEM];
    error.raw_os_error().is_some_and(|code| short.contains(&code))
}

/// Whether it is about the one connection, which is gone: Linux says errors of the network here that are pending on it.
fn is_of_the_connection(error: &io::Error) -> bool {
    let of_the_network = [
        libc::EPROTO,
        libc::ENOPROTOOPT,
        libc::ENETDOWN,
        libc::ENETUNREACH,
        libc::EHOSTDOWN,
        libc::EHOSTUNREACH,
        libc::EOPNOTSUPP,
        libc::EPERM,
    ];
    error.raw_os_error().is_some_and(|code| of_the_network.contains(&code))
}

impl<F, S> Source for Serving<F>
where
    F: FnMut(TcpStream) -> S + Send,
    S: Sender<Value = (), Error = Never> + Send + 'static,
{
    type Value = ();
    type Error = NetError;

    fn home(&self) -> Option<ContextRef> {
        self.accept.home()
    }

    fn take(&mut self) -> Taken<(), NetError> {
        if self.paused.is_some_and(|until| Instant::now() < until) {
            return Taken::Empty;
        }
        self.paused = None;
        if !self.accept.is_here() {
            return Taken::Error(NetError::new(Fault::OffContext).at(self.accept.local_address()));
        }
        let at_most = self.at_most;
        let crowd = match self.crowd() {
            Ok(crowd) => Arc::clone(crowd),
            Err(error) => return Taken::Error(error),
        };
        for _ in 0..IN_VAIN {
            if crowd.taken() >= at_most {
                return Taken::Empty;
            }
            let (stream, peer) = match self.accept.next() {
                Ok(Some(accepted)) => accepted,
                Ok(None) => return Taken::Empty,
                Err(error) if is_short(&error) => {
                    count(&self.counts.short);
                    self.paused = Instant::now().checked_add(PAUSE);
                    return Taken::Empty;
                }
                Err(error) if is_of_the_connection(&error) => continue,
                Err(error) => return Taken::Error(self.accept.failed(error)),
            };
            let begun = self.accept.set_options(&stream, peer).and_then(|()| {
                let seat = crowd.seat();
                let stream = seat.register(self.accept.io(), stream, peer)?;
                Ok((seat, stream))
            });
            // A connection that is gone already.
            let Ok((seat, stream)) = begun else { continue };
            let sender = {
                // What it makes may look where it is.
                // SAFETY: this is the thread of the io context, as was asked, on which the sweep runs the places; it is not
                // under way now, and the guard goes with the block.
                let _here = unsafe { enter(seat.context()) };
                (self.serve)(stream)
            };
            match begin(sender, &self.scope, seat) {
                Ok(()) => {
                    count(&self.counts.begun);
                    return Taken::Value(());
                }
                Err(_) => count(&self.counts.refused),
            }
        }
        // There may be more, of which the poller says nothing again.
        if let Some(home) = self.home() {
            home.nudge();
        }
        Taken::Empty
    }

    fn deadline(&self) -> Option<Instant> {
        self.paused
    }
}

/// Starts the operation of a connection.
fn begin<S>(sender: S, scope: &ScopeToken, seat: Seat) -> Result<(), crate::scope::Refused>
where
    S: Sender<Value = (), Error = Never> + Send + 'static,
{
    let here = seat.context();
    let kept =
        OfConnection { association: scope.associate()?, allocation: scope.allocation(Some(&here)), seat };
    let spawned = Spawned::make_noted(sender, kept, |kept, place, sender| {
        kept.association.note(place, sender, Some(&here), None);
    })?;
    // SAFETY: as in `take`, from where this is called.
    let _here = unsafe { enter(here) };
    // SAFETY: it was just made.
    unsafe { Spawned::begin(spawned) };
    Ok(())
}

/// What the operation of a connection keeps.
struct OfConnection {
    allocation: Allocation,
    // Given back once the memory was: the next connection may have it.
    seat: Seat,
    // Dropped last: a scope that is joined has no memory and no seat taken.
    association: Association,
}

impl Keep<(), Never> for OfConnection {
    fn stop(&self) -> StopToken {
        self.seat.stop_token().unwrap_or_else(|| self.association.stop_token())
    }

    fn allocation(&self) -> &Allocation {
        &self.allocation
    }

    fn begins(&self, place: NonNull<()>) {
        self.association.note_start(place);
    }

    fn arrived(&mut self, _: Completion<(), Never>) {}

    fn panicked(&mut self, report: PanicReport) {
        self.association.panicked(report);
    }

    unsafe fn over(header: NonNull<Header<Self>>, request: Request) {
        // SAFETY: valid until the memory is given back.
        unsafe { header.as_ref() }.keep.association.note_end(header.cast());
        // SAFETY: passed on to the caller.
        let (seat, association) =
            unsafe { release(header, request, |kept| (kept.allocation, (kept.seat, kept.association))) };
        drop(seat);
        drop(association);
    }
}

#[diagnostic::do_not_recommend]
impl<F, S> Sender for Serving<F>
where
    F: FnMut(TcpStream) -> S + Send,
    S: Sender<Value = (), Error = Never> + Send + 'static,
{
    type Value = ();
    type Error = NetError;
    type Operation<R: crate::receiver::Receiver<(), NetError>> = crate::source::SourceOperation<Self, R>;

    fn connect<R: crate::receiver::Receiver<(), NetError>>(
        self,
        receiver: R,
        env: &crate::env::Env,
    ) -> Self::Operation<R> {
        crate::source::SourceOperation::new(self, receiver, env)
    }
}
