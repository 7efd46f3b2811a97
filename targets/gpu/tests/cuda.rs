//! CUDA: the contract where there is a device, a typed error where there is none.

use fusewire::conformance::device;
use fusewire::device::DeviceError;
use fusewire::engine::Engine;
use fusewire::launch::LaunchError;
use fusewire::prelude::*;
use fusewire_gpu::{Backend, Gpu, GpuBuilder, Latency};

fn cuda(latency: Latency) -> GpuBuilder {
    Gpu::builder().backend(Backend::Cuda).latency(latency)
}

#[stage(kernel)]
fn double(n: u32) -> u32 {
    n.wrapping_mul(2)
}

#[test]
fn without_a_device_there_is_a_typed_error() {
    let gpu = cuda(Latency::Graph).build().unwrap();
    if gpu.adapter().is_ok() {
        eprintln!("SKIPPED: what CUDA says without a device: there is one");
        return;
    }
    match Engine::new().run(fuse! { from_iter(0..10u32).then(on(gpu)).map(double) }) {
        Err(LaunchError::Device(DeviceError::NoDevice { why, .. })) => {
            assert!(why.contains("CUDA driver"), "{why}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_device_keeps_the_contract() {
    for latency in [Latency::Graph, Latency::Persistent] {
        if let Err(error) = cuda(latency).build().unwrap().adapter() {
            eprintln!("SKIPPED: kernels on CUDA: {error}");
            return;
        }
        for (rows, window) in [(256, 4), (1, 1), (33, 3)] {
            let make = || cuda(latency).rows(rows).window(window).build().unwrap();
            device::check_all(make).unwrap();
            device::floats(make).unwrap();
        }
    }
}
