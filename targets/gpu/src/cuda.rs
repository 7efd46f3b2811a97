//! CUDA, by the driver's own interface, which is looked for when it is needed.

mod compile;
mod graph;
mod memory;
mod module;
mod persistent;
mod queue;

use std::sync::Arc;

use cudarc::driver::{CudaContext, DriverError, sys};
use fusewire::device::DeviceError;
use fusewire::kernel::{Program, c};

use crate::settings::{Latency, Settings};
use crate::staging::Plan;

pub(crate) use compile::{arch_of, compile, persistent_source};
use module::Module;
pub(crate) use queue::CudaQueue;

/// An NVIDIA device.
#[derive(Debug, Clone)]
pub(crate) struct Cuda {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    name: String,
    context: Arc<CudaContext>,
    arch: String,
    processors: u32,
}

impl Cuda {
    /// The first device whose name contains `wanted`.
    pub(crate) fn find(wanted: Option<&str>) -> Result<Self, DeviceError> {
        let none = |why: String| DeviceError::no_device(wanted.unwrap_or("cuda"), why);
        // SAFETY: it only opens the library, whose initialisers are the driver's own business.
        if !unsafe { sys::is_culib_present() } {
            return Err(none("the CUDA driver (libcuda) is not installed".to_owned()));
        }
        let count = CudaContext::device_count()
            .map_err(|error| none(format!("the CUDA driver finds no device: {error}")))?;
        let mut seen = Vec::new();
        for ordinal in 0..usize::try_from(count).unwrap_or(0) {
            let context = CudaContext::new(ordinal)
                .map_err(|error| none(format!("the CUDA driver does not open device {ordinal}: {error}")))?;
            let name = context.name().unwrap_or_default();
            if wanted.is_none_or(|wanted| name.contains(wanted)) {
                return Self::open_device(format!("{name} (CUDA)"), context);
            }
            seen.push(name);
        }
        Err(none(format!("CUDA has these: {}", seen.join(", "))))
    }

    fn open_device(name: String, context: Arc<CudaContext>) -> Result<Self, DeviceError> {
        let lost = |error: DriverError| DeviceError::lost(&name, error);
        let capability = context.compute_capability().map_err(lost)?;
        let processors = context
            .attribute(sys::CUdevice_attribute::CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT)
            .map_err(lost)?;
        let processors = u32::try_from(processors).unwrap_or(1).max(1);
        let shared = Shared { arch: arch_of(capability), processors, context, name };
        Ok(Self { shared: Arc::new(shared) })
    }

    pub(crate) fn name(&self) -> &str {
        &self.shared.name
    }

    /// Streaming multiprocessors.
    fn processors(&self) -> u32 {
        self.shared.processors
    }

    /// Makes the device that of the calling thread.
    fn bind(&self) -> Result<(), DriverError> {
        self.shared.context.bind_to_thread()
    }

    pub(crate) fn open(&self, program: &Program, settings: &Settings) -> Result<CudaQueue, DeviceError> {
        let name = self.name();
        self.bind().map_err(|error| DeviceError::lost(name, error))?;
        let (free, _) = self.shared.context.mem_get_info().map_err(|error| DeviceError::lost(name, error))?;
        let plan = Plan::new(name, program, settings, free as u64)?;
        let source = c::emit(program, c::Dialect::Cuda);
        match settings.latency {
            Latency::Graph => {
                let module = self.module(&source, &source.text)?;
                let function = module.function(source.entry).map_err(|error| self.no_entry(&error))?;
                graph::Graphs::open(self, program, plan, module, function).map(CudaQueue::graphs)
            }
            Latency::Persistent => {
                let (text, entry) = persistent_source(program, &source);
                let module = self.module(&source, &text)?;
                let function = module.function(entry).map_err(|error| self.no_entry(&error))?;
                persistent::Persistent::open(self, program, plan, module, function).map(CudaQueue::persistent)
            }
        }
    }

    fn no_entry(&self, error: &DriverError) -> DeviceError {
        DeviceError::build(self.name(), format!("it has no kernel to call: {error}"))
    }

    fn module(&self, source: &c::Source, text: &str) -> Result<Module, DeviceError> {
        let Shared { name, arch, .. } = &*self.shared;
        let ptx = compile(text, arch, source.flags).map_err(|why| match why {
            compile::Failed::NoCompiler => DeviceError::no_device(
                name,
                "the compiler library NVRTC is not installed (from PyPI: `nvidia-cuda-nvrtc-cu12`, with its `lib` in LD_LIBRARY_PATH)",
            ),
            compile::Failed::Refused(log) => DeviceError::build(name, log),
        })?;
        Module::load(&ptx).map_err(|error| DeviceError::build(name, error))
    }

    /// What the error of a call for `bytes` of memory means.
    fn refused(&self, bytes: usize, error: &DriverError) -> DeviceError {
        if error.0 == sys::CUresult::CUDA_ERROR_OUT_OF_MEMORY {
            let why = "ask for fewer rows or a smaller window";
            DeviceError::out_of_memory(self.name(), bytes as u64, why)
        } else {
            DeviceError::lost(self.name(), error)
        }
    }
}
