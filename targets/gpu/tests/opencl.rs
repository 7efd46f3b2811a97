//! Kernels on an OpenCL device; on PoCL where there is no other.

#[path = "support/rows.rs"]
mod rows;

use std::sync::mpsc::channel;
use std::time::Duration;

use fusewire::completion::Completion;
use fusewire::conformance::{check_all, device, harness};
use fusewire::context::Scheduler;
use fusewire::context::cpu::Cpu;
use fusewire::device::{Device, DeviceError};
use fusewire::engine::Engine;
use fusewire::launch::LaunchError;
use fusewire::prelude::*;
use fusewire::wait::Wait;
use fusewire_gpu::{Backend, Gpu, GpuBuilder};
use rows::{BIAS, Row, expected, row, scale, score};

fn opencl() -> GpuBuilder {
    Gpu::builder().backend(Backend::OpenCl)
}

/// Whether there is a device; says so if there is none.
fn present() -> bool {
    match opencl().build().unwrap().adapter() {
        Ok(adapter) => {
            eprintln!("the OpenCL device is {}", adapter.name());
            true
        }
        Err(error) => {
            eprintln!("SKIPPED: kernels on OpenCL: {error}");
            false
        }
    }
}

#[test]
fn the_device_keeps_the_contract() {
    if !present() {
        return;
    }
    for (rows, window) in [(256, 4), (1, 1), (33, 3)] {
        let make = || opencl().rows(rows).window(window).build().unwrap();
        device::check_all(make).unwrap();
        device::floats(make).unwrap();
    }
}

#[test]
fn its_context_keeps_the_contract() {
    for wait in [Wait::Spin, Wait::spin_then_park(), Wait::Park] {
        check_all(|| harness(Gpu::builder().wait(wait).build().unwrap(), Gpu::end)).unwrap();
    }
}

#[test]
fn a_graph_gives_what_a_host_gives_bit_for_bit() {
    if !present() {
        return;
    }
    for (rows, window, wait, count) in [
        (256, 4, Wait::spin_then_park(), 20_000),
        (1, 1, Wait::Spin, 500),
        (100, 8, Wait::Park, 3_000),
        (4096, 2, Wait::spin_then_park(), 20_000),
    ] {
        let gpu = opencl().rows(rows).window(window).wait(wait).build().unwrap();
        let sink = Cpu::builder().build().unwrap();
        let (sent, received) = channel();
        let graph = fuse! {
            from_iter((0..count).map(row))
                .then(on(gpu)).map(scale).map(score::with(BIAS))
                .then(on(sink)).for_each(move |score: f32| sent.send(score.to_bits()).unwrap())
        };
        let report = Engine::new().run(graph).unwrap().join().unwrap();
        assert_eq!(report.completed, count);
        assert_eq!(received.iter().collect::<Vec<_>>(), expected(count), "{rows} rows");
    }
}

#[test]
fn one_pass() {
    if !present() {
        return;
    }
    let gpu = opencl().build().unwrap();
    for number in 0..5 {
        let graph = fuse! { just(row(number)).then(on(gpu.clone())).map(scale).map(score::with(BIAS)) };
        assert_eq!(block_on(graph), Completion::Value(score(scale(row(number)), &BIAS)));
    }
}

#[test]
fn a_partial_batch_comes_back_in_time() {
    if !present() {
        return;
    }
    let gpu = opencl().rows(1_000).within(Duration::from_millis(1)).build().unwrap();
    let sink = Cpu::builder().build().unwrap();
    let (mut values, feed) = fusewire::edge::edge::<Row>(16).unwrap();
    let (sent, received) = channel();
    let graph = fuse! {
        recv(feed).then(on(gpu)).map(scale).then(on(sink)).for_each(move |row: Row| sent.send(row).unwrap())
    };
    let running = Engine::new().run(graph).unwrap();
    for number in 0..20 {
        assert_eq!(values.push(row(number)), fusewire::edge::Pushed::Ok);
        values.wake();
        let result = received.recv_timeout(Duration::from_secs(20)).expect("a result without more values");
        assert_eq!(result, scale(row(number)));
    }
    drop(values);
    running.join().unwrap();
}

#[test]
fn memory_is_bounded() {
    if !present() {
        return;
    }
    let open = |gpu: Gpu| {
        let graph = fuse! { from_iter((0..10).map(row)).then(on(gpu)).map(scale) };
        match Engine::new().run(graph) {
            Err(LaunchError::Device(DeviceError::OutOfMemory { asked, why, .. })) => {
                assert!(why.contains("fewer rows"), "{why}");
                asked
            }
            other => panic!("{other:?}"),
        }
    };
    let bytes = size_of::<Row>() as u64;
    assert_eq!(open(opencl().rows(100).window(2).memory(1_000).build().unwrap()), 2 * 100 * 2 * bytes);
    open(opencl().rows(1 << 31).window(1 << 20).build().unwrap());
}

#[test]
fn a_device_that_is_not_there() {
    let gpu = opencl().device("no such device").build().unwrap();
    match gpu.adapter() {
        Err(error @ DeviceError::NoDevice { .. }) => assert!(error.to_string().contains("no such device")),
        other => panic!("{other:?}"),
    }
    let (compute, sink) = (Cpu::builder().build().unwrap(), Cpu::builder().build().unwrap());
    let (sent, received) = channel();
    let graph = fuse! {
        from_iter((0..100).map(row)).then(on(gpu.clone()).or_on(compute)).map(scale).map(score::with(BIAS))
            .then(on(sink)).for_each(move |score: f32| sent.send(score.to_bits()).unwrap())
    };
    Engine::new().run(graph).unwrap().join().unwrap();
    assert_eq!(received.iter().collect::<Vec<_>>(), expected(100));
    let graph = fuse! { from_iter((0..10).map(row)).then(on(gpu.clone())).map(scale) };
    assert!(matches!(Engine::new().run(graph), Err(LaunchError::Device(DeviceError::NoDevice { .. }))));
    assert_eq!(gpu.context().kind(), "gpu");
}

#[test]
fn a_drawing_shows_the_device() {
    if !present() {
        return;
    }
    let gpu = opencl().rows(32).build().unwrap();
    let graph =
        fuse! { from_iter((0..1_000).map(row)).then(on(gpu.clone())).map(scale).map(score::with(BIAS)) };
    let running = Engine::new().run(graph).unwrap();
    let drawing = running.inspect().to_string();
    for wanted in ["scale > score, fused into one", gpu.adapter().unwrap().name(), "16 B of tables"] {
        assert!(drawing.contains(wanted), "{wanted} is not in {drawing}");
    }
    running.join().unwrap();
    assert_eq!(gpu.batching().rows, 32);
}
