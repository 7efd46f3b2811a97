//! A device that was found, and who drives it.

use fusewire::device::DeviceError;
use fusewire::kernel::Program;

use crate::cuda::Cuda;
use crate::opencl::OpenCl;
use crate::queue::GpuQueue;
use crate::settings::{Backend, Settings};

/// A device that was found.
#[derive(Debug, Clone)]
pub struct Adapter {
    driver: Driver,
}

#[derive(Debug, Clone)]
enum Driver {
    OpenCl(OpenCl),
    Cuda(Cuda),
}

impl Adapter {
    /// The device that `settings` ask for.
    pub(crate) fn find(settings: &Settings) -> Result<Self, DeviceError> {
        let wanted = settings.device.as_deref();
        let cuda = || Cuda::find(wanted).map(Driver::Cuda);
        let opencl = || OpenCl::find(wanted).map(Driver::OpenCl);
        let driver = match settings.backend {
            Backend::OpenCl => opencl()?,
            Backend::Cuda => cuda()?,
            Backend::Auto => cuda().or_else(|cuda| {
                opencl().map_err(|opencl| {
                    DeviceError::no_device(
                        wanted.unwrap_or("gpu"),
                        format!("{}; {}", why(&cuda), why(&opencl)),
                    )
                })
            })?,
        };
        Ok(Self { driver })
    }

    /// Its name, with that of its driver.
    pub fn name(&self) -> &str {
        match &self.driver {
            Driver::OpenCl(device) => device.name(),
            Driver::Cuda(device) => device.name(),
        }
    }

    /// Whose driver it is: never [`Backend::Auto`].
    pub const fn backend(&self) -> Backend {
        match &self.driver {
            Driver::OpenCl(_) => Backend::OpenCl,
            Driver::Cuda(_) => Backend::Cuda,
        }
    }

    pub(crate) fn open(&self, program: &Program, settings: &Settings) -> Result<GpuQueue, DeviceError> {
        match &self.driver {
            Driver::OpenCl(device) => device.open(program, settings).map(GpuQueue::opencl),
            Driver::Cuda(device) => device.open(program, settings).map(GpuQueue::cuda),
        }
    }
}

fn why(error: &DeviceError) -> String {
    match error {
        DeviceError::NoDevice { why, .. } => why.clone(),
        other => other.to_string(),
    }
}
