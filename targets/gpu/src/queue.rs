//! The queue of a GPU, whoever drives it.

use std::time::Duration;

use fusewire::device::{Batching, DeviceError, Queue};

use crate::cuda::CudaQueue;
use crate::opencl::ClQueue;

/// One program on one GPU, and its batches.
#[derive(Debug)]
pub struct GpuQueue {
    driver: Driver,
}

#[derive(Debug)]
enum Driver {
    OpenCl(ClQueue),
    Cuda(CudaQueue),
}

impl GpuQueue {
    pub(crate) const fn opencl(queue: ClQueue) -> Self {
        Self { driver: Driver::OpenCl(queue) }
    }

    pub(crate) const fn cuda(queue: CudaQueue) -> Self {
        Self { driver: Driver::Cuda(queue) }
    }
}

macro_rules! each {
    ($self:ident, $queue:ident => $what:expr) => {
        match &$self.driver {
            Driver::OpenCl($queue) => $what,
            Driver::Cuda($queue) => $what,
        }
    };
    (mut $self:ident, $queue:ident => $what:expr) => {
        match &mut $self.driver {
            Driver::OpenCl($queue) => $what,
            Driver::Cuda($queue) => $what,
        }
    };
}

impl Queue for GpuQueue {
    fn batching(&self) -> Batching {
        each!(self, queue => queue.batching())
    }

    #[inline]
    fn input(&mut self, slot: usize) -> &mut [u8] {
        each!(mut self, queue => queue.input(slot))
    }

    #[inline]
    fn submit(&mut self, slot: usize, rows: usize) -> Result<(), DeviceError> {
        each!(mut self, queue => queue.submit(slot, rows))
    }

    #[inline]
    fn poll(&mut self) -> Result<usize, DeviceError> {
        each!(mut self, queue => queue.poll())
    }

    #[inline]
    fn output(&mut self, slot: usize) -> &[u8] {
        each!(mut self, queue => queue.output(slot))
    }

    fn nap(&self) -> Duration {
        Duration::from_micros(10)
    }

    fn notes(&self) -> Vec<String> {
        each!(self, queue => queue.notes())
    }
}
