//! A GPU that notes when its first batch was submitted and when its last one had finished.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use fusewire::context::{ContextRef, OnDevice, Scheduler};
use fusewire::device::{Batching, Device, DeviceError, Queue};
use fusewire::kernel::Program;
use fusewire_gpu::{Gpu, GpuQueue};

#[derive(Debug, Clone)]
pub(crate) struct Timed {
    gpu: Gpu,
    took: Arc<Mutex<Duration>>,
}

impl Timed {
    pub(crate) fn new(gpu: Gpu) -> Self {
        Self { gpu, took: Arc::default() }
    }

    /// What the last graph took.
    pub(crate) fn took(&self) -> Duration {
        *self.took.lock().unwrap()
    }
}

impl Scheduler for Timed {
    type Runs = OnDevice;

    fn context(&self) -> &ContextRef {
        self.gpu.context()
    }
}

impl Device for Timed {
    type Queue = TimedQueue;

    fn open(&self, program: &Program) -> Result<TimedQueue, DeviceError> {
        let took = Arc::clone(&self.took);
        Ok(TimedQueue { queue: self.gpu.open(program)?, first: None, last: Instant::now(), took })
    }

    fn batching(&self) -> Batching {
        self.gpu.batching()
    }
}

pub(crate) struct TimedQueue {
    queue: GpuQueue,
    first: Option<Instant>,
    last: Instant,
    took: Arc<Mutex<Duration>>,
}

impl Queue for TimedQueue {
    fn batching(&self) -> Batching {
        self.queue.batching()
    }

    fn input(&mut self, slot: usize) -> &mut [u8] {
        self.queue.input(slot)
    }

    fn submit(&mut self, slot: usize, rows: usize) -> Result<(), DeviceError> {
        self.first.get_or_insert_with(Instant::now);
        self.queue.submit(slot, rows)
    }

    fn poll(&mut self) -> Result<usize, DeviceError> {
        let finished = self.queue.poll()?;
        if finished > 0 {
            self.last = Instant::now();
        }
        Ok(finished)
    }

    fn output(&mut self, slot: usize) -> &[u8] {
        self.queue.output(slot)
    }
}

impl Drop for TimedQueue {
    fn drop(&mut self) {
        *self.took.lock().unwrap() = self.first.map_or(Duration::ZERO, |first| self.last - first);
    }
}
