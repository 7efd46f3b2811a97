//! CUDA, by the driver's own interface, which is looked for when it is needed.

mod arguments;
mod compile;
mod graph;
mod memory;
mod module;
mod persistent;
mod queue;
mod stream;

use std::sync::Arc;

use cudarc::driver::{CudaContext, DriverError, sys};
use fusewire::device::DeviceError;
use fusewire::kernel::{Program, c};

use crate::settings::{Latency, Settings};
use crate::staging::Plan;

pub(crate) use compile::{arch_of, compile, persistent_source};
use module::Module;
pub(crate) use queue::CudaQueue;

/// The driver that has every call that a queue makes; one that is missed would be a panic of cudarc's.
const CALLS_SINCE: i32 = 11_040;

/// The driver from which on contexts are made by the call that cudarc makes.
const CONTEXTS_SINCE: i32 = 12_050;

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
        let version = driver_version().map_err(|error| none(format!("the CUDA driver says {error}")))?;
        if version < CALLS_SINCE {
            return Err(none("the CUDA driver is older than that of CUDA 11.4".to_owned()));
        }
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
        let alone;
        let device = match settings.latency {
            Latency::Graph => self,
            Latency::Persistent => {
                alone = self.alone()?;
                &alone
            }
        };
        device.bind().map_err(|error| DeviceError::lost(name, error))?;
        let (free, _) =
            device.shared.context.mem_get_info().map_err(|error| DeviceError::lost(name, error))?;
        let plan = Plan::new(name, program, settings, free as u64)?;
        let source = c::emit(program, c::Dialect::Cuda);
        match settings.latency {
            Latency::Graph => {
                let module = self.module(&source, &source.text)?;
                let function = module.function(source.entry).map_err(|error| self.no_entry(&error))?;
                graph::Graphs::open(device, program, plan, module, function).map(CudaQueue::graphs)
            }
            Latency::Persistent => {
                let (text, entry) = persistent_source(program, &source);
                let module = self.module(&source, &text)?;
                let function = module.function(entry).map_err(|error| self.no_entry(&error))?;
                let queue = persistent::Persistent::open(device, program, plan, module, function);
                // This thread will outlive the context that it has now, maybe.
                let _ = self.bind();
                queue.map(CudaQueue::persistent)
            }
        }
    }

    /// The same device with a context of its own, for a kernel that stays there.
    fn alone(&self) -> Result<Self, DeviceError> {
        let Shared { name, context, arch, processors } = &*self.shared;
        let lost = |error: DriverError| DeviceError::lost(name, error);
        let refused = |why: &str| DeviceError::no_device(name, format!("{why}: use `Latency::Graph`"));
        let timeout = sys::CUdevice_attribute::CU_DEVICE_ATTRIBUTE_KERNEL_EXEC_TIMEOUT;
        if context.attribute(timeout).map_err(lost)? != 0 {
            return Err(refused("it ends kernels that run for long, as it drives a display"));
        }
        let preempts = sys::CUdevice_attribute::CU_DEVICE_ATTRIBUTE_COMPUTE_PREEMPTION_SUPPORTED;
        if context.attribute(preempts).map_err(lost)? == 0 {
            return Err(refused("it cannot interrupt a kernel, so one that stays would hold up all others"));
        }
        if driver_version().map_err(lost)? < CONTEXTS_SINCE {
            return Err(refused("a kernel that stays there wants the driver of CUDA 12.5 or later"));
        }
        let own = CudaContext::new_non_primary(context.ordinal(), 0)
            .map_err(|error| refused(&format!("it gives no second context ({error})")))?;
        let (name, arch, processors) = (name.clone(), arch.clone(), *processors);
        Ok(Self { shared: Arc::new(Shared { name, context: own, arch, processors }) })
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

/// The version of the driver, as 1000 times the major and 10 times the minor.
fn driver_version() -> Result<i32, DriverError> {
    let mut version = 0;
    // SAFETY: `version` is there to be written.
    unsafe { sys::cuDriverGetVersion(&raw mut version) }.result()?;
    Ok(version)
}
