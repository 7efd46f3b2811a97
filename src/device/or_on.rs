//! A device, and where its stages run without it.

use super::{Batching, Device, DeviceError};
use crate::context::{ContextRef, OnDevice, Scheduler};
use crate::kernel::Program;

/// A device with a host that stands in for it; what [`On::or_on`](crate::on::On::or_on) makes of a hop.
#[derive(Debug, Clone)]
pub struct OrOn<D, H> {
    device: D,
    host: H,
}

impl<D: Device, H: Scheduler> OrOn<D, H> {
    pub(crate) const fn new(device: D, host: H) -> Self {
        Self { device, host }
    }
}

impl<D: Device, H: Scheduler> Scheduler for OrOn<D, H> {
    type Runs = OnDevice;

    fn context(&self) -> &ContextRef {
        self.device.context()
    }
}

impl<D: Device, H: Scheduler> Device for OrOn<D, H> {
    type Queue = D::Queue;

    fn open(&self, program: &Program) -> Result<D::Queue, DeviceError> {
        self.device.open(program)
    }

    fn batching(&self) -> Batching {
        self.device.batching()
    }

    fn describe(&self, program: &Program) -> Vec<String> {
        self.device.describe(program)
    }

    fn fallback(&self) -> Option<&ContextRef> {
        Some(self.host.context())
    }
}
