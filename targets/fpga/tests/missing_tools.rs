//! Without Verilator there is a typed error that says what to install. A suite of its own, for it changes the environment.

use fusewire::context::cpu::Cpu;
use fusewire::device::DeviceError;
use fusewire::engine::Engine;
use fusewire::launch::LaunchError;
use fusewire::prelude::*;
use fusewire_fpga::Fpga;

#[stage(kernel)]
fn twice(value: u32) -> u32 {
    value * 2
}

#[test]
fn no_verilator_is_no_device_and_the_host_stands_in() {
    // SAFETY: no other thread reads the environment now: this is the only test of the file.
    unsafe { std::env::set_var("FUSEWIRE_VERILATOR", "/nowhere/verilator") };
    let fpga = Fpga::simulated().build().unwrap();
    let graph = fuse! { from_iter(0..10u32).then(on(fpga.clone())).map(twice) };
    match Engine::new().run(graph).map(drop) {
        Err(LaunchError::Device(DeviceError::NoDevice { device, why })) => {
            assert_eq!(device, "simulated fpga");
            assert!(why.contains("apt-get install verilator"), "{why}");
        }
        other => panic!("{other:?}"),
    }
    let compute = Cpu::builder().build().unwrap();
    let graph = fuse! { from_iter(0..10u32).then(on(fpga).or_on(compute)).map(twice) };
    let report = Engine::new().run(graph).unwrap().join().unwrap();
    assert_eq!((report.started, report.completed), (10, 10));
}
