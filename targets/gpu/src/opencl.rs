//! OpenCL: any device with a driver, PoCL's cpu included.

mod object;
mod queue;

use std::collections::HashMap;
use std::ffi::CString;
use std::ptr;
use std::sync::{Arc, Mutex, PoisonError};

use fusewire::device::DeviceError;
use fusewire::kernel::{Program, c};
use opencl3::device::{self, CL_DEVICE_TYPE_ALL, CL_DEVICE_TYPE_GPU};
use opencl3::error_codes::{
    CL_MEM_OBJECT_ALLOCATION_FAILURE, CL_OUT_OF_HOST_MEMORY, CL_OUT_OF_RESOURCES, ClError,
    DLOPEN_RUNTIME_LOAD_FAILED,
};
use opencl3::platform;
use opencl3::types::{cl_device_id, cl_int};

use crate::settings::Settings;
use crate::staging::Plan;

use object::{Context, Kernel, Owned};
pub(crate) use queue::ClQueue;

/// One thread at a time finds devices, builds programs and runs them for the first time, which is when
/// some drivers compile: not all of them do these things well on two threads at once.
static FIRST: Mutex<()> = Mutex::new(());

/// A device of an OpenCL driver, and the programs that were built for it.
#[derive(Debug, Clone)]
pub(crate) struct OpenCl {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    name: String,
    device: Id,
    context: Owned<Context>,
    memory: u64,
    largest: u64,
    programs: Mutex<HashMap<String, Arc<Owned<object::Program>>>>,
}

/// A device's handle, which lives as long as the driver.
#[derive(Debug, Clone, Copy)]
struct Id(cl_device_id);

// SAFETY: root devices are not owned, and OpenCL's functions may be called with one by any thread.
unsafe impl Send for Id {}
// SAFETY: as above.
unsafe impl Sync for Id {}

impl OpenCl {
    /// The first GPU whose name contains `wanted`, or the first device of any kind.
    pub(crate) fn find(wanted: Option<&str>) -> Result<Self, DeviceError> {
        let _first = FIRST.lock().unwrap_or_else(PoisonError::into_inner);
        let none = |why: String| DeviceError::no_device(wanted.unwrap_or("opencl"), why);
        let platforms = platform::get_platforms().map_err(|error| {
            none(if error.0 == DLOPEN_RUNTIME_LOAD_FAILED {
                "no OpenCL loader is installed (on Debian: `apt-get install ocl-icd-libopencl1`, and a driver such as `pocl-opencl-icd`)"
                    .to_owned()
            } else {
                format!("OpenCL has no platforms ({error}); install a driver, such as `pocl-opencl-icd` for the cpu")
            })
        })?;
        let mut seen = Vec::new();
        for kind in [CL_DEVICE_TYPE_GPU, CL_DEVICE_TYPE_ALL] {
            for platform in &platforms {
                for id in platform.get_devices(kind).unwrap_or_default() {
                    let name = name_of(platform, id);
                    if wanted.is_none_or(|wanted| name.contains(wanted)) {
                        return Self::open_device(name, id);
                    }
                    seen.push(name);
                }
            }
        }
        seen.dedup();
        Err(none(match seen.as_slice() {
            [] => "OpenCL has no devices; install a driver, such as `pocl-opencl-icd` for the cpu".to_owned(),
            names => format!("OpenCL has these: {}", names.join(", ")),
        }))
    }

    fn open_device(name: String, id: cl_device_id) -> Result<Self, DeviceError> {
        let device = device::Device::new(id);
        let memory = device.global_mem_size().unwrap_or(0);
        let largest = device.max_mem_alloc_size().unwrap_or(memory);
        let context = object::context(id)
            .map_err(|code| DeviceError::lost(&name, format!("it gives no context ({})", ClError(code))))?;
        let programs = Mutex::default();
        let shared = Shared { name, device: Id(id), context, memory, largest, programs };
        Ok(Self { shared: Arc::new(shared) })
    }

    pub(crate) fn name(&self) -> &str {
        &self.shared.name
    }

    pub(crate) fn open(&self, program: &Program, settings: &Settings) -> Result<ClQueue, DeviceError> {
        let Shared { name, memory, largest, .. } = &*self.shared;
        let plan = Plan::new(name, program, settings, *memory)?;
        let slot = plan.input.max(plan.output) as u64;
        if slot > *largest {
            let why = format!("one buffer has {largest} bytes at most; ask for fewer rows");
            return Err(DeviceError::out_of_memory(name, slot, why));
        }
        let source = c::emit(program, c::Dialect::OpenCl);
        let _first = FIRST.lock().unwrap_or_else(PoisonError::into_inner);
        let built = self.build(&source)?;
        let mut queue = ClQueue::open(self, program, plan, &built, source.entry)?;
        queue.warm()?;
        Ok(queue)
    }

    /// The program of `source`, built at most once for this device.
    fn build(&self, source: &c::Source) -> Result<Arc<Owned<object::Program>>, DeviceError> {
        let mut programs = self.shared.programs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(built) = programs.get(&source.text) {
            return Ok(Arc::clone(built));
        }
        let name = self.name();
        let options = CString::new(source.flags.join(" ")).unwrap_or_default();
        let built = object::program(&self.shared.context, self.shared.device.0, &source.text, &options)
            .map_err(|log| DeviceError::build(name, log))?;
        let built = Arc::new(built);
        programs.insert(source.text.clone(), Arc::clone(&built));
        Ok(built)
    }

    /// What the code that a call for `bytes` of memory returned means.
    fn refused(&self, bytes: usize, code: cl_int) -> DeviceError {
        let name = self.name();
        match code {
            CL_MEM_OBJECT_ALLOCATION_FAILURE | CL_OUT_OF_RESOURCES | CL_OUT_OF_HOST_MEMORY => {
                let why =
                    format!("the driver says {}; ask for fewer rows or a smaller window", ClError(code));
                DeviceError::out_of_memory(name, bytes as u64, why)
            }
            code => DeviceError::lost(name, ClError(code)),
        }
    }

    fn kernel(&self, program: &Owned<object::Program>, entry: &str) -> Result<Owned<Kernel>, DeviceError> {
        object::kernel(program, entry).map_err(|code| {
            DeviceError::build(self.name(), format!("it has no kernel `{entry}` ({})", ClError(code)))
        })
    }

    fn context(&self) -> &Owned<Context> {
        &self.shared.context
    }

    fn device(&self) -> cl_device_id {
        self.shared.device.0
    }
}

fn name_of(platform: &platform::Platform, id: cl_device_id) -> String {
    let device = device::Device::new(id).name().unwrap_or_default();
    format!("{} ({})", device.trim(), platform.name().unwrap_or_default().trim())
}

/// What OpenCL takes for "no list of events".
const NO_EVENTS: *const opencl3::types::cl_event = ptr::null();
