//! The scheduler of a GPU.

use std::io;
use std::sync::{Arc, OnceLock};

use fusewire::affinity;
use fusewire::context::host::{Host, HostSettings, ThreadPark};
use fusewire::context::thread::HostThread;
use fusewire::context::{ContextRef, OnDevice, Scheduler};
use fusewire::device::{Batching, Device, DeviceError};
use fusewire::kernel::Program;

use crate::adapter::Adapter;
use crate::queue::GpuQueue;
use crate::settings::{GpuBuilder, Settings};

/// A context whose lanes compute on a GPU.
///
/// Clones are handles of the same context. Dropping the last of them ends its thread, as
/// [`HostThread`] says in full: a graph that still runs on it keeps it alive.
#[derive(Debug, Clone)]
pub struct Gpu {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    thread: HostThread,
    settings: Settings,
    adapter: OnceLock<Result<Adapter, DeviceError>>,
}

impl Gpu {
    /// What a GPU is asked for; nothing is started before `build`.
    pub fn builder() -> GpuBuilder {
        GpuBuilder::new()
    }

    pub(crate) fn start(settings: Settings) -> io::Result<Self> {
        let (parker, unpark) = ThreadPark::new();
        let Settings { name, core, wait, .. } = &settings;
        let (core, wait) = (*core, *wait);
        let host = HostSettings { name: name.clone(), kind: "gpu", core, wait };
        let (_, host) = Host::new(host, unpark);
        let prepare = move || {
            if let Some(core) = core {
                affinity::pin(core).map_err(io::Error::other)?;
            }
            Ok::<_, io::Error>((parker, ()))
        };
        let (thread, ()) = HostThread::spawn(host, prepare)?;
        Ok(Self { inner: Arc::new(Inner { thread, settings, adapter: OnceLock::new() }) })
    }

    /// The device that is used, looked for at the first call.
    ///
    /// # Errors
    ///
    /// [`DeviceError::NoDevice`], which says what was found instead.
    pub fn adapter(&self) -> Result<&Adapter, DeviceError> {
        let found = self.inner.adapter.get_or_init(|| Adapter::find(&self.inner.settings));
        found.as_ref().map_err(Clone::clone)
    }

    /// Ends its context now, whoever still uses it.
    pub fn end(&self) {
        self.inner.thread.end();
    }
}

impl Scheduler for Gpu {
    type Runs = OnDevice;

    fn context(&self) -> &ContextRef {
        self.inner.thread.context()
    }
}

impl Device for Gpu {
    type Queue = GpuQueue;

    fn open(&self, program: &Program) -> Result<GpuQueue, DeviceError> {
        self.adapter()?.open(program, &self.inner.settings)
    }

    fn batching(&self) -> Batching {
        self.inner.settings.batching
    }
}
