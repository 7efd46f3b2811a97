//! What a GPU is asked for.

use std::io;
use std::time::Duration;

use fusewire::device::Batching;
use fusewire::wait::Wait;

use crate::gpu::Gpu;

/// Whose driver is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Backend {
    /// CUDA if there is such a device, else OpenCL.
    #[default]
    Auto,
    /// Any device with an OpenCL driver.
    OpenCl,
    /// An NVIDIA device with its own driver.
    Cuda,
}

/// How CUDA runs a batch; OpenCL has one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Latency {
    /// One launch of a graph for each batch: best for large batches.
    #[default]
    Graph,
    /// A kernel that stays on the device and watches memory that it shares with the host: no launch, best
    /// for small batches. It keeps part of the device busy for as long as the queue is open, and has a
    /// context of its own: other queues of the same device take turns with it, in the driver's time slices.
    /// Wants a device that can interrupt kernels and does not end long ones, and CUDA 12.5's driver.
    Persistent,
}

/// What a [`Gpu`] is made of.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) name: String,
    pub(crate) backend: Backend,
    pub(crate) latency: Latency,
    pub(crate) device: Option<String>,
    pub(crate) batching: Batching,
    pub(crate) memory: Option<u64>,
    pub(crate) core: Option<usize>,
    pub(crate) wait: Wait,
}

/// Makes a [`Gpu`].
#[derive(Debug, Clone)]
#[must_use = "nothing is started before `build`"]
pub struct GpuBuilder {
    settings: Settings,
}

impl GpuBuilder {
    pub(crate) fn new() -> Self {
        let batching = Batching { rows: 256, within: Duration::from_micros(50), window: 4 };
        let settings = Settings {
            name: "gpu".to_owned(),
            backend: Backend::Auto,
            latency: Latency::Graph,
            device: None,
            batching,
            memory: None,
            core: None,
            wait: Wait::spin_then_park(),
        };
        Self { settings }
    }

    /// The name of the context and of its thread; else `gpu`.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.settings.name = name.into();
        self
    }

    /// Whose driver; else whichever there is.
    pub const fn backend(mut self, backend: Backend) -> Self {
        self.settings.backend = backend;
        self
    }

    /// How CUDA runs a batch.
    pub const fn latency(mut self, latency: Latency) -> Self {
        self.settings.latency = latency;
        self
    }

    /// The first device whose name contains this; else the first GPU, or the first device if none is one.
    pub fn device(mut self, name: impl Into<String>) -> Self {
        self.settings.device = Some(name.into());
        self
    }

    /// The most values in a batch, 1 to 4 294 967 040; else 256.
    pub const fn rows(mut self, rows: usize) -> Self {
        // The count is a `u32` on the device, and is rounded up to whole groups there.
        const MOST: usize = u32::MAX as usize - 255;
        self.settings.batching.rows = match rows {
            0 => 1,
            rows if rows > MOST => MOST,
            rows => rows,
        };
        self
    }

    /// How long the first value of a batch waits for others; else 50 microseconds.
    pub const fn within(mut self, within: Duration) -> Self {
        self.settings.batching.within = within;
        self
    }

    /// The most batches in flight, at least one; else 4.
    pub const fn window(mut self, window: usize) -> Self {
        self.settings.batching.window = if window == 0 { 1 } else { window };
        self
    }

    /// The most bytes of device memory that a queue may take; else what the device has.
    pub const fn memory(mut self, bytes: u64) -> Self {
        self.settings.memory = Some(bytes);
        self
    }

    /// Pins the context's thread to this core.
    pub const fn core(mut self, core: usize) -> Self {
        self.settings.core = Some(core);
        self
    }

    /// How the context waits when there is nothing to do; else it spins for a while and then parks.
    pub const fn wait(mut self, wait: Wait) -> Self {
        self.settings.wait = wait;
        self
    }

    /// Starts the context. The device is looked for later, when a graph is launched.
    ///
    /// # Errors
    ///
    /// When the system refuses the thread, or its core.
    pub fn build(self) -> io::Result<Gpu> {
        Gpu::start(self.settings)
    }
}
