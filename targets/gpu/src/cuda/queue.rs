//! The queue of a CUDA device, in either manner.

use fusewire::device::{Batching, DeviceError};

use super::graph::Graphs;
use super::persistent::Persistent;

/// One program on one CUDA device.
#[derive(Debug)]
pub(crate) struct CudaQueue {
    manner: Manner,
}

#[derive(Debug)]
enum Manner {
    Graphs(Graphs),
    Persistent(Persistent),
}

impl CudaQueue {
    pub(super) const fn graphs(queue: Graphs) -> Self {
        Self { manner: Manner::Graphs(queue) }
    }

    pub(super) const fn persistent(queue: Persistent) -> Self {
        Self { manner: Manner::Persistent(queue) }
    }

    pub(crate) const fn batching(&self) -> Batching {
        match &self.manner {
            Manner::Graphs(queue) => queue.batching(),
            Manner::Persistent(queue) => queue.batching(),
        }
    }

    pub(crate) fn input(&mut self, slot: usize) -> &mut [u8] {
        match &mut self.manner {
            Manner::Graphs(queue) => queue.input(slot),
            Manner::Persistent(queue) => queue.input(slot),
        }
    }

    pub(crate) fn output(&self, slot: usize) -> &[u8] {
        match &self.manner {
            Manner::Graphs(queue) => queue.output(slot),
            Manner::Persistent(queue) => queue.output(slot),
        }
    }

    pub(crate) fn submit(&mut self, slot: usize, rows: usize) -> Result<(), DeviceError> {
        match &mut self.manner {
            Manner::Graphs(queue) => queue.submit(slot, rows),
            Manner::Persistent(queue) => queue.submit(slot, rows),
        }
    }

    pub(crate) fn poll(&mut self) -> Result<usize, DeviceError> {
        match &mut self.manner {
            Manner::Graphs(queue) => queue.poll(),
            Manner::Persistent(queue) => queue.poll(),
        }
    }

    pub(crate) fn notes(&self) -> Vec<String> {
        match &self.manner {
            Manner::Graphs(queue) => queue.notes(),
            Manner::Persistent(queue) => queue.notes(),
        }
    }
}
