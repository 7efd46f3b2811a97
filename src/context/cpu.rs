//! A thread of its own, pinned to a core or not.

use std::fmt;
use std::io;
use std::sync::Arc;

use super::host::{Host, ThreadPark};
pub use super::realtime::Warning;
use super::realtime::{ThreadSettings, thread_setters};
use super::thread::HostThread;
use super::{ContextRef, MayBlock, Scheduler};
use crate::affinity::PinError;
use crate::wait::Wait;

/// A context with a thread of its own.
///
/// Clones are handles of the same context. Dropping the last of them ends the thread and joins it,
/// as [`HostThread`] says in full: a graph that still runs on it keeps it alive.
///
/// # Examples
///
/// ```
/// use fusewire::context::cpu::Cpu;
/// use fusewire::wait::Wait;
///
/// let compute = Cpu::builder().name("compute").core(0).wait(Wait::spin_then_park()).build()?;
/// for warning in compute.warnings() {
///     eprintln!("warning: {warning}");
/// }
/// # Ok::<(), fusewire::context::cpu::CpuError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Cpu {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    thread: HostThread,
    warnings: Vec<Warning>,
}

impl Cpu {
    /// What a context is made of; nothing is started before `build`.
    pub fn builder() -> CpuBuilder {
        CpuBuilder::default()
    }

    /// A context pinned to `core`, named after it, that only ever spins.
    ///
    /// # Errors
    ///
    /// When there is no such core, or the system refuses it or the thread.
    pub fn pinned(core: usize) -> Result<Self, CpuError> {
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
}

impl Scheduler for Cpu {
    type Runs = MayBlock;

    fn context(&self) -> &ContextRef {
        self.inner.thread.context()
    }
}

/// Makes a [`Cpu`].
#[derive(Debug, Clone, Default)]
#[must_use = "nothing is started before `build`"]
pub struct CpuBuilder {
    settings: ThreadSettings,
}

impl CpuBuilder {
    thread_setters!("cpu");

    /// Starts the thread.
    ///
    /// # Errors
    ///
    /// When there is no such core, or the system refuses it or the thread.
    pub fn build(self) -> Result<Cpu, CpuError> {
        let Self { settings } = self;
        let (parker, unpark) = ThreadPark::new();
        let (_, host) = Host::with_allocation(settings.host("cpu"), settings.allocation.clone(), unpark);
        let prepare = move || Ok::<_, CpuError>((parker, settings.apply()?));
        let (thread, warnings) = HostThread::spawn(host, prepare)?;
        Ok(Cpu { inner: Arc::new(Inner { thread, warnings }) })
    }
}

/// Why a [`Cpu`] could not be made.
#[derive(Debug)]
#[non_exhaustive]
pub enum CpuError {
    /// The thread could not be pinned.
    Pin(PinError),
    /// The system refused a thread.
    Thread(io::Error),
}

impl fmt::Display for CpuError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pin(error) => error.fmt(f),
            Self::Thread(error) => write!(f, "the system refused a thread for a cpu context: {error}"),
        }
    }
}

impl std::error::Error for CpuError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Pin(error) => Some(error),
            Self::Thread(error) => Some(error),
        }
    }
}

impl From<PinError> for CpuError {
    fn from(error: PinError) -> Self {
        Self::Pin(error)
    }
}

impl From<io::Error> for CpuError {
    fn from(error: io::Error) -> Self {
        Self::Thread(error)
    }
}
