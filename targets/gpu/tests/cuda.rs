//! CUDA: the contract and graphs where there is a device, a typed error where there is none.

#[path = "support/rows.rs"]
mod rows;

use std::sync::mpsc::channel;

use fusewire::completion::Completion;
use fusewire::conformance::device;
use fusewire::context::cpu::Cpu;
use fusewire::control::Stop;
use fusewire::device::DeviceError;
use fusewire::engine::Engine;
use fusewire::launch::LaunchError;
use fusewire::prelude::*;
use fusewire::wait::Wait;
use fusewire_gpu::{Backend, Gpu, GpuBuilder, Latency};
use rows::{BIAS, expected, row, scale, score};

const MANNERS: [Latency; 2] = [Latency::Graph, Latency::Persistent];

fn cuda(latency: Latency) -> GpuBuilder {
    Gpu::builder().backend(Backend::Cuda).latency(latency)
}

/// Whether there is a device; says so if there is none.
fn present() -> bool {
    match cuda(Latency::Graph).build().unwrap().adapter() {
        Ok(adapter) => {
            eprintln!("the CUDA device is {}", adapter.name());
            true
        }
        Err(error) => {
            eprintln!("SKIPPED: kernels on CUDA: {error}");
            false
        }
    }
}

#[test]
fn without_a_device_there_is_a_typed_error() {
    let gpu = cuda(Latency::Graph).build().unwrap();
    if gpu.adapter().is_ok() {
        eprintln!("SKIPPED: what CUDA says without a device: there is one");
        return;
    }
    match Engine::new().run(fuse! { from_iter((0..10).map(row)).then(on(gpu)).map(scale) }) {
        Err(LaunchError::Device(DeviceError::NoDevice { why, .. })) => {
            assert!(why.contains("CUDA driver"), "{why}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_device_keeps_the_contract() {
    if !present() {
        return;
    }
    for latency in MANNERS {
        for (rows, window) in [(256, 4), (1, 1), (33, 3)] {
            let make = || cuda(latency).rows(rows).window(window).build().unwrap();
            device::check_all(make).unwrap();
            device::floats(make).unwrap();
        }
    }
}

#[test]
fn a_graph_gives_what_a_host_gives_bit_for_bit() {
    if !present() {
        return;
    }
    for latency in MANNERS {
        for (rows, window, wait, count) in [
            (256, 4, Wait::spin_then_park(), 20_000),
            (1, 1, Wait::Spin, 500),
            (100, 8, Wait::Park, 3_000),
            (4096, 2, Wait::spin_then_park(), 20_000),
        ] {
            let gpu = cuda(latency).rows(rows).window(window).wait(wait).build().unwrap();
            let sink = Cpu::builder().build().unwrap();
            let (sent, received) = channel();
            let graph = fuse! {
                from_iter((0..count).map(row)).then(on(gpu)).map(scale).map(score::with(BIAS))
                    .then(on(sink)).for_each(move |score: f32| sent.send(score.to_bits()).unwrap())
            };
            let report = Engine::new().run(graph).unwrap().join().unwrap();
            assert_eq!(report.completed, count, "{latency:?}, {rows} rows");
            assert_eq!(received.iter().collect::<Vec<_>>(), expected(count), "{latency:?}, {rows} rows");
        }
    }
}

/// Queues of both manners at once, one of them opened while a kernel stays on the device: what takes memory
/// or loads a program must not wait for that kernel.
#[test]
fn queues_beside_each_other() {
    if !present() {
        return;
    }
    let (stays, launches) =
        (cuda(Latency::Persistent).build().unwrap(), cuda(Latency::Graph).build().unwrap());
    for _ in 0..3 {
        let (sent, received) = channel();
        let (first, second, sink) = (stays.clone(), launches.clone(), Cpu::builder().build().unwrap());
        let graph = fuse! {
            from_iter((0..5_000).map(row)).then(on(first)).map(scale)
                .then(on(second)).map(score::with(BIAS))
                .then(on(sink)).for_each(move |score: f32| sent.send(score.to_bits()).unwrap())
        };
        Engine::new().run(graph).unwrap().join().unwrap();
        assert_eq!(received.iter().collect::<Vec<_>>(), expected(5_000));
    }
}

#[test]
fn one_pass_after_another() {
    if !present() {
        return;
    }
    for latency in MANNERS {
        let gpu = cuda(latency).build().unwrap();
        for number in 0..5 {
            let graph = fuse! { just(row(number)).then(on(gpu.clone())).map(scale).map(score::with(BIAS)) };
            let host = score(scale(row(number)), &BIAS);
            assert_eq!(block_on(graph), Completion::Value(host), "{latency:?}");
        }
    }
}

#[test]
fn an_abandoned_graph_ends_with_batches_in_flight() {
    if !present() {
        return;
    }
    for latency in MANNERS {
        for _ in 0..10 {
            let gpu = cuda(latency).rows(64).window(8).build().unwrap();
            let sink = Cpu::builder().build().unwrap();
            let (sent, received) = channel();
            let graph = fuse! {
                from_iter((0..u64::MAX).map(row)).then(on(gpu)).map(scale).map(score::with(BIAS))
                    .then(on(sink)).for_each(move |score: f32| sent.send(score.to_bits()).unwrap_or_default())
            };
            let running = Engine::new().run(graph).unwrap();
            received.recv().expect("a result");
            running.stop(Stop::Abandon);
            running.join().unwrap();
            let rest: Vec<_> = received.iter().collect();
            assert_eq!(rest, expected(rest.len() as u64 + 1)[1..], "{latency:?}");
        }
    }
}

#[test]
fn memory_is_bounded() {
    if !present() {
        return;
    }
    for latency in MANNERS {
        let gpu = cuda(latency).rows(1 << 31).window(1 << 20).build().unwrap();
        match Engine::new().run(fuse! { from_iter((0..10).map(row)).then(on(gpu)).map(scale) }) {
            Err(LaunchError::Device(DeviceError::OutOfMemory { why, .. })) => {
                assert!(why.contains("fewer rows"), "{latency:?}: {why}");
            }
            other => panic!("{latency:?}: {other:?}"),
        }
    }
}
