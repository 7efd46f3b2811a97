//! The context of sockets: a thread that sleeps in a poller, or never sleeps.

use std::fmt;
use std::io;
use std::sync::Arc;

use mio::{Interest, Registry};

use super::host::{Host, ThreadPark};
use super::realtime::{ThreadSettings, Warning, thread_setters};
use super::thread::HostThread;
use super::{ContextRef, NeverBlocks, Scheduler};
use crate::affinity::PinError;
use crate::wait::Wait;

mod poller;

/// A context with a thread of its own, on which sockets live.
///
/// A socket belongs to one io context: what is read from it begins there, what is sent through it
/// completes there. The thread must never block; a `#[stage(blocking)]` is refused on it.
///
/// How it waits decides how it learns of events. A context that spins never sleeps, so it asks its
/// sockets themselves, turn by turn, and has no poller at all: that is the shortest way from the
/// wire to the first stage. A context that parks sleeps in its poller (epoll, kqueue), where an
/// event, a wake and a timer all end the sleep; awake, it too asks its sockets directly. After each
/// sleep every socket on it is asked, so that a parked context is meant for tens of sockets rather
/// than for tens of thousands.
///
/// Clones are handles of the same context, and every socket holds one. Dropping the last of them
/// ends the thread and joins it, as [`HostThread`] says in full.
///
/// # Examples
///
/// ```
/// use fusewire::context::io::Io;
/// use fusewire::net::UdpSocket;
/// use fusewire::wait::Wait;
///
/// let io = Io::builder().name("feed").core(0).wait(Wait::Park).build()?;
/// let socket = UdpSocket::bind(&io, "127.0.0.1:0").build()?;
/// assert!(socket.receive_buffer() > 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Io {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    thread: HostThread,
    warnings: Vec<Warning>,
    // None if the context never sleeps.
    registry: Option<Registry>,
}

impl Io {
    /// What a context is made of; nothing is started before `build`.
    pub fn builder() -> IoBuilder {
        IoBuilder::default()
    }

    /// A context pinned to `core`, named after it, that only ever spins.
    ///
    /// # Errors
    ///
    /// When there is no such core, or the system refuses it or the thread.
    pub fn pinned(core: usize) -> Result<Self, IoError> {
        Self::builder().core(core).wait(Wait::Spin).build()
    }

    /// What was asked for and refused by the system; the context runs without it.
    pub fn warnings(&self) -> &[Warning] {
        &self.inner.warnings
    }

    /// Ends the context now, whoever still uses it, and joins its thread (unless this is it).
    ///
    /// Graphs that run on it end with [`RunError::ContextEnded`](crate::control::RunError::ContextEnded).
    pub fn end(&self) {
        self.inner.thread.end();
    }

    /// Lets events of `source` end the context's sleep, until `source` is closed.
    ///
    /// Does nothing on a context that never sleeps. An event is told once, so that whoever reads
    /// `source` must go on until it has no more (`WouldBlock`) before it answers that it is empty.
    ///
    /// # Errors
    ///
    /// When the system's poller refuses it.
    pub fn register(&self, source: &mut impl mio::event::Source) -> io::Result<()> {
        match &self.inner.registry {
            Some(registry) => {
                registry.register(source, poller::SOURCE, Interest::READABLE | Interest::WRITABLE)
            }
            None => Ok(()),
        }
    }
}

impl Scheduler for Io {
    type Runs = NeverBlocks;

    fn context(&self) -> &ContextRef {
        self.inner.thread.context()
    }
}

/// Makes an [`Io`].
#[derive(Debug, Clone, Default)]
#[must_use = "nothing is started before `build`"]
pub struct IoBuilder {
    settings: ThreadSettings,
}

impl IoBuilder {
    thread_setters!("io");

    /// Starts the thread.
    ///
    /// # Errors
    ///
    /// When there is no such core, or the system refuses it, the poller or the thread.
    pub fn build(self) -> Result<Io, IoError> {
        let Self { settings } = self;
        let host = settings.host("io");
        let (thread, warnings, registry) = if settings.wait.parks() {
            let (poller, waker, registry) = poller::Poller::new().map_err(IoError::Poller)?;
            let (_, host) = Host::with_allocation(host, settings.allocation.clone(), Arc::new(waker));
            let (thread, warnings) =
                HostThread::spawn(host, move || Ok::<_, IoError>((poller, settings.apply()?)))?;
            (thread, warnings, Some(registry))
        } else {
            // It never parks, so that it needs nothing to sleep in.
            let (parker, unpark) = ThreadPark::new();
            let (_, host) = Host::with_allocation(host, settings.allocation.clone(), unpark);
            let (thread, warnings) =
                HostThread::spawn(host, move || Ok::<_, IoError>((parker, settings.apply()?)))?;
            (thread, warnings, None)
        };
        Ok(Io { inner: Arc::new(Inner { thread, warnings, registry }) })
    }
}

/// Why an [`Io`] could not be made.
#[derive(Debug)]
#[non_exhaustive]
pub enum IoError {
    /// The thread could not be pinned.
    Pin(PinError),
    /// The system refused a poller.
    Poller(io::Error),
    /// The system refused a thread.
    Thread(io::Error),
}

impl fmt::Display for IoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pin(error) => error.fmt(f),
            Self::Poller(error) => write!(f, "the system refused a poller for an io context: {error}"),
            Self::Thread(error) => write!(f, "the system refused a thread for an io context: {error}"),
        }
    }
}

impl std::error::Error for IoError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Pin(error) => Some(error),
            Self::Poller(error) | Self::Thread(error) => Some(error),
        }
    }
}

impl From<PinError> for IoError {
    fn from(error: PinError) -> Self {
        Self::Pin(error)
    }
}

impl From<io::Error> for IoError {
    fn from(error: io::Error) -> Self {
        Self::Thread(error)
    }
}
