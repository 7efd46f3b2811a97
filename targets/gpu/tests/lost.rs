//! A GPU that is lost in the middle of a run: with a host behind it nothing is lost and the order is kept.

#[path = "support/rows.rs"]
mod rows;

use std::sync::mpsc::channel;
use std::time::Duration;

use fusewire::context::cpu::Cpu;
use fusewire::context::{ContextRef, OnDevice, Scheduler};
use fusewire::control::RunError;
use fusewire::device::{Batching, Device, DeviceError, Queue};
use fusewire::engine::Engine;
use fusewire::kernel::Program;
use fusewire::prelude::*;
use fusewire_gpu::{Backend, Gpu, GpuQueue, Latency};
use rows::{BIAS, expected, row, scale, score};

/// Where a GPU is lost.
#[derive(Debug, Clone, Copy)]
enum At {
    /// When a batch is handed to it.
    Submit,
    /// When it is asked, with batches in flight.
    Poll,
}

/// A GPU that is lost after so many batches.
#[derive(Debug, Clone)]
struct Breaks {
    gpu: Gpu,
    at: At,
    after: u64,
}

struct BreaksQueue {
    queue: GpuQueue,
    at: At,
    left: u64,
}

impl Scheduler for Breaks {
    type Runs = OnDevice;

    fn context(&self) -> &ContextRef {
        self.gpu.context()
    }
}

impl Device for Breaks {
    type Queue = BreaksQueue;

    fn open(&self, program: &Program) -> Result<BreaksQueue, DeviceError> {
        Ok(BreaksQueue { queue: self.gpu.open(program)?, at: self.at, left: self.after })
    }

    fn batching(&self) -> Batching {
        self.gpu.batching()
    }
}

fn broken() -> DeviceError {
    DeviceError::lost("a GPU", "on purpose")
}

impl Queue for BreaksQueue {
    fn batching(&self) -> Batching {
        self.queue.batching()
    }

    fn input(&mut self, slot: usize) -> &mut [u8] {
        self.queue.input(slot)
    }

    fn submit(&mut self, slot: usize, rows: usize) -> Result<(), DeviceError> {
        match (self.at, self.left) {
            (At::Submit, 0) => return Err(broken()),
            _ => self.left = self.left.saturating_sub(1),
        }
        self.queue.submit(slot, rows)
    }

    fn poll(&mut self) -> Result<usize, DeviceError> {
        match (self.at, self.left) {
            (At::Poll, 0) => Err(broken()),
            _ => self.queue.poll(),
        }
    }

    fn output(&mut self, slot: usize) -> &[u8] {
        self.queue.output(slot)
    }

    fn nap(&self) -> Duration {
        self.queue.nap()
    }
}

const COUNT: u64 = 3_000;

/// The devices that are there, each in every manner.
fn gpus() -> Vec<(&'static str, Backend, Latency)> {
    let all = [
        ("OpenCL", Backend::OpenCl, Latency::Graph),
        ("CUDA, graphs", Backend::Cuda, Latency::Graph),
        ("CUDA, persistent", Backend::Cuda, Latency::Persistent),
    ];
    let there = |&(name, backend, _): &(&str, Backend, Latency)| {
        let found = Gpu::builder().backend(backend).build().unwrap();
        found
            .adapter()
            .inspect_err(|error| eprintln!("SKIPPED: a GPU that is lost, by {name}: {error}"))
            .is_ok()
    };
    all.into_iter().filter(there).collect()
}

#[test]
fn with_a_host_behind_it_nothing_is_lost() {
    for (name, backend, latency) in gpus() {
        for (at, after) in [(At::Submit, 1), (At::Submit, 20), (At::Poll, 1), (At::Poll, 7), (At::Poll, 40)] {
            let gpu = Gpu::builder().backend(backend).latency(latency).rows(32).window(3).build().unwrap();
            let gpu = Breaks { gpu, at, after };
            let (compute, sink) = (Cpu::builder().build().unwrap(), Cpu::builder().build().unwrap());
            let (sent, received) = channel();
            let graph = fuse! {
                from_iter((0..COUNT).map(row)).then(on(gpu).or_on(compute)).map(scale).map(score::with(BIAS))
                    .then(on(sink).capacity(16)).for_each(move |score: f32| sent.send(score.to_bits()).unwrap())
            };
            let running = Engine::new().run(graph).unwrap();
            let results: Vec<_> = received.iter().collect();
            let drawing = running.inspect();
            let report = running.join().unwrap();
            assert_eq!((report.started, report.completed), (COUNT, COUNT), "{name}, {at:?} {after}");
            assert_eq!(results, expected(COUNT), "{name}, {at:?} {after}");
            let info = drawing.lanes.iter().flat_map(|lane| &lane.devices).next().expect("a device");
            let counters = info.counters.expect("counters");
            let finished = counters.bytes_out / size_of::<f32>() as u64;
            // Between a batch and the next question others may be handed over, as far as the window goes.
            let more = if matches!(at, At::Poll) { 3 } else { 0 };
            assert!((after..=after + more).contains(&counters.batches), "{name}, {at:?}: {counters:?}");
            assert!(
                finished <= counters.batches * 32 && counters.on_host >= COUNT - finished,
                "{name}, {at:?}: {counters:?}"
            );
            assert!(counters.on_host <= COUNT, "{name}, {at:?}: none twice: {counters:?}");
        }
    }
}

#[test]
fn without_one_the_graph_ends_with_what_was_computed() {
    for (name, backend, latency) in gpus() {
        for at in [At::Submit, At::Poll] {
            let gpu = Gpu::builder().backend(backend).latency(latency).rows(32).window(3).build().unwrap();
            let gpu = Breaks { gpu, at, after: 9 };
            let sink = Cpu::builder().build().unwrap();
            let (sent, received) = channel();
            let graph = fuse! {
                from_iter((0..COUNT).map(row)).then(on(gpu)).map(scale).map(score::with(BIAS))
                    .then(on(sink)).for_each(move |score: f32| sent.send(score.to_bits()).unwrap())
            };
            match Engine::new().run(graph).unwrap().join() {
                Err(RunError::Device(error @ DeviceError::Lost { .. })) => {
                    assert!(error.to_string().contains("on purpose"), "{name}, {at:?}: {error}");
                }
                other => panic!("{name}, {at:?}: {other:?}"),
            }
            let results: Vec<_> = received.iter().collect();
            assert!(results.len() <= (9 + 3) * 32, "{name}, {at:?}");
            assert_eq!(results, expected(results.len() as u64), "{name}, {at:?}");
        }
    }
}
