//! A lane on a device allocates nothing between the first message and the last.

#[path = "support/counting.rs"]
mod counting;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use fusewire::context::cpu::Cpu;
use fusewire::context::{ContextRef, OnDevice, Scheduler};
use fusewire::device::reference::{Reference, ReferenceQueue};
use fusewire::device::{Batching, Device, DeviceError, Queue};
use fusewire::engine::Engine;
use fusewire::kernel::Program;
use fusewire::prelude::*;

const WARM: u64 = 5_000;
const MESSAGES: u64 = 40_000;

#[stage(kernel)]
fn double(n: u64) -> u64 {
    n.wrapping_mul(2)
}

/// The reference device, which notes at each poll what its thread has allocated.
#[derive(Debug, Clone)]
struct Noting {
    inner: Reference,
    seen: Arc<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    rows: AtomicU64,
    warm: AtomicU64,
    last: AtomicU64,
}

struct NotingQueue {
    inner: ReferenceQueue,
    seen: Arc<Seen>,
}

impl Scheduler for Noting {
    type Runs = OnDevice;

    fn context(&self) -> &ContextRef {
        self.inner.context()
    }
}

impl Device for Noting {
    type Queue = NotingQueue;

    fn open(&self, program: &Program) -> Result<NotingQueue, DeviceError> {
        Ok(NotingQueue { inner: self.inner.open(program)?, seen: Arc::clone(&self.seen) })
    }

    fn batching(&self) -> Batching {
        self.inner.batching()
    }
}

impl Queue for NotingQueue {
    fn batching(&self) -> Batching {
        self.inner.batching()
    }

    fn input(&mut self, slot: usize) -> &mut [u8] {
        self.inner.input(slot)
    }

    fn submit(&mut self, slot: usize, rows: usize) -> Result<(), DeviceError> {
        let so_far = self.seen.rows.fetch_add(rows as u64, Ordering::Relaxed) + rows as u64;
        // One more than the count, so that none is told from not yet.
        let here = counting::here() + 1;
        if so_far > WARM {
            let _ = self.seen.warm.compare_exchange(0, here, Ordering::Relaxed, Ordering::Relaxed);
            self.seen.last.store(here, Ordering::Relaxed);
        }
        self.inner.submit(slot, rows)
    }

    fn poll(&mut self) -> Result<usize, DeviceError> {
        self.inner.poll()
    }

    fn output(&mut self, slot: usize) -> &[u8] {
        self.inner.output(slot)
    }
}

fn allocations() -> u64 {
    let builder = Reference::builder().rows(32).window(4).latency(Duration::from_micros(5));
    let seen = Arc::new(Seen::default());
    let device = Noting { inner: builder.build().unwrap(), seen: Arc::clone(&seen) };
    let sink = Cpu::builder().build().unwrap();
    let graph = fuse! {
        from_iter(0..MESSAGES).then(on(device)).map(double).map(double).then(on(sink)).for_each(|n: u64| assert_eq!(n % 4, 0))
    };
    let report = Engine::new().run(graph).unwrap().join().unwrap();
    assert_eq!(report.completed, MESSAGES);
    let (warm, last) = (seen.warm.load(Ordering::Relaxed), seen.last.load(Ordering::Relaxed));
    assert!(warm > 0 && seen.rows.load(Ordering::Relaxed) == MESSAGES, "it was counted");
    last - warm
}

#[test]
fn a_lane_on_a_device_allocates_nothing() {
    assert_eq!(allocations(), 0);
}
