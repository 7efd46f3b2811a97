//! The context of an FPGA keeps the contract of a context.

use fusewire::conformance::{check_all, harness};
use fusewire::wait::Wait;
use fusewire_fpga::{Fpga, FpgaError};

#[test]
fn it_keeps_the_contract_when_it_parks() {
    let fpga = || Fpga::simulated().name("parks").build().unwrap();
    check_all(|| harness(fpga(), |fpga| fpga.end())).unwrap();
}

#[test]
fn it_keeps_the_contract_when_it_yields() {
    let fpga = || Fpga::simulated().wait(Wait::spin_then_yield()).build().unwrap();
    check_all(|| harness(fpga(), |fpga| fpga.end())).unwrap();
}

#[test]
fn impossible_contexts_are_refused() {
    assert!(matches!(Fpga::simulated().rows(0).build(), Err(FpgaError::NoBatch)));
    assert!(matches!(Fpga::simulated().window(0).build(), Err(FpgaError::NoBatch)));
    let error = Fpga::simulated().core(4095).build().unwrap_err();
    assert!(matches!(error, FpgaError::Pin(_)), "{error}");
}
